"""Exploration: is a variable clustered in space, and where."""

from workbench.explore.lisa import LisaResult, lisa
from workbench.explore.moran import MoranResult, moran

__all__ = ["LisaResult", "MoranResult", "lisa", "moran"]
