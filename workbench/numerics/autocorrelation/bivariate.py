"""Two variables in space: bivariate Moran's I and Lee's L, with exact permutation moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import WeightsError
from workbench.numerics.autocorrelation.moran import centred, counted, refuse_few
from workbench.numerics.permutations.bilinear_forms import permuted_forms, permuted_products
from workbench.numerics.permutations.ties import rounding_of
from workbench.numerics.sparse.matrices import CsrArray, as_weights, row_sums
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class BivariateMoments:
    """A statistic of two variables with its moments over permutations.

    Attributes
    ----------
    statistic : float
        Bivariate Moran's I, or Lee's L.
    expected, variance : float
        Over all permutations: of y (bivariate Moran), or of the pairs (x, y) (Lee).
    rounding : float
        Differences of the statistic below this are rounding.
    """

    statistic: float
    expected: float
    variance: float
    rounding: float


def bivariate_moran(x: Any, y: Any, W: Any) -> BivariateMoments:
    """Compute bivariate Moran's I and its moments when y lies at random.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Finite, not constant.
    W : sparse array or ndarray of shape (n, n)
        Any weights.

    Returns
    -------
    BivariateMoments
        ``I = z_x′W z_y / z_x′z_x`` with both standardised to mean 0 and variance 1. Over
        permutations of y, with a = W′z_x: expectation 0, variance
        ``Σ (a_i − ā)² / (n − 1) · Σ z_y² / (z_x′z_x)²``.

    Raises
    ------
    ValuesError
        If a variable is constant or holds missing values.
    WeightsError
        If no region has a neighbour.

    References
    ----------
    Anselin, L., Syabri, I. and Smirnov, O. (2002). Visualizing multivariate spatial correlation
    with dynamically linked windows. In New Tools for Spatial Data Analysis, CSISS, equation 3.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> round(bivariate_moran(np.arange(5.0), np.arange(5.0), W).statistic, 3)
    0.8
    """
    weights = as_weights(W)
    n = weights.shape[0]
    refuse_few(counted(weights, "linked"), fewest=1)
    zx, zy = standardised(x, n), standardised(y, n)
    a = weights.T @ zx
    spread = a - a.mean()
    variance = float(spread @ spread) / (n - 1.0) / n
    rounding = rounding_of(weights, _scaled(y), zy, zx) / n
    return BivariateMoments(float(a @ zy) / n, 0.0, variance, rounding)


def bivariate_moran_permutations(
    x: Any, y: Any, W: Any, *, permutations: int, seed: int
) -> FloatArray:
    """Return bivariate Moran's I of random permutations of y, shape (permutations,).

    Parameters are those of :func:`bivariate_moran` and of
    :func:`~workbench.numerics.permutations.bilinear_forms.permuted_products`.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> x = np.arange(5.0)
    >>> bivariate_moran_permutations(x, x**2, W, permutations=3, seed=0).shape
    (3,)
    """
    weights = as_weights(W)
    n = weights.shape[0]
    zx, zy = standardised(x, n), standardised(y, n)
    return permuted_products(weights.T @ zx, zy, permutations=permutations, seed=seed) / n


def lee(x: Any, y: Any, W: Any) -> BivariateMoments:
    """Compute Lee's L of two variables and its moments when the pairs lie at random.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Finite, not constant.
    W : sparse array or ndarray of shape (n, n)
        Any weights.

    Returns
    -------
    BivariateMoments
        ``L = m / Σ_i (Σ_j w_ij)² · (Wz_x)′(Wz_y) / (|z_x| |z_y|)`` with z the deviations from
        the mean and m the number of regions with a neighbour. The moments are exact over all
        permutations of the pairs (x_i, y_i); they need V = W′W, diagonal and all.

    Raises
    ------
    ValuesError
        If a variable is constant or holds missing values.
    WeightsError
        If every row of W sums to zero.

    References
    ----------
    Lee, S.-I. (2001). Developing a bivariate spatial association measure. Journal of
    Geographical Systems 3, 369–385, equation 14. Moments: Lee, S.-I. (2004). A generalized
    significance testing method for global measures of spatial association. Environment and
    Planning A 36, 1687–1703.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> round(lee(np.arange(5.0), np.arange(5.0), W).statistic, 4)
    0.3571
    """
    weights = as_weights(W)
    n = weights.shape[0]
    zx, zy = standardised(x, n) / np.sqrt(n), standardised(y, n) / np.sqrt(n)
    V = _smoother(weights)
    statistic = float(zx @ (V @ zy))
    expected, variance = _moments(V, zx, zy)
    rounding = rounding_of(V, _scaled(x) / np.sqrt(n), zx, zy)
    rounding = max(rounding, rounding_of(V, _scaled(y) / np.sqrt(n), zy, zx))
    return BivariateMoments(statistic, expected, variance, rounding)


def lee_permutations(x: Any, y: Any, W: Any, *, permutations: int, seed: int) -> FloatArray:
    """Return Lee's L of random permutations of the pairs (x, y), shape (permutations,).

    Parameters are those of :func:`lee` and of
    :func:`~workbench.numerics.permutations.bilinear_forms.permuted_forms`.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> x = np.arange(5.0)
    >>> lee_permutations(x, x**2, W, permutations=3, seed=0).shape
    (3,)
    """
    weights = as_weights(W)
    n = weights.shape[0]
    fields = np.stack([standardised(x, n), standardised(y, n)]) / np.sqrt(n)
    V = _smoother(weights)
    # the diagonal is summed in double: in large maps the single precision of the forms would
    # round it the same way in every permutation
    d = V.diagonal()
    own = permuted_products(d, fields[0] * fields[1], permutations=permutations, seed=seed)
    off = sparse.csr_array(V - sparse.diags_array(d))
    forms = permuted_forms(fields, off, pairs=[(0, 1)], permutations=permutations, seed=seed)
    return np.asarray(own + forms[:, 0])


def standardised(x: Any, size: int) -> FloatArray:
    """Return x with mean 0 and variance 1 (divisor n), refusing constants."""
    z = centred(x, size)
    return np.asarray(z / np.sqrt(z @ z / size))


def _scaled(x: Any) -> FloatArray:
    """Return x in standard deviations, its mean kept: what rounding is measured against."""
    values = np.asarray(x, dtype=np.float64)
    return np.asarray(values / values.std())


def _smoother(W: CsrArray) -> CsrArray:
    """Return m / Σ (Σ_j w_ij)² · W′W."""
    squares = float((row_sums(W) ** 2).sum())
    if squares == 0.0:
        raise WeightsError(
            "W",
            expected="rows that do not sum to zero",
            found="a sum of squared row sums of 0",
            why="Lee's L divides by it",
            remedy="build weights in which at least one region has a neighbour",
        )
    return sparse.csr_array(counted(W, "linked") / squares * (W.T @ W))


def _moments(V: CsrArray, x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Return mean and variance of x_π′V y_π over all π, for a symmetric V and centred x and y.

    The form is a sum over the diagonal (d_i u_π(i), u = xy) and one over ordered pairs of
    different regions, q_kl = (x_k y_l + x_l y_k)/2, whose row sums are −u because x and y are
    centred. Second moments go by how many regions two terms share (Lee 2004; Mantel 1967).
    """
    n = float(x.size)
    d, u = np.asarray(V.diagonal()), x * y
    rows = row_sums(V) - d
    D, S, U = float(d.sum()), float(rows.sum()), float(u.sum())
    squares = float((V.data**2).sum()) - float(d @ d)
    q_squares = 0.5 * (float(x @ x) * float(y @ y) + U**2) - float(u @ u)
    expected = D * U / n - S * U / (n * (n - 1.0))
    same = 2.0 * squares * q_squares / (n * (n - 1.0))
    stars = 4.0 * (float(rows @ rows) - squares) * (float(u @ u) - q_squares)
    apart = (S**2 - 4.0 * float(rows @ rows) + 2.0 * squares) * (
        U**2 - 4.0 * float(u @ u) + 2.0 * q_squares
    )
    off = same + stars / (n * (n - 1.0) * (n - 2.0))
    off += apart / (n * (n - 1.0) * (n - 2.0) * (n - 3.0))
    diagonal = float(d @ d) * float(u @ u) / n
    diagonal += (D**2 - float(d @ d)) * (U**2 - float(u @ u)) / (n * (n - 1.0))
    touching = -2.0 * float(d @ rows) * float(u @ u) / (n * (n - 1.0))
    distinct = (D * S - 2.0 * float(d @ rows)) * (2.0 * float(u @ u) - U**2)
    cross = touching + distinct / (n * (n - 1.0) * (n - 2.0))
    return expected, off + diagonal + 2.0 * cross - expected**2
