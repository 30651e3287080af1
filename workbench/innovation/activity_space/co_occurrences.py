"""Co-occurrence: how many regions have both activities, or activities both regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import check_option
from workbench.innovation.activity_space.portfolios import check_presence, read_portfolios
from workbench.numerics.networks import similarity as kernel
from workbench.typing import Among, Presence, Tolerance

SHOWN = 10
"""Pairs in a printed table."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CoOccurrence:
    """Co-occurrences of pairs; immutable.

    Attributes
    ----------
    counts : pandas.DataFrame, shape (k, k)
        Symmetric, in sorted order of the names.
    among : {"activities", "regions"}
        What the pairs are of.
    presence : str
        What was counted.
    over : int
        How many of the other side they were counted over.
    provenance : Provenance
    notes : tuple of str
    """

    counts: pd.DataFrame
    among: Among
    presence: Presence
    over: int
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """How close a rerun comes: counts are exact, products of weights are rounded."""
        return "closed form" if self.presence == "weighted" else "exact"

    @property
    def heading(self) -> str:
        """What was counted."""
        other = "regions" if self.among == "activities" else "activities"
        return say(
            "Co-occurrences of {n} {among} in {over} {other}",
            n=len(self.counts),
            among=say(self.among),
            over=self.over,
            other=say(other),
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a pair, the most frequent first: ``co_occurrences``."""
        i, j = np.triu_indices(len(self.counts), 1)
        values = self.counts.to_numpy()[i, j]
        order = np.argsort(-values, kind="stable")
        names = self.counts.index
        index = pd.MultiIndex.from_arrays(
            [names[i[order]], names[j[order]]], names=pair_names(self.among)
        )
        return pd.DataFrame({"co_occurrences": values[order]}, index=index)

    def glance(self) -> pd.DataFrame:
        """Return one row: ``nodes pairs_met co_occurrences``."""
        off = self.counts.to_numpy()[np.triu_indices(len(self.counts), 1)]
        return one_row(nodes=len(self.counts), pairs_met=int((off > 0).sum()),
                       co_occurrences=float(off.sum()))  # fmt: skip

    def plot(self, *, title: str | None = None) -> Any:
        """Return a heat map; options in ``views.relatedness``."""
        return display.picture("co-occurrence", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.glance()), ("Most frequent pairs", self.tidy().head(SHOWN))]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def pair_names(among: Among) -> list[str]:
    """Return what the two levels of an index of pairs are called."""
    one = "activity" if among == "activities" else "region"
    return [one, f"other_{one}"]


def co_occurrence(
    table: pd.DataFrame,
    *,
    among: Among = "activities",
    presence: Presence = "rca",
    threshold: float = 1.0,
    diagonal: bool = False,
) -> CoOccurrence:
    """Count how often two activities are found in one region, or two regions in one activity.

    Parameters
    ----------
    table : DataFrame, n × k
        Indexed by region id, a column an activity: patents, firms, exports, employees.
        Non-negative; missing figures are refused. The rows may be other events than regions, such
        as patents with their classes. Not changed.
    among : {"activities", "regions"}
        What pairs are of: M′M or MM′.
    presence : {"rca", "binary", "positive", "weighted"}
        M: 1 where the location quotient reaches `threshold`; the table itself, of zeros and ones;
        1 where a figure is positive; or the figures, so that a pair counts Σ x_i x_j.
    threshold : float
        Location quotient from which a region has an activity, the threshold included.
    diagonal : bool
        Whether the diagonal holds Σ x_i², of zeros and ones in how many an activity is found;
        0 otherwise.

    Returns
    -------
    CoOccurrence
        ``counts tidy() glance() plot()``.

    Raises
    ------
    InputError, OptionError, IdError, ValuesError
        If the table or an option cannot be used; regions with nothing, activities that nobody has
        and cells at fault are named.

    References
    ----------
    van Eck, N. J. and Waltman, L. (2009). How to normalize cooccurrence data? An analysis of some
    well-known similarity measures. Journal of the American Society for Information Science and
    Technology 60(8), 1635-1651.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"bio": [1, 1, 0], "it": [1, 1, 1], "oil": [0, 0, 1]}, index=["a", "b", "c"]
    ... )
    >>> co_occurrence(table, presence="binary").counts.loc["bio"].tolist()
    [0.0, 2.0, 0.0]
    """
    check_option("among", among, Among)
    check_presence(presence, threshold)
    read = read_portfolios(table, presence, threshold)
    M = read.has if among == "activities" else read.has.T
    names = read.activities if among == "activities" else read.ids
    counts = kernel.together(M)
    if not diagonal:
        np.fill_diagonal(counts, 0.0)
    told = "in how many each is found" if presence != "weighted" else "sums of squares"
    notes = (f"The diagonal holds {told if diagonal else '0'}.",)
    return CoOccurrence(
        counts=pd.DataFrame(counts, index=names, columns=names),
        among=among,
        presence=presence,
        over=len(M),
        provenance=Provenance(
            method="co-occurrence",
            nobs=read.has.size,
            ids_digest=ids_digest(read.ids),
            notes=notes,
            options={"among": among, "presence": presence, "threshold": f"{threshold:g}",
                     "diagonal": str(diagonal)},
        ),
        notes=notes,
    )  # fmt: skip
