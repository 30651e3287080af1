"""The rungs of a ladder: every model on one sample, what failed, and the tests between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from workbench.core.statistics import Answer, Tests
from workbench.errors import ConvergenceError, InputError
from workbench.models.estimation.cross_section import fit_cross_section
from workbench.models.results import CrossSectionResults
from workbench.models.testing.dependence import REMAINING
from workbench.models.testing.nesting import common_factor_is_exact, likelihood_ratio, restrictions
from workbench.regression.case_weights import CaseWeights
from workbench.regression.specification import LAGS_ERROR, LAGS_X, Specification
from workbench.typing import Model
from workbench.weights import WeightsLike

RUNGS: tuple[Model, ...] = ("ols", "slx", "sar", "sem", "sdm")
"""The rungs of the convergence ladder."""

FAMILY: tuple[Model, ...] = ("ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns")
"""Every model of the family, the ladder's default."""

INEXACT = (
    "SEM is not nested in SDM exactly here (W does not map the constant into the regressors, as "
    "with islands, or not every slope is lagged): LR sdm vs sem is only approximate."
)
OTHER_WEIGHTS = (
    "Not all weights are W: SEM is not nested in SDM, so that pair is not tested, and LM tests of "
    "the OLS residuals look for dependence over W only."
)
MANY_TESTS = "No p-value is adjusted for the number of tests."
OF_THE_CALLER = ("durbin", "W", "W_error", "W_x", "case_weights", "data")


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a ladder is given besides formula, data and W; each reaches the models it concerns."""

    W_error: WeightsLike | None = None
    W_x: WeightsLike | None = None
    case_weights: CaseWeights | None = None

    def of(self, model: Model) -> dict[str, Any]:
        """Return the arguments of :func:`fit_cross_section` that concern a model."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in given.items() if model in CONCERNS[name]}


CONCERNS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"W_error": LAGS_ERROR, "W_x": LAGS_X, "case_weights": frozenset(FAMILY)}
)
"""Models that each argument of :class:`Given` concerns."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Models in the order asked for, and why others could not be estimated."""

    fits: Mapping[str, CrossSectionResults]
    failures: Mapping[str, str]


def fit_rungs(
    specification: Specification,
    data: pd.DataFrame,
    W: WeightsLike,
    *,
    models: Sequence[Model],
    durbin: tuple[str, ...] | None,
    asked: bool,
    given: Given,
) -> Fitted:
    """Fit models of one formula; a likelihood without a maximum sinks no other model.

    Parameters
    ----------
    specification : Specification
        Formula and policies, of all models.
    data, W
        As in :func:`workbench.models.ladder`.
    models : sequence of str
    durbin : tuple of str or None
        Terms that models with WX lag.
    asked : bool
        Whether the caller named the models: then one that his data do not allow is refused.
    given : Given

    Raises
    ------
    InputError
        If the caller's input is at fault.
    ConvergenceError
        If no model could be estimated.
    """
    fits: dict[str, CrossSectionResults] = {}
    failures: dict[str, str] = {}
    problem: Exception | None = None
    for model in models:
        own = replace(specification, model=model, durbin=durbin if model in LAGS_X else None)
        try:
            fits[model] = fit_cross_section(own, data, W, **given.of(model))
        except (ConvergenceError, InputError) as error:
            if _of_the_caller(error, model, asked=asked):
                raise
            problem = problem or error
            failures[model] = " ".join(str(error).split())
    if not fits and problem is not None:
        raise problem
    return Fitted(fits, failures)


def _of_the_caller(error: Exception, model: Model, *, asked: bool) -> bool:
    """Whether an error speaks of what the caller gave rather than of one likelihood."""
    if isinstance(error, ConvergenceError):
        return False
    # What OLS refuses is wrong for every model.
    return asked or model == "ols" or getattr(error, "argument", "") in OF_THE_CALLER


def between_models(fits: Mapping[str, CrossSectionResults]) -> Tests:
    """Return likelihood-ratio tests of every nested pair, and LM tests on the OLS fit."""
    answers: dict[str, Answer] = {}
    for pair in restrictions(fit for fit in FAMILY if fit in fits):
        small, large = fits[pair.small], fits[pair.large]
        if not pair.by_common_factor or (small.weights_error or large.weights_x) is None:
            answers[pair.name] = likelihood_ratio(small, large, restriction=pair)
    if "ols" in fits:
        lagrange = fits["ols"].diagnostics().tests
        answers.update({key: lagrange[key] for key in lagrange if "LM" in key and key != REMAINING})
    return Tests("Tests between the models", answers)


def notes_of_pairs(fits: Mapping[str, CrossSectionResults]) -> Iterator[str]:
    """Yield what the reader of the tests must know."""
    yield MANY_TESTS
    if any(fit.weights_error or fit.weights_x for fit in fits.values()):
        yield OTHER_WEIGHTS
    elif "sdm" in fits and "sem" in fits and not common_factor_is_exact(fits["sdm"]):
        yield INEXACT
