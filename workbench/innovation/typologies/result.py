"""Regions in named types: who is in which, how near a bound, with what probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError
from workbench.innovation.typologies.rules import Rule
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray, Tolerance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RegionTypes:
    """Regions in named types by a rule on their scores; immutable.

    Attributes
    ----------
    scores : pandas.DataFrame
        A row a region in sorted order of ids, a column a score.
    names : tuple of str
        Types, the best first where they are ordered.
    ordered : bool
        Whether the types are steps of one ladder.
    membership : ndarray of int, shape (n,)
        Type of each region, 0 to k − 1; read-only.
    rule : LeaderRule or CombinedRule
        What put them there; :func:`typology_stability` repeats it.
    rows : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    regions : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    shares : ndarray, shape (n, k), or None
        Share of draws in which a region is of a type; read-only.
    draws : ndarray, shape (R, n, p), or None
        Scores of the draws; read-only.
    heading : str
        What was done, in one line.
    notes : tuple of str
        What the reader must know: regions near a bound, types without a region.
    provenance : Provenance
    """

    scores: pd.DataFrame
    names: tuple[str, ...]
    ordered: bool
    membership: IntArray
    rule: Rule
    rows: pd.DataFrame
    regions: pd.DataFrame
    shares: FloatArray | None
    draws: FloatArray | None
    heading: str
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def k(self) -> int:
        """Number of types, those without a region among them."""
        return len(self.names)

    @property
    def labels(self) -> pd.Series[Any]:
        """Type of each region by id, a categorical; ordered from the worst if types are ordered."""
        turn = self.names[::-1] if self.ordered else self.names
        kinds = pd.CategoricalDtype(list(turn), ordered=self.ordered)
        names = np.array(self.names, dtype=object)[self.membership]
        return pd.Series(pd.Categorical(names, dtype=kinds), index=self.scores.index, name="type")

    @property
    def sizes(self) -> pd.Series[Any]:
        """Number of regions of each type."""
        counts = np.bincount(self.membership, minlength=self.k)
        return pd.Series(counts, index=pd.Index(self.names, name="type"), name="size")

    @property
    def probabilities(self) -> pd.DataFrame:
        """Share of draws in which each region is of each type: a row a region, a column a type.

        Raises
        ------
        InputError
            If the types were made without draws.
        """
        if self.shares is None:
            raise InputError(
                "draws",
                expected="types that were made with draws of the scores",
                found="none",
                why="one table of scores says nothing of how sure a type is",
                remedy="pass them, draws=table with a row a region and a column a draw",
            )
        columns = pd.Index(self.names, name="type")
        return pd.DataFrame(self.shares.copy(), index=self.scores.index, columns=columns)

    def members(self, name: str) -> list[Any]:
        """Return the ids of the regions of a type."""
        if name not in self.names:
            raise InputError(
                "name", expected=f"one of {', '.join(self.names)}", found=repr(name),
                remedy=f"members({self.names[0]!r})",
            )  # fmt: skip
        own = self.membership == self.names.index(name)
        return list(self.scores.index[own])

    def tidy(self) -> pd.DataFrame:
        """Return a row a type.

        Types by the leader: ``size lower upper mean``; combined types: ``size levels``.
        """
        return self.rows.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, types, those near a bound, and draws with how sure types are."""
        row: dict[str, object] = {
            "nobs": len(self.scores),
            "types": self.k,
            "empty": int((self.sizes == 0).sum()),
            "near": int(self.regions["near_bound"].sum()),
        }
        if self.shares is not None and self.draws is not None:
            row["draws"] = len(self.draws)
            row["probability"] = float(self.regions["probability"].mean())
        return one_row(**row)

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``type to_bound near_bound`` and more.

        Types by the leader add ``score behind_leader``, combined ones ``levels``; with draws
        ``probability`` of the region's own type and ``likely_type``.
        """
        return self.regions.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the scores with the bounds of types, regions near one labelled."""
        return display.picture("types chart", self, title=title)

    def map(self, regions: Any = None, *, title: str | None = None) -> Any:
        """Return the map of types, of polygons indexed by region id."""
        return display.picture("types map", self, regions, title=title)

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        close = self.regions[self.regions["near_bound"]].sort_values("to_bound", kind="stable")
        parts = [("", self.glance().set_axis([""])), ("Types", self.rows)]
        if len(close):
            parts.append(("Regions near a bound", close.head(5)))
        return parts

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def with_shares(regions: pd.DataFrame, shares: FloatArray, own: IntArray, names: Any) -> None:
    """Write the probability of the region's own type and its likeliest type into a table."""
    regions["probability"] = shares[np.arange(len(own)), own]
    regions["likely_type"] = [names[t] for t in shares.argmax(axis=1)]


def frozen(labels: IntArray) -> IntArray:
    """Return labels that cannot be changed."""
    return np.asarray(freeze(labels))
