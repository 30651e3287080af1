"""log|I − ρW| with its first two derivatives, behind one class whose engine can be replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import ArrayLike, NDArray

from workbench.errors import ValuesError
from workbench.numerics.sparse.factors import Factors, factors_of
from workbench.numerics.sparse.matrices import EIGENVALUE_LIMIT, CsrArray, as_weights, freeze
from workbench.numerics.sparse.recent import Recent, fingerprint
from workbench.numerics.sparse.spectrum import (
    Spectrum,
    eigenvalues,
    extreme_eigenvalues,
    spectrum_of,
)
from workbench.typing import FloatArray

PANEL_WIDTH = 0.25
# In s = artanh of the rescaled ρ: about one standard error of ρ at n = 100, fifty at 1,000,000.

PANEL_NODES = (11, 16, 24, 32)
PANEL_GAIN = 25.0
# The singularities are π/2 away: each node gains a factor of 4(π/2)/PANEL_WIDTH, eleven all digits.

PANEL_TOLERANCE = 3e-15
# Neglected terms of a panel, as a share of n: below the rounding of a sum of n logarithms.

PANEL_SHARE = 1.0 - 1e-7
# Panels cover this share of the admissible interval on each side; nearer to the ends, where ρ
# itself no longer resolves s, the determinant is factored at the ρ asked for.

SKETCH_SHARE = 0.999
SKETCH_SIZES = (16, 32, 64, 128)
# Chebyshev points of the whole interval: a factor of 1.5 each, so that 16 leave about 1 % of tr G.


class Engine(Protocol):
    """What :class:`LogDeterminant` needs: the three functions on arrays of ρ, shape (m,)."""

    def evaluate(self, rho: FloatArray, order: int) -> FloatArray:
        """Return the derivative of `order` 0, 1 or 2 at each ρ."""
        ...

    def sketches(self) -> Iterator[Sketch]:
        """Yield coarse pictures of the whole interval, where evaluating it all is dear."""
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
        Estimated absolute error of :meth:`value`: 0 for eigenvalues, the neglected terms
        and the rounding of n logarithms for factors.

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

    def sketches(self) -> Iterator[Sketch]:
        """Yield ever finer pictures of the whole interval; none where `value` is cheap anyway.

        A search that looks at many ρ far apart should look at these: beyond 600 regions
        :meth:`value` factors some ten matrices for every part of the interval it is asked about.
        """
        return self.engine.sketches()

    def rough(self, nodes: int = 32) -> LogDeterminant:
        """Return the same function from a sketch of so many nodes, for scans of the interval.

        Itself where it is cheap everywhere. With 32 nodes the slope is right to about 1e-4 n
        in the middle of the interval, 1e-2 n where 1 % of it is left.
        """
        for sketch in self.sketches():
            if sketch.coefficients.size > nodes:
                return LogDeterminant(self.n, self.spectrum, sketch, np.inf)
        return self

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
    W: Any, *, spectrum: Spectrum | None = None, dense_limit: int = EIGENVALUE_LIMIT
) -> LogDeterminant:
    """Prepare log|I − ρW| for any number of evaluations.

    Parameters
    ----------
    W : sparse array or ndarray of shape (n, n)
        Any real weights.
    spectrum : Spectrum, optional
        Admissible interval where it is known already; used beyond `dense_limit`.
    dense_limit : int
        Up to this n all eigenvalues are computed (Ord 1975); beyond it, sparse factors at
        Chebyshev nodes of ``artanh`` of the rescaled ρ, only near the ρ that are asked for.

    Returns
    -------
    LogDeterminant
        Exact to rounding (see ``error``). What was last prepared is found again by the
        content of W.

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
    key = (fingerprint(weights), spectrum, n <= dense_limit)
    return _held.get(key, lambda: _prepared(weights, spectrum, n <= dense_limit), size=n)


_held: Recent[LogDeterminant] = Recent()


