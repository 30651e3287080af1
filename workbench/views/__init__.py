"""Maps and charts of results: one house style, complete legends, text that describes the picture.

Names resolve on first use, so that matplotlib is loaded only when something is drawn.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.views.charts import impacts_chart, moran_scatterplot
    from workbench.views.clusters import cluster_map, significance_map, stability_map
    from workbench.views.correlograms import correlogram_chart, distance_scatter_chart
    from workbench.views.dynamics import (
        conditional_heatmaps,
        rank_paths,
        rose,
        transition_heatmap,
    )
    from workbench.views.inequality import inequality_lines
    from workbench.views.maps import choropleth
    from workbench.views.weights import cardinality_histogram, connectivity_map

__all__ = [
    "cardinality_histogram",
    "choropleth",
    "cluster_map",
    "conditional_heatmaps",
    "connectivity_map",
    "correlogram_chart",
    "distance_scatter_chart",
    "impacts_chart",
    "inequality_lines",
    "moran_scatterplot",
    "rank_paths",
    "rose",
    "significance_map",
    "stability_map",
    "transition_heatmap",
]

_HOMES = {
    "cardinality_histogram": "workbench.views.weights",
    "choropleth": "workbench.views.maps",
    "cluster_map": "workbench.views.clusters",
    "conditional_heatmaps": "workbench.views.dynamics",
    "connectivity_map": "workbench.views.weights",
    "correlogram_chart": "workbench.views.correlograms",
    "distance_scatter_chart": "workbench.views.correlograms",
    "impacts_chart": "workbench.views.charts",
    "inequality_lines": "workbench.views.inequality",
    "moran_scatterplot": "workbench.views.charts",
    "rank_paths": "workbench.views.dynamics",
    "rose": "workbench.views.dynamics",
    "significance_map": "workbench.views.clusters",
    "stability_map": "workbench.views.clusters",
    "transition_heatmap": "workbench.views.dynamics",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
