"""Averages of rational functions of a large W, by Cauchy's integral about its spectrum.

For F without a pole inside a contour about the spectrum, tr F(W)/N is a sum over points z of the
contour of weights times F(z), the weights made of tr (I − W/z)⁻¹, which one sparse factor each
gives exactly. How far such a sum is from F is known at every place where an eigenvalue can be:
points are added until that is below a tolerance. No trace is estimated, no N × N array is formed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.errors import ConvergenceError, WeightsError
from workbench.numerics.sparse.factors import Factors, factors_of
from workbench.numerics.sparse.matrices import CsrArray, constant_row_sum
from workbench.numerics.sparse.spectrum import extreme_eigenvalues

Terms: TypeAlias = "Callable[[NDArray[Any]], NDArray[Any]]"
"""From places w, shape (m,), to functions there, shape (families, F, m), small ones last."""

TOLERANCE = 1e-11
"""Largest error of an average, as a share of the largest value of its function, or of the first
of its family that is not zero where that is larger."""

SIZES = (12, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384)
RADII = np.geomspace(1.05, 12.0, 16)
GRID = 128


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """Points about a set that holds the spectrum of W, in the map s = w/(1 − ρw).

    The map sends 1/ρ to infinity, so that powers of (I − ρW)⁻¹ are polynomials in s, for which
    few points do however near ρ is to its end.

    Attributes
    ----------
    low, high : float
        Ends of the set: an interval, or the real diameter of a disc.
    rho : float
        1/ρ lies outside the set.
    real : bool
        Whether the spectrum is real: an ellipse about an interval, else a circle about a disc.
    """

    low: float
    high: float
    rho: float
    real: bool

    def points(self, size: int, radius: float) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return s of `size` points and the weights ds/(2πi) that go with them."""
        u = radius * np.exp(2j * np.pi * (np.arange(size) + 0.5) / size)
        t, dt = (0.5 * (u + 1 / u), 0.5 * (u - 1 / u)) if self.real else (u, u)
        low, high = (w / (1.0 - self.rho * w) for w in (self.low, self.high))
        half = 0.5 * (high - low)
        return 0.5 * (low + high) + half * t, half * dt / size

    def grid(self) -> NDArray[Any]:
        """Return places at the rim of the set, which bound what happens inside."""
        angle = 2.0 * np.pi * np.arange(GRID) / GRID
        low, high = (w / (1.0 - self.rho * w) for w in (self.low, self.high))
        rim = np.cos(0.5 * angle) if self.real else np.exp(1j * angle)
        s: NDArray[Any] = 0.5 * (low + high) + 0.5 * (high - low) * rim
        return np.asarray(s / (1.0 + self.rho * s))


def averages(W: CsrArray, terms: Terms, *, rho: float) -> tuple[NDArray[Any], ...]:
    """Return places and weights at which functions are summed to their averages over W.

    Parameters
    ----------
    W : csr_array of shape (N, N)
    terms : callable
        The functions: real for real places, their poles near 1/ρ or farther from the spectrum.
    rho : float
        In the admissible interval of W.

    Returns
    -------
    places, direct, total : ndarray of shape (m,), complex
        Σ Re(direct F(places)) is tr F(W)/N, Σ Re(total F(places)) is 1′F(W)1/N. `total` is empty
        where rows of W have one sum c: the latter is then F(c).

    Raises
    ------
    WeightsError
        If W is directed and ρ beyond the inverse of its spectral radius, in absolute value.
    ConvergenceError
        If 384 points do not reach the tolerance.

    References
    ----------
    Trefethen, L. N. and Weideman, J. A. C. (2014). The exponentially convergent trapezoidal rule.
    SIAM Review 56(3), section 18. Mathias, R. (1992). Matrices with positive definite Hermitian
    part: inequalities and linear systems. SIAM Journal on Matrix Analysis 13(2).

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights([[0.0, 1.0], [1.0, 0.0]])
    >>> places, direct, _ = averages(W, lambda w: 1 / (1 - 0.5 * w[None, None]), rho=0.5)
    >>> round(float((direct / (1 - 0.5 * places)).real.sum()), 9)  # (2 + 2/3) / 2
    1.333333333
    """
    factors = factors_of(W)
    contour = _about(factors, rho)
    s, ds = _enough(contour, terms)
    # F is real on the real line: points below it only repeat those above.
    above = s.imag > 0
    s, ds = s[above], 2.0 * ds[above]
    places = s / (1.0 + rho * s)
    even = constant_row_sum(W) is not None
    means = np.array([_resolvents(factors, x, even=even) for x in (1.0 / places).tolist()])

    # 1/(s − s_i) = (ρz + (1 − ρz)/(1 − w_i/z))/s for the eigenvalue w_i
    weights = ds / s * (rho * places + (1.0 - rho * places) * means.T)
    return places, weights[0], np.empty(0, complex) if even else weights[1]


