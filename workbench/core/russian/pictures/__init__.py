"""Labels of maps and charts, by the room that draws them."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.core.russian.pictures import (
    clusters,
    estimation,
    evidence,
    exploration,
    hypotheses,
    innovation,
    places,
)

PARTS: tuple[Mapping[str, str], ...] = (
    exploration.WORDS,
    estimation.WORDS,
    hypotheses.WORDS,
    evidence.WORDS,
    innovation.WORDS,
    clusters.WORDS,
    places.WORDS,
)
"""By what a picture is of."""

WORDS: Mapping[str, str] = {text: said for part in PARTS for text, said in part.items()}
"""The Russian text of each English one."""
