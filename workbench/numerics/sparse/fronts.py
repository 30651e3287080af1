"""Sparse factors and the entries of the inverse on their pattern, compiled, one front at a time.

A = LU without pivots, for matrices of symmetric pattern that need none (positive definite, or
diagonally dominant after scaling). Each front is a small dense matrix; what it leaves to its
parent waits on a stack, so that a determinant alone keeps no factor. Real and complex values go
through the same code. Sums have a fixed order: no thread and no other library takes part.

References
----------
Duff, I. S. and Reid, J. K. (1983). The multifrontal solution of indefinite sparse symmetric linear
equations. ACM TOMS 9(3). Takahashi, K., Fagan, J. and Chin, M.-S. (1973). Formation of a sparse bus
impedance matrix and its application to short circuit study. PICA conference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from workbench.numerics.compiling import Kernel

_njit: Any = numba.njit
compiled: Callable[[Kernel], Kernel] = _njit(cache=True, nogil=True, fastmath={"contract"})
# A product and a sum may be one rounding; sums are never put in another order.

PANEL = 8
"""Columns eliminated before the rest of a front is touched."""


@compiled
def _clear_columns(F: Any, left: int, right: int, symmetric: bool) -> None:
    """Eliminate columns `left` to `right` of a front within themselves."""
    for k in range(left, right):
        if symmetric:
            for j in range(k + 1, right):
                F[k, j] = F[j, k]
        pivot = F[k, k]
        for i in range(k + 1, F.shape[0]):
            f = F[i, k] / pivot
            F[i, k] = f
            for j in range(k + 1, right):
                F[i, j] -= f * F[k, j]


@compiled
def _complete_rows(F: Any, left: int, right: int, symmetric: bool) -> None:
    """Bring the rows of eliminated columns up to date to their right."""
    for k in range(left, right):
        row = F[k, right:]
        if symmetric:
            pivot = F[k, k]
            for i in range(row.size):
                row[i] = F[right + i, k] * pivot
        else:
            for above in range(left, k):
                f, earlier = F[k, above], F[above, right:]
                for j in range(row.size):
                    row[j] -= f * earlier[j]


@compiled
def _update_rest(F: Any, left: int, right: int, symmetric: bool) -> None:
    """Take the eliminated columns off the rest, on and below the diagonal where symmetric."""
    m = F.shape[0]
    for i in range(right, m):
        end = i + 1 if symmetric else m
        out = F[i, right:end]
        k = left
        while k + 4 <= right:
            a, b, c, d = F[i, k], F[i, k + 1], F[i, k + 2], F[i, k + 3]
            p, q, r, s = (
                F[k, right:end],
                F[k + 1, right:end],
                F[k + 2, right:end],
                F[k + 3, right:end],
            )
            for j in range(out.size):
                out[j] -= a * p[j] + b * q[j] + c * r[j] + d * s[j]
            k += 4
        while k < right:
            a, p = F[i, k], F[k, right:end]
            for j in range(out.size):
                out[j] -= a * p[j]
            k += 1


@compiled
def _assembled(
    F: Any, s: int, start: Any, bounds: Any, rows: Any, entries: Any, values: Any, where: Any
) -> None:
    """Fill a front with the entries of A that its columns own."""
    indptr, indices, twin = entries
    low, end = start[s], start[s + 1]
    F[:] = 0
    for k in range(end - low):
        where[low + k] = k
    for k in range(bounds[s + 1] - bounds[s]):
        where[rows[bounds[s] + k]] = end - low + k
    for j in range(low, end):
        for p in range(indptr[j], indptr[j + 1]):
            i = indices[p]
            if i >= low:
                F[j - low, where[i]] = values[p]
                if i >= end:
                    F[where[i], j - low] = values[twin[p]]


@compiled
def _extended(F: Any, update: Any, rows: Any, where: Any, symmetric: bool) -> None:
    """Add what a child has left to the front of its parent."""
    for i in range(rows.size):
        out, row = F[where[rows[i]]], update[i]
        for j in range(i + 1 if symmetric else rows.size):
            out[where[rows[j]]] += row[j]


@compiled
def eliminate(
    tree: Any, entries: Any, values: Any, sizes: Any, *, symmetric: bool, kept: Any
) -> Any:
    """Return the pivots of A in the order of elimination, shape (n,), of the dtype of `values`.

    Parameters
    ----------
    tree : (start, bounds, rows, parent, children) of the fronts
    entries : (indptr, indices, twin), symmetric pattern and the place of each entry's mirror image
    values : ndarray of shape (entries,)
    sizes : (largest front, stack of updates)
    symmetric : bool
        Whether the values are, too: half the work.
    kept : ndarray
        Room for the columns of L and the rows of U of every front; empty if not wanted.
    """
    start, bounds, rows, _, children = tree
    fronts = start.size - 1
    pivots = np.empty(start[fronts], values.dtype)
    space, stack = np.empty(sizes[0] * sizes[0], values.dtype), np.empty(sizes[1], values.dtype)
    pending = np.empty(fronts + 1, np.int32)
    where = np.empty(start[fronts], np.int32)
    size, top, at = 0, 0, 0
    for s in range(fronts):
        w, r = start[s + 1] - start[s], bounds[s + 1] - bounds[s]
        m = w + r
        F = space[: m * m].reshape(m, m)
        _assembled(F, s, start, bounds, rows, entries, values, where)
        for _ in range(children[s]):
            size -= 1
            child = pending[size]
            below = rows[bounds[child] : bounds[child + 1]]
            top -= below.size * below.size
            update = stack[top : top + below.size * below.size].reshape(below.size, below.size)
            _extended(F, update, below, where, symmetric)
        for left in range(0, w, PANEL):
            right = min(left + PANEL, w)
            _clear_columns(F, left, right, symmetric)
            _complete_rows(F, left, right, symmetric)
            _update_rest(F, left, right, symmetric)
        for k in range(w):
            pivots[start[s] + k] = F[k, k]
        for i in range(r):
            stack[top + i * r : top + (i + 1) * r] = F[w + i, w:]
        pending[size] = s
        size, top = size + 1, top + r * r
        if kept.size > 0:
            at = _stored(F, w, kept, at, symmetric)
    return pivots


@compiled
def _stored(F: Any, w: int, kept: Any, at: int, symmetric: bool) -> int:
    """Keep the columns of L and, unless they are the same, the rows of U from place `at` on."""
    m = F.shape[0]
    for i in range(m):
        kept[at : at + w] = F[i, :w]
        at += w
    if not symmetric:
        for k in range(w):
            kept[at : at + m - w] = F[k, w:]
            at += m - w
    return at


@compiled
def _subtract_product(into: Any, left: Any, right: Any) -> None:
    """Subtract left @ right from `into`."""
    rows, inner = left.shape
    for i in range(rows):
        out = into[i]
        k = 0
        while k + 4 <= inner:
            a, b, c, d = left[i, k], left[i, k + 1], left[i, k + 2], left[i, k + 3]
            p, q, r, s = right[k], right[k + 1], right[k + 2], right[k + 3]
            for j in range(out.size):
                out[j] -= a * p[j] + b * q[j] + c * r[j] + d * s[j]
            k += 4
        while k < inner:
            a, p = left[i, k], right[k]
            for j in range(out.size):
                out[j] -= a * p[j]
            k += 1


@compiled
def _right_quotient(X: Any, L: Any) -> None:
    """Replace X by X L⁻¹, L unit lower triangular (its first rows)."""
    w = X.shape[1]
    for i in range(X.shape[0]):
        row = X[i]
        for j in range(w - 1, 0, -1):
            f, below = row[j], L[j]
            for k in range(j):
                row[k] -= f * below[k]


@compiled
def _left_quotient(U: Any, Y: Any) -> None:
    """Replace Y by U⁻¹ Y, U upper triangular (the first rows)."""
    w = Y.shape[0]
    for k in range(w - 1, -1, -1):
        row = Y[k]
        for j in range(k + 1, w):
            f, below = U[k, j], Y[j]
            for c in range(row.size):
                row[c] -= f * below[c]
        for c in range(row.size):
            row[c] /= U[k, k]


@compiled
def _pivot_inverse(L: Any, out: Any) -> None:
    """Fill `out` with U⁻¹ L⁻¹ of the pivot block."""
    w = out.shape[0]
    out[:] = 0
    for k in range(w):
        out[k, k] = 1
        row = out[k]
        for j in range(k):
            f, above = L[k, j], out[j]
            for c in range(j + 1):
                row[c] -= f * above[c]
    _left_quotient(L, out)


@compiled
def _gathered(Z: Any, s: int, up: int, start: Any, bounds: Any, rows: Any, place: Any) -> None:
    """Fill Z with the parent's entries of the inverse for the rows below front s."""
    own, whole, at = rows[bounds[s] : bounds[s + 1]], Z[0], Z[1]
    low, end = start[up], start[up + 1]
    k = bounds[up]
    for i in range(own.size):
        if own[i] < end:
            place[i] = own[i] - low
        else:
            while rows[k] < own[i]:
                k += 1
            place[i] = end - low + k - bounds[up]
    for i in range(own.size):
        out, row = at[i], whole[place[i]]
        for j in range(own.size):
            out[j] = row[place[j]]


