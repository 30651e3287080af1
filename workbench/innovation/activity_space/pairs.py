"""Relatedness: which activities are found together more than others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option
from workbench.explore.permuted import check_permutations, permutation_p
from workbench.innovation.activity_space.portfolios import (
    Portfolios,
    check_presence,
    read_portfolios,
)
from workbench.numerics.networks import similarity as kernel
from workbench.numerics.networks.chance import Chance, fixed_margins, hypergeometric
from workbench.typing import (
    Alternative,
    CoTotals,
    FloatArray,
    Presence,
    RelatednessMeasure,
    RelatednessNull,
    RelatednessPicture,
    Tolerance,
)

SHOWN = 10
"""Pairs in a printed table."""

TOTALS: dict[RelatednessMeasure, CoTotals] = {
    "proximity": "occurrences",
    "cosine": "occurrences",
    "jaccard": "occurrences",
    "association": "co-occurrences",
    "probability-index": "co-occurrences",
}
"""What each measure divides by unless told otherwise."""

FLAGGED = 0.05
"""Level of the adjusted p-values below which ``glance`` counts a pair."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Relatedness:
    """Relatedness of activities; immutable.

    Attributes
    ----------
    matrix : pandas.DataFrame, shape (k, k)
        Symmetric, zeros on the diagonal, in sorted order of the activities.
    counts : pandas.DataFrame, shape (k, k)
        Co-occurrences; the diagonal says in how many regions an activity is found.
    measure, totals, presence, null : str
        The choices made.
    chance : numerics.networks.chance.Chance or None
        Co-occurrences by chance of the pairs above the diagonal.
    regions : int
        Regions that were counted over.
    provenance : Provenance
    notes : tuple of str
    """

    matrix: pd.DataFrame
    counts: pd.DataFrame
    measure: RelatednessMeasure
    totals: CoTotals
    presence: Presence
    null: RelatednessNull
    chance: Chance | None
    regions: int
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """How close a rerun comes: p-values of fixed margins are by permutation."""
        return "permutation" if self.null == "fixed-margins" else "closed form"

    @property
    def heading(self) -> str:
        """What was measured."""
        return say(
            "Relatedness ({measure}) of {n} activities",
            measure=say(self.measure),
            n=len(self.matrix),
        )

    @property
    def activities(self) -> pd.Index:
        """Names of the activities, in sorted order."""
        return self.matrix.index

    def tidy(self) -> pd.DataFrame:
        """Return a row a pair of activities, the most related first.

        Columns ``relatedness co_occurrences`` and, with a null, ``expected z p_value p_adjusted``:
        co-occurrences by chance, standard deviations above them, and p-values, adjusted after
        Benjamini and Hochberg over all pairs.
        """
        i, j = np.triu_indices(len(self.matrix), 1)
        values = self.matrix.to_numpy()[i, j]
        columns: dict[str, FloatArray] = {
            "relatedness": values,
            "co_occurrences": self.counts.to_numpy()[i, j],
        }
        if self.chance is not None:
            columns |= self._against(self.chance)
        order = np.argsort(-values, kind="stable")
        names = [self.activities[i[order]], self.activities[j[order]]]
        index = pd.MultiIndex.from_arrays(names, names=["activity", "other_activity"])
        return pd.DataFrame({name: column[order] for name, column in columns.items()}, index=index)

    def _against(self, law: Chance) -> dict[str, FloatArray]:
        i, j = np.triu_indices(len(self.matrix), 1)
        z = np.full(len(i), np.nan)
        np.divide(self.counts.to_numpy()[i, j] - law.expected, law.std, out=z, where=law.std > 0)
        adjusted = stats.false_discovery_control(law.p_value, method="bh")
        return {
            "expected": law.expected,
            "z": z,
            "p_value": law.p_value,
            "p_adjusted": np.asarray(adjusted),
        }

    def glance(self) -> pd.DataFrame:
        """Return one row: ``nodes pairs_met mean_relatedness`` and, with a null, ``pairs_flagged``.

        Pairs are flagged where the adjusted p-value is at most 0.05.
        """
        off = self.matrix.to_numpy()[np.triu_indices(len(self.matrix), 1)]
        row: dict[str, object] = {
            "nodes": len(self.matrix),
            "pairs_met": int((off > 0).sum()),
            "mean_relatedness": float(off.mean()),
        }
        if self.chance is not None:
            row["pairs_flagged"] = int((self._against(self.chance)["p_adjusted"] <= FLAGGED).sum())
        return one_row(**row)

    def augment(self) -> pd.DataFrame:
        """Return a row an activity: ``ubiquity``, ``strength`` and its nearest, ``nearest``."""
        values = self.matrix.to_numpy()
        near = self.activities[values.argmax(axis=1)].to_numpy(dtype=object)
        alone = values.max(axis=1) <= 0
        return pd.DataFrame(
            {
                "ubiquity": np.diag(self.counts.to_numpy()),
                "strength": values.sum(axis=1),
                "nearest": np.where(alone, None, near),
            },
            index=pd.Index(self.activities, name="activity"),
        )

    def plot(self, kind: RelatednessPicture = "network", *, title: str | None = None) -> Any:
        """Return the network or a heat map; options in ``views.relatedness``."""
        check_option("kind", kind, RelatednessPicture)
        name = "relatedness network" if kind == "network" else "relatedness heatmap"
        return display.picture(name, self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.glance()), ("Most related pairs", self.tidy().head(SHOWN))]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def relatedness(
    table: pd.DataFrame,
    *,
    measure: RelatednessMeasure = "proximity",
    presence: Presence = "rca",
    threshold: float = 1.0,
    totals: CoTotals | None = None,
    null: RelatednessNull = "hypergeometric",
    alternative: Alternative = "two-sided",
    permutations: int = 499,
    seed: int = 0,
) -> Relatedness:
    """Measure how related activities are by how often regions have both.

    Parameters
    ----------
    table : DataFrame, n × k
        Indexed by region id, a column an activity: patents, firms, exports, employees.
        Non-negative; missing figures are refused. Not changed.
    measure : {"proximity", "cosine", "jaccard", "association", "probability-index"}
        With C_ij the regions that have both i and j and totals s: min(C_ij / C_ii, C_ij / C_jj),
        the smaller conditional probability (Hidalgo et al. 2007); C_ij / √(s_i s_j);
        C_ij / (s_i + s_j − C_ij); m C_ij / (s_i s_j), 1 as by chance (van Eck and Waltman 2009);
        C_ij over its expectation when no activity pairs up with itself (Steijn 2021).
    presence : {"rca", "binary", "positive", "weighted"}
        What it is to have an activity, see :func:`co_occurrence`; ``"weighted"`` not with
        proximity, and with no null.
    threshold : float
        Location quotient from which a region has an activity.
    totals : {"occurrences", "co-occurrences"}, optional
        s_i = C_ii with m = n, or s_i = Σ_{j≠i} C_ij with m = Σ s. By default the former for
        cosine and Jaccard, the latter for association and the probability index, which knows no
        other; R's EconGeo takes the latter throughout.
    null : {"hypergeometric", "fixed-margins", "none"}
        By chance: the regions of each activity drawn at random, with exact p-values and Teece et
        al.'s (1994) t as ``z``; or tables of zeros and ones in which each activity is found as
        often and each region has as many activities as in the data, drawn by trades (Strona et al.
        2014). The former takes regions to be alike: where some have many activities and others
        few, nearly every pair looks related.
    alternative : {"two-sided", "greater", "less"}
        Of co-occurrences, against chance.
    permutations : int
        Tables drawn with ``null="fixed-margins"``.
    seed : int
        Of those tables.

    Returns
    -------
    Relatedness
        ``matrix tidy() glance() augment() plot()``.

    Raises
    ------
    InputError, OptionError, IdError, ValuesError
        If the table or an option cannot be used; regions with nothing, activities that nobody has
        and cells at fault are named.

    References
    ----------
    Hidalgo, C. A., Klinger, B., Barabási, A.-L. and Hausmann, R. (2007). The product space
    conditions the development of nations. Science 317, 482-487.

    van Eck, N. J. and Waltman, L. (2009). How to normalize cooccurrence data? Journal of the
    American Society for Information Science and Technology 60(8), 1635-1651.

    Steijn, M. P. A. (2021). Improvement on the association strength: implementing a probabilistic
    measure based on combinations without repetition. Quantitative Science Studies 2(2), 778-794.

    Teece, D. J., Rumelt, R., Dosi, G. and Winter, S. (1994). Understanding corporate coherence.
    Journal of Economic Behavior and Organization 23(1), 1-30.

    Strona, G. et al. (2014). A fast and unbiased procedure to randomize ecological binary matrices
    with fixed row and column totals. Nature Communications 5, 4114.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"bio": [1, 1, 0, 0], "it": [1, 1, 1, 0], "oil": [0, 0, 1, 1]}, index=list("abcd")
    ... )
    >>> relatedness(table, presence="binary").matrix.loc["it"].round(3).tolist()
    [0.667, 0.0, 0.333]
    """
    check_option("null", null, RelatednessNull)
    check_option("alternative", alternative, Alternative)
    chosen = _totals(measure, totals)
    check_presence(presence, threshold, weighted=measure != "proximity")
    check_seed(seed)
    read = read_portfolios(table, presence, threshold)
    null = _null(null, presence)
    counts = kernel.together(read.has)
    values = kernel.similarity(counts, measure, chosen, n=len(read.ids))
    law = _law(read, counts, null, alternative, permutations, seed)
    names = read.activities
    notes = _notes(values, read, null, permutations)
    return Relatedness(
        matrix=pd.DataFrame(values, index=names, columns=names),
        counts=pd.DataFrame(counts, index=names, columns=names),
        measure=measure,
        totals=chosen,
        presence=presence,
        null=null,
        chance=law,
        regions=len(read.ids),
        provenance=Provenance(
            method="relatedness",
            formula=measure,
            nobs=read.has.size,
            ids_digest=ids_digest(read.ids),
            seed=seed if null == "fixed-margins" else None,
            notes=notes,
            options={"measure": measure, "presence": presence, "threshold": f"{threshold:g}",
                     "totals": chosen, "null": null, "alternative": alternative,
                     "permutations": str(permutations if null == "fixed-margins" else 0)},
        ),
        notes=notes,
    )  # fmt: skip


