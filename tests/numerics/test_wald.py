"""Promise: Wald, common-factor and Hausman contrasts equal their dense formulas; sizes hold."""

import numpy as np
import pytest
from scipy import stats

from workbench.numerics.likelihoods.one_parameter import fit_error, fit_lag
from workbench.numerics.likelihoods.wald import common_factor, spatial_hausman, wald
from workbench.numerics.regression.least_squares import least_squares
from workbench.numerics.sparse.logdet import log_determinant

CASES = ["oldcol", "ncsids", "ncsids_islands", "boston"]


def test_wald_is_the_quadratic_form():
    random = np.random.default_rng(1)
    root = random.normal(size=(3, 3))
    V, gap = root @ root.T, random.normal(size=3)
    found = wald(gap, V)
    assert found.statistic == pytest.approx(gap @ np.linalg.inv(V) @ gap, rel=1e-10)
    assert found.pvalue == pytest.approx(stats.chi2.sf(found.statistic, 3))


def test_directions_without_variance_are_not_counted():
    V = np.diag([4.0, 0.0])
    found = wald(np.array([2.0, 0.0]), V)
    assert (found.statistic, found.df) == (1.0, 1)
    assert np.isnan(wald(np.ones(2), np.zeros((2, 2))).statistic)
    assert np.isnan(wald(np.ones(2), np.diag([1.0, -1.0])).statistic)


def hausman_by_formula(stored, *, transposed):
    fit = fit_error(stored.y, stored.X, W=stored.W)
    ols = least_squares(stored.y, stored.X)
    A = np.eye(len(stored.y)) - fit.spatial * stored.W.toarray()
    H, inverse = ols.xtx_inverse @ stored.X.T, np.linalg.inv(A)
    middle = inverse @ (inverse.T if transposed else inverse)
    by_sem = np.linalg.inv((A @ stored.X).T @ (A @ stored.X))
    gap = fit.beta - ols.beta
    return gap @ np.linalg.solve(fit.sigma2 * (H @ middle @ H.T - by_sem), gap), fit


@pytest.mark.parametrize("case", CASES)
def test_hausman_equals_pace_and_lesage(reference_case, case):
    """And explains spatialreg's number, which has the inverse twice instead of its transpose."""
    stored = reference_case(case)
    expected, fit = hausman_by_formula(stored, transposed=True)
    found = spatial_hausman(
        stored.y, stored.X, W=stored.W, beta=fit.beta, spatial=fit.spatial, sigma2=fit.sigma2
    )
    assert found.statistic == pytest.approx(expected, rel=1e-6)
    assert found.df == stored.X.shape[1]
    theirs, _ = hausman_by_formula(stored, transposed=False)
    # 1e-5: R's lambda is 1e-8 off and the difference of the variances is small.
    assert theirs == pytest.approx(stored.numbers["err/Hausman/stat"], rel=1e-5)


@pytest.mark.slow
def test_hausman_has_nominal_size_in_error_models(reference_case):
    stored = reference_case("oldcol")
    n, random = 49, np.random.default_rng(2)
    A = np.eye(n) - 0.5 * stored.W.toarray()
    X, prepared = stored.X, log_determinant(stored.W)
    p = []
    for _ in range(120):
        y = X @ [1.0, 1.0, 1.0] + 5.0 * np.linalg.solve(A, random.normal(size=n))
        fit = fit_error(y, X, W=stored.W, logdet=prepared)
        found = spatial_hausman(
            y, X, W=stored.W, beta=fit.beta, spatial=fit.spatial, sigma2=fit.sigma2
        )
        p.append(found.pvalue)
    # 120 samples: four standard errors are 8 points; with 49 regions and an estimated lambda the
    # asymptotic test rejects somewhat too often (8 to 9 %).
    assert np.mean(np.array(p) < 0.05) < 0.13
    assert 0.3 < np.mean(np.array(p) < 0.5) < 0.7


def test_common_factor_is_the_delta_method(reference_case):
    stored = reference_case("boston")
    Z = stored.X[:, 1:]
    X = np.column_stack([stored.X, stored.W @ Z])
    fit = fit_lag(stored.y, X, W=stored.W)
    q = Z.shape[1]
    at = [*range(1, 1 + 2 * q), 1 + 2 * q]
    V = fit.covariance[np.ix_(at, at)]

    def gap(v):
        return v[q : 2 * q] + v[-1] * v[:q]

    values = np.append(fit.beta[1:], fit.spatial)
    step = np.maximum(np.abs(values), 1e-3) * 1e-6
    J = np.column_stack(
        [
            (gap(values + s) - gap(values - s)) / (2 * h)
            for s, h in zip(np.diag(step), step, strict=True)
        ]
    )
    g = gap(values)
    expected = g @ np.linalg.solve(J @ V @ J.T, g)
    found = common_factor(values[:q], values[q : 2 * q], rho=values[-1], covariance=V)
    assert found.statistic == pytest.approx(expected, rel=1e-5)
    assert found.df == q
