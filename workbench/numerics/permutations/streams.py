"""Counter-based random numbers for compiled kernels: a stream is a key, a number its place in it.

Nothing is carried from one permutation to the next, so that any split over threads, blocks or
runs gives the same bits. The mixing function is the finaliser of SplitMix64.

References
----------
Salmon, J. K., Moraes, M. A., Dror, R. O. and Shaw, D. E. (2011). Parallel random numbers: as easy
as 1, 2, 3. SC11. Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable pseudorandom
number generators. OOPSLA 2014. Lemire, D. (2019). Fast random integer generation in an interval.
ACM Transactions on Modeling and Computer Simulation 29(1), 3.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from workbench.numerics.compiling import compiled, inlined

STEP = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
THIRTY, TWENTY_SEVEN, THIRTY_ONE = np.uint64(30), np.uint64(27), np.uint64(31)
HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
NONE, ONE = np.uint64(0), np.uint64(1)


def stream_key(seed: int, purpose: str) -> np.uint64:
    """Return the key of all streams of one seed and one purpose.

    Examples
    --------
    >>> bool(stream_key(0, "maps") == stream_key(0, "maps"))
    True
    >>> bool(stream_key(0, "maps") == stream_key(0, "samples"))
    False
    """
    digest = hashlib.blake2b(f"{seed}\x1f{purpose}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


@inlined
def mixed(x: Any) -> Any:
    """Return 64 bits in which every bit of x matters."""
    x = (x ^ (x >> THIRTY)) * FIRST
    x = (x ^ (x >> TWENTY_SEVEN)) * SECOND
    return x ^ (x >> THIRTY_ONE)


@inlined
def stream(key: Any, number: int) -> Any:
    """Return the state at the head of stream `number` of a key."""
    return mixed(key + mixed(np.uint64(number) * STEP + ONE))


@inlined
def scaled(bits: Any, state: Any, size: Any) -> Any:
    """Return a uniform whole number from 0 to size − 1 made of 32 random bits, and the state.

    By multiplication, without division but in the rare case that the bits must be thrown away
    for the law to be uniform, and others drawn; `size` is below 2³². Unsigned throughout: a
    signed index costs a test for negative ones.
    """
    product = bits * size
    if (product & LOW) < size:
        least = ((LOW - size) + ONE) % size
        while (product & LOW) < least:
            state = state + STEP
            product = (mixed(state) >> HALF) * size
    return product >> HALF, state


@inlined
def below(state: Any, bound: int) -> Any:
    """Return a uniform whole number from 0 to bound − 1, and the state after it."""
    state = state + STEP
    return scaled(mixed(state) >> HALF, state, np.uint64(bound))


@inlined
def _swap(row: Any, t: Any, step: Any) -> None:
    held = row[t + step]
    row[t + step] = row[t]
    row[t] = held


@compiled
def shuffle(row: Any, state: Any) -> None:
    """Put `row` in random order, every order equally likely (Fisher and Yates).

    Each 64 random bits serve two steps.
    """
    n = np.uint64(row.size)
    t = NONE
    while t + ONE < n:
        state = state + STEP
        bits = mixed(state)
        step, state = scaled(bits >> HALF, state, n - t)
        _swap(row, t, step)
        t = t + ONE
        step, state = scaled(bits & LOW, state, n - t)
        _swap(row, t, step)
        t = t + ONE