def _totals(measure: RelatednessMeasure, totals: CoTotals | None) -> CoTotals:
    check_option("measure", measure, RelatednessMeasure)
    if totals is None:
        return TOTALS[measure]
    check_option("totals", totals, CoTotals)
    fixed = measure in ("proximity", "probability-index")
    if fixed and totals != TOTALS[measure]:
        raise InputError(
            "totals",
            expected=f"{TOTALS[measure]!r}, by which {measure} is defined",
            found=repr(totals),
            remedy="leave it out",
        )
    return totals


def _null(null: RelatednessNull, presence: Presence) -> RelatednessNull:
    """Return the null in use; none is defined of weighted co-occurrences."""
    if presence != "weighted":
        return null
    if null == "fixed-margins":
        raise InputError(
            "null",
            expected='null="none" with presence="weighted"',
            found=repr(null),
            why="the tables that are drawn hold zeros and ones",
            remedy='null="none", or presence="rca"',
        )
    return "none"


def _law(
    read: Portfolios,
    counts: FloatArray,
    null: RelatednessNull,
    alternative: Alternative,
    permutations: int,
    seed: int,
) -> Chance | None:
    if null == "none":
        return None
    if null == "hypergeometric":
        return hypergeometric(counts, len(read.ids), alternative)
    R = check_permutations(permutations)
    drawn = fixed_margins(
        read.has, R, lambda draw: generator(seed, "tables with fixed margins", draw)
    )
    p = permutation_p(drawn.at_least, drawn.at_most, R, alternative)
    return Chance(drawn.expected, drawn.std, p)


def _notes(
    values: FloatArray, read: Portfolios, null: RelatednessNull, permutations: int
) -> tuple[str, ...]:
    alone = read.activities[values.max(axis=0) <= 0].tolist()
    notes: list[str] = []
    if alone:
        shown = ", ".join(map(str, alone[:5])) + (" ..." if len(alone) > 5 else "")
        notes.append(f"{len(alone)} activities share no region with another: {shown}.")
    if read.has.shape[0] < read.has.shape[1] and null != "none":
        notes.append(
            f"{read.has.shape[1]} activities in {read.has.shape[0]} regions: with fewer regions "
            "than activities single pairs are told apart with little power."
        )
    pairs = len(values) * (len(values) - 1) // 2
    needed = int(np.ceil(pairs * 2 / (permutations + 1) / FLAGGED))
    if null == "fixed-margins" and needed > 1:
        notes.append(
            f"With {permutations} tables no p-value is below {2 / (permutations + 1):.2g}: "
            f"{needed} of {pairs} pairs must reach it before an adjusted one is at most "
            f"{FLAGGED:g}."
        )
    return tuple(notes)
