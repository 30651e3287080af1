"""Two-stage least squares once effects are taken out, and what its instruments are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, chi2_test, f_test
from workbench.errors import CollinearityError, InputError
from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.numerics.regression.sandwich import influence
from workbench.panels.linear.basis import Basis
from workbench.panels.linear.sandwiches import influence_of, word_covariance, word_sandwich
from workbench.panels.linear.transformed import Problem
from workbench.panels.linear.via_linearmodels import Estimated, two_stage
from workbench.typing import FloatArray

FIRST_STAGE, OVERIDENTIFICATION = "First stage F", "Sargan over-identification"
HANSEN, EXOGENEITY = "Hansen J", "Wu-Hausman exogeneity"
WEAK = 10.0
"""First-stage F below which instruments are called weak (Staiger and Stock 1997)."""
NONE = "the model has no endogenous regressors"


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """Instruments and fitted regressors of a transformed problem.

    Attributes
    ----------
    Z : ndarray, shape (m, l + q)
        Exogenous regressors, then outside instruments.
    projected : ndarray, shape (m, k)
        Regressors with endogenous ones replaced by their fit on `Z`.
    endogenous : tuple of int
        Their positions among the regressors.
    """

    Z: FloatArray
    projected: FloatArray
    endogenous: tuple[int, ...]


def stages_of(basis: Basis, problem: Problem) -> Stages:
    """Project endogenous regressors on the instruments.

    Raises
    ------
    CollinearityError
        If instruments are combinations of each other or of exogenous regressors.
    InputError
        If they leave a combination of endogenous regressors without variation of its own.
    """
    terms = problem.design.terms
    at = tuple(terms.index(term) for term in basis.specification.endogenous)
    own = [i for i in range(len(terms)) if i not in at]
    Z = np.column_stack([problem.design.X[:, own], problem.instruments])
    names = [*(terms[i] for i in own), *basis.instrument_names]
    _refuse_dependent(Z, names)
    projected = np.array(problem.design.X)
    Q = np.linalg.qr(Z / np.linalg.norm(Z, axis=0))[0]
    projected[:, at] = Q @ (Q.T @ projected[:, at])
    if linear_dependencies(projected):
        raise InputError(
            "instruments",
            expected="instruments that move the endogenous regressors",
            found="none that moves them apart from the exogenous ones",
            why="the coefficients are not identified",
            remedy="take instruments that are correlated with them once effects are out",
        )
    return Stages(Z, projected, at)


def _refuse_dependent(Z: FloatArray, names: list[str]) -> None:
    found = linear_dependencies(Z)
    if found:
        raise CollinearityError(
            "instruments",
            expected="instruments that vary apart from each other and from the regressors, once "
            "effects are out",
            found=f"{len(found)} that do not",
            offenders=[names[dependency.columns[-1]] for dependency in found],
            remedy="leave them out",
        )


def estimate_instrumented(basis: Basis, problem: Problem) -> Estimated:
    """Estimate by two-stage least squares; covariances count the effects.

    Classical: σ̂² (X̂′X̂)⁻¹ with σ̂² = SSE/(n − k − effects); the others sum influences
    (X̂′X̂)⁻¹ x̂ᵢ eᵢ with the same factors as without instruments.

    References
    ----------
    Wooldridge, J. (2010). Econometric Analysis of Cross Section and Panel Data, section 11.2.
    """
    stages = stages_of(basis, problem)
    word = basis.specification.covariance_name
    params = two_stage(problem, basis.specification.endogenous)
    resids = problem.design.y - problem.design.X @ params
    sse = float(resids @ resids)
    sigma2 = sse / problem.spare
    if word == "classical":
        cov = sigma2 * _inverse(stages.projected)
        df, title = float(problem.spare), "classical"
    else:
        made = word_sandwich(word, problem, influence_of(problem, params, stages.projected))
        cov, title = made.cov, made.title
        df = made.df if isinstance(made.df, float) else float(problem.spare)
    n = problem.design.nobs
    y = problem.design.y
    constant = "Intercept" in problem.design.terms
    total = float(np.sum((y - (y.mean() if constant else 0.0)) ** 2))
    return Estimated(
        params=params,
        cov=cov,
        resids=resids,
        df=float(problem.spare),
        loglik=float("nan"),
        sigma2=sigma2,
        rsquared=1.0 - sse / total,
        covariance=title,
        options={"observations": str(n), "instruments": ", ".join(basis.instrument_names)},
        reference_df=df,
    )


def weakness(basis: Basis, problem: Problem) -> tuple[str, ...]:
    """Return a note on each endogenous regressor that the instruments hardly move."""
    stages, word = stages_of(basis, problem), basis.specification.covariance_name
    notes = []
    for at in stages.endogenous:
        q = problem.instruments.shape[1]
        F, _ = _wald(problem.design.X[:, at], stages.Z, q, problem, word)
        if F < WEAK:
            notes.append(
                f"Instruments of {problem.design.terms[at]} are weak (first-stage F = {F:.1f}, "
                f"below {WEAK:g}): estimates lean towards least squares, intervals are too short."
            )
    return tuple(notes)


def instrument_tests(basis: Basis, problem: Problem, params: FloatArray) -> dict[str, Answer]:
    """Return first-stage F of each endogenous regressor, over-identification, and exogeneity.

    First-stage F has the covariance of the fit (classical: the ordinary partial F), counts the
    effects, and is compared with 10 by rule of thumb. Sargan's n R² supposes equal variances;
    Hansen's J is the two-step criterion with scores summed as the covariance sums them.
    """
    stages = stages_of(basis, problem)
    word = basis.specification.covariance_name
    names = [problem.design.terms[i] for i in stages.endogenous]
    answers: dict[str, Answer] = {
        f"{FIRST_STAGE} ({name})": _first_stage(name, at, problem, stages, word)
        for name, at in zip(names, stages.endogenous, strict=True)
    }
    resids = problem.design.y - problem.design.X @ params
    answers[OVERIDENTIFICATION] = _sargan(resids, stages)
    answers[HANSEN] = _hansen(problem, stages, word)
    answers[EXOGENEITY] = _exogeneity(problem, stages, word)
    return answers


def _first_stage(name: str, at: int, problem: Problem, stages: Stages, word: str) -> Answer:
    x, q = problem.design.X[:, at], problem.instruments.shape[1]
    statistic, df = _wald(x, stages.Z, q, problem, word)
    weak = f"below {WEAK:g}: weak" if statistic < WEAK else f"{WEAK:g} or more: not weak"
    return f_test(
        f"{FIRST_STAGE} ({name})",
        statistic,
        (q, df),
        null=f"instruments do not move {name}",
        assumptions=f"rule of thumb, {weak}",
    )


def _wald(
    y: FloatArray, X: FloatArray, last: int, problem: Problem, word: str
) -> tuple[float, float]:
    """Return F of the last columns of a regression in the rows of a problem, and its df."""
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    resids = y - X @ beta
    spare = len(y) - X.shape[1] - problem.absorbed
    df = float(spare)
    if word == "classical":
        cov = float(resids @ resids) / spare * _inverse(X)
    else:
        made = word_covariance(word, problem, influence(X, resids))
        # the factor of the covariance counts the columns of this regression
        cov = made * problem.spare / spare if word in ("robust", "driscoll-kraay") else made
        df = word_sandwich(word, problem, influence(X, resids)).df  # type: ignore[assignment]
    tested = slice(X.shape[1] - last, X.shape[1])
    value = float(beta[tested] @ np.linalg.solve(cov[tested, tested], beta[tested]))
    return value / last, df


def _sargan(resids: FloatArray, stages: Stages) -> Answer:
    null = "outside instruments are uncorrelated with the disturbance"
    extra = stages.Z.shape[1] - stages.projected.shape[1]
    if extra == 0:
        return NotApplicable(OVERIDENTIFICATION, null, "there are as many instruments as needed")
    Q = np.linalg.qr(stages.Z)[0]
    share = float(np.sum((Q.T @ resids) ** 2)) / float(resids @ resids)
    return chi2_test(
        OVERIDENTIFICATION, len(resids) * share, extra, null=null, assumptions="equal variances"
    )


def _hansen(problem: Problem, stages: Stages, word: str) -> Answer:
    """Return the criterion of two-step GMM with moments summed as the covariance sums them."""
    null = "outside instruments are uncorrelated with the disturbance"
    extra = stages.Z.shape[1] - stages.projected.shape[1]
    if extra == 0:
        return NotApplicable(HANSEN, null, "there are as many instruments as needed")
    if word == "classical":
        return NotApplicable(HANSEN, null, "with classical errors it is Sargan's test")
    y, X, Z = problem.design.y, problem.design.X, stages.Z / np.linalg.norm(stages.Z, axis=0)
    first = np.linalg.lstsq(stages.projected, y, rcond=None)[0]
    S = _moments(Z * (y - X @ first)[:, None], problem, word)
    if np.linalg.eigvalsh(S)[0] <= 1e-12 * np.trace(S):
        reason = "there are no more clusters than moments: their covariance has no inverse"
        return NotApplicable(HANSEN, null, reason)
    weighted = np.linalg.solve(S, Z.T @ X)
    beta = np.linalg.solve(X.T @ Z @ weighted, weighted.T @ (Z.T @ y))
    moments = Z.T @ (y - X @ beta)
    return chi2_test(HANSEN, float(moments @ np.linalg.solve(S, moments)), extra, null=null)


def _moments(scores: FloatArray, problem: Problem, word: str) -> FloatArray:
    """Sum products of scores over the pairs of rows that a word lets depend."""
    if word == "robust":
        return np.asarray(scores.T @ scores)
    if word == "driscoll-kraay":
        from workbench.numerics.regression.hac import newey_west_lag
        from workbench.numerics.regression.space_time import period_covariance

        lags = newey_west_lag(int(problem.period.max()) + 1)
        return period_covariance(scores, problem.period, lags=lags)

    def of(codes: np.ndarray) -> FloatArray:
        sums = np.stack([np.bincount(codes, weights=column) for column in scores.T], axis=1)
        return np.asarray(sums.T @ sums)

    if word == "clustered":
        return of(problem.region)
    if word == "clustered-time":
        return of(problem.period)
    return np.asarray(of(problem.region) + of(problem.period) - scores.T @ scores)


def _exogeneity(problem: Problem, stages: Stages, word: str) -> Answer:
    """Return F of the first-stage residuals added to the regression (Hausman 1978, Wu 1973)."""
    at = list(stages.endogenous)
    left = problem.design.X[:, at] - stages.projected[:, at]
    null = "the endogenous terms are uncorrelated with the disturbance"
    X = np.column_stack([problem.design.X, left])
    if linear_dependencies(X):
        return NotApplicable(EXOGENEITY, null, "instruments fit an endogenous term exactly")
    statistic, df = _wald(problem.design.y, X, len(at), problem, word)
    return f_test(EXOGENEITY, statistic, (len(at), df), null=null)


def _inverse(X: FloatArray) -> FloatArray:
    length = np.linalg.norm(X, axis=0)
    R = np.linalg.qr(X / length)[1]
    half = np.linalg.solve(R, np.eye(X.shape[1]))
    return np.asarray(half @ half.T / np.outer(length, length))
