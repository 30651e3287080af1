"""How verdicts and answers look in every picture: colours of unlike lightness, markers, labels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FOR, AGAINST, OPEN, NEITHER = "#123E6B", "#D1622B", "#BCC3CA", "#EDEDED"
"""Dark, middle, light and lightest, which stay apart in grey; light ones need an edge."""

VERDICT_COLORS: Mapping[str, str] = MappingProxyType(
    {"supported": FOR, "contradicted": AGAINST, "cannot tell": OPEN}
)

VERDICT_MARKERS: Mapping[str, str] = MappingProxyType(
    {"supported": "o", "contradicted": "s", "cannot tell": "D"}
)


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters, its middle left out.

    Examples
    --------
    >>> shortened("log(patents) ~ log(rd) + log(students)", 20)
    'log(patents…tudents)'
    """
    if len(text) <= most:
        return text
    front = (most - 1 + 3) // 2
    return f"{text[:front]}…{text[len(text) - (most - 1 - front) :]}"
