"""How often two activities would be found together by chance.

Two nulls: the regions of each activity drawn at random (the hypergeometric law of Teece et al.
1994), and tables of zeros and ones with the row and column sums of the data, drawn by trades
between rows (the curveball of Strona et al. 2014).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from workbench.numerics.compiling import compiled
from workbench.numerics.permutations.streams import STEP, mixed
from workbench.typing import Alternative, BoolArray, FloatArray, IntArray

FIRST, BETWEEN = 10, 5
"""Trades before the first table and between tables, per row. Strona et al. find tables mixed after
about as many trades as rows; the data are forgotten ten times over."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Co-occurrences by chance of each pair above the diagonal, shapes (p,).

    Attributes
    ----------
    expected, std : ndarray
        Mean and standard deviation; a standard deviation of zero leaves no choice.
    p_value : ndarray
        Against the alternative; 1 where there is no choice.
    """

    expected: FloatArray
    std: FloatArray
    p_value: FloatArray


def hypergeometric(C: FloatArray, n: int, alternative: Alternative) -> Chance:
    """Compare co-occurrences with those of activities placed in regions at random.

    With u_i regions that have activity i, of n: mean u_i u_j / n and variance
    u_i u_j (n − u_i)(n − u_j) / (n² (n − 1)) (Teece, Rumelt, Dosi and Winter 1994); exact tails,
    two-sided ones twice the smaller.

    Parameters
    ----------
    C : ndarray, shape (k, k)
        Co-occurrences with the numbers of regions on the diagonal.
    n : int
        Regions.
    alternative : {"two-sided", "greater", "less"}

    Examples
    --------
    >>> found = hypergeometric(np.array([[2.0, 2.0], [2.0, 2.0]]), 4, "greater")
    >>> found.expected.tolist(), found.p_value.round(4).tolist()
    ([1.0], [0.1667])
    """
    i, j = np.triu_indices(len(C), 1)
    u, c = np.diag(C), C[i, j]
    low, high = np.minimum(u[i], u[j]), np.maximum(u[i], u[j])
    expected = low * high / n
    std = np.sqrt(low * high * (n - low) * (n - high) / (n * n * max(n - 1, 1)))
    # the law depends on three whole numbers up to n, and many pairs share them
    key = (low.astype(np.int64) * (n + 1) + high.astype(np.int64)) * (n + 1) + c.astype(np.int64)
    cases, which = np.unique(key, return_inverse=True)
    rest, x = np.divmod(cases, n + 1)
    a, b = np.divmod(rest, n + 1)
    at_least = stats.hypergeom.sf(x - 1, n, a, b)
    at_most = stats.hypergeom.cdf(x, n, a, b)
    tail = {"greater": at_least, "less": at_most}.get(
        alternative, np.minimum(1.0, 2 * np.minimum(at_least, at_most))
    )
    return Chance(expected, std, np.minimum(1.0, tail)[which])


def tables(
    M: BoolArray, draws: int, rng: Callable[[int], np.random.Generator]
) -> Iterator[BoolArray]:
    """Yield tables with the margins of M, shape (n, k) each; the same array, changed in between.

    Parameters
    ----------
    M : ndarray of bool, shape (n, k)
    draws : int
        Number of tables.
    rng : callable
        Stream of random numbers of a draw, from 0.
    """
    current = np.array(M, dtype=np.bool_)
    n, k = current.shape
    swap = np.empty(k, dtype=np.int64)
    for draw in range(draws):
        stream = rng(draw)
        trades = n * (FIRST if draw == 0 else BETWEEN)
        first = stream.integers(0, n, trades)
        second = (first + stream.integers(1, max(n, 2), trades)) % n
        seeds = stream.integers(0, 2**63 - 1, trades, dtype=np.int64).astype(np.uint64)
        _trade(current, first, second, seeds, swap)
        yield current


@compiled
def _trade(M: Any, first: Any, second: Any, seeds: Any, swap: Any) -> None:
    """Deal what only one of two rows has among them at random, each keeping its number."""
    for t in range(first.size):
        a, b = first[t], second[t]
        if a == b:
            continue
        m = 0
        mine = 0
        for c in range(M.shape[1]):
            if M[a, c] != M[b, c]:
                swap[m] = c
                m += 1
                mine += M[a, c]
        if mine == 0 or mine == m:
            continue
        state = seeds[t]
        for c in range(mine):  # the first `mine` of a random order, by Fisher and Yates
            state += STEP
            # 53 bits give a float below 1; a bias of 2**-40 in the order does not matter
            u = float(mixed(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
            at = c + int(u * (m - c))
            swap[c], swap[at] = swap[at], swap[c]
        for c in range(m):
            M[a, swap[c]] = c < mine
            M[b, swap[c]] = c >= mine


@dataclass(frozen=True, slots=True)
class Drawn:
    """What tables with fixed margins gave for each pair, shapes (p,)."""

    expected: FloatArray
    std: FloatArray
    at_least: IntArray
    at_most: IntArray


def fixed_margins(M: FloatArray, draws: int, rng: Callable[[int], np.random.Generator]) -> Drawn:
    """Count co-occurrences of each pair in tables with the row and column sums of the data.

    Parameters
    ----------
    M : ndarray, shape (n, k)
        Zeros and ones.
    draws : int
    rng : callable
        As for :func:`tables`.

    References
    ----------
    Strona, G., Nappo, D., Boccacci, F., Fattorini, S. and San-Miguel-Ayanz, J. (2014). A fast and
    unbiased procedure to randomize ecological binary matrices with fixed row and column totals.
    Nature Communications 5, 4114.
    """
    i, j = np.triu_indices(M.shape[1], 1)
    observed = (M.T @ M)[i, j]
    total, squares = np.zeros(len(i)), np.zeros(len(i))
    at_least, at_most = np.zeros(len(i), dtype=np.int64), np.zeros(len(i), dtype=np.int64)
    for table in tables(M > 0, draws, rng):
        one = table.astype(np.float32)  # counts below 2**24 are exact
        found = (one.T @ one)[i, j].astype(np.float64)
        total += found
        squares += found * found
        at_least += found >= observed
        at_most += found <= observed
    mean = total / draws
    variance = np.maximum(squares / draws - mean * mean, 0.0) * draws / max(draws - 1, 1)
    return Drawn(mean, np.sqrt(variance), at_least, at_most)
