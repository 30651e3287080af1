"""The curve of Bass: adoption by innovators and imitators, fitted by nonlinear least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from workbench.numerics.distance_decay.concentrated import bread_of
from workbench.typing import BassForm, FloatArray

Status = Literal[
    "fitted", "no market", "no imitation", "no innovators", "too few periods", "nothing adopted"
]

RATES = np.geomspace(0.02, 60.0, 48)
"""(p + q) × length of the record: a curve hardly begun to one over in a sixtieth of it."""
RATIOS = np.geomspace(1e-2, 1e9, 56)
"""q / p: from hardly any imitation to hardly any innovators."""


@dataclass(frozen=True, slots=True)
class BassFit:
    """A fitted curve, or why there is none.

    Attributes
    ----------
    market, p, q : float
        Eventual adopters m; coefficients of innovation and imitation, per unit of time.
    cov : ndarray, shape (3, 3)
        Of (m, p, q); zero rows for a market that is given, NaN where there is no fit.
    rsquared : float
        1 − SSR over the sum of squares around the mean; NaN where all periods are equal.
    df : int
        Observations less parameters.
    status : str
        ``"fitted"``, or what the record cannot tell.
    """

    market: float
    p: float
    q: float
    cov: FloatArray
    rsquared: float
    df: int
    status: Status


def cumulative(time: FloatArray, p: float, q: float) -> FloatArray:
    """Return F(t) = (1 − E) / (1 + (q/p) E), E = exp(−(p + q) t), the share that has adopted.

    Bass (1969), eq. 9.

    Examples
    --------
    >>> cumulative(np.array([0.0, 1e3]), 0.03, 0.38).tolist()
    [0.0, 1.0]
    """
    decay = np.exp(-(p + q) * time)
    return np.asarray(-np.expm1(-(p + q) * time) / (1.0 + (q / p) * decay))


def expected(
    start: FloatArray, end: FloatArray, p: float, q: float, form: BassForm
) -> tuple[FloatArray, FloatArray]:
    """Return new adopters of each period over the market, and their derivatives by p and q.

    Parameters
    ----------
    start, end : ndarray, shape (T,)
        Each period as an interval of time since the launch.
    form : {"interval", "density"}
        F(end) − F(start) (Srinivasan and Mason 1986), or the density at the end times the length
        of the period.

    Returns
    -------
    shape, slopes : ndarray, shapes (T,) and (T, 2)
    """
    if form == "interval":
        (late, late_slopes), (early, early_slopes) = _share(end, p, q), _share(start, p, q)
        return late - early, late_slopes - early_slopes
    decay = np.exp(-(p + q) * end)
    below = 1.0 + (q / p) * decay
    density = (end - start) * (p + q) ** 2 / p * decay / below**2
    by_p = 2 / (p + q) - 1 / p - end + 2 * (q / p) * decay * (1 / p + end) / below
    by_q = 2 / (p + q) - end - 2 * decay * (1 / p - (q / p) * end) / below
    return density, density[:, None] * np.column_stack([by_p, by_q])


@dataclass(frozen=True, slots=True)
class Grid:
    """Shapes of the curve over a grid of rates and ratios, which all curves of a panel share.

    Attributes
    ----------
    start, end : ndarray, shape (T,)
        The periods, as intervals since the launch.
    form : {"interval", "density"}
    low, high : ndarray, shape (2,)
        Ends of (log(p + q), log(q / p)).
    points, shapes : ndarray, shapes (g, 2) and (g, T)
    """

    start: FloatArray
    end: FloatArray
    form: BassForm
    low: FloatArray
    high: FloatArray
    points: FloatArray
    shapes: FloatArray


def grid(start: FloatArray, end: FloatArray, form: BassForm) -> Grid:
    """Return the shapes among which searches for these periods begin."""
    rates = np.log(RATES / float(end[-1]))
    points = np.array(np.meshgrid(rates, np.log(RATIOS), indexing="ij")).reshape(2, -1).T
    shapes = np.array([expected(start, end, *_rates(point), form)[0] for point in points])
    return Grid(start, end, form, points.min(axis=0), points.max(axis=0), points, shapes)


def fit_bass(adopted: FloatArray, ground: Grid, *, market: float | None = None) -> BassFit:
    """Fit the curve to new adopters by period.

    The market enters linearly and is concentrated out; (p + q, q/p) are searched on a grid and
    then climbed from its best point. A minimum at the edge of the grid is no estimate: least
    squares need not exist (Jukić 2011), which is said instead.

    Parameters
    ----------
    adopted : ndarray, shape (T,)
        New adopters by period.
    ground : Grid
        Of these periods.
    market : float, optional
        m, where it is known.

    Examples
    --------
    >>> end = np.arange(1.0, 16.0)
    >>> shape, _ = expected(end - 1, end, 0.03, 0.38, "interval")
    >>> fit = fit_bass(1000 * shape, grid(end - 1, end, "interval"))
    >>> round(fit.market), round(fit.p, 4), round(fit.q, 4), fit.status
    (1000, 0.03, 0.38, 'fitted')
    """
    free = 2 + (market is None)
    if len(adopted) <= free:
        return _none("too few periods", len(adopted) - free)
    logs, status = _search(adopted, ground, market)
    if status != "fitted":
        return _none(status, len(adopted) - free)
    p, q = _rates(logs)
    shape, slopes = expected(ground.start, ground.end, p, q, ground.form)
    size = _market(adopted, shape) if market is None else market
    columns = np.column_stack([shape, size * slopes])
    bread = bread_of(columns if market is None else columns[:, 1:])
    if not np.isfinite(bread).all():  # growth at one rate all along: m and p as a product only
        return _none("no market" if market is None else "no innovators", len(adopted) - free)
    rest = adopted - size * shape
    around = float(((adopted - adopted.mean()) ** 2).sum())
    return BassFit(
        market=float(size),
        p=p,
        q=q,
        cov=_covariance(float(rest @ rest) / (len(adopted) - free) * bread),
        # of a record that never changes there is nothing to explain
        rsquared=1.0 - float(rest @ rest) / around if around > 0 else float("nan"),
        df=len(adopted) - free,
        status="fitted",
    )


def _share(time: FloatArray, p: float, q: float) -> tuple[FloatArray, FloatArray]:
    """Return F and its derivatives by p and q, shapes (T,) and (T, 2)."""
    decay = np.exp(-(p + q) * time)
    below = 1.0 + (q / p) * decay
    above = -np.expm1(-(p + q) * time)
    fall = time * decay / below
    by_p = fall + above / below**2 * decay * (q / p) * (1 / p + time)
    by_q = fall - above / below**2 * decay * (1 / p - (q / p) * time)
    return above / below, np.column_stack([by_p, by_q])


def _search(adopted: FloatArray, ground: Grid, market: float | None) -> tuple[FloatArray, Status]:
    """Return (log(p + q), log(q / p)) at the least sum of squares, and whether it lies inside."""
    from scipy.optimize import least_squares  # heavy

    scale = float(np.abs(adopted).max())

    def residuals(logs: FloatArray) -> FloatArray:
        shape, _ = expected(ground.start, ground.end, *_rates(logs), ground.form)
        size = _market(adopted, shape) if market is None else market
        return (adopted - size * shape) / scale

    best = ground.points[np.argmin(_losses(adopted, ground.shapes, market))]
    found = least_squares(
        residuals,
        np.clip(best, ground.low + 1e-6, ground.high - 1e-6),
        bounds=(ground.low, ground.high),
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
        max_nfev=2000,
    )
    logs = np.asarray(found.x, dtype=np.float64)
    return logs, _status(logs, ground)


def _losses(adopted: FloatArray, shapes: FloatArray, market: float | None) -> FloatArray:
    """Return the sum of squares at each point of the grid, less that of the outcome, shape (g,)."""
    squares = (shapes**2).sum(axis=1)
    products = shapes @ adopted
    if market is not None:
        return np.asarray(market**2 * squares - 2 * market * products)
    gain: FloatArray = np.divide(
        products**2, squares, out=np.zeros_like(squares), where=squares > 0
    )
    return -gain


def _status(logs: FloatArray, ground: Grid) -> Status:
    edge = np.log(1.2)
    if logs[0] < ground.low[0] + edge:
        return "no market"
    if logs[1] < ground.low[1] + edge:
        return "no imitation"
    return "no innovators" if (logs > ground.high - edge).any() else "fitted"


def _rates(logs: FloatArray) -> tuple[float, float]:
    """Return p and q from (log(p + q), log(q / p))."""
    rate, ratio = np.exp(logs)
    return float(rate / (1 + ratio)), float(rate * ratio / (1 + ratio))


def _market(adopted: FloatArray, shape: FloatArray) -> float:
    """Return the least-squares market of a shape: m = Σ y f / Σ f²."""
    square = float(shape @ shape)
    return float(adopted @ shape) / square if square > 0 else 0.0


def _covariance(free: FloatArray) -> FloatArray:
    """Return the covariance of (m, p, q) from that of the free ones: a given market has zeros."""
    cov = np.zeros((3, 3))
    cov[3 - len(free) :, 3 - len(free) :] = free
    return cov


def _none(status: Status, df: int) -> BassFit:
    nan = float("nan")
    return BassFit(nan, nan, nan, np.full((3, 3), nan), nan, df, status)
