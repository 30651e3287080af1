"""Composite indices: built from indicators by a recorded recipe that can be replayed."""

from workbench.innovation.composites.building import composite
from workbench.innovation.composites.carried import CarriedFit, CarriedLisa, CarriedMoran
from workbench.innovation.composites.checking import IndexChecks
from workbench.innovation.composites.comparing import IndexComparison
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.index import CompositeIndex
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.composites.sensitivity import IndexSensitivity
from workbench.innovation.composites.uncertainty import IndexUncertainty

__all__ = [
    "CarriedFit",
    "CarriedLisa",
    "CarriedMoran",
    "CompositeIndex",
    "Construction",
    "IndexChecks",
    "IndexComparison",
    "IndexSensitivity",
    "IndexUncertainty",
    "Indicators",
    "composite",
]
