"""The profile of a region as a result: tables, gaps, dynamics, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, PanelError, check_option, unknown_name
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.profiles.components import between_row
from workbench.innovation.profiles.paths import Breaks, dynamics_table
from workbench.typing import PathsOf, ProfileAgainst, Tolerance

SHOWN = ["component", "value", "rank", "regions", "percentile", "country_median", "missing_share"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RegionProfile:
    """One region by indicators and components, against country, peers and best; immutable.

    Attributes
    ----------
    region : id
    peers : tuple of ids
        Empty where there is no comparison with peers.
    indicators : Indicators
        Metadata.
    rows, component_rows, whole : pandas.DataFrame
        What :meth:`tidy`, :attr:`components` and :attr:`overall` hand out copies of.
    scores : pandas.DataFrame
        Scores of all regions, 0 to 100, a column a component and ``"index"``, the whole; missing
        where a region lacks one of the indicators.
    paths_rows : pandas.DataFrame or None
        What :attr:`paths` hands out copies of; None of a cross-section.
    breaks : mapping
        First periods of a new method by indicator.
    when : str
        Period(s) that the profile is of; empty of a cross-section.
    notes : tuple of str
    provenance : Provenance
    """

    region: Any
    peers: tuple[Any, ...]
    indicators: Indicators
    rows: pd.DataFrame
    component_rows: pd.DataFrame
    whole: pd.DataFrame
    scores: pd.DataFrame
    paths_rows: pd.DataFrame | None
    breaks: Breaks
    when: str
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def heading(self) -> str:
        """Which region, by how many indicators, when."""
        when = f", {self.when}" if self.when else ""
        return f"{self.region} by {len(self.rows)} indicators{when}"

    @property
    def components(self) -> pd.DataFrame:
        """A row a component.

        Columns ``indicators missing_share score rank regions percentile z country_median best
        best_value``, and with peers ``peers_median peers_low peers_high against_peers peer_place
        p_place p_placebo``.
        """
        return self.component_rows.copy()

    @property
    def overall(self) -> pd.DataFrame:
        """The row of the whole, with the columns of :attr:`components`."""
        return self.whole.copy()

    @property
    def paths(self) -> pd.DataFrame:
        """A row an indicator and period: values, ranks and percentiles, beside country and peers.

        Raises
        ------
        PanelError
            If the profile is of a cross-section.
        """
        return self._paths().copy()

    def tidy(self) -> pd.DataFrame:
        """Return a row an indicator.

        Columns ``component unit value rank regions percentile z index country_median country_mean
        best best_value missing_share weight``, with peers ``peers_median peers_low peers_high
        peers_percentile`` (and its range) ``peers_index p_place``, and
        ``country_index``. Rank 1, high percentiles, z and indices are the better ones, whichever
        way the indicator points; values are in their own units.
        """
        return self.rows.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, indicators, components, peers; score, rank and percentile."""
        whole = self.whole.iloc[0]
        return one_row(
            indicators=len(self.rows),
            peers=len(self.peers),
            score=float(whole["score"]),
            rank=float(whole["rank"]),
            regions=int(whole["regions"]),
            percentile=float(whole["percentile"]),
        )

    def augment(self) -> pd.DataFrame:
        """Return scores of all regions by component, the best first."""
        return self.scores.sort_values("index", ascending=False, kind="stable")

    def dynamics(self) -> pd.DataFrame:
        """Return a row an indicator: how the region moved between first and last known period.

        Columns ``start end level_first level_last change growth country_growth rank_first
        rank_last places_gained percentile_change relative_first relative_last breaks
        missing_share``, and with peers ``peers_growth peers_relative_first
        peers_relative_last``. ``growth`` is that of the logarithm a unit of time, missing where a
        value is not positive; it and ``change`` leave steps into a new method out, so that
        ``level_last`` less ``level_first`` may differ. ``relative`` is the value over the country's
        median.

        Raises
        ------
        PanelError
            If the profile is of a cross-section.
        """
        return dynamics_table(self._paths(), self.breaks)

    def gaps(self, against: ProfileAgainst = "best") -> pd.DataFrame:
        """Return what each indicator adds to the distance of the whole from another one.

        Parameters
        ----------
        against : {"best", "peers", "country"}
            100 in every indicator; the peers' median index in every indicator; the country's.

        Returns
        -------
        DataFrame
            A row an indicator, the largest gap first: ``component index target_index gap share``.
            ``gap`` is weight × (target_index − index), in points of the whole, and negative where
            the region is ahead; ``share`` is its share of the sum of the gaps above zero.

        Raises
        ------
        InputError
            If there are no peers.
        """
        check_option("against", against, ProfileAgainst)
        if against == "peers" and not self.peers:
            raise InputError(
                "against",
                expected="a profile with peers",
                found="one without",
                remedy="region_profile(..., peers=...)",
            )
        column = {"peers": "peers_index", "country": "country_index"}.get(against)
        target = self.rows[column] if column else pd.Series(100.0, self.rows.index)
        gap = self.rows["weight"] * (target - self.rows["index"])
        lifted = gap.clip(lower=0.0)
        table = pd.DataFrame(
            {
                "component": self.rows["component"],
                "index": self.rows["index"],
                "target_index": target,
                "gap": gap,
                "share": lifted / lifted.sum() if lifted.sum() > 0 else 0.0,
            }
        )
        return table.sort_values("gap", ascending=False, kind="stable")

    def between(self, behind: str, ahead: str) -> pd.DataFrame:
        """Return how far one component stands behind another, in this region and in the others.

        Parameters
        ----------
        behind, ahead : str
            Components.

        Returns
        -------
        DataFrame
            One row: ``lagging leading`` (percentiles of the region among those with both scores),
            ``difference`` (the first less the second), ``regions``, ``share_lower`` (share of the
            other regions in which it is lower still, ties half), ``p_place``: the two-sided place
            of the difference among those of all regions, exact where regions are exchangeable.

        Raises
        ------
        UnknownNameError
            If a component is unknown.
        InputError
            If both are the same.
        """
        for name in (behind, ahead):
            if name not in self.scores:
                raise unknown_name("component", name, self.component_rows.index)
        if behind == ahead:
            raise InputError("ahead", expected="another component", found=repr(ahead))
        return between_row(self.scores[[behind, ahead]].dropna(), self.region)

    def plot(self, *, title: str | None = None, names: pd.Series[Any] | None = None) -> Any:
        """Return percentiles by component, with peers' ranges; options in ``views.profiles``."""
        return display.picture("region profile", self, title=title, names=names)

    def plot_dynamics(
        self,
        *,
        kind: PathsOf = "relative",
        title: str | None = None,
        names: pd.Series[Any] | None = None,
    ) -> Any:
        """Return the path of each indicator, with peers' band and breaks.

        Parameters
        ----------
        kind : {"relative", "percentile", "value"}
            Values over the country's median, percentiles, or values.
        title, names
            Heading; name of the region by id.
        """
        check_option("kind", kind, PathsOf)
        self._paths()
        return display.picture("region paths", self, of=kind, title=title, names=names)

    def _paths(self) -> pd.DataFrame:
        if self.paths_rows is None:
            raise PanelError(
                "data",
                expected="a panel for dynamics",
                found="a cross-section",
                remedy="region_profile(panel, ..., at=period)",
            )
        return self.paths_rows

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        shown = [name for name in (*SHOWN, "peers_median") if name in self.rows]
        wanted = ["score", "rank", "regions", "percentile", "country_median"]
        if self.peers:
            wanted += ["peers_median", "peer_place", "p_place", "p_placebo"]
        both = pd.concat([self.component_rows, self.whole])
        wanted = [name for name in wanted if name in both]
        both = both[~both.index.duplicated()]
        return [("Components", both[wanted]), ("Indicators", self.rows[shown])]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)
