"""Entries and exits: activities that a region takes up or gives up between two periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_number
from workbench.innovation.activity_space.portfolios import (
    ByPeriod,
    Portfolios,
    check_presence,
    read_portfolios,
    tables_by_period,
)
from workbench.numerics.networks import incidence
from workbench.typing import FloatArray, Presence, Tolerance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Transitions:
    """Entries or exits of regions and activities; immutable.

    Attributes
    ----------
    kind : {"entry", "exit"}
        Which of the two.
    events : pandas.DataFrame
        Indexed by (region, period), the period being that in which the interval starts; a column
        an activity. 1 where it happened, 0 where it could have, missing where it could not.
    ends : dict
        The period in which each interval ends, by its start.
    presence : str
        What it is to have an activity.
    threshold, buffer : float
        Location quotient to reach, and how far on both sides of it nothing is decided.
    provenance : Provenance
    notes : tuple of str
    """

    kind: Literal["entry", "exit"]
    events: pd.DataFrame
    ends: dict[Any, Any]
    presence: Presence
    threshold: float
    buffer: float
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """How close a rerun comes."""
        return "exact"

    @property
    def heading(self) -> str:
        """What was counted."""
        what = say("Entries") if self.kind == "entry" else say("Exits")
        spans = [f"{period_text(a)}-{period_text(b)}" for a, b in self.ends.items()]
        return say("{what} of activities, {spans}", what=what, spans=", ".join(spans))

    def tidy(self) -> pd.DataFrame:
        """Return a row a region, start of interval and activity at risk: ``end event``."""
        values = self.events.to_numpy()
        i, j = np.nonzero(~np.isnan(values))
        starts = self.events.index.get_level_values("period")[i]
        index = pd.MultiIndex.from_arrays(
            [self.events.index.get_level_values("region")[i], starts, self.events.columns[j]],
            names=["region", "period", "activity"],
        )
        ends = [self.ends[start] for start in starts]
        return pd.DataFrame({"end": ends, "event": values[i, j].astype(int)}, index=index)

    def glance(self) -> pd.DataFrame:
        """Return one row: ``regions activities periods at_risk moves move_rate``."""
        values = self.events.to_numpy()
        at_risk = int((~np.isnan(values)).sum())
        moves = int(np.nansum(values))
        return one_row(
            regions=len(self.events) // len(self.ends),
            activities=values.shape[1],
            periods=len(self.ends) + 1,
            at_risk=at_risk,
            moves=moves,
            move_rate=moves / at_risk if at_risk else float("nan"),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region and start of interval: ``at_risk moves move_rate``."""
        return _rates(self.events, axis=1)

    def by_activity(self) -> pd.DataFrame:
        """Return a row an activity, all intervals together: ``at_risk moves move_rate``."""
        return _rates(self.events, axis=0).rename_axis("activity")

    def plot(self, *, title: str | None = None) -> Any:
        """Return the activities with the highest rates; options in ``views.relatedness``."""
        return display.picture("activity moves", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.glance()), ("By start of interval", _by_interval(self.events))]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def _rates(events: pd.DataFrame, *, axis: int) -> pd.DataFrame:
    values = events.to_numpy()
    at_risk, moves = (~np.isnan(values)).sum(axis=axis), np.nansum(values, axis=axis)
    rate = np.full(at_risk.shape, np.nan)
    np.divide(moves, at_risk, out=rate, where=at_risk > 0)
    columns = {"at_risk": at_risk, "moves": moves.astype(int), "move_rate": rate}
    return pd.DataFrame(columns, index=events.index if axis else events.columns)


def _by_interval(events: pd.DataFrame) -> pd.DataFrame:
    sums = _rates(events, axis=1)[["at_risk", "moves"]].groupby(level="period").sum()
    return sums.assign(move_rate=sums["moves"] / sums["at_risk"])


def entries(
    data: ByPeriod,
    *,
    presence: Presence = "rca",
    threshold: float = 1.0,
    buffer: float = 0.0,
    periods: Sequence[Any] | None = None,
) -> Transitions:
    """Find the activities that regions took up from one period to the next.

    Parameters
    ----------
    data : tables by period
        A mapping from period to a table of regions × activities; one table indexed by (region,
        period); or a long table with the columns ``region``, ``activity``, ``period`` and one of
        figures, in which cells without a row are 0. The same regions and activities throughout; in
        a period an activity may be nobody's, a region may not have nothing. Not changed.
    presence : {"rca", "binary", "positive"}
        What it is to have an activity: a location quotient of at least `threshold`, a 1, or a
        positive figure.
    threshold : float
        Location quotient from which a region is specialised, the threshold included.
    buffer : float
        A region is at risk where its quotient is below ``threshold − buffer``, and enters where it
        reaches ``threshold + buffer``, so that small changes around the threshold are no entries.
    periods : sequence, optional
        Periods to compare, in increasing order; all by default. Intervals run from each to the
        next.

    Returns
    -------
    Transitions
        ``events tidy() glance() augment() by_activity() plot()``. Regions that have the activity
        at the start, or are within the buffer, are not at risk: missing.

    Raises
    ------
    PanelError
        If there are fewer than two periods, they are text, mixed, out of order or unknown, or a
        region has no row in one.
    InputError, OptionError, IdError, ValuesError
        If tables or options cannot be used.

    References
    ----------
    Boschma, R., Balland, P.-A. and Kogler, D. F. (2015). Relatedness and technological change in
    cities. Industrial and Corporate Change 24(1), 223-250.

    Neffke, F., Henning, M. and Boschma, R. (2011). How do regions diversify over time? Economic
    Geography 87(3), 237-265.

    Examples
    --------
    >>> first = pd.DataFrame({"bio": [1, 0], "it": [0, 1]}, index=["a", "b"])
    >>> second = pd.DataFrame({"bio": [1, 0], "it": [1, 1]}, index=["a", "b"])
    >>> entries({2010: first, 2015: second}, presence="binary").events.loc[("a", 2010)].tolist()
    [nan, 1.0]
    """
    return _transitions("entry", data, presence, threshold, buffer, periods)


