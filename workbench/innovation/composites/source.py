"""The table of indicators as a construction takes it: checked, sorted, joined with its metadata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import canonical_order, ids_digest, region_ids
from workbench.core.panel_frame import PanelFrame, panel_frame, period_text
from workbench.core.periods import times
from workbench.data.schemes import refuse_mixed
from workbench.errors import InputError, PanelError, ValuesError, check_number, nearest
from workbench.explore.groups import region_codes
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.composites.prepared import Prepared
from workbench.innovation.composites.treating import cells, label_of
from workbench.typing import BoolArray, FloatArray

MOST_LISTED = 8
"""Indicators up to which a message lists all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Data and metadata of an index before any step.

    Attributes
    ----------
    data : pandas.DataFrame
        Indicators in the order of the metadata, rows sorted by region (and period).
    indicators : Indicators
    prepared : Prepared
        The same as arrays.
    digest : str
        Of the ids of the rows.
    """

    data: pd.DataFrame
    indicators: Indicators
    prepared: Prepared
    digest: str

    @property
    def periods(self) -> pd.Index | None:
        """Periods of a panel, in increasing order; None of a cross-section."""
        return None if self.data.index.nlevels == 1 else self.data.index.unique(1).sort_values()


def read_source(
    data: pd.DataFrame,
    indicators: Indicators,
    *,
    groups: pd.Series[Any] | None,
    reference: Any,
    reference_region: Any,
) -> Source:
    """Check a table of indicators and put it in canonical order.

    Parameters
    ----------
    data : DataFrame
        Indexed by region id, or by (region, period); exactly the columns of the metadata, and
        perhaps a geometry, which is left out.
    indicators : Indicators
        Metadata.
    groups, reference, reference_region
        See :func:`workbench.innovation.composites.building.composite`.
    """
    frame, panel = _rows(data)
    frame = _columns(frame, indicators)
    X = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    low, high = indicators.goalposts
    ids = tuple(map(_label, frame.index)) if panel is not None else tuple(frame.index)
    rows = _reference_rows(reference, panel)
    regions = frame.index if panel is None else panel.regions
    codes = None if groups is None else region_codes(groups, regions, argument="groups")[0]
    prepared = Prepared(
        X=X,
        direction=indicators.direction,
        tree=indicators.tree,
        expert=indicators.expert,
        low=low,
        high=high,
        ids=ids,
        names=indicators.names,
        levels=indicators.levels,
        groups=codes if panel is None or codes is None else codes[panel.region_codes],
        period=None if panel is None else panel.period_codes,
        entity=None if panel is None else panel.region_codes,
        times=None if panel is None else times(panel.periods)[panel.period_codes],
        rows=rows,
        target=_target(reference_region, panel, regions, rows),
    )
    _require_finite(prepared)
    X.setflags(write=False)
    digest = ids_digest(frame.index) if panel is None else panel.digest
    return Source(frame.astype(float), indicators, prepared, digest)


def require_coverage(prepared: Prepared, coverage: float) -> None:
    """Refuse regions and indicators of which less than a share is known.

    Raises
    ------
    ValuesError
        Naming them.
    """
    if isinstance(coverage, bool) or not 0 <= check_number("coverage", coverage) <= 1:
        raise InputError("coverage", expected="a share from 0 to 1", found=repr(coverage))
    known = ~np.isnan(prepared.X)
    labels = [label_of(one) for one in prepared.ids]
    faults = [
        (what, [f"{name} ({share:.0%})" for name, share in zip(names, shares, strict=True)
                if share < coverage])
        for what, names, shares in (
            ("regions", labels, known.mean(axis=1)),
            ("indicators", list(prepared.names), known.mean(axis=0)),
        )
    ]  # fmt: skip
    thin = [(what, names) for what, names in faults if names]
    if thin:
        raise ValuesError(
            "data",
            expected=f"values in at least {coverage:.0%} of the cells of every region and "
            "every indicator",
            found=" and ".join(f"less in {len(names)} {what}" for what, names in thin),
            offenders=[name for _, names in thin for name in names],
            why="a score would rest on what was imputed",
            remedy="leave those out, or lower the threshold, e.g. coverage=0.3",
        )


def _rows(data: Any) -> tuple[pd.DataFrame, PanelFrame | None]:
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "data",
            expected="a DataFrame indexed by region id, or by (region, period)",
            found=type(data).__name__,
            remedy='table.set_index("region")',
        )
    refuse_mixed(data.index)
    geometry = getattr(data, "_geometry_column_name", None)
    frame = pd.DataFrame(data.drop(columns=[geometry] if geometry in data.columns else []))
    if frame.index.nlevels > 1:
        panel = panel_frame(frame)
        return panel.table, panel
    return frame.iloc[canonical_order(region_ids(frame.index, argument="data"))], None


def _columns(frame: pd.DataFrame, indicators: Indicators) -> pd.DataFrame:
    frame = frame.set_axis(frame.columns.astype(str), axis=1)
    repeated = frame.columns[frame.columns.duplicated()].unique()
    known = list(indicators.names)
    bare = [name for name in frame.columns if name not in known]
    absent = [name for name in known if name not in frame.columns]
    if bare or absent or len(repeated):
        raise InputError(
            "data",
            expected="a column for each indicator of the metadata, and no other",
            found=f"{len(absent)} indicators without a column, {len(bare)} columns without "
            f"metadata, {len(repeated)} names that occur more than once",
            offenders=[*absent, *bare, *repeated],
            remedy=_way_out(absent, bare, known),
        )
    ordered = frame[known]
    words = [
        name
        for name in known
        if not pd.api.types.is_numeric_dtype(ordered[name].dtype)
        or pd.api.types.is_bool_dtype(ordered[name].dtype)
        or pd.api.types.is_complex_dtype(ordered[name].dtype)
    ]
    if words:
        raise ValuesError(
            "data",
            expected="numbers in every column",
            found=f"values of type {ordered[words[0]].dtype}",
            offenders=words,
            remedy="convert them, e.g. pandas.to_numeric(column), or leave them out",
        )
    return ordered


def _label(one: Any) -> tuple[str, str]:
    return str(one[0]), period_text(one[1])


def _require_finite(prepared: Prepared) -> None:
    wrong = np.isinf(prepared.X)
    if wrong.any():
        raise ValuesError(
            "data",
            expected="finite numbers",
            found=f"{int(wrong.sum())} infinite ones",
            offenders=cells(prepared, wrong),
            remedy="look for a division by zero",
        )


def _reference_rows(reference: Any, panel: PanelFrame | None) -> BoolArray | None:
    if reference is None:
        return None
    if panel is None:
        raise PanelError(
            "reference",
            expected="a panel, indexed by region and period, for a reference period",
            found="one cross-section",
            remedy='give goalposts and pass normalisation="goalposts" to compare cross-sections',
        )
    listed = isinstance(reference, Sequence | pd.Index) and not isinstance(reference, str)
    wanted = list(reference) if listed else [reference]
    unknown = [one for one in wanted if one not in panel.periods]
    if unknown or not wanted:
        raise PanelError(
            "reference",
            expected="periods of the data",
            found=", ".join(map(str, unknown)) or "none",
            remedy=f"one of {', '.join(map(period_text, panel.periods[:5]))}",
        )
    return np.asarray(panel.periods.isin(wanted)[panel.period_codes])


def _target(
    region: Any, panel: PanelFrame | None, regions: pd.Index, rows: BoolArray | None
) -> int | None:
    """Return the row that others are related to: of a panel the region's in the reference."""
    if region is None:
        return None
    if region not in regions:
        raise InputError(
            "reference_region",
            expected="a region of the data",
            found=repr(region),
            remedy=nearest(region, map(str, regions)),
        )
    if panel is None:
        return regions.tolist().index(region)
    found = np.flatnonzero(panel.region_codes == regions.tolist().index(region))
    if rows is not None:
        found = found[rows[found]]
    if len(found) != 1:
        raise PanelError(
            "reference_region",
            expected="one row of the region to relate all periods to",
            found=f"{len(found)} periods",
            remedy=f"name the period, e.g. reference={panel.periods.tolist()[0]!r}",
        )
    return int(found[0])


def as_table(values: FloatArray, source: Source) -> pd.DataFrame:
    """Return indicators as a table labelled as the data are."""
    return pd.DataFrame(values.copy(), index=source.data.index, columns=list(source.prepared.names))


def _way_out(absent: list[str], bare: list[str], known: list[str]) -> str:
    if absent:
        return nearest(absent[0], bare) or "add those columns, or leave the indicators out"
    if len(known) > MOST_LISTED:
        return "data[list(Indicators(indicators).names)]"
    return f"data[{known!r}]"
