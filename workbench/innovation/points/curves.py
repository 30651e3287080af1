"""Curves of concentration by distance, a sector each, with what chance would make of them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.errors import unknown_name
from workbench.typing import PointMeasure, PointNull, Tolerance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PointCurves:
    """A curve of distance for each sector, its local intervals and global bands; immutable.

    Attributes
    ----------
    measure : {"K-density", "M function"}
        What the curves are.
    curves : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    sectors : pandas.DataFrame
        What :meth:`glance` hands out copies of.
    neighbours : Hashable or None
        The sector around the ones in question; None: each sector around itself.
    null : {"location", "labelling", "independence"}
        What the draws are.
    draws : int
        Their number R.
    level : float
        Of the bands: 0.95 leaves 5 % of the draws on each side.
    unit : str
        Of distances.
    notes : tuple of str
        What the reader must know.
    provenance : Provenance
        What produced the curves.
    """

    measure: PointMeasure
    curves: pd.DataFrame
    sectors: pd.DataFrame
    neighbours: Hashable | None
    null: PointNull
    draws: int
    level: float
    unit: str
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation"

    @property
    def heading(self) -> str:
        """Measure, sectors, null and draws in one line."""
        many = len(self.sectors)
        who = str(self.sectors.index[0]) if many == 1 else say("{many} sectors", many=many)
        around = (
            "" if self.neighbours is None else say(" with {neighbours}", neighbours=self.neighbours)
        )
        return say(
            "{measure} of {who}{around} (null: {null}, R = {draws})",
            measure=say(self.measure),
            who=who,
            around=around,
            null=say(self.null),
            draws=self.draws,
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a sector and distance.

        Columns: ``sector distance estimate expected local_low local_high band_low band_high
        localisation dispersion``: the curve, the mean of the draws, the interval of the draws at
        that distance, the bands that hold for all distances, and how far the curve is outside.
        """
        return self.curves.copy()

    def glance(self) -> pd.DataFrame:
        """Return a row a sector.

        Columns: ``points neighbour_points sites (bandwidth) localisation dispersion p_localised
        p_dispersed above_from above_to verdict``.
        """
        return self.sectors.copy()

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: a row a sector, and a row a sector and distance."""
        at = [f"{distance:.6g}" for distance in self.curves["distance"]]
        curves = self.curves.assign(distance=at).set_index(["sector", "distance"])
        return {"Sectors": self.glance(), "Curves": curves}

    def curve(self, sector: Hashable) -> pd.DataFrame:
        """Return the rows of one sector, indexed by distance."""
        if sector not in self.sectors.index:
            raise unknown_name("sector", sector, [str(label) for label in self.sectors.index])
        rows = self.curves[(self.curves["sector"] == sector).to_numpy()]
        return rows.drop(columns="sector").set_index("distance")

    def plot(self, sectors: Sequence[Hashable] | None = None, *, title: str | None = None) -> Any:
        """Return the curves with intervals and bands, a panel a sector.

        Parameters
        ----------
        sectors : sequence, optional
            Which ones; by default the first nine.
        title : str, optional
            Heading; by default the measure.
        """
        return display.picture("point curves", self, sectors=sectors, title=title)

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.sectors)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.sectors)], self.notes)