def _prepared(W: CsrArray, spectrum: Spectrum | None, dense: bool) -> LogDeterminant:
    n = W.shape[0]
    if dense:
        values = eigenvalues(W)
        return LogDeterminant(n, spectrum_of(values), EigenvalueEngine(values), 0.0)
    factors = factors_of(W)
    limits = spectrum or extreme_eigenvalues(W, twin=factors.twin)
    centre = 0.5 * (limits.rho_high + limits.rho_low)
    half = 0.5 * (limits.rho_high - limits.rho_low)
    engine = PanelEngine(factors, centre, half, factors.symmetric)
    return LogDeterminant(n, limits, engine, 2.0 * PANEL_TOLERANCE * n)


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

    def sketches(self) -> Iterator[Sketch]:
        """Yield nothing: the sum over eigenvalues is cheap everywhere."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Sketch:
    """A coarse interpolant of log|I − ρW| on nearly all of its interval, with error bounds.

    Attributes
    ----------
    coefficients : ndarray of shape (m,)
        Chebyshev coefficients in s/reach, s = artanh((ρ − centre)/half).
    centre, half, reach : float
        The change of variable.
    concave : bool
        Whether the function is known to be concave in ρ (real eigenvalues).
    """

    coefficients: FloatArray
    centre: float
    half: float
    reach: float
    concave: bool

    def evaluate(self, rho: FloatArray, order: int) -> FloatArray:
        """Return the derivative of `order` roughly at each ρ, shape (m,)."""
        t, u = self._rescaled(rho)
        return _in_rho(_in_s(self.coefficients, u, order, 1.0 / self.reach), t, self.half)

    def sketches(self) -> Iterator[Sketch]:
        """Yield nothing: this is one."""
        return iter(())

    def value(self, rho: FloatArray) -> FloatArray:
        """Return log|I − ρW| roughly, at each ρ."""
        return self.evaluate(rho, 0)

    def derivative(self, rho: FloatArray) -> FloatArray:
        """Return its derivative −tr G roughly, at each ρ."""
        return self.evaluate(rho, 1)

    def second(self, rho: FloatArray) -> FloatArray:
        """Return its second derivative −tr G² roughly, at each ρ."""
        return self.evaluate(rho, 2)

    def slope_bounds(self, rho: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return bounds below and above the derivative, shape (m,), at increasing ρ.

        The coefficients fall geometrically, so that what is neglected is about as large as
        the last ones; a concave function's slope falls, which carries bounds along.
        """
        t, u = self._rescaled(rho)
        m = self.coefficients.size
        tail = 2.0 * float(np.abs(self.coefficients[-4:]).sum())
        # Bernstein: a polynomial of degree m in u has a slope below m/√(1 − u²) times its size,
        # and below m² times it (Markov).
        steep = np.minimum(m / np.sqrt(np.maximum(1.0 - u * u, 1e-300)), float(m * m))
        error = tail * steep / (self.reach * self.half * (1.0 - t * t))
        low, high = self.derivative(rho) - error, self.derivative(rho) + error
        if self.concave:
            high = np.minimum.accumulate(high)
            low = np.maximum.accumulate(low[::-1])[::-1]
        return low, high

    def _rescaled(self, rho: FloatArray) -> tuple[FloatArray, FloatArray]:
        edge = float(np.tanh(self.reach))
        t = np.clip((rho - self.centre) / self.half, -edge, edge)
        return t, np.clip(np.arctanh(t) / self.reach, -1.0, 1.0)


def _in_s(c: FloatArray, u: FloatArray, order: int, per_s: float) -> list[Any]:
    """Return a Chebyshev series in u and its derivatives up to `order` in s, du/ds = `per_s`."""
    series = [chebyshev.chebder(c, k) if k else c for k in range(order + 1)]
    return [chebyshev.chebval(u, a) * per_s**k for k, a in enumerate(series)]


def _in_rho(in_s: list[Any], t: FloatArray, half: float) -> FloatArray:
    """Return the last of the derivatives in s = artanh(t) as one in ρ = centre + half·t."""
    slope = 1.0 / (1.0 - t * t)  # ds/dt
    if len(in_s) == 1:
        return np.asarray(in_s[0])
    if len(in_s) == 2:
        return np.asarray(in_s[1] * slope / half)
    return np.asarray((in_s[2] + 2.0 * t * in_s[1]) * (slope / half) ** 2)


