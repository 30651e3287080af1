"""Panel regressions: fixed and random effects, robust covariances, neighbours' regressors."""

from workbench.panels.fit import fit_panel
from workbench.panels.results import PanelResults

__all__ = ["PanelResults", "fit_panel"]
