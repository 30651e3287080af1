"""Local statistics as weighted sums over neighbours, and the exact moments of their permutation.

A local statistic here is ``T_i = Σ_j w_ij Σ_c a_ic F_c(j)`` with features F of the regions and
coefficients a of the region itself: Moran's I, Geary's c in one variable or many, Getis and Ord's
G, bivariate ones and join counts alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln

from workbench.errors import ValuesError, WeightsError
from workbench.numerics.sparse.matrices import CsrArray, as_weights
from workbench.typing import BoolArray, FloatArray, IntArray

EPS = 16.0 * float(np.finfo(np.float64).eps)
"""Some roundings of one double."""

FEWEST = 3
"""Regions below which one region's neighbours could be nobody else."""


@dataclass(frozen=True, slots=True)
class Local:
    """A local statistic to be tested.

    Attributes
    ----------
    features : ndarray of float, shape (C, n)
    coefficients : ndarray of float, shape (n, C)
    W : sparse array of shape (n, n)
        Zero diagonal; any weights, unequal ones are met in order.
    precision : float
        Bound on the rounding error of a feature relative to the largest: such differences are
        ties.
    """

    features: FloatArray
    coefficients: FloatArray
    W: CsrArray
    precision: float = 0.0

    @property
    def observed(self) -> FloatArray:
        """T, shape (n,); 0 without neighbours."""
        lagged = (self.W @ self.features.T) * self.coefficients
        return np.asarray(lagged.sum(axis=1), dtype=np.float64)


def local(features: Any, coefficients: Any, W: Any, *, precision: float = 0.0) -> Local:
    """Check and hold a local statistic; `coefficients` None means 1 for every region.

    Raises
    ------
    WeightsError
        If a region is its own neighbour.
    ValuesError
        If there are fewer than three regions.
    """
    weights = as_weights(W)
    if weights.shape[0] < FEWEST:
        raise ValuesError(
            "table",
            expected=f"at least {FEWEST} regions",
            found=str(weights.shape[0]),
            why="with a single other region there is nothing to permute",
        )
    if weights.diagonal().any():
        own = np.flatnonzero(weights.diagonal())
        raise WeightsError(
            "W",
            expected="a zero diagonal",
            found=f"{own.size} regions that are their own neighbours",
            offenders=[int(i) for i in own],
            why="a conditional permutation keeps the region's own value fixed",
            remedy="set the diagonal to zero",
        )
    F = np.ascontiguousarray(np.atleast_2d(np.asarray(features, dtype=np.float64)))
    shape = (F.shape[1], F.shape[0])
    a = np.ones(shape) if coefficients is None else np.asarray(coefficients, dtype=np.float64)
    return Local(F, np.ascontiguousarray(a.reshape(shape)), weights, precision)


