"""Bilinear forms of randomly permuted fields: what every global permutation test needs.

Moran's I, Geary's C, Getis and Ord's G, join counts and Lee's L are sums over pairs of regions.
A permutation is keyed by the seed and its own number: the same one for every matrix, so that the
lags of a correlogram are drawn jointly, and the same bits for any split over threads and runs.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import InputError
from workbench.numerics.compiling import compiled
from workbench.numerics.permutations.streams import shuffle, stream, stream_key
from workbench.numerics.sparse.matrices import CsrArray, as_weights
from workbench.progress import progress
from workbench.typing import FloatArray

LANES, FEWER_LANES, LARGE = 32, 16, 100_000
"""Permutations computed side by side, from 100,000 regions on fewer for the sake of memory.

Two cache lines a region, or one; results do not depend on it.
"""

SINGLE = 5_000
"""Regions from which permuted values are held in single precision (sums stay in double)."""

Tick = Callable[[int], object]


def permuted_forms(
    fields: Any,
    W: Any,
    *,
    pairs: Sequence[tuple[int, int]],
    permutations: int,
    seed: int,
    start: int = 0,
    threads: int | None = None,
) -> FloatArray:
    """Return Σ_ij w_ij f_a(π i) f_b(π j) for random permutations π of the regions.

    Parameters
    ----------
    fields : ndarray of shape (m, n) or (n,)
        In canonical order of region ids, so that the caller's row order cannot matter.
    W : sparse array or ndarray of shape (n, n)
        In the same order; any weights.
    pairs : sequence of (a, b)
        Which fields stand on the two sides of each form.
    permutations : int
        How many, R.
    seed : int
        From 0 to 2⁶³ − 1.
    start : int
        Number of the first permutation: a run split into parts gives the same values.
    threads : int, optional
        Default: as many as there are processors. The values do not depend on it.

    Returns
    -------
    ndarray of shape (R, len(pairs))
        From 5,000 regions on, permuted values are rounded to single precision: a form is then
        known to about 1e-7 of the sum of its absolute terms over the root of their number.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> permuted_forms(np.ones(5), W, pairs=[(0, 0)], permutations=2, seed=0).ravel().tolist()
    [8.0, 8.0]
    """
    weights = as_weights(W)
    held = np.atleast_2d(np.asarray(fields, dtype=np.float64))
    kind = np.float32 if held.shape[1] >= SINGLE else np.float64
    held = np.ascontiguousarray(held.astype(kind))
    half = _upper_triangle(weights) if all(a == b for a, b in pairs) else weights
    left = np.array([a for a, _ in pairs], dtype=np.int64)
    right = np.array([b for _, b in pairs], dtype=np.int64)
    structure = (
        half.indptr.astype(np.int64),
        half.indices.astype(np.uint32),
        half.data.astype(kind),
    )
    key = stream_key(seed, "maps")
    lanes = LANES if held.shape[1] < LARGE else FEWER_LANES
    out = np.empty((permutations, len(pairs)))

    def block(first: int, size: int, room: _Room) -> None:
        shuffled = room.filled(key, start + first, held, size)
        _forms(shuffled, *structure, left, right, out[first : first + size])

    _run(block, permutations, lanes, threads=threads)
    return out


def permuted_products(
    fixed: Any, moved: Any, *, permutations: int, seed: int, start: int = 0
) -> FloatArray:
    """Return Σ_i fixed_i moved(π i) for random permutations π, shape (permutations,).

    The permutations are those of :func:`permuted_forms` for the same seed.

    Parameters
    ----------
    fixed, moved : ndarray of shape (n,)
        In canonical order of region ids.
    permutations, seed, start : int
        See :func:`permuted_forms`.

    Examples
    --------
    >>> permuted_products(np.ones(4), np.arange(4.0), permutations=2, seed=0).tolist()
    [6.0, 6.0]
    """
    here = np.asarray(fixed, dtype=np.float64)
    held = np.ascontiguousarray(np.asarray(moved, dtype=np.float64)[None, :])
    key = stream_key(seed, "maps")
    out = np.empty(permutations)

    def block(first: int, size: int, room: _Room) -> None:
        shuffled = room.filled(key, start + first, held, size)
        out[first : first + size] = _products(here, shuffled[0])

    _run(block, permutations, LANES)
    return out


def permutation(n: int, *, seed: int, number: int) -> Any:
    """Return one permutation of 0 … n − 1, the one that :func:`permuted_forms` uses.

    Examples
    --------
    >>> sorted(permutation(4, seed=0, number=7).tolist())
    [0, 1, 2, 3]
    """
    positions = np.arange(n, dtype=np.float64)[None, :]
    out = _Room().filled(stream_key(seed, "maps"), number, positions, 1)
    return out[0, :, 0].astype(np.int64)


def blocks(total: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield (first, how many) for parts of at most `size`."""
    for first in range(0, total, size):
        yield first, min(size, total - first)


