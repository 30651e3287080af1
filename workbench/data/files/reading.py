"""A user's file, read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.data.files.numbers import marks_of
from workbench.data.files.table import RawTable


def read_table(path: str | Path, *, sheet: str | None = None) -> RawTable:
    """Read a user's file."""
    where = Path(path)
    if where.suffix == ".xlsx":
        frame = pd.read_excel(where, sheet_name=sheet or 0, dtype=object)
    else:
        frame = pd.read_csv(where, sep=None, engine="python", dtype=str, encoding="utf-8-sig")
    cells = frame.astype(object).where(frame.notna(), None)
    cells.index = pd.RangeIndex(2, len(cells) + 2, name="line")
    marks = marks_of(cell for name in cells for cell in cells[name])
    return RawTable(
        path_name=where.name,
        decimal=marks.decimal,
        thousands=marks.thousands,
        notes=(),
        _frame=cells,
        sheet=sheet or "",
    )
