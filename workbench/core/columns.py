"""Columns that a formula cannot use as numbers or as categories, refused by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from pandas.api import types

from workbench.errors import ValuesError

CONTAINERS = (list, dict, set, tuple)
MOSTLY = 0.5
"""Share of entries that read as numbers from which the others are slips, not categories."""


def refuse_unusable(
    table: pd.DataFrame, names: Iterable[str], *, outcome: Iterable[str] = ()
) -> None:
    """Refuse columns of a formula that are neither numbers nor categories.

    Parameters
    ----------
    table : pandas.DataFrame
        Indexed by region id; missing values are left for others to refuse.
    names : iterable of str
        Names that the formula uses; those that are no columns are passed over.
    outcome : iterable of str
        Those on its left, which are no categories at all: the formula refuses them.

    Raises
    ------
    ValuesError
        If a column holds complex numbers, dates, time spans or containers, numbers stored as text,
        numbers with text among them, or one category for everybody.

    Examples
    --------
    >>> refuse_unusable(pd.DataFrame({"kind": ["urban", "rural"], "x": [1.0, 2.0]}), ["kind", "x"])
    """
    left = set(outcome)
    for name in sorted(set(names) & {str(column) for column in table.columns}):
        column = table[name]
        _refuse_kind(name, column)
        given = column.dropna()
        if _is_text(column) and len(given):
            _refuse_containers(name, given)
            _refuse_numbers(name, column, given)
        words = _is_text(column) or isinstance(column.dtype, pd.CategoricalDtype)
        if words and len(given) and name not in left:
            _refuse_one_category(name, given)


def _is_text(column: pd.Series[Any]) -> bool:
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype)


def _refuse_kind(name: str, column: pd.Series[Any]) -> None:
    kinds = (
        (types.is_complex_dtype, "complex numbers", ".to_numpy().real"),
        (types.is_datetime64_any_dtype, "dates", ".dt.year"),
        (types.is_timedelta64_dtype, "spans of time", ".dt.days"),
    )
    for belongs, what, way in kinds:
        if belongs(column.dtype):
            raise ValuesError(
                name,
                expected="numbers or categories",
                found=f"{what} ({column.dtype})",
                why="there is more than one way to make numbers of them",
                remedy=f"choose one, e.g. table[{name!r}] = table[{name!r}]{way}",
            )


def _refuse_containers(name: str, given: pd.Series[Any]) -> None:
    boxes = [(key, value) for key, value in given.items() if isinstance(value, CONTAINERS)]
    if boxes:
        raise ValuesError(
            name,
            expected="one number or word in each row",
            found=f"{type(boxes[0][1]).__name__} in {len(boxes)} rows",
            offenders=[key for key, _ in boxes],
            remedy=f"take one value of each, e.g. table[{name!r}] = table[{name!r}].str[0]",
        )


def _refuse_numbers(name: str, column: pd.Series[Any], given: pd.Series[Any]) -> None:
    """Refuse text that reads as numbers: it would become categories, one column a value."""
    numeric = pd.to_numeric(given, errors="coerce").notna()
    why = "a formula takes text for categories, one column a value"
    if numeric.all():
        raise ValuesError(
            name,
            expected="numbers",
            found=f"numbers stored as {column.dtype}, e.g. {given.iloc[0]!r}",
            why=why,
            remedy=f"table[{name!r}] = pandas.to_numeric(table[{name!r}])",
        )
    if numeric.mean() >= MOSTLY:
        other = given[~numeric]
        raise ValuesError(
            name,
            expected="numbers, or categories",
            found=f"text among numbers ({len(other)} of {len(given)}), e.g. {other.iloc[0]!r}",
            offenders=list(other.index),
            why=why,
            remedy=f'table[{name!r}] = pandas.to_numeric(table[{name!r}], errors="coerce") makes '
            'these missing; then missing="drop" leaves their rows out',
        )


def _refuse_one_category(name: str, given: pd.Series[Any]) -> None:
    if (given == given.iloc[0]).all():
        raise ValuesError(
            name,
            expected="at least two categories",
            found=f"{given.iloc[0]!r} in every row",
            why="the term would vanish from the model",
            remedy=f"leave {name} out of the formula",
        )
