"""The sample of a panel model: rows in one order, W in the same order, policies applied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.expressions import label
from workbench.core.ids import ids_digest
from workbench.core.panel_frame import PanelFrame, panel_frame
from workbench.core.provenance import Provenance
from workbench.errors import InputError, PanelError
from workbench.panels.effects import Cells
from workbench.regression.design import (
    Design,
    complete_rows,
    slopes_to_lag,
    with_spatial_lags,
)
from workbench.regression.specification import LAGS_X, Specification
from workbench.weights import Weights, WeightsLike, align_to, island_notes, restrict_noted

MISSING_REMEDY = (
    'complete them, or pass missing="drop" to leave those rows out, '
    'or missing="drop-regions" to leave those regions out of every period'
)


@dataclass(frozen=True, slots=True, eq=False)
class PanelSample:
    """Rows and weights of the same regions in sorted order.

    Attributes
    ----------
    panel : PanelFrame
        Rows that are used.
    weights : Weights or None
        W of the N regions, in the order of ``panel.regions``; the same in every period.
    notes : tuple of str
        What the policies left out.
    """

    panel: PanelFrame
    weights: Weights | None
    notes: tuple[str, ...]

    @property
    def cells(self) -> Cells:
        """Region and period of each row."""
        panel = self.panel
        return Cells(panel.region_codes, panel.period_codes, len(panel.regions), len(panel.periods))

    def require_weights(self) -> Weights:
        """Return the weights; refuse where there are none."""
        if self.weights is None:
            raise InputError("W", expected="spatial weights", found="None")
        return self.weights

    def provenance(
        self, specification: Specification, method: str, options: dict[str, str]
    ) -> Provenance:
        """Return what produced a fit on this sample."""
        chosen = {
            "model": specification.model,
            "effects": specification.effects,
            "covariance": specification.covariance_name,
            "align": specification.align,
            "missing": specification.missing,
            "entities": str(len(self.panel.regions)),
            "periods": f"{label(self.panel.periods[0])} to {label(self.panel.periods[-1])}",
        }
        return Provenance(
            method=method,
            formula=specification.formula,
            nobs=len(self.panel.table),
            ids_digest=ids_digest(label(key) for key in self.panel.table.index),
            weights=self.weights.described if self.weights is not None else None,
            notes=self.notes,
            options={**chosen, **options},
        )


def draw_panel(
    specification: Specification, data: pd.DataFrame, W: WeightsLike | None
) -> PanelSample:
    """Put a panel in order, align it with W, apply the policy on missing values.

    Raises
    ------
    PanelError
        If the index is no panel's, or W is given and regions differ from period to period.
    IdError
        If region ids of data and W do not match.
    """
    panel, weights, notes = _aligned(specification, panel_frame(data), W)
    panel, left_out = _applied(specification, panel)
    notes = (*notes, *left_out)
    if weights is not None:
        _refuse_gaps(panel)
        if len(panel.regions) < weights.n:
            weights, told = restrict_noted(weights, panel.regions)
            notes = (*notes, *told)
        if specification.model in LAGS_X:
            notes = (*notes, *island_notes(weights))
    return PanelSample(panel, weights, notes)


def _aligned(
    specification: Specification, panel: PanelFrame, W: WeightsLike | None
) -> tuple[PanelFrame, Weights | None, tuple[str, ...]]:
    if W is None:
        return panel, None, ()
    regions = pd.DataFrame(index=panel.regions)
    kept, weights, note = align_to(regions, W, argument="data", align=specification.align)
    if len(kept) < len(panel.regions):
        panel = panel.keep(panel.regions.isin(kept.index)[panel.region_codes])
    return panel, weights, (note,) if note else ()


def _applied(specification: Specification, panel: PanelFrame) -> tuple[PanelFrame, tuple[str, ...]]:
    """Return the panel that the policy on missing values leaves, and what it left out."""
    if specification.missing == "error":
        return panel, ()
    complete = panel.table.index.isin(complete_rows(specification.formula, panel.table))
    if specification.missing == "drop":
        if complete.all():
            return panel, ()
        dropped = [label(key) for key in panel.table.index[~complete]]
        _refuse_nothing_left(bool(complete.any()), specification)
        note = f"rows left out for missing values ({len(dropped)}): {', '.join(dropped)}"
        return panel.keep(complete), (note,)
    filled = np.bincount(panel.region_codes[complete], minlength=len(panel.regions))
    whole = filled == len(panel.periods)
    if whole.all():
        return panel, ()
    _refuse_nothing_left(bool(whole.any()), specification)
    gone = ", ".join(label(region) for region in panel.regions[~whole])
    note = f"regions left out for gaps in the variables ({int((~whole).sum())}): {gone}"
    return panel.keep(whole[panel.region_codes]), (note,)


def _refuse_nothing_left(left: bool, specification: Specification) -> None:
    if left:
        return
    what = "row" if specification.missing == "drop" else "region"
    raise InputError(
        "data",
        expected=f"a {what} without gaps in the variables",
        found=f"none left by missing={specification.missing!r}",
        remedy='missing="drop" keeps every row that is complete, if W is not given or the regions '
        "are the same in every period"
        if what == "region"
        else "choose variables that are observed together",
    )


def _refuse_gaps(panel: PanelFrame) -> None:
    if panel.balanced:
        return
    gaps = [label(cell) for cell in panel.gaps]
    raise PanelError(
        "data",
        expected="the same regions in every period, because W is given",
        found=f"{len(gaps)} (region, period) cells missing",
        offenders=gaps,
        why="the neighbours' mean would be over other neighbours from year to year",
        remedy='missing="drop-regions" leaves out the regions with gaps and normalises W anew; '
        "or fit without W",
    )


def lag_slopes_by_period(design: Design, sample: PanelSample) -> Design:
    """Append the spatial lag of every slope, W x_t in each period t, as ``W(term)``.

    With rows sorted by region and then period this is (W ⊗ I_T) x.
    """
    weights = sample.require_weights()
    slopes = slopes_to_lag(design)
    positions = [design.terms.index(term) for term in slopes]
    lags = lag_by_period(design.X[:, positions], weights, len(sample.panel.periods))
    return with_spatial_lags(design, lags, slopes)


def lag_by_period(columns: np.ndarray, W: Weights, T: int) -> np.ndarray:
    """Return W x_t for each column, shape (N T, m), of a balanced panel in canonical order."""
    stacked = columns.reshape(W.n, -1)
    return np.asarray(W.sparse @ stacked).reshape(W.n * T, -1)
