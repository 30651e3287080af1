"""Predictions of a static spatial panel from its reduced form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.expressions import label
from workbench.core.panel_frame import PanelFrame, panel_frame
from workbench.core.provenance import Provenance
from workbench.errors import IdError, PanelError
from workbench.numerics.panels.layers import solve_columns
from workbench.panels.effects import BY_TIME, FIXED, Cells, group_means
from workbench.panels.linear.choices import is_plain
from workbench.panels.spatial.period_weights import PanelWeights
from workbench.regression.marginal import refuse_row_dependence
from workbench.regression.newdata import new_terms
from workbench.regression.results import LAMBDA, RHO
from workbench.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from workbench.panels.results import PanelResults


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PanelPredictions:
    """Predicted outcomes by region and period.

    Attributes
    ----------
    table : pandas.DataFrame
        Index (region, period), sorted; ``prediction``, in units of the formula's outcome.
    provenance : Provenance
        Of the model.
    """

    table: pd.DataFrame
    provenance: Provenance

    @property
    def values(self) -> pd.Series[Any]:
        """Predictions by region and period."""
        return self.table["prediction"].copy()

    def tidy(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __str__(self) -> str:
        return display.text(f"Predictions: {self.provenance.formula}", [("", self.table)], ())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(f"Predictions: {self.provenance.formula}", [("", self.table)], ())


def predictions_of(fit: PanelResults, newdata: pd.DataFrame | None) -> PanelPredictions:
    """Predict outcomes; see :meth:`PanelResults.predict`."""
    k = len(fit.design.terms)
    beta = fit.estimates.values[:k]
    rho = float(fit.params.get(RHO, 0.0))
    if newdata is None:
        weights, cells, index = fit.spatial, fit.cells, fit.design.index
        trend = fit.design.X @ beta + _effects(fit, cells.region, cells.period)
    else:
        panel, region = _checked(fit, newdata)
        weights = None if fit.spatial is None else _weights(panel, fit.spatial)
        cells = Cells(region, panel.period_codes, fit.cells.N, len(panel.periods))
        index = panel.table.index
        periods = sorted(pd.unique(fit.design.index.get_level_values(1)))
        places = pd.Index(periods).get_indexer(panel.periods)[panel.period_codes]
        trend = _regressors(fit, panel, weights, cells) @ beta + _effects(fit, region, places)
    reduced = trend
    if rho != 0.0 and weights is not None:
        reduced = weights.layers(cells).solve(trend[:, None], rho)[:, 0]
    return PanelPredictions(pd.DataFrame({"prediction": reduced}, index=index), fit.provenance)


def refuse_unpredictable(fit: PanelResults) -> None:
    """Refuse models whose expectation is not that of effects and regressors alone."""
    asked = None if fit.basis is None else fit.basis.specification
    cases = {
        "counts": fit.family != "gaussian",
        "common shocks, which act on each region in its own way": fit.factors != "none",
        "moments, which do not estimate effects": fit.basis is None,
        f"effects={fit.effects!r}": fit.effects not in ("none", *FIXED),
        "absorbed categories": asked is not None and bool(asked.absorb),
        "instruments": asked is not None and not is_plain(asked),
    }
    found = next((what for what, holds in cases.items() if holds), "")
    if found:
        raise PanelError(
            "model",
            expected="least squares, pooled or with fixed effects, or a spatial panel by maximum "
            "likelihood",
            found=found,
            why="predictions of other regressors would need effects that are not estimated",
            remedy="fit.fitted_values are those of the sample",
        )


def _effects(fit: PanelResults, region: Any, period: Any) -> FloatArray:
    """Return the effect of each row; period is the place among the sample's periods."""
    predicted, fixed = getattr(fit, "predicted", None), getattr(fit, "fixed", None)
    if predicted is not None:
        effects = predicted.effects
        if predicted.structure == "kkp" and fit.spatial is not None:
            M = (getattr(fit, "error", None) or fit.spatial).layers(fit.cells).matrices[0]
            effects = solve_columns(M, effects[:, None], rho=float(fit.params[LAMBDA]))[:, 0]
        return np.asarray(effects[region])
    if fit.effects == "none":
        return np.zeros(len(region))
    slopes = fit.estimates.values[: len(fit.design.terms)]
    sums = fit.fit.fitted - fit.design.X @ slopes if fixed is None else fixed.sums
    cells = fit.cells
    by_region = group_means(sums[:, None], cells.region, cells.N)[:, 0]
    by_period = group_means(sums[:, None], cells.period, cells.T)[:, 0]
    if fit.effects == "entity":
        return np.asarray(by_region[region])
    if fit.effects == "time":
        return np.asarray(by_period[period])
    if not cells.balanced:
        raise PanelError(
            "effects",
            expected="a balanced panel, for predictions of a two-way model",
            found="a panel with gaps",
            remedy='missing="drop-regions"',
        )
    return np.asarray(by_region[region] + by_period[period] - sums.mean())


