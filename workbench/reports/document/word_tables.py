"""Tables of a Word document: real ones, with heads that repeat and columns that fit the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from math import ceil

from workbench.reports.entries import Grid, Row
from workbench.reports.formats import LEVELS
from workbench.reports.gridded import BREAK, above, breakable, cell_text, legible
from workbench.reports.via_typst import printable

UPRIGHT, ACROSS = 9298, 14000
"""Twentieths of a point between the margins of an A4 page."""

SIZES = ((17, False), (15, False), (16, True), (14, True), (12, True), (10, True))
"""Half points of the letters and whether the page lies across, in the order they are tried."""

LETTER = 5.4
"""Width of a letter in twentieths of a point, for each half point of its size."""

BOLD = 1.15
"""How much wider letters of headings are."""

INSET = 130
MARGINS = 'w:top="1134" w:right="1304" w:bottom="1134" w:left="1304" w:header="567" w:footer="567"'
_RULE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="1D2733"/>'


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table fits: half points of its letters, whether across, widths of its columns."""

    size: int
    across: bool
    widths: tuple[int, ...]


def section(*, across: bool) -> str:
    """Return the end of a section of pages, upright or across."""
    return f"<w:p><w:pPr>{page(across=across)}</w:pPr></w:p>"


def page(*, across: bool) -> str:
    """Return the properties of A4 pages."""
    size = 'w:w="16838" w:h="11906" w:orient="landscape"' if across else 'w:w="11906" w:h="16838"'
    return f'<w:sectPr><w:pgSz {size}/><w:pgMar {MARGINS} w:gutter="0"/></w:sectPr>'


def planned(grid: Grid) -> Plan:
    """Return the largest letters with which a table fits a page, and its columns."""
    wanted, least = _letters(grid)
    for size, across in SIZES:
        widths = _spread(wanted, least, size, ACROSS if across else UPRIGHT)
        if widths:
            return Plan(size, across, widths)
    size, across = SIZES[-1]
    scale = ACROSS / sum(_width(n, size) for n in least)
    return Plan(size, across, tuple(int(_width(n, size) * scale) for n in least))


def table_xml(grid: Grid, plan: Plan) -> str:
    """Return a table as WordprocessingML in which every text is inert."""
    grid = breakable(grid)
    rows = grid.rows
    numeric = [False, *(_is_numeric(rows, j) for j in range(len(grid.header)))]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in plan.widths)
    head = "".join(_head_rows(grid, numeric, plan))
    body = "".join(_row(row, numeric, plan) for row in rows)
    rules = _RULE.format(side="top", size=8) + _RULE.format(side="bottom", size=8)
    title = _paragraph(grid.title, plan, bold=True, keep=True) if grid.title else ""
    return (
        f'{title}<w:tbl><w:tblPr><w:tblW w:w="{sum(plan.widths)}" w:type="dxa"/>'
        f'<w:jc w:val="left"/>'
        f'<w:tblBorders>{rules}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{head}{body}</w:tbl>"
    )


def _width(letters: int, size: int) -> int:
    return int(letters * LETTER * size) + INSET


def _spread(wanted: list[int], least: list[int], size: int, room: int) -> tuple[int, ...]:
    """Return widths of the columns, or nothing where their longest words do not fit.

    Short columns are not broken while long ones have a line to share.
    """
    narrow = [_width(n, size) for n in least]
    wide = [_width(n, size) for n in wanted]
    if sum(wide) <= room:
        return tuple(wide)
    if sum(narrow) > room:
        return ()
    equal = _equal(wide, room)
    short = [b if b <= equal else a for a, b in zip(narrow, wide, strict=True)]
    narrow = short if sum(short) <= room else narrow
    share = (room - sum(narrow)) / (sum(wide) - sum(narrow))
    return tuple(int(a + (b - a) * share) for a, b in zip(narrow, wide, strict=True))


def _equal(wanted: list[int], room: int) -> float:
    """Return the width of columns if none gets more than it wants, and the others alike."""
    longer = sorted(wanted)
    left = float(room)
    while longer and longer[0] <= left / len(longer):
        left -= longer.pop(0)
    return left / len(longer) if longer else float(room)


def _letters(grid: Grid) -> tuple[list[int], list[int]]:
    """Return how many letters each column would like, and how many it must have."""
    grid = breakable(grid)
    rows = grid.rows
    labels = [row.label for row in rows if row.kind != "group"]
    pairs = [_needed(labels, grid.corner, number=False)]
    for j, (heading, over) in enumerate(zip(grid.header, above(grid.header), strict=True)):
        texts = [cell_text(row.cells[j]) for row in rows if len(row.cells) > j]
        measured = heading.rpartition(LEVELS)[2]
        wanted, least = _needed(texts, measured, number=_is_numeric(rows, j))
        held = ceil(BOLD * max(map(len, over)))
        pairs.append((max(wanted, held), max(least, held)))
    return [wanted for wanted, _ in pairs], [max(least, 2) for _, least in pairs]


