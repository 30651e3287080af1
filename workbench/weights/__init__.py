"""Spatial weights: building, normalising and restricting W; its card and spectrum."""

from __future__ import annotations

from workbench.weights.adoption import align_to, as_weights
from workbench.weights.algebra import (
    combination,
    difference,
    higher_order,
    intersection,
    product,
    symmetrize,
    union,
)
from workbench.weights.bands import distance_band, inverse_distance
from workbench.weights.card import Card
from workbench.weights.components import connect, largest_component, require_connected
from workbench.weights.contiguity import queen, rook
from workbench.weights.kernels import kernel
from workbench.weights.nearest import knn
from workbench.weights.perturbation import (
    permuted,
    perturbations,
    random_neighbors,
    rewired,
    rotated,
    thinned,
)
from workbench.weights.recipe import Recipe
from workbench.weights.restriction import island_notes, restrict_noted
from workbench.weights.rings import rings
from workbench.weights.weights import Weights, WeightsLike

__all__ = [
    "Card",
    "Recipe",
    "Weights",
    "WeightsLike",
    "align_to",
    "as_weights",
    "combination",
    "connect",
    "difference",
    "distance_band",
    "higher_order",
    "intersection",
    "inverse_distance",
    "island_notes",
    "kernel",
    "knn",
    "largest_component",
    "permuted",
    "perturbations",
    "product",
    "queen",
    "random_neighbors",
    "require_connected",
    "restrict_noted",
    "rewired",
    "rings",
    "rook",
    "rotated",
    "symmetrize",
    "thinned",
    "union",
]
