"""Two indices of the same regions: whose ranks differ, and how much in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.vocabulary import one_row
from workbench.errors import InputError
from workbench.innovation.reading import same_regions
from workbench.numerics.composites.levels import ranks
from workbench.typing import Tolerance

if TYPE_CHECKING:
    from workbench.innovation.composites.index import CompositeIndex


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IndexComparison:
    """Ranks of regions in two indices; immutable.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a region: ``rank rank_other shift``, the largest shifts first.
    spearman, kendall : float
        Rank correlations of the scores (Kendall's tau-b).
    mean_shift : float
        Mean of absolute shifts: OECD/JRC (2008), equation 38.
    """

    table: pd.DataFrame
    spearman: float
    kendall: float
    mean_shift: float

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was compared."""
        return say("Ranks of {n} regions in two indices", n=len(self.table))

    def tidy(self) -> pd.DataFrame:
        """Return a row a region, the largest shifts first."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, rank correlations, mean and largest shift."""
        return one_row(
            nobs=len(self.table),
            spearman=self.spearman,
            kendall=self.kendall,
            mean_shift=self.mean_shift,
            largest_shift=int(self.table["shift"].abs().max()),
        )

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.glance()), ("Shifts", self.table.head(10))])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.glance()), ("Shifts", self.table.head(10))])


def compare(index: CompositeIndex, other: CompositeIndex | pd.Series[Any]) -> IndexComparison:
    """Compare the ranks of an index with those of another one, or with published scores.

    Parameters
    ----------
    index : CompositeIndex
    other : CompositeIndex or Series
        Of the same regions; a Series holds scores, larger is better.

    Raises
    ------
    InputError
        If `other` is neither, has missing scores, or one of the two is a panel and the other not.
    IdError
        If regions are not the same.

    Examples
    --------
    >>> from workbench.innovation.composites import composite
    >>> data = pd.DataFrame({"rd": [1.0, 2.0, 9.0], "patents": [1.0, 8.0, 4.0]}, index=list("abc"))
    >>> index = composite(data, {"rd": "higher", "patents": "higher"})
    >>> compare(index, pd.Series({"a": 1.0, "b": 3.0, "c": 2.0})).table["shift"].to_dict()
    {'b': -1, 'c': 1, 'a': 0}
    """
    from scipy import stats

    own = index.scores
    if isinstance(other, pd.Series):
        theirs = other
    elif hasattr(other, "scores"):
        theirs = other.scores
    else:
        raise InputError(
            "other",
            expected="a composite index, or a Series of scores by region",
            found=type(other).__name__,
            remedy="other=composite(...), or a column of scores: table['score']",
        )
    if theirs.index.nlevels != own.index.nlevels or theirs.index.has_duplicates:
        raise InputError(
            "other", expected="rows labelled as those of the index, each once", found="other labels"
        )
    same_regions(theirs.index, own.index, argument="other", totals=False)
    theirs = theirs.reindex(own.index).astype(float)
    if not np.isfinite(theirs).all():
        raise InputError(
            "other", expected="a finite score for every region", found="others",
            offenders=theirs.index[~np.isfinite(theirs)],
        )  # fmt: skip
    table = pd.DataFrame({"rank": index.ranks, "rank_other": _ranks(index, theirs)})
    table["shift"] = table["rank_other"] - table["rank"]
    order = np.argsort(-table["shift"].abs().to_numpy(), kind="stable")
    # places, in which scores that differ by rounding are equal, as they are in ranks
    first, second = (-ranks(np.asarray(scores, dtype=np.float64)) for scores in (own, theirs))
    return IndexComparison(
        table=table.iloc[order],
        spearman=float(stats.spearmanr(first, second).statistic),
        kendall=float(stats.kendalltau(first, second).statistic),
        mean_shift=float(table["shift"].abs().mean()),
    )


def _ranks(index: CompositeIndex, scores: pd.Series[Any]) -> np.ndarray[Any, Any]:
    period, values = index.source.prepared.period, scores.to_numpy(dtype=np.float64)
    found = np.empty(len(values), dtype=np.int64)
    for rows in [...] if period is None else [period == t for t in np.unique(period)]:
        found[rows] = ranks(values[rows])
    return found
