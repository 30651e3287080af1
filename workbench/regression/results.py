"""The one results object of every regression: estimates by name, tables, provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import Reference, coefficient_table, critical_value, one_row
from workbench.errors import InputError
from workbench.numerics.responses.traces import LagTraces
from workbench.regression.call import Call
from workbench.regression.design import Design, lag_name
from workbench.regression.impacts import ImpactParts, Impacts, impacts_of
from workbench.typing import FloatArray, ImpactMethod, Tolerance
from workbench.weights import Weights

MODEL_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "ols": "Linear regression (OLS)",
        "slx": "Spatially lagged regressors (SLX)",
        "sar": "Spatial lag model (SAR)",
        "sem": "Spatial error model (SEM)",
        "sac": "Spatial lag and error model (SAC)",
        "sdm": "Spatial Durbin model (SDM)",
        "sdem": "Spatial Durbin error model (SDEM)",
        "gns": "General nesting spatial model (GNS)",
    }
)
RHO, LAMBDA = "rho", "lambda"
NOT_EFFECTS = (
    "Coefficients of a model with a spatially lagged outcome are not effects: see impacts()."
)


@dataclass(frozen=True, slots=True)
class Estimates:
    """Estimated parameters with their covariance.

    Attributes
    ----------
    terms : tuple of str, length p
        Regressors, then ``rho`` or ``lambda`` where the model has one.
    values : ndarray, shape (p,)
        Estimates.
    cov : ndarray, shape (p, p)
        Their covariance.
    df : float, Reference or None
        Degrees of freedom of Student's t; None for the normal distribution; or a distribution of
        its own, where the covariance has one.
    covariance : str
        How `cov` was computed, in words.
    notes : tuple of str
        What the reader must know of the covariance; they are among the notes of the result.
    information : ndarray, shape (p + 1, p + 1), or None
        Inverse of the expected information of the parameters and σ² (the last), for estimates of
        maximum likelihood.
    """

    terms: tuple[str, ...]
    values: FloatArray
    cov: FloatArray
    df: float | Reference | None
    covariance: str
    notes: tuple[str, ...] = ()
    information: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """How well the model fits.

    Attributes
    ----------
    fitted, resids : ndarray, shape (n,)
        Fitted values and residuals (of the disturbance that is white under the model; times the
        root of the case weight where a fit has them).
    loglik : float
        Maximised log-likelihood with all constants.
    parameters : int
        Estimated parameters that AIC and BIC count, the variance among them.
    sigma2 : float
        Residual variance.
    rsquared : float
        1 − SSE / SST for models without a spatially lagged outcome or disturbance; Nagelkerke's
        pseudo R-squared against the intercept-only model for the others.
    df_resid : int
        Observations minus coefficients.
    """

    fitted: FloatArray
    resids: FloatArray
    loglik: float
    parameters: int
    sigma2: float
    rsquared: float
    df_resid: int


@dataclass(frozen=True, eq=False, repr=False)
class RegressionResults:
    """Estimates, fit and provenance of one model; immutable.

    Attributes follow linearmodels (`params`, `std_errors`, `tstats`, `pvalues`, `cov`,
    `conf_int()`, `resids`, `fitted_values`, `loglik`, `aic`, `bic`, `nobs`, `rsquared`,
    `summary`); tables follow the glossary: :meth:`tidy` has a row a term, :meth:`glance` one
    row, :meth:`augment` a row an observation.

    Attributes
    ----------
    model : str
        ``"ols"``, ``"slx"``, ``"sar"``, ``"sem"`` or ``"sdm"``.
    design : Design
        Outcome and regressors as used.
    estimates : Estimates
        Parameters and covariance.
    fit : Fit
        Fitted values, residuals, likelihood.
    weights : Weights or None
        The spatial weights in use, aligned with the sample.
    provenance : Provenance
        What produced the result.
    notes : tuple of str
        What the reader of the table must know.
    tolerance : str
        How closely another machine must agree: ``"closed form"`` or ``"maximum likelihood"``.
    extras : mapping
        Further columns of :meth:`glance`, e.g. the effects of a panel.
    traces : LagTraces or None
        Traces of (I − ρ̂W)⁻¹ at the estimate, where the estimator needed them.
    weights_error : Weights or None
        Weights of the disturbance where they are not those of the outcome.
    weights_x : Weights or None
        Weights of the lagged regressors where they are not those of the outcome.
    call : Call or None
        What was asked, so that :func:`workbench.refitting.refit` can ask again.
    """

    model: str
    design: Design
    estimates: Estimates
    fit: Fit
    weights: Weights | None
    provenance: Provenance
    notes: tuple[str, ...] = ()
    tolerance: Tolerance = "closed form"
    extras: Mapping[str, object] = field(default_factory=dict)
    traces: LagTraces | None = None
    weights_error: Weights | None = None
    weights_x: Weights | None = None
    call: Call | None = None

    @property
    def title(self) -> str:
        """Name of the model in words."""
        return MODEL_TITLES[self.model]

    @property
    def formula(self) -> str:
        """The formula as the caller wrote it."""
        return self.design.formula

    @property
    def params(self) -> pd.Series[Any]:
        """Estimates by term."""
        return self._by_term(self.estimates.values, "parameter")

    @property
    def std_errors(self) -> pd.Series[Any]:
        """Standard errors by term."""
        return self._by_term(np.sqrt(np.diag(self.estimates.cov)), "std_error")

    @property
    def tstats(self) -> pd.Series[Any]:
        """Estimates over standard errors, by term."""
        return self.tidy()["statistic"].rename("tstat")

    @property
    def pvalues(self) -> pd.Series[Any]:
        """Two-sided p-values by term."""
        return self.tidy()["p_value"].rename("pvalue")

    @property
    def cov(self) -> pd.DataFrame:
        """Covariance of the estimates, terms by terms."""
        terms = list(self.estimates.terms)
        return pd.DataFrame(self.estimates.cov, index=terms, columns=terms)

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Return confidence intervals, columns ``lower upper``, by term."""
        half = critical_value(level, df=self.estimates.df) * self.std_errors
        return pd.DataFrame({"lower": self.params - half, "upper": self.params + half})

    @property
    def resids(self) -> pd.Series[Any]:
        """Residuals by observation, in units of the outcome."""
        return pd.Series(self.fit.resids, index=self.design.index, name="residual")

    @property
    def case_weights(self) -> pd.Series[Any] | None:
        """Case weights c by observation, Var(ε) = σ²/c; None where all count alike."""
        c = self.design.case_weights
        return None if c is None else pd.Series(c, index=self.design.index, name="case_weight")

    @property
    def weighted_resids(self) -> pd.Series[Any]:
        """Residuals times √c by observation, of equal variance σ²; `resids` without case weights.

        What tests and robust covariances of a fit with case weights are made of.
        """
        c = self.design.case_weights
        values = self.fit.resids if c is None else np.sqrt(c) * self.fit.resids
        return pd.Series(values, index=self.design.index, name="weighted_residual")

    @property
    def fitted_values(self) -> pd.Series[Any]:
        """Fitted values by observation, in units of the outcome."""
        return pd.Series(self.fit.fitted, index=self.design.index, name="fitted")

    @property
    def loglik(self) -> float:
        """Maximised log-likelihood with all constants."""
        return self.fit.loglik

    @property
    def aic(self) -> float:
        """Akaike information criterion, −2 loglik + 2 k."""
        return -2 * self.fit.loglik + 2 * self.fit.parameters

    @property
    def bic(self) -> float:
        """Schwarz information criterion, −2 loglik + k log n."""
        return float(-2 * self.fit.loglik + np.log(self.nobs) * self.fit.parameters)

    @property
    def nobs(self) -> int:
        """Number of observations."""
        return self.design.nobs

    @property
    def rsquared(self) -> float:
        """R-squared, or Nagelkerke's pseudo R-squared for spatial likelihood models."""
        return self.fit.rsquared

    @property
    def sigma2(self) -> float:
        """Residual variance."""
        return self.fit.sigma2

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a term: ``estimate std_error statistic p_value conf_low conf_high``."""
        return coefficient_table(
            self.estimates.terms,
            self.estimates.values,
            np.sqrt(np.diag(self.estimates.cov)),
            df=self.estimates.df,
            level=level,
        )

    def evidence_of(self, term: str) -> object | None:  # noqa: ARG002 (results with evidence read it)
        """Return what p-values and intervals of a term come from, None for its standard error."""
        return None

    def glance(self) -> pd.DataFrame:
        """Return one row: model, sample size, fit, information criteria, weights."""
        return one_row(
            model=self.model,
            **self.extras,
            nobs=self.nobs,
            df_resid=self.fit.df_resid,
            loglik=self.loglik,
            aic=self.aic,
            bic=self.bic,
            sigma2=self.sigma2,
            rsquared=self.rsquared,
            covariance=self.estimates.covariance,
            weights=self.weights.digest if self.weights is not None else "",
        )

    def augment(self) -> pd.DataFrame:
        """Return a row an observation: the outcome, ``fitted`` and ``residual``.

        A fit with case weights has ``case_weight`` and ``weighted_residual`` besides.
        """
        columns = {
            self.design.outcome: self.design.y,
            "fitted": self.fit.fitted,
            "residual": self.fit.resids,
        }
        c = self.design.case_weights
        if c is not None:
            columns |= {"case_weight": c, "weighted_residual": np.sqrt(c) * self.fit.resids}
        return pd.DataFrame(columns, index=self.design.index)

    def impacts(
        self,
        *,
        method: ImpactMethod = "delta",
        draws: int = 10_000,
        seed: int = 0,
        level: float = 0.95,
    ) -> Impacts:
        """Return direct, indirect and total impacts with standard errors and intervals.

        Parameters
        ----------
        method : {"delta", "monte-carlo"}
            Standard errors by the delta method with analytic gradients, or from `draws`
            draws of the parameters (intervals are then quantiles of the draws).
        draws : int
            Number of Monte-Carlo draws.
        seed : int
            Seed of the draws.
        level : float
            Confidence level of the intervals.

        Returns
        -------
        Impacts
            Table with index (term, effect); see :class:`~workbench.regression.impacts.Impacts`.
        """
        return impacts_of(self._impact_parts(), method=method, draws=draws, seed=seed, level=level)

    @cached_property
    def summary(self) -> str:
        """The result as text, without clock or machine."""
        return str(self)

    def _impact_parts(self) -> ImpactParts:
        position = {term: i for i, term in enumerate(self.estimates.terms)}
        slopes = self.design.impact_terms
        own = np.array([position.get(term, -1) for term in slopes], dtype=np.int64)
        lagged = np.array(
            [position[lag_name(t)] if t in self.design.lagged else -1 for t in slopes],
            dtype=np.int64,
        )
        return ImpactParts(
            model=self.model,
            terms=slopes,
            own=own,
            lagged=lagged,
            rho=position.get(RHO, -1),
            estimates=self.estimates.values,
            cov=self.estimates.cov,
            df=self.estimates.df,
            weights=self.weights,
            traces=self.traces if RHO in position else None,
            provenance=self.provenance,
            tolerance=self.tolerance,
            weights_x=self.weights_x,
        )

    def _by_term(self, values: FloatArray, name: str) -> pd.Series[Any]:
        return pd.Series(values, index=pd.Index(self.estimates.terms, name="term"), name=name)

    def _heading(self) -> str:
        return f"{self.title}: {self.formula}"

    def _notes(self) -> tuple[str, ...]:
        effects = (NOT_EFFECTS,) if RHO in self.estimates.terms else ()
        return (*self.notes, *effects)

    def __str__(self) -> str:
        return display.text(
            self._heading(), [("", self.tidy()), ("", self.glance().T)], self._notes()
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        tables = [("", self.tidy()), ("", self.glance())]
        return display.html(self._heading(), tables, self._notes())


def require_linear(fit: object, *, what: str) -> None:
    """Refuse a logit where disturbances of a linear model are meant.

    Parameters
    ----------
    fit : object
        A result of ``wb.fit``; anything else is refused elsewhere.
    what : str
        What would be computed.
    """
    if getattr(fit, "extras", {}).get("family") == "binomial":
        raise InputError(
            "fit",
            expected=f"a linear model, for {what}",
            found=str(getattr(fit, "title", "")),
            why="an outcome of 0 and 1 has no disturbance of one variance",
            remedy="of a logit ask likelihood_ratio(), dependence() and marginal_effects()",
        )
