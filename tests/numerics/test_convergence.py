"""Dispersion, tests of dependent variances and speeds agree with their definitions."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from workbench.errors import ValuesError
from workbench.numerics.dynamics import convergence as kernel


@pytest.fixture
def levels():
    return np.exp(np.random.default_rng(5).normal(2.0, 0.6, size=(31, 4)))


def test_unweighted_dispersion_by_numpy_and_by_inequality(levels):
    from inequality.gini import Gini
    from inequality.theil import Theil

    columns = range(4)
    expected = {
        "std_log": np.log(levels).std(axis=0, ddof=1),
        "cv": levels.std(axis=0, ddof=1) / levels.mean(axis=0),
        "theil": [Theil(levels[:, t]).T for t in columns],
        "gini": [Gini(levels[:, t]).g for t in columns],
    }
    for measure, values in expected.items():
        np.testing.assert_allclose(kernel.dispersion(levels, measure), values, rtol=1e-6)


@pytest.mark.parametrize("measure", ["std_log", "cv", "theil", "gini"])
def test_a_weight_of_three_is_three_regions(levels, measure):
    times = np.random.default_rng(6).integers(1, 5, size=31)
    repeated = np.repeat(levels, times, axis=0)
    n = len(repeated)
    # weighted moments have no small-sample factor: the repeated ones lose theirs
    factor = np.sqrt((n - 1) / n) if measure in ("std_log", "cv") else 1.0
    shares = np.repeat((times / n)[:, None], 4, axis=1)
    ours = kernel.dispersion(levels, measure, shares=shares)
    np.testing.assert_allclose(ours, factor * kernel.dispersion(repeated, measure), rtol=1e-12)


def test_gini_is_the_mean_absolute_difference(levels):
    y = levels[:, 0]
    expected = np.abs(y[:, None] - y).mean() / (2 * y.mean())
    assert kernel.dispersion(levels, "gini")[0] == pytest.approx(expected, rel=1e-12)


def test_measures_are_those_of_inequality_to_the_last_bit(levels):
    """One kernel a measure; only the small-sample factor of ``cv`` is dispersion's own."""
    from workbench.numerics.dynamics import inequality

    for p in (None, np.random.default_rng(8).dirichlet(np.ones(31), size=4).T):
        for t in range(4):
            column = levels[:, t].copy()
            share = None if p is None else p[:, t].copy()
            for name in ("gini", "theil"):
                ours = kernel.dispersion(levels, name, shares=p)[t]
                assert ours == getattr(inequality, name)(column, share)
            factor = np.sqrt(31 / 30) if p is None else 1.0
            ours = kernel.dispersion(levels, "cv", shares=p)[t]
            assert ours == factor * inequality.variation(column, share)


def test_trend_and_drift_are_those_of_statsmodels():
    rng = np.random.default_rng(7)
    y, t = np.cumsum(rng.standard_normal(40)), np.arange(1980.0, 2020.0)
    words = {"cov_type": "HAC", "cov_kwds": {"maxlags": 3, "use_correction": True}, "use_t": True}
    line = sm.OLS(y, sm.add_constant(t)).fit(**words)
    ours = kernel.trend(y, t, lag=3)
    assert (ours.slope, ours.std_error) == pytest.approx((line.params[1], line.bse[1]), rel=1e-8)
    assert (ours.intercept, ours.df) == pytest.approx((line.params[0], 38), rel=1e-8)
    mean = sm.OLS(np.diff(y), np.ones(39)).fit(**words)
    ours = kernel.drift(y, t, lag=3)
    assert (ours.slope, ours.std_error) == pytest.approx((mean.params[0], mean.bse[0]), rel=1e-10)
    assert ours.df == 38


def test_drift_over_unequal_gaps_is_the_change_over_the_time():
    """statsmodels: least squares of changes over √d on √d, HAC.

    The mean of the rates, which stood here before, weighs a gap of a year like one of thirty.
    """
    rng = np.random.default_rng(8)
    t = np.array([1950.0, 1960, 1961, 1962, 1963, 1990, 2000, 2001])
    y = np.cumsum(rng.standard_normal(8))
    root = np.sqrt(np.diff(t))
    words = {"cov_type": "HAC", "cov_kwds": {"maxlags": 1, "use_correction": True}}
    expected = sm.OLS(np.diff(y) / root, root).fit(**words)
    ours = kernel.drift(y, t, lag=1)
    assert ours.slope == pytest.approx((y[-1] - y[0]) / 51, rel=1e-12)
    assert (ours.slope, ours.std_error) == pytest.approx(
        (expected.params[0], expected.bse[0]), rel=1e-10
    )


@pytest.fixture
def pair():
    rng = np.random.default_rng(8)
    first = rng.normal(0, 1.0, 40)
    return first, 0.5 * first + rng.normal(0, 0.4, 40)


def test_t2_is_the_likelihood_ratio_of_equal_variances(pair):
    x, y = pair
    s = np.cov(x, y)
    # maximum under one variance: the mean of both, with the covariance unrestricted
    restricted = ((s[0, 0] + s[1, 1]) / 2) ** 2 - s[0, 1] ** 2
    expected = (40 - 2.5) * np.log(restricted / np.linalg.det(s))
    found = kernel.equal_variances(x, y)
    np.testing.assert_allclose(found.T2, expected, rtol=1e-12)
    assert found.t2_p_value == pytest.approx(stats.chi2.sf(expected, 1), rel=1e-10)


