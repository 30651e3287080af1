"""Eigenvalues of a weights matrix, and the interval of ρ on which I − ρW is nonsingular."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal
from scipy.sparse.linalg import ArpackNoConvergence, eigs, eigsh
from threadpoolctl import threadpool_limits

from workbench.errors import WeightsError
from workbench.numerics.sparse.matrices import (
    DENSE_LIMIT,
    EIGENVALUE_LIMIT,
    CsrArray,
    Symmetrized,
    as_weights,
    constant_row_sum,
    freeze,
    symmetrize,
)
from workbench.numerics.sparse.recent import Recent, fingerprint

REAL_TOLERANCE = 1e-7
# A real eigenvalue of multiplicity two comes back from LAPACK as a complex pair about
# sqrt(machine epsilon) apart; counting it as real can only narrow the interval.

ROUNDING_MARGIN = 1e-13
# Eigenvalues carry rounding of this relative size; the ends move in by it, so that ρ = 1 is
# never admitted for row-standardised weights.

ITERATION_MARGIN = 1e-9
# Iterated extremes lie inside the true ones; widening them keeps the interval admissible.

ITERATION_LIMIT = 50_000
# Up to here extremes are iterated until they converge (a second or two); beyond, the edge of the
# spectrum of a map is so crowded that convergence takes minutes, and bounds serve as well.

CHECK_EVERY, LONGEST = 100, 20_000
RESIDUAL = 1e-10
# Of an iterated extreme, as a share of it: how far an eigenvalue is at most.

LANCZOS_STEPS = 300
LANCZOS_RISK = 1e-6
# The bounds fail with this probability over start vectors; at n = 1,000,000 they then reach
# beyond the true extremes by 0.13 % of the spread of the spectrum.


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Extreme real eigenvalues of W and the admissible interval of ρ.

    Attributes
    ----------
    smallest, largest : float
        Smallest and largest real eigenvalue, or bounds on them where `exact` is False.
    rho_low, rho_high : float
        Ends of an open interval around 0 on which I − ρW is nonsingular:
        1/smallest and 1/largest. Where W has no negative (positive) real eigenvalue no
        ρ is singular on that side, and the interval ends at the inverse of the spectral
        radius, beyond which the powers of ρW no longer vanish.
    exact : bool
        False where an end is a safe bound and the true interval may be wider.
    """

    smallest: float
    largest: float
    rho_low: float
    rho_high: float
    exact: bool


def eigenvalues(W: Any) -> NDArray[Any]:
    """Return all eigenvalues of `W`, shape (n,): real where a symmetric twin exists.

    Dense: n³ work and n² memory, meant for n up to ``DENSE_LIMIT``.
    Complex where W has no symmetric twin.

    Examples
    --------
    >>> eigenvalues([[0.0, 1.0], [1.0, 0.0]])
    array([-1.,  1.])
    """
    weights = as_weights(W)
    twin = symmetrize(weights)
    if twin is not None:
        return np.asarray(freeze(np.linalg.eigvalsh(twin.S.toarray())))
    return np.asarray(freeze(np.linalg.eigvals(weights.toarray()).astype(np.complex128)))


def spectrum_of(values: NDArray[Any]) -> Spectrum:
    """Return the exact :class:`Spectrum` from all eigenvalues, real or complex, shape (n,)."""
    radius = float(np.abs(values).max()) if values.size else 0.0
    if np.iscomplexobj(values):
        real = values.real[np.abs(values.imag) <= REAL_TOLERANCE * radius]
    else:
        real = values
    if radius == 0.0:
        raise _no_links()
    low = float(real.min()) if real.size else 0.0
    high = float(real.max()) if real.size else 0.0
    negligible = REAL_TOLERANCE * radius
    inside = 1.0 - ROUNDING_MARGIN
    return Spectrum(
        smallest=low,
        largest=high,
        rho_low=(1.0 / low if low < -negligible else -1.0 / radius) * inside,
        rho_high=(1.0 / high if high > negligible else 1.0 / radius) * inside,
        exact=True,
    )


