"""Who is treated when, who is exposed to treated neighbours, and which rows compare cleanly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.expressions import label
from workbench.core.panel_frame import PanelFrame, longer_gaps, panel_frame
from workbench.core.provenance import Provenance
from workbench.errors import FormulaError, InputError, PanelError, ValuesError, nearest
from workbench.panels.sample import PanelSample, left_by_policy
from workbench.panels.spatial.period_weights import align_panel
from workbench.regression.specification import Specification
from workbench.typing import Align, BoolArray, IntArray
from workbench.weights import Weights, WeightsLike, align_to

OWN, EXPOSURE = "own", "exposure"
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
    first : ndarray of int, shape (N,)
        Begin of treatment as codes of `periods`; :data:`NEVER` otherwise.
    exposures : mapping of str to ndarray of int, shape (N,)
        By effect, begin of the exposure of regions never treated; empty without W.
    periods : Index
        All periods of the data.
    code : ndarray of int, shape (n,)
        Position of each row's period in `periods`.
    notes : tuple of str
    """

    specification: Specification
    panel: PanelFrame
    first: IntArray
    exposures: Mapping[str, IntArray]
    periods: pd.Index
    code: IntArray
    notes: tuple[str, ...]

    @property
    def begins(self) -> dict[str, IntArray]:
        """Begin of each effect, that of treatment first."""
        return {OWN: self.first, **self.exposures}

    @property
    def controls(self) -> BoolArray:
        """Regions that are neither treated nor exposed, shape (N,)."""
        return np.asarray(earliest(self.begins) == NEVER)

    @property
    def sample(self) -> PanelSample:
        """The rows as a sample without weights."""
        return PanelSample(self.panel, None, self.notes)

    def provenance(self, method: str) -> Provenance:
        """Return what produced an event study on these rows."""
        return self.sample.provenance(self.specification, f"event study, {method}", {})


def event_sample(
    specification: Specification,
    data: pd.DataFrame,
    W: WeightsLike | Mapping[str, WeightsLike] | None,
    *,
    treated: str,
    threshold: float,
) -> EventSample:
    """Read the begin of treatment, find exposed regions, and keep the rows that compare cleanly.

    Raises
    ------
    FormulaError
        If the column of treatment is not there.
    InputError
        If treatment changes within a region, nobody is treated in time, or no comparison is left.
    """
    panel, weights, notes = _aligned(panel_frame(data), W, specification.align)
    first = _begin(panel, treated)
    always = first == 0
    if always.any():
        gone = ", ".join(label(region) for region in panel.regions[always])
        notes.append(f"Regions treated from the first period on are left out: {gone}.")
    clean = ~always[panel.region_codes]
    begins = {name: _exposure(panel, first, each, threshold) for name, each in weights.items()}
    exposures = {name: np.where(first == NEVER, b, NEVER) for name, b in begins.items()}
    if begins:
        clean &= _unspoilt(panel, first, begins, exposures, notes)
    gaps = longer_gaps(panel.periods)
    if gaps:
        notes.append(f"Periods are not equally far apart: {', '.join(gaps)}.")
    _refuse_no_comparison(first, exposures)
    complete, told = left_by_policy(specification, panel)
    clean &= panel.table.index.isin(complete.table.index)
    kept = panel.keep(clean)
    regions = panel.regions.get_indexer(kept.regions)
    return EventSample(
        specification,
        kept,
        first[regions],
        {name: begin[regions] for name, begin in exposures.items()},
        panel.periods,
        panel.period_codes[clean],
        (*notes, *told),
    )


