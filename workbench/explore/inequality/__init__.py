"""Inequality between regions: measures, groups, neighbours."""

from workbench.explore.inequality.decomposed import DecompositionResult, spatial_gini, theil
from workbench.explore.inequality.measures import InequalityResult, gini, inequality

__all__ = [
    "DecompositionResult",
    "InequalityResult",
    "gini",
    "inequality",
    "spatial_gini",
    "theil",
]
