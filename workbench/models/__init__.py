"""Cross-section models: the spatial autoregressive family, its diagnostics and its ladder."""

from workbench.models.covariances import Covariances
from workbench.models.cross_section import fit_cross_section
from workbench.models.ladder import Ladder, ladder
from workbench.models.results import CrossSectionResults, Diagnostics
from workbench.regression.covariances import SCPC, Clustered, Conley, KelejianPrucha

__all__ = [
    "SCPC",
    "Clustered",
    "Conley",
    "Covariances",
    "CrossSectionResults",
    "Diagnostics",
    "KelejianPrucha",
    "Ladder",
    "fit_cross_section",
    "ladder",
]
