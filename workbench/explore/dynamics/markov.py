"""Transitions between classes as a Markov chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.provenance import Provenance
from workbench.core.statistics import Answer, NotApplicable, Tests
from workbench.core.vocabulary import one_row
from workbench.errors import InputError
from workbench.explore.dynamics.chain import INDEPENDENT, Chain, chain, chi_square_answer
from workbench.explore.dynamics.classes import (
    Classes,
    Classified,
    check_periods,
    classify,
    relative_values,
    spacing_note,
)
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.numerics.dynamics import transitions
from workbench.typing import Classing, FloatArray, Tolerance

SPARSE = 5.0
"""Moves expected in a cell below which the chi-square approximation is not to be relied on."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MarkovResult:
    """A Markov chain of classes estimated from a panel; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    chain : Chain
        The estimated chain; the tables below read from it.
    tests : Tests
        Homogeneity over time (likelihood ratio, Pearson), order 0 against 1, 1 against 2.
    intervals : pandas.Series
        Each class in words, indexed by class (1 is the lowest).
    points : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    notes : tuple of str
        Classes nobody was in, absorbing classes, thin tables.
    provenance : Provenance
    """

    variable: str
    chain: Chain
    tests: Tests
    intervals: pd.Series[str]
    points: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def transitions(self) -> pd.DataFrame:
        """Number of moves, from rows to columns."""
        return self.chain.transitions

    @property
    def probabilities(self) -> pd.DataFrame:
        """Transition probabilities; a class from which nothing moved is NaN."""
        return self.chain.probabilities

    @property
    def std_errors(self) -> pd.DataFrame:
        """Multinomial standard errors of the probabilities."""
        return self.chain.std_errors

    @property
    def steady_state(self) -> pd.Series[float]:
        """Share of time in each class in the long run; NaN where it is not determined."""
        return self.chain.steady_state

    @property
    def first_passage(self) -> pd.DataFrame:
        """Expected periods until the column's class is first reached from the row's."""
        return self.chain.first_passage

    @property
    def sojourn(self) -> pd.Series[float]:
        """Expected periods in a class once there."""
        return self.chain.sojourn

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What the chain is of."""
        return say("Markov chain of {variable}", variable=self.variable)

    def tidy(self) -> pd.DataFrame:
        """Return a row a pair of classes: ``transitions estimate std_error``."""
        return self.chain.tidy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``entities periods classes transitions shorrocks half_life``."""
        periods = len(self.points.index.get_level_values(1).unique())
        return one_row(
            entities=len(self.points) // periods,
            periods=periods,
            classes=len(self.chain.labels),
            transitions=int(self.chain.counts.sum()),
            shorrocks=self.chain.mobility.shorrocks,
            half_life=self.chain.mobility.half_life,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a (region, period): ``value class``; value as it was put into classes."""
        return self.points.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the heatmap of the probabilities; see ``views.dynamics.transition_heatmap``."""
        return display.picture("transition heatmap", self, title=title)

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("Transition probabilities", self.probabilities),
            ("Classes", self.chain.summary().join(self.intervals)),
            ("Tests", self.tests.tidy()),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._tables(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._tables(), self.notes)


def markov(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None = None,
    *,
    classes: int | Sequence[float] = 5,
    method: Classing = "quantiles",
    pooled: bool = True,
    relative: bool = False,
    blocks: int | None = None,
    periods: Sequence[Any] | pd.Index | None = None,
) -> MarkovResult:
    """Estimate how regions move between classes of a variable from one period to the next.

    ``p_ij = n_ij / n_i``: the share of the moves from class i that end in class j (Anderson and
    Goodman 1957), over all regions and all pairs of consecutive periods.

    Parameters
    ----------
    variable : str, DataFrame or Series
        A column or expression of `panel`, a wide table (regions by periods), or a series indexed
        by (region, period). Missing, infinite and constant values are refused.
    panel : DataFrame, optional
        Indexed by (region, period), rows in any order; balanced in the periods used.
    classes : int or sequence of float, default 5
        Number of classes, or the inner cutoffs (a value on a cutoff is in the lower class).
    method : {"quantiles", "equal-interval"}
        How a number of classes becomes cutoffs.
    pooled : bool, default True
        Whether all periods share the cutoffs; otherwise each period has its own, and only changes
        of relative position are moves.
    relative : bool, default False
        Whether values are first divided by the mean of their period.
    blocks : int, optional
        Number of runs of consecutive intervals that the test of homogeneity over time compares; by
        default every interval by itself, whose cells are thin in most panels of regions.
    periods : sequence, optional
        Periods to use; consecutive ones of these make a move, however far apart they are (a note
        says so where distances differ).

    Returns
    -------
    MarkovResult
        ``transitions probabilities std_errors steady_state first_passage sojourn tests``, and
        ``chain.mobility``, ``tidy() glance() augment() plot()``.

    Raises
    ------
    InputError
        If there are fewer than two classes or cutoffs do not increase.
    ValuesError
        If values cannot be used, or so many are equal that cutoffs coincide.
    PanelError
        If there is one period only, or the panel has gaps.

    Notes
    -----
    Homogeneity over time has Σ_i (a_i − 1)(b_i − 1) degrees of freedom (Bickenbach and Bode 2003).
    Where every period has its own quantiles, the number that arrives in a class is given beforehand
    as the number that leaves it is, and (b − 1)(k − 1)² remain (k classes, b intervals or blocks,
    less for moves that never occur): with the former the test would never reject.

    References
    ----------
    Anderson, T. W. and Goodman, L. A. (1957). Statistical inference about Markov chains. Annals of
    Mathematical Statistics 28, 89-110. Bickenbach, F. and Bode, E. (2003). Evaluating the Markov
    property in studies of economic convergence. International Regional Science Review 26, 363-392.
    Quah, D. (1993). Empirical cross-section dynamics in
    economic growth. European Economic Review 37, 426-434.

    Examples
    --------
    >>> wide = {2000: [1.0, 4.0], 2001: [1.0, 1.0], 2002: [4.0, 1.0]}
    >>> markov(pd.DataFrame(wide, index=["a", "b"]), classes=[2.0]).transitions.to_numpy().tolist()
    [[2, 1], [1, 0]]
    """
    chosen = Classes(classes, method, pooled)
    read = read_panel(variable, panel, periods=periods)
    check_periods(read)
    values = relative_values(read) if relative else read.values
    classified = classify(values, chosen, periods=read.periods)
    labels = pd.RangeIndex(1, classified.k + 1, name="class")
    found = chain(transitions.count_transitions(classified.states, classified.k)[0], labels)
    quantiles_by_period = chosen.method == "quantiles" and not chosen.pooled
    tests, thin = chain_tests(
        classified,
        blocks=_checked_blocks(blocks, len(read.periods) - 1),
        fixed_margins=quantiles_by_period and chosen.fixed is None,
    )
    notes = (*read.notes, *spacing_note(read), *found.notes(), *thin)
    options = {"classes": chosen.text, "relative": str(relative)}
    if blocks is not None:
        options["blocks"] = str(blocks)
    provenance = dynamics_provenance("Markov chain of classes", read, notes, options)
    points = pd.DataFrame(
        {"value": values.ravel(), "class": (classified.states + 1).ravel()}, index=cells(read)
    )
    return MarkovResult(read.name, found, tests, classified.intervals(), points, notes, provenance)


def cells(read: PanelVariable) -> pd.MultiIndex:
    """Return the (region, period) index of a panel variable, regions slowest."""
    return pd.MultiIndex.from_product([read.ids, read.periods], names=["region", "period"])


def dynamics_provenance(
    method: str,
    read: PanelVariable,
    notes: tuple[str, ...],
    options: dict[str, str],
    *,
    seed: int | None = None,
) -> Provenance:
    """Return what produced a result about a panel variable."""
    return Provenance(
        method=method,
        formula=read.name,
        nobs=int(read.values.size),
        ids_digest=ids_digest(read.ids),
        weights=None if read.weights is None else read.weights.described,
        seed=seed,
        notes=notes,
        options={"periods": ", ".join(period_text(period) for period in read.periods), **options},
    )


def _checked_blocks(blocks: int | None, intervals: int) -> int:
    if blocks is None:
        return intervals
    whole = isinstance(blocks, int | np.integer) and not isinstance(blocks, bool)
    if whole and 2 <= blocks <= intervals:
        return int(blocks)
    raise InputError(
        "blocks",
        expected=f"a whole number from 2 to {intervals}, the intervals between periods"
        if intervals >= 2
        else "no blocks, because two periods make one interval",
        found=repr(blocks),
        remedy="leave it out to compare every interval with all others",
    )


def chain_tests(
    classified: Classified, *, blocks: int, fixed_margins: bool
) -> tuple[Tests, tuple[str, ...]]:
    """Test homogeneity over time and the order of the chain; say where tables are thin.

    Parameters
    ----------
    classified : Classified
    blocks : int
        Runs of consecutive intervals whose moves are compared.
    fixed_margins : bool
        Whether class sizes are given beforehand in every period.
    """
    states, k = classified.states, classified.k
    over_time = transitions.homogeneity(
        transitions.by_block(states, k, blocks), fixed_margins=fixed_margins
    )
    # with one destination table a class of departure is a regime of the independence test
    counts = transitions.count_transitions(states, k)[0]
    first = transitions.homogeneity(counts[:, None, :])
    null = "the same probabilities in every " + (
        "interval" if blocks == states.shape[1] - 1 else f"one of {blocks} blocks of intervals"
    )
    answers: dict[str, Answer] = {}
    for name, part in (
        ("homogeneity over time (LR)", over_time.likelihood_ratio),
        ("homogeneity over time (chi2)", over_time.pearson),
    ):
        answers[name] = chi_square_answer(name, null, part, INDEPENDENT)
    name = "order 0 against 1 (LR)"
    null = "where a region goes does not depend on where it is"
    answers[name] = chi_square_answer(name, null, first.likelihood_ratio, INDEPENDENT)
    name, null = (
        "order 1 against 2 (LR)",
        "where a region goes does not depend on where it was before",
    )
    thin = thin_note(
        "homogeneity over time", over_time.expected, remedy="compare longer runs, blocks=..."
    )
    if states.shape[1] < 3:
        answers[name] = NotApplicable(name, null, "it needs at least three periods")
        return Tests("Tests of the chain", answers), thin
    second = transitions.homogeneity(transitions.by_previous(states, k))
    answers[name] = chi_square_answer(name, null, second.likelihood_ratio, INDEPENDENT)
    thin = (*thin, *thin_note("order 1 against 2", second.expected))
    return Tests("Tests of the chain", answers), thin


def thin_note(test: str, expected: FloatArray, *, remedy: str = "") -> tuple[str, ...]:
    """Return a sentence if most cells of a test have few expected moves."""
    possible = expected[expected > 0]
    few = int((possible < SPARSE).sum())
    if 2 * few <= len(possible):
        return ()
    return (
        f"{test}: {few} of {len(possible)} cells expect fewer than {SPARSE:.0f} moves; the "
        "chi-square p-value is rough" + (f": {remedy}" if remedy else ""),
    )
