"""What is done with regions that have no neighbour: refuse, link to the nearest, or keep."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.errors import WeightsError
from workbench.numerics.matrices import CsrArray
from workbench.typing import IntArray
from workbench.weights.geometry import Measure
from workbench.weights.graphs import canonical


def positions(matrix: CsrArray) -> IntArray:
    """Return the positions of empty rows, shape (m,)."""
    return np.flatnonzero(np.diff(matrix.indptr) == 0)


def refuse(ids: pd.Index, alone: IntArray, *, found: str, remedy: str = "") -> WeightsError:
    """Return the error that names regions without neighbours."""
    policies = (
        'islands="nearest" links each to its nearest region, islands="keep" keeps them without '
        "neighbours"
    )
    return WeightsError(
        "islands",
        expected='at least one neighbour for every region (islands="error")',
        found=found,
        offenders=list(ids[alone]),
        why="the spatial lag of an island is 0, which models take for a value",
        remedy=f"{remedy}; {policies}" if remedy else policies,
    )


def link_nearest(
    ids: pd.Index, matrix: CsrArray, measure: Measure, *, unit: str, power: float = 0.0
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
    power : float, default 0
        The new links weigh 1/distanceᵖ: 1 with the default.

    Returns
    -------
    matrix, notes
        With the links added, and a sentence for each island.
    """
    alone = positions(matrix)
    if len(ids) == 1:
        raise refuse(ids, alone, found="a single region, which has no nearest one")
    focal: list[int] = []
    neighbor: list[int] = []
    weight: list[float] = []
    notes: list[str] = []
    for island in alone.tolist():
        distances = np.array(measure(island), dtype=np.float64)
        distances[island] = np.inf
        nearest = int(np.argmin(distances))
        value = 1.0 if power == 0 else float(distances[nearest]) ** -power
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
