"""Two typologies of the same regions: how far they agree beyond chance, and where they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import check_level, critical_value, one_row
from workbench.errors import check_option
from workbench.explore.arrangements import tail_p
from workbench.explore.permuted import check_permutations
from workbench.innovation.typologies.labels import (
    Labels,
    common_regions,
    read_labels,
    refuse_single,
)
from workbench.innovation.typologies.via_sklearn import adjusted_mutual_information
from workbench.numerics.partitions.agreement import adjusted_rand, numbered
from workbench.numerics.partitions.concord import (
    agreement_weights,
    kappa,
    matched,
    mutual_information,
)
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import Align, Alternative, IntArray, KappaWeights, Tolerance

RAND, INFORMATION, SHARE = "adjusted Rand", "adjusted mutual information", "share in agreement"
KAPPA, WEIGHTED = "Cohen's kappa", "weighted kappa"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TypologyComparison:
    """Agreement of two typologies of the same regions; immutable.

    Attributes
    ----------
    a, b : Labels
        Types of the common regions.
    counts : ndarray of int, shape (ka, kb)
        Regions of each pair of types; read-only.
    partner : ndarray of int, shape (kb,)
        Type of `a` that each type of `b` stands for, −1 for none; read-only.
    by_name : bool
        Whether types are matched by their names, the same in both, or by counts.
    measures : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    permutations : int
    notes : tuple of str
    provenance : Provenance
    """

    a: Labels
    b: Labels
    counts: IntArray
    partner: IntArray
    by_name: bool
    measures: pd.DataFrame
    permutations: int
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "permutation"

    @property
    def heading(self) -> str:
        """What is compared with what."""
        return f"{self.a.title} | {self.b.title}"

    @property
    def cross(self) -> pd.DataFrame:
        """Number of regions of each pair of types: a row a type of `a`, a column one of `b`."""
        return pd.DataFrame(
            self.counts.copy(),
            index=pd.Index(self.a.names, name="type_a"),
            columns=pd.Index(self.b.names, name="type_b"),
        )

    @property
    def matching(self) -> pd.Series[Any]:
        """Type of `a` that each type of `b` stands for; None for one without partner."""
        names = [self.a.names[row] if row >= 0 else None for row in self.partner]
        index = pd.Index(self.b.names, name="type_b")
        return pd.Series(names, index=index, name="type_a", dtype=object)

    @property
    def disagreeing(self) -> pd.DataFrame:
        """Regions whose types do not match: the rows of :meth:`augment` where ``agrees`` is not."""
        table = self.augment()
        return table[~table["agrees"]]

    def tidy(self) -> pd.DataFrame:
        """Return a row a measure of agreement.

        Columns ``estimate std_error conf_low conf_high expected p_permutation reason``;
        ``expected`` is the mean over permutations, ``reason`` why a measure does not apply.
        """
        return self.measures.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, those that disagree, the adjusted Rand index and its p-value."""
        return one_row(
            nobs=len(self.a.ids),
            disagree=int((~self.augment()["agrees"]).sum()),
            rand=float(self.measures["estimate"][RAND]),
            p_permutation=float(self.measures["p_permutation"][RAND]),
            permutations=self.permutations,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``type_a type_b matched agrees``.

        ``matched`` is the type of `a` that the region's type of `b` stands for.
        """
        partner = self.partner[self.b.codes]
        columns = {
            "type_a": self.a.named,
            "type_b": self.b.named,
            "matched": [self.a.names[row] if row >= 0 else None for row in partner],
            "agrees": partner == self.a.codes,
        }
        return pd.DataFrame(columns, index=self.a.ids)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows; what chance would give is the mean of permutations."""
        chance = self.measures[["expected"]].copy()
        chance.attrs["tolerance"] = "simulation"
        return {
            "Agreement": self.measures.drop(columns=["expected"]).assign(
                permutations=self.permutations
            ),
            "Expected by chance": chance,
            "Regions by both": self.cross,
            "All": self.glance().drop(columns=["rand", "p_permutation"]).set_axis(["all"]),
        }

    def plot(self, *, title: str | None = None) -> Any:
        """Return the cross table as colours and numbers, matched cells framed."""
        return display.picture("typology comparison", self, title=title)

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        apart = self.disagreeing
        parts = [("", self.glance().set_axis([""])), ("Agreement", self.measures)]
        parts.append(("Regions by both", self.cross))
        if len(apart):
            parts.append(("Regions that do not agree", apart.head(5)))
        return parts

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def compare_typologies(
    a: Any,
    b: Any,
    *,
    weights: KappaWeights = "quadratic",
    permutations: int = 999,
    alternative: Alternative = "two-sided",
    level: float = 0.95,
    seed: int = 0,
    align: Align = "strict",
) -> TypologyComparison:
    """Compare two typologies of the same regions, yours with a published one for instance.

    The adjusted Rand index and the adjusted mutual information need no common names: 1 equal, 0 as
    by chance. Kappa asks for more, the same types: it is given where both have the same names.
    Weighted kappa asks for an order: it is given where both are ordered and have equally many
    types, which are then compared by their places. The share in agreement is by names where they
    are the same, otherwise under the one-to-one matching that most regions agree under.

    Parameters
    ----------
    a, b : results or pandas.Series
        Classes, groups or types (``classify``, ``cluster``, ``regionalize``, ``leader_types``,
        ``combined_types``), or a series of types by region id; an ordered categorical is ordered.
    weights : {"linear", "quadratic"}
        Of the weighted kappa: how much being a step apart counts.
    permutations : int, default 999
        Random orders of the types of `b` over regions, sizes kept: the null of no relation. The
        matching is made anew in each.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` for more agreement than by chance.
    level : float, default 0.95
        Of the intervals of kappa, which is large-sample.
    seed : int, default 0
        Of the permutations.
    align : {"strict", "intersection"}
        Whether regions that only one has are refused, or left out and noted: published lists often
        name some regions only.

    Returns
    -------
    TypologyComparison
        ``.tidy()``, ``.cross``, ``.matching``, ``.augment()``, ``.disagreeing``, ``.plot()``.

    Raises
    ------
    InputError, IdError, ValuesError
        If types cannot be read, regions do not match, or choices cannot be used.

    References
    ----------
    Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of Classification 2, 193-218.
    Vinh, N., Epps, J. and Bailey, J. (2010). JMLR 11, 2837-2854. Cohen, J. (1968). Weighted kappa.
    Psychological Bulletin 70, 213-220.

    Examples
    --------
    >>> ours = pd.Series(["core", "core", "edge", "edge", "edge"], index=list("abcde"))
    >>> theirs = pd.Series([1, 1, 2, 2, 1], index=list("abcde"))
    >>> found = compare_typologies(ours, theirs)
    >>> found.matching.to_dict(), found.disagreeing.index.tolist()
    ({'1': 'core', '2': 'edge'}, ['e'])
    """
    check_option("weights", weights, KappaWeights)
    check_option("alternative", alternative, Alternative)
    check_permutations(permutations)
    check_level(level)
    first, second = read_labels(a, argument="a"), read_labels(b, argument="b")
    common = common_regions(first.ids, second.ids, argument="a", align=align)
    left, right = first.at(common.ids), second.at(common.ids)
    for labels, argument in ((left, "a"), (right, "b")):
        refuse_single(labels, argument=argument)
    right, by_name = _named_alike(left, right)
    table = _cross(left.codes, right.codes, left.k, right.k)
    partner = np.arange(left.k) if by_name else matched(table)[0]
    rng = generator(check_seed(seed), "compare typologies")
    shuffled = [rng.permutation(right.codes) for _ in range(permutations)]
    measures = _measures(
        left, right, by_name, weights=weights, shuffled=shuffled, alternative=alternative,
        level=level,
    )  # fmt: skip
    notes = tuple(_notes(left, right, by_name, len(first.ids), len(second.ids)))
    return TypologyComparison(
        a=left,
        b=right,
        counts=np.asarray(freeze(table)),
        partner=np.asarray(freeze(partner)),
        by_name=by_name,
        measures=measures,
        permutations=permutations,
        notes=notes,
        provenance=Provenance(
            method="comparison of typologies",
            formula=f"{left.title} | {right.title}",
            nobs=len(common.ids),
            ids_digest=ids_digest(common.ids),
            seed=seed,
            notes=notes,
            options={"weights": weights, "permutations": str(permutations),
                     "alternative": alternative, "align": align},
        ),
    )  # fmt: skip


def _named_alike(a: Labels, b: Labels) -> tuple[Labels, bool]:
    """Return `b` with its types in the order of `a`, and whether the names are the same."""
    if set(a.names) != set(b.names):
        return b, False
    turn = np.array([a.names.index(name) for name in b.names])
    codes = np.asarray(freeze(turn[b.codes]))
    # two ladders of the same names may run the other way round: then they are not one order
    ordered = b.ordered and a.ordered and bool((np.diff(turn) > 0).all())
    return Labels(b.ids, a.names, codes, ordered, b.title, b.variables), True


def _cross(a: IntArray, b: IntArray, ka: int, kb: int) -> IntArray:
    return np.bincount(a * kb + b, minlength=ka * kb).reshape(ka, kb).astype(np.int64)


def _measures(
    a: Labels,
    b: Labels,
    by_name: bool,
    *,
    weights: KappaWeights,
    shuffled: list[IntArray],
    alternative: Alternative,
    level: float,
) -> pd.DataFrame:
    ka, kb = a.k, b.k
    steps = a.ordered and b.ordered and ka == kb
    plain = agreement_weights(ka, None)
    # two types have one step: quadratic weights are then Cohen's
    wide = agreement_weights(ka, weights)

    def found(codes: IntArray) -> tuple[float, ...]:
        table = _cross(a.codes, codes, ka, kb)
        kept = int(np.trace(table)) if by_name else matched(table)[1]
        return (
            adjusted_rand(a.codes, codes),
            mutual_information(table),
            kept / len(codes),
            kappa(table, plain).kappa if by_name else float("nan"),
            kappa(table, wide).kappa if steps else float("nan"),
        )

    observed = np.array(found(b.codes))
    simulated = np.array([found(codes) for codes in shuffled])
    expected, p_values = simulated.mean(axis=0), tail_p(observed, simulated, alternative)
    # given the sizes, the adjusted information grows with the plain one: their p-values are equal
    observed[1] = adjusted_mutual_information(numbered(a.codes), numbered(b.codes))
    expected[1] = 0.0
    table = _cross(a.codes, b.codes, ka, kb)
    error = np.full(5, np.nan)
    error[3] = kappa(table, plain).std_error if by_name else np.nan
    error[4] = kappa(table, wide).std_error if steps else np.nan
    half = critical_value(level, df=None) * error
    p_values = np.where(np.isnan(observed), np.nan, p_values)
    return pd.DataFrame(
        {
            "estimate": observed,
            "std_error": error,
            "conf_low": np.maximum(observed - half, -1.0),
            "conf_high": np.minimum(observed + half, 1.0),
            "expected": expected,
            "p_permutation": p_values,
            "reason": _reasons(a, b, by_name, steps),
        },
        index=pd.Index([RAND, INFORMATION, SHARE, KAPPA, WEIGHTED], name="measure"),
    )


def _reasons(a: Labels, b: Labels, by_name: bool, steps: bool) -> list[str]:
    names = "" if by_name else "not applicable: the names of types differ"
    order = ""
    if not steps:
        order = "not applicable: " + (
            f"{a.k} and {b.k} types" if a.ordered and b.ordered else "types without a common order"
        )
    return ["", "", "", names, order]


def _notes(a: Labels, b: Labels, by_name: bool, na: int, nb: int) -> list[str]:
    n = len(a.ids)
    notes = []
    if max(na, nb) > n:
        notes.append(
            f"Compared on the {n} regions that both have, of {na} and {nb}: the others are left out"
        )
    if not by_name:
        notes.append("Types are matched one to one so that most regions agree.")
        if a.ordered and b.ordered and a.k == b.k:
            notes.append("Weighted kappa compares types by their places, lowest with lowest.")
    return notes
