"""Joint permutations of all local statistics at once: p-values adjusted by their maximum.

Every permutation moves the whole map, so that statistics of neighbours depend on each other as
they do in truth; the largest deviate of a map is what a family-wise error has to beat.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from workbench.numerics.autocorrelation.local_forms import Local, drawn_moments, place_moments
from workbench.numerics.compiling import compiled
from workbench.numerics.permutations.bilinear_forms import Tick, blocks, workers
from workbench.numerics.permutations.streams import shuffle, stream, stream_key
from workbench.typing import Alternative, BoolArray, FloatArray

BLOCK = 32
TIE = 1e-9
"""Deviates that differ by less are ties: they are sums of a few numbers of size one."""


def deviates(statistic: Local) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return what standardises T: mean and deviation of an own value, first and root of second.

    The conditional mean of T_i is ``μ_u Σ_j w_ij`` and its variance ``σ²_u q_i`` where u is the
    region whose value stands at i: two factors for the value, two for the place.
    """
    mean, variance = drawn_moments(statistic)
    first, place = place_moments(statistic.W)
    return mean, np.sqrt(variance), first, np.sqrt(place)


def max_adjusted(
    statistic: Local,
    sign: FloatArray,
    *,
    tested: BoolArray,
    alternative: Alternative,
    permutations: int,
    seed: int,
    threads: int | None = None,
    tick: Tick | None = None,
) -> FloatArray:
    """Return p-values adjusted by the step-down maximum, shape (n,), NaN where not tested.

    Parameters
    ----------
    statistic : Local
    sign : ndarray of shape (n,)
        +1 or −1: turns a region's T towards the alternative ``"greater"``; it moves with the
        region's own value. 0 where the own value leaves no statistic (no event, a value at the
        mean): wherever it lies on a permuted map, that place has no deviate.
    tested : ndarray of bool, shape (n,)
    alternative : {"two-sided", "greater", "less"}
    permutations, seed, threads, tick
        As in :func:`.conditional.tails`.

    Notes
    -----
    Each statistic is standardised by its conditional moments. With the observed deviates in
    falling order, the j-th is compared with the largest of those at places j, j + 1, … of each
    permuted map; adjusted p-values are (M + 1)/(R + 1), made to rise along the order (Westfall
    and Young 1993, algorithm 4.1). The family-wise error is controlled where the null holds.

    Examples
    --------
    >>> from workbench.numerics.autocorrelation.local_forms import local
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> chain = local(np.arange(5.0), None, W)
    >>> p = max_adjusted(chain, np.ones(5), tested=np.ones(5, dtype=bool),
    ...                  alternative="two-sided", permutations=99, seed=0)
    >>> bool((p >= 0.01).all())
    True
    """
    parts = deviates(statistic)
    own = np.ascontiguousarray(sign, dtype=np.float64)
    W = statistic.W
    shared = (
        statistic.features,
        statistic.coefficients,
        (W.indptr.astype(np.int64), W.indices.astype(np.int32), np.asarray(W.data, dtype=float)),
        parts,
        own,
        {"two-sided": 0, "greater": 1, "less": -1}[alternative],
    )
    observed = np.empty(own.size)
    identity = np.arange(own.size, dtype=np.int32)
    _map_deviates(identity, *shared, observed)
    # Places without a statistic now may have one on another map: they come last, but count.
    places = np.flatnonzero(np.diff(W.indptr) > 0)
    order = places[np.argsort(-observed[places], kind="stable")]
    key = stream_key(seed, "maps")

    def block(part: tuple[int, int]) -> Any:
        counts = np.zeros(order.size, dtype=np.int64)
        _count_maxima(key, part[0], part[1], *shared, order, observed, counts)
        return counts, part[1]

    total = np.zeros(order.size, dtype=np.int64)
    with ThreadPoolExecutor(max_workers=workers(threads)) as pool:
        try:
            for counts, size in pool.map(block, list(blocks(permutations, BLOCK))):
                total += counts
                if tick is not None:
                    tick(size)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    p = np.full(own.size, np.nan)
    p[order] = np.maximum.accumulate((total + 1) / (permutations + 1))
    p[~np.asarray(tested)] = np.nan
    return p


@compiled
def _map_deviates(
    held: Any, features: Any, a: Any, weights: Any, parts: Any, sign: Any, tail: int, out: Any
) -> None:
    """Fill out[i] with the deviate at place i of the map in which held[i]'s value stands there."""
    indptr, indices, data = weights
    mean, spread, first, place = parts
    for i in range(held.size):
        u = held[i]
        if sign[u] == 0.0:
            out[i] = -np.inf
            continue
        total = 0.0
        for c in range(features.shape[0]):
            around = 0.0
            for e in range(indptr[i], indptr[i + 1]):
                around += data[e] * features[c, held[indices[e]]]
            total += a[u, c] * around
        width = spread[u] * place[i]
        deviate = (total - mean[u] * first[i]) / width if width > 0.0 else 0.0
        if tail == 0:
            out[i] = abs(deviate)
        else:
            out[i] = deviate * sign[u] * tail


@compiled
def _count_maxima(
    key: Any,
    begin: int,
    count: int,
    features: Any,
    a: Any,
    weights: Any,
    parts: Any,
    sign: Any,
    tail: int,
    order: Any,
    observed: Any,
    counts: Any,
) -> None:
    """Count, along the order, the maps whose largest deviate from there on is at least observed."""
    n = features.shape[1]
    held = np.empty(n, dtype=np.int32)
    found = np.empty(n)
    for r in range(count):
        for i in range(n):
            held[i] = i
        shuffle(held, stream(key, begin + r))
        _map_deviates(held, features, a, weights, parts, sign, tail, found)
        largest = -np.inf
        for j in range(order.size - 1, -1, -1):
            largest = max(largest, found[order[j]])
            if largest >= observed[order[j]] - TIE:
                counts[j] += 1
