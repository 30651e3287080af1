"""Ranks as a Markov chain: no classes to choose, every change of order a move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import check_option
from workbench.explore.dynamics.chain import Chain, chain
from workbench.explore.dynamics.classes import check_periods, spacing_note
from workbench.explore.dynamics.markov import cells, dynamics_provenance
from workbench.explore.dynamics.ranks import refuse_equal_periods
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.numerics.dynamics import transitions
from workbench.typing import FloatArray, IntArray, RankStates, Tolerance

HEADINGS = {"ranks": "Full-rank Markov chain", "regions": "Geographic rank Markov chain"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RankMarkovResult:
    """A Markov chain over ranks, or over the regions that hold them; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    states : {"ranks", "regions"}
    chain : Chain
        Over ranks, 1 for the highest value, or over region ids.
    points : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    notes : tuple of str
    provenance : Provenance
    """

    variable: str
    states: RankStates
    chain: Chain
    points: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def transitions(self) -> pd.DataFrame:
        """Number of moves, from rows to columns."""
        return self.chain.transitions

    @property
    def probabilities(self) -> pd.DataFrame:
        """Transition probabilities; rows and columns sum to one."""
        return self.chain.probabilities

    @property
    def first_passage(self) -> pd.DataFrame:
        """Expected periods until the column's state is first reached from the row's."""
        return self.chain.first_passage

    @property
    def sojourn(self) -> pd.Series[float]:
        """Expected periods at a rank once there; of regions, until another takes its rank."""
        return self.chain.sojourn

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What the chain is of."""
        return say("{what} of {variable}", what=say(HEADINGS[self.states]), variable=self.variable)

    def tidy(self) -> pd.DataFrame:
        """Return a row a pair of states: ``transitions estimate std_error``."""
        return self.chain.tidy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``entities periods transitions shorrocks half_life``."""
        periods = len(self.points.index.get_level_values(1).unique())
        return one_row(
            entities=len(self.points) // periods,
            periods=periods,
            transitions=int(self.chain.counts.sum()),
            shorrocks=self.chain.mobility.shorrocks,
            half_life=self.chain.mobility.half_life,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a (region, period): ``value rank``, no rank twice in a period."""
        return self.points.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the heatmap of the probabilities; see ``views.dynamics.transition_heatmap``."""
        return display.picture("transition heatmap", self, title=title)

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.glance()), ("States", self.chain.summary())]

    def __str__(self) -> str:
        return display.text(self.heading, self._tables(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._tables(), self.notes)


def rank_markov(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None = None,
    *,
    states: RankStates = "ranks",
    periods: Sequence[Any] | pd.Index | None = None,
) -> RankMarkovResult:
    """Estimate how regions move between ranks, or how a rank moves between regions.

    Classes of a variable hide moves within them and depend on their cutoffs; ranks do neither
    (Rey 2014). Over ranks, p_ij is the share of periods in which the region at rank i goes to
    rank j. Over regions, it is the share in which the rank of region i is taken by region j.

    Parameters
    ----------
    variable, panel, periods
        As for :func:`markov`.
    states : {"ranks", "regions"}, default "ranks"
        What the chain is over.

    Returns
    -------
    RankMarkovResult
        ``transitions probabilities first_passage sojourn``, ``chain.mobility``, and ``tidy()
        glance() augment() plot()``.

    Raises
    ------
    ValuesError, PanelError
        As for :func:`markov`; or if there is one region only, or all values of a period are equal.

    Notes
    -----
    Every rank is held once in every period: all states are left T − 1 times and reached as often,
    the steady state is 1/n wherever the chain does not fall apart, and the mean recurrence time n.
    What differs are passages and sojourns. There are n² probabilities and n (T − 1) moves, so that
    single probabilities are rough however long the panel. Of equal values the one whose region id
    comes later has the higher rank, as in giddy; a note says how many there are.

    References
    ----------
    Rey, S. J. (2014). Rank-based Markov chains for regional income distribution dynamics. Journal
    of Geographical Systems 16, 115-137, equation 11.

    Examples
    --------
    >>> wide = {2000: [3.0, 1.0], 2001: [3.0, 1.0], 2002: [1.0, 3.0]}
    >>> rank_markov(pd.DataFrame(wide, index=["a", "b"])).transitions.to_numpy().tolist()
    [[1, 1], [1, 1]]
    """
    check_option("states", states, RankStates)
    read = read_panel(variable, panel, periods=periods)
    check_periods(read)
    refuse_equal_periods(read)
    ranks = _ranks(read.values)
    n = len(read.ids)
    if states == "ranks":
        found = transitions.count_transitions(ranks, n)[0]
        labels: pd.Index = pd.RangeIndex(1, n + 1, name="rank")
    else:
        # a row a rank, a column a period: who holds it
        found = transitions.count_transitions(np.argsort(ranks, axis=0), n)[0]
        labels = read.ids
    joint = chain(found, labels)
    notes = (*read.notes, *spacing_note(read), *_ties(read), *_apart(joint))
    points = pd.DataFrame(
        {"value": read.values.ravel(), "rank": (ranks + 1).ravel()}, index=cells(read)
    )
    provenance = dynamics_provenance("Markov chain of ranks", read, notes, {"states": states})
    return RankMarkovResult(read.name, states, joint, points, notes, provenance)


def _ranks(values: FloatArray) -> IntArray:
    """Return distinct ranks from 0 for the highest; of equal values the later row is higher."""
    ascending = np.argsort(values, axis=0, kind="stable")
    ranks = np.empty_like(ascending)
    np.put_along_axis(ranks, ascending[::-1], np.arange(len(values))[:, None], axis=0)
    return np.asarray(ranks, dtype=np.int64)


def _ties(read: PanelVariable) -> tuple[str, ...]:
    ordered = np.sort(read.values, axis=0)
    tied = (np.diff(ordered, axis=0) == 0).sum(axis=0)
    if not tied.any():
        return ()
    return (
        f"{int(tied.sum())} values equal another one of their period, in {int((tied > 0).sum())} "
        "periods; of equal values the later region id has the higher rank",
    )


def _apart(joint: Chain) -> tuple[str, ...]:
    """Say where the chain falls apart: which states, and how many stand for themselves."""
    parts = joint.long_run.recurrent
    if len(parts) == 1:
        return ()
    alone = sum(len(part) == 1 for part in parts)
    return (
        f"the chain falls apart into {len(parts)} recurrent classes, {alone} of one state: there "
        "is no single steady state, see chain.steady_states",
    )
