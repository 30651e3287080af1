"""Low-frequency tests of spatial unit roots and stationarity, and spatial differencing.

A variable is reduced to q weighted averages Z = R′y, R the eigenvectors with the largest
eigenvalues of the covariance of Lévy's Brownian motion among what the regressors leave. Under
any normal law of the surface Z is normal with covariance R′ΣR, and the tests are ratios of
quadratic forms in it: their p-values are computed exactly, not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, optimize

from workbench.errors import ConvergenceError, InputError
from workbench.numerics.scores.quadratic_forms import exact_tails
from workbench.numerics.sparse.matrices import as_columns, as_vector
from workbench.typing import FloatArray

LARGEST = 4000
"""Largest n whose n × n matrix of distances is held and diagonalised."""

WEAK = 0.001
"""Average pairwise correlation of the stationary surface that LFST is built for."""

WEAKEST, STRONGEST, WEAK_POINTS = 0.0001, 0.03, 30
"""Average correlations over which LFST controls its size: the largest p-value is taken."""

LEVEL, POWER = 0.05, 0.5
"""The alternative is the one against which a test of this level has this power."""

RANK = 1e-10
# Share of the largest eigenvalue below which one of the differencing matrix is rounding.


@dataclass(frozen=True, slots=True)
class Frequencies:
    """The weights of the averages, and what the tests need of the distances.

    Attributes
    ----------
    R : ndarray of shape (n, q)
        Orthonormal, orthogonal to the regressors; the smoothest first.
    distances : ndarray of shape (n, n)
        As shares of the largest.
    brownian : ndarray of shape (q, q)
        R′ΣR of Lévy's Brownian motion.
    """

    R: FloatArray
    distances: FloatArray
    brownian: FloatArray

    def exponential(self, decay: float) -> FloatArray:
        """Return R′ΣR of the surface with correlation exp(−decay · distance), shape (q, q)."""
        inner = self.R.T @ (np.exp(-decay * self.distances) @ self.R)
        return np.asarray(0.5 * (inner + inner.T))


@dataclass(frozen=True, slots=True)
class Contrast:
    """A null and the alternative that a 5 % test tells from it half of the time.

    Attributes
    ----------
    null, alternative : ndarray of shape (q, q)
        Covariances Ω₀ and Ω₁ of the averages, up to scale.
    laws : tuple of ndarray, each of shape (q, q)
        Covariances over which the size is controlled: the largest p-value is taken.
    parameter : float
        Of the alternative: decay of LFUR's, share of Brownian motion of LFST's.
    """

    null: FloatArray
    alternative: FloatArray
    laws: tuple[FloatArray, ...]
    parameter: float


@dataclass(frozen=True, slots=True)
class LowFrequencyTest:
    """A ratio of quadratic forms with its p-value.

    Attributes
    ----------
    statistic : float
        Z′Ω₀⁻¹Z / Z′Ω₁⁻¹Z; large values speak against the null.
    pvalue : float
    """

    statistic: float
    pvalue: float


def frequencies(distances: Any, X: Any, *, q: int) -> Frequencies:
    """Find the q smoothest weighted averages that do not see X.

    Parameters
    ----------
    distances : ndarray of shape (n, n)
        Between regions, in any unit.
    X : ndarray of shape (n, k)
        What is removed first: the constant for a variable, all regressors for residuals.
    q : int
        At most n − k − 1.

    Raises
    ------
    InputError
        If n is beyond :data:`LARGEST` or q too large.

    Notes
    -----
    With M = I − X(X′X)⁻¹X′ and a constant in X, MΣM = −½MDM whatever the origin of the motion.
    """
    D = np.asarray(distances, dtype=np.float64)
    n = D.shape[0]
    X = as_columns(X, argument="X", rows=n)
    if n > LARGEST:
        raise InputError(
            "regions",
            expected=f"at most {LARGEST:,} regions",
            found=f"{n:,}",
            why="all pairwise distances are held and decomposed",
        )
    if not 2 <= q < n - X.shape[1]:
        raise InputError(
            "q",
            expected=f"2 to {n - X.shape[1] - 1} averages for {n} regions",
            found=repr(q),
            remedy="take fewer averages",
        )
    D = D / D.max()
    covariance = brownian_covariance(D, X)
    values, vectors = linalg.eigh(covariance, subset_by_index=(n - q, n - 1))
    return Frequencies(vectors[:, ::-1].copy(), D, np.diag(values[::-1]))


def brownian_covariance(distances: FloatArray, X: FloatArray) -> FloatArray:
    """Return −½MDM, the covariance of Lévy's Brownian motion beside X, shape (n, n)."""
    Q = np.linalg.qr(X / np.linalg.norm(X, axis=0)).Q
    half = distances - Q @ (Q.T @ distances)
    whole = half - (half @ Q) @ Q.T
    return np.asarray(-0.25 * (whole + whole.T))


