"""Covariances that allow for dependence between observations that are near in space.

Σ_i Σ_j K(d_ij / D) a_i a_j′ over influences a_i, by distances between places (Conley 1999) or
with a bandwidth of its own for each place (Kelejian and Prucha 2007). No n × n matrix is formed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from workbench.errors import ValuesError, check_option
from workbench.numerics.geometry.neighbours import SMALL, TIE
from workbench.numerics.sparse.matrices import as_columns, freeze
from workbench.typing import FloatArray, SpatialKernel, words

BLOCK = 1 << 21
# Pairs weighted at a time where all are: some 50 MB of temporary arrays.

MOST_EVERYONE = 60_000
"""Largest n of a kernel without end, whose n² weights take about half a minute."""


@dataclass(frozen=True, slots=True)
class PairSums:
    """A covariance over pairs of observations, and how many pairs it rests on.

    Attributes
    ----------
    covariance : ndarray of shape (k, k)
        Symmetric; not necessarily positive semi-definite.
    pairs : int
        Unordered pairs of different observations with a weight other than zero.
    alone : ndarray of bool, shape (n,)
        Observations in none of these pairs.
    """

    covariance: FloatArray
    pairs: int
    alone: np.ndarray[Any, np.dtype[np.bool_]]


def spatial_kernel(kernel: SpatialKernel, x: Any) -> FloatArray:
    """Return K(x) for distances in units of the bandwidth, of the shape of x; K(0) = 1.

    All but the quadratic spectral kernel are 0 beyond 1: Bartlett 1 − x; uniform 1 up to and with
    1; spherical 1 − 3x/2 + x³/2; Epanechnikov 1 − x²; bisquare (1 − x²)²; Parzen 1 − 6x² + 6x³ up
    to ½, then 2(1 − x)³; Tukey–Hanning (1 + cos πx)/2; quadratic spectral
    25/(12π²x²)(sin(6πx/5)/(6πx/5) − cos(6πx/5)).

    Of these only the spherical kernel is sure to give a positive semi-definite covariance for
    places in the plane and on the sphere (Gneiting 2013, table 1); the others may fail there,
    unlike on a line.

    References
    ----------
    Andrews, D. (1991). Econometrica 59, equation 2.7. Gneiting, T. (2013). Bernoulli 19,
    pp. 1327-1349.

    Examples
    --------
    >>> spatial_kernel("bartlett", [0.0, 0.25, 2.0]).tolist()
    [1.0, 0.75, 0.0]
    """
    check_option("kernel", kernel, SpatialKernel)
    x = np.asarray(x, dtype=np.float64)
    if kernel == "quadratic-spectral":
        a = 6.0 * np.pi * np.where(x > 1e-3, x, 1.0) / 5.0
        # Near zero the difference cancels; its series 1 − a²/10 leaves an error of a⁴/280.
        series = 1.0 - (6.0 * np.pi * x / 5.0) ** 2 / 10.0
        return np.where(x > 1e-3, 3.0 / a**2 * (np.sin(a) / a - np.cos(a)), series)
    if kernel == "uniform":
        return np.where(x <= 1.0 + TIE, 1.0, 0.0)
    z = np.minimum(x, 1.0)
    formulas = {
        "bartlett": lambda: 1.0 - z,
        "spherical": lambda: 1.0 - z * (1.5 - 0.5 * z**2),
        "epanechnikov": lambda: 1.0 - z**2,
        "bisquare": lambda: (1.0 - z**2) ** 2,
        "parzen": lambda: np.where(z <= 0.5, 1.0 - 6.0 * z**2 * (1.0 - z), 2.0 * (1.0 - z) ** 3),
        "tukey-hanning": lambda: 0.5 * (1.0 + np.cos(np.pi * z)),
    }
    return np.asarray(np.where(z < 1.0, formulas[kernel](), 0.0))


def conley_covariance(
    scores: Any, points: Any, *, bandwidth: float, kernel: SpatialKernel
) -> PairSums:
    """Sum influences over pairs of places by their distance.

    Parameters
    ----------
    scores : ndarray of shape (n, k)
        Influences from :func:`workbench.numerics.regression.sandwich.influence`.
    points : ndarray of shape (n, 2) or (n, 3)
        Coordinates in the plane, or points on the unit sphere.
    bandwidth : float
        In units of the coordinates; in radians of great circles on the sphere.
    kernel : str
        See :func:`spatial_kernel`.

    Returns
    -------
    PairSums
        Pairs within the bandwidth are found on a tree where there are many places: the cost is
        that of the pairs, the memory that of the places.

    Raises
    ------
    ValuesError
        If the quadratic spectral kernel, which has no end, is asked for with too many places.

    References
    ----------
    Conley, T. G. (1999). GMM estimation with cross sectional dependence. Journal of Econometrics
    92, equation 3.14; the kernel is taken of the distance instead of each coordinate.

    Examples
    --------
    >>> scores = np.array([[1.0], [1.0], [-2.0]])
    >>> line = np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 0.0]])
    >>> conley_covariance(scores, line, bandwidth=2.0, kernel="bartlett").covariance
    array([[7.]])
    """
    check_option("kernel", kernel, SpatialKernel)
    points = np.ascontiguousarray(points, dtype=np.float64)
    a = as_columns(scores, argument="scores", rows=points.shape[0])
    if kernel == "quadratic-spectral" and len(points) > MOST_EVERYONE:
        raise ValuesError(
            "kernel",
            expected=f"a kernel that ends at the bandwidth for more than {MOST_EVERYONE:,} places",
            found=f"'quadratic-spectral' with {len(points):,}",
            why="it weights every pair of places",
            remedy='kernel="parzen"',
        )
    if len(points) <= SMALL or kernel == "quadratic-spectral":
        # One thread: sums then run in one order.
        with threadpool_limits(1, user_api="blas"):
            return _everyone(a, points, bandwidth, kernel)
    from workbench.numerics.geometry import neighbour_tree
    from workbench.numerics.regression import conley_pairs

    tree = neighbour_tree.build(points, 1)
    code = words(SpatialKernel).index(kernel)
    cross, pairs, met = conley_pairs.sums(tree, a, bandwidth, code)
    covariance = a.T @ a + cross + cross.T
    return PairSums(freeze(covariance), int(pairs), freeze(~met))


def distances_of(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return distances of all rows of a to all of b, shape (m, n): planar, or in radians.

    In three dimensions the points are on the unit sphere and distances are great-circle.
    """
    squares = np.zeros((len(a), len(b)))
    for axis in range(a.shape[1]):
        squares += (a[:, axis, None] - b[None, :, axis]) ** 2
    line = np.sqrt(squares)
    return line if a.shape[1] == 2 else 2.0 * np.arcsin(np.minimum(0.5 * line, 1.0))


