"""Exploration: is a variable clustered in space, and where."""

from workbench.explore.bivariate import bivariate_moran, lee
from workbench.explore.geary import geary
from workbench.explore.getis_ord import getis_ord
from workbench.explore.global_result import GlobalResult
from workbench.explore.join_counts import JoinCountResult, join_counts
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
from workbench.explore.local.result import LocalResult
from workbench.explore.local.stability import StabilityResult, stability
from workbench.explore.moran import differential_moran, moran
from workbench.explore.rates import SmoothedRates, moran_rates, smoothed_rates

__all__ = [
    "GlobalResult",
    "JoinCountResult",
    "LocalResult",
    "SmoothedRates",
    "StabilityResult",
    "bivariate_moran",
    "differential_moran",
    "geary",
    "getis_ord",
    "join_counts",
    "lee",
    "lisa",
    "local_bivariate_join_counts",
    "local_bivariate_moran",
    "local_colocation",
    "local_differential_moran",
    "local_geary",
    "local_getis_ord",
    "local_join_counts",
    "local_median_moran",
    "local_multivariate_geary",
    "losh",
    "moran",
    "moran_rates",
    "neighbor_match",
    "quantile_lisa",
    "smoothed_rates",
    "stability",
]
