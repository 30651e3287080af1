"""The places between which a spillover decays: distances by region, told apart by their digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest
from workbench.hypotheses.outlines import refuse_placeless
from workbench.typing import FloatArray, Metric, Unit
from workbench.weights import Weights, from_matrix


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """All distances between some regions; equal where ids and distances are.

    Attributes
    ----------
    ids : pandas.Index
        Sorted region ids, length n.
    distances : ndarray, shape (n, n)
        In `unit`; read-only.
    unit : str
    note : str
        What was measured, in a sentence.
    digest : str
        8 hexadecimal digits of ids and distances.
    """

    ids: pd.Index
    distances: FloatArray
    unit: str
    note: str
    digest: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sites) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def of(self, ids: pd.Index) -> Sites:
        """Return the distances between some of the regions.

        Raises
        ------
        IdError
            If a region has no place.
        """
        refuse_placeless(
            ids.difference(self.ids),
            argument="points",
            remedy="wb.hypotheses.decay_length(term, regions), with geometries of these ids",
        )
        at = self.ids.get_indexer(pd.Index(ids.sort_values()))
        part = self.distances[np.ix_(at, at)]
        return Sites(self.ids[at], part, self.unit, self.note, self.digest)

    def nearest(self) -> FloatArray:
        """Return the distance of each region to its nearest neighbour, shape (n,)."""
        return np.asarray((self.distances + np.diag(np.full(len(self.ids), np.inf))).min(axis=1))

    def matrix(self, length: float, *, row: bool) -> FloatArray:
        """Return w_ij = exp(−d_ij / length), the rows summing to 1 where `row`, shape (n, n)."""
        d = self.distances
        if row:  # a factor of a row is lost: the nearest has weight 1, and nothing underflows
            d = d - self.nearest()[:, None]
        with np.errstate(under="ignore", over="ignore"):
            W = np.exp(-d / length)
        np.fill_diagonal(W, 0.0)
        return np.asarray(W / W.sum(axis=1, keepdims=True) if row else W)

    def weights(self, length: float, *, row: bool) -> Weights:
        """Return the same as weights of the regions."""
        table = pd.DataFrame(self.matrix(length, row=row), index=self.ids, columns=self.ids)
        return from_matrix(table, normalize="row" if row else "none")


def sites_of(points: Any, *, metric: Metric, unit: Unit) -> Sites:
    """Measure the distances between all regions of a table of geometries."""
    from workbench.models.testing.distances import measure
    from workbench.weights.places import locate

    ids = locate(points, metric=metric, unit=unit).ids
    found = measure(points, ids, metric=metric, unit=unit)
    values = np.ascontiguousarray(found.distances)
    values.setflags(write=False)
    made = hashlib.blake2b(values.tobytes(), digest_size=4, key=ids_digest(ids).encode()[:64])
    return Sites(found.ids, values, found.unit, found.note, made.hexdigest())