def _checked(fit: PanelResults, newdata: pd.DataFrame) -> tuple[PanelFrame, IntArray]:
    """Return new rows, and the place of each row's region among those of the sample."""
    panel = panel_frame(newdata, argument="newdata")
    regions = pd.Index(pd.unique(fit.design.index.get_level_values(0)))
    joined = RHO in fit.params or bool(fit.design.lagged)
    unlike = panel.regions.difference(regions)
    if joined:
        unlike = regions.symmetric_difference(panel.regions)
    if len(unlike) or (joined and not panel.balanced):
        offenders = list(unlike) or [label(cell) for cell in panel.gaps]
        raise IdError(
            "newdata",
            expected="every region of the sample in each period" if joined else "known regions",
            found=f"{len(offenders)} that are {'missing or new' if joined else 'new'}",
            offenders=offenders,
            why="their regressors enter the predictions of their neighbours"
            if joined
            else "what is peculiar to them is not known",
            remedy="table = data.copy(); table.loc[rows, column] = ...; fit.predict(table)",
        )
    known = set(fit.design.index.get_level_values(1))
    new = [label(period) for period in panel.periods if period not in known]
    if new and fit.effects in BY_TIME:
        raise PanelError(
            "newdata",
            expected="periods of the sample, in a model with effects of periods",
            found=f"{len(new)} others",
            offenders=new,
            why="their effects are not known",
            remedy='fit with effects="entity" and a trend in the formula',
        )
    return panel, regions.get_indexer(panel.regions)[panel.region_codes]


def _weights(panel: PanelFrame, weights: PanelWeights) -> PanelWeights:
    """Return the weights of the periods of new rows."""
    if weights.one is not None:
        return weights
    by_period = weights.by_period
    new = [label(period) for period in panel.periods if period not in by_period]
    gone = [label(p) for p, w in by_period.items() if w.n != len(panel.regions)]
    if new or gone:
        raise PanelError(
            "newdata",
            expected="periods whose W is known, of all regions of the sample",
            found=f"{len(new or gone)} others",
            offenders=new or gone,
            remedy="fit.predict() predicts the sample itself",
        )
    return PanelWeights(tuple(by_period[p] for p in panel.periods), tuple(panel.periods))


def _regressors(
    fit: PanelResults, panel: PanelFrame, weights: PanelWeights | None, cells: Cells
) -> FloatArray:
    design = fit.design
    refuse_row_dependence(design)
    X = new_terms(design, panel.table)
    if not design.lagged or weights is None:
        return X
    own = len(design.terms) - len(design.lagged)
    names = [*design.terms[:own], *design.lag_only]
    columns = [names.index(term) for term in design.lagged]
    by = weights if fit.lagged is None else _weights(panel, fit.lagged)
    return np.column_stack([X[:, :own], by.lag(X[:, columns], cells)])
