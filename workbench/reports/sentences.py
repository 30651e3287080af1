"""Sentences of a report where its tables and figures do not stand: references become words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbench.reports.document.pieces import written_in
from workbench.reports.document.references import WORDS
from workbench.reports.ledger import Place

_NAME = r"([a-z0-9]+(?:-[a-z0-9]+)*)"
_REFERENCE = re.compile(rf"\[(-?)@{_NAME}\]|(?<![\w\\])@{_NAME}")
_ESCAPED = re.compile(r"\\([^\w\s])")
_OPENS = re.compile(r"(\A|[.!?…]\s+)\Z")


def read_out(sentence: str, published: Iterable[Place]) -> str:
    r"""Return the Markdown of a claim as it reads: ``@models`` is "Table 3", ``\*`` is an asterisk.

    Parameters
    ----------
    sentence : str
        Of a ledger. Works of a bibliography, which a ledger does not know, stay as they are.
    published : iterable of Place
        What the report shows, with words and numbers.

    Examples
    --------
    >>> shown = [Place("models", "fits", "", 4, "table", 3)]
    >>> read_out(r"It is 0.7 (@models; see row [-@models] \*).", shown)
    'It is 0.7 (Table\xa03; see row 3 *).'
    """
    known = {place.name: place for place in published if place.word}
    words = WORDS[written_in(sentence)]

    def said(match: re.Match[str]) -> str:
        place = known.get(match[2] or match[3])
        if place is None:
            return match[0]
        if match[1]:
            return str(place.number)
        text = f"{words[place.word.capitalize()]}\u00a0{place.number}"
        return text[:1].upper() + text[1:] if _OPENS.search(sentence[: match.start()]) else text

    return _ESCAPED.sub(r"\1", _REFERENCE.sub(said, sentence))
