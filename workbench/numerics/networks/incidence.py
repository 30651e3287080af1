"""Which region has which activity: quotients, presence, margins, connected parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from workbench.typing import BoolArray, FloatArray, IntArray

TIE = 1e-12
"""Relative slack of comparisons with a threshold: a quotient is a ratio of products of counts, and
one that equals the threshold must not fall on either side by rounding."""


def quotients(X: FloatArray) -> FloatArray:
    """Return location quotients (x_rc / x_r.) / (x_.c / x_..), shape (n, k).

    Rows or columns of nothing have none: they are missing.

    Examples
    --------
    >>> quotients(np.array([[2.0, 0.0], [1.0, 1.0]])).round(3).tolist()
    [[1.333, 0.0], [0.667, 2.0]]
    """
    expected = X.sum(axis=1, keepdims=True) * X.sum(axis=0) / X.sum()
    out = np.full(X.shape, np.nan)
    np.divide(X, expected, out=out, where=expected > 0)
    return out


def reaches(values: FloatArray, threshold: float) -> BoolArray:
    """Return where values are at least the threshold, rounding apart; missing ones are not.

    Examples
    --------
    >>> reaches(np.array([1.0 - 1e-15, 0.9, np.nan]), 1.0).tolist()
    [True, False, False]
    """
    return np.asarray(values >= threshold * (1 - TIE))


def parts(M: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the connected part of each row, shape (n,), and of each column, shape (k,).

    A row and a column are linked where the entry is positive. The parts are numbered from 0 in the
    order of their first row, columns without rows last.

    Examples
    --------
    >>> rows, columns = parts(np.array([[1.0, 0.0], [0.0, 1.0]]))
    >>> rows.tolist(), columns.tolist()
    ([0, 1], [0, 1])
    """
    n, k = M.shape
    i, j = np.nonzero(M > 0)
    links = sparse.csr_array((np.ones(len(i)), (i, n + j)), shape=(n + k, n + k))
    _, found = connected_components(links, directed=False)
    _, first = np.unique(found, return_index=True)
    order = np.empty(len(first), dtype=np.int64)
    order[np.argsort(first, kind="stable")] = np.arange(len(first))
    labels: Any = order[found]
    return labels[:n], labels[n:]
