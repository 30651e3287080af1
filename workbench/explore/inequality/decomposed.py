"""Inequality in parts: between and within groups, between neighbours and others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, ValuesError, WeightsError, check_option
from workbench.explore.arrangements import arrangements, tail_p
from workbench.explore.groups import region_codes
from workbench.explore.inequality.sample import InequalitySample, read_inequality
from workbench.explore.permuted import check_permutations
from workbench.numerics.dynamics import inequality as kernel
from workbench.numerics.dynamics.concordance import neighbour_pairs
from workbench.typing import Align, Alternative, FloatArray, IntArray, Tolerance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DecompositionResult:
    """A measure of inequality and its parts, a row a period; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    measure : str
        What is decomposed, and into what.
    table : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    parts : pandas.DataFrame
        A row a (period, group) for groups; empty for neighbours.
    entities : int
        Number of regions.
    notes : tuple of str
    provenance : Provenance
    """

    variable: str
    measure: str
    table: pd.DataFrame
    parts: pd.DataFrame
    entities: int
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "permutation" if self.provenance.seed is not None else "closed form"

    @property
    def heading(self) -> str:
        """What is decomposed."""
        return say("{measure} of {variable}", measure=say(self.measure), variable=self.variable)

    def tidy(self) -> pd.DataFrame:
        """Return a row a period.

        Groups: ``theil between within between_share``; neighbours: ``gini neighbors non_neighbors
        neighbor_share polarization``; both with ``expected z p_permutation`` of the share when
        permutations were drawn.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``entities periods``."""
        return one_row(entities=self.entities, periods=len(self.table))

    def augment(self) -> pd.DataFrame:
        """Return a row a (period, group): ``theil value_share population_share``; else nothing."""
        return self.parts.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the measure and its parts over time; see ``views.inequality.inequality_lines``."""
        return display.picture("inequality over time", self, title=title)

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.table)], self.notes)


def theil(
    variable: str | pd.DataFrame | pd.Series[Any],
    table: pd.DataFrame | None = None,
    *,
    groups: str | pd.Series[Any],
    population: str | None = None,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    periods: Sequence[Any] | pd.Index | None = None,
) -> DecompositionResult:
    """Decompose Theil's T into inequality between and within groups of regions.

    ``T = Σ_g s_g log(s_g / p_g) + Σ_g s_g T_g`` with s_g the group's share of the total and p_g its
    share of the population (of the regions without `population`). Permutations put the observed
    regions into the groups at random, group sizes kept (Rey 2004): is the share between these
    groups more than any grouping of that size would give? Without groups, use
    ``inequality(..., measures=["theil"])``.

    Parameters
    ----------
    variable, table, population, periods
        As for :func:`inequality`; values must be positive.
    groups : str or pandas.Series
        Column of `table`, the same in all periods used of a region, or groups by region id; none
        missing, at least two.
    permutations : int, default 999
        Number of permutations R; 0 for none. All periods share them.
    seed : int, default 0
        Seed of the permutations.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` for more inequality between the groups than by chance.

    Returns
    -------
    DecompositionResult
        ``tidy()`` has a row a period, ``augment()`` a row a (period, group).

    Raises
    ------
    ValuesError, PanelError, IdError, FormulaError, InputError
        If values or groups cannot be used.

    References
    ----------
    Theil, H. (1967). Economics and Information Theory. North-Holland. Rey, S. J. (2004). Spatial
    analysis of regional income inequality. In Spatially Integrated Social Science, 280-299.

    Examples
    --------
    >>> income = pd.Series([1.0, 1.0, 3.0, 3.0], index=list("abcd"), name="income")
    >>> halves = pd.Series(["west", "west", "east", "east"], index=list("abcd"))
    >>> theil(income, groups=halves, permutations=19).tidy().loc["all", "between_share"].item()
    1.0
    """
    check_option("alternative", alternative, Alternative)
    check_permutations(permutations, none_allowed=True)
    check_seed(seed)
    sample = read_inequality(variable, table, population=population, periods=periods, positive=True)
    ids = sample.read.ids
    codes, names = region_codes(_by_region(groups, table, sample), ids, argument="groups")
    orders = list(arrangements(len(ids), permutations, seed=int(seed), name="theil"))
    rows, parts = [], []
    for t in range(len(sample.periods)):
        y, p = sample.column(t), sample.share(t)
        found = kernel.theil_parts(y, codes, p)
        simulated = [_share(kernel.theil_parts(y, codes[order], p)) for order in orders]
        rows.append(
            {
                "theil": found.total,
                "between": found.between,
                "within": found.within,
                "between_share": _share(found),
                **_judged(_share(found), np.array(simulated), alternative),
            }
        )
        parts.append(_groups(found, names))
    options = {"permutations": str(permutations), "alternative": alternative}
    return DecompositionResult(
        variable=sample.read.name,
        measure="Theil's T between and within groups",
        table=pd.DataFrame(rows, index=sample.periods),
        parts=pd.concat(parts, keys=sample.periods, names=["period", "group"]),
        entities=len(ids),
        notes=sample.read.notes,
        provenance=sample.provenance(
            "Theil decomposition", options, seed=int(seed) if permutations else None
        ),
    )


