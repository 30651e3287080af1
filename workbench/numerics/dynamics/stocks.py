"""Perpetual inventory: stocks of what is added and depreciates, for many spells at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a stock accumulates.

    Attributes
    ----------
    depreciation : float
        δ, 0 to 1.
    steady : bool
        Whether the first stock at the end of a period is R_0 (1 + g)/(g + δ), not R_0/(g + δ).
    start : bool
        Whether stocks are those at the start of periods, before what is added in them.
    """

    depreciation: float
    steady: bool = False
    start: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """First and last row of each spell; rows of a spell follow each other in time.

    Attributes
    ----------
    first, last : ndarray of int, shape (N,)
    """

    first: IntArray
    last: IntArray

    @property
    def of(self) -> IntArray:
        """Spell of each row, shape (n,)."""
        return np.repeat(np.arange(len(self.first)), self.last - self.first + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Stocks:
    """Stocks by row.

    Attributes
    ----------
    values, from_initial : ndarray, shape (n,)
        Stocks, and the part of them that still comes from the first.
    initial, last, share : ndarray, shape (N,)
        First and last stock of each spell, and what share of the last comes from the first; not a
        number of a stock of 0.
    """

    values: FloatArray
    from_initial: FloatArray
    initial: FloatArray
    last: FloatArray
    share: FloatArray


def accumulate(
    R: FloatArray,
    spells: Spells,
    recipe: Recipe,
    *,
    growth: FloatArray,
    given: FloatArray | None = None,
) -> Stocks:
    """Return K_t = (1 − δ) K_{t−1} + R_t, or + R_{t−1} at the start of periods.

    Parameters
    ----------
    R : ndarray, shape (n,)
        What is added, at least 0.
    spells : Spells
    recipe : Recipe
    growth : ndarray, shape (N,)
        g of each spell, g + δ > 0.
    given : ndarray, shape (N,), optional
        First stocks in the place of R_0/(g + δ).

    Examples
    --------
    >>> one = Spells(np.array([0]), np.array([2]))
    >>> found = accumulate(np.array([1.0, 1.0, 1.0]), one, Recipe(0.5), growth=np.array([0.0]))
    >>> found.values.tolist(), found.share.tolist()
    ([2.0, 2.0, 2.0], [0.25])
    """
    kept = 1.0 - recipe.depreciation
    if given is not None:
        first = given
    else:
        first = R[spells.first] / (growth + recipe.depreciation)
        if recipe.steady and not recipe.start:
            first = first * (1.0 + growth)
    lengths = spells.last - spells.first + 1
    values, from_initial = np.empty_like(R), np.empty_like(R)
    values[spells.first] = from_initial[spells.first] = first
    for step in range(1, int(lengths.max())):
        at = spells.first[lengths > step] + step
        added = R[at - 1] if recipe.start else R[at]
        values[at] = kept * values[at - 1] + added
        from_initial[at] = kept * from_initial[at - 1]
    last = values[spells.last]
    share = np.full(len(last), np.nan)
    np.divide(from_initial[spells.last], last, out=share, where=last > 0)
    return Stocks(values, from_initial, np.asarray(first), last, share)
