"""Adapter: tables of US metropolitan areas as the repository metro-datasets keeps them.

The sources count in their own ways: areas delineated in 2009 and in 2013, millions and thousands
of dollars, years in columns, institutions once a county. Here they become one table an area and
one an area and year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd

from workbench.data.canonical import DIGITS
from workbench.data.descriptor import Resource
from workbench.errors import DataIntegrityError

RENUMBERED: Mapping[str, str] = MappingProxyType(
    {
        "14060": "14010",  # Bloomington, Illinois: a second county since, De Witt
        "31100": "31080",  # Los Angeles: renamed, same counties
        "42060": "42200",  # Santa Barbara: renamed, same county
    }
)
"""Codes of areas whose number changed between the delineations of 2009, by which patents are
counted, and of 2013, which everything else uses."""

SEATS: Mapping[str, tuple[str, str]] = MappingProxyType({"3657": ("12420", "26420")})
"""Institutions that the source puts into an area where they are not, and where they are: M. D.
Anderson Cancer Center is in Houston, which the source says, with a postal code of Austin."""

YEARS = tuple(str(year) for year in range(2011, 2016))
"""Years over which the patents of the cross-section are averaged."""

THOUSANDS = 1000.0
"""What turns thousands of dollars into millions."""


def laid_out(tables: Mapping[str, pd.DataFrame], resource: Resource) -> pd.DataFrame:
    """Return the table of areas, or of areas and years.

    Parameters
    ----------
    tables : mapping of str to DataFrame of str
        The canonical tables by name: ``business`` (a row an area), ``universities`` (an
        institution, repeated for each county that its postal code touches), ``university_sums``
        (an area), ``patents`` (an area, a column a year), ``jobs`` (an area, micropolitan ones
        left out) and ``points`` (an area).
    resource : Resource
        Descriptor of the table to lay out, by its name: ``metros`` or ``panel``.

    Returns
    -------
    DataFrame of str
        Columns named by the descriptor's fields. R&D of universities is in millions of dollars,
        each institution counted once an area; areas without one have 0. An area that
        ``university_sums`` or ``jobs`` does not have has an empty cell there.

    Raises
    ------
    DataIntegrityError
        If the tables are not of the same areas.
    """
    cells = BUILDERS[resource.name](tables, resource)
    return cells[[field.name for field in resource.fields]]


def _metros(tables: Mapping[str, pd.DataFrame], resource: Resource) -> pd.DataFrame:
    business = tables["business"].set_index("cbsa_code")
    patents = _patents(tables["patents"])
    points = tables["points"].set_index("CBSAFP")
    for name, other in (("patents", patents.index), ("points", points.index)):
        _check_areas(business.index, other, f"{resource.name}, table {name!r}")
    spent, count = _universities(tables["universities"])
    sums = tables["university_sums"].set_index("cbsa_code")["rd_total"].astype(float) / THOUSANDS
    jobs = tables["jobs"].set_index("AREA")["emp2010"]
    areas = business.index
    mean = patents.loc[areas, list(YEARS)].astype(float).mean(axis=1)
    found = pd.DataFrame(
        {
            "region": areas,
            "name": business["cbsa_name"],
            "patents": _text(mean),
            "business_rd": business["total"],
            "business_rd_own": business["total_paidbycompany"],
            "business_rd_others": business["total_paidbyothers"],
            "university_rd": _text(spent.reindex(areas, fill_value=0.0)),
            "institutions": count.reindex(areas, fill_value=0).astype(str),
            "university_rd_sum": _text(sums.reindex(areas)),
            "jobs": jobs.reindex(areas, fill_value=""),
            "longitude": points.loc[areas, "INTPTLON"],
            "latitude": points.loc[areas, "INTPTLAT"],
        }
    )
    return found.reset_index(drop=True)


def _panel(tables: Mapping[str, pd.DataFrame], _: Resource) -> pd.DataFrame:
    wide = _patents(tables["patents"]).rename_axis("region").reset_index()
    return wide.melt(id_vars="region", var_name="year", value_name="patents")


def _patents(table: pd.DataFrame) -> pd.DataFrame:
    # the first of six digits tells metropolitan from micropolitan areas
    codes = table["ID Code"].str[1:].replace(dict(RENUMBERED))
    return table.drop(columns="ID Code").set_index(codes)


def _universities(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the R&D of universities in millions, and how many there are, by area."""
    areas = [
        SEATS[who][1] if who in SEATS and where == SEATS[who][0] else where
        for who, where in zip(table["RDINST"], table["cbsacode"], strict=True)
    ]
    once = table.assign(area=areas).drop_duplicates(["RDINST", "area"])
    spent = once[SPENT].astype(float).div(THOUSANDS).groupby(once["area"])
    return spent.sum(), spent.size()


SPENT = "Total.R.D.Expenditures.in.All.Fields.Sum."
"""Column of the expenditure of an institution on R&D, thousands of current dollars."""

BUILDERS: Mapping[str, Callable[[Mapping[str, pd.DataFrame], Resource], pd.DataFrame]] = (
    MappingProxyType({"metros": _metros, "panel": _panel})
)
"""What lays out each table, by its name."""


def _check_areas(expected: pd.Index, found: pd.Index, label: str) -> None:
    odd = expected.symmetric_difference(found)
    if len(odd) or not found.is_unique:
        raise DataIntegrityError(
            label,
            expected="the areas of the table of business R&D, each once",
            found=f"{len(odd)} areas that only one of them has, or repeated ones",
            offenders=odd,
        )


def _text(numbers: pd.Series) -> pd.Series:
    return numbers.map(lambda number: "" if pd.isna(number) else format(number, f".{DIGITS}g"))
