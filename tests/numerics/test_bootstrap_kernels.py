"""Refits, multipliers and intervals against dense formulas, other kernels and SciPy."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import optimize, sparse, stats

from workbench.errors import ValuesError
from workbench.numerics.likelihoods import resampled
from workbench.numerics.likelihoods.refits import Refitter
from workbench.numerics.likelihoods.simulate import (
    MAMMEN,
    MAMMEN_SHARE,
    WEBB,
    Process,
    Simulator,
    innovations_of,
    multipliers,
)
from workbench.numerics.likelihoods.two_parameters import fit_lag_error
from workbench.numerics.sparse.matrices import as_weights


def directed(n, neighbours, seed):
    rng = np.random.default_rng(seed)
    places = rng.random((n, 2))
    far = np.argsort(((places[:, None] - places) ** 2).sum(axis=-1), axis=1)
    rows = np.repeat(np.arange(n), neighbours)
    columns = far[:, 1 : neighbours + 1].ravel()
    weights = np.full(rows.size, 1 / neighbours)
    return as_weights(sparse.csr_array((weights, (rows, columns)), shape=(n, n)))


@pytest.fixture(scope="module")
def case():
    n, rng = 60, np.random.default_rng(1)
    W, M = directed(n, 4, 2), directed(n, 3, 3)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    c = rng.uniform(0.3, 3.0, n)
    u = np.linalg.solve(np.eye(n) - 0.4 * M.toarray(), rng.normal(size=n) / np.sqrt(c))
    y = np.linalg.solve(np.eye(n) - 0.3 * W.toarray(), X @ [1.0, 2.0, -1.0] + u)
    return X, y, W, M, c


def process(case, *, lag=True, error=True, weighted=True):
    X, _, W, M, c = case
    root = np.sqrt(c) if weighted else np.ones(len(X))
    return Process(X, np.zeros(3), 0.0, 0.0, W if lag else None, M if error else None, 1.0, root)


@pytest.mark.parametrize("weighted", [False, True])
def test_refits_are_the_full_estimator_with_two_parameters(case, weighted):
    X, y, W, M, c = case
    full = fit_lag_error(y, X, W=W, M=M, case_weights=c if weighted else None)
    found = Refitter(process(case, weighted=weighted)).fit(y)
    np.testing.assert_allclose(found.beta, full.beta, rtol=1e-9)
    assert found.rho == pytest.approx(full.rho, abs=1e-10)
    assert found.lambda_ == pytest.approx(full.lambda_, abs=1e-10)
    assert found.loglik == pytest.approx(full.loglik, rel=1e-12)
    assert found.sigma2 == pytest.approx(full.sigma2, rel=1e-10)


@pytest.mark.parametrize(("lag", "error"), [(True, False), (False, True), (False, False)])
def test_refits_with_case_weights_maximise_the_dense_likelihood(case, lag, error):
    X, y, W, M, c = case
    n, eye = y.size, np.eye(y.size)

    def loglik(rho, lam):
        B, A = eye - lam * M.toarray(), eye - rho * W.toarray()
        Z, v = np.sqrt(c)[:, None] * (B @ X), np.sqrt(c) * (B @ (A @ y))
        beta = np.linalg.lstsq(Z, v, rcond=None)[0]
        s2 = np.mean((v - Z @ beta) ** 2)
        dets = np.linalg.slogdet(A)[1] + np.linalg.slogdet(B)[1] + 0.5 * np.log(c).sum()
        return -0.5 * n * (np.log(2 * np.pi * s2) + 1) + dets, beta

    found = Refitter(process(case, lag=lag, error=error)).fit(y)
    value, beta = loglik(found.rho, found.lambda_)
    assert found.loglik == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(found.beta, beta, rtol=1e-9)
    if lag or error:
        best = optimize.minimize_scalar(
            lambda s: -loglik(s if lag else 0.0, s if error else 0.0)[0],
            bounds=(-0.9, 0.95),
            method="bounded",
            options={"xatol": 1e-10},
        )
        # a maximum is flat: half of the digits of its value decide its place
        assert found.rho + found.lambda_ == pytest.approx(best.x, abs=1e-6)


def test_a_perfect_outcome_is_refused(case):
    with pytest.raises(ValuesError, match="does not reproduce"):
        Refitter(process(case)).fit(case[0] @ [1.0, 2.0, 3.0])


def test_outcomes_and_innovations_are_inverse(case):
    X, y, W, M, c = case
    model = Process(X, np.array([1.0, 2.0, -1.0]), 0.3, 0.4, W, M, 2.0, np.sqrt(c))
    np.testing.assert_allclose(Simulator(model).outcome(model.innovations(y)), y, rtol=1e-12)
    B = np.eye(60) - 0.4 * M.toarray()
    Z = np.sqrt(c)[:, None] * (B @ X)
    np.testing.assert_allclose(model.leverages(), np.diag(Z @ np.linalg.pinv(Z)), rtol=1e-10)


def test_normal_innovations_have_the_variance_of_the_case_weights(case):
    X, y, _, _, c = case
    model = Process(X, np.zeros(3), 0.0, 0.0, None, None, 2.0, np.sqrt(c))
    source = innovations_of(model, y, kind="parametric")
    rng = np.random.default_rng(0)
    spread = np.mean([source.draw(rng) ** 2 for _ in range(2000)], axis=0)
    assert np.abs(spread * c / 2.0 - 1).max() < 4.5 * np.sqrt(2 / 2000)


def test_every_sign_once_is_exactly_the_robust_covariance():
    """All 2⁸ draws of ±1: their covariance has no Monte-Carlo error."""
    rng = np.random.default_rng(4)
    X = np.column_stack([np.ones(8), rng.normal(size=8)])
    e = (np.eye(8) - X @ np.linalg.pinv(X)) @ (rng.normal(size=8) * np.arange(1, 9))
    base = innovations_of(
        Process(X, np.zeros(2), 0.0, 0.0, None, None, 1.0, np.ones(8)),
        e,
        kind="wild",
        leverage="HC0",
    ).base
    betas = np.array([np.linalg.pinv(X) @ (base * v) for v in product([-1.0, 1.0], repeat=8)])
    bread = np.linalg.inv(X.T @ X)
    expected = bread @ (X.T * e**2) @ X @ bread
    np.testing.assert_allclose(betas.T @ betas / len(betas), expected, rtol=1e-12)
    np.testing.assert_allclose(betas.mean(axis=0), 0.0, atol=1e-12)


def test_multipliers_have_the_moments_of_their_papers():
    p = np.array([MAMMEN_SHARE, 1 - MAMMEN_SHARE])
    moments = [float(p @ np.array(MAMMEN) ** k) for k in (1, 2, 3)]
    np.testing.assert_allclose(moments, [0.0, 1.0, 1.0], atol=1e-14)
    np.testing.assert_allclose([np.mean(WEBB**k) for k in (1, 2, 3)], [0, 1, 0], atol=1e-15)
    rng = np.random.default_rng(0)
    for kind, values in (("rademacher", {-1.0, 1.0}), ("mammen", set(MAMMEN)), ("webb", set(WEBB))):
        drawn = multipliers(kind, 20_000, rng)
        assert set(drawn.tolist()) == values
        assert abs(drawn.mean()) < 4 / np.sqrt(20_000)
        assert abs((drawn**2).mean() - 1) < 4 * np.sqrt(2 / 20_000)


@pytest.mark.parametrize("method", ["percentile", "basic", "BCa"])
def test_intervals_are_those_of_scipy(method):
    """Of one distribution of 9,999 draws of a mean; quantiles differ by their definition only."""
    x = np.random.default_rng(2).exponential(size=30)
    peer = stats.bootstrap(
        (x,), np.mean, n_resamples=9999, rng=0, method=method, confidence_level=0.9
    )
    draws, at = peer.bootstrap_distribution[:, None], np.array([x.mean()])
    without = np.array([np.delete(x, i).mean() for i in range(30)])
    if method == "percentile":
        ours = resampled.percentile(draws, level=0.9)
    elif method == "basic":
        ours = resampled.basic(draws, at, level=0.9)
    else:
        ours = resampled.bca(draws, at, resampled.acceleration(without[:, None]), level=0.9)
    # two neighbouring draws in the tails are less than this apart
    ordered = np.sort(draws[:, 0])
    apart = np.diff(ordered[200:-200]).max() + np.diff(ordered[-1000:-50]).max()
    np.testing.assert_allclose(np.ravel(ours), peer.confidence_interval, atol=apart)
    assert apart < 0.1 * draws.std()


def test_studentised_with_equal_errors_is_basic():
    rng = np.random.default_rng(0)
    draws, at, own = rng.normal(size=(99, 2)), np.array([0.1, 0.2]), np.array([2.0, 3.0])
    ours = resampled.studentised(draws, np.tile(own, (99, 1)), at, own, level=0.9)
    np.testing.assert_allclose(ours, resampled.basic(draws, at, level=0.9), rtol=1e-12)


def test_without_bias_or_acceleration_bca_is_percentile():
    draws = np.linspace(-1.0, 1.0, 199)[:, None]
    zero = np.zeros(1)
    ours = resampled.bca(draws, zero, zero, level=0.9)
    np.testing.assert_allclose(ours, resampled.percentile(draws, level=0.9), atol=1e-12)
