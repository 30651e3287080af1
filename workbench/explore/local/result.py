"""The result of a local statistic: a row a region, classes, clusters, pictures, stability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.explore.local.plan import Rule
from workbench.typing import Tolerance
from workbench.weights import Weights

if TYPE_CHECKING:
    from workbench.explore.local.stability import StabilityResult

NOT_SIGNIFICANT, ISOLATED, NOT_TESTED = "not significant", "isolated", "not tested"
SHOWN = 10
"""Flagged regions that the display spells out; the table has them all."""
UNFLAGGED = (NOT_SIGNIFICANT, ISOLATED, NOT_TESTED)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LocalResult:
    """A local statistic of every region; immutable.

    Attributes
    ----------
    method : str
        Which statistic, e.g. ``"local Moran's I"``.
    variable : str
        As the caller wrote it.
    local : pandas.DataFrame
        What :attr:`table` hands out copies of.
    classes : tuple of str
        Every class that a region may be in, those of significant regions first.
    rule : Rule
        How regions were flagged.
    permutations : int
        Number of conditional permutations R of each region; 0 where p-values are analytic.
    notes : tuple of str
        What the reader must know: regions left out or isolated, whether R sufficed.
    provenance : Provenance
        What produced the result.
    weights : Weights
        The weights in use.
    again : callable
        Computes the same statistic under other weights and another seed; for :meth:`stability`.
    geometry : geopandas.GeoSeries or None
        Polygons of the sample, if the table had them; used by :meth:`plot`.
    tolerance : str
        Kind of the p-values, for comparison on another machine.
    """

    method: str
    variable: str
    local: pd.DataFrame
    classes: tuple[str, ...]
    rule: Rule
    permutations: int
    notes: tuple[str, ...]
    provenance: Provenance
    weights: Weights
    again: Callable[[Weights, int], LocalResult]
    geometry: Any = None
    tolerance: Tolerance = "permutation"

    @property
    def table(self) -> pd.DataFrame:
        """A row a region.

        ``value lag statistic expected variance z p_value p_adjusted cluster``. ``value`` is what
        the statistic compares (standardised where it does so), ``lag`` the weighted sum of the
        neighbours' values; ``expected``, ``variance`` and ``z`` are the statistic's moments while
        the region keeps its value and the others move. Isolated regions have no lag, no
        statistic and no p-value (NaN).
        """
        return self.local.copy()

    @property
    def counts(self) -> pd.Series[Any]:
        """Number of regions in each class, also the empty ones."""
        counts = self.local["cluster"].value_counts()
        return counts.reindex(list(self.classes), fill_value=0).rename("regions")

    @property
    def flagged(self) -> pd.Series[Any]:
        """Whether each region is flagged: the cores of clusters."""
        return (~self.local["cluster"].isin(UNFLAGGED)).rename("flagged")

    @property
    def cores(self) -> pd.DataFrame:
        """A row a region: its ``cluster`` and its ``part``: core, neighbor or outside.

        A core is a flagged region; a neighbour is one whose values entered a core's statistic
        without being flagged itself. A cluster on the ground is both (Anselin 1995, section 4).
        """
        part = np.where(self.flagged, "core", "outside").astype(object)
        touched = self._pattern().T @ self.flagged.to_numpy().astype(float) > 0
        part[touched & (part == "outside")] = "neighbor"
        return pd.DataFrame({"cluster": self.local["cluster"], "part": part}, self.local.index)

    @property
    def clusters(self) -> pd.DataFrame:
        """A row a connected cluster of one class: ``cluster members with_neighbors regions``.

        Flagged regions of one class that are linked with each other, the largest first;
        ``regions`` lists the ids of the members.
        """
        rows: list[dict[str, Any]] = []
        pattern = self._pattern()
        for name in self.classes:
            chosen = np.flatnonzero((self.local["cluster"] == name).to_numpy())
            if name in UNFLAGGED or not chosen.size:
                continue
            _, part = connected_components(pattern[chosen][:, chosen], directed=False)
            rows += [self._cluster(name, chosen[part == p], pattern) for p in range(part.max() + 1)]
        columns = ["cluster", "members", "with_neighbors", "regions"]
        rows.sort(key=lambda row: (-row["members"], str(row["regions"])))
        return pd.DataFrame(rows, columns=columns)

    def _cluster(self, name: str, members: Any, pattern: Any) -> dict[str, Any]:
        around = np.unique(np.r_[members, pattern[members].indices])
        return {
            "cluster": name,
            "members": len(members),
            "with_neighbors": len(around),
            "regions": self.local.index[members].tolist(),
        }

    def _pattern(self) -> Any:
        pattern = self.weights.sparse.copy()
        pattern.data = (pattern.data != 0).astype(float)
        return pattern

    @property
    def heading(self) -> str:
        """Statistic, variable, rule and permutations in one line."""
        how = (
            say("R = {permutations}", permutations=self.permutations)
            if self.permutations
            else say(self.tolerance)
        )
        stop = self.provenance.options.get("stop after")
        how += say(" or until {stop} are as extreme", stop=stop) if stop else ""
        name = "LISA" if self.method == "local Moran's I" else self.method
        return say(
            "{name} of {variable} ({rule}, {how})",
            name=say(name[0].upper() + name[1:]),
            variable=self.variable,
            rule=self.rule.said(),
            how=how,
        )

    def tidy(self) -> pd.DataFrame:
        """Return :attr:`table`: a row a region."""
        return self.table

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, permutations, alternative, correction, level, weights."""
        card = self.provenance.weights or {}
        return one_row(
            nobs=len(self.local),
            permutations=self.permutations,
            alternative=self.rule.alternative,
            correction=self.rule.correction,
            level=self.rule.level,
            weights=str(card.get("digest", "")),
        )

    def augment(self) -> pd.DataFrame:
        """Return :attr:`table`: a row an observation."""
        return self.table

    def plot(self, regions: Any = None, *, title: str | None = None, ground: Any = None) -> Any:
        """Return the cluster map, of `regions` or of the table's own geometry.

        Parameters
        ----------
        regions : GeoDataFrame or GeoSeries, optional
            Polygons or points indexed by region id; needed when the table had none.
        title : str, optional
            Heading of the map.
        ground : GeoDataFrame or GeoSeries, optional
            Polygons to lie under the regions, pale: of a country under its cities.
        """
        return display.picture("lisa map", self, regions, title=title, ground=ground)

    def plot_significance(self, regions: Any = None, *, title: str | None = None) -> Any:
        """Return the significance map: regions by the step that their p-value falls under.

        Parameters as for :meth:`plot`.
        """
        return display.picture("significance map", self, regions, title=title)

    def stability(
        self, *, by: str = "thinned", draws: int = 99, share: float = 0.1, seed: int = 0
    ) -> StabilityResult:
        """Compute the statistic again under other weights or seeds and count the labels.

        Parameters
        ----------
        by : {"thinned", "rewired", "seed"}
            What changes: a share of the links is dropped, pairs of links are exchanged for
            others, or only the permutations are drawn anew.
        draws : int, default 99
            How often.
        share : float, default 0.1
            Share of links that is dropped or exchanged.
        seed : int, default 0

        Returns
        -------
        StabilityResult
            See :func:`workbench.explore.stability`, which also takes a family of weights.
        """
        from workbench.explore.local.stability import perturbed

        return perturbed(self, by=by, draws=draws, share=share, seed=seed)

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        tables = [("", self.counts.to_frame().T)]
        hits = self.local[self.flagged].sort_values("p_value", kind="stable")
        if not len(hits):
            return tables
        more = len(hits) - SHOWN
        caption = f"the {SHOWN} smallest p-values, {more} more in .table" if more > 0 else ""
        return [*tables, (caption, hits.head(SHOWN))]

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)
