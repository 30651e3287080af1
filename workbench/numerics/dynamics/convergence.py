"""Dispersion over time, equality of dependent variances, speed of convergence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from workbench.errors import ValuesError
from workbench.numerics.dynamics import inequality
from workbench.numerics.regression.hac import autoregression, hac_covariance
from workbench.numerics.regression.least_squares import least_squares
from workbench.numerics.sparse.matrices import as_columns, as_vector, freeze
from workbench.typing import Dispersion, FloatArray

FEWEST_REGIONS = 4
"""Regions of a test of two variances: two means, and two degrees of freedom."""

FEWEST_PERIODS = 4
"""Points of a trend: two coefficients, and two degrees of freedom for the variance."""


def dispersion(values: Any, measure: Dispersion, *, shares: Any = None) -> FloatArray:
    """Return the dispersion of regions in each period, shape (T,).

    With shares p (all 1/n without) and the weighted mean m: ``std_log`` is
    √Σ p (log y − m_log)² and ``cv`` √Σ p (y − m)²/m, each times √(n/(n − 1)) when unweighted;
    ``theil`` is Σ p (y/m) log(y/m); ``gini`` is ΣΣ p_i p_j |y_i − y_j| / (2m).

    Parameters
    ----------
    values : ndarray, shape (n, T)
        n ≥ 2. Positive where the measure takes logarithms; ``cv`` and ``gini`` need a positive mean
        only.
    measure : {"std_log", "cv", "theil", "gini"}
    shares : ndarray, shape (n, T), optional
        Positive; each column sums to 1.

    Examples
    --------
    >>> dispersion([[1.0, 2.0], [3.0, 2.0]], "cv").round(3)
    array([0.707, 0.   ])
    """
    n = np.shape(values)[0]
    y = as_columns(values, argument="values", rows=n)
    p = None if shares is None else as_columns(shares, argument="shares", rows=n)
    # shares are of a population that is known; equal weights are a sample of regions
    scale = np.sqrt(n / (n - 1.0)) if p is None and measure in ("std_log", "cv") else 1.0
    # columns in memory of their own: numpy sums those of a table in another order
    columns = [(y[:, t].copy(), None if p is None else p[:, t].copy()) for t in range(y.shape[1])]
    found = [scale * MEASURES[measure](column, share) for column, share in columns]
    return np.asarray(freeze(np.array(found)))


def _std_log(y: FloatArray, p: FloatArray | None = None) -> float:
    x = np.log(y)
    p = np.full(len(y), 1 / len(y)) if p is None else p
    return float(np.sqrt(p @ (x - p @ x) ** 2))


MEASURES: Mapping[Dispersion, Callable[[FloatArray, FloatArray | None], float]] = {
    "std_log": _std_log,
    "cv": inequality.variation,
    "theil": inequality.theil,
    "gini": inequality.gini,
}


@dataclass(frozen=True, slots=True)
class Trend:
    """A trend with a standard error that allows for autocorrelation.

    Attributes
    ----------
    intercept, slope : float
        Level at time zero (zero for a mean change), and change a unit of time.
    std_error : float
        Of the slope, Newey–West with `lag` and the factor observations/df.
    df : int
        Observations minus coefficients: T − 2 of a line, and of a mean of T − 1 changes.
    lag : int
    autocorrelation : float
        First-order autoregression of the residuals.
    """

    intercept: float
    slope: float
    std_error: float
    df: int
    lag: int
    autocorrelation: float

    @property
    def statistic(self) -> float:
        """Slope over its standard error, Student's t."""
        return self.slope / self.std_error


