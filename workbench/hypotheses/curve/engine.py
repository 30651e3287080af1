"""One hypothesis, or several, over every defensible specification."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core.seeds import check_seed
from workbench.core.vocabulary import check_level
from workbench.errors import InputError, check_option
from workbench.hypotheses.curve.assembly import assembled
from workbench.hypotheses.curve.evaluation import Work
from workbench.hypotheses.curve.grid import build_grid, combinations, varying
from workbench.hypotheses.curve.plan import Plan
from workbench.hypotheses.curve.result import SpecificationCurve, SpecificationCurves
from workbench.hypotheses.curve.running import recorded
from workbench.hypotheses.curve.samples import draw_samples, refuse_unmatched
from workbench.hypotheses.curve.terms import refuse_unknown
from workbench.hypotheses.work.store import Store, store_of
from workbench.regression.parameters import SMALLEST_DRAWS
from workbench.typing import CurveEngine, ImpactMethod

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypothesis import Hypothesis


def specification_curve(
    hypothesis: Hypothesis | Sequence[Hypothesis] | Mapping[str, Hypothesis],
    data: pd.DataFrame,
    *,
    formulas: Any,
    models: Any,
    weights: Any = None,
    methods: Any = "ml",
    effects: Any = "none",
    covariances: Any = None,
    samples: Any = None,
    outcomes: Any = None,
    options: Mapping[str, Any] | None = None,
    engine: CurveEngine = "auto",
    method: ImpactMethod = "delta",
    draws: int = 10_000,
    level: float | None = None,
    jobs: int | None = None,
    client: Any = None,
    cache: str | os.PathLike[str] | Store | None = None,
    seed: int = 0,
) -> SpecificationCurve | SpecificationCurves:
    """Ask a hypothesis of every combination of choices that can be defended.

    Every choice is one value, a list, or a mapping from labels to values. Each combination is
    fitted by :func:`workbench.fit`; those that are one specification are estimated once.

    Parameters
    ----------
    hypothesis : Hypothesis, or a list or mapping of them
        What is asked. Several are asked of the same fits, and give a curve each.
    data : DataFrame
        A cross-section indexed by region id, or a panel indexed by (region, period); rows in any
        order.
    formulas : str, list or mapping
        ``"y ~ x + z"``; with `outcomes` the left-hand side is theirs.
    models : str, list or mapping
        Words of :func:`workbench.fit`: ``"slx"``, ``["slx", "sdm"]``.
    weights : Weights, list or mapping, optional
        W by name. A mapping from periods to weights is one W of a panel.
    methods : str, GMM, list or mapping
        Estimators: ``"ml"``, ``"gmm"``, or options of moments.
    effects : str, list or mapping
        Effects of panels.
    covariances : str, covariance object, list or mapping, optional
        Standard errors; those of :func:`workbench.fit` without.
    samples : mapping, optional
        By label a mask (of rows, or of regions), a query (``"year >= 2010"``), a function of the
        data, a table of its own, a list of region ids, or None for all of the data. W is restricted
        to the regions of a sample and normalised anew. Tables may be cross-sections beside panels.
    outcomes : str, list or mapping, optional
        Left-hand sides, instead of those of the formulas.
    options : mapping, optional
        Further arguments of :func:`workbench.fit`, the same in all specifications:
        ``{"missing": "drop-regions"}``.
    engine : {"auto", "fit", "batch"}
        ``"fit"``: each specification by :func:`workbench.fit`, to the last bit. ``"batch"``: many
        at once, which agrees to 1e-8, and only what it supports. ``"auto"``: by batch what it
        supports, by fit all else.
    method : {"delta", "monte-carlo"}
        How standard errors of impacts are computed.
    draws : int
        Number of Monte-Carlo draws.
    level : float, optional
        Confidence level of the intervals; 1 − α of the hypothesis without. Verdicts keep to α.
    jobs : int, optional
        Local processes. Without, other ones are started only for work of more than some ten
        seconds. No number depends on it.
    client : distributed.Client, optional
        A cluster that does the work; ``WORKBENCH_SCHEDULER`` may name its address instead.
    cache : str or path, optional
        Folder in which answers are kept as they come, under a digest of what they follow from, so
        that a call that was interrupted goes on. ``WORKBENCH_CACHE`` may name it instead.
    seed : int
        Seed of Monte-Carlo draws.

    Returns
    -------
    SpecificationCurve
        Of several hypotheses :class:`SpecificationCurves`, one each.

    Raises
    ------
    InputError
        Before anything is estimated: if a word is unknown, a formula names no column, ids of data
        and W do not match, a sample is empty, or no specification has what a hypothesis names.

    Notes
    -----
    No combination is dropped. A specification has one of three states:

    - *estimated*;
    - *not applicable*: it lacks the term or parameter of the hypothesis, or its choices do not go
      together, such as robust standard errors of a likelihood, effects of a cross-section, or
      moments of a model that has none. ``reason`` is what :func:`workbench.fit` says to it;
    - *failed*: values that the formula cannot take, collinear regressors, no maximum. ``reason`` is
      the text of the error.

    Combinations are one specification where they estimate the same to the last bit: ``ols``, which
    does not use W, under several W (its label is ``not used``); a model that the terms ``W(x)`` of
    a formula make another model of the list; weights or samples that are equal. ``notes`` count
    all of these.

    References
    ----------
    Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020). Specification curve analysis. Nature
    Human Behaviour 4, 1208–1214.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.statements.hypothesis import Hypothesis
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> spillover = Hypothesis("Capital next door matters", "indirect(log(pc)) > 0")
    >>> curve = specification_curve(
    ...     spillover,
    ...     y,
    ...     formulas=["log(gsp) ~ log(pc)", "log(gsp) ~ log(pc) + log(emp)"],
    ...     weights={"queen": W, "two steps": W.higher_order(2, lower_order=True)},
    ...     models=["slx", "sdm"],
    ... )
    >>> len(curve.table), curve.plan.dimensions
    (8, ('formula', 'weights', 'model'))
    """
    named = _hypotheses(hypothesis)
    check_option("engine", engine, CurveEngine)
    if engine == "batch" and level is not None:
        raise InputError(
            "engine",
            expected="'auto' or 'fit' beside a level of its own",
            found="'batch'",
            why="specifications estimated together have intervals at 1 - alpha",
            remedy='engine="auto"',
        )
    check_option("method", method, ImpactMethod)
    if method == "monte-carlo" and (not isinstance(draws, int) or draws < SMALLEST_DRAWS):
        raise InputError(
            "draws",
            expected=f"a whole number of draws, at least {SMALLEST_DRAWS}",
            found=repr(draws),
            remedy="draws=10_000",
        )
    drawn = draw_samples(data, samples)
    grid = build_grid(
        drawn,
        formulas=formulas,
        weights=weights,
        models=models,
        methods=methods,
        effects=effects,
        covariances=covariances,
        outcomes=outcomes,
        options=options,
        needs_weights=any("moran_index" in one.estimand.text for one in named.values()),
    )
    refuse_unmatched(data, drawn, grid.weights, grid.options.get("align"))
    choices, same = combinations(grid)
    tables = {label: sample.table for label, sample in drawn.items()}
    formulas_in_full = list(dict.fromkeys(choice.arguments["formula"] for choice in choices))
    words = list(dict.fromkeys(choice.arguments["model"] for choice in choices))
    refuse_unknown(list(named.values()), formulas_in_full, list(tables.values()), words)
    first = next(iter(named.values()))
    plan = Plan(
        hypothesis=first,
        samples=tables,
        choices=choices,
        dimensions=varying(choices),
        seed=check_seed(seed),
        method=method,
        draws=draws,
        level=None if level is None else check_level(level),
        notes=same,
    )
    work = Work(plan, tuple(named.values()))
    records, notes = recorded(work, engine=engine, jobs=jobs, client=client, store=store_of(cache))
    curves = {
        name: assembled(replace(plan, hypothesis=one), records, place, notes=notes, engine=engine)
        for place, (name, one) in enumerate(named.items())
    }
    single = not isinstance(hypothesis, Sequence | Mapping)
    return curves[next(iter(curves))] if single else SpecificationCurves(curves)


def _hypotheses(given: Any) -> dict[str, Hypothesis]:
    """Return hypotheses by name: the caller's, their own, or their restriction."""
    from workbench.hypotheses.statements.hypothesis import Hypothesis

    if isinstance(given, Mapping):
        pairs = [(str(name), one) for name, one in given.items()]
    else:
        many = list(given) if isinstance(given, list | tuple) else [given]
        pairs = [(getattr(one, "name", "") or getattr(one, "restriction", ""), one) for one in many]
    for _, one in pairs:
        if not isinstance(one, Hypothesis):
            raise InputError(
                "hypothesis",
                expected="a Hypothesis, or a list or mapping of them",
                found=type(one).__name__,
                remedy='wb.Hypothesis("what is claimed", "indirect(log(rd)) > 0")',
            )
    made = dict(pairs)
    if not made or len(made) < len(pairs):
        raise InputError(
            "hypothesis",
            expected="at least one hypothesis" if not made else "hypotheses with different names",
            found="none" if not made else f"{len(pairs)} with {len(made)} names",
            remedy='{"spillover": Hypothesis(...)}',
        )
    return made
