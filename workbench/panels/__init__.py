"""Panel regressions: fixed and random effects, robust covariances, common shocks."""

from workbench.panels.common_shocks import CommonShocks, common_shocks
from workbench.panels.fit import fit_panel
from workbench.panels.results import PanelResults

__all__ = ["CommonShocks", "PanelResults", "common_shocks", "fit_panel"]
