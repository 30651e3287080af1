"""Sparse weights as the kernels need them: checked, canonical CSR, and factored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import splu

from workbench.errors import ValuesError, WeightsError
from workbench.typing import BoolArray, FloatArray

CsrArray: TypeAlias = "sparse.csr_array[Any, tuple[int, int]]"

DENSE_LIMIT = 1500
"""Largest n for which kernels hold a dense n × n array (18 MB)."""

EIGENVALUE_LIMIT = 600
"""Largest n at which all eigenvalues and a dense inverse are had sooner than sparse factors."""

SYMMETRY_TOLERANCE = 1e-9
# A relative asymmetry below this moves no eigenvalue by more than it does; rounding of
# row-standardised weights leaves about 1e-15 an edge along the spanning tree.


@dataclass(frozen=True, slots=True)
class Symmetrized:
    """A symmetric matrix similar to W: ``S = D^{1/2} W D^{-1/2}``.

    Attributes
    ----------
    S : csr_array of shape (n, n)
        Symmetric, same eigenvalues as W; ``s_ij = sign(w_ij) sqrt(w_ij w_ji)``.
    d : ndarray of shape (n,)
        Positive scale with ``d_i w_ij = d_j w_ji``; 1 at the root of each component.
    """

    S: CsrArray
    d: FloatArray


def freeze(array: np.ndarray[Any, Any]) -> Any:
    """Return `array` marked read-only."""
    array.setflags(write=False)
    return array


def as_weights(W: Any, *, argument: str = "W") -> CsrArray:
    """Return a checked copy of `W` in canonical CSR form.

    Parameters
    ----------
    W : sparse array or ndarray of shape (n, n)
        Any real weights; rows may be empty (islands), sums are not assumed to be 1.
    argument : str
        Name used in messages.

    Returns
    -------
    csr_array of shape (n, n)
        float64, sorted, duplicates summed, explicit zeros removed.

    Raises
    ------
    WeightsError
        If `W` is not square or holds a value that is not finite.

    Examples
    --------
    >>> as_weights([[0, 1], [1, 0]]).nnz
    2
    """
    out: CsrArray = sparse.csr_array(W, dtype=np.float64, copy=True)
    if out.ndim != 2 or out.shape[0] != out.shape[1]:
        raise WeightsError(argument, expected="a square matrix", found=f"shape {out.shape}")
    if not np.isfinite(out.data).all():
        bad = np.unique(
            np.repeat(np.arange(out.shape[0]), np.diff(out.indptr))[~np.isfinite(out.data)]
        )
        raise WeightsError(
            argument,
            expected="finite weights",
            found=f"{(~np.isfinite(out.data)).sum()} weights that are not finite",
            offenders=[int(i) for i in bad],
            why="every lag of these rows would be undefined",
        )
    out.sum_duplicates()
    out.eliminate_zeros()
    out.sort_indices()
    return out


def as_vector(values: Any, *, argument: str, size: int | None = None) -> FloatArray:
    """Return `values` as a finite float64 vector, refusing missing values and wrong lengths."""
    out = np.asarray(values, dtype=np.float64)
    if out.ndim != 1 or (size is not None and out.shape[0] != size):
        expected = "a vector" if size is None else f"a vector of length {size}"
        raise ValuesError(argument, expected=expected, found=f"shape {out.shape}")
    _finite(out, argument)
    return out


def as_columns(values: Any, *, argument: str, rows: int) -> FloatArray:
    """Return `values` as a finite float64 matrix with `rows` rows."""
    out = np.asarray(values, dtype=np.float64)
    if out.ndim != 2 or out.shape[0] != rows:
        raise ValuesError(argument, expected=f"a matrix of {rows} rows", found=f"shape {out.shape}")
    _finite(out, argument)
    return out


def _finite(array: FloatArray, argument: str) -> None:
    bad = ~np.isfinite(array)
    if bad.any():
        rows = np.flatnonzero(bad.reshape(array.shape[0], -1).any(axis=1))
        raise ValuesError(
            argument,
            expected="finite values",
            found=f"{int(bad.sum())} missing or infinite",
            offenders=[int(i) for i in rows],
            why="one missing value makes every statistic of the sample undefined",
            remedy="drop or impute the rows at these positions first",
        )


def row_sums(W: CsrArray) -> FloatArray:
    """Return the row sums of `W`, shape (n,)."""
    return np.asarray(W.sum(axis=1), dtype=np.float64).ravel()


def islands(W: CsrArray) -> BoolArray:
    """Return the mask, shape (n,), of rows without any weight."""
    return np.asarray(np.diff(W.indptr) == 0)


def constant_row_sum(W: CsrArray) -> float | None:
    """Return c where every row sums to c (to rounding), else None.

    With it the vector of ones is an eigenvector: ``(I − ρW)⁻¹ 1 = 1 / (1 − ρc)``.
    """
    sums = row_sums(W)
    c = float(sums.mean()) if sums.size else 0.0
    # 1e-13: rounding of a row of a few hundred weights; more would show in the impacts.
    return c if sums.size and np.abs(sums - c).max() <= 1e-13 * max(abs(c), 1.0) else None


def symmetrize(W: CsrArray) -> Symmetrized | None:
    """Find the symmetric matrix similar to `W`, if a positive diagonal scale gives one.

    Row-standardised contiguity ``W = D⁻¹A`` is the usual case. The scale is read off
    ``d_j / d_i = w_ij / w_ji`` along a spanning forest, then verified on every edge.

    Parameters
    ----------
    W : csr_array of shape (n, n)
        As :func:`as_weights` returns it.

    Returns
    -------
    Symmetrized or None
        None where no positive scale exists (directed nearest neighbours).

    References
    ----------
    Ord, K. (1975). Estimation methods for models of spatial interaction. JASA 70, appendix A.

    Examples
    --------
    >>> W = as_weights([[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]])
    >>> symmetrize(W).d
    array([1., 2., 1.])
    """
    transpose: CsrArray = sparse.csr_array(W.T)
    transpose.sort_indices()
    same_pattern = (
        W.nnz == transpose.nnz
        and np.array_equal(W.indptr, transpose.indptr)
        and np.array_equal(W.indices, transpose.indices)
    )
    if not same_pattern or (W.data * transpose.data <= 0).any():
        return None
    d = _forest_scale(W, transpose)
    row = np.repeat(np.arange(W.shape[0]), np.diff(W.indptr))
    left, right = d[row] * W.data, d[W.indices] * transpose.data
    if (np.abs(left - right) > SYMMETRY_TOLERANCE * np.abs(left)).any():
        return None
    S = W.copy()
    S.data = np.sign(W.data) * np.sqrt(W.data * transpose.data)
    return Symmetrized(S, freeze(d))


def _forest_scale(W: CsrArray, transpose: CsrArray) -> FloatArray:
    """Accumulate log(w_ij / w_ji) from the root of each component by pointer doubling."""
    n = W.shape[0]
    _, label = csgraph.connected_components(W, directed=False)
    roots = np.unique(label, return_index=True)[1]
    # One virtual root (node n) over all components lets a single traversal cover the forest.
    row = np.repeat(np.arange(n), np.diff(W.indptr))
    graph = sparse.csr_array(
        (
            np.ones(W.nnz + roots.size),
            (np.r_[row, np.full(roots.size, n)], np.r_[W.indices, roots]),
        ),
        shape=(n + 1, n + 1),
    )
    _, parent = csgraph.breadth_first_order(graph, n, directed=True)
    parent[n] = n
    parent[roots] = n
    ratio = W.copy()
    ratio.data = np.log(W.data / transpose.data)
    child = np.setdiff1d(np.arange(n), roots)
    step = np.zeros(n + 1)
    if child.size:
        step[child] = np.asarray(ratio[parent[child], child]).ravel()
    while (parent != n).any():
        step = step + step[parent]
        parent = parent[parent]
    return np.asarray(np.exp(step[:n]), dtype=np.float64)


def factor(A: Any, *, symmetric: bool) -> Any:
    """Return SciPy's sparse LU of `A`; a symmetric positive definite `A` is not pivoted.

    Parameters
    ----------
    A : sparse array of shape (n, n)
        Real or complex, nonsingular.
    symmetric : bool
        Whether the pattern is symmetric and the diagonal dominates, so that the
        order of elimination may be chosen for fill alone.
    """
    matrix = sparse.csc_array(A)
    # SuperLU takes 32-bit indices only.
    matrix.indices = matrix.indices.astype(np.int32)
    matrix.indptr = matrix.indptr.astype(np.int32)
    if symmetric:
        return splu(
            matrix,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
    return splu(matrix)
