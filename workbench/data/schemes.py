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
    present = names_of(ids)
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
