"""What an entry model is estimated on: rows at risk, density, controls, effects and clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.panel_frame import period_text
from workbench.errors import IdError, InputError, ValuesError
from workbench.innovation.activity_space.closeness import RelatednessDensity
from workbench.innovation.activity_space.moves import Transitions
from workbench.typing import EntryEffect, FloatArray, IntArray

DENSITY = "density"
"""Name of the term."""


@dataclass(frozen=True, slots=True, eq=False)
class EntrySample:
    """Rows at risk, sorted by region, start of interval and activity.

    Attributes
    ----------
    rows : pandas.MultiIndex
        Region, period, activity.
    y : ndarray, shape (n,)
        Zeros and ones.
    X : ndarray, shape (n, k)
        Density first, then controls.
    names : list of str
    codes : dict of str to ndarray of int
        Region, activity and period of each row, as codes from 0, each in use.
    notes : tuple of str
    """

    rows: pd.MultiIndex
    y: FloatArray
    X: FloatArray
    names: list[str]
    codes: dict[EntryEffect, IntArray]
    notes: tuple[str, ...]


def entry_sample(
    transitions: Transitions,
    density: RelatednessDensity,
    region_controls: pd.DataFrame | None,
    activity_controls: pd.DataFrame | None,
    pair_controls: Mapping[str, pd.DataFrame] | None,
) -> EntrySample:
    """Put together what happened and what it is explained by."""
    events = _transitions(transitions)
    i, j = np.nonzero(~np.isnan(events.to_numpy()))
    columns = {DENSITY: _density(density, events).to_numpy()[i, j]}
    notes: list[str] = []
    lacking = np.isnan(columns[DENSITY])
    if lacking.any():
        notes.append(
            f"{int(lacking.sum())} rows of activities that are related to none are left out."
        )
        i, j = i[~lacking], j[~lacking]
        columns[DENSITY] = columns[DENSITY][~lacking]
    for name, values in (
        *_side(region_controls, events, "region_controls", i, level="region"),
        *_side(activity_controls, events, "activity_controls", i, level="activity", j=j),
        *_pairs(pair_controls, events, i, j),
    ):
        if name in columns:
            raise InputError(
                "controls",
                expected="another name for each term",
                found=f"{name!r} more than once",
                remedy=f"rename one of them; {DENSITY!r} is relatedness density",
            )
        columns[name] = values
    y = events.to_numpy()[i, j]
    _refuse_unusable(y, columns, transitions)
    regions = events.index.get_level_values("region")[i]
    periods = events.index.get_level_values("period")[i]
    activities = events.columns[j]
    return EntrySample(
        rows=pd.MultiIndex.from_arrays(
            [regions, periods, activities], names=["region", "period", "activity"]
        ),
        y=y,
        X=np.column_stack(list(columns.values())),
        names=list(columns),
        codes={
            "region": _codes(regions),
            "activity": _codes(activities),
            "period": _codes(periods),
        },
        notes=tuple(notes),
    )


def _codes(values: pd.Index) -> IntArray:
    return np.asarray(np.unique(values.to_numpy(), return_inverse=True)[1], dtype=np.int64)


def _transitions(transitions: Transitions) -> pd.DataFrame:
    if not isinstance(transitions, Transitions):
        raise InputError(
            "transitions",
            expected="entries or exits",
            found=type(transitions).__name__,
            remedy="entry_model(entries(data), relatedness_density(data))",
        )
    return transitions.events


def _density(density: RelatednessDensity, events: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(density, RelatednessDensity):
        raise InputError(
            "density",
            expected="a RelatednessDensity by period",
            found=type(density).__name__,
            remedy="relatedness_density(data) of the same tables",
        )
    starts = events.index.get_level_values("period").unique()
    if not density.periods:
        if len(starts) > 1:
            raise InputError(
                "density",
                expected="density by period, as there are several intervals",
                found="that of one table",
                remedy="relatedness_density(data) of the tables by period",
            )
        values = density.values
        values = values.set_axis(
            pd.MultiIndex.from_product([values.index, starts], names=["region", "period"])
        )
    else:
        values = density.values
    for what, found, wanted in (
        ("rows", values.index, events.index),
        ("activities", values.columns, events.columns),
    ):
        lacking = wanted.difference(found)
        if len(lacking):
            raise IdError(
                "density",
                expected=f"the {what} of the transitions",
                found=f"{len(lacking)} that it does not have",
                offenders=lacking.tolist(),
                remedy="compute both from the same data",
            )
    return values.loc[events.index, events.columns]


def _side(
    controls: pd.DataFrame | None,
    events: pd.DataFrame,
    argument: str,
    i: IntArray,
    *,
    level: str,
    j: IntArray | None = None,
) -> list[tuple[str, FloatArray]]:
    """Return controls of one side, by its id or by (id, period), in the order of the rows."""
    if controls is None:
        return []
    if not isinstance(controls, pd.DataFrame):
        raise InputError(
            argument,
            expected=f"a DataFrame indexed by {level}, or by ({level}, period)",
            found=type(controls).__name__,
            remedy="series.to_frame()",
        )
    own = events.index.get_level_values("region")[i] if j is None else events.columns[j]
    periods = events.index.get_level_values("period")[i]
    wanted: pd.Index = own
    if controls.index.nlevels == 2:
        wanted = pd.MultiIndex.from_arrays([own, periods])
    if controls.index.has_duplicates:
        raise IdError(
            argument,
            expected="each row once",
            found="rows that occur more than once",
            offenders=controls.index[controls.index.duplicated()].unique().tolist(),
        )
    where = controls.index.get_indexer(wanted)
    if (where < 0).any():
        raise IdError(
            argument,
            expected=f"a row for every {level} at risk",
            found=f"{len(wanted[where < 0].unique())} missing",
            offenders=wanted[where < 0].unique().tolist(),
            remedy="add them, or leave them out of the tables by period",
        )
    return [(str(name), _numbers(controls[name], argument)[where]) for name in controls.columns]


def _pairs(
    controls: Mapping[str, pd.DataFrame] | None, events: pd.DataFrame, i: IntArray, j: IntArray
) -> list[tuple[str, FloatArray]]:
    found = []
    for name, table in (controls or {}).items():
        argument = f"pair_controls[{name!r}]"
        if not isinstance(table, pd.DataFrame):
            raise InputError(
                argument,
                expected="a DataFrame of regions (and periods) × activities",
                found=type(table).__name__,
            )
        ids = events.index
        if table.index.nlevels == 1:
            ids = ids.get_level_values("region")
        lacking = [*ids.unique().difference(table.index), *events.columns.difference(table.columns)]
        if lacking or table.index.has_duplicates or table.columns.has_duplicates:
            raise IdError(
                argument,
                expected="the regions, periods and activities of the transitions, each once",
                found=f"{len(lacking)} missing" if lacking else "some more than once",
                offenders=lacking,
            )
        rows, columns = table.index.get_indexer(ids)[i], table.columns.get_indexer(events.columns)
        values = np.stack([_numbers(table[c], argument) for c in table.columns], axis=1)
        found.append((str(name), values[rows, columns[j]]))
    return found


def _numbers(column: pd.Series[Any], argument: str) -> FloatArray:
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise ValuesError(
            argument,
            expected="numbers",
            found=f"values of type {column.dtype} in {column.name!r}",
            remedy="make categories columns of 0 and 1: pandas.get_dummies(controls, dtype=float)",
        )
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(values)
    if bad.any():
        raise ValuesError(
            argument,
            expected="finite numbers",
            found=f"{int(bad.sum())} missing or infinite in {column.name!r}",
            offenders=column.index[bad].tolist(),
            remedy="fill them in, or leave those regions out of the tables by period",
        )
    return values


def _refuse_unusable(y: FloatArray, columns: dict[str, FloatArray], of: Transitions) -> None:
    what = "entries" if of.kind == "entry" else "exits"
    if y.size == 0 or y.min() == y.max():
        raise ValuesError(
            "transitions",
            expected=f"some {what}, and some that could have been and were not",
            found=f"{y.size} rows at risk, {int(y.sum())} {what}",
            why="nothing can be explained that does not vary",
            remedy=f"{'entries' if of.kind == 'entry' else 'exits'}(data, threshold=...), or more "
            f"periods than {', '.join(map(period_text, of.ends))}",
        )
    for name, values in columns.items():
        if np.ptp(values) <= 1e-12 * np.abs(values).max():
            raise ValuesError(
                name,
                expected="values that differ among the rows at risk",
                found=f"{values[0]:g} everywhere",
                why="a constant explains nothing",
                remedy="leave it out"
                if name != DENSITY
                else "look at relatedness_density(data).values: every activity is as close",
            )
