"""Generalised moments of panels whose regions are independent, in one step and in two.

Equations e = y − Xδ with instruments Z; g_i = Z_i′e_i adds up the moments of region i. Moments of
different regions are uncorrelated even where instruments are lags of the neighbours' outcomes:
of two products of disturbances and earlier values, that with the latest disturbance has mean zero
given the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from workbench.errors import CollinearityError, ValuesError
from workbench.numerics.moments.two_stage import independent
from workbench.numerics.panels.equations import Transformation, differences, lagged_instruments
from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.numerics.scores.chi_square import ChiSquare, chi_square
from workbench.numerics.threads import one_thread
from workbench.typing import BoolArray, FloatArray, IntArray

SINGULAR = 1e-10
"""Share of the largest eigenvalue, of moments in one unit, below which there is only rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """Equations y = Xδ + e with e = Lε, and their instruments.

    Attributes
    ----------
    y : ndarray of shape (r,)
    X : ndarray of shape (r, k)
    Z : ndarray of shape (r, m)
        Instruments, independent of each other.
    at : Transformation
        L, and region and period of each equation.
    regions : int
        N.
    """

    y: FloatArray
    X: FloatArray
    Z: FloatArray
    at: Transformation
    regions: int

    def by_region(self, e: FloatArray) -> FloatArray:
        """Return Z_i′e_i, shape (N, m)."""
        sums = np.zeros((self.regions, self.Z.shape[1]))
        np.add.at(sums, self.at.region, self.Z * e[:, None])
        return sums


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Estimates under one weight of the moments.

    Attributes
    ----------
    delta : ndarray of shape (k,)
    covariance : ndarray of shape (k, k)
        One step: robust to any dependence and variance within regions. Two steps: with
        Windmeijer's correction.
    residuals : ndarray of shape (r,)
    weight : ndarray of shape (m, m)
        A.
    bread : ndarray of shape (k, k)
        (X′Z A Z′X)⁻¹.
    """

    delta: FloatArray
    covariance: FloatArray
    residuals: FloatArray
    weight: FloatArray
    bread: FloatArray


def sound_instruments(Z: FloatArray) -> tuple[FloatArray, list[int]]:
    """Return columns of length one that are no combination of earlier ones, and their places.

    Examples
    --------
    >>> sound_instruments(np.array([[1.0, 0, 2, 0], [1, 0, 2, 3]]))[1]
    [0, 3]
    """
    length = np.linalg.norm(Z, axis=0)
    seen = np.flatnonzero(length > 0)
    unit = Z[:, seen] / length[seen]
    kept = independent(unit, first=0)
    return unit[:, kept], [int(seen[i]) for i in kept]


@one_thread
def first_step(equations: Equations) -> Step:
    """Estimate with A = (Σ_i Z_i′L_iL_i′Z_i)⁻¹, the best weight where ε are alike.

    Raises
    ------
    CollinearityError
        If instruments do not tell coefficients apart; ``offenders`` are positions in X.

    References
    ----------
    Arellano, M. and Bond, S. (1991). Review of Economic Studies 58, pp. 277–297, equations 7 to 9.

    Examples
    --------
    >>> from workbench.numerics.panels.equations import differences
    >>> y = np.array([[0.0, 1.0, 0.5, 0.9], [1.0, 0.0, 0.7, 0.2]])
    >>> at = differences(np.repeat([0, 1], 2), np.tile([2, 3], 2))
    >>> dy, dx, z = y[:, 3] - y[:, 2], y[:, 2] - y[:, 1], y[:, 1]
    >>> made = first_step(Equations(dy, dx[:, None], z[:, None], at, 2))
    >>> bool(np.isclose(made.delta[0], (z @ dy) / (z @ dx)))
    True
    """
    spread = equations.at.L.T @ equations.Z
    A = _pseudo_inverse(spread.T @ spread)
    delta, bread, e = _estimate(equations, A)
    C = equations.Z.T @ equations.X
    g = equations.by_region(e)
    half = bread @ C.T @ A @ g.T
    return Step(delta, half @ half.T, e, A, bread)


@one_thread
def second_step(equations: Equations, first: Step) -> Step:
    """Estimate with A = (Σ_i g_i g_i′)⁻¹ of the first step, the best weight whatever ε are like.

    Raises
    ------
    ValuesError
        If regions are not more than instruments, or their moments have no inverse covariance.

    Notes
    -----
    The covariance allows for first-step estimates in the weight: V + DV + VD′ + DV₁D′, where V is
    (X′ZAZ′X)⁻¹, V₁ the covariance of the first step and D the derivative of the second-step
    estimates by those of the first.

    References
    ----------
    Windmeijer, F. (2005). A finite sample correction for the variance of linear efficient two-step
    GMM estimators. Journal of Econometrics 126, pp. 25–51, section 3.

    Examples
    --------
    >>> equations = example()
    >>> second_step(equations, first_step(equations)).delta.shape
    (1,)
    """
    g = equations.by_region(first.residuals)
    omega = g.T @ g
    values = np.linalg.eigvalsh(omega / np.mean(np.diag(omega)))
    active = len(np.unique(equations.at.region))
    if active <= len(omega) or values[0] <= SINGULAR * values[-1]:
        raise ValuesError(
            "instruments",
            expected="fewer instruments than regions, whose moments have a covariance with an "
            "inverse",
            found=f"{len(omega)} instruments of {active} regions",
            why="the second step weights moments by the inverse of that covariance",
        )
    A = np.asarray(np.linalg.inv(omega))
    A = 0.5 * (A + A.T)
    delta, V, e = _estimate(equations, A)
    C = equations.Z.T @ equations.X
    pull = A @ (equations.Z.T @ e)
    D = np.empty_like(V)
    for j in range(len(delta)):
        P = equations.by_region(equations.X[:, j])
        D[:, j] = V @ C.T @ A @ (P.T @ (g @ pull) + g.T @ (P @ pull))
    cov = V + D @ V + V @ D.T + D @ first.covariance @ D.T
    return Step(delta, 0.5 * (cov + cov.T), e, A, V)


def _estimate(equations: Equations, A: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return δ, (X′Z A Z′X)⁻¹ and residuals."""
    values, vectors = np.linalg.eigh(A)
    root = (vectors * np.sqrt(np.clip(values, 0.0, None))).T
    B = root @ (equations.Z.T @ equations.X)
    length = np.linalg.norm(equations.X, axis=0)
    scaled = B / np.where(length > 0, length, 1.0)
    found = linear_dependencies(scaled)
    if found or B.shape[0] < B.shape[1]:
        raise CollinearityError(
            "instruments",
            expected="instruments that tell every coefficient apart",
            found=f"{B.shape[0]} for {B.shape[1]} coefficients"
            if B.shape[0] < B.shape[1]
            else "projections of the regressors that are linear combinations of each other",
            offenders=[dependency.columns[-1] for dependency in found],
            why="these coefficients are not identified",
        )
    Q, R = np.linalg.qr(scaled)
    half = np.linalg.inv(R) / length[:, None]
    delta = half @ (Q.T @ (root @ (equations.Z.T @ equations.y)))
    return delta, half @ half.T, equations.y - equations.X @ delta


