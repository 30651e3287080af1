"""How verdicts look in every picture: colours of unlike lightness, markers, shortened labels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

VERDICT_COLORS: Mapping[str, str] = MappingProxyType(
    {"supported": "#123E6B", "contradicted": "#D1622B", "cannot tell": "#BCC3CA"}
)
"""Dark, middle and light, so that they stay apart in grey."""

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