def decay_of(distances: FloatArray, correlation: float) -> float:
    """Return the decay at which pairs are correlated `correlation` on average.

    Examples
    --------
    >>> d = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> round(decay_of(d, np.exp(-2.0)), 6)
    2.0
    """
    pairs = distances[np.triu_indices(distances.shape[0], 1)]

    def gap(log_decay: float) -> float:
        return float(np.exp(-np.exp(log_decay) * pairs).mean()) - correlation

    low, high = -15.0, 5.0
    while gap(high) > 0.0:
        high += 2.0
        if high > 40.0:
            raise InputError(
                "regions",
                expected="places that are apart from each other",
                found="too many pairs at distance zero",
                why="their correlation is one whatever the decay",
                remedy="give every region a place of its own",
            )
    return float(np.exp(optimize.brentq(gap, low, high, xtol=1e-10)))


def unit_root(found: Frequencies) -> Contrast:
    """Return the test of a spatial unit root (LFUR): the null is Lévy's Brownian motion.

    The alternative is a surface whose correlation falls exponentially with distance.

    References
    ----------
    Müller, U. and Watson, M. (2024). Spatial unit roots and spurious regression. Econometrica
    92(5), 1661-1695, section 4.
    """
    null = found.brownian

    def power(log_decay: float) -> float:
        return _power(null, found.exponential(float(np.exp(log_decay)))) - POWER

    low = float(np.log(decay_of(found.distances, 0.99)))
    high = float(np.log(decay_of(found.distances, 0.05)))
    decay = float(np.exp(_crossing(power, low, high)))
    return Contrast(null, found.exponential(decay), (null,), decay)


def stationarity(found: Frequencies) -> Contrast:
    """Return the test of spatial stationarity (LFST): the null is weak, exponential correlation.

    The alternative adds Brownian motion. The p-value is the largest over average correlations
    of pairs from 0.0001 to 0.03.

    References
    ----------
    Müller, U. and Watson, M. (2024), section 4.
    """
    null = found.exponential(decay_of(found.distances, WEAK))

    def power(log_share: float) -> float:
        return _power(null, null + float(np.exp(log_share)) * found.brownian) - POWER

    share = float(np.exp(_crossing(power, 0.0, float(np.log(30.0)))))
    laws = tuple(
        found.exponential(decay_of(found.distances, r))
        for r in np.linspace(WEAKEST, STRONGEST, WEAK_POINTS)
    )
    return Contrast(null, null + share * found.brownian, laws, share)


def low_frequency_test(values: Any, found: Frequencies, contrast: Contrast) -> LowFrequencyTest:
    """Test a variable, or residuals, with :func:`unit_root` or :func:`stationarity`.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The variable, or residuals of least squares on the X of `found`.
    found : Frequencies
    contrast : Contrast
        Of `found`.

    Returns
    -------
    LowFrequencyTest
    """
    Z = found.R.T @ as_vector(values, argument="values", size=found.R.shape[0])
    null, other = contrast.null, contrast.alternative
    above = float(Z @ linalg.solve(null, Z, assume_a="pos"))
    ratio = above / float(Z @ linalg.solve(other, Z, assume_a="pos"))
    return LowFrequencyTest(ratio, max(_tail(ratio, null, other, law=law) for law in contrast.laws))


def _tail(ratio: float, null: FloatArray, other: FloatArray, *, law: FloatArray) -> float:
    """Return P(Z′Ω₀⁻¹Z / Z′Ω₁⁻¹Z > ratio) for Z normal with covariance `law`."""
    L = linalg.cholesky(law, lower=True)
    inner = linalg.solve(null, L, assume_a="pos") - ratio * linalg.solve(other, L, assume_a="pos")
    form = L.T @ inner
    return float(exact_tails(linalg.eigvalsh(0.5 * (form + form.T))).upper)


def _power(null: FloatArray, other: FloatArray) -> float:
    """Return how often the test of :data:`LEVEL` rejects where the alternative holds."""
    mu = linalg.eigh(null, other, eigvals_only=True)  # of Ω₁⁻¹Ω₀
    low, high = 1.0 / mu[-1], 1.0 / mu[0]

    def size(ratio: float) -> float:
        return float(exact_tails(1.0 - ratio * mu).upper) - LEVEL

    width = high - low
    critical = optimize.brentq(size, low + 1e-9 * width, high - 1e-9 * width, xtol=1e-8)
    return float(exact_tails(1.0 / mu - critical).upper)


