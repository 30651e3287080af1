"""Cells of a file before its heading is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

LARGEST_BYTES = 100_000_000
"""Size of a file from which it is refused: a table of regions is a thousand times smaller."""

LARGEST_CELLS = 5_000_000
"""Number of cells from which a table is refused."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells as a file has them, and what was found on the way.

    Attributes
    ----------
    rows : list of list
        Cells: text, numbers, dates, or None where empty. Rows may differ in length.
    lines : list of int
        Line of each row in the file, counted from 1.
    merged : sequence of (int, int, int, int)
        Merged cells: first and last line, first and last column, columns counted from 0.
    notes : tuple of str
        What was found.
    encoding, separator, sheet : str
        Where the format has them.
    faulty : dict of str to str
        Cells that hold an error.
    percent : dict of int to int
        How many cells of a column are shown as per cents, by its position.
    """

    rows: list[list[Any]]
    lines: list[int]
    merged: Sequence[tuple[int, int, int, int]] = ()
    notes: tuple[str, ...] = ()
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    faulty: dict[str, str] = field(default_factory=dict)
    percent: dict[int, int] = field(default_factory=dict)


def filled(cell: Any) -> bool:
    """Return whether a cell holds anything.

    Examples
    --------
    >>> filled("0"), filled(" "), filled(None), filled(0.0)
    (True, False, False, True)
    """
    if isinstance(cell, str):
        return bool(cell.strip())
    return cell is not None and cell == cell


def counted(number: int, what: str) -> str:
    """Return a number with its noun, in the plural where there are several.

    Examples
    --------
    >>> counted(1, "row"), counted(3, "empty column")
    ('1 row', '3 empty columns')
    """
    return f"{number:,} {what}" + ("s" if number != 1 else "")