def _about(factors: Factors, rho: float) -> Contour:
    if factors.twin is not None:
        limits = extreme_eigenvalues(factors.W, twin=factors.twin)
        return Contour(limits.smallest, limits.largest, rho, real=True)
    radius = 1.0 / factors.safe_radius
    if not abs(rho) * radius < 1.0:
        raise WeightsError(
            "W",
            expected="links both ways, or |rho| below the inverse of the spectral radius, beyond "
            "1,500 regions",
            found=f"a directed W and rho = {rho:.4g}, spectral radius up to {radius:.4g}",
            why="averages are taken along a circle about all eigenvalues, which 1/rho lies in",
            remedy='W.normalize("row")',
        )
    return Contour(-radius, radius, rho, real=False)


def _enough(contour: Contour, terms: Terms) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the fewest points of a list that reach the tolerance at every place of the grid."""
    grid = contour.grid()
    wanted = terms(grid)
    scale = np.abs(wanted).max(axis=2)
    first = np.take_along_axis(scale, (scale > 0).argmax(axis=1)[:, None], axis=1)
    allowed = TOLERANCE * np.maximum(scale, first)
    for size in SIZES:
        for radius in RADII:
            s, ds = contour.points(size, float(radius))
            error = _error(contour, (s, ds), terms, (grid, wanted))
            if (error <= allowed).all():
                return s, ds
    raise ConvergenceError(
        "periods",
        expected=f"averages over W to {TOLERANCE:g} of their size",
        found=f"more than {SIZES[-1]} points needed",
        why="draws of rho reach from far inside its interval to its end",
        remedy='method="delta"',
    )


def _error(
    contour: Contour,
    points: tuple[NDArray[Any], NDArray[Any]],
    terms: Terms,
    at: tuple[NDArray[Any], NDArray[Any]],
) -> NDArray[Any]:
    """Return a bound of the error of each function's average, shape (families, F)."""
    (s, ds), (grid, wanted), rho = points, at, contour.rho
    places = s / (1.0 + rho * s)
    kernel = (ds / s)[:, None] * (1.0 - rho * grid) / (1.0 - grid / places[:, None])
    gap = terms(places) @ kernel - wanted
    if contour.real:
        return np.asarray(np.abs(gap).max(axis=-1))
    # Coefficients of the power series of the gap in s, which bound it for matrices that are not
    # normal too.
    return np.asarray(np.abs(np.fft.fft(gap)).sum(axis=-1) / GRID)


def _resolvents(factors: Factors, x: complex, *, even: bool) -> tuple[complex, complex]:
    """Return tr (I − xW)⁻¹/N and, unless rows are even, 1′(I − xW)⁻¹1/N.

    No pivots are needed: where W has a symmetric twin S, the field of values of I/x − S is a
    segment that leaves 0 out, so that a rotation makes its real part definite; elsewhere |x| is
    below the inverse spectral radius of |W|.
    """
    own = factors.average_inverse(x)
    if even:
        return own, 0j
    root = np.ones(factors.W.shape[0]) if factors.twin is None else np.sqrt(factors.twin.d)
    spread = factors.elimination.solve(factors.values(x), root, symmetric=factors.symmetric)
    return own, complex((spread / root).mean())
