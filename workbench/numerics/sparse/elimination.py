"""Determinants and entries of the inverse of I − ρW for many ρ, on one order of elimination."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spilu

from workbench.numerics.sparse.matrices import CsrArray, freeze
from workbench.typing import IntArray


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Elimination:
    """The order of elimination and the places of the non-zeros of one symmetric pattern.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Row of the caller's matrix at each place of the order.
    indptr, indices : ndarray
        The pattern in that order, with its diagonal, as CSR.
    twin : ndarray of int
        Where the entry (j, i) of each entry (i, j) stands.
    tree : tuple of ndarray
        Fronts; see :mod:`workbench.numerics.sparse.assembly_tree`.
    sizes : tuple of int
        Largest front, stack of updates, stack of inverses, kept columns.
    """

    order: IntArray
    indptr: IntArray
    indices: IntArray
    twin: IntArray
    tree: tuple[NDArray[Any], ...]
    sizes: tuple[int, int, int, int]

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.order.size

    @property
    def diagonal(self) -> IntArray:
        """Where the diagonal stands, in the order of elimination, shape (n,)."""
        row = np.repeat(np.arange(self.n), np.diff(self.indptr))
        return np.flatnonzero(row == self.indices)

    @property
    def entries(self) -> tuple[IntArray, IntArray, IntArray]:
        """The pattern as the kernels take it."""
        return self.indptr, self.indices, self.twin

    def places(self, A: CsrArray) -> IntArray:
        """Return where each stored entry of `A` (inside the pattern) stands, shape (nnz,)."""
        position = np.empty(self.n, np.int64)
        position[self.order] = np.arange(self.n)
        row = position[np.repeat(np.arange(self.n), np.diff(A.indptr))]
        keys = np.repeat(np.arange(self.n), np.diff(self.indptr)) * self.n + self.indices
        return np.asarray(np.searchsorted(keys, row * self.n + position[A.indices]))

    def pivots(self, values: NDArray[Any], *, symmetric: bool) -> NDArray[Any]:
        """Return the pivots of the matrix with these values, shape (n,); their product is |A|."""
        return self._eliminated(values, np.empty(0, values.dtype), symmetric)

    def inverse(
        self, values: NDArray[Any], *, symmetric: bool
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the pivots, shape (n,), and the entries of A⁻¹ on the pattern, (entries,)."""
        from workbench.numerics.sparse import fronts

        kept = self._room(values, symmetric)
        pivots = self._eliminated(values, kept, symmetric)
        sizes = (self.sizes[0], self.sizes[2])
        entries = fronts.invert(self.tree, self.entries, kept, sizes, symmetric=symmetric)
        return pivots, np.asarray(entries)

    def solve(self, values: NDArray[Any], right: NDArray[Any], *, symmetric: bool) -> NDArray[Any]:
        """Return A⁻¹ right, shape (n,) or (n, m) in the caller's order."""
        return self.solver(values, symmetric=symmetric)(right)

    def solver(
        self, values: NDArray[Any], *, symmetric: bool
    ) -> Callable[[NDArray[Any]], NDArray[Any]]:
        """Return what multiplies by A⁻¹, shapes (n,) or (n, m): A is eliminated once."""
        from workbench.numerics.sparse import fronts

        kept = self._room(values, symmetric)
        self._eliminated(values, kept, symmetric)

        def solve(right: NDArray[Any]) -> NDArray[Any]:
            out = np.empty(right.shape, np.result_type(values, right, np.float64))
            for column in np.ndindex(right.shape[1:]):
                at = (slice(None), *column)
                x = right[at][self.order].astype(out.dtype, copy=False)
                fronts.substitute(self.tree, kept, x, symmetric=symmetric)
                out[(self.order, *column)] = x
            return out

        return solve

    def _room(self, values: NDArray[Any], symmetric: bool) -> NDArray[Any]:
        start, bounds = self.tree[:2]
        rows = 0 if symmetric else int((np.diff(start) * np.diff(bounds)).sum())
        return np.empty(self.sizes[3] + rows, values.dtype)

    def _eliminated(
        self, values: NDArray[Any], kept: NDArray[Any], symmetric: bool
    ) -> NDArray[Any]:
        from workbench.numerics.sparse import fronts

        sizes = self.sizes[:2]
        found = fronts.eliminate(
            self.tree, self.entries, values, sizes, symmetric=symmetric, kept=kept
        )
        return np.asarray(found)


