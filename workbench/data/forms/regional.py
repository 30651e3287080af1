"""A user's table brought to a scheme of Russian regions, by each column's own rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms.problems import Problem, places
from workbench.data.merging import Rule, merge_regions
from workbench.data.schemes import OUTSIDE_83, parents, scheme_of
from workbench.errors import WorkbenchError
from workbench.typing import RegionScheme

WHOLE = (
    "give the rows of the oblasts the figures of the whole, okrugs included, and leave those of "
    "their parts out by regions={...: None}"
)


def units_of(scheme: str) -> frozenset[str]:
    """Return the ids of a scheme of Russian regions.

    Examples
    --------
    >>> [len(units_of(scheme)) for scheme in ("80", "82", "83", "85")]
    [80, 82, 83, 85]
    """
    every = set(parents().values()) if scheme in ("80", "82") else set(parents())
    return frozenset(every - set(OUTSIDE_83) if scheme in ("80", "83") else every)


def brought(
    table: pd.DataFrame, fields: tuple[Field, ...], scheme: RegionScheme
) -> tuple[pd.DataFrame, list[Problem]]:
    """Bring a table to a scheme: okrugs into their oblasts, each column by its rule.

    Parameters
    ----------
    table : DataFrame
        Indexed by region, or region and year, each once.
    fields : tuple of Field
        Of the form, with their rules.
    scheme : {"80", "82", "83", "85"}
        The scheme to reach.

    Returns
    -------
    DataFrame
        In the scheme, or as it came where that cannot be done.
    list of Problem
        What was merged, left out or lacks for it.
    """
    regions = {str(region) for region in table.index.get_level_values(0)}
    try:
        own = scheme_of(table.index)
    except WorkbenchError as error:
        if table.index.nlevels > 1 and len(table.index.get_level_values(1).unique()) > 1:
            return _by_period(table, fields, scheme)
        return table, [_refused(error)]
    if own in ("80", "82") and scheme in ("83", "85"):
        remedy = f"say scheme={own!r}: the figures of okrugs are inside those of their oblasts"
        return table, [Problem("scheme", "regions", f"{own} units", f"{scheme} units", remedy)]
    if regions <= units_of(scheme):
        return table, []
    found = f"{own} units" if own else places(regions - units_of(scheme))
    beyond = scheme in ("80", "83") and regions & set(OUTSIDE_83)
    outside = f"; {places(beyond)} left out, as the scheme is without them" if beyond else ""
    torn = scheme in ("80", "82") and regions - units_of("82")
    if not torn:
        kept = table[~table.index.get_level_values(0).isin(OUTSIDE_83)]
        told = Problem("scheme", "regions", found, f"{scheme} units", outside[2:], "yes")
        return kept, [told]
    lacking = _without_weights(table, fields)
    if lacking:
        return table, lacking
    try:
        merged, ruleless = _merged(table, fields, scheme)
    except WorkbenchError as error:
        return table, [_refused(error)]
    how = f"okrugs merged into their oblasts: {_rules_told(table, fields)}{outside}"
    problems = [Problem("scheme", "regions", found, f"{scheme} units", how, "yes")]
    if ruleless:
        whole = places({parents()[region] for region in regions if parents()[region] != region})
        problems.append(
            Problem("no rule for merging", places(ruleless), f"{found}, figures that are neither "
                    "totals nor shares", "one figure of the whole oblast", f"left empty in {whole}"
                    f"; to have them, {WHOLE}", "told")
        )  # fmt: skip
    return merged, problems


def _by_period(
    table: pd.DataFrame, fields: tuple[Field, ...], scheme: RegionScheme
) -> tuple[pd.DataFrame, list[Problem]]:
    """Bring each period to the scheme by itself: tables grow from 80 units to 83."""
    pieces: list[pd.DataFrame] = []
    told: dict[Problem, list[object]] = {}
    for period, rows in table.groupby(level=1):
        piece, problems = brought(rows, fields, scheme)
        pieces.append(piece)
        for problem in problems:
            told.setdefault(problem, []).append(period)
    found = [
        replace(problem, where=f"{problem.where}, {places(periods)}")
        for problem, periods in told.items()
    ]
    return pd.concat(pieces).sort_index(), found


def parents_of(regions: pd.Series, scheme: str) -> pd.Series:
    """Return of each region the unit of a scheme that it lies in: of regions that are no keys."""
    if scheme not in ("80", "82"):
        return regions
    return regions.map(lambda region: parents().get(region, region), na_action="ignore")


def missing_regions(table: pd.DataFrame, scheme: RegionScheme) -> list[Problem]:
    """Return the regions of a scheme without a row, and the years in which some have none."""
    regions = table.index.get_level_values(0)
    lacking = units_of(scheme) - set(regions)
    problems = []
    remedy = "nothing to do if they have no figures: results are of the regions that are there"
    if lacking:
        found = f"{regions.nunique()} of {len(units_of(scheme))} regions"
        problems.append(
            Problem("missing regions", places(lacking), found, f"{scheme} units", remedy, "told")
        )
    if table.index.nlevels > 1:
        years = table.index.get_level_values(1)
        whole = pd.MultiIndex.from_product([regions.unique(), years.unique()])
        gaps = whole[~whole.isin(table.index)]
        if len(gaps):
            where = places(f"{region} {year}" for region, year in gaps)
            found = f"{len(gaps)} of {len(whole)} regions and years without a row"
            problems.append(Problem("gaps", where, found, "every region in every year",
                                    "nothing to do if they have no figures: a panel model says "
                                    "whether it needs them", "told"))  # fmt: skip
    return problems


def _refused(error: WorkbenchError) -> Problem:
    where = f"regions: {places(error.offenders)}" if error.offenders else "regions"
    return Problem("scheme", where, error.found, error.expected, error.remedy)


def _without_weights(table: pd.DataFrame, fields: tuple[Field, ...]) -> list[Problem]:
    """Return the shares of which the weight is not in the table."""
    problems = []
    for field in fields:
        if field.name in table and field.merge[:1] == ("mean",) and field.merge[1] not in table:
            weight = field.merge[1]
            problems.append(
                Problem("scheme", field.name, "okrugs apart from their oblasts",
                        f"a column {weight}, the weight of their mean",
                        f"add the column {weight}, or leave {field.name} out by columns="
                        f"{{...: None}}; or {WHOLE}")
            )  # fmt: skip
    return problems


def _merged(
    table: pd.DataFrame, fields: tuple[Field, ...], scheme: RegionScheme
) -> tuple[pd.DataFrame, list[str]]:
    """Return the merged table, and the columns that nothing can be said of."""
    rules = {field.name: field.merge for field in fields if field.name in table.columns}
    ruleless = sorted(name for name, rule in rules.items() if not rule)
    how: dict[Any, Rule] = {}
    for name, rule in rules.items():
        if rule:
            words = {"sum": "sum", "any": "sum", "first": "first"}
            how[name] = words[rule[0]] if len(rule) == 1 else cast("tuple[str, str]", rule)
    summed = merge_regions(table[[*how]] if how else table.assign(one=1.0)[["one"]], scheme,
                           how=how or "sum")  # fmt: skip
    for name, rule in rules.items():
        if rule == ("any",):
            summed[name] = summed[name].where(summed[name].isna(), (summed[name] > 0).astype(float))
    regions = set(table.index.get_level_values(0))
    torn = {parents()[region] for region in regions if parents()[region] != region}
    for name in ruleless:
        own = table[name].reindex(summed.index)
        summed[name] = own.mask(summed.index.get_level_values(0).isin(torn))
    return summed[list(table.columns)], ruleless


def _rules_told(table: pd.DataFrame, fields: tuple[Field, ...]) -> str:
    told: dict[str, list[str]] = {}
    for field in fields:
        if field.name in table.columns and field.merge:
            rule = {"sum": "summed", "any": "1 where any part has it", "first": "the oblast's own"}
            word = rule.get(field.merge[0]) or f"mean weighted by {field.merge[1]}"
            told.setdefault(word, []).append(field.name)
    return "; ".join(f"{', '.join(names)}: {word}" for word, names in told.items())
