"""Tables, weights and outlines of zones made of regions, each column by its own rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.expressions import evaluate
from workbench.core.ids import region_ids
from workbench.errors import GeometryError, InputError, PanelError, ValuesError, unknown_option
from workbench.numerics.partitions.random_zones import joined
from workbench.typing import AggregationRule, words
from workbench.weights import Weights, from_matrix

Rule: TypeAlias = "str | tuple[str, str]"
Rules: TypeAlias = Mapping[str, Rule]
WEIGHTED = "weighted"
WHY = "counts and money add up, rates and prices do not; a wrong rule makes another variable"


def check_rules(rules: Rules, data: pd.DataFrame, formula: str) -> dict[str, Rule]:
    """Return the rule of every column that the formula reads, or say which one has none.

    Raises
    ------
    InputError
        If `rules` is no mapping, a column has no rule, or a rule names no column of the table.
    OptionError
        If a rule is unknown.
    ValuesError
        If a column is not numeric.
    """
    if not isinstance(rules, Mapping):
        raise InputError(
            "aggregate",
            expected="a rule for every column",
            found=type(rules).__name__,
            remedy='aggregate={"patents": "sum", "income": ("weighted", "population")}',
        )
    used = evaluate(formula, data).variables
    _refuse_columns(
        [c for c in used if c not in rules],
        expected="a rule for every column of the formula",
        found=lambda names: f"none for {', '.join(names)}",
        remedy=lambda name: (
            f'aggregate={{..., "{name}": "sum"}} for what adds up, "mean", or '
            f'("weighted", "population") for what is per head'
        ),
    )
    kept = {name: rules[name] for name in used}
    for name, rule in kept.items():
        _check_rule(name, rule)
    needed = [*rules, *(rule[1] for rule in kept.values() if isinstance(rule, tuple))]
    _refuse_columns(
        [name for name in dict.fromkeys(needed) if name not in data.columns],
        expected="rules for columns of the table",
        found=lambda names: f"no column {', '.join(names)}",
        remedy=lambda _: f"columns are {', '.join(map(str, data.columns[:8]))}",
    )
    return kept


def columns_of(rules: Mapping[str, Rule]) -> list[str]:
    """Return the columns that rules read, those of weights among them."""
    weights = (rule[1] for rule in rules.values() if isinstance(rule, tuple))
    return list(dict.fromkeys([*rules, *weights]))


def aggregate(data: pd.DataFrame, zones: pd.Series[Any], rules: Mapping[str, Rule]) -> pd.DataFrame:
    """Aggregate a table to zones, each column by its rule.

    Parameters
    ----------
    data : pandas.DataFrame
        Indexed by region id, or by (region, period); every region in every period. Missing
        values make the zone's value missing.
    zones : pandas.Series
        Zone of each region, by region id.
    rules : mapping of str to rule
        ``"sum"``, ``"mean"`` (of regions, each counting once) or ``("weighted", by)`` with `by`
        a column of weights, such as population.

    Returns
    -------
    pandas.DataFrame
        Indexed by zone, or by (zone, period), sorted; the columns of `rules`.

    Raises
    ------
    ValuesError
        If weights are negative or a zone's weights add up to zero.

    Examples
    --------
    >>> data = pd.DataFrame({"people": [1.0, 3.0], "income": [10.0, 20.0]}, index=["a", "b"])
    >>> zones = pd.Series("north", index=["a", "b"])
    >>> aggregate(data, zones, {"people": "sum", "income": ("weighted", "people")}).to_numpy()
    array([[ 4. , 17.5]])
    """
    data = data.sort_index()
    keys = _keys(data, zones)
    out = {}
    for name, rule in rules.items():
        values = data[name].astype(float)
        if rule == "sum":
            out[name] = _summed(values, keys)
        elif rule == "mean":
            out[name] = _summed(values, keys) / _summed(values * 0.0 + 1.0, keys)
        else:
            weights = _weights(data, rule[1])
            total = _summed(weights, keys)
            if (total == 0).any():
                raise ValuesError(
                    rule[1],
                    expected="weights that add up to more than 0 in every zone",
                    found=f"{int((total == 0).sum())} zones with a sum of 0",
                    offenders=list(total.index[total == 0]),
                    why=f"the weighted mean of {name} does not exist there",
                )
            out[name] = _summed(values * weights, keys) / total
    return pd.DataFrame(out)


def require_complete(data: pd.DataFrame) -> None:
    """Refuse a panel in which a region lacks a period: its zone would shrink for a while."""
    if not isinstance(data.index, pd.MultiIndex):
        return
    regions, periods = (data.index.get_level_values(level) for level in (0, 1))
    counts = regions.value_counts()
    most = periods.nunique()
    if (counts == most).all():
        return
    short = sorted(map(str, counts.index[counts < most]))
    raise PanelError(
        "data",
        expected="every region in every period",
        found=f"{len(short)} regions without some of the {most} periods",
        offenders=short,
        why="the sum over a zone would jump with the regions that report",
        remedy="keep periods or regions that are complete, or fill these rows",
    )


def zone_weights(
    W: Weights, labels: Sequence[Any], names: Sequence[str], *, alone: bool = False
) -> Weights:
    """Link zones that have linked members: 0/1 as built, normalised as W is.

    Parameters
    ----------
    W : Weights
        Of the regions, in the order of their ids.
    labels : sequence of int, length n
        Zone of each region, 0 to k − 1.
    names : sequence of str, length k
        Ids of the zones.
    alone : bool
        Whether zones without neighbours stay, with spatial lags of 0.

    Raises
    ------
    WeightsError
        If a zone has no neighbours, unless `alone` or W was built with ``islands="keep"``.
    """
    links = joined(W.sparse_base, np.asarray(labels, dtype=np.int64))
    islands: Any = "keep" if alone or W.recipe.islands == "keep" else "error"
    return from_matrix(
        sparse.csr_array(links), ids=list(names), islands=islands, normalize=W.normalization
    )


def zone_outlines(geometry: Any, zones: pd.Series[Any]) -> Any:
    """Unite the geometries of each zone: a GeoDataFrame by zone, in the CRS of the regions.

    Raises
    ------
    GeometryError
        If the geometries are no GeoDataFrame or GeoSeries, or a region has none.
    """
    import geopandas as gpd

    if not isinstance(geometry, gpd.GeoDataFrame | gpd.GeoSeries):
        raise GeometryError(
            "geometry",
            expected="a GeoDataFrame or GeoSeries by region id: W is a function of geometry",
            found=type(geometry).__name__,
            remedy='geometry=wb.load("russia-regions"), or weights in the place of the function',
        )
    lost = [i for i in zones.index if i not in geometry.index]
    if lost:
        raise GeometryError(
            "geometry",
            expected="a geometry for every region",
            found=f"none for {len(lost)}",
            offenders=lost,
        )
    shapes = gpd.GeoDataFrame(geometry=geometry.geometry.loc[zones.index], crs=geometry.crs)
    united = shapes.dissolve(by=zones.to_numpy(), sort=True)
    return united.rename_axis(None)


def _check_rule(name: str, rule: object) -> None:
    if isinstance(rule, tuple) and len(rule) == 2 and rule[0] == WEIGHTED:
        return
    if isinstance(rule, str) and rule in words(AggregationRule):
        return
    raise unknown_option(
        f"aggregate[{name!r}]", rule, [*words(AggregationRule), "('weighted', column)"]
    )


def _refuse_columns(
    names: Sequence[str],
    *,
    expected: str,
    found: Callable[[Sequence[str]], str],
    remedy: Callable[[str], str],
) -> None:
    if names:
        raise InputError(
            "aggregate",
            expected=expected,
            found=found(names),
            offenders=names,
            why=WHY,
            remedy=remedy(names[0]),
        )


def _keys(data: pd.DataFrame, zones: pd.Series[Any]) -> list[Any]:
    if not isinstance(data.index, pd.MultiIndex):
        return [zones.reindex(region_ids(data.index, argument="data")).to_numpy()]
    regions = data.index.get_level_values(0)
    return [zones.reindex(regions).to_numpy(), data.index.get_level_values(1)]


def _summed(values: pd.Series[Any], keys: Iterable[Any]) -> pd.Series[Any]:
    grouped = values.groupby(list(keys), sort=True)
    return grouped.sum(min_count=1).where(grouped.count() == grouped.size())


def _weights(data: pd.DataFrame, column: str) -> pd.Series[Any]:
    weights = data[column].astype(float)
    if (weights < 0).any():
        raise ValuesError(
            column,
            expected="weights that are not negative",
            found=f"{int((weights < 0).sum())} negative ones",
            offenders=list(weights.index[weights < 0]),
        )
    return weights
