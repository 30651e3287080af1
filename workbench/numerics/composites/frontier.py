"""Benefit of the doubt: every region is weighed as is best for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import ConvergenceError, InputError, ValuesError
from workbench.numerics.compiling import compiled
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray

TOLERANCE = 1e-11
"""Reduced costs and pivots below this are rounding: columns are scaled to a largest value of 1."""
PIVOT = 1e-9
STALLED = 40
"""Steps without progress after which Bland's rule takes over, which cannot cycle."""
MOST_STEPS = 20_000
CERTIFIED = 1e-10
"""Largest violation of a constraint or gap to the dual, relative to the score."""


@dataclass(frozen=True, slots=True)
class BenefitOfTheDoubt:
    """Scores and the weights behind them.

    Attributes
    ----------
    scores : ndarray, shape (n,)
        Above 0 and at most 1; 1 on the frontier.
    weights : ndarray, shape (n, k)
        Of each region: ``scores == (weights * Z).sum(axis=1)``. Scores are unique, weights of
        regions on the frontier often are not.
    shares : ndarray, shape (n, k)
        ``weights * Z / scores``: the part of each indicator in the score.
    """

    scores: FloatArray
    weights: FloatArray
    shares: FloatArray


def benefit_of_the_doubt(
    Z: FloatArray,
    lower: float | FloatArray = 0.0,
    upper: float | FloatArray = 1.0,
) -> BenefitOfTheDoubt:
    """Return scores by the weights that are best for each region.

    Parameters
    ----------
    Z : ndarray, shape (n, k)
        Normalised indicators, higher is better, not negative; no region with zeros only.
    lower, upper : float or ndarray of shape (k,)
        Bounds of the share w_i z_i / Σ w z of an indicator in the score of the region itself.

    Returns
    -------
    BenefitOfTheDoubt

    Raises
    ------
    ValuesError
        If values are negative, missing or all zero, or a region has a zero where the share has a
        lower bound: it would score zero whatever else it has.
    InputError
        If no shares fit the bounds.

    Notes
    -----
    For each region c: max Σ_i w_i z_ci subject to Σ_i w_i z_ji ≤ 1 for every region j, w ≥ 0 and
    L_i Σ w z_c ≤ w_i z_ci ≤ U_i Σ w z_c. The weights w = 0 are feasible, so the simplex method
    starts at once; it is compiled, takes the steepest reduced cost, and Bland's rule when it
    stalls. Its answer is held against the dual; where constraint or gap is off by more than 1e-10,
    HiGHS solves the region again.

    References
    ----------
    Melyn, W. and Moesen, W. (1991). Towards a synthetic indicator of macroeconomic performance.
    Public Economics Research Paper 17, KU Leuven.

    Cherchye, L., Moesen, W., Rogge, N. and Van Puyenbroeck, T. (2007). An introduction to "benefit
    of the doubt" composite indicators. Social Indicators Research 82, 111-145, equations 4 and 8.

    Examples
    --------
    >>> Z = np.array([[1.0, 0.2], [0.2, 1.0], [0.5, 0.5]])
    >>> benefit_of_the_doubt(Z).scores.round(4).tolist()
    [1.0, 1.0, 0.8333]
    """
    Z = np.ascontiguousarray(_checked(Z))
    k = Z.shape[1]
    low, high = _bounds(lower, k, "lower"), _bounds(upper, k, "upper")
    _feasible(Z, low, high)
    scale = Z.max(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = Z / scale
    scores, weights, flaws = _all_regions(scaled, low, high)
    for c in np.flatnonzero(flaws > CERTIFIED):
        weights[c] = _again(scaled, low, high, int(c))
        scores[c] = weights[c] @ scaled[c]
    shares = weights * scaled / scores[:, None]
    return BenefitOfTheDoubt(freeze(scores), freeze(weights / scale), freeze(shares))


def _checked(Z: FloatArray) -> FloatArray:
    Z = np.asarray(Z, dtype=np.float64)
    if not np.isfinite(Z).all() or (Z < 0).any() or (Z.sum(axis=1) <= 0).any():
        bad = ~np.isfinite(Z).all(axis=1) | (Z < 0).any(axis=1) | ~(Z.sum(axis=1) > 0)
        raise ValuesError(
            "Z",
            expected="finite values that are not negative, one above zero in every region",
            found="other ones",
            offenders=[f"row {row}" for row in np.flatnonzero(bad)],
            why="the frontier is made of non-negative combinations",
            remedy='normalise first, normalisation="min-max" or "distance-to-leader"',
        )
    return Z


def _bounds(bound: float | FloatArray, k: int, name: str) -> FloatArray:
    given = np.asarray(bound, dtype=np.float64)
    if given.ndim > 1 or (given.ndim == 1 and len(given) != k):
        raise InputError(
            name, expected=f"a number or {k} of them", found=f"an array of shape {given.shape}"
        )
    if not (np.isfinite(given) & (given >= 0) & (given <= 1)).all():
        raise InputError(name, expected="shares from 0 to 1", found=str(bound))
    return np.ascontiguousarray(np.broadcast_to(given, (k,)))


def _feasible(Z: FloatArray, low: FloatArray, high: FloatArray) -> None:
    if (low > high).any() or low.sum() > 1 + TOLERANCE or high.sum() < 1 - TOLERANCE:
        raise InputError(
            "lower, upper",
            expected="bounds that shares with a sum of 1 can keep",
            found=f"lower bounds with a sum of {low.sum():g}, upper of {high.sum():g}",
            remedy="lower bounds below 1/k, upper bounds above it",
        )
    zero = Z == 0
    blocked = (zero & (low > 0)).any(axis=1)
    # an indicator of zero has a share of zero: the others must be allowed to make up for it
    blocked |= np.where(zero, 0.0, high).sum(axis=1) < 1 - TOLERANCE
    if blocked.any():
        raise ValuesError(
            "Z",
            expected="no zero in an indicator whose share is bounded from below",
            found="zeros with which no score but zero keeps the bounds",
            offenders=[f"row {row}" for row in np.flatnonzero(blocked)],
            why="the share of an indicator of zero is zero",
            remedy="normalise above zero (goalposts below the minimum), or lower=0",
        )


def _again(Z: FloatArray, low: FloatArray, high: FloatArray, c: int) -> FloatArray:
    from scipy.optimize import linprog

    n, k = Z.shape
    own = np.tile(Z[c], (k, 1))
    A = np.vstack([Z, low[:, None] * own - np.diag(Z[c]), np.diag(Z[c]) - high[:, None] * own])
    b = np.concatenate([np.ones(n), np.zeros(2 * k)])
    found = linprog(-Z[c], A_ub=A, b_ub=b, method="highs-ds")
    if found.status != 0:
        raise ConvergenceError(
            "benefit of the doubt",
            expected="an optimum",
            found=f"none for row {c}: {found.message}",
            remedy="wider bounds of shares",
        )
    return np.maximum(np.asarray(found.x, dtype=np.float64), 0.0)


@compiled
def _all_regions(Z: Any, low: Any, high: Any) -> Any:
    n, k = Z.shape
    bounds = np.count_nonzero(low > 0.0) + np.count_nonzero(high < 1.0)
    scores = np.empty(n)
    weights = np.empty((n, k))
    flaws = np.empty(n)
    T = np.empty((n + bounds + 1, k + 1))
    dual = np.empty(n + bounds)
    for c in range(n):
        _start(T, Z, low, high, c)
        steps = _simplex(T, weights[c], dual)
        total = 0.0
        for i in range(k):
            total += weights[c, i] * Z[c, i]
        scores[c] = total
        _start(T, Z, low, high, c)
        flaws[c] = _flaw(T, weights[c], dual) if steps < MOST_STEPS else np.inf
    return scores, weights, flaws


@compiled
def _flaw(T: Any, weights: Any, dual: Any) -> float:
    """Return the largest violation of a constraint, primal or dual, or the gap; over the score."""
    m, k = T.shape[0] - 1, T.shape[1] - 1
    score, price, worst = 0.0, 0.0, 0.0
    for i in range(k):
        score -= T[m, i] * weights[i]
        worst = max(worst, -weights[i])
        cost = T[m, i]
        for row in range(m):
            cost += dual[row] * T[row, i]
        worst = max(worst, -cost)
    for row in range(m):
        used = -T[row, k]
        for i in range(k):
            used += T[row, i] * weights[i]
        worst = max(worst, used, -dual[row])
        price += dual[row] * T[row, k]
    if not score > 0.0:
        return np.inf
    return max(worst, abs(price - score)) / min(score, 1.0)


@compiled
def _start(T: Any, Z: Any, low: Any, high: Any, c: int) -> None:
    """Fill the tableau: a row a constraint, the right-hand side last; the last row is the goal."""
    n, k = Z.shape
    m = T.shape[0] - 1
    for j in range(n):
        for i in range(k):
            T[j, i] = Z[j, i]
        T[j, k] = 1.0
    row = n
    for i in range(k):
        if low[i] > 0.0:
            for h in range(k):
                T[row, h] = low[i] * Z[c, h]
            T[row, i] -= Z[c, i]
            T[row, k] = 0.0
            row += 1
        if high[i] < 1.0:
            for h in range(k):
                T[row, h] = -high[i] * Z[c, h]
            T[row, i] += Z[c, i]
            T[row, k] = 0.0
            row += 1
    for i in range(k):
        T[m, i] = -Z[c, i]
    T[m, k] = 0.0


@compiled
def _simplex(T: Any, weights: Any, dual: Any) -> int:
    """Solve max c'w, A w ≤ b, w ≥ 0 with b ≥ 0 in the tableau; return the number of steps."""
    m, k = T.shape[0] - 1, T.shape[1] - 1
    column = np.arange(k)
    basis = np.arange(k, k + m)
    stalled, step = 0, 0
    while step < MOST_STEPS:
        enter = _entering(T, column, stalled > STALLED)
        if enter < 0:
            break
        leave = _leaving(T, basis, enter, stalled > STALLED)
        if leave < 0:
            return MOST_STEPS
        before = T[m, k]
        _pivot(T, leave, enter)
        basis[leave], column[enter] = column[enter], basis[leave]
        stalled = 0 if T[m, k] > before + TOLERANCE else stalled + 1
        step += 1
    weights[:] = 0.0
    for row in range(m):
        if basis[row] < k:
            weights[basis[row]] = max(T[row, k], 0.0)
    dual[:] = 0.0
    for i in range(k):
        if column[i] >= k:
            dual[column[i] - k] = max(T[m, i], 0.0)
    return step


@compiled
def _entering(T: Any, column: Any, bland: bool) -> int:
    m, k = T.shape[0] - 1, T.shape[1] - 1
    best, found = -TOLERANCE, -1
    for i in range(k):
        if T[m, i] >= -TOLERANCE:
            continue
        if bland:
            if found < 0 or column[i] < column[found]:
                found = i
        elif T[m, i] < best:
            best, found = T[m, i], i
    return found


@compiled
def _leaving(T: Any, basis: Any, enter: int, bland: bool) -> int:
    m, k = T.shape[0] - 1, T.shape[1] - 1
    found, best = -1, np.inf
    for row in range(m):
        a = T[row, enter]
        if a <= PIVOT:
            continue
        ratio = max(T[row, k], 0.0) / a
        if found < 0 or ratio < best - TOLERANCE:
            found, best = row, ratio
        elif ratio <= best + TOLERANCE:
            # of equal ratios the largest pivot: small ones multiply rounding
            better = basis[row] < basis[found] if bland else a > T[found, enter]
            if better:
                found = row
            best = min(best, ratio)
    return found


@compiled
def _pivot(T: Any, leave: int, enter: int) -> None:
    rows, columns = T.shape
    by = 1.0 / T[leave, enter]
    for i in range(columns):
        T[leave, i] *= by
    for row in range(rows):
        factor = T[row, enter]
        if row == leave or factor == 0.0:
            continue
        for i in range(columns):
            T[row, i] -= factor * T[leave, i]
        T[row, enter] = -factor * by
    T[leave, enter] = by
