"""Results of static spatial panels: effects of regions and periods, impacts, predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.statistics import Tests
from workbench.numerics.panels.likelihood import PanelMaximum, PanelProblem
from workbench.numerics.panels.random import RandomProblem
from workbench.numerics.panels.random_fit import RandomMaximum
from workbench.panels.effects import TITLES
from workbench.panels.results import PanelCovariance, PanelResults
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
class Likelihood:
    """A likelihood and where it is highest, from which other covariances are computed.

    Attributes
    ----------
    problem : PanelProblem or RandomProblem
    found : PanelMaximum or RandomMaximum
        With the inverse of the expected information of (β, ρ, λ, φ, σ²), those that the model has.
    """

    problem: PanelProblem | RandomProblem
    found: PanelMaximum | RandomMaximum


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
    likelihood : Likelihood or None
        Behind :meth:`with_covariance`.
    """

    error: PanelWeights | None = field(default=None, kw_only=True)
    fixed: FixedParts | None = field(default=None, kw_only=True)
    predicted: RandomParts | None = field(default=None, kw_only=True)
    likelihood: Likelihood | None = field(default=None, kw_only=True)

    @property
    def title(self) -> str:
        """Name of the model in words."""
        return f"{MODEL_TITLES[self.model]}, {TITLES[self.effects]}"

    @property
    def bic(self) -> float:
        """Schwarz criterion, −2 loglik + k log n, n the observations that the likelihood counts."""
        n = float(str(self.extras.get("nobs_effective", self.nobs)))
        return float(-2 * self.fit.loglik + np.log(n) * self.fit.parameters)

    def with_covariance(self, option: PanelCovariance) -> PanelResults:
        """Return the fit with other standard errors; estimates stay.

        Parameters
        ----------
        option : str
            ``"classical"``: the inverse information, of normal disturbances that are independent
            and have one variance. ``"qml"``: the same without normality, by third and fourth
            moments (Lee 2004; Lee and Yu 2010). ``"clustered"``: any dependence over time within a
            region, and variances that differ between periods; regions independent.
            ``"clustered-time"``: any dependence within a period; periods independent.
            ``"clustered-two-way"``: both. ``"driscoll-kraay"``: within periods, and between them
            with Bartlett's weights up to lag ⌊4 (T/100)^(2/9)⌋. With lags in time ``"classical"``
            and ``"qml"``; with random effects ``"classical"`` and ``"clustered"``, the latter not
            where effects stay where disturbances spread (``random="baltagi"``).

        Returns
        -------
        SpatialPanelResults
            Tables, Wald tests and impacts are by the new covariance; those of
            :meth:`effects_table` stay those of the likelihood.

        Raises
        ------
        InputError
            If the model has not the covariance, or regions or periods are too few or too many.
        ConvergenceError
            If a variance is not positive.

        Notes
        -----
        All are A⁻¹BA⁻¹, A the expected information. The score is linear-quadratic in the
        disturbances, Σ_t (L_t′ε_t + ε_t′P_tε_t) less its mean, P = W(I − ρW)⁻¹ for ρ without a
        spatial disturbance. With regions that are independent its variance B is
        Σ_i a_i a_i′ + Σ_{i<j} p_ij p_ij′, where a_i is the linear part of region i with its own
        squares, Σ_t L_itε_it + P_ii(ε_it² − mean), and p_ij = Σ_t (P_ij + P_ji)ε_itε_jt: it sums
        over all pairs of regions, up to 20,000 of them, and is the same whatever their order.
        Sums of scores by region alone would leave out what the pairs add, which is most of what
        is known of ρ. Effects of regions, transformed out, leave regions independent; those of
        periods correlate pairs by order 1/N, which is left out. B of periods are products of
        their scores, times T/(T − 1), with effects of regions T/(T − 2). Random effects are part
        of what a region has alone.

        Maximum likelihood itself is inconsistent for ρ and λ where variances differ between
        regions (Lin and Lee 2010), and where disturbances of one period are correlated otherwise
        than the model says. These standard errors do not mend that; ``method="gmm"`` with
        ``effects="entity"`` has no likelihood that the variances could contradict.

        References
        ----------
        Lee, L.-F. (2004). Econometrica 72(6), 1899-1925. Lee, L.-F. and Yu, J. (2010). Journal of
        Econometrics 154, 165-185. Lin, X. and Lee, L.-F. (2010). GMM estimation of spatial
        autoregressive models with unknown heteroskedasticity. Journal of Econometrics 157, 34-52.
        Kelejian, H. H. and Prucha, I. R. (2001). Journal of Econometrics 104, 219-257.
        Driscoll, J. C. and Kraay, A. C. (1998). Review of Economics and Statistics 80, 549-560.

        Examples
        --------
        >>> import workbench as wb
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> panel = wb.load("munnell-1990")
        >>> fit = wb.fit("log(gsp) ~ log(emp)", panel, W, model="sar", effects="two-way")
        >>> fit.with_covariance("clustered").estimates.covariance
        'clustered by region'
        """
        from workbench.panels.linear.covariances import with_covariance

        return with_covariance(self, option)

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
