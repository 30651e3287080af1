"""An empty table of a form, to be filled in: its columns, and its regions beforehand."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from workbench.data.assembly import assemble
from workbench.data.bundled import bundled_root
from workbench.data.descriptor import Descriptor, Field, read_descriptor
from workbench.data.forms.own import form_named
from workbench.errors import InputError

NAME_COLUMN = "Region name"
MEANINGS = "columns"
FORMATS = (".csv", ".xlsx")
_FORMULA = re.compile(r"\s*(?:[=@]|[+\-](?!\d*\.?\d+\Z))")
"""How a text begins that is a formula to a spreadsheet; a bound as -5 is a number."""


def write_blank(form: str, to: str | Path) -> list[Path]:
    """Write an empty table of a form: headings, ids and names of regions, and what columns mean.

    Parameters
    ----------
    form : str
        Name of a form.
    to : path
        File to write, ``.csv`` or ``.xlsx``. What columns mean stands in a second sheet, or in a
        second file ``<name>-columns.csv``.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    OptionError
        If there is no such form.
    InputError
        If the file is there already, or is to have another format.
    """
    descriptor = form_named(form)
    path = Path(to)
    if path.suffix not in FORMATS:
        raise InputError("to", expected="a file .csv or .xlsx", found=repr(path.name))
    beside = path.with_name(f"{path.stem}-{MEANINGS}.csv")
    files = [path] if path.suffix == ".xlsx" else [path, beside]
    there = [file.name for file in files if file.exists()]
    if there:
        raise InputError(
            "to",
            expected="the name of a new file",
            found=", ".join(there),
            why="figures that stand in it would be lost",
            remedy="name another file",
        )
    rows, meanings = blank(descriptor), meanings_of(descriptor)
    if path.suffix == ".xlsx":
        with pd.ExcelWriter(path, engine="openpyxl") as book:
            rows.to_excel(book, sheet_name=form, index=False)
            meanings.to_excel(book, sheet_name=MEANINGS, index=False)
            _as_texts(book)
    else:
        # spreadsheets take UTF-8 for another encoding without its mark
        for table, file in ((rows, path), (meanings, beside)):
            shown = table.rename(columns=_inert).map(_inert)
            shown.to_csv(file, index=False, encoding="utf-8-sig", lineterminator="\n")
    return files


def blank(form: Descriptor) -> pd.DataFrame:
    """Return the empty table of a form: a row a region where regions are its key.

    Examples
    --------
    >>> blank(form_named("high-tech-exports")).shape
    (80, 7)
    """
    fields = form.fields_of(form.parts[0])
    names = [field.name for field in fields]
    resource = form.resource(form.parts[0].table)
    first = next(field for field in fields if field.name == resource.primary_key[0])
    if not first.crosswalk:
        return pd.DataFrame(columns=names)
    source = read_descriptor(bundled_root() / first.crosswalk)
    part = source.part(f"regions{resource.scheme}" if resource.scheme in ("80", "83") else None)
    regions = assemble(source, part, root=bundled_root())
    table = pd.DataFrame({first.name: regions.index, NAME_COLUMN: regions["name_ru"].to_numpy()})
    return table.reindex(columns=[first.name, NAME_COLUMN, *names[1:]])


def meanings_of(form: Descriptor) -> pd.DataFrame:
    """Return what the columns of a form mean: a row a column.

    Columns: ``column unit needed least most title title_ru description description_ru``.
    """
    rows = [
        (f.name, f.unit, "yes" if f.needed else "no", _bound(f.minimum), _bound(f.maximum),
         f.title, f.title_ru, _text(f), f.description_ru)
        for f in form.fields_of(form.parts[0])
    ]  # fmt: skip
    columns = ("column", "unit", "needed", "least", "most", "title", "title_ru", "description",
               "description_ru")  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


def _as_texts(book: pd.ExcelWriter) -> None:
    """Make texts of cells in which a spreadsheet would see a formula."""
    for sheet in book.sheets.values():
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.data_type, cell.quotePrefix = "s", True


def _inert(value: object) -> object:
    """Return a text with an apostrophe before what a spreadsheet would take for a formula."""
    if not isinstance(value, str) or not _FORMULA.match(value):
        return value
    return f"'{value}"


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _text(field: Field) -> str:
    return field.description + (f" One of: {', '.join(field.enum)}." if field.enum else "")
