"""Exact and saddlepoint distributions of local Moran's I under normal disturbances.

I_i/n is a ratio of quadratic forms e'V_i e / e'e in which V_i has one row and one column only.
Among residuals it has two eigenvalues that are not zero, known in closed form, so that no
n × n matrix is formed or diagonalised: the whole map costs one pass over W and X.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from workbench.errors import ValuesError, check_option
from workbench.numerics.regression.least_squares import full_rank
from workbench.numerics.scores.quadratic_forms import exact_tails, saddlepoint_tails
from workbench.numerics.sparse.matrices import as_columns, as_vector, as_weights, freeze, islands
from workbench.typing import Alternative, BoolArray, FloatArray

TailMethod: TypeAlias = Literal["exact", "saddlepoint"]

BLOCK = 2048
"""Regions integrated together (some 10 MB of temporary arrays)."""


@dataclass(frozen=True, slots=True)
class LocalTails:
    """Local Moran's I of every region and its tails; NaN where isolated.

    Attributes
    ----------
    statistic : ndarray of shape (n,)
        ``I_i = n e_i Σ_j w_ij e_j / e′e``.
    expected, variance : ndarray of shape (n,)
        Under normal disturbances.
    upper, lower : ndarray of shape (n,)
        P(I ≥ I_i) and P(I ≤ I_i), each with its own relative accuracy.
    isolated : ndarray of bool, shape (n,)
        Regions without neighbours.
    """

    statistic: FloatArray
    expected: FloatArray
    variance: FloatArray
    upper: FloatArray
    lower: FloatArray
    isolated: BoolArray

    def p_value(self, alternative: Alternative) -> FloatArray:
        """Return p-values, shape (n,): one tail, or twice the smaller one and at most 1."""
        check_option("alternative", alternative, Alternative)
        if alternative == "two-sided":
            return np.asarray(np.minimum(1.0, 2.0 * np.minimum(self.upper, self.lower)))
        return self.upper if alternative == "greater" else self.lower


def local_tails(residuals: Any, X: Any, W: Any, *, method: TailMethod) -> LocalTails:
    """Compute local Moran's I of least-squares residuals with exact or saddlepoint tails.

    With ``V_i = ½(u_i w_i′ + w_i u_i′)``, u_i the i-th unit vector and w_i the i-th row of W, and M
    the projection on what X leaves, the eigenvalues of ``M V_i M`` are ``½(a′b ± |a||b|)`` with
    ``a = M u_i`` and ``b = M w_i``, and n − k − 2 zeros.

    Parameters
    ----------
    residuals : ndarray of shape (n,)
        Of the least-squares regression on X; deviations from the mean for a variable itself.
    X : ndarray of shape (n, k)
        Regressors with the constant, of full column rank, k ≤ n − 2; ones for a variable itself.
    W : sparse array or ndarray of shape (n, n)
        Any weights with a zero diagonal, in the same order.
    method : {"exact", "saddlepoint"}
        Integration with error control, or the formula of Barndorff-Nielsen.

    Returns
    -------
    LocalTails

    Raises
    ------
    ValuesError
        If residuals are not orthogonal to X, all zero, or too few.
    CollinearityError
        If X has not full column rank.

    References
    ----------
    Tiefelsdorf, M. (2002). The saddlepoint approximation of Moran's I's and local Moran's I_i's
    reference distributions and their numerical evaluation. Geographical Analysis 34, 187-206.
    Bivand, R., Müller, W. and Reder, M. (2009). Power calculations for global and local Moran's I.
    Computational Statistics and Data Analysis 53, 2859-2872.

    Examples
    --------
    >>> W = np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)
    >>> e = np.array([-2.0, -2.0, -1.0, 1.0, 2.0, 2.0])
    >>> local_tails(e, np.ones((6, 1)), W, method="exact").upper.round(3).tolist()
    [0.029, 0.001, 0.229, 0.229, 0.001, 0.029]
    """
    check_option("method", method, TailMethod)
    weights = as_weights(W)
    e = as_vector(residuals, argument="residuals", size=weights.shape[0])
    X = as_columns(X, argument="X", rows=e.size)
    _check(e, X)
    statistic = e.size * e * (weights @ e) / float(e @ e)
    eigenvalues = star_eigenvalues(X, weights)
    n, rest = e.size, e.size - X.shape[1] - 2
    alone = islands(weights)
    trace, squares = eigenvalues.sum(axis=1), (eigenvalues**2).sum(axis=1)
    space = float(rest + 2)
    expected = n * trace / space
    variance = n**2 * 2.0 * (space * squares - trace**2) / (space**2 * (space + 2.0))
    upper, lower = np.full(n, np.nan), np.full(n, np.nan)
    ratio = statistic / n
    coefficients = np.column_stack([eigenvalues, np.zeros(n)]) - ratio[:, None]
    multiplicity = np.broadcast_to([1.0, 1.0, float(rest)], coefficients.shape)
    linked = np.flatnonzero(~alone)
    tails = exact_tails if method == "exact" else saddlepoint_tails
    for start in range(0, linked.size, BLOCK):
        rows = linked[start : start + BLOCK]
        found = tails(coefficients[rows], multiplicity[rows])
        upper[rows], lower[rows] = found.upper, found.lower
    for array in (statistic, expected, variance):
        array[alone] = np.nan
    parts = (statistic, expected, variance, upper, lower, alone)
    return LocalTails(*(freeze(part) for part in parts))


def star_eigenvalues(X: Any, W: Any) -> FloatArray:
    """Return the two eigenvalues of each ``M V_i M`` that are not zero, shape (n, 2), descending.

    Examples
    --------
    >>> W = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    >>> star_eigenvalues(np.ones((3, 1)), W).round(4).tolist()
    [[0.1667, -0.5], [0.0, -0.6667], [0.1667, -0.5]]
    """
    weights = as_weights(W)
    Q = np.linalg.qr(as_columns(X, argument="X", rows=weights.shape[0])).Q
    projected = np.asarray(weights @ Q)
    squared = weights.copy()
    squared.data = weights.data**2
    inner = weights.diagonal() - np.einsum("ij,ij->i", Q, projected)
    own = 1.0 - np.einsum("ij,ij->i", Q, Q)
    row = np.asarray(squared.sum(axis=1)).ravel() - np.einsum("ij,ij->i", projected, projected)
    # Rounding can leave a length of zero a little below it (a region that X fits exactly).
    length = np.sqrt(np.maximum(own, 0.0) * np.maximum(row, 0.0))
    return np.column_stack([0.5 * (inner + length), 0.5 * (inner - length)])


def _check(e: FloatArray, X: FloatArray) -> None:
    n, k = X.shape
    if n < k + 2 or not e.any():
        raise ValuesError(
            "residuals",
            expected="at least two more residuals than regressors, not all zero",
            found=f"{n} residuals and {k} regressors" if e.any() else "zeros",
        )
    full_rank(X)
    # 1e-8 of the lengths: least squares leaves about 1e-15, anything else is no residual of X.
    skew = np.abs(X.T @ e) / (np.linalg.norm(X, axis=0) * np.linalg.norm(e))
    if skew.max() > 1e-8:
        raise ValuesError(
            "residuals",
            expected="residuals of the regression on X, orthogonal to its columns",
            found=f"a cosine of {skew.max():.2g} with a column",
            why="the distribution is that of residuals",
            remedy="pass y - X b of least squares, or x - mean(x) with X a column of ones",
        )