def extreme_eigenvalues(W: Any, *, twin: Symmetrized | None = None) -> Spectrum:
    """Find the admissible interval of ρ for any weights matrix.

    Parameters
    ----------
    W : sparse array or ndarray of shape (n, n)
        Row-standardised, binary, directed, with islands, in several parts.
    twin : Symmetrized, optional
        The symmetric matrix similar to `W`, where the caller knows it; otherwise it is looked for.

    Returns
    -------
    Spectrum
        Where W has a symmetric twin: exact from all eigenvalues for n up to 600, by iteration
        up to 50,000; beyond, bounds from 300 steps of Lanczos (``exact=False``). A directed W
        of up to 1,500 regions: exact from all eigenvalues.
        A large directed W gets the safe interval ``±1/r`` with r its spectral radius or a norm
        above it (``exact=False``).

    Raises
    ------
    WeightsError
        If no row has a weight.

    Notes
    -----
    Of more than 600 regions those last found are found again by the content of W.

    Only real eigenvalues matter: for real ρ, |I − ρW| = ∏(1 − ρω_i) vanishes only at the
    inverse of a real ω_i (LeSage and Pace 2009, section 4.3.2).

    References
    ----------
    LeSage, J. and Pace, R. K. (2009). Introduction to Spatial Econometrics, chapter 4.
    Kuczyński, J. and Woźniakowski, H. (1992). Estimating the largest eigenvalue by the power and
    Lanczos algorithms with a random start. SIAM Journal on Matrix Analysis 13(4), theorem 4.2.

    Examples
    --------
    >>> s = extreme_eigenvalues([[0.0, 1.0], [1.0, 0.0]])
    >>> round(s.rho_low, 6), round(s.rho_high, 6)
    (-1.0, 1.0)
    """
    weights = as_weights(W)
    if weights.nnz == 0:
        raise _no_links()
    if weights.shape[0] <= EIGENVALUE_LIMIT:
        return spectrum_of(eigenvalues(weights))
    return _held.get(fingerprint(weights), lambda: _extremes(weights, twin), size=1)


_held: Recent[Spectrum] = Recent()


def _extremes(weights: CsrArray, twin: Symmetrized | None) -> Spectrum:
    twin = twin or symmetrize(weights)
    if twin is None:
        if weights.shape[0] <= DENSE_LIMIT:
            return spectrum_of(eigenvalues(weights))
        return _directed(weights)
    row_sum = constant_row_sum(weights)
    if weights.shape[0] > ITERATION_LIMIT:
        return _bounds(twin.S, row_sum)
    # One thread, as in the bounds; short vectors gain nothing from more.
    with threadpool_limits(1, user_api="blas"):
        return _iterated(twin.S, row_sum) or _safe(_norm(weights), weights)


def spectral_radius(W: Any) -> float:
    """Compute the largest modulus of the eigenvalues of non-negative weights.

    Parameters
    ----------
    W : sparse array or ndarray of shape (n, n)
        Non-negative: its spectral radius is an eigenvalue (Perron and Frobenius).

    Returns
    -------
    float
        To about 1e-12 relative; 0 where no region is reached from its own neighbours.

    Raises
    ------
    WeightsError
        If the iteration does not converge.

    Examples
    --------
    >>> round(spectral_radius([[0.0, 2.0], [2.0, 0.0]]), 12)
    2.0
    """
    weights = as_weights(W)
    if weights.shape[0] <= DENSE_LIMIT:
        values = eigenvalues(weights)
        return float(np.abs(values).max()) if values.size else 0.0
    twin = symmetrize(weights)
    start = _start(weights.shape[0])
    try:
        if twin is None:
            top = eigs(weights, k=1, which="LR", v0=start, tol=0, return_eigenvectors=False).real
        else:
            top = eigsh(twin.S, k=1, which="LA", v0=start, tol=0, return_eigenvectors=False)
    except ArpackNoConvergence as error:
        raise WeightsError(
            "normalize",
            expected="weights whose largest eigenvalue converges",
            found=f"{weights.shape[0]:,} regions and no convergence",
            remedy='normalize="min-max" bounds the eigenvalues without computing them',
        ) from error
    return float(abs(top[0]))


def _iterated(S: CsrArray, row_sum: float | None) -> Spectrum | None:
    """Return the extremes once Lanczos has found them; None where it does not."""
    # Perron: a non-negative matrix whose rows all sum to c has the largest eigenvalue c.
    perron = row_sum is not None and bool((S.data >= 0).all())
    found = _converged(S, ends=("low",) if perron else ("low", "high"))
    if found is None:
        return None
    low = found["low"] * (1.0 + ITERATION_MARGIN)
    if row_sum is not None and perron:
        high = row_sum * (1.0 + ROUNDING_MARGIN)
    else:
        high = found["high"] * (1.0 + ITERATION_MARGIN)
    return Spectrum(low, high, 1.0 / low, 1.0 / high, exact=True)