def _everyone(
    scores: FloatArray, points: FloatArray, bandwidth: float, kernel: SpatialKernel
) -> PairSums:
    """Weight all pairs, in blocks of rows."""
    n, k = scores.shape
    total, pairs = np.zeros((k, k)), 0
    alone = np.empty(n, dtype=np.bool_)
    rows = max(1, BLOCK // n)
    for start in range(0, n, rows):
        part = slice(start, min(start + rows, n))
        weights = spatial_kernel(kernel, distances_of(points[part], points) / bandwidth)
        total += scores[part].T @ (weights @ scores)
        met = np.count_nonzero(weights, axis=1) - 1
        alone[part] = met == 0
        pairs += int(met.sum())
    return PairSums(freeze(0.5 * (total + total.T)), pairs // 2, freeze(alone))


def neighbour_covariance(scores: Any, indptr: Any, indices: Any, weights: Any) -> PairSums:
    """Sum influences over given pairs: Σ_i a_i a_i′ + Σ_i Σ_j ½(w_ij + w_ji) a_i a_j′.

    Parameters
    ----------
    scores : ndarray of shape (n, k)
        Influences.
    indptr, indices, weights : ndarray
        Compressed rows of weights w_ij, the pair of a place with itself left out. They need not
        be symmetric: bandwidths may differ between places.

    References
    ----------
    Kelejian, H. and Prucha, I. (2007). HAC estimation in a spatial framework. Journal of
    Econometrics 140, equation 9; with several bandwidths the sum is made symmetric here.

    Examples
    --------
    >>> scores = np.array([[1.0], [1.0], [-2.0]])
    >>> neighbour_covariance(scores, [0, 1, 2, 2], [1, 0], [0.5, 0.5]).covariance
    array([[7.]])
    """
    a = np.asarray(scores, dtype=np.float64)
    n = a.shape[0]
    K: Any = sparse.csr_array((np.asarray(weights, dtype=np.float64), indices, indptr), (n, n))
    K.eliminate_zeros()
    cross = a.T @ (K @ a)
    either = K + K.T
    return PairSums(
        freeze(a.T @ a + 0.5 * (cross + cross.T)),
        int(either.nnz // 2),
        freeze(np.diff(either.tocsr().indptr) == 0),
    )
