"""Missing values drawn from what a multivariate normal says of them, given the observed ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.numerics.composites.imputation import Filled
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class MissingCells:
    """The law of the missing cells of a table.

    Attributes
    ----------
    values : ndarray, shape (n, k)
        With expectations in missing cells.
    rows, columns : ndarray of int, shape (c,)
        Of the missing cells, row by row.
    roots : tuple of ndarray
        Of each row with missing cells, a symmetric root of their conditional covariance.
    """

    values: FloatArray
    rows: IntArray
    columns: IntArray
    roots: tuple[FloatArray, ...]

    def drawn(self, u: FloatArray) -> FloatArray:
        """Return the table with missing cells drawn by uniform numbers, shape (c,)."""
        from scipy.special import ndtri

        table = self.values.copy()
        e = ndtri(np.clip(u, 1e-12, 1.0 - 1e-12))
        start = 0
        for root in self.roots:
            part = slice(start, start + len(root))
            # elementwise sums: no BLAS, whose order could differ
            table[self.rows[part], self.columns[part]] += (root * e[part]).sum(axis=1)
            start += len(root)
        return table


def missing_cells(X: FloatArray, filled: Filled) -> MissingCells:
    """Return the conditional normal law of the missing cells of `X`.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        With NaN where a value is missing.
    filled : Filled
        From :func:`workbench.numerics.composites.imputation.normal_em`.

    References
    ----------
    Little, R. and Rubin, D. (2002). Statistical Analysis with Missing Data, 2nd edition,
    section 10.2.1 (draws given the estimated parameters).

    Examples
    --------
    >>> from workbench.numerics.composites.imputation import normal_em
    >>> X = np.array([[1.0, 2.0], [2.0, 4.1], [3.0, 5.9], [4.0, np.nan]])
    >>> cells = missing_cells(X, normal_em(X))
    >>> cells.drawn(np.array([0.5]))[3].round(3).tolist()
    [4.0, 7.9]
    """
    missing = np.isnan(X)
    scale = np.sqrt(np.diag(filled.covariance))
    R = filled.covariance / np.outer(scale, scale)
    roots = []
    for gone in missing[missing.any(axis=1)]:
        across = R[np.ix_(~gone, gone)]
        slope = np.linalg.lstsq(R[np.ix_(~gone, ~gone)], across, rcond=1e-12)[0]
        left = R[np.ix_(gone, gone)] - across.T @ slope
        values, vectors = np.linalg.eigh(left)
        root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        roots.append(freeze(scale[gone][:, None] * root))
    rows, columns = np.nonzero(missing)
    return MissingCells(filled.values, rows, columns, tuple(roots))
