"""Spatial weights: building, normalising and restricting W; its card and spectrum."""

from __future__ import annotations

from workbench.weights.card import Card
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights, WeightsLike, align_to, as_weights

__all__ = ["Card", "Recipe", "Weights", "WeightsLike", "align_to", "as_weights"]
