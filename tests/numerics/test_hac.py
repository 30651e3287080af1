"""Variances of autocorrelated series are those of statsmodels and of Andrews's formulae."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import S_hac_simple

from workbench.errors import ValuesError
from workbench.numerics.regression import hac


@pytest.fixture
def series():
    draws = np.random.default_rng(3).standard_normal(60)
    for t in range(1, 60):
        draws[t] += 0.6 * draws[t - 1]
    return draws


@pytest.mark.parametrize("lag", [0, 1, 4, 20])
def test_newey_west_covariance_is_that_of_statsmodels(series, lag):
    t = np.arange(60.0)
    X = np.column_stack([np.ones(60), t, np.sin(t)])
    fit = sm.OLS(series, X).fit(
        cov_type="HAC", cov_kwds={"maxlags": lag, "kernel": "bartlett", "use_correction": True}
    )
    np.testing.assert_allclose(
        hac.hac_covariance(X, fit.resid, lag=lag), fit.cov_params(), rtol=1e-9
    )


@pytest.mark.parametrize("kernel", ["bartlett", "quadratic-spectral"])
@pytest.mark.parametrize("bandwidth", [0.7, 3.0, 11.4])
def test_long_run_variance_is_that_of_statsmodels_with_the_same_weights(series, kernel, bandwidth):
    u = series - series.mean()

    def weights(_):
        x = np.arange(60) / bandwidth
        if kernel == "bartlett":
            return np.where(x < 1, 1 - x, 0.0)
        # Andrews (1991, equation 2.7), written with the product instead of the quotient
        a = 1.2 * np.pi * np.where(x == 0, 1.0, x)
        return np.where(x == 0, 1.0, 3 / a**3 * (np.sin(a) - a * np.cos(a)))

    theirs = S_hac_simple(u[:, None], nlags=59, weights_func=weights)[0, 0] / 60
    ours = hac.long_run_variance(u, kernel=kernel, bandwidth=bandwidth)
    assert ours == pytest.approx(theirs, rel=1e-10)


def test_automatic_bandwidth_follows_andrews_plug_in(series):
    u = series - series.mean()
    rho = sm.OLS(u[1:], u[:-1]).fit().params[0]
    spectral = 1.3221 * (60 * 4 * rho**2 / (1 - rho) ** 4) ** (1 / 5)
    bartlett = 1.1447 * (60 * 4 * rho**2 / (1 - rho**2) ** 2) ** (1 / 3)
    assert hac.andrews_bandwidth(u, "quadratic-spectral") == pytest.approx(spectral, rel=1e-12)
    assert hac.andrews_bandwidth(u, "bartlett") == pytest.approx(bartlett, rel=1e-12)


def test_a_near_random_walk_has_a_finite_bandwidth():
    walk = np.cumsum(np.ones(50))
    # rho is capped at 0.97: 1.3221 (4 · 0.9409 · 50 / 0.03⁴)^(1/5)
    capped = 1.3221 * (4 * 0.97**2 * 50 / 0.03**4) ** 0.2
    assert hac.andrews_bandwidth(walk, "quadratic-spectral") == pytest.approx(capped, rel=1e-9)


def test_no_bandwidth_leaves_the_plain_variance(series):
    plain = float(np.mean(series**2))
    for kernel in ("bartlett", "quadratic-spectral"):
        found = hac.long_run_variance(series, kernel=kernel, bandwidth=0.0)
        assert found == pytest.approx(plain, rel=1e-14)


def test_variance_is_never_negative():
    for seed in range(30):
        u = np.random.default_rng(seed).standard_normal(9)
        u -= u.mean()
        for kernel in ("bartlett", "quadratic-spectral"):
            assert hac.long_run_variance(u, kernel=kernel, bandwidth=50.0) >= 0.0


def test_lags_outside_the_sample_are_refused(series):
    X = np.ones((60, 1))
    for lag in (-1, 60):
        with pytest.raises(ValuesError, match="from 0 to 59"):
            hac.hac_covariance(X, series, lag=lag)
