"""Text of others on a terminal: it colours nothing, moves nothing and rings no bell."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t\u200c\u200d")
_CONTROLS = frozenset({"Cc", "Cf", "Cs"})


def inert(text: str) -> str:
    r"""Return a text without characters that control a terminal or the direction of writing.

    Examples
    --------
    >>> inert("a\x1b[31mb\u202ec\n")
    'a[31mbc\n'
    """
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _CONTROLS)