def exits(
    data: ByPeriod,
    *,
    presence: Presence = "rca",
    threshold: float = 1.0,
    buffer: float = 0.0,
    periods: Sequence[Any] | None = None,
) -> Transitions:
    """Find the activities that regions gave up from one period to the next.

    Parameters
    ----------
    data, presence, threshold, periods
        As for :func:`entries`.
    buffer : float
        A region is at risk where its quotient is at least ``threshold + buffer``, and exits where
        it falls below ``threshold − buffer``.

    Returns
    -------
    Transitions
        Regions without the activity at the start, or within the buffer, are not at risk: missing.

    Raises
    ------
    PanelError, InputError, OptionError, IdError, ValuesError
        As :func:`entries`.

    References
    ----------
    Boschma, R., Balland, P.-A. and Kogler, D. F. (2015). Relatedness and technological change in
    cities. Industrial and Corporate Change 24(1), 223-250.

    Examples
    --------
    >>> first = pd.DataFrame({"bio": [1, 0], "it": [1, 1]}, index=["a", "b"])
    >>> second = pd.DataFrame({"bio": [1, 0], "it": [0, 1]}, index=["a", "b"])
    >>> exits({2010: first, 2015: second}, presence="binary").events.loc[("a", 2010)].tolist()
    [0.0, 1.0]
    """
    return _transitions("exit", data, presence, threshold, buffer, periods)


def _transitions(
    kind: Literal["entry", "exit"],
    data: ByPeriod,
    presence: Presence,
    threshold: float,
    buffer: float,
    periods: Sequence[Any] | None,
) -> Transitions:
    check_presence(presence, threshold, weighted=False)
    _check_buffer(buffer, presence, threshold)
    tables = tables_by_period(data, periods=periods, fewest=2)
    reads = [
        read_portfolios(
            table, presence, threshold, argument=f"data[{period_text(when)}]", empty_activities=True
        )
        for when, table in tables.items()
    ]
    when = list(tables)
    ends = dict(pairwise(when))
    moved = [
        _moved(kind, start, end, (threshold - buffer, threshold + buffer), presence)
        for start, end in pairwise(reads)
    ]
    first = reads[0]
    rows = pd.MultiIndex.from_product([first.ids, list(ends)], names=["region", "period"])
    values = np.stack(moved, axis=1).reshape(len(rows), -1)
    if np.isnan(values).all():
        raise InputError(
            "data",
            expected="regions at risk in some interval",
            found=f"none that could have {'entered' if kind == 'entry' else 'left'}",
            remedy="take another threshold or a smaller buffer",
        )
    notes = _notes(reads, when)
    return Transitions(
        kind=kind,
        events=pd.DataFrame(values, index=rows, columns=first.activities),
        ends=ends,
        presence=presence,
        threshold=threshold,
        buffer=buffer,
        provenance=Provenance(
            method="entries" if kind == "entry" else "exits",
            nobs=int((~np.isnan(values)).sum()),
            ids_digest=ids_digest(first.ids),
            notes=notes,
            options={"presence": presence, "threshold": f"{threshold:g}", "buffer": f"{buffer:g}",
                     "periods": ", ".join(map(period_text, when))},
        ),
        notes=notes,
    )  # fmt: skip


def _check_buffer(buffer: float, presence: Presence, threshold: float) -> None:
    why = "above it, no quotient is low enough to be at risk"
    check_number("buffer", buffer, above=-1e-300, below=threshold, why=why)
    if buffer > 0 and presence != "rca":
        raise InputError(
            "buffer",
            expected='presence="rca", whose location quotients it is for',
            found=f"buffer={buffer!r} with presence={presence!r}",
            remedy="leave the buffer out",
        )


def _moved(
    kind: str,
    start: Portfolios,
    end: Portfolios,
    bounds: tuple[float, float],
    presence: Presence,
) -> FloatArray:
    """Return 1 moved, 0 could have, missing could not, shape (n, k)."""
    # figures need no comparison with quotients: present or not
    low, high = bounds if presence == "rca" else (0.5, 0.5)
    before, after = (one.level if presence == "rca" else one.has for one in (start, end))
    if kind == "entry":
        risk, event = ~incidence.reaches(before, low), incidence.reaches(after, high)
    else:
        risk, event = incidence.reaches(before, high), ~incidence.reaches(after, low)
    return np.where(risk, event.astype(np.float64), np.nan)


def _notes(reads: list[Portfolios], when: list[Any]) -> tuple[str, ...]:
    nobody = {
        period_text(period): read.activities[np.asarray(read.has.max(axis=0) == 0)].tolist()
        for period, read in zip(when, reads, strict=True)
    }
    return tuple(
        f"{len(names)} activities are nobody's in {period}: "
        f"{', '.join(map(str, names[:5]))}{' ...' if len(names) > 5 else ''}."
        for period, names in nobody.items()
        if names
    )
