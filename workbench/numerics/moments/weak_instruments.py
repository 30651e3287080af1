"""What weak instruments leave: effective F, tests that keep their size, sets instead of intervals.

Every column is given with the exogenous regressors and effects taken out, the instruments as
orthonormal columns Q; how to do so: :func:`beside`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy import linalg, optimize, stats

from workbench.errors import InputError
from workbench.numerics.moments.two_stage import basis_of
from workbench.numerics.sparse.matrices import as_columns, as_vector, freeze
from workbench.typing import FloatArray, IntArray

BIAS = 0.10
"""Share of the worst bias up to which instruments count as strong (Montiel Olea and Pflueger)."""

SCAN = 401
"""Points of the interval at which a test is looked at before the ends of its set are refined."""


def beside(values: Any, X: Any) -> FloatArray:
    """Return what is left of columns beside X, shape (n, m).

    Parameters
    ----------
    values : ndarray of shape (n, m)
    X : ndarray of shape (n, k)
        k may be 0.

    Examples
    --------
    >>> beside(np.array([[1.0], [3.0]]), np.ones((2, 1))).ravel().tolist()
    [-1.0, 1.0]
    """
    columns: FloatArray = np.asarray(values, dtype=np.float64)
    X = as_columns(X, argument="X", rows=columns.shape[0])
    if X.shape[1] == 0 or columns.shape[1] == 0:
        return columns
    basis = basis_of(X)
    rest = columns - basis @ (basis.T @ columns)
    # Twice is enough: the second pass takes out what rounding left.
    return np.asarray(rest - basis @ (basis.T @ rest))


def score_sums(scores: FloatArray, groups: IntArray | None) -> FloatArray:
    """Return sums of scores over groups of rows; the scores themselves without groups.

    Examples
    --------
    >>> score_sums(np.ones((3, 1)), np.array([0, 0, 1])).ravel().tolist()
    [2.0, 1.0]
    """
    if groups is None:
        return scores
    out = np.zeros((int(groups.max()) + 1, scores.shape[1]))
    np.add.at(out, groups, scores)
    return out


@dataclass(frozen=True, slots=True)
class EffectiveF:
    """Montiel Olea and Pflueger's effective F of one endogenous column.

    Attributes
    ----------
    value : float
        ‖Q′x‖² / tr V, V the covariance of Q′v, v the residuals of the first stage.
    critical : float
        5 % critical value against a Nagar bias of two-stage least squares above
        :data:`BIAS` of the worst; the authors' simplified one, which is on the safe side.
    instruments : float
        Effective number of instruments, of the critical value.
    """

    value: float
    critical: float
    instruments: float


def effective_f(
    x: Any, Q: Any, *, room: int, robust: bool = False, groups: IntArray | None = None
) -> EffectiveF:
    """Measure the strength of instruments under any variances or clusters.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Endogenous column beside the exogenous regressors.
    Q : ndarray of shape (n, m)
        Orthonormal instruments beside the exogenous regressors.
    room : int
        n less regressors, effects and instruments.
    robust : bool
        Whether variances may differ; otherwise the effective F is the first-stage F.
    groups : ndarray of int, shape (n,), optional
        Clusters 0, 1, ... of rows; variances may then differ too.

    References
    ----------
    Montiel Olea, J. L. and Pflueger, C. (2013). A robust test for weak instruments. Journal of
    Business and Economic Statistics 31, 358–369, equations 5 and 9, section 3.2.

    Examples
    --------
    >>> Q = np.array([[0.5], [0.5], [-0.5], [-0.5]])
    >>> round(effective_f(4 * Q[:, 0] + [0.1, -0.1, 0.1, -0.1], Q, room=2).critical, 2)
    23.11
    """
    x = as_vector(x, argument="x")
    Q = as_columns(Q, argument="Q", rows=x.size)
    m = Q.shape[1]
    pi = Q.T @ x
    v = x - Q @ pi
    if robust or groups is not None:
        sums = score_sums(Q * v[:, None], groups)
        V = (sums.T @ sums) * _small_sample(len(sums), x.size, room, clustered=groups is not None)
    else:
        V = np.eye(m) * (float(v @ v) / room)
    trace = float(np.trace(V))
    x_bias = 1.0 / BIAS
    largest = float(np.linalg.eigvalsh(V)[-1])
    effective = trace**2 * (1 + 2 * x_bias) / (float(np.sum(V**2)) + 2 * x_bias * trace * largest)
    critical = float(stats.ncx2.ppf(0.95, effective, x_bias * effective) / effective)
    return EffectiveF(float(pi @ pi) / trace, critical, effective)


def _small_sample(sums: int, n: int, room: int, *, clustered: bool) -> float:
    plain = n / room
    return plain * sums / (sums - 1) if clustered else plain


@dataclass(frozen=True, slots=True, eq=False)
class AndersonRubin:
    """Anderson and Rubin's test of one coefficient, and the set of values that it keeps.

    Under H0 the outcome less ρ₀ times its column is uncorrelated with the instruments, however
    weak they are; so the size of the test does not depend on their strength.

    Attributes
    ----------
    y, x : ndarray of shape (n,)
        Outcome and endogenous column beside the exogenous regressors.
    Q : ndarray of shape (n, m)
        Orthonormal instruments beside the exogenous regressors.
    room : int
        n less regressors, effects and instruments.
    others : ndarray of shape (n, g)
        Other endogenous columns, g < m. Their coefficients are chosen so that the statistic is
        smallest (subset test, which keeps at most its size; Guggenberger and others 2012).
    robust : bool
        Whether variances may differ.
    groups : ndarray of int, shape (n,), or None
        Clusters of rows, more than instruments.

    References
    ----------
    Anderson, T. W. and Rubin, H. (1949). Annals of Mathematical Statistics 20, 46–63. Hotelling,
    H. (1931). The generalization of Student's ratio. Annals of Mathematical Statistics 2, 360–378.
    """

    y: FloatArray
    x: FloatArray
    Q: FloatArray
    room: int
    others: FloatArray
    robust: bool = False
    groups: IntArray | None = None

    @property
    def df(self) -> tuple[float, float]:
        """Degrees of freedom of the F statistic."""
        m = self.Q.shape[1]
        if not self._by_scores:
            return float(m - self.others.shape[1]), float(self.room)
        sums = len(self.y) if self.groups is None else int(self.groups.max()) + 1
        return float(m), float(sums - m)

    @property
    def _by_scores(self) -> bool:
        return self.robust or self.groups is not None

    def statistic(self, rho: float) -> float:
        """Return the statistic over its degrees of freedom at one value.

        One variance: F of Q in the regression of y − ρ₀x. Otherwise Hotelling's T² of the scores,
        their sums over clusters, as an F: with g = Q′(y − ρ₀x) and S the sum of squared scores
        it is q (G − m) / (m (G − q)), q = g′S⁻¹g, for G scores and m instruments.
        """
        e = self.y - rho * self.x
        if not self._by_scores:
            root = _smallest_root(np.column_stack([e, self.others]), self.Q)
            return float(root * self.room / self.df[0])
        sums = score_sums(self.Q * e[:, None], self.groups)
        g = self.Q.T @ e
        q = float(g @ linalg.lstsq(sums.T @ sums, g)[0])
        return q * self.df[1] / (self.df[0] * max(len(sums) - q, np.finfo(float).tiny))

    def p_value(self, rho: float) -> float:
        """Return the p-value of one value: small where the instruments speak against it."""
        return float(stats.f.sf(self.statistic(rho), *self.df))

    def confidence_set(
        self, low: float, high: float, *, level: float = 0.95
    ) -> tuple[tuple[float, float], ...]:
        """Return the pieces of an open interval whose values the test does not reject.

        Parameters
        ----------
        low, high : float
            Ends of the interval, e.g. of admissible ρ.
        level : float
            Confidence level.

        Returns
        -------
        tuple of (float, float)
            Disjoint pieces in order; empty where every value is rejected, which speaks against
            the instruments; the whole interval where the data say nothing.

        References
        ----------
        Anderson, T. W. and Rubin, H. (1949). Annals of Mathematical Statistics 20, 46–63.
        Dufour, J.-M. and Taamouti, M. (2005). Econometrica 73, 1351–1365.
        """
        edge = 1e-9 * (high - low)
        points = np.linspace(low + edge, high - edge, SCAN)
        above = np.array([self.p_value(point) for point in points]) - (1.0 - level)
        points, above = self._with_best(points, above, level)
        return _pieces(points, above, partial(self._excess, level=level))

    def _excess(self, rho: float, *, level: float) -> float:
        return self.p_value(rho) - (1.0 - level)

    def _with_best(
        self, points: FloatArray, above: FloatArray, level: float
    ) -> tuple[FloatArray, FloatArray]:
        """Add the value that is rejected least: a short set may lie between two points."""
        best = int(np.argmax(above))
        bounds = points[max(best - 1, 0)], points[min(best + 1, SCAN - 1)]
        found = optimize.minimize_scalar(
            self.statistic, bounds=bounds, method="bounded", options={"xatol": 1e-10}
        )
        at = int(np.searchsorted(points, found.x))
        value = self._excess(float(found.x), level=level)
        return np.insert(points, at, found.x), np.insert(above, at, value)


def _smallest_root(columns: FloatArray, Q: FloatArray) -> float:
    """Return the smallest λ of |A′PA − λA′MA| = 0; the ratio itself of one column."""
    explained = Q.T @ columns
    inside = explained.T @ explained
    outside = columns.T @ columns - inside
    if columns.shape[1] == 1:
        return float(inside[0, 0] / outside[0, 0])
    return float(linalg.eigh(inside, outside, eigvals_only=True)[0])


def _pieces(points: FloatArray, above: FloatArray, excess: Any) -> tuple[tuple[float, float], ...]:
    kept = above >= 0
    found: list[tuple[float, float]] = []
    start: float | None = float(points[0]) if kept[0] else None
    for i in range(1, len(points)):
        if kept[i] == kept[i - 1]:
            continue
        end = float(optimize.brentq(excess, points[i - 1], points[i], xtol=1e-10))
        if kept[i]:
            start = end
        elif start is not None:
            found.append((start, end))
            start = None
    if start is not None:
        found.append((start, float(points[-1])))
    return tuple(found)


def anderson_rubin(
    y: Any,
    x: Any,
    Q: Any,
    *,
    room: int,
    others: Any = None,
    robust: bool = False,
    groups: IntArray | None = None,
) -> AndersonRubin:
    """Prepare Anderson and Rubin's test of the coefficient of x.

    Parameters
    ----------
    y, x, Q, room, others, robust, groups
        As the attributes of :class:`AndersonRubin`.

    Raises
    ------
    InputError
        If other endogenous columns stand beside variances that differ, or leave no instrument.

    Examples
    --------
    >>> Q = np.array([[0.5], [0.5], [-0.5], [-0.5]])
    >>> x = 4 * Q[:, 0] + np.array([0.1, -0.1, 0.1, -0.1])
    >>> y = 0.5 * x + np.array([0.0, 0.1, 0.1, 0.0])
    >>> low, high = anderson_rubin(y, x, Q, room=2).confidence_set(-1, 1)[0]
    >>> low < 0.5 < high
    True
    """
    y = as_vector(y, argument="y")
    x = as_vector(x, argument="x")
    Q = as_columns(Q, argument="Q", rows=y.size)
    more = (
        np.empty((y.size, 0))
        if others is None
        else as_columns(others, argument="others", rows=y.size)
    )
    if more.shape[1] and (robust or groups is not None):
        raise InputError(
            "others",
            expected="one variance, where other columns are endogenous",
            found="robust or clustered scores",
            why="the subset test is known to keep its size for one variance only",
            remedy="robust=False, groups=None",
        )
    if more.shape[1] >= Q.shape[1]:
        raise InputError(
            "Q",
            expected=f"more than {more.shape[1]} instruments",
            found=f"{Q.shape[1]}",
            why="the other endogenous columns take one instrument each",
        )
    return AndersonRubin(freeze(y), freeze(x), freeze(Q), room, freeze(more), robust, groups)


def hansen_j(
    y: FloatArray, Z: FloatArray, basis: FloatArray, *, e: FloatArray, groups: IntArray | None
) -> float:
    """Return J of two-step efficient moments with scores summed over groups.

    Parameters
    ----------
    y : ndarray of shape (n,)
    Z : ndarray of shape (n, k)
    basis : ndarray of shape (n, m)
        Orthonormal columns that span all instruments, the exogenous regressors among them.
    e : ndarray of shape (n,)
        Residuals of the first step.
    groups : ndarray of int or None
        Clusters of rows; without, variances that differ.

    Returns
    -------
    float
        Chi-squared with m − k degrees of freedom where the instruments are valid (Hansen 1982).

    Examples
    --------
    >>> Q = np.linalg.qr(np.vander(np.arange(6.0), 3))[0]
    >>> y = np.array([0.0, 1.1, 1.9, 3.2, 4.0, 4.9])
    >>> e = y - Q[:, :1] @ (Q[:, :1].T @ y)
    >>> hansen_j(y, np.arange(6.0)[:, None], Q, e=e, groups=None) > 0
    True
    """
    sums = score_sums(basis * e[:, None], groups)
    S = sums.T @ sums
    C, c = basis.T @ Z, basis.T @ y
    weighted = linalg.solve(S, np.column_stack([C, c]), assume_a="sym")
    delta = linalg.solve(C.T @ weighted[:, :-1], C.T @ weighted[:, -1], assume_a="sym")
    moments = c - C @ delta
    return float(moments @ linalg.solve(S, moments, assume_a="sym"))
