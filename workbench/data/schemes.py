"""Schemes of Russian regions: 80, 82, 83 or 85 units, told apart by their ISO codes.

Arkhangelsk oblast (``RU-ARK``) includes the Nenets okrug (``RU-NEN``), and Tyumen oblast
(``RU-TYU``) the Khanty-Mansi (``RU-KHM``) and Yamalo-Nenets (``RU-YAN``) okrugs. Tables of
official statistics give them either inside (80 units) or apart (83). Crimea (``RU-CR``) and
Sevastopol (``RU-SEV``) may stand beside either: 82 or 85 units.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from functools import cache

import pandas as pd

from workbench.data.bundled import bundled_root, verified_files
from workbench.data.descriptor import read_descriptor
from workbench.errors import IdError, listing, nearest
from workbench.typing import RegionScheme

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
    present = names_of(ids)
    split = _apart(present)
    if not split:
        return None
    beyond = bool(present & set(OUTSIDE_83))
    if any(split.values()):
        return "85" if beyond else "83"
    return "82" if beyond else "80"


def refuse_mixed(
    ids: Iterable[object],
    *,
    argument: str = "data",
    of_period: str = "panel.xs({period}, level=1)",
) -> None:
    """Refuse ids of which some follow one scheme of Russian regions and some another.

    Ids that are no ISO codes of Russian regions pass.

    Parameters
    ----------
    ids : iterable
        Region ids, e.g. an index, of a panel too.
    argument : str
        Name of the caller's argument.
    of_period : str
        How the caller takes the table of one ``{period}`` out of a panel, for messages.

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
    present = names_of(ids)
    russian = {region for region in present if region.startswith(PREFIX)}
    if not russian:
        return
    _refuse_unknown(russian, argument)
    if isinstance(ids, pd.MultiIndex):
        _refuse_changing(ids, argument, of_period)
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


def scheme_remedy(
    ours: Iterable[object],
    theirs: Iterable[object],
    *,
    table: str | tuple[str, ...],
    other: str | tuple[str, ...] = "",
    totals: bool = True,
) -> str:
    """Return the call that brings two tables to one scheme, or an empty string.

    Parameters
    ----------
    ours, theirs : iterable
        Region ids of the two tables.
    table, other : str or tuple of str
        Expressions of what is merged where `theirs`, or `ours`, have more units: arguments of the
        caller. Without `other`, what `ours` come from cannot be merged, as a map cannot.
    totals : bool
        Whether figures may be added up; types and scores are made of merged figures instead.

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
    if not totals:
        return (
            f"make both from figures of {goal} units; of totals "
            f'wb.data.merge_regions(figures, "{goal}", how="sum") gives them'
        )
    more = [own for own, held in ((table, second), (other, first)) if held != goal]
    names = [name for each in more for name in ([each] if isinstance(each, str) else each) if name]
    calls = [f'wb.data.merge_regions({name}, "{goal}", how="sum")' for name in names]
    told = [" and ".join(calls) + " where figures are totals"] if calls else []
    return "; ".join([*told, *([f"take the other in {goal} units"] if "" in more else [])])


def _refuse_changing(ids: pd.MultiIndex, argument: str, of_period: str) -> None:
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
            f"wb.data.merge_regions({of_period.format(period=repr(held[max(held)][0]))}, "
            f'"{min(held)}", how="sum")',
        )


def names_of(ids: Iterable[object]) -> set[str]:
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
            remedy=nearest(unknown[0], parents(), alike=0.8)
            or 'wb.load("russia-regions") lists them',
        )


def _apart(present: set[str]) -> dict[str, bool]:
    """Return, of each oblast with okrugs that is present, whether some okrug stands beside it."""
    oblasts = {parent for region, parent in parents().items() if region != parent} & present
    return {parent: bool(_parts(parent) & present) for parent in sorted(oblasts)}


def _parts(parent: str) -> set[str]:
    return {region for region, own in parents().items() if own == parent != region}


def _listed(regions: set[str]) -> str:
    return " and ".join(sorted(regions))
