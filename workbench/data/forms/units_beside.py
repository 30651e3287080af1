"""Units that stand neither in a heading nor in a cell of figures: in a column, or above the table.

A column of units is followed where it says one unit throughout. A line above the table may speak
of other figures than those of the form, so that it is asked about and never followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workbench.data.descriptor import Field
from workbench.data.files import is_missing
from workbench.data.forms import units
from workbench.data.forms.problems import Problem, places
from workbench.data.forms.source import Source


def of_column(
    source: Source, heading: str, given: Mapping[str, str], measures: Iterable[Field]
) -> tuple[dict[str, str], list[Problem]]:
    """Return the unit of each column of figures as a column of units says it.

    Parameters
    ----------
    source : Source
        The table.
    heading : str
        Of the column of units; empty where there is none.
    given : mapping of str to str
        Units told otherwise, which stand.
    measures : iterable of Field
        The columns of figures that the table has.
    """
    if not heading:
        return {}, []
    asked = [field for field in measures if field.unit and field.name not in given]
    cells = {" ".join(str(cell).split()) for cell in source.frame[heading] if not is_missing(cell)}
    if not asked or not cells:
        return {}, []
    if len(cells) > 1:
        where = places(field.name for field in asked)
        return {}, [
            Problem("units by row", where, places(map(repr, cells)), "one unit in a column",
                    "convert the figures to one unit and say it: units={"
                    f"{asked[0].name!r}: {asked[0].unit!r}}}")
        ]  # fmt: skip
    return dict.fromkeys([field.name for field in asked], next(iter(cells))), []


def above(source: Source, given: Mapping[str, str], measures: Iterable[Field]) -> list[Problem]:
    """Return a question for each column whose unit a line above the table contradicts.

    Parameters
    ----------
    source : Source
        The table and the lines above it.
    given : mapping of str to str
        Units that are told otherwise: nothing is asked of them.
    measures : iterable of Field
        The columns of figures that the table has.
    """
    told = {unit: line for line in source.above for unit in [units.written_in(line)] if unit}
    problems = []
    for field in measures:
        if not field.unit or field.name in given or not told:
            continue
        factors = {unit: units.factor(unit, field.unit) for unit in told}
        if 1 in factors.values():
            continue
        unit = next((unit for unit, factor in factors.items() if factor), next(iter(told)))
        way = f"say units={{{field.name!r}: {unit!r}}} if it is theirs, or "
        problems.append(
            Problem("unit above the table", field.name, f"{unit!r} in {told[unit]!r}", field.unit,
                    f"{way if factors[unit] else ''}say units={{{field.name!r}: {field.unit!r}}} "
                    "if they are in that unit")
        )  # fmt: skip
    return problems
