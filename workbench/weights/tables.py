"""Numbers between pairs of regions, from a square table, checked and in sorted order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import IdError, InputError, ValuesError, WeightsError, listing
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import BoolArray, FloatArray, IntArray
from workbench.weights import cells
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
        Not checked until :func:`require_sound`.
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

    def valued(self, value: FloatArray) -> PairTable:
        """Return the same pairs with other values."""
        return PairTable(self.ids, self.focal, self.neighbor, value)

    def names(self, mask: BoolArray) -> list[str]:
        """Return some of the pairs as a message names them."""
        ends = zip(self.focal[mask], self.neighbor[mask], strict=True)
        return [f"{self.ids[i]} -> {self.ids[j]}" for i, j in ends]

    def matrix(self) -> CsrArray:
        """Return the values as a canonical matrix, shape (n, n)."""
        n = len(self.ids)
        return canonical(sparse.coo_array((self.value, (self.focal, self.neighbor)), shape=(n, n)))


def square(matrix: Any, ids: Any = None, *, argument: str, zeros: bool) -> PairTable:
    """Read a labelled DataFrame, or a bare or sparse matrix with ids beside it.

    Every cell of a dense table is a pair, also those that are missing, and with `zeros` those
    that are 0; of a sparse one those that are stored, entries of the same cell added.
    """
    if isinstance(matrix, pd.DataFrame):
        if ids is not None:
            raise InputError(
                "ids",
                expected="nothing beside a DataFrame, whose index names the regions",
                found=type(ids).__name__,
                remedy=f"leave ids out, or pass {argument}.to_numpy() with ids=",
            )
        labels = _labels(matrix, argument)
        return _dense(labels, cells.numbers(matrix[labels], argument=argument), zeros)
    _refuse_weights(matrix, argument)
    if ids is None:
        raise InputError(
            "ids",
            expected="the region id of each row",
            found=f"{type(matrix).__name__} without labels",
            why="rows of a bare matrix cannot be joined by key",
            remedy="pass ids=regions.index, in the order of the rows",
        )
    labels = region_ids(ids_of(ids, argument="ids"), argument="ids").rename("region")
    if sparse.issparse(matrix):
        stored: Any = matrix
        if stored.dtype.kind == "c":
            cells.array_numbers(stored.tocsr().data, argument=argument)
        _check_shape(stored.shape, len(labels), argument)
        return _stored(labels, stored)
    values = cells.array_numbers(matrix, argument=argument)
    _check_shape(values.shape, len(labels), argument)
    return _dense(labels, values, zeros)


def require_ids(found: pd.Index, regions: Any, *, argument: str) -> None:
    """Refuse pairs whose ids are not exactly those of the regions."""
    if regions is None:
        return
    expected = region_ids(ids_of(regions, argument="regions"), argument="regions")
    missing, extra = expected[~expected.isin(found)], found[~found.isin(expected)]
    if len(missing) or len(extra):
        raise other_ids(argument, extra, missing, expected)


def ids_of(regions: Any, *, argument: str) -> pd.Index:
    """Return the index of a table or Series, or an index or sequence of ids as an index."""
    if isinstance(regions, pd.Index):
        return regions
    index: Any = getattr(regions, "index", None)
    if isinstance(index, pd.Index):
        return index
    try:
        listed: pd.Index = pd.Index(list(regions))
    except (TypeError, ValueError) as error:
        raise InputError(
            argument,
            expected="region ids: an index, a sequence, or a table indexed by them",
            found=type(regions).__name__,
            remedy=f"pass {argument}=regions.index",
        ) from error
    return listed


def other_ids(argument: str, extra: Any, missing: Any, expected: pd.Index) -> IdError:
    """Return the error that names ids which are no region, and regions without ids."""
    told = [
        f"{len(extra)} that are no region ({listing(list(extra))})" if len(extra) else "",
        f"{len(missing)} regions without ({listing(list(missing))})" if len(missing) else "",
    ]
    kinds = {"text" if isinstance(name, str) else "numbers" for name in extra}
    regions = "text" if isinstance(expected[0], str) else "numbers"
    remedy = f"ids look like {listing(list(expected))}; rename, drop or add the others"
    if len(extra) and kinds != {regions}:
        kind = "str" if regions == "text" else "int"
        remedy = f"ids of the regions are {regions}: convert the others, .astype({kind})"
    return IdError(
        argument,
        expected=f"the ids of the {len(expected)} regions",
        found=" and ".join(part for part in told if part),
        offenders=[*extra, *missing],
        why="weights of other regions would be joined with the data",
        remedy=remedy,
    )


def without_diagonal(
    pairs: PairTable, *, policy: str, argument: str, option: str, what: str
) -> PairTable:
    """Leave regions with themselves out, or refuse them where they are not 0."""
    own = pairs.itself & (pairs.value != 0)
    if own.any() and policy == "error":
        raise WeightsError(
            argument,
            expected="no region as its own neighbour",
            found=f"{int(own.sum())} {what}",
            offenders=list(pairs.ids[pairs.focal[own]]),
            why="the lag of a variable would contain the variable itself",
            remedy=f'leave them out: {option}="drop"',
        )
    return pairs.chosen(~pairs.itself)


def require_sound(pairs: PairTable, *, argument: str, missing: str = "") -> None:
    """Refuse values that are missing, infinite or negative, by the names of their pairs.

    Parameters
    ----------
    pairs : PairTable
        Values as they came.
    argument : str
        Name of the caller's argument.
    missing : str
        How the caller's table says that a pair has no value, for the message.
    """
    faults = (
        (np.isnan(pairs.value), "a value in every cell", "missing values"),
        (np.isinf(pairs.value), "finite values", "infinite values"),
        (pairs.value < 0, "values that are not negative", "negative values"),
    )
    for bad, expected, found in faults:
        if bad.any():
            negative = found.startswith("negative")
            raise ValuesError(
                argument,
                expected=expected,
                found=f"{int(bad.sum())} {found}",
                offenders=pairs.names(bad),
                why="the admissible interval of rho and row normalisation assume one sign"
                if negative
                else "whether these pairs are linked, and how much, is not said",
                remedy="look at these pairs; differences and correlations are no weights"
                if negative
                else f"complete these pairs{missing}",
            )


def _labels(matrix: pd.DataFrame, argument: str) -> pd.Index:
    """Return the labels of the rows, which the columns must have too."""
    rows = region_ids(matrix.index, argument=argument)
    columns = region_ids(matrix.columns, argument=argument)
    missing, extra = rows[~rows.isin(columns)], columns[~columns.isin(rows)]
    if not len(missing) and not len(extra):
        return rows.rename("region")
    remedy = f"take a table of regions by regions, e.g. {argument}.loc[ids, ids]"
    if not len(rows.intersection(columns)):
        kind = "str" if isinstance(rows[0], str) else "int"
        remedy = f"{argument}.columns = {argument}.columns.astype({kind})"
        if not set(rows.astype(str)) & set(columns.astype(str)):
            remedy = "a long table has to name its columns; a bare matrix goes with ids="
    raise IdError(
        argument,
        expected="the same ids in the index and in the columns",
        found=f"{len(missing)} only in the index ({listing(list(missing))}), "
        f"{len(extra)} only in the columns ({listing(list(extra))})",
        offenders=[*missing, *extra],
        why="rows are regions and columns their neighbours",
        remedy=remedy,
    )


def _refuse_weights(matrix: Any, argument: str) -> None:
    if hasattr(matrix, "sparse") and hasattr(matrix, "cardinalities"):
        raise InputError(
            argument,
            expected="a matrix",
            found=f"{type(matrix).__name__}, which are weights with ids",
            remedy="pass them to the function that takes weights as they are, or "
            "wb.weights.as_weights(W)",
        )


def _check_shape(shape: tuple[int, ...], n: int, argument: str) -> None:
    if shape != (n, n):
        raise WeightsError(
            argument,
            expected=f"shape {(n, n)}, a row and a column for each of the {n} ids",
            found=f"shape {shape}",
            remedy="pass ids in the order of the rows, one for each",
        )


def _dense(labels: pd.Index, values: FloatArray, zeros: bool) -> PairTable:
    order = canonical_order(labels)
    values = values[np.ix_(order, order)]
    focal, neighbor = np.nonzero(np.ones(values.shape, dtype=bool) if zeros else values != 0)
    return PairTable(labels[order], focal, neighbor, values[focal, neighbor])


def _stored(labels: pd.Index, matrix: Any) -> PairTable:
    order = canonical_order(labels)
    added: Any = sparse.csr_array(matrix, dtype=np.float64, copy=True)
    added.sum_duplicates()
    entries: Any = added[order, :][:, order].tocoo()
    sequence = np.lexsort((entries.col, entries.row))
    focal, neighbor, value = entries.row[sequence], entries.col[sequence], entries.data[sequence]
    return PairTable(labels[order], focal.astype(np.int64), neighbor.astype(np.int64), value)
