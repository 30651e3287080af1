"""From a notebook to a report whose every number has an id and can be verified."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.reports.comparing import compare
    from workbench.reports.comparison import Comparison
    from workbench.reports.publishing import claim, publish
    from workbench.reports.tables import Table, table

__all__ = ["Comparison", "Table", "claim", "compare", "publish", "table"]

_HOMES = {
    "Comparison": "workbench.reports.comparison",
    "Table": "workbench.reports.tables",
    "claim": "workbench.reports.publishing",
    "compare": "workbench.reports.comparing",
    "publish": "workbench.reports.publishing",
    "table": "workbench.reports.tables",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
