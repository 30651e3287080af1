"""Estimates from several versions of the data pooled by Rubin's rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.errors import InputError
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Estimates of k parameters over m versions.

    Attributes
    ----------
    estimate : ndarray, shape (k,)
        Mean of the estimates.
    within, between : ndarray, shape (k,)
        Mean of the squared standard errors; variance of the estimates over versions (m − 1).
    variance : ndarray, shape (k,)
        within + (1 + 1/m) between.
    df : ndarray, shape (k,)
        Degrees of freedom of Student's t.
    share_between : ndarray, shape (k,)
        (1 + 1/m) between / variance: the part that the versions add.
    """

    estimate: FloatArray
    within: FloatArray
    between: FloatArray
    variance: FloatArray
    df: FloatArray
    share_between: FloatArray

    @property
    def std_error(self) -> FloatArray:
        """Root of the total variance."""
        return np.asarray(np.sqrt(self.variance))


def rubin(estimates: FloatArray, variances: FloatArray, *, complete_df: float = np.inf) -> Pooled:
    """Pool estimates and their variances.

    Parameters
    ----------
    estimates, variances : ndarray, shape (m, k)
        A row a version, at least two; squared standard errors in the second.
    complete_df : float
        Degrees of freedom that one version's test has; infinite for the normal distribution.

    Returns
    -------
    Pooled

    Notes
    -----
    T = U + (1 + 1/m) B and ν = (m − 1)(1 + U / ((1 + 1/m) B))² (Rubin 1987, equations 3.1.2 to
    3.1.6). With finite `complete_df` ν₀, Barnard and Rubin's: 1 / (1/ν + 1/ν̂) with
    ν̂ = (ν₀ + 1)/(ν₀ + 3) ν₀ (1 − γ) and γ = (1 + 1/m) B / T. Without any difference between
    versions: ν₀.

    References
    ----------
    Rubin, D. B. (1987). Multiple imputation for nonresponse in surveys. Wiley. Barnard, J. and
    Rubin, D. B. (1999). Small-sample degrees of freedom with multiple imputation. Biometrika 86,
    948-955.

    Examples
    --------
    >>> found = rubin(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [1.0], [1.0]]))
    >>> found.estimate.tolist(), found.variance.round(4).tolist(), found.df.round(3).tolist()
    ([2.0], [2.3333], [6.125])
    """
    Q, U = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if Q.ndim != 2 or Q.shape != U.shape or len(Q) < 2:
        raise InputError(
            "estimates",
            expected="a row for each of at least two versions, variances of the same shape",
            found=f"shapes {Q.shape} and {U.shape}",
        )
    m = len(Q)
    within, between = U.mean(axis=0), Q.var(axis=0, ddof=1)
    added = (1.0 + 1.0 / m) * between
    total = within + added
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, added / total, 0.0)
        df = np.where(added > 0, (m - 1) / share**2, np.inf)
        if np.isfinite(complete_df):
            observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1.0 - share)
            df = np.where(added > 0, 1.0 / (1.0 / df + 1.0 / observed), complete_df)
    parts = (Q.mean(axis=0), within, between, total, df, share)
    return Pooled(*(freeze(np.asarray(part)) for part in parts))


def t_interval(
    pooled: Pooled, *, level: float = 0.95
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return statistic, two-sided p-value and interval of pooled estimates by Student's t.

    Examples
    --------
    >>> found = rubin(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [1.0], [1.0]]))
    >>> [part.round(3).item() for part in t_interval(found)]
    [1.309, 0.237, -1.719, 5.719]
    """
    from scipy import stats

    statistic = pooled.estimate / pooled.std_error
    half = stats.t.isf((1.0 - level) / 2.0, pooled.df) * pooled.std_error
    p_value = 2.0 * stats.t.sf(np.abs(statistic), pooled.df)
    low, high = pooled.estimate - half, pooled.estimate + half
    return np.asarray(statistic), np.asarray(p_value), np.asarray(low), np.asarray(high)
