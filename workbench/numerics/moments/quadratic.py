"""Quadratic moments ε′Aε of a spatial disturbance: their matrices, their variance, their root."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import ConvergenceError
from workbench.numerics.sparse.matrices import CsrArray, as_weights, freeze
from workbench.numerics.sparse.recent import Recent, fingerprint
from workbench.typing import FloatArray, QuadraticMoments

HELD = 60_000_000
# Links of M′M that are held, about 0.7 GB; beyond, its columns are made in blocks when needed.

BLOCK = 20_000_000

_HELD: Recent[SecondOrder] = Recent()


@dataclass(frozen=True, slots=True, eq=False)
class SecondOrder:
    """M with what its second-order moments need, prepared once for every fit.

    Attributes
    ----------
    M : csr_array of shape (n, n)
        Weights of the disturbance.
    Mt : csr_array of shape (n, n)
        M′.
    diagonal : ndarray of shape (n,)
        Of M′M: sums of squares of the columns of M.
    product : csr_array or None
        M′M where it is small enough to be held.
    """

    M: CsrArray
    Mt: CsrArray
    diagonal: FloatArray
    product: CsrArray | None

    @property
    def n(self) -> int:
        """Number of regions."""
        return int(self.M.shape[0])

    @property
    def scale(self) -> float:
        """tr(M′M)/n."""
        return float(self.diagonal.sum()) / self.n

    def blocks(self) -> Iterator[tuple[CsrArray, slice]]:
        """Yield M′M in blocks of rows, with the rows."""
        if self.product is not None:
            yield self.product, slice(0, self.n)
            return
        for rows in _row_blocks(self.M, self.Mt):
            yield sparse.csr_array(self.Mt[rows] @ self.M), rows


def second_order(M: Any) -> SecondOrder:
    """Prepare the moments of a matrix, or find what was prepared for it.

    Parameters
    ----------
    M : sparse array or ndarray of shape (n, n)
        Zero diagonal.

    Examples
    --------
    >>> second_order([[0, 1], [0.5, 0]]).diagonal
    array([0.25, 1.  ])
    """
    weights = as_weights(M, argument="M")
    return _HELD.get(fingerprint(weights), lambda: _prepared(weights), size=weights.shape[0])


def _prepared(M: CsrArray) -> SecondOrder:
    Mt = sparse.csr_array(M.T)
    Mt.sort_indices()
    diagonal = np.asarray(Mt.power(2).sum(axis=1), dtype=np.float64).ravel()
    product = sparse.csr_array(Mt @ M) if _links(M, Mt).sum() <= HELD else None
    return SecondOrder(M, Mt, freeze(diagonal), product)


def _links(M: CsrArray, Mt: CsrArray) -> FloatArray:
    """Return an upper bound of the links of each row of M′M."""
    degree = np.diff(M.indptr).astype(np.float64)
    pattern = sparse.csr_array((np.ones(Mt.nnz), Mt.indices, Mt.indptr), shape=Mt.shape)
    return np.asarray(pattern @ degree)


def _row_blocks(M: CsrArray, Mt: CsrArray) -> Iterator[slice]:
    passed = np.cumsum(_links(M, Mt)) // BLOCK
    edges = np.concatenate([[0], np.flatnonzero(np.diff(passed)) + 1, [M.shape[0]]])
    for start, stop in pairwise(edges):
        yield slice(int(start), int(stop))


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """Two matrices A₁, A₂ of moments E ε′A_rε = 0.

    ``"het"``: A₁ = M′M − diag(M′M), A₂ = (M + M′)/2, right under any variances (Kelejian and
    Prucha 2010, equation 2.5). ``"hom"``: A₁ = κ(M′M − tI) with t = tr(M′M)/n and
    κ = 1/(1 + t²), for one variance (Drukker, Egger and Prucha 2013, equation 6).

    Attributes
    ----------
    moments : {"het", "hom"}
    order : SecondOrder
    """

    moments: QuadraticMoments
    order: SecondOrder

    @property
    def factor(self) -> float:
        """κ, 1 for ``"het"``."""
        return 1.0 if self.moments == "het" else 1.0 / (1.0 + self.order.scale**2)

    @property
    def shift(self) -> FloatArray:
        """What is taken from the diagonal of M′M, shape (n,)."""
        own = self.order.diagonal
        return own if self.moments == "het" else np.full(self.order.n, self.order.scale)

    @property
    def diagonals(self) -> FloatArray:
        """Diagonals of A₁ and A₂, shape (2, n)."""
        first = self.factor * (self.order.diagonal - self.shift)
        return np.stack([first, self.order.M.diagonal()])

    def times(self, v: FloatArray, lagged: FloatArray | None = None) -> FloatArray:
        """Return A₁v and A₂v, shape (2, n); `lagged` is Mv where the caller has it."""
        Mv = self.order.M @ v if lagged is None else lagged
        first = self.factor * (self.order.Mt @ Mv - self.shift * v)
        return np.stack([first, 0.5 * (Mv + self.order.Mt @ v)])

    def system(self, u: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return g (2,) and G (2, 2) of the moments g − G(λ, λ²)′ of u − λMu."""
        n, Mu = self.order.n, self.order.M @ u
        Au, AMu = self.times(u, Mu), self.times(Mu)
        return Au @ u / n, np.column_stack([2.0 * (Au @ Mu), -(AMu @ Mu)]) / n

    def weighted_products(self, v: FloatArray) -> FloatArray:
        """Return Σ_ij A_r,ij A_s,ij v_i v_j for r, s in {1, 2}, shape (2, 2)."""
        half = 0.5 * (self.order.M + self.order.Mt)
        out = np.zeros((2, 2))
        for product, rows in self.order.blocks():
            first = self.factor * (product - _diagonal(self.shift[rows], rows, self.order.n))
            second = half[rows]
            left = v[rows]
            cross = left @ (first.multiply(second) @ v)
            out += [
                [left @ (first.power(2) @ v), cross],
                [cross, left @ (second.power(2) @ v)],
            ]
        return out


