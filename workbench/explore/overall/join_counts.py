"""Join counts of categories: do regions of one colour lie side by side more than at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.statistics import normal_p
from workbench.core.vocabulary import one_row
from workbench.errors import listing
from workbench.explore.categories import Categories, read_categories
from workbench.explore.overall.getis_ord import left_out
from workbench.explore.overall.moran import ASSUMPTIONS
from workbench.explore.overall.result import Computed, Plan, p_permutation_of, provenance_of
from workbench.numerics.autocorrelation import join_counts as kernel
from workbench.typing import Align, Alternative, FloatArray, Tolerance

NULL = "colours lie at random"
SAME = "more joins of one colour (positive autocorrelation)"
DIFFERENT = "more joins of different colours (negative autocorrelation)"
TOTAL = "all different"
SHOWN = ["statistic", "expected", "variance", "z", "p_value", "p_permutation"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class JoinCountResult:
    """Join counts of every pair of colours with moments and p-values; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    counts : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    points : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    alternative : {"two-sided", "greater", "less"}
        Of all p-values.
    simulated : ndarray, shape (permutations, rows)
        Counts of the permuted colours, a column a row of the table; read-only.
    notes : tuple of str
        What the reader must know: regions left out, colours that occur once.
    provenance : Provenance
        What produced the result.
    """

    variable: str
    counts: pd.DataFrame
    points: pd.DataFrame
    alternative: Alternative
    simulated: FloatArray
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def null(self) -> str:
        """The null hypothesis in words."""
        return NULL

    @property
    def permutations(self) -> int:
        """Number of permutations R."""
        return len(self.simulated)

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "permutation" if self.permutations else "closed form"

    @property
    def heading(self) -> str:
        """Name of the statistics and the variable."""
        return say(
            "Join counts of {variable} ({alternative})",
            variable=self.variable,
            alternative=say(self.alternative),
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a pair of colours, same colours first, the total of different ones last.

        Index ``pair``; columns ``color neighbor_color statistic expected variance z p_value
        p_permutation alternative null greater``. A pair whose count cannot vary (of a colour that
        occurs once) has no z and no p-value from it (NaN).
        """
        return self.counts.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, permutations, alternative, weights."""
        return one_row(
            nobs=len(self.points),
            permutations=self.permutations,
            alternative=self.alternative,
            weights=str((self.provenance.weights or {}).get("digest", "")),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: its ``color``, and ``same_color``.

        The latter is the sum of the weights of its neighbours of the same colour, NaN without
        neighbours.
        """
        return self.points.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the deviates of all pairs; see ``views.permutations.join_count_chart``."""
        return display.picture("join counts", self, title=title)

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        columns = [column for column in SHOWN if column in self.counts]
        return [("", self.counts[columns])]

    def __str__(self) -> str:
        return display.text(self.heading, self._tables(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._tables(), self.notes)


def join_counts(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    align: Align = "strict",
) -> JoinCountResult:
    """Count joins of regions of the same and of different colours, and test the counts.

    Of each colour r ``½ ΣΣ w_ij [i and j are r]``, of each two colours ``½ ΣΣ w_ij [one is r, the
    other s]``, and the total of different colours: with 0/1 weights, numbers of borders.
    Moments are those of colours put on the regions in random order (non-free sampling). There are
    k (k + 1)/2 + 1 tests that depend on each other; their p-values are not adjusted.

    Parameters
    ----------
    variable : str or pandas.Series
        A column of categories, or values by region id: text, booleans, a categorical, or at most
        12 different whole numbers. Missing and measured values are refused.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when `variable` is a series.
    W : Weights, Graph or libpysal W
        Spatial weights; of directed ones each join is the mean of both directions. Regions
        without neighbours are left out, also of the numbers of regions of each colour and of the
        permutations, so that moments are exact; a note names them.
    permutations, seed, align
        See :func:`workbench.moran`.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` is more joins than at random: of one colour positive autocorrelation, of
        different colours negative; the column ``greater`` says which.

    Returns
    -------
    JoinCountResult
        A row a pair of colours: ``statistic expected variance z p_value p_permutation``.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If there is no such column, it does not hold categories, or it does not match the weights.
    InputError
        If the seed or the number of permutations cannot be used.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes: Models and Applications. Pion, section 1.4.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(4, 4))
    >>> half = pd.Series(["north"] * 8 + ["south"] * 8, index=range(16), name="half")
    >>> join_counts(half, None, W).tidy()["statistic"].tolist()
    [10.0, 10.0, 4.0, 4.0]
    """
    plan = Plan(permutations, seed, alternative)
    read = read_categories(variable, table, W, align=align)
    matrix, k = read.weights.sparse, len(read.colors)
    found = kernel.join_counts(read.codes, matrix, k=k)
    simulated = np.empty((0, len(found.counts)))
    if permutations:
        simulated = kernel.join_count_permutations(
            read.codes, matrix, k=k, permutations=permutations, seed=seed
        )
    simulated.setflags(write=False)
    counts = _table(read.colors, found, simulated, plan)
    notes = (*read.notes, *left_out(read.weights), *_single(read, found), *_stuck(counts))
    return JoinCountResult(
        read.name,
        counts,
        _points(read),
        alternative,
        simulated,
        notes,
        provenance_of("join counts", read.name, plan, read.weights, notes=notes, options={}),
    )


def _table(
    colors: tuple[str, ...], found: kernel.JoinCountMoments, simulated: FloatArray, plan: Plan
) -> pd.DataFrame:
    names = [(colors[a], colors[b]) for a, b in found.pairs]
    rows = [
        _row(
            Computed(
                name="join count",
                statistic=float(found.counts[at]),
                expected=float(found.expected[at]),
                variance=float(found.variance[at]),
                simulated=simulated[:, at],
                rounding=float(found.rounding[at]),
                assumptions=ASSUMPTIONS["randomization"],
            ),
            plan,
            regions=found.n,
        )
        for at in range(len(found.counts))
    ]
    table = pd.DataFrame(rows)
    table.insert(0, "color", [a for a, _ in names] + [""])
    table.insert(1, "neighbor_color", [b for _, b in names] + [""])
    table = table.assign(alternative=plan.alternative, null=NULL)
    table["greater"] = [SAME if a == b else DIFFERENT for a, b in names] + [DIFFERENT]
    table.index = pd.Index([f"{a}:{b}" for a, b in names] + [TOTAL], name="pair")
    return table


def _row(computed: Computed, plan: Plan, *, regions: int) -> dict[str, float]:
    z = computed.deviate()
    row = {
        "statistic": computed.statistic,
        "expected": computed.expected,
        "variance": computed.variance,
        "z": z,
        "p_value": normal_p(z, plan.alternative),
    }
    p = p_permutation_of(computed, plan, regions=regions)
    return row if p is None else {**row, "p_permutation": p}


def _points(read: Categories) -> pd.DataFrame:
    W = read.weights.sparse
    row = np.repeat(np.arange(W.shape[0]), np.diff(W.indptr))
    alike = W.data * (read.codes[row] == read.codes[W.indices])
    same = np.bincount(row, weights=alike, minlength=W.shape[0])
    same[np.diff(W.indptr) == 0] = np.nan
    ids = read.weights.ids
    return pd.DataFrame(
        {"color": np.array(read.colors, dtype=object)[read.codes], "same_color": same},
        index=pd.Index(ids, name=ids.name or "region"),
    )


def _stuck(table: pd.DataFrame) -> tuple[str, ...]:
    without = table.index[table["z"].isna()]
    if not len(without):
        return ()
    return (
        f"{listing(list(without))}: every arrangement of the colours gives the same count; there "
        "is no standard deviate and no p-value from it",
    )


def _single(read: Categories, found: kernel.JoinCountMoments) -> tuple[str, ...]:
    few = [color for color, size in zip(read.colors, found.sizes, strict=True) if size < 2]
    if not few:
        return ()
    return (
        f"{listing(few)}: fewer than two regions with neighbours have this colour, "
        "so that no join of its own can be",
    )
