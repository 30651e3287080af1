"""Results of static spatial panels: effects of regions and periods, impacts, predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.statistics import Tests
from workbench.panels.effects import TITLES
from workbench.panels.results import PanelResults
from workbench.panels.spatial.period_weights import PanelWeights
from workbench.regression.design import read_only
from workbench.regression.results import Estimates
from workbench.typing import FloatArray, RandomStructure

if TYPE_CHECKING:
    from workbench.panels.spatial.predictions import PanelPredictions

MODEL_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "sar": "Spatial lag panel (SAR)",
        "sem": "Spatial error panel (SEM)",
        "sac": "Spatial lag and error panel (SAC)",
        "sdm": "Spatial Durbin panel (SDM)",
        "sdem": "Spatial Durbin error panel (SDEM)",
        "gns": "General nesting spatial panel (GNS)",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class FixedParts:
    """What estimated fixed effects are read from.

    Attributes
    ----------
    sums : ndarray of shape (n,)
        Effects of the row's region and period together.
    columns : ndarray, shape (n, k) or (n, k + 1)
        What the effects take up of X, and of G(Xβ + effects), the expectation of Wy.
    covariance : ndarray
        Of (β, ρ, λ, σ²), those that the model has.
    """

    sums: FloatArray
    columns: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class RandomParts:
    """Predicted random effects.

    Attributes
    ----------
    effects, errors : ndarray of shape (N,)
        Best linear unbiased predictions, and the standard deviation of effect less prediction.
    structure : {"baltagi", "kkp"} or None
    """

    effects: FloatArray
    errors: FloatArray
    structure: RandomStructure | None


@dataclass(frozen=True, eq=False, repr=False)
class SpatialPanelResults(PanelResults):
    """A static spatial panel by maximum likelihood.

    See :class:`~workbench.regression.results.RegressionResults`. Residuals are those of the
    disturbance that is white under the model; fitted values, y less these, contain the effects.
    R-squared is Nagelkerke's, 1 − exp(−2 (l − l₀)/n), against the effects alone.

    Attributes
    ----------
    error : PanelWeights or None
        Weights of the disturbance where they are others.
    fixed : FixedParts or None
        Behind :meth:`effects_table`, for fixed effects and pooled models.
    predicted : RandomParts or None
        The same for random effects.
    """

    error: PanelWeights | None = field(default=None, kw_only=True)
    fixed: FixedParts | None = field(default=None, kw_only=True)
    predicted: RandomParts | None = field(default=None, kw_only=True)

    @property
    def title(self) -> str:
        """Name of the model in words."""
        return f"{MODEL_TITLES[self.model]}, {TITLES[self.effects]}"

    @property
    def bic(self) -> float:
        """Schwarz criterion, −2 loglik + k log n, n the observations that the likelihood counts."""
        n = float(str(self.extras.get("nobs_effective", self.nobs)))
        return float(-2 * self.fit.loglik + np.log(n) * self.fit.parameters)

    def predict(self, newdata: pd.DataFrame | None = None) -> PanelPredictions:
        """Predict outcomes from the reduced form, (I − ρW)⁻¹(Xβ + effects).

        Parameters
        ----------
        newdata : DataFrame, optional
            Regressors indexed by (region, period), every region of the sample in each period;
            the sample's own without. Other periods need a model without effects of periods.

        Returns
        -------
        PanelPredictions
            A row a (region, period), in units of the formula's outcome; no standard errors, which
            would need those of the effects beside all other parameters.

        Raises
        ------
        PanelError
            If regions are missing, or a period has no effect or no W.

        Examples
        --------
        >>> import workbench as wb
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> panel = wb.load("munnell-1990")
        >>> fit = wb.fit("log(gsp) ~ log(emp)", panel, W, model="sar", effects="entity")
        >>> fit.predict().table.columns.tolist()
        ['prediction']
        """
        from workbench.panels.spatial.predictions import predictions_of

        return predictions_of(self, newdata)

    def diagnostics(self) -> Tests:
        """Return Wald tests of the spatial terms, and tests of dependent residuals.

        Returns
        -------
        Tests
            ``Wald rho``, ``Wald lambda``, ``Wald WX``, ``Wald common factor``, ``Pesaran CD``,
            ``Juodis-Reese CDw+`` and ``Moran by period`` (all periods together); those that do
            not apply are there with the reason. Likelihood ratios between two fits:
            :func:`workbench.panels.nested_tests`.

        Examples
        --------
        >>> import workbench as wb
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> panel = wb.load("munnell-1990")
        >>> fit = wb.fit("log(gsp) ~ log(emp)", panel, W, model="sdm", effects="entity")
        >>> fit.diagnostics()["Wald common factor"].applicable
        True
        """
        from workbench.panels.comparison.nested import spatial_diagnostics

        return spatial_diagnostics(self)


def likelihood_estimates(
    terms: tuple[str, ...],
    parameters: Sequence[tuple[str, float]],
    *,
    beta: FloatArray,
    covariance: FloatArray,
) -> Estimates:
    """Return the estimates of a likelihood: coefficients of `terms`, then named `parameters`."""
    p = len(terms) + len(parameters)
    return Estimates(
        (*terms, *(name for name, _ in parameters)),
        read_only(np.concatenate([beta, [value for _, value in parameters]])),
        read_only(covariance[:p, :p]),
        df=None,
        covariance="information matrix",
    )


def maxima_notes(
    maxima: Sequence[Any], optima: int, relative_error: float = 0.0
) -> tuple[str, ...]:
    """Name every maximum of the likelihood, and how sure its traces are."""
    notes: tuple[str, ...] = ()
    if len(maxima) > 1:
        listed = "; ".join(
            f"rho {m.rho:.4f}, lambda {m.lambda_:.4f}, log-likelihood {m.loglik:.4f}"
            for m in maxima
        )
        notes = (f"The likelihood has {len(maxima)} maxima; the highest is reported: {listed}",)
    elif optima > 1:
        notes = (f"The likelihood has {optima} local maxima; the highest is reported.",)
    if relative_error > 0:
        told = (
            "standard errors of the spatial and variance parameters rest on traces estimated by "
            f"random probes, known to {relative_error:.2%}"
        )
        notes = (*notes, told)
    return notes
