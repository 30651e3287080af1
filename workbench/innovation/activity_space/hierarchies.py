"""Hierarchies of activities: groups at one level or several, every finer one inside a coarser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import IdError, InputError, ValuesError
from workbench.typing import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Groups of k activities.

    Attributes
    ----------
    names : tuple of str
        From coarse to fine.
    codes : list of ndarray of int, shape (k,)
        Group of each activity at each level, as codes from 0.
    """

    names: tuple[str, ...]
    codes: list[IntArray]


def read_levels(
    hierarchy: pd.Series[Any] | pd.DataFrame | Sequence[int], activities: pd.Index
) -> Levels:
    """Read a hierarchy for these activities.

    Raises
    ------
    InputError, IdError, ValuesError
        If it is none, lacks activities, leaves one without a group, or a finer group lies in two
        coarser ones.

    Examples
    --------
    >>> read_levels([1, 2], pd.Index(["A10", "A11", "B10"])).codes
    [array([0, 0, 1]), array([0, 0, 1])]
    """
    table = _table(hierarchy, activities)
    if table.index.has_duplicates:
        raise IdError(
            "hierarchy",
            expected="each activity once",
            found="activities that occur more than once",
            offenders=table.index[table.index.duplicated()].unique().tolist(),
            remedy="hierarchy[~hierarchy.index.duplicated()], if the rows say the same",
        )
    lacking = activities.difference(table.index)
    if len(lacking):
        raise IdError(
            "hierarchy",
            expected="a group for every activity of the table",
            found=f"{len(lacking)} activities without one",
            offenders=lacking.tolist(),
            why="entropy would lose what they have",
            remedy="add them; the index of the hierarchy is that of the table's columns",
        )
    table = table.loc[activities]
    if table.isna().any(axis=None):
        raise ValuesError(
            "hierarchy",
            expected="a group for every activity at every level",
            found=f"{int(table.isna().any(axis=1).sum())} without",
            offenders=table.index[table.isna().any(axis=1)].tolist(),
            remedy='hierarchy.fillna("other")',
        )
    codes = [
        np.unique(table[name].astype(str), return_inverse=True)[1].astype(np.int64)
        for name in table.columns
    ]
    _refuse_crossed(table)
    return Levels(tuple(map(str, table.columns)), codes)


def _table(hierarchy: Any, activities: pd.Index) -> pd.DataFrame:
    if isinstance(hierarchy, pd.Series):
        name = "group" if hierarchy.name is None else hierarchy.name
        return hierarchy.to_frame(name)
    if isinstance(hierarchy, pd.DataFrame) and hierarchy.shape[1] and hierarchy.columns.is_unique:
        return hierarchy
    if isinstance(hierarchy, Sequence) and not isinstance(hierarchy, str) and len(hierarchy):
        return _prefixes(list(hierarchy), activities)
    raise InputError(
        "hierarchy",
        expected="a Series or DataFrame of groups by activity, or numbers of leading characters",
        found=type(hierarchy).__name__,
        remedy='pandas.Series({"1011": "10", "2011": "20"}), or [2] for the first two characters',
    )


def _prefixes(digits: list[Any], activities: pd.Index) -> pd.DataFrame:
    whole = [isinstance(d, int | np.integer) and not isinstance(d, bool) and d > 0 for d in digits]
    if not all(whole) or any(a >= b for a, b in pairwise(digits)):
        raise InputError(
            "hierarchy",
            expected="positive whole numbers of leading characters, increasing",
            found=repr(digits),
            remedy="[2], or [2, 4] for two levels",
        )
    text = activities.astype(str)
    short = activities[text.str.len() <= digits[-1]]
    if len(short):
        raise ValuesError(
            "hierarchy",
            expected=f"codes of more than {digits[-1]} characters",
            found=f"{len(short)} activities with shorter ones",
            offenders=short.tolist(),
            why="a code that is its own group has no finer level",
            remedy="take fewer characters, or pass a Series of groups by activity",
        )
    return pd.DataFrame({f"{d} characters": text.str[:d] for d in digits}, index=activities)


def _refuse_crossed(table: pd.DataFrame) -> None:
    names = list(table.columns)
    for coarse, fine in pairwise(names):
        inside = table.groupby(fine)[coarse].nunique()
        crossed = inside.index[inside > 1].tolist()
        if crossed:
            raise ValuesError(
                "hierarchy",
                expected=f"every group of {fine!r} in one group of {coarse!r}",
                found=f"{len(crossed)} that lie in several",
                offenders=crossed,
                why="parts add up only along a hierarchy",
                remedy="order the columns from coarse to fine",
            )
