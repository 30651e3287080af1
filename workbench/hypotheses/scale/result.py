"""What a scale ladder says: a row a partition, and a summary a scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.display import number
from workbench.core.provenance import Provenance
from workbench.errors import InputError, listing
from workbench.hypotheses.scale.partitions import BASE, RANDOM
from workbench.typing import Tolerance
from workbench.weights import Weights

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypothesis import Hypothesis

TAIL = 0.05
"""The band of random partitions runs from this quantile to one less it."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ScaleLadder:
    """One hypothesis at several scales.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a partition: ``scale`` (``base``, a hierarchy, ``random``), ``regions`` (number of
        zones), ``draw``, ``fewest_members most_members`` (regions of a zone), ``estimate std_error
        statistic p_value conf_low conf_high``, ``verdict status reason``.
    zones : pandas.DataFrame
        Index region id, a column a given hierarchy: the zone of each region.
    hypothesis : Hypothesis
    notes : tuple of str
    provenance : Provenance
    """

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "scale", "regions", "draw", "fewest_members", "most_members", "estimate", "std_error",
        "statistic", "p_value", "conf_low", "conf_high", "verdict", "status", "reason",
    )  # fmt: skip

    table: pd.DataFrame
    zones: pd.DataFrame
    hypothesis: Hypothesis
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "simulation"

    @property
    def summary(self) -> pd.DataFrame:
        """A row a scale: what its partitions estimate.

        Index (scale, regions), from many regions to few; ``partitions estimated``, ``median
        smallest largest`` of the estimates, ``band_low band_high`` their 5 % and 95 % quantiles,
        ``std_error`` and ``conf_low conf_high`` (medians over partitions), and
        ``supported contradicted cannot_tell``.
        """
        rows = {}
        for (scale, regions), part in self.table.groupby(["scale", "regions"], sort=False):
            rows[str(scale), int(str(regions))] = _summary(part)
        frame = pd.DataFrame(list(rows.values()))
        frame.index = pd.MultiIndex.from_tuples(list(rows), names=["scale", "regions"])
        order = np.argsort(-frame.index.get_level_values("regions").to_numpy(), kind="stable")
        return frame.iloc[order]

    @property
    def base(self) -> pd.Series[Any]:
        """The row of the regions themselves."""
        return self.table.iloc[0]

    def tidy(self) -> pd.DataFrame:
        """Return a row a partition."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return a row a scale."""
        return self.summary.reset_index()

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: a row a scale; not every random partition."""
        return {"": self.summary}

    def plot(self, *, title: str | None = None) -> Any:
        """Draw estimates with intervals against the number of regions."""
        if not (self.table["status"] == "estimated").any():
            raise InputError(
                "ladder",
                expected="a scale with an estimate",
                found="none",
                offenders=self.table["reason"].drop_duplicates().tolist(),
                remedy="see ladder.table['reason']",
            )
        return display.picture("scale ladder", self, title=title)

    def _heading(self) -> str:
        return f"Scale ladder: {self.hypothesis.restriction}"

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [(str(self.hypothesis.statement), self.summary)]

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self.notes)


def notes_of(
    table: pd.DataFrame,
    torn: Mapping[str, Sequence[str]],
    weights: object,
    rules: Sequence[tuple[str, object]],
) -> tuple[str, ...]:
    """Say what the reader of a ladder must know."""
    notes = [
        "The formula is evaluated after aggregation ("
        + ", ".join(f"{name}: {_rule(rule)}" for name, rule in rules)
        + ").",
        "Fewer regions leave wider intervals: a verdict that turns into 'cannot tell' at a coarser "
        "scale is no evidence against the hypothesis.",
        "All scales hold the same data: overlapping intervals are no test of their difference.",
    ]
    if isinstance(weights, Weights):
        notes.append(
            "Zones are neighbours where members are (0/1, normalised as W is): with the scale, "
            "what a neighbour is changes too, and spillovers between members of a zone become a "
            "part of its own effect."
        )
    for scale, zones in torn.items():
        if zones:
            notes.append(f"{scale}: zones in several pieces: {listing(zones)}.")
    notes += _failures(table)
    notes += _zoning_effects(table)
    return tuple(notes)


def _failures(table: pd.DataFrame) -> list[str]:
    lost = table[table["status"] != "estimated"]
    notes = []
    for (scale, regions, status), part in lost.groupby(["scale", "regions", "status"], sort=False):
        of = int(((table["scale"] == scale) & (table["regions"] == regions)).sum())
        notes.append(f"{scale}, {regions} regions: {len(part)} of {of} {status}: "
                     f"{part['reason'].iloc[0]}")  # fmt: skip
    return notes


def _zoning_effects(table: pd.DataFrame) -> list[str]:
    """Set each random scale beside the base, and hierarchies beside random zones as many."""
    used = table[table["status"] == "estimated"]
    base = used[used["scale"] == BASE]["estimate"]
    notes = []
    for regions, part in used[used["scale"] == RANDOM].groupby("regions", sort=False):
        values = part["estimate"].to_numpy()
        low, high = np.quantile(values, [TAIL, 1 - TAIL])
        inside = len(base) and low <= base.iloc[0] <= high
        where = "within" if inside else "outside"
        if len(base):
            notes.append(
                f"{regions} random zones: 90 % of the estimates lie from {number(float(low))} to "
                f"{number(float(high))}; that of the regions is {where}."
            )
        for _, row in used[(used["draw"] == 0) & (used["regions"] == regions)].iterrows():
            share = float((values < row["estimate"]).mean())
            notes.append(
                f"{row['scale']}: its estimate is above {share:.0%} of those of as many random "
                f"zones."
            )
    return notes


def _rule(rule: object) -> str:
    return rule if isinstance(rule, str) else f"mean weighted by {tuple(rule)[1]}"  # type: ignore[arg-type]


def _summary(part: pd.DataFrame) -> dict[str, int | float]:
    used = part[part["status"] == "estimated"]
    values = used["estimate"].to_numpy()
    points = np.quantile(values, [0.5, 0.0, 1.0, TAIL, 1 - TAIL]) if len(used) else [np.nan] * 5
    names = ("median", "smallest", "largest", "band_low", "band_high")
    middle = {name: float(used[name].median()) for name in ("std_error", "conf_low", "conf_high")}
    answers = {
        name: int((used["verdict"] == name.replace("_", " ")).sum())
        for name in ("supported", "contradicted", "cannot_tell")
    }
    summaries = dict(zip(names, map(float, points), strict=True))
    return {"partitions": len(part), "estimated": len(used), **summaries, **middle, **answers}
