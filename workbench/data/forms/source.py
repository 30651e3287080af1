"""The table that is checked: a user's file or a DataFrame, with its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.files import RawTable, read_table
from workbench.data.files.numbers import Marks, marks_of
from workbench.errors import InputError

FRAME = "a DataFrame"
"""What stands for the name of a file where there is none."""


@dataclass(frozen=True, slots=True)
class Source:
    """Cells as they stand, and what was found of them.

    Attributes
    ----------
    name : str
        Of the file, without folders.
    sha256 : str
        Of the file; of a DataFrame, of its rows as CSV in sorted order.
    frame : DataFrame, shape (n, k)
        Cells by heading.
    decimal, thousands : str or None
        As :class:`~workbench.data.files.table.RawTable` has them.
    notes : tuple of str
        What was found while reading, a sentence each.
    percent : mapping of str to int
        How many cells of a column a spreadsheet shows as per cents, and holds as shares.
    above : tuple of str
        Lines above the heading.
    """

    name: str
    sha256: str
    frame: pd.DataFrame
    decimal: str | None
    thousands: str | None
    notes: tuple[str, ...] = ()
    percent: Mapping[str, int] = field(default_factory=dict)
    above: tuple[str, ...] = ()


def opened(source: str | Path | pd.DataFrame | RawTable, *, form: str, sheet: str | None) -> Source:
    """Return the table of a path, a DataFrame, or a file that was read before.

    Of a workbook with several sheets, the one named as the form is meant, as an empty form has it.

    Raises
    ------
    InputError
        If it is none of them, has no headings, or has a heading twice.
    """
    if isinstance(source, RawTable):
        found = _of_frame(source.frame.reset_index(drop=True), source.path_name)
        found = Source(source.path_name, found.sha256, found.frame, source.decimal,
                       source.thousands, source.notes, source.percent,
                       source.above)  # fmt: skip
    elif isinstance(source, pd.DataFrame):
        named = [name for name in source.index.names if name is not None]
        found = _of_frame(source.reset_index(named).reset_index(drop=True), FRAME)
    elif isinstance(source, str | Path):
        path = Path(source)
        raw = _read(path, sheet=sheet, form=form)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        cells = _stripped(raw.frame.reset_index(drop=True))
        found = Source(raw.path_name, digest, cells, raw.decimal, raw.thousands, raw.notes,
                       raw.percent, raw.above)  # fmt: skip
    else:
        raise InputError(
            "source",
            expected="the path of a file, or a DataFrame",
            found=type(source).__name__,
        )
    _check(found)
    return found


def marks(frame: pd.DataFrame, columns: Iterable[str]) -> Marks:
    """Return the decimal mark and the mark of thousands that columns of figures show."""
    return marks_of(cell for name in columns for cell in frame[name])


def _read(path: Path, *, sheet: str | None, form: str) -> RawTable:
    try:
        return read_table(path, sheet=sheet)
    except InputError as error:
        if sheet is None and error.argument == "sheet" and form in error.offenders:
            return read_table(path, sheet=form)
        if sheet is None and error.argument == "sheet":
            raise InputError(
                "sheet",
                expected=error.expected,
                found=error.found,
                offenders=error.offenders,
                remedy=f"{error.remedy}, or give the sheet that is meant the name {form!r}",
            ) from error
        if any(word in error.remedy for word in ("encoding=", "separator=")):
            told = f"; then hand over wb.data.read_table(FILE, ...) for the file of {form!r}"
            raise InputError(
                error.argument,
                expected=error.expected,
                found=error.found,
                offenders=error.offenders,
                why=error.why,
                remedy=error.remedy + told,
            ) from error
        raise


def _of_frame(frame: pd.DataFrame, name: str) -> Source:
    cells = _stripped(frame)
    # sorted, so that the order of rows and columns does not matter
    lines = sorted(cells[sorted(cells.columns)].to_csv(index=False, header=False).splitlines())
    text = "\n".join([",".join(sorted(cells.columns)), *lines])
    own = Source(name, hashlib.sha256(text.encode()).hexdigest(), cells, None, None)
    shown = marks(cells, cells.columns)
    return Source(name, own.sha256, cells, shown.decimal, shown.thousands)


def _stripped(frame: pd.DataFrame) -> pd.DataFrame:
    cells = frame.astype(object)
    cells.columns = pd.Index([_heading(column) for column in cells.columns])
    return cells.map(_cell)


def _heading(column: Any) -> str:
    if isinstance(column, float) and column.is_integer():
        return str(int(column))
    return str(column).strip()


def _cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.strip() or None
    return None if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell else cell


def _check(source: Source) -> None:
    repeated = sorted(set(source.frame.columns[source.frame.columns.duplicated()]))
    if repeated:
        raise InputError(
            "source",
            expected="headings that occur once",
            found=f"{len(repeated)} that occur several times",
            offenders=repeated,
            remedy="rename them in the file",
        )
    if not len(source.frame.columns):
        raise InputError(
            "source",
            expected="a table with headings",
            found=f"none in {source.name}",
            remedy="name the sheet, sheet=..., where the table is on another",
        )
