"""Neighbours of neighbours: pairs that are a given number of links apart."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from workbench.numerics.sparse.matrices import CsrArray


def higher_order(W: CsrArray, order: int, *, lower_order: bool) -> CsrArray:
    """Find the pairs whose shortest path has a given number of links.

    Parameters
    ----------
    W : csr_array of shape (n, n)
        Links; weights are ignored, directions are not.
    order : int
        Number of links, at least 1.
    lower_order : bool
        Whether pairs fewer links apart count too.

    Returns
    -------
    csr_array of shape (n, n)
        0/1, canonical, zero diagonal.

    References
    ----------
    Anselin, L. and Smirnov, O. (1996). Efficient algorithms for constructing proper higher order
    spatial lag operators. Journal of Regional Science 36(1).

    Examples
    --------
    >>> path = sparse.csr_array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> higher_order(path, 2, lower_order=False).toarray().tolist()
    [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    """
    n = W.shape[0]
    step = _pattern(W)
    reached: CsrArray = sparse.csr_array(step + sparse.eye_array(n, dtype=np.int8))
    frontier = step
    for _ in range(order - 1):
        further = _pattern(sparse.csr_array(frontier @ step))
        frontier = _pattern(sparse.csr_array(further - further.multiply(_pattern(reached))))
        if not frontier.nnz:
            break
        reached = sparse.csr_array(reached + frontier)
    if lower_order:
        # Every pair with itself is in there with a positive count.
        itself = sparse.eye_array(n, dtype=np.int8)
        frontier = _pattern(sparse.csr_array(_pattern(reached) - itself))
    frontier.sort_indices()
    return sparse.csr_array(
        (np.ones(frontier.nnz), frontier.indices, frontier.indptr), shape=(n, n)
    )


def _pattern(matrix: CsrArray) -> CsrArray:
    """Return the links as ones of one byte: counts of paths would overflow it otherwise."""
    out = matrix.copy()
    out.eliminate_zeros()
    out.data = np.ones(out.nnz, dtype=np.int8)
    return sparse.csr_array(out)
