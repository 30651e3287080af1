"""Spatial weights: building, normalising and restricting W; its card and spectrum."""

from __future__ import annotations

from workbench.weights.card import Card
from workbench.weights.contiguity import queen, rook
from workbench.weights.distances import distance_band, inverse_distance, knn
from workbench.weights.recipe import Recipe
from workbench.weights.weights import (
    Weights,
    WeightsLike,
    align_to,
    as_weights,
    island_notes,
    restrict_noted,
)

__all__ = [
    "Card",
    "Recipe",
    "Weights",
    "WeightsLike",
    "align_to",
    "as_weights",
    "distance_band",
    "inverse_distance",
    "island_notes",
    "knn",
    "queen",
    "restrict_noted",
    "rook",
]
