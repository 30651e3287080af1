"""Traces of W and spreads of regressors as functions of ρ: solved at a few ρ, read between them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from workbench.numerics.likelihoods.many.ground import Ground, Regressors
from workbench.numerics.panels.layers import solve_columns
from workbench.numerics.responses.traces import lag_traces
from workbench.numerics.sparse.spectrum import Spectrum
from workbench.typing import FloatArray

WIDTH = 0.5
"""Of a stretch in s = artanh of the rescaled ρ, where what is read has no singularity nearer than
about π/4: each node gains a factor of six or more. Stretches follow from W alone, so that no answer
depends on which other models are asked about."""

NODES = (12, 16, 24, 32)
TOLERANCE = 1e-11
"""Neglected terms, as a share of the largest: below what standard errors are held to."""

TRACES = ("tr_g", "tr_g2", "tr_gtg", "sum_m", "sum_mw", "slope_m", "slope_mw", "turned")
"""What is read at ρ, by name: see :class:`~workbench.numerics.responses.traces.LagTraces`;
``turned`` is 1′GG′1/N, of which effects of periods take one from tr G′G."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """One stretch: ρ at its nodes, and coefficients that read between them.

    Attributes
    ----------
    nodes : ndarray of shape (J,)
    cosines : ndarray of shape (J, J)
        From values at nodes to Chebyshev coefficients.
    traces : ndarray of shape (J, len(TRACES))
        Chebyshev coefficients.
    """

    nodes: FloatArray
    cosines: FloatArray
    traces: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Traces of one W along ρ, held by stretch.

    Attributes
    ----------
    ground : Ground
    spectrum : Spectrum
        Admissible interval.
    held : dict
        Stretches that were needed.
    whole : dict
        By stretch: Chebyshev coefficients of G itself, shape (J, N N), where that was needed.
    """

    ground: Ground
    spectrum: Spectrum
    held: dict[int, Stretch] = field(default_factory=dict)
    whole: dict[int, FloatArray] = field(default_factory=dict)

    def stretches(self, rho: FloatArray) -> FloatArray:
        """Return the number of the stretch that each ρ is on, shape (m,)."""
        return np.rint(self._s(rho) / WIDTH).astype(np.int64)

    def basis(self, rho: FloatArray, key: int) -> FloatArray:
        """Return Chebyshev polynomials at ρ on a stretch, shape (m, J)."""
        u = np.clip((self._s(rho) - key * WIDTH) / (0.5 * WIDTH), -1.0, 1.0)
        J = self.at(key).nodes.size
        return np.asarray(np.cos(np.arange(J) * np.arccos(u)[:, None]))

    def at(self, key: int) -> Stretch:
        """Return a stretch, solved if it was not needed before."""
        if key not in self.held:
            self.held[key] = self._solved(key)
        return self.held[key]

    def traces(self, rho: FloatArray) -> FloatArray:
        """Return the traces at each ρ, shape (m, len(TRACES))."""
        out = np.empty((rho.size, len(TRACES)))
        keys = self.stretches(rho)
        for key in np.unique(keys):
            here = keys == key
            out[here] = self.basis(rho[here], int(key)) @ self.at(int(key)).traces
        return out

    def matrices(self, rho: FloatArray) -> FloatArray:
        """Return G = W(I − ρW)⁻¹ itself at each ρ, shape (m, N, N): for some hundred regions."""
        N = self.ground.layers.matrices[0].shape[0]
        out = np.empty((rho.size, N * N))
        keys = self.stretches(rho)
        for key in np.unique(keys):
            here = np.flatnonzero(keys == key)
            if key not in self.whole:
                self.whole[int(key)] = self._matrices(int(key))
            out[here] = self.basis(rho[here], int(key)) @ self.whole[int(key)]
        return out.reshape(-1, N, N)

    def _matrices(self, key: int) -> FloatArray:
        stretch, W = self.at(key), self.ground.layers.matrices[0]
        unit = np.eye(W.shape[0])
        found = [W @ solve_columns(W, unit, rho=float(x)) for x in stretch.nodes]
        return np.asarray(stretch.cosines @ np.stack([np.asarray(one).ravel() for one in found]))

    def _s(self, rho: FloatArray) -> FloatArray:
        low, high = self.spectrum.rho_low, self.spectrum.rho_high
        return np.arctanh((2.0 * rho - low - high) / (high - low))

    def _solved(self, key: int) -> Stretch:
        low, high = self.spectrum.rho_low, self.spectrum.rho_high
        for size in NODES:
            angle = np.pi * (np.arange(size) + 0.5) / size
            s = key * WIDTH + 0.5 * WIDTH * np.cos(angle)
            nodes = 0.5 * (low + high) + 0.5 * (high - low) * np.tanh(s)
            cosines = 2.0 / size * np.cos(np.outer(np.arange(size), angle))
            cosines[0] *= 0.5
            values = np.array([self._traces(float(x)) for x in nodes])
            coefficients = cosines @ values
            tail = np.abs(coefficients[-2:]).max(axis=0)
            if (tail <= TOLERANCE * np.abs(values).max(axis=0)).all():
                break
        return Stretch(nodes, cosines, coefficients)

    def _traces(self, rho: float) -> list[float]:
        W = self.ground.layers.matrices[0]
        found = lag_traces(W, rho=rho)
        turned = 0.0
        if self.ground.deflated:
            ones = np.ones((W.shape[0], 1))
            back = W.T @ solve_columns(W, ones, rho=rho, transpose=True)[:, 0]
            turned = float(back @ back) / W.shape[0]
        return [*(float(getattr(found, name)) for name in TRACES[:-1]), turned]