def moments(statistic: Local) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of T_i under conditional permutation, both of shape (n,).

    With N = n − 1 others of mean μ and variance σ² (divisor N), a sum weighted by w has mean
    ``μ Σw`` and variance ``σ² (N Σw² − (Σw)²) / (N − 1)`` (Cochran 1977, theorem 2.2; for
    Moran's I equations A4 of Sokal, Oden and Thomson 1998).

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> mean, variance = moments(local(np.arange(5.0), None, W))
    >>> mean.tolist()
    [2.5, 4.5, 4.0, 3.5, 1.5]
    """
    mean, variance = drawn_moments(statistic)
    first, place = place_moments(statistic.W)
    return mean * first, variance * place


def drawn_moments(statistic: Local) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of ``Σ_c a_ic F_c(j)`` over the regions j ≠ i, shape (n,).

    From medians, and by sums from both ends that leave the region out rather than take it away:
    neither a large offset nor a single outlier costs digits.

    Examples
    --------
    >>> chain = local([1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3], None, np.ones((4, 4)) - np.eye(4))
    >>> drawn_moments(chain)[1].round(6).tolist()
    [0.666667, 1.555556, 1.555556, 0.666667]
    """
    F, a = statistic.features, statistic.coefficients
    N = F.shape[1] - 1
    centre = np.median(F, axis=1)
    G = F - centre[:, None]
    mean = (sums_without(G).T * a).sum(axis=1) / N
    square = np.zeros(N + 1)
    size = np.zeros(N + 1)
    for c in range(len(G)):
        for d in range(c, len(G)):
            term = (1.0 if c == d else 2.0) * a[:, c] * a[:, d] * sums_without(G[c] * G[d]) / N
            square, size = square + term, size + np.abs(term)
    variance = square - mean**2
    # what is left by rounding of equal values is no variance
    variance[variance <= EPS * len(G) * size] = 0.0
    return a @ centre + mean, variance


def place_moments(W: CsrArray) -> tuple[FloatArray, FloatArray]:
    """Return ``Σ_j w_ij`` and ``(N Σ_j w_ij² − (Σ_j w_ij)²) / (N − 1)``, N = n − 1, shape (n,).

    The latter is 0 where all others are neighbours of equal weight: the sum cannot vary.
    """
    N = W.shape[0] - 1
    first = np.asarray(W.sum(axis=1), dtype=np.float64).ravel()
    second = np.asarray(W.multiply(W).sum(axis=1), dtype=np.float64).ravel()
    return first, drawn_spread(first, second, N, np.diff(W.indptr))


def drawn_spread(first: FloatArray, second: FloatArray, N: int, k: IntArray) -> FloatArray:
    """Return the factor of σ² in the variance of a weighted sum of k values drawn out of N.

    ``(N Σw² − (Σw)²) / (N − 1)`` from sums of k weights and of their squares; 0 where all N are
    drawn with equal weights, whatever rounding leaves.

    Examples
    --------
    >>> third = np.array([0.1 + 0.1 + 0.1]), np.array([3 * 0.1**2])
    >>> drawn_spread(*third, 3, np.array([3])), drawn_spread(*third, 4, np.array([3])).round(4)
    (array([0.]), array([0.01]))
    """
    spread = N * second - first**2
    return np.asarray(np.where(spread > EPS * np.maximum(k, 1) * N * second, spread, 0.0) / (N - 1))


def unit_scaled(values: FloatArray) -> tuple[FloatArray, int]:
    """Return values of at most 1 and the power of 2 they were divided by: no digit is lost.

    Squares of very large or very small values would overflow or vanish.

    Examples
    --------
    >>> unit_scaled(np.array([3e200, -1e200]))[0].round(3).tolist()
    [0.98, -0.327]
    """
    exponent = int(np.frexp(np.abs(values).max())[1])
    return np.ldexp(values, -exponent), exponent


def rarest_tail(statistic: Local, tested: BoolArray) -> float:
    """Return a bound below which no tail probability of a tested region can be.

    A region's neighbours can be chosen from the others in so many ways: the most extreme one has
    at least the probability of one of them, or of all those that ties make equal to it.

    Examples
    --------
    >>> ring = np.roll(np.eye(6), 1, axis=1) + np.roll(np.eye(6), -1, axis=1)
    >>> everyone = np.ones(6, dtype=bool)
    >>> round(rarest_tail(local(np.arange(6.0), None, ring), everyone), 3)  # 1 of 10 pairs
    0.1
    >>> round(rarest_tail(local(np.arange(6.0) % 2, None, ring), everyone), 3)  # 1 or 3 of 10
    0.1
    """
    W, N = statistic.W, statistic.features.shape[1] - 1
    k = np.diff(W.indptr).astype(np.int64)
    equal = _equal_rows(W)
    rare = -np.where(equal, _log_choices(N, k), gammaln(N + 1) - gammaln(N - k + 1))
    if len(statistic.features) == 1 and (statistic.coefficients == 1.0).all():
        F = statistic.features[0]
        slack = (EPS + statistic.precision) * float(np.abs(F).max())
        ends = [_log_choices(*_tied_at_the_end(values, k, slack)) for values in (F, -F)]
        rare = rare + np.where(equal, np.minimum(*ends), 0.0)
    chosen = rare[np.asarray(tested) & (k > 0)]
    return float(np.exp(chosen.min())) if chosen.size else 1.0


def _equal_rows(W: CsrArray) -> BoolArray:
    k = np.diff(W.indptr)
    equal = np.ones(k.size, dtype=bool)
    if W.nnz:
        begin = W.indptr[:-1][k > 0]
        low, high = (f.reduceat(W.data, begin) for f in (np.minimum, np.maximum))
        equal[k > 0] = low == high
    return equal


def _log_choices(n: Any, k: Any) -> FloatArray:
    return np.asarray(gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0))


def _tied_at_the_end(values: FloatArray, k: IntArray, slack: float) -> tuple[IntArray, IntArray]:
    """Return how many of the others equal the k-th largest of them, and how many of those count."""
    order = np.argsort(values, kind="stable")
    group = np.empty(values.size, dtype=np.int64)
    group[order] = np.r_[0, np.cumsum(np.diff(values[order]) > slack)]
    ordered, n = np.sort(group), values.size
    place = n - k
    # a region among the k largest makes room for the next one
    place = np.maximum(place - (np.searchsorted(ordered, group, "right") > place), 0)
    at = ordered[np.minimum(place, n - 1)]
    tied = np.searchsorted(ordered, at, "right") - np.searchsorted(ordered, at, "left")
    above = n - np.searchsorted(ordered, at, "right") - (group > at)
    return tied - (group == at), k - above


def sums_without(values: FloatArray) -> FloatArray:
    """Return sums over all but one region, each region left out in turn, along the last axis.

    Examples
    --------
    >>> sums_without(np.array([1e30, 1.0, 2.0]))[0]
    np.float64(3.0)
    """
    before, after = np.zeros(values.shape), np.zeros(values.shape)
    before[..., 1:] = np.cumsum(values[..., :-1], axis=-1)
    after[..., :-1] = np.cumsum(values[..., :0:-1], axis=-1)[..., ::-1]
    return np.asarray(before + after)
