"""Units as users write them: a scale and what is counted, or a share; conversion between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

SCALES = {
    "": 1, "unit": 1, "units": 1, "ед": 1, "шт": 1,
    "thousand": 10**3, "thousands": 10**3, "thsd": 10**3, "тыс": 10**3, "тысяч": 10**3,
    "тысячи": 10**3,
    "mln": 10**6, "mn": 10**6, "million": 10**6, "millions": 10**6, "млн": 10**6,
    "миллион": 10**6, "миллионов": 10**6,
    "bln": 10**9, "bn": 10**9, "billion": 10**9, "billions": 10**9, "млрд": 10**9,
    "миллиард": 10**9, "миллиардов": 10**9,
}  # fmt: skip
"""What a word before the unit multiplies it by."""

NOUNS = {
    "person": "people", "persons": "people", "people": "people", "чел": "people",
    "человек": "people",
    "rub": "RUB", "roubles": "RUB", "rubles": "RUB", "руб": "RUB", "рублей": "RUB", "₽": "RUB",
    "usd": "USD", "us dollars": "USD", "dollars": "USD", "$": "USD", "долл": "USD",
    "долларов": "USD", "доллара": "USD", "долл сша": "USD", "долларов сша": "USD", "us$": "USD",
}  # fmt: skip
"""Money and people, by the words that mean them; other nouns stand for themselves."""

SHARES = {
    "share": Fraction(1), "доля": Fraction(1), "fraction": Fraction(1), "of 1": Fraction(1),
    "%": Fraction(1, 100), "percent": Fraction(1, 100), "per cent": Fraction(1, 100),
    "процент": Fraction(1, 100), "процентов": Fraction(1, 100), "в процентах": Fraction(1, 100),
    "points of 100": Fraction(1, 100), "points of 1": Fraction(1),
    "баллов из 100": Fraction(1, 100),
    "‰": Fraction(1, 1000), "per mille": Fraction(1, 1000), "промилле": Fraction(1, 1000),
}  # fmt: skip
"""Parts of a whole, by the words that mean them."""

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
    return None


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
    return own.size / target.size if own.noun == target.noun else None


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
    return re.sub(r"[\s.,]+", " ", text.casefold()).strip()