def course_of(ground: Ground) -> Course:
    """Return the traces of one W along ρ; they are solved where they are asked for."""
    return Course(ground, ground.determinant().spectrum)


@dataclass(frozen=True, slots=True, eq=False)
class Spreads:
    """G X b along ρ for any b, G = W(I − ρW)⁻¹, effects out, in the coordinates of regressors.

    Attributes
    ----------
    regressors : Regressors
    course : Course
    held : dict
        By stretch: coordinates inside the span, (q, J p), and outside, (r, J p).
    """

    regressors: Regressors
    course: Course
    held: dict[int, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    def at(self, rho: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return G X b at each ρ: coordinates, (m, q), and the square of what is outside, (m,).

        Parameters
        ----------
        rho : ndarray of shape (m,)
        b : ndarray of shape (m, p)
        """
        inside = np.empty((rho.size, self.regressors.own.shape[0]))
        outside = np.empty(rho.size)
        keys = self.course.stretches(rho)
        for key in np.unique(keys):
            here = np.flatnonzero(keys == key)
            own, rest = self._stretch(int(key))
            basis = self.course.basis(rho[here], int(key))
            combined = (basis[:, :, None] * b[here][:, None, :]).reshape(here.size, -1)
            inside[here] = combined @ own.T
            outside[here] = ((combined @ rest.T) ** 2).sum(axis=1)
        return inside, outside

    def _stretch(self, key: int) -> tuple[FloatArray, FloatArray]:
        if key not in self.held:
            self.held[key] = self._solved(key)
        return self.held[key]

    def _solved(self, key: int) -> tuple[FloatArray, FloatArray]:
        stretch, known = self.course.at(key), self.regressors
        layers, Q = known.ground.layers, known.Q
        values = np.stack(
            [known.ground.lag(layers.solve(known.columns, float(x))) for x in stretch.nodes]
        )
        series = np.tensordot(stretch.cosines, values, axes=1)  # (J, n, p)
        flat = series.transpose(1, 0, 2).reshape(Q.shape[0], -1)
        inside = Q.T @ flat
        rest = flat - Q @ inside
        more = Q.T @ rest
        return inside + more, np.asarray(np.linalg.qr(rest - Q @ more).R)
