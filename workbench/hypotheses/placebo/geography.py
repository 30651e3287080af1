"""The same hypothesis, model, data and covariance under neighbours that are wrong on purpose."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.errors import InputError, check_option
from workbench.hypotheses.placebo.asking import Question, asked, failure, own_arguments
from workbench.hypotheses.placebo.geography_result import PlaceboGeography
from workbench.hypotheses.placebo.maps import Maps, apart, maps_of
from workbench.hypotheses.placebo.ranks import summary_of
from workbench.hypotheses.placebo.sweeps import Sweep, sweep_of, swept
from workbench.hypotheses.statements.given import check_fit, check_hypothesis
from workbench.hypotheses.work.faults import FAULTS
from workbench.hypotheses.work.running import each
from workbench.hypotheses.work.store import Store, code_digest, digest_of, store_of
from workbench.typing import ImpactMethod, Placebo, words

if TYPE_CHECKING:
    from workbench.hypotheses.statements import Hypothesis
    from workbench.regression.results import RegressionResults

TURNED = frozenset({"displaced", "rotated"})
"""Kinds that need to know where regions are."""

FEWEST = 19
"""Draws below which no two-sided p-value reaches 0.1."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What every draw shares."""

    question: Question
    arguments: dict[str, Any]
    maps: Maps
    null: float
    sweep: Sweep | None = None


