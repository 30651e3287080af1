"""A table that passed its check, kept as a file that passes again without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.descriptor import Descriptor
from workbench.data.files.numbers import GROUPED
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
        A new file ``.csv`` (UTF-8, commas, decimal points).

    Raises
    ------
    InputError
        If the file is there already, its folder is not, or it is to have another format.
    """
    path = Path(to)
    if path.suffix != ".csv":
        raise InputError("to", expected="a file .csv", found=repr(path.name))
    if path.exists() or not path.parent.is_dir():
        there = path.exists()
        raise InputError(
            "to",
            expected="the name of a new file in a folder that is there",
            found=f"{path.name}, which is there" if there else f"no folder {path.parent.name!r}",
            why="figures that stand in it would be lost" if there else "",
            remedy="name another file, or move that one away" if there else "make the folder",
        )
    fields = form.fields_of(form.parts[0])
    figures = {f.name: f.unit for f in fields if f.type in ("number", "integer")}
    rows = table.reset_index()
    for name in figures.keys() & set(rows.columns):
        rows[name] = rows[name].map(_written)
    headings = {name: f"{name}, {unit}" for name, unit in figures.items() if unit}
    rows.rename(columns=headings).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    return path


def _written(value: Any) -> str:
    """Return a figure that no reader takes for a thousand: "1.234" gets another digit."""
    if pd.isna(value):
        return ""
    text = repr(float(value))
    return text + "0" if GROUPED["."].match(text.lstrip("-")) else text
