"""Flags of Eurostat: letters behind a figure, or behind the colon of one that is missing."""

from __future__ import annotations

import re
from typing import Any

FLAGS = {
    "b": "break in time series",
    "c": "confidential",
    "d": "definition differs",
    "e": "estimated",
    "f": "forecast",
    "i": "see metadata",
    "m": "imputed",
    "n": "not significant",
    "p": "provisional",
    "r": "revised",
    "s": "Eurostat estimate",
    "u": "low reliability",
    "z": "not applicable",
}
"""What each letter says of a figure."""

GAP = ":"
"""What stands in the place of a missing figure."""

_FLAGGED = re.compile(rf"^(:|[-−–+]?\d[\d.,]*)\s*([{''.join(FLAGS)}]{{1,4}})$")


def parted(cell: Any) -> tuple[Any, str]:
    """Return a cell without its flags, and the flags: letters, empty where there are none.

    Examples
    --------
    >>> parted("12.3 e"), parted(": c"), parted("12.3"), parted("12.3bp"), parted(7.5)
    (('12.3', 'e'), (':', 'c'), ('12.3', ''), ('12.3', 'bp'), (7.5, ''))
    """
    found = _FLAGGED.match(cell.strip()) if isinstance(cell, str) else None
    return (found[1], found[2]) if found else (cell, "")


def meaning(flags: str) -> str:
    """Return what flags say.

    Examples
    --------
    >>> meaning("ep")
    'estimated, provisional'
    """
    return ", ".join(FLAGS[letter] for letter in flags)
