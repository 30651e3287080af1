"""Spatial weights: building, normalising and restricting W; its card and spectrum."""

from __future__ import annotations

from workbench.weights.adoption import align_to, as_weights
from workbench.weights.algebra import (
    combination,
    difference,
    intersection,
    product,
    symmetrize,
    union,
)
from workbench.weights.bands import distance_band, inverse_distance
from workbench.weights.blocks import block
from workbench.weights.card import Card
from workbench.weights.components import connect, largest_component, require_connected
from workbench.weights.contiguity import queen, rook
from workbench.weights.correlations import correlation, overlap
from workbench.weights.displacement import displaced
from workbench.weights.distance_rings import rings
from workbench.weights.files import read, write
from workbench.weights.flow_tables import flows
from workbench.weights.kernels import kernel
from workbench.weights.matrix import from_matrix, travel_cost
from workbench.weights.nearest import knn
from workbench.weights.orders import higher_order
from workbench.weights.perturbation import (
    permuted,
    perturbations,
    random_neighbors,
    rewired,
    rotated,
    thinned,
)
from workbench.weights.proximity import (
    economic_proximity,
    institutional_proximity,
    technological_proximity,
)
from workbench.weights.ranking import Ranking, rank
from workbench.weights.recipe import Recipe
from workbench.weights.restriction import island_notes, restrict_noted
from workbench.weights.summaries import Summary, summary
from workbench.weights.triangulation import (
    delaunay,
    gabriel,
    relative_neighbor,
    sphere_of_influence,
)
from workbench.weights.weights import Weights, WeightsLike

__all__ = [
    "Card",
    "Ranking",
    "Recipe",
    "Summary",
    "Weights",
    "WeightsLike",
    "align_to",
    "as_weights",
    "block",
    "combination",
    "connect",
    "correlation",
    "delaunay",
    "difference",
    "displaced",
    "distance_band",
    "economic_proximity",
    "flows",
    "from_matrix",
    "gabriel",
    "higher_order",
    "institutional_proximity",
    "intersection",
    "inverse_distance",
    "island_notes",
    "kernel",
    "knn",
    "largest_component",
    "overlap",
    "permuted",
    "perturbations",
    "product",
    "queen",
    "random_neighbors",
    "rank",
    "read",
    "relative_neighbor",
    "require_connected",
    "restrict_noted",
    "rewired",
    "rings",
    "rook",
    "rotated",
    "sphere_of_influence",
    "summary",
    "symmetrize",
    "technological_proximity",
    "thinned",
    "travel_cost",
    "union",
    "write",
]
