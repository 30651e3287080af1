"""Panel regressions: fixed and random effects, spatial panels, counts, common shocks."""

from workbench.panels.common_shocks import CommonShocks, common_shocks
from workbench.panels.dynamic_impacts import ImpactPath
from workbench.panels.dynamic_results import DynamicPanelResults
from workbench.panels.event_studies import EventStudy, event_study
from workbench.panels.fit import fit_panel
from workbench.panels.ladder import PanelLadder, panel_ladder
from workbench.panels.moments import MomentPanelResults
from workbench.panels.nested import nested_tests
from workbench.panels.results import PanelResults
from workbench.panels.spatial_results import SpatialPanelResults
from workbench.panels.unit_roots import UnitRoot, unit_root

__all__ = [
    "CommonShocks",
    "DynamicPanelResults",
    "EventStudy",
    "ImpactPath",
    "MomentPanelResults",
    "PanelLadder",
    "PanelResults",
    "SpatialPanelResults",
    "UnitRoot",
    "common_shocks",
    "event_study",
    "fit_panel",
    "nested_tests",
    "panel_ladder",
    "unit_root",
]
