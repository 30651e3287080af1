"""Normalisations of spatial weights: what each link is divided by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import LinearOperator, cg

from workbench.errors import WeightsError, check_option
from workbench.numerics.sparse.matrices import CsrArray, row_sums
from workbench.numerics.sparse.spectrum import spectral_radius
from workbench.typing import FloatArray, Normalization

BALANCE_TOLERANCE = 1e-12
# Rows and columns sum to 1 within this; rounding of a row of a few hundred links is 1e-14.

NEWTON_STEPS = 100
# Newton on the balancing of a map takes 10 to 20 steps; a matrix that needs more has no balance.


def scaled(base: CsrArray, normalization: Normalization) -> CsrArray:
    """Return weights as built, scaled by one of the normalisations of the field.

    Parameters
    ----------
    base : csr_array of shape (n, n)
        Canonical and non-negative; empty rows (islands) stay empty.
    normalization : Normalization
        With S₀ the sum of all weights and m the number of rows that have any:

        ============================ ====================================================
        ``"none"``                   w_ij as built
        ``"binary"``                 1
        ``"row"``                    w_ij / Σ_j w_ij
        ``"global"``                 w_ij m / S₀ (spdep's style C)
        ``"double"``                 w_ij / S₀ (spdep's U, libpysal's D)
        ``"doubly-stochastic"``      r_i w_ij c_j, every row and every column sums to 1
        ``"spectral"``               w_ij / largest eigenvalue
        ``"min-max"``                w_ij / min(largest row sum, largest column sum)
        ``"variance"``               (w_ij / q_i) n / ΣΣ (w_ij / q_i), q_i² = Σ_j w_ij²
        ============================ ====================================================

    Returns
    -------
    csr_array of shape (n, n)
        New values over the same (shared) structure.

    Raises
    ------
    WeightsError
        If the matrix cannot be normalised so: no weights at all, no cycle of neighbours under
        ``"spectral"``, no balance under ``"doubly-stochastic"``.

    References
    ----------
    Kelejian, H. H. and Prucha, I. R. (2010). Specification and estimation of spatial
    autoregressive models with autoregressive and heteroskedastic disturbances. Journal of
    Econometrics 157, section 2.2 (spectral, min-max).
    Tiefelsdorf, M., Griffith, D. A. and Boots, B. (1999). A variance-stabilizing coding scheme
    for spatial link matrices. Environment and Planning A 31 (global, variance).

    Examples
    --------
    >>> star = sparse.csr_array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    >>> scaled(star, "min-max").toarray()[0].tolist()
    [0.0, 0.5, 0.5]
    """
    check_option("normalize", normalization, Normalization)
    if normalization == "none" or (base.nnz == 0 and normalization in ("binary", "row")):
        return base
    if base.nnz == 0:
        raise _nothing(normalization)
    return _over(base, _RULES[normalization](base))


def rows_of(matrix: CsrArray) -> np.ndarray[tuple[int], np.dtype[np.integer]]:
    """Return the row of each stored weight, shape (links,), in the index type of the matrix."""
    positions = np.arange(matrix.shape[0], dtype=matrix.indices.dtype)
    return np.repeat(positions, np.diff(matrix.indptr))


def _over(base: CsrArray, data: FloatArray) -> CsrArray:
    """Return a matrix of other values that shares the index arrays of `base`."""
    out: CsrArray = sparse.csr_array(
        (data, base.indices, base.indptr), shape=base.shape, copy=False
    )
    out.has_sorted_indices = True
    out.has_canonical_format = True
    return out


def _ones(base: CsrArray) -> FloatArray:
    return np.ones(base.nnz)


def _by_row(base: CsrArray) -> FloatArray:
    return np.asarray(base.data / row_sums(base)[rows_of(base)])


def _linked(base: CsrArray) -> int:
    return int((np.diff(base.indptr) > 0).sum())


def _global(base: CsrArray) -> FloatArray:
    return np.asarray(base.data * (_linked(base) / base.data.sum()))


def _double(base: CsrArray) -> FloatArray:
    return np.asarray(base.data / base.data.sum())


def _spectral(base: CsrArray) -> FloatArray:
    radius = spectral_radius(base)
    # A matrix of cycles has radius of the order of its weights; rounding leaves less than this.
    if radius <= 1e-9 * float(base.data.max()):
        raise WeightsError(
            "normalize",
            expected='weights with a cycle of neighbours for normalize="spectral"',
            found="a matrix whose eigenvalues are all zero",
            why="there is nothing to divide by",
            remedy='use normalize="row" or "min-max"',
        )
    return np.asarray(base.data / radius)


def _min_max(base: CsrArray) -> FloatArray:
    columns = np.bincount(base.indices, weights=base.data, minlength=base.shape[1])
    return np.asarray(base.data / min(row_sums(base).max(), columns.max()))


def _variance(base: CsrArray) -> FloatArray:
    row = rows_of(base)
    length = np.sqrt(np.bincount(row, weights=base.data**2, minlength=base.shape[0]))
    value = base.data / length[row]
    return np.asarray(value * (base.shape[0] / value.sum()))


def _balanced(base: CsrArray) -> FloatArray:
    """Balance rows and columns by Newton's method on the logarithms of both scales.

    r and c minimise ΣΣ r_i w_ij c_j − Σ log r_i − Σ log c_j, convex in log r and log c; with
    P = diag(r) W diag(c) the Hessian is [[diag(P1), P], [P', diag(P'1)]], solved by conjugate
    gradients. Alternating divisions (Sinkhorn and Knopp 1967) reach the same scales but need
    of the order of n steps on a map.
    """
    _refuse_unbalanceable(base)
    rows, columns = np.flatnonzero(row_sums(base)), np.unique(base.indices)
    A: CsrArray = sparse.csr_array(base[rows, :][:, columns])
    u, v = -0.5 * np.log(row_sums(A)), -0.5 * np.log(np.asarray(A.sum(axis=0)).ravel())
    m = u.size
    for _ in range(NEWTON_STEPS):
        P = sparse.csr_array(sparse.diags_array(np.exp(u)) @ A @ sparse.diags_array(np.exp(v)))
        sums = np.concatenate([row_sums(P), np.asarray(P.sum(axis=0)).ravel()])
        if np.abs(sums - 1.0).max() <= BALANCE_TOLERANCE:
            scale = np.zeros(base.shape[0]), np.zeros(base.shape[1])
            scale[0][rows], scale[1][columns] = np.exp(u), np.exp(v)
            return np.asarray(scale[0][rows_of(base)] * base.data * scale[1][base.indices])
        step = _newton(P, sums)
        # Damped: exponentials of a long step overshoot.
        step *= min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-300))
        u, v = u + step[:m], v + step[m:]
    raise _unbalanced("no balance after many steps")


def _newton(P: CsrArray, sums: FloatArray) -> FloatArray:
    """Solve the Newton step; its null space (r up, c down) is orthogonal to the gradient."""
    m = P.shape[0]
    transpose = sparse.csr_array(P.T)

    def hessian(x: FloatArray) -> FloatArray:
        return np.asarray(sums * x + np.concatenate([P @ x[m:], transpose @ x[:m]]))

    size = sums.size
    operator = LinearOperator((size, size), matvec=hessian, dtype=np.float64)
    inverse = LinearOperator((size, size), matvec=lambda x: x / sums, dtype=np.float64)
    gap = float(np.abs(sums - 1.0).max())
    solution, _ = cg(operator, 1.0 - sums, rtol=min(0.1, gap), maxiter=5000, M=inverse)
    return np.asarray(solution)


def _refuse_unbalanceable(base: CsrArray) -> None:
    """Refuse weights without total support: a link that lies on no set of n disjoint links.

    Sinkhorn and Knopp (1967): a balance exists if and only if every link belongs to a perfect
    matching of rows with columns. Given one, a link does if it stays within a strongly connected
    part of the matched graph (Dulmage and Mendelsohn 1958).
    """
    rows = np.flatnonzero(np.diff(base.indptr))
    columns = np.unique(base.indices)
    if rows.size != columns.size:
        raise _unbalanced(f"{rows.size} regions with neighbours, {columns.size} that are one")
    A: CsrArray = sparse.csr_array(base[rows, :][:, columns])
    matched = csgraph.maximum_bipartite_matching(A, perm_type="column")
    if (matched < 0).any():
        raise _unbalanced(f"{int((matched < 0).sum())} regions that compete for one neighbour")
    square = sparse.csr_array(A[:, matched])
    part = csgraph.connected_components(square, connection="strong")[1]
    outside = int((part[rows_of(square)] != part[square.indices]).sum())
    if outside:
        raise _unbalanced(f"{outside} links that would have to become 0")


def _unbalanced(found: str) -> WeightsError:
    return WeightsError(
        "normalize",
        expected="weights whose rows and columns can all sum to 1",
        found=found,
        why="e.g. a region that is the only neighbour of two others cannot give each of them 1",
        remedy='use normalize="row", "spectral" or "min-max"',
    )


def _nothing(normalization: Normalization) -> WeightsError:
    return WeightsError(
        "normalize",
        expected=f'at least one link for normalize="{normalization}"',
        found="weights without any",
        why="there is nothing to divide by",
        remedy='use normalize="none"',
    )


_RULES: Mapping[str, Callable[[CsrArray], FloatArray]] = MappingProxyType(
    {
        "binary": _ones,
        "row": _by_row,
        "global": _global,
        "double": _double,
        "doubly-stochastic": _balanced,
        "spectral": _spectral,
        "min-max": _min_max,
        "variance": _variance,
    }
)
