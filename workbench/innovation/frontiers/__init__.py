"""Efficiency of regional innovation systems: envelopment and stochastic frontiers."""

from workbench.innovation.frontiers.determinants import EfficiencyDeterminants
from workbench.innovation.frontiers.envelopment import data_envelopment
from workbench.innovation.frontiers.envelopment_result import DataEnvelopment
from workbench.innovation.frontiers.malmquist import Productivity, malmquist
from workbench.innovation.frontiers.stochastic import stochastic_frontier
from workbench.innovation.frontiers.stochastic_result import StochasticFrontier

__all__ = [
    "DataEnvelopment",
    "EfficiencyDeterminants",
    "Productivity",
    "StochasticFrontier",
    "data_envelopment",
    "malmquist",
    "stochastic_frontier",
]
