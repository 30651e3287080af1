"""Moves between the quadrants of the Moran scatterplot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.statistics import Answer, Statistic, Tests
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, ValuesError
from workbench.explore.arrangements import arrangements, extremeness, tail_p
from workbench.explore.dynamics.chain import INDEPENDENT, Chain, chain, chi_square_answer
from workbench.explore.dynamics.classes import (
    check_periods,
    needed_weights,
    neighbour_means,
    spacing_note,
)
from workbench.explore.dynamics.endpoints import KINDS, end_plan, endpoints, moves
from workbench.explore.dynamics.markov import cells, dynamics_provenance
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.explore.permuted import check_permutations
from workbench.numerics.dynamics import transitions
from workbench.numerics.scores.chi_square import ChiSquare
from workbench.typing import Align, FloatArray, IntArray, Tolerance

QUADRANTS = ("High-High", "High-Low", "Low-High", "Low-Low")
"""States: own value, then the neighbours'; state = 2 * (own is low) + (neighbours are low)."""

NULL = "a region and its neighbours move between high and low independently of each other"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LisaMarkovResult:
    """Moves between the quadrants of the Moran scatterplot; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    chain : Chain
        The chain over the four quadrants.
    own, neighbors : Chain
        Chains over high and low of the region's own value and of the neighbours' mean.
    expected : pandas.DataFrame
        Moves expected if the two moved independently.
    tests : Tests
        Independence of own and neighbours' moves: ``LR`` and ``chi2``.
    points, steps : pandas.DataFrame
        What :meth:`augment` and :meth:`moves` hand out copies of.
    ends : tuple of ndarray of shape (4, 4), or None
        Moves of which both, the first, the last or neither quadrant is significant, if that was
        asked for.
    notes : tuple of str
    provenance : Provenance
    """

    variable: str
    chain: Chain
    own: Chain
    neighbors: Chain
    expected: pd.DataFrame
    tests: Tests
    points: pd.DataFrame
    steps: pd.DataFrame | None
    ends: tuple[FloatArray, ...] | None
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def transitions(self) -> pd.DataFrame:
        """Number of moves between quadrants, from rows to columns."""
        return self.chain.transitions

    @property
    def probabilities(self) -> pd.DataFrame:
        """Transition probabilities between quadrants."""
        return self.chain.probabilities

    @property
    def steady_state(self) -> pd.Series[float]:
        """Share of time in each quadrant in the long run."""
        return self.chain.steady_state

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "permutation" if self.provenance.seed is not None else "closed form"

    @property
    def heading(self) -> str:
        """What the chain is of."""
        return say("LISA Markov chain of {variable}", variable=self.variable)

    def tidy(self) -> pd.DataFrame:
        """Return a row a pair of quadrants: ``transitions estimate std_error expected``.

        If ends were tested, also the moves of which both, the first, the last or neither quadrant
        is significant: ``significant_both significant_start significant_end significant_neither``.
        """
        table = self.chain.tidy().assign(expected=self.expected.to_numpy().ravel())
        return table.assign(**self._ends())

    def _ends(self) -> dict[str, IntArray]:
        found = [] if self.ends is None else [part.ravel() for part in self.ends]
        return {name: part.astype(np.int64) for name, part in zip(KINDS, found, strict=False)}

    def moves(self) -> pd.DataFrame:
        """Return a row a (region, start, end): ``from to significant_start significant_end``.

        Raises
        ------
        InputError
            If the ends were not tested.
        """
        if self.steps is None:
            raise InputError(
                "moves",
                expected="moves whose ends were tested",
                found="none: neither alpha nor fdr was given",
                remedy="lisa_markov(..., alpha=0.05), or fdr=0.05",
            )
        return self.steps.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: sample, number of moves, the likelihood ratio and its p-value."""
        periods = len(self.points.index.get_level_values(1).unique())
        return one_row(
            entities=len(self.points) // periods,
            periods=periods,
            transitions=int(self.chain.counts.sum()),
            statistic=self.tests["LR"].statistic,
            p_value=self.tests["LR"].p_value,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a (region, period): ``value lag quadrant``, value and lag standardised.

        If ends were tested, also ``p_value p_adjusted significant`` of local Moran's I.
        """
        return self.points.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the heatmap of the probabilities; see ``views.dynamics.transition_heatmap``."""
        return display.picture("transition heatmap", self, title=title)

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        tables = [
            ("Transition probabilities", self.probabilities),
            ("Quadrants", self.chain.summary()),
            ("Independence of own and neighbours' moves", self.tests.tidy()),
        ]
        if self.ends is not None:
            moved = self.tidy()[list(KINDS)]
            tables.append(("Moves by which of their quadrants are significant", moved))
        return tables

    def __str__(self) -> str:
        return display.text(self.heading, self._tables(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._tables(), self.notes)


def lisa_markov(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    alpha: float | None = None,
    fdr: float | None = None,
    align: Align = "strict",
    periods: Sequence[Any] | pd.Index | None = None,
) -> LisaMarkovResult:
    """Estimate moves between the quadrants of the Moran scatterplot, and whether they are joint.

    In each period a region is high or low (above the period's mean or not), and so is the weighted
    mean of its neighbours. If both moved independently, the probability of a move between
    quadrants would be the product of those of the two chains over high and low; the tests compare
    the moves with that. Many a quadrant is noise: with `alpha` or `fdr` moves are told apart by
    whether a significant cluster stands at their beginning and at their end (Rey 2001).

    Parameters
    ----------
    variable, panel, periods
        As for :func:`markov`.
    W : Weights, Graph or libpysal W
        Spatial weights without islands; rows that do not sum to one are scaled to do so.
    permutations : int, default 999
        Number of times that whole histories are put on other regions at random; 0 for none.
    seed : int, default 0
        Seed of the permutations.
    alpha, fdr : float, optional
        If given, the quadrants at both ends of every move are tested by local Moran's I, as
        :func:`workbench.lisa` does: at a level for each region, or by false discovery rate over the
        regions of a period. With ``permutations=0`` their number is chosen as there.
    align : {"strict", "intersection"}
        What to do about regions that only the panel or only the weights have.

    Returns
    -------
    LisaMarkovResult
        ``chain expected tests``, and ``tidy() glance() augment() plot()``.

    Raises
    ------
    ValuesError, PanelError, IdError
        As for :func:`markov`; or if the variable is constant within a period.
    WeightsError
        If a region has no neighbours or weights are negative.

    Notes
    -----
    The tests have the degrees of freedom of a free chain over the quadrants minus those of the two
    chains over high and low, 12 − 4 = 8 when every move occurs.

    References
    ----------
    Rey, S. J. (2001). Spatial empirics for economic growth and convergence. Geographical Analysis
    33, 195-214.

    Examples
    --------
    >>> import libpysal
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(4, 4))
    >>> rng = np.random.default_rng(0)
    >>> wide = pd.DataFrame(rng.random((16, 6)), index=W.unique_ids, columns=range(2000, 2006))
    >>> int(lisa_markov(wide, None, W, permutations=0).transitions.to_numpy().sum())
    80
    """
    check_permutations(permutations, none_allowed=True)
    check_seed(seed)
    chosen = end_plan(alpha=alpha, fdr=fdr, permutations=permutations or None, seed=seed)
    read = read_panel(variable, panel, W, align=align, periods=periods)
    check_periods(read)
    z = _standardised(read)
    weights = needed_weights(read)
    lag = neighbour_means(z, weights)
    own, around = _low(z), _low(lag)
    found = _independence(own, around)
    joint = chain(_count(2 * own + around, 4), pd.Index(QUADRANTS, name="quadrant"))
    simulated = np.array(
        [
            [extremeness(part) for part in _independence(own[order], _low(other))[1:]]
            for order in arrangements(len(z), permutations, seed=int(seed), name="lisa markov")
            for other in [neighbour_means(z[order], weights)]
        ]
    )
    notes = (*read.notes, *spacing_note(read), *joint.notes())
    states = 2 * own + around
    tested = None if chosen is None else endpoints(z, weights, chosen)
    options = {"permutations": str(permutations)}
    if tested is not None:
        options["ends"] = f"{tested.rule}, {tested.permutations} permutations"
    provenance = dynamics_provenance(
        "LISA Markov chain",
        read,
        notes,
        options,
        seed=int(seed) if permutations or tested is not None else None,
    )
    points = _points(read, z, lag, states)
    levels = pd.Index(["High", "Low"], name="level")
    return LisaMarkovResult(
        variable=read.name,
        chain=joint,
        own=chain(_count(own, 2), levels),
        neighbors=chain(_count(around, 2), levels),
        expected=joint.transitions.astype(float) * 0 + found[0],
        tests=_tests(found[1:], simulated),
        points=points if tested is None else points.assign(**tested.columns()),
        steps=None if tested is None else moves(states, tested, cells(read), joint.labels),
        ends=None if tested is None else tested.counts(states, 4),
        notes=notes,
        provenance=provenance,
    )


def _standardised(read: PanelVariable) -> FloatArray:
    deviation = read.values - read.values.mean(axis=0)
    spread = np.ptp(read.values, axis=0)
    # what rounding leaves of a constant, as in refuse_constant
    still = spread <= 1e-12 * np.abs(read.values).max(axis=0)
    if still.any():
        raise ValuesError(
            read.name,
            expected="values that vary between regions in every period",
            found=f"{int(still.sum())} periods in which all are equal",
            offenders=read.periods[still].tolist(),
            why="where all are equal nobody is high or low",
            remedy="leave those periods out, periods=[...]",
        )
    return np.asarray(deviation / np.sqrt((deviation**2).mean(axis=0)))


def _low(values: FloatArray) -> IntArray:
    """Return 1 where a deviation is low; the mean itself counts as low, as in ``quadrants``."""
    return (values <= 0).astype(np.int64)


def _count(states: IntArray, k: int) -> FloatArray:
    return np.asarray(transitions.count_transitions(states, k)[0])


def _independence(own: IntArray, around: IntArray) -> tuple[FloatArray, ChiSquare, ChiSquare]:
    """Return expected moves between quadrants, the likelihood ratio and Pearson's statistic."""
    observed = _count(2 * own + around, 4)
    tables = [_count(part, 2) for part in (own, around)]
    P = np.kron(*(np.nan_to_num(transitions.probabilities(table)) for table in tables))
    expected = observed.sum(axis=1, keepdims=True) * P
    free = int((np.count_nonzero(expected, axis=1) - 1)[observed.sum(axis=1) > 0].sum())
    used = sum(
        int((np.count_nonzero(table, axis=1) - 1)[table.sum(axis=1) > 0].sum()) for table in tables
    )
    ratio, pearson = transitions.compared(observed, expected, free - used)
    return np.asarray(expected), ratio, pearson


def _tests(found: tuple[ChiSquare, ChiSquare], simulated: FloatArray) -> Tests:
    answers: dict[str, Answer] = {}
    for place, (name, part) in enumerate(zip(("LR", "chi2"), found, strict=True)):
        answer = chi_square_answer(name, NULL, part, INDEPENDENT)
        if len(simulated) and isinstance(answer, Statistic):
            p = float(tail_p(extremeness(part), simulated[:, place], "greater"))
            answer = replace(answer, p_permutation=p, permutations=len(simulated))
        answers[name] = answer
    return Tests("Independence of own and neighbours' moves", answers)


def _points(read: PanelVariable, z: FloatArray, lag: FloatArray, states: IntArray) -> pd.DataFrame:
    names = np.array(QUADRANTS, dtype=object)[states.ravel()]
    columns = {"value": z.ravel(), "lag": lag.ravel(), "quadrant": names}
    return pd.DataFrame(columns, index=cells(read))
