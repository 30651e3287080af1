"""Averages over a contour are those of dense matrix functions, for any W and beyond eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import workbench as wb
from workbench.numerics.responses import paths
from workbench.numerics.responses.paths import nodes_of, responses
from workbench.numerics.sparse.contours import averages
from workbench.numerics.sparse.matrices import as_weights


def lattice(side: int):
    line = sparse.diags_array([np.ones(side - 1)] * 2, offsets=[-1, 1])
    eye = sparse.eye_array(side)
    return as_weights(sparse.kron(line, eye) + sparse.kron(eye, line) + sparse.kron(line, line))


def even(W):
    return as_weights(sparse.diags_array(1.0 / W.sum(axis=1)) @ W)


def directed(n: int, k: int, *, low: float):
    rng = np.random.default_rng(0)
    row = np.repeat(np.arange(n), k)
    column = (row + rng.integers(1, 9, row.size) * rng.choice([-1, 1], row.size)) % n
    W = sparse.csr_array((rng.uniform(low, 1.0, row.size), (row, column)), shape=(n, n))
    return as_weights(W / k)


MADE = {
    "queen, rows of one sum": lambda: even(lattice(12)),
    "queen, binary, rows of different sums": lambda: as_weights(lattice(12) / 8.0),
    "directed, rows of one sum": lambda: even(directed(140, 5, low=0.2)),
    "directed, rows of different sums": lambda: directed(140, 5, low=0.6),
    "queen with islands": lambda: as_weights(
        sparse.block_diag([even(lattice(11)), np.zeros((3, 3))])
    ),
}
POINTS = [
    ((0.3, -0.1, 0.6), 10),
    ((0.5, 0.0, 0.45), 100),  # the largest root is 0.9: shocks last
    ((0.05, 0.0, 0.95), 6),
    ((0.3, 0.1, 0.9), 5),  # explosive
    ((0.3, 0.1, -0.7), 10),
    ((0.4, 0.3, 0.0), 8),
]


def dense(W, point, horizon):
    """tr and 1'·1 of A^h (I − ρW)⁻¹ and the same times W, by powers of matrices, over N."""
    tau, eta, rho = point
    W, eye = W.toarray(), np.eye(W.shape[0])
    M = np.linalg.inv(eye - rho * W)
    A, P, found = M @ (tau * eye + eta * W), M, []
    for _ in range(horizon + 1):
        found.append([[np.trace(P), np.trace(P @ W)], [P.sum(), (P @ W).sum()]])
        P = A @ P
    return np.array(found) / len(W)


@pytest.fixture
def contour(monkeypatch):
    """Small matrices as if they were large."""
    monkeypatch.setattr(paths, "DENSE_LIMIT", 10)
    monkeypatch.setattr(paths, "FULL", 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize(("point", "horizon"), POINTS)
def test_responses_are_traces_of_matrix_powers(contour, name, point, horizon):
    W, points = MADE[name](), np.array([point])
    nodes = nodes_of(W, points, horizon)
    assert nodes.direct[0].size < W.shape[0]
    assert np.iscomplexobj(nodes.direct[0])
    for permanent in (True, False):
        found = responses(nodes, points, horizon, permanent=permanent, slopes=True)
        expected = dense(W, point, horizon)
        if permanent:
            expected = expected.cumsum(axis=0)
        scale = np.abs(expected).max(axis=0)
        np.testing.assert_allclose(found.values[0] / scale, expected / scale, atol=2e-10)
        for p in range(3):
            up, down = np.array(point), np.array(point)
            up[p], down[p] = up[p] + 1e-5, down[p] - 1e-5
            slope = (dense(W, up, horizon) - dense(W, down, horizon)) / 2e-5
            slope = slope.cumsum(axis=0) if permanent else slope
            scale = np.abs(slope).max(axis=0)
            # differences of 1e-5 leave 1e-6 where a slope bends most, at rho = 0.95
            np.testing.assert_allclose(found.slopes[0, ..., p] / scale, slope / scale, atol=2e-5)


@pytest.mark.slow
def test_one_contour_serves_draws_about_the_estimates(contour):
    W = MADE["queen, binary, rows of different sums"]()
    draws = np.array([0.35, 0.05, 0.5]) + 0.04 * np.random.default_rng(1).normal(size=(300, 3))
    found = responses(nodes_of(W, draws, 12), draws, 12, permanent=True).values
    for at in (0, 1, *np.argmax(draws, axis=0), *np.argmin(draws, axis=0)):
        expected = dense(W, draws[at], 12).cumsum(axis=0)
        np.testing.assert_allclose(found[at], expected, rtol=1e-8)


@pytest.mark.slow
def test_an_error_beyond_the_tolerance_is_no_number(monkeypatch):
    monkeypatch.setattr("workbench.numerics.sparse.contours.SIZES", (12,))
    W = MADE["queen, rows of one sum"]()
    with pytest.raises(wb.errors.ConvergenceError, match="more than 12 points"):
        averages(W, lambda w: 1.0 / (1.0 - 0.999 * w[None, None]), rho=0.1)


@pytest.mark.usefixtures("plain_kernels")
def test_directed_weights_that_the_circle_does_not_reach_are_refused(contour):
    W = as_weights(directed(140, 5, low=0.6) * 3.0)
    with pytest.raises(wb.errors.WeightsError, match="normalize"):
        nodes_of(W, np.array([[0.3, 0.0, 0.6]]), 4)
