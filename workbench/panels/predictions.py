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
from workbench.numerics.panel_layers import solve_columns
from workbench.panels.effects import BY_TIME, Cells, group_means
from workbench.panels.period_weights import PanelWeights
from workbench.regression.marginal import refuse_row_dependence
from workbench.regression.newdata import new_terms
from workbench.regression.results import LAMBDA, RHO
from workbench.typing import FloatArray

if TYPE_CHECKING:
    from workbench.panels.spatial_results import SpatialPanelResults


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


def predictions_of(fit: SpatialPanelResults, newdata: pd.DataFrame | None) -> PanelPredictions:
    """Predict outcomes; see :meth:`SpatialPanelResults.predict`."""
    k = len(fit.design.terms)
    beta = fit.estimates.values[:k]
    rho = float(fit.params.get(RHO, 0.0))
    if fit.spatial is None:
        raise AssertionError
    if newdata is None:
        weights, cells, index = fit.spatial, fit.cells, fit.design.index
        trend = fit.design.X @ beta + _effects(fit, cells.region, cells.period)
    else:
        panel = _checked(fit, newdata)
        weights = _weights(panel, fit.spatial)
        cells = Cells(panel.region_codes, panel.period_codes, fit.cells.N, len(panel.periods))
        index = panel.table.index
        periods = sorted(pd.unique(fit.design.index.get_level_values(1)))
        places = pd.Index(periods).get_indexer(panel.periods)[panel.period_codes]
        X = _regressors(fit, panel, weights, cells)
        trend = X @ beta + _effects(fit, cells.region, places)
    reduced = weights.layers(cells).solve(trend[:, None], rho)[:, 0]
    return PanelPredictions(pd.DataFrame({"prediction": reduced}, index=index), fit.provenance)


def _effects(fit: SpatialPanelResults, region: Any, period: Any) -> FloatArray:
    """Return the effect of each row; period is the place among the sample's periods."""
    if fit.predicted is not None:
        effects = fit.predicted.effects
        if fit.predicted.structure == "kkp" and fit.spatial is not None:
            M = (fit.error or fit.spatial).layers(fit.cells).matrices[0]
            effects = solve_columns(M, effects[:, None], rho=float(fit.params[LAMBDA]))[:, 0]
        return np.asarray(effects[region])
    if fit.effects == "none" or fit.fixed is None:
        return np.zeros(len(region))
    sums = fit.fixed.sums
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


def _checked(fit: SpatialPanelResults, newdata: pd.DataFrame) -> PanelFrame:
    panel = panel_frame(newdata, argument="newdata")
    regions = pd.Index(pd.unique(fit.design.index.get_level_values(0)))
    unlike = regions.symmetric_difference(panel.regions)
    if len(unlike) or not panel.balanced:
        offenders = list(unlike) or [label(cell) for cell in panel.gaps]
        raise IdError(
            "newdata",
            expected="every region of the sample in each period",
            found=f"{len(offenders)} that are missing or new",
            offenders=offenders,
            why="their regressors enter the predictions of their neighbours",
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
    return panel


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
    fit: SpatialPanelResults, panel: PanelFrame, weights: PanelWeights, cells: Cells
) -> FloatArray:
    design = fit.design
    refuse_row_dependence(design)
    X = new_terms(design, panel.table)
    if not design.lagged:
        return X
    own = len(design.terms) - len(design.lagged)
    names = [*design.terms[:own], *design.lag_only]
    columns = [names.index(term) for term in design.lagged]
    by = weights if fit.lagged is None else _weights(panel, fit.lagged)
    return np.column_stack([X[:, :own], by.lag(X[:, columns], cells)])