def _diagonal(values: FloatArray, rows: slice, n: int) -> CsrArray:
    count = rows.stop - rows.start
    columns = np.arange(rows.start, rows.stop)
    return sparse.csr_array((values, columns, np.arange(count + 1)), shape=(count, n))


def smallest(
    g: FloatArray, G: FloatArray, weight: FloatArray, *, limits: tuple[float, float]
) -> float:
    """Return the λ in an open interval at which m′Υm is smallest, m = g − G(λ, λ²)′.

    The objective is a polynomial of degree four: its minima are found exactly, not searched for.

    Parameters
    ----------
    g, G : ndarray, shapes (r,) and (r, 2)
        As from :meth:`Quadratic.system`.
    weight : ndarray of shape (r, r)
        Υ, symmetric.
    limits : tuple of float
        Ends of the interval.

    Raises
    ------
    ConvergenceError
        If the objective falls all the way to an end of the interval.

    Examples
    --------
    >>> g, G = np.array([0.5, 0.25]), np.eye(2)
    >>> round(smallest(g, G, np.eye(2), limits=(-1.0, 1.0)), 12)
    0.5
    """
    a, b, c = g, -G[:, 0], -G[:, 1]
    quartic = np.array(
        [
            c @ weight @ c,
            2 * (b @ weight @ c),
            b @ weight @ b + 2 * (a @ weight @ c),
            2 * (a @ weight @ b),
            a @ weight @ a,
        ]
    )
    roots = np.roots(np.polyder(quartic))
    # A pair of roots that touch the real axis is a turning point without a minimum.
    real = roots[np.abs(roots.imag) <= 1e-12 * np.maximum(1.0, np.abs(roots))].real
    inside = real[(real > limits[0]) & (real < limits[1])]
    values = np.polyval(quartic, inside)
    ends = np.polyval(quartic, np.array(limits))
    if not inside.size or values.min() >= ends.min():
        raise ConvergenceError(
            "lambda",
            expected=f"moments that agree best inside ({limits[0]:.4g}, {limits[1]:.4g})",
            found="a distance between moments that falls to the end of the interval",
            why="beyond it the disturbance process is not defined for these weights",
            remedy='another W_error, or method="ml"',
        )
    return float(inside[values.argmin()])
