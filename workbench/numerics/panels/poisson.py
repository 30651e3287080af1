"""Poisson regression by maximum likelihood, with a multiplicative effect of each group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln, xlogy

from workbench.errors import ConvergenceError
from workbench.numerics.sparse.matrices import as_columns, as_vector, freeze
from workbench.typing import FloatArray, IntArray

MOST_STEPS = 60
STEP_TOLERANCE = 1e-10
# Largest change of a linear predictor in the last step. Newton doubles the digits in a step; where
# the maximum is at infinity (separation), predictors go on moving by about 1 in every step.


@dataclass(frozen=True, slots=True)
class PoissonFit:
    """A Poisson regression at its maximum.

    Attributes
    ----------
    beta : ndarray of shape (k,)
    mean : ndarray of shape (n,)
        Fitted expected counts μ.
    bread : ndarray of shape (k, k)
        (X̃′ diag(μ) X̃)⁻¹, X̃ the columns less their μ-weighted mean in the group: the covariance if
        variance equals mean.
    scores : ndarray of shape (n, k)
        Influence of each observation on β, bread · x̃ᵢ (yᵢ − μᵢ).
    loglik : float
        With all constants, the group effects among the parameters.
    iterations : int
    """

    beta: FloatArray
    mean: FloatArray
    bread: FloatArray
    scores: FloatArray
    loglik: float
    iterations: int


def poisson_loglik(y: FloatArray, mean: FloatArray) -> float:
    """Return Σ y log μ − μ − log Γ(y + 1)."""
    return float(np.sum(xlogy(y, mean) - mean - gammaln(y + 1.0)))


def fit_poisson(
    y: Any, X: Any, *, groups: IntArray | None = None, offset: Any = None
) -> PoissonFit:
    """Estimate E(y | X) = exp(α_g + Xβ + offset) by Poisson maximum likelihood.

    The effects α_g are concentrated out: exp(α_g) = Σ_g y / Σ_g exp(Xβ + offset). β is also that of
    the likelihood conditional on the groups' sums, hence free of incidental parameters, and
    consistent whenever the mean is right, whatever the distribution (Wooldridge 1999).

    Parameters
    ----------
    y : ndarray of shape (n,)
        Not negative; each group has a positive sum.
    X : ndarray of shape (n, k)
        Of full column rank; with `groups`, within groups.
    groups : ndarray of int, shape (n,), optional
        Codes 0 to G − 1, each in use. Without, no effects: X holds the constant.
    offset : ndarray of shape (n,), optional
        Logarithm of the exposure.

    Returns
    -------
    PoissonFit

    Raises
    ------
    ConvergenceError
        If the likelihood has no finite maximum; ``offenders`` holds positions of columns of X.

    References
    ----------
    Hausman, J., Hall, B. and Griliches, Z. (1984). Econometrica 52, 909-938. Wooldridge, J. (1999).
    Journal of Econometrics 90, 77-97.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> y = np.array([3.0, 6.0, 12.0, 24.0])
    >>> fit_poisson(y, np.column_stack([np.ones(4), x])).beta.round(4)
    array([1.0986, 0.6931])
    """
    y = as_vector(y, argument="y")
    X = as_columns(X, argument="X", rows=y.size)
    base = np.zeros(y.size) if offset is None else as_vector(offset, argument="offset", size=y.size)
    effects = _Effects(y, groups)
    beta, mean, step = np.zeros(X.shape[1]), effects.mean(base), np.zeros(X.shape[1])
    if groups is None:  # start at the mean, which the constant among X can reach
        beta = np.linalg.lstsq(X, np.log((y + y.mean()) / 2) - base, rcond=None)[0]
        mean = effects.mean(base + X @ beta)
    for iteration in range(1, MOST_STEPS + 1):
        within = effects.demeaned(X, mean)
        information = (within * mean[:, None]).T @ within
        try:
            step = np.linalg.solve(information, within.T @ (y - mean))
        except np.linalg.LinAlgError:
            break
        beta, mean = _improved(beta, mean, step, y=y, X=X, base=base, effects=effects)
        if np.abs(within @ step).max() <= STEP_TOLERANCE:
            return _result(y, X, beta, mean, effects, iteration)
    raise _no_maximum(X, step)


class _Effects:
    """Effects of groups, concentrated out; without groups, nothing."""

    def __init__(self, y: FloatArray, groups: IntArray | None) -> None:
        self.groups = groups
        self.sums = None if groups is None else np.bincount(groups, weights=y)

    def mean(self, predictor: FloatArray) -> FloatArray:
        """Return μ at a linear predictor, each group's sum of μ that of y."""
        if self.groups is None or self.sums is None:
            return np.asarray(np.exp(predictor))
        # The largest predictor of all is taken out so that exp cannot overflow.
        raw = np.exp(predictor - predictor.max())
        share = self.sums / np.bincount(self.groups, weights=raw)
        return np.asarray(raw * share[self.groups])

    def demeaned(self, X: FloatArray, mean: FloatArray) -> FloatArray:
        """Return columns less their μ-weighted mean in the group."""
        if self.groups is None:
            return X
        total = np.bincount(self.groups, weights=mean)
        means = [np.bincount(self.groups, weights=mean * x) / total for x in X.T]
        return np.asarray(X - np.stack(means, axis=1)[self.groups])


