"""Data: catalogue, descriptors, checksums, the keyed join, quality, schemes of regions.

Names resolve on first use, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.data.catalogue import datasets, describe, load, quality
    from workbench.data.crosswalk import RegionMatch, match_regions
    from workbench.data.files import RawTable, read_eurostat, read_table, to_numbers
    from workbench.data.forms.adopting import adopt
    from workbench.data.forms.checking import check
    from workbench.data.forms.own import is_here
    from workbench.data.forms.result import Check
    from workbench.data.inspection import QualityReport
    from workbench.data.joining import JoinReport, join
    from workbench.data.merging import merge_regions
    from workbench.data.printed import PrintedComparison, compare_printed
    from workbench.data.schemes import scheme_of

__all__ = [
    "Check",
    "JoinReport",
    "PrintedComparison",
    "QualityReport",
    "RawTable",
    "RegionMatch",
    "adopt",
    "check",
    "compare_printed",
    "datasets",
    "describe",
    "is_here",
    "join",
    "load",
    "match_regions",
    "merge_regions",
    "quality",
    "read_eurostat",
    "read_table",
    "scheme_of",
    "to_numbers",
]

_HOMES = {
    "RawTable": "workbench.data.files",
    "read_eurostat": "workbench.data.files",
    "read_table": "workbench.data.files",
    "to_numbers": "workbench.data.files",
    "RegionMatch": "workbench.data.crosswalk",
    "match_regions": "workbench.data.crosswalk",
    "adopt": "workbench.data.forms.adopting",
    "Check": "workbench.data.forms.result",
    "check": "workbench.data.forms.checking",
    "is_here": "workbench.data.forms.own",
    "datasets": "workbench.data.catalogue",
    "describe": "workbench.data.catalogue",
    "load": "workbench.data.catalogue",
    "quality": "workbench.data.catalogue",
    "QualityReport": "workbench.data.inspection",
    "JoinReport": "workbench.data.joining",
    "join": "workbench.data.joining",
    "merge_regions": "workbench.data.merging",
    "PrintedComparison": "workbench.data.printed",
    "compare_printed": "workbench.data.printed",
    "scheme_of": "workbench.data.schemes",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
