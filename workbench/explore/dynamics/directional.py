"""Directions in which regions and their neighbours move: the rose of dynamic LISAs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.statistics import Statistic
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, PanelError, ValuesError, check_option, listing
from workbench.explore.arrangements import arrangements, tail_p
from workbench.explore.dynamics.classes import (
    check_periods,
    needed_weights,
    neighbour_means,
    relative_values,
)
from workbench.explore.dynamics.markov import dynamics_provenance
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.explore.permuted import check_permutations
from workbench.typing import Align, Alternative, FloatArray, IntArray, Tolerance
from workbench.weights import Weights

NULL = "where a region moves has nothing to do with where its neighbours move"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DirectionalResult:
    """Moves of regions in the Moran scatterplot, by direction; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    start, end : object
        The two periods.
    together : Statistic
        Share of the regions that move in the same direction as their neighbours, up or down.
    sectors : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    points : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    notes : tuple of str
        Regions that did not move.
    provenance : Provenance
    """

    variable: str
    start: Any
    end: Any
    together: Statistic
    sectors: pd.DataFrame
    points: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "permutation"

    @property
    def heading(self) -> str:
        """What moved, and when."""
        span = say("{start} to {end}", start=period_text(self.start), end=period_text(self.end))
        return say("Directional LISA of {variable}, {span}", variable=self.variable, span=span)

    def tidy(self) -> pd.DataFrame:
        """Return a row a sector: ``angle_low angle_high statistic expected p_permutation``.

        ``statistic`` is the number of regions; angles in degrees, counter-clockwise from east
        (own value up, neighbours still).
        """
        return self.sectors.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, share that moves with its neighbours, permutation p-value."""
        return one_row(
            nobs=len(self.points),
            statistic=self.together.statistic,
            expected=self.together.expected,
            p_permutation=self.together.p_permutation,
            permutations=self.together.permutations,
            alternative=self.together.alternative,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``change lag_change angle length sector``.

        A region that did not move at all has no angle and sector 0.
        """
        return self.points.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the rose diagram; for its options see ``views.dynamics.rose``."""
        return display.picture("rose", self, title=title)

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.together.tidy().T), ("Sectors", self.sectors)]

    def __str__(self) -> str:
        return display.text(self.heading, self._tables(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._tables(), self.notes)


def directional_lisa(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None,
    W: Any,
    *,
    start: Any = None,
    end: Any = None,
    sectors: int = 8,
    relative: bool = True,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    align: Align = "strict",
) -> DirectionalResult:
    """Count in which directions regions move in the Moran scatterplot between two periods.

    A region's move is the change of its own value (to the right when it rises) and the change of
    the weighted mean of its neighbours (upwards when it rises). Counts by sector are compared with
    those after whole histories are put on other regions at random (Rey, Murray and Anselin 2011).

    Parameters
    ----------
    variable, panel
        As for :func:`markov`.
    W : Weights, Graph or libpysal W
        Spatial weights without islands; rows that do not sum to one are scaled to do so.
    start, end : period, optional
        First and last period; by default those of the panel. What is missing in other periods
        does not matter when both are given.
    sectors : int, default 8
        Number of equal sectors, a multiple of 4 so that no sector straddles an axis; the first
        begins at east. A move on the border of two sectors counts in the later one.
    relative : bool, default True
        Whether values are divided by the mean of their period; otherwise growth that is common to
        all moves all regions to the upper right.
    permutations : int, default 999
        Number of permutations R.
    seed : int, default 0
        Seed of the permutations.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` for more regions in a sector (or moving with their neighbours) than by chance.
    align : {"strict", "intersection"}
        What to do about regions that only the panel or only the weights have.

    Returns
    -------
    DirectionalResult
        ``together`` and ``tidy() glance() augment() plot()``.

    Raises
    ------
    InputError
        If `sectors` is not a multiple of 4 or the periods do not increase.
    ValuesError, PanelError, IdError
        As for :func:`markov`; or if no region moves.
    WeightsError
        If a region has no neighbours or weights are negative.

    References
    ----------
    Rey, S. J., Murray, A. T. and Anselin, L. (2011). Visualizing regional income distribution
    dynamics. Letters in Spatial and Resource Sciences 4, 81-90.

    Examples
    --------
    >>> import libpysal
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(4, 4))
    >>> rng = np.random.default_rng(0)
    >>> wide = pd.DataFrame(1 + rng.random((16, 2)), index=W.unique_ids, columns=[2000, 2001])
    >>> int(directional_lisa(wide, None, W, sectors=4).tidy()["statistic"].sum())
    16
    """
    check_option("alternative", alternative, Alternative)
    check_permutations(permutations)
    check_seed(seed)
    _check_sectors(sectors)
    chosen = None if start is None or end is None else [start, end]
    read = read_panel(variable, panel, W, align=align, periods=chosen)
    check_periods(read)
    first, last = _interval(read, start, end)
    values = (relative_values(read) if relative else read.values)[:, [first, last]]
    weights = needed_weights(read)
    moves = _moves(values, weights)
    sector = _sector(moves, sectors)
    if not (sector > 0).any():
        raise ValuesError(
            read.name,
            expected="a variable that changes between the two periods",
            found=f"no change from {period_text(read.periods[first])} to "
            f"{period_text(read.periods[last])}",
            remedy="choose periods between which something changed",
        )
    observed = _counts(sector, sectors)
    simulated = np.array(
        [
            _counts(_sector(_moves(values[order], weights), sectors), sectors)
            for order in arrangements(
                len(values), permutations, seed=int(seed), name="directional lisa"
            )
        ]
    )
    notes = (*read.notes, *_still(read, sector))
    options = {
        "start": period_text(read.periods[first]),
        "end": period_text(read.periods[last]),
        "sectors": str(sectors),
        "relative": str(relative),
        "permutations": str(permutations),
        "alternative": alternative,
    }
    provenance = dynamics_provenance("directional LISA", read, notes, options, seed=int(seed))
    return DirectionalResult(
        variable=read.name,
        start=read.periods[first],
        end=read.periods[last],
        together=_together(observed, simulated, alternative, provenance),
        sectors=_table(observed, simulated, alternative),
        points=_points(read, moves, sector),
        notes=notes,
        provenance=provenance,
    )


def _check_sectors(sectors: object) -> None:
    whole = isinstance(sectors, int | np.integer) and not isinstance(sectors, bool)
    if not whole or not 4 <= sectors <= 36 or sectors % 4:  # type: ignore[operator]
        raise InputError(
            "sectors",
            expected="a multiple of 4 from 4 to 36",
            found=repr(sectors),
            why="a sector that straddles an axis mixes moves with and against the neighbours",
            remedy="sectors=8",
        )


def _interval(read: PanelVariable, start: Any, end: Any) -> tuple[int, int]:
    names = [period_text(period) for period in read.periods]
    places = []
    for argument, period, default in (("start", start, 0), ("end", end, len(read.periods) - 1)):
        # the same look-up as for periods=, which reads text as a date where periods are dates
        place = default if period is None else int(read.periods.get_indexer(pd.Index([period]))[0])
        if place < 0:
            raise PanelError(
                argument,
                expected=f"a period of the panel, {names[0]} to {names[-1]}",
                found=repr(period),
                remedy=f"name it as the panel does: {argument}={read.periods.tolist()[default]!r}",
            )
        places.append(place)
    if places[0] >= places[1]:
        raise PanelError(
            "start",
            expected="a period before `end`",
            found=f"{names[places[0]]} and {names[places[1]]}",
            remedy="swap them",
        )
    return places[0], places[1]


def _moves(values: FloatArray, weights: Weights) -> FloatArray:
    """Return the change of each region and of its neighbours' mean, shape (n, 2)."""
    change = values[:, 1:] - values[:, :1]
    # the mean of the changes, so that neighbours who do not change leave exactly zero
    return np.hstack([change, neighbour_means(change, weights)])


def _sector(moves: FloatArray, sectors: int) -> IntArray:
    """Return the sector of each move from 1, or 0 for one of no length."""
    turn = np.arctan2(moves[:, 1], moves[:, 0]) / (2 * np.pi) % 1.0
    place = np.minimum((turn * sectors).astype(np.int64), sectors - 1) + 1
    return np.where((moves != 0).any(axis=1), place, 0)


def _counts(sector: IntArray, sectors: int) -> FloatArray:
    return np.bincount(sector, minlength=sectors + 1)[1:].astype(np.float64)


def _together(
    observed: FloatArray,
    simulated: FloatArray,
    alternative: Alternative,
    provenance: Provenance,
) -> Statistic:
    quarter = len(observed) // 4
    same = np.r_[0:quarter, 2 * quarter : 3 * quarter]
    share = simulated[:, same].sum(axis=1) / np.maximum(simulated.sum(axis=1), 1)
    seen = float(observed[same].sum() / observed.sum())
    p = float(tail_p(seen, share, alternative))
    return Statistic(
        name="share moving with the neighbours",
        statistic=seen,
        null=NULL,
        p_value=p,
        alternative=alternative,
        distribution="permutation",
        expected=float(share.mean()),
        variance=float(share.var()),
        p_permutation=p,
        permutations=len(simulated),
        assumptions="every assignment of the observed histories to regions is equally likely",
        provenance=provenance,
    )


def _table(observed: FloatArray, simulated: FloatArray, alternative: Alternative) -> pd.DataFrame:
    count = len(observed)
    edges = np.arange(count + 1) * 360.0 / count
    columns = {
        "angle_low": edges[:-1],
        "angle_high": edges[1:],
        "statistic": observed.astype(np.int64),
        "expected": simulated.mean(axis=0),
        "p_permutation": tail_p(observed, simulated, alternative),
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(1, count + 1, name="sector"))


def _points(read: PanelVariable, moves: FloatArray, sector: IntArray) -> pd.DataFrame:
    angle = np.degrees(np.arctan2(moves[:, 1], moves[:, 0])) % 360.0
    columns = {
        "change": moves[:, 0],
        "lag_change": moves[:, 1],
        "angle": np.where(sector > 0, angle, np.nan),
        "length": np.hypot(moves[:, 0], moves[:, 1]),
        "sector": sector,
    }
    return pd.DataFrame(columns, index=read.ids)


def _still(read: PanelVariable, sector: IntArray) -> tuple[str, ...]:
    still = read.ids[sector == 0].tolist()
    if not still:
        return ()
    return (f"{len(still)} regions did not move and have no direction: {listing(still)}",)
