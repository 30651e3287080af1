"""Covariances of very many panel models that allow for dependence within regions or periods.

Rows are sorted by region, then period, and complete: sums over either are products of stacks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.numerics.likelihoods.many.along import Course
from workbench.numerics.likelihoods.many.ground import Regressors
from workbench.numerics.likelihoods.many.jobs import Jobs, Many
from workbench.numerics.likelihoods.many.lags import information_traces
from workbench.numerics.regression.hac import kernel_weights, newey_west_lag
from workbench.numerics.regression.sandwich import influence
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray, IntArray

CHUNK = 300_000
"""Numbers in the N by N matrices of models that are treated together: they stay near the CPU."""


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """A complete panel.

    Attributes
    ----------
    N, T : int
    by_region, by_period : bool
        Which effects are out.
    """

    N: int
    T: int
    by_region: bool
    by_period: bool

    def over_periods(self, L: FloatArray, V: FloatArray) -> FloatArray:
        """Return Σ_t l_it v_it of columns L, (n, k), with each of V, (n, m): shape (m, N, k)."""
        left = L.reshape(self.N, self.T, -1).transpose(0, 2, 1)
        return np.asarray((left @ V.reshape(self.N, self.T, -1)).transpose(2, 0, 1))

    def over_regions(self, L: FloatArray, V: FloatArray) -> FloatArray:
        """Return Σ_i l_it v_it of columns L, (n, k), with each of V, (n, m): shape (m, T, k)."""
        left = L.reshape(self.N, self.T, -1).transpose(1, 2, 0)
        right = V.reshape(self.N, self.T, -1).transpose(1, 0, 2)
        return np.asarray((left @ right).transpose(2, 0, 1))

    @property
    def lags(self) -> int:
        """Periods that sums of periods depend over."""
        return min(newey_west_lag(self.T), self.T - 1)


def bartlett_sums(sums: FloatArray, lags: int) -> FloatArray:
    """Return Σ_t s_t s_t′ with Bartlett's weights of products up to `lags` periods apart.

    Parameters
    ----------
    sums : ndarray of shape (m, T, k)
    lags : int

    Examples
    --------
    >>> bartlett_sums(np.array([[[1.0], [2.0]]]), 1).tolist()  # 1 + 4 + 2 · ½ · 2
    [[[7.0]]]
    """
    total = sums.transpose(0, 2, 1) @ sums
    for lag, weight in enumerate(kernel_weights("bartlett", lags + 1.0, lags), start=1):
        cross = sums[:, lag:].transpose(0, 2, 1) @ sums[:, :-lag]
        total = total + weight * (cross + cross.transpose(0, 2, 1))
    return np.asarray(total)


@one_thread
def grouped_least_squares(
    X: FloatArray, E: FloatArray, *, stack: Stack, word: str, columns: int
) -> FloatArray:
    """Return covariances of least squares of one design, shape (m, k, k).

    Parameters
    ----------
    X : ndarray of shape (n, k)
        Effects out.
    E : ndarray of shape (n, m)
        Residuals of m outcomes.
    stack : Stack
    word : {"clustered", "driscoll-kraay"}
    columns : int
        Coefficients and effects of the factor for degrees of freedom.

    References
    ----------
    See :func:`workbench.numerics.regression.sandwich.cluster_covariance` and
    :func:`workbench.numerics.regression.space_time.period_covariance`.
    """
    n = X.shape[0]
    own = influence(X, np.ones(n)).scores
    if word == "clustered":
        sums = stack.over_periods(own, E)
        factor = stack.N / (stack.N - 1) * (n - 1) / (n - columns)
        return np.asarray(factor * (sums.transpose(0, 2, 1) @ sums))
    sums = stack.over_regions(own, E)
    return np.asarray(bartlett_sums(sums, stack.lags) * (n / (n - columns)))


@one_thread
def grouped_likelihoods(
    known: Regressors,
    outcomes: tuple[FloatArray, FloatArray],
    jobs: Jobs,
    *,
    found: Many,
    course: Course,
    stack: Stack,
    words: tuple[tuple[str, ...], ...],
) -> dict[str, FloatArray]:
    """Return covariances of (β, spatial) of likelihoods by word, shape (m, p + 1, p + 1) each.

    A⁻¹BA⁻¹ as :mod:`workbench.panels.spatial.robust_likelihoods` has it, one by one.

    Parameters
    ----------
    known : Regressors
        ``lagged`` is not used; whether models filter disturbances follows from `found`.
    outcomes : (ndarray, ndarray), each of shape (n, o)
        Outcomes and their spatial lags, effects out.
    jobs : Jobs
    found : Many
        Their estimates, with the inverse of the information.
    course : Course
        Of the same W.
    stack : Stack
    words : tuple of tuple of {"clustered", "driscoll-kraay"}
        What is asked for of each design.
    """
    filtered = bool(known.lagged.any())
    made: dict[str, FloatArray] = {
        word: np.zeros_like(found.covariance) for words_of in words for word in words_of
    }
    for design in np.unique(jobs.design[found.sound]):
        asked, columns = words[design], jobs.columns[design]
        if not asked:
            continue
        X = known.columns[:, columns]
        lagged = known.ground.lag(X) if filtered else None
        whole = np.flatnonzero((jobs.design == design) & found.sound)
        step = max(1, CHUNK // stack.N**2)
        for start in range(0, whole.size, step):
            at = whole[start : start + step]
            parts = _Parts.of(X, lagged, outcomes, at=at, jobs=jobs, found=found, stack=stack)
            parts.spread(course)
            bread = _bread(found, at, columns, course=course)
            places = np.append(columns, -1)
            to = np.ix_(at, places, places)
            for word in asked:
                B = parts.by_region() if word == "clustered" else parts.by_period()
                made[word][to] = bread @ B @ bread.transpose(0, 2, 1)
    return made


def _bread(found: Many, at: IntArray, columns: IntArray, *, course: Course) -> FloatArray:
    """Return the rows of (β, spatial) of the inverse information of (β, spatial, σ²), over σ²."""
    places = np.append(columns, -1)
    inverse = found.covariance[np.ix_(at, places, places)]
    sigma2 = found.sigma2[at][:, None]
    first = information_traces(course, found.spatial[at])[1][:, None]
    # the information of the spatial parameter and σ² is tr G/σ², that of σ² is n/(2σ⁴)
    last = -2.0 * sigma2 * first / course.ground.n_eff * inverse[:, :, -1]
    return np.asarray(np.concatenate([inverse, last[:, :, None]], axis=2) / sigma2[:, :, None])


@dataclass(slots=True, eq=False)
class _Parts:
    """The scores of models of one design, in forms.

    Attributes
    ----------
    X, lagged : ndarray of shape (n, k), or None
        Of error models their lags too, by which they are filtered.
    V : ndarray of shape (n, m)
        Residuals.
    means : ndarray of shape (n, m)
        Xβ.
    spatial, sigma2 : ndarray of shape (m,)
    stack : Stack
    G, turned : ndarray, shapes (m, N, N) and (m, N, T)
        Forms of the spatial parameter, and what they make of Xβ; of error models zero.
    """

    X: FloatArray
    lagged: FloatArray | None
    V: FloatArray
    means: FloatArray
    spatial: FloatArray
    sigma2: FloatArray
    stack: Stack
    G: FloatArray = field(default_factory=lambda: np.empty(0))
    turned: FloatArray | None = None

    @classmethod
    def of(
        cls,
        X: FloatArray,
        lagged: FloatArray | None,
        outcomes: tuple[FloatArray, FloatArray],
        *,
        at: IntArray,
        jobs: Jobs,
        found: Many,
        stack: Stack,
    ) -> _Parts:
        """Return the parts of some models, without those that G makes."""
        own, after = outcomes
        place, x = jobs.outcome[at], found.spatial[at]
        beta = found.beta[np.ix_(at, jobs.columns[jobs.design[at[0]]])].T
        means = X @ beta
        V = own[:, place] - x * after[:, place] - means
        if lagged is not None:
            V += x * (lagged @ beta)
        return cls(X, lagged, V, means, x, found.sigma2[at], stack)

    def spread(self, course: Course) -> None:
        """Add what G makes."""
        self.G = course.matrices(self.spatial)
        if self.stack.by_period:
            self.G -= self.G.mean(axis=1, keepdims=True)
        if self.lagged is None:
            self.turned = self.G @ self._cube(self.means)

    def by_region(self) -> FloatArray:
        """Return the variance of σ² times the score if regions are independent, (m, k+2, k+2)."""
        N = self.stack.N
        V = self.V * np.sqrt(N / (N - 1))
        cube = self._cube(V)
        squares = (cube**2 - (cube**2).mean(axis=1, keepdims=True)).sum(axis=2)
        own = np.diagonal(self.G, axis1=1, axis2=2) * squares
        if self.turned is not None:
            own = own + (self.turned * cube).sum(axis=2)
        share = 1.0 - (1.0 / N if self.stack.by_period else 0.0)
        last = share / (2.0 * self.sigma2)[:, None] * squares
        linear = self._linear(self.stack.over_periods, V)
        sums = np.concatenate([linear, own[:, :, None], last[:, :, None]], axis=2)
        B = sums.transpose(0, 2, 1) @ sums
        linked = (self.G + self.G.transpose(0, 2, 1)) * (cube @ cube.transpose(0, 2, 1))
        diagonal = np.arange(N)
        linked[:, diagonal, diagonal] = 0.0
        flat = linked.reshape(len(linked), -1)
        B[:, -2, -2] += 0.5 * (flat[:, None, :] @ flat[:, :, None])[:, 0, 0]
        return np.asarray(B)

    def by_period(self) -> FloatArray:
        """Return the same if periods are independent but for a few that follow each other."""
        T = self.stack.T
        cube = self._cube(self.V)
        own = (cube * (self.G @ cube)).sum(axis=1)
        if self.turned is not None:
            own = own + (self.turned * cube).sum(axis=1)
        last = (cube**2).sum(axis=1) / (2.0 * self.sigma2)[:, None]
        linear = self._linear(self.stack.over_regions, self.V)
        sums = np.concatenate([linear, own[:, :, None], last[:, :, None]], axis=2)
        sums -= sums.mean(axis=1, keepdims=True)
        return bartlett_sums(sums, self.stack.lags) * (T / (T - 1 - self.stack.by_region))

    def _linear(self, over: Callable[[FloatArray, FloatArray], FloatArray], V: FloatArray) -> Any:
        found = over(self.X, V)
        if self.lagged is None:
            return found
        return found - self.spatial[:, None, None] * over(self.lagged, V)

    def _cube(self, columns: FloatArray) -> FloatArray:
        return np.ascontiguousarray(columns.T).reshape(-1, self.stack.N, self.stack.T)
