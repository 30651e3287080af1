"""Numbers of agents and of links: whole, by region, by type and by pair of types."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import label
from workbench.core.ids import canonical_order, region_ids
from workbench.data.schemes import refuse_mixed
from workbench.errors import IdError, InputError, ValuesError, unknown_name

PAIR = "{}-{}"
"""Name of a pair of types in tables."""
MOST = 1_000_000_000
"""Agents of a region whose pairs are still counted exactly in 64 bits."""


def counts_of(counts: Any) -> pd.DataFrame:
    """Return whole numbers by region and type, regions sorted.

    Raises
    ------
    InputError, IdError, ValuesError
        If there is no table, ids are unusable, or cells are not whole numbers of at least 0.
    """
    table = _frame(counts, "counts", name="agents")
    repeated = table.columns[table.columns.duplicated()]
    if len(repeated):
        raise InputError(
            "counts",
            expected="each type once",
            found="types that occur more than once",
            offenders=repeated.unique().tolist(),
        )
    whole = _whole(table, "counts")
    totals = whole.sum(axis=1)
    if (totals > MOST).any():
        raise ValuesError(
            "counts",
            expected=f"at most {MOST:,} agents in a region",
            found=f"{int(totals.max()):,}",
            offenders=totals.index[totals > MOST].tolist(),
            remedy="count in thousands",
        )
    return whole


def _frame(given: Any, argument: str, *, name: str) -> pd.DataFrame:
    if isinstance(given, pd.Series):
        given = given.to_frame(str(given.name) if given.name is not None else name)
    if not isinstance(given, pd.DataFrame) or given.shape[1] == 0:
        raise InputError(
            argument,
            expected="a Series, or a DataFrame with a column a type, by region id",
            found=type(given).__name__,
            remedy='e.g. table[["firms", "universities"]]',
        )
    ids = region_ids(given.index, argument=argument)
    refuse_mixed(ids, argument=argument)
    table = pd.DataFrame(given).iloc[canonical_order(ids)]
    table.index = table.index.rename(table.index.name or "region")
    table.columns = pd.Index([str(column) for column in table.columns])
    return table


def _whole(table: pd.DataFrame, argument: str) -> pd.DataFrame:
    types = pd.api.types
    other = [
        c for c, kind in table.dtypes.items() if not types.is_numeric_dtype(kind)
        or types.is_bool_dtype(kind) or types.is_complex_dtype(kind)
    ]  # fmt: skip
    if other:
        raise ValuesError(
            argument,
            expected="numbers in every column",
            found="columns that are not numeric",
            offenders=other,
            remedy="keep the columns that count something",
        )
    values = table.to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(values) | (values < 0) | (values != np.round(values))
    if bad.any():
        raise ValuesError(
            argument,
            expected="whole numbers of at least 0",
            found=f"{int(bad.sum())} missing, negative, infinite or fractional",
            offenders=[label((table.index[i], table.columns[k])) for i, k in np.argwhere(bad)],
            why="pairs are of things that can be counted",
            remedy="counts, not rates or logarithms",
        )
    if (values > MOST).any():
        raise ValuesError(
            argument, expected=f"at most {MOST:,}", found=f"{values.max():g}",
            remedy="count in thousands",
        )  # fmt: skip
    return pd.DataFrame(values.astype(np.int64), index=table.index, columns=table.columns)


def pairs_of(between: Any, types: list[str]) -> list[tuple[str, str]]:
    """Return the pairs of types that can link, all of them for None; refuse unknown ones."""
    if between is None:
        return list(combinations_with_replacement(types, 2))
    if isinstance(between, str) or not isinstance(between, Sequence) or not len(between):
        raise _no_pairs(between, types)
    seen: set[frozenset[str]] = set()
    out = []
    for pair in between:
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise _no_pairs(pair, types)
        for name in pair:
            if name not in types:
                raise unknown_name("type", name, types)
        if frozenset(pair) in seen:
            raise InputError(
                "between",
                expected="each pair once, in one order",
                found=f"{tuple(pair)!r} again",
                why="its links would count twice",
            )
        seen.add(frozenset(pair))
        out.append((str(pair[0]), str(pair[1])))
    return out


def _no_pairs(found: object, types: list[str]) -> InputError:
    return InputError(
        "between",
        expected="pairs of types",
        found=repr(found),
        remedy=f"between=[({types[0]!r}, {types[-1]!r})]",
    )


def actual_links(actual: Any, ids: pd.Index, names: list[str]) -> pd.DataFrame:
    """Return links that there are, by region and pair of types; ``"within"`` of all together."""
    table = _frame(actual, "actual", name="within")
    if isinstance(actual, pd.Series):
        table.columns = ["within"]
    unknown = [column for column in table.columns if column not in (*names, "within")]
    if unknown:
        raise unknown_name("pair of types", unknown[0], [*names, "within"])
    apart = table.index.symmetric_difference(ids)
    if len(apart):
        raise IdError(
            "actual",
            expected="the regions of the counts",
            found=f"{len(apart)} regions that only one of them has",
            offenders=apart.tolist(),
            remedy="actual.reindex(counts.index, fill_value=0), if those have none",
        )
    return _whole(table, "actual")


def refuse_more_than_possible(found: pd.DataFrame, table: pd.DataFrame) -> None:
    """Refuse more links than pairs of agents, naming regions and pairs of types."""
    more = found.to_numpy() > table[list(found.columns)].to_numpy()
    if more.any():
        raise ValuesError(
            "actual",
            expected="no more links than pairs of agents",
            found=f"{int(more.sum())} cells with more",
            offenders=[label((found.index[i], found.columns[k])) for i, k in np.argwhere(more)],
            why="a link of two agents counts once, however often they work together",
            remedy="count linked pairs, not projects; or add the agents that are missing",
        )
