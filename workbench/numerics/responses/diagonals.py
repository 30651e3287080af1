"""Diagonals of (I − ρW)⁻¹ and (I − ρW)⁻¹V: exact, or by probes behind an exact beginning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from workbench.numerics.sparse.factors import STEP, factors_of
from workbench.numerics.sparse.logdet import dominant
from workbench.numerics.sparse.matrices import DENSE_LIMIT, EIGENVALUE_LIMIT, CsrArray, factor
from workbench.typing import FloatArray

BLOCK = 256
"""Regions solved for at once where pivots have to be chosen."""


@dataclass(frozen=True, slots=True)
class Diagonals:
    """Diagonals at one ρ, with M = (I − ρW)⁻¹; all arrays of shape (n,).

    Attributes
    ----------
    m, mv : ndarray
        Diagonals of M and MV.
    slope_m, slope_mv : ndarray
        Their derivatives in ρ: diagonals of MWM and MWMV.
    error_m, error_mv : ndarray
        Standard errors of `m` and `mv` over probes; zeros where they are exact.
    """

    m: FloatArray
    mv: FloatArray
    slope_m: FloatArray
    slope_mv: FloatArray
    error_m: FloatArray
    error_mv: FloatArray


def dense_diagonals(W: CsrArray, rho: float, *, lagged_by: CsrArray | None = None) -> Diagonals:
    """Compute the diagonals from the dense inverse, exactly.

    Parameters
    ----------
    W : csr_array of shape (n, n)
        Any weights, n up to a few thousand.
    rho : float
        Inside the admissible interval of W.
    lagged_by : csr_array of shape (n, n), optional
        V; default W.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> dense_diagonals(as_weights([[0.0, 1.0], [1.0, 0.0]]), 0.5).m.round(4)
    array([1.3333, 1.3333])
    """
    n = W.shape[0]
    w = W.toarray()
    v = w if lagged_by is None else lagged_by.toarray()
    M = np.linalg.solve(np.eye(n) - rho * w, np.eye(n))
    turned = M @ (w @ M)
    zero = np.zeros(n)
    return Diagonals(
        np.asarray(M.diagonal().copy(), dtype=np.float64),
        np.einsum("ij,ji->i", M, v),
        np.asarray(turned.diagonal().copy(), dtype=np.float64),
        np.einsum("ij,ji->i", turned, v),
        zero,
        zero,
    )


def sparse_diagonals(W: CsrArray, rho: float, *, lagged_by: CsrArray | None = None) -> Diagonals:
    """Compute the diagonals without any n × n array, exactly at any n.

    They are sums over the entries of M on the pattern of W and V, which a sparse factor gives,
    and their derivatives in ρ come by a complex step (exact to rounding). Where a factor would
    have to choose its pivots (a directed W and a ρ beyond the inverse of its norm), by three
    sparse solves a region, which is slow beyond 10⁴.

    Parameters are those of :func:`dense_diagonals`.
    """
    factors = factors_of(W, beside=lagged_by)
    if not factors.safe(rho):
        return _solved(W, rho, W if lagged_by is None else lagged_by)
    m, mv = factors.diagonals(rho + 1j * STEP, W if lagged_by is None else lagged_by)
    zero = np.zeros(W.shape[0])
    return Diagonals(m.real, mv.real, m.imag / STEP, mv.imag / STEP, zero, zero)


def exact_diagonals(W: CsrArray, rho: float, *, lagged_by: CsrArray | None = None) -> Diagonals:
    """Compute the diagonals exactly, by the quicker route for this n.

    Parameters are those of :func:`dense_diagonals`.
    """
    found = dense_diagonals if W.shape[0] <= EIGENVALUE_LIMIT else sparse_diagonals
    return found(W, rho, lagged_by=lagged_by)


def found_exactly(W: CsrArray, interval: tuple[float, float]) -> bool:
    """Return whether :func:`exact_diagonals` is quick at every ρ of the interval.

    It is not where pivots have to be chosen: for a directed W, ρ beyond the inverse of the
    spectral radius of its absolute values.
    """
    if W.shape[0] <= DENSE_LIMIT:
        return True
    return max(map(abs, interval)) <= factors_of(W).safe_radius


def lag_diagonals(W: CsrArray, rho: float) -> tuple[FloatArray, FloatArray]:
    """Return the diagonals of G = W(I − ρW)⁻¹ and of G², exactly at any n.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> lag_diagonals(as_weights([[0.0, 1.0], [1.0, 0.0]]), 0.5)[0].round(4).tolist()
    [0.6667, 0.6667]
    """
    found = exact_diagonals(W, rho)
    return found.mv, found.slope_mv


def _solved(W: CsrArray, rho: float, V: CsrArray) -> Diagonals:
    n = W.shape[0]
    lu = factor(sparse.eye_array(n, format="csr") - rho * W, symmetric=dominant(W, rho))
    columns, transposed = sparse.csc_array(V), sparse.csr_array(W.T)
    out = np.zeros((4, n))
    for start in range(0, n, BLOCK):
        at = np.arange(start, min(start + BLOCK, n))
        unit = np.zeros((n, at.size))
        unit[at, np.arange(at.size)] = 1.0
        right, lagged = lu.solve(unit), lu.solve(columns[:, at].toarray())
        turned = transposed @ lu.solve(unit, trans="T")  # rows of MW, as columns
        out[0, at] = right[at, np.arange(at.size)]
        out[1, at] = lagged[at, np.arange(at.size)]
        out[2, at] = np.einsum("ij,ij->j", turned, right)
        out[3, at] = np.einsum("ij,ij->j", turned, lagged)
    zero = np.zeros(n)
    return Diagonals(out[0], out[1], out[2], out[3], zero, zero)


class ProbedDiagonals:
    """Diagonals at any ρ: orders up to the third or fourth exactly, the rest from random signs.

    diag M = Σ_{r ≤ 4} ρʳ diag Wʳ + ρ⁵ diag W⁵M, whose last part is estimated by the mean of
    z ∘ W⁵Mz over probes z of ±1 (Bekas, Kokiopoulou and Saad 2007); the exact beginning leaves
    to the probes only what goes five steps or more. Errors are estimated from the probes.

    Parameters
    ----------
    W : csr_array of shape (n, n)
    probes : ndarray of shape (n, p)
        Of ±1, p at least 2. The same ones serve every ρ, so that results are smooth in ρ.
    lagged_by : csr_array of shape (n, n), optional
        V; default W.

    References
    ----------
    Bekas, C., Kokiopoulou, E. and Saad, Y. (2007). An estimator for the diagonal of a matrix.
    Applied Numerical Mathematics 57, 1214-1229.
    """

    __slots__ = ("V", "W", "_exact_m", "_exact_mv", "probes")

    def __init__(
        self, W: CsrArray, probes: FloatArray, *, lagged_by: CsrArray | None = None
    ) -> None:
        self.W, self.probes = W, probes
        self.V = V = W if lagged_by is None else lagged_by
        square = sparse.csr_array(W @ W)
        n = W.shape[0]
        back, back_v = sparse.csr_array(W.T), sparse.csr_array(V.T)
        self._exact_m = np.stack(
            [
                np.ones(n),
                W.diagonal(),
                _rows(W, back),
                _rows(square, back),
                _rows(square, sparse.csr_array(square.T)),
            ]
        )
        self._exact_mv = np.stack(
            [
                V.diagonal(),
                _rows(W, back_v),
                _rows(square, back_v),
                _rows(square, sparse.csr_array((W @ V).T)),
            ]
        )

    def at(self, rho: float) -> Diagonals:
        """Return the diagonals at one ρ inside the admissible interval."""
        n = self.W.shape[0]
        lu = factor(
            sparse.eye_array(n, format="csr") - rho * self.W, symmetric=dominant(self.W, rho)
        )
        m, error_m, slope_m = self._series(lu, rho, self._exact_m, self.probes)
        mv, error_mv, slope_mv = self._series(lu, rho, self._exact_mv, self.V @ self.probes)
        return Diagonals(m, mv, slope_m, slope_mv, error_m, error_mv)

    def _series(
        self, lu: Any, rho: float, exact: FloatArray, start: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return a diagonal, its standard error and its slope in ρ."""
        q, p = len(exact), self.probes.shape[1]
        powers = np.arange(q)
        value: FloatArray = np.asarray(rho**powers @ exact, dtype=np.float64)
        slope: FloatArray = np.asarray(powers[1:] * rho ** (powers[1:] - 1)) @ exact[1:]
        tail, turned = self._tail(lu, q, start)
        seen = self.probes * tail
        value = value + rho**q * seen.mean(axis=1)
        slope = (
            slope
            + q * rho ** (q - 1) * seen.mean(axis=1)
            + rho**q * (self.probes * turned).mean(axis=1)
        )
        error = abs(rho) ** q * seen.std(axis=1, ddof=1) / np.sqrt(p)
        return value, np.asarray(error), slope

    def _tail(self, lu: Any, q: int, start: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return W^q M z and W^q M W M z."""
        tail = lu.solve(np.ascontiguousarray(start))
        turned = lu.solve(self.W @ tail)
        for _ in range(q):
            tail, turned = self.W @ tail, self.W @ turned
        return tail, turned


def _rows(A: CsrArray, B: CsrArray) -> FloatArray:
    """Return the row sums of the elementwise product, that is diag(A B′), shape (n,)."""
    return np.asarray(A.multiply(B).sum(axis=1), dtype=np.float64).ravel()
