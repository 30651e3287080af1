"""Specifications estimated again without a region: samples and weights restricted, no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.ids import canonical_order
from workbench.errors import WorkbenchError
from workbench.hypotheses.curve.batching import batched
from workbench.hypotheses.curve.evaluation import Work, evaluate
from workbench.hypotheses.curve.keys import Keys
from workbench.hypotheses.curve.running import NEXT_TO
from workbench.hypotheses.work.store import digest_of
from workbench.typing import CurveEngine
from workbench.weights import as_weights

if TYPE_CHECKING:
    from workbench.hypotheses.curve.plan import Choice, Plan


@dataclass(frozen=True, slots=True, eq=False)
class Without:
    """What all regions share; sent to a process once.

    Attributes
    ----------
    plan : Plan
    numbers : tuple of int
        The specifications to estimate again.
    engine : str
    """

    plan: Plan
    numbers: tuple[int, ...]
    engine: CurveEngine


def regions_of_plan(plan: Plan) -> list[Any]:
    """Return the regions of all samples, sorted."""
    tables = plan.samples.values()
    ids = pd.Index(np.concatenate([t.index.get_level_values(0).unique() for t in tables])).unique()
    return list(ids[canonical_order(ids)])


def told(shared: Without, regions: Sequence[Any]) -> list[str]:
    """Return for each region the digest of what decides the numbers without it."""
    keys = Keys(shared.plan, [shared.plan.hypothesis], engine=shared.engine)
    chosen = digest_of("without a region", [keys.of(choice) for choice in _chosen(shared)])
    return [digest_of(chosen, str(region)) for region in regions]


def rerun(shared: Without, region: Any) -> dict[str, Any]:
    """Return what each specification says without a region, in the order of their numbers."""
    plan, also = without(shared.plan, _chosen(shared), region)
    work = Work(plan, (plan.hypothesis,))
    ordered = sorted(plan.choices, key=lambda c: tuple(c.labels[name] for name in NEXT_TO))
    done = batched(work, ordered, shared.engine)
    for choice in ordered:
        if choice.number not in done:
            done[choice.number] = evaluate(work, choice.number)
    rows = [
        {**done[place]["answers"][0], "also_left": also[place]}
        for place in range(1, len(plan.choices) + 1)
    ]
    return {"rows": rows}


def lasting(record: dict[str, Any]) -> bool:
    """Return whether what was found without a region would be the same another time."""
    return not any(row.get("passing") for row in record["rows"])


def without(plan: Plan, choices: tuple[Choice, ...], region: Any) -> tuple[Plan, dict[int, str]]:
    """Return the plan of some choices without a region, renumbered from 1.

    Parameters
    ----------
    plan : Plan
    choices : tuple of Choice
        Of that plan.
    region : object
        Id of the region.

    Returns
    -------
    plan : Plan
        Its samples lack the region, and those that would have no neighbour without it under the
        choice's W; W is restricted to the others and normalised anew.
    also : dict of int to str
        By new number, which regions left with it.
    """
    samples: dict[str, pd.DataFrame] = {}
    made: dict[tuple[str, int], tuple[str, str, dict[str, Any]]] = {}
    out, also = [], {}
    for place, choice in enumerate(choices, start=1):
        W = choice.arguments.get("W")
        key = (choice.sample, id(W))
        if key not in made:
            table = plan.samples[choice.sample]
            label = f"{choice.sample} without {region}, {len(made)}"
            samples[label], left = _reduced(table, W, region)
            made[key] = (label, left, _restricted(W, samples[label]))
        label, also[place], changed = made[key]
        arguments = {**choice.arguments, **changed}
        if W is not None and any(arguments.get(name) is not None for name in ("W_error", "W_x")):
            arguments["align"] = "intersection"
        out.append(replace(choice, number=place, sample=label, arguments=arguments))
    return replace(plan, samples=samples, choices=tuple(out)), also


def _chosen(shared: Without) -> tuple[Choice, ...]:
    wanted = set(shared.numbers)
    return tuple(choice for choice in shared.plan.choices if choice.number in wanted)


def _reduced(table: pd.DataFrame, W: Any, region: Any) -> tuple[pd.DataFrame, str]:
    regions = table.index.get_level_values(0)
    out = {region, *_dependants(W, regions.unique(), region)}
    left = sorted(str(one) for one in out if one != region)
    return table[~regions.isin(list(out))], ", ".join(left)


def _restricted(W: Any, table: pd.DataFrame) -> dict[str, Any]:
    """Return the arguments that change with the sample: W itself, or how the fit aligns it."""
    if W is None:
        return {}
    if isinstance(W, Mapping):
        return {"align": "intersection"}
    built = as_weights(W)
    ids = built.ids[built.ids.isin(table.index.get_level_values(0))]
    try:
        return {"W": built.restrict(ids)}
    except WorkbenchError:
        return {"align": "intersection"}  # the fit refuses it too, and says so in the record


def _dependants(W: Any, regions: pd.Index, region: Any) -> list[Any]:
    """Return the regions that the region is the only neighbour of, and those that follow."""
    if W is None or isinstance(W, Mapping):
        return []
    W = as_weights(W)
    if region not in W.ids:
        return []
    inside = W.ids.isin(regions)
    base = W.sparse_base
    links = base[inside, :][:, inside]
    ids = W.ids[inside]
    alone_before = np.diff(links.indptr) == 0
    kept = np.asarray(ids != region)
    while True:
        degree = np.asarray((links @ kept.astype(float)) > 0) & kept
        lost = kept & ~degree & ~alone_before
        if not lost.any():
            break
        kept &= ~lost
    return [one for one, stays in zip(ids, kept, strict=True) if not stays and one != region]
