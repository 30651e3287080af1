"""Columns of a student's table: names that formulas can use, units, numbers."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.data.files import is_missing, to_numbers
from workbench.data.files.numbers import why_no_number
from workbench.errors import InputError, ValuesError, listing, nearest

TAKEN = ("region", "year", "name", "geometry", "W", "I", "C", "Q", "log", "log1p", "exp", "sqrt",
         "asinh", "abs", "lag", "index", "Intercept")  # fmt: skip
LONGEST = 40
MOSTLY = 0.5
"""A column in which at least this share of the cells are numbers was meant to hold numbers."""

_UNIT = re.compile(r"^(.+?)\s*(?:,\s*([^,()\[\]]+)|[(\[]([^()\[\]]+)[)\]])\s*$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures or words.

    Attributes
    ----------
    name : str
        As formulas call it.
    heading : str
        As the student's file has it.
    unit : str
        What stands after the last comma or in brackets; ``"?"`` for numbers where nothing does.
    type : {"number", "string"}
    missing : int
        Cells without a value.
    """

    name: str
    heading: str
    unit: str
    type: str
    missing: int


def named(headings: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the name and the unit of each heading; names are distinct and fit for formulas.

    Examples
    --------
    >>> named(["ВРП на душу, тыс. руб.", "R&D (mln)", "2020"])
    {'ВРП на душу, тыс. руб.': ('ВРП_на_душу', 'тыс. руб.'), 'R&D (mln)': ('R_D', 'mln'), \
'2020': ('x_2020', '')}
    """
    found: dict[str, tuple[str, str]] = {}
    used = {word.casefold() for word in TAKEN}
    for heading in headings:
        parts = _UNIT.match(heading)
        text, unit = (parts[1], parts[2] or parts[3]) if parts else (heading, "")
        name = re.sub(r"\W+", "_", text).strip("_")[:LONGEST].rstrip("_") or "x"
        if name[0].isdigit() or keyword.iskeyword(name):
            name = f"x_{name}"
        whole, number = name, 2
        while name.casefold() in used:
            name, number = f"{whole}_{number}", number + 1
        used.add(name.casefold())
        found[heading] = (name, unit.strip())
    return found


def one_of(argument: str, said: str, headings: Sequence[str]) -> str:
    """Return the heading that is meant: as it stands, or by its name, whatever the case.

    Raises
    ------
    InputError
        If there is none.
    """
    names = {heading: name for heading, (name, _) in named(headings).items()}
    for heading in headings:
        same = (heading.casefold(), names[heading].casefold())
        if " ".join(said.split()).casefold() in same:
            return heading
    raise InputError(
        argument,
        expected=f"a column: {', '.join(map(repr, headings))}",
        found=repr(said),
        remedy=nearest(said, headings),
    )


def figures_of(
    cells: pd.DataFrame, *, decimal: Any, thousands: Any
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """Turn the cells of each column into numbers, or leave them words.

    Parameters
    ----------
    cells : DataFrame
        As the file has them, without the columns of regions and periods; the index names rows.
    decimal, thousands : str or None
        Marks of the file.

    Returns
    -------
    figures : DataFrame
        Columns by their new names; numbers are float64 with NaN, words text with None.
    columns : tuple of Column
        In the same order.

    Raises
    ------
    ValuesError
        If a column of numbers has cells that are none; names them.
    """
    titles = named(map(str, cells.columns))
    data: dict[str, Any] = {}
    columns = []
    for heading in cells.columns:
        name, unit = titles[str(heading)]
        numbers, others = to_numbers(cells[heading], decimal=decimal, thousands=thousands)
        known = int(numbers.notna().sum())
        text = known < MOSTLY * (known + len(others))
        if len(others) and not text:
            _refuse(str(heading), others, decimal=decimal, thousands=thousands)
        data[name] = _words(cells[heading]) if text else numbers
        missing = int(pd.isna(data[name]).sum())
        if missing == len(cells):
            continue
        columns.append(
            Column(name, str(heading), unit or ("" if text else "?"),
                   "string" if text else "number", missing)
        )  # fmt: skip
    frame = pd.DataFrame({column.name: data[column.name] for column in columns}, index=cells.index)
    return frame, tuple(columns)


def _words(cells: pd.Series[Any]) -> pd.Series[Any]:
    return cells.map(lambda cell: None if is_missing(cell) else str(cell).strip()).astype(object)


def _refuse(heading: str, others: pd.Series[Any], **marks: Any) -> None:
    shown = [
        f"row {row}: {cell!r} ({why_no_number(cell, **marks)})" for row, cell in others.items()
    ]
    raise ValuesError(
        f"column {heading!r}",
        expected="numbers, or nothing where a figure is missing",
        found=f"{len(others)} cells that are neither",
        offenders=shown,
        why="leaving them out would make missing what is only written otherwise",
        remedy="mend these cells in the file and begin again"
        f"; if there are many, keep one kind of number in the column ({listing(shown[:1])})",
    )
