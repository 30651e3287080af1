"""Headings as they are spelt: without marks, unit and year; the names that a column goes by."""

from __future__ import annotations

import re

from workbench.data.descriptor import Field

_YEAR = re.compile(
    r"^(.*?)[\s,_(]*(?<!\d)((?:19|20)\d{2})(?:\d\))?(?:\s*(?:г\.?|год|year))?\s*\)?$",
    re.IGNORECASE,
)
_LAST_UNIT = re.compile(r"^(.*)\s*[,(\[]\s*([^()\[\]]+?)\s*[)\]]?$")
UNIT = re.compile(r"^(.*?)\s*[,(\[]\s*([^()\[\]]+?)\s*[)\]]?$")


def normal(text: str) -> str:
    """Return a heading without case, marks and doubled spaces.

    Examples
    --------
    >>> normal(" High-tech_exports ")
    'high tech exports'
    """
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold().replace("ё", "е")).split())


def names_of(field: Field) -> set[str]:
    """Return the names and titles of a column in both languages, as :func:`normal` has them."""
    texts = (field.name, field.title, field.title_ru, field.source_name, *field.aliases)
    return {normal(text) for text in texts if text}


def readings(text: str) -> list[tuple[str, str]]:
    """Return a heading without what may be the unit in it, with that unit, and as it stands.

    The unit first: signs such as "‰" are no letters of a name, and would be passed over.
    """
    found = UNIT.match(text)
    last = _LAST_UNIT.match(
        text
    )  # "Экспорт, всего, млн долл." has the unit behind the second comma
    pairs = [(match[1], match[2]) for match in (found, last) if match]
    return [*dict.fromkeys(pairs), (text, "")]


def with_year(text: str) -> tuple[str, int | None]:
    """Return a heading without the year behind it, and that year."""
    found = _YEAR.match(text.strip())
    return (found[1], int(found[2])) if found else (text, None)
