"""Maps and charts of results: one house style, complete legends, text that describes the picture.

Names resolve on first use, so that matplotlib is loaded only when something is drawn.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.views.charts import impacts_chart, moran_scatterplot
    from workbench.views.maps import choropleth, lisa_map
    from workbench.views.weights import cardinality_histogram, connectivity_map

__all__ = [
    "cardinality_histogram",
    "choropleth",
    "connectivity_map",
    "impacts_chart",
    "lisa_map",
    "moran_scatterplot",
]

_HOMES = {
    "cardinality_histogram": "workbench.views.weights",
    "choropleth": "workbench.views.maps",
    "connectivity_map": "workbench.views.weights",
    "impacts_chart": "workbench.views.charts",
    "lisa_map": "workbench.views.maps",
    "moran_scatterplot": "workbench.views.charts",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
