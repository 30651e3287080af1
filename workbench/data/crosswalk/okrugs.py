"""Oblasts with okrugs: which figure an oblast's name stands for, told by what stands beside it.

Rosstat's tables give Arkhangelsk oblast with the Nenets okrug, then "of which" the okrug, then the
oblast without it; Tyumen oblast likewise with two okrugs. Older tables leave out the third row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from workbench.data.schemes import parents
from workbench.typing import RegionScheme

APART = re.compile(
    r"[\s(,]*(?:без учета|без|кроме|за исключением|исключая"
    r"|\bwithout|\bexcluding|\bexcl|\bexcept|\bnet of)\b",
    re.I,
)
TOGETHER = re.compile(
    r"[\s(,](?:и|and|с учетом|включая|вместе с|с|со|including|incl|with)\b"
    r"(?=.*(?:автоном|округ|окр\b|\bао\b|хмао|янао|нао|okrug|autonom))",
    re.I,
)
OF_WHICH = re.compile(
    r"^\s*(?:в том числе|в т\.?\s?ч\.?|из н[её]го|из них|of which)(?!\w)[:\s,]*", re.I
)
OBLAST_FIRST = re.compile(r"\s*(?:архангельск|тюменск|arkhangelsk|tyumen)", re.I)
SOUTH = "юг тюменской области"
OBLASTS = ("RU-ARK", "RU-TYU")


@dataclass(frozen=True, slots=True)
class Found:
    """What one name was found to be.

    Attributes
    ----------
    name : str
        As in the list.
    kind, ids, how : str, tuple, str
        As :class:`~workbench.data.crosswalk.lookup.Meaning` has them.
    form : str
        Of an oblast with okrugs: ``"with"``, ``"without"`` or ``"bare"``; of an okrug ``"part"``
        where its name says "of which".
    """

    name: str
    kind: str
    ids: tuple[str, ...] = ()
    how: str = ""
    form: str = "bare"


def parts_of(oblast: str) -> list[str]:
    """Return the okrugs of an oblast."""
    return sorted(region for region, own in parents().items() if own == oblast != region)


def names_the_oblast_first(name: str, ids: tuple[str, ...]) -> bool:
    """Return whether an okrug's name begins with its oblast: "Архангельская область - Ненецкий АО".

    Examples
    --------
    >>> names_the_oblast_first("Тюменская область - Ямало-Ненецкий АО", ("RU-YAN",))
    True
    >>> names_the_oblast_first("Ямало-Ненецкий АО (Тюменская область)", ("RU-YAN",))
    False
    """
    okrugs = {okrug for oblast in OBLASTS for okrug in parts_of(oblast)}
    return ids[:1] != () and ids[0] in okrugs and bool(OBLAST_FIRST.match(name))


def settle(
    found: list[Found], scheme: RegionScheme | None
) -> tuple[list[Found], list[str], bool | None]:
    """Decide what the two oblasts stand for.

    Returns
    -------
    list of Found, list of str, bool or None
        The names anew; notes; whether an oblast stands apart whose okrugs are not in the list.
    """
    notes: list[str] = []
    alone = None
    for oblast in OBLASTS:
        held = _held(found, oblast)
        if not any(held.values()):
            continue
        okrugs = _regions(found, parts_of(oblast))
        verdicts, told = _verdicts(oblast, held, okrugs, scheme)
        notes += told
        found = [verdicts.get(one.name, one) for one in found]
        apart = held["without"] or (scheme in ("83", "85") and held["bare"])
        if apart and not okrugs and scheme not in ("80", "82"):
            alone = True
    return found, notes, alone


def _held(found: Iterable[Found], oblast: str) -> dict[str, list[Found]]:
    own = _regions(found, [oblast])
    return {form: [one for one in own if one.form == form] for form in ("with", "without", "bare")}


def _regions(found: Iterable[Found], ids: list[str]) -> list[Found]:
    return [one for one in found if one.kind == "region" and one.ids[0] in ids]


def _verdicts(
    oblast: str, held: dict[str, list[Found]], okrugs: list[Found], scheme: RegionScheme | None
) -> tuple[dict[str, Found], list[str]]:
    whole, apart, bare = held["with"], held["without"], held["bare"]
    if scheme in ("80", "82"):
        return _inside(oblast, [*whole, *bare], [*okrugs, *apart], apart)
    if apart or (scheme and whole):
        total = [*whole, *(bare if apart else [])]
        return _apart(oblast, total)
    if scheme or (not okrugs and not (whole and bare)):
        return {}, []
    if whole and bare:
        return _unclear([*whole, *bare], oblast, "stands in the list twice")
    if whole or any(one.form == "part" for one in okrugs):
        return _inside(oblast, [*whole, *bare], okrugs, [])
    if all(one.how == "ISO code" for one in bare):
        return {}, []  # ids of the workbench: apart where the okrugs stand beside
    return _unclear(bare, oblast, "with or without the okrugs that stand beside it")


def _apart(oblast: str, total: list[Found]) -> tuple[dict[str, Found], list[str]]:
    why = f"{oblast} with its okrugs, beside the oblast without them"
    gone = {one.name: replace(one, kind="several regions", ids=(), how=why) for one in total}
    return gone, [f"{name!r} was left out: {why}." for name in gone]


def _inside(
    oblast: str, whole: list[Found], rest: list[Found], apart: list[Found]
) -> tuple[dict[str, Found], list[str]]:
    if not whole and apart:
        return _unclear(apart, oblast, "only without its okrugs: match in 83 units, then merge")
    why = f"inside {oblast}, which stands with its okrugs"
    gone = {one.name: replace(one, kind="part of a region", ids=(), how=why) for one in rest}
    return gone, [f"{name!r} was left out: {why}." for name in gone]


def _unclear(names: list[Found], oblast: str, why: str) -> tuple[dict[str, Found], list[str]]:
    found = {one.name: replace(one, kind="ambiguous", how=why) for one in names}
    told = (
        f'{" and ".join(map(repr, found))}: {oblast} {why}; say scheme="83" if without, '
        'scheme="80" if with.'
    )
    return found, [told]
