"""Diagnostics of a fit by moments: strength and validity of instruments, what is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.statistics import Answer, f_test
from workbench.models.estimation.instruments import Instrumented
from workbench.models.estimation.moments import strength
from workbench.models.testing.answers import chi2_answer, f_answer, not_applicable, weights_of_error
from workbench.models.testing.catalogue import (
    ANSELIN_KELEJIAN,
    BASMANN,
    CATALOGUE,
    DURBIN_TEST,
    FIRST_STAGE,
    HANSEN,
    INSTRUMENTS,
    RANK,
    SARGAN,
    WU_HAUSMAN,
)
from workbench.models.testing.dependence import NO_WEIGHTS
from workbench.models.testing.restrictions import wald_answers
from workbench.numerics.moments.instruments import (
    FirstStage,
    anselin_kelejian,
    endogeneity,
    overidentification,
)
from workbench.numerics.scores.residual_tests import jarque_bera
from workbench.numerics.threads import one_thread
from workbench.regression.results import LAMBDA

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults
    from workbench.typing import FloatArray

BY_MOMENTS = "the model is estimated by moments: there is no likelihood and no least-squares law"
ONE_VARIANCE = "disturbances of one variance"


@one_thread
def diagnose_moments(fit: CrossSectionResults, left: Instrumented) -> dict[str, Answer]:
    """Return the answers of the catalogue, and those about instruments.

    Tests whose law is that of least squares or of a likelihood do not apply. In a model with a
    spatial disturbance the instruments are tested in the equation transformed by the first-stage
    lambda, in which they were used.
    """
    stage_strength = strength(left)
    return {
        **{name: not_applicable(name, BY_MOMENTS) for name in CATALOGUE},
        **wald_answers(fit),
        "Jarque-Bera": chi2_answer("Jarque-Bera", jarque_bera(fit.fit.resids), reason=""),
        **_first_stages(left, stage_strength),
        **_identified(stage_strength),
        **_overidentified(fit, left),
        **_endogenous(fit, left),
        ANSELIN_KELEJIAN: _remaining(fit, left),
    }


def names_of_tests(left: Instrumented) -> tuple[str, ...]:
    """Return the names of the answers in the order in which they are shown."""
    first = tuple(f"{FIRST_STAGE}: {term}" for term in left.instruments.endogenous)
    return (*first, *(name for name in INSTRUMENTS if name != FIRST_STAGE), *CATALOGUE)


def first_stage_table(left: Instrumented) -> pd.DataFrame | None:
    """Return how well the instruments predict each endogenous regressor; None without any.

    Index ``term``; columns ``partial_r2 shea_r2 first_stage_f conditional_f p_value``.
    """
    found = strength(left)
    if found is None:
        return None
    return pd.DataFrame(
        {
            "partial_r2": found.partial_r2,
            "shea_r2": found.shea_r2,
            "first_stage_f": found.f,
            "conditional_f": found.conditional_f,
            "p_value": found.p_values,
        },
        index=pd.Index(left.instruments.endogenous, name="term"),
    )


def _first_stages(left: Instrumented, found: FirstStage | None) -> dict[str, Answer]:
    if found is None:
        return {}
    df = (float(found.conditional_df[0]), float(found.conditional_df[1]))
    null = INSTRUMENTS[FIRST_STAGE].null
    return {
        f"{FIRST_STAGE}: {term}": f_test(f"{FIRST_STAGE}: {term}", float(value), df, null=null)
        for term, value in zip(left.instruments.endogenous, found.conditional_f, strict=True)
    }


def _identified(found: FirstStage | None) -> dict[str, Answer]:
    if found is None:
        return {RANK: not_applicable(RANK, "nothing is endogenous")}
    return {RANK: chi2_answer(RANK, found.kleibergen_paap, reason="its covariance is singular")}


def _system(fit: CrossSectionResults, left: Instrumented) -> tuple[FloatArray, FloatArray]:
    if left.transformed is not None:
        return left.transformed
    return fit.design.y, left.instruments.Z


def _overidentified(fit: CrossSectionResults, left: Instrumented) -> dict[str, Answer]:
    names = (SARGAN, BASMANN, HANSEN)
    y, Z = _system(fit, left)
    if not left.instruments.endogenous:
        return {name: not_applicable(name, "nothing is endogenous") for name in names}
    if left.stage.basis.shape[1] == Z.shape[1]:
        reason = "there are no more instruments than coefficients"
        return {name: not_applicable(name, reason) for name in names}
    found = overidentification(y, Z, stage=left.stage)
    return {
        SARGAN: chi2_answer(SARGAN, found.sargan, reason="", assumptions=ONE_VARIANCE),
        BASMANN: chi2_answer(BASMANN, found.basmann, reason="", assumptions=ONE_VARIANCE),
        HANSEN: chi2_answer(HANSEN, found.hansen, reason=""),
    }


def _endogenous(fit: CrossSectionResults, left: Instrumented) -> dict[str, Answer]:
    named = left.instruments.named
    if not named:
        reason = "no regressor was named endogenous; Wy is by the form of the model"
        return {name: not_applicable(name, reason) for name in (DURBIN_TEST, WU_HAUSMAN)}
    y, Z = _system(fit, left)
    at = left.instruments.positions(named)
    durbin, wu_hausman = endogeneity(y, Z, tested=at, stage=left.stage)
    return {
        DURBIN_TEST: chi2_answer(DURBIN_TEST, durbin, reason="", assumptions=ONE_VARIANCE),
        WU_HAUSMAN: f_answer(WU_HAUSMAN, wu_hausman, reason=""),
    }


def _remaining(fit: CrossSectionResults, left: Instrumented) -> Answer:
    weights = weights_of_error(fit)
    if weights is None:
        return not_applicable(ANSELIN_KELEJIAN, NO_WEIGHTS)
    if LAMBDA in fit.estimates.terms:
        return not_applicable(
            ANSELIN_KELEJIAN, "the model has lambda for that correlation: see Wald lambda"
        )
    found = anselin_kelejian(
        fit.fit.resids,
        np.asarray(left.instruments.Z),
        W=weights.sparse,
        covariance=np.asarray(fit.estimates.cov),
    )
    return chi2_answer(ANSELIN_KELEJIAN, found, reason="", assumptions=ONE_VARIANCE)
