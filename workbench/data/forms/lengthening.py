"""Tables with a column a year laid out with a row a year."""

from __future__ import annotations

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms.headings import Heading
from workbench.data.forms.problems import Problem, places


def lengthen(
    frame: pd.DataFrame, headings: tuple[Heading, ...], fields: tuple[Field, ...]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the columns of the form, one row a region and year.

    Parameters
    ----------
    frame : DataFrame, shape (n, k)
        Cells as in the file.
    headings : tuple of Heading
        Which column is what.
    fields : tuple of Field
        Of the form.

    Returns
    -------
    DataFrame, shape (m, f)
        Columns in the form's order. A column a year gives m = n times the number of years.
    list of Problem
        What was laid out anew, and columns without a year beside columns with one.
    """
    dated = [heading for heading in headings if heading.year is not None]
    plain = {heading.text: heading.field for heading in headings if heading.year is None}
    base = frame[list(plain)].rename(columns=plain)
    if not dated:
        return base[_ordered(base, fields)].reset_index(drop=True), []
    year = next(field.name for field in fields if field.type == "year")
    measures = {field.name for field in fields if field.type in ("number", "integer")}
    undated = sorted(measures & set(base.columns))
    problems = [
        Problem("figures without a year", places(undated), "one column for all years",
                "a column a year, as of the others, or a column year",
                f"leave it out, {_call(undated, plain)}, or give the table a row a year")
    ] if undated else []  # fmt: skip
    if year in base.columns:
        own = next(text for text, field in plain.items() if field == year)
        problems.append(
            Problem("years as columns", places(h.text for h in dated), "years in headings and in "
                    f"the column {own!r}", "years in one place",
                    f"say which is right: columns={{{own!r}: None}} keeps those of the headings")
        )  # fmt: skip
        base = base.drop(columns=year)
    pieces = []
    for when in sorted({heading.year for heading in dated if heading.year is not None}):
        held = {heading.field: frame[heading.text] for heading in dated if heading.year == when}
        pieces.append(base.drop(columns=undated).assign(**held, **{year: str(when)}))
    long = pd.concat(pieces, ignore_index=True)
    names = places({heading.field for heading in dated})
    problems.append(
        Problem("years as columns", names, f"{len(pieces)} years in headings",
                "a column year", "laid out with a row a region and year", "yes")
    )  # fmt: skip
    return long[_ordered(long, fields)], problems


def _ordered(frame: pd.DataFrame, fields: tuple[Field, ...]) -> list[str]:
    return [field.name for field in fields if field.name in frame.columns]


def _call(names: list[str], plain: dict[str, str]) -> str:
    headings = [text for text, field in plain.items() if field in names]
    return "columns={" + ", ".join(f"{text!r}: None" for text in sorted(headings)) + "}"