def workers(threads: int | None) -> int:
    """Return how many threads to use; refuse what is no positive whole number.

    None asks the environment variable ``WORKBENCH_THREADS``, then the machine.
    """
    if threads is None:
        told = os.environ.get("WORKBENCH_THREADS", "")
        return workers(int(told)) if told.isdigit() else os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, int | np.integer) or threads < 1:
        raise InputError(
            "threads", expected="a whole number of at least 1, or None", found=repr(threads)
        )
    return int(threads)


class _Room:
    """Working memory of one thread, kept from block to block: asking anew costs more than work."""

    def __init__(self) -> None:
        self.held: Any = np.empty(0)
        self.out: Any = np.empty(0)

    def filled(self, key: Any, first: int, fields: Any, size: int) -> Any:
        """Return `size` permutations of the fields, shape (m, n, size), valid until the next."""
        m, n = fields.shape
        if self.out.shape != (m, n, size) or self.out.dtype != fields.dtype:
            self.held = np.empty((size, n), dtype=fields.dtype if m == 1 else np.uint32)
            self.out = np.empty((m, n, size), dtype=fields.dtype)
        fill = _shuffle if m == 1 else _shuffle_together
        fill(key, first, fields, self.held, self.out)
        return self.out


def _run(
    block: Callable[[int, int, _Room], None],
    total: int,
    lanes: int,
    *,
    threads: int | None = None,
) -> None:
    local = threading.local()

    def one(part: tuple[int, int]) -> int:
        if not hasattr(local, "room"):
            local.room = _Room()
        block(*part, local.room)
        return part[1]

    pool = ThreadPoolExecutor(max_workers=workers(threads))
    with pool, progress(total, "permutations") as tick:
        try:
            for size in pool.map(one, list(blocks(total, lanes))):
                tick(size)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _upper_triangle(W: CsrArray) -> CsrArray:
    """Return U with x′Ux = x′Wx and half the entries."""
    below = sparse.tril(W, k=-1, format="csr")
    folded = sparse.triu(W, k=1, format="csr") + sparse.csr_array(below.T)
    diagonal = W.diagonal()
    if diagonal.any():
        folded = folded + sparse.diags_array(diagonal, format="csr")
    return as_weights(folded)


@compiled
def _shuffle(key: Any, first: int, fields: Any, held: Any, out: Any) -> None:
    """Fill out[m, n, lanes] with permuted fields: Fisher and Yates, a stream a permutation."""
    n, lanes = out.shape[1], out.shape[2]
    for lane in range(lanes):
        held[lane] = fields[0]
        shuffle(held[lane], stream(key, first + lane))
    for i in range(n):
        for lane in range(lanes):
            out[0, i, lane] = held[lane, i]


@compiled
def _shuffle_together(key: Any, first: int, fields: Any, held: Any, out: Any) -> None:
    """Fill out[m, n, lanes] with fields permuted alike; `held` takes positions, as numbers."""
    m, n, lanes = out.shape
    for lane in range(lanes):
        for i in range(n):
            held[lane, i] = i
        shuffle(held[lane], stream(key, first + lane))
    for f in range(m):
        for i in range(n):
            for lane in range(lanes):
                out[f, i, lane] = fields[f, np.uint64(held[lane, i])]


@compiled
def _forms(z: Any, indptr: Any, indices: Any, data: Any, left: Any, right: Any, out: Any) -> None:
    """Add up the forms of one block, every lane in the same order of regions."""
    lanes = z.shape[2]
    around = np.empty(lanes, dtype=z.dtype)
    total = np.empty(lanes, dtype=np.float64)
    for p in range(left.size):
        here, there = z[left[p]], z[right[p]]
        total[:] = 0.0
        for i in range(here.shape[0]):
            around[:] = 0.0
            for e in range(indptr[i], indptr[i + 1]):
                j, w = indices[e], data[e]
                for lane in range(lanes):
                    around[lane] += w * there[j, lane]
            for lane in range(lanes):
                total[lane] += here[i, lane] * around[lane]
        for lane in range(out.shape[0]):
            out[lane, p] = total[lane]


@compiled
def _products(fixed: Any, moved: Any) -> Any:
    n, lanes = moved.shape
    total = np.zeros(lanes)
    for i in range(n):
        for lane in range(lanes):
            total[lane] += fixed[i] * moved[i, lane]
    return total
