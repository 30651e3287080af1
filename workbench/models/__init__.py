"""Cross-section models: the spatial autoregressive family, its diagnostics and its ladder."""

from workbench.models.cross_section import fit_cross_section
from workbench.models.ladder import Ladder, ladder
from workbench.models.results import CrossSectionResults, Diagnostics

__all__ = ["CrossSectionResults", "Diagnostics", "Ladder", "fit_cross_section", "ladder"]
