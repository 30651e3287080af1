"""Growth of the number of organisations, with the published classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_number, listing
from workbench.innovation.organisations.counts import (
    listed_regions,
    read_counts,
    refuse_empty_total,
    summary,
    summed,
)
from workbench.typing import FloatArray, Tolerance

CLASSES = ("declining", "stable", "high", "outside the scheme")
BOUNDS = (0.0, 3.0, 30.0)
"""Per cent: below the first declining, to below the second stable, to the third high."""
PERCENT = 100.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GrowthRates:
    """Growth of the number of organisations, per cent, by region; immutable.

    Attributes
    ----------
    regions : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    districts : pandas.DataFrame or None
        The same columns by district, from sums of counts, with ``size``.
    agglomeration : pandas.DataFrame or None
        Share of the listed regions at the start, at the end, and in the change, per cent.
    bounds : (float, float, float)
        Of the classes, per cent.
    notes : tuple of str
    provenance : Provenance
    """

    regions: pd.DataFrame
    districts: pd.DataFrame | None
    agglomeration: pd.DataFrame | None
    bounds: tuple[float, float, float]
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def heading(self) -> str:
        """What grew."""
        return "Growth of the number of organisations, per cent"

    @property
    def labels(self) -> pd.Series[Any]:
        """Class of each region, an ordered categorical."""
        kinds = pd.CategoricalDtype(list(CLASSES), ordered=True)
        return self.regions["class"].astype(kinds).rename("class")

    def tidy(self) -> pd.DataFrame:
        """Return a row a class: ``size count_start count_end contribution``."""
        table = self.regions.groupby("class")[["count_start", "count_end", "contribution"]].sum()
        table.insert(0, "size", self.regions["class"].value_counts())
        return table.reindex(CLASSES[::-1], fill_value=0).rename_axis("class")

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, sums, and the growth of all together."""
        first, last = (float(self.regions[name].sum()) for name in ("count_start", "count_end"))
        return one_row(
            nobs=len(self.regions),
            count_start=first,
            count_end=last,
            growth_rate=PERCENT * (last - first) / first,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: counts, growth, contribution and class.

        Columns ``count_start count_end growth_rate contribution class``, and ``growth_per_year``
        where the number of years was given. Contributions are percentage points of the growth of
        all regions together, and add up to it.
        """
        return self.regions.copy()

    def plot(self, *, title: str | None = None, names: pd.Series[Any] | None = None) -> Any:
        """Return growth rates with the bounds of classes; names by region id."""
        return display.picture("growth rates", self, title=title, names=names)

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        return summary(self)

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def growth_rates(
    start: pd.Series[Any],
    end: pd.Series[Any],
    *,
    years: float | None = None,
    bounds: tuple[float, float, float] = BOUNDS,
    districts: pd.Series[Any] | None = None,
    agglomeration: Sequence[Any] | None = None,
) -> GrowthRates:
    """Measure how the number of organisations grew, per cent, and put regions into classes.

    The growth coefficient of region i is ``100 (E_i − S_i) / S_i`` over the whole interval.
    Published classes: declining below 0 %, stable from 0 to 3 %, high from 3 to 30 %. Where they
    meet, exactly 3 % is taken as high. **The published scheme is silent above 30 %**: such regions
    are of a class of their own, "outside the scheme", and are named; often they are small, or were
    counted otherwise at one end.

    Parameters
    ----------
    start, end : pandas.Series
        Numbers of organisations by region id, whole; `start` positive, `end` may be zero. Missing
        and negative ones are refused.
    years : float, optional
        Years between the two; adds ``growth_per_year``, ``100 ((E/S)^(1/years) − 1)``. Classes are
        those of the whole interval, as published.
    bounds : (float, float, float), default (0, 3, 30)
        Of the classes, per cent.
    districts : pandas.Series, optional
        Group of each region, e.g. the federal district: growth of sums, not mean of growth.
    agglomeration : sequence of region ids, optional
        Regions whose share at both ends and in the change is reported.

    Returns
    -------
    GrowthRates
        ``.augment()`` (a row a region), ``.tidy()`` (a row a class), ``.districts``,
        ``.agglomeration``, ``.glance()``, ``.plot()``. No intervals: the two counts share most of
        their organisations, and the literature has no law for their ratio.

    Raises
    ------
    InputError, IdError, ValuesError
        If counts, regions or choices cannot be used.

    Notes
    -----
    Classes as in the monitoring of creative industries in Russia's regions for 2024.

    Examples
    --------
    >>> start = pd.Series({"a": 100, "b": 200, "c": 50, "d": 10})
    >>> end = pd.Series({"a": 103, "b": 190, "c": 51, "d": 20})
    >>> growth_rates(start, end).augment()["class"].to_dict()
    {'a': 'high', 'b': 'declining', 'c': 'stable', 'd': 'outside the scheme'}
    """
    cuts = _bounds(bounds)
    first = read_counts(start, argument="start", positive="growth divides by the first count")
    last = read_counts(end, argument="end", ids=first.index, other="start")
    if years is not None:
        check_number("years", years, above=0.0, remedy="years=5")
    counts = pd.DataFrame({"count_start": first, "count_end": last}, index=first.index)
    whole = float(first.sum())
    regions = _grown(counts, cuts, whole, years)
    groups = None
    if districts is not None:
        sums = summed(counts, districts)
        grown = _grown(sums[["count_start", "count_end"]], cuts, whole, years)
        groups = pd.concat([sums["size"], grown], axis=1)
    notes = _notes(regions, cuts)
    return GrowthRates(
        regions=regions,
        districts=groups,
        agglomeration=None if agglomeration is None else _shares(counts, agglomeration),
        bounds=cuts,
        notes=notes,
        provenance=Provenance(
            method="growth rates",
            formula="(end - start) / start",
            nobs=len(regions),
            ids_digest=ids_digest(regions.index),
            notes=notes,
            options={
                "bounds": ", ".join(f"{cut:g}" for cut in cuts),
                "years": "not said" if years is None else f"{years:g}",
            },
        ),
    )


def _bounds(bounds: Any) -> tuple[float, float, float]:
    try:
        low, middle, high = (float(bound) for bound in bounds)
    except (TypeError, ValueError):
        low = middle = high = float("nan")
    if not -float("inf") < low < middle < high < float("inf"):
        raise InputError(
            "bounds", expected="three ascending numbers, per cent", found=repr(bounds),
            remedy=f"bounds={BOUNDS}",
        )  # fmt: skip
    if high < 1:
        raise InputError(
            "bounds", expected="per cent", found=repr(bounds), why="30 % is written 30 here",
            remedy=f"bounds={tuple(PERCENT * bound for bound in (low, middle, high))}",
        )  # fmt: skip
    return low, middle, high


def _grown(
    counts: pd.DataFrame, bounds: tuple[float, float, float], whole: float, years: float | None
) -> pd.DataFrame:
    first, last = (counts[name].to_numpy() for name in ("count_start", "count_end"))
    rate = PERCENT * (last - first) / first
    columns: dict[str, Any] = {"growth_rate": rate}
    if years is not None:
        columns["growth_per_year"] = PERCENT * ((last / first) ** (1.0 / years) - 1.0)
    columns["contribution"] = PERCENT * (last - first) / whole
    return counts.assign(**columns, **{"class": _classes(rate, bounds)})


def _classes(rate: FloatArray, bounds: tuple[float, float, float]) -> list[str]:
    # 103 of 100 is on the bound, whatever the last bit says
    slack = 1e-9 * max(abs(bound) for bound in bounds)
    low, middle, high = bounds
    edges = np.array([low - slack, middle - slack, high + slack])
    places = np.searchsorted(edges, rate, side="right")
    return [CLASSES[place] for place in places]


def _shares(counts: pd.DataFrame, agglomeration: Any) -> pd.DataFrame:
    wanted = listed_regions(agglomeration, counts.index, argument="agglomeration")
    inside, whole = counts.loc[wanted].sum(), counts.sum()
    refuse_empty_total(float(whole["count_end"]), argument="end")
    rows = {
        name: {"inside": float(inside[name]), "all": float(whole[name])}
        for name in ("count_start", "count_end")
    }
    rows["change"] = {
        name: rows["count_end"][name] - rows["count_start"][name] for name in ("inside", "all")
    }
    for row in rows.values():
        # a share of a change of nothing, or of one of both signs that nearly cancels, says nothing
        row["share_percent"] = PERCENT * row["inside"] / row["all"] if row["all"] else float("nan")
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("count")


def _notes(regions: pd.DataFrame, bounds: tuple[float, float, float]) -> tuple[str, ...]:
    notes = [f"Exactly {bounds[1]:g} % counts as high."]
    above = regions.index[regions["class"] == CLASSES[3]].tolist()
    if above:
        notes.append(
            f"{len(above)} regions above {bounds[2]:g} %, of which the published scheme says "
            f"nothing: {listing(above)}"
        )
    return tuple(notes)
