"""A student's table with a column a year, laid out with a row a region and year."""

from __future__ import annotations

import pandas as pd

from workbench.data.forms.spelt import with_year

YEAR = "year"
"""Heading of the column of years that is made."""


def laid_out(frame: pd.DataFrame, region: str, *, bare: str) -> tuple[pd.DataFrame, list[str]]:
    """Return a table with a row a region and year, if its headings hold years; and what was done.

    Parameters
    ----------
    frame : DataFrame, shape (n, k)
        Cells as in the file, a row a region.
    region : str
        Column of regions.
    bare : str
        What the figures under headings that are years alone are of.

    Returns
    -------
    DataFrame
        As it came where no figure has two years; else with a column ``year`` and n rows a year.
        Columns without a year have the same cell in every year; a figure that is not there in a
        year has an empty one.
    list of str
        A sentence, or none.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["A", "B"], "GRP 2019": [1, 2], "GRP 2020": [3, 4]})
    >>> laid_out(table, "id", bare="figures")[0]
      id  year  GRP
    0  A  2019    1
    1  B  2019    2
    2  A  2020    3
    3  B  2020    4
    """
    told = {str(name): with_year(str(name)) for name in frame.columns if name != region}
    years: dict[str, dict[int, str]] = {}
    for name, (stem, year) in told.items():
        if year is not None:
            years.setdefault(stem.strip(" ,_(") or bare, {})[year] = name
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
    note = f"Years stood in headings ({every[0]} to {every[-1]}): now a row a region and year."
    if same:
        note += f" The same in every year: {', '.join(same)}."
    return pd.concat(pieces, ignore_index=True), [note]
