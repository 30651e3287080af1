"""Transitions between classes, given the class of the neighbours."""

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
from workbench.explore.arrangements import arrangements, extremeness, tail_p
from workbench.explore.dynamics.chain import INDEPENDENT, Chain, chain, chi_square_answer
from workbench.explore.dynamics.classes import (
    Classes,
    Classified,
    check_periods,
    classify,
    needed_weights,
    neighbour_means,
    relative_values,
    spacing_note,
)
from workbench.explore.dynamics.markov import cells, dynamics_provenance, thin_note
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.explore.permuted import check_permutations
from workbench.numerics.dynamics import transitions
from workbench.typing import Align, Classing, FloatArray, Tolerance
from workbench.weights import Weights

NULL = "the same transition probabilities whatever the class of the neighbours"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SpatialMarkovResult:
    """Markov chains of classes by class of the neighbours' mean; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    pooled : Chain
        The chain of all moves.
    chains : tuple of Chain
        The chains of the moves that began with neighbours in lag class 1, 2, ...
    tests : Tests
        Homogeneity across lag classes: ``LR`` and ``chi2``, with permutation p-values.
    intervals, lag_intervals : pandas.Series
        Classes of the variable and of the neighbours' mean in words.
    points : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    notes : tuple of str
        Classes nobody was in, by lag class; thin tables.
    provenance : Provenance
    """

    variable: str
    pooled: Chain
    chains: tuple[Chain, ...]
    tests: Tests
    intervals: pd.Series[str]
    lag_intervals: pd.Series[str]
    points: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def conditional(self) -> dict[int, Chain]:
        """The chain of each lag class, 1 being the lowest."""
        return dict(enumerate(self.chains, start=1))

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "permutation" if self.provenance.seed is not None else "closed form"

    @property
    def heading(self) -> str:
        """What the chains are of."""
        return say("Spatial Markov chain of {variable}", variable=self.variable)

    @property
    def steady_states(self) -> pd.DataFrame:
        """Steady states, a row a lag class and one for all; NaN where not determined."""
        keys: list[object] = [*self.conditional, "all"]
        table = pd.DataFrame([part.steady_state for part in self._parts()], index=keys)
        return table.rename_axis("lag_class")

    @property
    def first_passage(self) -> pd.DataFrame:
        """First passage times stacked by lag class: index ``(lag_class, from)``."""
        parts = {lag: part.first_passage for lag, part in self.conditional.items()}
        return pd.concat(parts, names=["lag_class"])

    @property
    def probabilities(self) -> pd.DataFrame:
        """Transition probabilities stacked by lag class: index ``(lag_class, from)``."""
        return self._stacked([part.probabilities for part in self._parts()])

    def tidy(self) -> pd.DataFrame:
        """Return a row a (lag class, from, to): ``transitions estimate std_error``."""
        return self._stacked([part.tidy() for part in self._parts()])

    def _parts(self) -> list[Chain]:
        return [*self.chains, self.pooled]

    def _stacked(self, tables: list[pd.DataFrame]) -> pd.DataFrame:
        keys: list[object] = [*self.conditional, "all"]
        return pd.concat(tables, keys=keys, names=["lag_class"])

    def glance(self) -> pd.DataFrame:
        """Return one row: sample, number of moves, the likelihood ratio and its p-values."""
        ratio = self.tests["LR"]
        permuted = ratio.p_permutation if isinstance(ratio, Statistic) else None
        periods = len(self.points.index.get_level_values(1).unique())
        return one_row(
            entities=len(self.points) // periods,
            periods=periods,
            classes=len(self.pooled.labels),
            transitions=int(self.pooled.counts.sum()),
            statistic=ratio.statistic,
            p_value=ratio.p_value,
            p_permutation=float("nan") if permuted is None else permuted,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a (region, period): ``value class lag lag_class``."""
        return self.points.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return a heatmap a lag class; see ``views.dynamics.conditional_heatmaps``."""
        return display.picture("conditional transitions", self, title=title)

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("Transition probabilities by class of the neighbours", self.probabilities),
            ("Steady states", self.steady_states),
            ("Homogeneity across lag classes", self.tests.tidy()),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._tables(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._tables(), self.notes)


def spatial_markov(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None,
    W: Any,
    *,
    classes: int | Sequence[float] = 5,
    lag_classes: int | Sequence[float] | None = None,
    method: Classing = "quantiles",
    pooled: bool = True,
    relative: bool = False,
    permutations: int = 999,
    seed: int = 0,
    align: Align = "strict",
    periods: Sequence[Any] | pd.Index | None = None,
) -> SpatialMarkovResult:
    """Estimate how regions move between classes, given where their neighbours are.

    Moves are sorted by the class, when they begin, of the weighted mean of the neighbours' values;
    each class of the neighbours has its own chain (Rey 2001). If neighbours do not matter, all
    have the same probabilities: the likelihood ratio and Pearson's statistic test that, with
    ``Σ_i (a_i − 1)(b_i − 1)`` degrees of freedom (Bickenbach and Bode 2003).

    Parameters
    ----------
    variable, panel, method, pooled, relative, periods
        As for :func:`markov`; `method` and `pooled` hold for the neighbours' means too.
    W : Weights, Graph or libpysal W
        Spatial weights without islands; rows that do not sum to one are scaled to do so.
    classes, lag_classes : int or sequence of float
        Classes of the variable and of the neighbours' means; by default the same.
    permutations : int, default 999
        Number of times that whole histories are put on other regions at random; 0 for none. The
        chi-square p-value takes moves of neighbours for independent, this one does not. Statistics
        are compared in standard deviates, because their degrees of freedom differ.
    seed : int, default 0
        Seed of the permutations.
    align : {"strict", "intersection"}
        What to do about regions that only the panel or only the weights have.

    Returns
    -------
    SpatialMarkovResult
        ``pooled conditional tests steady_states``, and ``tidy() glance() augment() plot()``.

    Raises
    ------
    InputError, ValuesError, PanelError, IdError
        As for :func:`markov`, or if regions do not match the weights.
    WeightsError
        If a region has no neighbours or weights are negative.

    References
    ----------
    Rey, S. J. (2001). Spatial empirics for economic growth and convergence. Geographical Analysis
    33, 195-214. Bickenbach, F. and Bode, E. (2003). Evaluating the Markov property in studies of
    economic convergence. International Regional Science Review 26, 363-392.

    Examples
    --------
    >>> import libpysal
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(4, 4))
    >>> rng = np.random.default_rng(0)
    >>> wide = pd.DataFrame(rng.random((16, 6)), index=W.unique_ids, columns=range(2000, 2006))
    >>> result = spatial_markov(wide, None, W, classes=2, permutations=0)
    >>> int(sum(part.counts.sum() for part in result.conditional.values()))
    80
    """
    chosen = Classes(classes, method, pooled)
    of_lags = chosen if lag_classes is None else Classes(lag_classes, method, pooled)
    check_permutations(permutations, none_allowed=True)
    check_seed(seed)
    read = read_panel(variable, panel, W, align=align, periods=periods)
    check_periods(read)
    values = relative_values(read) if relative else read.values
    own = classify(values, chosen, periods=read.periods)
    model = _Model(own, of_lags, needed_weights(read), read.periods)
    lag, lag_own = model.lags(values)
    counts = model.counts(lag_own)
    labels = pd.RangeIndex(1, own.k + 1, name="class")
    conditional = tuple(chain(counts[c], labels) for c in range(lag_own.k))
    pooled_chain = chain(counts.sum(axis=0), labels)
    tests, thin = _tests(model, values, counts, permutations, int(seed))
    said = (*pooled_chain.notes(), *_lag_notes(conditional), *thin)
    notes = (*read.notes, *spacing_note(read), *said)
    options = {
        "classes": chosen.text,
        "lag_classes": of_lags.text,
        "relative": str(relative),
        "permutations": str(permutations),
    }
    return SpatialMarkovResult(
        variable=read.name,
        pooled=pooled_chain,
        chains=conditional,
        tests=tests,
        intervals=own.intervals(),
        lag_intervals=lag_own.intervals().rename_axis("lag_class"),
        points=_points(read, values, own, lag, lag_own),
        notes=notes,
        provenance=dynamics_provenance(
            "spatial Markov chain", read, notes, options, seed=int(seed) if permutations else None
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """What stays when histories are put on other regions."""

    own: Classified
    of_lags: Classes
    weights: Weights
    periods: pd.Index

    def lags(
        self, values: FloatArray, *, ties_allowed: bool = False
    ) -> tuple[FloatArray, Classified]:
        lag = neighbour_means(values, self.weights)
        found = classify(
            lag,
            self.of_lags,
            periods=self.periods,
            argument="lag_classes",
            ties_allowed=ties_allowed,
        )
        return lag, found

    def counts(self, lag: Classified, order: Any = slice(None)) -> FloatArray:
        k, m = self.own.k, lag.k
        states = self.own.states[order]
        return transitions.count_transitions(states, k, regimes=lag.states[:, :-1], m=m)


def _weights(read: PanelVariable) -> Weights:
    if read.weights is None:  # read_panel was given W
        raise AssertionError
    return read.weights


def _tests(
    model: _Model, values: FloatArray, counts: FloatArray, permutations: int, seed: int
) -> tuple[Tests, tuple[str, ...]]:
    found = transitions.homogeneity(counts)
    answers: dict[str, Answer] = {
        "LR": chi_square_answer("LR", NULL, found.likelihood_ratio, INDEPENDENT),
        "chi2": chi_square_answer("chi2", NULL, found.pearson, INDEPENDENT),
    }
    if permutations and found.likelihood_ratio.df:
        simulated = np.empty((permutations, 2))
        orders = arrangements(len(values), permutations, seed=seed, name="spatial markov")
        for row, order in enumerate(orders):
            # another map may tie means that the observed one does not: a class is then empty
            lag = model.lags(values[order], ties_allowed=True)[1]
            other = transitions.homogeneity(model.counts(lag, order))
            simulated[row] = extremeness(other.likelihood_ratio), extremeness(other.pearson)
        observed = [extremeness(found.likelihood_ratio), extremeness(found.pearson)]
        p = tail_p(np.array(observed), simulated, "greater")
        for name, value in zip(("LR", "chi2"), p, strict=True):
            answer = answers[name]
            if isinstance(answer, Statistic):
                answers[name] = replace(
                    answer, p_permutation=float(value), permutations=permutations
                )
    return Tests("Homogeneity across lag classes", answers), thin_note(
        "homogeneity across lag classes", found.expected
    )


def _lag_notes(conditional: tuple[Chain, ...]) -> tuple[str, ...]:
    return tuple(
        note
        for lag, part in enumerate(conditional, start=1)
        for note in part.notes(f"lag class {lag}")
    )


def _points(
    read: PanelVariable, values: FloatArray, own: Classified, lag: FloatArray, lag_own: Classified
) -> pd.DataFrame:
    columns = {
        "value": values.ravel(),
        "class": (own.states + 1).ravel(),
        "lag": lag.ravel(),
        "lag_class": (lag_own.states + 1).ravel(),
    }
    return pd.DataFrame(columns, index=cells(read))
