"""Where a curve leaves what draws of a null hypothesis do: at one distance, and at any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from workbench.errors import InputError
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray

DIGITS = 12
"""Digits of the largest value at a distance to which curves are compared: sums of the same terms
in another order differ by rounding and are ties."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Local intervals, global bands and tests of a curve at M distances among R draws.

    Attributes
    ----------
    mean : ndarray, shape (M,)
        Of the draws.
    local_low, local_high : ndarray, shape (M,)
        Beyond each a curve of the null lies with chance `level` at most, at one distance.
    low, high : ndarray, shape (M,)
        Each is hit by a share `level` of the draws at any of the distances.
    above, below : ndarray, shape (M,)
        How far the curve is above `high`, and below `low`; 0 elsewhere.
    p_above, p_below : float
        Of the whole curve, against being higher (lower) than under the null at some distance.
    """

    mean: FloatArray
    local_low: FloatArray
    local_high: FloatArray
    low: FloatArray
    high: FloatArray
    above: FloatArray
    below: FloatArray
    p_above: float
    p_below: float


def bands(observed: FloatArray, simulated: FloatArray, *, level: float) -> Bands:
    """Compare a curve with R draws of it.

    Local intervals are order statistics: with k = ⌊level (R + 1)⌋, the k-th highest and lowest
    of the draws at each distance. Global bands take the same rank ℓ at every distance, such that
    a share `level` of the draws is among the ℓ highest (lowest) at some distance; between whole
    ranks they are interpolated in that share (Duranton and Overman 2005, section 3). The p-values
    order whole curves by their ranks, the most extreme first (extreme rank length), and count the
    observed curve among them; how far a curve is beyond all draws does not count, only where.

    Parameters
    ----------
    observed : ndarray, shape (M,)
    simulated : ndarray, shape (R, M)
    level : float
        Between 0 and 1, for each side.

    Raises
    ------
    InputError
        If there are too few draws for this level.

    References
    ----------
    Duranton, G. and Overman, H. (2005). Testing for localization using micro-geographic data.
    Review of Economic Studies 72, 1077-1106. Myllymäki, M. et al. (2017). Global envelope tests
    for spatial processes. JRSS B 79, 381-404, section 3.

    Examples
    --------
    >>> draws = np.random.default_rng(0).standard_normal((199, 3))
    >>> found = bands(np.array([0.0, 6.0, 0.5]), draws, level=0.05)
    >>> found.above > 0, found.p_above <= 0.05
    (array([False,  True, False]), True)
    """
    R = simulated.shape[0]
    ranked = np.sort(simulated, axis=0)
    outside = int(level * (R + 1) + 1e-9)
    if outside < 1:
        raise _too_few(level, R, int(np.ceil(1.0 / level - 1e-9)) - 1)
    scale = np.maximum(np.abs(ranked).max(axis=0), np.abs(observed))
    scale = np.where(scale > 0, scale, 1.0)
    whole = np.round(np.vstack([observed, simulated]) / scale, DIGITS)
    high = _band(-whole[1:], -ranked[::-1], level)
    low = _band(whole[1:], ranked, level)
    return Bands(
        mean=freeze(simulated.mean(axis=0)),
        local_low=freeze(ranked[outside - 1].copy()),
        local_high=freeze(ranked[R - outside].copy()),
        low=freeze(low),
        high=freeze(-high),
        above=freeze(_excess(observed + high, scale)),
        below=freeze(_excess(low - observed, scale)),
        p_above=_extreme(-whole),
        p_below=_extreme(whole),
    )


def _ranks(values: FloatArray) -> IntArray:
    """Rank each column from its smallest value, which is 1; ties take the largest rank."""
    return np.asarray(stats.rankdata(values, method="max", axis=0), dtype=np.int64)


def _band(values: FloatArray, ranked: FloatArray, level: float) -> FloatArray:
    """Return the lower global band; `ranked` are the values sorted in each column."""
    R = len(values)
    extreme = _ranks(values).min(axis=1)
    hit = np.cumsum(np.bincount(extreme, minlength=R + 1)) / R  # hit[l]: among the l lowest
    rank = int(np.searchsorted(hit, level + 1e-12, side="right")) - 1
    if rank < 1:
        raise _too_few(level, R, int(np.ceil(hit[1] * R / level)))
    between = (level - hit[rank]) / (hit[rank + 1] - hit[rank])
    return np.asarray((1.0 - between) * ranked[rank - 1] + between * ranked[rank])


def _extreme(values: FloatArray) -> float:
    """Return the share of curves at least as low as the first, by extreme rank length."""
    ranks = np.sort(_ranks(values), axis=1)
    differs = ranks != ranks[0]
    first = differs.argmax(axis=1)
    rows = np.arange(len(ranks))
    same = ~differs.any(axis=1)
    lower = ranks[rows, first] < ranks[0][first]
    return float((same | lower).mean())


def _excess(values: FloatArray, scale: FloatArray) -> FloatArray:
    return np.where(values > 10.0**-DIGITS * scale, values, 0.0)


def _too_few(level: float, draws: int, wanted: int) -> InputError:
    # the share that is extreme is itself known from few draws
    enough = max(100 * int(np.ceil(2 * wanted / 100)) - 1, 999)
    return InputError(
        "draws",
        expected=f"about {wanted} or more for bands with {level:g} on a side at these distances",
        found=str(draws),
        why="a larger share of the draws than that is the highest, or lowest, at some distance",
        remedy=f"draw more, e.g. draws={enough}, or ask for fewer distances",
    )