def _improved(
    beta: FloatArray,
    mean: FloatArray,
    step: FloatArray,
    *,
    y: FloatArray,
    X: FloatArray,
    base: FloatArray,
    effects: _Effects,
) -> tuple[FloatArray, FloatArray]:
    """Go along a Newton step, halved until the likelihood does not fall."""
    before = poisson_loglik(y, mean)
    slack = 1e-12 * abs(before)  # rounding at the maximum
    for halving in range(30):
        tried = beta + step / 2.0**halving
        with np.errstate(over="ignore"):
            reached = effects.mean(base + X @ tried)
        if np.isfinite(reached).all() and poisson_loglik(y, reached) >= before - slack:
            return tried, reached
    return beta, mean


def _result(
    y: FloatArray,
    X: FloatArray,
    beta: FloatArray,
    mean: FloatArray,
    effects: _Effects,
    iteration: int,
) -> PoissonFit:
    found = poisson_influence(y, mean, X, groups=effects.groups)
    return PoissonFit(
        beta=freeze(beta),
        mean=freeze(mean),
        bread=found.bread,
        scores=found.scores,
        loglik=poisson_loglik(y, mean),
        iterations=iteration,
    )


@dataclass(frozen=True, slots=True)
class PoissonInfluence:
    """How each observation moves the estimates of a Poisson regression.

    Attributes
    ----------
    within : ndarray of shape (n, k)
        X̃, columns less their μ-weighted mean in the group.
    bread, scores : ndarray, shapes (k, k) and (n, k)
        As those of :class:`PoissonFit`.
    """

    within: FloatArray
    bread: FloatArray
    scores: FloatArray


def poisson_influence(
    y: FloatArray, mean: FloatArray, X: FloatArray, *, groups: IntArray | None = None
) -> PoissonInfluence:
    """Return X̃, (X̃′ diag(μ) X̃)⁻¹ and the influences on β at a maximum with means `mean`."""
    within = _Effects(y, groups).demeaned(X, mean)
    bread = np.linalg.inv((within * mean[:, None]).T @ within)
    scores = (within * (y - mean)[:, None]) @ bread
    return PoissonInfluence(within, freeze((bread + bread.T) / 2), freeze(scores))


@dataclass(frozen=True, slots=True)
class WeightedMean:
    """The mean Σ c μ / n of expected counts, and how the data move it.

    Attributes
    ----------
    value : float
    by_beta : ndarray of shape (k,)
        Derivative with respect to β, effects following.
    own : ndarray of shape (n,)
        What an observation moves it by beside its influence on β: c̄ (y − μ) / n, c̄ the
        μ-weighted mean of c in its group; zeros without groups.
    own_variance : float
        Of the sum of `own` if variance equals mean.
    """

    value: float
    by_beta: FloatArray
    own: FloatArray
    own_variance: float


def weighted_mean(
    c: FloatArray, y: FloatArray, mean: FloatArray, X: FloatArray, groups: IntArray | None
) -> WeightedMean:
    """Return Σ c μ / n of a Poisson regression at its maximum, with its derivatives.

    The effects of groups are parameters too: with μ_g the sum of μ in a group, the influence of
    an observation on α_g is (y − μ)/μ_g less the group's mean of X times that on β.
    """
    n = len(y)
    found = _Effects(y, groups)
    within = found.demeaned(X, mean)
    own, variance = np.zeros(n), 0.0
    if groups is not None:
        total = np.bincount(groups, weights=mean)
        average = np.bincount(groups, weights=c * mean) / total
        own = average[groups] * (y - mean) / n
        variance = float(average**2 @ total) / n**2
    return WeightedMean(float(c @ mean) / n, (c * mean) @ within / n, own, variance)


def _no_maximum(X: FloatArray, step: FloatArray) -> ConvergenceError:
    """Name the columns along which the likelihood goes on rising."""
    moved = np.abs(step) * X.std(axis=0)
    largest = float(moved.max()) if moved.size else 0.0
    columns = np.flatnonzero(moved > 0.1 * largest) if largest > 0 else np.arange(X.shape[1])
    return ConvergenceError(
        "X",
        expected="a likelihood with a finite maximum",
        found="one that goes on rising as coefficients grow",
        offenders=columns.tolist(),
        why="a combination of these columns is zero wherever y is positive and of one sign "
        "wherever y is zero (separation)",
        remedy="leave out one of these columns, or the observations that it separates",
    )
