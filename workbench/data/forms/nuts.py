"""Codes of regions of Europe in a user's table: one level, one version of NUTS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms.keys import check_said
from workbench.data.forms.problems import Problem, places

NUTS2 = "nuts-2"
"""Notation of fields whose cells are such codes."""

COUNTRIES = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "UK", "CH", "IS", "LI",
    "NO", "AL", "BA", "ME", "MK", "RS", "TR", "XK",
))  # fmt: skip
"""First two letters of codes: members, the United Kingdom, EFTA, candidates. GR was Greece until
NUTS 2006, EL is since."""

LEVELS = {2: "countries", 3: "regions of NUTS 1", 5: "regions of NUTS 3"}
LEVEL = "level of regions"
NOWHERE = "patents or money of no region"
GROUPS = "groups of countries"

CHANGES = (
    ("2010", "DE41 DE42 DED1 DED3", "DE40 DED4 DED5"),
    ("2010", "FI13 FI18 FI1A", "FI1B FI1C FI1D"),
    ("2010", "ITD1 ITD2 ITD3 ITD4 ITD5 ITE1 ITE2 ITE3 ITE4",
     "ITH1 ITH2 ITH3 ITH4 ITH5 ITI1 ITI2 ITI3 ITI4"),
    ("2010", "UKD2 UKD5", "UKD6 UKD7"),
    ("2013", "EL11 EL12 EL13 EL14 EL21 EL22 EL23 EL24 EL25",
     "EL51 EL52 EL53 EL54 EL61 EL62 EL63 EL64 EL65"),
    ("2013", "HR01", "HR04"),
    ("2013", "SI01 SI02", "SI03 SI04"),
    ("2013", "UKI1 UKI2", "UKI3 UKI4 UKI5 UKI6 UKI7"),
    ("2016", "FR21 FR22 FR23 FR24 FR25 FR26 FR30 FR41 FR42 FR43 FR51 FR52 FR53 FR61 FR62 FR63 FR71 "
     "FR72 FR81 FR82 FR83 FR91 FR92 FR93 FR94 FRA1 FRA2 FRA3 FRA4 FRA5",
     "FRB0 FRC1 FRC2 FRD1 FRD2 FRE1 FRE2 FRF1 FRF2 FRF3 FRG0 FRH0 FRI1 FRI2 FRI3 FRJ1 FRJ2 FRK1 "
     "FRK2 FRL0 FRM0 FRY1 FRY2 FRY3 FRY4 FRY5"),
    ("2016", "HU10", "HU11 HU12"),
    ("2016", "IE01 IE02", "IE04 IE05 IE06"),
    ("2016", "LT00", "LT01 LT02"),
    ("2016", "PL11 PL12 PL31 PL32 PL33 PL34", "PL71 PL72 PL81 PL82 PL84 PL91 PL92"),
    ("2016", "UKM2 UKM3", "UKM7 UKM8 UKM9"),
    ("2021", "HR04", "HR02 HR05 HR06"),
    ("2021", "NO01 NO03 NO04 NO05", "NO08 NO09 NO0A"),
    ("2024", "NL31 NL33", "NL35 NL36"),
    ("2024", "PT16 PT17 PT18", "PT19 PT1A PT1B PT1C PT1D"),
)  # fmt: skip
"""Versions of NUTS, the codes that went with each, and those that came in their place."""

_CODE = re.compile(r"^\[?([A-Za-z]{2}[A-Za-z0-9]{0,3})\]?(?:\s*[:–—]\s*\S.*|\s+-\s+\S.*)?$")
_GROUP = re.compile(r"^(?:EU|EA|EEA|EFTA|EUROZONE)\d*(?:_\w+)?(?:\s*[:–—-].*)?$", re.IGNORECASE)


def codes(
    names: pd.Series, field: Field, said: Mapping[str, str | None], *, empty: pd.Series
) -> tuple[pd.Series, pd.Series, list[Problem]]:
    """Return the code of each row's region of NUTS 2.

    Parameters
    ----------
    names : Series of str or None, shape (n,)
        As in the table: codes, or codes and names ("UKC1: Tees Valley and Durham").
    field : Field
        Of the form.
    said : mapping of str to (str or None)
        Codes that the user gives; None leaves the rows out.
    empty : Series of bool, shape (n,)
        Rows without any figure.

    Returns
    -------
    ids : Series of str or None, shape (n,)
        None where there is none.
    out : Series of bool, shape (n,)
        Rows that are left out: of other levels, of no region, those that the user leaves out.
    problems : list of Problem

    Raises
    ------
    IdError
        If the user speaks of a name that the table does not have.
    """
    present = sorted({name for name in names if isinstance(name, str)})
    check_said(said, present)
    read = {name: said[name] if name in said else _code(name) for name in present}
    kinds = {name: "" if said.get(name) else _kind(code or name) for name, code in read.items()}
    dropped = {name for name in present if name in said and said[name] is None}
    other = {name for name in present if kinds[name] and name not in dropped}
    ids = {name: code for name, code in read.items() if name not in other | dropped}
    problems = _told(ids, field, said)
    problems += _other_levels({name: kinds[name] for name in other}, ids, field)
    known = {code for code in ids.values() if code and _is_region(code)}
    problems += [*_unknown(ids), *_mixed(known)]
    blank = names.isna()
    if (blank & ~empty).any():
        problems.append(
            Problem("rows without a region", field.name,
                    f"{int((blank & ~empty).sum())} rows with figures and no code",
                    "a code in every row", "fill in the codes, or leave these rows out of the file")
        )  # fmt: skip
    out = names.isin(dropped | other) | (blank & empty)
    kept = {name: code for name, code in ids.items() if code in known}
    return names.map(lambda name: kept.get(name), na_action="ignore"), out, problems


def country(code: str) -> str:
    """Return the first two letters of a code, of Greece the present ones.

    Examples
    --------
    >>> country("DE21"), country("GR30")
    ('DE', 'EL')
    """
    return "EL" if code.startswith("GR") else code[:2]


def _code(name: str) -> str | None:
    found = _CODE.match(name)
    if not found:
        return None
    code = found[1]
    # names are not in capitals: "Wien" is none, "ITC" and "fry1" are codes
    return code.upper() if code.isupper() or any(ch.isdigit() for ch in code) else None


def _kind(code: str) -> str:
    """Return what a code is of; nothing for one of NUTS 2, and where it is no code."""
    if _GROUP.match(code):
        return GROUPS
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{0,3}", code):
        return ""
    if re.fullmatch(r"[A-Z]{2}(?:Z{1,3}|X{1,3})", code):
        return NOWHERE
    return LEVELS.get(len(code), "") if code[:2] in COUNTRIES or len(code) == 2 else ""


def _is_region(code: str) -> bool:
    return len(code) == 4 and code[:2] in COUNTRIES


def _told(ids: Mapping[str, str | None], field: Field, said: Mapping[str, Any]) -> list[Problem]:
    read = sorted(name for name, code in ids.items() if code and code != name and name not in said
                  and _is_region(code))  # fmt: skip
    if not read:
        return []
    how = f"read as codes, e.g. {read[0]!r} as {ids[read[0]]}"
    return [Problem("region code", field.name, f"{len(read)} codes in other words", "NUTS 2 codes",
                    how, "yes")]  # fmt: skip


def _other_levels(
    kinds: Mapping[str, str], ids: Mapping[str, str | None], field: Field
) -> list[Problem]:
    if kinds and not any(code and _is_region(code) for code in ids.values()):
        found = ", ".join(sorted(set(kinds.values())))
        return [Problem(LEVEL, f"{field.name}: {places(kinds)}", found,
                        "regions of NUTS 2, codes of four characters such as UKC1",
                        "take the rows of NUTS 2 from the source; counts and money of NUTS 3 may "
                        "be summed by the first four characters of their codes")]  # fmt: skip
    return [
        Problem("not a region of NUTS 2", places(repr(name) for name in kinds
                                                 if kinds[name] == kind),
                kind, "regions of NUTS 2", "left out", "yes")
        for kind in sorted(set(kinds.values()))
    ]  # fmt: skip


def _unknown(ids: Mapping[str, str | None]) -> list[Problem]:
    unknown = sorted(name for name, code in ids.items() if not code or not _is_region(code))
    if not unknown:
        return []
    return [Problem("unknown region", places(map(repr, unknown)), f"{len(unknown)} that are no "
                    "codes of NUTS", "codes of NUTS 2: two letters of a country of Europe and two "
                    "characters", "write the codes that the source has in geo, or say regions={"
                    f"{unknown[0]!r}: 'UKC1'}}, with its own; None leaves it out")]  # fmt: skip


def _mixed(known: set[str]) -> list[Problem]:
    """Return the codes of two versions of one country, whose regions overlap."""
    problems = []
    greek = {code for code in known if code.startswith("GR")}
    pairs = [(version, known & set(old.split()), known & set(new.split()))
             for version, old, new in CHANGES]  # fmt: skip
    pairs.append(("2010", greek, {code for code in known if code.startswith("EL")} if greek
                  else set()))  # fmt: skip
    for version, old, new in pairs:
        if old and new:
            fewer = min(old, new, key=lambda held: (len(held), sorted(held)))
            without = ", ".join(f"{code!r}: None" for code in sorted(fewer)[:5])
            more = ", ..." if len(fewer) > 5 else ""
            problems.append(
                Problem("versions of NUTS", f"{places(old)} beside {places(new)}",
                        f"codes until NUTS {version} and since, of one country", "one version",
                        "take all columns from tables of one version, or turn one into the other "
                        "by Eurostat's correspondence tables; to leave the fewer out: regions={"
                        f"{without}{more}}}")
            )  # fmt: skip
    return problems
