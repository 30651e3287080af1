"""How far groups differ in a variable: F, Kruskal and Wallis's H, shares of squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Contrast:
    """How far k groups of n members differ in one variable.

    Attributes
    ----------
    F, p_value : float
        Equal means, F(k − 1, n − k); infinite and zero where nothing varies within groups.
    H, H_p_value : float
        Kruskal and Wallis's, corrected for ties, chi-square with k − 1.
    eta_squared : float
        Sum of squares between groups over the total.
    omega_squared : float
        (S_b − (k − 1) M_w) / (S_t + M_w), M_w = S_w / (n − k): can be negative (Hays 1963).
    rank_eta_squared : float
        (H − k + 1) / (n − k).
    df : (int, int)
    """

    F: float
    p_value: float
    H: float
    H_p_value: float
    eta_squared: float
    omega_squared: float
    rank_eta_squared: float
    df: tuple[int, int]


def contrast(x: FloatArray, labels: IntArray) -> Contrast:
    """Compare the groups of a variable that varies.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Finite, not all equal.
    labels : ndarray of int, shape (n,)
        At least two different ones, and fewer than members.

    References
    ----------
    Kruskal, W. and Wallis, A. (1952). Use of ranks in one-criterion variance analysis. JASA 47,
    583-621. Hays, W. L. (1963). Statistics for Psychologists. Holt. Tomczak, M. and Tomczak, E.
    (2014). The need to report effect size estimates revisited. Trends in Sport Sciences 1(21).

    Examples
    --------
    >>> found = contrast(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1]))
    >>> found.F, found.eta_squared, round(found.H, 6)
    (8.0, 0.8, 2.4)
    """
    parts = [x[labels == group] for group in np.unique(labels)]
    n, k = len(x), len(parts)
    total = float(((x - x.mean()) ** 2).sum())
    within = sum(float(((part - part.mean()) ** 2).sum()) for part in parts)
    # differences within groups that are rounding of the mean are none
    within = 0.0 if within <= (n * np.finfo(float).eps * float(np.abs(x).max())) ** 2 else within
    between = max(total - within, 0.0)
    mean_within = within / (n - k)
    F = between / (k - 1) / mean_within if mean_within > 0 else float("inf")
    H = stats.kruskal(*parts)
    return Contrast(
        F=F,
        p_value=float(stats.f.sf(F, k - 1, n - k)),
        H=float(H.statistic),
        H_p_value=float(H.pvalue),
        eta_squared=between / total,
        omega_squared=(between - (k - 1) * mean_within) / (total + mean_within),
        rank_eta_squared=(float(H.statistic) - k + 1) / (n - k),
        df=(k - 1, n - k),
    )
