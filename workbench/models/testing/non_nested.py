"""The J test between two models, or two W, of which neither contains the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import Statistic, Tests, normal_p
from workbench.errors import InputError, check_option
from workbench.models.testing.answers import even_rows
from workbench.numerics.scores.j_test import Candidate
from workbench.numerics.scores.j_test import j_test as kernel
from workbench.regression.case_weights import same_case_weights
from workbench.regression.design import INTERCEPT
from workbench.regression.results import LAMBDA, RHO, require_linear
from workbench.typing import JCovariance

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults

FIRST, SECOND = "J test, null: first", "J test, null: second"


def j_test(
    first: CrossSectionResults,
    second: CrossSectionResults,
    *,
    covariance: JCovariance = "classical",
) -> Tests:
    """Test each of two models against the other, by whether its prediction adds anything.

    For each direction the model under the null is augmented by the other's prediction
    ŷ₁ = X₁b₁ + r₁W₁y and estimated by two-stage least squares, with X, WX and W²X of both models as
    instruments; the test is whether the prediction's coefficient is zero. It compares weights
    (two fits that differ in W), regressors, or both.

    Parameters
    ----------
    first, second : CrossSectionResults
        Fits of one outcome on one sample: ``ols``, ``slx``, ``sar`` or ``sdm``. Their formulas,
        models and weights are used; coefficients are estimated anew by two-stage least squares.
    covariance : {"classical", "robust"}
        ``"robust"``: consistent under unequal variances (HC0).

    Returns
    -------
    Tests
        Two answers: the first model is the null and the second the alternative, and the reverse;
        z statistics, two-sided. All four outcomes are possible: both nulls may be rejected
        (neither model is right), or neither (the data do not tell them apart).

    Raises
    ------
    InputError
        If outcomes, samples or models do not suit, or both fits are the same model.
    CollinearityError
        If one prediction is a combination of the other model's terms.

    Notes
    -----
    As sphet's ``kpjtest(model = "lag")``, which R users know; it divides by n − p under
    ``"classical"``.

    References
    ----------
    Kelejian, H. and Piras, G. (2011). An extension of Kelejian's J-test for non-nested spatial
    models. Regional Science and Urban Economics 41, 281-292.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.models import j_test
    >>> states = wb.load("us-states")
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> near, far = wb.weights.queen(states), wb.weights.knn(states, 6)
    >>> one = wb.fit("log(gsp) ~ log(pc) + log(emp)", y, near, model="sar")
    >>> two = wb.fit("log(gsp) ~ log(pc) + log(emp)", y, far, model="sar")
    >>> len(j_test(one, two))
    2
    """
    check_option("covariance", covariance, JCovariance)
    for argument, fit in (("first", first), ("second", second)):
        require_linear(fit, what="a J test")
        if fit.iv is not None and fit.iv.instruments.named:
            raise InputError(
                argument,
                expected="exogenous regressors",
                found=f"endogenous {', '.join(fit.iv.instruments.named)}",
                why="the test takes every regressor as its own instrument",
                remedy="fit.diagnostics() tests the instruments",
            )
        if LAMBDA in fit.estimates.terms:
            raise InputError(
                argument,
                expected="a model without a spatial disturbance: ols, slx, sar or sdm",
                found=fit.model,
                why="the prediction of the test is the right-hand side of the outcome's equation",
                remedy='fit it with model="sar" or "sdm"',
            )
    refuse_other_outcome(first, second)
    answers = {
        FIRST: _one(FIRST, first, second, covariance),
        SECOND: _one(SECOND, second, first, covariance),
    }
    return Tests("Kelejian-Piras J test", answers)


def refuse_other_outcome(first: CrossSectionResults, second: CrossSectionResults) -> None:
    """Raise :class:`~workbench.errors.InputError` unless both explain one outcome and differ."""
    same_rows = first.design.index.equals(second.design.index)
    if not same_rows or not np.array_equal(first.design.y, second.design.y):
        raise InputError(
            "second",
            expected=f"a fit of {first.design.outcome} on the same {first.nobs} regions",
            found=f"{second.design.outcome} on {second.nobs} regions",
            offenders=list(first.design.index.symmetric_difference(second.design.index)),
            why="one model's prediction enters the other's equation",
            remedy="write the same left-hand side, and fit both on the rows that both can use",
        )
    if not same_case_weights(first.design, second.design):
        raise InputError(
            "second",
            expected="the case weights of the first fit",
            found="others, or none",
            why="one model's prediction enters the other's equation, row by row",
            remedy="fit both with the same case_weights=",
        )


def _one(
    name: str, null: CrossSectionResults, other: CrossSectionResults, covariance: JCovariance
) -> Statistic:
    y = even_rows(null).y
    found = kernel(y, _candidate(null), _candidate(other), robust=covariance == "robust")
    z = float(found.coefficients[-1] / np.sqrt(found.covariance[-1, -1]))
    return Statistic(
        name=name,
        statistic=z,
        null=f"{_spelt(null)} is right: the prediction of {_spelt(other)} adds nothing",
        p_value=normal_p(z, "two-sided"),
        z=z,
        assumptions="" if covariance == "robust" else "disturbances of equal variance",
        provenance=null.provenance,
    )


def _candidate(fit: CrossSectionResults) -> Candidate:
    rows = even_rows(fit)
    lagged = RHO in fit.estimates.terms and fit.weights is not None
    varying = [i for i, term in enumerate(fit.design.terms) if term != INTERCEPT]
    W = rows.weights(fit.weights) if lagged and fit.weights is not None else None
    return Candidate(rows.X, W, rows.X[:, varying])


def _spelt(fit: CrossSectionResults) -> str:
    if fit.weights is None or fit.model == "ols":
        return f"{fit.model} {fit.formula}"
    other = "" if fit.weights_x is None else f", W_x {fit.weights_x.digest[:8]}"
    return f"{fit.model} {fit.formula} (W {fit.weights.digest[:8]}{other})"
