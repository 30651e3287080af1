"""A model before its outcome is seen: the fit that assumed parameters would have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from workbench.errors import InputError, check_number, check_option, unknown_option
from workbench.fitting import fit
from workbench.hypotheses.planning.outcomes import (
    right_side,
    stand_in,
    with_outcome,
    without_outcome,
)
from workbench.numerics.panels.information import PanelTraces, covariance_of, traces_at
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.panels.likelihood import PanelProblem, cleared_spread
from workbench.panels.effects import FIXED, without_effects
from workbench.panels.results import PanelResults
from workbench.panels.sample import draw_panel
from workbench.panels.spatial.likelihood import DEFAULT, problem_of
from workbench.refitting import refit
from workbench.regression.design import read_only
from workbench.regression.results import LAMBDA, RHO, RegressionResults
from workbench.regression.specification import LAGS_ERROR, LAGS_X, LAGS_Y
from workbench.typing import Effects, FloatArray, Missing, Model
from workbench.weights import WeightsLike

WITH_LAGS: Mapping[str, Model] = {"ols": "slx", "sar": "sdm", "sem": "sdem", "sac": "gns"}
EFFECTS: tuple[Effects, ...] = ("none", "entity", "time", "two-way")


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A design with a model, and what estimates would scatter like under assumed parameters.

    Attributes
    ----------
    base : CrossSectionResults or PanelResults
        Least squares of noise on the regressors: it holds design, weights and sample; its
        estimates are never looked at.
    model : str
        The model that is planned.
    spatial : tuple of str
        ``rho`` and ``lambda``, those that the model has.
    problem : PanelProblem or None
        Behind the likelihood of a model with Wy or Wu; a cross-section is a panel of one period.
    """

    base: RegressionResults
    model: str
    spatial: tuple[str, ...]
    problem: PanelProblem | None
    traces: dict[tuple[float, float], PanelTraces] = field(default_factory=dict)

    @property
    def terms(self) -> tuple[str, ...]:
        """Coefficients, then spatial parameters."""
        return (*self.base.design.terms, *self.spatial)

    @property
    def effects(self) -> Effects:
        """Effects of the panel; ``"none"`` for a cross-section."""
        return self.base.effects if isinstance(self.base, PanelResults) else "none"

    @property
    def size(self) -> tuple[int, int]:
        """Numbers of regions and periods."""
        cells = getattr(self.base, "cells", None)
        return (self.base.nobs, 1) if cells is None else (cells.N, cells.T)

    def spread_of(self, term: str) -> float:
        """Return the standard deviation of a regressor over the rows, effects out."""
        names = [*self.base.design.terms, *self.base.design.lag_only]
        if term not in names:
            return float("nan")
        column = self._cleared(self.base.design.values((term,)))[:, 0]
        return float(np.std(column, ddof=1))

    def assumed(self, values: Mapping[str, float], sigma: float) -> RegressionResults:
        """Return the fit whose estimates are the parameters themselves.

        Parameters
        ----------
        values : mapping of str to float
            By term; those that are not named are 0.
        sigma : float
            Standard deviation of the disturbance.

        Returns
        -------
        RegressionResults
            Standard errors are those that estimates have under these parameters.
        """
        at = np.array([values.get(term, 0.0) for term in self.terms])
        covariance, of_lag = self._covariance(at, sigma)
        estimates = replace(
            self.base.estimates,
            terms=self.terms,
            values=read_only(at),
            cov=read_only(covariance),
            df=self.base.estimates.df if self.problem is None else None,
            covariance="of assumed parameters",
        )
        made: Any = self.base  # a dataclass of either room
        return cast(
            "RegressionResults",
            replace(made, model=self.model, estimates=estimates, traces=of_lag),
        )

    def outcome(
        self, values: Mapping[str, float], sigma: float, rng: np.random.Generator
    ) -> FloatArray:
        """Draw an outcome, (I − ρW)⁻¹(Xβ + (I − λM)⁻¹ε), shape (n,), in the order of the design."""
        design = self.base.design
        beta = np.array([values.get(term, 0.0) for term in design.terms])
        u = sigma * rng.standard_normal((design.nobs, 1))
        if self.problem is None:
            return np.asarray(design.X @ beta + u[:, 0])
        if self.problem.error is not None:
            u = self.problem.error.solve(u, values.get(LAMBDA, 0.0))
        made = (design.X @ beta)[:, None] + u
        if self.problem.lag is not None:
            made = self.problem.lag.solve(made, values.get(RHO, 0.0))
        return np.asarray(made[:, 0])

    def refitted(self, outcome: FloatArray) -> RegressionResults:
        """Estimate the planned model on a drawn outcome, as ``wb.fit`` does."""
        call = self.base.call
        if call is None:
            raise AssertionError
        right = right_side(call.specification.formula)
        data = without_outcome(call.data, right)
        formula, table = with_outcome(right, data, outcome, self.base.design.index)
        word = self.model
        if self.base.design.asked:  # the formula names the lags: the word is that without them
            word = next((own for own, lagged in WITH_LAGS.items() if lagged == word), word)
        return refit(self.base, {"formula": formula, "data": table, "model": word})

    def _cleared(self, columns: FloatArray) -> FloatArray:
        if isinstance(self.base, PanelResults):
            return without_effects(columns, self.base.cells, self.effects)
        return columns

    def _covariance(self, at: FloatArray, sigma: float) -> tuple[FloatArray, Any]:
        if self.problem is None:
            return self.base.estimates.cov * (sigma**2 / self.base.sigma2), None
        problem, k = self.problem, len(self.base.design.terms)
        values = dict(zip(self.terms, at.tolist(), strict=True))
        rho, lam = values.get(RHO, 0.0), values.get(LAMBDA, 0.0)
        if (rho, lam) not in self.traces:
            self.traces[rho, lam] = traces_at(problem, rho, lam)
        traces = self.traces[rho, lam]
        mean, spread = (problem.X @ at[:k])[:, None], np.zeros(problem.y.size)
        if problem.lag is not None:
            spread = problem.lag.lag(problem.lag.solve(mean, rho))[:, 0]
        X = problem.clear(problem.X)
        if problem.error is not None and lam != 0.0:
            X = X - lam * problem.clear(problem.error.lag(X))
        turned = cleared_spread(problem, spread, lam)
        found = covariance_of(problem, traces, X, turned, sigma2=sigma**2)
        p = len(self.terms)
        return found[:p, :p], traces.of_lag[0] if problem.lag and traces.of_lag else None


