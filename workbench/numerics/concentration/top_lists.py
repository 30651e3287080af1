"""What a list of the largest leaves open: bounds over all ways in which the rest may be spread.

The m units that are not listed have R = T − S in all, whole numbers from 0 to v, the smallest
that is listed. Concentration is least where the rest is spread evenly, and largest where as many
units as possible have v (the rest is then majorised by, or majorises, every other way).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.typing import FloatArray, IntArray


class Extremes(NamedTuple):
    """Smallest and largest of a measure over the totals that are possible."""

    low: float
    high: float


def rests(listed: IntArray, missing: int) -> tuple[int, int]:
    """Return the least and the largest sum of the units that are not listed."""
    return 0, int(missing * listed.min())


def herfindahl(listed: IntArray, missing: int, rest: IntArray) -> Extremes:
    """Return the extremes of Σ s², s the shares of all units, over sums of the rest.

    Parameters
    ----------
    listed : ndarray of int, shape (k,)
        Figures of the listed units.
    missing : int
        Number of units that are not listed.
    rest : ndarray of int, shape (r,)
        Sums that these may have.
    """
    total = np.asarray(listed.sum() + rest, dtype=np.float64)
    squares = float((listed.astype(np.float64) ** 2).sum())
    even, one_more, full, left, v = _spreads(listed, missing, rest)
    least = squares + (missing - one_more) * even**2 + one_more * (even + 1) ** 2
    most = squares + full * v**2 + left**2
    return Extremes(float((least / total**2).min()), float((most / total**2).max()))


def gini(listed: IntArray, missing: int, rest: IntArray) -> Extremes:
    """Return the extremes of Gini's coefficient of all units, over sums of the rest.

    G = 2 Σ i x₍ᵢ₎ / (n Σ x) − (n + 1)/n, with x in ascending order.
    """
    n = len(listed) + missing
    total = np.asarray(listed.sum() + rest, dtype=np.float64)
    ranks = np.arange(missing + 1, n + 1)
    above = float((np.sort(listed) * ranks).sum())
    even, one_more, full, left, v = _spreads(listed, missing, rest)
    evenly = even * missing * (missing + 1) / 2 + _last(one_more, missing)
    heaped = v * _last(full, missing) + left * np.maximum(missing - full, 0)
    low = 2 * (above + evenly) / (n * total) - (n + 1) / n
    high = 2 * (above + heaped) / (n * total) - (n + 1) / n
    return Extremes(float(low.min()), float(high.max()))


def _spreads(listed: IntArray, missing: int, rest: IntArray) -> tuple[FloatArray, ...]:
    """Return what each has and how many have one more; how many are full and what is left."""
    v = int(listed.min())
    even, one_more = np.divmod(rest, max(missing, 1))
    full, left = np.divmod(rest, max(v, 1))
    parts = (even, one_more, full, left, np.asarray(v))
    return tuple(np.asarray(part, dtype=np.float64) for part in parts)


def _last(count: FloatArray, missing: int) -> FloatArray:
    """Return the sum of the `count` highest of the ranks 1 to `missing`."""
    return np.asarray(count * missing - count * (count - 1) / 2)
