"""The knowledge production function: stocks, lags, spillovers by distance, absorptive capacity."""

from workbench.innovation.knowledge.capacity import absorptive_capacity
from workbench.innovation.knowledge.capacity_result import AbsorptiveCapacity
from workbench.innovation.knowledge.decay import spillover_decay
from workbench.innovation.knowledge.decay_result import SpilloverDecay
from workbench.innovation.knowledge.lags import lagged
from workbench.innovation.knowledge.made import MadeColumns
from workbench.innovation.knowledge.ratios import per_capita
from workbench.innovation.knowledge.rings import ring_spillovers
from workbench.innovation.knowledge.stock_result import KnowledgeStock
from workbench.innovation.knowledge.stocks import knowledge_stock

__all__ = [
    "AbsorptiveCapacity",
    "KnowledgeStock",
    "MadeColumns",
    "SpilloverDecay",
    "absorptive_capacity",
    "knowledge_stock",
    "lagged",
    "per_capita",
    "ring_spillovers",
    "spillover_decay",
]
