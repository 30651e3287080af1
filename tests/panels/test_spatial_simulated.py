"""Simulations with known truth: what corrections correct, and what standard errors promise.

Seeds are fixed; bounds are three Monte-Carlo standard errors or said otherwise.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb

N, T, REPETITIONS = 36, 4, 40
IDS = [f"r{i:02d}" for i in range(N)]
INDEX = pd.MultiIndex.from_product([IDS, range(T)])
TRUTH = {"x": 1.0, "W(x)": -0.5, "rho": 0.4, "lambda": 0.4, "sigma2": 1.0}


def lattice():
    """Rook neighbours on six by six squares, row-standardised."""
    place = np.arange(N)
    row, column = place // 6, place % 6
    near = np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1
    return near / near.sum(axis=1, keepdims=True)


MATRIX = lattice()
W = wb.weights.from_matrix(MATRIX, ids=IDS)


def draw(rng, *, rho=0.0, lam=0.0, phi=4.0, kkp=False, durbin=False, matrices=None):
    x = rng.normal(size=(N, T))
    matrices = [MATRIX] * T if matrices is None else matrices
    mu, y = np.sqrt(phi) * rng.normal(size=N), np.empty((N, T))
    trend = rng.normal(size=T)
    for t, w in enumerate(matrices):
        noise = rng.normal(size=N)
        B = np.linalg.inv(np.eye(N) - lam * w)
        u = B @ (mu + noise) if kkp else mu + B @ noise
        mean = TRUTH["x"] * x[:, t] + trend[t] + durbin * TRUTH["W(x)"] * (w @ x[:, t])
        y[:, t] = np.linalg.solve(np.eye(N) - rho * w, mean + u)
    return pd.DataFrame({"x": x.ravel(), "y": y.ravel()}, index=INDEX), trend


def repeated(seed, weights, **options):
    """Estimates and standard errors over the repetitions: arrays (R, p), and σ²."""
    process = options.pop("process")
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(REPETITIONS):
        data, trend = draw(rng, **process)
        if options["effects"] not in ("time", "two-way"):
            data["y"] -= np.tile(trend, N) / (1 - process.get("rho", 0.0))
        rows.append(wb.fit("y ~ x", data, weights, **options))
    terms = list(rows[0].params.index)
    values = np.array([fit.params for fit in rows])
    errors = np.array([fit.std_errors for fit in rows])
    return terms, values, errors, np.array([fit.sigma2 for fit in rows])


def unbiased(values, truth, *, slack=0.0):
    spread = values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean() - truth) < 3 * spread + slack


@pytest.mark.slow
def test_two_way_durbin_by_transformation():
    terms, values, errors, sigma2 = repeated(
        1, W, model="sdm", effects="two-way", process={"rho": 0.4, "durbin": True}
    )
    for place, term in enumerate(terms):
        unbiased(values[:, place], TRUTH[term], slack=0.02)  # O(1/n) bias of rho at n = 105
        ratio = errors[:, place].mean() / values[:, place].std(ddof=1)
        # the standard deviation of 40 draws is known to 11 %
        assert 0.7 < ratio < 1.4
    unbiased(sigma2, 1.0, slack=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("effects", ["time", "two-way"])
def test_direct_approach_is_biased_and_both_corrections_mend_it(effects):
    found = {}
    phi = 4.0 if effects == "two-way" else 0.0
    for lee_yu in ("none", "bias-correction", "transformation"):
        terms, values, _, sigma2 = repeated(
            2,
            W,
            model="sar",
            effects=effects,
            lee_yu=lee_yu,
            process={"rho": 0.4, "phi": phi},
        )
        found[lee_yu] = values[:, terms.index("rho")].mean() - 0.4, sigma2.mean() - 1.0
    rho, sigma2 = (np.array([found[word][i] for word in found]) for i in (0, 1))
    assert rho[0] < 2 * min(rho[1:]) - 0.01  # towards zero and below
    assert (np.abs(rho[1:]) < 0.6 * abs(rho[0])).all()
    if effects == "two-way":
        assert sigma2[0] < -0.2  # T = 4: a quarter of the variance
        assert (np.abs(sigma2[1:]) < 0.06).all()


@pytest.mark.slow
def test_correction_where_w_changes_over_time():
    rng = np.random.default_rng(3)
    orders = [rng.permutation(N) for _ in range(T)]
    matrices = [MATRIX[np.ix_(order, order)] for order in orders]
    matrices[0] = matrices[0] @ matrices[0] + matrices[1]
    np.fill_diagonal(matrices[0], 0)
    matrices[0] /= matrices[0].sum(axis=1, keepdims=True)
    weights = {t: wb.weights.from_matrix(m, ids=IDS) for t, m in enumerate(matrices)}
    process = {"rho": 0.4, "matrices": matrices}
    options = {"model": "sar", "effects": "entity", "process": process}
    terms, values, errors, sigma2 = repeated(4, weights, lee_yu="bias-correction", **options)
    _, _, _, small = repeated(4, weights, lee_yu="none", **options)
    at = terms.index("rho")
    unbiased(values[:, at], 0.4, slack=0.02)
    # of first order in 1/T: 1 - 1/4 becomes (1 - 1/4)(1 + 1/4) = 1 - 1/16
    assert sigma2.mean() == pytest.approx(1 - 1 / 16, abs=0.06)
    assert small.mean() == pytest.approx(1 - 1 / 4, abs=0.05)
    assert 0.7 < errors[:, at].mean() / values[:, at].std(ddof=1) < 1.4


@pytest.mark.slow
@pytest.mark.parametrize("kkp", [False, True])
def test_random_effects(kkp):
    structure = "kkp" if kkp else "baltagi"
    terms, values, errors, sigma2 = repeated(
        5,
        W,
        model="sem",
        effects="random",
        random=structure,
        process={"lam": 0.4, "phi": 2.0, "kkp": kkp},
    )
    for term, truth in (("x", 1.0), ("lambda", 0.4), ("phi", 2.0)):
        place = terms.index(term)
        unbiased(values[:, place], truth, slack=0.02 * (1 + 4 * (term == "phi")))
        assert 0.7 < errors[:, place].mean() / values[:, place].std(ddof=1) < 1.4
    unbiased(sigma2, 1.0, slack=0.02)
