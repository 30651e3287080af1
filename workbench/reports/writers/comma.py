"""Tables as text with commas between, for any program: numbers at full precision, texts inert."""

from __future__ import annotations

import csv
import io
import re

from workbench.reports.entries import Cell, Grid, Published
from workbench.reports.formats import LEVELS, shown_row
from workbench.reports.writers.inert import STARTS_A_FORMULA, plain

_STARTS = re.escape("".join(STARTS_A_FORMULA)) + "\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf"(\A|;)(\s*)(?=[{_STARTS}])")
"""Where a spreadsheet would begin to calculate: at the start, or after what may be a border."""


def comma_separated(published: Published) -> str:
    """Return the tables of a published thing as CSV: UTF-8, decimal points, full precision.

    Several tables follow each other, an empty line between, each under its title.
    """
    parts = [
        (f"{_line(grid.title)}\n" if grid.title else "") + grid_csv(grid)
        for grid in published.grids
    ]
    return "\n".join(parts)


def grid_csv(grid: Grid) -> str:
    r"""Return a table as CSV: header, then a line a row; numbers are not quoted, texts are.

    Levels of labels have a column each where every row has as many as the header. A text in which
    a spreadsheet would see a formula gets an apostrophe before it.

    Examples
    --------
    >>> from workbench.reports.entries import Row
    >>> grid_csv(Grid("term", ("estimate",), (Row("=x", (Cell("0.33", "a", "0.3333"),)),)))
    '"term","estimate"\n"\'=x",0.3333\n'
    """
    levels = _levels(grid)
    table = io.StringIO()
    write = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerow
    write([*map(inert, _split(grid.corner, levels)), *map(inert, grid.header)])
    for row in map(shown_row, grid.rows):
        blank = [""] * (len(grid.header) - len(row.cells))
        write([*map(inert, _split(row.label, levels)), *map(_value, row.cells), *blank])
    return table.getvalue()


def inert(text: str) -> str:
    """Return a text in one line that no spreadsheet takes for a formula, wherever it splits it.

    Examples
    --------
    >>> inert("=1+1"), inert("a - b"), inert("a;@b")
    ("'=1+1", 'a - b', "a;'@b")
    """
    return _FORMULA.sub(r"\1'\2", plain(text))


class _Digits(float):
    """A number that is written with the digits that it was recorded with."""

    def __new__(cls, digits: str) -> _Digits:
        one = super().__new__(cls, digits)
        one.digits = digits
        return one

    digits: str

    def __repr__(self) -> str:
        return self.digits

    __str__ = __repr__


def _value(cell: Cell) -> str | _Digits:
    """Return a number as it was recorded; an interval is two, and is a text in brackets."""
    if not cell.value:
        return inert(cell.shown)
    try:
        return _Digits(cell.value)
    except ValueError:
        return f"[{cell.value}]"


def _levels(grid: Grid) -> int:
    """Return into how many columns the labels fall; 1 unless all agree."""
    wanted = grid.corner.count(LEVELS) + 1
    return wanted if all(row.label.count(LEVELS) + 1 == wanted for row in grid.rows) else 1


def _split(label: str, levels: int) -> list[str]:
    return label.split(LEVELS) if levels > 1 else [label]


def _line(title: str) -> str:
    """Return a title as a text in quotes."""
    return '"' + inert(title).replace('"', '""') + '"'