def _pseudo_inverse(S: FloatArray) -> FloatArray:
    """Return the inverse on the directions in which S is positive.

    In a system differences and levels may hold the same combination of disturbances.
    """
    values, vectors = np.linalg.eigh(0.5 * (S + S.T))
    kept = values > SINGULAR * values[-1]
    return np.asarray((vectors[:, kept] / values[kept]) @ vectors[:, kept].T)


def hansen(equations: Equations, second: Step) -> ChiSquare:
    """Return Hansen's J: moments of two steps weighted by the inverse of their covariance.

    Examples
    --------
    >>> equations = example()
    >>> hansen(equations, second_step(equations, first_step(equations))).df
    1
    """
    moments = equations.Z.T @ second.residuals
    J = float(moments @ second.weight @ moments)
    return chi_square(J, len(moments) - len(second.delta))


def difference_in_hansen(
    equations: Equations, first: Step, second: Step, *, kept: BoolArray, free: BoolArray
) -> ChiSquare | None:
    """Return J of all instruments less J of those that are kept; None where these are too few.

    Parameters
    ----------
    kept : ndarray of bool, shape (m,)
        Instruments that are not tested.
    free : ndarray of bool, shape (k,)
        Coefficients that they identify.

    Notes
    -----
    Both have the covariance of all moments, so that the difference is not negative.

    Examples
    --------
    >>> equations = example()
    >>> first = first_step(equations)
    >>> second = second_step(equations, first)
    >>> kept, free = np.array([True, False]), np.array([True])
    >>> found = difference_in_hansen(equations, first, second, kept=kept, free=free)
    >>> bool(np.isclose(found.statistic, hansen(equations, second).statistic))
    True
    """
    g = equations.by_region(first.residuals)[:, kept]
    X, Z = equations.X[:, free], equations.Z[:, kept]
    if Z.shape[1] < X.shape[1]:
        return None
    part = Equations(equations.y, X, Z, equations.at, equations.regions)
    A = np.asarray(np.linalg.inv(g.T @ g))
    try:
        _, _, e = _estimate(part, 0.5 * (A + A.T))
    except CollinearityError:
        return None
    moments = Z.T @ e
    whole = hansen(equations, second)
    df = whole.df - (Z.shape[1] - X.shape[1])
    if df <= 0:
        return None
    return chi_square(whole.statistic - float(moments @ A @ moments), df)


