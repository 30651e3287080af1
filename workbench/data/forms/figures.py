"""Figures of a user's table: cells that are no numbers, units, bounds, whole numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms import units
from workbench.data.forms.problems import Problem, places

FIGURES = ("number", "integer")

WHOLE = ("organisations", "year")
"""Units of which there are no fractions, whatever the type of a column."""

NEAR = 10.0
"""How far beyond the usual range a median may lie in a unit that is named as possible too."""


def converted(
    figures: pd.DataFrame,
    fields: tuple[Field, ...],
    given: Mapping[str, str],
    origin: Mapping[str, str],
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return figures in the units of the form.

    Parameters
    ----------
    figures : DataFrame of float, shape (n, k)
        Columns of the form; missing values stay missing.
    fields : tuple of Field
        Of the form.
    given : mapping of str to str
        Unit of a column as the user says it or the heading has it.
    origin : mapping of str to str
        Words on where it is said, for messages.

    Returns
    -------
    DataFrame, list of Problem
        The figures, and what was converted.
    """
    turned = figures.copy()
    problems = []
    for field in fields:
        if field.name not in given or field.name not in figures:
            continue
        factor = units.factor(given[field.name], field.unit)
        source = origin.get(field.name, "")
        if factor is None:
            problems.append(
                Problem("unit", field.name, given[field.name] + source, field.unit,
                        "convert the figures yourself, correct the heading, or leave the "
                        "column out by columns={...: None}")
            )  # fmt: skip
            continue
        if factor != 1:
            turned[field.name] = _times(figures[field.name], factor)
            problems.append(
                Problem("unit", field.name, given[field.name] + source, field.unit,
                        f"converted: {_told(factor)}", "yes")
            )  # fmt: skip
    return turned, problems


def suspected(
    figures: pd.DataFrame, fields: tuple[Field, ...], given: Mapping[str, str]
) -> dict[str, Problem]:
    """Return the columns whose median looks like that of another unit.

    A column is suspected where its median lies outside the range that the form gives for medians
    over regions, and the same figures in another unit would lie inside. Units that the user gave
    are believed.

    Parameters
    ----------
    figures : DataFrame of float, shape (n, k)
        In the units of the form.
    fields : tuple of Field
        Of the form.
    given : mapping of str to str
        Units that were told.

    Returns
    -------
    dict of str to Problem
        By column; the problem of a unit that was told needs no mending.
    """
    found = {}
    for field in fields:
        if field.name not in figures or not field.usual:
            continue
        present = figures[field.name].dropna()
        present = present[present != 0]
        if present.empty:
            continue
        median = float(np.median(present.to_numpy()))
        low, high = field.usual
        if low <= median <= high:
            continue
        expected = f"a median between {low:g} and {high:g} {field.unit}"
        if field.name in given:
            if units.factor(given[field.name], field.unit) is None:
                continue  # a unit of another kind is a problem already
            remedy = f"read as {given[field.name]}, as told; look at the figures once more"
            found[field.name] = Problem("unit", field.name, f"a median of {median:g}", expected,
                                        remedy, "told")  # fmt: skip
            continue
        likely = _likely(median, field)
        if likely:
            remedy = (
                f"if they are in {' or '.join(likely)}, say units={{{field.name!r}: "
                f"{likely[0]!r}}} or write the heading {f'{field.name}, {likely[0]}'!r}; if they "
                f"are in {field.unit} indeed, say units={{{field.name!r}: {field.unit!r}}}"
            )
            found[field.name] = Problem("suspected unit", field.name, f"a median of {median:g}",
                                        expected, remedy)  # fmt: skip
    return found


def _likely(median: float, field: Field) -> list[str]:
    """Return the units in which a median would be usual or nearly so; none if none is usual."""
    low, high = field.usual
    middle = math.sqrt(low * high)
    fits, near = [], []
    for other in units.others(field.unit):
        turned = abs(median) * float(units.factor(other, field.unit) or 0)
        if low / NEAR <= turned <= high * NEAR:
            near.append((abs(math.log(turned / middle)), other))
        if low <= turned <= high:
            fits.append(other)
    return [other for _, other in sorted(near)] if fits else []


def out_of_bounds(
    figures: pd.DataFrame, fields: tuple[Field, ...], labels: pd.Series
) -> list[Problem]:
    """Return figures that cannot be: out of bounds, fractions of counts, parts above wholes.

    Parameters
    ----------
    figures : DataFrame of float, shape (n, k)
        In the units of the form.
    fields : tuple of Field
        Of the form.
    labels : Series of str, shape (n,)
        What a row is called.
    """
    problems = []
    for field in fields:
        if field.name not in figures or field.type not in FIGURES:
            continue
        own = figures[field.name]
        low, high = field.minimum, field.maximum
        outside = own.lt(-math.inf if low is None else low) | own.gt(
            math.inf if high is None else high
        )
        if outside.any():
            problems.append(_cells("out of bounds", field, own, labels, outside, _bounds(field),
                                   "correct the cells, or leave them empty"))  # fmt: skip
        broken = own.notna() & (own % 1 != 0) & ~outside
        if (field.type == "integer" or field.unit in WHOLE) and broken.any():
            kind = "fraction of a year" if field.unit == "year" else "fraction of a count"
            problems.append(_cells(kind, field, own, labels, broken,
                                   "whole numbers", _of_counts(field)))  # fmt: skip
        if field.part_of in figures:
            above = own > figures[field.part_of] * (1 + 1e-9)  # rounding in the last digit printed
            if above.any():
                problems.append(_cells("part above its whole", field, own, labels, above,
                                       f"at most {field.part_of}", "one of the two columns is "
                                       "wrong or in another unit: correct it, or say its unit "
                                       f"by units={{{field.part_of!r}: ...}}"))  # fmt: skip
    return problems


def _of_counts(field: Field) -> str:
    noun = units.of_field(field.unit).noun
    if not field.unit:
        return "correct the cells: the column holds 0 and 1"
    if field.unit == "year":
        return "correct the cells, or leave them empty"
    return (
        f"if they are in thousands, say units={{{field.name!r}: 'thousand {noun}'}}; else correct "
        "the cells"
    )


def _bounds(field: Field) -> str:
    if field.minimum is None or field.maximum is None:
        return f"at {'least' if field.maximum is None else 'most'} " + (
            f"{field.minimum if field.maximum is None else field.maximum:g} {field.unit}".strip()
        )
    return f"{field.minimum:g} to {field.maximum:g} {field.unit}".strip()


def _cells(
    problem: str, field: Field, own: pd.Series, labels: pd.Series, bad: pd.Series,
    expected: str, remedy: str,
) -> Problem:  # fmt: skip
    values = sorted(own[bad])
    span = f"{values[0]:g}" if len(values) == 1 else f"{values[0]:g} ... {values[-1]:g}"
    where = f"{field.name}: {places(labels[bad])}"
    return Problem(problem, where, span, expected, remedy)


def _times(values: pd.Series, factor: Fraction) -> pd.Series:
    # one rounding where the factor or its reciprocal is whole, as all of the table are
    return values * factor.numerator if factor.denominator == 1 else values / float(1 / factor)


def _told(factor: Fraction) -> str:
    if factor.denominator == 1:
        return f"times {factor.numerator}"
    return f"divided by {factor.denominator}" if factor.numerator == 1 else f"times {factor}"
