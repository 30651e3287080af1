"""Scores by region id, and draws of them, as types are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import IdError, InputError, ValuesError, check_number
from workbench.innovation.reading import same_regions, series
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray

FEWEST_DRAWS = 20
"""Draws below which a share of them could not tell 5 % from nothing."""


def read_score(
    scores: Any, *, argument: str = "scores", non_negative: bool = False
) -> pd.Series[Any]:
    """Return a score by region id, in sorted order of ids; not all equal.

    Parameters
    ----------
    scores : pandas.Series, or a result that has ``.scores``
        An index of regions, such as a composite index.

    Raises
    ------
    InputError, IdError, ValuesError
        If it is no series of finite numbers by region id, or all are equal.
    """
    own = getattr(scores, "scores", None)
    if not isinstance(scores, pd.Series) and isinstance(own, pd.Series):
        scores = own
    read = series(scores, argument=argument)
    if non_negative and (read < 0).any():
        raise ValuesError(
            argument,
            expected="scores with a natural zero, none negative",
            found=f"{int((read < 0).sum())} negative",
            offenders=read.index[read < 0].tolist(),
            why="a share of the leader's z-score changes with what the scores are centred on",
            remedy="pass a min-max index, or for natural breaks classify(score, None)",
        )
    if len(read) < 2:
        raise ValuesError(
            argument,
            expected="at least two regions",
            found=str(len(read)),
            offenders=read.index.tolist(),
            remedy="pass the scores of all regions",
        )
    if float(np.ptp(read.to_numpy())) <= 1e-12 * float(read.abs().max()):
        raise ValuesError(
            argument,
            expected="regions that differ",
            found=f"all equal to {float(read.iloc[0]):g}",
            why="equal regions are of one type, whatever the rule",
            remedy="pass a score that varies between regions",
        )
    read = read.rename("score" if read.name is None else str(read.name))
    read.index = read.index.rename(read.index.name or "region")
    return read


def read_draws(draws: Any, ids: pd.Index, *, argument: str = "draws") -> FloatArray:
    """Return draws of one score, shape (R, n), in the order of `ids`.

    Parameters
    ----------
    draws : pandas.DataFrame, or a result that has such a table as ``.scores``
        A row a region, a column a draw; the uncertainty of a composite index is one.

    Raises
    ------
    InputError, IdError, ValuesError
        If regions do not match, a value is missing, or there are fewer than 20 draws.
    """
    draws = _table_of(draws)
    if not isinstance(draws, pd.DataFrame):
        raise InputError(
            argument,
            expected="a DataFrame with a row a region and a column a draw",
            found=type(draws).__name__,
            remedy="pandas.DataFrame(array, index=scores.index)",
        )
    _refuse_turned(draws, ids, argument)
    given = region_ids(draws.index, argument=argument)
    same_regions(given, ids, argument=argument, totals=False)
    if draws.shape[1] < FEWEST_DRAWS:
        raise InputError(
            argument,
            expected=f"at least {FEWEST_DRAWS} draws",
            found=str(draws.shape[1]),
            why="a share of so few says little",
            remedy="draw more often, e.g. 1,000 times",
        )
    return _numbers(draws.loc[ids], argument)


def names_of_draws(draws: Any) -> pd.Index:
    """Return what the columns of draws are called, such as the numbers of drawn constructions."""
    found: pd.Index = _table_of(draws).columns
    return found


def _table_of(draws: Any) -> Any:
    own = getattr(draws, "scores", None)
    return own if not isinstance(draws, pd.DataFrame) and isinstance(own, pd.DataFrame) else draws


def _refuse_turned(draws: pd.DataFrame, ids: pd.Index, argument: str) -> None:
    if len(draws.columns.intersection(ids)) > len(draws.index.intersection(ids)):
        raise IdError(
            argument,
            expected="a row a region and a column a draw",
            found="regions as columns",
            remedy=f"{argument}={argument}.T",
        )


def _numbers(draws: pd.DataFrame, argument: str) -> FloatArray:
    kinds = [pd.api.types.is_numeric_dtype(kind) for kind in draws.dtypes]
    if not all(kinds):
        raise ValuesError(
            argument,
            expected="numbers in every draw",
            found="columns that are not numeric",
            offenders=draws.columns[~np.array(kinds)].tolist(),
            remedy="convert them, e.g. draws.astype(float)",
        )
    values = draws.to_numpy(dtype=np.float64, na_value=np.nan).T
    bad = ~np.isfinite(values).all(axis=0)
    if bad.any():
        raise ValuesError(
            argument,
            expected="finite numbers",
            found=f"missing or infinite values in draws of {int(bad.sum())} regions",
            offenders=draws.index[bad].tolist(),
            remedy="leave out the draws that failed: draws.dropna(axis=1)",
        )
    return np.asarray(freeze(np.ascontiguousarray(values)))


def read_shares(shares: Any, *, argument: str = "shares") -> tuple[float, ...]:
    """Return distances to the leader as an ascending tuple of shares between 0 and 1."""
    several = isinstance(shares, Sequence | np.ndarray) and not isinstance(shares, str)
    listed = list(shares) if several else [shares]
    remedy = f"{argument}=(0.2, 0.4, 0.6)"
    found = [check_number(argument, share, remedy=remedy) for share in listed]
    if not found or any(not 0.0 < share < 1.0 for share in found) or sorted(set(found)) != found:
        per_cent = bool(found) and all(1.0 < share < 100.0 for share in found)
        raise InputError(
            argument,
            expected="shares of the leader's score between 0 and 1, ascending",
            found=repr(shares),
            why="20 % is 0.2" if per_cent else "",
            remedy=f"{argument}={tuple(share / 100 for share in found)}" if per_cent else remedy,
        )
    return tuple(found)


def check_near(near: Any, *, remedy: str) -> float:
    """Return a distance to a bound, zero or more, or refuse it."""
    found = check_number("near", near, remedy=remedy)
    if found < 0:
        raise InputError("near", expected="zero or more", found=repr(near), remedy=remedy)
    return found


def read_names(names: Any, k: int, *, argument: str = "labels") -> tuple[str, ...]:
    """Return the names of k types, each once."""
    listed = list(names) if isinstance(names, Sequence) and not isinstance(names, str) else []
    texts = [name for name in listed if isinstance(name, str) and name.strip()]
    if len(listed) != k or len(set(texts)) != k:
        raise InputError(
            argument,
            expected=f"{k} different names, one a type",
            found=repr(names),
            remedy=f"{argument}={roman(k)}",
        )
    return tuple(texts)


def roman(k: int) -> tuple[str, ...]:
    """Return the first k Roman numerals.

    Examples
    --------
    >>> roman(4), roman(9)[-1]
    (('I', 'II', 'III', 'IV'), 'IX')
    """
    steps = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))

    def numeral(left: int) -> str:
        text = ""
        for value, letters in steps:
            text += letters * (left // value)
            left %= value
        return text

    return tuple(numeral(i) for i in range(1, k + 1))


def ordered_table(table: pd.DataFrame, *, argument: str) -> pd.DataFrame:
    """Return the rows of a table indexed by region id in sorted order."""
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            argument,
            expected="a DataFrame indexed by region id",
            found=type(table).__name__,
            remedy="pandas.DataFrame({'create': ..., 'adopt': ...}, index=ids)",
        )
    return table.iloc[canonical_order(region_ids(table.index, argument=argument))]
