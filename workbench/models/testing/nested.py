"""Tests between two fits of which one is a special case of the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Statistic, Tests, chi2_test
from workbench.errors import InputError
from workbench.models.testing.answers import NORMAL
from workbench.models.testing.restrictions import FACTORS
from workbench.numerics.likelihoods.wald import wald
from workbench.regression.case_weights import same_case_weights
from workbench.regression.results import LAMBDA, RHO, require_linear

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults

LR, WALD = "LR", "Wald"


def nested_tests(small: CrossSectionResults, large: CrossSectionResults) -> Tests:
    """Test the restrictions that make one fit of another: likelihood ratio and Wald.

    Parameters
    ----------
    small, large : CrossSectionResults
        Two fits of one outcome on one sample. Every term of `small` is a term of `large` (then the
        others are zero under the null), or `small` is a spatial error model and `large` the
        spatial Durbin model with the same regressors (then θ = −ρβ is).

    Returns
    -------
    Tests
        ``"LR"`` and ``"Wald"``, chi-square with as many degrees of freedom as restrictions. The
        likelihood ratio does not apply to a fit whose covariance is not the classical one.

    Raises
    ------
    InputError
        If outcome, sample, weights or case weights differ (weights of WX only where both have
        it), or neither fit contains the other. For such pairs see
        :func:`workbench.models.j_test`.

    Notes
    -----
    Variances, ρ and λ inside their interval: a parameter at the edge of its interval would have
    another law. Both statistics are asymptotic.

    References
    ----------
    Anselin, L. (1988). Spatial Econometrics, section 6.3.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.models import nested_tests
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> sar = wb.fit("log(gsp) ~ log(emp)", y, W, model="sar")
    >>> sdm = wb.fit("log(gsp) ~ log(emp)", y, W, model="sdm")
    >>> nested_tests(sar, sdm)["LR"].df
    (1.0,)
    """
    for fit in (small, large):
        require_linear(fit, what="tests of linear restrictions")
    refuse_other_sample(small, large)
    extra = [term for term in large.estimates.terms if term not in small.estimates.terms]
    missing = [term for term in small.estimates.terms if term not in large.estimates.terms]
    title = f"{small.title} within {large.title}"
    if missing == [LAMBDA] and RHO in extra:
        return _as_common_factor(small, large, title)
    if missing or not extra:
        raise _not_nested(small, large, missing)
    null = f"the coefficients of {', '.join(extra)} are zero"
    at = [large.estimates.terms.index(term) for term in extra]
    found = wald(large.estimates.values[at], large.estimates.cov[np.ix_(at, at)])
    answers: dict[str, Answer] = {
        LR: _ratio(small, large, len(extra), null=null),
        WALD: chi2_test(WALD, found.statistic, found.df, null=null),
    }
    return Tests(title, answers)


def _ratio(
    small: CrossSectionResults, large: CrossSectionResults, df: int, *, null: str
) -> Statistic | NotApplicable:
    if small.iv is not None or large.iv is not None:
        return NotApplicable(LR, null, "a fit by moments maximises no likelihood")
    value = 2.0 * (large.loglik - small.loglik)
    robust = [fit.estimates.covariance for fit in (small, large) if _is_robust(fit)]
    if robust:
        reason = f"the covariance is {robust[0]}: a likelihood ratio takes equal variances"
        return NotApplicable(LR, null, reason)
    if value < 0.0:
        reason = "the larger model has the lower likelihood: they are not nested as estimated"
        return NotApplicable(LR, null, reason)
    return chi2_test(LR, value, df, null=null, assumptions=NORMAL)


def _is_robust(fit: CrossSectionResults) -> bool:
    return fit.estimates.covariance not in ("classical", "information matrix")


def _as_common_factor(small: CrossSectionResults, large: CrossSectionResults, title: str) -> Tests:
    own = [term for term in small.estimates.terms if term != LAMBDA]
    if own != [t for t in large.design.terms if t in own] or list(large.design.slopes) != [
        term for term in own if term in small.design.slopes
    ]:
        raise _not_nested(small, large, [LAMBDA])
    found = large.diagnostics()
    wald_answer, ratio = (found[name] for name in FACTORS)
    return Tests(title, {LR: replace(ratio, name=LR), WALD: replace(wald_answer, name=WALD)})


def refuse_other_sample(small: CrossSectionResults, large: CrossSectionResults) -> None:
    """Refuse two fits whose outcome, regions or weights differ: likelihoods do not compare."""
    if not small.design.index.equals(large.design.index):
        unlike = small.design.index.symmetric_difference(large.design.index)
        raise InputError(
            "large",
            expected="a fit on the same regions",
            found=f"{large.nobs} regions against {small.nobs}",
            offenders=list(unlike),
            why="likelihoods of different samples cannot be compared",
            remedy="fit both on the rows that both can use",
        )
    if not np.array_equal(small.design.y, large.design.y):
        raise InputError(
            "large",
            expected=f"the outcome {small.design.outcome}",
            found=f"{large.design.outcome}, with other values",
            why="likelihoods of different outcomes cannot be compared",
            remedy="write the same left-hand side in both formulas",
        )
    digests = {f.weights.digest for f in (small, large) if f.weights and f.model != "ols"}
    of_error = {
        f.provenance.options.get("W_error") for f in (small, large) if LAMBDA in f.estimates.terms
    }
    of_x = {f.provenance.options.get("W_x") for f in (small, large) if f.design.lagged}
    if not same_case_weights(small.design, large.design):
        raise InputError(
            "large",
            expected="the same case weights in both fits",
            found="others" if small.design.case_weights is not None else "weights in one alone",
            why="likelihoods under different variances are not of nested models",
            remedy="fit both with the same case_weights=",
        )
    if len(digests) > 1 or len(of_error) > 1 or len(of_x) > 1:
        raise InputError(
            "large",
            expected="the same W in both fits, W_error and W_x too",
            found="two different ones",
            why="models with different weights are not nested",
            remedy="workbench.models.j_test(first, second)",
        )


def _not_nested(
    small: CrossSectionResults, large: CrossSectionResults, missing: list[str]
) -> InputError:
    return InputError(
        "large",
        expected=f"a model that contains {small.model} and has more terms",
        found=f"{large.model} without {', '.join(missing)}" if missing else "no further term",
        why="a restriction leads from the larger model to the smaller one",
        remedy="exchange the two, or compare them with workbench.models.j_test(first, second)",
    )
