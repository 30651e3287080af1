"""Who is treated when, who is exposed to treated neighbours, and which rows compare cleanly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.expressions import label
from workbench.core.panel_frame import PanelFrame, longer_gaps, panel_frame
from workbench.core.provenance import Provenance
from workbench.errors import FormulaError, InputError, PanelError, ValuesError
from workbench.panels.sample import PanelSample
from workbench.regression.specification import Specification
from workbench.typing import IntArray
from workbench.weights import WeightsLike, align_to

NEVER = -1
"""Code of regions that are not treated, or not exposed."""


@dataclass(frozen=True, slots=True, eq=False)
class EventSample:
    """Clean rows of a panel with the begin of treatment and of exposure.

    Attributes
    ----------
    specification : Specification
        Two-way effects, errors clustered by region.
    panel : PanelFrame
        Rows in use.
    first, exposed : ndarray of int, shape (N,)
        Begin of treatment, and of exposure of regions never treated, as codes of `periods`;
        :data:`NEVER` otherwise.
    periods : Index
        All periods of the data.
    code : ndarray of int, shape (n,)
        Position of each row's period in `periods`.
    notes : tuple of str
    """

    specification: Specification
    panel: PanelFrame
    first: IntArray
    exposed: IntArray
    periods: pd.Index
    code: IntArray
    notes: tuple[str, ...]

    @property
    def sample(self) -> PanelSample:
        """The rows as a sample without weights."""
        return PanelSample(self.panel, None, self.notes)

    def provenance(self, method: str) -> Provenance:
        """Return what produced an event study on these rows."""
        return self.sample.provenance(self.specification, f"event study, {method}", {})


def event_sample(
    formula: str, data: pd.DataFrame, W: WeightsLike | None, *, treated: str, threshold: float
) -> EventSample:
    """Read the begin of treatment, find exposed regions, and keep the rows that compare cleanly.

    Raises
    ------
    FormulaError
        If the column of treatment is not there.
    InputError
        If treatment changes within a region, nobody is treated in time, or no comparison is left.
    """
    panel = panel_frame(data)
    first = _begin(panel, treated)
    always = first == 0
    notes = []
    if always.any():
        gone = ", ".join(label(region) for region in panel.regions[always])
        notes.append(f"Regions treated from the first period on are left out: {gone}.")
    exposed = np.full(len(first), NEVER, dtype=np.int64)
    clean = ~always[panel.region_codes]
    if W is not None:
        begin = _exposure(panel, first, W, threshold)
        exposed = np.where(first == NEVER, begin, NEVER)
        own, at = first[panel.region_codes], panel.period_codes
        spoilt = (
            (begin[panel.region_codes] != NEVER) & (own > at) & (at >= begin[panel.region_codes])
        )
        clean &= ~spoilt
        if spoilt.any():
            notes.append(
                f"{int(spoilt.sum())} rows of regions that are exposed before they are treated are "
                "left out."
            )
        at_start = exposed == 0
        if at_start.any():
            clean &= ~at_start[panel.region_codes]
            notes.append(f"{int(at_start.sum())} regions exposed from the first period on: out.")
    gaps = longer_gaps(panel.periods)
    if gaps:
        notes.append(f"Periods are not equally far apart: {', '.join(gaps)}.")
    _refuse_no_comparison(first, exposed, W is not None)
    kept = panel.keep(clean)
    regions = panel.regions.get_indexer(kept.regions)
    text = formula if "~" in formula else f"{formula} ~ 1"
    return EventSample(
        Specification(text, effects="two-way", covariance="clustered"),
        kept,
        first[regions],
        exposed[regions],
        panel.periods,
        panel.period_codes[clean],
        tuple(notes),
    )


def _begin(panel: PanelFrame, treated: str) -> IntArray:
    """Return the code of the first period of treatment of each region."""
    if treated not in panel.table.columns:
        raise FormulaError(
            "treated",
            expected="a column with the first period of treatment",
            found=repr(treated),
            remedy=f"the table has: {', '.join(map(str, panel.table.columns[:12]))}",
        )
    column = panel.table[treated]
    grouped = column.groupby(panel.region_codes)
    same = (grouped.transform("first") == column) | column.isna()
    gaps = column.isna().groupby(panel.region_codes)
    changes = (~same.groupby(panel.region_codes).all() | (gaps.any() & ~gaps.all())).to_numpy()
    if changes.any():
        raise ValuesError(
            treated,
            expected="one begin of treatment a region, the same in all its rows",
            found=f"{int(changes.sum())} regions where it changes",
            offenders=[label(region) for region in panel.regions[changes]],
            why="treatment lasts once it has begun",
            remedy=f'data.groupby(level=0)["{treated}"].transform("min")',
        )
    begin = grouped.first()
    known = begin.notna().to_numpy()
    values = begin[known]
    if values.dtype == bool or (values == 0).any():
        raise ValuesError(
            treated,
            expected="the first period of treatment, missing for regions never treated",
            found="True or False" if values.dtype == bool else "0",
            offenders=[label(region) for region in panel.regions[known][values == 0]],
            remedy=f'data["{treated}"].replace(0, numpy.nan)',
        )
    try:
        codes = panel.periods.searchsorted(values.astype(panel.periods.dtype))
    except (TypeError, ValueError):
        raise ValuesError(
            treated,
            expected="periods like those of the index",
            found=f"{values.iloc[0]!r}",
            why="it is the period in which treatment begins",
        ) from None
    first = np.full(len(panel.regions), NEVER, dtype=np.int64)
    # Treated after the last period is not treated in these data.
    first[known] = np.where(codes < len(panel.periods), codes, NEVER)
    if not (first > 0).any():
        raise InputError(
            "treated",
            expected="regions whose treatment begins within the periods",
            found="none",
            why="there is no change to learn from",
        )
    return first


def _exposure(panel: PanelFrame, first: IntArray, W: WeightsLike, threshold: float) -> IntArray:
    """Return the first period in which W × treated exceeds the threshold, of each region."""
    if not isinstance(threshold, int | float) or isinstance(threshold, bool) or threshold < 0:
        raise InputError("threshold", expected="a number from 0 on", found=repr(threshold))
    frame = pd.DataFrame(index=panel.regions)
    _, weights, _ = align_to(frame, W, argument="data", align="strict")
    steps = np.arange(len(panel.periods))
    on = ((first[:, None] != NEVER) & (first[:, None] <= steps)).astype(float)
    above = np.asarray(weights.sparse @ on) > threshold
    return np.where(above.any(axis=1), above.argmax(axis=1), NEVER).astype(np.int64)


def _refuse_no_comparison(first: IntArray, exposed: IntArray, spatial: bool) -> None:
    if spatial and not ((first == NEVER) & (exposed == NEVER)).any():
        raise PanelError(
            "W",
            expected="regions that are neither treated nor exposed, to compare with",
            found="none",
            why="without them effects of treatment and of exposure cannot be told apart",
            remedy="a W that reaches less far, or a higher threshold",
        )