def test_t3_follows_carree_and_klomp(pair):
    x, y = pair
    slope = stats.linregress(x, y).slope
    expected = np.sqrt(40) * (x.var() / y.var() - 1) / (2 * np.sqrt(1 - slope**2))
    np.testing.assert_allclose(kernel.equal_variances(x, y).T3, expected, rtol=1e-12)
    # a dispersion that grew: the slope exceeds one, and the statistic is not defined
    assert np.isnan(kernel.equal_variances(x, 3 * x + y).T3)


def test_pitman_morgan_is_the_correlation_of_sum_and_difference(pair):
    x, y = pair
    r = stats.pearsonr(x + y, x - y)
    found = kernel.equal_variances(x, y)
    assert 2 * stats.t.sf(abs(found.t), 38) == pytest.approx(r.pvalue, rel=1e-10)
    assert found.t > 0
    assert kernel.equal_variances(y, x).t == pytest.approx(-found.t, rel=1e-12)


@pytest.mark.slow
def test_under_equal_dependent_variances_the_level_is_kept():
    rng = np.random.default_rng(9)
    rejected = np.zeros(2)
    for _ in range(2000):
        z = rng.standard_normal((2, 30))
        found = kernel.equal_variances(z[0], 0.9 * z[0] + np.sqrt(1 - 0.81) * z[1])
        rejected += (found.t2_p_value < 0.05, 2 * stats.t.sf(abs(found.t), 28) < 0.05)
    # four binomial standard errors of 2,000 draws
    np.testing.assert_allclose(rejected / 2000, 0.05, atol=0.0195)


@pytest.mark.slow
def test_without_a_trend_the_drift_of_a_random_walk_keeps_the_level():
    rng = np.random.default_rng(10)
    rejected = 0
    for _ in range(800):
        found = kernel.drift(np.cumsum(rng.standard_normal(60)), np.arange(60.0), lag=3)
        rejected += 2 * stats.t.sf(abs(found.statistic), found.df) < 0.05
    # Newey-West with 3 lags at T = 60 rejects at about 6 %: four standard errors around that
    assert 0.025 < rejected / 800 < 0.095


def test_speed_gives_back_the_law_of_motion():
    beta, span = 0.023, 35.0
    start = np.array([1.0, 2.0, 3.0, 4.5])
    end = 3.0 + np.exp(-beta * span) * (start - 3.0)
    b = np.polyfit(start, (end - start) / span, 1)[0]
    found = kernel.speed_of_convergence(b, 0.001, span=span, critical=1.96)
    assert found.speed == pytest.approx(beta, rel=1e-10)
    assert found.half_life == pytest.approx(np.log(2) / beta, rel=1e-10)


def test_standard_errors_are_numerical_derivatives():
    step, error, span = 1e-6, 0.002, 20.0
    at = [
        kernel.speed_of_convergence(b, error, span=span, critical=2.0)
        for b in (-0.02 - step, -0.02 + step, -0.02)
    ]
    for name, size in (("speed", "std_error"), ("half_life", "half_life_std_error")):
        slope = (getattr(at[1], name) - getattr(at[0], name)) / (2 * step)
        assert getattr(at[2], size) == pytest.approx(abs(slope) * error, rel=1e-6)


def test_intervals_carry_the_ends_of_the_slope():
    found = kernel.speed_of_convergence(-0.02, 0.002, span=20.0, critical=2.0)
    low, high = (-np.log(1 + b * 20) / 20 for b in (-0.016, -0.024))
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)
    assert found.half_life_low == pytest.approx(np.log(2) / high, rel=1e-12)
    assert found.half_life_high == pytest.approx(np.log(2) / low, rel=1e-12)


def test_what_does_not_exist_is_not_a_number():
    unsure = kernel.speed_of_convergence(-0.04, 0.03, span=20.0, critical=2.0)
    assert unsure.high == np.inf
    assert unsure.half_life_high == np.inf
    assert unsure.half_life_low == 0.0
    diverging = kernel.speed_of_convergence(0.01, 0.002, span=20.0, critical=2.0)
    assert diverging.speed < 0
    assert np.isnan(diverging.half_life)
    beyond = kernel.speed_of_convergence(-0.06, 0.001, span=20.0, critical=2.0)
    assert np.isnan([beyond.speed, beyond.std_error, beyond.low, beyond.high]).all()


def test_input_that_gives_no_number_is_refused(pair):
    x, _ = pair
    with pytest.raises(ValuesError, match="exact linear relation"):
        kernel.equal_variances(x, 2 * x + 1)
    with pytest.raises(ValuesError, match="at least four regions"):
        kernel.equal_variances(x[:3], x[:3] ** 2)
    with pytest.raises(ValuesError, match="at least 4 periods"):
        kernel.trend([1.0, 2.0, 1.0], [1, 2, 3], lag=0)
    with pytest.raises(ValuesError, match="lies on a line exactly"):
        kernel.trend([1.0, 2.0, 3.0, 4.0, 5.0], [1, 2, 3, 4, 5], lag=0)
