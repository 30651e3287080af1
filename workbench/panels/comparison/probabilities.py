"""Posterior probabilities of static spatial panels, and of their weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.panel_frame import panel_frame
from workbench.errors import IdError, InputError, check_option
from workbench.numerics.likelihoods.marginal import Prior
from workbench.numerics.panels.likelihood import PanelProblem
from workbench.numerics.panels.marginal import log_panel_marginal
from workbench.panels.fit import fit_panel
from workbench.panels.results import PanelResults
from workbench.panels.testing.lag_error_problem import transformed_problem
from workbench.regression.design import INTERCEPT
from workbench.regression.lag_terms import refuse_formula_lags
from workbench.regression.probabilities import Probabilities, check_models, compared, named_weights
from workbench.regression.specification import LAGS_ERROR, LAGS_X, LAGS_Y, Specification
from workbench.typing import Align, Effects, Missing, Model
from workbench.weights import WeightsLike

ONE_PARAMETER: tuple[Model, ...] = ("slx", "sar", "sem", "sdm", "sdem")


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A model among those compared: its regression without Wy and Wu, and what it adds."""

    label: Any
    model: Model
    fit: PanelResults

    @property
    def slopes(self) -> int:
        return len(self.fit.design.terms) - self.fit.design.has_intercept

    def log_marginal(self, prior: Prior) -> float:
        design = self.fit.design
        # The constant goes first, wherever the formula has it.
        order = np.argsort([term != INTERCEPT for term in design.terms], kind="stable")
        return log_panel_marginal(
            replace(self._problem(), X=design.X[:, order]),
            prior=prior,
            constant=design.has_intercept,
        )

    def _problem(self) -> PanelProblem:
        both = transformed_problem(self.fit)
        return replace(
            both,
            lag=both.lag if self.model in LAGS_Y else None,
            error=both.error if self.model in LAGS_ERROR else None,
        )


def model_probabilities(
    formula: str,
    data: pd.DataFrame,
    weights: WeightsLike | Mapping[str, WeightsLike] | Sequence[WeightsLike],
    *,
    effects: Effects = "two-way",
    models: Sequence[Model] = ONE_PARAMETER,
    durbin: Sequence[str] | None = None,
    g: float | None = None,
    align: Align = "strict",
    missing: Missing = "error",
) -> Probabilities:
    """Return posterior probabilities of static spatial panels, under one W or several.

    Parameters
    ----------
    formula : str
    data : DataFrame
        Indexed by (region, period), balanced.
    weights : weights, mapping of str to weights, or sequence of weights
        One W, or several of the same regions, by name; a sequence is named W1, W2, ...
    effects : {"two-way", "entity", "time", "none"}
        Fixed effects, the same in all models; they are transformed out.
    models : sequence of str, default ("slx", "sar", "sem", "sdm", "sdem")
        Compared under every W; ``"ols"``, which has no W, enters once.
    durbin : sequence of str, optional
        Terms that models with WX lag; all without.
    g : float, optional
        Of the g-prior of the slopes; max(n, q²) without, n the observations that effects leave
        and q the most slopes of a model.
    align, missing : str
        As in :func:`workbench.fit`; every W must leave the same regions.

    Returns
    -------
    Probabilities
        Index ``model``, or (weights, model); its range over other priors beside each probability,
        and ``answer`` that says where the data cannot tell.

    Raises
    ------
    InputError
        If no W or no model is given, or as for a fit.
    PanelError
        If effects are random, or the panel or W do not allow them to be transformed out.
    IdError
        If the weights leave different regions.
    ConvergenceError
        If an integral is not found to six digits.

    Notes
    -----
    Priors as for cross-sections: slopes normal around zero with g σ² (Z′Z)⁻¹ (Zellner), log σ
    and effects flat, ρ and λ uniform on the admissible interval. ``sdm`` beside ``sdem`` answers
    whether spillovers are global or local; both have the same regressors, so that g hardly counts.

    References
    ----------
    LeSage, J. P. (2014). Spatial econometric panel data model specification: a Bayesian approach.
    Spatial Statistics 9, 122–145.

    Examples
    --------
    >>> import workbench as wb
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> panel, formula = wb.load("munnell-1990"), "log(gsp) ~ log(emp) + unemp"
    >>> found = wb.panels.model_probabilities(formula, panel, W, models=["sdm", "sdem"])
    >>> found.table.index.tolist()
    ['sdm', 'sdem']
    """
    _check(models, effects)
    refuse_formula_lags(formula, remedy='durbin=["x"] for the terms to lag in models with WX')
    named = _named(weights, data)
    specification = Specification(formula, effects=effects, align=align, missing=missing)
    lagged = None if durbin is None else (durbin,) if isinstance(durbin, str) else tuple(durbin)
    candidates = list(_candidates(specification, data, named, models, lagged))
    _refuse_other_regions(candidates)
    several = isinstance(weights, (Mapping, list, tuple))
    index: pd.Index = pd.MultiIndex.from_tuples(
        [c.label for c in candidates], names=["weights", "model"]
    )
    if not several:
        index = pd.Index([c.model for c in candidates], name="model")
    n = transformed_problem(candidates[0].fit).n_eff
    return compared(candidates, index, n=n, g=g)


def _candidates(
    specification: Specification,
    data: pd.DataFrame,
    weights: Mapping[str, WeightsLike],
    models: Sequence[Model],
    lagged: tuple[str, ...] | None,
) -> Iterator[_Candidate]:
    for at, (name, W) in enumerate(weights.items()):
        plain = fit_panel(replace(specification, model="ols"), data, W)
        spatial = None
        if any(model in LAGS_X for model in models):
            spatial = fit_panel(replace(specification, model="slx", durbin=lagged), data, W)
        for model in models:
            if model == "ols" and at > 0:
                continue
            label = ("none" if model == "ols" else name, model)
            yield _Candidate(label, model, spatial if model in LAGS_X and spatial else plain)


def _check(models: Sequence[Model], effects: Effects) -> None:
    check_models(models)
    check_option("effects", effects, Effects)


def _named(weights: Any, data: pd.DataFrame) -> dict[str, WeightsLike]:
    by_name = isinstance(weights, Mapping) and len(weights) > 0
    if by_name and set(weights) <= set(panel_frame(data).periods):
        raise InputError(
            "weights",
            expected="weights by name, each of all periods",
            found="weights by period",
            why="what is compared are hypotheses on W, and one W a period is one of them that "
            "effects cannot be transformed out of",
            remedy='{"queen": W, "six nearest": K}',
        )
    return named_weights(weights)


def _refuse_other_regions(candidates: Sequence[_Candidate]) -> None:
    first = candidates[0]
    for other in candidates[1:]:
        unlike = other.fit.design.index.symmetric_difference(first.fit.design.index)
        if len(unlike):
            raise IdError(
                "weights",
                expected=f"the {first.fit.cells.N} regions of {first.label[0]!r} under every W",
                found=f"{len(unlike)} rows that only one of them has",
                offenders=list(unlike),
                why="likelihoods of different samples cannot be compared",
                remedy="restrict them to the common regions: W.restrict(ids)",
            )
