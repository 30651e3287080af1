"""What every measure asks of its tables before it computes."""

from workbench.innovation.reading.series import same_regions, series
from workbench.innovation.reading.tables import TwoWay, refuse_empty, two_way

__all__ = ["TwoWay", "refuse_empty", "same_regions", "series", "two_way"]
