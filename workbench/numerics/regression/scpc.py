"""Inference with spatial correlation principal components (Müller and Watson 2022).

The long-run variance of a mean is estimated from its q weighted averages that a strongly
correlated benchmark moves most; the critical value is the largest that any weaker correlation of
the benchmark's kind needs. The letters are the paper's.

Reference: Müller, U. K. and Watson, M. W. (2022). Spatial correlation robust inference.
Econometrica 90, pp. 2901-2935.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, optimize, special
from threadpoolctl import threadpool_limits

from workbench.errors import ValuesError
from workbench.numerics.regression.conley import distances_of
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray

STEP = 1.2
# Ratio of neighbouring decay rates at which the size is controlled.

WEAKEST = 1e-5
# Mean correlation at which the rates end; beyond it only the limit of no correlation counts.

FIRST_MOST = 20
# Components tried at first; doubled while the best number is among the last quarter.

NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(60)
SINE_SQUARES = np.sin(0.25 * np.pi * (NODES + 1.0)) ** 2
# Gauss-Legendre on (0, pi/2): the integrand is analytic but for λ near 0; 60 nodes leave 1e-7.


@dataclass(frozen=True, slots=True)
class ScpcReference:
    """The law of an SCPC t-statistic in the worst case of the benchmark.

    Attributes
    ----------
    q : int
        Number of components.
    roots : ndarray of shape (g, q + 1, q + 1)
        Lower triangular L with LL′ = Ω(c), the covariance of the mean and the q weighted averages,
        at each of the g decay rates c and in the limit.
    """

    q: int
    roots: FloatArray

    def p_value(self, statistic: Any) -> FloatArray:
        """Return the largest probability over decay rates of a larger |t|, element by element."""
        t = np.abs(np.asarray(statistic, dtype=np.float64))
        out = np.where(np.isnan(t), np.nan, 0.0)
        for at in np.argwhere(np.isfinite(t)):
            out[tuple(at)] = worst_rejection(self.roots, float(t[tuple(at)]))
        return out

    def critical_value(self, level: float) -> float:
        """Return the t that no decay rate exceeds with probability above 1 − level."""
        return critical_value(self.roots, 1.0 - level)


@dataclass(frozen=True, slots=True)
class Components:
    """Weights of the components at all places, and the law of the t-statistic.

    Attributes
    ----------
    vectors : ndarray of shape (n, q)
        Orthonormal, orthogonal to the constant.
    reference : ScpcReference
    decay : float
        c₀, the rate at which correlations exp(−c₀ d) have the assumed mean.
    sampled : int
        Places among which rates, components and critical values were computed.
    """

    vectors: FloatArray
    reference: ScpcReference
    decay: float
    sampled: int


def principal_components(
    points: Any, *, rho_bar: float, level: float, sample: Any = None
) -> Components:
    """Choose the number of components and their weights from places alone.

    Parameters
    ----------
    points : ndarray of shape (n, 2) or (n, 3)
        Coordinates in the plane, or points on the unit sphere.
    rho_bar : float
        Mean correlation of pairs of places under the benchmark, between 0 and 1.
    level : float
        Of the interval whose expected length decides q.
    sample : ndarray of int, shape (m,), optional
        Positions among which everything is computed where n² pairs are too many; components are
        then extended to all places by Nyström's formula, and Ω(c) scaled to n places.

    Returns
    -------
    Components

    Raises
    ------
    ValuesError
        If coincident places alone are as correlated as `rho_bar`, or if there are too few places.

    Notes
    -----
    c₀ solves mean exp(−c₀ d_ij) = ρ̄ over pairs; the components are the first eigenvectors of
    M exp(−c₀ d) M, M = I − 11′/n; q minimises cv(q) E√(χ²_q / q), the expected length of the
    interval under no correlation (section 3).

    Examples
    --------
    >>> grid = np.stack(np.meshgrid(np.arange(8.0), np.arange(8.0)), -1).reshape(-1, 2)
    >>> principal_components(grid, rho_bar=0.03, level=0.95).vectors.shape[0]
    64
    """
    # One thread: more are slower at these sizes, and sums then run in one order.
    with threadpool_limits(1, user_api="blas"):
        return _components(np.asarray(points, dtype=np.float64), rho_bar, level, sample)


def _components(places: FloatArray, rho_bar: float, level: float, sample: Any) -> Components:
    chosen = places if sample is None else places[sample]
    distances = distances_of(chosen, chosen)
    # Distances from squares of differences leave the diagonal exactly zero.
    rates = decay_rates(distances, rho_bar)
    n, m = len(places), len(chosen)
    most = min(FIRST_MOST, m - 2)
    while True:
        vectors = leading_vectors(np.exp(-rates[0] * distances), most)
        roots = benchmark_roots(distances, vectors, rates, size=n)
        q = shortest(roots, 1.0 - level)
        if q <= 0.75 * most or most == m - 2:
            break
        most = min(2 * most, m - 2)
    kept = roots[:, : q + 1, : q + 1]
    if sample is None:
        weights = vectors[:, :q]
    else:
        weights = _extended(vectors[:, :q], chosen, places, rates[0])
    reference = ScpcReference(q, freeze(np.ascontiguousarray(kept)))
    return Components(freeze(_signed(weights)), reference, float(rates[0]), m)


def decay_rates(distances: FloatArray, rho_bar: float) -> FloatArray:
    """Return c₀ and rates above it, in steps of 20 %, up to almost no mean correlation.

    Parameters
    ----------
    distances : ndarray of shape (m, m)
    rho_bar : float
        Mean correlation of pairs at c₀.
    """
    m = len(distances)
    pairs = distances[np.triu_indices(m, 1)]
    coincident = float(np.mean(pairs == 0.0))
    if m < 5 or coincident >= rho_bar:
        raise ValuesError(
            "points",
            expected=f"at least 5 places, fewer than {rho_bar:.3g} of their pairs coincident",
            found=f"{m} places, {coincident:.3g} of the pairs coincident",
            why="no decay rate gives pairs the mean correlation rho_bar",
            remedy="merge observations that share a place, or take clusters",
        )

    def excess(log_rate: float, target: float) -> float:
        return float(np.mean(np.exp(-np.exp(log_rate) * pairs))) - target

    typical = float(np.log(1.0 / pairs[pairs > 0].mean()))
    low, high = typical - 20.0, typical + 1.0
    weakest = coincident + WEAKEST
    while excess(high, weakest) > 0:
        high += 1.0
    first = float(optimize.brentq(excess, low, high, args=(rho_bar,), xtol=1e-13))
    last = first
    if excess(first, weakest) > 0:
        last = float(optimize.brentq(excess, first, high, args=(weakest,), xtol=1e-3))
    count = int(np.ceil((last - first) / np.log(STEP))) + 1
    return np.asarray(np.exp(first + np.log(STEP) * np.arange(count)))


def leading_vectors(correlation: FloatArray, count: int) -> FloatArray:
    """Return the first eigenvectors of MΣM, M = I − 11′/m, shape (m, count), largest first."""
    m = len(correlation)
    centred = correlation - correlation.mean(axis=0)
    centred -= centred.mean(axis=1)[:, None]
    _, vectors = linalg.eigh(
        0.5 * (centred + centred.T), subset_by_index=[m - count, m - 1], driver="evr"
    )
    return np.asarray(vectors[:, ::-1])


def benchmark_roots(
    distances: FloatArray, vectors: FloatArray, rates: FloatArray, *, size: int
) -> FloatArray:
    """Return L with LL′ = Ω(c) at every rate and in the limit, shape (g, q + 1, q + 1).

    Ω(c) = [1/√m, V]′ Σ(c) [1/√m, V]. With a sample of m among n places what differs from the
    limit of no correlation grows in proportion to the number of places.
    """
    m = len(distances)
    W = np.column_stack([np.full(m, m**-0.5), vectors])
    omegas = [W.T @ (np.exp(-rate * distances) @ W) for rate in rates]
    omegas.append(W.T @ (distances == 0.0) @ W)
    one = np.eye(W.shape[1])
    beyond = np.stack(omegas) - one
    beyond = 0.5 * (beyond + beyond.transpose(0, 2, 1))
    if size > m:
        # What exceeds the limit is a covariance over the map: below zero is noise of the sample.
        values, axes = np.linalg.eigh(beyond)
        kept = (size - 1) / (m - 1) * np.maximum(values, 0.0)
        beyond = (axes * kept[:, None, :]) @ axes.transpose(0, 2, 1)
    # Leading blocks of a Cholesky factor are the factors of leading blocks: one for every q.
    return np.asarray(np.linalg.cholesky(one + beyond))


def rejection(roots: FloatArray, t: float) -> FloatArray:
    """Return P(|t-statistic| > t) at each covariance, shape (g,).

    The statistic exceeds t where z′Dz > 0, z ~ N(0, Ω), D = diag(1, −(t²/q) I). L′DL has one
    positive eigenvalue ω₀ and others −ν_i, and

        P(ω₀ ξ₀² > Σ ν_i ξ_i²) = (2/π) ∫ Π (sin²θ / (sin²θ + ν_i/ω₀))^½ dθ over (0, π/2),

    from Craig's integral of the normal tail averaged over the ξ_i.
    """
    q = roots.shape[1] - 1
    scale = np.append(1.0, np.full(q, -(t**2) / q))
    inner = np.einsum("gki,k,gkj->gij", roots, scale, roots)
    values = np.linalg.eigvalsh(inner)
    ratio = np.maximum(-values[:, :-1], 0.0) / values[:, -1:]
    logs = np.log1p(ratio[:, :, None] / SINE_SQUARES).sum(axis=1)
    return np.asarray(0.5 * np.exp(-0.5 * logs) @ NODE_WEIGHTS)


def worst_rejection(roots: FloatArray, t: float) -> float:
    """Return the largest rejection probability over covariances."""
    return float(rejection(roots, t).max())


def critical_value(roots: FloatArray, alpha: float) -> float:
    """Return the t at which the largest rejection probability is `alpha`."""
    # The covariance that is worst at first is seldom worst at the end: it is exchanged until it is.
    worst = 0
    while True:
        t = _critical_value_at(roots[worst : worst + 1], alpha)
        found = rejection(roots, t)
        if found.max() <= alpha * (1.0 + 1e-7):
            return t
        worst = int(found.argmax())


def _critical_value_at(root: FloatArray, alpha: float) -> float:
    high = 4.0
    while worst_rejection(root, high) > alpha:
        high *= 2.0
    return float(
        optimize.brentq(lambda t: worst_rejection(root, t) - alpha, 1e-3, high, xtol=1e-10)
    )


def shortest(roots: FloatArray, alpha: float) -> int:
    """Return the q with the shortest expected interval under no correlation."""
    counts = np.arange(1, roots.shape[1])
    lengths = [
        critical_value(roots[:, : q + 1, : q + 1], alpha)
        * np.sqrt(2.0 / q)
        * np.exp(special.gammaln((q + 1) / 2) - special.gammaln(q / 2))
        for q in counts
    ]
    return int(counts[int(np.argmin(lengths))])


def _extended(
    vectors: FloatArray, chosen: FloatArray, places: FloatArray, rate: float
) -> FloatArray:
    """Extend components from a sample to all places by Nyström's formula, and orthonormalise."""
    centred = vectors - vectors.mean(axis=0)
    out = np.empty((len(places), vectors.shape[1]))
    rows = max(1, (1 << 21) // len(chosen))
    for start in range(0, len(places), rows):
        part = places[start : start + rows]
        out[start : start + rows] = np.exp(-rate * distances_of(part, chosen)) @ centred
    return np.asarray(np.linalg.qr(out - out.mean(axis=0)).Q)


def _signed(vectors: FloatArray) -> FloatArray:
    """Turn each vector so that its largest element is positive."""
    largest = np.abs(vectors).argmax(axis=0)
    return np.asarray(vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])]))


def scpc_covariance(scores: Any, vectors: FloatArray) -> FloatArray:
    """Return (n/q) Σ_j (A′v_j)(A′v_j)′, the covariance by components, shape (k, k), of rank ≤ q.

    Parameters
    ----------
    scores : ndarray of shape (n, k)
        Influences A; n a_i takes the place of the observation in the paper's mean.
    vectors : ndarray of shape (n, q)
        From :func:`principal_components`.
    """
    moved = np.asarray(scores).T @ vectors
    n, q = vectors.shape
    return np.asarray(freeze(n / q * (moved @ moved.T)))
