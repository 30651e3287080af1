"""Tables as data of a typst source, and the plan of their columns that typst makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from workbench.reports.entries import Cell, Grid, Row
from workbench.reports.formats import LEVELS, shown_row
from workbench.reports.markup import typographic_in
from workbench.reports.via_typst import quoted, told

CENTIMETRE = 72 / 2.54
THEME = Path(__file__).parent / "theme"
LONG = 16
"""Letters of a word that may break after an operator, a comma, a hyphen, an underscore, a call."""

BREAK = "\u200b"
_JOINTS = re.compile(
    r"[,_;+*/=×·−](?=\w)|(?<=\w{6})\((?=\w)|-(?=[^\W\d])|[^\W\d_]{24}(?=[^\W\d_]{6})"
)

LONGEST = 6
"""How many of the longest texts of a column are measured."""

READABLE, EASY, LINES = 14, 26, 6
"""Characters that a column of sentences gets at least, where its sentences are longer; and so many
more, up to the second number, that the longest one takes no more lines than the third."""

LINE, ACROSS = 16 * CENTIMETRE, 25 * CENTIMETRE
"""Points of a line of an upright A4 page, and of one across."""

LARGEST = 12.0
"""Points of the letters of a document in which a small table has those of the document."""

PAGE, PAGE_ACROSS = 21 * CENTIMETRE, 14 * CENTIMETRE
"""Points of height that a table has beside its caption and notes."""

_SIZES = ((9.0, False), (8.5, False), (8.0, False), (7.4, False))
_SIZES_ACROSS = ((8.5, True), (7.4, True), (6.6, True), (5.6, True), (4.6, True))


@dataclass(frozen=True, slots=True)
class Plan:
    """How tables are set so that nothing in them lies over anything else.

    Attributes
    ----------
    size : float
        Points of the letters.
    across : bool
        Whether they need a page turned by a quarter.
    widths : tuple of tuple of float
        For each table the points of its columns, labels first, with what holds them apart.
    full : tuple of bool
        For each table whether texts in it are broken, so that it takes the whole line.
    height : float
        Points of all tables under each other.
    """

    size: float
    across: bool
    widths: tuple[tuple[float, ...], ...]
    full: tuple[bool, ...]
    height: float

    @property
    def easy(self) -> bool:
        """Whether the tables fit a line in the letters of any document, nothing broken."""
        widest = max(map(sum, self.widths))
        return not (self.across or any(self.full)) and widest * LARGEST / self.size <= LINE

    @property
    def tall(self) -> bool:
        """Whether the tables take more than a page."""
        return self.height > (PAGE_ACROSS if self.across else PAGE)


def planned(grids: Sequence[Grid], *, wide: bool = False, apart: float = 0.0) -> Plan:
    """Return how tables are set: by the rules of the printed report.

    Parameters
    ----------
    grids : sequence of Grid
        In the language in use.
    wide : bool, default False
        Whether the page is turned in any case.
    apart : float, default 0
        Points that each column takes beside its text in addition to the eight of the report.

    Examples
    --------
    >>> plan = planned([Grid("term", ("estimate",), (Row("x", (Cell("0.33", "a", "0.33"),)),))])
    >>> plan.size, plan.across, plan.tall, len(plan.widths[0])
    (9.0, False, False, 2)
    """
    sizes = _SIZES_ACROSS if wide else _SIZES + _SIZES_ACROSS
    ladder = _array(f"({size}, {str(across).lower()})" for size, across in sizes)
    columns = max(len(grid.header) for grid in grids) + 1
    upright, across = (room - apart * columns for room in (LINE, ACROSS))
    found = told(
        f"""{(THEME / "tables.typ").read_text(encoding="utf-8")}
#context {{
  let grids = ({"".join(f"{grid_source(grid)}," for grid in grids)})
  let measured = grids.map(g => (g.natural.map(wb-widest), g.least.map(wb-widest)))
  let plan = wb-plan-of(measured, upright: {upright}pt, across: {across}pt, sizes: {ladder})
  let height = grids.zip(plan.widths).map(((g, w)) => measure(wb-drawn(g, w, plan.size)).height)
  let natural = measured.map(m => m.first().map(w => w * plan.size / 10 + 8pt).sum())
  let full = natural.zip(plan.widths).map(((w, given)) => w > given.sum())
  let widths = plan.widths.map(all => all.map(w => w / 1pt))
  [#metadata((
    size: plan.size, flipped: plan.flipped, widths: widths, scale: plan.scale / 100%,
    height: height.sum() / 1pt, full: full,
  )) <plan>]
}}""",
        "plan",
    )
    scale = found["scale"]
    return Plan(
        round(found["size"] * scale, 2),
        found["flipped"],
        tuple(tuple(round(w * scale + apart, 2) for w in one) for one in found["widths"]),
        tuple(found["full"]),
        found["height"] * scale,
    )


def grid_source(grid: Grid) -> str:
    """Return a table as a dictionary of typst, as ``wb-drawn`` takes it."""
    grid = breakable(grid)
    rows = grid.rows
    numeric = [_is_numeric(rows, j) for j in range(len(grid.header))]
    columns = list(_columns(grid, rows, numeric))
    told = {
        "title": quoted(grid.title),
        "numeric": _array("true" if n else "false" for n in numeric),
        "head": _array(_head(grid)),
        "natural": _array(_array(wanted) for wanted, _ in columns),
        "least": _array(_array(least) for _, least in columns),
        "rows": _array(_row(row) for row in rows),
    }
    return f"({', '.join(f'{name}: {value}' for name, value in told.items())})"


def breakable(grid: Grid) -> Grid:
    """Return a table as it is shown, whose long words have places where they may break."""
    rows = tuple(
        replace(
            row,
            label=_broken(row.label),
            cells=tuple(c if c.value else replace(c, shown=_broken(c.shown)) for c in row.cells),
        )
        for row in map(shown_row, grid.rows)
    )
    header = tuple(_broken(text) for text in grid.header)
    return replace(grid, corner=_broken(grid.corner), header=header, rows=rows)


def _broken(text: str) -> str:
    """Return a text with places to break in its long words.

    Examples
    --------
    >>> _broken("of log(patents_per_capita)").split(BREAK)
    ['of log(patents_', 'per_', 'capita)']
    >>> _broken("coefficient(log(patents))").split(BREAK)
    ['coefficient(', 'log(patents))']
    """
    return " ".join(
        _JOINTS.sub(rf"\g<0>{BREAK}", word) if len(word) > LONG else word
        for word in text.split(" ")
    )


def _set(text: str) -> str:
    """Return a text in typst's words; where it may break stands no character that is copied."""
    return " + box() + ".join(quoted(part) for part in text.split(BREAK))


