"""Which coefficients share which near-dependencies of the regressors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.sparse.matrices import as_columns
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class VarianceDecomposition:
    """Condition indexes and variance-decomposition proportions.

    Attributes
    ----------
    indexes : ndarray of shape (k,)
        Largest singular value over each, ascending; the last is the condition number.
    proportions : ndarray of shape (k, k)
        Row: condition index; column: coefficient; each column sums to one.
    """

    indexes: FloatArray
    proportions: FloatArray


def variance_decomposition(X: Any) -> VarianceDecomposition:
    """Decompose the variance of each coefficient over the singular values of scaled X.

    Parameters
    ----------
    X : ndarray of shape (n, k)
        Of full column rank, with the constant; columns are scaled to unit length, not centred.

    Returns
    -------
    VarianceDecomposition
        A near-dependency harms estimates where an index above 30 carries more than half of the
        variance of two or more coefficients.

    References
    ----------
    Belsley, D., Kuh, E. and Welsch, R. (1980). Regression Diagnostics, section 3.2.

    Examples
    --------
    >>> variance_decomposition(np.eye(2)).proportions.sum(axis=0).tolist()
    [1.0, 1.0]
    """
    columns = as_columns(X, argument="X", rows=np.asarray(X).shape[0])
    _, singular, right = np.linalg.svd(
        columns / np.linalg.norm(columns, axis=0), full_matrices=False
    )
    phi = (right / singular[:, None]) ** 2
    return VarianceDecomposition(singular[0] / singular, phi / phi.sum(axis=0))
