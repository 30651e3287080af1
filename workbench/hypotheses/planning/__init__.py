"""What a study could see before it looks, and whether it saw right: power, and recovery."""

from workbench.hypotheses.planning.detection import power
from workbench.hypotheses.planning.recovered import Recovery, recovery
from workbench.hypotheses.planning.results import Power

__all__ = ["Power", "Recovery", "power", "recovery"]
