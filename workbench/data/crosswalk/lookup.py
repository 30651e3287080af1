"""What a spelling or a code stands for: tables built once from the bundled datasets."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from workbench.data.bundled import bundled_root, verified_files
from workbench.data.crosswalk import american, russian
from workbench.data.crosswalk.spelling import NOISE, in_latin, key, words_of
from workbench.data.descriptor import read_descriptor
from workbench.typing import Crosswalk

TYPE_WORDS = re.compile(r"\s*\b(?:Республика|область|край|автономн\w+ округ|автономн\w+)\b\s*")
CITY = "the city or the region"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name or code stands for.

    Attributes
    ----------
    kind : str
        ``"region"``, ``"ambiguous"``, ``"unmatched"`` (a former region), or what it is instead of a
        region.
    ids : tuple of str
        The region; the candidates of an ambiguous name; empty for what is none.
    how : str
        By what it was found, or why it is ambiguous.
    """

    kind: str
    ids: tuple[str, ...] = ()
    how: str = "name"


@dataclass(frozen=True, slots=True)
class Lookup:
    """All spellings and codes of one set of regions.

    Attributes
    ----------
    names : mapping
        Meaning by :func:`~workbench.data.crosswalk.spelling.key`.
    codes : mapping
        Meaning by code, as text.
    titles : mapping
        English and Russian name by id.
    noise : frozenset of str
        Words that a key leaves out.
    """

    names: Mapping[str, Meaning]
    codes: Mapping[str, Meaning]
    titles: Mapping[str, tuple[str, str]]
    noise: frozenset[str]


def lookup(to: Crosswalk) -> Lookup:
    """Return the spellings and codes of a set of regions.

    Examples
    --------
    >>> lookup("us-states").codes["06"].ids
    ('US-CA',)
    """
    return russian_lookup() if to == "russia-regions" else american_lookup()


@cache
def russian_lookup() -> Lookup:
    """Return the spellings and codes of the 85 Russian regions."""
    units = _bundled("russia-regions", "units")
    titles = dict(zip(units["region"], zip(units["name_en"], units["name_ru"], strict=True),
                      strict=True))  # fmt: skip
    okato = dict(zip(units["region"], units["okato"], strict=True))
    for region, (english, name_ru, code) in russian.BEYOND.items():
        titles[region], okato[region] = (english, name_ru), code
    names = _aggregates(russian.AGGREGATES, NOISE)
    for region, spellings in russian.FORMER.items():
        why = f"is part of {titles[region][0]} ({region}) today"
        _add(names, spellings, Meaning("unmatched", (region,), why), noise=NOISE)
    capitals = dict(zip(units["region"], zip(units["capital"], units["capital_ru"], strict=True),
                        strict=True))  # fmt: skip
    for region, both in capitals.items():
        _add(names, both, Meaning("ambiguous", (region,), CITY), noise=NOISE)
    for region, pair in titles.items():
        _add(names, _english_stem(pair[0]), Meaning("ambiguous", (region,), CITY),
             noise=NOISE)  # fmt: skip
    for region, pair in titles.items():
        more = _grammatical(region, pair[1])
        _add(names, (*pair, *more, *russian.SPELLINGS.get(region, ())),
             Meaning("region", (region,)), noise=NOISE)  # fmt: skip
    for name, candidates in russian.SEVERAL.items():
        _add(
            names,
            (name,),
            Meaning("ambiguous", candidates, "several regions go by it"),
            noise=NOISE,
        )
    return Lookup(names, _russian_codes(okato), titles, NOISE)


@cache
def american_lookup() -> Lookup:
    """Return the spellings and codes of the 48 contiguous US states."""
    states = _bundled("us-states", "states")
    noise = american.NOISE
    titles = dict(zip(states["region"], zip(states["name_en"], states["name_ru"], strict=True),
                      strict=True))  # fmt: skip
    names = _aggregates(american.AGGREGATES, noise)
    codes = {name: Meaning(kind, (), "code") for kind, held in american.AGGREGATES.items()
             for name in held if name.isdigit()}  # fmt: skip
    for row in states.itertuples():
        region = str(row.region)
        spellings = (*titles[region], *american.SPELLINGS.get(region, ()))
        _add(names, spellings, Meaning("region", (region,)), noise=noise)
        _add(names, (str(row.usps),), Meaning("region", (region,), "postal code"), noise=noise)
        _add(names, (region,), Meaning("region", (region,), "ISO code"), noise=noise)
        codes[str(row.fips)] = Meaning("region", (region,), "FIPS code")
    return Lookup(names, codes, titles, noise)


def _bundled(dataset: str, resource: str) -> pd.DataFrame:
    root = bundled_root()
    descriptor = read_descriptor(root / dataset)
    content = verified_files(descriptor, root=root)[resource]
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)


def _add(
    names: dict[str, Meaning], spellings: Iterable[str], meaning: Meaning, *, noise: frozenset[str]
) -> None:
    for spelling in spellings:
        names[key(spelling, noise)] = meaning


def _aggregates(held: Mapping[str, tuple[str, ...]], noise: frozenset[str]) -> dict[str, Meaning]:
    names: dict[str, Meaning] = {}
    for kind, spellings in held.items():
        _add(names, spellings, Meaning(kind), noise=noise)
    return names


def _english_stem(name: str) -> tuple[str, ...]:
    """Return "Tomsk" of "Tomsk Oblast", which may be the city."""
    stem, _, kind = name.rpartition(" ")
    return (stem,) if kind == "Oblast" or stem in ("Perm", "Krasnodar") else ()


def _grammatical(region: str, name_ru: str) -> list[str]:
    """Return the adjective alone, the ISO code, and both forms in Latin letters."""
    bare = TYPE_WORDS.sub(" ", name_ru).strip()
    short = [] if region in russian.ENDS_WITH_REPUBLIC else [bare]
    latin = [form for name in (name_ru, *short) for form in in_latin(name)]
    latin += [form.replace("kray", "krai") for form in latin]
    return [*short, *latin, region]


def _russian_codes(okato: Mapping[str, str]) -> dict[str, Meaning]:
    codes = {code: Meaning("region", (region,), "OKATO code") for region, code in okato.items()}
    for region, code in russian.OKTMO.items():
        codes[code] = Meaning("region", (region,), "OKTMO code")
    for code, region in russian.WITHOUT_CODES.items():
        codes[code] = Meaning("region", (region,), "OKATO code, without okrugs")
    codes["643"] = Meaning("country", (), "code")
    return codes


def ordered(name: str, noise: frozenset[str]) -> str:
    """Return a name as its words in the order written, for comparing how alike names are."""
    return " ".join(words_of(name, noise))