def _converged(S: CsrArray, *, ends: tuple[str, ...]) -> dict[str, float] | None:
    """Return extreme Ritz values whose residuals are below a share of 1e-10 of them."""
    diagonal: list[float] = []
    off: list[float] = []
    for alpha, beta in _steps(S):
        diagonal.append(alpha)
        k = len(diagonal)
        if k % CHECK_EVERY == 0 or beta == 0.0:
            found = {end: _ritz(diagonal, off, 0 if end == "low" else k - 1) for end in ends}
            if all(beta * last <= RESIDUAL * abs(value) for value, last in found.values()):
                return {end: value for end, (value, _) in found.items()}
            if k >= LONGEST:
                return None
        off.append(beta)
    return None


def _ritz(diagonal: list[float], off: list[float], at: int) -> tuple[float, float]:
    """Return a Ritz value and the size of the last entry of its vector."""
    values, vectors = eigh_tridiagonal(
        np.array(diagonal), np.array(off), select="i", select_range=(at, at)
    )
    return float(values[0]), float(abs(vectors[-1, 0]))


def _bounds(S: CsrArray, row_sum: float | None) -> Spectrum:
    # One thread: sums of several threads would differ with their number in the last bits.
    with threadpool_limits(1, user_api="blas"):
        low, high = _lanczos(S)
    low -= _reach(S.shape[0]) * (high - low)
    if row_sum is not None and (S.data >= 0).all():
        high = row_sum * (1.0 + ROUNDING_MARGIN)
    else:
        high += _reach(S.shape[0]) * (high - low)
    return Spectrum(low, high, 1.0 / low, 1.0 / high, exact=False)


def _lanczos(S: CsrArray) -> tuple[float, float]:
    """Return the extreme Ritz values after a fixed number of steps."""
    diagonal, off = (np.array(x) for x in zip(*islice(_steps(S), LANCZOS_STEPS), strict=True))
    ritz = eigh_tridiagonal(diagonal, off[:-1], eigvals_only=True)
    return float(ritz[0]), float(ritz[-1])


def _steps(S: CsrArray) -> Iterator[tuple[float, float]]:
    """Yield the entries of Lanczos's tridiagonal matrix from a fixed normal start; 0 at the end.

    Without reorthogonalisation, which only repeats values that have converged: three vectors
    of memory and one product with S a step.
    """
    q = np.random.Generator(np.random.Philox(key=1)).standard_normal(S.shape[0])
    q /= np.linalg.norm(q)
    previous, beta, scale = np.zeros_like(q), 0.0, 0.0
    while True:
        w = S @ q
        w -= beta * previous
        alpha = float(q @ w)
        w -= alpha * q
        beta = float(np.linalg.norm(w))
        scale = max(scale, abs(alpha), beta)
        if beta <= ITERATION_MARGIN * scale:  # all that the start holds has been found
            yield alpha, 0.0
            return
        yield alpha, beta
        previous, q = q, w / beta


def _reach(n: int) -> float:
    """Return how far an extreme may lie beyond its Ritz value, as a share of the spread."""
    exponent = np.log(1.648 * np.sqrt(n) / LANCZOS_RISK)
    return float((exponent / (2 * LANCZOS_STEPS - 1)) ** 2)


def _directed(W: CsrArray) -> Spectrum:
    bound = _norm(W)
    row_sum = constant_row_sum(W)
    if (W.data >= 0).all() and row_sum is not None:
        return _safe(row_sum * (1.0 + ROUNDING_MARGIN), W)
    if (W.data >= 0).all():
        try:
            top = eigs(W, k=1, which="LR", v0=_start(W.shape[0]), return_eigenvectors=False)[0]
            bound = min(bound, float(top.real) * (1.0 + ITERATION_MARGIN))
        except ArpackNoConvergence:
            pass
    return _safe(bound, W)


def _safe(radius: float, W: CsrArray) -> Spectrum:
    if radius <= 0.0 or W.nnz == 0:
        raise _no_links()
    return Spectrum(-radius, radius, -1.0 / radius, 1.0 / radius, exact=False)


def _norm(W: CsrArray) -> float:
    absolute = abs(W)
    return float(min(absolute.sum(axis=1).max(), absolute.sum(axis=0).max()))


def _start(n: int) -> NDArray[np.float64]:
    """Return a fixed start vector: results must not depend on a random state."""
    return np.asarray(1.0 + np.sin(np.arange(1, n + 1, dtype=np.float64)))


def _no_links() -> WeightsError:
    return WeightsError(
        "W",
        expected="weights with at least one cycle of neighbours",
        found="a matrix whose eigenvalues are all zero",
        why="ρ is not bounded, and feedback between regions does not exist",
        remedy="build weights that link regions both ways",
    )
