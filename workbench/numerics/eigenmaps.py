"""Moran's eigenvector maps: the patterns that a W can see, from broad to fine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh

from workbench.numerics.matrices import DENSE_LIMIT, CsrArray
from workbench.typing import FloatArray

Sign: TypeAlias = Literal["positive", "negative"]

NULL = 1e-8
# Eigenvalues below this share of the largest are rounding of 0: the mean is one of their vectors.

TIE = 1e-9
# Eigenvalues that agree to this share of the largest belong to one space, whose basis is chosen.


@dataclass(frozen=True, slots=True)
class Eigenmaps:
    """Eigenvectors of the centred W, largest autocorrelation first.

    Attributes
    ----------
    vectors : ndarray, shape (n, m)
        Orthonormal, each of mean 0.
    eigenvalues : ndarray, shape (m,)
        Of H (W + W') H / 2, H = I - 11'/n.
    moran : ndarray, shape (m,)
        Moran's I of each vector: eigenvalue n / S0.
    complete : bool
        Whether all vectors of this sign are there, or the leading ones only.
    """

    vectors: FloatArray
    eigenvalues: FloatArray
    moran: FloatArray
    complete: bool


def eigenmaps(W: CsrArray, *, sign: Sign = "positive", most: int | None = None) -> Eigenmaps:
    """Compute Moran's eigenvector maps of one sign of autocorrelation.

    Parameters
    ----------
    W : csr_array of shape (n, n)
        Any weights; only their symmetric part matters for Moran's I.
    sign : {"positive", "negative"}
        Of the eigenvalues.
    most : int, optional
        Number of vectors beyond which the rest is left out. All up to n = 1,500 otherwise, and
        200 beyond, found by iteration.

    Notes
    -----
    An eigenvalue of several vectors (lattices) leaves their choice open; it is made by a fixed
    random projection, so that it does not depend on the linear-algebra library.

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
    if n <= DENSE_LIMIT:
        values, vectors = _dense(W)
    else:
        values, vectors = _leading(W, direction, most or 200)
    largest = float(np.abs(values).max()) if values.size else 0.0
    order = np.argsort(-direction * values, kind="stable")
    order = order[direction * values[order] > NULL * largest] if largest > 0 else order[:0]
    found = order.size
    order = order[:most]
    vectors = _settled(vectors[:, order], values[order], largest)
    complete = n <= DENSE_LIMIT and order.size == found
    total = float(W.data.sum())
    scale = n / total if total > 0 else 0.0
    return Eigenmaps(vectors, values[order], values[order] * scale, complete)


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
    return eigsh(operator, k=min(count, n - 2), which="LA" if direction > 0 else "SA", v0=start)


def _settled(vectors: FloatArray, values: FloatArray, largest: float) -> FloatArray:
    """Choose the basis of each eigenspace by a fixed projection; signs with it."""
    n, m = vectors.shape
    if m == 0:
        return vectors
    fixed = np.random.Generator(np.random.Philox(key=3)).standard_normal((n, m))
    cuts = np.flatnonzero(np.abs(np.diff(values)) > TIE * largest) + 1
    out = np.empty_like(vectors)
    for space in np.split(np.arange(m), cuts):
        basis = vectors[:, space]
        turn, triangle = np.linalg.qr(basis.T @ fixed[:, space])
        out[:, space] = basis @ (turn * np.sign(np.diag(triangle)))
    return out
