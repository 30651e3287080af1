"""Groups of regions: who is in which, what they are like, how well they hold together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.explore.typology.partition import Plan
from workbench.explore.typology.profiles import Profiles
from workbench.numerics.partitions import agreement as partitions
from workbench.typing import FloatArray, IntArray, Tolerance

TITLES = {"skater": "SKATER", "ward": "Ward", "azp": "AZP", "max-p": "max-p"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Typology:
    """Groups of alike regions, contiguous or not; immutable.

    Attributes
    ----------
    profiles : Profiles
        The variables, raw and standardised, with the weights in use if there are any.
    plan : Plan
        Method and choices; what :func:`~workbench.explore.group_stability` repeats.
    membership : ndarray of int, shape (n,)
        Group of each region, 0 to k − 1, in the order of ``profiles.ids``; read-only.
    silhouette : ndarray, shape (n,)
        Of each region; read-only.
    seed : int
        Of the random steps, where the method has any.
    notes : tuple of str
        What the reader must know.
    provenance : Provenance
        What produced the result.
    tolerance : str
        Kind of the numbers, for comparison on another machine.
    """

    profiles: Profiles
    plan: Plan
    membership: IntArray
    silhouette: FloatArray
    seed: int
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def labels(self) -> pd.Series[Any]:
        """Group of each region by id, from 1: the largest first, equal sizes by their first id."""
        return pd.Series(self.membership + 1, index=self.profiles.ids, name="group")

    @property
    def k(self) -> int:
        """Number of groups."""
        return int(self.membership.max()) + 1

    @property
    def sizes(self) -> pd.Series[Any]:
        """Number of regions of each group."""
        return pd.Series(np.bincount(self.membership), index=self._groups, name="size")

    @property
    def means(self) -> pd.DataFrame:
        """Mean of each variable in each group, in the variable's own units: a row a group."""
        return self._by_group(self.profiles.raw)

    @property
    def profile(self) -> pd.DataFrame:
        """Mean of each standardised variable in each group: 0 is the average region under "z"."""
        return self._by_group(self.profiles.X)

    @property
    def squares(self) -> partitions.Squares:
        """Sums of squares of the standardised variables: within groups, total, explained."""
        return partitions.squares(self.profiles.X, self.membership)

    @property
    def heading(self) -> str:
        """Method, number of groups and variables in one line."""
        kind = say("Contiguous groups") if self.plan.contiguous else say("Groups")
        name = TITLES.get(self.plan.method, self.plan.method)
        return say(
            "{kind} by {name}, k = {k}: {names}",
            kind=kind,
            name=say(name),
            k=self.k,
            names=", ".join(self.profiles.names),
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a group: ``size within silhouette``, then ``pieces`` and ``floor_sum``.

        ``within`` is the group's sum of squares of standardised variables, ``silhouette`` the mean
        of its regions. ``pieces`` (with weights) counts its connected pieces, 1 where groups had
        to be contiguous; ``floor_sum`` (max-p) is what the floor variable adds up to.
        """
        mean = np.bincount(self.membership, weights=self.silhouette) / self.sizes
        columns: dict[str, Any] = {
            "size": self.sizes.to_numpy(),
            "within": self.squares.within,
            "silhouette": mean.to_numpy(),
        }
        links = self.profiles.links
        if links is not None:
            columns["pieces"] = partitions.pieces(self.membership, links)
        if self.plan.size is not None:
            columns["floor_sum"] = np.bincount(self.membership, weights=self.plan.size)
        return pd.DataFrame(columns, index=self._groups)

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, groups, sums of squares, mean silhouette, weights."""
        parts = self.squares
        card = self.provenance.weights or {}
        return one_row(
            nobs=self.profiles.n,
            groups=self.k,
            within=float(parts.within.sum()),
            between=parts.between,
            explained=parts.explained,
            silhouette=float(self.silhouette.mean()),
            weights=str(card.get("digest", "")),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``group silhouette distance``.

        ``distance`` is the Euclidean distance of its standardised variables from the means of its
        group.
        """
        centre = partitions.means(self.profiles.X, self.membership)[self.membership]
        distance = np.sqrt(((self.profiles.X - centre) ** 2).sum(axis=1))
        columns = {"silhouette": self.silhouette, "distance": distance}
        return pd.DataFrame({"group": self.labels, **columns}, index=self.profiles.ids)

    def plot(self, regions: Any = None, *, title: str | None = None) -> Any:
        """Return the map of groups, of `regions` or of the table's own geometry."""
        return display.picture("typology map", self, regions, title=title)

    def plot_profiles(self, *, title: str | None = None) -> Any:
        """Return the chart of what groups are like: means of the standardised variables."""
        return display.picture("typology profiles", self, title=title)

    @property
    def _groups(self) -> pd.Index:
        return pd.RangeIndex(1, self.k + 1, name="group")

    def _by_group(self, values: FloatArray) -> pd.DataFrame:
        names = list(self.profiles.names)
        return pd.DataFrame(
            partitions.means(values, self.membership), index=self._groups, columns=names
        )

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("", self.glance().set_axis([""])),
            ("Groups", self.tidy()),
            ("Means, in the variables' own units", self.means),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)
