"""Regions as rows of numbers, and the links between rows that are alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import InputError, ValuesError, WeightsError
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray, Normalization
from workbench.weights import cells
from workbench.weights.distances import check_k
from workbench.weights.graphs import canonical
from workbench.weights.islands import refusal, settle
from workbench.weights.limits import check_links
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights

TIE = 1e-12
"""Proximities that agree to this relative precision are a tie, broken by sorted ids."""

AT_ONCE = 4_000_000
"""Pairs that are compared at a time: 32 MB, and as much again for each step of a rule."""

Rule: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]
"""From some rows, shape (m, k), and all, shape (n, k), to proximities, shape (m, n)."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Links between regions that are alike.

    Attributes
    ----------
    matrix : csr_array of shape (n, n)
        Proximities that were kept, zero diagonal.
    best : ndarray, shape (n,)
        Proximity of each region to the one that is most like it, kept or not.
    """

    matrix: CsrArray
    best: FloatArray


def rows(table: Any, *, argument: str, negative: bool) -> tuple[pd.Index, FloatArray]:
    """Return sorted ids and the numbers of a table, shape (n, k), all finite."""
    ordered = sorted_rows(table, argument=argument)
    values = cells.numbers(ordered, argument=argument)
    for bad, expected, found in (
        (~np.isfinite(values), "finite values", "missing or infinite values"),
        ((values < 0) & (not negative), "values that are not negative", "negative values"),
    ):
        if bad.any():
            at, column = np.nonzero(bad)
            ends = zip(ordered.index[at], ordered.columns[column], strict=True)
            names = [f"{region} ({name})" for region, name in ends]
            raise ValuesError(
                argument,
                expected=expected,
                found=f"{len(names)} {found}",
                offenders=names,
                why="how alike these regions are to any other would not be defined",
                remedy="complete these values, or leave the regions out",
            )
    return ordered.index, values


def sorted_rows(table: Any, *, argument: str) -> pd.DataFrame:
    """Return a table with its rows in sorted order of ids."""
    if not isinstance(table, pd.DataFrame) or not len(table.columns):
        empty = isinstance(table, pd.DataFrame)
        raise InputError(
            argument,
            expected="a DataFrame indexed by region id, with a column at least",
            found="one without columns" if empty else type(table).__name__,
            remedy="" if empty else f"pandas.DataFrame({argument}, index=ids)",
        )
    ids = region_ids(table.index, argument=argument)
    if len(ids) < 2:
        raise InputError(argument, expected="two regions or more", found="one")
    ordered: pd.DataFrame = table.iloc[canonical_order(ids)]
    return ordered.rename_axis(index="region")


def alike(
    x: FloatArray, rule: Rule, *, threshold: float | None, k: int | None, argument: str
) -> Alike:
    """Compute proximities in blocks; keep those above the threshold, or the k largest of a row.

    Raises
    ------
    WeightsError
        If there are more links than memory serves.
    """
    n = len(x)
    if k is not None:
        k = check_k(k, n)
    if k is None and threshold is None:
        check_links(
            n * (n - 1), argument=argument, remedy="keep the strongest, e.g. k=20, or threshold="
        )
    step = max(1, AT_ONCE // n)
    parts, best, links = [], np.empty(n), 0
    for first in range(0, n, step):
        block = rule(x[first : first + step], x)
        at = np.arange(len(block))
        block[at, first + at] = 0.0
        best[first : first + step] = block.max(axis=1)
        if threshold is not None:
            block[block < threshold * (1 - TIE)] = 0.0
        if k is not None:
            block = _strongest(block, k)
        parts.append(sparse.csr_array(block))
        links += parts[-1].nnz
        check_links(links, argument=argument, remedy="ask for more likeness, or keep fewer: k=20")
    return Alike(canonical(sparse.vstack(parts)), best)


def linked(
    ids: pd.Index, found: Alike, recipe: Recipe, normalize: Normalization, *, remedy: str
) -> Weights:
    """Make weights of the links, with a way out for regions that are like no other."""

    def refuse(lost: IntArray) -> WeightsError:
        alone = f"{lost.size} regions that are not alike enough to any other"
        return refusal(ids, lost, found=alone, remedy=remedy, measured=False)

    directed = "nearest regions are directed: the weights are not symmetric"
    return settle(
        ids,
        found.matrix,
        recipe.noting(directed if "k" in recipe.parameters else ""),
        normalization=normalize,
        refuse=refuse,
    )


def check_share(threshold: Any) -> None:
    """Refuse a threshold of proximities that is not above 0 and at most 1."""
    number = isinstance(threshold, int | float | np.number) and not isinstance(threshold, bool)
    if threshold is not None and not (number and 0.0 < threshold <= 1.0):
        raise InputError(
            "threshold",
            expected="a number above 0 and at most 1",
            found=repr(threshold),
            why="proximities are between 0 and 1",
        )


def _strongest(block: FloatArray, k: int) -> FloatArray:
    """Keep the k largest of each row; ties go to the first."""
    last = np.partition(block, -k, axis=1)[:, [-k]]
    above = block > last * (1 + TIE)
    tied = ~above & (block >= last * (1 - TIE))
    room = k - above.sum(axis=1, keepdims=True)
    return np.asarray(np.where(above | (tied & (np.cumsum(tied, axis=1) <= room)), block, 0.0))
