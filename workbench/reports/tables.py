"""Models side by side: one column a model, standard errors under the estimates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from workbench.core import display
from workbench.core.glossary import GLOSSARY
from workbench.core.language import say, speaking
from workbench.errors import InputError, WorkbenchError, unknown_option
from workbench.reports.entries import Cell, Grid, Published, Row
from workbench.reports.formats import column_format, fixed, heading
from workbench.reports.markup import grids_html
from workbench.reports.records import Record, plain_value
from workbench.typing import Tolerance

LAST = ("tau", "eta", "rho", "lambda", "phi")
"""Parameters that stand below the regressors and their lags, in this order."""

FIRST = "Intercept"
LIKELIHOODS = frozenset({"loglik", "aic", "bic"})
EFFECTS = ("direct", "indirect", "total")
STAR_LEVELS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
BELOW = "Standard errors in parentheses."
UNLIKE = (
    "Likelihoods and criteria of models that count different observations do not compare; "
    "wb.ladder(...).criteria() puts a ladder's on one footing."
)
STARS_NOTE = "* p < 0.1, ** p < 0.05, *** p < 0.01."


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """Models side by side; made by :func:`compare`.

    Attributes
    ----------
    coefficients, impacts : mapping of str to DataFrame
        For each model its ``tidy()`` table and that of its impacts (empty without).
    fits : mapping of str to Series
        For each model its ``glance()`` row.
    tolerances : mapping of str to str
        For each model the rule by which its numbers are verified.
    statistics : tuple of str
        Which columns of ``glance()`` are shown.
    stars : bool
        Whether estimates carry stars.
    digits : int
        Decimals of estimates.
    """

    coefficients: Mapping[str, pd.DataFrame]
    impacts: Mapping[str, pd.DataFrame]
    fits: Mapping[str, pd.Series]
    tolerances: Mapping[str, Tolerance]
    statistics: tuple[str, ...]
    stars: bool = False
    digits: int = 3
    notes: str = field(default=BELOW)

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models, in the order of the columns."""
        return tuple(self.coefficients)

    @property
    def table(self) -> pd.DataFrame:
        """Printed texts: index levels ``block``, ``term``, ``statistic``; a column a model."""
        with speaking("en"):
            return self._printed()

    def _printed(self) -> pd.DataFrame:
        rows, labels, block, term = [], [], "", ""
        for row in self.grid(Record("table")).rows:
            if row.kind == "group":
                block = row.label
                continue
            term = row.label or term
            under = row.kind == "detail"
            statistic = "std_error" if under else ("value" if block == say("Fit") else "estimate")
            labels.append((block, term, statistic))
            rows.append([cell.shown for cell in row.cells])
        index = pd.MultiIndex.from_tuples(labels, names=["block", "term", "statistic"])
        return pd.DataFrame(rows, index=index, columns=pd.Index(self.models, name="model"))

    def grid(self, record: Record) -> Grid:
        """Return the table as it is shown, with its numbers recorded."""
        rows = [Row(say("Coefficients"), kind="group")] if self._has_impacts() else []
        terms = ordered_terms(self.coefficients.values())
        rows += self._block(record, self.coefficients, [(term, term) for term in terms], "")
        if self._has_impacts():
            for effect in EFFECTS:
                keys = [(key, key[0]) for key in self._impact_keys(effect)]
                rows.append(Row(say(f"{effect.capitalize()} impacts"), kind="group"))
                rows += self._block(record, self.impacts, keys, effect)
        rows.append(Row(say("Fit"), kind="group"))
        rows += [self._fit_row(record, statistic) for statistic in self.statistics]
        headings = tuple(record.labels.get(model, model) for model in self.models)
        return Grid("", headings, tuple(rows))

    def _has_impacts(self) -> bool:
        return any(len(table) for table in self.impacts.values())

    def _impact_keys(self, effect: str) -> list[tuple[str, str]]:
        tables = self.impacts.values()
        keys = dict.fromkeys(key for table in tables for key in table.index if key[1] == effect)
        return list(keys)

    def _block(
        self,
        record: Record,
        tables: Mapping[str, pd.DataFrame],
        keys: Sequence[tuple[Any, str]],
        effect: str,
    ) -> list[Row]:
        rows = []
        for key, label in keys:
            name = f"{label}/{effect}" if effect else label
            pairs = [self._pair(record, m, tables[m], key, name) for m in self.models]
            rows.append(Row(record.said(label), tuple(estimate for estimate, _ in pairs)))
            rows.append(Row("", tuple(error for _, error in pairs), "detail"))
        return rows

    def _pair(
        self, record: Record, model: str, table: pd.DataFrame, key: Any, name: str
    ) -> tuple[Cell, Cell]:
        if key not in table.index:
            return Cell(""), Cell("")
        found = table.loc[key]
        if not record.forced:
            record.tolerance = table.attrs.get("tolerance", self.tolerances[model])
        cells = []
        for column, wrap in (("estimate", "{}" + self._stars(found)), ("std_error", "({})")):
            value = plain_value(found[column])
            spec = "" if isinstance(value, str) else fixed(value, self.digits)
            cells.append(
                record.cell(value, row=f"{name}/{model}", column=column, spec=spec, wrap=wrap)
            )
        return cells[0], cells[1]

    def _stars(self, row: pd.Series) -> str:
        if not self.stars:
            return ""
        return next((mark for level, mark in STAR_LEVELS if row["p_value"] < level), "")

    def _fit_row(self, record: Record, statistic: str) -> Row:
        cells = []
        for model in self.models:
            value = plain_value(self.fits[model].get(statistic))
            if not record.forced:
                record.tolerance = self.tolerances[model]
            spec = "" if isinstance(value, str) else _fit_format(value, statistic)
            empty = value == ""
            cells.append(
                Cell("")
                if empty
                else record.cell(value, row=f"glance/{model}", column=statistic, spec=spec)
            )
        return Row(heading(statistic), tuple(cells))

    def __str__(self) -> str:
        """Return the table as text, a block under its name."""
        table = self._printed()
        parts = []
        for block, rows in table.groupby(level="block", sort=False):
            under = rows.index.get_level_values("statistic") == "std_error"
            terms = rows.index.get_level_values("term").where(~under, "")
            parts.append((str(block), rows.set_axis(pd.Index(terms, name=None), axis=0)))
        return display.text("Models side by side", parts, (self.notes,))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        published = Published("comparison", "comparison", grids=(self.grid(Record("comparison")),))
        return f"{grids_html(published)}\n<p><small>{escape(self.notes)}</small></p>"

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the table as HTML without ids that change; write it to `path` if given."""
        return _written(self._repr_html_(), path)

    def to_latex(self, path: str | Path | None = None) -> str:
        """Return the table as LaTeX (needs booktabs, tabularx, threeparttable, makecell)."""
        from workbench.reports.via_maketables import latex

        return _written(latex(self.grid(Record("table")), notes=self.notes), path)

    def to_typst(self, path: str | Path | None = None) -> str:
        """Return the table as Typst; write it to `path` if given."""
        from workbench.reports.via_maketables import typst

        return _written(typst(self.grid(Record("table")), notes=self.notes), path)

    def to_docx(self, path: str | Path) -> None:
        """Write the table as a Word document."""
        from workbench.reports.via_maketables import docx

        docx(self.grid(Record("table")), notes=self.notes, path=Path(path))


def compare(
    models: Mapping[str, Any],
    *,
    impacts: bool = False,
    statistics: Sequence[str] = ("nobs", "loglik", "aic", "rsquared"),
    stars: bool = False,
    digits: int = 3,
) -> Comparison:
    """Put models side by side: estimates with standard errors under them, impacts, fit.

    Parameters
    ----------
    models : mapping of str to results
        Heading of each column and its result (``tidy()``, ``glance()`` and, for impacts,
        ``impacts()`` in the vocabulary of :data:`workbench.core.glossary.GLOSSARY`).
    impacts : bool, default False
        Whether direct, indirect and total impacts follow the coefficients; a model without
        impacts leaves its cells empty.
    statistics : sequence of str
        Columns of ``glance()`` to show; one that a model does not have leaves its cell empty.
    stars : bool, default False
        Whether to mark p < 0.1, 0.05 and 0.01.
    digits : int, default 3
        Decimals of estimates and standard errors; smaller numbers get scientific notation.

    Returns
    -------
    Comparison
        Constant and regressors in the order of the formulas, then lagged terms ``W(x)``, then tau,
        eta, rho, lambda and phi.

    Raises
    ------
    InputError
        If there is no model, or an object is no result.
    OptionError
        If a statistic is not in the glossary.
    """
    if not isinstance(models, Mapping) or not models:
        raise InputError(
            "models",
            expected='results by name, e.g. {"OLS": ols, "SDM": sdm}',
            found=type(models).__name__ if models else "none",
        )
    unknown = [word for word in statistics if word not in GLOSSARY]
    if unknown:
        raise unknown_option("statistics", unknown[0], GLOSSARY)
    strangers = [name for name, model in models.items() if not hasattr(model, "tidy")]
    if strangers:
        raise InputError(
            "models",
            expected="results with tidy() and glance()",
            found=", ".join(type(models[name]).__name__ for name in strangers),
            offenders=strangers,
        )
    coefficients = {name: model.tidy() for name, model in models.items()}
    _refuse_without_estimates(models, coefficients)
    empty = pd.DataFrame()
    fits = {name: _fit_of(model) for name, model in models.items()}
    return Comparison(
        coefficients=coefficients,
        impacts={name: _impacts_of(model) if impacts else empty for name, model in models.items()},
        fits=fits,
        tolerances={name: tolerance_of(model) for name, model in models.items()},
        statistics=tuple(statistics),
        stars=stars,
        digits=digits,
        notes=_notes(fits, statistics, impacts=impacts, stars=stars),
    )


def _notes(
    fits: Mapping[str, pd.Series], statistics: Sequence[str], *, impacts: bool, stars: bool
) -> str:
    """Return what stands under the table."""
    notes = [say(BELOW), say(STARS_NOTE)] if stars else [say(BELOW)]
    dynamic = [name for name, fit in fits.items() if "dynamic" in fit]
    if impacts and dynamic:
        models = ", ".join(dynamic)
        notes.append(say("Impacts of {models} are of the short run.", models=models))
    counted = {
        fit.get("nobs_effective", fit.get("nobs"))
        for fit in fits.values()
        if pd.notna(fit.get("loglik"))
    }
    panels = any("periods" in fit for fit in fits.values())
    if panels and len(counted) > 1 and LIKELIHOODS & set(statistics):
        notes.append(say(UNLIKE))
    return " ".join(notes)


def _refuse_without_estimates(
    models: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> None:
    """Refuse results that estimate nothing with a standard error: tests, maps, groups."""
    bare = [name for name, table in tables.items() if not {"estimate", "std_error"} <= {*table}]
    if bare:
        raise InputError(
            "models",
            expected="results whose tidy() has an estimate and its std_error",
            found=", ".join(type(models[name]).__name__ for name in bare),
            offenders=bare,
            why="a comparison sets standard errors under estimates",
            remedy="publish tables side by side, e.g. "
            "pandas.concat({name: result.tidy() for name, result in results.items()})",
        )


def ordered_terms(tables: Iterable[pd.DataFrame]) -> list[str]:
    """Return every term once: constant, regressors, their lags, then parameters of lags."""
    terms = list(dict.fromkeys(str(term) for table in tables for term in table.index))

    def place(term: str) -> int:
        if term in LAST:
            return 2 + LAST.index(term)
        if term == FIRST:
            return -1
        return 1 if term.startswith(("W(", "W_")) else 0

    return sorted(terms, key=place)


def _impacts_of(model: Any) -> pd.DataFrame:
    if not hasattr(model, "impacts"):
        return pd.DataFrame()
    try:
        found = model.impacts()
    except WorkbenchError:  # a model without spillovers refuses to give impacts
        return pd.DataFrame()
    table = found.tidy()
    if "term" in table.columns:
        table = table.set_index(["term", "effect"])
    elif list(table.index.names) == ["effect", "term"]:
        table = table.swaplevel()
    table = pd.DataFrame(table).copy()
    if hasattr(found, "tolerance"):
        table.attrs["tolerance"] = tolerance_of(found)
    return table


def _fit_of(model: Any) -> pd.Series:
    if not hasattr(model, "glance"):
        return pd.Series(dtype=object)
    return pd.Series(model.glance().astype(object).iloc[0])


def tolerance_of(thing: object) -> Tolerance:
    """Return the rule by which a thing says that its numbers are verified."""
    word: Tolerance = getattr(thing, "tolerance", "closed form")
    return word if word in get_args(Tolerance) else "closed form"


def _fit_format(value: float, statistic: str) -> str:
    if statistic == "rsquared":
        return ".3f"
    if isinstance(value, float) and abs(value) >= 10:
        return ".2f"
    return column_format([value], column=statistic)


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        if not Path(path).parent.is_dir():
            raise InputError(
                "path",
                expected="a file in a folder that exists",
                found=str(path),
                remedy=f"make the folder first: {Path(path).parent}",
            )
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    return text
