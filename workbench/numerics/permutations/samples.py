"""Random samples of regions, shared by every local statistic of one run.

Sample r is an ordered draw without replacement of K + 1 regions, keyed by the seed and r. A region
with k neighbours takes the first k; where it was drawn itself, the (K + 1)-th stands in. That is
exactly the law of k regions drawn without replacement from the others, so one table serves all n
regions at the price of R draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.compiling import compiled
from workbench.numerics.permutations.streams import below, stream, stream_key

CELLS = 4_000_000
"""Most regions held in one part of the table: memory stays bounded whatever R and W."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Some of the R samples, and where each region occurs in them.

    Attributes
    ----------
    first : int
        Number of the first sample.
    drawn : ndarray of int32, shape (size, count)
        Positions of the regions; column r is one sample, the last row the stand-ins.
    occurs : ndarray of int64, shape (n + 1,)
        Where the occurrences of each region begin.
    sample, slot : ndarray of int32
        The sample and the row of each occurrence, region by region. Stand-ins do not occur.
    """

    first: int
    drawn: Any
    occurs: Any
    sample: Any
    slot: Any

    @property
    def count(self) -> int:
        """Number of samples."""
        return int(self.drawn.shape[1])


def samples(
    n: int,
    largest: int,
    *,
    permutations: int,
    seed: int,
    growing: bool = False,
    most: int | None = None,
) -> Iterator[Samples]:
    """Yield the R samples in parts.

    Parameters
    ----------
    n : int
        Regions.
    largest : int
        K, the largest number of neighbours, at most n − 1.
    permutations, seed : int
        R and the seed.
    growing : bool
        Begin with a small part: for tests that stop early.
    most : int, optional
        Most samples of a part; default as many as four million cells hold.

    Examples
    --------
    >>> part = next(samples(5, 2, permutations=4, seed=0))
    >>> part.drawn.shape, bool((part.drawn[0] != part.drawn[1]).all())
    ((3, 4), True)
    """
    key = stream_key(seed, "samples")
    limit = max(64, CELLS // (largest + 1))
    limit = min(limit, most) if most else limit
    first, size = 0, min(limit, 256) if growing else limit
    while first < permutations:
        count = min(size, permutations - first)
        drawn = np.empty((min(largest + 1, n), count), dtype=np.int32)
        _draw(key, first, n, drawn)
        yield Samples(first, drawn, *_index(drawn[:largest], n))
        first, size = first + count, min(limit, 4 * size)


@compiled
def _draw(key: Any, first: int, n: int, out: Any) -> None:
    """Fill columns with the first swaps of a shuffle, taking them back after each sample."""
    size, count = out.shape
    held = np.arange(n).astype(np.int32)
    partner = np.empty(size, dtype=np.int64)
    for r in range(count):
        state = stream(key, first + r)
        for t in range(size):
            step, state = below(state, n - t)
            other = np.int64(step) + t
            partner[t] = other
            place = held[other]
            held[other] = held[t]
            held[t] = place
            out[t, r] = place
        for t in range(size - 1, -1, -1):
            place = held[partner[t]]
            held[partner[t]] = held[t]
            held[t] = place


@compiled
def _index(drawn: Any, n: int) -> Any:
    """Return, region by region, in which samples and rows it occurs."""
    size, count = drawn.shape
    begin = np.zeros(n + 1, dtype=np.int64)
    for t in range(size):
        for r in range(count):
            begin[drawn[t, r] + 1] += 1
    for i in range(n):
        begin[i + 1] += begin[i]
    at = begin[:-1].copy()
    sample = np.empty(size * count, dtype=np.int32)
    slot = np.empty(size * count, dtype=np.int32)
    for t in range(size):
        for r in range(count):
            i = drawn[t, r]
            sample[at[i]], slot[at[i]] = r, t
            at[i] += 1
    return begin, sample, slot
