"""The measures of innovation geography, with units, sources and what chance would show.

Knowledge and position, specialisation and concentration, points, relatedness and complexity,
composite indices, typologies, organisations, diffusion, efficiency. Names resolve on first use, so
that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.innovation.activity_space import Complexity as Complexity
    from workbench.innovation.activity_space import CoOccurrence as CoOccurrence
    from workbench.innovation.activity_space import EntryModelResult as EntryModelResult
    from workbench.innovation.activity_space import Fitness as Fitness
    from workbench.innovation.activity_space import Relatedness as Relatedness
    from workbench.innovation.activity_space import RelatednessDensity as RelatednessDensity
    from workbench.innovation.activity_space import Transitions as Transitions
    from workbench.innovation.activity_space import Variety as Variety
    from workbench.innovation.activity_space import co_occurrence as co_occurrence
    from workbench.innovation.activity_space import complexity as complexity
    from workbench.innovation.activity_space import entries as entries
    from workbench.innovation.activity_space import entry_model as entry_model
    from workbench.innovation.activity_space import exits as exits
    from workbench.innovation.activity_space import fitness as fitness
    from workbench.innovation.activity_space import relatedness as relatedness
    from workbench.innovation.activity_space import relatedness_density as relatedness_density
    from workbench.innovation.activity_space import variety as variety
    from workbench.innovation.composites import CarriedFit as CarriedFit
    from workbench.innovation.composites import CarriedLisa as CarriedLisa
    from workbench.innovation.composites import CarriedMoran as CarriedMoran
    from workbench.innovation.composites import CompositeIndex as CompositeIndex
    from workbench.innovation.composites import Construction as Construction
    from workbench.innovation.composites import IndexChecks as IndexChecks
    from workbench.innovation.composites import IndexComparison as IndexComparison
    from workbench.innovation.composites import IndexSensitivity as IndexSensitivity
    from workbench.innovation.composites import IndexUncertainty as IndexUncertainty
    from workbench.innovation.composites import Indicators as Indicators
    from workbench.innovation.composites import composite as composite
    from workbench.innovation.diffusion import AdoptionHazard as AdoptionHazard
    from workbench.innovation.diffusion import BassDiffusion as BassDiffusion
    from workbench.innovation.diffusion import SpatialBass as SpatialBass
    from workbench.innovation.diffusion import adoption_hazard as adoption_hazard
    from workbench.innovation.diffusion import bass as bass
    from workbench.innovation.diffusion import spatial_bass as spatial_bass
    from workbench.innovation.frontiers import DataEnvelopment as DataEnvelopment
    from workbench.innovation.frontiers import EfficiencyDeterminants as EfficiencyDeterminants
    from workbench.innovation.frontiers import Productivity as Productivity
    from workbench.innovation.frontiers import StochasticFrontier as StochasticFrontier
    from workbench.innovation.frontiers import data_envelopment as data_envelopment
    from workbench.innovation.frontiers import malmquist as malmquist
    from workbench.innovation.frontiers import stochastic_frontier as stochastic_frontier
    from workbench.innovation.knowledge import AbsorptiveCapacity as AbsorptiveCapacity
    from workbench.innovation.knowledge import KnowledgeStock as KnowledgeStock
    from workbench.innovation.knowledge import MadeColumns as MadeColumns
    from workbench.innovation.knowledge import SpilloverDecay as SpilloverDecay
    from workbench.innovation.knowledge import absorptive_capacity as absorptive_capacity
    from workbench.innovation.knowledge import knowledge_stock as knowledge_stock
    from workbench.innovation.knowledge import lagged as lagged
    from workbench.innovation.knowledge import per_capita as per_capita
    from workbench.innovation.knowledge import ring_spillovers as ring_spillovers
    from workbench.innovation.knowledge import spillover_decay as spillover_decay
    from workbench.innovation.localisation import Agglomeration as Agglomeration
    from workbench.innovation.localisation import Coagglomeration as Coagglomeration
    from workbench.innovation.localisation import LocationalGini as LocationalGini
    from workbench.innovation.localisation import LocationQuotients as LocationQuotients
    from workbench.innovation.localisation import ShiftShare as ShiftShare
    from workbench.innovation.localisation import StructureMeasures as StructureMeasures
    from workbench.innovation.localisation import TopList as TopList
    from workbench.innovation.localisation import coagglomeration as coagglomeration
    from workbench.innovation.localisation import concentration as concentration
    from workbench.innovation.localisation import ellison_glaeser as ellison_glaeser
    from workbench.innovation.localisation import location_quotients as location_quotients
    from workbench.innovation.localisation import locational_gini as locational_gini
    from workbench.innovation.localisation import shift_share as shift_share
    from workbench.innovation.localisation import specialisation as specialisation
    from workbench.innovation.localisation import top_list as top_list
    from workbench.innovation.organisations import CreationRates as CreationRates
    from workbench.innovation.organisations import DigitalDivide as DigitalDivide
    from workbench.innovation.organisations import GrowthRates as GrowthRates
    from workbench.innovation.organisations import creation_rates as creation_rates
    from workbench.innovation.organisations import digital_divide as digital_divide
    from workbench.innovation.organisations import growth_rates as growth_rates
    from workbench.innovation.points import ColocationQuotients as ColocationQuotients
    from workbench.innovation.points import PointCurves as PointCurves
    from workbench.innovation.points import colocation_quotient as colocation_quotient
    from workbench.innovation.points import k_density as k_density
    from workbench.innovation.points import m_function as m_function
    from workbench.innovation.position import Potential as Potential
    from workbench.innovation.position import PotentialLinks as PotentialLinks
    from workbench.innovation.position import potential as potential
    from workbench.innovation.position import potential_links as potential_links
    from workbench.innovation.profiles import Peers as Peers
    from workbench.innovation.profiles import RegionProfile as RegionProfile
    from workbench.innovation.profiles import peers as peers
    from workbench.innovation.profiles import region_profile as region_profile
    from workbench.innovation.registries import RegionalExcess as RegionalExcess
    from workbench.innovation.registries import Registry as Registry
    from workbench.innovation.registries import registry as registry
    from workbench.innovation.typologies import RegionTypes as RegionTypes
    from workbench.innovation.typologies import TypologyComparison as TypologyComparison
    from workbench.innovation.typologies import TypologyMoves as TypologyMoves
    from workbench.innovation.typologies import TypologyProfiles as TypologyProfiles
    from workbench.innovation.typologies import TypologyStability as TypologyStability
    from workbench.innovation.typologies import combined_types as combined_types
    from workbench.innovation.typologies import compare_typologies as compare_typologies
    from workbench.innovation.typologies import leader_types as leader_types
    from workbench.innovation.typologies import typology_moves as typology_moves
    from workbench.innovation.typologies import typology_profiles as typology_profiles
    from workbench.innovation.typologies import typology_stability as typology_stability

_ROOM_OF = {
    "AbsorptiveCapacity": "knowledge",
    "KnowledgeStock": "knowledge",
    "MadeColumns": "knowledge",
    "SpilloverDecay": "knowledge",
    "absorptive_capacity": "knowledge",
    "knowledge_stock": "knowledge",
    "lagged": "knowledge",
    "per_capita": "knowledge",
    "ring_spillovers": "knowledge",
    "spillover_decay": "knowledge",
    "Potential": "position",
    "PotentialLinks": "position",
    "potential": "position",
    "potential_links": "position",
    "Agglomeration": "localisation",
    "Coagglomeration": "localisation",
    "LocationQuotients": "localisation",
    "LocationalGini": "localisation",
    "ShiftShare": "localisation",
    "StructureMeasures": "localisation",
    "TopList": "localisation",
    "coagglomeration": "localisation",
    "concentration": "localisation",
    "ellison_glaeser": "localisation",
    "location_quotients": "localisation",
    "locational_gini": "localisation",
    "shift_share": "localisation",
    "specialisation": "localisation",
    "ColocationQuotients": "points",
    "top_list": "localisation",
    "PointCurves": "points",
    "colocation_quotient": "points",
    "k_density": "points",
    "m_function": "points",
    "CoOccurrence": "activity_space",
    "Complexity": "activity_space",
    "EntryModelResult": "activity_space",
    "Fitness": "activity_space",
    "Relatedness": "activity_space",
    "RelatednessDensity": "activity_space",
    "Transitions": "activity_space",
    "Variety": "activity_space",
    "co_occurrence": "activity_space",
    "complexity": "activity_space",
    "entries": "activity_space",
    "entry_model": "activity_space",
    "exits": "activity_space",
    "fitness": "activity_space",
    "relatedness": "activity_space",
    "relatedness_density": "activity_space",
    "variety": "activity_space",
    "CarriedFit": "composites",
    "CarriedLisa": "composites",
    "CarriedMoran": "composites",
    "CompositeIndex": "composites",
    "Construction": "composites",
    "IndexChecks": "composites",
    "IndexComparison": "composites",
    "IndexSensitivity": "composites",
    "IndexUncertainty": "composites",
    "Indicators": "composites",
    "composite": "composites",
    "RegionalExcess": "registries",
    "Registry": "registries",
    "registry": "registries",
    "Peers": "profiles",
    "RegionProfile": "profiles",
    "peers": "profiles",
    "region_profile": "profiles",
    "RegionTypes": "typologies",
    "TypologyComparison": "typologies",
    "TypologyMoves": "typologies",
    "TypologyProfiles": "typologies",
    "TypologyStability": "typologies",
    "combined_types": "typologies",
    "compare_typologies": "typologies",
    "leader_types": "typologies",
    "typology_moves": "typologies",
    "typology_profiles": "typologies",
    "typology_stability": "typologies",
    "CreationRates": "organisations",
    "DigitalDivide": "organisations",
    "GrowthRates": "organisations",
    "creation_rates": "organisations",
    "digital_divide": "organisations",
    "growth_rates": "organisations",
    "AdoptionHazard": "diffusion",
    "BassDiffusion": "diffusion",
    "SpatialBass": "diffusion",
    "adoption_hazard": "diffusion",
    "bass": "diffusion",
    "spatial_bass": "diffusion",
    "DataEnvelopment": "frontiers",
    "EfficiencyDeterminants": "frontiers",
    "Productivity": "frontiers",
    "StochasticFrontier": "frontiers",
    "data_envelopment": "frontiers",
    "malmquist": "frontiers",
    "stochastic_frontier": "frontiers",
}

__all__ = [
    "AbsorptiveCapacity",
    "AdoptionHazard",
    "Agglomeration",
    "BassDiffusion",
    "CarriedFit",
    "CarriedLisa",
    "CarriedMoran",
    "CoOccurrence",
    "Coagglomeration",
    "ColocationQuotients",
    "Complexity",
    "CompositeIndex",
    "Construction",
    "CreationRates",
    "DataEnvelopment",
    "DigitalDivide",
    "EfficiencyDeterminants",
    "EntryModelResult",
    "Fitness",
    "GrowthRates",
    "IndexChecks",
    "IndexComparison",
    "IndexSensitivity",
    "IndexUncertainty",
    "Indicators",
    "KnowledgeStock",
    "LocationQuotients",
    "LocationalGini",
    "MadeColumns",
    "Peers",
    "PointCurves",
    "Potential",
    "PotentialLinks",
    "Productivity",
    "RegionProfile",
    "RegionTypes",
    "RegionalExcess",
    "Registry",
    "Relatedness",
    "RelatednessDensity",
    "ShiftShare",
    "SpatialBass",
    "SpilloverDecay",
    "StochasticFrontier",
    "StructureMeasures",
    "TopList",
    "Transitions",
    "TypologyComparison",
    "TypologyMoves",
    "TypologyProfiles",
    "TypologyStability",
    "Variety",
    "absorptive_capacity",
    "adoption_hazard",
    "bass",
    "co_occurrence",
    "coagglomeration",
    "colocation_quotient",
    "combined_types",
    "compare_typologies",
    "complexity",
    "composite",
    "concentration",
    "creation_rates",
    "data_envelopment",
    "digital_divide",
    "ellison_glaeser",
    "entries",
    "entry_model",
    "exits",
    "fitness",
    "growth_rates",
    "k_density",
    "knowledge_stock",
    "lagged",
    "leader_types",
    "location_quotients",
    "locational_gini",
    "m_function",
    "malmquist",
    "peers",
    "per_capita",
    "potential",
    "potential_links",
    "region_profile",
    "registry",
    "relatedness",
    "relatedness_density",
    "ring_spillovers",
    "shift_share",
    "spatial_bass",
    "specialisation",
    "spillover_decay",
    "stochastic_frontier",
    "top_list",
    "typology_moves",
    "typology_profiles",
    "typology_stability",
    "variety",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its room when it is first asked for."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
