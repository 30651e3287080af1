"""Panels by least squares under many W: what does not depend on W is done once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.numerics.regression.least_squares import gaussian_loglik, least_squares
from workbench.panels import PanelResults
from workbench.panels.effects import FIXED
from workbench.panels.linear.choices import is_plain, refuse_no_variance
from workbench.panels.linear.sandwiches import influence_of, word_sandwich
from workbench.panels.linear.transformed import problem_of
from workbench.panels.linear.via_linearmodels import COVARIANCES
from workbench.panels.sample import lag_slopes_by_period
from workbench.panels.spatial.period_weights import PanelWeights
from workbench.regression.design import Design, read_only
from workbench.typing import FloatArray
from workbench.weights import Weights


@dataclass(frozen=True, slots=True, eq=False)
class PanelSweep:
    """A linear panel model with WX, its formula read and its sample drawn.

    Attributes
    ----------
    fit : PanelResults
    own : Design
        Without lags, in levels.
    """

    fit: PanelResults
    own: Design

    def under(self, given: Mapping[str, Any]) -> PanelResults:
        """Return the fit under other weights: estimates, covariance and likelihood.

        Parameters
        ----------
        given : mapping
            ``W``, and ``W_x`` where the fit has one: Weights, or a mapping by period.
        """
        fit, basis = self.fit, self.fit.basis
        if basis is None:
            raise AssertionError
        periods = basis.sample.panel.periods
        spatial = _of(given["W"], periods)
        lagged = _of(given["W_x"], periods) if "W_x" in given else None
        sample = replace(basis.sample, weights=spatial.one, spatial=spatial, lagged=lagged)
        design = lag_slopes_by_period(self.own, sample, basis.design.lagged)
        basis = replace(basis, design=design, sample=sample)
        problem = problem_of(basis)
        found = least_squares(problem.design.y, problem.design.X)
        params = np.asarray(found.beta)
        resids = problem.design.y - problem.design.X @ params
        sse, word = float(resids @ resids), basis.specification.covariance_name
        cov, df = _covariance(word, problem, params, sse)
        refuse_no_variance(basis.specification, problem.levels, cov)
        return replace(
            fit,
            design=problem.levels,
            estimates=replace(
                fit.estimates,
                terms=problem.levels.terms,
                values=read_only(params),
                cov=read_only(cov),
                df=df,
            ),
            fit=replace(
                fit.fit,
                loglik=gaussian_loglik(sse, len(resids)),
                resids=read_only(resids),
                fitted=read_only(problem.levels.y - resids),
                sigma2=sse / problem.spare,
            ),
            weights=spatial.one,
            spatial=spatial,
            lagged=lagged,
            weights_x=lagged.one if lagged else None,
            basis=basis,
        )


def _of(given: Any, periods: Iterable[object]) -> PanelWeights:
    """Return weights of a panel; those by period in the order of its periods."""
    if isinstance(given, Weights):
        return PanelWeights((given,))
    known = tuple(periods)
    return PanelWeights(tuple(given[period] for period in known), known)


def _covariance(
    word: str, problem: Any, params: FloatArray, sse: float
) -> tuple[FloatArray, float]:
    if word == "classical":
        R = np.linalg.qr(problem.design.X, mode="r")
        inverse = np.linalg.solve(R, np.eye(len(R)))
        return inverse @ inverse.T * (sse / problem.spare), float(problem.spare)
    made = word_sandwich(word, problem, influence_of(problem, params, None))
    return made.cov, float(made.df)  # type: ignore[arg-type]


def panel_sweep(fit: PanelResults) -> PanelSweep | None:
    """Return the sweep of a panel fit by least squares with WX, or None for another."""
    basis = fit.basis
    if basis is None or not _linear(fit):
        return None
    at = len(basis.design.terms) - len(basis.design.lagged)
    own = replace(
        basis.design,
        terms=basis.design.terms[:at],
        X=read_only(basis.design.X[:, :at]),
        lagged=(),
    )
    return PanelSweep(fit, own)


def _linear(fit: Any) -> bool:
    asked = fit.basis.specification
    return bool(
        fit.family == "gaussian"
        and fit.factors == "none"
        and asked.model == "slx"
        and is_plain(asked)
        and asked.effects in ("none", *FIXED)
        and asked.dynamic == "none"
        and isinstance(asked.covariance, str)
        and asked.covariance in COVARIANCES
        and fit.basis.design.lagged
    )
