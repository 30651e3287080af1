"""Columns of a user's table that no column of the form was read from, and what each is nearest to.

Nearness is a question to the user, never an answer: nothing is read from a column by it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import pandas as pd

from workbench.data.descriptor import Field
from workbench.data.forms.contents import fits
from workbench.data.forms.spelt import names_of, normal, readings, with_year

ALIKE = 0.75
"""Likeness from which a heading may be a misspelt column of the form: below, "exports" is taken
for "reports"."""

SHARED = 0.4
"""Share of words in common from which a heading is near a column: two of five words, and one of
two titles of two words."""

STEM = 4
"""Letters that two words have in common at least to be forms of one word."""

SMALL = frozenset((
    "в", "во", "и", "из", "к", "на", "о", "об", "от", "по", "с", "со", "у", "для", "за", "или",
    "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
))  # fmt: skip
"""Words that headings share whatever they are of."""


def paired(frame: pd.DataFrame, headings: Iterable[str], free: Sequence[Field]) -> dict[str, str]:
    """Return, of headings, the nearest columns of the form, each column for one heading only.

    Headings that differ in a year alone are one heading. A column is near whose name or title, in
    English or Russian, has a share of words in common or is spelt nearly so, and whose kind of
    cells the heading has.

    Parameters
    ----------
    frame : DataFrame
        Cells by heading.
    headings : iterable of str
        Those that no column of the form was read from.
    free : sequence of Field
        Columns of the form that were not found.

    Returns
    -------
    dict of str to str
        Name of the column by heading; headings that are near none are not in it.

    Examples
    --------
    >>> field = Field("use", "number", "", "Use in processes", "Применение в процессах", "", "")
    >>> table = pd.DataFrame({"Процессы": [1.5], "Данные": [2.5]})
    >>> paired(table, list(table), [field])
    {'Процессы': 'use'}
    """
    groups: dict[str, list[str]] = {}
    for heading in sorted(headings):
        groups.setdefault(with_year(heading)[0].strip(), []).append(heading)
    ranked = sorted(
        (-share, not field.needed, place, body)
        for place, field in enumerate(free)
        for body, held in groups.items()
        if (share := closeness(body, field)) and all(fits(frame[one], field) for one in held)
    )
    found: dict[str, str] = {}
    for _, _, place, body in ranked:
        if free[place].name not in found.values() and groups[body][0] not in found:
            found |= dict.fromkeys(groups[body], free[place].name)
    return found


def closeness(heading: str, field: Field) -> float:
    """Return how near a heading is to a column of the form, from 0 to 1; 0 where it is not near."""
    bodies = {normal(body) for body, _ in readings(heading)}
    pairs = [(body, name) for body in bodies for name in names_of(field)]
    spelt = max((difflib.SequenceMatcher(None, *pair).ratio() for pair in pairs), default=0.0)
    shared = max((_shared(*pair) for pair in pairs), default=0.0)
    return max(spelt if spelt >= ALIKE else 0.0, shared if shared >= SHARED else 0.0)


def misspelt(heading: str, names: Iterable[str]) -> str:
    """Return the name that a heading is spelt nearly as, or nothing."""
    known = sorted(names)
    bodies = [normal(body) for body, _ in readings(heading)]
    alike = (difflib.get_close_matches(b, known, n=1, cutoff=ALIKE) for b in bodies)
    return next((found[0] for found in alike if found), "")


def _shared(one: str, other: str) -> float:
    """Return twice the words in common over the words of both (Dice), endings aside."""
    first, second = _words(one), _words(other)
    common = min(
        sum(any(_same(a, b) for b in second) for a in first),
        sum(any(_same(a, b) for a in first) for b in second),
    )
    return 2 * common / (len(first) + len(second)) if common else 0.0


def _words(text: str) -> set[str]:
    return {word for word in text.split() if word not in SMALL and not word.isdigit()}


def _same(one: str, other: str) -> bool:
    """Return whether two words are forms of one: endings are shorter than half of the stem."""
    stem = next(
        (k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return one == other or (stem >= STEM and max(len(one), len(other)) - stem <= stem // 2)
