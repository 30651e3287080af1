"""Moran's I of the residuals of a panel fit, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.expressions import label
from workbench.core.provenance import Provenance
from workbench.core.statistics import Answer, NotApplicable, chi2_test, normal_p
from workbench.errors import PanelError
from workbench.numerics.likelihoods.wald import wald
from workbench.numerics.panels.moran import period_moran
from workbench.numerics.sparse.matrices import as_weights
from workbench.panels.effects import BY_ENTITY, BY_TIME, FIXED, without_effects
from workbench.panels.results import PanelResults
from workbench.panels.testing.lag_error_problem import is_plain
from workbench.regression.results import LAMBDA
from workbench.typing import FloatArray

JOINT = "Moran by period"
NULL = "residuals of neighbours are uncorrelated in every period"
OF_ESTIMATES = (
    "That rho and lambda are estimated is left out: the joint test of a spatial model rejects "
    "somewhat too rarely."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MoranByPeriod:
    """Moran's I of residuals in each period, and all of them together.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``period``; columns ``statistic`` (I) ``expected variance z p_value``, two-sided
        under normality.
    joint : Statistic or NotApplicable
        Chi-square of all z together, with their correlations; as many degrees of freedom as
        periods, one less with effects of regions in a panel of two.
    notes : tuple of str
    provenance : Provenance or None
        Of the fit.
    """

    table: pd.DataFrame
    joint: Answer
    notes: tuple[str, ...] = ()
    provenance: Provenance | None = None

    def tidy(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Draw I of each period, with the range of 95 % that chance alone gives it."""
        return display.picture("moran by period", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.table), ("All periods together", self.joint.tidy())]

    def __str__(self) -> str:
        return display.text("Moran's I of residuals by period", self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("Moran's I of residuals by period", self._parts(), self.notes)


def moran_by_period(fit: PanelResults) -> MoranByPeriod:
    """Test the residuals of each period for spatial autocorrelation, and all periods together.

    Parameters
    ----------
    fit : PanelResults
        A balanced panel with one W, pooled or with fixed effects, spatial or not. Of a spatial
        model the residuals are those that are white under it.

    Returns
    -------
    MoranByPeriod

    Raises
    ------
    PanelError
        If the fit has random effects, no W, one W a period, or gaps.

    Notes
    -----
    Moments under normality, given that coefficients and effects were estimated (after Cliff and
    Ord 1981, section 8.3); each period is scaled by the variance of its own residuals.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes. Pion.

    Examples
    --------
    >>> import workbench as wb
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> fit = wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), W, effects="entity")
    >>> wb.panels.moran_by_period(fit).table.shape
    (17, 5)
    """
    reason = _why_not(fit)
    if reason:
        raise PanelError(
            "fit",
            expected="a balanced panel with one W, pooled or with fixed effects",
            found=reason,
            remedy='fit(formula, data, W, effects="entity")',
        )
    z, table, correlations = _by_period(fit)
    least_squares = fit.model in ("ols", "slx") and "dynamic" not in fit.extras
    told = OF_ESTIMATES.replace("rho and lambda", "coefficients of lags in time and space")
    notes = () if least_squares else (told if "dynamic" in fit.extras else OF_ESTIMATES,)
    joint = _joint(z, correlations, table.index)
    return MoranByPeriod(table, joint, notes, fit.provenance)


def joint_moran(fit: PanelResults) -> Answer:
    """Return the test of all periods together, for :meth:`PanelResults.diagnostics`."""
    reason = _why_not(fit)
    if reason:
        return NotApplicable(JOINT, NULL, reason)
    z, table, correlations = _by_period(fit)
    return _joint(z, correlations, table.index)


def _why_not(fit: PanelResults) -> str:
    if fit.spatial is None:
        return "the model was fitted without weights W"
    known = fit.effects in ("none", *FIXED) and is_plain(fit)
    drawn = fit.effects.startswith("random")
    cases = {
        "residuals of random effects are not those of a projection": drawn,
        "it is made for pooled models and fixed effects of regions and periods": not known,
        "W changes over time": fit.spatial.one is None,
        "the panel is not balanced": not fit.cells.balanced,
        "counts or common shocks": fit.family != "gaussian" or fit.factors != "none",
        "W links no regions": fit.weights is not None and fit.weights.sparse.nnz == 0,
    }
    return next((reason for reason, holds in cases.items() if holds), "")


def _by_period(fit: PanelResults) -> tuple[FloatArray, pd.DataFrame, FloatArray]:
    if fit.weights is None or fit.spatial is None:
        raise AssertionError
    cells, effects = fit.cells, fit.effects
    X = without_effects(fit.design.X, cells, effects)
    if LAMBDA in fit.estimates.terms:
        weights = getattr(fit, "error", None) or fit.spatial
        lam = float(fit.estimates.values[fit.estimates.terms.index(LAMBDA)])
        X = X - lam * weights.lag(X, cells)
    found = period_moran(
        fit.fit.resids,
        X,
        W=as_weights(fit.weights.sparse),
        by_entity=effects in BY_ENTITY,
        by_time=effects in BY_TIME,
    )
    periods = fit.design.index.get_level_values(1)[: cells.T]
    table = pd.DataFrame(
        {
            "statistic": found.I,
            "expected": found.expected,
            "variance": found.variance,
            "z": found.z,
            "p_value": [normal_p(float(z), "two-sided") for z in found.z],
        },
        index=pd.Index(periods, name="period"),
    )
    return found.z, table, found.correlations


def _joint(z: FloatArray, correlations: FloatArray, named: pd.Index[Any]) -> Answer:
    if not np.isfinite(z).all():
        periods = ", ".join(label(period) for period in named[~np.isfinite(z)])
        return NotApplicable(JOINT, NULL, f"residuals do not vary in period {periods}")
    found = wald(z, correlations)
    return chi2_test(JOINT, found.statistic, found.df, null=NULL, assumptions="normal disturbances")
