"""Russian texts by their English ones: headings of tables, words in cells, labels of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbench.core.russian import pages, pictures, profiles, tables

PARTS: tuple[Mapping[str, str], ...] = (
    *tables.PARTS,
    *pictures.PARTS,
    pages.WORDS,
    pages.BEGINNING,
    profiles.WORDS,
)
"""By where a text is shown; a text has one translation in all."""

RUSSIAN: Mapping[str, str] = MappingProxyType(
    {text: russian for part in PARTS for text, russian in part.items()}
)
"""The Russian text of each English one."""

CELLS: Mapping[str, str] = MappingProxyType({**tables.CELLS, **pictures.evidence.WORDS})
"""Words that stand in cells and beside rows."""
