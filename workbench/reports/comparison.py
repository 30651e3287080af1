"""Models side by side: one column a model, what tells the precision under the estimates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

import pandas as pd

from workbench.core import display
from workbench.core.language import language, say, speaking
from workbench.core.provenance import Provenance
from workbench.reports.claims import Wording, worded
from workbench.reports.digits import (
    Plain,
    estimate_formats,
    fit_format,
    parted,
    reaches_five_digits,
)
from workbench.reports.entries import Cell, Grid, Published, Row
from workbench.reports.formats import LEVELS, P_FORMAT, heading
from workbench.reports.markup import localised
from workbench.reports.printable import Printable
from workbench.reports.records import Record, plain_value
from workbench.reports.terms import grouped_terms
from workbench.typing import ImpactEffect, Language, Tolerance, Under

LIKELIHOODS = frozenset({"loglik", "aic", "bic"})
EFFECTS: tuple[ImpactEffect, ...] = ("direct", "indirect", "total")
BELOW: Mapping[str, str] = MappingProxyType(
    {
        "std_error": "Standard errors in parentheses.",
        "statistic": "z or t statistics in parentheses.",
        "p_value": "p-values in parentheses.",
        "interval": "95 % confidence intervals in brackets.",
    }
)
"""What the notes say of that which stands under the estimates."""

UNLIKE = (
    "Likelihoods and criteria of models that count different observations do not compare; "
    "wb.ladder(...).criteria() puts a ladder's on one footing."
)
ODDS = "Odds ratios; their standard errors by the delta method."
FIT = "Fit"


class _Line(NamedTuple):
    block: str
    term: str
    statistic: str
    row: Row


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Printable):
    """Models side by side; made by :func:`workbench.compare`.

    Attributes
    ----------
    coefficients, impacts : mapping of str to DataFrame
        For each model its ``tidy()`` table and that of its impacts (empty without).
    fits : mapping of str to Series
        For each model its ``glance()`` row.
    tolerances : mapping of str to str
        For each model the rule by which its numbers are verified.
    statistics : tuple of str
        Which columns of ``glance()``, and which of `extras`, are shown.
    terms : tuple of str
        Terms that are shown, in order.
    extras : mapping of str to mapping of str to value
        Rows of the caller's own: by heading, what each model has.
    groups : bool or mapping of str to terms
        Headings of the terms.
    effects : tuple of str
        Which impacts are shown.
    under : str or None
        What stands under an estimate.
    stars : tuple of float
        Levels of significance that are marked, the largest first; empty for no stars.
    digits : int
        Decimals of estimates.
    formats : mapping of str to str
        Format of a statistic.
    labels : mapping of str to text, or to one in each language
        What is shown in the place of a term, a model or a statistic.
    caption, remarks : text, or one in each language
        Above the table, and below after what the table says of itself.
    defaults : tuple of str
        Dynamic models whose impacts are those of the short run.
    odds : bool
        Whether estimates are odds ratios.
    lang : {"en", "ru"} or None
        Language of what is shown; None for that in use.
    provenances : mapping of str to Provenance
        How each model was made that says so.
    """

    coefficients: Mapping[str, pd.DataFrame]
    impacts: Mapping[str, pd.DataFrame]
    fits: Mapping[str, pd.Series]
    tolerances: Mapping[str, Tolerance]
    statistics: tuple[str, ...]
    terms: tuple[str, ...]
    extras: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    groups: bool | Mapping[str, Sequence[str]] = False
    effects: tuple[ImpactEffect, ...] = EFFECTS
    under: Under | None = "std_error"
    stars: tuple[float, ...] = ()
    digits: int = 3
    formats: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Wording] = field(default_factory=dict)
    caption: Wording = ""
    remarks: Wording = ""
    defaults: tuple[str, ...] = ()
    odds: bool = False
    lang: Language | None = None
    provenances: Mapping[str, Provenance] = field(default_factory=dict)

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models, in the order of the columns."""
        return tuple(self.coefficients)

    @property
    def notes(self) -> str:
        """What stands under the table, in its language."""
        with speaking(self._language()):
            return self._notes()

    @property
    def table(self) -> pd.DataFrame:
        """Printed texts: index levels ``block``, ``term``, ``statistic``; a column a model."""
        with speaking("en"):
            lines = [line for line in self._lines(Record("table")) if line.row.kind != "group"]
        index = pd.MultiIndex.from_tuples(
            [line[:3] for line in lines], names=["block", "term", "statistic"]
        )
        rows = [[cell.shown for cell in line.row.cells] for line in lines]
        return pd.DataFrame(rows, index=index, columns=pd.Index(self.models, name="model"))

    def grid(self, record: Record) -> Grid:
        """Return the table as it is shown, with its numbers recorded."""
        with speaking(self._language()):
            rows = tuple(line.row for line in self._lines(record))
            header = tuple(
                LEVELS.join(self._label(record, level, level) for level in model.split(LEVELS))
                for model in self.models
            )
            return Grid("", header, rows)

    def _language(self) -> Language:
        return self.lang or language()

    def _published(self) -> Published:
        above = worded(self.caption, argument="caption")
        grid = self.grid(Record("comparison"))
        return Published("comparison", "comparison", above, self._notes(), grids=(grid,))

    def _lines(self, record: Record) -> list[_Line]:
        parted = bool(self.groups) or self._has_impacts()
        lines = []
        estimated = {str(term) for table in self.coefficients.values() for term in table.index}
        for name, several in grouped_terms(self.terms, self.groups):
            terms = [term for term in several if term in estimated]
            if not terms:
                continue
            block = (name or "Coefficients") if parted else ""
            if parted:
                lines.append(self._heading(record, block))
            lines += self._block(record, self.coefficients, [(t, t) for t in terms], block, "")
        if self._has_impacts():
            for effect in self.effects:
                keys = [((term, effect), term) for term in self._impact_terms(effect)]
                block = f"{effect.capitalize()} impacts"
                if keys:
                    lines.append(self._heading(record, block))
                    lines += self._block(record, self.impacts, keys, block, effect)
        if self.statistics:
            lines.append(self._heading(record, FIT))
        return lines + [self._fit_line(record, statistic) for statistic in self.statistics]

    def _heading(self, record: Record, block: str) -> _Line:
        return _Line(block, block, "", Row(self._label(record, block, say(block)), kind="group"))

    def _has_impacts(self) -> bool:
        return any(len(table) for table in self.impacts.values())

    def _impact_terms(self, effect: str) -> list[str]:
        tables = self.impacts.values()
        found = {key[0] for table in tables for key in table.index if key[1] == effect}
        return [term for term in self.terms if term in found]

    def _block(
        self,
        record: Record,
        tables: Mapping[str, pd.DataFrame],
        keys: Sequence[tuple[Any, str]],
        block: str,
        effect: str,
    ) -> list[_Line]:
        lines = []
        for key, term in keys:
            name = f"{term}/{effect}" if effect else term
            specs = self._specs(tables, key)
            pairs = [
                self._pair(record, m, tables[m], key, name, spec)
                for m, spec in zip(self.models, specs, strict=True)
            ]
            row = Row(self._term(record, term), tuple(estimate for estimate, _ in pairs))
            lines.append(_Line(block, term, "estimate", row))
            if self.under:
                below = Row("", tuple(error for _, error in pairs), "detail")
                lines.append(_Line(block, term, self.under, below))
        return lines

    def _specs(self, tables: Mapping[str, pd.DataFrame], key: Any) -> list[tuple[str, str]]:
        """Return for each model the formats of an estimate and its error: one row, one format."""
        found = [
            tables[model].loc[key] if key in tables[model].index else pd.Series(dtype=object)
            for model in self.models
        ]
        pairs = [
            (plain_value(one.get("estimate")), plain_value(one.get("std_error"))) for one in found
        ]
        ends = [plain_value(one.get(end)) for one in found for end in ("conf_low", "conf_high")]
        beside = [abs(end) for end in ends if not isinstance(end, str)]
        large = max(beside, default=0.0) if self.under == "interval" else 0.0
        chosen = estimate_formats(pairs, decimals=self.digits, large=large)
        apart = [(parted(one, "estimate"), parted(error, "std_error")) for one, error in chosen]
        return apart if self._is_large() else chosen

    def _is_large(self) -> bool:
        """Say whether thousands are held apart: whether a measured number has five digits."""
        shown = ["estimate", *(("conf_low", "conf_high") if self.under == "interval" else ())]
        shown += [self.under] if self.under and self.under != "interval" else []
        tables = [t for t in (*self.coefficients.values(), *self.impacts.values()) if len(t)]
        columns = [(name, table[name]) for table in tables for name in shown if name in table]
        columns += [(s, [self._fit_value(m, s) for m in self.models]) for s in self.statistics]
        return any(reaches_five_digits(name, _plain(values)) for name, values in columns)

    def _pair(
        self,
        record: Record,
        model: str,
        table: pd.DataFrame,
        key: Any,
        name: str,
        specs: tuple[str, str],
    ) -> tuple[Cell, Cell]:
        if key not in table.index:
            return Cell(""), Cell("")
        found = table.loc[key]
        if not record.forced:
            record.tolerance = table.attrs.get("tolerance", self.tolerances[model])
        row, stars = f"{name}/{model}", "{}" + self._stars(found)
        estimate = self._number(record, found, (row, "estimate"), specs[0], wrap=stars)
        if self.under is None:
            return estimate, Cell("")
        if self.under == "interval":
            return estimate, self._interval(record, found, row, specs[0])
        under = {"std_error": specs[1], "p_value": P_FORMAT}.get(self.under, f".{self.digits}f")
        return estimate, self._number(record, found, (row, self.under), under, wrap="({})")

    def _number(
        self, record: Record, found: pd.Series, place: tuple[str, str], spec: str, *, wrap: str
    ) -> Cell:
        value = plain_value(found.get(place[1]))
        if value == "":
            return Cell("")
        cell = record.cell(value, row=place[0], column=place[1], spec=spec, wrap=wrap)
        none = value == 0 and "/indirect/" in place[0] and pd.isna(found.get("std_error"))
        return replace(cell, shown="—") if none else cell  # the model has no spillover at all

    def _interval(self, record: Record, found: pd.Series, row: str, spec: str) -> Cell:
        """Return one cell with both ends: its id is that of the lower."""
        low, high = (
            self._number(record, found, (row, end), spec, wrap="{}")
            for end in ("conf_low", "conf_high")
        )
        if not low.shown and not high.shown:
            return Cell("")
        mark = "; " if language() == "ru" else ", "
        value = f"{low.value}; {high.value}" if low.value and high.value else ""
        return Cell(f"[{low.shown}{mark}{high.shown}]", low.id, value)

    def _stars(self, row: pd.Series) -> str:
        p = row.get("p_value")
        return "" if pd.isna(p) else "*" * sum(p < level for level in self.stars)

    def _fit_line(self, record: Record, statistic: str) -> _Line:
        found = {model: self._fit_value(model, statistic) for model in self.models}
        spec = self.formats.get(statistic) or fit_format(_plain(found.values()), statistic)
        if statistic not in self.formats and self._is_large():
            spec = parted(spec, statistic)
        cells = tuple(
            self._fit_cell(record, (model, statistic), value, spec)
            for model, value in found.items()
        )
        label = self._label(record, statistic, heading(statistic))
        with speaking("en"):
            term = heading(statistic)
        return _Line(FIT, term, "value", Row(label, cells))

    def _fit_value(self, model: str, statistic: str) -> Any:
        own = self.extras.get(statistic)
        return self.fits[model].get(statistic) if own is None else own.get(model)

    def _fit_cell(self, record: Record, place: tuple[str, str], found: Any, spec: str) -> Cell:
        model, statistic = place
        if not record.forced:
            record.tolerance = self.tolerances[model]
        row = f"{'row' if statistic in self.extras else 'glance'}/{model}"
        if isinstance(found, Mapping):
            with speaking("en"):
                cell = record.cell(worded(found, argument=statistic), row=row, column=statistic)
            return replace(cell, shown=worded(found, argument=statistic))
        value = plain_value(found)
        if value == "":
            return Cell("")
        return record.cell(value, row=row, column=statistic, spec=spec)

    def _term(self, record: Record, term: str) -> str:
        """Return the label of a term; a lag without one takes that of what is lagged."""
        inner = term[2:-1] if term.startswith("W(") and term.endswith(")") else ""
        if inner and self._label(record, term, "") == "" and self._label(record, inner, ""):
            return f"W({self._label(record, inner, inner)})"
        return self._label(record, term, say(term))

    def _label(self, record: Record, name: str, otherwise: str) -> str:
        if name in record.labels:
            return record.labels[name]
        return worded(self.labels[name], argument="labels") if name in self.labels else otherwise

    def _notes(self) -> str:
        notes = [say(BELOW[self.under])] if self.under else []
        if self.odds:
            notes.insert(0, say(ODDS))
        if self.stars:
            levels = enumerate(self.stars, start=1)
            told = [f"{'*' * n} p < {localised(f'{level:g}')}" for n, level in levels]
            notes.append(", ".join(told) + ".")
        if self.defaults:
            models = ", ".join(self.defaults)
            notes.append(say("Impacts of {models} are of the short run.", models=models))
        if self._counts_differ():
            notes.append(say(UNLIKE))
        notes.append(worded(self.remarks, argument="notes"))
        return " ".join(note for note in notes if note)

    def _counts_differ(self) -> bool:
        """Say whether likelihoods are shown of panels that count different observations."""
        fits = self.fits.values()
        counted = {
            fit.get("nobs_effective", fit.get("nobs"))
            for fit in fits
            if pd.notna(fit.get("loglik"))
        }
        panels = any("periods" in fit for fit in fits)
        return panels and len(counted) > 1 and bool(LIKELIHOODS & set(self.statistics))

    def __str__(self) -> str:
        """Return the table as text, a block under its name."""
        with speaking(self._language()):
            grid = self.grid(Record("table"))
            parts: list[tuple[str, list[Row]]] = [("", [])]
            for row in grid.rows:
                if row.kind == "group":
                    parts.append((row.label, []))
                else:
                    parts[-1][1].append(row)
            tables = [
                (
                    name,
                    pd.DataFrame(
                        [[cell.shown for cell in row.cells] for row in rows],
                        index=[row.label for row in rows],
                        columns=pd.Index(grid.header),
                    ),
                )
                for name, rows in parts
                if rows
            ]
            title = worded(self.caption, argument="caption") or "Models side by side"
            return display.text(title, tables, (self._notes(),))

    __repr__ = __str__


def tolerance_of(thing: object) -> Tolerance:
    """Return the rule by which a thing says that its numbers are verified."""
    word: Tolerance = getattr(thing, "tolerance", "closed form")
    return word if word in get_args(Tolerance) else "closed form"


def _plain(values: Iterable[Any]) -> list[Plain]:
    return [plain_value(value) for value in values if not isinstance(value, Mapping)]
