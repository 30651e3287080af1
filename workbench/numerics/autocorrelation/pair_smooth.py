"""Products of pairs against distance: sampling, local linear smoothing, joint permutations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import ValuesError, check_option
from workbench.numerics.permutations.bilinear_forms import permutation
from workbench.numerics.sparse.matrices import as_vector, freeze
from workbench.typing import FloatArray, IntArray, PairMeasure

BLOCK = 16
"""Permutations computed together; results do not depend on it."""


@dataclass(frozen=True, slots=True)
class PairSmooth:
    """The smooth of pairs at G distances, and under joint permutations.

    Attributes
    ----------
    values : ndarray of shape (p,)
        Of each pair.
    observed : ndarray of shape (G,)
    simulated : ndarray of shape (R, G)
    """

    values: FloatArray
    observed: FloatArray
    simulated: FloatArray


def pair_smooth(
    x: Any,
    pairs: tuple[IntArray, IntArray],
    smoother: FloatArray,
    *,
    measure: PairMeasure,
    permutations: int,
    seed: int,
) -> PairSmooth:
    """Smooth pairs of standardised values, as observed and with the values permuted.

    Parameters
    ----------
    x : ndarray of shape (n,)
        In canonical order of region ids; standardised here (mean 0, variance 1, divisor n).
    pairs : two ndarrays of shape (p,)
        Positions i and j.
    smoother : ndarray of shape (G, p)
        Rows from :func:`local_linear`.
    measure : {"product", "semivariance"}
        ``z_i z_j`` or ``(z_i − z_j)²/2``.
    permutations : int
        R; may be 0.
    seed : int
        Permutation r depends on seed and r alone.

    Returns
    -------
    PairSmooth
    """
    check_option("measure", measure, PairMeasure)
    values = as_vector(x, argument="x")
    z = values - values.mean()
    z /= np.sqrt(z @ z / z.size)
    first, second = pairs
    # Most weights are zero, and sparse sums run in one order whatever the number of threads.
    sums = sparse.csr_array(smoother)
    simulated = np.empty((permutations, smoother.shape[0]))
    for start in range(0, permutations, BLOCK):
        rows = np.arange(start, min(start + BLOCK, permutations))
        shuffled = np.stack([z[permutation(z.size, seed=seed, number=int(row))] for row in rows])
        drawn = measured(shuffled[:, first], shuffled[:, second], measure)
        simulated[rows] = (sums @ np.ascontiguousarray(drawn.T)).T
    observed = measured(z[first], z[second], measure)
    return PairSmooth(freeze(observed), freeze(np.asarray(sums @ observed)), freeze(simulated))


def measured(a: FloatArray, b: FloatArray, measure: PairMeasure) -> FloatArray:
    """Return ``a b`` or ``(a − b)²/2``, element by element.

    Examples
    --------
    >>> measured(np.array([1.0]), np.array([-1.0]), "semivariance").tolist()
    [2.0]
    """
    return np.asarray(a * b if measure == "product" else 0.5 * (a - b) ** 2)


def local_linear(distance: Any, at: Any, *, bandwidth: float) -> FloatArray:
    """Return the weights with which a local linear regression sums the pairs at each distance.

    At g a straight line is fitted to the pairs by least squares with the weights of Epanechnikov,
    ``1 − ((d − g)/h)²`` within the bandwidth h; its value at g is linear in the pairs.

    Parameters
    ----------
    distance : ndarray of shape (p,)
        Of the pairs.
    at : ndarray of shape (G,)
        Where to smooth.
    bandwidth : float
        h > 0, in the same unit.

    Returns
    -------
    ndarray of shape (G, p)
        Each row sums to 1 and to g when weighted by distances.

    Raises
    ------
    ValuesError
        If a window holds fewer than two different distances.

    References
    ----------
    Fan, J. and Gijbels, I. (1996). Local Polynomial Modelling and Its Applications, equation 3.11.

    Examples
    --------
    >>> d = np.array([1.0, 2.0, 3.0])
    >>> (local_linear(d, [2.5], bandwidth=2.0) @ (10 - 3 * d)).round(12).tolist()
    [2.5]
    """
    d, grid = as_vector(distance, argument="distance"), as_vector(at, argument="at")
    out = np.empty((grid.size, d.size))
    empty = np.array([_line(d - g, bandwidth, row) for g, row in zip(grid, out, strict=True)])
    if empty.any():
        needed = narrowest_bandwidth(d, grid)
        raise ValuesError(
            "bandwidth",
            expected="two different distances within the bandwidth of each place",
            found=f"{int(empty.sum())} of {grid.size} places without, e.g. at "
            f"{grid[int(np.argmax(empty))]:.4g}",
            why="a straight line is fitted at each place",
            remedy=f"bandwidth={needed:.3g} or more"
            if np.isfinite(needed)
            else "pairs at more than one distance",
        )
    return out


def _line(offset: FloatArray, bandwidth: float, row: FloatArray) -> bool:
    """Fill in one row of weights, or return true where no line can be fitted."""
    kernel = np.maximum(1.0 - (offset / bandwidth) ** 2, 0.0)
    s0 = float(kernel.sum())
    mean = float((kernel * offset).sum()) / (s0 or 1.0)
    # Centred moments: the textbook's s0 s2 − s1² cancels where few pairs are far from g.
    spread = float((kernel * (offset - mean) ** 2).sum())
    if spread <= 1e-12 * s0 * bandwidth**2:
        return True
    row[:] = kernel * (1.0 / s0 - (offset - mean) * (mean / spread))
    return False


def narrowest_bandwidth(distance: Any, at: Any) -> float:
    """Return a bandwidth within which :func:`local_linear` finds two distances at each place.

    Parameters
    ----------
    distance : ndarray of shape (p,)
    at : ndarray of shape (G,)

    Returns
    -------
    float
        One per cent above the least there is, of distances that differ by 1e-4 of the largest
        (closer ones make a line, but a wild one); infinite if there is only one.

    Examples
    --------
    >>> round(narrowest_bandwidth([1.0, 2.0, 4.0], [1.0, 3.0]), 1)
    1.0
    """
    d, grid = np.asarray(distance, dtype=np.float64), np.asarray(at, dtype=np.float64)
    step = 1e-4 * float(d.max(initial=0.0))
    if step == 0.0:
        return float("inf")
    different = step * np.unique(np.floor(d / step))
    if different.size < 2:
        return float("inf")
    away = np.abs(different[None, :] - grid[:, None])
    return float(1.01 * (np.partition(away, 1, axis=1)[:, 1].max() + step))


def sampled_pairs(n: int, count: int, *, seed: int) -> tuple[IntArray, IntArray]:
    """Draw different pairs i < j of n positions with equal chances.

    Parameters
    ----------
    n : int
    count : int
        How many; all of them, in order, where there are no more.
    seed : int

    Returns
    -------
    tuple of ndarray, each of shape (min(count, n (n − 1)/2),)
        In ascending order.

    Examples
    --------
    >>> [side.tolist() for side in sampled_pairs(3, 9, seed=0)]
    [[0, 0, 1], [1, 2, 2]]
    """
    total = n * (n - 1) // 2
    if total <= count:
        first, second = np.triu_indices(n, 1)
        return first.astype(np.int64), second.astype(np.int64)
    generator = np.random.Generator(np.random.Philox(key=np.array([seed, n], dtype=np.uint64)))
    # Drawn with replacement and made unique, twice as many as wanted so that enough are left.
    drawn = np.unique(generator.integers(0, total, size=2 * count + 64))
    while drawn.size < count:
        drawn = np.union1d(drawn, generator.integers(0, total, size=count))
    return unranked(np.sort(generator.choice(drawn, size=count, replace=False)), n)


def unranked(code: Any, n: int) -> tuple[IntArray, IntArray]:
    """Return the pairs i < j at given places of the list 01, 02, …, 0(n−1), 12, 13 and so on.

    Examples
    --------
    >>> [side.tolist() for side in unranked([0, 2, 3, 5], 4)]
    [[0, 0, 1, 2], [1, 3, 2, 3]]
    """
    code = np.asarray(code, dtype=np.int64)
    # Row i begins at i (2n − i − 1) / 2; the square root may be one off, which is mended.
    first = np.floor((2 * n - 1 - np.sqrt((2.0 * n - 1) ** 2 - 8.0 * code)) / 2).astype(np.int64)
    first -= first * (2 * n - first - 1) // 2 > code
    first += (first + 1) * (2 * n - first - 2) // 2 <= code
    return first, code - first * (2 * n - first - 1) // 2 + first + 1
