"""One figure a region, and figures of the same regions in several tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.columns import refuse_unusable
from workbench.core.ids import canonical_order, region_ids
from workbench.data.schemes import refuse_mixed, scheme_difference, scheme_remedy
from workbench.errors import IdError, InputError, ValuesError

COMMON = "take the same regions in both, e.g. .loc[first.index.intersection(second.index)]"
"""What to do about regions that only one of two tables has."""


def series(
    values: pd.Series[Any],
    *,
    argument: str,
    ids: pd.Index | None = None,
    other: str | tuple[str, ...] = "",
    positive: bool = False,
    non_negative: bool = False,
) -> pd.Series[Any]:
    """Read one figure a region.

    Parameters
    ----------
    values : Series
        Indexed by region id, in any order. Not changed.
    argument : str
        Name of the caller's argument, for messages.
    ids : pandas.Index, optional
        The regions that there must be, exactly.
    other : str or tuple of str
        Arguments of the caller that `ids` come from, for messages.
    positive, non_negative : bool
        Whether figures must be above zero, or at least zero.

    Returns
    -------
    Series of float
        In sorted order of ids.

    Raises
    ------
    InputError
        If `values` is no Series.
    IdError
        If ids are duplicated, missing, unknown, of mixed schemes, or not those of `ids`.
    ValuesError
        If figures are missing, infinite, no numbers or out of their domain.

    Examples
    --------
    >>> series(pd.Series({"b": 2, "a": 1}), argument="staff", positive=True).to_dict()
    {'a': 1.0, 'b': 2.0}
    """
    if not isinstance(values, pd.Series):
        raise InputError(
            argument,
            expected="a Series indexed by region id",
            found=type(values).__name__,
            remedy=f"one of its columns: {argument}[{values.columns[0]!r}]"
            if isinstance(values, pd.DataFrame) and values.shape[1]
            else f'table["{argument}"], or pandas.Series({argument}, index=ids)',
        )
    given = region_ids(values.index, argument=argument)
    refuse_mixed(given, argument=argument)
    if ids is not None:
        same_regions(given, ids, argument=argument, other=other)
    numbers = _numbers(values, argument).iloc[canonical_order(given)]
    bounds = (
        (positive, numbers <= 0, "figures above zero", "zero or negative"),
        (non_negative, numbers < 0, "figures of 0 or more", "negative"),
    )
    for asked, bad, expected, found in bounds:
        if asked and bad.any():
            raise ValuesError(
                argument,
                expected=expected,
                found=f"{int(bad.sum())} that are {found}",
                offenders=numbers.index[bad],
                remedy="correct those regions, or leave them out",
            )
    return numbers


def same_regions(
    given: pd.Index,
    ids: pd.Index,
    *,
    argument: str,
    tables: str | tuple[str, ...] = "",
    other: str | tuple[str, ...] = "",
    totals: bool = True,
    otherwise: str = COMMON,
) -> None:
    """Refuse regions that are not exactly those of another table, and say what sets them apart.

    Parameters
    ----------
    given, ids : pandas.Index
        Regions of the table at fault, and those of the other.
    argument : str
        Name of the table at fault, for messages.
    tables, other : str or tuple of str
        What is merged where schemes differ; `argument` by default.
    totals : bool
        Whether figures may be added up, which types and scores may not.
    otherwise : str
        Way out where schemes are not what sets them apart.

    Examples
    --------
    >>> same_regions(pd.Index(["b", "a"]), pd.Index(["a", "b"]), argument="population")
    """
    lacking, beyond = ids.difference(given), given.difference(ids)
    if len(lacking) or len(beyond):
        schemes = scheme_difference(ids, given)
        raise IdError(
            argument,
            expected=f"the {len(ids)} regions of the other table",
            found=f"{len(lacking)} of them missing, {len(beyond)} that it does not have"
            + (f"; {schemes}" if schemes else ""),
            offenders=[*lacking, *beyond],
            why="a figure of one region would be set against that of another",
            remedy=scheme_remedy(ids, given, table=tables or argument, other=other, totals=totals)
            or otherwise,
        )


def holds_words(column: pd.Series[Any]) -> bool:
    """Return whether nothing in a column is a number, not even one stored as text.

    Examples
    --------
    >>> holds_words(pd.Series(["Tomsk", "Omsk"])), holds_words(pd.Series(["1", "2"]))
    (True, False)
    """
    if pd.api.types.is_numeric_dtype(column.dtype):
        return False
    return bool(pd.to_numeric(column, errors="coerce").isna().all())


def _numbers(values: pd.Series[Any], argument: str) -> pd.Series[Any]:
    if not holds_words(values):
        refuse_unusable(values.to_frame(argument), [argument])
    if not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        raise ValuesError(
            argument,
            expected="numbers",
            found=f"values of type {values.dtype}, e.g. {values.iloc[0]!r}",
            remedy="leave it out, or convert it: pandas.to_numeric(column)",
        )
    numbers = values.astype(float)
    for bad, found in ((numbers.isna(), "missing"), (np.isinf(numbers), "infinite")):
        if bad.any():
            raise ValuesError(
                argument,
                expected="a number for every region",
                found=f"{int(bad.sum())} {found}",
                offenders=numbers.index[bad],
                remedy=f"{argument}.dropna() leaves those regions out"
                if found == "missing"
                else "look for a division by zero",
            )
    return numbers
