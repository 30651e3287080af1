"""A user's file, read as it stands; what was found is said, what cannot be told is asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.files.frames import parquet_frame, stata_frame
from workbench.data.files.grid import Grid, counted, filled
from workbench.data.files.layout import laid_out
from workbench.data.files.numbers import Marks, is_missing, marks_of
from workbench.data.files.opening import opened
from workbench.data.files.table import RawTable
from workbench.data.files.text import shorter, text_grid
from workbench.errors import InputError, check_option, listing
from workbench.typing import DecimalMark, Separator, ThousandsMark

SAID = {",": "decimal commas", ".": "decimal points"}
GROUPS = {" ": "spaces", "'": "apostrophes", ",": "commas", ".": "points"}


def read_table(
    path: str | Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    separator: Separator | None = None,
    decimal: DecimalMark | None = None,
    thousands: ThousandsMark | None = None,
) -> RawTable:
    r"""Read a CSV, TSV, Excel, Parquet or Stata file as it stands.

    Parameters
    ----------
    path : str or Path
        The file. Its content tells its kind; text files end in ``.csv``, ``.tsv``, ``.tab`` or
        ``.txt``.
    sheet : str, optional
        Of an Excel workbook; needed where more than one sheet holds anything.
    encoding : str, optional
        Of a text file; told by its content otherwise: UTF-8, UTF-16 or Windows-1251.
    separator : {";", ",", "\t", "|"}, optional
        Of a text file; told by its content otherwise.
    decimal : {".", ","}, optional
        Decimal mark of cells of text; told by them otherwise, where they do.
    thousands : {" ", "'", ",", "."}, optional
        What groups digits in cells of text; ``" "`` is any kind of space.

    Returns
    -------
    RawTable
        ``.frame`` with the cells, ``.notes`` with what was found and left out, ``.decimal
        .thousands .missing .faulty .above .below``.

    Raises
    ------
    InputError
        If there is no such file; if it is a folder, empty, too large, encrypted, an old Excel file,
        no table, without a heading or with repeated column names; if a row has more cells than the
        heading; if encoding, separator or sheet cannot be told; if an option is for another kind.
    MissingExtraError
        If a Parquet file is to be read without pyarrow.

    Notes
    -----
    Nothing is turned into numbers here: :func:`~workbench.data.files.numbers.to_numbers` does that
    column by column, and names what is no number. Titles above the heading, notes below the table,
    empty rows and columns, and a row that numbers the columns are left out, and said. A heading of
    several rows is joined by commas. Marks of missing figures stay in the cells and are counted.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "rd.csv"
    >>> written = file.write_text("Регион;2020\nТомская область;12,5\nг. Москва;…\n", "cp1251")
    >>> table = read_table(file)
    >>> for note in table.notes:
    ...     print(note)
    Semicolon-separated, Windows-1251.
    Decimal commas.
    Marks of missing figures in 1 cell: 1 '…'.
    >>> table.decimal, table.missing, table.frame.columns.tolist()
    (',', {'…': 1}, ['Регион', '2020'])
    >>> folder.cleanup()
    """
    where, kind = opened(path)
    _refuse_foreign(kind, sheet=sheet, encoding=encoding, separator=separator)
    _check_said(decimal, thousands)
    if kind in ("parquet", "stata"):
        frame, notes = parquet_frame(where) if kind == "parquet" else stata_frame(where)
        return _table(where.name, frame, Grid([], [], notes=notes), decimal, thousands)
    if kind == "excel":
        from workbench.data.files.via_openpyxl import excel_grid

        grid = excel_grid(where, sheet=sheet)
    else:
        grid = text_grid(where.read_bytes(), where.name, encoding=encoding, separator=separator)
    found = laid_out(grid, where.name)
    short = shorter(grid, found.lines, found.width) if kind == "text" else 0
    index = pd.Index(found.lines, name="line")
    columns = [[_cell(row[k]) for row in found.rows] for k in range(len(found.names))]
    frame = pd.DataFrame(dict(zip(found.names, columns, strict=True)), index=index, dtype=object)
    percent = {name: grid.percent[at] for name, at in zip(found.names, found.positions, strict=True)
               if at in grid.percent}  # fmt: skip
    shown = [repr(name) for name in percent]
    told = [*grid.notes, *found.notes]
    if short:
        told.append(f"Filled with empty cells: {counted(short, 'row')} shorter than the heading.")
    if shown:
        told.append(f"Shown as per cents, held as shares (0.125 for 12.5 %): {listing(shown)}.")
    own = Grid([], [], notes=tuple(told), encoding=grid.encoding, separator=grid.separator,
               sheet=grid.sheet, faulty=grid.faulty)  # fmt: skip
    table = _table(where.name, frame, own, decimal, thousands, found.above, found.below)
    return replace(table, percent=percent)


def _table(
    name: str,
    frame: pd.DataFrame,
    grid: Grid,
    decimal: DecimalMark | None,
    thousands: ThousandsMark | None,
    above: tuple[str, ...] = (),
    below: tuple[str, ...] = (),
) -> RawTable:
    texts = [cell for column in frame for cell in frame[column] if isinstance(cell, str)]
    marks = marks_of(texts)
    marked = Counter(cell for cell in texts if cell.strip() and is_missing(cell))
    missing = dict(sorted(marked.items()))
    notes = [*grid.notes, *_told_marks(marks, decimal, thousands), *_told_missing(missing)]
    if grid.faulty:
        cells = [f"{where} {error}" for where, error in grid.faulty.items()]
        told = counted(len(cells), "cell")
        notes.append(f"An error instead of a value in {told}: {listing(cells)}.")
    return RawTable(
        path_name=name,
        decimal=decimal or marks.decimal,
        thousands=thousands or (marks.thousands if marks.thousands != decimal else None),
        notes=tuple(notes),
        _frame=frame,
        encoding=grid.encoding,
        separator=grid.separator,
        sheet=grid.sheet,
        above=above,
        below=below,
        missing=missing,
        faulty=grid.faulty,
    )


def _cell(cell: Any) -> Any:
    return (cell.strip() if isinstance(cell, str) else cell) if filled(cell) else None


def _told_marks(marks: Marks, decimal: str | None, thousands: str | None) -> list[str]:
    if decimal is not None:
        grouped = f", thousands parted by {GROUPS[thousands]}" if thousands else ""
        return [f"{SAID[decimal].capitalize()}{grouped}, as said by the caller."]
    if marks.clashing:
        return [
            "The decimal mark is ambiguous, points and commas are both used "
            f'({listing(marks.clashing)}): say decimal="," or decimal=".".'
        ]
    if marks.decimal is None:
        return [
            "The decimal mark is ambiguous, thousands or decimals "
            f'({listing(marks.doubtful)}): say decimal="," or decimal=".".'
        ]
    parts = [SAID[marks.decimal]] if marks.seen else []
    parts += [f"thousands parted by {GROUPS[marks.thousands]}"] if marks.thousands else []
    told = ", ".join(parts)
    return [f"{told[0].upper()}{told[1:]}."] if told else []


def _told_missing(missing: dict[str, int]) -> list[str]:
    if not missing:
        return []
    total = sum(missing.values())
    marks = ", ".join(f"{count} {mark!r}" for mark, count in missing.items())
    return [f"Marks of missing figures in {counted(total, 'cell')}: {marks}."]


def _refuse_foreign(kind: str, **said: object) -> None:
    """Refuse options that are for another kind of file."""
    own = {"text": {"encoding", "separator"}, "excel": {"sheet"}}.get(kind, set())
    for name, value in said.items():
        if value is not None and name not in own:
            raise InputError(
                name,
                expected=f"none for a file of this kind ({kind})",
                found=repr(value),
                remedy="leave it out",
            )


def _check_said(decimal: object, thousands: object) -> None:
    if decimal is not None:
        check_option("decimal", decimal, DecimalMark)
    if thousands is not None:
        check_option("thousands", thousands, ThousandsMark)
    if decimal is not None and decimal == thousands:
        raise InputError("thousands", expected="another mark than the decimal one",
                         found=repr(thousands))  # fmt: skip
