"""Relative transition paths: the log t regression and the clustering of Phillips and Sul."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from workbench.errors import ValuesError
from workbench.numerics.regression.hac import andrews_bandwidth, long_run_variance
from workbench.numerics.sparse.matrices import as_columns, freeze
from workbench.typing import FloatArray, HacKernel, IntArray

EQUAL = 1e-24
"""Variance of relative values that is rounding: deviations of 1e-12, squared."""

FEWEST_POINTS = 5
"""Periods of the regression: two coefficients, and residuals enough for an autoregression."""


@dataclass(frozen=True, slots=True)
class LogT:
    """The log t regression of a group.

    Attributes
    ----------
    b : float
        Twice the speed at which relative differences shrink; convergence in levels from 2 on.
    std_error : float
        From the long-run variance of the residuals.
    t : float
        b over its standard error; convergence is rejected below the critical value (one-sided).
    bandwidth : float
        Of the kernel.
    start, points : int
        First t of the regression (periods count from 1), and their number.
    """

    b: float
    std_error: float
    t: float
    bandwidth: float
    start: int
    points: int

    @property
    def p_value(self) -> float:
        """Lower tail of the normal distribution: small values speak against convergence."""
        return float(stats.norm.cdf(self.t))


@dataclass(frozen=True, slots=True)
class LogTSettings:
    """How the log t regression is made.

    Attributes
    ----------
    trim : float
        Share r of the periods left out at the start.
    kernel : {"quadratic-spectral", "bartlett"}
        Of the long-run variance, with Andrews's automatic bandwidth.
    critical : float
        Convergence is rejected where t is not above it.
    """

    trim: float = 1.0 / 3.0
    kernel: HacKernel = "quadratic-spectral"
    critical: float = -1.65


def first_point(T: int, trim: float) -> int:
    """Return [rT], at least 2 because log log 1 is not defined.

    Examples
    --------
    >>> first_point(20, 1 / 3), first_point(81, 1 / 3), first_point(5, 0.1)
    (6, 27, 2)
    """
    # 1/3 · 81 may round to just below 27
    return max(2, int(np.floor(trim * T + 1e-9)))


def relative_paths(X: Any) -> FloatArray:
    """Return h_it = X_it / mean_i X_it, shape (n, T) (Phillips and Sul 2007, equation 8).

    Parameters
    ----------
    X : ndarray, shape (n, T)
        Positive.
    """
    x = as_columns(X, argument="X", rows=np.shape(X)[0])
    return np.asarray(freeze(x / x.mean(axis=0)))


def cross_section_variance(X: FloatArray) -> FloatArray:
    """Return H_t = (1/n) Σ (h_it − 1)², shape (T,)."""
    h = X / X.mean(axis=0)
    return np.asarray(((h - 1.0) ** 2).mean(axis=0))


def log_t(X: Any, settings: LogTSettings) -> LogT:
    """Run the log t regression log(H₁/H_t) − 2 log(log t) = a + b log t, t = [rT], …, T.

    The statistic is b/s with s² = ω²/Σ (log t − mean)² and ω² the long-run variance of the
    residuals (Phillips and Sul 2007, section 4.1), by a kernel with Andrews's (1991) bandwidth.

    Parameters
    ----------
    X : ndarray, shape (n, T)
        Positive, n ≥ 2; trends or raw series.
    settings : LogTSettings

    Raises
    ------
    ValuesError
        If too few periods remain, or all regions are equal in a period that is used.

    Examples
    --------
    >>> t = np.arange(1.0, 31.0)
    >>> X = np.array([10 + 2 / t + 0.1 * np.sin(t), 10 - 2 / t, 10 + 1 / t])
    >>> log_t(X, LogTSettings()).t > -1.65
    True
    """
    # one layout in memory: sums over columns and over rows round differently
    x = np.ascontiguousarray(as_columns(X, argument="X", rows=np.shape(X)[0]))
    T = x.shape[1]
    start = first_point(T, settings.trim)
    if T - start + 1 < FEWEST_POINTS:
        raise ValuesError(
            "panel",
            expected=f"at least {FEWEST_POINTS} periods after trimming",
            found=f"{max(T - start + 1, 0)} of {T}",
            why="the statistic rests on the long-run variance of that many residuals",
            remedy="take more periods, or trim a smaller share",
        )
    H = cross_section_variance(x)
    used = H[np.r_[0, start - 1 : T]]
    if not (used > EQUAL).all():
        at = [int(i) for i in np.flatnonzero(H <= EQUAL)]
        raise ValuesError(
            "variable",
            expected="regions of a group that differ in every period",
            found="a group of equal values",
            offenders=[f"period {i + 1}" for i in at],
            why="log(H₁/H_t) is not defined where H is zero",
            remedy='take their trends, filter="hodrick-prescott", which differ',
        )
    t = np.arange(start, T + 1, dtype=np.float64)
    y = np.log(H[0] / H[start - 1 :]) - 2.0 * np.log(np.log(t))
    x_centred = np.log(t) - np.log(t).mean()
    length = float(x_centred @ x_centred)
    b = float(x_centred @ y) / length
    residuals = y - y.mean() - b * x_centred
    bandwidth = andrews_bandwidth(residuals, settings.kernel)
    omega = long_run_variance(residuals, kernel=settings.kernel, bandwidth=bandwidth)
    error = float(np.sqrt(omega / length))
    statistic = b / error if error > 0 else float(np.copysign(np.inf, b))
    return LogT(b, error, statistic, bandwidth, start, t.shape[0])


def _group(X: FloatArray, rows: IntArray, settings: LogTSettings) -> LogT:
    # in the order of rows, so that a group has one statistic to the last bit however it was found
    return log_t(X[np.sort(rows)], settings)


@dataclass(frozen=True, slots=True, eq=False)
class Club:
    """A convergence club.

    Attributes
    ----------
    members : ndarray of int
        Rows of X, in increasing order.
    core : ndarray of int
        Rows of the core group that the club grew from, in increasing order; of both after merging.
    test : LogT
        Of all members.
    threshold : float
        c* of the sieve that was in force; NaN after merging.
    """

    members: IntArray
    core: IntArray
    test: LogT
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class Clubs:
    """Clubs from the highest to the lowest, and the rows that belong to none."""

    clubs: tuple[Club, ...]
    divergent: IntArray


def cluster(X: Any, order: Any, settings: LogTSettings, *, threshold: float = 0.0) -> Clubs:
    """Sort regions into convergence clubs (Phillips and Sul 2007, section 5; 2009, appendix B).

    (1) Regions stand in descending `order`. (2) Of the groups of the first k regions, k growing
    from the first pair that converges until convergence is rejected, the core is the one with the
    largest t. (3) Every other region joins whose t together with the core is above c*; if the
    joint group does not converge, c* rises. (4) The rest is a club if it converges; otherwise the
    steps are repeated on it; when no pair is a core, what is left diverges.

    Parameters
    ----------
    X : ndarray, shape (n, T)
        Positive, n ≥ 2.
    order : ndarray, shape (n,)
        What regions are ordered by, e.g. the last period; ties keep the order of rows.
    settings : LogTSettings
    threshold : float, default 0
        c* to begin with. It rises to the t of the weakest candidate, which then falls out: the
        limit of raising it by ever smaller steps.

    Returns
    -------
    Clubs

    Examples
    --------
    >>> t = np.arange(1.0, 41.0)
    >>> wave = [1 / t, -1 / t, 0.5 / t + 0.01 * np.cos(t) / t]
    >>> X = np.array([10 + w for w in wave] + [5 + w for w in wave])
    >>> [club.members.tolist() for club in cluster(X, X[:, -1], LogTSettings()).clubs]
    [[0, 1, 2], [3, 4, 5]]
    """
    x = as_columns(X, argument="X", rows=np.shape(X)[0])
    rest = np.argsort(-np.asarray(order, dtype=np.float64), kind="stable").astype(np.int64)
    clubs: list[Club] = []
    while rest.size >= 2:
        whole = _group(x, rest, settings)
        if whole.t > settings.critical:
            members = np.sort(rest)
            clubs.append(Club(members, members, whole, threshold))
            return Clubs(tuple(clubs), np.empty(0, dtype=np.int64))
        core = core_group(x, rest, settings)
        if core.size == 0:
            break
        club = _sieve(x, rest, core, settings, threshold)
        clubs.append(club)
        rest = rest[~np.isin(rest, club.members)]
    return Clubs(tuple(clubs), np.sort(rest))


def core_group(X: FloatArray, ordered: IntArray, settings: LogTSettings) -> IntArray:
    """Return the core group among rows in descending order; empty if no pair of them converges.

    Where the first region converges with no successor it is passed over, and so on.
    """
    for begin in range(ordered.size - 1):
        best, largest = 0, -np.inf
        for end in range(begin + 2, ordered.size + 1):
            t = _group(X, ordered[begin:end], settings).t
            if t <= settings.critical:
                break
            if t > largest:
                best, largest = end, t
        if best:
            return np.asarray(ordered[begin:best])
    return np.empty(0, dtype=np.int64)


def _sieve(
    X: FloatArray, ordered: IntArray, core: IntArray, settings: LogTSettings, threshold: float
) -> Club:
    others = ordered[~np.isin(ordered, core)]
    t = np.array([_group(X, np.r_[core, i], settings).t for i in others])
    # strongest first; equal ones in the order of the regions
    ranking = np.argsort(-t, kind="stable")
    candidates, t = others[ranking], t[ranking]
    count, limit = int((t > threshold).sum()), threshold
    joint = _group(X, np.r_[core, candidates[:count]], settings)
    while joint.t <= settings.critical and count:
        count -= 1
        limit = float(t[count])
        joint = _group(X, np.r_[core, candidates[:count]], settings)
    return Club(np.sort(np.r_[core, candidates[:count]]), np.sort(core), joint, limit)


def merge(X: Any, found: Clubs, settings: LogTSettings) -> Clubs:
    """Merge adjacent clubs that converge jointly (Schnurbus, Haupt and Meier 2017).

    From the top: where a club and the next one converge jointly they become one, which is then
    compared with the one after it. Passes are repeated until none merges. Divergent regions stay.

    Parameters
    ----------
    X : ndarray, shape (n, T)
        As given to :func:`cluster`.
    found : Clubs
    settings : LogTSettings

    Returns
    -------
    Clubs
    """
    x = as_columns(X, argument="X", rows=np.shape(X)[0])
    clubs = list(found.clubs)
    merged = True
    while merged:
        merged, place = False, 0
        while place + 1 < len(clubs):
            upper, lower = clubs[place], clubs[place + 1]
            members = np.sort(np.r_[upper.members, lower.members])
            joint = _group(x, members, settings)
            if joint.t > settings.critical:
                core = np.sort(np.r_[upper.core, lower.core])
                clubs[place : place + 2] = [Club(members, core, joint, float("nan"))]
                merged = True
            else:
                place += 1
    return Clubs(tuple(clubs), found.divergent)
