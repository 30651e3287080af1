"""The same hypothesis at several scales: zones, tables, weights and fits anew at each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core.ids import canonical_order, ids_digest, region_ids
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.errors import IdError, InputError, check_option
from workbench.fitting import fit as fit_anew
from workbench.hypotheses.scale.aggregation import (
    Rule,
    Rules,
    check_rules,
    columns_of,
    require_complete,
    zone_outlines,
    zone_weights,
)
from workbench.hypotheses.scale.aggregation import aggregate as aggregated
from workbench.hypotheses.scale.partitions import (
    BASE,
    RANDOM,
    Zoning,
    base_of,
    drawn,
    given,
    pieces_of,
)
from workbench.hypotheses.scale.result import ScaleLadder, notes_of
from workbench.hypotheses.statements.given import check_hypothesis, check_named
from workbench.hypotheses.work.faults import FAULTS, in_one_line
from workbench.hypotheses.work.running import each
from workbench.hypotheses.work.store import code_digest, digest_of, store_of
from workbench.typing import Disconnected, Model
from workbench.weights import Weights, as_weights

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypothesis import Hypothesis

Builder: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What every scale shares; sent to other processes once.

    Attributes
    ----------
    hypothesis : Hypothesis
    data : pandas.DataFrame
        Complete, sorted; the columns that the rules read.
    ids : pandas.Index
        Regions in sorted order.
    weights : Weights or callable or None
        Of the regions, or what builds them from outlines.
    links : Weights or None
        Who may share a random zone.
    formula : str
    arguments : mapping of str to object
        Of :func:`workbench.fit`.
    rules : mapping of str to rule
    geometry : GeoDataFrame or None
    seed : int
    alone : bool
        Whether zones without neighbours stay.
    """

    hypothesis: Hypothesis
    data: pd.DataFrame
    ids: pd.Index
    weights: Weights | Builder | None
    links: Weights | None
    formula: str
    arguments: Mapping[str, Any]
    rules: Mapping[str, Rule]
    geometry: Any
    seed: int
    alone: bool = False


def scale_ladder(
    hypothesis: Hypothesis,
    data: pd.DataFrame,
    W: Any = None,
    *,
    formula: str,
    aggregate: Rules,
    model: Model = "ols",
    options: Mapping[str, Any] | None = None,
    hierarchy: Mapping[str, pd.Series[Any]] | None = None,
    random: Mapping[str, Any] | None = None,
    geometry: Any = None,
    disconnected: Disconnected = "error",
    seed: int = 0,
    jobs: int | None = None,
    client: Any = None,
    cache: Any = None,
) -> ScaleLadder:
    """Ask the same hypothesis of the same territory cut into fewer, larger regions.

    Parameters
    ----------
    hypothesis : Hypothesis
        Asked of a fit at each scale.
    data : pandas.DataFrame
        By region id, or by (region, period) with every region in every period; no missing values
        in the columns used, so that every scale covers the same territory. Not changed.
    W : Weights, Graph or callable, optional
        Weights of the regions: zones are then neighbours where members are (0/1, normalised as W
        is). Or a function of a GeoDataFrame of outlines by zone that returns weights:
        ``lambda g: wb.weights.queen(g, islands="nearest")``; needs `geometry`.
    formula : str
        Evaluated after aggregation: ``log(rd)`` is the logarithm of a zone's R&D, not a mean of
        logarithms.
    aggregate : mapping of str to rule
        A rule for every column of the formula: ``"sum"`` for what adds up (patents, money,
        people), ``"mean"`` of regions, or ``("weighted", column)`` for what is per head.
    model : str, default "ols"
        As for :func:`workbench.fit`.
    options : mapping, optional
        Further arguments of :func:`workbench.fit`, such as ``{"effects": "two-way"}``.
    hierarchy : mapping of str to Series, optional
        Given zones by name: group of each region.
    random : mapping, optional
        ``{"sizes": [40, 20], "draws": 99}``: random contiguous zones, so many of each size.
    geometry : GeoDataFrame or GeoSeries, optional
        Outlines by region id, for a function of them.
    disconnected : {"error", "apart"}
        What random zones do with regions that are not all connected: refuse, or give every
        connected part zones of its own; a part that is one zone has no neighbours, and lags of 0.
    seed : int, default 0
        Of the random zones and of Monte-Carlo draws.
    jobs, client, cache
        Processes, a ``dask.distributed`` client, and a folder in which answers are kept.

    Returns
    -------
    ScaleLadder

    Raises
    ------
    InputError
        If a column has no rule or an unknown one, neither hierarchies nor sizes are given, or a
        hierarchy or size leaves fewer than three zones.
    WeightsError
        If regions are not connected under ``disconnected="error"``.
    PanelError, ValuesError, IdError
        If a region lacks a period, a value is missing, or ids do not match.

    Notes
    -----
    Zones that cannot be estimated (too few, collinear) are kept with the reason, never dropped.
    Estimates at different scales come from the same data: their intervals say how precise each
    is, not whether two differ.

    References
    ----------
    Openshaw, S. (1984). The modifiable areal unit problem. CATMOG 38. Arbia, G. (1989). Spatial
    data configuration in statistical analysis of regional economic and related problems, chapters
    4-5. Briant, A., Combes, P.-P. and Lafourcade, M. (2010). Dots to boxes: do the size and shape
    of spatial units jeopardize economic geography estimations? Journal of Urban Economics 67(3),
    287-302.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.statements.hypothesis import Hypothesis
    >>> states = wb.load("us-states")
    >>> data = wb.load("munnell-1990").xs(1986, level="year")
    >>> found = scale_ladder(
    ...     Hypothesis("Labour earns less than all", "coefficient(log(emp))", "<", 1.0),
    ...     data,
    ...     wb.weights.queen(states),
    ...     formula="log(gsp) ~ log(emp)",
    ...     aggregate={"gsp": "sum", "emp": "sum"},
    ...     hierarchy={"divisions": states["division"]},
    ... )
    >>> found.table["regions"].tolist()
    [48, 9]
    """
    check_hypothesis(hypothesis)
    check_named("hierarchy", hierarchy, remedy='hierarchy={"districts": data["district"]}')
    check_option("disconnected", disconnected, Disconnected)
    plan = _plan(hypothesis, data, W, formula, aggregate, {"model": model, **(options or {})},
                 geometry, check_seed(seed))  # fmt: skip
    plan = replace(plan, alone=disconnected == "apart")
    zonings = _zonings(plan, hierarchy, random, disconnected)
    store = store_of(cache)
    keys = None
    if store is not None:
        shared = digest_of("scale ladder", code_digest(), *_told(plan))
        keys = [digest_of(shared, z.scale, z.draw, z.labels, list(z.names)) for z in zonings]
    records = each(
        _record, plan, zonings, jobs=jobs, client=client, title="scales", keys=keys, store=store
    )
    return _result(plan, zonings, records, {"random": random, "disconnected": disconnected})


