"""Types made again from slightly other input: by rules, by classes, or by the caller's function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core.ids import canonical_order, region_ids
from workbench.core.seeds import generator
from workbench.errors import InputError
from workbench.explore.typology.classes import Classes, classify
from workbench.explore.typology.result import Typology
from workbench.explore.typology.via_mapclassify import COUNTED
from workbench.innovation.typologies.labels import Labels, read_labels
from workbench.innovation.typologies.result import RegionTypes
from workbench.innovation.typologies.rules import replayed
from workbench.numerics.partitions.agreement import numbered
from workbench.typing import FloatArray, IntArray, TypologyStabilityBy

Make: TypeAlias = Callable[[pd.DataFrame], Any]
"""A function of a table that returns a typology of its regions."""

ABSENT = -1


def by_rule(
    types: RegionTypes, by: TypologyStabilityBy, *, draws: int, share: float, seed: int
) -> IntArray:
    """Return types of each draw, shape (R, n); the bounds are set anew in every draw."""
    X = types.scores.to_numpy()
    if by == "draws":
        held = types.draws
        if held is None:
            raise InputError(
                "by",
                expected="types that were made with draws of their scores",
                found='"draws", but there are none',
                remedy='leader_types(scores, draws=table), or by="noise"',
            )
        return np.array([replayed(types.rule, one) for one in held])
    rows = []
    for draw in range(draws):
        if by == "noise":
            rows.append(replayed(types.rule, _noisy(X, share, seed, draw)))
            continue
        taken = _sample(len(X), seed, draw)
        found = types.rule.place(X, types.rule.bounds(X[taken], X))
        rows.append(_only(found, taken))
    return np.array(rows)


def by_classes(
    classes: Classes, by: TypologyStabilityBy, *, draws: int, share: float, seed: int
) -> IntArray:
    """Return classes of each draw, shape (R, n), the lowest 0, bounds set anew in every draw."""
    X = classes.values.to_numpy()[:, None]
    rows = []
    for draw in range(draws):
        if by == "noise":
            changed = _noisy(X, share, seed, draw)[:, 0]
            rows.append(np.searchsorted(_upper(classes, changed), changed, side="left"))
            continue
        taken = _sample(len(X), seed, draw)
        upper = _upper(classes, X[taken, 0])
        # a region above the sample's largest is of the highest class
        places = np.minimum(np.searchsorted(upper, X[:, 0], side="left"), len(upper) - 1)
        rows.append(_only(places, taken))
    return np.array(rows, dtype=np.int64)


def by_function(
    make: Make,
    table: pd.DataFrame,
    base: Labels,
    *,
    by: TypologyStabilityBy,
    draws: int,
    share: float,
    seed: int,
    by_name: bool,
) -> IntArray:
    """Return types of each draw, shape (R, n), as the caller's function makes them."""
    known: dict[str, int] = {name: code for code, name in enumerate(base.names)}
    rows = []
    for changed in changed_tables(table, by, draws=draws, share=share, seed=seed):
        found = read_made(make(changed))
        row = np.full(len(base.ids), ABSENT, dtype=np.int64)
        places = base.ids.get_indexer(found.ids)
        if by_name:
            for name in found.names:
                known.setdefault(name, len(known))
            row[places] = np.array([known[name] for name in found.named])
        else:
            row[places] = numbered(found.codes)
        rows.append(row)
    return np.array(rows)


def read_made(typology: Any) -> Labels:
    """Return the types that a function made; classes by their places, as their bounds move."""
    labels = read_labels(typology, argument="typology")
    return labels.by_place if isinstance(typology, Classes) else labels


def changed_tables(
    table: pd.DataFrame, by: TypologyStabilityBy, *, draws: int, share: float, seed: int
) -> Iterator[pd.DataFrame]:
    """Yield the table with noise, without some regions, or without one numeric column at a time."""
    numbers = numeric_columns(table)
    if by == "indicators":
        for name in numbers:
            yield table.drop(columns=[name])
        return
    for draw in range(draws):
        if by == "noise":
            changed = table.copy()
            values = table[numbers].to_numpy(dtype=np.float64)
            changed[numbers] = _noisy(values, share, seed, draw)
            yield changed
        else:
            yield table.iloc[np.unique(_sample(len(table), seed, draw))]


def numeric_columns(table: pd.DataFrame) -> list[Any]:
    """Return the columns of numbers, truth values not among them."""
    types = pd.api.types
    return [
        name
        for name in table.columns
        if types.is_numeric_dtype(table[name]) and not types.is_bool_dtype(table[name])
    ]


def sorted_table(table: Any) -> pd.DataFrame:
    """Return the rows of a table in sorted order of ids, or refuse anything else."""
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "table",
            expected="the table that the function makes types of",
            found=type(table).__name__,
            remedy="typology_stability(make, table), with make a function of a table",
        )
    return table.iloc[canonical_order(region_ids(table.index, argument="table"))]


def same_from_draw_to_draw(typology: Any) -> bool:
    """Return whether a name means the same in every draw; the number of a group does not."""
    return not isinstance(typology, Typology)


def _upper(classes: Classes, values: FloatArray) -> FloatArray:
    if classes.method == "user":
        return np.asarray(classes.upper)
    k = classes.k if classes.method in COUNTED else None
    return np.asarray(classify(pd.Series(values), None, method=classes.method, k=k).upper)


def _noisy(X: FloatArray, share: float, seed: int, draw: int) -> FloatArray:
    noise = generator(seed, "typology noise", draw).standard_normal(X.shape)
    return np.asarray(X + share * X.std(axis=0) * noise)


def _sample(n: int, seed: int, draw: int) -> IntArray:
    return np.sort(generator(seed, "typology resample", draw).integers(n, size=n))


def _only(found: IntArray, taken: IntArray) -> IntArray:
    """Return types of the regions of a sample; the others are absent."""
    row = np.full(len(found), ABSENT, dtype=np.int64)
    row[taken] = found[taken]
    return row
