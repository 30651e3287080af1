"""Permutation distributions of Moran's I, keyed so that order and blocks cannot change them.

Every permutation (global) and every region (local) has its own counter-based stream,
so that any split over threads, processes or memory blocks gives the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import InputError, ValuesError, WeightsError
from workbench.numerics.matrices import as_weights, freeze, islands
from workbench.numerics.moran import centred, weight_sums
from workbench.typing import BoolArray, FloatArray, IntArray

BLOCK = 64
"""Permutations computed together; results do not depend on it."""

LOCAL_BLOCK_VALUES = 4_000_000
# Largest number of positions held at once by the shuffling of large neighbourhoods.


@dataclass(frozen=True, slots=True)
class GlobalMoran:
    """Moran's I among its permutations.

    Attributes
    ----------
    observed : float
        (n/S0) z′Wz / z′z over all n regions.
    simulated : ndarray of shape (R,)
    at_least, at_most : int
        Permutations with a statistic ≥, and ≤, the one observed; ties count in both.
    permutations : int
        R.
    """

    observed: float
    simulated: FloatArray
    at_least: int
    at_most: int
    permutations: int


@dataclass(frozen=True, slots=True)
class LocalMoran:
    """How each local Moran compares with its conditional permutations.

    Attributes
    ----------
    value : ndarray of shape (n,)
        z: x standardised to mean 0 and variance 1 (divisor n).
    lag : ndarray of shape (n,)
        Σ_j w_ij z_j; 0 where isolated.
    statistic : ndarray of shape (n,)
        I_i = z_i Σ_j w_ij z_j (Anselin 1995, equation 12); NaN where isolated.
    at_least, at_most : ndarray of int, shape (n,)
        Permutations with a statistic ≥, and ≤, the one observed; ties count in both.
    expected, variance : ndarray of shape (n,)
        Mean and variance of the permuted statistics; NaN where isolated.
    isolated : ndarray of bool, shape (n,)
        Regions without neighbours: both counts equal R, no p-value is meant.
    permutations : int
        R.
    """

    value: FloatArray
    lag: FloatArray
    statistic: FloatArray
    at_least: IntArray
    at_most: IntArray
    expected: FloatArray
    variance: FloatArray
    isolated: BoolArray
    permutations: int


def tail_counts(observed: float, samples: FloatArray, *, slack: float) -> tuple[int, int]:
    """Count samples ≥ and ≤ the observed value; those within `slack` are ties, in both."""
    return (
        int(np.count_nonzero(samples >= observed - slack)),
        int(np.count_nonzero(samples <= observed + slack)),
    )


def global_moran(x: Any, W: Any, *, permutations: int, seed: int) -> GlobalMoran:
    """Compare Moran's I with R random permutations of x over the regions.

    Parameters, and how the permutations are keyed: see :func:`moran_permutations`;
    `permutations` may be 0 here.

    Returns
    -------
    GlobalMoran

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> global_moran(np.arange(5.0), W, permutations=99, seed=0).observed
    0.5
    """
    weights = as_weights(W)
    z = centred(x, weights.shape[0])
    scale = weights.shape[0] / weight_sums(weights).S0 / float(z @ z)
    observed = scale * float(z @ (weights @ z))
    R = _whole("permutations", permutations)
    simulated = np.empty(0)
    if R:
        simulated = moran_permutations(x, weights, permutations=R, seed=seed)
    # Rounding of the whole sum: an arrangement that is the same as the observed one is a tie.
    slack = abs(scale) * float(abs(weights).sum()) * _rounding(x) * float(np.abs(z).max())
    at_least, at_most = tail_counts(observed, simulated, slack=slack)
    return GlobalMoran(observed, freeze(simulated), at_least, at_most, R)


def moran_permutations(
    x: Any, W: Any, *, permutations: int, seed: int, start: int = 0, factor: float | None = None
) -> FloatArray:
    """Return Moran's I of random permutations of x over the regions.

    Parameters
    ----------
    x : ndarray of shape (n,)
        In canonical order of region ids, so that the caller's row order cannot matter.
    W : sparse array or ndarray of shape (n, n)
        In the same order.
    permutations : int
        How many.
    seed : int
        From 0 to 2⁶³ − 1.
    start : int
        Index of the first permutation: a run split into parts gives the same values.
    factor : float, optional
        n/S0 to scale with; default all regions over S0.

    Returns
    -------
    ndarray of shape (permutations,)
        Compare with :func:`tail_counts`; p = (count + 1)/(R + 1).

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> moran_permutations(np.arange(5.0), W, permutations=3, seed=0).shape
    (3,)
    """
    weights = as_weights(W)
    n = weights.shape[0]
    z = centred(x, n)
    R, seed = _whole("permutations", permutations, least=1), _whole("seed", seed)
    start = _whole("start", start)
    scale = (n / weight_sums(weights).S0 if factor is None else factor) / float(z @ z)
    out = np.empty(R)
    # Blocks are aligned to multiples of BLOCK and always full: a last short block would sum
    # in another order, and its last bit would depend on how a run is split.
    for first in range(start - start % BLOCK, start + R, BLOCK):
        shuffled = np.empty((BLOCK, n))
        for row in range(BLOCK):
            shuffled[row] = z[_stream(seed, first + row).permutation(n)]
        lagged = np.ascontiguousarray((weights @ np.ascontiguousarray(shuffled.T)).T)
        values = scale * np.einsum("ri,ri->r", shuffled, lagged)
        begin, end = max(first, start), min(first + BLOCK, start + R)
        out[begin - start : end - start] = values[begin - first : end - first]
    return out


def local_moran(
    x: Any, W: Any, *, permutations: int, seed: int, keys: NDArray[np.uint64]
) -> LocalMoran:
    """Compare each local Moran with R draws of its neighbours from the other regions.

    Region i keeps its value; its neighbours' values are drawn without replacement from
    the other n − 1 (conditional permutation, Anselin 1995).

    Parameters
    ----------
    x : ndarray of shape (n,)
        In canonical order of region ids.
    W : sparse array or ndarray of shape (n, n)
        Zero diagonal; any weights, unequal ones are drawn in order.
    permutations : int
        R.
    seed : int
        From 0 to 2⁶³ − 1.
    keys : ndarray of uint64, shape (n,)
        One digest a region (of its id), the second half of its stream's key.

    Returns
    -------
    LocalMoran
        Two-sided p = min(1, 2 (min(at_least, at_most) + 1)/(R + 1)).

    Raises
    ------
    WeightsError
        If a region is its own neighbour.
    ValuesError
        If keys repeat or x is constant.

    Notes
    -----
    Sums of the same values in another order differ by rounding: samples within a bound
    on that rounding count as ties.

    References
    ----------
    Anselin, L. (1995). Local indicators of spatial association. Geographical Analysis 27, 93–115.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> keys = np.arange(5, dtype=np.uint64)
    >>> local_moran(np.arange(5.0), W, permutations=99, seed=0, keys=keys).permutations
    99
    """
    weights = as_weights(W)
    n = weights.shape[0]
    z = centred(x, n)
    R, seed = _whole("permutations", permutations, least=1), _whole("seed", seed)
    digests = _checked_keys(keys, n)
    if weights.diagonal().any():
        own = np.flatnonzero(weights.diagonal())
        raise WeightsError(
            "W",
            expected="a zero diagonal",
            found=f"{own.size} regions that are their own neighbours",
            offenders=[int(i) for i in own],
            why="a conditional permutation keeps the region's own value fixed",
            remedy="set the diagonal to zero",
        )
    scale = np.sqrt(float(z @ z) / n)
    z, rounding = z / scale, _rounding(x) / scale
    counts = np.full((n, 2), R, dtype=np.int64)
    moments = np.full((n, 2), np.nan)
    lag = weights @ z
    for i in np.flatnonzero(~islands(weights)):
        at, end = weights.indptr[i], weights.indptr[i + 1]
        w = weights.data[at:end]
        others = np.delete(z, i)
        draws = drawn_lags(others, w, permutations=R, generator=_stream(seed, int(digests[i])))
        moments[i] = draws.mean(), draws.var()
        slack = float(np.abs(w).sum()) * rounding * w.size
        if z[i] != 0.0:
            both = tail_counts(float(lag[i]), draws, slack=slack)
            counts[i] = both if z[i] > 0 else both[::-1]
    return _local(z, lag, counts, moments, islands(weights), R)


def drawn_lags(
    values: FloatArray, w: FloatArray, *, permutations: int, generator: np.random.Generator
) -> FloatArray:
    """Return Σ_j w_j v_(j) for R ordered draws without replacement, shape (R,).

    Parameters
    ----------
    values : ndarray of shape (m,)
        To draw from; at least as many as weights.
    w : ndarray of shape (k,)
    permutations : int
        R.
    generator : numpy.random.Generator

    Notes
    -----
    Fisher–Yates: step t swaps slot t with a slot drawn from t … m − 1. For few weights
    the swaps are replayed on the drawn slots alone, k² operations instead of m.
    """
    m, k = values.size, w.size
    uniform = generator.random((k, permutations))
    slots = np.arange(k)[:, None] + (uniform * (m - np.arange(k))[:, None]).astype(np.int64)
    if k * k <= 2 * m or k <= 12:
        chosen = _replayed(slots)
        return np.asarray(_weighted(values[chosen], w))
    out = np.empty(permutations)
    rows = max(1, LOCAL_BLOCK_VALUES // m)
    for first in range(0, permutations, rows):
        part = slots[:, first : first + rows]
        out[first : first + rows] = _weighted(_shuffled(values, part), w)
    return out


def _weighted(drawn: FloatArray, w: FloatArray) -> FloatArray:
    """Σ_j w_j drawn[j]: added in the order of j, whatever the number of columns."""
    total = np.zeros(drawn.shape[1])
    for weight, row in zip(w, drawn, strict=True):
        total += weight * row
    return total


def _replayed(slots: IntArray) -> IntArray:
    """Return the positions drawn, shape (k, R), by replaying swaps on the drawn slots only."""
    k = slots.shape[0]
    chosen = np.empty_like(slots)
    moved = np.empty_like(slots)  # what slot t held when it was swapped away
    for t in range(k):
        here = slots[t].copy()
        home = np.full(slots.shape[1], t, dtype=slots.dtype)
        for earlier in range(t):
            np.copyto(here, moved[earlier], where=slots[earlier] == slots[t])
            np.copyto(home, moved[earlier], where=slots[earlier] == t)
        chosen[t], moved[t] = here, home
    return chosen


def _shuffled(values: FloatArray, slots: IntArray) -> FloatArray:
    """Return the values drawn, shape (k, B), by swapping in B full copies."""
    k, count = slots.shape
    state = np.tile(values, (count, 1))
    column = np.arange(count)
    drawn = np.empty((k, count))
    for t in range(k):
        drawn[t] = state[column, slots[t]]
        state[column, slots[t]] = state[:, t]
    return drawn


def _local(
    z: FloatArray,
    lag: FloatArray,
    counts: IntArray,
    moments: FloatArray,
    isolated: BoolArray,
    R: int,
) -> LocalMoran:
    return LocalMoran(
        value=freeze(z),
        lag=freeze(lag),
        statistic=freeze(np.where(isolated, np.nan, z * lag)),
        at_least=freeze(counts[:, 0].copy()),
        at_most=freeze(counts[:, 1].copy()),
        expected=freeze(moments[:, 0] * z),
        variance=freeze(moments[:, 1] * z**2),
        isolated=freeze(isolated),
        permutations=R,
    )


def _rounding(x: Any) -> float:
    """Bound what rounding leaves in one centred value of x."""
    return float(16.0 * np.finfo(np.float64).eps * np.abs(np.asarray(x, dtype=float)).max())


def _stream(seed: int, index: int) -> np.random.Generator:
    key = np.array([seed, index], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def _checked_keys(keys: Any, n: int) -> NDArray[np.uint64]:
    digests = np.asarray(keys)
    if digests.shape != (n,) or digests.dtype.kind not in "ui":
        raise ValuesError(
            "keys",
            expected=f"{n} unsigned integers, one a region",
            found=f"{digests.dtype} of shape {digests.shape}",
        )
    if np.unique(digests).size != n:
        raise ValuesError(
            "keys",
            expected="a different key for every region",
            found=f"{n - np.unique(digests).size} repeated",
            why="regions that share a stream have dependent p-values",
        )
    return digests.astype(np.uint64)


def _whole(argument: str, value: Any, *, least: int = 0) -> int:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or not least <= value < 2**63:
        raise InputError(
            argument, expected=f"a whole number of at least {least}", found=repr(value)
        )
    return int(value)
