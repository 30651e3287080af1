"""Promise: score tests are spdep's; undefined ones are NaN, not noise."""

import numpy as np
import pytest

from workbench.numerics.likelihoods.one_parameter import fit_lag
from workbench.numerics.scores.lagrange import error_after_lag, lagrange_multipliers

CASES = ["oldcol", "ncsids", "ncsids_islands", "boston"]
NAMES = {
    "error": "RSerr",
    "lag": "RSlag",
    "robust_error": "adjRSerr",
    "robust_lag": "adjRSlag",
    "sarma": "SARMA",
}


@pytest.mark.parametrize("case", CASES)
def test_tests_on_least_squares_residuals_agree_with_spdep(reference_case, case):
    stored = reference_case(case)
    found = lagrange_multipliers(stored.y, stored.X, W=stored.W)
    for ours, theirs in NAMES.items():
        test = getattr(found, ours)
        # 1e-8: differences of statistics of size 200 lose two digits.
        assert test.statistic == pytest.approx(
            stored.numbers[f"ols/RS/{theirs}/stat"], rel=1e-8, abs=1e-10
        )
        p = stored.numbers[f"ols/RS/{theirs}/p"]
        assert test.pvalue == pytest.approx(p, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("model", ["lag", "sdm"])
@pytest.mark.parametrize("case", CASES)
def test_remaining_error_test_agrees_with_spatialreg(reference_case, case, model):
    stored = reference_case(case)
    X = stored.X if model == "lag" else np.column_stack([stored.X, stored.W @ stored.X[:, 1:]])
    fit = fit_lag(stored.y, X, W=stored.W)
    k = X.shape[1]
    test = error_after_lag(
        fit.residuals,
        W=stored.W,
        sigma2=fit.sigma2,
        rho_variance=fit.covariance[k, k],
        traces=fit.traces,
    )
    # 1e-5: R's ρ̂ is 1e-8 off, divided by a variance that nearly cancels.
    assert test.statistic == pytest.approx(stored.numbers[f"{model}/LMtest_resid_err"], rel=1e-5)


def test_robust_forms_are_undefined_with_a_constant_only(reference_case):
    stored = reference_case("oldcol")
    found = lagrange_multipliers(stored.y, np.ones((49, 1)), W=stored.W)
    assert np.isnan(found.robust_lag.statistic)
    assert np.isnan(found.sarma.pvalue)
    # Without regressors to tell them apart the two simple tests coincide.
    assert found.lag.statistic == pytest.approx(found.error.statistic, rel=1e-10)


@pytest.mark.slow
def test_size_is_nominal_when_there_is_no_dependence(any_weights):
    n = any_weights.shape[0]
    random = np.random.default_rng(8)
    X = np.column_stack([np.ones(n), random.normal(size=(n, 2))])
    p = np.array(
        [
            [t.pvalue for t in (m.error, m.lag, m.robust_lag)]
            for m in (
                lagrange_multipliers(X.sum(axis=1) + random.normal(size=n), X, W=any_weights)
                for _ in range(600)
            )
        ]
    )
    # 600 samples: four standard errors of a 5 % rate are 3.6 points; asymptotic tests lean low.
    assert np.all((p < 0.05).mean(axis=0) < 0.09)
