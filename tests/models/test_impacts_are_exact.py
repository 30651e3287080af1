"""Impacts equal the dense LeSage–Pace formula to 1e-8 for any W, and have standard errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import workbench as wb

SIDE = 7


def lattice(*, rook):
    n = SIDE * SIDE
    row, column = np.divmod(np.arange(n), SIDE)
    gap_row = np.abs(row[:, None] - row)
    gap_column = np.abs(column[:, None] - column)
    near = (gap_row + gap_column == 1) if rook else (np.maximum(gap_row, gap_column) == 1)
    return near.astype(float)


def neighbours(points, k):
    distance = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(distance, np.inf)
    nearest = np.argsort(distance, axis=1)[:, :k]
    dense = np.zeros_like(distance)
    np.put_along_axis(dense, nearest, 1.0, axis=1)
    return dense


def weights(dense, normalization):
    ids = [f"r{i:02d}" for i in range(len(dense))]
    focal, neighbor = np.nonzero(dense)
    graph = Graph.from_arrays(np.array(ids)[focal], np.array(ids)[neighbor], dense[focal, neighbor])
    return wb.weights.as_weights(graph).normalize(normalization)


CASES = {
    "queen, row": (lattice(rook=False), "row"),
    "rook, row (bipartite)": (lattice(rook=True), "row"),
    "rook, binary": (lattice(rook=True), "binary"),
    "queen, binary": (lattice(rook=False), "binary"),
    "knn, row (directed)": (
        neighbours(np.random.default_rng(5).uniform(size=(SIDE * SIDE, 2)), 4),
        "row",
    ),
}


@pytest.fixture(params=CASES, ids=str)
def world(request):
    dense, normalization = CASES[request.param]
    W = weights(dense, normalization)
    used = W.sparse.toarray()
    rng = np.random.default_rng(11)
    x = rng.normal(size=(len(used), 2))
    scale = 1 / np.abs(np.linalg.eigvals(used)).max()
    return W, used, x, rng.normal(size=len(used)), scale


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("share", [-0.6, 0.5])
@pytest.mark.parametrize("model", ["sar", "sdm", "slx"])
def test_impacts_equal_the_dense_formula(world, share, model):
    W, dense, x, noise, scale = world
    y = np.linalg.solve(np.eye(len(dense)) - share * scale * dense, 1 + x @ [1.0, -0.5] + noise)
    table = pd.DataFrame({"y": y, "a": x[:, 0], "b": x[:, 1]}, index=W.ids)
    fit = wb.fit("y ~ a + b", table, W, model=model)
    rho = fit.params.get("rho", 0.0)
    inverse = np.linalg.inv(np.eye(len(dense)) - rho * dense)
    for term in ("a", "b"):
        effect = inverse @ (
            fit.params[term] * np.eye(len(dense)) + fit.params.get(f"W({term})", 0.0) * dense
        )
        direct, total = np.trace(effect) / len(dense), effect.sum() / len(dense)
        impacts = fit.impacts()
        assert impacts[term, "direct"]["estimate"] == pytest.approx(direct, abs=1e-8)
        assert impacts[term, "total"]["estimate"] == pytest.approx(total, abs=1e-8)
        assert impacts[term, "indirect"]["estimate"] == pytest.approx(total - direct, abs=1e-8)
    assert (impacts.table["std_error"] > 0).all()


def test_delta_errors_equal_numerical_derivatives_of_the_dense_formula(world):
    W, dense, x, noise, scale = world
    y = np.linalg.solve(np.eye(len(dense)) - 0.4 * scale * dense, 1 + x @ [1.0, -0.5] + noise)
    table = pd.DataFrame({"y": y, "a": x[:, 0], "b": x[:, 1]}, index=W.ids)
    fit = wb.fit("y ~ a + b", table, W, model="sdm")
    terms = list(fit.params.index)

    def indirect_of_a(values):
        p = dict(zip(terms, values, strict=True))
        inverse = np.linalg.inv(np.eye(len(dense)) - p["rho"] * dense)
        effect = inverse @ (p["a"] * np.eye(len(dense)) + p["W(a)"] * dense)
        return (effect.sum() - np.trace(effect)) / len(dense)

    at, step = fit.params.to_numpy(), 1e-6
    gradient = [
        (indirect_of_a(at + step * unit) - indirect_of_a(at - step * unit)) / (2 * step)
        for unit in np.eye(len(at))
    ]
    expected = np.sqrt(gradient @ fit.cov.to_numpy() @ gradient)
    # Central differences with step 1e-6 are right to about 1e-8 relative.
    assert fit.impacts()["a", "indirect"]["std_error"] == pytest.approx(expected, rel=1e-6)


def test_models_without_spillovers_have_none_and_say_so(columbus):
    for model in ("ols", "sem"):
        impacts = wb.fit(columbus.formula, columbus.table, columbus.W, model=model).impacts()
        assert (impacts.indirect == 0).all()
        assert impacts.table["std_error"].xs("indirect", level="effect").isna().all()
        assert "zero by its form" in str(impacts)


def test_draws_are_seeded(columbus):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model="sar")
    first = fit.impacts(method="monte-carlo", draws=500, seed=3).tidy()
    again = fit.impacts(method="monte-carlo", draws=500, seed=3).tidy()
    other = fit.impacts(method="monte-carlo", draws=500, seed=4).tidy()
    pd.testing.assert_frame_equal(first, again)
    assert not np.allclose(first["std_error"], other["std_error"], rtol=1e-6)
