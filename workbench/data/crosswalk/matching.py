"""From names and codes, as people write them, to region ids."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from workbench.data.crosswalk import okrugs
from workbench.data.crosswalk.lookup import CITY, Lookup, Meaning, lookup, ordered
from workbench.data.crosswalk.okrugs import Found
from workbench.data.crosswalk.result import COLUMNS, EMPTY, RegionMatch, label
from workbench.data.crosswalk.spelling import key, without_marks
from workbench.data.schemes import OUTSIDE_83, scheme_of
from workbench.errors import IdError, InputError, check_option, listing
from workbench.typing import Crosswalk, RegionScheme

ALIKE = 0.72
"""Likeness from which a name is suggested; suggestions are never taken."""

DIGITS = re.compile(r"^\d{1,11}$")


def match_regions(
    names: Iterable[Any] | pd.Series[Any],
    *,
    to: Crosswalk = "russia-regions",
    scheme: RegionScheme | None = None,
) -> RegionMatch:
    """Find the region ids of names or codes; nothing is guessed.

    Parameters
    ----------
    names : iterable
        Names or codes, a column or an index; repeated ones count once. Russian regions: names in
        Russian or English in their usual spellings, ISO codes, OKATO or OKTMO codes of 2, 8 or 11
        digits (leading zeros may be lost). US states: names, postal and FIPS codes. Case, dashes,
        ё, spaces, word order and footnote marks do not matter. Missing ones are unmatched.
    to : {"russia-regions", "us-states"}
        The set of regions.
    scheme : {"80", "82", "83", "85"}, optional
        Of Russian regions: whether "Тюменская область" stands with its okrugs (80, 82) or without
        (83, 85). Otherwise decided by what else is in the list, or reported as ambiguous.

    Returns
    -------
    RegionMatch
        ``.ids .table .unmatched .ambiguous .left_out .repeated .scheme .notes``; ``apply`` keys a
        table by the ids.

    Raises
    ------
    InputError
        If there are no names, or a scheme is named for other regions.

    Notes
    -----
    A name is compared by its words, sorted, each once; a name that only resembles one is unmatched,
    with the nearest names as suggestions. The country, federal districts and other aggregates are
    recognised and left out by name.

    Examples
    --------
    >>> found = match_regions(["Респ. Татарстан", "г. Москва", "Tomsk Oblast", "ЦФО", "Томск"])
    >>> found.ids.to_dict()
    {'Tomsk Oblast': 'RU-TOM', 'Респ. Татарстан': 'RU-TA', 'г. Москва': 'RU-MOW'}
    >>> found.left_out["kind"].tolist(), found.ambiguous["nearest"].tolist()
    (['federal district'], ['Tomsk Oblast (RU-TOM)'])
    """
    check_option("to", to, Crosswalk)
    if scheme is not None:
        check_option("scheme", scheme, RegionScheme)
        if to != "russia-regions":
            raise InputError("scheme", expected=f"none for {to}", found=repr(scheme))
    listed = _listed(names)
    known = lookup(to)
    found = [_find(name, known, to) for name in listed]
    notes: list[str] = []
    alone: bool | None = None
    if to == "russia-regions":
        found, notes = _doubtful_codes(found)
        found, told, alone = okrugs.settle(found, scheme)
        found, beyond = _beyond(found, scheme)
        notes += told + beyond
    table = _table(found, known)
    own, told = _scheme(found, alone) if to == "russia-regions" else (None, [])
    notes += told + _repeated(found)
    return RegionMatch(to=to, scheme=own, notes=tuple(notes), _table=table)


def _listed(names: Any) -> list[str]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise InputError(
            "names",
            expected="a list, column or index of names",
            found=repr(names) if isinstance(names, str) else type(names).__name__,
            remedy="match_regions([...])",
        )
    held = names.get_level_values(0) if isinstance(names, pd.MultiIndex) else names
    if isinstance(held, pd.DataFrame):
        raise InputError(
            "names",
            expected="one column of names",
            found=f"a table of {len(held.columns)} columns",
            remedy=f"one of them, as in table[{list(held.columns)[:1] or ['name']}[0]]",
        )
    listed = sorted({label(value) for value in held})
    if not listed:
        raise InputError("names", expected="at least one name", found="none")
    return listed


def _find(name: str, known: Lookup, to: Crosswalk) -> Found:
    if name == EMPTY:
        return Found(name, "unmatched", how="empty")
    code = _code(name, to)
    if code:
        meaning = known.codes.get(code, Meaning("unmatched", (), "no such code"))
        form = "without" if "without" in meaning.how else "bare"
        short = " of two digits" if to == "russia-regions" and len(name.strip()) < 3 else ""
        return Found(name, meaning.kind, meaning.ids, meaning.how + short, form)
    if to == "russia-regions":
        told = _qualified(name, known)
        if told:
            return told
    meaning = known.names.get(key(name, known.noise), Meaning("unmatched", (), "not in the list"))
    if okrugs.names_the_oblast_first(name, meaning.ids):
        return Found(name, "ambiguous", meaning.ids, "the oblast or the okrug in it")
    how = "ISO code" if meaning.ids == (name.strip().upper(),) else meaning.how
    if how == "name":
        bare = " ".join(name.split())
        marked = without_marks(name) != bare
        how = "name, footnote mark or date aside" if marked else how if meaning.ids else ""
    return Found(name, meaning.kind, meaning.ids, how)


def _code(name: str, to: Crosswalk) -> str:
    """Return a code of digits in its usual length, or an empty string for what is none."""
    digits = re.sub(r"[\s\u00a0*]|\.0$", "", name)
    if not DIGITS.match(digits):
        return ""
    if to == "us-states":
        own = digits.zfill(2) if len(digits) < 3 else digits.zfill(5)
        return own[:2] if len(own) == 2 or own.endswith("000") else own
    if len(digits) in (7, 10):  # leading zeros are lost where codes were taken for numbers
        digits = "0" + digits
    if len(digits) < 3:
        return digits.zfill(2) + "000000"
    return digits[:8] if len(digits) == 11 and digits.endswith("000") else digits


def _qualified(name: str, known: Lookup) -> Found | None:
    """Return what a name is that says with, without or of which; None for all others."""
    plain = without_marks(name).replace("ё", "е")
    part = okrugs.OF_WHICH.match(plain)
    if part and plain[part.end() :].strip():
        inner = known.names.get(key(plain[part.end() :], known.noise), Meaning("unmatched"))
        return Found(name, inner.kind, inner.ids, inner.how, "part")
    if plain.casefold().strip() == okrugs.SOUTH:
        return Found(name, "region", ("RU-TYU",), "without okrugs", "without")
    for pattern, form in ((okrugs.APART, "without"), (okrugs.TOGETHER, "with")):
        match = pattern.search(plain)
        if not match or not plain[: match.start()].strip(" (,"):
            continue
        head = known.names.get(key(plain[: match.start()], known.noise), Meaning("unmatched"))
        if head.kind == "region" and head.ids[0] in okrugs.OBLASTS:
            return _with_form(name, head.ids, form, plain[match.end() :])
        if head.kind not in ("region", "ambiguous", "unmatched"):
            return Found(name, head.kind)  # the country "without new regions" is no region either
        if form == "without":
            return Found(name, "unmatched", how="a part of something, which is no region")
    return None


OKRUG_WORDS = {"RU-KHM": ("ханты", "хмао", "khanty", "khmao", "hanty"),
               "RU-YAN": ("ямал", "янао", "yamal", "yanao")}  # fmt: skip


def _with_form(name: str, ids: tuple[str, ...], form: str, rest: str) -> Found:
    """Return an oblast with or without its okrugs; ambiguous where one of two is named."""
    text = rest.casefold()
    named = [any(word in text for word in words) for words in OKRUG_WORDS.values()]
    if ids == ("RU-TYU",) and any(named) and not all(named):
        return Found(name, "ambiguous", ids, f"{form} one of its two okrugs")
    return Found(name, "region", ids, f"{form} okrugs", form)


def _doubtful_codes(found: list[Found]) -> tuple[list[Found], list[str]]:
    """Take codes of two digits for OKATO only where all of them can be."""
    short = [one for one in found if len(one.name.strip()) < 3 and one.name.strip().isdigit()]
    if not short:
        return found, []
    foreign = [one.name for one in short if one.kind != "region"]
    if not foreign:
        return found, [
            "Codes of two digits were read as OKATO; those of tax offices and number plates differ."
        ]
    why = "some codes of two digits are no OKATO: perhaps those of tax offices"
    unclear = {one.name: Found(one.name, "ambiguous", one.ids, why) for one in short}
    return [unclear.get(one.name, one) for one in found], [
        f"Codes of two digits were not read, because OKATO has none of {listing(foreign)}."
    ]


def _beyond(found: list[Found], scheme: RegionScheme | None) -> tuple[list[Found], list[str]]:
    """Leave out the two units that the named scheme has not."""
    if scheme not in ("80", "83"):
        return found, []
    why = f"not among the {scheme} units"
    kept = [
        Found(one.name, "outside the scheme", (), why)
        if one.kind == "region" and one.ids[0] in OUTSIDE_83
        else one
        for one in found
    ]
    gone = [one.name for one in kept if one.kind == "outside the scheme"]
    return kept, [f"{name!r} was left out: {why}." for name in gone]


def _scheme(found: list[Found], alone: bool | None) -> tuple[RegionScheme | None, list[str]]:
    ids = {one.ids[0] for one in found if one.kind == "region"}
    if not ids or any(one.kind == "ambiguous" and one.ids[0] in okrugs.OBLASTS
                      and CITY not in one.how for one in found if one.ids):  # fmt: skip
        return None, []
    try:
        own = scheme_of(ids)
    except IdError as error:
        return None, [f"The names follow no one scheme of regions: {error.found}."]
    if alone:
        more = "85" if ids & set(OUTSIDE_83) else "83"
        return more, [  # type: ignore[return-value]
            "An oblast stands without its okrugs, which are not in the list: its id alone would be "
            "read as the oblast with them."
        ]
    return own, []


def _repeated(found: list[Found]) -> list[str]:
    names: dict[str, list[str]] = {}
    for one in found:
        if one.kind == "region":
            names.setdefault(one.ids[0], []).append(one.name)
    return [
        f"{region} stands under several names: {', '.join(map(repr, held))}."
        for region, held in sorted(names.items())
        if len(held) > 1
    ]


def _table(found: list[Found], known: Lookup) -> pd.DataFrame:
    titles = _titles(known) if any(one.kind == "unmatched" for one in found) else {}
    rows = [
        (one.name, one.ids[0] if one.kind == "region" else None, one.kind, one.how,
         _nearest(one, known, titles))
        for one in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _titles(known: Lookup) -> dict[str, str]:
    """Return what an unknown name is compared with: official names, by their words."""
    return {
        ordered(title, known.noise): f"{title} ({region})"
        for region, pair in known.titles.items()
        for title in pair
    }


def _nearest(one: Found, known: Lookup, titles: dict[str, str]) -> str:
    if one.ids and one.kind in ("ambiguous", "unmatched"):
        return ", ".join(f"{known.titles[region][0]} ({region})" for region in one.ids)
    if one.kind != "unmatched" or one.name == EMPTY:
        return ""
    text = ordered(one.name, known.noise)
    alike = difflib.get_close_matches(text, list(titles), n=3, cutoff=ALIKE)
    return ", ".join(titles[match] for match in alike)