@compiled
def _block_inverse(Z: Any, R: Any, L: Any, U: Any, symmetric: bool) -> None:
    """Fill the inverse Z of one front from R, that of its rows below, and its columns and rows."""
    m, w = L.shape
    r = m - w
    X = L[w:].copy()
    _right_quotient(X, L)
    if symmetric:
        Y = X.T.copy()
    else:
        Y = U.copy()
        _left_quotient(L, Y)
    corner, below = np.empty((w, w), L.dtype), np.zeros((r, w), L.dtype)
    _pivot_inverse(L, corner)
    _subtract_product(below, R, X)
    _subtract_product(corner, Y, below)
    for k in range(w):
        Z[k, :w] = corner[k]
    for i in range(r):
        Z[w + i, :w] = below[i]
        Z[w + i, w:] = R[i]
    if symmetric:
        for k in range(w):
            for i in range(r):
                Z[k, w + i] = below[i, k]
    else:
        beside = np.zeros((w, r), L.dtype)
        _subtract_product(beside, Y, R)
        for k in range(w):
            Z[k, w:] = beside[k]


@compiled
def invert(tree: Any, entries: Any, kept: Any, sizes: Any, *, symmetric: bool) -> Any:
    """Return the entries of A⁻¹ at the places of A's pattern, shape (entries,).

    Parameters are those of :func:`eliminate`, `kept` as it left them, `sizes` (largest front,
    stack of inverses).
    """
    start, bounds, rows, parent, _ = tree
    fronts = start.size - 1
    out = np.empty(entries[1].size, kept.dtype)
    space, stack = np.empty(sizes[0] * sizes[0], kept.dtype), np.empty(sizes[1], kept.dtype)
    path, filled = np.empty(fronts + 1, np.int64), np.zeros(fronts + 1, np.int64)
    where = np.empty(max(start[fronts], sizes[0]), np.int32)
    top, at = 0, kept.size
    for s in range(fronts - 1, -1, -1):
        low, end = start[s], start[s + 1]
        w, r = end - low, bounds[s + 1] - bounds[s]
        m = w + r
        U = kept[at:at].reshape(0, 0)
        if not symmetric:
            U = kept[at - w * r : at].reshape(w, r)
            at -= w * r
        L = kept[at - m * w : at].reshape(m, w)
        at -= m * w
        while top > 0 and path[top - 1] != parent[s]:
            top -= 1
        R = space[: r * r].reshape(r, r)
        if r > 0:
            before = start[parent[s] + 1] - start[parent[s]]
            before += bounds[parent[s] + 1] - bounds[parent[s]]
            whole = stack[filled[top - 1] : filled[top]].reshape(before, before)
            _gathered((whole, R), s, parent[s], start, bounds, rows, where)
        path[top] = s
        filled[top + 1] = filled[top] + m * m
        Z = stack[filled[top] : filled[top + 1]].reshape(m, m)
        top += 1
        _block_inverse(Z, R, L, U, symmetric)
        _read_out(Z, s, start, bounds, rows, entries, where, out)
    return out


