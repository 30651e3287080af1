"""Promise: leave-one-out is a new fit in least squares, one Newton step of it in likelihoods."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import linalg, optimize

from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag
from workbench.numerics.likelihoods.two_parameters import fit_lag_error
from workbench.numerics.regression.influence import leave_one_out, one_step
from workbench.numerics.regression.least_squares import least_squares


@pytest.mark.parametrize("case", ["oldcol", "boston"])
def test_least_squares_agrees_with_statsmodels(reference_case, case):
    stored = reference_case(case)
    theirs = sm.OLS(stored.y, stored.X).fit().get_influence()
    ours = leave_one_out(stored.y, stored.X)
    np.testing.assert_allclose(ours.leverage, theirs.hat_matrix_diag, rtol=1e-8)
    np.testing.assert_allclose(ours.studentized, theirs.resid_studentized_external, rtol=1e-7)
    scale = np.abs(theirs.dfbeta).max(axis=0)
    np.testing.assert_allclose(ours.change / scale, theirs.dfbeta / scale, atol=1e-7)


def test_least_squares_is_a_new_fit(reference_case):
    stored = reference_case("oldcol")
    whole = least_squares(stored.y, stored.X).beta
    ours = leave_one_out(stored.y, stored.X)
    for i in (0, 3, 48):
        without = least_squares(np.delete(stored.y, i), np.delete(stored.X, i, axis=0))
        np.testing.assert_allclose(ours.change[i], whole - without.beta, rtol=1e-8)
        assert ours.sigma[i] ** 2 == pytest.approx(without.sigma2, rel=1e-9)


def test_a_region_with_a_dummy_of_its_own_has_no_answer():
    X = np.column_stack([np.ones(6), np.arange(6.0), [1.0, 0, 0, 0, 0, 0]])
    change = leave_one_out(np.array([9.0, 1, 2, 4, 4, 5]), X).change
    assert np.isnan(change[0]).all()
    assert np.isfinite(change[1:]).all()


def profile(stored, i, value, *, error):
    """Log-likelihood without region i at a spatial parameter, and beta there."""
    n = len(stored.y)
    A = np.eye(n) - value * stored.W.toarray()
    keep = np.arange(n) != i
    y, X = A @ stored.y, (A @ stored.X if error else stored.X)
    beta = np.linalg.lstsq(X[keep], y[keep], rcond=None)[0]
    shares = np.diag(np.real(linalg.logm(A)))
    sse = np.sum((y - X @ beta)[keep] ** 2)
    return -0.5 * (n - 1) * np.log(sse) + shares[keep].sum(), beta


@pytest.mark.parametrize("error", [False, True])
def test_likelihood_takes_one_newton_step(reference_case, error):
    """The share of log|I - rho W| of a region is the diagonal of log(I - rho W)."""
    stored = reference_case("oldcol")
    fit = (fit_error if error else fit_lag)(stored.y, stored.X, W=stored.W)
    if error:
        found = one_step(stored.y, stored.X, M=stored.W, lam=fit.spatial)
    else:
        found = one_step(stored.y, stored.X, W=stored.W, rho=fit.spatial)
    h, at = 1e-4, fit.spatial
    for i in (0, 3, 20):
        below, here, above = (profile(stored, i, at + d, error=error) for d in (-h, 0.0, h))
        step = -(above[0] - below[0]) / 2 * h / (above[0] - 2 * here[0] + below[0])
        assert -found[i, -1] == pytest.approx(step, rel=1e-4, abs=1e-7)
        moved = here[1] + step * (above[1] - below[1]) / (2 * h)
        scale = np.abs(fit.beta - moved).max()
        np.testing.assert_allclose(found[i, :-1], fit.beta - moved, atol=1e-5 * scale)


def test_one_step_is_near_a_new_fit_in_the_lag_model(reference_case):
    stored = reference_case("oldcol")
    fit = fit_lag(stored.y, stored.X, W=stored.W)
    error = np.sqrt(fit.covariance[3, 3])
    found = one_step(stored.y, stored.X, W=stored.W, rho=fit.spatial)
    for i in (3, 33):  # 3 is the outlier of the data: -0.9 standard errors
        best = optimize.minimize_scalar(
            lambda r, i=i: -profile(stored, i, r, error=False)[0],
            bounds=(-0.2, 0.9),
            method="bounded",
            options={"xatol": 1e-4},
        ).x
        # A tenth of a standard error: the second step that is not taken.
        assert (fit.spatial - found[i, -1] - best) / error == pytest.approx(0.0, abs=0.12)


def test_two_parameters_take_one_newton_step_together(reference_case):
    """Against differences of the likelihood without a region, its shares from matrix logarithms."""
    stored = reference_case("oldcol")
    y, X, W = stored.y, stored.X, stored.W.toarray()
    n = len(y)
    M = W @ W
    np.fill_diagonal(M, 0.0)
    M /= M.sum(axis=1, keepdims=True)
    fit = fit_lag_error(y, X, W=W, M=M)
    found = one_step(y, X, W=W, M=M, rho=fit.rho, lam=fit.lambda_)
    at, h = np.array([fit.rho, fit.lambda_]), 1e-4

    def without(i, rho, lam):
        A, B = np.eye(n) - rho * W, np.eye(n) - lam * M
        keep = np.arange(n) != i
        left, right = (B @ A @ y)[keep], (B @ X)[keep]
        beta = np.linalg.lstsq(right, left, rcond=None)[0]
        shares = np.diag(np.real(linalg.logm(A)) + np.real(linalg.logm(B)))
        return -0.5 * (n - 1) * np.log(np.sum((left - right @ beta) ** 2)) + shares[
            keep
        ].sum(), beta

    for i in (0, 3, 33):
        points = {
            (a, b): without(i, *(at + h * np.array([a, b]))) for a in (-1, 0, 1) for b in (-1, 0, 1)
        }
        f = {key: value[0] for key, value in points.items()}
        gradient = np.array([f[1, 0] - f[-1, 0], f[0, 1] - f[0, -1]]) / (2 * h)
        mixed = (f[1, 1] - f[1, -1] - f[-1, 1] + f[-1, -1]) / (4 * h**2)
        own = [f[1, 0] - 2 * f[0, 0] + f[-1, 0], f[0, 1] - 2 * f[0, 0] + f[0, -1]]
        hessian = np.array([[own[0] / h**2, mixed], [mixed, own[1] / h**2]])
        step = -np.linalg.solve(hessian, gradient)
        np.testing.assert_allclose(-found[i, -2:], step, rtol=1e-3, atol=1e-5)
        along = [(points[1, 0][1] - points[-1, 0][1]), (points[0, 1][1] - points[0, -1][1])]
        moved = points[0, 0][1] + step @ np.array(along) / (2 * h)
        np.testing.assert_allclose(found[i, :-2], fit.beta - moved, rtol=1e-3, atol=1e-4)
