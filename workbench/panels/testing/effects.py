"""Are there effects, of which kind, and are they correlated with the regressors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Statistic, chi2_test, normal_p
from workbench.errors import InputError
from workbench.numerics.panels.component_tests import (
    EffectScores,
    chi_bar_p,
    effect_scores,
    unobserved_effects,
)
from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.numerics.regression.sandwich import cluster_covariance, influence
from workbench.panels.effects import BY_TIME, Cells, absorbed, without_effects
from workbench.panels.linear.basis import Basis
from workbench.panels.linear.covariances import problem_for
from workbench.panels.linear.transformed import Problem
from workbench.typing import FloatArray

NULL_REGIONS = "regions have no effects of their own"
NULL_PERIODS = "periods have no effects of their own"
NULL_BOTH = "neither regions nor periods have effects of their own"
SCORES: Mapping[str, str] = {
    "Breusch-Pagan LM": NULL_REGIONS,
    "Breusch-Pagan LM (periods)": NULL_PERIODS,
    "Breusch-Pagan LM (both)": NULL_BOTH,
    "Honda": NULL_REGIONS,
    "Honda (periods)": NULL_PERIODS,
    "Honda (both)": NULL_BOTH,
    "King-Wu (both)": NULL_BOTH,
    "Gourieroux-Holly-Monfort": NULL_BOTH,
}
WOOLDRIDGE_EFFECTS = "Wooldridge unobserved effects"
AUXILIARY, MUNDLAK = "Hausman (auxiliary regression)", "Mundlak (clustered)"
UNCORRELATED = "random effects are uncorrelated with the regressors"


def score_tests(pooled: FloatArray, cells: Cells) -> dict[str, Answer]:
    """Return score tests of random effects by residuals of pooled least squares.

    Breusch and Pagan (1980), two-sided; Honda (1985) and King and Wu (1997), large under effects;
    Gourieroux, Holly and Monfort (1982), whose reference is a mixture of chi-squares; gaps as in
    Baltagi and Li (1990). King and Wu's test of one effect is Honda's.

    Parameters
    ----------
    pooled : ndarray, shape (n,)
    cells : Cells
    """
    one_period, one_region = cells.T == 1, cells.N == 1
    found = effect_scores(pooled, cells.region, cells.period)
    answers = _scores(found)
    for name, null in SCORES.items():
        about_regions, about_periods = null != NULL_PERIODS, null != NULL_REGIONS
        if one_period and about_regions:
            answers[name] = NotApplicable(name, null, "there is one period only")
        elif one_region and about_periods:
            answers[name] = NotApplicable(name, null, "there is one region only")
    answers[WOOLDRIDGE_EFFECTS] = _unobserved(pooled, cells)
    return answers


def _scores(found: EffectScores) -> dict[str, Answer]:
    regions, periods = found.region**2, found.period**2
    chi = {
        "Breusch-Pagan LM": (regions, 1),
        "Breusch-Pagan LM (periods)": (periods, 1),
        "Breusch-Pagan LM (both)": (regions + periods, 2),
    }
    normal = {
        "Honda": found.region,
        "Honda (periods)": found.period,
        "Honda (both)": found.honda,
        "King-Wu (both)": found.king_wu,
    }
    mixed = "Gourieroux-Holly-Monfort"
    return {
        **{n: chi2_test(n, value, df, null=SCORES[n]) for n, (value, df) in chi.items()},
        **{n: _normal(n, value, SCORES[n]) for n, value in normal.items()},
        mixed: Statistic(
            mixed,
            found.mixed,
            SCORES[mixed],
            chi_bar_p(found.mixed),
            alternative="greater",
            distribution="mixture of chi2",
            df=(0.0, 1.0, 2.0),
        ),
    }


def _normal(name: str, z: float, null: str) -> Statistic:
    p = normal_p(z, "greater")
    return Statistic(name, z, null, p, alternative="greater", z=z, expected=0.0, variance=1.0)


def _unobserved(pooled: FloatArray, cells: Cells) -> Answer:
    null = "disturbances of a region are not correlated"
    if cells.T == 1 or cells.N < 2:
        reason = "it needs two regions and two periods"
        return NotApplicable(WOOLDRIDGE_EFFECTS, null, reason)
    z = unobserved_effects(pooled, cells.region)
    return Statistic(
        WOOLDRIDGE_EFFECTS, z, null, normal_p(z, "two-sided"), z=z, expected=0.0, variance=1.0
    )


def correlated_effects(basis: Basis) -> dict[str, Answer]:
    """Return the tests of effects that are correlated with the regressors, by a regression.

    The quasi-demeaned outcome is regressed on the quasi-demeaned regressors and, besides, the
    regressors less their regions' means, whose coefficients are zero if random effects are
    right: with classical covariance that is Hausman's test by an auxiliary regression, which is
    never negative; clustered by region it holds under any dependence within regions, and is the
    test of Mundlak's (1978) means in a balanced panel.

    Parameters
    ----------
    basis : Basis
        With ``effects="random"``.

    References
    ----------
    Wooldridge, J. (2010). Econometric Analysis of Cross Section and Panel Data, section 10.7.3.
    Arellano, M. (1993). Journal of Econometrics 59, pp. 87-97.
    """
    try:
        problem = problem_for(basis)
        X, count = _with_deviations(basis, problem)
    except InputError as error:
        reason = f"random effects cannot be estimated: {error.found}"
        return {name: NotApplicable(name, UNCORRELATED, reason) for name in (AUXILIARY, MUNDLAK)}
    if not count:
        reason = "no regressor varies over time"
        return {name: NotApplicable(name, UNCORRELATED, reason) for name in (AUXILIARY, MUNDLAK)}
    y = problem.design.y
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    e = y - X @ beta
    classical: FloatArray = np.linalg.inv(X.T @ X) * float(e @ e) / (len(y) - X.shape[1])
    answers: dict[str, Answer] = {AUXILIARY: _wald(AUXILIARY, np.asarray(beta), classical, count)}
    if count >= basis.sample.cells.N:
        reason = "there are no more regions than regressors"
        return {**answers, MUNDLAK: NotApplicable(MUNDLAK, UNCORRELATED, reason)}
    scores = influence(X, e).scores
    robust: FloatArray = cluster_covariance(scores, problem.region, columns=X.shape[1])
    return {**answers, MUNDLAK: _wald(MUNDLAK, np.asarray(beta), robust, count)}


def _with_deviations(basis: Basis, problem: Problem) -> tuple[FloatArray, int]:
    """Append deviations from regions' means; those that add nothing are left out."""
    cells, levels = basis.sample.cells, basis.design.X
    fixed = set(absorbed(levels, cells, "entity").tolist())
    varying = [i for i in range(levels.shape[1]) if i not in fixed]
    deviations = without_effects(levels[:, varying], cells, "entity")
    both = np.column_stack([problem.design.X, deviations])
    k = problem.design.X.shape[1]
    gone = {found.columns[-1] for found in linear_dependencies(both)}
    kept = [i for i in range(both.shape[1]) if i not in gone]
    return both[:, kept], len([i for i in kept if i >= k])


def _wald(name: str, beta: FloatArray, cov: FloatArray, count: int) -> Answer:
    gap, spread = beta[-count:], cov[-count:, -count:]
    return chi2_test(name, float(gap @ np.linalg.solve(spread, gap)), count, null=UNCORRELATED)


def refused_by_time(effects: str) -> bool:
    """Return whether a model has effects of periods, which tests of regions' effects lack."""
    return effects in BY_TIME or effects in ("random-time", "random-two-way")