def plan(
    formula: str,
    data: pd.DataFrame,
    W: WeightsLike | None,
    *,
    model: Model,
    effects: Effects,
    missing: Missing,
) -> Planned:
    """Read a design without an outcome.

    Raises
    ------
    InputError
        If the model or its effects have no plan here, or the regressors do not serve.
    """
    check_option("model", model, Model)
    if effects not in EFFECTS:
        raise unknown_option("effects", effects, EFFECTS)
    right = right_side(formula)
    own = without_outcome(data, right)
    written, table = with_outcome(right, own, *stand_in(own))
    word: Model = "slx" if model in LAGS_X else "ols"
    base = fit(written, table, W, model=word, effects=effects, missing=missing)
    if base.design.lagged and model in WITH_LAGS:
        model = WITH_LAGS[model]
    named = ((RHO, LAGS_Y), (LAMBDA, LAGS_ERROR))
    spatial = tuple(name for name, models in named if model in models)
    problem = _problem(base, model, table) if spatial else None
    return Planned(base, model, spatial, problem)


def _problem(base: RegressionResults, model: str, table: pd.DataFrame) -> PanelProblem:
    if base.call is None:
        raise AssertionError
    if isinstance(base, PanelResults):
        word: Any = model
        specification = replace(base.call.specification, model=word)
        sample = draw_panel(specification, table, base.call.W)
        lee_yu = DEFAULT if base.effects in FIXED else "none"
        return problem_of(specification, base.design, sample, lee_yu)
    if base.weights is None:
        raise InputError(
            "W",
            expected=f"spatial weights, which model={model!r} needs",
            found="None",
            remedy="power(hypothesis, data, W, ...)",
        )
    layers = one_layer(base.weights.sparse, 1)
    return PanelProblem(
        y=base.design.y,
        X=base.design.X,
        lag=layers if model in LAGS_Y else None,
        error=layers if model in LAGS_ERROR else None,
        clear=_as_they_are,
        n_eff=base.nobs,
    )


def _as_they_are(columns: FloatArray) -> FloatArray:
    return columns


def check_parameters(
    planned: Planned,
    *,
    sigma: float,
    rho: float,
    lambda_: float,
    coefficients: Mapping[str, float],
) -> dict[str, float]:
    """Return the assumed parameters by term, or say which cannot be.

    Raises
    ------
    InputError
        If a coefficient is of no term, a number is not finite, or rho or lambda have no place in
        the model or lie outside the interval that W admits.
    """
    check_number("sigma", sigma, above=0.0, remedy="sigma=1.0: effects are then in units of sigma")
    own = planned.base.design.terms
    for term, value in coefficients.items():
        if term not in own:
            raise unknown_option("coefficients", term, own)
        check_number(f"coefficients[{term!r}]", value)
    values = {term: float(value) for term, value in coefficients.items()}
    for name, argument, value in ((RHO, "rho", rho), (LAMBDA, "lambda_", lambda_)):
        check_number(argument, value)
        if name in planned.spatial:
            values[name] = _admissible(planned, argument, float(value))
        elif value != 0.0:
            raise InputError(
                argument,
                expected=f"0 for model={planned.model!r}, which has no {name}",
                found=f"{value:g}",
                remedy=f"leave {argument} out, or take a model that has it",
            )
    return values


def _admissible(planned: Planned, argument: str, value: float) -> float:
    weights = planned.base.weights
    if weights is None or value == 0.0:
        return value
    low, high = weights.spectrum.rho_low, weights.spectrum.rho_high
    return check_number(
        argument, value, above=low, below=high, why="outside (I - rho W) has no sound inverse"
    )
