"""A student's table with a column a year, laid out with a row a region and year."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from workbench.data.forms.spelt import with_year

YEAR = "year"
"""Heading of the column of years that is made."""

_NUMBER = re.compile(r"^(?:таблица|табл\.|table)\s*[\w.\-]*[.:]?\s*$", re.IGNORECASE)
_UNIT = re.compile(r"^\((.+)\)$")


def title_of(above: Sequence[str]) -> str:
    """Return the title among the lines above a table, with the unit if one stands below it.

    Parameters
    ----------
    above : sequence of str
        Lines without the figures, from the top.

    Returns
    -------
    str
        Empty where no line is a title; the number of a table is none.

    Examples
    --------
    >>> title_of(["Таблица 1.", "Инвестиции в основной капитал", "(млн рублей)"])
    'Инвестиции в основной капитал, млн рублей'
    >>> title_of([])
    ''
    """
    lines = [" ".join(line.split()) for line in above]
    lines = [line for line in lines if line and not _NUMBER.match(line)]
    if not lines or _UNIT.match(lines[0]):
        return ""
    unit = _UNIT.match(lines[1]) if len(lines) > 1 else None
    return f"{lines[0]}, {unit[1].strip()}" if unit else lines[0]


def laid_out(
    frame: pd.DataFrame, region: str, *, bare: Sequence[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Return a table with a row a region and year, if its headings hold years; and what was done.

    Parameters
    ----------
    frame : DataFrame, shape (n, k)
        Cells as in the file, a row a region.
    region : str
        Column of regions.
    bare : sequence of str
        What the figures under headings that are years alone may be called: the first that no other
        figure is called.

    Returns
    -------
    DataFrame
        As it came where no figure has two years; else with a column ``year`` and n rows a year.
        Columns without a year have the same cell in every year; a figure that is not there in a
        year has an empty one.
    list of str
        Sentences, or none.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["A", "B"], "GRP 2019": [1, 2], "GRP 2020": [3, 4]})
    >>> laid_out(table, "id", bare=["figures"])[0]
      id  year  GRP
    0  A  2019    1
    1  B  2019    2
    2  A  2020    3
    3  B  2020    4
    """
    told = {str(name): with_year(str(name)) for name in frame.columns if name != region}
    years: dict[str, dict[int, str]] = {}
    taken = {stem.strip(" ,_(") for stem, _ in told.values()}
    own = next((name for name in bare if name not in taken), bare[-1])
    for name, (stem, year) in told.items():
        if year is not None:
            years.setdefault(stem.strip(" ,_(") or own, {})[year] = name
    years = {stem: named for stem, named in years.items() if len(named) > 1}
    if not years or YEAR in frame.columns:
        return frame, []
    dated = {name for named in years.values() for name in named.values()}
    plain = frame[[name for name in frame.columns if str(name) not in dated]]
    every = sorted({year for named in years.values() for year in named})
    pieces = [
        plain.assign(
            **{YEAR: str(year)},
            **{stem: frame[named[year]] if year in named else "" for stem, named in years.items()},
        )
        for year in every
    ]
    same = [str(name) for name in plain.columns if name != region]
    notes = [f"Years stood in headings ({every[0]} to {every[-1]}): now a row a region and year."]
    notes += [f"Figures under years alone are called {own!r}."] if own in years else []
    notes += [f"The same in every year: {', '.join(same)}."] if same else []
    return pd.concat(pieces, ignore_index=True), notes
