"""Headings of tables and the words in their cells, by the room that needed a word first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbench.core.russian.tables import (
    clusters,
    estimation,
    exploration,
    hypotheses,
    innovation,
    reasons,
    tests,
    words,
)

PARTS: tuple[Mapping[str, str], ...] = (
    exploration.WORDS,
    estimation.WORDS,
    hypotheses.WORDS,
    innovation.WORDS,
    clusters.WORDS,
    clusters.CELLS,
    tests.WORDS,
    reasons.WORDS,
    words.WORDS,
)
"""Headings as in the glossary, then words in cells."""

WORDS: Mapping[str, str] = {text: said for part in PARTS for text, said in part.items()}
"""The Russian text of each English one."""

CELLS: Mapping[str, str] = MappingProxyType(
    words.WORDS | tests.WORDS | reasons.WORDS | clusters.CELLS
)
"""Words that stand in cells and beside rows."""
