"""Tables as Excel workbooks: numbers at full precision, texts that no program computes."""

from __future__ import annotations

import io
import re
from typing import Any

from workbench.core.language import language, say
from workbench.reports.entries import Cell, Grid, Published
from workbench.reports.formats import LEVELS, shown_row
from workbench.reports.markup import signed
from workbench.reports.writers.inert import (
    STARTS_A_FORMULA,
    packed_again,
    plain,
)
from workbench.reports.writers.layout import cell_text

WIDEST = 60
"""Characters of the widest column of a sheet."""

_TIMES = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_POWER = re.compile(r"(\d*)e[+-]\d")
_AROUND = re.compile(r"^(\(?)[^()*]*?(\)?\**)$")


def workbook(published: Published) -> bytes:
    """Return the tables of a published thing as an Excel workbook of one sheet.

    Numbers are numbers at full precision, shown in the digits of the printed table.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book: Any = Workbook()
    sheet: Any = book.active
    sheet.title = say("Table")
    at = 1
    if published.caption:
        _put(sheet, at, 1, published.caption).font = Font(bold=True)
        at += 2
    for grid in published.grids:
        at = _sheet_grid(sheet, grid, at) + 1
    if published.notes:
        _put(sheet, at, 1, signed(published.notes)).font = Font(italic=True, size=9)
    book.properties.creator = ""
    out = io.BytesIO()
    book.save(out)
    made = packed_again(out.getvalue(), replaced=None)
    return _timeless(made)


def _sheet_grid(sheet: Any, grid: Grid, at: int) -> int:
    """Write a grid from a row on, and return the row after it."""
    from openpyxl.styles import Alignment, Border, Font, Side

    if grid.title:
        _put(sheet, at, 1, grid.title).font = Font(italic=True)
        at += 1
    levels = [text.split(LEVELS) for text in grid.header]
    deep = max((len(parts) for parts in levels), default=1)
    _put(sheet, at + deep - 1, 1, grid.corner)
    for j, parts in enumerate(levels, start=2):
        for i, part in enumerate([*[""] * (deep - len(parts)), *parts]):
            _put(sheet, at + i, j, part).alignment = Alignment(horizontal="center")
    _merge_over(sheet, levels, at, deep)
    rule = Border(bottom=Side(style="thin"))
    for j in range(1, len(grid.header) + 2):
        sheet.cell(at + deep - 1, j).border = rule
    at += deep
    for row in map(shown_row, grid.rows):
        label = _put(sheet, at, 1, row.label)
        if row.kind == "group":
            label.font = Font(italic=True)
        for j, cell in enumerate(row.cells, start=2):
            _put_cell(sheet, at, j, cell)
        at += 1
    _widen(sheet)
    return at


def _merge_over(sheet: Any, levels: list[list[str]], at: int, deep: int) -> None:
    """Merge what neighbouring columns have in common above them."""
    if deep == 1:
        return
    over = [tuple(parts[:-1]) for parts in levels]
    start = 0
    for j in range(1, len(over) + 1):
        if j < len(over) and over[j] == over[start]:
            continue
        if j - start > 1 and over[start] and len(over[start]) == deep - 1:
            for i in range(deep - 1):
                sheet.merge_cells(
                    start_row=at + i, end_row=at + i, start_column=start + 2, end_column=j + 1
                )
        start = j


def _put(sheet: Any, row: int, column: int, text: str) -> Any:
    """Write a text that is never computed."""
    cell = sheet.cell(row, column)
    shown = plain(text)
    if shown:
        cell.value = shown
        cell.data_type = "s"
        cell.quotePrefix = shown.lstrip().startswith(STARTS_A_FORMULA)
    return cell


def _put_cell(sheet: Any, row: int, column: int, cell: Cell) -> None:
    from openpyxl.styles import Alignment

    number = _number(cell)
    if number is None:
        put = _put(sheet, row, column, cell_text(cell))
    else:
        put = sheet.cell(row, column)
        put.value = number
        put.number_format = _number_format(cell.shown, number)
    if cell.value:
        put.alignment = Alignment(horizontal="right")


def _number(cell: Cell) -> float | int | None:
    """Return the number behind a cell; an interval is two, and stays a text."""
    try:
        return int(cell.value)
    except ValueError:
        pass
    try:
        return float(cell.value)
    except ValueError:
        return None


def _number_format(shown: str, number: float) -> str:
    """Return the format by which Excel prints a number as the table does."""
    mark, group = (",", "\u202f") if language() == "ru" else (".", ",")
    whole = "#,##0" if group in shown else "0"
    if isinstance(number, int):
        return whole
    if "%" in shown:
        return "0.0%"
    power = _POWER.search(shown)
    if power:
        return f"0.{'0' * len(power[1])}E+00"
    found = re.search(rf"\{mark}(\d+)", shown)
    digits = f"{whole}.{'0' * len(found[1])}" if found else whole
    around = _AROUND.match(shown)
    if around is None or shown.startswith(("<", "(<")) or not (around[1] or around[2]):
        return digits
    before = f'"{around[1]}"' if around[1] else ""
    after = f'"{around[2]}"' if around[2] else ""
    return f"{before}{digits}{after};{before}-{digits}{after}"


def _widen(sheet: Any) -> None:
    from openpyxl.utils import get_column_letter

    for column in range(1, sheet.max_column + 1):
        texts = [sheet.cell(row, column).value for row in range(3, sheet.max_row + 1)]
        lengths = [len(text) if isinstance(text, str) else 10 for text in texts if text is not None]
        width = min(max([8, *lengths]) + 2, WIDEST)
        sheet.column_dimensions[get_column_letter(column)].width = width


def _timeless(book: bytes) -> bytes:
    """Return a workbook that does not say when it was made."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(book)) as files:
        about = _TIMES.sub(b"", files.read("docProps/core.xml"))
    return packed_again(book, replaced={"docProps/core.xml": about})
