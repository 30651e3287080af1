"""Registries of clusters: rows with a place, a form, members and a source, checked and counted."""

from workbench.innovation.registries.excess import RegionalExcess
from workbench.innovation.registries.reading import registry
from workbench.innovation.registries.result import Registry

__all__ = ["RegionalExcess", "Registry", "registry"]
