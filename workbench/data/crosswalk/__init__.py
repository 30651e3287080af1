"""From names and codes of regions, as people write them, to region ids."""

from workbench.data.crosswalk.matching import match_regions
from workbench.data.crosswalk.result import RegionMatch

__all__ = ["RegionMatch", "match_regions"]
