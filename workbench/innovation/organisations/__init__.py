"""Organisations over time: creation, growth, and the gap in adopting a technology."""

from __future__ import annotations

from workbench.innovation.organisations.creation import CreationRates, creation_rates
from workbench.innovation.organisations.growing import GrowthRates, growth_rates

__all__ = ["CreationRates", "GrowthRates", "creation_rates", "growth_rates"]