@dataclass(frozen=True, slots=True)
class PanelEngine:
    """Interpolants of log|I − ρW| on short panels of s = artanh((ρ − centre)/half), as needed.

    Attributes
    ----------
    factors : Factors
        One factorisation a node.
    centre, half : float
        The change of variable.
    concave : bool
        Whether the function is known to be concave in ρ.
    panels, nodes : dict
        What has been computed: coefficients by panel, values by share of the sketch's circle.
        Both follow from W alone, so that the order of questions changes no answer.
    """

    factors: Factors
    centre: float
    half: float
    concave: bool
    panels: dict[int, FloatArray] = field(default_factory=dict)
    nodes: dict[float, float] = field(default_factory=dict)

    def evaluate(self, rho: FloatArray, order: int) -> FloatArray:
        """Return the derivative of `order` at each ρ, shape (m,)."""
        t = (rho - self.centre) / self.half
        covered = np.abs(t) <= PANEL_SHARE
        s = np.arctanh(np.where(covered, t, 0.0))
        panel = np.where(covered, np.rint(s / PANEL_WIDTH), np.iinfo(np.int32).max)
        out = np.empty(rho.shape)
        for key in np.unique(panel[covered]).astype(int):
            here = panel == key
            u = (s[here] - key * PANEL_WIDTH) / (0.5 * PANEL_WIDTH)
            out[here] = self._on_panel(key, u, t[here], order)
        exact = (self.factors.logdet, self._minus_trace, self._minus_square)[order]
        out[~covered] = [exact(float(x)) for x in rho[~covered]]
        return out

    def _minus_trace(self, rho: float) -> float:
        return -self.factors.trace(rho)

    def _minus_square(self, rho: float) -> float:
        return -self.factors.trace_square(rho)

    def _on_panel(self, key: int, u: FloatArray, t: FloatArray, order: int) -> FloatArray:
        if key not in self.panels:
            self.panels[key] = self._panel(key * PANEL_WIDTH)
        in_s = _in_s(self.panels[key], u, order, 2.0 / PANEL_WIDTH)
        return _in_rho(in_s, t, self.half)

    def _panel(self, middle: float) -> FloatArray:
        """Chebyshev coefficients around s = `middle`, of more nodes until the last are rounding."""
        for size in PANEL_NODES:
            angle = np.pi * (np.arange(size) + 0.5) / size
            s = middle + 0.5 * PANEL_WIDTH * np.cos(angle)
            values = np.array([self._at(x) for x in s])
            c = 2.0 / size * np.cos(np.outer(np.arange(size), angle)) @ values
            c[0] *= 0.5
            neglected = (abs(c[-1]) + abs(c[-2]) / PANEL_GAIN) / PANEL_GAIN
            if neglected <= PANEL_TOLERANCE * self.factors.W.shape[0]:
                break
        return np.asarray(freeze(c))

    def _at(self, s: float) -> float:
        return self.factors.logdet(self.centre + self.half * float(np.tanh(s)))

    def sketches(self) -> Iterator[Sketch]:
        """Yield interpolants of the whole interval; the nodes of one are kept for the next."""
        reach = float(np.arctanh(SKETCH_SHARE))
        for size in SKETCH_SIZES:
            share = np.arange(size + 1) / size
            for key in share:
                if float(key) not in self.nodes:
                    self.nodes[float(key)] = self._at(reach * float(np.cos(np.pi * key)))
            values = np.array([self.nodes[float(key)] for key in share])
            yield Sketch(_lobatto(values), self.centre, self.half, reach, self.concave)


def _lobatto(values: FloatArray) -> FloatArray:
    """Chebyshev coefficients from values at cos(πk/m): cosine transform of type I by its matrix."""
    m = values.size - 1
    share = np.arange(m + 1) / m
    weight = np.ones(m + 1)
    weight[[0, -1]] = 0.5
    c = 2.0 / m * (np.cos(np.pi * np.outer(np.arange(m + 1), share)) * weight) @ values
    c[[0, -1]] *= 0.5
    return np.asarray(freeze(c))


def dominant(W: CsrArray, rho: float) -> bool:
    """Return whether I − ρW is strictly diagonally dominant by rows: no pivots are needed."""
    return bool(abs(rho) * abs(W).sum(axis=1).max() < 1.0)