def _crossing(function: Any, low: float, high: float) -> float:
    """Find the zero of an increasing function of a logarithm, widening the bracket as needed."""
    for _ in range(40):
        if function(low) < 0.0:
            break
        low -= 1.0
    for _ in range(40):
        if function(high) > 0.0:
            # 1e-4 in the logarithm moves the power in the fifth digit.
            return float(optimize.brentq(function, low, high, xtol=1e-4))
        high += 1.0
    raise ConvergenceError(
        "regions",
        expected="an alternative that a 5 % test detects half of the time",
        found="none",
        why="the averages do not tell the null from its alternatives",
        remedy="take more averages, q=...",
    )


def half_life_pvalues(
    values: Any, found: Frequencies, *, grid: Any, alternatives: Any, draws: FloatArray
) -> FloatArray:
    """Test each half-life of an exponential surface against an average of others.

    Parameters
    ----------
    values : ndarray of shape (n,)
    found : Frequencies
    grid : ndarray of shape (m,)
        Half-lives under the null, as shares of the largest distance.
    alternatives : ndarray of shape (a,)
        Half-lives over which the density of the alternative is averaged.
    draws : ndarray of shape (q, r)
        Standard normal.

    Returns
    -------
    ndarray of shape (m,)
        (1 + draws whose likelihood ratio is at least that of the data) / (1 + r).

    Notes
    -----
    The ratio is of densities of Z/|Z|, proportional to |Ω|^(−1/2) (Z′Ω⁻¹Z)^(−q/2): free of scale.

    References
    ----------
    Müller, U. and Watson, M. (2024), section 4 (confidence sets for the half-life).
    """
    Z = found.R.T @ as_vector(values, argument="values", size=found.R.shape[0])
    others = _densities(found, np.asarray(alternatives, dtype=np.float64))
    answers = []
    for half_life in np.asarray(grid, dtype=np.float64):
        L = linalg.cholesky(found.exponential(np.log(2.0) / half_life), lower=True)
        sample = np.column_stack([Z, L @ draws])
        own = _log_density(sample, _densities(found, np.array([half_life])))
        ratio = _log_density(sample, others) - own
        answers.append((1 + int((ratio[1:] >= ratio[0]).sum())) / ratio.size)
    return np.array(answers)


def _densities(found: Frequencies, half_lives: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return L⁻¹ of each Ω = LL′, one below another, and each −½ log|Ω|."""
    factors = [linalg.cholesky(found.exponential(np.log(2.0) / h), lower=True) for h in half_lives]
    eye = np.eye(found.R.shape[1])
    inverses = [linalg.solve_triangular(L, eye, lower=True) for L in factors]
    return np.vstack(inverses), np.array([-float(np.log(np.diag(L)).sum()) for L in factors])


def _log_density(sample: FloatArray, prepared: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Return the log of the sum of the densities at each column of `sample`."""
    inverses, half = prepared
    q = sample.shape[0]
    squares = ((inverses @ sample) ** 2).reshape(half.size, q, -1).sum(axis=1)
    return np.asarray(np.logaddexp.reduce(half[:, None] - 0.5 * q * np.log(squares), axis=0))


def brownian_differences(values: Any, distances: Any) -> FloatArray:
    """Difference variables spatially: multiply by the inverse root of −½MDM.

    Parameters
    ----------
    values : ndarray of shape (n, m)
        Variables in columns.
    distances : ndarray of shape (n, n)

    Returns
    -------
    ndarray of shape (n, m)
        (−½MDM)^(−1/2) values, M taking means out: uncorrelated with equal variance if the
        variables are Brownian motions; each sums to zero. Distances count as shares of the
        largest.

    References
    ----------
    Müller, U. and Watson, M. (2024), section 5 (LBM-GLS).

    Examples
    --------
    >>> d = np.abs(np.subtract.outer(np.arange(3.0), np.arange(3.0)))
    >>> brownian_differences(np.arange(3.0)[:, None], d).ravel().round(3).tolist()
    [-1.414, 0.0, 1.414]
    """
    D = np.asarray(distances, dtype=np.float64)
    n = D.shape[0]
    columns = as_columns(values, argument="values", rows=n)
    eigenvalues, vectors = linalg.eigh(brownian_covariance(D / D.max(), np.ones((n, 1))))
    kept = eigenvalues > RANK * eigenvalues[-1]
    basis = vectors[:, kept]
    return np.asarray(basis @ ((basis.T @ columns) / np.sqrt(eigenvalues[kept])[:, None]))
