"""Concentration of establishments in continuous space: K-densities and the M function."""

from workbench.innovation.points.curves import PointCurves
from workbench.innovation.points.k_densities import k_density
from workbench.innovation.points.relative import m_function

__all__ = ["PointCurves", "k_density", "m_function"]
