"""Covariances of quasi-maximum likelihood are those of the scores, whatever the disturbances."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag
from workbench.numerics.likelihoods.quasi_likelihood import (
    Moments,
    moments_of,
    quasi_covariance,
    spatial_scores,
)
from workbench.numerics.likelihoods.two_parameters import fit_lag_error
from workbench.numerics.sparse.logdet import log_determinant

# Mean zero, skewed: values with their probabilities.
VALUES, CHANCES = np.array([-1.0, 0.5, 2.0]), np.array([0.6, 0.2, 0.25])
CHANCES = CHANCES / CHANCES.sum()
VALUES = VALUES - VALUES @ CHANCES


def asymmetric(n, rng):
    W = rng.uniform(0.1, 1.0, (n, n)) * (rng.uniform(size=(n, n)) < 0.7)
    np.fill_diagonal(W, 0.0)
    return W / (W.sum(axis=1).max() + 0.5)


def every_outcome(n):
    """All values that n independent disturbances take, with their probabilities."""
    cells = np.array(list(product(range(len(VALUES)), repeat=n)))
    return VALUES[cells], CHANCES[cells].prod(axis=1)


def likelihood_scores(e, Z, beta, W, M, rho, lam, s2, c):
    """Gradient of the log-likelihood for each row of disturbances, from y itself."""
    n = Z.shape[0]
    A, B = np.eye(n) - rho * W, np.eye(n) - lam * M
    R = np.diag(np.sqrt(c))
    rows = []
    for raw in e:
        y = np.linalg.solve(A, Z @ beta + np.linalg.solve(B, raw / np.sqrt(c)))
        u = A @ y - Z @ beta
        r = R @ B @ u
        rows.append(
            [
                *((R @ B @ Z).T @ r / s2),
                r @ (R @ B @ W @ y) / s2 - np.trace(W @ np.linalg.inv(A)),
                r @ (R @ M @ u) / s2 - np.trace(M @ np.linalg.inv(B)),
                r @ r / (2 * s2**2) - n / (2 * s2),
            ]
        )
    return np.array(rows)


@pytest.mark.parametrize("weighted", [False, True])
def test_scores_vary_as_over_every_outcome(weighted):
    """Three-point disturbances of five regions, all 243 outcomes: an exact expectation."""
    rng = np.random.default_rng(5)
    n, rho, lam = 5, 0.4, -0.5
    W, M = asymmetric(n, rng), asymmetric(n, rng)
    Z, beta = np.c_[np.ones(n), rng.normal(size=n)], np.array([1.0, -2.0])
    c = rng.uniform(0.5, 2.0, n) if weighted else np.ones(n)
    e, chance = every_outcome(n)
    moments = Moments(*(float(CHANCES @ VALUES**p) for p in (2, 3, 4)))
    s2 = moments.second
    rows = likelihood_scores(e, Z, beta, W, M, rho, lam, s2, c)
    np.testing.assert_allclose(chance @ rows, 0.0, atol=1e-12)
    varies = (rows * chance[:, None]).T @ rows
    scores = spatial_scores(
        Z, beta, W=W, M=M, rho=rho, lam=lam, sigma2=s2, case_weights=c if weighted else None
    )
    # Under normal moments the variance is the information: take it from the formula for pairs.
    A, B, R = np.eye(n) - rho * W, np.eye(n) - lam * M, np.diag(np.sqrt(c))
    forms = [
        *np.zeros((2, n, n)),
        R @ B @ W @ np.linalg.inv(A) @ np.linalg.inv(B) @ np.linalg.inv(R),
        R @ M @ np.linalg.inv(B) @ np.linalg.inv(R),
        np.eye(n) / (2 * s2),
    ]
    pairs = np.array([[np.trace(P @ Q + P @ Q.T) for Q in forms] for P in forms])
    information = scores.linear.T @ scores.linear / s2 + pairs
    V = np.linalg.inv(information)
    np.testing.assert_allclose(
        quasi_covariance(V, scores, moments), V @ varies @ V, rtol=1e-9, atol=1e-12
    )


def sample(rng, n=40):
    W = asymmetric(n, rng)
    X = np.c_[np.ones(n), W.sum(axis=1)]
    e = rng.chisquare(2, n) - 2.0
    return W, X, np.linalg.solve(np.eye(n) - 0.3 * W, X @ [1.0, 2.0] + e)


def scores_of(kind, found, X, W, M):
    if kind == "lag":
        return spatial_scores(X, found.beta, W=W, rho=found.spatial, sigma2=found.sigma2)
    if kind == "error":
        return spatial_scores(X, found.beta, M=W, lam=found.spatial, sigma2=found.sigma2)
    return spatial_scores(
        X, found.beta, W=W, M=M, rho=found.rho, lam=found.lambda_, sigma2=found.sigma2
    )


@pytest.mark.parametrize("kind", ["lag", "error", "both"])
def test_moments_of_the_normal_law_leave_the_information_matrix(kind):
    rng = np.random.default_rng(11)
    W, X, y = sample(rng)
    M = asymmetric(len(y), rng)
    found = {
        "lag": lambda: fit_lag(y, X, W=W),
        "error": lambda: fit_error(y, X, W=W),
        "both": lambda: fit_lag_error(y, X, W=W, M=M),
    }[kind]()
    scores = scores_of(kind, found, X, W, M)
    s2 = found.sigma2
    normal = Moments(s2, 0.0, 3.0 * s2**2)
    np.testing.assert_array_equal(
        quasi_covariance(found.covariance, scores, normal), symmetric(found)
    )


@pytest.mark.parametrize("kind", ["lag", "error", "both"])
def test_scores_hold_the_information_that_the_estimator_inverted(kind):
    """Its blocks of slopes and of σ² are sums over the scores' linear parts and diagonals."""
    rng = np.random.default_rng(12)
    W, X, y = sample(rng)
    M = asymmetric(len(y), rng)
    found = {
        "lag": lambda: fit_lag(y, X, W=W),
        "error": lambda: fit_error(y, X, W=W),
        "both": lambda: fit_lag_error(y, X, W=W, M=M),
    }[kind]()
    scores = scores_of(kind, found, X, W, M)
    information = np.linalg.inv(found.covariance)
    by_scores = scores.linear.T @ scores.linear / found.sigma2
    np.testing.assert_allclose(information[:2], by_scores[:2], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(
        information[-1, 2:-1], scores.diagonal.sum(axis=0)[2:-1] / found.sigma2, rtol=1e-8
    )


def symmetric(found):
    return 0.5 * (found.covariance + found.covariance.T)


def stars(hubs, spokes):
    """Hubs with spokes, each tied to the next: diagonals of W(I − ρW)⁻¹ differ much."""
    size = spokes + 1
    n = hubs * size
    A = np.zeros((n, n))
    for c in range(0, n, size):
        around = np.r_[c + 1 : c + size, (c + size) % n]
        A[c, around] = A[around, c] = 1.0
    return A / np.abs(np.linalg.eigvalsh(A)).max()


@pytest.mark.slow
def test_standard_errors_are_those_of_skewed_disturbances():
    """150 samples, chi-square errors of one degree: the truth is the spread of the estimates.

    A standard deviation of 150 has a relative error of 6 % under the normal law, about 15 % for a
    variance of such skewed errors; the information matrix misses that of sigma2 by more than half.
    """
    rng = np.random.default_rng(3)
    W = stars(16, 4)
    n = len(W)
    prepared = log_determinant(W)
    X = np.c_[np.ones(n), (W.sum(axis=1) > W.sum(axis=1).mean()).astype(float)]
    inverse = np.linalg.inv(np.eye(n) + 0.6 * W)
    estimates, classical, quasi = [], [], []
    for _ in range(150):
        y = inverse @ (X @ [1.0, 0.5] + rng.chisquare(1, n) - 1.0)
        found = fit_lag(y, X, W=W, logdet=prepared)
        scores = scores_of("lag", found, X, W, None)
        estimates.append([*found.beta, found.spatial, found.sigma2])
        classical.append(np.diag(found.covariance))
        moments = moments_of(found.residuals)
        quasi.append(np.diag(quasi_covariance(found.covariance, scores, moments)))
    spread = np.std(estimates, axis=0)
    by_information = np.sqrt(np.mean(classical, axis=0)) / spread
    by_quasi = np.sqrt(np.mean(quasi, axis=0)) / spread
    np.testing.assert_allclose(by_quasi, 1.0, atol=0.2)
    assert by_information[-1] < 0.5  # σ²: its fourth moment is 15 σ⁴ instead of 3
    assert abs(by_quasi[1] - 1.0) < abs(by_information[1] - 1.0)  # the hubs' coefficient
