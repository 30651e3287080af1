"""Estimating thousands of specifications together: the same numbers as fits one by one, sooner.

Linear models by least squares and models of one spatial parameter by maximum likelihood need of
their data a few inner products, which specifications of one sample and one W share. What is not of
that kind, and what :func:`workbench.fit` would refuse, is left to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import WorkbenchError
from workbench.hypotheses.curve.benches import Bench, applies, bench_of
from workbench.hypotheses.curve.designs import (
    Memory,
    Prepared,
    by_place,
    kind_of,
    known_arguments,
    prepared,
)
from workbench.hypotheses.statements.atoms import Effect, Parameter
from workbench.hypotheses.statements.estimates import wald
from workbench.numerics.threads import one_thread
from workbench.regression.covariances import Clustered
from workbench.regression.lag_terms import has_lags

if TYPE_CHECKING:
    import pandas as pd

    from workbench.hypotheses.curve.plan import Choice, Plan
    from workbench.hypotheses.statements.verdicts import Verdict
    from workbench.numerics.likelihoods.many.along import Course

MODELS = frozenset({"ols", "slx", "sar", "sem", "sdm", "sdem"})
EFFECTS = frozenset({"none", "entity", "time", "two-way"})
OF_CROSS_SECTIONS = frozenset({"classical", "robust", "HC0", "HC1", "HC2", "HC3"})
OF_PANELS = frozenset({"classical", "clustered", "driscoll-kraay"})
MOST_REGIONS = 200
"""Of a panel by maximum likelihood whose covariance is not classical: it is made of matrices of all
pairs of regions, a model at a time."""

FEWEST_PERIODS = 3
"""Of covariances of Driscoll and Kraay."""


def supports(plan: Plan, choice: Choice) -> bool:
    """Return whether a specification is one of those that can be estimated together.

    Parameters
    ----------
    plan : Plan
    choice : Choice

    Notes
    -----
    Models ``ols``, ``slx``, ``sar``, ``sdm``, ``sem`` and ``sdem`` by least squares or maximum
    likelihood, of cross-sections, or of panels pooled or with fixed effects transformed out; one W;
    classical covariances; of least squares also HC0 to HC3 and clustered ones of cross-sections; of
    panels those clustered by region and of Driscoll and Kraay, by maximum likelihood of no more
    than :data:`MOST_REGIONS` regions; estimands made of impacts and coefficients, with standard
    errors by the delta method.
    """
    arguments = choice.arguments
    linear = all(isinstance(a, Effect | Parameter) for _, a in plan.hypothesis.estimand.parts)
    if not linear or plan.method != "delta" or not known_arguments(choice):
        return False
    model, effects = arguments.get("model", "ols"), arguments.get("effects", "none")
    if model not in MODELS or effects not in EFFECTS or isinstance(arguments.get("W"), dict):
        return False
    if arguments.get("lee_yu") not in (None, "transformation"):
        return False
    panel = plan.samples[choice.sample].index.nlevels > 1
    lags = isinstance(arguments["formula"], str) and has_lags(arguments["formula"])
    covariance = arguments.get("covariance") or "classical"
    likelihood = kind_of("slx" if lags and model == "ols" else model) != "least squares"
    if panel:
        return _of_panel(plan.samples[choice.sample].index, covariance, likelihood=likelihood)
    if likelihood:
        return bool(covariance == "classical")
    if isinstance(covariance, str):
        return covariance in OF_CROSS_SECTIONS
    return isinstance(covariance, Clustered)


def _of_panel(index: pd.Index[Any], covariance: object, *, likelihood: bool) -> bool:
    """Return whether a covariance of a panel is one of those that can be had together."""
    if not isinstance(covariance, str) or covariance not in OF_PANELS:
        return False
    if covariance == "driscoll-kraay" and index.get_level_values(1).nunique() < FEWEST_PERIODS:
        return False
    few = index.get_level_values(0).nunique() <= MOST_REGIONS
    return covariance == "classical" or not likelihood or few


def benches_of(plan: Plan, choices: Iterable[Choice]) -> list[Bench]:
    """Return the benches of those choices that can be estimated together.

    Parameters
    ----------
    plan : Plan
    choices : iterable of Choice
        What is not supported, not applicable or refused is on no bench.
    """
    memory: Memory = {}
    found: list[Prepared] = []
    estimand = plan.hypothesis.estimand
    for choice in choices:
        if supports(plan, choice):
            one = prepared(plan, choice, memory)
            if one is not None and applies(estimand, one):
                found.append(one)
    courses: dict[object, Course] = {}
    benches = []
    for group in by_place(found):
        try:
            benches.append(bench_of(group, estimand, courses))
        except WorkbenchError:  # weights without a determinant: each fit says so by itself
            continue
    return benches


@one_thread
def estimate_batch(plan: Plan, choices: Sequence[Choice]) -> dict[int, Verdict]:
    """Return the verdicts of specifications that can be estimated together, by number.

    Parameters
    ----------
    plan : Plan
    choices : sequence of Choice

    Returns
    -------
    dict of int to Verdict
        As ``plan.hypothesis.test(plan.fit(choice))``, to about ten digits. Choices that are not in
        it are for :func:`workbench.fit`: those that :func:`supports` does not name, those that lack
        a part of the hypothesis, and those that are refused or whose likelihood has its maximum at
        an end, for which it knows the reason.
    """
    hypothesis = plan.hypothesis
    level = plan.level or 1.0 - hypothesis.alpha
    verdicts: dict[int, Verdict] = {}
    for bench in benches_of(plan, choices):
        try:
            found = bench.estimates()
        except (WorkbenchError, np.linalg.LinAlgError):
            continue
        for row, entry in enumerate(bench.entries):
            if not found.sound[row]:
                continue
            df = None if np.isnan(found.df[row]) else float(found.df[row])
            value, error = float(found.value[row]), float(found.std_error[row])
            verdict = hypothesis.judge(wald(value, error, df, level=level))
            verdicts[entry.number] = replace(verdict, provenance=entry.told())
    return verdicts
