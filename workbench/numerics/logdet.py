"""log|I − ρW| with its first two derivatives, behind one class whose engine can be replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from workbench.errors import ValuesError
from workbench.numerics.matrices import (
    DENSE_LIMIT,
    CsrArray,
    as_weights,
    factor,
    freeze,
    symmetrize,
)
from workbench.numerics.spectrum import Spectrum, eigenvalues, extreme_eigenvalues, spectrum_of
from workbench.typing import FloatArray

TABULATED_SHARE = 0.999
# The interpolant covers this share of the admissible interval on each side; nearer to the
# ends the determinant is factored at the ρ asked for.

INTERPOLATION_TOLERANCE = 1e-9
# Absolute error allowed in log|I − ρW|: it moves ρ̂ by less than 1e-10 for n > 1,500.

LARGEST_GRID = 128
SMALLEST_GRID = 32
STEP = 1e-20
# A complex step this small makes the imaginary part exact to rounding (no differences taken).


class Engine(Protocol):
    """What :class:`LogDeterminant` needs: the three functions on arrays of ρ, shape (m,)."""

    def evaluate(self, rho: FloatArray, order: int) -> FloatArray:
        """Return the derivative of `order` 0, 1 or 2 at each ρ."""
        ...


@dataclass(frozen=True, slots=True)
class LogDeterminant:
    """The function ρ ↦ log|I − ρW| of one weights matrix.

    Attributes
    ----------
    n : int
        Number of regions.
    spectrum : Spectrum
        Admissible interval of ρ.
    engine : Engine
        How it is computed; see :func:`log_determinant`.
    error : float
        Estimated absolute error of :meth:`value`: 0 for eigenvalues, the size of the
        first neglected terms for the interpolant.

    Notes
    -----
    With G = W(I − ρW)⁻¹: the first derivative is −tr G, the second −tr G².
    """

    n: int
    spectrum: Spectrum
    engine: Engine
    error: float

    def value(self, rho: ArrayLike) -> Any:
        """Return log|I − ρW|, a float for a scalar ρ or an array of its shape.

        Raises
        ------
        ValuesError
            If a ρ lies outside the admissible interval.
        """
        return self._at(rho, 0)

    def derivative(self, rho: ArrayLike) -> Any:
        """Return d log|I − ρW| / dρ = −tr G; raises as :meth:`value` does."""
        return self._at(rho, 1)

    def second(self, rho: ArrayLike) -> Any:
        """Return d² log|I − ρW| / dρ² = −tr G²; raises as :meth:`value` does."""
        return self._at(rho, 2)

    def admits(self, rho: ArrayLike) -> Any:
        """Return whether each ρ lies inside the open admissible interval."""
        values = np.asarray(rho, dtype=np.float64)
        return (values > self.spectrum.rho_low) & (values < self.spectrum.rho_high)

    def _at(self, rho: ArrayLike, order: int) -> Any:
        values = np.asarray(rho, dtype=np.float64)
        inside = self.admits(values)
        if not np.all(inside):
            outside = values[~inside] if values.ndim else values.reshape(1)
            raise ValuesError(
                "rho",
                expected=f"values in ({self.spectrum.rho_low:.6g}, {self.spectrum.rho_high:.6g})",
                found=f"{outside.size} outside",
                offenders=[float(x) for x in outside.ravel()],
                why="I − ρW is singular at the ends, and the model has no stable solution beyond",
            )
        out = self.engine.evaluate(values.ravel(), order).reshape(values.shape)
        return float(out) if values.ndim == 0 else out


def log_determinant(
    W: Any, *, spectrum: Spectrum | None = None, dense_limit: int = DENSE_LIMIT
) -> LogDeterminant:
    """Prepare log|I − ρW| for any number of evaluations.

    Parameters
    ----------
    W : sparse array or ndarray of shape (n, n)
        Any real weights.
    spectrum : Spectrum, optional
        Admissible interval where it is known already; used beyond `dense_limit`.
    dense_limit : int
        Up to this n all eigenvalues are computed (Ord 1975); beyond it, sparse LU
        factors at Chebyshev nodes of ``artanh`` of the rescaled ρ.

    Returns
    -------
    LogDeterminant
        Exact to rounding by eigenvalues; by interpolation to about 1e-9 (see ``error``).

    References
    ----------
    Ord, K. (1975). JASA 70, 120–126. Pace, R. K. and LeSage, J. (2004). Chebyshev
    approximation of log-determinants of spatial weight matrices. CSDA 45, 179–196.

    Examples
    --------
    >>> log_determinant([[0.0, 1.0], [1.0, 0.0]]).value(0.5)  # log(1 - 0.25)
    -0.2876820724517809
    """
    weights = as_weights(W)
    n = weights.shape[0]
    if n <= dense_limit:
        values = eigenvalues(weights)
        return LogDeterminant(n, spectrum_of(values), EigenvalueEngine(values), 0.0)
    limits = spectrum or extreme_eigenvalues(weights)
    return _interpolated(weights, limits)


@dataclass(frozen=True, slots=True)
class EigenvalueEngine:
    """Sums over the eigenvalues ω, shape (n,), real or complex: log|I − ρW| = Σ log|1 − ρω|."""

    omega: NDArray[Any]

    def evaluate(self, rho: FloatArray, order: int) -> FloatArray:
        """Return the derivative of `order` at each ρ, shape (m,)."""
        out = np.empty(rho.shape)
        block = max(1, 2_000_000 // max(self.omega.size, 1))
        for start in range(0, rho.size, block):
            part = rho[start : start + block, None]
            distance = 1.0 - part * self.omega
            if order == 0:
                terms = np.log(np.abs(distance))
            else:
                terms = -((self.omega / distance) ** order).real
            out[start : start + block] = terms.sum(axis=1)
        return out


@dataclass(frozen=True, slots=True)
class FactorEngine:
    """One sparse LU factorisation an evaluation; exact, for the ρ that no table covers.

    Attributes
    ----------
    S : csr_array of shape (n, n)
        W, or its symmetric twin.
    symmetric : bool
        Whether S is symmetric (then I − ρS is positive definite on the interval).
    """

    S: CsrArray
    symmetric: bool

    def evaluate(self, rho: FloatArray, order: int) -> FloatArray:
        """Return the derivative of `order` at each ρ, shape (m,)."""
        return np.array([self._one(float(r), order) for r in rho])

    def _one(self, rho: float, order: int) -> float:
        if order == 2:
            return -trace_square(self.S, rho)
        A = sparse.eye_array(self.S.shape[0], format="csr") - rho * self.S
        stable = self.symmetric or dominant(self.S, rho)
        if order == 0:
            return log_abs_det(A, symmetric=stable)
        # Complex step: Im log|I − (ρ + ih)W| / h = −tr G without an inverse.
        return -slope(A, self.S, symmetric=stable)


@dataclass(frozen=True, slots=True)
class ChebyshevEngine:
    """Interpolant of log|I − ρW| in s = artanh((ρ − centre)/half), |s| ≤ reach.

    Attributes
    ----------
    coefficients : ndarray of shape (m,)
        Chebyshev coefficients in s/reach.
    centre, half, reach : float
        The change of variable.
    exact : FactorEngine
        Serves the ρ beyond the reach.
    """

    coefficients: FloatArray
    centre: float
    half: float
    reach: float
    exact: FactorEngine

    def evaluate(self, rho: FloatArray, order: int) -> FloatArray:
        """Return the derivative of `order` at each ρ, shape (m,)."""
        t = (rho - self.centre) / self.half
        s = np.arctanh(np.clip(t, -1.0 + 1e-15, 1.0 - 1e-15))
        covered = np.abs(s) <= self.reach
        out = np.empty(rho.shape)
        out[covered] = self._interpolate(s[covered], t[covered], order)
        if not covered.all():
            out[~covered] = self.exact.evaluate(rho[~covered], order)
        return out

    def _interpolate(self, s: FloatArray, t: FloatArray, order: int) -> FloatArray:
        u, c = s / self.reach, self.coefficients
        if order == 0:
            return np.asarray(chebyshev.chebval(u, c))
        slope_t = 1.0 / (1.0 - t * t)  # ds/dt
        first = chebyshev.chebval(u, chebyshev.chebder(c)) / self.reach
        if order == 1:
            return np.asarray(first * slope_t / self.half)
        curve = chebyshev.chebval(u, chebyshev.chebder(c, 2)) / self.reach**2
        return np.asarray((curve * slope_t**2 + first * 2.0 * t * slope_t**2) / self.half**2)


def _interpolated(W: CsrArray, limits: Spectrum) -> LogDeterminant:
    twin = symmetrize(W)
    exact = FactorEngine(W if twin is None else twin.S, twin is not None)
    centre = 0.5 * (limits.rho_high + limits.rho_low)
    half = 0.5 * (limits.rho_high - limits.rho_low)
    reach = float(np.arctanh(TABULATED_SHARE))
    known: dict[float, float] = {}
    size = SMALLEST_GRID
    while True:
        coefficients = _coefficients(exact, size, centre, half, reach, known)
        tail = float(np.abs(coefficients[-max(4, size // 16) :]).sum())
        if tail <= INTERPOLATION_TOLERANCE or size >= LARGEST_GRID:
            break
        size *= 2
    engine = ChebyshevEngine(freeze(coefficients), centre, half, reach, exact)
    return LogDeterminant(W.shape[0], limits, engine, tail)


def _coefficients(
    exact: FactorEngine,
    size: int,
    centre: float,
    half: float,
    reach: float,
    known: dict[float, float],
) -> FloatArray:
    """Chebyshev–Lobatto coefficients; the nodes of a grid are kept when it is doubled."""
    share = np.arange(size + 1) / size
    for key in share:
        if float(key) not in known:
            s = reach * np.cos(np.pi * key)
            known[float(key)] = exact._one(centre + half * float(np.tanh(s)), 0)
    values = np.array([known[float(key)] for key in share])
    # Discrete cosine transform of type I by its matrix: size is at most 128.
    cosines = np.cos(np.pi * np.outer(np.arange(size + 1), share))
    weight = np.ones(size + 1)
    weight[[0, -1]] = 0.5
    coefficients = 2.0 / size * (cosines * weight) @ values
    coefficients[[0, -1]] *= 0.5
    return np.asarray(coefficients, dtype=np.float64)


def log_abs_det(A: Any, *, symmetric: bool) -> float:
    """Return log|det A| of a sparse nonsingular matrix by one LU factorisation."""
    return float(np.log(np.abs(factor(A, symmetric=symmetric).U.diagonal())).sum())


def slope(A: Any, B: Any, *, symmetric: bool) -> float:
    """Return tr(A⁻¹B) = d log|A + hB| / dh by one complex factorisation, exact to rounding."""
    shifted = sparse.csr_array(A, dtype=np.complex128) + 1j * STEP * sparse.csr_array(B)
    diagonal = factor(shifted, symmetric=symmetric).U.diagonal()
    return float((diagonal.imag / diagonal.real).sum() / STEP)


def dominant(W: CsrArray, rho: float) -> bool:
    """Return whether I − ρW is strictly diagonally dominant by rows: no pivots are needed."""
    return bool(abs(rho) * abs(W).sum(axis=1).max() < 1.0)


def trace_square(W: CsrArray, rho: float) -> float:
    """Return tr(G²), G = W(I − ρW)⁻¹, by one complex factorisation.

    With A = I − ρW, the determinant of the block matrix [[A, ihW], [W, A]] is
    |A| |A − ihWA⁻¹W|, whose logarithm has the imaginary part −h tr(A⁻¹WA⁻¹W).
    """
    return _trace_product(W, W, rho, transpose=False)


def trace_gram(W: CsrArray, rho: float) -> float:
    """Return tr(G′G), G = W(I − ρW)⁻¹, by one complex factorisation of [[A, ihW], [W′, A′]]."""
    return _trace_product(W, sparse.csr_array(W.T), rho, transpose=True)


def _trace_product(P: CsrArray, Q: CsrArray, rho: float, *, transpose: bool) -> float:
    n = P.shape[0]
    A = sparse.eye_array(n, format="csr") - rho * P
    corner = sparse.csr_array(A.T) if transpose else A
    block = sparse.block_array([[A, 1j * STEP * P], [Q, corner]], format="csr")
    # Both copies of a region next to each other: the fill stays that of 2 × 2 blocks.
    order = np.arange(2 * n).reshape(2, n).T.ravel()
    stable = dominant(P, rho)
    diagonal = factor(block[order][:, order], symmetric=stable).U.diagonal()
    return float(-(diagonal.imag / diagonal.real).sum() / STEP)
