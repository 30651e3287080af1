"""Relatedness and complexity: what goes together, what regions take up, how complex it is."""

from workbench.innovation.activity_space.closeness import RelatednessDensity, relatedness_density
from workbench.innovation.activity_space.co_occurrences import CoOccurrence, co_occurrence
from workbench.innovation.activity_space.complexity_index import Complexity, complexity
from workbench.innovation.activity_space.entry_models import EntryModelResult, entry_model
from workbench.innovation.activity_space.fitness_index import Fitness, fitness
from workbench.innovation.activity_space.moves import Transitions, entries, exits
from workbench.innovation.activity_space.pairs import Relatedness, relatedness
from workbench.innovation.activity_space.varieties import Variety, variety

__all__ = [
    "CoOccurrence",
    "Complexity",
    "EntryModelResult",
    "Fitness",
    "Relatedness",
    "RelatednessDensity",
    "Transitions",
    "Variety",
    "co_occurrence",
    "complexity",
    "entries",
    "entry_model",
    "exits",
    "fitness",
    "relatedness",
    "relatedness_density",
    "variety",
]
