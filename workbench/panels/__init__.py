"""Panel regressions: fixed and random effects, spatial panels, counts, common shocks."""

from workbench.panels.common_shocks import CommonShocks, common_shocks
from workbench.panels.component_tests import component_tests
from workbench.panels.dynamic_impacts import ImpactPath
from workbench.panels.dynamic_moment_results import DynamicMomentResults
from workbench.panels.dynamic_results import DynamicPanelResults
from workbench.panels.event_studies import EventStudy, event_study
from workbench.panels.fit import fit_panel
from workbench.panels.hausman import spatial_hausman
from workbench.panels.ladder import PanelLadder, panel_ladder
from workbench.panels.lag_error_tests import lag_error_tests
from workbench.panels.moments import MomentPanelResults
from workbench.panels.moran import MoranByPeriod, moran_by_period
from workbench.panels.nested import nested_tests
from workbench.panels.paths import PanelPath, elhorst_path
from workbench.panels.probabilities import model_probabilities
from workbench.panels.results import PanelResults
from workbench.panels.spatial_results import SpatialPanelResults
from workbench.panels.unit_roots import UnitRoot, unit_root
from workbench.regression.dynamic_moments import DynamicGMM
from workbench.regression.panel_covariances import DriscollKraay, PanelCorrected

__all__ = [
    "CommonShocks",
    "DriscollKraay",
    "DynamicGMM",
    "DynamicMomentResults",
    "DynamicPanelResults",
    "EventStudy",
    "ImpactPath",
    "MomentPanelResults",
    "MoranByPeriod",
    "PanelCorrected",
    "PanelLadder",
    "PanelPath",
    "PanelResults",
    "SpatialPanelResults",
    "UnitRoot",
    "common_shocks",
    "component_tests",
    "elhorst_path",
    "event_study",
    "fit_panel",
    "lag_error_tests",
    "model_probabilities",
    "moran_by_period",
    "nested_tests",
    "panel_ladder",
    "spatial_hausman",
    "unit_root",
]
