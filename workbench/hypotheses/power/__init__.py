"""What a study could see before it looks, and whether it saw right: power, and recovery."""

from workbench.hypotheses.power.detection import power
from workbench.hypotheses.power.recovered import Recovery, recovery
from workbench.hypotheses.power.results import Power

__all__ = ["Power", "Recovery", "power", "recovery"]
