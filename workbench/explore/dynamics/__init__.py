"""Dynamics of regions: moves between classes, quadrants, directions and ranks."""

from workbench.explore.dynamics.directional import DirectionalResult, directional_lisa
from workbench.explore.dynamics.lisa_markov import LisaMarkovResult, lisa_markov
from workbench.explore.dynamics.markov import MarkovResult, markov
from workbench.explore.dynamics.rank_markov import RankMarkovResult, rank_markov
from workbench.explore.dynamics.ranks import RankMobilityResult, rank_mobility
from workbench.explore.dynamics.spatial_markov import SpatialMarkovResult, spatial_markov

__all__ = [
    "DirectionalResult",
    "LisaMarkovResult",
    "MarkovResult",
    "RankMarkovResult",
    "RankMobilityResult",
    "SpatialMarkovResult",
    "directional_lisa",
    "lisa_markov",
    "markov",
    "rank_markov",
    "rank_mobility",
    "spatial_markov",
]
