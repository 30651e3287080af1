"""What is done with regions without neighbours: refuse, link to the nearest, keep or drop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.errors import WeightsError, check_option, listing
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray, Islands, Normalization
from workbench.weights.geometry import Measure
from workbench.weights.graphs import canonical
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights, assemble

Refusal: TypeAlias = Callable[[IntArray], WeightsError]
"""From the positions of islands to the error that names them."""

Strength: TypeAlias = Callable[[FloatArray], FloatArray]
"""From distances to the weights of links that are added."""


def settle(
    ids: pd.Index,
    matrix: CsrArray,
    recipe: Recipe,
    *,
    normalization: Normalization,
    refuse: Refusal | None = None,
    measure: Measure | None = None,
    strength: Strength | None = None,
    unit: str = "",
) -> Weights:
    """Apply the recipe's islands policy to a matrix as built, say what was done, and normalise.

    Parameters
    ----------
    ids : pandas.Index
        Sorted ids, length n.
    matrix : csr_array of shape (n, n)
        Canonical weights as built.
    recipe : Recipe
        Its ``islands`` is the policy; notes are added to it.
    normalization : Normalization
        Of the weights that come out.
    refuse : callable, optional
        Makes the error under ``"error"`` from the positions of islands; by default one that
        names them.
    measure : callable, optional
        From a position to its distances to all regions, shape (n,), in `unit`: what
        ``"nearest"`` needs. Builders that measure nothing leave it out, and refuse the word.
    strength : callable, optional
        From distances to the weights of added links; by default 1.
    unit : str
        Unit of the distances, for the notes.

    Raises
    ------
    WeightsError
        If regions are islands under ``"error"``, or no region is left under ``"drop"``.
    """
    check_option("islands", recipe.islands, Islands)
    if recipe.islands == "nearest" and measure is None:
        raise _nothing_measured(recipe.builder)
    alone = positions(matrix)
    if not alone.size or recipe.islands == "keep":
        return assemble(ids, matrix, recipe, normalization=normalization)
    if recipe.islands == "error":
        error = refuse or (lambda found: refusal(ids, found, measured=measure is not None))
        raise error(alone)
    if recipe.islands == "drop":
        ids, matrix, note = without_islands(ids, matrix)
        return assemble(ids, matrix, recipe.noting(note), normalization=normalization)
    assert measure is not None
    matrix, notes = link_nearest(ids, matrix, measure, unit=unit, strength=strength)
    return assemble(ids, matrix, recipe.noting(*notes), normalization=normalization)


def without_islands(ids: pd.Index, matrix: CsrArray) -> tuple[pd.Index, CsrArray, str]:
    """Leave out islands, and regions that become islands by that, until none is left.

    Returns
    -------
    ids, matrix, note
        Of the regions that remain, and a sentence that names those that do not.

    Raises
    ------
    WeightsError
        If no region remains.
    """
    kept = np.arange(len(ids))
    alone = positions(matrix)
    while alone.size:
        kept = np.delete(kept, alone)
        trimmed = matrix[kept, :][:, kept]
        alone = positions(trimmed)
    if not kept.size:
        raise WeightsError(
            "islands",
            expected='regions with neighbours (islands="drop")',
            found=f"{len(ids)} regions, none of which would remain",
            remedy="widen the neighbourhood",
        )
    dropped = ids.delete(kept)
    note = (
        f"{len(dropped)} of {len(ids)} regions without neighbours dropped: {listing(list(dropped))}"
    )
    return ids[kept], canonical(matrix[kept, :][:, kept]), note if len(dropped) else ""


def refusal(
    ids: pd.Index, alone: IntArray, *, found: str = "", remedy: str = "", measured: bool = True
) -> WeightsError:
    """Return the error that names regions without neighbours."""
    policies = (
        'islands="keep" keeps them without neighbours, islands="drop" leaves them out of the '
        "weights"
    )
    if measured:
        policies = f'islands="nearest" links each to its nearest region, {policies}'
    return WeightsError(
        "islands",
        expected='at least one neighbour for every region (islands="error")',
        found=found or f"{alone.size} regions without any",
        offenders=list(ids[alone]),
        why="the spatial lag of an island is 0, which models take for a value",
        remedy=f"{remedy}; {policies}" if remedy else policies,
    )


def _nothing_measured(builder: str) -> WeightsError:
    return WeightsError(
        "islands",
        expected='"error", "keep" or "drop"',
        found=f'islands="nearest" for {builder}',
        why="these weights measure no distance, so that nobody is nearest",
        remedy='islands="drop" leaves regions without neighbours out, or add links from a map: '
        "wb.weights.union(W, wb.weights.knn(points, 1, islands=...))",
    )


def positions(matrix: CsrArray) -> IntArray:
    """Return the positions of empty rows, shape (m,)."""
    return np.flatnonzero(np.diff(matrix.indptr) == 0)


def link_nearest(
    ids: pd.Index,
    matrix: CsrArray,
    measure: Measure,
    *,
    unit: str,
    strength: Strength | None = None,
) -> tuple[CsrArray, tuple[str, ...]]:
    """Link every island both ways to its nearest region, and say so.

    Parameters
    ----------
    ids : pandas.Index
        Sorted ids, length n; ties go to the first.
    matrix : csr_array of shape (n, n)
        Weights as built.
    measure : callable
        From a position to distances to all regions, shape (n,), in `unit`.
    unit : str
        Unit of these distances, for the notes.
    strength : callable, optional
        From distances to the weights of new links; by default 1.

    Returns
    -------
    matrix, notes
        With the links added, and a sentence for each island.
    """
    alone = positions(matrix)
    if len(ids) == 1:
        raise refusal(ids, alone, found="a single region, which has no nearest one")
    focal: list[int] = []
    neighbor: list[int] = []
    weight: list[float] = []
    notes: list[str] = []
    for island in alone.tolist():
        distances = np.array(measure(island), dtype=np.float64)
        distances[island] = np.inf
        nearest = int(np.argmin(distances))
        value = 1.0 if strength is None else float(strength(distances[[nearest]])[0])
        focal += [island, nearest]
        neighbor += [nearest, island]
        weight += [value, value]
        notes.append(f"{ids[island]} linked to {ids[nearest]}, {distances[nearest]:.4g} {unit}")
    pairs: dict[tuple[int, int], float] = dict(
        zip(zip(focal, neighbor, strict=True), weight, strict=True)
    )
    added: Any = sparse.coo_array(
        (list(pairs.values()), tuple(np.array(list(pairs)).T)), shape=matrix.shape
    )
    return canonical(matrix + added), tuple(notes)
