"""Numbers between pairs of regions, from a square table or a long one, checked and in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import IdError, InputError, ValuesError, WeightsError, listing
from workbench.numerics.matrices import CsrArray
from workbench.typing import BoolArray, FloatArray, IntArray
from workbench.weights.graphs import canonical


@dataclass(frozen=True, slots=True)
class PairTable:
    """Values of ordered pairs of regions; a pair that is not listed has none.

    Attributes
    ----------
    ids : pandas.Index
        Sorted region ids.
    focal, neighbor : ndarray, shape (m,)
        Positions of the pairs, each once, diagonal included.
    value : ndarray, shape (m,)
        Finite and not negative.
    """

    ids: pd.Index
    focal: IntArray
    neighbor: IntArray
    value: FloatArray

    @property
    def itself(self) -> BoolArray:
        """Whether a pair is a region with itself."""
        return np.asarray(self.focal == self.neighbor)

    def chosen(self, mask: BoolArray) -> PairTable:
        """Return some of the pairs."""
        return PairTable(self.ids, self.focal[mask], self.neighbor[mask], self.value[mask])

    def matrix(self) -> CsrArray:
        """Return the values as a canonical matrix, shape (n, n)."""
        n = len(self.ids)
        return canonical(sparse.coo_array((self.value, (self.focal, self.neighbor)), shape=(n, n)))


def square(matrix: Any, ids: Any, *, argument: str) -> PairTable:
    """Read a labelled DataFrame, or a bare or sparse matrix with ids beside it.

    A cell that is missing in a DataFrame is a pair without a value; in a sparse matrix so is a
    cell that is not stored. Zeros are values.
    """
    if isinstance(matrix, pd.DataFrame):
        if ids is not None:
            raise InputError(
                "ids",
                expected="nothing beside a DataFrame, whose index names the regions",
                found=type(ids).__name__,
                remedy="pass matrix.to_numpy() with ids=, or leave ids out",
            )
        labels, values = _labelled(matrix, argument)
        focal, neighbor = np.nonzero(~np.isnan(values))
        return _sorted(labels, focal, neighbor, values[focal, neighbor], argument)
    if ids is None:
        raise InputError(
            "ids",
            expected="the region id of each row",
            found="a matrix without labels",
            why="rows of a bare matrix cannot be joined by key",
            remedy="pass ids=regions.index, in the order of the rows",
        )
    labels = region_ids(pd.Index(ids), argument="ids")
    given: Any = matrix if sparse.issparse(matrix) else np.asarray(matrix)
    entries: Any = sparse.coo_array(given)
    if entries.shape != (len(labels), len(labels)):
        raise WeightsError(
            argument, expected=f"shape {(len(labels),) * 2}", found=f"shape {entries.shape}"
        )
    return _sorted(labels, entries.row, entries.col, entries.data, argument)


def long(
    table: pd.DataFrame,
    *,
    columns: tuple[str, str, str],
    argument: str,
    regions: Any = None,
    repeated: str = "error",
) -> tuple[PairTable, int]:
    """Read a long table of origin, destination and value.

    Parameters
    ----------
    table : DataFrame
        A row a pair; not changed.
    columns : tuple of str
        Names of the columns of focal region, neighbour and value.
    argument : str
        Name of the caller's argument, for messages.
    regions : Index, Series or DataFrame indexed by region id, optional
        The regions, also those without any pair; without it the ids that the table names.
    repeated : {"error", "sum"}
        What is done with a pair that is listed twice.

    Returns
    -------
    pairs, merged
        The pairs, and how many rows were added to another of the same pair.
    """
    absent = [name for name in columns if name not in table.columns]
    if absent:
        raise InputError(
            argument,
            expected=f"columns {', '.join(columns)}",
            found=f"no {', '.join(absent)}; there are {listing(list(table.columns))}",
        )
    for name in columns[:2]:
        if table[name].isna().any():
            raise ValuesError(
                argument,
                expected=f"an id in every row of {name!r}",
                found=f"{int(table[name].isna().sum())} missing",
                offenders=list(table.index[table[name].isna()]),
                remedy="drop these rows",
            )
    named = pd.Index(pd.unique(pd.concat([table[columns[0]], table[columns[1]]])))
    labels = region_ids(named if regions is None else ids_of(regions), argument="regions")
    unknown = named[~named.isin(labels)]
    if len(unknown):
        raise _other_ids(argument, unknown, [], labels)
    labels = labels[canonical_order(labels)]
    value = _values(table[columns[2]], argument)
    focal, neighbor = (labels.get_indexer(pd.Index(table[name])) for name in columns[:2])
    key = focal.astype(np.int64) * len(labels) + neighbor
    first, inverse = np.unique(key, return_index=True, return_inverse=True)[1:]
    merged = len(key) - len(first)
    if merged and repeated == "error":
        again = np.setdiff1d(np.arange(len(key)), first)
        raise ValuesError(
            argument,
            expected="each pair of regions once",
            found=f"{merged} rows that repeat a pair",
            offenders=[f"{labels[focal[i]]} -> {labels[neighbor[i]]}" for i in again],
            remedy='sum them: repeated="sum", or aggregate first',
        )
    total: Any = np.bincount(inverse, weights=value, minlength=len(first))
    pairs = PairTable(labels, focal[first], neighbor[first], total)
    _check(pairs, argument)
    return pairs, merged


def require_ids(found: pd.Index, regions: Any, *, argument: str) -> None:
    """Refuse pairs whose ids are not exactly those of the regions."""
    if regions is None:
        return
    expected = region_ids(ids_of(regions), argument="regions")
    missing, extra = expected.difference(found), found.difference(expected)
    if len(missing) or len(extra):
        raise _other_ids(argument, extra, missing, expected)


def ids_of(regions: Any) -> pd.Index:
    """Return the index of a table, or an index as it is."""
    if isinstance(regions, pd.Index):
        return regions
    index = getattr(regions, "index", None)
    return index if isinstance(index, pd.Index) else pd.Index(list(regions))


def without_diagonal(pairs: PairTable, *, policy: str, argument: str, what: str) -> PairTable:
    """Leave regions with themselves out, or refuse them where they are not 0."""
    own = pairs.itself & (pairs.value != 0)
    if own.any() and policy == "error":
        raise WeightsError(
            argument,
            expected="no region as its own neighbour",
            found=f"{int(own.sum())} {what}",
            offenders=list(pairs.ids[pairs.focal[own]]),
            why="the lag of a variable would contain the variable itself",
            remedy='leave them out: diagonal="drop"',
        )
    return pairs.chosen(~pairs.itself)


def _labelled(matrix: pd.DataFrame, argument: str) -> tuple[pd.Index, FloatArray]:
    rows = region_ids(matrix.index, argument=argument)
    columns = region_ids(matrix.columns, argument=argument)
    extra, missing = columns.difference(rows), rows.difference(columns)
    if len(extra) or len(missing):
        raise IdError(
            argument,
            expected="the same ids in the index and in the columns",
            found=f"{len(missing)} only in the index, {len(extra)} only in the columns",
            offenders=[*missing, *extra],
        )
    ordered = matrix[rows]
    try:
        return rows, ordered.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValuesError(argument, expected="numbers", found="cells that are not") from error


def _sorted(labels: pd.Index, focal: Any, neighbor: Any, value: Any, argument: str) -> PairTable:
    order = canonical_order(labels)
    rank = np.empty(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(labels))
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValuesError(argument, expected="numbers", found="values that are not") from error
    ends = rank[np.asarray(focal)], rank[np.asarray(neighbor)]
    sequence = np.lexsort((ends[1], ends[0]))
    pairs = PairTable(
        labels[order].rename("region"), ends[0][sequence], ends[1][sequence], numbers[sequence]
    )
    _check(pairs, argument)
    return pairs


def _values(column: pd.Series, argument: str) -> FloatArray:
    try:
        return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError) as error:
        raise ValuesError(
            argument, expected=f"numbers in {column.name!r}", found="values that are not"
        ) from error


def _check(pairs: PairTable, argument: str) -> None:
    for bad, expected, found in (
        (~np.isfinite(pairs.value), "finite values", "missing or infinite values"),
        (pairs.value < 0, "values that are not negative", "negative values"),
    ):
        if bad.any():
            ends = zip(pairs.focal[bad], pairs.neighbor[bad], strict=True)
            raise ValuesError(
                argument,
                expected=expected,
                found=f"{int(bad.sum())} {found}",
                offenders=[f"{pairs.ids[i]} -> {pairs.ids[j]}" for i, j in ends],
                why="neither has a meaning as a weight or as a cost",
                remedy="complete or drop these pairs first",
            )


def _other_ids(argument: str, extra: Any, missing: Any, expected: pd.Index) -> IdError:
    told = [
        f"{len(extra)} that are no region ({listing(list(extra))})" if len(extra) else "",
        f"{len(missing)} regions without ({listing(list(missing))})" if len(missing) else "",
    ]
    return IdError(
        argument,
        expected=f"the ids of the {len(expected)} regions",
        found=" and ".join(part for part in told if part),
        offenders=[*extra, *missing],
        remedy=f"ids look like {listing(list(expected))}; rename, drop or add the others",
    )