def _plan(
    hypothesis: Hypothesis,
    data: pd.DataFrame,
    W: Any,
    formula: str,
    rules: Rules,
    arguments: Mapping[str, Any],
    geometry: Any,
    seed: int,
) -> Plan:
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "data",
            expected="a DataFrame by region id, or by (region, period)",
            found=type(data).__name__,
        )
    clash = sorted(set(arguments) & {"formula", "data", "W", "W_error", "W_x", "missing", "align"})
    if clash:
        raise InputError(
            "options",
            expected="arguments of wb.fit that hold at every scale",
            found=", ".join(clash),
            why="regions and weights differ from scale to scale",
        )
    kept = check_rules(rules, data, formula)
    columns = columns_of(kept)
    require_complete(data)
    _require_values(data, columns)
    regions = data.index.get_level_values(0).unique()
    ids = region_ids(pd.Index(regions), argument="data")
    ids = ids[canonical_order(ids)]
    built, links = _weights(W, ids, geometry)
    plain = pd.DataFrame(data[columns]).sort_index()
    return Plan(hypothesis, plain, ids, built, links, formula, arguments, kept, geometry, seed)


def _require_values(data: pd.DataFrame, columns: list[str]) -> None:
    from workbench.errors import ValuesError

    gaps = data[columns].isna().any(axis=1)
    if not gaps.any():
        return
    lost = sorted({str(i) for i in data.index[gaps].get_level_values(0)})
    raise ValuesError(
        ", ".join(c for c in columns if data[c].isna().any()),
        expected="a value for every region, so that each scale covers the same territory",
        found=f"{int(gaps.sum())} rows without, of {len(lost)} regions",
        offenders=lost,
        why="a zone's sum would leave them out in silence",
        remedy="leave these regions out of data, W and hierarchies, or fill the values",
    )


