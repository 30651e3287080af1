"""The sample of a panel model: rows in one order, W in the same order, policies applied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.expressions import label
from workbench.core.panel_frame import PanelFrame, panel_frame
from workbench.core.provenance import Provenance
from workbench.errors import InputError, PanelError
from workbench.panels.effects import Cells
from workbench.panels.spatial.period_weights import (
    PanelWeights,
    PanelWeightsLike,
    align_other,
    align_panel,
)
from workbench.regression.design import (
    Design,
    chosen_slopes,
    complete_rows,
    with_spatial_lags,
)
from workbench.regression.preparations import prepared
from workbench.regression.specification import Specification
from workbench.weights import Weights

MISSING_REMEDY = (
    'complete them, or pass missing="drop" to leave those rows out, '
    'or missing="drop-regions" to leave those regions out of every period'
)
WHOLE_REMEDY = (
    'complete them, or pass missing="drop-regions" to leave those regions out of every period '
    "and normalise W anew"
)


@dataclass(frozen=True, slots=True, eq=False)
class PanelSample:
    """Rows and weights of the same regions in sorted order.

    Attributes
    ----------
    panel : PanelFrame
        Rows that are used.
    weights : Weights or None
        W of the N regions, in the order of ``panel.regions``; None where periods have their own.
    notes : tuple of str
        What the policies left out.
    spatial : PanelWeights or None
        W of all periods or of each.
    error : PanelWeights or None
        W of the disturbance where the caller gave another one.
    lagged : PanelWeights or None
        W of the lagged regressors where the caller gave another one.
    """

    panel: PanelFrame
    weights: Weights | None
    notes: tuple[str, ...]
    spatial: PanelWeights | None = None
    error: PanelWeights | None = None
    lagged: PanelWeights | None = None

    @property
    def cells(self) -> Cells:
        """Region and period of each row."""
        panel = self.panel
        return Cells(panel.region_codes, panel.period_codes, len(panel.regions), len(panel.periods))

    @property
    def missing_remedy(self) -> str:
        """The ways out of missing values that this sample has: one W needs whole regions."""
        return MISSING_REMEDY if self.weights is None else WHOLE_REMEDY

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
            **_estimation(specification),
            "covariance": specification.covariance_name,
            "align": specification.align,
            "missing": specification.missing,
            **({"durbin": ", ".join(specification.durbin)} if specification.durbin else {}),
            "entities": str(len(self.panel.regions)),
            "periods": f"{label(self.panel.periods[0])} to {label(self.panel.periods[-1])}",
            "period_count": str(len(self.panel.periods)),
        }
        return Provenance(
            method=method,
            formula=specification.formula,
            nobs=len(self.panel.table),
            ids_digest=self.panel.digest,
            weights=self.weights.described if self.weights is not None else None,
            notes=self.notes,
            options={**chosen, **self._of_weights(), **options},
        )

    def _of_weights(self) -> dict[str, str]:
        told: dict[str, str] = {}
        if self.spatial is not None and self.spatial.one is None:
            told["W"] = f"one a period {self.spatial.digest}"
        if self.error is not None:
            told["W_error"] = self.error.digest
        if self.lagged is not None:
            told["W_x"] = self.lagged.digest
        return told


def _estimation(specification: Specification) -> dict[str, str]:
    """Return what decides the numbers besides model and effects."""
    told = {name: ", ".join(getattr(specification, name)) for name in ("endogenous", "instruments")}
    told["exposure"] = specification.exposure or ""
    told["absorb"] = ", ".join(specification.absorb)
    random = specification.effects.startswith("random") and specification.model in ("ols", "slx")
    told["random_method"] = specification.random_method if random else ""
    return {name: words for name, words in told.items() if words}


def draw_panel(
    specification: Specification,
    data: pd.DataFrame,
    W: PanelWeightsLike | None,
    W_error: PanelWeightsLike | None = None,
    W_x: PanelWeightsLike | None = None,
) -> PanelSample:
    """Put a panel in order, align it with W, apply the policy on missing values.

    Raises
    ------
    PanelError
        If the index is no panel's, or one W is given and regions differ from period to period.
    IdError
        If region ids of data and W do not match.
    """
    asked = specification
    return prepared(
        ("panel", asked.align, asked.missing, asked.reads, asked.model == "ols"),
        (data, W, W_error, W_x),
        lambda: _drawn(specification, data, W, W_error, W_x),
    )


def _drawn(
    specification: Specification,
    data: pd.DataFrame,
    W: PanelWeightsLike | None,
    W_error: PanelWeightsLike | None,
    W_x: PanelWeightsLike | None,
) -> PanelSample:
    panel = panel_frame(data)
    notes: tuple[str, ...] = ()
    weights: PanelWeights | None = None
    if W is not None:
        panel, weights, notes = align_panel(panel, W, argument="data", align=specification.align)
    panel, left_out = left_by_policy(specification, panel)
    notes = (*notes, *left_out)
    if weights is None:
        return PanelSample(panel, None, notes)
    if weights.one is not None:
        _refuse_gaps(panel)
    weights, told = weights.restricted(panel)
    notes = (*notes, *told)
    if specification.model != "ols":
        notes = (*notes, *weights.island_notes())
    others: list[PanelWeights | None] = []
    for argument, other in (("W_error", W_error), ("W_x", W_x)):
        if other is None:
            others.append(None)
            continue
        found, told = align_other(panel, other, argument=argument, align=specification.align)
        others.append(found)
        notes = (*notes, *told)
    return PanelSample(panel, weights.one, notes, weights, *others)


def left_by_policy(
    specification: Specification, panel: PanelFrame
) -> tuple[PanelFrame, tuple[str, ...]]:
    """Return the panel that the policy on missing values leaves, and what it left out."""
    if specification.missing == "error":
        return panel, ()
    complete = panel.table.index.isin(complete_rows(specification.reads, panel.table))
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
        remedy='missing="drop-regions" leaves out the regions with gaps and normalises W anew; or '
        'W={period: W, ...} with align="intersection" restricts W to the regions of each period',
    )


def lag_slopes_by_period(
    design: Design, sample: PanelSample, terms: tuple[str, ...] | None = None
) -> Design:
    """Append the spatial lag of slopes, W_t x_t in each period t, as ``W(term)``.

    Parameters
    ----------
    design : Design
    sample : PanelSample
    terms : tuple of str, optional
        Which slopes; all of them without.
    """
    if sample.spatial is None:
        raise InputError("W", expected="spatial weights", found="None")
    slopes = chosen_slopes(design, terms)
    lags = (sample.lagged or sample.spatial).lag(design.values(slopes), sample.cells)
    return with_spatial_lags(design, lags, slopes)
