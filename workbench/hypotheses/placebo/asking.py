"""A hypothesis asked of a fit anew: the record of an answer, or of why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import InputError
from workbench.fitting import fit as fit_anew
from workbench.hypotheses.work.faults import FAULTS, in_one_line

if TYPE_CHECKING:
    from workbench.hypotheses.statements.estimates import Estimate
    from workbench.regression.results import RegressionResults
    from workbench.typing import ImpactMethod

ESTIMATED, FAILED = "estimated", "failed"


@dataclass(frozen=True, slots=True)
class Question:
    """A hypothesis and how its estimate is made.

    Attributes
    ----------
    hypothesis : Hypothesis
    method : {"delta", "monte-carlo"}
        Of standard errors of impacts.
    samples : int
        Draws of ``"monte-carlo"``.
    seed : int
    """

    hypothesis: Any
    method: ImpactMethod = "delta"
    samples: int = 10_000
    seed: int = 0

    @property
    def alpha(self) -> float:
        """Level of the hypothesis."""
        return float(self.hypothesis.alpha)

    def estimate(self, fit: RegressionResults) -> Estimate:
        """Return the estimate of the hypothesis from a fit."""
        found: Estimate = self.hypothesis.estimand.estimate(
            fit, level=1 - self.alpha, method=self.method, draws=self.samples, seed=self.seed
        )
        return found

    def answer(self, fit: RegressionResults, *, null: float) -> dict[str, Any]:
        """Return what a fit says, as plain values.

        Parameters
        ----------
        fit : RegressionResults
        null : float
            Value against which statistic and p-value are taken.
        """
        found = self.estimate(fit)
        if not math.isfinite(found.value):
            raise InputError("estimate", expected="a finite number", found=repr(found.value))
        return {
            "estimate": float(found.value),
            "std_error": float(found.std_error),
            "statistic": float(found.statistic(null)),
            "p_value": float(found.p_value(null)),
            "conf_low": float(found.conf_low),
            "conf_high": float(found.conf_high),
            "loglik": float(fit.loglik),
            "verdict": str(self.hypothesis.judge(found).answer),
            "status": ESTIMATED,
            "reason": "",
        }


def asked(question: Question, arguments: Mapping[str, Any], *, null: float) -> dict[str, Any]:
    """Fit and answer; a fit that fails is recorded with its reason.

    Parameters
    ----------
    question : Question
    arguments : mapping
        Of :func:`workbench.fitting.fit`.
    null : float
    """
    others = dict(arguments)
    formula, data, W = (others.pop(name) for name in ("formula", "data", "W"))
    try:
        return question.answer(fit_anew(formula, data, W, **others), null=null)
    except FAULTS as fault:
        return failure(fault)


def failure(fault: BaseException) -> dict[str, Any]:
    """Return the record of an estimate that could not be made."""
    numbers = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "loglik")
    return dict.fromkeys(numbers, math.nan) | {
        "verdict": "",
        "status": FAILED,
        "reason": in_one_line(fault),
    }


def own_arguments(fit: RegressionResults, regions: pd.Index) -> dict[str, Any]:
    """Return the arguments of a fit, with data of the regions of its sample alone.

    Raises
    ------
    InputError
        If the fit does not know what it was asked.
    """
    if fit.call is None:
        raise InputError(
            "fit",
            expected="a result of wb.fit",
            found=f"{fit.provenance.method}, which does not know what it was asked",
            remedy="wb.fit(formula, data, W, model=...)",
        )
    arguments = fit.call.arguments
    data = fit.call.data
    data = data[data.index.get_level_values(0).isin(regions)]
    arguments["data"] = data
    if isinstance(arguments["case_weights"], pd.Series):
        given = arguments["case_weights"]
        arguments["case_weights"] = given[given.index.isin(regions)]
    if not data.isna().to_numpy().any():
        arguments["missing"] = "error"  # nothing is missing: no row need be looked for
    return arguments
