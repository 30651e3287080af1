"""Plants, or regions × activities with the Herfindahl index of plants: what γ is computed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import region_ids
from workbench.data.schemes import refuse_mixed
from workbench.errors import IdError, InputError, ValuesError
from workbench.innovation.reading import series, two_way
from workbench.numerics.concentration.dartboard import Plants, plant_sums
from workbench.typing import FloatArray, IntArray

COLUMNS = ("region", "activity", "employment")


@dataclass(frozen=True, slots=True)
class Located:
    """Employment of activities by region, and the sizes of their plants.

    Attributes
    ----------
    ids, activities : pandas.Index, length n and k
        Sorted.
    s : ndarray of shape (n, k)
        Shares of regions in each activity.
    x : ndarray of shape (n,)
        Shares of regions in everything.
    size : ndarray of shape (k,)
        Employment of each activity.
    total : float
        Of everything.
    sums : Plants or None
        Sums over plants; None where nothing is known of them.
    z : ndarray or None
        Shares of plants in their activity, sorted by activity, and
    activity : ndarray of int or None
        their activity, 0 to k − 1; None without a table of plants.
    """

    ids: pd.Index
    activities: pd.Index
    s: FloatArray
    x: FloatArray
    size: FloatArray
    total: float
    sums: Plants | None = None
    z: FloatArray | None = None
    activity: IntArray | None = None


def read_located(
    employment: pd.DataFrame,
    herfindahls: pd.Series[Any] | None,
    totals: pd.Series[Any] | None,
    *,
    plants_needed: bool,
) -> Located:
    """Read plants (a row each) or regions × activities.

    Raises
    ------
    InputError, ValuesError, IdError
        If columns are missing, plants have no employment, Herfindahl indices are not of these
        activities or out of (0, 1], totals are not of these regions or smaller than the parts.
    """
    is_plants = isinstance(employment, pd.DataFrame) and set(COLUMNS) <= set(employment.columns)
    if is_plants and herfindahls is None:
        return _from_plants(employment, totals)
    if herfindahls is None and plants_needed:
        raise InputError(
            "employment",
            expected=f"a row a plant with columns {', '.join(COLUMNS)}",
            found=f"a table with columns {list(employment.columns)[:5]}"
            if isinstance(employment, pd.DataFrame)
            else type(employment).__name__,
            why="concentration by large plants cannot be told from agglomeration without them",
            remedy="pass the Herfindahl index of plants by activity beside a table of regions × "
            "activities: ellison_glaeser(table, herfindahls)",
        )
    read = two_way(employment, argument="employment", fewest=(2, 1))
    x = _reference(read.ids, read.values.sum(axis=1), totals)
    full = read.frame.reindex(x.index, fill_value=0.0).to_numpy(dtype=float)
    size = read.values.sum(axis=0)
    sums = None
    if herfindahls is not None:
        sums = Plants.equal(_herfindahls(herfindahls, read.activities))
    total = float(x.sum())
    _refuse_alone(read.activities, totals)
    return Located(x.index, read.activities, full / size, x.to_numpy() / total, size, total, sums)


def _refuse_alone(activities: pd.Index, totals: pd.Series[Any] | None) -> None:
    if len(activities) == 1 and totals is None:
        raise InputError(
            "totals",
            expected="what regions have of everything, beside a single activity",
            found="nothing",
            offenders=activities,
            why="one activity is spread exactly as itself",
            remedy="totals=all_employment_by_region",
        )


def _from_plants(plants: pd.DataFrame, totals: pd.Series[Any] | None) -> Located:
    _refuse_plants(plants)
    ids = _labels(plants["region"])
    refuse_mixed(ids, argument="employment")
    activities = _labels(plants["activity"]).rename("activity")
    # sums must not depend on the order of rows
    rows = plants.loc[:, list(COLUMNS)].astype({"region": object, "activity": object})
    rows = rows.sort_values(["activity", "region", "employment"], kind="stable")
    value = rows["employment"].to_numpy(dtype=np.float64)
    activity = activities.get_indexer(pd.Index(rows["activity"])).astype(np.int64)
    own: FloatArray = np.bincount(ids.get_indexer(pd.Index(rows["region"])), weights=value).astype(
        np.float64
    )
    x = _reference(ids, own, totals)
    if len(x) < 2:
        raise InputError(
            "employment",
            expected="plants in at least two regions",
            found="one",
            offenders=x.index,
            why="nothing can be concentrated among one region",
            remedy="totals= adds regions without plants",
        )
    n, k = len(x), len(activities)
    place = x.index.get_indexer(pd.Index(rows["region"]))
    cell = np.bincount(place * k + activity, weights=value, minlength=n * k).reshape(n, k)
    size = cell.sum(axis=0)
    sums = plant_sums(value, activity, k)
    total = float(x.sum())
    _refuse_alone(activities, totals)
    return Located(
        x.index, activities, cell / size, x.to_numpy() / total, size, total, sums,
        value / size[activity], activity,
    )  # fmt: skip


def _labels(column: pd.Series[Any]) -> pd.Index:
    """Return the labels of a column, each once, sorted; text and numbers are not mixed."""
    labels = pd.Index(column.astype(object).unique()).infer_objects()
    return region_ids(labels, argument=f'employment["{column.name}"]').sort_values()


def _refuse_plants(plants: pd.DataFrame) -> None:
    if not len(plants):
        raise InputError("employment", expected="at least one plant", found="an empty table")
    repeated = [name for name in COLUMNS if (plants.columns == name).sum() > 1]
    if repeated:
        raise InputError(
            "employment",
            expected="columns of different names",
            found="names that occur more than once",
            offenders=repeated,
        )
    value = plants["employment"]
    if not pd.api.types.is_numeric_dtype(value.dtype) or pd.api.types.is_bool_dtype(value.dtype):
        raise ValuesError(
            "employment", expected="numbers in column employment", found=f"type {value.dtype}"
        )
    numbers = value.to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(numbers) | (numbers <= 0)
    gone = plants[["region", "activity"]].isna().any(axis=1).to_numpy()
    for where, expected, found in (
        (bad, "a positive number for every plant", "missing, infinite, zero or negative"),
        (gone, "a region and an activity for every plant", "without one"),
    ):
        if where.any():
            raise ValuesError(
                "employment",
                expected=expected,
                found=f"{int(where.sum())} plants {found}",
                offenders=plants.index[where],
                remedy="plants[plants['employment'] > 0].dropna() leaves them out",
            )


def _reference(ids: pd.Index, own: FloatArray, totals: pd.Series[Any] | None) -> pd.Series[Any]:
    """Return what regions have of everything: of this table, or as given."""
    if totals is None:
        return pd.Series(own, index=ids)
    given = series(totals, argument="totals", positive=True)
    lacking = ids.difference(given.index)
    if len(lacking):
        raise IdError(
            "totals",
            expected="a total of every region that has plants",
            found=f"{len(lacking)} regions without one",
            offenders=lacking,
            remedy="leave totals out: they are then those of the table",
        )
    short = given.reindex(ids).to_numpy() < own * (1 - 1e-12)
    if short.any():
        raise ValuesError(
            "totals",
            expected="totals at least as large as the parts",
            found=f"{int(short.sum())} regions whose activities add up to more",
            offenders=ids[short],
            why="x would not be the shares of everything",
            remedy="use one unit and one year for both",
        )
    return given


def _herfindahls(given: pd.Series[Any], activities: pd.Index) -> FloatArray:
    if not isinstance(given, pd.Series):
        raise InputError(
            "herfindahls",
            expected="a Series by activity",
            found=type(given).__name__,
            remedy="pandas.Series(values, index=table.columns)",
        )
    off = [*activities.difference(given.index), *given.index.difference(activities)]
    if off or given.index.has_duplicates:
        raise InputError(
            "herfindahls",
            expected="one figure for each activity of the table",
            found="activities that one side has alone, or twice",
            offenders=off or given.index[given.index.duplicated()],
            remedy="both = table.columns.intersection(herfindahls.index), then table[both] and "
            "herfindahls[both]",
        )
    values = given.reindex(activities).to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~((values > 0) & (values <= 1))
    if bad.any():
        raise ValuesError(
            "herfindahls",
            expected="sums of squared shares of plants, above 0 and at most 1",
            found="other figures",
            offenders=[f"{a}: {v:g}" for a, v in zip(activities[bad], values[bad], strict=True)],
            remedy="herfindahls / 10_000 where they are in points of per cent",
        )
    return values
