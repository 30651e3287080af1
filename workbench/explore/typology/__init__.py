"""Typologies: classes of one variable, groups of alike regions, and contiguous groups of them."""

from __future__ import annotations

from workbench.explore.typology.choice import ChoiceOfK, choose_k
from workbench.explore.typology.classes import Classes, classify, compare_classifications
from workbench.explore.typology.groups import cluster, regionalize
from workbench.explore.typology.result import Typology
from workbench.explore.typology.stability import Stability, stability

__all__ = [
    "ChoiceOfK",
    "Classes",
    "Stability",
    "Typology",
    "choose_k",
    "classify",
    "cluster",
    "compare_classifications",
    "regionalize",
    "stability",
]
