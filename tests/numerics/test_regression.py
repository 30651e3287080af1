"""Promise: least squares and its diagnostics are R's; dependent columns are named."""

import numpy as np
import pytest

from workbench.errors import CollinearityError, ValuesError
from workbench.numerics.regression.least_squares import (
    condition_number,
    hc1_covariance,
    least_squares,
    linear_dependencies,
)
from workbench.numerics.scores.residual_tests import breusch_pagan, jarque_bera, white

CASES = ["oldcol", "ncsids", "ncsids_islands", "boston"]


@pytest.mark.parametrize("case", CASES)
def test_estimates_agree_with_r(reference_case, case):
    stored = reference_case(case)
    fit, numbers = least_squares(stored.y, stored.X), stored.numbers
    np.testing.assert_allclose(fit.beta, stored.terms("ols/coef"), rtol=1e-9)
    errors = np.sqrt(fit.sigma2 * np.diag(fit.xtx_inverse))
    np.testing.assert_allclose(errors, stored.terms("ols/se"), rtol=1e-10)
    assert fit.sse == pytest.approx(numbers["ols/SSE"], rel=1e-11)
    assert fit.sigma2 == pytest.approx(numbers["ols/sigma2"], rel=1e-11)
    assert fit.loglik == pytest.approx(numbers["ols/logLik"], rel=1e-11)


@pytest.mark.parametrize("case", CASES)
def test_residual_tests_agree_with_r(reference_case, case):
    stored = reference_case(case)
    e, numbers = least_squares(stored.y, stored.X).residuals, stored.numbers
    koenker = breusch_pagan(e, stored.X)
    assert koenker.statistic == pytest.approx(numbers["ols/bp_koenker/stat"], rel=1e-8)
    assert koenker.pvalue == pytest.approx(numbers["ols/bp_koenker/p_value"], rel=1e-6)
    classical = breusch_pagan(e, stored.X, studentized=False)
    assert classical.statistic == pytest.approx(numbers["ols/bp_nonstudentized/stat"], rel=1e-8)
    assert jarque_bera(e).statistic == pytest.approx(numbers["ols/jarque_bera"], rel=1e-8)
    found = white(e, stored.X)
    assert found.df == numbers["ols/white_cross/df"]
    assert found.statistic == pytest.approx(numbers["ols/white_cross/stat"], rel=1e-7)


def test_slx_is_least_squares_on_lags_too(reference_case):
    stored = reference_case("boston")
    X = np.column_stack([stored.X, stored.W @ stored.X[:, 1:]])
    fit = least_squares(stored.y, X)
    names = [*stored.names, *(f"lag.{name}" for name in stored.names[1:])]
    np.testing.assert_allclose(fit.beta, stored.terms("slx/coef", names), rtol=1e-8)
    assert fit.loglik == pytest.approx(stored.numbers["slx/LL"], rel=1e-11)


def test_robust_covariance_and_conditioning_agree_with_statsmodels(reference_case):
    import statsmodels.api as statsmodels

    stored = reference_case("boston")
    theirs = statsmodels.OLS(stored.y, stored.X).fit(cov_type="HC1")
    ours = hc1_covariance(stored.X, least_squares(stored.y, stored.X).residuals)
    scale = np.sqrt(np.diag(theirs.cov_params()))
    # 1e-8: statsmodels goes through a pseudo-inverse of X with columns of very unequal size.
    np.testing.assert_allclose(
        ours / np.outer(scale, scale), theirs.cov_params() / np.outer(scale, scale), atol=1e-8
    )
    scaled = stored.X / np.linalg.norm(stored.X, axis=0)
    assert condition_number(stored.X) == pytest.approx(np.linalg.cond(scaled), rel=1e-10)


def test_each_dependency_is_an_exact_zero_combination():
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 30)) * [[1e6], [1e-3]]
    X = np.column_stack([np.ones(30), a, 2 * a - 3e9 * b, b, np.zeros(30), a + 5])
    found = linear_dependencies(X)
    assert [d.columns[-1] for d in found] == [3, 4, 5]
    assert found[0].columns == (1, 2, 3)
    assert found[2].columns == (0, 1, 5)
    for d in found:
        rest = X[:, list(d.columns)] @ d.coefficients
        assert np.abs(rest).max() <= 1e-8 * np.abs(X[:, list(d.columns)]).max()


def test_nearly_equal_columns_are_estimated_not_refused():
    x = np.linspace(0, 1, 50)
    X = np.column_stack([np.ones(50), 2000 + x, (2000 + x) ** 2 / 1e3])
    assert linear_dependencies(X) == ()


def test_refusals_name_columns_and_rows():
    X = np.column_stack([np.ones(6), np.arange(6.0), 2 * np.arange(6.0)])
    with pytest.raises(CollinearityError, match=r"-2\*column 1 \+1\*column 2 = 0"):
        least_squares(np.arange(6.0), X)
    with pytest.raises(ValuesError, match="fewer columns than the 2 observations"):
        least_squares(np.arange(2.0), np.eye(2))
