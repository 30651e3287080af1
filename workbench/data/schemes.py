"""Schemes of Russian regions: 80, 82, 83 or 85 units, told apart by their ISO codes, and merged.

Arkhangelsk oblast (``RU-ARK``) includes the Nenets okrug (``RU-NEN``), and Tyumen oblast
(``RU-TYU``) the Khanty-Mansi (``RU-KHM``) and Yamalo-Nenets (``RU-YAN``) okrugs. Tables of
official statistics give them either inside (80 units) or apart (83). Crimea (``RU-CR``) and
Sevastopol (``RU-SEV``) may stand beside either: 82 or 85 units.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

import pandas as pd

from workbench.core.expressions import labels
from workbench.core.ids import region_ids
from workbench.data.bundled import bundled_root, verified_files
from workbench.data.descriptor import read_descriptor
from workbench.errors import IdError, InputError, ValuesError, check_option, listing, nearest
from workbench.typing import RegionScheme

Merged = TypeVar("Merged", "pd.DataFrame", "pd.Series[Any]")
Rule = str | tuple[str, str]

PREFIX = "RU-"
OUTSIDE_83 = ("RU-CR", "RU-SEV")
"""Crimea and Sevastopol, for which there are no figures before 2014."""


@cache
def parents() -> Mapping[str, str]:
    """Return, of each of the 85 units, the unit of the 80 (or 82) scheme that it belongs to.

    Examples
    --------
    >>> parents()["RU-KHM"], parents()["RU-TOM"], len(parents())
    ('RU-TYU', 'RU-TOM', 85)
    """
    root = bundled_root()
    files = verified_files(read_descriptor(root / "russia-regions"), root=root)
    table = pd.read_csv(io.BytesIO(files["units"]), usecols=["region", "region80"])
    known = dict(zip(table["region"], table["region80"], strict=True))
    return known | {region: region for region in OUTSIDE_83}


def scheme_of(ids: Iterable[object]) -> RegionScheme | None:
    """Return the scheme of Russian regions that ids are in, where they tell.

    Parameters
    ----------
    ids : iterable
        Region ids, e.g. an index, of a panel too. A part of the country is enough if it has
        Arkhangelsk or Tyumen.

    Returns
    -------
    str or None
        ``"80"``, ``"82"`` (with Crimea or Sevastopol), ``"83"`` or ``"85"``; None where ids are
        not ISO codes of Russian regions, or have neither of the two oblasts.

    Raises
    ------
    IdError
        If okrugs are apart from one oblast and inside the other, only one of Tyumen's two
        stands apart, or the periods of a panel are in different schemes.

    Examples
    --------
    >>> scheme_of(["RU-ARK", "RU-TYU", "RU-TOM"])
    '80'
    >>> scheme_of(["RU-ARK", "RU-NEN"]), scheme_of(["a", "b"])
    ('83', None)
    """
    refuse_mixed(ids)
    present = _names(ids)
    split = _apart(present)
    if not split:
        return None
    beyond = bool(present & set(OUTSIDE_83))
    if any(split.values()):
        return "85" if beyond else "83"
    return "82" if beyond else "80"


def refuse_mixed(ids: Iterable[object], *, argument: str = "data") -> None:
    """Refuse ids of which some follow one scheme of Russian regions and some another.

    Ids that are no ISO codes of Russian regions pass.

    Raises
    ------
    IdError
        As :func:`scheme_of`; and if among codes of Russian regions stands one that is none.

    Examples
    --------
    >>> refuse_mixed(["RU-ARK", "RU-NEN", "RU-TYU", "RU-KHM", "RU-YAN"])
    >>> refuse_mixed(["RU-ARK", "RU-NEN", "RU-TYU"])
    Traceback (most recent call last):
        ...
    workbench.errors.IdError: data: expected regions of one scheme; got RU-NEN apart from RU-ARK...
    """
    present = _names(ids)
    russian = {region for region in present if region.startswith(PREFIX)}
    if not russian:
        return
    _refuse_unknown(russian, argument)
    if isinstance(ids, pd.MultiIndex):
        _refuse_changing(ids, argument)
    split = _apart(present)
    apart = sorted(parent for parent, is_apart in split.items() if is_apart)
    inside = sorted(parent for parent, is_apart in split.items() if not is_apart)
    halves = [parent for parent in apart if _parts(parent) - present]
    if not halves and not (apart and inside):
        return
    found = [f"{_listed(_parts(parent) & present)} apart from {parent}" for parent in apart]
    found += [f"{_listed(_parts(parent) - present)} not beside it" for parent in halves]
    found += [f"{parent} without {_listed(_parts(parent))}" for parent in inside]
    raise IdError(
        argument,
        expected="regions of one scheme",
        found=", ".join(found),
        offenders=sorted({part for parent in split for part in _parts(parent)} & present),
        why="an okrug that is counted apart in one place and inside its oblast in another is "
        "counted twice, or not at all",
        remedy="add the okrugs that are missing, or those that are there to their oblasts; "
        'wb.load("russia-regions", part="regions83") lists all',
    )


def scheme_difference(ours: Iterable[object], theirs: Iterable[object]) -> str:
    """Return a sentence on the schemes of two tables where these differ, or an empty string.

    Examples
    --------
    >>> scheme_difference(["RU-TYU"], ["RU-TYU", "RU-KHM", "RU-YAN"])
    'the one is in the scheme of 80 units, the other in that of 83'
    """
    try:
        first, second = scheme_of(ours), scheme_of(theirs)
    except IdError:
        return ""
    if first is None or second is None or first == second:
        return ""
    return f"the one is in the scheme of {first} units, the other in that of {second}"


def scheme_remedy(ours: Iterable[object], theirs: Iterable[object], *, table: str) -> str:
    """Return the call that brings two tables to one scheme, or an empty string.

    Parameters
    ----------
    ours, theirs : iterable
        Region ids of the two tables.
    table : str
        What the call is of where `theirs` have more units.

    Examples
    --------
    >>> scheme_remedy(["RU-TYU"], ["RU-TYU", "RU-KHM", "RU-YAN"], table="jobs")
    'wb.data.merge_regions(jobs, "80", how="sum") where figures are totals'
    """
    if not scheme_difference(ours, theirs):
        return ""
    first, second = scheme_of(ours), scheme_of(theirs)
    order = ("80", "82", "83", "85")
    goal = "80" if {first, second} == {"82", "83"} else min(first, second, key=order.index)
    more = [name for name, own in ((table, second), ("the other table", first)) if own != goal]
    calls = [f'wb.data.merge_regions({name}, "{goal}", how="sum")' for name in more]
    return " and ".join(calls) + " where figures are totals"


def merge_regions(
    table: Merged, scheme: RegionScheme = "80", *, how: Rule | Mapping[Any, Rule]
) -> Merged:
    """Bring a table to a scheme with fewer units: okrugs into their oblasts, or 85 to 83 units.

    Parameters
    ----------
    table : DataFrame or Series
        Indexed by ISO code of the region, or by (region, period). Not changed.
    scheme : {"80", "82", "83", "85"}
        The scheme to reach. Going to 80 or 83 leaves Crimea and Sevastopol out.
    how : str, (str, str) or mapping of column to these
        What becomes of the parts: ``"sum"`` of counts and totals; ``("mean", "population")``, the
        mean weighted by a column, of shares and rates; ``"first"``, the oblast's own, of names.
        One rule for all columns, or one for each.

    Returns
    -------
    DataFrame or Series
        Of the same kind, in sorted order. A part that is missing makes the whole missing.

    Raises
    ------
    IdError
        If a region is unknown or occurs twice, schemes are mixed, or `scheme` has more units than
        the table: the parts of a sum are not in it.
    InputError, ValuesError
        If a column has no rule, or is not numeric where it is to be added up; if weights are
        negative, or none in a unit.

    Examples
    --------
    >>> people = pd.Series({"RU-ARK": 1100.0, "RU-NEN": 44.0, "RU-TOM": 1070.0})
    >>> merge_regions(people, "80", how="sum").to_dict()
    {'RU-ARK': 1144.0, 'RU-TOM': 1070.0}
    """
    check_option("scheme", scheme, RegionScheme)
    frame = table.to_frame("value") if isinstance(table, pd.Series) else table
    if not isinstance(frame, pd.DataFrame) or hasattr(frame, "geometry"):
        raise InputError(
            "table",
            expected="a DataFrame or Series of figures",
            found=type(table).__name__,
            remedy=f'polygons are ready: wb.load("russia-regions", part="regions{scheme}")',
        )
    regions = frame.index.get_level_values(0)
    _refuse_refinement(frame.index, scheme)
    if scheme in ("80", "82"):
        rows = pd.Series(regions, index=frame.index)
        periods = frame.index.get_level_values(1) if frame.index.nlevels > 1 else None
        for period, present in [("", rows)] if periods is None else rows.groupby(periods):
            _refuse_whole_without_parts(present, f" in {period}" if periods is not None else "")
    kept = frame if scheme in ("82", "85") else frame[~regions.isin(OUTSIDE_83)]
    rules = _rules(kept, how)
    keys = kept.index.get_level_values(0).astype(str)
    own = keys if scheme in ("83", "85") else keys.map(lambda region: parents()[region])
    merged = pd.DataFrame({name: _merge(kept, name, rule, own) for name, rule in rules.items()})
    merged.index = merged.index.set_names(frame.index.names)
    if isinstance(table, pd.DataFrame):
        return merged
    one: pd.Series[Any] = merged["value"]
    one.name = table.name
    return one


def _merge(frame: pd.DataFrame, name: Any, rule: Rule, own: pd.Index) -> pd.Series[Any]:
    """Return one column of the merged table: a row a region, or a row a region and period."""
    keys: list[Any] = [
        own,
        *(frame.index.get_level_values(k) for k in range(1, frame.index.nlevels)),
    ]
    column: pd.Series[Any] = frame[name]
    if rule == "first":
        # the oblast's own row, or the only one
        main = own == frame.index.get_level_values(0).astype(str)
        return column[main].groupby([key[main] for key in keys]).first()
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise ValuesError(
            str(name),
            expected=f"numbers, to take the {rule if isinstance(rule, str) else rule[0]} of",
            found=f"values of type {column.dtype}",
            remedy=f'how={{{name!r}: "first"}} keeps the oblast\'s own',
        )
    if rule == "sum":
        return column.groupby(keys).sum(skipna=False)
    weight: pd.Series[Any] = frame[rule[1]]
    total = weight.groupby(keys).transform(lambda held: held.sum(skipna=False))
    if (total == 0).any():
        raise ValuesError(
            str(rule[1]),
            expected="some weight in every unit that is merged",
            found="none",
            offenders=labels(frame.index[total == 0]),
            why=f"the mean of {name} has no value there",
            remedy="leave those rows out",
        )
    # shares first, so that a unit without parts keeps its figure to the last bit
    share = weight / total
    return (column * share).groupby(keys).sum(skipna=False)


def _rules(frame: pd.DataFrame, how: Rule | Mapping[Any, Rule]) -> dict[Any, Rule]:
    given = how if isinstance(how, Mapping) else dict.fromkeys(frame.columns, how)
    lacking = [name for name in frame.columns if name not in given]
    beyond = [name for name in given if name not in frame.columns]
    if lacking or beyond:
        raise InputError(
            "how",
            expected="a rule for every column of the table",
            found=f"{len(lacking)} columns without one, {len(beyond)} rules for no column",
            offenders=[*lacking, *beyond],
            remedy=f'how={{{(lacking or beyond)[0]!r}: "sum", ...}}',
        )
    for name, rule in given.items():
        pair = isinstance(rule, tuple) and len(rule) == 2 and rule[0] == "mean"
        if not (rule in ("sum", "first") or (pair and rule[1] in frame.columns)):
            raise InputError(
                f"how[{name!r}]",
                expected='"sum", "first" or ("mean", a column of weights)',
                found=repr(rule),
                remedy='("mean", "population") for a rate per head' if rule == "mean" else "",
            )
        if pair:
            _refuse_weights(frame, rule[1])
    return {name: given[name] for name in frame.columns}


def _refuse_weights(frame: pd.DataFrame, name: Any) -> None:
    """Refuse weights that are no numbers of at least 0."""
    weights = frame[name]
    numeric = pd.api.types.is_numeric_dtype(weights.dtype)
    bad = weights.index[(weights < 0) | (weights == float("inf"))] if numeric else weights.index
    if len(bad):
        raise ValuesError(
            str(name),
            expected="weights of at least 0",
            found=f"{len(bad)} negative or infinite" if numeric else f"type {weights.dtype}",
            offenders=labels(bad),
            why="a mean is weighted by numbers of people, firms, hectares",
        )


def _refuse_refinement(index: pd.Index, scheme: RegionScheme) -> None:
    refuse_mixed(index, argument="table")
    regions = index.get_level_values(0).unique()
    region_ids(regions if index.nlevels > 1 else index, argument="table")
    repeated = index[index.duplicated()].unique()
    if len(repeated):
        raise IdError(
            "table",
            expected="each (region, period) once",
            found=f"{len(repeated)} that occur more than once",
            offenders=labels(repeated),
            why="a sum would count them twice",
            remedy="drop the repeated rows",
        )
    unknown = sorted({str(region) for region in regions} - set(parents()))
    if unknown:
        raise IdError(
            "table",
            expected="ISO codes of Russian regions",
            found=f"{len(unknown)} other ids",
            offenders=unknown,
            remedy='wb.load("russia-regions") has the codes beside the names',
        )
    own = scheme_of(regions)
    if own in ("80", "82") and scheme in ("83", "85"):
        raise IdError(
            "scheme",
            expected=f"at most the {own} units of the table",
            found=repr(scheme),
            why="the figures of the okrugs are inside those of their oblasts and cannot be told",
            remedy='merge the other table instead: merge_regions(other, "80", how=...)',
        )


def _refuse_whole_without_parts(regions: Iterable[object], periods: str = "") -> None:
    """Refuse to add up an oblast of which a part has no row."""
    present = _names(regions)
    torn = {own for region, own in parents().items() if region != own and region in present}
    lacking = sorted(
        region for region, own in parents().items() if own in torn and region not in present
    )
    if lacking:
        raise IdError(
            "table",
            expected="every part of a unit that is to be merged",
            found=f"{len(lacking)} parts without a row{periods}",
            offenders=lacking,
            why="a sum without them would pass for the whole",
            remedy="add their rows, or drop those of the parts that are there",
        )


def _refuse_changing(ids: pd.MultiIndex, argument: str) -> None:
    """Refuse a panel of which some periods are in one scheme and some in another."""
    held: dict[str, list[object]] = {}
    rows = pd.Series(ids.get_level_values(0))
    for period, regions in rows.groupby(ids.get_level_values(1)):
        scheme = scheme_of(regions)
        if scheme is not None:
            held.setdefault(scheme, []).append(period)
    # Crimea and Sevastopol may join: the other units stay what they were
    if len({scheme in ("80", "82") for scheme in held}) > 1:
        raise IdError(
            argument,
            expected="one scheme of regions in all periods",
            found=", ".join(
                f"{scheme} units in {listing(held[scheme])}" for scheme in sorted(held)
            ),
            why="an oblast would lose its okrugs between two periods, which looks like decline",
            remedy="merge the periods of more units before they are put beside the others: "
            "wb.data.merge_regions(panel.xs("
            f'{held[max(held)][0]!r}, level=1), "{min(held)}", how="sum")',
        )


def _names(ids: Iterable[object]) -> set[str]:
    """Return the regions as text; of a panel's index its first level."""
    values = ids.get_level_values(0).unique() if isinstance(ids, pd.MultiIndex) else ids
    return {str(region) for region in values}


def _refuse_unknown(russian: set[str], argument: str) -> None:
    unknown = sorted(russian - set(parents()))
    if unknown:
        raise IdError(
            argument,
            expected="ISO 3166-2 codes of Russian regions, as in RU-TOM",
            found=f"{len(unknown)} codes that no region has",
            offenders=unknown,
            remedy=nearest(unknown[0], parents()) or 'wb.load("russia-regions") lists them',
        )


def _apart(present: set[str]) -> dict[str, bool]:
    """Return, of each oblast with okrugs that is present, whether some okrug stands beside it."""
    oblasts = {parent for region, parent in parents().items() if region != parent} & present
    return {parent: bool(_parts(parent) & present) for parent in sorted(oblasts)}


def _parts(parent: str) -> set[str]:
    return {region for region, own in parents().items() if own == parent != region}


def _listed(regions: set[str]) -> str:
    return " and ".join(sorted(regions))