def placebo_geography(
    hypothesis: Hypothesis,
    fit: RegressionResults,
    *,
    how: Sequence[Placebo] | None = None,
    draws: int = 499,
    points: Any = None,
    method: ImpactMethod = "delta",
    samples: int = 10_000,
    seed: int = 0,
    jobs: int | None = None,
    client: Any = None,
    cache: str | os.PathLike[str] | Store | None = None,
) -> PlaceboGeography:
    """Ask whether a spillover needs the true neighbours: the estimate under wrong W beside it.

    Model, data, sample, estimator and covariance stay as they are; only who is whose neighbour
    changes, `draws` times for each kind of wrong map. An estimate that is as large under any map
    is not about neighbours (Gibbons and Overman 2012); a model that finds significance under maps
    without meaning has standard errors, or controls, that cannot be trusted (Kelly 2019).

    Parameters
    ----------
    hypothesis : Hypothesis
        About an impact, a coefficient, rho, lambda or an index; its alpha is the level.
    fit : RegressionResults
        A result of :func:`workbench.fit` with W: a cross-section or a panel, by least squares,
        likelihood (of counts, too) or moments.
    how : sequence of {"permuted", "rewired", "displaced", "rotated"}, optional
        ``"permuted"``: regions change places at random; the graph stays, and with it every
        eigenvalue; nothing of the map does. ``"rewired"``: links exchange their ends; each region
        keeps its number of neighbours, so that how central a region is cannot be what tells.
        ``"displaced"``: the map is turned or mirrored, and each region has the neighbours of the
        place it lands on; lagged regressors are as smooth as they were, elsewhere: the sharpest
        question where regressors or disturbances are smooth. ``"rotated"``: neighbours turn with
        the region; many of the links stay, so that this is a perturbation rather than a
        placebo. By default the first two, and the third where `points` are given.
    draws : int, default 499
        Wrong maps of each kind, at least 19.
    points : GeoDataFrame or GeoSeries, optional
        Where the regions are, with a CRS: needed to turn the map. Regions outside the sample are
        left aside.
    method, samples : {"delta", "monte-carlo"}, int
        Of the standard errors of impacts, as in ``fit.impacts()``.
    seed : int, default 0
        Of the maps: draw r is ``wb.weights.permuted(W, seed=seed, draw=r)``, and so on.
    jobs : int, optional
        Processes; without, local ones are started for work of more than some ten seconds.
    client : distributed.Client, optional
        A cluster that does the work.
    cache : path or Store, optional
        Folder in which estimates are kept, so that an interrupted call goes on.

    Returns
    -------
    PlaceboGeography
        Numbers do not depend on the order of rows, on `jobs` or on `client`.

    Raises
    ------
    InputError
        If the fit has no W, or its estimate does not depend on W; if a map is
        to be turned without points; if an option is unknown or there are fewer than 19 draws.
    PanelError
        If weights by period are of regions that differ from period to period.
    IdError
        If a region has no point.

    Notes
    -----
    *Speed.* What does not depend on W is done once. Cross-sections and panels of counts go through
    the estimator of :func:`workbench.fit` and have its numbers to the last bit; panels by least
    squares take out effects by themselves and have them to nine digits; all others are plain fits.

    *Which weights.* W, W_error and W_x, and the weights of all periods, follow the same change of
    places; rewiring treats each matrix by itself. They are the weights in use: restricted to the
    sample and normalised anew before, not after, regions change places.

    *What is compared.* The statistic (estimate − null) / standard error, since an estimate under
    an unsmooth map is often more precise than one under the real map, where Wx resembles x; ranks
    of studentised statistics allow for that (Chung and Romano 2013). The rank of the estimate
    itself is there too, as ``p_estimate``. With M placebos at least as far out, and draws that
    could not be estimated counted among them, p = (M + 1) / (R + 1), two-sided by doubling the
    smaller tail; ``p_direction`` is the tail that the hypothesis names.

    *What p tests.* Under ``"permuted"`` and ``"rewired"``: that, given outcome and regressors,
    regions may be exchanged on the map. A spillover rejects it, but so does anything smooth that
    the model leaves out: with disturbances that are correlated over space the p-value is about that
    of the model itself, too small for the same reason. Turns of the map keep the smoothness of both
    sides and ask only whether they belong together: where disturbances are smooth, ``"displaced"``
    holds its level when the other two, and the model's own test, do not. The price is power, since
    turns have one parameter: of n regions about 8/3 √(πn) turned or mirrored maps are truly apart
    (42 of 80 regions). All angles
    are drawn, the small ones among them: left out, p would be too small. It takes for granted that
    disturbances are as likely the other way round: a trend towards one side of the map is not.

    *The share of placebos that are significant* should be about alpha where the hypothesis says
    nothing unless neighbours are the true ones; maps turned by less than 30 degrees do not count.
    Under ``"permuted"`` and ``"rewired"`` it reveals reference distributions that do not hold: few
    clusters, heavy tails; smooth disturbances it cannot show, since wrong neighbours are scattered.
    Under ``"displaced"`` it shows them: many more wrong maps are significant than alpha says.
    This is Kelly's (2019) test of persistence regressions with noise in the place of history.

    *Expected exposure.* Borusyak and Hull (2023) take from Wx its expectation over the maps that
    could have been. Over permuted W with rows that have equal sums it is (n x̄ − x) / (n − 1) for
    each region, which the intercept and x itself already hold: nothing is left to recentre. Over
    turned maps recentring does not bring the test to its level, since it is the noise that is
    smooth. It is therefore not offered.

    References
    ----------
    Gibbons, S. and Overman, H. G. (2012). Mostly pointless spatial econometrics? Journal of
    Regional Science 52(2), 172-191. Kelly, M. (2019). The standard errors of persistence. CEPR
    Discussion Paper 13783. Borusyak, K. and Hull, P. (2023). Nonrandom exposure to exogenous
    shocks. Econometrica 91(6), 2155-2185. Chung, E. and Romano, J. P. (2013). Exact and
    asymptotically robust permutation tests. Annals of Statistics 41(2), 484-507.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.statements import Hypothesis
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> slx = wb.fit("log(gsp) ~ log(emp)", y, W, model="slx")
    >>> claim = Hypothesis("Jobs next door raise output", "indirect(log(emp)) > 0")
    >>> placebo_geography(claim, slx, how=["permuted"], draws=19).tidy().shape
    (19, 11)
    """
    check_hypothesis(hypothesis)
    check_fit(fit)
    kinds = _kinds(how, points)
    _check_draws(draws)
    check_seed(seed)
    check_option("method", method, ImpactMethod)
    maps = maps_of(fit, points, seed, turned=bool(TURNED & set(kinds)))
    question = Question(hypothesis, method, samples, seed)
    null = float(hypothesis.value)
    _refuse_unmoved(hypothesis, fit)
    arguments = own_arguments(fit, maps.one.ids) | dict(maps.given)
    sweep = sweep_of(fit, question, arguments, null=null)
    task = Task(question, arguments, maps, null, sweep)
    real = _real(task, fit)
    items = [(kind, draw) for kind in kinds for draw in range(draws)]
    store = store_of(cache)
    records = each(
        _one,
        task,
        items,
        jobs=jobs,
        client=client,
        title="placebo geography",
        keys=None if store is None else _keys(task, items),
        store=store,
    )
    index = pd.MultiIndex.from_tuples(items, names=["how", "draw"])
    table = pd.DataFrame(records, index=index)
    _refuse_same(table, real)
    notes = _notes(kinds, maps, table, question.alpha)
    return PlaceboGeography(
        hypothesis=hypothesis,
        real=pd.Series(real),
        table=table,
        kinds=summary_of(table, real, hypothesis, regions=maps.one.n),
        notes=notes,
        provenance=_provenance(fit, question, kinds, draws, notes),
    )


def _one(task: Task, item: tuple[Placebo, int]) -> dict[str, Any]:
    """Estimate under one wrong map."""
    how, draw = item
    try:
        placebo = task.maps.placebo(how, draw)
    except FAULTS as fault:
        return failure(fault) | {"overlap": float("nan"), "weights": "", "near": False}
    other = placebo["W"]
    digest = ",".join(W.digest for W in other.values()) if isinstance(other, dict) else other.digest
    if task.sweep is not None:
        found = swept(task.sweep, task.question, placebo, null=task.null)
    else:
        found = asked(task.question, task.arguments | placebo, null=task.null)
    told = {"overlap": task.maps.overlap(placebo), "weights": digest}
    return found | told | {"near": task.maps.near(how, draw)}


