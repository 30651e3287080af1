"""Traces of powers, diagonals and their error bounds hold against dense powers and inverses."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import ValuesError
from workbench.numerics.responses import predictors
from workbench.numerics.responses.diagonals import (
    ProbedDiagonals,
    dense_diagonals,
    sparse_diagonals,
)
from workbench.numerics.responses.predictors import (
    Known,
    Process,
    predicted_new,
    predicted_sample,
    sample_variance,
)
from workbench.numerics.responses.traces import lag_traces
from workbench.numerics.responses.walks import trace_series, walks
from workbench.numerics.sparse.lag_and_error import outcome_variances
from workbench.numerics.sparse.matrices import as_weights


def random_weights(n, links, seed, *, row=True):
    rng = np.random.default_rng(seed)
    dense = np.zeros((n, n))
    for i in range(n):
        dense[i, rng.choice(np.delete(np.arange(n), i), links, replace=False)] = rng.uniform(
            0.5, 1.5, links
        )
    return dense / dense.sum(axis=1, keepdims=True) if row else 0.2 * dense


W = random_weights(50, 4, 1)
V = random_weights(50, 3, 2, row=False)


@pytest.mark.parametrize("dense_limit", [1000, 10])
@pytest.mark.parametrize("order", [1, 2, 3, 6, 9])
def test_traces_of_powers(order, dense_limit):
    found = walks(as_weights(W), order, lagged_by=as_weights(V), dense_limit=dense_limit)
    powers = [np.linalg.matrix_power(W, p) for p in range(order + 1)]
    np.testing.assert_allclose(found.traces, [np.trace(P) for P in powers], atol=1e-12)
    np.testing.assert_allclose(found.sums, [P.sum() for P in powers], atol=1e-10)
    lagged = [np.zeros_like(W), *(P @ V for P in powers[:-1])]
    np.testing.assert_allclose(found.lagged_traces, [np.trace(P) for P in lagged], atol=1e-12)
    np.testing.assert_allclose(found.lagged_sums, [P.sum() for P in lagged], atol=1e-10)
    assert not found.errors.any()


def test_probed_traces_lie_within_their_error(monkeypatch):
    """When powers are too full to be held; 4 standard errors."""
    monkeypatch.setattr("workbench.numerics.responses.walks.MOST_LINKS", 1.0)
    probes = np.random.default_rng(0).choice([-1.0, 1.0], size=(50, 400))
    found = walks(as_weights(W), 6, probes=probes, dense_limit=10)
    exact = walks(as_weights(W), 6)
    assert (found.errors[4:] > 0).all()
    assert not found.errors[:4].any()
    assert (np.abs(found.traces - exact.traces) <= 4 * found.errors + 1e-12).all()


@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.5, 0.9])
@pytest.mark.parametrize("order", [3, 10, 40])
def test_the_trace_series_is_within_its_bound(rho, order):
    series = trace_series(as_weights(W), walks(as_weights(W), order), rho)
    exact = lag_traces(W, rho=rho).tr_m
    assert abs(series.value - exact) <= series.bound + 1e-10


def test_the_trace_series_refuses_where_it_has_no_bound():
    with pytest.raises(ValuesError, match="no bound"):
        trace_series(as_weights(W), walks(as_weights(W), 3), 1.0)


# beyond 1 / ||W|| a directed W leaves the choice of pivots to SuperLU
@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("rho", [-1.05, -0.7, 0.0, 0.6])
@pytest.mark.usefixtures("plain_kernels")
def test_exact_diagonals(rho):
    M = np.linalg.inv(np.eye(50) - rho * W)
    expected = (M, M @ V, M @ W @ M, M @ W @ M @ V)
    for route in (dense_diagonals, sparse_diagonals):
        found = route(as_weights(W), rho, lagged_by=as_weights(V))
        ours = (found.m, found.mv, found.slope_m, found.slope_mv)
        for have, want in zip(ours, expected, strict=True):
            np.testing.assert_allclose(have, np.diag(want), atol=1e-11)


def test_probed_diagonals_lie_within_their_error():
    """Of 100 errors none beyond 5 standard errors, and their size is right on average."""
    probes = np.random.default_rng(4).choice([-1.0, 1.0], size=(50, 200))
    probed = ProbedDiagonals(as_weights(W), probes, lagged_by=as_weights(V)).at(0.7)
    exact = dense_diagonals(as_weights(W), 0.7, lagged_by=as_weights(V))
    for have, want, error in (
        (probed.m, exact.m, probed.error_m),
        (probed.mv, exact.mv, probed.error_mv),
    ):
        z = (have - want) / error
        assert np.abs(z).max() < 5
        assert 0.6 < z.std() < 1.5


def test_the_exact_beginning_is_worth_it():
    """What is left to probes goes five steps: at rho = 0.2 the diagonal is right to 1e-5."""
    probes = np.random.default_rng(4).choice([-1.0, 1.0], size=(50, 64))
    probed = ProbedDiagonals(as_weights(W), probes).at(0.2)
    exact = dense_diagonals(as_weights(W), 0.2)
    assert np.abs(probed.m - exact.m).max() < 1e-4
    assert np.abs(probed.slope_m - exact.slope_m).max() < 2e-3


RHO, LAM = 0.4, -0.3


def dense_process():
    one = np.eye(50)
    inverse = np.linalg.inv((one - LAM * V) @ (one - RHO * W))
    return inverse @ inverse.T, np.linalg.inv(one - RHO * W)


@pytest.mark.parametrize("many", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_predictors_are_conditional_expectations_with_rho_lambda_and_two_weights(monkeypatch, many):
    """Normal theory on the dense covariance of y = rho Wy + Xb + u, u = lambda Vu + e.

    With the limit lowered, by sparse factors as for many regions.
    """
    if many:
        monkeypatch.setattr(predictors, "EIGENVALUE_LIMIT", 5)
    rng = np.random.default_rng(8)
    trend, y = rng.normal(size=50), rng.normal(size=40)
    process = Process(as_weights(W), as_weights(V), rho=RHO, lam=LAM)
    sigma, M = dense_process()
    mean = M @ trend
    known = Known(trend[:, None], y[:, None])
    s, o = slice(0, 40), slice(40, 50)
    gap = y - mean[s]

    def conditional(seen):
        """Expectation and variance of y_O given seen @ y_S."""
        spread = seen @ sigma[s, s] @ seen.T
        load = sigma[o, s] @ seen.T @ np.linalg.inv(spread)
        return mean[o] + load @ seen @ gap, np.diag(sigma[o, o] - load @ seen @ sigma[s, o])

    seen = {"BP": np.eye(40), "BPW": W[o, s]}
    for kind, linear in seen.items():
        found = predicted_new(kind, process, known)
        value, variance = conditional(linear)
        np.testing.assert_allclose(found.values[:, 0], value, atol=1e-9)
        np.testing.assert_allclose(found.variance, variance, atol=1e-9)
    found = predicted_new("TC", process, known)
    np.testing.assert_allclose(found.values[:, 0], mean[o], atol=1e-11)
    np.testing.assert_allclose(found.variance, np.diag(sigma)[o], atol=1e-11)


def test_the_neighbours_predictor_and_its_variance():
    """BPN is linear in y: its error has the variance of that linear form."""
    process = Process(as_weights(W), as_weights(V), rho=RHO, lam=LAM)
    trend = np.zeros(50)
    unit = np.eye(40)
    found = predicted_new(
        "BPN", process, Known(np.zeros((50, 40)), unit)
    )  # a column an outcome: the load of each on each prediction
    sigma, _ = dense_process()
    contrast = np.hstack([-found.values, np.eye(10)])
    expected = np.einsum("ij,jk,ik->i", contrast, sigma, contrast)
    np.testing.assert_allclose(found.variance, expected, atol=1e-10)
    best = predicted_new("BP", process, Known(trend[:, None], np.zeros((40, 1)))).variance
    assert (found.variance >= best - 1e-12).all()


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(("rho", "lam"), [(0.0, 0.0), (RHO, LAM), (RHO, 0.0), (0.0, LAM)])
def test_variances_of_all_outcomes(rho, lam):
    inverse = np.linalg.inv((np.eye(50) - lam * V) @ (np.eye(50) - rho * W))
    found = outcome_variances(as_weights(W), as_weights(V), rho=rho, lam=lam)
    np.testing.assert_allclose(found, np.diag(inverse @ inverse.T), atol=1e-12)
    process = Process(as_weights(W), as_weights(V), rho=rho, lam=lam)
    np.testing.assert_allclose(sample_variance("TC", process), found, atol=1e-11)
    c = np.linspace(0.5, 2.0, 50)  # case weights: variances of disturbances are 1/c
    weighted = outcome_variances(as_weights(W), as_weights(V), rho=rho, lam=lam, case_weights=c)
    np.testing.assert_allclose(weighted, np.diag((inverse / c) @ inverse.T), atol=1e-12)


def test_predictions_of_the_sample_given_all_others():
    rng = np.random.default_rng(8)
    trend, y = rng.normal(size=(50, 1)), rng.normal(size=(50, 1))
    process = Process(as_weights(W), as_weights(V), rho=RHO, lam=LAM)
    sigma, M = dense_process()
    mean = M @ trend[:, 0]
    found = predicted_sample("BP", process, trend, y)[:, 0]
    for i in range(50):
        rest = np.delete(np.arange(50), i)
        load = np.linalg.solve(sigma[np.ix_(rest, rest)], sigma[rest, i])
        assert found[i] == pytest.approx(mean[i] + load @ (y[rest, 0] - mean[rest]), abs=1e-9)
    white = (np.eye(50) - LAM * V) @ ((np.eye(50) - RHO * W) @ y - trend)
    np.testing.assert_allclose(predicted_sample("TS", process, trend, y), y - white, atol=1e-12)


def test_new_regions_without_neighbours_are_predicted_by_their_expectation():
    alone = W.copy()
    alone[45:, :] = 0.0
    alone[:, 45:] = 0.0
    process = Process(as_weights(alone), as_weights(0 * V), rho=RHO, lam=0.0)
    rng = np.random.default_rng(8)
    known = Known(rng.normal(size=(50, 1)), rng.normal(size=(45, 1)))
    for kind in ("TC", "BP", "BPW", "BPN"):
        found = predicted_new(kind, process, known)
        np.testing.assert_allclose(found.values, known.trend[45:], atol=1e-12)
        np.testing.assert_allclose(found.variance, 1.0, atol=1e-12)
