"""The glossary: every column that a results table may have, with its meaning, once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbench.core.glossary import (
    estimation,
    exploration,
    hypotheses,
    innovation,
    profiles,
)

PARTS: tuple[Mapping[str, str], ...] = (
    exploration.WORDS,
    estimation.WORDS,
    hypotheses.WORDS,
    innovation.WORDS,
    profiles.WORDS,
)
"""By the room that needed a word first; a word has one meaning in all."""

GLOSSARY: Mapping[str, str] = MappingProxyType(
    {word: meaning for part in PARTS for word, meaning in part.items()}
)
"""Every column that a results table may have, with its meaning."""
