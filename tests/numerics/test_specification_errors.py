"""Promise: tests of form and variance are statsmodels'; the spatial one has the right law."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats import diagnostic

from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag
from workbench.numerics.regression.collinearity import variance_decomposition
from workbench.numerics.regression.least_squares import condition_number
from workbench.numerics.scores.residual_tests import breusch_pagan, white
from workbench.numerics.scores.specification_errors import link, reset, spatial_breusch_pagan
from workbench.numerics.sparse.logdet import log_determinant

CASES = ["oldcol", "ncsids", "boston"]


@pytest.mark.parametrize("case", CASES)
def test_reset_and_link_agree_with_statsmodels(reference_case, case):
    stored = reference_case(case)
    fitted = sm.OLS(stored.y, stored.X).fit()
    theirs = diagnostic.linear_reset(fitted, power=3, use_f=True)
    ours = reset(stored.y, stored.X)
    # 1e-5: statsmodels adds raw powers of the fitted values, which are nearly collinear.
    assert ours.statistic == pytest.approx(float(np.squeeze(theirs.statistic)), rel=1e-5)
    assert ours.pvalue == pytest.approx(float(theirs.pvalue), rel=1e-5)
    yhat = fitted.fittedvalues
    hat = sm.OLS(stored.y, sm.add_constant(np.column_stack([yhat, yhat**2]))).fit()
    squared = link(stored.y, stored.X)
    assert squared.statistic == pytest.approx(hat.tvalues[-1] ** 2, rel=1e-7)
    assert squared.pvalue == pytest.approx(hat.pvalues[-1], rel=1e-7)


@pytest.mark.parametrize("case", CASES)
def test_variance_tests_agree_with_statsmodels(reference_case, case):
    stored = reference_case(case)
    e = sm.OLS(stored.y, stored.X).fit().resid
    lm, *_ = diagnostic.het_breuschpagan(e, stored.X)
    assert breusch_pagan(e, stored.X).statistic == pytest.approx(lm, rel=1e-8)
    lm, *_ = diagnostic.het_breuschpagan(e, stored.X, robust=False)
    assert breusch_pagan(e, stored.X, studentized=False).statistic == pytest.approx(lm, rel=1e-8)
    if case == "boston":  # statsmodels finds its unscaled squares collinear: R has the number
        assert white(e, stored.X).statistic == pytest.approx(
            stored.numbers["ols/white_cross/stat"], rel=1e-6
        )
        return
    lm, *_ = diagnostic.het_white(e, stored.X)
    assert white(e, stored.X).statistic == pytest.approx(lm, rel=1e-6)


def test_regressors_that_are_all_dummies_have_no_reset():
    y = np.array([1.0, 2.0, 4.0, 3.0, 2.0, 5.0])
    X = np.column_stack([np.ones(6), [0.0, 0, 0, 1, 1, 1]])
    assert reset(y, X) is None
    assert link(y, X) is None


def test_spatial_breusch_pagan_inverts_the_information_matrix(reference_case):
    """Dense expected information of (variance terms, beta, rho, sigma squared), Anselin 1988."""
    stored = reference_case("oldcol")
    fit = fit_lag(stored.y, stored.X, W=stored.W)
    n, k, s2 = 49, 3, fit.sigma2
    W = stored.W.toarray()
    G = W @ np.linalg.inv(np.eye(n) - fit.spatial * W)
    z, Xb = stored.X[:, 1:], stored.X @ fit.beta
    GXb, g = G @ Xb, np.diag(G)
    J = np.zeros((2 + k + 2, 2 + k + 2))
    a, b, r, s = slice(0, 2), slice(2, 5), 5, 6
    J[a, a] = 0.5 * z.T @ z
    J[a, r] = J[r, a] = z.T @ g
    J[a, s] = J[s, a] = z.sum(axis=0) / (2 * s2)
    J[b, b] = stored.X.T @ stored.X / s2
    J[b, r] = J[r, b] = stored.X.T @ GXb / s2
    J[r, r] = np.trace(G @ G) + np.trace(G.T @ G) + GXb @ GXb / s2
    J[r, s] = J[s, r] = g.sum() / s2
    J[s, s] = n / (2 * s2**2)
    score = 0.5 * z.T @ (fit.residuals**2 / s2 - 1.0)
    expected = score @ np.linalg.inv(J)[a, a] @ score
    found = spatial_breusch_pagan(
        fit.residuals, stored.X, W=stored.W, spatial=fit.spatial, variance=fit.covariance[k, k]
    )
    assert found.statistic == pytest.approx(expected, rel=1e-8)
    assert found.df == 2


@pytest.mark.slow
def test_spatial_breusch_pagan_has_nominal_size(reference_case):
    stored = reference_case("oldcol")
    n, random = 49, np.random.default_rng(4)
    A = np.eye(n) - 0.6 * stored.W.toarray()
    X = np.column_stack([np.ones(n), random.normal(size=n)])
    prepared = log_determinant(stored.W)
    p = []
    for _ in range(100):
        y = X.sum(axis=1) + np.linalg.solve(A, random.normal(size=n))
        fit = fit_error(y, X, W=stored.W, logdet=prepared)
        found = spatial_breusch_pagan(
            fit.residuals, X, W=stored.W, spatial=fit.spatial, variance=fit.covariance[2, 2]
        )
        p.append(found.pvalue)
    # 100 samples: four standard errors of a median of 0.5 are 0.2, of a 5 % rate 8.7 points.
    assert np.mean(np.array(p) < 0.5) == pytest.approx(0.5, abs=0.2)
    assert np.mean(np.array(p) < 0.05) < 0.137


@pytest.mark.slow
def test_reset_and_link_have_nominal_size():
    random = np.random.default_rng(3)
    X = np.column_stack([np.ones(60), random.normal(size=(60, 2))])
    outcomes = [X.sum(axis=1) + random.normal(size=60) for _ in range(400)]
    p = np.array([[reset(y, X).pvalue, link(y, X).pvalue] for y in outcomes])
    # RESET is exact under normality; 400 samples: four standard errors are 4.4 points.
    np.testing.assert_allclose((p < 0.05).mean(axis=0), 0.05, atol=0.044)


def test_variance_decomposition_adds_up(reference_case):
    stored = reference_case("boston")
    found = variance_decomposition(stored.X)
    np.testing.assert_allclose(found.proportions.sum(axis=0), 1.0, rtol=1e-12)
    assert found.indexes[-1] == pytest.approx(condition_number(stored.X), rel=1e-12)
    # Shares of diag (X'X)^-1 of the scaled columns, from its eigenvectors.
    unit = stored.X / np.linalg.norm(stored.X, axis=0)
    values, vectors = np.linalg.eigh(unit.T @ unit)
    shares = (vectors**2 / values).T[::-1]
    expected = shares / np.diag(np.linalg.inv(unit.T @ unit))
    np.testing.assert_allclose(found.proportions, expected, rtol=1e-6, atol=1e-9)
