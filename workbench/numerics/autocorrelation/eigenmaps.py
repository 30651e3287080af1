"""Moran's eigenvector maps: the patterns that a W can see, from broad to fine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh
from threadpoolctl import threadpool_limits

from workbench.errors import ConvergenceError
from workbench.numerics.sparse.matrices import DENSE_LIMIT, CsrArray, freeze
from workbench.typing import FloatArray, IntArray

Sign: TypeAlias = Literal["positive", "negative"]

LEADING = 200
"""Vectors found by iteration beyond ``DENSE_LIMIT`` regions, unless the caller says how many."""

NULL = 1e-8
# Eigenvalues below this share of the largest are rounding of 0: the mean is one of their vectors.

TIE = 1e-9
# Eigenvalues that agree to this share of the largest belong to one space, whose basis is chosen.


@dataclass(frozen=True, slots=True)
class Eigenmaps:
    """Eigenvectors of the centred W, largest autocorrelation first; arrays are read-only.

    Attributes
    ----------
    vectors : ndarray, shape (n, m)
        Orthonormal, each of mean 0.
    eigenvalues : ndarray, shape (m,)
        Of H (W + W') H / 2, H = I - 11'/n.
    moran : ndarray, shape (m,)
        Moran's I of each vector: eigenvalue n / S0.
    spaces : ndarray of int, shape (m,)
        Number of each vector's eigenspace, 0, 1, ...: vectors of one eigenvalue share it. What
        a statistic says must not depend on the basis within a space.
    complete : bool
        Whether all vectors of this sign are there, or the leading ones only.
    """

    vectors: FloatArray
    eigenvalues: FloatArray
    moran: FloatArray
    spaces: IntArray
    complete: bool

    def members(self) -> list[IntArray]:
        """Return the columns of each eigenspace, in order."""
        return _split(self.spaces)


def eigenmaps(W: CsrArray, *, sign: Sign = "positive", most: int | None = None) -> Eigenmaps:
    """Compute Moran's eigenvector maps of one sign of autocorrelation.

    Parameters
    ----------
    W : csr_array of shape (n, n)
        Any weights; only their symmetric part matters for Moran's I.
    sign : {"positive", "negative"}
        Of the eigenvalues.
    most : int, optional
        Largest number of vectors. All up to n = 1,500 otherwise, and 200 beyond, found by
        iteration (memory: n times as many numbers).

    Returns
    -------
    Eigenmaps
        Without vectors where no eigenvalue has this sign (positive ones of a complete graph), and
        where the leading eigenvalue alone has more vectors than `most` (many blocks of one size).

    Raises
    ------
    ConvergenceError
        If the iteration beyond n = 1,500 does not end.

    Notes
    -----
    An eigenvalue of several vectors (lattices, blocks) leaves their choice open; it is made by a
    fixed random projection, so that it does not depend on the linear-algebra library. It does
    depend on the order of rows: use ``spaces`` as wholes for what must not. `most` never cuts a
    space in two: one that does not fit is left out.

    References
    ----------
    Dray, S., Legendre, P. and Peres-Neto, P. R. (2006). Spatial modelling: a comprehensive
    framework for principal coordinate analysis of neighbour matrices. Ecological Modelling 196,
    equations 4 to 6. Griffith, D. A. (1996). Spatial autocorrelation and eigenfunctions of the
    geographic weights matrix accompanying geo-referenced data. Canadian Geographer 40(4).

    Examples
    --------
    >>> from scipy import sparse
    >>> path = sparse.csr_array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> eigenmaps(path, sign="negative").moran.round(6).tolist()
    [-1.0]
    """
    n = W.shape[0]
    direction = 1.0 if sign == "positive" else -1.0
    most = most or (n if n <= DENSE_LIMIT else LEADING)
    # One thread: sums of several threads would differ with their number in the last bits.
    with threadpool_limits(1, user_api="blas"):
        # One more than asked for tells whether the last space goes on.
        values, vectors = _dense(W) if n <= DENSE_LIMIT else _leading(W, direction, most + 1)
        largest = float(np.abs(values).max()) if values.size else 0.0
        order = np.argsort(-direction * values, kind="stable")
        order = order[direction * values[order] > NULL * largest] if largest > 0 else order[:0]
        gaps = np.abs(np.diff(values[order], prepend=values[order[:1]]))
        spaces = np.cumsum(gaps > TIE * largest, dtype=np.int64)
        kept = order[_whole(spaces, most)]
        spaces = spaces[: kept.size]
        settled = _settled(vectors[:, kept], spaces)
    total = float(W.data.sum())
    moran = values[kept] * (n / total if total > 0 else 0.0)
    # An iteration that went past the last eigenvalue of this sign has found them all.
    complete = kept.size == order.size < values.size
    return Eigenmaps(freeze(settled), freeze(values[kept]), freeze(moran), freeze(spaces), complete)


def _dense(W: CsrArray) -> tuple[FloatArray, FloatArray]:
    dense = W.toarray()
    dense = (dense + dense.T) / 2
    rows = dense.mean(axis=1)
    centered = dense - rows[:, None] - rows[None, :] + rows.mean()
    return np.linalg.eigh(centered)


def _leading(W: CsrArray, direction: float, count: int) -> tuple[FloatArray, FloatArray]:
    n = W.shape[0]
    transpose = W.T.tocsr()

    def centered(x: FloatArray) -> FloatArray:
        x = x.ravel() - x.mean()
        y = (W @ x + transpose @ x) / 2
        return np.asarray(y - y.mean())

    operator = LinearOperator((n, n), matvec=centered, dtype=np.float64)
    start = np.random.Generator(np.random.Philox(key=2)).standard_normal(n)
    which: Literal["LA", "SA"] = "LA" if direction > 0 else "SA"
    try:
        values, vectors = eigsh(operator, k=min(count, n - 2), which=which, v0=start)
    except ArpackNoConvergence as error:
        raise ConvergenceError(
            "W",
            expected=f"{min(count, n - 2)} leading eigenvectors by iteration",
            found="an iteration that did not end",
            why="what it has so far need not be eigenvectors",
            remedy="ask for fewer, e.g. 50",
        ) from error
    return values, vectors


def _whole(spaces: IntArray, most: int) -> slice:
    """Return the slice of the first vectors, at most so many, that splits no eigenspace."""
    if spaces.size <= most:
        return slice(None)
    return slice(int(np.searchsorted(spaces, spaces[most])))


def _split(spaces: IntArray) -> list[IntArray]:
    columns = np.arange(spaces.size)
    return np.split(columns, np.flatnonzero(np.diff(spaces)) + 1) if spaces.size else []


def _settled(vectors: FloatArray, spaces: IntArray) -> FloatArray:
    """Choose the basis of each eigenspace by a fixed projection; signs with it."""
    fixed = np.random.Generator(np.random.Philox(key=3)).standard_normal(vectors.shape)
    out = np.empty_like(vectors)
    for space in _split(spaces):
        basis = vectors[:, space]
        turn, triangle = np.linalg.qr(basis.T @ fixed[:, space])
        out[:, space] = basis @ (turn * np.sign(np.diag(triangle)))
    return out
