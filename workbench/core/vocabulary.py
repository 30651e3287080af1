"""The results vocabulary: tables whose columns are words of the glossary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core.glossary import GLOSSARY
from workbench.errors import InputError
from workbench.typing import FloatArray

COEFFICIENT_COLUMNS = (
    "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high",
)  # fmt: skip


class Reference(Protocol):
    """A distribution of t-statistics that is neither normal nor Student's."""

    def p_value(self, statistic: Any) -> FloatArray:
        """Return two-sided p-values, element by element."""
        ...

    def critical_value(self, level: float) -> float:
        """Return the half-width of a `level` interval in standard errors."""
        ...


def check_level(level: float) -> float:
    """Return a confidence level strictly between 0 and 1, or refuse it."""
    number = isinstance(level, int | float | np.number)
    if not number or not 0.0 < float(level) < 1.0:
        raise InputError(
            "level",
            expected="a number between 0 and 1",
            found=repr(level),
            remedy="level=0.95",
        )
    return float(level)


def two_sided_p(statistic: FloatArray, *, df: float | Reference | None) -> FloatArray:
    """Return two-sided p-values from survival functions: Student with `df`, normal without.

    In the place of degrees of freedom may stand a distribution of its own.
    """
    magnitude = np.abs(statistic)
    if df is None:
        return np.asarray(2 * stats.norm.sf(magnitude))
    if isinstance(df, float | int):
        return np.asarray(2 * stats.t.sf(magnitude, df))
    return df.p_value(magnitude)


def critical_value(level: float, *, df: float | Reference | None) -> float:
    """Return the half-width of a `level` interval in standard errors."""
    tail = (1 - check_level(level)) / 2
    if df is None:
        return float(stats.norm.isf(tail))
    return float(stats.t.isf(tail, df)) if isinstance(df, float | int) else df.critical_value(level)


def coefficient_table(
    terms: Sequence[str],
    estimate: FloatArray,
    std_error: FloatArray,
    *,
    df: float | Reference | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Build the tidy table of estimates, a row a term.

    Parameters
    ----------
    terms : sequence of str, length k
        Names as the formula writes them.
    estimate, std_error : ndarray, shape (k,)
        Estimates and their standard errors, in the same order.
    df : float or Reference, optional
        Degrees of freedom of Student's t, or a distribution of its own; the normal distribution
        without.
    level : float, default 0.95
        Confidence level of the interval.

    Returns
    -------
    pandas.DataFrame
        Index ``term``; columns ``estimate std_error statistic p_value conf_low conf_high``.

    Examples
    --------
    >>> import numpy as np
    >>> table = coefficient_table(["x"], np.array([2.0]), np.array([1.0]))
    >>> table.round(3).loc["x", ["statistic", "p_value"]].tolist()
    [2.0, 0.046]
    """
    statistic = estimate / std_error
    half = critical_value(level, df=df) * std_error
    p_value = two_sided_p(statistic, df=df)
    columns = (estimate, std_error, statistic, p_value, estimate - half, estimate + half)
    frame = pd.DataFrame(dict(zip(COEFFICIENT_COLUMNS, columns, strict=True)))
    frame.index = pd.Index(terms, name="term")
    return frame


def one_row(**statistics: object) -> pd.DataFrame:
    """Build the ``glance()`` table: one row; every column must be in the glossary."""
    unknown = [name for name in statistics if name not in GLOSSARY]
    if unknown:
        raise InputError("glance", expected="columns of the glossary", found=repr(unknown))
    return pd.DataFrame([statistics])