def trend(series: Any, times: Any, *, lag: int) -> Trend:
    """Regress a series on time, with Newey and West's standard error.

    Parameters
    ----------
    series, times : ndarray, shape (T,)
        T ≥ 4; times in any unit, increasing.
    lag : int
        Truncation lag of the Bartlett kernel.

    Raises
    ------
    ValuesError
        If there are fewer than four periods, or the series lies on a line exactly.

    Examples
    --------
    >>> found = trend([4.0, 3.1, 1.9, 1.0], [2000, 2001, 2002, 2003], lag=0)
    >>> round(found.slope, 2)
    -1.02
    """
    y, t = as_vector(series, argument="series"), as_vector(times, argument="times")
    if y.shape[0] < FEWEST_PERIODS:
        raise ValuesError(
            "periods",
            expected=f"at least {FEWEST_PERIODS} periods for a trend",
            found=str(y.shape[0]),
        )
    X = np.column_stack([np.ones_like(t), t - t.mean()])
    fit = least_squares(y, X)
    if fit.sse <= (np.finfo(float).eps * y.shape[0]) ** 2 * float(y @ y):
        raise ValuesError(
            "series",
            expected="a dispersion that varies around its trend",
            found="one that lies on a line exactly",
            why="its standard error would be rounding error",
        )
    variance = hac_covariance(X, fit.residuals, lag=lag)[1, 1]
    return Trend(
        intercept=float(fit.beta[0] - fit.beta[1] * t.mean()),
        slope=float(fit.beta[1]),
        std_error=float(np.sqrt(variance)),
        df=y.shape[0] - 2,
        lag=lag,
        autocorrelation=autoregression(fit.residuals),
    )


def drift(series: Any, times: Any, *, lag: int) -> Trend:
    """Return the mean change of a series a unit of time, with Newey and West's standard error.

    The change from the first to the last period over the time between them: least squares of
    changes over √d on √d, with d the time between two periods, so that unequal ones have the
    variance of a random walk. Right where the series is one, with drift; where it is stationary
    around a line the test is cautious, because the mean of the changes then varies less than they
    say.

    Parameters
    ----------
    series, times : ndarray, shape (T,)
        As in :func:`trend`.
    lag : int
        Truncation lag.

    Examples
    --------
    >>> round(drift([4.0, 3.1, 1.9, 1.0], [2000, 2001, 2002, 2003], lag=0).slope, 6)
    -1.0
    """
    y, t = as_vector(series, argument="series"), as_vector(times, argument="times")
    root = np.sqrt(np.diff(t))
    changes = np.diff(y) / root
    mean = float(root @ changes) / float(root @ root)
    residuals = changes - mean * root
    variance = hac_covariance(root[:, None], residuals, lag=lag)[0, 0]
    return Trend(
        intercept=0.0,
        slope=mean,
        std_error=float(np.sqrt(variance)),
        df=changes.shape[0] - 1,
        lag=lag,
        autocorrelation=autoregression(residuals),
    )


@dataclass(frozen=True, slots=True)
class EqualVariances:
    """Tests that a variable has one variance in two periods, regions being the same.

    Attributes
    ----------
    first, last : float
        Variances, divisor n − 1.
    slope : float
        π̂ of the regression of the last values on the first.
    correlation : float
    T2 : float
        Chi-square with one degree of freedom.
    T3 : float
        Standard normal; positive when dispersion fell. NaN where |π̂| ≥ 1.
    t : float
        Pitman and Morgan's, Student with n − 2; positive when dispersion fell.
    n : int
    """

    first: float
    last: float
    slope: float
    correlation: float
    T2: float
    T3: float
    t: float
    n: int

    @property
    def t2_p_value(self) -> float:
        """Upper tail of T2."""
        return float(stats.chi2.sf(self.T2, 1))


