"""From tables to numbers with ids: the one place where a value becomes a ledger entry."""

from __future__ import annotations

import math
import numbers as abstract
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.core.language import said_text, say
from workbench.reports.digits import Plain, column_format, formats_of, parted, reaches_five_digits
from workbench.reports.entries import Cell, Grid, Number, Row, Text
from workbench.reports.formats import (
    LEVELS,
    P_FORMAT,
    heading,
    headings,
    holds_p_values,
    holds_permutation_p,
    render,
)
from workbench.reports.markup import localised, typographic
from workbench.typing import Tolerance

INFINITE = {"inf": "∞", "-inf": "−∞"}
"""Ends of intervals that there are none of, as they are shown."""

PRINTED = re.compile(r"[-+−]?\d+\.\d+")
"""A decimal number that is kept as a text, because somebody else chose its digits."""


class Record:
    """Collects the numbers and texts of one published thing under unique ids.

    Parameters
    ----------
    name : str
        Name of the published thing: the first part of every id.
    tolerance : str
        Rule for floats where nothing more specific is known.
    forced : bool
        Whether the caller named the rule, so that it holds for every number.
    permutations : int, optional
        Number of permutations R behind the thing.
    labels : mapping of str to str, optional
        What is shown in the place of names of columns, rows and levels, and of texts in cells; ids
        and recorded texts stay.
    formats : mapping of str to str, optional
        Format of the numbers of a column, by its name or the last level of it.
    """

    def __init__(
        self,
        name: str,
        *,
        tolerance: Tolerance = "closed form",
        forced: bool = False,
        permutations: int | None = None,
        labels: Mapping[str, str] | None = None,
        formats: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.tolerance = tolerance
        self.forced = forced
        self.permutations = permutations
        self.labels = dict(labels or {})
        self.formats = dict(formats or {})
        self.numbers: list[Number] = []
        self.texts: list[Text] = []
        self._ids: set[str] = set()

    def cell(
        self,
        value: object,
        *,
        row: str,
        column: str,
        spec: str = "",
        wrap: str = "{}",
        typed: bool = False,
    ) -> Cell:
        """Record a value and return the cell that shows it.

        What is recorded is the same in every language; what is shown is in that in use, unless
        it is ``typed``.
        """
        identifier = self._identifier(row, column)
        plain = plain_value(value)
        if isinstance(plain, str):
            self.texts.append(Text(identifier, plain))
            if typed:
                return Cell(plain, identifier, typed=True)
            return Cell(self.labels.get(plain) or shown_text(plain), identifier)
        p_value = spec == P_FORMAT or holds_p_values(column) or holds_p_values(row)
        printed = render(plain, spec)
        tolerance = self._tolerance(plain, column)
        drawn = self.permutations if tolerance == "permutation" else None
        self.numbers.append(
            Number(
                identifier, plain, printed, spec, tolerance, p_value, drawn, row=row, column=column
            )
        )
        return Cell(wrap.format(localised(printed)), identifier, repr(plain))

    def _identifier(self, row: str, column: str) -> str:
        wanted = "/".join(part for part in (self.name, row, column) if part)
        identifier, count = wanted, 1
        while identifier in self._ids:
            count += 1
            identifier = f"{wanted}#{count}"
        self._ids.add(identifier)
        return identifier

    def _tolerance(self, value: float, column: str) -> Tolerance:
        if self.forced:
            return self.tolerance
        if isinstance(value, int):
            return "exact"
        if holds_permutation_p(column):
            return "permutation"
        if self.tolerance == "permutation" and not holds_p_values(column):
            return "closed form"
        return self.tolerance

    def grid(self, frame: pd.DataFrame, *, title: str = "", section: str = "") -> Grid:
        """Record every cell of a table and return the grid that shows it.

        Columns of geometries are left out; row labels are texts of the index. The columns that
        ``attrs["told"]`` names are shown and not recorded: sentences that repeat numbers; those
        that ``attrs["typed"]`` names hold names that are typed, and are not translated.
        """
        shown = frame[[c for c, kind in frame.dtypes.items() if str(kind) != "geometry"]]
        columns = [label_text(column) for column in shown.columns]
        values = [[plain_value(v) for v in shown.iloc[:, j]] for j in range(len(columns))]
        labels = [label_text(label) for label in shown.index]
        specs = self._specs(columns, values, labels)
        told_only = frozenset(frame.attrs.get("told", ()))
        typed = frozenset(frame.attrs.get("typed", ()))
        rows = []
        for i, label in enumerate(labels):
            key = "/".join(part for part in (section, label) if part)
            self._note_permutations(dict(zip(columns, (cells[i] for cells in values), strict=True)))
            cells = tuple(
                Cell(said_text(str(values[j][i])))
                if column in told_only
                else self.cell(
                    values[j][i], row=key, column=column, spec=specs[j][i], typed=column in typed
                )
                for j, column in enumerate(columns)
            )
            rows.append(Row(self._label(label), cells))
        names = [str(name) for name in shown.index.names if name is not None]
        corners = len(names)
        told = self._headings([*names, *columns])
        if counts_rows(shown.index):
            return _unnumbered(told, rows, say(title))
        return Grid(LEVELS.join(told[:corners]), told[corners:], tuple(rows), say(title))

    def line(self, row: pd.DataFrame, *, title: str, section: str) -> Grid:
        """Record a table of one row and return a grid with one statistic a row."""
        # as objects, so that counts beside fractions stay whole
        kept = row.astype(object).iloc[0].dropna()
        self._note_permutations(dict(kept))
        rows = []
        large = any(reaches_five_digits(str(c), [plain_value(v)]) for c, v in kept.items())
        for column, value in kept.items():
            name = str(column)
            plain = plain_value(value)
            spec = "" if isinstance(plain, str) else column_format([plain], column=name)
            spec = parted(spec, name) if large else spec
            rows.append(
                Row(self._heading(name), (self.cell(plain, row=section, column=name, spec=spec),))
            )
        return Grid("", (say(title),), tuple(rows))

    def _specs(
        self, columns: list[str], cells: list[list[Plain]], rows: list[str]
    ) -> list[list[str]]:
        """Return the format of each cell, column by column: the caller's, or by their size."""
        own = [self._own_format(column) for column in columns]
        free = [j for j, spec in enumerate(own) if spec is None]
        chosen = formats_of([columns[j] for j in free], [cells[j] for j in free], rows)
        waiting = iter(chosen)
        return [next(waiting) if spec is None else [spec] * len(rows) for spec in own]

    def _own_format(self, column: str) -> str | None:
        for name in (column, column.rpartition(LEVELS)[2]):
            if name in self.formats:
                return self.formats[name]
        return None

    def _label(self, label: str) -> str:
        parts = label.split(LEVELS)
        return LEVELS.join(self.labels.get(part, said_text(part)) for part in parts)

    def _headings(self, columns: list[str]) -> tuple[str, ...]:
        shown = zip(columns, headings(columns), strict=True)
        return tuple(
            LEVELS.join(
                self.labels.get(level, known)
                for level, known in zip(column.split(LEVELS), text.split(LEVELS), strict=True)
            )
            for column, text in shown
        )

    def _heading(self, column: str) -> str:
        return self.labels.get(column, heading(column))

    def _note_permutations(self, row: dict[str, Any]) -> None:
        drawn = row.get("permutations")
        if isinstance(drawn, int | float) and math.isfinite(drawn):
            self.permutations = int(drawn)


def counts_rows(index: pd.Index) -> bool:
    """Say whether the labels of a table are nothing but the places of its rows, from 0.

    Examples
    --------
    >>> counts_rows(pd.RangeIndex(3)), counts_rows(pd.Index([2, 0, 1]))
    (True, True)
    >>> counts_rows(pd.Index([2019, 2020])), counts_rows(pd.RangeIndex(3, name="order"))
    (False, False)
    """
    if index.nlevels > 1 or index.name is not None or not pd.api.types.is_integer_dtype(index):
        return False
    return len(index) > 0 and sorted(index) == list(range(len(index)))


def _unnumbered(headings: tuple[str, ...], rows: list[Row], title: str) -> Grid:
    """Return a table without places of rows: texts of its first column label them if they can."""
    first = [row.cells[0] for row in rows if row.cells]
    if not first or any(cell.value or cell.typed for cell in first):
        return Grid("", headings, tuple(replace(row, label="") for row in rows), title)
    named = tuple(replace(row, label=row.cells[0].shown, cells=row.cells[1:]) for row in rows)
    return Grid(headings[0], headings[1:], named, title)


def plain_value(value: object) -> Plain:
    """Return a plain int or float if the value is a finite number, otherwise its text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if isinstance(value, abstract.Integral):
        return int(value)
    if isinstance(value, abstract.Real):
        number = float(value)
        return number if math.isfinite(number) else ("" if math.isnan(number) else str(number))
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    return str(value)


def shown_text(plain: str) -> str:
    """Return what a cell shows of a text: infinities as signs, decimals as the language has them.

    A text that is nothing but a decimal number is one that somebody else printed. A code of that
    form, such as one of activities, gets a label of its own where it is published.

    Examples
    --------
    >>> from workbench.core.language import speaking
    >>> with speaking("ru"):
    ...     shown_text("-84.0"), shown_text("v1.2"), shown_text("inf")
    ('−84,0', 'v1.2', '∞')
    """
    if plain in INFINITE:
        return INFINITE[plain]
    return typographic(localised(plain)) if PRINTED.fullmatch(plain) else said_text(plain)


def label_text(label: object) -> str:
    """Return the text of a row or column label; levels are joined by a middle dot."""
    if isinstance(label, tuple):
        return LEVELS.join(str(part) for part in label if str(part))
    return str(label)