def _needed(texts: list[str], heading: str, *, number: bool) -> tuple[int, int]:
    longest = max((len(text) for text in texts), default=0)
    words = max((len(w) for text in texts for w in _words(text)), default=0)
    heads = ceil(BOLD * max(map(len, _words(heading)), default=0))
    least = max(words, heads, longest if number else legible(longest))
    return max(longest, least, 0 if number else ceil(BOLD * len(heading))), least


def _words(text: str) -> list[str]:
    return re.split(f"[ {BREAK}]", text)


def _is_numeric(rows: Sequence[Row], column: int) -> bool:
    return any(row.cells[column].value for row in rows if len(row.cells) > column)


def _head_rows(grid: Grid, numeric: list[bool], plan: Plan) -> Iterable[str]:
    parts = [text.rpartition(LEVELS) for text in grid.header]
    grouped = any(over for over, _, _ in parts)
    upper = [_head_cell(grid.corner, [plan.widths[0]], plan, tall=grouped)]
    lower = [_head_cell("", [plan.widths[0]], plan, under=True)]
    for over, run in groupby(range(len(parts)), key=lambda j: parts[j][0]):
        columns = list(run)
        if over:
            widths = [plan.widths[j + 1] for j in columns]
            upper.append(_head_cell(over, widths, plan, side="center"))
        for j in columns:
            side, width = "right" if numeric[j + 1] else "left", [plan.widths[j + 1]]
            own = _head_cell(parts[j][2], width, plan, side=side, tall=grouped and not over)
            (lower if over else upper).append(own)
            if grouped and not over:
                lower.append(_head_cell("", width, plan, under=True))
    for cells in (upper, lower) if grouped else (upper,):
        yield f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _head_cell(
    text: str,
    widths: list[int],
    plan: Plan,
    *,
    side: str = "left",
    tall: bool = False,
    under: bool = False,
) -> str:
    merge = '<w:vMerge w:val="restart"/>' if tall else "<w:vMerge/>" if under else ""
    rule = "" if side == "center" else _RULE.format(side="bottom", size=4)
    return _cell(
        _paragraph(text, plan, side=side, bold=True, keep=True),
        widths,
        f'{merge}<w:tcBorders>{rule}</w:tcBorders><w:vAlign w:val="bottom"/>',
    )


def _row(row: Row, numeric: list[bool], plan: Plan) -> str:
    if row.kind == "group":
        inside = _paragraph(row.label, plan, bold=True, keep=True)
        cells = _cell(inside, list(plan.widths))
    else:
        texts = [row.label, *(cell_text(cell) for cell in row.cells)]
        soft = row.kind == "detail"
        cells = "".join(
            _cell(
                _paragraph(
                    _whole(text, plan, width), plan, side="right" if n else "left", soft=soft
                ),
                [width],
            )
            for text, n, width in zip(texts, numeric, plan.widths, strict=False)
        )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _whole(text: str, plan: Plan, width: int) -> str:
    """Return a text without places to break where its words fit: they would be copied with it."""
    words = text.replace(BREAK, "")
    fits = _width(max(map(len, words.split(" "))), plan.size) <= width
    return words if fits else text


def _cell(inside: str, widths: list[int], more: str = "") -> str:
    span = f'<w:gridSpan w:val="{len(widths)}"/>' if len(widths) > 1 else ""
    width = f'<w:tcW w:w="{sum(widths)}" w:type="dxa"/>'
    return f"<w:tc><w:tcPr>{width}{span}{more}</w:tcPr>{inside}</w:tc>"


def _paragraph(
    text: str,
    plan: Plan,
    *,
    side: str = "left",
    bold: bool = False,
    soft: bool = False,
    keep: bool = False,
) -> str:
    said = BREAK.join(escape(printable(part)) for part in text.split(BREAK))
    looks = f'{"<w:b/>" if bold else ""}{_SOFT if soft else ""}<w:sz w:val="{plan.size}"/>'
    return (
        f'<w:p><w:pPr><w:pStyle w:val="Compact"/>{"<w:keepNext/>" if keep else ""}'
        f'<w:spacing w:before="10" w:after="10"/><w:jc w:val="{side}"/></w:pPr>'
        f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{said}</w:t>'
        "</w:r></w:p>"
    )


_SOFT = '<w:color w:val="5B6775"/>'
