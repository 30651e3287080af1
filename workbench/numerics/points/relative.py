"""Marcon and Puech's M: neighbours of a type among all neighbours, over its share in all points."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from workbench.numerics.permutations.bilinear_forms import blocks, workers
from workbench.numerics.points.ground import Ground, Marks, Thrown, draw_key, over_draws
from workbench.numerics.points.pairs import neighbour_weights
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray

WITHIN = 1.0 + 1e-9
"""Limits reach this much farther: points on a grid are a rounded distance apart."""

STEPS = 2048
"""Straight lines for which the first limit not below them is looked up."""

CENTRES = 256
"""Sites handed to a thread at a time."""


@dataclass(frozen=True, slots=True)
class Relative:
    """M at each distance, of the points and of R draws.

    Attributes
    ----------
    observed : ndarray, shape (M,)
        NaN where no point in question has a neighbour so near.
    simulated : ndarray, shape (R, M)
    counted : ndarray of int64, shape (M,)
        Points in question with a neighbour so near; the others do not count.
    """

    observed: FloatArray
    simulated: FloatArray
    counted: IntArray


@dataclass(frozen=True, slots=True)
class _Limits:
    squared: FloatArray
    first: IntArray

    @classmethod
    def of(cls, ground: Ground, at: FloatArray) -> _Limits:
        squared = (ground.straight(at) * WITHIN) ** 2
        starts = np.linspace(0.0, np.sqrt(squared[-1]), STEPS + 1) ** 2
        first = np.minimum(np.searchsorted(squared, starts), squared.size - 1)
        return cls(squared, first.astype(np.int64))


def relative_concentration(
    ground: Ground,
    marks: Marks,
    at: FloatArray,
    *,
    draws: int,
    seed: int,
    name: str = "",
    threads: int | None = None,
) -> Relative:
    """Compute M and its values under R draws of a null.

    With ``A_i(r)`` the weight of all points within r of point i, itself excepted, and ``B_i(r)``
    that of the points of the second type among them, ``M(r) = Σ_i B_i(r)/A_i(r) ÷ Σ_i B_i/A_i``,
    where the divisor takes all distances. Both sums are over the points of the first type for
    which ``A_i(r) > 0``.

    Parameters
    ----------
    ground : Ground
    marks : Marks
    at : ndarray, shape (M,)
        Distances, increasing, the last above 0.
    draws : int
        R.
    seed : int
    name : str
        What the draws are for: another name, other draws.
    threads : int, optional
        Numbers do not depend on it.

    References
    ----------
    Marcon, E. and Puech, F. (2010). Measures of the geographic concentration of industries:
    improving distance-based methods. Journal of Economic Geography 10, 745-762.

    Examples
    --------
    >>> line = np.array([[0.0, 1.0, 5.0, 6.0], [0.0] * 4, [0.0] * 4])
    >>> marks = Marks(np.array([0, 1]), None, None, "location", 4)
    >>> at = np.array([1.0, 6.0])
    >>> ground = Ground(line, 1.0, False)
    >>> relative_concentration(ground, marks, at, draws=1, seed=0).observed
    array([3., 1.])
    """
    limits = _Limits.of(ground, at)
    lines = np.ascontiguousarray(ground.lines)
    size = lines.shape[1]
    fixed: FloatArray | None = None
    if marks.weights_stay:
        weights = np.ones(size) if marks.weights is None else marks.weights
        fixed = _around_all(lines, weights, limits, threads)
    curves = np.empty((draws + 1, at.size))
    counted = np.zeros(at.size, dtype=np.int64)
    key = draw_key(seed, name)

    def one(number: int) -> None:
        thrown = marks.thrown(key, number - 1, whole=True) if number else marks.observed()
        curves[number], seen = _value(lines, thrown, limits, fixed)
        if not number:
            counted[:] = seen

    over_draws(one, draws + 1, threads=threads, title="draws")
    return Relative(freeze(curves[0].copy()), freeze(curves[1:]), freeze(counted))


def _value(
    lines: FloatArray, thrown: Thrown, limits: _Limits, fixed: FloatArray | None
) -> tuple[FloatArray, IntArray]:
    size = lines.shape[1]
    weights = np.ones(size) if thrown.weights is None else thrown.weights
    inside = _around(lines, thrown.here, thrown.there, weights, limits)
    if fixed is None:
        everyone = np.arange(size)
        around = _around(lines, thrown.here, everyone, weights, limits)
    else:
        around = fixed[thrown.here]
    own = weights[thrown.here]
    there = weights[thrown.there].sum() - (own if thrown.within else 0.0)
    share = there / (weights.sum() - own)
    has = around > 0.0
    local = np.divide(inside, around, out=np.zeros_like(inside), where=has)
    seen = has.sum(axis=0)
    expected = (share[:, None] * has).sum(axis=0)
    found = np.full(seen.size, np.nan)
    np.divide(local.sum(axis=0), expected, out=found, where=seen > 0)
    return found, seen


def _around(
    lines: FloatArray, centres: IntArray, others: IntArray, weights: FloatArray, limits: _Limits
) -> FloatArray:
    out = np.empty((centres.size, limits.squared.size))
    neighbour_weights(lines, centres, others, weights, limits.squared, limits.first, out)
    return out


def _around_all(
    lines: FloatArray, weights: FloatArray, limits: _Limits, threads: int | None
) -> FloatArray:
    """Return the weight around every site, which no draw changes, shape (N, M)."""
    everyone = np.arange(lines.shape[1])
    out = np.empty((everyone.size, limits.squared.size))

    def part(block: tuple[int, int]) -> None:
        rows = slice(block[0], block[0] + block[1])
        out[rows] = _around(lines, everyone[rows], everyone, weights, limits)

    with ThreadPoolExecutor(max_workers=workers(threads)) as pool:
        list(pool.map(part, list(blocks(everyone.size, CENTRES))))
    return out
