"""A variable of categories: the colours whose joins are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from workbench.core.expressions import refuse_missing
from workbench.errors import FormulaError, ValuesError, nearest
from workbench.explore.variable import REMEDY, series_or_table
from workbench.typing import Align, IntArray
from workbench.weights import Weights, align_to

MOST_NUMBERS = 12
"""Distinct whole numbers that still pass for categories."""

MOST_COLORS = 30
"""Colours beyond which pairs of them (465) are too many to read or to test."""


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """Categories aligned with weights.

    Attributes
    ----------
    name : str
        As the caller wrote it.
    colors : tuple of str
        Categories that occur, in their order: of a categorical its own, else sorted.
    codes : ndarray of int, shape (n,)
        Position in `colors` of each region, in the order of ``weights.ids``.
    weights : Weights
        The weights in use.
    notes : tuple of str
        What was done on the caller's word.
    """

    name: str
    colors: tuple[str, ...]
    codes: IntArray
    weights: Weights
    notes: tuple[str, ...]


def read_categories(
    variable: str | pd.Series[Any], table: pd.DataFrame | None, W: Any, *, align: Align
) -> Categories:
    """Read a column of categories and align it with spatial weights by region id.

    Parameters
    ----------
    variable : str or pandas.Series
        A column of `table`, or values by region id: text, booleans, a categorical, or at most 12
        different whole numbers.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; may be None when `variable` is a series.
    W : Weights, Graph or libpysal W
        Spatial weights.
    align : {"strict", "intersection"}
        What to do about regions that only one side has.

    Returns
    -------
    Categories

    Raises
    ------
    FormulaError
        If the table has no such column.
    ValuesError
        If values are missing, measured rather than counted, all the same or all different.
    IdError
        If ids are duplicated or do not match.
    """
    source = series_or_table(variable, table)
    aligned, weights, note = align_to(source, W, argument="table", align=align)
    column = _column(variable, aligned).infer_objects()
    refuse_missing(column.to_frame(), [str(column.name)], remedy=REMEDY)
    _refuse_measured(column)
    _refuse_unnameable(column)
    ordered = column.astype("category")
    if not isinstance(column.dtype, pd.CategoricalDtype):
        ordered = ordered.cat.reorder_categories(sorted(ordered.cat.categories, key=_sortable))
    ordered = ordered.cat.remove_unused_categories()
    colors = tuple(str(color) for color in ordered.cat.categories)
    _refuse_number_of(colors, str(column.name), len(column))
    codes = np.array(ordered.cat.codes, dtype=np.int64)
    return Categories(str(column.name), colors, codes, weights, (note,) if note else ())


def _sortable(category: Any) -> tuple[bool, Any]:
    return (isinstance(category, str), category)


def _column(variable: str | pd.Series[Any], table: pd.DataFrame) -> pd.Series[Any]:
    if isinstance(variable, pd.Series):
        return variable.reindex(table.index).rename(str(variable.name or "value"))
    named = int((table.columns == variable).sum())
    if named != 1:
        columns = [str(column) for column in table.columns]
        raise FormulaError(
            "variable",
            expected="the name of one column of categories",
            found=f"{variable!r}, of which the table has {named}",
            remedy=nearest(variable, columns)
            or 'for a condition pass a series, e.g. table["patents"] > 10',
        )
    return table[variable]


def _refuse_measured(column: pd.Series[Any]) -> None:
    """Refuse numbers with fractions, and more whole numbers than there are names for."""
    if types.is_bool_dtype(column.dtype) or not types.is_numeric_dtype(column.dtype):
        return
    values = column.to_numpy(dtype=np.float64)
    distinct = len(np.unique(values))
    whole = bool(np.isfinite(values).all() and (values == np.round(values)).all())
    if whole and distinct <= MOST_NUMBERS:
        return
    found = f"{distinct} different {'whole numbers' if whole else 'numbers, not all whole'}"
    raise ValuesError(
        str(column.name),
        expected=f"categories: text, booleans or at most {MOST_NUMBERS} different whole numbers",
        found=f"{found}, e.g. {column.iloc[0]:.6g}",
        why="join counts compare colours; of a measured variable hardly two regions have the same",
        remedy=f"test it with moran or geary, or make classes: pandas.qcut(table[{column.name!r}], "
        '3, labels=["low", "middle", "high"])',
    )


def _refuse_unnameable(column: pd.Series[Any]) -> None:
    """Refuse values that are no names, and different values of the same name (1 and "1")."""
    plain = column.map(pd.api.types.is_hashable).to_numpy(dtype=bool)
    if not plain.all():
        raise ValuesError(
            str(column.name),
            expected="categories: text, booleans or whole numbers",
            found=f"values such as {column[~plain].iloc[0]!r}",
            offenders=column.index[~plain],
            remedy="name each category, e.g. column.astype(str)",
        )
    kinds = pd.Series(list(column.unique()), dtype=object)
    again = kinds[kinds.astype(str).duplicated(keep=False)]
    if len(again):
        raise ValuesError(
            str(column.name),
            expected="categories that read differently",
            found=", ".join(repr(kind) for kind in again),
            offenders=column.index[column.isin(again.tolist())],
            why="numbers and text do not match each other: they would be two colours of one name",
            remedy="make them all text: column.astype(str)",
        )


def _refuse_number_of(colors: tuple[str, ...], name: str, regions: int) -> None:
    if 1 < len(colors) <= min(MOST_COLORS, regions - 1):
        return
    raise ValuesError(
        name,
        expected=f"2 to {MOST_COLORS} categories, some of which occur more than once",
        found=f"the constant {colors[0]!r}" if len(colors) == 1 else f"{len(colors)} categories",
        why="with one colour every join is the same, with a colour for every region none is",
        remedy="take a column of groups, or merge rare categories",
    )
