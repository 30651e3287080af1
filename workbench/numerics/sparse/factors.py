"""I − ρW factored at any ρ: determinants, entries of the inverse, solutions, products of traces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workbench.numerics.sparse import pivoted
from workbench.numerics.sparse.elimination import Elimination, copied, eliminate_pattern
from workbench.numerics.sparse.matrices import CsrArray, Symmetrized, as_weights, factor, symmetrize
from workbench.numerics.sparse.recent import Recent, fingerprint
from workbench.typing import FloatArray, IntArray

STEP = pivoted.STEP
POWERS = 50


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Factors:
    """The matrices A = I − ρS of one W, on one order of elimination.

    S is the symmetric twin of W where it has one, else W itself. No pivots are needed for a
    twin inside the admissible interval (A is positive definite), nor where |ρ| times the
    spectral radius of |W| is below 1 (A is an H-matrix, Ahac and Olesky 1986); elsewhere
    SuperLU chooses them.

    Attributes
    ----------
    W : csr_array of shape (n, n)
    twin : Symmetrized or None
    elimination : Elimination
    diagonal, places : ndarray of int
        Where the diagonal and the entries of S stand.
    safe_radius : float
        |ρ| up to which no pivots are needed; infinite for a twin.
    """

    W: CsrArray
    twin: Symmetrized | None
    elimination: Elimination
    diagonal: IntArray
    places: IntArray
    safe_radius: float

    @property
    def S(self) -> CsrArray:
        """W or its symmetric twin."""
        return self.W if self.twin is None else self.twin.S

    @property
    def symmetric(self) -> bool:
        """Whether S is symmetric."""
        return self.twin is not None

    def safe(self, rho: float) -> bool:
        """Return whether A needs no pivots at this ρ."""
        return abs(rho) < self.safe_radius

    def values(self, rho: complex, W: CsrArray | None = None) -> NDArray[Any]:
        """Return the entries of I − ρS (or I − ρW), as the elimination wants them."""
        data = -rho * (self.S if W is None else W).data
        out = np.zeros(self.elimination.indices.size, data.dtype)
        out[self.diagonal] = 1.0
        out[self.places] += data
        return out

    def logdet(self, rho: float) -> float:
        """Return log|I − ρW|."""
        if not self.safe(rho):
            return pivoted.log_abs_det(self._plain(rho))
        pivots = self.elimination.pivots(self.values(rho), symmetric=self.symmetric)
        return float(np.log(np.abs(pivots)).sum())

    def trace(self, rho: float) -> float:
        """Return tr G, G = W(I − ρW)⁻¹."""
        if not self.safe(rho):
            return pivoted.slope(self._plain(rho), self.W)
        return float(self._with_lag(self.inverse(self.values(rho))))

    def trace_square(self, rho: float) -> float:
        """Return tr G² = d tr G / dρ, by a complex step."""
        if not self.safe(rho):
            return pivoted.trace_product(self.W, rho, transpose=False)
        return float(self._with_lag(self.inverse(self.values(rho + 1j * STEP))).imag / STEP)

    def average_inverse(self, rho: complex) -> complex:
        """Return tr (I − ρW)⁻¹/n, at any ρ that is complex or :meth:`safe`."""
        return complex(self.inverse(self.values(rho))[self.diagonal].mean())

    def trace_gram(self, rho: float, other: float | None = None) -> float:
        """Return tr(G₁′G₂), G at ρ and at `other` (default ρ), by one complex factorisation.

        The determinant of [[A₂, ihW], [W′, A₁′]] is |A₂| |A₁′ − ihW′A₂⁻¹W|, whose logarithm
        has the imaginary part −h tr(G₁′G₂).
        """
        second = rho if other is None else other
        if self.twin is None and not (self.safe(rho) and self.safe(second)):
            return pivoted.trace_product(self.W, rho, second, transpose=True)
        E = self.elimination
        two = copied(E, 2)
        W = np.zeros(E.indices.size)
        W[self.places] = self.W.data
        out = np.zeros(two.elimination.indices.size, np.complex128)
        out[two.place(0, 0)] = self.values(second, self.W)
        out[two.place(0, 1)] = 1j * STEP * W
        out[two.place(1, 0)] = W[E.twin]
        out[two.place(1, 1)] = self.values(rho, self.W)[E.twin]
        pivots = two.elimination.pivots(out, symmetric=False)
        return float(-(pivots.imag / pivots.real).sum() / STEP)

    def inverse(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the entries of the inverse on the pattern."""
        return self.elimination.inverse(values, symmetric=self.symmetric)[1]

    def diagonals(self, rho: complex, V: CsrArray) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the diagonals of M = (I − ρW)⁻¹ and MV, shape (n,), where pivots need no choice.

        V has no entry outside the pattern of the elimination.
        """
        E, n = self.elimination, self.W.shape[0]
        inverse = self.inverse(self.values(rho))
        own = np.empty(n, inverse.dtype)
        own[E.order] = inverse[self.diagonal]
        row = np.repeat(np.arange(n), np.diff(V.indptr))
        terms = V.data * inverse[E.twin[E.places(V)]]
        if self.twin is not None:
            # M = D^{-1/2} N D^{1/2}: entry (j, i) of N stands for that of M over this ratio
            terms = terms * np.sqrt(self.twin.d[row] / self.twin.d[V.indices])
        return own, _sums(terms, V.indices, n)

    def _with_lag(self, inverse: NDArray[Any]) -> Any:
        return (self.S.data * inverse[self.elimination.twin[self.places]]).sum()

    def solve(self, rho: float, right: FloatArray, *, transpose: bool = False) -> FloatArray:
        """Return (I − ρW)⁻¹ right, or (I − ρW′)⁻¹ right, shape (n,) or (n, m)."""
        return self.solver(rho).solve(right, transpose=transpose)

    def solver(self, rho: float) -> LagSolver:
        """Return what multiplies by (I − ρW)⁻¹ and by its transpose."""
        return LagSolver(self, rho)

    def _plain(self, rho: float) -> CsrArray:
        return sparse.csr_array(sparse.eye_array(self.W.shape[0], format="csr") - rho * self.W)


class LagSolver:
    """(I − ρW)⁻¹ at one ρ as something to multiply by: eliminated once for all that it multiplies.

    Parameters
    ----------
    factors : Factors
    rho : float
    """

    __slots__ = ("_by", "_factors", "_rho")

    def __init__(self, factors: Factors, rho: float) -> None:
        self._factors, self._rho = factors, rho
        self._by: dict[bool, Callable[[FloatArray], FloatArray]] = {}

    def solve(self, right: FloatArray, *, transpose: bool = False) -> FloatArray:
        """Return (I − ρW)⁻¹ right, or (I − ρW′)⁻¹ right, shape (n,) or (n, m)."""
        factors = self._factors
        if not factors.safe(self._rho):
            return self._made(transpose)(np.ascontiguousarray(right))
        if factors.twin is None:
            return self._made(transpose)(right)
        # W = D^{-1/2} S D^{1/2}, hence (I − ρW)⁻¹ = D^{-1/2} (I − ρS)⁻¹ D^{1/2}.
        root = np.sqrt(factors.twin.d)
        scale = (1.0 / root if transpose else root).reshape((-1,) + (1,) * (right.ndim - 1))
        return np.asarray(self._made(False)(right * scale) / scale)

    def _made(self, transpose: bool) -> Callable[[FloatArray], FloatArray]:
        if transpose not in self._by:
            self._by[transpose] = self._make(transpose)
        return self._by[transpose]

    def _make(self, transpose: bool) -> Callable[[FloatArray], FloatArray]:
        factors, rho = self._factors, self._rho
        if not factors.safe(rho):
            lu = factor(factors._plain(rho), symmetric=False)
            return lambda right: np.asarray(lu.solve(right, trans="T" if transpose else "N"))
        values = factors.values(rho)
        if transpose:
            values = values[factors.elimination.twin]
        return factors.elimination.solver(values, symmetric=factors.symmetric)


def _sums(entries: NDArray[Any], place: NDArray[Any], n: int) -> NDArray[Any]:
    """Return the sums of the entries at each place, shape (n,)."""
    real = np.bincount(place, weights=entries.real, minlength=n)
    if not np.iscomplexobj(entries):
        return real
    return np.asarray(real + 1j * np.bincount(place, weights=entries.imag, minlength=n))


_held: Recent[Factors] = Recent()


def factors_of(
    W: CsrArray, *, twin: Symmetrized | None = None, beside: CsrArray | None = None
) -> Factors:
    """Prepare the factors of I − ρW; those last prepared are found again by the content of W.

    Parameters
    ----------
    W : csr_array of shape (n, n)
        As :func:`as_weights` returns it.
    twin : Symmetrized, optional
        Where it is known; otherwise it is looked for.
    beside : csr_array of shape (n, n), optional
        Another matrix on whose entries the inverse is wanted too.

    References
    ----------
    Ahac, A. A. and Olesky, D. D. (1986). A stable method for the LU factorization of M-matrices.
    SIAM Journal on Algebraic and Discrete Methods 7(3).

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> round(factors_of(as_weights([[0.0, 1.0], [1.0, 0.0]])).logdet(0.5), 6)  # log(1 - 0.25)
    -0.287682
    """
    key = fingerprint(W) + (b"" if beside is None else fingerprint(beside))
    return _held.get(key, lambda: _prepared(W, twin, beside), size=W.shape[0])


def _prepared(W: CsrArray, twin: Symmetrized | None, beside: CsrArray | None) -> Factors:
    twin = twin or symmetrize(W)
    pattern = W if beside is None else as_weights(abs(W) + abs(beside))
    elimination = eliminate_pattern(pattern)
    radius = np.inf if twin is not None else _safe_radius(W)
    return Factors(W, twin, elimination, elimination.diagonal, elimination.places(W), float(radius))


def _safe_radius(W: CsrArray) -> float:
    """Return a bound below the inverse spectral radius of |W|, by a few steps of its powers.

    For positive x, the largest ratio (|W|x)_i / x_i bounds the radius (Collatz and Wielandt).
    """
    absolute = abs(W)
    best = float(min(absolute.sum(axis=1).max(), absolute.sum(axis=0).max()))
    x = np.ones(W.shape[0])
    for _ in range(POWERS):
        following = absolute @ x
        ratio = following / x
        best = min(best, float(ratio.max()))
        if ratio.max() - ratio.min() <= 1e-12 * ratio.max():
            break
        # Half a step: the ratio is bounded for regions that nothing reaches.
        x = 0.5 * (x + following / max(best, 1e-300))
    return 1.0 / best if best > 0 else float("inf")
