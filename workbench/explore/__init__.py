"""Exploration: is a variable clustered in space, where, how far, how it moves, who is alike."""

from workbench.explore.descriptives import Descriptives, descriptives
from workbench.explore.dynamics import (
    directional_lisa,
    lisa_markov,
    markov,
    rank_markov,
    rank_mobility,
    spatial_markov,
)
from workbench.explore.inequality import gini, inequality, spatial_gini, theil
from workbench.explore.local.geary import local_geary, local_multivariate_geary
from workbench.explore.local.getis_ord import local_getis_ord
from workbench.explore.local.join_counts import (
    local_bivariate_join_counts,
    local_colocation,
    local_join_counts,
)
from workbench.explore.local.losh import losh
from workbench.explore.local.matching import neighbor_match
from workbench.explore.local.median import local_median_moran
from workbench.explore.local.moran import lisa, local_bivariate_moran, local_differential_moran
from workbench.explore.local.quantile import quantile_lisa
from workbench.explore.local.rates import local_moran_rates
from workbench.explore.local.result import LocalResult
from workbench.explore.local.stability import StabilityResult, stability
from workbench.explore.overall.bivariate import bivariate_moran, lee
from workbench.explore.overall.geary import geary
from workbench.explore.overall.getis_ord import getis_ord
from workbench.explore.overall.join_counts import JoinCountResult, join_counts
from workbench.explore.overall.moran import differential_moran, moran
from workbench.explore.overall.neighbor_products import kelejian_robinson
from workbench.explore.overall.rates import SmoothedRates, moran_rates, smoothed_rates
from workbench.explore.overall.residuals import residual_moran
from workbench.explore.overall.result import GlobalResult
from workbench.explore.reach.contiguity_orders import correlogram
from workbench.explore.reach.correlogram import CorrelogramResult
from workbench.explore.reach.distance_classes import distance_correlogram
from workbench.explore.reach.distance_pairs import distance_scatter
from workbench.explore.reach.scatter import DistanceScatterResult
from workbench.explore.typology import (
    choose_k,
    classify,
    cluster,
    compare_classifications,
    regionalize,
)
from workbench.explore.typology import stability as group_stability

__all__ = [
    "CorrelogramResult",
    "Descriptives",
    "DistanceScatterResult",
    "GlobalResult",
    "JoinCountResult",
    "LocalResult",
    "SmoothedRates",
    "StabilityResult",
    "bivariate_moran",
    "choose_k",
    "classify",
    "cluster",
    "compare_classifications",
    "correlogram",
    "descriptives",
    "differential_moran",
    "directional_lisa",
    "distance_correlogram",
    "distance_scatter",
    "geary",
    "getis_ord",
    "gini",
    "group_stability",
    "inequality",
    "join_counts",
    "kelejian_robinson",
    "lee",
    "lisa",
    "lisa_markov",
    "local_bivariate_join_counts",
    "local_bivariate_moran",
    "local_colocation",
    "local_differential_moran",
    "local_geary",
    "local_getis_ord",
    "local_join_counts",
    "local_median_moran",
    "local_moran_rates",
    "local_multivariate_geary",
    "losh",
    "markov",
    "moran",
    "moran_rates",
    "neighbor_match",
    "quantile_lisa",
    "rank_markov",
    "rank_mobility",
    "regionalize",
    "residual_moran",
    "smoothed_rates",
    "spatial_gini",
    "spatial_markov",
    "stability",
    "theil",
]