def eliminate_pattern(W: CsrArray) -> Elimination:
    """Prepare the elimination of matrices whose non-zeros are those of W + W′ + I.

    Parameters
    ----------
    W : csr_array of shape (n, n)
        Its values are not looked at.

    Returns
    -------
    Elimination
        By minimum degree on A + A′ (Liu 1985), as SuperLU computes it.

    References
    ----------
    Liu, J. W. H. (1985). Modification of the minimum-degree algorithm by multiple elimination.
    ACM TOMS 11(2).

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> E = eliminate_pattern(as_weights([[0.0, 1.0], [1.0, 0.0]]))
    >>> E.pivots(np.array([2.0, 1.0, 1.0, 2.0]), symmetric=True).tolist()
    [2.0, 1.5]
    """
    from workbench.numerics.sparse import assembly_tree as trees

    pattern = _pattern(W)
    order = _minimum_degree(pattern)
    P = _reordered(pattern, order)
    order = order[trees.postorder(trees.elimination_tree(P.indptr, P.indices))]
    P = _reordered(pattern, order)
    parent = trees.elimination_tree(P.indptr, P.indices)
    count = trees.column_counts(P.indptr, P.indices, parent)
    start = trees.groups(parent, count)
    bounds, rows, above, children = trees.front_rows(P.indptr, P.indices, start, count)
    mirror: CsrArray = sparse.csr_array(
        (np.arange(P.nnz), P.indices, P.indptr), shape=P.shape
    ).T.tocsr()
    mirror.sort_indices()
    tree = (start, bounds, rows, above, children)
    sizes = trees.room(start, bounds, above, children)
    return _frozen(order, (P.indptr, P.indices, mirror.data), tree, sizes)


def _frozen(
    order: IntArray,
    entries: tuple[NDArray[Any], ...],
    tree: tuple[NDArray[Any], ...],
    sizes: tuple[int, int, int, int],
) -> Elimination:
    """Give all arrays one type each: the kernels are compiled anew for every combination."""
    indptr, indices, twin = entries
    kinds = (np.int64, np.int64, np.int32, np.int32, np.int32)
    parts = [np.ascontiguousarray(a, k) for a, k in zip(tree, kinds, strict=True)]
    return Elimination(
        freeze(np.ascontiguousarray(order, np.int64)),
        freeze(np.ascontiguousarray(indptr, np.int64)),
        freeze(np.ascontiguousarray(indices, np.int32)),
        freeze(np.ascontiguousarray(twin, np.int64)),
        tuple(freeze(part) for part in parts),
        sizes,
    )


def _pattern(W: CsrArray) -> CsrArray:
    ones: CsrArray = sparse.csr_array((np.ones(W.nnz), W.indices, W.indptr), shape=W.shape)
    return sparse.csr_array(ones + ones.T + sparse.eye_array(W.shape[0], format="csr"))


def _minimum_degree(pattern: CsrArray) -> IntArray:
    """SuperLU's order without its factor: an incomplete one that drops what it would fill in."""
    A = sparse.csc_array(pattern)
    A.data = np.full(A.nnz, -0.5 / max(int(np.diff(A.indptr).max()), 1))
    A.setdiag(1.0)
    A.indices, A.indptr = A.indices.astype(np.int32), A.indptr.astype(np.int32)
    rough = spilu(
        A,
        drop_tol=0.5,
        fill_factor=1.0,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    return np.argsort(rough.perm_c).astype(np.int64)


def _reordered(pattern: CsrArray, order: IntArray) -> CsrArray:
    out: CsrArray = pattern[order][:, order]
    out.sort_indices()
    out.indices, out.indptr = out.indices.astype(np.int32), out.indptr.astype(np.int32)
    return out


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Copied:
    """The elimination of a matrix of m × m blocks of one pattern.

    Attributes
    ----------
    elimination : Elimination
        Of mn rows: all copies of a row stand side by side.
    base, stride : ndarray of int, shape (entries,)
        The entry in block (a, b) stands at ``base + a * stride + b``.
    """

    elimination: Elimination
    base: IntArray
    stride: IntArray

    def place(self, a: int, b: int) -> IntArray:
        """Return where the entries of block (a, b) stand, shape (entries,)."""
        return self.base + a * self.stride + b


def copied(E: Elimination, m: int) -> Copied:
    """Return the elimination of a matrix of m × m blocks of one pattern, without a new analysis.

    All copies of a row stand side by side: row i of the order becomes rows mi to mi + m − 1, and
    each stored entry a block of m × m. A matrix that is block triangular is eliminated as its
    diagonal blocks would be one by one: it needs pivots only where one of them does.
    """
    start, bounds, rows, parent, children = E.tree
    size = np.diff(E.indptr)
    indptr = np.zeros(m * E.n + 1, np.int64)
    np.cumsum(np.repeat(m * size, m), out=indptr[1:])
    row = np.repeat(np.arange(E.n), size)
    stride = m * size[row]
    base = m * np.arange(E.indices.size) + (m - 1) * m * E.indptr[row]
    indices, twin = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.int64)
    for a in range(m):
        for b in range(m):
            at = base + a * stride + b
            indices[at] = m * E.indices + b
            twin[at] = (base + b * stride + a)[E.twin]
    tree = (
        m * start,
        m * bounds,
        (m * rows[:, None] + np.arange(m)).ravel().astype(np.int32),
        parent,
        children,
    )
    widest, updates, inverses, kept = E.sizes
    order = (m * E.order[:, None] + np.arange(m)).ravel()
    sizes = (m * widest, m * m * updates, m * m * inverses, m * m * kept)
    return Copied(_frozen(order, (indptr, indices, twin), tree, sizes), base, stride)
