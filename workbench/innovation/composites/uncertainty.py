"""How far scores and ranks of an index depend on the choices behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.vocabulary import one_row
from workbench.errors import WorkbenchError, check_whole
from workbench.innovation.composites.drawing import (
    failures,
    none_built,
    ranks_of,
    read_or_ready,
    replayed,
)
from workbench.innovation.composites.factors import Factor, redrawn
from workbench.innovation.composites.replay import Replay
from workbench.numerics.composites.levels import ranks
from workbench.numerics.threads import one_thread
from workbench.typing import Tolerance

if TYPE_CHECKING:
    from workbench.innovation.composites.carried import CarriedFit, CarriedLisa, CarriedMoran
    from workbench.innovation.composites.index import CompositeIndex

ENDS = (0.05, 0.95)
"""Ends of the interval of ranks, as in Saisana et al. (2005)."""
FEWEST_DRAWS = 20
"""The fewest draws that have a 5 % quantile."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IndexUncertainty:
    """Scores and ranks of an index over drawn constructions; immutable.

    Attributes
    ----------
    index : CompositeIndex
        The index as recorded.
    factors : tuple of Factor
        What was drawn.
    scores : pandas.DataFrame
        A row a region, a column a draw that could be built (its number, from 1).
    choices : pandas.DataFrame
        A row a draw, failed ones too: the alternative of each choice, as text.
    failures : pandas.DataFrame
        A row a reason: ``failed`` draws, their ``share``, what they have in common.
    draws : int
        Constructions drawn, failed ones included.
    top : int
        The k of ``share_top``.
    seed : int
    notes : tuple of str
    """

    index: CompositeIndex
    factors: tuple[Factor, ...]
    scores: pd.DataFrame
    choices: pd.DataFrame
    failures: pd.DataFrame
    draws: int
    top: int
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def ranks(self) -> pd.DataFrame:
        """Rank of each region (row) in each draw (column), 1 the best; ties share the best."""
        return pd.DataFrame(
            ranks_of(self.scores.to_numpy(), self.index),
            index=self.scores.index,
            columns=self.scores.columns,
        )

    @property
    def nominal(self) -> pd.Series[Any]:
        """Rank of each region in the index as recorded."""
        return self.index.ranks

    @property
    def table(self) -> pd.DataFrame:
        """A row a region: nominal and median rank, 5–95 % interval, shares; best region first."""
        drawn, nominal = self.ranks.to_numpy(), self.nominal
        low, median, high = np.quantile(drawn, [ENDS[0], 0.5, ENDS[1]], axis=1)
        table = pd.DataFrame(
            {
                "rank": nominal,
                "rank_median": median,
                "rank_low": low,
                "rank_high": high,
                "rank_mean": drawn.mean(axis=1),
                "share_top": (drawn <= self.top).mean(axis=1),
                "share_same": (drawn == nominal.to_numpy()[:, None]).mean(axis=1),
                "score": np.asarray(self.index.scores),
            },
            index=self.scores.index,
        )
        return table.sort_values("rank", kind="stable")

    def in_top(self, k: int) -> pd.Series[Any]:
        """Return the share of draws in which each region is among the k best."""
        return (self.ranks <= check_whole("k", k)).mean(axis=1).rename("share_top")

    def dominance(self) -> pd.DataFrame:
        """Return the share of draws in which the row's region scores above the column's.

        Regions are in the order of their nominal rank; equal scores are above on neither side, so
        that the two shares of a pair need not sum to one. Rows of a panel are compared across
        periods too.
        """
        order = self.table.index
        # of a panel all rows together: their scores are on common scales
        drawn = ranks(self.scores.loc[order].to_numpy().T).T
        shares = np.array([(row < drawn).mean(axis=1) for row in drawn])
        return pd.DataFrame(shares, index=order, columns=order)

    def moved(self) -> pd.DataFrame:
        """Return the mean absolute shift of ranks by alternative, the largest first.

        Index ``(choice, alternative)``; columns ``rank_shift`` (mean over regions and draws, in
        ranks), ``rank_shift_most`` (of the region that moves most on average, named in
        ``region``), ``draws``.
        Noise is not listed: its part is in :meth:`CompositeIndex.sensitivity`.
        """
        shifts = (self.ranks.sub(self.nominal, axis=0)).abs()
        rows: dict[tuple[str, str], dict[str, object]] = {}
        for name in self.choices.columns:
            words = self.choices.loc[shifts.columns, name]
            for word in words.unique():
                of_region = shifts.loc[:, (words == word).to_numpy()].mean(axis=1)
                rows[name, word] = {
                    "rank_shift": float(of_region.mean()),
                    "rank_shift_most": float(of_region.max()),
                    "region": of_region.idxmax(),
                    "draws": int((words == word).sum()),
                }
        if not rows:
            return pd.DataFrame(columns=["rank_shift", "rank_shift_most", "region", "draws"])
        table = pd.DataFrame.from_dict(rows, orient="index")
        table.index = pd.MultiIndex.from_tuples(list(rows), names=["choice", "alternative"])
        return table.sort_values("rank_shift", ascending=False, kind="stable")

    @property
    def shift(self) -> pd.Series[Any]:
        """Mean absolute shift of ranks in each draw, in ranks."""
        return self.ranks.sub(self.nominal, axis=0).abs().mean(axis=0).rename("shift")

    @property
    def drawn(self) -> pd.DataFrame:
        """What was drawn: a row a choice, in words."""
        rows = [{"choice": factor.name, "alternatives": factor.reads()} for factor in self.factors]
        return pd.DataFrame(rows).set_index("choice")

    @property
    def failed(self) -> int:
        """Draws that could not be built."""
        return self.draws - self.scores.shape[1]

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation"

    @property
    def provenance(self) -> Provenance:
        """What produced the index, with what was drawn."""
        drawn = {"draws": str(self.draws)}
        return redrawn(
            self.index.provenance,
            "uncertainty of",
            self.factors,
            drawn,
            seed=self.seed,
            notes=self.notes,
        )

    def tidy(self) -> pd.DataFrame:
        """Return :attr:`table`."""
        return self.table

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, draws, failed ones, mean shift of ranks and its spread."""
        shift = self.shift
        return one_row(
            nobs=len(self.scores),
            draws=self.draws,
            failed=self.failed,
            rank_shift=float(shift.mean()),
            rank_shift_high=float(np.quantile(shift, ENDS[1])),
        )

    def augment(self) -> pd.DataFrame:
        """Return :attr:`table` in the order of the data."""
        return self.table.loc[self.scores.index]

    def moran(self, W: Any, *, alpha: float = 0.05) -> CarriedMoran:
        """Return Moran's I over the draws; see :func:`~.carrying.carried_moran`."""
        from workbench.innovation.composites.carrying import carried_moran

        return carried_moran(self, W, alpha=alpha)

    def lisa(
        self, W: Any, *, alpha: float | None = None, fdr: float | None = None,
        permutations: int | None = None,
    ) -> CarriedLisa:  # fmt: skip
        """Return local clusters over the draws; see :func:`~.carrying.carried_lisa`."""
        from workbench.innovation.composites.carrying import carried_lisa

        return carried_lisa(self, W, alpha=alpha, fdr=fdr, permutations=permutations)

    def fit(
        self,
        formula: str,
        data: pd.DataFrame,
        W: Any = None,
        *,
        name: str = "index",
        draws: int = 100,
        standardise: bool = True,
        alpha: float = 0.05,
        options: Mapping[str, Any] | None = None,
    ) -> CarriedFit:
        """Return a regression pooled over the draws; see :func:`~.carrying.carried_fit`."""
        from workbench.innovation.composites.carrying import carried_fit

        return carried_fit(
            self, formula, data, W=W, name=name, draws=draws, standardise=standardise,
            alpha=alpha, options=options,
        )  # fmt: skip

    def plot(self, *, title: str | None = None, names: pd.Series[Any] | None = None) -> Any:
        """Return the intervals of ranks, best first; `names` by region id replace the ids."""
        return display.picture("rank intervals", self, title=title, names=names)

    @property
    def heading(self) -> str:
        """What was replayed, how often."""
        failed = say(", {failed} failed", failed=self.failed) if self.failed else ""
        return say(
            "Uncertainty of ranks: {draws} constructions drawn{failed}",
            draws=self.draws,
            failed=failed,
        )

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        parts = [("Drawn", self.drawn), ("Ranks, best regions", self.table.head(20))]
        moved = self.moved()
        if len(moved):
            parts.append(("What moves ranks", moved.head(10)))
        return [*parts, ("Draws that failed", self.failures)] if self.failed else parts

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


