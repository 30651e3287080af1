"""A table that passed its check, kept as a file that passes again without a word."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.descriptor import Descriptor
from workbench.data.files.numbers import GROUPED
from workbench.data.forms.own import FOLDER, YOURS, folder
from workbench.errors import InputError


def keep(table: pd.DataFrame, form: Descriptor, to: str | Path) -> Path:
    """Write a table that was taken in, with the units in its headings.

    Parameters
    ----------
    table : DataFrame
        By the form's key, in the form's units.
    form : Descriptor
        The form.
    to : path
        A new file ``.csv`` (UTF-8, commas, decimal points). Its folder is made where it is not
        there; ``yours/NAME.csv`` lies in the folder ``yours`` of the project.

    Raises
    ------
    InputError
        If the file is there already, the folder of its folder is not, or it is to have another
        format.
    """
    path = _placed(to)
    if path.suffix != ".csv":
        raise InputError("to", expected="a file .csv", found=repr(path.name))
    if path.exists():
        raise InputError(
            "to",
            expected="the name of a new file",
            found=f"{path.name}, which is there",
            why="figures that stand in it would be lost",
            remedy="name another file, or move that one away",
        )
    _require_folder(path.parent)
    fields = form.fields_of(form.parts[0])
    figures = {f.name: f.unit for f in fields if f.type in ("number", "integer")}
    rows = table.reset_index()
    for name in figures.keys() & set(rows.columns):
        rows[name] = rows[name].map(_written)
    headings = {name: f"{name}, {unit}" for name, unit in figures.items() if unit}
    rows.rename(columns=headings).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    return path


def _placed(to: str | Path) -> Path:
    """Return a path as it is meant: ``yours/NAME.csv`` lies in the project, for ``wb.load``."""
    path = Path(to).expanduser()
    if path.parent == Path(FOLDER) and not os.environ.get(YOURS):
        return folder() / path.name
    return path


def _require_folder(place: Path) -> None:
    """Make a folder that is not there; one in a folder that is not there either is refused."""
    if place.is_dir():
        return
    if place.exists() or not place.parent.is_dir():
        lacking = place if place.exists() else place.parent
        raise InputError(
            "to",
            expected="a file in a folder that is there, or in a new one inside such a folder",
            found=f"{lacking.name!r}, which is {'no folder' if place.exists() else 'not there'}",
            remedy="correct the path, or make that folder",
        )
    place.mkdir()


def _written(value: Any) -> str:
    """Return a figure that no reader takes for a thousand: "1.234" gets another digit."""
    if pd.isna(value):
        return ""
    text = repr(float(value))
    return text + "0" if GROUPED["."].match(text.lstrip("-")) else text