def equal_variances(first: Any, last: Any) -> EqualVariances:
    """Compare the variances of a variable in two periods whose values depend on each other.

    With variances s₁², s_T², covariance s₁T and slope π̂ = s₁T/s₁² (Carree and Klomp 1997):
    T₂ = (n − 2.5) log(1 + ¼ (s₁² − s_T²)² / (s₁² s_T² − s₁T²)), a likelihood ratio, and
    T₃ = √n (s₁²/s_T² − 1) / (2 √(1 − π̂²)). Pitman (1939) and Morgan (1939): the correlation of
    first + last with first − last, exact for normal values.

    Parameters
    ----------
    first, last : ndarray, shape (n,)
        Logarithms, or values divided by their mean; n ≥ 4.

    Raises
    ------
    ValuesError
        If there are fewer than four regions, a period is constant, or one is a linear function of
        the other.

    Examples
    --------
    >>> tests = equal_variances([1.0, 2.0, 4.0, 8.0, 3.0], [2.0, 2.5, 3.5, 5.0, 3.5])
    >>> tests.first > tests.last, tests.T3 > 0
    (True, True)
    """
    x, y = as_vector(first, argument="first"), as_vector(last, argument="last")
    n = x.shape[0]
    if n < FEWEST_REGIONS:
        raise ValuesError("regions", expected="at least four regions", found=str(n))
    x, y = x - x.mean(), y - y.mean()
    s1, sT, s1T = (float(a @ b) / (n - 1) for a, b in ((x, x), (y, y), (x, y)))
    free = s1 * sT - s1T**2
    # a share of 1e-12 left unexplained is rounding of products of double precision
    if free <= 1e-12 * s1 * sT:
        raise ValuesError(
            "variable",
            expected="values of the last period that the first ones do not determine",
            found="a constant period, or an exact linear relation between the two",
            why="the covariance of the two variances is then not defined",
        )
    slope = s1T / s1
    sum_, difference = x + y, x - y
    r = float(sum_ @ difference / np.sqrt((sum_ @ sum_) * (difference @ difference)))
    with np.errstate(invalid="ignore"):
        T3 = np.sqrt(n) * (s1 / sT - 1.0) / (2.0 * np.sqrt(1.0 - slope**2))
    return EqualVariances(
        first=s1,
        last=sT,
        slope=slope,
        correlation=s1T / np.sqrt(s1 * sT),
        T2=float((n - 2.5) * np.log1p(0.25 * (s1 - sT) ** 2 / free)),
        T3=float(T3) if abs(slope) < 1.0 else float("nan"),
        t=float(r * np.sqrt((n - 2) / (1.0 - r**2))),
        n=n,
    )


@dataclass(frozen=True, slots=True)
class Speed:
    """A speed of convergence with its half-life.

    Attributes
    ----------
    speed : float
        β = −log(1 + bT)/T a unit of time; NaN where 1 + bT ≤ 0.
    std_error : float
        By the delta method, s_b/(1 + bT).
    low, high : float
        The ends of the interval of b carried through the formula; `high` is infinite where
        1 + bT ≤ 0 at the lower end of b.
    half_life, half_life_std_error : float
        log 2/β and log 2/β² · s_β; NaN where β ≤ 0.
    half_life_low, half_life_high : float
        log 2 over `high` and `low`, which is Fieller's set of the ratio; infinite where the
        interval of β reaches zero.
    """

    speed: float
    std_error: float
    low: float
    high: float
    half_life: float
    half_life_std_error: float
    half_life_low: float
    half_life_high: float


def speed_of_convergence(b: float, std_error: float, *, span: float, critical: float) -> Speed:
    """Turn the slope of a growth regression into a speed of convergence and a half-life.

    In (1/T) log(y_T/y_0) = a + b log y_0 the neoclassical model has b = −(1 − e^(−βT))/T (Barro and
    Sala-i-Martin 1992, equation 11), hence β = −log(1 + bT)/T.

    Parameters
    ----------
    b, std_error : float
        The slope, or the impact of log y_0, and its standard error.
    span : float
        T, units of time between the first and the last period.
    critical : float
        Half-width of the interval of b in standard errors.

    Examples
    --------
    >>> found = speed_of_convergence(-0.01, 0.002, span=20.0, critical=1.96)
    >>> round(found.speed, 4), round(found.half_life, 1)
    (0.0112, 62.1)
    """
    point = _speed(b, span)
    low, high = _speed(b + critical * std_error, span), _speed(b - critical * std_error, span)
    high = float("inf") if np.isnan(high) else high
    remaining = 1.0 + b * span
    error = std_error / remaining if remaining > 0 else float("nan")
    if np.isnan(point) or point <= 0:
        nan = float("nan")
        # where even the point is not defined, the interval of the slope says nothing of a speed
        ends = (nan, nan) if np.isnan(point) else (low, high)
        return Speed(point, error, *ends, nan, nan, nan, nan)
    return Speed(
        speed=point,
        std_error=error,
        low=low,
        high=high,
        half_life=float(np.log(2.0) / point),
        half_life_std_error=float(np.log(2.0) / point**2 * error),
        half_life_low=float(np.log(2.0) / high),
        half_life_high=float(np.log(2.0) / low) if low > 0 else float("inf"),
    )


def _speed(b: float, span: float) -> float:
    remaining = 1.0 + b * span
    return float(-np.log(remaining) / span) if remaining > 0 else float("nan")
