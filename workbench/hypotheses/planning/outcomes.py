"""Outcomes that stand in for the observed one: a column of their own, and the formula with it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.seeds import generator
from workbench.errors import FormulaError, InputError
from workbench.typing import FloatArray

NAME = "stand_in_outcome"
OPENING, CLOSING = "([{", ")]}"


def right_side(formula: str) -> str:
    """Return the right-hand side of a formula, with or without an outcome.

    Raises
    ------
    FormulaError
        If it is no text, or nothing stands on the right.

    Examples
    --------
    >>> right_side("log(y) ~ log(x) + z"), right_side("~ x"), right_side("x + W(x)")
    ('log(x) + z', 'x', 'x + W(x)')
    """
    if not isinstance(formula, str):
        raise FormulaError(
            "formula",
            expected="text like '~ log(rd) + log(students)'",
            found=type(formula).__name__,
        )
    depth, at = 0, -1
    for place, letter in enumerate(formula):
        depth += (letter in OPENING) - (letter in CLOSING)
        if letter == "~" and depth == 0:
            at = place
            break
    right = formula[at + 1 :].strip()
    if not right:
        raise FormulaError(
            "formula",
            expected="regressors on the right",
            found=repr(formula),
            remedy='formula="~ log(rd) + log(students)"',
        )
    return right


def free_name(data: pd.DataFrame, right: str) -> str:
    """Return a name that is neither a column nor a word of the formula."""
    taken = {str(column) for column in data.columns} | set(re.findall(r"\w+", right))
    name = NAME
    while name in taken:
        name += "_"
    return name


def without_outcome(data: pd.DataFrame, right: str, *beside: str) -> pd.DataFrame:
    """Return those columns that the right-hand side or `beside` can read, and no others.

    Raises
    ------
    InputError
        If the data are no table.
    """
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "data",
            expected="a DataFrame indexed by region id, or by (region, period)",
            found=type(data).__name__,
        )
    told = " ".join((right, *beside))
    words = set(re.findall(r"\w+", told))
    kept = [c for c in data.columns if str(c) in words or f"`{c}`" in told]
    return pd.DataFrame(data[kept])


def with_outcome(
    right: str, data: pd.DataFrame, outcome: FloatArray, index: pd.Index
) -> tuple[str, pd.DataFrame]:
    """Return a formula and a table whose outcome is a column of given numbers.

    Parameters
    ----------
    right : str
        Right-hand side.
    data : pandas.DataFrame
        Columns of the regressors, rows in any order; rows that are not in `index` have no outcome.
    outcome : ndarray of shape (n,)
        By the labels of `index`.
    index : pandas.Index, length n
    """
    name = free_name(data, right)
    column = pd.Series(outcome, index=index).reindex(data.index)
    return f"{name} ~ {right}", data.assign(**{name: column.to_numpy(dtype=np.float64)})


def stand_in(data: pd.DataFrame) -> tuple[FloatArray, pd.Index]:
    """Return noise of variance 1 for every row, the same whatever their order; and the rows."""
    try:
        index = data.index.sort_values()
    except TypeError:  # labels of several kinds: the fit refuses them by name
        index = data.index
    return generator(0, "stand-in").standard_normal(len(data)), index


def whole_draws(draws: Any, argument: str) -> int:
    """Return a number of draws, or refuse what is none.

    Raises
    ------
    InputError
        If it is no whole number of at least 2.
    """
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 2:
        raise InputError(
            argument,
            expected="a whole number of draws, at least 2",
            found=repr(draws),
            remedy=f"{argument}=199",
        )
    return int(draws)
