"""Flags of Eurostat behind the figures of a user's table."""

from __future__ import annotations

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.files.flags import meaning, parted
from workbench.data.forms.problems import Problem

EUROSTAT = "eurostat"
BREAK = "b"


def unflagged(cells: pd.DataFrame, fields: tuple[Field, ...]) -> tuple[pd.DataFrame, list[Problem]]:
    """Return figures without the flags behind them, and what flags there were.

    Parameters
    ----------
    cells : DataFrame, shape (n, k)
        Columns of the form, as they stand.
    fields : tuple of Field
        Of the form; those written as Eurostat writes them may have flags.
    """
    bare = cells.copy()
    problems = []
    for field in fields:
        if field.notation != EUROSTAT or field.name not in cells:
            continue
        pairs = cells[field.name].map(parted)
        flags = pairs.map(lambda pair: pair[1])
        if not (flags != "").any():
            continue
        bare[field.name] = pairs.map(lambda pair: pair[0])
        counts = flags[flags != ""].value_counts().sort_index()
        told = ", ".join(f"{count} {flag} ({meaning(str(flag))})" for flag, count in counts.items())
        problems.append(
            Problem("flags", field.name, told, "figures", "read without their flags", "told")
        )
    return bare, problems
