"""How numbers are printed: a format for every number, from which its text can be made again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from workbench.core import display
from workbench.core.vocabulary import GLOSSARY

P_FORMAT = "p"
"""Name of the format of p-values: three decimals, and ``<0.001`` below."""

SMALLEST_P = 0.001
SIGNIFICANT = 4
MOST_DECIMALS = 6

P_COLUMNS = frozenset({"p_value", "p_adjusted", "p_permutation", "p", "pvalue", "pvalues"})
"""Columns, rows and keys that hold p-values."""

HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "term": "Term",
        "effect": "Effect",
        "estimate": "Estimate",
        "std_error": "Std. error",
        "statistic": "Statistic",
        "p_value": "p",
        "p_permutation": "p (permutation)",
        "p_adjusted": "p (adjusted)",
        "conf_low": "Interval from",
        "conf_high": "to",
        "nobs": "Observations",
        "loglik": "Log-likelihood",
        "aic": "AIC",
        "bic": "BIC",
        "rsquared": "R²",
        "sigma2": "σ²",
        "df_resid": "Residual df",
        "df": "df",
        "z": "z",
        "null": "Null hypothesis",
        "test": "Test",
    }
)


def heading(column: str) -> str:
    """Return the heading of a column of the glossary; other columns keep their name.

    Examples
    --------
    >>> heading("std_error"), heading("log(rd)")
    ('Std. error', 'log(rd)')
    """
    if column in HEADINGS:
        return HEADINGS[column]
    return column.replace("_", " ").capitalize() if column in GLOSSARY else column


def render(value: float, spec: str) -> str:
    """Return the printed text of a number.

    Parameters
    ----------
    value : int or float
        Finite.
    spec : str
        ``""`` for four significant digits, ``"p"`` for p-values, otherwise a Python format
        specification.

    Examples
    --------
    >>> render(0.00002, "p"), render(0.0412, "p"), render(1.5, ".2f"), render(0.123456, "")
    ('<0.001', '0.041', '1.50', '0.1235')
    """
    if spec == P_FORMAT:
        return f"<{SMALLEST_P}" if value < SMALLEST_P else f"{value:.3f}"
    if spec:
        return format(value, spec)
    return display.number(float(value) if not isinstance(value, int) else value)


def column_format(values: Iterable[float], *, column: str) -> str:
    """Return one format for a column, so that its decimals stand under each other.

    The largest value gets four significant digits and the smallest at least two, with at
    most six decimals; columns that span more than that get four significant digits each.
    """
    if column in P_COLUMNS:
        return P_FORMAT
    finite = [value for value in values if math.isfinite(value)]
    if finite and all(isinstance(value, int) for value in finite):
        return "d"
    sizes = [abs(value) for value in finite if value]
    if not sizes:
        return ""
    wanted = max(SIGNIFICANT - 1 - _exponent(max(sizes)), 1 - _exponent(min(sizes)), 0)
    if max(sizes) >= 1e6 or wanted > MOST_DECIMALS:
        return ""
    return f".{wanted}f"


def fixed(value: float, decimals: int) -> str:
    """Return the format with so many decimals, or two significant digits if all would be 0."""
    if value and abs(value) < 0.5 * 10.0**-decimals:
        return ".1e"
    return f".{decimals}f"


def _exponent(size: float) -> int:
    return math.floor(math.log10(size))