def _array(items: Iterable[str]) -> str:
    return f"({''.join(f'{item}, ' for item in items)})"


def _is_numeric(rows: Sequence[Row], column: int) -> bool:
    return any(row.cells[column].value for row in rows if len(row.cells) > column)


def _columns(
    grid: Grid, rows: Sequence[Row], numeric: list[bool]
) -> Iterable[tuple[list[str], list[str]]]:
    """Yield for each column what it would like to hold, and what it has to, in typst's words."""
    labels = [row.label for row in rows if row.kind != "group"]
    yield measured(labels, grid.corner, number=False)
    for j, (number, over) in enumerate(zip(numeric, above(grid.header), strict=True)):
        texts = [cell_text(row.cells[j]) for row in rows if len(row.cells) > j]
        wanted, least = measured(texts, grid.header[j].rpartition(LEVELS)[2], number=number)
        held = [_bold(part) for part in over]
        yield [*wanted, *held], [*least, *held]


def above(header: Sequence[str]) -> list[list[str]]:
    """Return for each column its part of the words of a heading that stands over several.

    Examples
    --------
    >>> above(["IPS, trend · p", "interval · low", "interval · high", "n"])
    [['IPS,', 'trend'], ['inte'], ['inte'], ['']]
    """
    found: list[list[str]] = []
    for over, run in groupby(text.rpartition(LEVELS)[0] for text in header):
        columns = len(list(run))
        words = re.split(f"[ {BREAK}]", over)
        found += [[word[: -(-len(word) // columns)] for word in words]] * columns
    return found


def measured(texts: list[str], heading: str, *, number: bool) -> tuple[list[str], list[str]]:
    """Return what tells the width that a column would like, and that it has to have.

    Headings are measured in the letters that they are set in, which are bold.

    Examples
    --------
    >>> measured(["0.25"], "std. error", number=True)[1]
    ['"0.25"', 'strong("std.")', 'strong("error")']
    """
    heads = [_bold(word) for word in re.split(f"[ {BREAK}]", heading)]
    longest = _longest(texts)
    words = [word for text in ([] if number else texts) for word in re.split(f"[ {BREAK}]", text)]
    least = longest if number else [t[: legible(len(t))] for t in longest if len(t) > READABLE]
    wanted = [*map(quoted, longest), *([] if number else [_bold(heading)]), *heads]
    return wanted, [*map(quoted, [*least, *_longest(words)]), *heads]


def legible(letters: int) -> int:
    """Return how many characters a line of a sentence of some letters has at least.

    Examples
    --------
    >>> legible(10), legible(60), legible(120), legible(300)
    (10, 14, 20, 26)
    """
    return min(letters, max(READABLE, min(EASY, -(-letters // LINES))))


def _bold(text: str) -> str:
    return f"strong({quoted(text)})"


def _longest(texts: Iterable[str]) -> list[str]:
    """Return the longest texts, the same whatever order a set has: widths depend on them."""
    return sorted({*texts}, key=lambda text: (len(text), text))[-LONGEST:]


def _head(grid: Grid) -> list[str]:
    """Return the headings; what neighbouring columns have in common stands above them, once."""
    parts = [text.rpartition(LEVELS) for text in grid.header]
    tall = 2 if any(over for over, _, _ in parts) else 1
    upper, lower = [_heading(grid.corner, rows=tall)], list[str]()
    for over, run in groupby(range(len(parts)), key=lambda j: parts[j][0]):
        columns = list(run)
        if over:
            upper.append(_heading(over, span=len(columns), over=True))
        row = lower if over else upper
        row += [_heading(parts[j][2], rows=1 if over else tall) for j in columns]
    return [_array(row) for row in (upper, lower) if row]


def _heading(text: str, *, span: int = 1, rows: int = 1, over: bool = False) -> str:
    above = "true" if over else "false"
    return f"(text: {_set(text)}, span: {span}, rows: {rows}, over: {above})"


def _row(row: Row) -> str:
    cells = [row.label, *(cell_text(cell) for cell in row.cells)]
    return f"(kind: {quoted(row.kind)}, cells: {_array(map(_set, cells))})\n"


def cell_text(cell: Cell) -> str:
    """Return what a cell shows in print."""
    return typographic_in(cell.shown) if cell.value else cell.shown
