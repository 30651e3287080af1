"""Points of industries: concentration in continuous space, and which kinds are beside which."""

from workbench.innovation.points.colocation import colocation_quotient
from workbench.innovation.points.colocation_result import ColocationQuotients
from workbench.innovation.points.curves import PointCurves
from workbench.innovation.points.k_densities import k_density
from workbench.innovation.points.relative import m_function

__all__ = ["ColocationQuotients", "PointCurves", "colocation_quotient", "k_density", "m_function"]
