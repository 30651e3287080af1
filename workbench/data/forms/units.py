"""Units as users write them: a scale and what is counted, or a share; conversion between them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

SCALES = {
    "": 1, "unit": 1, "units": 1, "ед": 1, "шт": 1,
    "thousand": 10**3, "thousands": 10**3, "thsd": 10**3, "thous": 10**3, "000": 10**3,
    "ths": 10**3,
    "тыс": 10**3, "тысяч": 10**3, "тысячи": 10**3, "тысяча": 10**3, "тысячах": 10**3,
    "mln": 10**6, "mn": 10**6, "mio": 10**6, "million": 10**6, "millions": 10**6, "млн": 10**6,
    "миллион": 10**6, "миллиона": 10**6, "миллионы": 10**6, "миллионов": 10**6, "миллионах": 10**6,
    "bln": 10**9, "bn": 10**9, "billion": 10**9, "billions": 10**9, "млрд": 10**9,
    "миллиард": 10**9, "миллиарда": 10**9, "миллиарды": 10**9, "миллиардов": 10**9,
    "миллиардах": 10**9,
}  # fmt: skip
"""What a word before or behind the unit multiplies it by."""

COUNTS = "units"
"""Things that are counted, whatever they are."""

NOUNS = {
    "person": "people", "persons": "people", "people": "people", "чел": "people",
    "человек": "people",
    "rub": "RUB", "rur": "RUB", "rouble": "RUB", "roubles": "RUB", "ruble": "RUB",
    "rubles": "RUB", "russian rubles": "RUB", "russian roubles": "RUB", "руб": "RUB",
    "рубль": "RUB", "рубля": "RUB", "рублей": "RUB", "рублях": "RUB", "₽": "RUB",
    "usd": "USD", "us$": "USD", "$": "USD", "us dollar": "USD", "us dollars": "USD",
    "u s dollars": "USD", "dollar": "USD", "dollars": "USD", "долл": "USD", "доллар": "USD",
    "доллара": "USD", "долларов": "USD", "долларах": "USD", "долл сша": "USD",
    "доллар сша": "USD", "доллара сша": "USD", "долларов сша": "USD", "долларах сша": "USD",
    "eur": "EUR", "euro": "EUR", "euros": "EUR", "€": "EUR", "евро": "EUR",
    "ед": COUNTS, "единица": COUNTS, "единиц": COUNTS, "шт": COUNTS, "штук": COUNTS,
    "unit": COUNTS, "units": COUNTS, "pieces": COUNTS,
}  # fmt: skip
"""Money, people and counts, by the words that mean them; other nouns stand for themselves."""

SHARES = {
    "share": Fraction(1), "доля": Fraction(1), "fraction": Fraction(1), "of 1": Fraction(1),
    "%": Fraction(1, 100), "percent": Fraction(1, 100), "per cent": Fraction(1, 100),
    "процент": Fraction(1, 100), "процентов": Fraction(1, 100), "в процентах": Fraction(1, 100),
    "points of 100": Fraction(1, 100), "points of 1": Fraction(1),
    "баллов из 100": Fraction(1, 100),
    "‰": Fraction(1, 1000), "per mille": Fraction(1, 1000), "промилле": Fraction(1, 1000),
}  # fmt: skip
"""Parts of a whole, by the words that mean them."""

UNCOUNTED = ("people", "RUB", "USD", "EUR", "share", "points")
"""What is no number of things: "units" of them tell nothing."""

SHOWN = {1: "", 10**3: "thousand ", 10**6: "mln ", 10**9: "bln "}
PARTS = ("share", "%", "per mille")
POINTS = ("points of 1", "points of 100")
SHARE = "share"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a figure counts, and the size of one in the plainest unit of its kind."""

    noun: str
    size: Fraction


def parse(text: str) -> Unit | None:
    """Return the unit that a text means, or None for a text that means none.

    Parameters
    ----------
    text : str
        A scale and a noun in English or Russian, or a word for a share.

    Examples
    --------
    >>> parse("thousand USD") == parse("тыс. долл. США")
    True
    >>> parse("%").size
    Fraction(1, 100)
    >>> parse("of the year") is None
    True
    """
    plain = _plain(text)
    if plain in SHARES:
        return Unit(SHARE, SHARES[plain])
    first, _, rest = plain.partition(" ")
    if plain in NOUNS:
        return Unit(NOUNS[plain], Fraction(1))
    if first in SCALES and first and rest:
        return Unit(NOUNS.get(rest, rest), Fraction(SCALES[first]))
    noun, _, last = plain.rpartition(" ")
    if noun in NOUNS and last in SCALES:  # "USD million"
        return Unit(NOUNS[noun], Fraction(SCALES[last]))
    return None


def written_in(text: str) -> str:
    """Return the unit that a line of text names, or nothing.

    A scale with money, people or a count is found anywhere; a unit alone only at the end, in
    brackets or as the whole line.

    Examples
    --------
    >>> written_in("Экспорт по регионам, в тысячах долларов США"), written_in("доходы людей, 2019")
    ('тысячах долларов сша', '')
    """
    plain = _plain(text)
    found = _SCALED.search(plain)
    if found:
        return found[0]
    tails = [text, *re.findall(r"[(\[]([^()\[\]]+)[)\]]", text), text.rpartition(",")[2]]
    known = {**NOUNS, **SHARES}
    return next((tail.strip() for tail in tails if _plain(tail) in known), "")


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)


_SIZES = _any_of(word for word, size in SCALES.items() if size > 1)
_SCALED = re.compile(
    rf"(?<![\w$])(?:(?:{_SIZES}) (?:{_any_of(NOUNS)})|(?:{_any_of(NOUNS)}) (?:{_SIZES}))(?![\w$])"
)


def of_field(text: str) -> Unit:
    """Return the unit of a field, which is a bare noun where :func:`parse` sees none."""
    return parse(text) or Unit(_plain(text), Fraction(1))


def factor(given: str, wanted: str) -> Fraction | None:
    """Return what figures in one unit are multiplied by to be in another; None where they differ.

    Parameters
    ----------
    given, wanted : str
        Units, e.g. ``"thousand USD"`` and ``"mln USD"``.

    Examples
    --------
    >>> factor("thousand USD", "mln USD"), factor("share", "%"), factor("mln RUB", "mln USD")
    (Fraction(1, 1000), Fraction(100, 1), None)
    """
    target = of_field(wanted)
    own = parse(given)
    if own is None:
        own = Unit(_plain(given), Fraction(1))
    same = own.noun == target.noun or (own.noun == COUNTS and target.noun not in UNCOUNTED)
    return own.size / target.size if same else None


def others(unit: str) -> list[str]:
    """Return the other units in which a figure of this unit is found in tables.

    Examples
    --------
    >>> others("mln USD"), others("%")
    (['USD', 'thousand USD', 'bln USD'], ['share', 'per mille'])
    """
    own = of_field(unit)
    if own.noun == SHARE:
        return [word for word in (POINTS if "points" in unit else PARTS) if word != unit]
    return [word + own.noun for size, word in SHOWN.items() if Fraction(size) != own.size]


def _plain(text: str) -> str:
    """Return a unit's words in lower case, without "in" before them and "of" among them."""
    words = re.sub(r"[\s.,'’_]+", " ", text.casefold()).split()
    if len(words) > 1 and words[0] in ("in", "в"):
        words = words[1:] if words[1] in SCALES or words[1] in NOUNS else words
    if len(words) > 2 and words[0] in SCALES and words[1] == "of":
        del words[1]
    return " ".join(words)
