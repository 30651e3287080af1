"""Static spatial panels by moments: strength of instruments, and covariances of estimates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, chi2_test, f_test
from workbench.errors import PanelError
from workbench.numerics.moments.instruments import FirstStage, complement, first_stage
from workbench.numerics.moments.two_stage import basis_of
from workbench.numerics.panels.gmm import (
    LEFT,
    Components,
    MomentFit,
    between,
    spanning,
    weighted,
    within,
)
from workbench.numerics.regression.sandwich import influence
from workbench.panels.effects import Cells
from workbench.panels.linear.choices import SUMS
from workbench.panels.linear.instrumented import FIRST_STAGE, OVERIDENTIFICATION, WEAK
from workbench.panels.linear.sandwiches import word_sandwich
from workbench.panels.linear.transformed import Problem
from workbench.regression.design import Design
from workbench.regression.results import RHO
from workbench.regression.sandwiches import Sandwich
from workbench.regression.specification import LAGS_ERROR, Specification
from workbench.typing import FloatArray

NO_LAG = "the model has no Wy"
VALID = "lags of the regressors are uncorrelated with the disturbances"


@dataclass(frozen=True, slots=True)
class Instrumentation:
    """What instruments of Wy are worth.

    Attributes
    ----------
    strength : FirstStage
        Of Wy beside the regressors, in the dimensions that were used, without spatial filter.
    validity : (float, int) or None
        Sargan's statistic and its degrees of freedom; None in models with a spatial disturbance
        and where instruments are as many as coefficients.
    """

    strength: FirstStage
    validity: tuple[float, int] | None

    @property
    def f(self) -> float:
        """First-stage F of Wy."""
        return float(self.strength.f[0])


def refuse_covariance(specification: Specification) -> None:
    """Refuse covariances that the moments do not have."""
    if specification.model in LAGS_ERROR:
        specification.refuse_covariance(
            available=("classical",),
            why="the moments of the disturbance are those of variances that do not differ",
        )
    specification.refuse_covariance(
        available=SUMS, why="HC0 to HC3 are those of cross-sections, qml is of likelihoods"
    )


def refuse_few(H: FloatArray, *, N: int, T: int, random: bool) -> None:
    """Refuse instruments that take up what varies within, or between, regions whole.

    Wy is then its own instrument, and no observation is left for the variance.
    """
    dimensions = [("within", within, N * (T - 1)), ("between", between, N)]
    for what, part, room in dimensions[: 1 + random]:
        taken = spanning(part(H, T), H).shape[1]
        if taken >= room:
            raise PanelError(
                "data",
                expected=f"more observations {what} regions than the {taken} instruments there",
                found=f"{room}, of {N} regions in {T} periods",
                why="instruments that take up every observation reproduce Wy as it is",
                remedy=('effects="entity", ' if what == "between" else "")
                + 'method=wb.GMM(instrument_orders=1), fewer regressors, or method="ml"',
            )


def instrumentation(
    Z: FloatArray, H: FloatArray, found: Components, made: MomentFit, *, T: int, error: bool
) -> Instrumentation:
    """Measure the first stage of Wy, the last column of Z, and test the instruments.

    Parameters
    ----------
    Z : ndarray of shape (N T, k)
    H : ndarray of shape (N T, m)
        Instruments, within and between regions.
    found : Components
        Variances by which both dimensions are weighted.
    made : MomentFit
    T : int
    error : bool
        Whether the model has a spatial disturbance.
    """
    white = weighted(Z, found, T)
    X, basis = white[:, :-1], basis_of(H)
    lag = white[:, -1]
    if np.linalg.norm(lag - basis @ (basis.T @ lag)) <= LEFT * np.linalg.norm(lag):
        raise PanelError(
            "W",
            expected="a lag of the outcome that the regressors' lags do not reproduce",
            found="instruments that do, to the last digit",
            why="regions with the same neighbours have the same lags: Wy instruments itself",
            remedy='method=wb.GMM(instrument_orders=1), fewer regressors, or method="ml"',
        )
    # without means over time (within alone) as many rows are gone as there are regions
    absorbed = len(lag) // T if np.isnan(found.means) else 0
    strength = first_stage(lag[:, None], X, H=complement(basis, X), absorbed=absorbed)
    extra = H.shape[1] - Z.shape[1]
    if error or extra <= 0:
        return Instrumentation(strength, None)
    # disturbances have variance one once they are weighted
    value = float(np.sum((basis.T @ made.stage.residuals) ** 2))
    return Instrumentation(strength, (value, extra))


def instrument_answers(found: Instrumentation | None) -> dict[str, Answer]:
    """Return the first stage of Wy and Sargan's test."""
    name, null = f"{FIRST_STAGE} ({RHO})", "lags of the regressors do not move Wy"
    if found is None:
        return {
            name: NotApplicable(name, null, NO_LAG),
            OVERIDENTIFICATION: NotApplicable(OVERIDENTIFICATION, VALID, NO_LAG),
        }
    df = (float(found.strength.df[0]), float(found.strength.df[1]))
    rule = f"one variance; rule of thumb, {'below' if found.f < WEAK else 'not below'} {WEAK:g}"
    answers: dict[str, Answer] = {
        name: f_test(name, found.f, df, null=null, assumptions=rule),
        OVERIDENTIFICATION: NotApplicable(
            OVERIDENTIFICATION,
            VALID,
            "instruments are as many as coefficients, or the disturbance is spatial",
        ),
    }
    if found.validity is not None:
        value, extra = found.validity
        answers[OVERIDENTIFICATION] = chi2_test(
            OVERIDENTIFICATION, value, extra, null=VALID, assumptions="disturbances of one variance"
        )
    return answers


def weak_notes(found: Instrumentation | None) -> tuple[str, ...]:
    """Say where lags of the regressors hardly move Wy."""
    if found is None or found.f >= WEAK:
        return ()
    return (
        f"Weak instruments: first-stage F below {WEAK:g} of {RHO} ({found.f:.3g}). Estimates lean "
        "towards least squares and intervals are too narrow.",
    )


def robust(word: str, design: Design, made: MomentFit, cells: Cells, *, within: bool) -> Sandwich:
    """Return a covariance of two-stage least squares that allows for dependence or variances.

    Influences are those of least squares on the projected regressors with the residuals of the
    regressors themselves; factors for few observations are those of least squares with effects.
    """
    stage = made.stage
    design = Design(
        design.formula,
        design.outcome,
        (*design.terms, RHO),
        stage.residuals,
        stage.projected,
        design.index,
    )
    factors = (cells.region,) if within else ()
    empty = np.empty((design.nobs, 0))
    problem = Problem(
        design, empty, cells.region, cells.period, cells.N if within else 0, factors, design
    )
    return word_sandwich(word, problem, influence(stage.projected, stage.residuals))
