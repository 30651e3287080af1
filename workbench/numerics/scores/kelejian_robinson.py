"""The test of Kelejian and Robinson: do residuals of neighbours go together, whatever their law."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.errors import ValuesError, WeightsError
from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.numerics.scores.chi_square import ChiSquare, chi_square
from workbench.numerics.sparse.matrices import as_columns, as_vector, as_weights
from workbench.typing import FloatArray, IntArray


def linked_pairs(W: Any) -> tuple[IntArray, IntArray]:
    """Return the pairs i < j that are linked in either direction, each of shape (h,).

    Examples
    --------
    >>> [side.tolist() for side in linked_pairs([[0, 1, 0], [0, 0, 0], [1, 1, 0]])]
    [[0, 0, 1], [1, 2, 2]]
    """
    weights = as_weights(W)
    row = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    low, high = np.minimum(row, weights.indices), np.maximum(row, weights.indices)
    codes = np.unique(low[low < high].astype(np.int64) * weights.shape[0] + high[low < high])
    return codes // weights.shape[0], codes % weights.shape[0]


def kelejian_robinson(residuals: Any, X: Any, W: Any) -> ChiSquare:
    """Test whether products of neighbours' residuals can be explained.

    Over the h pairs of neighbours, ``C = (e_i e_j)`` is regressed on ``Z``, the products
    ``x_ik x_jk`` of each regressor with itself next door: ``KR = γ̂′Z′Zγ̂ / σ̂⁴`` with
    ``σ̂² = e′e/n`` is χ² with as many degrees of freedom as Z has independent columns. Neither a
    form of W nor a distribution of the disturbances is assumed.

    Parameters
    ----------
    residuals : ndarray of shape (n,)
        Of a regression on X.
    X : ndarray of shape (n, k)
        Regressors with the constant.
    W : sparse array or ndarray of shape (n, n)
        Pairs linked in either direction count once, whatever their weight.

    Raises
    ------
    WeightsError
        If there are no more pairs than regressors.

    References
    ----------
    Kelejian, H. and Robinson, D. (1992). Spatial autocorrelation: a new computationally simple
    test with an application to per capita county police expenditures. Regional Science and Urban
    Economics 22, 317-331.

    Examples
    --------
    >>> W = np.diag(np.ones(7), 1) + np.diag(np.ones(7), -1)
    >>> e = np.array([1.0, 2.0, 1.0, -1.0, -2.0, -2.0, -1.0, 2.0])
    >>> round(kelejian_robinson(e, np.ones((8, 1)), W).statistic, 3)
    1.851
    """
    weights = as_weights(W)
    e = as_vector(residuals, argument="residuals", size=weights.shape[0])
    X = as_columns(X, argument="X", rows=e.size)
    i, j = linked_pairs(weights)
    Z = _independent(X[i] * X[j])
    if i.size <= Z.shape[1]:
        raise WeightsError(
            "W",
            expected="more pairs of neighbours than regressors",
            found=f"{i.size} pairs and {Z.shape[1]} regressors",
            why="products of residuals are regressed on products of regressors",
            remedy="build weights with more neighbours, or take fewer terms",
        )
    sigma2 = float(e @ e) / e.size
    if sigma2 == 0.0:
        raise ValuesError("residuals", expected="residuals that are not all zero", found="zeros")
    explained = np.linalg.qr(Z).Q.T @ (e[i] * e[j])
    return chi_square(float(explained @ explained) / sigma2**2, Z.shape[1])


def _independent(Z: FloatArray) -> FloatArray:
    dropped = {dependency.columns[-1] for dependency in linear_dependencies(Z)}
    return Z[:, [column for column in range(Z.shape[1]) if column not in dropped]]
