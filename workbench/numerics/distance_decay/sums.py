"""Sums over places of what falls with distance, block by block, and of permuted masses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What reaches each of n places from the others.

    Attributes
    ----------
    reach : ndarray, shape (n,)
        Σ_{j≠i} f_ij m_j.
    links, squares : ndarray, shape (n,)
        Σ_{j≠i} f_ij and Σ_{j≠i} f_ij².
    total : float
        Σ_i m_i Σ_{j≠i} f_ij m_j.
    at_least, at_most : ndarray of int, shape (n,)
        Of R permutations of the masses over the places, those whose reach is as large or larger,
        and as small or smaller.
    totals : ndarray, shape (R,)
        `total` of each permutation.
    """

    reach: FloatArray
    links: FloatArray
    squares: FloatArray
    total: float
    at_least: IntArray
    at_most: IntArray
    totals: FloatArray


@one_thread
def sums_over(
    weights: Iterable[tuple[slice, FloatArray]], masses: FloatArray, permuted: FloatArray
) -> Sums:
    """Add up what reaches each place.

    Parameters
    ----------
    weights : iterable of (slice, ndarray of shape (b, n))
        Rows of f_ij, the diagonal 0; every row once, in order.
    masses : ndarray, shape (n,)
    permuted : ndarray, shape (n, R)
        The masses in other orders; R may be 0.

    Examples
    --------
    >>> F = np.array([[0.0, 0.5], [0.5, 0.0]])
    >>> sums_over([(slice(0, 2), F)], np.array([2.0, 4.0]), np.empty((2, 0))).reach.tolist()
    [2.0, 1.0]
    """
    n, R = permuted.shape
    reach, links, squares = np.empty(n), np.empty(n), np.empty(n)
    at_least, at_most = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    totals = np.zeros(R)
    for rows, F in weights:
        reach[rows] = F @ masses
        links[rows] = F.sum(axis=1)
        squares[rows] = np.einsum("ij,ij->i", F, F)
        if R:
            drawn = F @ permuted
            # equal sums in another order differ in their last bits
            slack = 1e-12 * np.abs(reach[rows])[:, None]
            at_least[rows] = (drawn >= reach[rows][:, None] - slack).sum(axis=1)
            at_most[rows] = (drawn <= reach[rows][:, None] + slack).sum(axis=1)
            totals += np.einsum("ir,ir->r", permuted[rows], drawn)
    total = float(masses @ reach)
    return Sums(reach, links, squares, total, at_least, at_most, totals)


def permutation_moments(
    links: FloatArray, squares: FloatArray, masses: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of each reach when the masses are put on the places at random.

    m̄ Σf and s² (Σf² − (Σf)²/n) with s² the variance of the masses by n − 1: a linear statistic of
    a random permutation (Hoeffding 1951, Annals of Mathematical Statistics 22, 558-566).

    Examples
    --------
    >>> F = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 0.2], [0.5, 0.2, 0.0]])
    >>> m = np.array([1.0, 2.0, 6.0])
    >>> mean, variance = permutation_moments(F.sum(axis=1), (F**2).sum(axis=1), m)
    >>> from itertools import permutations
    >>> every = np.array([F @ p for p in permutations(m)])
    >>> bool(np.allclose(every.mean(axis=0), mean) and np.allclose(every.var(axis=0), variance))
    True
    """
    n = len(masses)
    spread = float(np.var(masses, ddof=1)) if n > 1 else 0.0
    return masses.mean() * links, np.maximum(spread * (squares - links**2 / n), 0.0)