def _aligned(
    panel: PanelFrame, W: WeightsLike | Mapping[str, WeightsLike] | None, align: Align
) -> tuple[PanelFrame, dict[str, Weights], list[str]]:
    """Return the regions that panel and all weights have, and the weights by effect."""
    if W is None:
        return panel, {}, []
    named = {EXPOSURE: W}
    if isinstance(W, Mapping):
        if set(W) & set(panel.periods) or not W:
            raise InputError(
                "W",
                expected="one W, or several by name",
                found="weights by period" if W else "none",
                why="a region is exposed from one period on",
                remedy='{"near": W, "far": W.higher_order(2)}',
            )
        named = {f"{EXPOSURE}: {name}": each for name, each in W.items()}
    notes: list[str] = []
    for each in named.values():
        panel, _, told = align_panel(panel, each, argument="data", align=align)
        notes += [note for note in told if note not in notes]
    frame = pd.DataFrame(index=panel.regions)
    found = {
        name: align_to(frame, each, argument="data", align=align)[1] for name, each in named.items()
    }
    return panel, found, notes


def _unspoilt(
    panel: PanelFrame,
    first: IntArray,
    begins: Mapping[str, IntArray],
    exposures: Mapping[str, IntArray],
    notes: list[str],
) -> BoolArray:
    """Return the rows that compare cleanly where neighbours are treated; note those that do not."""
    begin = earliest(begins)
    own, at = first[panel.region_codes], panel.period_codes
    spoilt = (begin[panel.region_codes] != NEVER) & (own > at) & (at >= begin[panel.region_codes])
    if spoilt.any():
        notes.append(
            f"{int(spoilt.sum())} rows of regions that are exposed before they are treated are "
            "left out."
        )
    at_start = earliest(exposures) == 0
    if at_start.any():
        gone = ", ".join(map(label, panel.regions[at_start]))
        notes.append(f"Regions exposed from the first period on are left out: {gone}.")
    return np.asarray(~spoilt & ~at_start[panel.region_codes])


def earliest(begins: Mapping[str, IntArray]) -> IntArray:
    """Return the first of several begins of each region, :data:`NEVER` where there is none."""
    stacked = np.stack(list(begins.values()))
    first = np.where(stacked == NEVER, np.iinfo(np.int64).max, stacked).min(axis=0)
    return np.where((stacked == NEVER).all(axis=0), NEVER, first).astype(np.int64)


def _begin(panel: PanelFrame, treated: str) -> IntArray:
    """Return the code of the first period of treatment of each region."""
    if treated not in panel.table.columns:
        raise FormulaError(
            "treated",
            expected="a column with the first period of treatment",
            found=repr(treated),
            remedy=nearest(treated, map(str, panel.table.columns))
            or f"the table has: {', '.join(map(str, panel.table.columns[:12]))}",
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
            remedy=_one_begin(column, treated),
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


def _one_begin(column: pd.Series, treated: str) -> str:
    """Return the expression that makes begins of treatment of a column that changes."""
    switch = column.dropna().isin([0, 1]).all()
    if not switch:
        return f'data.groupby(level=0)["{treated}"].transform("min")'
    return (
        "data.index.get_level_values(1).to_series(index=data.index)"
        f'.where(data["{treated}"] == 1).groupby(level=0).transform("min")'
    )


def _exposure(panel: PanelFrame, first: IntArray, weights: Weights, threshold: float) -> IntArray:
    """Return the first period in which W × treated exceeds the threshold, of each region."""
    if not isinstance(threshold, int | float) or isinstance(threshold, bool) or threshold < 0:
        raise InputError("threshold", expected="a number from 0 on", found=repr(threshold))
    steps = np.arange(len(panel.periods))
    on = ((first[:, None] != NEVER) & (first[:, None] <= steps)).astype(float)
    above = np.asarray(weights.sparse @ on) > threshold
    return np.where(above.any(axis=1), above.argmax(axis=1), NEVER).astype(np.int64)


def _refuse_no_comparison(first: IntArray, exposures: Mapping[str, IntArray]) -> None:
    if exposures and not (earliest({OWN: first, **exposures}) == NEVER).any():
        raise PanelError(
            "W",
            expected="regions that are neither treated nor exposed, to compare with",
            found="none",
            why="without them effects of treatment and of exposure cannot be told apart",
            remedy="a W that reaches less far, or a higher threshold",
        )
