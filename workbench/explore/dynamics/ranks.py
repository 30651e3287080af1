"""Mobility of ranks: how much the order of regions changes, and whether neighbours change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.vocabulary import one_row
from workbench.errors import PanelError, ValuesError, WeightsError, check_option
from workbench.explore.arrangements import arrangements, tail_p
from workbench.explore.dynamics.classes import check_periods
from workbench.explore.dynamics.markov import dynamics_provenance
from workbench.explore.groups import region_codes
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.explore.permuted import check_permutations
from workbench.numerics.dynamics import concordance
from workbench.typing import Align, Alternative, FloatArray, IntArray, Tolerance

SPATIAL = "tau_neighbors"
REGIMES = "theta"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RankMobilityResult:
    """Rank correlation between periods; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    table : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    ranks : pandas.DataFrame
        Rank of each region (row) in each period (column), 1 for the highest value; equal values
        share their mean rank.
    notes : tuple of str
    provenance : Provenance
    """

    variable: str
    table: pd.DataFrame
    ranks: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "permutation" if self.provenance.seed is not None else "closed form"

    @property
    def heading(self) -> str:
        """What the ranks are of."""
        return say("Rank mobility of {variable}", variable=self.variable)

    def tidy(self) -> pd.DataFrame:
        """Return a row an interval, the last one from the first to the last period.

        Index ``(start, end)``; columns ``tau p_value`` (Kendall's, null of no association); with
        weights ``tau_neighbors``, with regimes ``theta``, each followed by its ``_expected`` value
        and ``_p_permutation`` when histories are put on other regions at random.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``entities periods tau``, tau from the first to the last period."""
        return one_row(
            entities=len(self.ranks),
            periods=self.ranks.shape[1],
            tau=float(self.table["tau"].iloc[-1]),
        )

    def augment(self) -> pd.DataFrame:
        """Return the ranks, a row a region and a column a period; 1 is the highest value."""
        return self.ranks.copy()

    def plot(self, *, title: str | None = None, names: pd.Series[Any] | None = None) -> Any:
        """Return the paths of ranks; `names` by region id replace the ids in the picture.

        For more options see ``views.dynamics.rank_paths``.
        """
        return display.picture("rank paths", self, title=title, names=names)

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.table)], self.notes)


def rank_mobility(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None = None,
    W: Any = None,
    *,
    regimes: pd.Series[Any] | None = None,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    align: Align = "strict",
    periods: Sequence[Any] | pd.Index | None = None,
) -> RankMobilityResult:
    """Measure how the order of regions changes from period to period.

    Kendall's tau-b compares the order of all pairs of regions in two periods. Over pairs of
    neighbours only (Rey 2014) it is smaller than by chance when neighbours change places. Theta
    (Rey 2004) is the share of rank changes that regions of a regime have in common.

    Parameters
    ----------
    variable, panel, periods
        As for :func:`markov`.
    W : Weights, Graph or libpysal W, optional
        Neighbours: two regions are a pair if a link joins them in either direction; the size of
        weights does not matter and islands belong to no pair.
    regimes : pandas.Series, optional
        Regime by region id, none missing, at least two.
    permutations : int, default 999
        Permutations for the tau of neighbours and for theta; 0 for none.
    seed : int, default 0
        Seed of the permutations.
    alternative : {"two-sided", "greater", "less"}
        For the permutation p-values.
    align : {"strict", "intersection"}
        What to do about regions that only the panel or only the weights have.

    Returns
    -------
    RankMobilityResult
        ``tidy()`` has a row an interval; ``augment()`` the ranks; ``plot()`` their paths.

    Raises
    ------
    ValuesError, PanelError, IdError
        As for :func:`markov`; or if all values of a period are equal, or regimes do not match.
    WeightsError
        If W has no links.

    References
    ----------
    Rey, S. J. (2004). Spatial dependence in the evolution of regional income distributions. In
    Spatial Econometrics and Spatial Statistics, 194-213. Rey, S. J. (2014). Fast algorithms for a
    space-time concordance measure. Computational Statistics 29, 799-811.

    Examples
    --------
    >>> wide = pd.DataFrame({2000: [1.0, 2.0, 3.0], 2001: [1.0, 3.0, 2.0]}, index=["a", "b", "c"])
    >>> rank_mobility(wide).tidy()["tau"].round(4).tolist()
    [0.3333]
    """
    check_option("alternative", alternative, Alternative)
    check_permutations(permutations, none_allowed=True)
    check_seed(seed)
    read = read_panel(variable, panel, W, align=align, periods=periods)
    check_periods(read)
    refuse_equal_periods(read)
    pairs = None if read.weights is None else _pairs(read)
    groups = None if regimes is None else region_codes(regimes, read.ids, argument="regimes")[0]
    spans = [(t, t + 1) for t in range(len(read.periods) - 1)]
    if len(spans) > 1:
        spans.append((0, len(read.periods) - 1))
    drawn = permutations if pairs is not None or groups is not None else 0
    orders = np.array(
        list(arrangements(len(read.ids), drawn, seed=int(seed), name="rank mobility")),
        dtype=np.int64,
    ).reshape(drawn, len(read.ids))
    rows = [_row(read.values[:, list(span)], pairs, groups, orders, alternative) for span in spans]
    starts, ends = (read.periods[[span[side] for span in spans]] for side in (0, 1))
    index = pd.MultiIndex.from_arrays([starts, ends], names=["start", "end"])
    ranks = pd.DataFrame(-read.values, index=read.ids, columns=read.periods).rank()
    options = {"permutations": str(drawn), "alternative": alternative}
    provenance = dynamics_provenance(
        "rank mobility", read, read.notes, options, seed=int(seed) if drawn else None
    )
    return RankMobilityResult(
        read.name, pd.DataFrame(rows, index=index), ranks, read.notes, provenance
    )


def _row(
    values: FloatArray,
    pairs: IntArray | None,
    groups: IntArray | None,
    orders: IntArray,
    alternative: Alternative,
) -> dict[str, float]:
    x, y = values.T
    found = stats.kendalltau(x, y)
    row = {"tau": float(found.statistic), "p_value": float(found.pvalue)}
    if pairs is not None:
        simulated = [concordance.pair_tau(x[order], y[order], pairs) for order in orders]
        row |= _judged(SPATIAL, concordance.pair_tau(x, y, pairs), simulated, alternative)
    if groups is not None:
        changes = concordance.rank_changes(x, y)
        simulated = [concordance.theta(changes[order], groups) for order in orders]
        row |= _judged(REGIMES, concordance.theta(changes, groups), simulated, alternative)
    return row


def _judged(
    name: str, observed: float, simulated: list[float], alternative: Alternative
) -> dict[str, float]:
    judged = {name: observed}
    if simulated:
        drawn = np.array(simulated)
        judged[f"{name}_expected"] = float(drawn.mean())
        judged[f"{name}_p_permutation"] = float(tail_p(observed, drawn, alternative))
    return judged


def refuse_equal_periods(read: PanelVariable) -> None:
    """Refuse one region, and periods in which all values are equal: neither has an order."""
    if len(read.ids) < 2:
        raise PanelError(
            "panel",
            expected="at least two regions",
            found=f"{len(read.ids)}: {read.ids[0]}",
            why="one region has no order to change",
            remedy="pass the panel of all regions",
        )
    # what rounding leaves of a constant, as in refuse_constant
    still = np.ptp(read.values, axis=0) <= 1e-12 * np.abs(read.values).max(axis=0)
    if still.any():
        raise ValuesError(
            read.name,
            expected="values that vary between regions in every period",
            found=f"{int(still.sum())} periods in which all are equal",
            offenders=read.periods[still].tolist(),
            why="where all are equal there is no order",
            remedy="leave those periods out, periods=[...]",
        )


def _pairs(read: PanelVariable) -> IntArray:
    pairs = concordance.neighbour_pairs(read.weights.sparse)  # type: ignore[union-attr]
    if not len(pairs):
        raise WeightsError(
            "W", expected="at least one pair of neighbours", found="weights without links"
        )
    return pairs
