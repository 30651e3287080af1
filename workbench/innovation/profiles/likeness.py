"""Peers of a region: who they are, what makes them alike, how firm the choice is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.numerics.standing import likeness as kernel
from workbench.typing import IntArray, PeerMetric, Tolerance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Peers:
    """Regions most like one; immutable.

    Attributes
    ----------
    region : id
        The region whose peers they are.
    metric : {"robust", "mahalanobis"}
    rows : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    variables_rows : pandas.DataFrame
        What :attr:`variables` hands out copies of.
    kept : pandas.DataFrame
        What :attr:`stability` hands out copies of.
    could_be : tuple of ids
        Regions that would be peers if some variable were left out, the most frequent first.
    candidates : int
        Number of regions that peers were chosen from.
    values : pandas.DataFrame
        The variables of likeness of all regions, in sorted order of ids.
    restricted : bool
        Whether candidates were restricted by ``among``.
    notes : tuple of str
    provenance : Provenance
    """

    region: Any
    metric: PeerMetric
    rows: pd.DataFrame
    variables_rows: pd.DataFrame
    kept: pd.DataFrame
    could_be: tuple[Any, ...]
    candidates: int
    values: pd.DataFrame
    restricted: bool
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def heading(self) -> str:
        """Whose peers, and by how many variables."""
        return (
            f"{len(self.rows)} peers of {self.region} among {self.candidates} regions, "
            f"by {len(self.variables_rows)} variables"
        )

    @property
    def ids(self) -> tuple[Any, ...]:
        """The peers, the nearest first."""
        return tuple(self.rows.index)

    @property
    def variables(self) -> pd.DataFrame:
        """What makes them alike: a row a variable.

        Columns ``value peers_median peers_low peers_high country_median robust_scale
        distance_share``; the last is the share of the variable in the mean squared distance of the
        peers, missing for Mahalanobis distances, of which variables have no shares.
        """
        return self.variables_rows.copy()

    @property
    def stability(self) -> pd.DataFrame:
        """Whether each peer (row) stays when a variable (column) is left out."""
        return self.kept.copy()

    def of_others(self, ids: pd.Index) -> dict[Any, list[Any]]:
        """Return the peers that other regions would have, chosen in the same way among `ids`.

        Parameters
        ----------
        ids : pandas.Index
            Regions; those without values of likeness are passed over.
        """
        able = self.values.index[self.values.index.isin(ids)]
        X = self.values.to_numpy()
        rows = np.flatnonzero(self.values.index.isin(able)).astype(np.int64)
        labels = self.values.index.tolist()
        distance = {"robust": kernel.robust_distance, "mahalanobis": kernel.mahalanobis_distance}
        found = {}
        for row in rows.tolist():
            others = rows[rows != row]
            near = kernel.nearest_rows(distance[self.metric](X, row), others, len(self.rows))
            found[labels[row]] = [labels[one] for one in near]
        return found

    def tidy(self) -> pd.DataFrame:
        """Return a row a peer: ``rank distance share_same``, the nearest first."""
        return self.rows.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: peers, candidates, variables, farthest peer, mean share that stays."""
        return one_row(
            peers=len(self.rows),
            candidates=self.candidates,
            variables=len(self.variables_rows),
            distance=float(self.rows["distance"].max()),
            share_same=float(self.rows["share_same"].mean()),
        )

    def plot(self, *, title: str | None = None, names: pd.Series[Any] | None = None) -> Any:
        """Return peers by their distance, dark those that stay; options in ``views.profiles``."""
        return display.picture("peers", self, title=title, names=names)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.rows), ("What makes them alike", self.variables_rows)]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def variables_table(
    table: pd.DataFrame, focal: int, chosen: IntArray, metric: PeerMetric
) -> pd.DataFrame:
    """Return the region's values beside those of its peers and of all, a row a variable."""
    X = table.to_numpy()
    middle, scale = kernel.robust_scale(X)
    share = np.full(X.shape[1], np.nan)
    if metric == "robust":
        squares = (kernel.scaled_differences(X, focal)[chosen] ** 2).mean(axis=0)
        # peers that are the same in everything have no distance to share
        share = squares / squares.sum() if squares.sum() > 0 else share
    near = X[chosen]
    return pd.DataFrame(
        {
            "value": X[focal],
            "peers_median": np.median(near, axis=0),
            "peers_low": near.min(axis=0),
            "peers_high": near.max(axis=0),
            "country_median": middle,
            "robust_scale": scale,
            "distance_share": share,
        },
        index=pd.Index(table.columns, name="variable"),
    )