def _weights(W: Any, ids: pd.Index, geometry: Any) -> tuple[Weights | Builder | None, Any]:
    """Return what gives weights, and the links between regions; a builder is tried at once."""
    if W is None:
        return None, None
    if callable(W) and not isinstance(W, Weights):
        base = as_weights(W(zone_outlines(geometry, pd.Series(ids, index=ids))))
        links = base
    else:
        base = links = as_weights(W)
    lost = ids[~ids.isin(base.ids)]
    if len(lost):
        raise IdError(
            "W", expected="weights of every region", found=f"{len(lost)} without",
            offenders=list(lost),
        )  # fmt: skip
    links = links.restrict(ids) if len(ids) < links.n else links
    return (W if callable(W) and not isinstance(W, Weights) else links), links


def _zonings(
    plan: Plan,
    hierarchy: Mapping[str, Any] | None,
    random: Mapping[str, Any] | None,
    disconnected: Disconnected,
) -> list[Zoning]:
    if not hierarchy and not random:
        raise InputError(
            "hierarchy, random",
            expected="at least one other scale",
            found="neither",
            remedy='random={"sizes": [20, 10], "draws": 99}',
        )
    out = [base_of(plan.ids), *(given(hierarchy, plan.ids) if hierarchy else [])]
    if random:
        if plan.links is None:
            raise InputError(
                "W", expected="weights that say who may share a random zone", found="None"
            )
        out += drawn(random, plan.links, disconnected=disconnected, seed=plan.seed)
    return out


def _record(plan: Plan, zoning: Zoning) -> dict[str, Any]:
    """Estimate one scale; what is refused becomes a record of why."""
    sizes = np.bincount(zoning.labels)
    record: dict[str, Any] = {
        "scale": zoning.scale,
        "regions": len(sizes),
        "draw": zoning.draw,
        "fewest_members": int(sizes.min()),
        "most_members": int(sizes.max()),
    }
    try:
        verdict = plan.hypothesis.test(_fit(plan, zoning), seed=plan.seed)
    except FAULTS as fault:
        return record | {"status": "failed", "reason": in_one_line(fault)}
    names = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
    numbers = {name: float(getattr(verdict, name)) for name in names}
    if not np.isfinite(numbers["estimate"]):
        status = "not applicable" if verdict.answer == "not applicable" else "failed"
        return record | {"status": status, "reason": str(verdict.reason)}
    return record | numbers | {"verdict": verdict.answer, "status": "estimated", "reason": ""}


def _fit(plan: Plan, zoning: Zoning) -> Any:
    zones = pd.Series([zoning.names[i] for i in zoning.labels], index=plan.ids)
    table = aggregated(plan.data, zones, plan.rules)
    if isinstance(plan.data.index, pd.MultiIndex):
        table.index = table.index.set_names(plan.data.index.names)
    W = plan.weights
    if isinstance(W, Weights):
        W = (
            W
            if zoning.scale == BASE
            else zone_weights(W, zoning.labels.tolist(), zoning.names, alone=plan.alone)
        )
    elif W is not None:
        W = as_weights(W(zone_outlines(plan.geometry, zones)))
    return fit_anew(plan.formula, table, W, **plan.arguments)


def _told(plan: Plan) -> tuple[object, ...]:
    """Return what decides the numbers beside the zones, for the key of an answer."""
    return (
        plan.hypothesis.digest, plan.formula, dict(plan.arguments), dict(plan.rules), plan.data,
        plan.weights, plan.seed, plan.alone,
    )  # fmt: skip


def _result(
    plan: Plan, zonings: list[Zoning], records: list[dict[str, Any]], asked: Mapping[str, Any]
) -> ScaleLadder:
    table = pd.DataFrame(records)
    for name in ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"):
        table[name] = table[name].astype(float) if name in table else np.nan
    table["verdict"] = table["verdict"].fillna("") if "verdict" in table else ""
    zones = pd.DataFrame(
        {z.scale: [z.names[i] for i in z.labels] for z in zonings if z.scale not in (BASE, RANDOM)},
        index=plan.ids,
    )
    torn = {
        z.scale: pieces_of(z, plan.links)
        for z in zonings
        if plan.links is not None and z.scale not in (BASE, RANDOM)
    }
    return ScaleLadder(
        table=table[list(ScaleLadder.COLUMNS)],
        zones=zones,
        hypothesis=plan.hypothesis,
        notes=notes_of(table, torn, plan.weights, tuple(plan.rules.items())),
        provenance=Provenance(
            method="scale ladder",
            formula=plan.formula,
            nobs=len(plan.data),
            ids_digest=ids_digest(plan.ids),
            weights=plan.links.described if plan.links is not None else None,
            seed=plan.seed,
            options={
                **{name: str(value) for name, value in plan.arguments.items()},
                **{name: str(value) for name, value in asked.items() if value is not None},
                "aggregate": str(dict(plan.rules)),
            },
        ),
    )
