"""Covariances of panel likelihoods whose disturbances are not normal, or not white."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

from workbench.errors import ConvergenceError, InputError
from workbench.numerics.likelihoods.quasi_likelihood import Scores, quasi_covariance
from workbench.numerics.panels.likelihood_scores import (
    PAIR_LIMIT,
    PanelScores,
    cell_variance,
    disturbance_moments,
    independent_diagonals,
    panel_scores,
    period_variance,
    region_variance,
)
from workbench.numerics.panels.random import RandomProblem
from workbench.numerics.panels.random_fit import RandomMaximum
from workbench.numerics.panels.random_scores import random_scores
from workbench.numerics.regression.hac import newey_west_lag
from workbench.panels.effects import BY_ENTITY, BY_TIME
from workbench.panels.few import few_of_a_panel
from workbench.panels.spatial.results import Likelihood, SpatialPanelResults
from workbench.panels.spatial.score_covariances import TITLES
from workbench.regression.design import read_only
from workbench.regression.sandwiches import Sandwich
from workbench.regression.specification import LAGS_ERROR
from workbench.typing import (
    Dynamic,
    Effects,
    FloatArray,
    PanelLikelihoodCovariance,
    RandomStructure,
    words,
)

OF_DYNAMIC = ("classical", "qml")
OF_RANDOM = ("classical", "clustered")
"""Covariances of models with lags in time, and with random effects."""

Result = TypeVar("Result", bound=SpatialPanelResults)

UNEVEN = (
    "where variances differ between regions, maximum likelihood misses rho and lambda themselves "
    "(Lin and Lee 2010)"
)
PAIRS = ("clustered", "clustered-two-way")
PERIODS = ("clustered-time", "clustered-two-way", "driscoll-kraay")

ALLOWED: Mapping[str, str] = MappingProxyType(
    {
        "clustered": "any dependence over time within a region and variances that differ between "
        "periods, but independence between regions and the same variances in all of them",
        "clustered-time": "any dependence within a period, but independence between periods",
        "clustered-two-way": "any dependence within a region and within a period",
        "driscoll-kraay": "dependence within periods, and between them if it fades",
    }
)


def refuse_unavailable(
    option: Any,
    *,
    model: str,
    effects: Effects,
    dynamic: Dynamic = "none",
    random: RandomStructure | None = None,
) -> None:
    """Refuse a covariance that a panel likelihood does not have.

    Parameters
    ----------
    option : object
        What was asked for.
    model, effects, dynamic, random
        As in :func:`workbench.fitting.fit`; random effects without a structure named have the
        usual one.

    Raises
    ------
    InputError
        With the reason and what to call in its place.
    """
    available, why, remedy = _offered(model, effects, dynamic=dynamic, random=random)
    if isinstance(option, str) and option in available:
        return
    found = repr(option) if isinstance(option, str) else getattr(option, "label", repr(option))
    raise InputError(
        "covariance",
        expected=f"one of {', '.join(map(repr, available))} for model={model!r} by maximum "
        "likelihood",
        found=found,
        why=why,
        remedy=remedy,
    )


def _offered(
    model: str, effects: Effects, *, dynamic: Dynamic, random: RandomStructure | None
) -> tuple[tuple[str, ...], str, str]:
    """Return the covariances of a likelihood, why it has no others, and the way out."""
    if dynamic != "none":
        return (
            OF_DYNAMIC,
            "disturbances that depend on yesterday's make yesterday's outcome endogenous: tau "
            "itself is off, and no covariance around it mends that",
            'covariance="qml" allows for disturbances that are not normal; model="sar", '
            'effects="entity", method="gmm" is clustered by region',
        )
    if effects != "random":
        return (
            words(PanelLikelihoodCovariance),
            f"{UNEVEN}: no covariance around them mends that",
            'covariance="clustered" allows for dependence over time within regions and variances '
            "that differ between periods",
        )
    if model in LAGS_ERROR and random != "kkp":
        return (
            ("classical",),
            "effects stay where disturbances spread: the likelihood weights them by matrices of "
            "their own, and of what a region has alone only the sum is seen",
            f'model={model!r}, effects="random", random="kkp", covariance="clustered"',
        )
    return (
        OF_RANDOM,
        "random effects make a region's periods depend on each other, and what is not normal of "
        "effects and of disturbances cannot be told apart",
        'covariance="clustered", or effects="entity", which has the others',
    )


def with_likelihood_covariance(fit: Result, option: Any) -> Result:
    """Return a panel fit of maximum likelihood with other standard errors; estimates stay.

    Parameters
    ----------
    fit : SpatialPanelResults
        Static or dynamic.
    option : str
        A word of :data:`~workbench.typing.PanelLikelihoodCovariance`.

    Raises
    ------
    InputError
        If the covariance is not one of the model's, or regions or periods are too few or too many.
    ConvergenceError
        If a variance is not positive.
    """
    likelihood = fit.likelihood
    if likelihood is None:
        raise AssertionError
    refuse_unavailable(
        option,
        model=fit.model,
        effects=fit.effects,
        dynamic=getattr(fit, "dynamic", "none"),
        random=fit.predicted.structure if fit.predicted else None,
    )
    made = likelihood_sandwich(str(option), likelihood, fit)
    p = len(fit.estimates.terms)
    estimates = replace(
        fit.estimates,
        cov=read_only(made.cov[:p, :p].copy()),
        covariance=made.title,
        notes=made.notes,
    )
    kept = tuple(note for note in fit.notes if note not in fit.estimates.notes)
    return replace(
        fit,
        estimates=estimates,
        notes=(*kept, *made.notes),
        provenance=replace(fit.provenance, options={**fit.provenance.options, **made.options}),
    )


def likelihood_sandwich(word: str, likelihood: Likelihood, fit: SpatialPanelResults) -> Sandwich:
    """Return A⁻¹BA⁻¹ of (β, ρ, λ, σ²), A the expected information and B the score's variance.

    The expected information stays what the likelihood's curvature converges to under all of these
    departures, which change its mean only through the mean variance; it is what ``"classical"``
    inverts too.
    """
    inverse = np.asarray(likelihood.found.covariance)
    options = {"covariance": word}
    if word == "classical":
        return Sandwich(inverse, None, "information matrix", options=options)
    cells = fit.cells
    _refuse_size(word, fit.effects, cells.N, cells.T)
    scores = _scores(likelihood, fit)
    if word == "qml":
        cov, title, notes = _quasi(inverse, scores)
    else:
        V = inverse / scores.sigma2
        cov = V @ _VARIANCES[word](scores) @ V
        title, notes = TITLES[word], _notes(word, cells.N, cells.T)
    cov = 0.5 * (cov + cov.T)
    if not (np.diag(cov) > 0).all():
        raise ConvergenceError(
            "covariance",
            expected="positive variances",
            found=f"a variance of zero or less with {word!r}",
            why="regions and periods are too few for what it is estimated from",
            remedy='fit.with_covariance("classical")',
        )
    return Sandwich(cov, None, title, notes, options)


def _scores(likelihood: Likelihood, fit: SpatialPanelResults) -> PanelScores:
    problem, found, cells = likelihood.problem, likelihood.found, fit.cells
    if isinstance(problem, RandomProblem) and isinstance(found, RandomMaximum):
        return random_scores(problem, found, region=cells.region, period=cells.period)
    if isinstance(problem, RandomProblem) or isinstance(found, RandomMaximum):
        raise AssertionError
    return panel_scores(
        problem,
        found,
        region=cells.region,
        period=cells.period,
        shape=(cells.N, cells.T),
        effects=(fit.effects in BY_ENTITY, fit.effects in BY_TIME),
    )


def _two_way(scores: PanelScores) -> FloatArray:
    return region_variance(scores) + period_variance(scores) - cell_variance(scores)


def _driscoll_kraay(scores: PanelScores) -> FloatArray:
    return period_variance(scores, lags=min(newey_west_lag(scores.T), scores.T - 1))


_VARIANCES: Mapping[str, Callable[[PanelScores], FloatArray]] = MappingProxyType(
    {
        "clustered": region_variance,
        "clustered-time": period_variance,
        "clustered-two-way": _two_way,
        "driscoll-kraay": _driscoll_kraay,
    }
)


def _quasi(inverse: FloatArray, scores: PanelScores) -> tuple[FloatArray, str, tuple[str, ...]]:
    moments = disturbance_moments(scores)
    forms = Scores(scores.linear, independent_diagonals(scores))
    note = (
        "Standard errors allow for disturbances that are not normal (skewness "
        f"{moments.skewness:.2f} and excess kurtosis {moments.excess_kurtosis:.2f}), but "
        "independent over regions and periods and of one variance; covariance="
        '"clustered" allows for dependence over time.'
    )
    return quasi_covariance(inverse, forms, moments), "quasi-maximum likelihood", (note,)


def _notes(word: str, N: int, T: int) -> tuple[str, ...]:
    told = f"Standard errors allow for {ALLOWED[word]}: {UNEVEN}."
    return (told, *few_of_a_panel(word, N, T))


def _refuse_size(word: str, effects: Effects, N: int, T: int) -> None:
    fewest = 3 if effects in BY_ENTITY else 2
    if word in PERIODS and fewest > T:
        raise InputError(
            "covariance",
            expected=f"at least {fewest} periods for covariance={word!r} with effects={effects!r}",
            found=str(T),
            why="the scores of all periods add up to zero: no variance is left to estimate",
            remedy='covariance="clustered"',
        )
    if word in PAIRS and N > PAIR_LIMIT:
        raise InputError(
            "covariance",
            expected=f"at most {PAIR_LIMIT:,} regions for covariance={word!r}",
            found=f"{N:,}",
            why="the score of rho and lambda is a sum over all pairs of regions, which are too "
            "many",
            remedy='covariance="driscoll-kraay" and "qml" need no pairs',
        )
