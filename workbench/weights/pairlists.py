"""Numbers between pairs of regions from a long table: a row a pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import InputError, ValuesError, listing, nearest
from workbench.typing import FloatArray, IntArray
from workbench.weights import cells, tables
from workbench.weights.tables import PairTable


@dataclass(frozen=True, slots=True)
class Read:
    """Pairs that were read, and what happened on the way.

    Attributes
    ----------
    pairs : PairTable
        Each pair once, sound.
    merged : int
        How many rows were added to another of the same pair.
    """

    pairs: PairTable
    merged: int


def read(
    table: Any,
    *,
    columns: Sequence[Any],
    argument: str,
    regions: Any = None,
    repeated: str = "error",
    may_sum: bool = True,
) -> Read:
    """Read a long table of focal region, neighbour and value.

    Parameters
    ----------
    table : DataFrame
        A row a pair; not changed.
    columns : sequence of three column names
        Of focal region, neighbour and value.
    argument : str
        Name of the caller's argument, for messages.
    regions : Index, Series or DataFrame indexed by region id, optional
        The regions, also those without any pair; without it the ids that the table names.
    repeated : {"error", "sum"}
        What is done with a pair that is listed twice. Values are added in order of size, so
        that the order of the rows does not change a bit.
    may_sum : bool
        Whether the caller offers ``"sum"``, for the message.
    """
    first, second, third = _columns(table, columns, argument)
    ends = [_ends(table[name], argument) for name in (first, second)]
    named = pd.Index(pd.unique(pd.concat([table[first], table[second]])))
    if regions is None:
        labels = region_ids(named, argument=argument)
    else:
        labels = region_ids(tables.ids_of(regions, argument="regions"), argument="regions")
        unknown = named[~named.isin(labels)]
        if len(unknown):
            raise tables.other_ids(argument, unknown, [], labels)
    labels = labels[canonical_order(labels)].rename("region")
    focal, neighbor = (labels.get_indexer(end) for end in ends)
    value = cells.numbers(table[[third]], argument=argument)[:, 0]
    rows = PairTable(labels, focal, neighbor, value)
    tables.require_sound(rows, argument=argument, missing=", or drop these rows")
    aggregate = f"aggregate first, e.g. {argument}.groupby([{first!r}, {second!r}])[{third!r}]"
    if may_sum:
        aggregate = f'repeated="sum" adds them; or {aggregate}.mean()'
    else:
        aggregate += ".min()"
    return _merged(rows, argument, repeated, remedy=aggregate)


def _merged(rows: PairTable, argument: str, repeated: str, *, remedy: str) -> Read:
    key = rows.focal.astype(np.int64) * len(rows.ids) + rows.neighbor
    order = np.lexsort((rows.value, key))
    pair, start, count = np.unique(key[order], return_index=True, return_counts=True)
    again = count > 1
    focal, neighbor = np.divmod(pair, len(rows.ids))
    if again.any() and repeated == "error":
        found = PairTable(rows.ids, focal, neighbor, np.zeros(len(pair)))
        raise ValuesError(
            argument,
            expected="each pair of regions once",
            found=f"{int(again.sum())} pairs in {int(count[again].sum())} rows",
            offenders=found.names(again),
            why="which of the rows counts, or whether they add up, is not said",
            remedy=remedy,
        )
    total = _sums(rows.value[order], start)
    return Read(PairTable(rows.ids, focal, neighbor, total), len(key) - len(pair))


def _sums(value: FloatArray, start: IntArray) -> FloatArray:
    return np.asarray(np.add.reduceat(value, start)) if len(start) else value


def _columns(table: Any, columns: Sequence[Any], argument: str) -> tuple[Any, Any, Any]:
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            argument,
            expected="a DataFrame with a row a pair of regions",
            found=type(table).__name__,
            remedy="for a square matrix use wb.weights.from_matrix(matrix, ids)",
        )
    names = [columns] if isinstance(columns, str) else list(columns)
    if len(names) != 3 or len(set(names)) != 3:
        raise InputError(
            "columns",
            expected="three different columns: focal region, neighbour, value",
            found=listing(names),
        )
    absent = [name for name in names if name not in table.columns]
    if absent:
        known = [str(name) for name in table.columns]
        raise InputError(
            argument,
            expected=f"columns {listing(names)}",
            found=f"no {listing(absent)}; there are {listing(known)}",
            remedy=nearest(absent[0], known) or "name the columns that hold them",
        )
    twice = [name for name in names if (table.columns == name).sum() > 1]
    if twice:
        raise InputError(
            argument,
            expected="each column once",
            found=f"several columns named {listing(twice)}",
            remedy="rename or drop all but one",
        )
    if not len(table):
        raise InputError(argument, expected="at least one row", found="an empty table")
    return names[0], names[1], names[2]


def _ends(column: pd.Series, argument: str) -> pd.Index:
    missing = column.isna()
    if missing.any():
        raise ValuesError(
            argument,
            expected=f"an id in every row of {column.name!r}",
            found=f"{int(missing.sum())} missing, in the rows below",
            offenders=list(column.index[missing]),
            why="a flow from or to nowhere belongs to no pair",
            remedy=f"{argument}.dropna(subset=[{column.name!r}]), if these rows may be left out",
        )
    ends: pd.Index = pd.Index(column)
    return ends
