"""What the cells of a column tell: whether they name regions, and whether two columns agree."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import cast

import pandas as pd

from workbench.data.crosswalk import match_regions
from workbench.data.descriptor import Field
from workbench.data.files import is_missing
from workbench.data.files.numbers import NUMERIC
from workbench.data.forms.keys import text_of, year_of
from workbench.data.forms.problems import Problem, places
from workbench.typing import Crosswalk

FIGURES = ("number", "integer")
"""Types of columns of figures."""

MOSTLY = 0.5
"""Share of cells from which a column is perhaps what is looked for: districts and notes stand
among regions."""


def likely(frame: pd.DataFrame, headings: Iterable[str], field: Field) -> str:
    """Return the heading whose cells look most like a field's, or nothing where none does.

    Parameters
    ----------
    frame : DataFrame
        Cells by heading.
    headings : iterable of str
        Those to choose from.
    field : Field
        With regions or figures.
    """
    shares = {heading: _share(frame[heading], field) for heading in sorted(headings)}
    best = max(shares, key=lambda heading: shares[heading], default="")
    return best if shares.get(best, 0.0) >= MOSTLY else ""


def fits(cells: pd.Series, field: Field) -> bool:
    """Return whether the cells of a column are mostly of the kind that a field holds.

    Parameters
    ----------
    cells : Series, shape (n,)
        As they stand; an empty column is of no kind.
    field : Field
        With regions, figures, years or words.
    """
    held = [cell for cell in cells if not is_missing(cell)]
    if field.type == "string" and not field.crosswalk:
        return bool(held) and sum(map(_is_figure, held)) < MOSTLY * len(held)
    return _share(cells, field) >= MOSTLY


def _share(cells: pd.Series, field: Field) -> float:
    held = [cell for cell in cells if not is_missing(cell)]
    if not held:
        return 0.0
    if field.crosswalk:
        ids = _ids(pd.Series(held, dtype=object), field)
        return float(ids.notna().mean())
    if field.type in FIGURES:
        return sum(map(_is_figure, held)) / len(held)
    if field.type == "year":
        return sum(year_of(cell) == year_of(cell) for cell in held) / len(held)
    return 0.0


def _is_figure(cell: object) -> bool:
    if isinstance(cell, str):
        return NUMERIC.match(cell) is not None
    return isinstance(cell, Real) and not isinstance(cell, bool)


def _ids(cells: pd.Series, field: Field) -> pd.Series:
    names = cells.map(text_of)
    if not names.notna().any():
        return names
    found = match_regions(names.dropna().unique(), to=cast("Crosswalk", field.crosswalk)).ids
    return names.map(lambda name: found.get(name), na_action="ignore")


def disagreements(
    frame: pd.DataFrame, chosen: str, others: Iterable[str], field: Field
) -> list[Problem]:
    """Return the rows in which two columns name different regions.

    Parameters
    ----------
    frame : DataFrame
        Cells by heading.
    chosen : str
        The heading that regions are read from.
    others : iterable of str
        Headings of the same field, which are left out.
    field : Field
        The field of regions.
    """
    own = _ids(frame[chosen], field)
    problems = []
    for other in others:
        theirs = _ids(frame[other], field)
        bad = own.notna() & theirs.notna() & (own != theirs)
        if bad.any():
            pairs = frame.loc[bad, [chosen, other]].map(text_of)
            found = places(f"{a!r} beside {b!r}" for a, b in pairs.itertuples(index=False))
            problems.append(
                Problem("regions that disagree", f"{chosen!r} and {other!r}", found,
                        "one region in a row", "correct the cells, or say which column to leave "
                        f"out: columns={{{other!r}: None}} or columns={{{chosen!r}: None}}")
            )  # fmt: skip
    return problems
