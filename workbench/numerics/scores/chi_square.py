"""A statistic with its reference distribution, as kernels hand it up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A chi-squared statistic.

    Attributes
    ----------
    statistic : float
        NaN where the statistic is not defined (then `pvalue` is NaN too).
    df : int
        Degrees of freedom.
    pvalue : float
        Upper tail, from the survival function.
    """

    statistic: float
    df: int
    pvalue: float


def chi_square(statistic: float, df: int) -> ChiSquare:
    """Return the statistic with its upper-tail p-value; NaN stays NaN.

    Examples
    --------
    >>> round(chi_square(3.841458820694124, 1).pvalue, 6)
    0.05
    """
    value = float(statistic)
    p = float(stats.chi2.sf(value, df)) if np.isfinite(value) else float("nan")
    return ChiSquare(value, int(df), p)
