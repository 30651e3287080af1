"""Russian typography: where a line must not break."""

from __future__ import annotations

import re

from workbench.core.language import language
from workbench.reports.document.tree import Node

FIXED = "\u00a0"
"""No-break space."""

_SHORT = "а|в|и|к|о|с|у|во|до|за|из|ко|на|не|ни|но|об|от|по|со|без|для|над|под|при"
_AFTER_SHORT = re.compile(rf"(?<![\w\u00a0-])({_SHORT}) (?=\S)", re.IGNORECASE)
_BEFORE_DASH = re.compile(r" (?=[—–](?:\s|$))")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[%‰°A-Za-zА-Яа-яЁё])")
_AFTER_SIGN = re.compile(r"(№|§|[Тт]абл\.|[Рр]ис\.|[Гг]л\.) (?=\d)")
_ENDS_SHORT = re.compile(rf"(?:^|[(«„\"])(?:{_SHORT}|№|§|табл\.|рис\.)$", re.IGNORECASE)


def bound(text: str) -> str:
    r"""Return a text in the language in use with no-break spaces where Russian has them.

    They stand before a dash, between a number and its unit, and after short prepositions; an
    English text is left as it is.

    Examples
    --------
    >>> from workbench.core.language import speaking
    >>> with speaking("ru"):
    ...     bound("Патенты в 10 регионах — это много")
    'Патенты в\xa010\xa0регионах\xa0— это много'
    """
    if language() != "ru":
        return text
    for pattern in (_BEFORE_DASH, _BEFORE_UNIT):
        text = pattern.sub(FIXED, text)
    text = _AFTER_SIGN.sub(rf"\1{FIXED}", text)
    return _AFTER_SHORT.sub(rf"\1{FIXED}", text)


def bound_inlines(inlines: list[Node]) -> list[Node]:
    """Return a list of inline nodes with spaces that must not break made fast."""
    last = len(inlines) - 1
    return [
        {"t": "Str", "c": FIXED}
        if node["t"] in ("Space", "SoftBreak")
        and 0 < place < last
        and _fast(inlines[place - 1], inlines[place + 1])
        else node
        for place, node in enumerate(inlines)
    ]


def _fast(before: Node, after: Node) -> bool:
    left = before["c"] if before["t"] == "Str" else ""
    right = after["c"] if after["t"] == "Str" else ""
    if right[:1] in ("—", "–"):
        return True
    unit = right[:1].isalpha() or right[:1] in tuple("%‰°")
    return bool(_ENDS_SHORT.search(left)) or (left[-1:].isdigit() and unit)
