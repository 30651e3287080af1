"""Columns of a user's table that a part of its key decides: the place of a region, in all years."""

from __future__ import annotations

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms.problems import Problem, places


def differing(table: pd.DataFrame, fields: tuple[Field, ...]) -> list[Problem]:
    """Return the regions that have several values of what is one for all their years.

    Parameters
    ----------
    table : DataFrame
        Columns of the form, with its key as columns.
    fields : tuple of Field
        Of the form; those with ``per`` are looked at.
    """
    problems = []
    for field in fields:
        if not field.per or not {field.name, field.per} <= set(table.columns):
            continue
        values = table.groupby(field.per)[field.name].nunique()
        odd = values[values > 1]
        if odd.empty:
            continue
        problems.append(
            Problem("several values", f"{field.name}: {places(odd.index)}",
                    f"up to {int(odd.max())} of one {field.per}", f"one {field.name} for all rows "
                    f"of a {field.per}", "correct the cells so that all rows agree")
        )  # fmt: skip
    return problems
