"""Tables of regions × activities: what no measure may be computed from is refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from workbench.core.columns import refuse_unusable
from workbench.core.ids import canonical_order, region_ids
from workbench.data.schemes import refuse_mixed
from workbench.errors import InputError, ValuesError, check_option
from workbench.innovation.reading.series import holds_words
from workbench.typing import BoolArray, FloatArray, ZeroTotals

NEGATIVE = "nothing has a negative share: take gross figures, or leave those out"


@dataclass(frozen=True, slots=True, eq=False)
class TwoWay:
    """Figures of n regions in k activities, both in sorted order.

    Attributes
    ----------
    ids, activities : pandas.Index, length n and k
        Region ids; names of the activities.
    values : ndarray, shape (n, k)
        Non-negative, read-only.
    """

    ids: pd.Index
    activities: pd.Index
    values: FloatArray

    @property
    def frame(self) -> pd.DataFrame:
        """The figures as a table."""
        return self.labelled(self.values)

    def cells(self, where: BoolArray) -> list[str]:
        """Return ``"region / activity"`` of the cells marked, in sorted order."""
        return [f"{self.ids[i]} / {self.activities[j]}" for i, j in np.argwhere(where)]

    def labelled(self, values: FloatArray) -> pd.DataFrame:
        """Return numbers of the same shape as a table of regions × activities."""
        return pd.DataFrame(values, index=self.ids, columns=self.activities)


def two_way(
    table: pd.DataFrame,
    *,
    argument: str = "table",
    counts: bool = False,
    zero_totals: ZeroTotals = "refuse",
    fewest: tuple[int, int] = (2, 2),
    missing: str = "table.fillna(0) if none is meant",
) -> TwoWay:
    """Read a table of regions × activities.

    Parameters
    ----------
    table : DataFrame, n × k
        Indexed by region id, a column an activity: organisations, employees, patents, exports.
        Non-negative numbers; rows and columns in any order. Not changed.
    argument : str
        Name of the caller's argument, for messages.
    counts : bool
        Whether a formula needs whole numbers: intervals of sampled units do.
    zero_totals : {"refuse", "allow"}
        Whether a region or an activity may be empty.
    fewest : (int, int)
        Least number of regions and of activities.
    missing : str
        What to do about missing figures.

    Returns
    -------
    TwoWay

    Raises
    ------
    InputError
        If `table` is no DataFrame, has a column twice, or too few regions or activities.
    IdError
        If region ids are duplicated, missing, unknown or of mixed schemes.
    ValuesError
        If figures are missing, infinite, negative, no numbers or, with `counts`, not whole; or a
        region or activity has none. Regions and activities are named.

    Examples
    --------
    >>> read = two_way(pd.DataFrame({"software": [3, 1], "design": [1, 5]}, index=["b", "a"]))
    >>> read.ids.tolist(), read.activities.tolist(), read.values.tolist()
    (['a', 'b'], ['design', 'software'], [[5.0, 1.0], [1.0, 3.0]])
    """
    check_option("zero_totals", zero_totals, ZeroTotals)
    _refuse_shape(table, argument, fewest)
    ids = region_ids(table.index, argument=argument)
    refuse_mixed(ids, argument=argument)
    _refuse_columns(table, argument)
    ordered = table.iloc[canonical_order(ids), canonical_order(table.columns)]
    values = ordered.to_numpy(dtype=np.float64, na_value=np.nan)
    read = TwoWay(ordered.index, ordered.columns, values)
    _refuse_cells(read, argument, counts=counts, missing=missing)
    if zero_totals == "refuse":
        refuse_empty(read, argument=argument, sides=("region", "activity"))
    values.setflags(write=False)
    return read


def _refuse_shape(table: pd.DataFrame, argument: str, fewest: tuple[int, int]) -> None:
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            argument,
            expected="a DataFrame of regions × activities, indexed by region id",
            found=type(table).__name__,
            remedy='long.pivot(index="region", columns="activity", values="employees")',
        )
    for found, least, what in zip(table.shape, fewest, ("regions", "activities"), strict=True):
        if found < least:
            raise InputError(
                argument,
                expected=f"at least {least} {what}",
                found=str(found),
                why="shares are compared with those of others",
                remedy=f"pass the table of all {what}, a row a region and a column an activity",
            )


def _refuse_columns(table: pd.DataFrame, argument: str) -> None:
    geometry = getattr(table, "_geometry_column_name", None)
    if geometry is not None and geometry in table.columns:
        raise InputError(
            argument,
            expected="figures only",
            found=f"a geometry column {geometry!r} among them",
            remedy=f"table.drop(columns={geometry!r})",
        )
    repeated = table.columns[table.columns.duplicated()].unique()
    if len(repeated) or table.columns.hasnans:
        raise InputError(
            argument,
            expected="a name for each activity, each once",
            found=f"{len(repeated)} names that occur more than once"
            if len(repeated)
            else "columns without a name",
            offenders=repeated,
            remedy="table.T.groupby(level=0).sum().T adds up activities of one name",
        )
    _refuse_words([c for c in table.columns if holds_words(table[c])], table, argument)
    # names may be numbers, as codes of industries are
    named = table.set_axis([str(name) for name in table.columns], axis=1)
    refuse_unusable(named, list(named.columns))
    words = [c for c in table.columns if not pd.api.types.is_numeric_dtype(table[c].dtype)]
    _refuse_words(words, table, argument)


def _refuse_words(words: list[Any], table: pd.DataFrame, argument: str) -> None:
    if words:
        raise ValuesError(
            argument,
            expected="numbers in every column",
            found=f"values of type {table[words[0]].dtype}",
            offenders=words,
            remedy=f"table.drop(columns={words!r})",
        )


def _refuse_cells(read: TwoWay, argument: str, *, counts: bool, missing: str) -> None:
    values = read.values
    with np.errstate(invalid="ignore"):
        faults: tuple[tuple[BoolArray, str, str, str], ...] = (
            (np.isnan(values), "no missing figures", "missing", missing),
            (np.isinf(values), "finite figures", "infinite", "look for a division by zero"),
            (values < 0, "figures of 0 or more", "negative", NEGATIVE),
        )
        if counts:
            rest = values != np.round(values)
            way = "counts are whole; intervals of other figures need counts behind them"
            faults = (*faults, (rest, "whole numbers", "with a fraction", way))
    for bad, expected, found, remedy in faults:
        if bad.any():
            where = read.cells(bad)
            raise ValuesError(
                argument,
                expected=expected,
                found=f"{len(where)} that are {found}",
                offenders=where,
                remedy=remedy,
            )


def refuse_empty(
    read: TwoWay, *, argument: str, sides: tuple[Literal["region", "activity"], ...]
) -> None:
    """Refuse regions, or activities, that have nothing of anything, by name."""
    for what in sides:
        rows = what == "region"
        empty = read.values.sum(axis=1 if rows else 0) == 0
        if empty.any():
            plural = "regions" if rows else "activities"
            kept = "table[table.sum(axis=1) > 0]" if rows else "table.loc[:, table.sum() > 0]"
            raise ValuesError(
                argument,
                expected=f"a positive total of every {what}",
                found=f"{int(empty.sum())} {plural} with a total of zero",
                offenders=(read.ids if rows else read.activities)[empty],
                why="a share of nothing is no number",
                remedy=f"leave them out: {kept}",
            )