@one_thread
def uncertainty(
    index: CompositeIndex,
    factors: Mapping[str, Any] | None = None,
    *,
    draws: int = 1000,
    top: int = 10,
    seed: int = 0,
) -> IndexUncertainty:
    """Replay the construction of an index with its choices drawn at random.

    Parameters
    ----------
    index : CompositeIndex
        From :func:`workbench.innovation.composite`.
    factors : mapping, optional
        What is uncertain. A choice of the construction (``imputation outliers normalisation
        weighting aggregation span moments capped neighbours winsorised bounds``) to a list of
        equally likely alternatives; ``"left_out"`` to True (no indicator, or one of them, is left
        out) or a list of names and None; ``"missing_values"`` to True: they are drawn from the
        normal distribution that EM fits, given the observed values and the fitted parameters
        (multiple imputation, without draws of the parameters); ``"weight_noise"`` to x: every
        weight, on every level, is multiplied by a uniform number from 1 − x to 1 + x (weights that
        each region chooses for itself, ``bod``, are left alone); ``"weight_dirichlet"`` to a
        concentration c: weights of a group are Dirichlet with the recorded ones as means and
        variances w(1 − w)/(c + 1); ``"goalpost_noise"`` to x: every goalpost moves by up to x times
        their distance. Without it the ready set, which a property of the result lists: see
        :func:`~workbench.innovation.composites.ready.ready_factors`.
    draws : int, default 1000
        Constructions, at least 20. Draw d depends on the seed, d and the name of the factor alone.
    top : int, default 10
        Regions of which the share of draws among the best is counted.
    seed : int, default 0

    Returns
    -------
    IndexUncertainty
        ``.table .ranks .scores .dominance() .in_top(k) .moved() .failures .plot()``, carried on by
        ``.moran(W) .lisa(W) .fit(formula, data)``.

    Raises
    ------
    OptionError, InputError
        If a factor or an alternative is none, or numbers cannot be used.
    ValuesError
        If no drawn construction can be built.

    Notes
    -----
    Choices that do not go together (a geometric mean of z-scores) make a draw fail. Failed draws
    are counted by reason in ``failures`` and are in no share or quantile. The rank intervals say
    what the drawn choices do, each as likely as the next: they are no confidence intervals for an
    unknown true rank.

    References
    ----------
    Saisana, M., Saltelli, A. and Tarantola, S. (2005). Uncertainty and sensitivity analysis
    techniques as tools for the quality assessment of composite indicators. Journal of the Royal
    Statistical Society A 168, 307-323. OECD and JRC (2008). Handbook on constructing composite
    indicators, section 7.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.innovation.composites import composite
    >>> data = wb.load("us-income").xs(2009, level="year")[["income"]].head(12)
    >>> data["other"] = range(12)
    >>> index = composite(data, {"income": "higher", "other": "lower"})
    >>> found = index.uncertainty({"weight_noise": 0.5}, draws=100)
    >>> bool(found.table["rank_low"].le(found.table["rank_high"]).all())
    True
    """
    chosen, notes = read_or_ready(index, factors)
    count = _checked_draws(draws)
    check_seed(seed)
    replay = Replay(index.source.prepared, index.construction, chosen)
    scores, codes, errors = replayed(replay, count, seed)
    if not scores:
        raise none_built(errors)
    choices = pd.DataFrame(
        {
            f.name: [f.label(row[place]) for row in codes]
            for place, f in enumerate(chosen)
            if f.discrete
        },
        index=pd.RangeIndex(1, count + 1, name="draw"),
    )
    columns = pd.Index([d for d in choices.index if d not in errors], name="draw")
    return IndexUncertainty(
        index=index,
        factors=chosen,
        scores=pd.DataFrame(np.column_stack(scores), index=index.scores.index, columns=columns),
        choices=choices,
        failures=failures(errors, choices),
        draws=count,
        top=_checked_top(top, index),
        seed=seed,
        notes=(*notes, *_told(errors, count)),
    )


def _checked_draws(draws: Any) -> int:
    return check_whole(
        "draws",
        draws,
        least=FEWEST_DRAWS,
        why="fewer have no 5 % quantile",
        remedy="draws=1000",
    )


def _checked_top(top: Any, index: CompositeIndex) -> int:
    return min(check_whole("top", top), len(index.scores))


def _told(errors: Mapping[int, WorkbenchError], draws: int) -> tuple[str, ...]:
    if not errors:
        return ()
    return (
        f"{len(errors)} of {draws} draws could not be built and count nowhere; failures says why.",
    )
