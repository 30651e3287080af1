"""Types of regions: by the distance to the leader, by several scores; what any typology is like.

Natural breaks, k-means, hierarchical groups and contiguous ones (SKATER) are those of
:mod:`workbench.explore`: ``classify``, ``cluster``, ``regionalize``, with ``choose_k`` for their
number. Profiles, stability and comparison take all of them, types of this room, and types by region
id as published.
"""

from __future__ import annotations

from workbench.innovation.typologies.combined import combined_types
from workbench.innovation.typologies.comparison import TypologyComparison, compare_typologies
from workbench.innovation.typologies.leaders import leader_types
from workbench.innovation.typologies.moves import TypologyMoves, typology_moves
from workbench.innovation.typologies.profiles import TypologyProfiles, typology_profiles
from workbench.innovation.typologies.result import RegionTypes
from workbench.innovation.typologies.stability import TypologyStability, typology_stability

__all__ = [
    "RegionTypes",
    "TypologyComparison",
    "TypologyMoves",
    "TypologyProfiles",
    "TypologyStability",
    "combined_types",
    "compare_typologies",
    "leader_types",
    "typology_moves",
    "typology_profiles",
    "typology_stability",
]