def variance_of(equations: Equations, e: FloatArray) -> float:
    """Return σ² of ε from residuals of transformed equations: e′e/(r − k) over the mean of LL′.

    Examples
    --------
    >>> equations = example()
    >>> e = first_step(equations).residuals
    >>> bool(np.isclose(variance_of(equations, e), e @ e / (len(e) - 1) / 2))
    True
    """
    each = np.asarray(equations.at.L.power(2).sum(axis=1), dtype=np.float64).ravel()
    r, k = equations.X.shape
    return float(e @ e) / float((r - k) * each.mean())


def sargan(equations: Equations, first: Step) -> ChiSquare:
    """Return Sargan's statistic of the first step, for ε of one variance.

    Examples
    --------
    >>> equations = example()
    >>> sargan(equations, first_step(equations)).df
    1
    """
    moments = equations.Z.T @ first.residuals
    value = float(moments @ first.weight @ moments) / variance_of(equations, first.residuals)
    return chi_square(value, len(moments) - len(first.delta))


@dataclass(frozen=True, slots=True)
class Serial:
    """Arellano and Bond's test of one order.

    Attributes
    ----------
    statistic : float
        Standard normal in large samples; not a number where no pair of residuals is that far
        apart.
    pvalue : float
        Two-sided.
    pairs : int
        Pairs of residuals.
    """

    statistic: float
    pvalue: float
    pairs: int


@one_thread
def serial_correlation(
    equations: Equations,
    step: Step,
    *,
    changes: Equations,
    order: int,
) -> Serial:
    """Test differenced residuals for correlation of an order.

    Parameters
    ----------
    equations : Equations
        Those that were estimated.
    step : Step
        Their estimates.
    changes : Equations
        The same model in differences, whose residuals are tested; their Z is not used.
    order : int
        1: a correlation is expected, because ε_{t−1} is in both. 2: under it y_{t−2} is no
        instrument.

    References
    ----------
    Arellano, M. and Bond, S. (1991). Review of Economic Studies 58, pp. 277–297, section 3,
    equation 12.

    Examples
    --------
    >>> equations = example()
    >>> step = first_step(equations)
    >>> serial_correlation(equations, step, changes=equations, order=1).pairs
    20
    """
    w = changes.y - changes.X @ step.delta
    before = _before(changes.at.region, changes.at.period, order)
    pairs = int((before >= 0).sum())
    if pairs == 0:
        return Serial(float("nan"), float("nan"), 0)
    lag = np.where(before >= 0, w[before], 0.0)
    each = np.bincount(changes.at.region, weights=lag * w, minlength=changes.regions)
    g = equations.by_region(step.residuals)
    C = equations.Z.T @ equations.X
    slope = lag @ changes.X
    crossed = float(slope @ step.bread @ (C.T @ (step.weight @ (g.T @ each))))
    variance = float(each @ each) - 2.0 * crossed + float(slope @ step.covariance @ slope)
    z = float(each.sum() / np.sqrt(variance)) if variance > 0 else float("nan")
    return Serial(z, float(2.0 * stats.norm.sf(abs(z))), pairs)


def _before(region: IntArray, period: IntArray, order: int) -> IntArray:
    """Return the place of the equation `order` periods before, −1 where there is none."""
    places = {key: i for i, key in enumerate(zip(region.tolist(), period.tolist(), strict=True))}
    keys = zip(region.tolist(), (period - order).tolist(), strict=True)
    return np.array([places.get(key, -1) for key in keys], dtype=np.int64)


def example() -> Equations:
    """Return the differences of 20 regions over four periods, with two lags as instruments.

    Examples
    --------
    >>> example().Z.shape
    (40, 2)
    """
    y = np.random.default_rng(0).normal(size=(20, 4)).cumsum(axis=1)
    region, period = np.repeat(np.arange(20), 3), np.tile([1, 2, 3], 20)
    at = differences(region, period)
    dy, before = at.L @ y[:, 1:].ravel(), at.L @ y[:, :-1].ravel()
    Z, _ = lagged_instruments(y, at, lags=(2, 3), collapse=True)
    return Equations(dy, before[:, None], Z, at, 20)
