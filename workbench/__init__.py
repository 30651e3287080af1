"""A research workbench for spatial econometrics and the geography of innovation.

``import workbench as wb`` costs well under a second: names are looked up in their rooms at first
use. The public face is the mapping below; each name is documented where it lives.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench import data as data
    from workbench import errors as errors
    from workbench import explore as explore
    from workbench import growth as growth
    from workbench import hypotheses as hypotheses
    from workbench import innovation as innovation
    from workbench import models as models
    from workbench import panels as panels
    from workbench import weights as weights
    from workbench.core.language import set_language as set_language
    from workbench.core.language import speaking as speaking
    from workbench.data import datasets as datasets
    from workbench.data import describe as describe
    from workbench.data import join as join
    from workbench.data import load as load
    from workbench.data import quality as quality
    from workbench.explore import lisa as lisa
    from workbench.explore import moran as moran
    from workbench.fitting import fit as fit
    from workbench.hypotheses import Hypothesis as Hypothesis
    from workbench.hypotheses import direct as direct
    from workbench.hypotheses import identification as identification
    from workbench.hypotheses import indirect as indirect
    from workbench.hypotheses import lock as lock
    from workbench.hypotheses import placebo_geography as placebo_geography
    from workbench.hypotheses import power as power
    from workbench.hypotheses import recovery as recovery
    from workbench.hypotheses import referee as referee
    from workbench.hypotheses import scale_ladder as scale_ladder
    from workbench.hypotheses import specification_curve as specification_curve
    from workbench.hypotheses import total as total
    from workbench.ladders import ladder as ladder
    from workbench.models import GMM as GMM
    from workbench.models import SCPC as SCPC
    from workbench.models import Clustered as Clustered
    from workbench.models import Conley as Conley
    from workbench.models import KelejianPrucha as KelejianPrucha
    from workbench.panels import DriscollKraay as DriscollKraay
    from workbench.panels import DynamicGMM as DynamicGMM
    from workbench.panels import PanelCorrected as PanelCorrected
    from workbench.refitting import refit as refit
    from workbench.reports import claim as claim
    from workbench.reports import compare as compare
    from workbench.reports import publish as publish
    from workbench.reports import table as table
    from workbench.views import choropleth as choropleth
    from workbench.views import impacts_chart as impacts_chart

__version__ = "0.1.0"

_ROOM_OF = {
    "set_language": "workbench.core.language",
    "speaking": "workbench.core.language",
    "datasets": "workbench.data",
    "describe": "workbench.data",
    "join": "workbench.data",
    "load": "workbench.data",
    "quality": "workbench.data",
    "moran": "workbench.explore",
    "lisa": "workbench.explore",
    "fit": "workbench.fitting",
    "ladder": "workbench.ladders",
    "refit": "workbench.refitting",
    "GMM": "workbench.models",
    "DynamicGMM": "workbench.panels",
    "SCPC": "workbench.models",
    "KelejianPrucha": "workbench.models",
    "Conley": "workbench.models",
    "Clustered": "workbench.models",
    "DriscollKraay": "workbench.panels",
    "PanelCorrected": "workbench.panels",
    "Hypothesis": "workbench.hypotheses",
    "direct": "workbench.hypotheses",
    "identification": "workbench.hypotheses",
    "indirect": "workbench.hypotheses",
    "lock": "workbench.hypotheses",
    "placebo_geography": "workbench.hypotheses",
    "power": "workbench.hypotheses",
    "recovery": "workbench.hypotheses",
    "referee": "workbench.hypotheses",
    "scale_ladder": "workbench.hypotheses",
    "specification_curve": "workbench.hypotheses",
    "total": "workbench.hypotheses",
    "compare": "workbench.reports",
    "publish": "workbench.reports",
    "claim": "workbench.reports",
    "table": "workbench.reports",
    "choropleth": "workbench.views",
    "impacts_chart": "workbench.views",
}
_ROOMS = (
    "data",
    "errors",
    "explore",
    "growth",
    "hypotheses",
    "innovation",
    "models",
    "panels",
    "weights",
)

__all__ = [*_ROOM_OF, *_ROOMS, "__version__"]


def __getattr__(name: str) -> Any:
    """Look a public name up in its room, at first use."""
    if name in _ROOMS:
        return import_module(f"workbench.{name}")
    if name in _ROOM_OF:
        value = getattr(import_module(_ROOM_OF[name]), name)
        globals()[name] = value
        return value
    from workbench.errors import nearest

    homes = [
        room
        for room in _ROOMS
        if name in getattr(import_module(f"workbench.{room}"), "__all__", ())
    ]
    hint = f"it is workbench.{homes[0]}.{name}" if homes else nearest(name, __all__)
    raise AttributeError(f"module 'workbench' has no attribute {name!r}. {hint}".strip())


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
