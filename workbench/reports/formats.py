"""How numbers are printed: a format for every number, from which its text can be made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from workbench.core import display
from workbench.core.glossary import GLOSSARY
from workbench.core.language import language, said_word, say
from workbench.reports.entries import Row

P_FORMAT = "p"
"""Name of the format of p-values: three decimals, and ``<0.001`` below."""

P_COLUMNS = frozenset({"p_value", "p_adjusted", "p_permutation", "p", "pvalue", "pvalues"})
"""Columns, rows and keys that hold p-values."""

PROBABILITIES = frozenset({"probability", "probability_low", "probability_high"})
"""Columns that hold posterior probabilities: four decimals, as smaller ones are told as none."""

P_ENDINGS = ("_p_value", "_p_adjusted", "_p_permutation")
"""Ends of columns and keys that hold the p-value of something: ``theta_p_permutation``."""

LEVELS = " · "
"""What joins the levels of a label; the last one says what is measured."""

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
        "loglik_ols": "Log-likelihood of OLS",
        "sup_f": "Largest F",
        "sigma_u": "σ of inefficiency",
        "sigma_v": "σ of noise",
        "sigma2": "σ²",
        "nobs_effective": "Observations left by effects",
        "lee_yu": "Fixed effects (Lee–Yu)",
        "df_resid": "Residual df",
        "df": "df",
        "z": "z",
        "null": "Null hypothesis",
        "test": "Test",
        "sample_mean": "Mean",
        "sample_sd": "Std. dev.",
        "sample_min": "Min.",
        "sample_median": "Median",
        "sample_max": "Max.",
        "moran_i": "Moran's I",
    }
)

FIT, FIT_SAID = "fit", "model of the row"
"""A column that names models, and the word for it: beside questions ``fit`` is a call."""


def holds_p_values(label: str) -> bool:
    """Say whether a column, row or key holds p-values, by the last level of its label.

    Examples
    --------
    >>> holds_p_values("SDM · p_value"), holds_p_values("theta_p_permutation")
    (True, True)
    >>> holds_p_values("log(p)")
    False
    """
    measured = label.rpartition(LEVELS)[2]
    return measured in P_COLUMNS or measured.endswith(P_ENDINGS)


def holds_permutation_p(label: str) -> bool:
    """Say whether a column, row or key holds permutation p-values.

    Examples
    --------
    >>> holds_permutation_p("theta_p_permutation"), holds_permutation_p("p_value")
    (True, False)
    """
    measured = label.rpartition(LEVELS)[2]
    return measured == "p_permutation" or measured.endswith("_p_permutation")


def shown_word(text: str) -> str:
    """Return what a cell or the label of a row shows: words that are known, in the language in use.

    Ledgers keep the English. Levels of a label are said one by one.

    Examples
    --------
    >>> from workbench.core.language import speaking
    >>> with speaking("ru"):
    ...     shown_word("not significant"), shown_word("log(rd) · indirect")
    ('незначимо', 'log(rd) · косвенный')
    """
    return LEVELS.join(said_word(level) for level in text.split(LEVELS))


def shown_row(row: Row) -> Row:
    """Return a row as it is shown: its label and the words in its cells in the language in use."""
    if language() == "en":
        return row
    cells = tuple(
        cell if cell.value or cell.typed else replace(cell, shown=shown_word(cell.shown))
        for cell in row.cells
    )
    return replace(row, label=shown_word(row.label), cells=cells)


def heading(column: str) -> str:
    """Return the heading of a column of the glossary in the language in use; others keep names.

    Examples
    --------
    >>> heading("std_error"), heading("log(rd)"), heading("SDM · p_value")
    ('Std. error', 'log(rd)', 'SDM · p')
    """
    if LEVELS in column:
        return LEVELS.join(heading(level) for level in column.split(LEVELS))
    if column in HEADINGS:
        return say(HEADINGS[column])
    if column == FIT:
        return column if language() == "en" else say(FIT_SAID)
    return say(column.replace("_", " ").capitalize()) if column in GLOSSARY else said_word(column)


def headings(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the headings of a table, all with capitals or none.

    Words of the glossary begin with a capital; beside columns that the caller named, they do not.
    Upper levels are names, and stay as they are.

    Examples
    --------
    >>> headings(["estimate", "p_value"]), headings(["estimate", "largest root"])
    (('Estimate', 'p'), ('estimate', 'largest root'))
    >>> headings(["demeaned · statistic", "demeaned · p_value"])
    ('demeaned · Statistic', 'demeaned · p')
    """
    above = [column.rpartition(LEVELS) for column in columns]
    known = all(last in HEADINGS or last in GLOSSARY for *_, last in above)
    asked = all(any(last == word for *_, last in above) for word in ("passed", "failed"))
    return tuple(
        f"{names}{mark}{_failed(known) if asked and last == 'failed' else _level(last, known)}"
        for names, mark, last in above
    )


def _failed(known: bool) -> str:
    """Return the heading of the questions that failed: of draws it says that there is none."""
    word = said_word("failed")
    return word.capitalize() if known else word


def _level(word: str, known: bool) -> str:
    return heading(word) if known else _uncapitalised(word)


def _uncapitalised(word: str) -> str:
    """Return the heading of one level, without the capital that the glossary gave it."""
    shown = heading(word)
    ours = word in HEADINGS or word in GLOSSARY
    if not ours or shown == word or shown[1:2].isupper() or not shown[1:2].isalpha():
        return shown
    return shown[0].lower() + shown[1:]


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
        return display.p_text(value)
    if spec:
        return format(value, spec)
    return display.number(float(value) if not isinstance(value, int) else value)
