"""What no count may be made of: rows out of place, impossible years, members that do not add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import GeometryError, IdError, ValuesError, unknown_name

MEMBERS = ("members_companies", "members_universities", "members_research", "members_other")
"""Columns of members by kind."""
TOTAL = "members_total"
INVESTMENT, INVESTMENT_KIND = "investment_mln_rub", "investment_kind"
EARLIEST, LATEST = 1800, 2100
METRES = 1000.0


def require_columns(table: pd.DataFrame, names: Sequence[str], *, argument: str) -> None:
    """Refuse names that the table does not have, each with the nearest that it has."""
    for name in names:
        if name not in table.columns:
            raise unknown_name(argument, name, [str(column) for column in table.columns])


def require_words(table: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse rows without a word in columns that they are counted by."""
    for name in names:
        empty = table[name].isna() | (table[name].astype(str).str.strip() == "")
        if empty.any():
            raise ValuesError(
                name,
                expected="a word in every row",
                found=f"{int(empty.sum())} empty",
                offenders=table.index[empty],
                why="counts by it would leave those rows out without saying so",
                remedy='fill them, e.g. with "not known", or count by other columns, by=[...]',
            )


def require_years(table: pd.DataFrame, year: str) -> pd.Series[Any]:
    """Return years as numbers, missing where not known, or refuse what is no year."""
    numbers = _numbers(table[year])
    bad = numbers.notna() & ((numbers % 1 != 0) | (numbers < EARLIEST) | (numbers > LATEST))
    if bad.any():
        raise ValuesError(
            year,
            expected=f"whole years from {EARLIEST} to {LATEST}, or nothing",
            found=f"{int(bad.sum())} others, e.g. {numbers[bad].iloc[0]:g}",
            offenders=table.index[bad],
            remedy="correct them at their source, or leave them blank",
        )
    return numbers


def require_members(table: pd.DataFrame) -> None:
    """Refuse members that are no whole numbers, or totals that their parts contradict."""
    kinds = [name for name in MEMBERS if name in table.columns]
    for name in [*kinds, *([TOTAL] if TOTAL in table.columns else [])]:
        numbers = _numbers(table[name])
        bad = numbers.notna() & ((numbers < 0) | (numbers % 1 != 0))
        if bad.any():
            raise ValuesError(
                name,
                expected="whole numbers of members, 0 or more, blank where not known",
                found=f"{int(bad.sum())} others, e.g. {numbers[bad].iloc[0]:g}",
                offenders=table.index[bad],
                remedy="correct those rows",
            )
    if TOTAL not in table.columns or not kinds:
        return
    parts, total = table[kinds].astype(float), table[TOTAL].astype(float)
    sums = parts.sum(axis=1)
    whole = parts.notna().all(axis=1) & (len(kinds) == len(MEMBERS))
    wrong = total.notna() & ((sums > total) | (whole & (sums != total)))
    if wrong.any():
        first = table.index[wrong][0]
        raise ValuesError(
            TOTAL,
            expected="a total that the members by kind add up to, or leave room in",
            found=f"{int(wrong.sum())} that they contradict, e.g. {first}: {total[first]:g}, parts "
            f"{sums[first]:g}",
            offenders=table.index[wrong],
            remedy="correct the parts or the total; leave kinds blank that are not known",
        )


def require_investment(table: pd.DataFrame) -> None:
    """Refuse sums of money of which it is not said what they are."""
    if INVESTMENT not in table.columns:
        return
    require_columns(table, [INVESTMENT_KIND], argument="table")
    sums = _numbers(table[INVESTMENT])
    bad = sums.notna() & ((sums < 0) | np.isinf(sums))
    if bad.any():
        raise ValuesError(
            INVESTMENT, expected="finite sums of 0 or more", found=f"{int(bad.sum())} others",
            offenders=table.index[bad], remedy="correct those rows",
        )  # fmt: skip
    unsaid = sums.notna() & table[INVESTMENT_KIND].isna()
    if unsaid.any():
        raise ValuesError(
            INVESTMENT_KIND,
            expected="a word on every sum of money",
            found=f"{int(unsaid.sum())} sums without",
            offenders=table.index[unsaid],
            why="a plan, a ceiling of a grant and money spent must not be added up",
            remedy='say what it is, e.g. "planned", "federal subsidy 2014"',
        )


