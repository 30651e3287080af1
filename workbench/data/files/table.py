"""A user's file as a table: cells as they stand, and what was found about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from workbench.core import display

SHOWN_ROWS = 8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RawTable:
    """Cells of a file as they stand there; immutable.

    Attributes
    ----------
    path_name : str
        Name of the file, without folders.
    decimal : {".", ","} or None
        What parts whole numbers from fractions in cells of text; ``"."`` where no cell tells and
        none is in doubt, None where cells are in doubt ("1,234").
    thousands : {" ", "'", ",", "."} or None
        What groups digits in cells of text; ``" "`` is any kind of space.
    notes : tuple of str
        What was found and what was left out, a sentence each.
    encoding, separator : str
        Of a text file; empty of others.
    sheet : str
        Of an Excel file; empty of others.
    above, below : tuple of str
        Lines that were left out above the heading and below the table.
    missing : mapping of str to int
        How often each mark of a missing figure occurs; such cells stand in the frame as they are.
    faulty : mapping of str to str
        Cells that hold an error instead of a value (``"B7"``: ``"#DIV/0!"``).
    percent : mapping of str to int
        How many cells of an Excel column are shown as per cents; they are held as shares.
    """

    path_name: str
    decimal: str | None
    thousands: str | None
    notes: tuple[str, ...]
    _frame: pd.DataFrame
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)
    faulty: Mapping[str, str] = field(default_factory=dict)
    percent: Mapping[str, int] = field(default_factory=dict)

    @property
    def frame(self) -> pd.DataFrame:
        """The table: a row a row of the file, indexed by its ``line`` there, counted from 1.

        Cells are text as it stands, trimmed; None where empty; real numbers, dates and truth values
        of Excel, Parquet and Stata files stay what they are.
        """
        return self._frame.copy()

    def _title(self) -> str:
        rows, columns = self._frame.shape
        where = f", sheet {self.sheet!r}" if self.sheet else ""
        return f"{self.path_name}{where}: {rows} rows, {columns} columns"

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        more = len(self._frame) - SHOWN_ROWS
        caption = f"First {SHOWN_ROWS} rows" if more > 0 else "Rows"
        return [(caption, self._frame.head(SHOWN_ROWS))]

    def __str__(self) -> str:
        return display.text(self._title(), self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._title(), self._parts(), self.notes)
