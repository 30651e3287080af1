"""Adapter: Excel workbooks by openpyxl, values as Excel stored them."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import Any

from workbench.data.files.grid import LARGEST_CELLS, Grid, counted, filled
from workbench.errors import InputError, listing, nearest


def excel_grid(path: Path, *, sheet: str | None) -> Grid:
    """Return the cells of a sheet: numbers, dates and truth values as such, formulas as values.

    Parameters
    ----------
    path : Path
        A workbook.
    sheet : str or None
        Its sheet; None where only one holds anything.

    Raises
    ------
    InputError
        If the workbook cannot be read, the sheet is not there or must be named, a formula has no
        stored value, or the sheet is too large.
    """
    book = _book(path, values=True)
    own = _sheet(book, sheet, path.name)
    if own.max_row * own.max_column > LARGEST_CELLS:
        raise InputError(
            "path",
            expected=f"at most {LARGEST_CELLS:,} cells",
            found=f"{own.max_row:,} rows of {own.max_column:,} in sheet {own.title!r}",
            remedy="delete the rows and columns that are formatted but empty",
        )
    _refuse_unvalued(path, own)
    faulty: dict[str, str] = {}
    percent: dict[int, int] = {}
    rows = []
    for cells in own.iter_rows():
        rows.append([_cell(cell, faulty, percent) for cell in cells])
    merged = [(held.min_row, held.max_row, held.min_col - 1, held.max_col - 1)
              for held in own.merged_cells.ranges]  # fmt: skip
    return Grid(
        rows,
        list(range(1, len(rows) + 1)),
        merged=sorted(merged),
        notes=_notes(book, own, sheet),
        sheet=own.title,
        faulty=faulty,
        percent=percent,
    )


def _book(path: Path, *, values: bool) -> Any:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            # styles and validations that openpyxl does not know do not touch values
            warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
            return openpyxl.load_workbook(path, data_only=values)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputError(
            "path",
            expected="an Excel workbook",
            found=f"{path.name}, which cannot be read ({str(error).splitlines()[0][:80]})",
            remedy="open it in a spreadsheet program and save it as .xlsx anew",
        ) from error


def _sheet(book: Any, sheet: str | None, name: str) -> Any:
    sheets = {own.title: own for own in book.worksheets}
    if sheet is not None:
        if sheet not in sheets:
            raise InputError(
                "sheet",
                expected=f"a sheet of {name}: {listing(list(sheets))}",
                found=repr(sheet),
                remedy=nearest(sheet, sheets) or f"sheet={next(iter(sheets), '')!r}",
            )
        return sheets[sheet]
    held = [title for title, own in sheets.items() if _holds(own)]
    if not held:
        raise InputError("path", expected="a table", found=f"{name}, whose sheets are empty")
    if len(held) > 1:
        hidden = [title for title in held if sheets[title].sheet_state != "visible"]
        raise InputError(
            "sheet",
            expected=f"the name of one of the {len(held)} sheets of {name}",
            found="none" + (f"; hidden in the workbook: {listing(hidden)}" if hidden else ""),
            offenders=held,
            remedy=f"sheet={next((t for t in held if t not in hidden), held[0])!r}",
        )
    return sheets[held[0]]


def _holds(own: Any) -> bool:
    return any(filled(cell) for row in own.iter_rows(values_only=True) for cell in row)


def _cell(cell: Any, faulty: dict[str, str], percent: dict[int, int]) -> Any:
    value = cell.value
    if isinstance(value, str):
        value = value.strip() or None
    if cell.data_type == "e" and value is not None:
        faulty[cell.coordinate] = str(value)
    elif isinstance(value, int | float) and "%" in str(cell.number_format):
        percent[cell.column - 1] = percent.get(cell.column - 1, 0) + 1
    return value


def _refuse_unvalued(path: Path, own: Any) -> None:
    """Refuse formulas that no program has computed yet: they would pass for empty cells."""
    with zipfile.ZipFile(path) as archive:
        if not any(
            b"<f" in archive.read(part)
            for part in archive.namelist()
            if part.startswith("xl/worksheets/") and part.endswith(".xml")
        ):
            return
    formulas = _book(path, values=False)[own.title]
    empty = [
        cell.coordinate
        for row in formulas.iter_rows()
        for cell in row
        # an empty text is a value too, and keeps its type
        if cell.data_type == "f"
        and own[cell.coordinate].value is None
        and own[cell.coordinate].data_type == "n"
    ]
    if empty:
        raise InputError(
            "path",
            expected="formulas with their stored values",
            found=f"{counted(len(empty), 'formula')} in sheet {own.title!r} of {path.name} that no "
            "program has computed",
            offenders=empty,
            why="they would pass for missing figures",
            remedy="open the file in a spreadsheet program and save it",
        )


def _notes(book: Any, own: Any, sheet: str | None) -> tuple[str, ...]:
    notes = [f"Excel, sheet {own.title!r}."]
    others = [other.title for other in book.worksheets if other.title != own.title]
    if others and sheet is None:
        notes.append(f"Other sheets are empty: {listing(others)}.")
    if own.sheet_state != "visible":
        notes.append("The sheet is hidden in the workbook.")
    rows = sum(1 for held in own.row_dimensions.values() if held.hidden)
    columns = sum(1 for held in own.column_dimensions.values() if held.hidden)
    if rows or columns:
        notes.append(f"Hidden rows ({rows}) and columns ({columns}) are read like others.")
    return tuple(notes)
