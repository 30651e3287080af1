"""Panel regressions: fixed and random effects, spatial panels, counts, common shocks."""

from workbench.panels.comparison.ladder import PanelLadder, panel_ladder
from workbench.panels.comparison.nested import nested_tests
from workbench.panels.comparison.paths import PanelPath, elhorst_path
from workbench.panels.comparison.probabilities import model_probabilities
from workbench.panels.dynamic.impacts import ImpactPath
from workbench.panels.dynamic.moment_results import DynamicMomentResults
from workbench.panels.dynamic.results import DynamicPanelResults
from workbench.panels.events.studies import EventStudy, event_study
from workbench.panels.fit import fit_panel
from workbench.panels.results import PanelResults
from workbench.panels.shocks.side_by_side import CommonShocks, common_shocks
from workbench.panels.spatial.moments import MomentPanelResults
from workbench.panels.spatial.results import SpatialPanelResults
from workbench.panels.testing.components import component_tests
from workbench.panels.testing.hausman import spatial_hausman
from workbench.panels.testing.lag_and_error import lag_error_tests
from workbench.panels.testing.moran import MoranByPeriod, moran_by_period
from workbench.panels.testing.unit_roots import UnitRoot, unit_root
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
