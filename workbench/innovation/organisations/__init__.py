"""Organisations over time: creation, growth, and the gap in adopting a technology."""

from __future__ import annotations

from workbench.innovation.organisations.creation import CreationRates, creation_rates
from workbench.innovation.organisations.divide import DigitalDivide, digital_divide
from workbench.innovation.organisations.growing import GrowthRates, growth_rates

__all__ = [
    "CreationRates",
    "DigitalDivide",
    "GrowthRates",
    "creation_rates",
    "digital_divide",
    "growth_rates",
]