@compiled
def _read_out(
    Z: Any, s: int, start: Any, bounds: Any, rows: Any, entries: Any, where: Any, out: Any
) -> None:
    indptr, indices, twin = entries
    low, end = start[s], start[s + 1]
    for k in range(end - low):
        where[low + k] = k
    for k in range(bounds[s + 1] - bounds[s]):
        where[rows[bounds[s] + k]] = end - low + k
    for j in range(low, end):
        for p in range(indptr[j], indptr[j + 1]):
            i = indices[p]
            if i >= low:
                out[p] = Z[j - low, where[i]]
                out[twin[p]] = Z[where[i], j - low]


@compiled
def substitute(tree: Any, kept: Any, values: Any, *, symmetric: bool) -> None:
    """Replace `values`, shape (n,) in the order of elimination, by A⁻¹ values."""
    start, bounds, rows, _, _ = tree
    fronts = start.size - 1
    place = np.zeros(fronts + 1, np.int64)
    for s in range(fronts):
        w, r = start[s + 1] - start[s], bounds[s + 1] - bounds[s]
        place[s + 1] = place[s] + (w + r) * w + (0 if symmetric else w * r)
        L = kept[place[s] : place[s] + (w + r) * w].reshape(w + r, w)
        x, below = values[start[s] : start[s + 1]], rows[bounds[s] : bounds[s + 1]]
        for i in range(w):
            for k in range(i):
                x[i] -= L[i, k] * x[k]
        for i in range(r):
            total = values[below[i]]
            for k in range(w):
                total -= L[w + i, k] * x[k]
            values[below[i]] = total
    for s in range(fronts - 1, -1, -1):
        w, r = start[s + 1] - start[s], bounds[s + 1] - bounds[s]
        at = place[s] + (w + r) * w
        L = kept[place[s] : at].reshape(w + r, w)
        x, below = values[start[s] : start[s + 1]], rows[bounds[s] : bounds[s + 1]]
        for k in range(w - 1, -1, -1):
            total = x[k]
            for j in range(k + 1, w):
                total -= L[k, j] * x[j]
            for i in range(r):
                entry = L[w + i, k] * L[k, k] if symmetric else kept[at + k * r + i]
                total -= entry * values[below[i]]
            x[k] = total / L[k, k]
