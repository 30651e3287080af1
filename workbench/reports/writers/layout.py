"""A grid as writers take it: texts in the language in use, columns of numbers known as such."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.reports.entries import Cell, Grid
from workbench.reports.formats import LEVELS, shown_row
from workbench.reports.gridded import Plan, breakable, planned
from workbench.reports.markup import signed, typographic_in
from workbench.reports.writers.inert import Disguise, plain

APART = 10.0
"""Points by which columns stand further apart where stars hang over their edges."""

UNGROUPED = "\U0010fffd"
"""Name of the group of rows that stand before the first heading; nobody sees it."""

_MARK = "\U000ffffd"
_CORE = re.compile(r"^(.*?)([)\]*]*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its label, texts of its cells, and ``group`` for a heading of rows."""

    label: str
    cells: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A table as every writer sees it.

    Attributes
    ----------
    title, corner : str
        Heading of the whole, and of the labels.
    over, header : tuple of str
        For each column what stands above several (empty where nothing does), and its heading.
    lines : tuple of Line
        Rows and headings of rows.
    numeric : tuple of bool
        Which columns hold numbers.
    """

    title: str
    corner: str
    over: tuple[str, ...]
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    numeric: tuple[bool, ...]

    @property
    def grouped(self) -> bool:
        """Whether there are headings of rows."""
        return any(line.kind == "group" for line in self.lines)

    @property
    def spans(self) -> list[tuple[int, int, str]]:
        """First and last column (from 0) and text of what stands above several columns."""
        found: list[tuple[int, int, str]] = []
        for j, text in enumerate(self.over):
            if found and found[-1][2] == text:
                found[-1] = (found[-1][0], j, text)
            else:
                found.append((j, j, text))
        return found

    @property
    def starred(self) -> bool:
        """Whether stars hang over the edges of columns of numbers."""
        return any(cell.endswith("*") for line in self.lines for cell in line.cells)

    def frame(self, disguise: Disguise) -> pd.DataFrame:
        """Return the table that maketables takes, every text disguised."""
        index: list[tuple[str, str]] = []
        rows: list[list[str]] = []
        group = UNGROUPED
        for line in self.lines:
            if line.kind == "group":
                # a mark makes headings of the same words two groups
                group = _MARK * len({g for g, _ in index}) + disguise.on(line.label)
                continue
            index.append((group, disguise.on(line.label)))
            rows.append([disguise.on(cell) for cell in line.cells])
        labels: Any = pd.MultiIndex.from_tuples(index) if self.grouped else [i for _, i in index]
        return pd.DataFrame(rows, index=labels, columns=self._columns(disguise))

    def _columns(self, disguise: Disguise) -> Any:
        # marks hold equal headings of neighbours apart, which maketables would merge
        names = [_MARK * (j % 2) + disguise.on(name) for j, name in enumerate(self.header)]
        if not any(self.over):
            return names
        over = [disguise.on(text) for text in self.over]
        return pd.MultiIndex.from_arrays([over, names])


def unmarked(text: str) -> str:
    """Return a text without the marks that :meth:`Layout.frame` put in."""
    return text.replace(_MARK, "").replace(UNGROUPED, "")


def layout_of(grid: Grid) -> Layout:
    """Return a grid as writers take it, in the language in use."""
    rows = [shown_row(row) for row in grid.rows]
    lines = tuple(
        Line(plain(row.label), tuple(cell_text(cell) for cell in row.cells), row.kind)
        for row in rows
    )
    parts = [plain(text).rpartition(LEVELS) for text in grid.header]
    columns = range(len(parts))
    numeric = tuple(any(row.cells[j].value for row in rows if row.cells) for j in columns)
    return Layout(
        plain(grid.title),
        plain(grid.corner),
        tuple(over for over, _, _ in parts),
        tuple(name for _, _, name in parts),
        lines,
        numeric,
    )


def laid_out(grids: Sequence[Grid], *, wide: bool) -> tuple[list[Layout], Plan]:
    """Return tables as writers take them, and how they are set; long words may break if need be."""
    layouts = [layout_of(grid) for grid in grids]
    apart = APART if any(layout.starred for layout in layouts) else 0.0
    plan = planned(grids, wide=wide, apart=apart)
    return (layouts if plan.easy else [layout_of(breakable(grid)) for grid in grids]), plan


def cell_text(cell: Cell) -> str:
    """Return what a cell shows: numbers set as in print, in words, too."""
    return plain(typographic_in(cell.shown) if cell.value else signed(cell.shown))


def hung(text: str) -> tuple[str, str]:
    """Return a number and what hangs over the edge of its column: closing brackets and stars.

    Examples
    --------
    >>> hung("(0.12)"), hung("0.25**"), hung("0.25")
    (('(0.12', ')'), ('0.25', '**'), ('0.25', ''))
    """
    match = _CORE.match(text)
    return (match[1], match[2]) if match else (text, "")
