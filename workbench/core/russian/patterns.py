"""Sentences that have values in them: matched by their English form, told by their Russian one.

A result writes its sentences in English once, and they are recorded so. What a report shows of them
in Russian is found here: the fields of a form are cut out of the sentence, words in them are said,
numbers get a decimal comma.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from workbench.core.russian.sentences import FORMS

NUMBER = r"[-−]?(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?%?"
"""A number as sentences print it."""

FIELDS: Mapping[str, str] = {"": r"(?:(?!\. ).)+?", "any": r".+", "one": r"[^,;]+?", "n": NUMBER}
"""What a field may hold, by its kind: in a sentence, over several, in a list, a number."""

_FIELD = re.compile(r"\{(?P<name>[a-z_]+)(?::(?P<kind>any|one|n))?\}")
_NUMBER = re.compile(NUMBER)
_WORD = re.compile(r"[a-z]{3,}")
_CALL = re.compile(r"\w+\([^()]*\)")
_SEPARATORS = tuple(
    (re.compile(pattern), separator)
    for pattern, separator in ((r"(?<=\.) (?=\S)", " "), ("; ", "; "), (", ", ", "))
)


class Said(str):
    """What a field shows; ``{n:период|периода|периодов}`` is the noun that goes with a number."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return counted(self, *spec.split("|")) if "|" in spec else super().__format__(spec)


def counted(number: str, one: str, few: str, many: str) -> str:
    """Return the form of a noun that goes with a number as Russian prints it.

    Parameters
    ----------
    number : str
        Digits, with a decimal comma in a fraction.
    one, few, many : str
        After 1, 2 and 5; a fraction takes `few`.

    Examples
    --------
    >>> [counted(n, "период", "периода", "периодов") for n in ("1", "3", "5", "12", "21", "2,5")]
    ['период', 'периода', 'периодов', 'периодов', 'период', 'периода']
    """
    if "," in number:
        return few
    digits = "".join(letter for letter in number if letter.isdigit())
    if not digits or digits[-2:-1] == "1":
        return many
    return {"1": one, "2": few, "3": few, "4": few}.get(digits[-1], many)


def told(text: str, word: Callable[[str], str | None], numeral: Callable[[str], str]) -> str | None:
    """Return the Russian of a text made of known forms and words; None where a part is not known.

    Parameters
    ----------
    text : str
        A sentence, several of them, or a list of words between commas.
    word : callable
        The Russian of a known text, else None.
    numeral : callable
        A number as Russian prints it.
    """
    found = _formed(text, word, numeral)
    if found is not None:
        return found
    for between, separator in _SEPARATORS:
        parts = between.split(text)
        if len(parts) > 1:
            said = [word(part) or _formed(part, word, numeral) or _name(part) for part in parts]
            known = [part for part in said if part is not None]
            if len(known) == len(parts):
                return separator.join(known)
    return None


def _name(text: str) -> str | None:
    """Return a text that has no word in it: an id, a number, a formula."""
    return None if _WORD.search(_CALL.sub("", text)) else text


def _formed(
    text: str, word: Callable[[str], str | None], numeral: Callable[[str], str]
) -> str | None:
    """Return the Russian of a text that one form matches whole."""
    for pattern, russian in _compiled():
        match = pattern.fullmatch(text)
        if match:
            parts = match.groupdict().items()
            values = {name: Said(_value(part, word, numeral)) for name, part in parts}
            return russian.format_map(values)
    return None


def _value(text: str, word: Callable[[str], str | None], numeral: Callable[[str], str]) -> str:
    """Return what a field shows."""
    if _NUMBER.fullmatch(text):
        shown = numeral(text)
        return f"−{shown[1:]}" if shown.startswith("-") else shown
    return word(text) or told(text, word, numeral) or text


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return forms as patterns, with the Russian of each."""
    return tuple((_pattern(english), russian) for english, russian in FORMS.items())


def _pattern(form: str) -> re.Pattern[str]:
    parts, at = [], 0
    for field in _FIELD.finditer(form):
        parts.append(re.escape(form[at : field.start()]))
        parts.append(f"(?P<{field['name']}>{FIELDS[field['kind'] or '']})")
        at = field.end()
    return re.compile("".join([*parts, re.escape(form[at:])]))
