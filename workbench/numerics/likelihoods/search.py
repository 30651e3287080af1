"""Maximise a smooth function of one parameter without missing a second optimum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from workbench.errors import ConvergenceError
from workbench.typing import FloatArray

GRID_POINTS = 161
GRID_SHARE = 0.999
# The scan is even in artanh of the rescaled parameter: finer towards the ends, where a
# concentrated likelihood bends most. It is extended to END_SHARE only if the score asks.

END_SHARE = 1.0 - 1e-7
STEP_TOLERANCE = 1e-13
# Newton converges quadratically: a last step this small leaves only rounding, about 1e-12.

MAX_ITERATIONS = 200

NEAR = 1e-6
"""Share of the admissible interval at its ends."""

WIDEST_GAP = 6
# Points of the grid, one after the other, at which a sketch may leave the sign of the score open
# between a rise and a fall: one bracket.


class Profile(Protocol):
    """A concentrated log-likelihood and its derivatives at each point of x, shape (m,)."""

    def evaluate(self, x: FloatArray, order: int) -> FloatArray:
        """Return the derivative of `order` 0, 1 or 2."""
        ...


@dataclass(frozen=True, slots=True)
class Optimum:
    """The highest interior maximum.

    Attributes
    ----------
    x, value : float
    iterations : int
        Newton and bisection steps taken to the maximum returned.
    optima : int
        Interior local maxima found by the scan.
    """

    x: float
    value: float
    iterations: int
    optima: int


def maximise(profile: Profile, *, low: float, high: float, argument: str) -> Optimum:
    """Find the global maximum of a concentrated log-likelihood on an open interval.

    Parameters
    ----------
    profile : Profile
        One that holds a ``logdet`` is first looked at through its sketches, so that the
        determinant itself is needed only next to the maxima.
    low, high : float
        Ends of the interval; finite.
    argument : str
        Name of the parameter, for messages.

    Returns
    -------
    Optimum
        From a scan of the score followed by safeguarded Newton steps in every bracket
        in which the score falls through zero.

    Raises
    ------
    ConvergenceError
        If the maximum is at an end of the interval, or within a millionth of it.

    Examples
    --------
    >>> class Parabola:
    ...     def evaluate(self, x, order):
    ...         return [-(x - 0.3) ** 2, -2 * (x - 0.3), np.full(x.shape, -2.0)][order]
    >>> round(maximise(Parabola(), low=-1.0, high=1.0, argument="x").x, 10)
    0.3
    """
    grid, score, rough = _scan(profile, _grid(low, high))
    grid, score = _extended(profile, grid, score, low, high)
    falls = np.flatnonzero((score[:-1] > 0) & (score[1:] <= 0))
    found = []
    for i in falls:
        bracket = float(grid[i]), float(grid[i + 1])
        near = None if rough is None else _polish(rough, bracket)[0]
        found.append(_polish(profile, bracket, near))
    points = np.array([x for x, _ in found])
    values = profile.evaluate(points, 0) if found else np.empty(0)
    best = int(np.argmax(values)) if found else -1
    rising = [(score[0] < 0, grid[0], low), (score[-1] > 0, grid[-1], high)]
    for outward, point, end in rising:
        if not outward:
            continue
        edge = float(profile.evaluate(np.array([point]), 0)[0])
        if best < 0 or edge > values[best]:
            raise _at_the_end(argument, end, low, high)
    if best < 0:
        raise _at_the_end(argument, low, low, high)
    _refuse_near_end(float(points[best]), low, high, argument)
    return Optimum(float(points[best]), float(values[best]), found[best][1], len(found))


def _grid(low: float, high: float) -> FloatArray:
    reach = np.arctanh(GRID_SHARE)
    t = np.tanh(np.linspace(-reach, reach, GRID_POINTS))
    return np.asarray(0.5 * (low + high) + 0.5 * (high - low) * t)


def _scan(profile: Any, grid: FloatArray) -> tuple[FloatArray, FloatArray, Profile | None]:
    """Return points with the sign of their scores, and the rough profile that showed it."""
    logdet = getattr(profile, "logdet", None)
    for sketch in () if logdet is None else logdet.sketches():
        rough = replace(profile, logdet=sketch)
        low, high = sketch.slope_bounds(grid)
        rest = rough.evaluate(grid, 1) - sketch.derivative(grid)
        sign = np.where(rest + low > 0, 1.0, np.where(rest + high < 0, -1.0, 0.0))
        if _decided(sign):
            known = sign != 0
            return grid[known], sign[known], rough
    return grid, profile.evaluate(grid, 1), None


def _decided(sign: FloatArray) -> bool:
    """Return whether all signs are known but in short gaps between a rise and a fall."""
    known = np.flatnonzero(sign)
    if known.size == 0 or known[0] != 0 or known[-1] != sign.size - 1:
        return False
    gaps = np.flatnonzero(np.diff(known) > 1)
    before, after = sign[known[gaps]], sign[known[gaps + 1]]
    narrow = np.diff(known)[gaps] <= WIDEST_GAP + 1
    return bool(((before > 0) & (after < 0) & narrow).all())


def _extended(
    profile: Profile, grid: FloatArray, score: FloatArray, low: float, high: float
) -> tuple[FloatArray, FloatArray]:
    """Add one point next to an end where the score still points outward."""
    middle, half = 0.5 * (low + high), 0.5 * (high - low) * END_SHARE
    if score[0] < 0:
        end = np.array([middle - half])
        grid, score = np.r_[end, grid], np.r_[profile.evaluate(end, 1), score]
    if score[-1] > 0:
        end = np.array([middle + half])
        grid, score = np.r_[grid, end], np.r_[score, profile.evaluate(end, 1)]
    return grid, score


def _polish(
    profile: Profile, bracket: tuple[float, float], start: float | None = None
) -> tuple[float, int]:
    """Newton on the score, kept inside a bracket in which it falls from + to −."""
    left, right = bracket
    x = 0.5 * (left + right) if start is None else start
    for iteration in range(1, MAX_ITERATIONS + 1):
        at = np.array([x])
        score = float(profile.evaluate(at, 1)[0])
        curvature = float(profile.evaluate(at, 2)[0])
        left, right = (x, right) if score > 0 else (left, x)
        step = -score / curvature if curvature < 0 else np.inf
        new = x + step if left <= x + step <= right else 0.5 * (left + right)
        if abs(new - x) <= STEP_TOLERANCE * max(1.0, abs(x)):
            return new, iteration
        x = new
    return x, MAX_ITERATIONS


def _at_the_end(argument: str, end: float, low: float, high: float) -> ConvergenceError:
    return ConvergenceError(
        argument,
        expected=f"a maximum of the likelihood inside ({low:.6g}, {high:.6g})",
        found=f"a likelihood that still rises towards the end at {end:.6g}",
        why="an estimate at the end of the admissible interval has no standard error, and the "
        "model behind it is not stable",
        remedy="look at the outcome and the weights (near-copies of regions, a trend left out "
        "of the regressors), or use other weights",
    )


def _refuse_near_end(x: float, low: float, high: float, name: str) -> None:
    """Refuse a maximum so near an end of (low, high) that rounding decides where it is.

    Slopes of determinants, and what of them the sum of squares and effects of periods take back,
    are of size 1/(high − x): within a millionth of the interval few digits of the difference are
    left. A likelihood that rises without bound (a W of equal weights beside an intercept) has its
    score fall through zero by rounding just there.
    """
    end = low if x - low < high - x else high
    if abs(x - end) < NEAR * (high - low):
        raise ConvergenceError(
            name,
            expected=f"a maximum of the likelihood inside ({low:.6g}, {high:.6g})",
            found=f"one at {x:.9g}, which rounding cannot tell from the end at {end:.6g}",
            why="an estimate at the end of the admissible interval has no standard error, and the "
            "model behind it is not stable",
            remedy="look at the outcome and the weights (near-copies of regions, a trend left out "
            "of the regressors), or use other weights",
        )