def require_distinct(table: pd.DataFrame, identity: Sequence[str]) -> None:
    """Refuse rows that name the same thing at the same place."""
    names = list(identity)
    if not names or not set(names) <= set(table.columns):
        return
    told = table[names].dropna()
    key = told.astype(str).apply(lambda column: column.str.casefold().str.split().str.join(" "))
    twice = key.duplicated(keep=False)
    if twice.any():
        raise ValuesError(
            " and ".join(names),
            expected="each cluster in one row",
            found=f"{int(twice.sum())} rows of the same {' and '.join(names)}",
            offenders=told.index[twice],
            why="one cluster would be counted twice",
            remedy="leave one of them, or give the rows names that tell them apart",
        )


def require_places(
    points: Any, region: pd.Series[Any], regions: Any, *, tolerance: float
) -> pd.Series[Any]:
    """Return how far each point lies outside its region, km, or refuse those beyond `tolerance`."""
    if regions.crs is None or not regions.crs.is_projected:
        raise GeometryError(
            "regions",
            expected="polygons in a projection, in which kilometres can be measured",
            found="no CRS" if regions.crs is None else "longitude and latitude",
            remedy='wb.load("russia-regions"), or regions.to_crs(regions.estimate_utm_crs())',
        )
    unit = regions.crs.axis_info[0].unit_conversion_factor
    moved = points.to_crs(regions.crs)
    nowhere = ~np.isfinite(np.column_stack([moved.x, moved.y])).all(axis=1)
    if nowhere.any():
        raise GeometryError(
            "table",
            expected="longitude from -180 to 180 and latitude from -90 to 90",
            found=f"{int(nowhere.sum())} points that are nowhere on the map",
            offenders=moved.index[nowhere],
            remedy="put longitude first: geopandas.points_from_xy(table.lon, table.lat)",
        )
    own = regions.loc[region.to_numpy()]
    apart: pd.Series[Any] = moved.distance(own.set_axis(moved.index)) * unit / METRES
    outside = apart > tolerance
    if outside.any():
        where = [f"{row} ({apart[row]:.0f} km from {region[row]}{_found(moved[row], regions)})"
                 for row in apart.index[outside]]  # fmt: skip
        raise ValuesError(
            "geometry",
            expected=f"points inside the region that their row states, or within {tolerance:g} km",
            found=f"{int(outside.sum())} farther away",
            offenders=where,
            why="either the place or the region is wrong, and both are counted",
            remedy="correct the coordinates (longitude first) or the region; tolerance=... in km "
            "allows for simplified borders",
        )
    return apart


def _found(point: Any, regions: Any) -> str:
    there = regions.index[regions.contains(point)]
    return f", in {there[0]}" if len(there) else ", in no region"


def require_known_regions(region: pd.Series[Any], regions: Any) -> None:
    """Refuse regions that have no polygon."""
    unknown = ~region.isin(regions.index)
    if unknown.any():
        raise IdError(
            str(region.name),
            expected=f"regions of the {len(regions)} that are given",
            found=f"{int(unknown.sum())} rows with others",
            offenders=[f"{row} ({region[row]})" for row in region.index[unknown]],
            remedy='of Russia wb.load("russia-regions", part="regions83") has the okrugs apart; '
            "rows of other regions are left out by table[table[...].isin(regions.index)]",
        )


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    numbers = pd.to_numeric(column, errors="coerce")
    odd = numbers.isna() & column.notna()
    if odd.any():
        raise ValuesError(
            str(column.name),
            expected="numbers, or nothing",
            found=f"{int(odd.sum())} texts, e.g. {column[odd].iloc[0]!r}",
            offenders=column.index[odd],
            remedy=f'pandas.to_numeric(table["{column.name}"]) once they are corrected',
        )
    return numbers.astype(float)