def _real(task: Task, fit: RegressionResults) -> dict[str, Any]:
    """Return the estimate of the fit itself; refuse one that another call does not reproduce."""
    own = task.question.answer(fit, null=task.null)
    again = asked(task.question, task.arguments | dict(task.maps.given), null=task.null)
    same = np.isclose(own["estimate"], again["estimate"], rtol=1e-6, atol=1e-10)
    if not same:
        raise InputError(
            "fit",
            expected="a fit that gives the same estimate when it is made again",
            found=again["reason"] or f"{again['estimate']:.6g} after {own['estimate']:.6g}",
            remedy="wb.fit(formula, data, W, ...) with everything the fit needs",
        )
    return own


def _kinds(how: Sequence[Placebo] | str | None, points: Any) -> tuple[Placebo, ...]:
    if how is None:
        return ("permuted", "rewired") if points is None else ("permuted", "rewired", "displaced")
    kinds: tuple[Any, ...] = (how,) if isinstance(how, str) else tuple(how)
    for kind in kinds:
        check_option("how", kind, Placebo)
    if not kinds:
        raise InputError(
            "how", expected=f"one or more of {', '.join(words(Placebo))}", found="none"
        )
    return tuple(dict.fromkeys(kinds))


def _check_draws(draws: int) -> None:
    whole = isinstance(draws, int | np.integer) and not isinstance(draws, bool)
    if not whole or draws < FEWEST:
        raise InputError(
            "draws",
            expected=f"a whole number from {FEWEST}",
            found=repr(draws),
            why="with fewer no two-sided p-value could reach 0.1",
            remedy="draws=499",
        )


def _refuse_unmoved(hypothesis: Hypothesis, fit: RegressionResults) -> None:
    """Refuse a model in which W has no part."""
    text = str(hypothesis.restriction)
    if fit.model == "ols" and "moran" not in text:
        raise InputError(
            "fit",
            expected="a model in which W has a part",
            found="model='ols'",
            why="its estimates are the same under any W",
            remedy='model="slx", or another model with W',
        )


def _refuse_same(table: pd.DataFrame, real: dict[str, Any]) -> None:
    """Refuse estimates that no map moves."""
    known = table["estimate"].dropna().to_numpy()
    size = 1e-12 * max(abs(real["estimate"]), 1e-300)
    if known.size and bool((np.abs(known - real["estimate"]) <= size).all()):
        raise InputError(
            "hypothesis",
            expected="an estimate that depends on W",
            found=f"{real['estimate']:.6g} under every placebo",
            why="a placebo of the map says nothing about it",
            remedy='a spillover, such as "indirect(x) > 0"',
        )


def _keys(task: Task, items: list[tuple[Placebo, int]]) -> list[str]:
    """Return the digest of each draw: of everything that its numbers follow from."""
    points = task.maps.points
    places: list[Any] = []
    if points is not None:
        places = [*map(str, points.index), str(points.crs), *points.to_wkb()]
    question = task.question
    common = digest_of(
        code_digest(),
        question.hypothesis.digest,
        [question.method, question.samples, question.seed, task.maps.seed],
        {name: value for name, value in task.arguments.items() if not name.startswith("W")},
        dict(task.maps.given),
        places,
    )
    return [digest_of(common, kind, draw) for kind, draw in items]


def _notes(
    kinds: tuple[Placebo, ...], maps: Maps, table: pd.DataFrame, alpha: float
) -> tuple[str, ...]:
    notes: list[str] = []
    for kind in kinds:
        part = table.xs(kind, level="how")
        failed = part[part["status"] != "estimated"]
        if len(failed):
            first = failed["reason"].value_counts().index[0]
            notes.append(
                f"{kind}: {len(failed)} of {len(part)} draws could not be estimated and count as "
                f"at least as far out as the real estimate; the most frequent reason: {first}"
            )
    for kind in (kind for kind in kinds if kind in TURNED):
        part = table.xs(kind, level="how")
        number = apart(kind, maps.one.n, len(part))
        notes.append(
            f"{kind}: turns of a map have one parameter. {part['weights'].nunique()} of "
            f"{len(part)} maps differ in some link, but only about {number} are a region's width "
            "apart: p-values are hardly finer than one in that number."
        )
    draws = len(table) // len(kinds)
    if 2.0 / (draws + 1) > alpha:
        notes.append(
            f"With {draws} draws no two-sided p-value is below {2.0 / (draws + 1):.2g}: nothing "
            f"can stand out at {alpha:.0%}."
        )
    if not TURNED & set(kinds):
        notes.append(
            "The map was not turned: pass points= to ask the question that allows for smooth "
            'disturbances, "displaced".'
        )
    return tuple(notes)


def _provenance(
    fit: RegressionResults,
    question: Question,
    kinds: tuple[Placebo, ...],
    draws: int,
    notes: tuple[str, ...],
) -> Provenance:
    made = fit.provenance
    return Provenance(
        method=f"placebo geography of {made.method}",
        formula=made.formula,
        nobs=made.nobs,
        ids_digest=made.ids_digest,
        weights=made.weights,
        seed=question.seed,
        notes=notes,
        options={
            **made.options,
            "hypothesis": question.hypothesis.digest,
            "how": ", ".join(kinds),
            "draws": str(draws),
            "impacts": question.method,
        },
    )
