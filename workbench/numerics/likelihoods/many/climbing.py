"""The highest maxima of very many concentrated likelihoods that share one determinant.

The same search as :mod:`workbench.numerics.likelihoods.search`, on all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from workbench.numerics.likelihoods.search import (
    GRID_POINTS,
    GRID_SHARE,
    NEAR,
    STEP_TOLERANCE,
    WIDEST_GAP,
)
from workbench.typing import BoolArray, FloatArray, IntArray

MAX_STEPS = 100
"""Newton or bisection steps: the plain search needs six to ten."""


class Profiles(Protocol):
    """Concentrated likelihoods of m models without their determinants."""

    @property
    def size(self) -> int:
        """Number of models m."""
        ...

    def values(self, x: FloatArray, which: IntArray, order: int) -> FloatArray:
        """Return the derivative of `order` of models `which`, (a,), at x, shape (a, g)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Tops:
    """Where the likelihoods are highest.

    Attributes
    ----------
    x, value : ndarray of shape (m,)
        NaN where no interior maximum was found.
    optima : ndarray of int, shape (m,)
        Local maxima found.
    sound : ndarray of bool, shape (m,)
        False where the likelihood rises towards an end of the interval or is highest next to
        it: such a model is for the plain search, which knows what to say.
    """

    x: FloatArray
    value: FloatArray
    optima: IntArray
    sound: BoolArray


def climb(profiles: Profiles, determinant: Any) -> Tops:
    """Find the global maximum of each likelihood on the admissible interval of one determinant.

    Parameters
    ----------
    profiles : Profiles
    determinant : LogDeterminant or PanelDeterminant
    """
    low, high = determinant.spectrum.rho_low, determinant.spectrum.rho_high
    reach = np.arctanh(GRID_SHARE)
    t = np.tanh(np.linspace(-reach, reach, GRID_POINTS))
    grid = 0.5 * (low + high) + 0.5 * (high - low) * t
    signs, rough = _signs(profiles, determinant, grid)
    row, left, right = _brackets(signs)
    start = None
    if rough is not None:
        start = _polish(profiles, rough, row, (grid[left], grid[right]), None)
    x = _polish(profiles, determinant, row, (grid[left], grid[right]), start)
    value = profiles.values(x[:, None], row, 0)[:, 0] + determinant.value(x)
    best = np.full(profiles.size, -np.inf)
    np.maximum.at(best, row, value)
    found = np.full(profiles.size, np.nan)
    top = value == best[row]
    found[row[top][::-1]] = x[top][::-1]
    optima = np.bincount(row, minlength=profiles.size)
    inside = np.minimum(found - low, high - found) >= 2.0 * NEAR * (high - low)
    # a score that points outward at an end: the plain search looks beyond the grid
    sound = inside & (signs[:, 0] >= 0) & (signs[:, -1] <= 0)
    return Tops(found, np.where(optima > 0, best, np.nan), optima, np.asarray(sound))


def _signs(profiles: Profiles, determinant: Any, grid: FloatArray) -> tuple[FloatArray, Any]:
    """Return the sign of each score on the grid, 0 where a sketch leaves it open, and the sketch.

    A sketch serves where it decides every sign but those of short gaps between a rise and a fall.
    """
    everyone = np.arange(profiles.size)
    rest = profiles.values(np.broadcast_to(grid, (profiles.size, grid.size)), everyone, 1)
    for sketch in determinant.sketches():
        low, high = sketch.slope_bounds(grid)
        signs = np.where(rest + low > 0, 1.0, np.where(rest + high < 0, -1.0, 0.0))
        if _decided(signs):
            return signs, sketch
    return np.where(rest + determinant.derivative(grid) > 0, 1.0, -1.0), None


def _decided(signs: FloatArray) -> bool:
    """Return whether in each row unknown signs lie in short gaps between a rise and a fall."""
    if (signs[:, [0, -1]] == 0).any():
        return False
    row, at = np.nonzero(signs)
    same, gap = row[1:] == row[:-1], np.diff(at)
    before, after = signs[row[:-1], at[:-1]], signs[row[1:], at[1:]]
    bad = same & (gap > 1) & ~((before > 0) & (after < 0) & (gap <= WIDEST_GAP + 1))
    return not bool(bad.any())


def _brackets(signs: FloatArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return rows and the two grid points between which a score falls through zero."""
    row, at = np.nonzero(signs)
    before, after = signs[row[:-1], at[:-1]], signs[row[1:], at[1:]]
    falls = np.flatnonzero((row[1:] == row[:-1]) & (before > 0) & (after < 0))
    return row[falls], at[falls], at[falls + 1]


def _polish(
    profiles: Profiles,
    determinant: Any,
    row: IntArray,
    bracket: tuple[FloatArray, FloatArray],
    start: FloatArray | None,
) -> FloatArray:
    """Newton on each score, kept inside a bracket in which it falls from + to −, shape (b,)."""
    left, right = bracket[0].copy(), bracket[1].copy()
    x = 0.5 * (left + right) if start is None else start.copy()
    going = np.arange(x.size)
    for _ in range(MAX_STEPS):
        if going.size == 0:
            break
        at, which = x[going], row[going]
        score = profiles.values(at[:, None], which, 1)[:, 0] + determinant.derivative(at)
        bend = profiles.values(at[:, None], which, 2)[:, 0] + determinant.second(at)
        rises = score > 0
        left[going] = np.where(rises, at, left[going])
        right[going] = np.where(rises, right[going], at)
        step = np.where(bend < 0, -score / np.where(bend < 0, bend, -1.0), np.inf)
        new = at + step
        stays = (left[going] <= new) & (new <= right[going])
        new = np.where(stays, new, 0.5 * (left[going] + right[going]))
        x[going] = new
        going = going[np.abs(new - at) > STEP_TOLERANCE * np.maximum(1.0, np.abs(at))]
    return x
