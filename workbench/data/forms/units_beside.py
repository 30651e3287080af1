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
    source: Source,
    heading: str,
    headed: Mapping[str, str],
    said: Mapping[str, str],
    measures: Iterable[Field],
) -> tuple[dict[str, str], list[Problem]]:
    """Return the unit of each column of figures as a column of units says it.

    Parameters
    ----------
    source : Source
        The table.
    heading : str
        Of the column of units; empty where there is none.
    headed, said : mapping of str to str
        Units that headings name, which must agree, and that the user says, which stand.
    measures : iterable of Field
        The columns of figures that the table has.
    """
    if not heading:
        return {}, []
    asked = [field for field in measures if field.unit and field.name not in said]
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
    unit = next(iter(cells))
    problems = [
        Problem("units that disagree", field.name, f"{headed[field.name]!r} in the heading, "
                f"{unit!r} in the column {heading!r}", "one unit",
                f"say which it is: units={{{field.name!r}: {headed[field.name]!r}}}")
        for field in asked
        if field.name in headed
        and units.factor(headed[field.name], field.unit) != units.factor(unit, field.unit)
    ]  # fmt: skip
    return {field.name: unit for field in asked if field.name not in headed}, problems


def overruled(
    headed: Mapping[str, str], said: Mapping[str, str], measures: Iterable[Field]
) -> list[Problem]:
    """Tell the units of headings in place of which the user has said others."""
    return [
        Problem("unit", field.name, f"{headed[field.name]!r} in the heading", field.unit,
                f"read as {said[field.name]}, as told", "told")
        for field in measures
        if field.name in headed
        and field.name in said
        and units.factor(headed[field.name], field.unit)
        != units.factor(said[field.name], field.unit)
    ]  # fmt: skip


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