def spatial_gini(
    variable: str | pd.DataFrame | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    align: Align = "strict",
    periods: Sequence[Any] | pd.Index | None = None,
) -> DecompositionResult:
    """Decompose the Gini coefficient into differences between neighbours and between others.

    ``G = [Σ_i Σ_j w_ij |y_i − y_j| + Σ_i Σ_j (1 − w_ij) |y_i − y_j|] / (2 n² μ)``, w_ij one for
    neighbours (Rey and Smith 2013). Where similar values are near each other, the share of
    neighbours is less than when the values are put on the map at random.

    Parameters
    ----------
    variable, table, periods
        As for :func:`inequality`; regions count the same.
    W : Weights, Graph or libpysal W
        Neighbours: a link in either direction joins a pair, the size of weights does not matter.
        Islands are refused.
    permutations : int, default 999
        Number of permutations R; 0 for none. All periods share them.
    seed : int, default 0
        Seed of the permutations.
    alternative : {"two-sided", "greater", "less"}
        ``"less"`` for neighbours that are more alike than by chance.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    DecompositionResult
        ``tidy()`` has a row a period.

    Raises
    ------
    ValuesError, PanelError, IdError, FormulaError, InputError
        If values cannot be used.
    WeightsError
        If a region has no neighbours.

    References
    ----------
    Rey, S. J. and Smith, R. J. (2013). A spatial decomposition of the Gini coefficient. Letters in
    Spatial and Resource Sciences 6, 55-70.

    Examples
    --------
    >>> import libpysal
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(4, 4))
    >>> trend = pd.Series(range(1, 17), index=W.unique_ids, name="trend")
    >>> spatial_gini(trend, None, W).tidy().loc["all", "p_permutation"].item()
    0.002
    """
    check_option("alternative", alternative, Alternative)
    check_permutations(permutations, none_allowed=True)
    check_seed(seed)
    sample = read_inequality(variable, table, W, align=align, periods=periods)
    pairs = _pairs(sample)
    ids = sample.read.ids
    orders = list(arrangements(len(ids), permutations, seed=int(seed), name="spatial gini"))
    rows = []
    for t in range(len(sample.periods)):
        y = sample.column(t)
        found = kernel.spatial_gini(y, pairs)
        # the whole is the same for every arrangement
        near = [np.abs(y[o][pairs[:, 0]] - y[o][pairs[:, 1]]).sum() for o in orders]
        whole = found.gini * len(y) * float(y.sum())
        share = found.neighbors / found.gini if found.gini else float("nan")
        simulated = np.array(near) / whole if whole else np.full(len(near), np.nan)
        rows.append(
            {
                "gini": found.gini,
                "neighbors": found.neighbors,
                "non_neighbors": found.non_neighbors,
                "neighbor_share": share,
                "polarization": found.polarization,
                **_judged(share, simulated, alternative),
            }
        )
    options = {"permutations": str(permutations), "alternative": alternative}
    return DecompositionResult(
        variable=sample.read.name,
        measure="Gini coefficient between neighbours and others",
        table=pd.DataFrame(rows, index=sample.periods),
        parts=pd.DataFrame(),
        entities=len(ids),
        notes=sample.read.notes,
        provenance=sample.provenance(
            "spatial Gini", options, seed=int(seed) if permutations else None
        ),
    )


def _share(found: kernel.TheilParts) -> float:
    return found.between / found.total if found.total else float("nan")


def _judged(share: float, simulated: FloatArray, alternative: Alternative) -> dict[str, float]:
    """Return the expected share, its standard deviate and permutation p-value."""
    if not len(simulated):
        return {}
    spread = float(simulated.std())
    expected = float(simulated.mean())
    return {
        "expected": expected,
        "z": (share - expected) / spread if spread > 0 else float("nan"),
        "p_permutation": float(tail_p(share, simulated, alternative)),
    }


def _groups(found: kernel.TheilParts, names: pd.Index) -> pd.DataFrame:
    columns = {
        "theil": np.maximum(found.group_theil, 0.0),
        "value_share": found.value_share,
        "population_share": found.population_share,
    }
    return pd.DataFrame(columns, index=names)


def _by_region(
    groups: str | pd.Series[Any], table: pd.DataFrame | None, sample: InequalitySample
) -> pd.Series[Any]:
    """Return groups by region id, from a column that does not change over time or as given."""
    if not isinstance(groups, str):
        return groups
    if not isinstance(table, pd.DataFrame) or int((table.columns == groups).sum()) != 1:
        raise InputError(
            "groups",
            expected="one column of the table, or a Series by region id",
            found=repr(groups),
            remedy="groups=series, indexed by region id",
        )
    column = table[groups]
    if not isinstance(column.index, pd.MultiIndex):
        return column
    column = column[column.index.isin(sample.read.periods, level=1)]
    several = column.groupby(level=0).nunique(dropna=False)
    if (several > 1).any():
        raise ValuesError(
            groups,
            expected="the same group in every period used of a region",
            found=f"{int((several > 1).sum())} regions that change group",
            offenders=several.index[several > 1].tolist(),
            why="a change of group would count as a change of inequality",
            remedy="pass one group a region: groups=series, indexed by region id",
        )
    return column.groupby(level=0).first().reindex(sample.read.ids)


def _pairs(sample: InequalitySample) -> IntArray:
    weights = sample.read.weights
    if weights is None:
        raise WeightsError(
            "W",
            expected="spatial weights",
            found="None",
            remedy="W = workbench.weights.queen(regions), or gini() for the whole alone",
        )
    if weights.islands:
        raise WeightsError(
            "W",
            expected="at least one neighbour for every region",
            found=f"{len(weights.islands)} regions without neighbours",
            offenders=weights.islands,
            why="its differences would all count as those of others, whatever the map",
            remedy='build W with islands="nearest", or leave those regions out and pass '
            'align="intersection"',
        )
    return neighbour_pairs(weights.sparse)
