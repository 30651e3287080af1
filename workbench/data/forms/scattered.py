"""Figures of one column that are perhaps in several units: some lie far from all others."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms import units
from workbench.data.forms.figures import FIGURES
from workbench.data.forms.problems import Problem, places

FAR = 1e3
"""How many times beyond the median a figure is told: the next unit of money or people."""

BEYOND = 1e5
"""How many times above the median it is asked about: no region is so large beside the others."""

FEWEST = 3
"""Fewest figures above zero that have a median worth comparing with."""

WHOLE_SHARE = 1.0
"""Below it lie shares, above it per cents, where both stand in one column."""

LEAST_USUAL = 0.5
"""Columns of which the median may be lower hold per cents below one by right."""

GAP = 3.0
"""How many times the least per cent is above the greatest share: figures of one unit run on."""

SPREAD = 2.0
"""How far beyond the per cents shares may come to lie when they are turned into such."""

MIXED = "mixed units"


def scattered(
    figures: pd.DataFrame, fields: tuple[Field, ...], given: Mapping[str, str], labels: pd.Series
) -> list[Problem]:
    """Return the columns in which some figures look as if they were in another unit than the rest.

    Asked about are figures more than 10**5 times the median of those above zero, and, in columns of
    per cents, figures below one that lie apart from the rest and would lie among it as shares.
    Figures more than 10**3 times above or below the median are told. Where the unit was said,
    everything is told and nothing asked.

    Parameters
    ----------
    figures : DataFrame of float, shape (n, k)
        In the units of the form; missing values stand for none.
    fields : tuple of Field
        Of the form.
    given : mapping of str to str
        Units that were told.
    labels : Series of str, shape (n,)
        What a row is called.
    """
    problems = []
    for field in fields:
        if field.name not in figures or field.type not in FIGURES or not field.unit:
            continue
        own = figures[field.name]
        positive = own[own > 0]
        if field.maximum is not None:
            positive = positive[positive <= field.maximum]  # what is above is refused by its bound
        if len(positive) < FEWEST:
            continue
        problems += _far(positive, field, labels, said=field.name in given)
        problems += _shares(positive, field, labels, said=field.name in given)
    return problems


def _far(own: pd.Series, field: Field, labels: pd.Series, *, said: bool) -> list[Problem]:
    """Return the figures that lie orders of magnitude from the median."""
    median = float(own.median())
    far = own[(own >= FAR * median) | (own * FAR <= median)]
    if far.empty:
        return []
    beyond, near = own[own >= BEYOND * median], f"figures around a median of {median:g}"
    if beyond.empty or said:
        remedy = f"look at them once more: are they in {field.unit}?"
        return [_problem("far from the median", far, field, labels, near, remedy, told=True)]
    return [_problem(MIXED, beyond, field, labels, near, _remedy(field))]


def _shares(own: pd.Series, field: Field, labels: pd.Series, *, said: bool) -> list[Problem]:
    """Return the figures below one that are perhaps shares among per cents."""
    hundredths = units.of_field(field.unit) == units.of_field("%")
    if not hundredths or not field.usual or field.usual[0] < LEAST_USUAL:
        return []
    low, high = own[own < WHOLE_SHARE], own[own > WHOLE_SHARE]
    if low.empty or high.empty or high.min() < GAP * low.max():
        return []
    turned = 100 * float(low.median())
    if not high.min() / SPREAD <= turned <= high.max() * SPREAD:
        return []
    expected = f"figures like the others, {high.min():g} to {high.max():g} {field.unit}"
    if said:
        return [_problem(MIXED, low, field, labels, expected,
                         f"read as {field.unit}; look at them once more", told=True)]  # fmt: skip
    return [_problem(MIXED, low, field, labels, expected, _remedy(field))]


def _remedy(field: Field) -> str:
    return (
        f"turn these cells of the file into {field.unit}; if they are in {field.unit} indeed, say "
        f"units={{{field.name!r}: {field.unit!r}}}"
    )


def _problem(
    name: str, own: pd.Series, field: Field, labels: pd.Series, expected: str, remedy: str,
    *, told: bool = False,
) -> Problem:  # fmt: skip
    values = f"{own.min():g}" if own.min() == own.max() else f"{own.min():g} ... {own.max():g}"
    where = f"{field.name}: {places(labels[own.index])}"
    return Problem(name, where, values, expected, remedy, "told" if told else "no")
