"""Would the same groups come out again: other seeds, other samples, other links, noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option
from workbench.explore.typology.groups import check_count
from workbench.explore.typology.partition import Plan, noisy, partition
from workbench.explore.typology.result import Typology
from workbench.numerics.partitions.agreement import (
    adjusted_rand,
    jaccard,
    join_up,
    kept_company,
    numbered,
)
from workbench.numerics.sparse.matrices import CsrArray, freeze
from workbench.typing import FloatArray, GroupStabilityBy, IntArray, Tolerance
from workbench.weights import as_weights, thinned
from workbench.weights.algebra import symmetrize

ABSENT = -1
MOST_SAMPLES = 1000
"""Bootstrap samples that are drawn for one with as many different profiles as groups."""
RECOVERED, DISSOLVED = 0.75, 0.5
"""Hennig's thresholds of the Jaccard coefficient (2007, section 3; fpc counts with them)."""

WORDS = {
    "seed": "other seeds",
    "resample": "bootstrap samples of regions",
    "perturbation": "links taken away at random",
    "noise": "noise added to the variables",
    "indicators": "one variable left out at a time",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Stability:
    """How often the groups of a typology come back; immutable.

    Attributes
    ----------
    base : Typology
        The typology in question.
    by : {"seed", "resample", "perturbation", "noise", "indicators"}
        What was changed from draw to draw.
    share : float or None
        Of links taken away, or of a standard deviation that the noise has.
    seed : int
        Of the draws.
    drawn : ndarray of int, shape (draws, n)
        Group of each region in each draw, −1 where it was not in the sample; read-only.
    notes : tuple of str
        What the reader must know.
    """

    base: Typology
    by: GroupStabilityBy
    share: float | None
    seed: int
    drawn: IntArray
    notes: tuple[str, ...] = ()
    tolerance: Tolerance = "simulation"

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.drawn)

    @property
    def rand(self) -> pd.Series[Any]:
        """Adjusted Rand index of each draw with the base: 1 equal, 0 as by chance."""
        values = [
            adjusted_rand(own, numbered(other))
            for own, other in (self._present(draw) for draw in range(self.draws))
        ]
        return pd.Series(values, index=pd.RangeIndex(self.draws, name="draw"), name="rand")

    @property
    def coassignment(self) -> pd.DataFrame:
        """Share of draws in which two regions are in one group, of those that have both.

        Square, by region id; NaN for pairs that no draw has together.
        """
        n = self.base.profiles.n
        together, present = np.zeros((n, n)), np.zeros((n, n))
        for labels in self.drawn:
            here = labels >= 0
            together += (labels[:, None] == labels[None, :]) & here[:, None] & here[None, :]
            present += here[:, None] & here[None, :]
        ids = self.base.profiles.ids
        with np.errstate(invalid="ignore"):
            return pd.DataFrame(together / present, index=ids, columns=ids)

    @property
    def provenance(self) -> Provenance:
        """What produced the draws: the base's provenance with what was changed."""
        options = {**self.base.provenance.options, "by": self.by, "draws": str(self.draws)}
        if self.share is not None:
            options["share"] = f"{self.share:g}"
        if self.base.plan.seeded:
            options["seed of the base"] = str(self.base.seed)
        return replace(
            self.base.provenance,
            method=f"stability of {self.base.provenance.method}",
            seed=self.seed,
            options=options,
        )

    @property
    def heading(self) -> str:
        """What was changed, how often, and of what."""
        return say(
            "Stability under {change}, {draws} draws. {heading}",
            change=say(WORDS[self.by]),
            draws=self.draws,
            heading=self.base.heading,
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a group: ``size jaccard recovered dissolved``.

        ``jaccard`` is the mean over draws of the largest overlap with a group of the draw;
        ``recovered`` and ``dissolved`` are the shares of draws in which it is above 0.75, and at
        most 0.5. Draws without any of the group's regions do not count.
        """
        overlap = np.full((self.draws, self.base.k), np.nan)
        for draw in range(self.draws):
            own, other = self._present(draw)
            found = jaccard(own, numbered(other))
            overlap[draw, : len(found)] = found
        table = pd.DataFrame(overlap)
        return pd.DataFrame(
            {
                "size": self.base.sizes.to_numpy(),
                "jaccard": table.mean().to_numpy(),
                "recovered": (table > RECOVERED).sum().to_numpy() / table.count().to_numpy(),
                "dissolved": (table <= DISSOLVED).sum().to_numpy() / table.count().to_numpy(),
            },
            index=self.base.sizes.index,
        )

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, groups, draws, mean and quantiles of the adjusted Rand index."""
        rand = self.rand
        return one_row(
            nobs=self.base.profiles.n,
            groups=self.base.k,
            draws=self.draws,
            rand=float(rand.mean()),
            rand_low=float(rand.quantile(0.05)),
            rand_high=float(rand.quantile(0.95)),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``group stays present``.

        ``stays`` is the share of the draws that have the region in which it is in the group that
        matches its own, groups being matched one to one so that most regions stay; ``present`` is
        the number of those draws.
        """
        stays = np.zeros(self.base.profiles.n)
        for labels in self.drawn:
            here = labels >= 0
            stays[here] += kept_company(self.base.membership[here], numbered(labels[here]))
        present = (self.drawn >= 0).sum(axis=0)
        share = np.where(present > 0, stays / np.maximum(present, 1), np.nan)
        ids = self.base.profiles.ids
        columns = {"group": self.base.labels, "stays": share, "present": present}
        return pd.DataFrame(columns, index=ids)

    def plot(self, regions: Any = None, *, title: str | None = None) -> Any:
        """Return the map of shares of draws in which each region stays with its group."""
        return display.picture("group stability map", self, regions, title=title)

    def _present(self, draw: int) -> tuple[IntArray, IntArray]:
        here = self.drawn[draw] >= 0
        return self.base.membership[here], self.drawn[draw][here]

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        regions = self.augment()
        loose = regions.sort_values("stays", kind="stable").head(5)
        return [
            ("", self.glance().set_axis([""])),
            ("Groups", self.tidy()),
            ("Regions that stay least", loose),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def stability(
    result: Typology,
    *,
    by: GroupStabilityBy,
    draws: int = 100,
    share: float = 0.1,
    seed: int = 0,
) -> Stability:
    """Make the groups again from slightly other input, and count what comes back.

    Parameters
    ----------
    result : Typology
        From :func:`cluster` or :func:`regionalize`.
    by : {"seed", "resample", "perturbation", "noise", "indicators"}
        ``"seed"``: the same input under other seeds (k-means, AZP, max-p; AZP's first start is the
        same in all). ``"resample"``: as many regions drawn with replacement (not under contiguity,
        because a sample of regions is no connected map). ``"perturbation"``: a share of the links
        taken away by :func:`workbench.weights.thinned`; the fewest that are needed to keep the map
        connected come back. ``"noise"``: normal noise added to the standardised variables.
        ``"indicators"``: each variable left out in turn, a draw a variable, in their order.
    draws : int, default 100
        How often; of ``"indicators"`` as often as there are variables.
    share : float, default 0.1
        Of links, or of each variable's standard deviation; between 0 and 1, and only for
        ``"perturbation"`` and ``"noise"``.
    seed : int, default 0
        Each draw has its own random stream: the first of more draws are those of fewer.

    Returns
    -------
    Stability
        ``.rand`` (a value a draw), ``.tidy()`` (a row a group, Jaccard), ``.augment()`` (a row a
        region), ``.coassignment``, ``.plot()``.

    Raises
    ------
    InputError
        If the method has nothing of the kind that is to be changed, options cannot be used, or
        there are so many groups that bootstrap samples have fewer different profiles.

    Notes
    -----
    Stability is needed for groups to be real, and not enough: one big group is stable.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics & Data
    Analysis 52, 258-271. Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of
    Classification 2, 193-218.

    Examples
    --------
    >>> from workbench.explore.typology import cluster
    >>> table = pd.DataFrame({"rd": [1.0, 1.2, 1.4, 5.0, 5.1, 5.3]}, index=list("abcdef"))
    >>> groups = cluster(["rd"], table, k=2, method="ward")
    >>> stability(groups, by="noise", draws=20).tidy()["jaccard"].tolist()
    [1.0, 1.0]
    """
    if not isinstance(result, Typology):
        raise InputError(
            "result",
            expected="groups from cluster() or regionalize()",
            found=type(result).__name__,
            remedy="group_stability(regionalize(variables, table, W, k=5), by='noise'); of local "
            "statistics stability(result, family)",
        )
    check_option("by", by, GroupStabilityBy)
    _refuse_unfit(result, by)
    draws, seed = check_count(draws, "draws"), check_seed(seed)
    if by == "indicators":
        draws = len(result.profiles.names)
    number = isinstance(share, int | float | np.number) and not isinstance(share, bool)
    if not number or not 0.0 < float(share) < 1.0:
        raise InputError("share", expected="a number between 0 and 1, e.g. 0.1", found=repr(share))
    rows, restored = [], 0
    for draw in range(draws):
        labels, back = _redrawn(result, by, share=float(share), seed=seed, draw=draw)
        rows.append(labels)
        restored += back
    notes = []
    if restored:
        notes.append(f"{restored / draws:.3g} links a draw were put back to keep the map connected")
    used = float(share) if by in ("perturbation", "noise") else None
    return Stability(result, by, used, seed, freeze(np.array(rows)), tuple(notes))


def _refuse_unfit(result: Typology, by: GroupStabilityBy) -> None:
    plan = result.plan
    if by == "indicators":
        _refuse_too_few(result)
        return
    if by == "seed" and not plan.seeded:
        why = f"{plan.method} has no random step: every seed gives the same groups"
    elif by == "resample" and plan.contiguous:
        why = "a sample of regions leaves holes in the map, and connected groups need the map"
    elif by == "perturbation" and not plan.contiguous:
        why = "these groups were made without links"
    else:
        return
    raise InputError(
        "by",
        expected="a change that can change these groups",
        found=f'"{by}"',
        why=why,
        remedy='by="noise", or ' + ('by="perturbation"' if plan.contiguous else 'by="resample"'),
    )


def _refuse_too_few(result: Typology) -> None:
    """Refuse to leave a variable out where too little is left to tell the groups apart."""
    X, names = result.profiles.X, result.profiles.names
    if len(names) < 2:
        raise InputError(
            "by",
            expected="at least two variables, of which one is left out",
            found=f"groups of {names[0]!r} alone",
            remedy='by="noise"',
        )
    left = [len(np.unique(np.delete(X, j, axis=1), axis=0)) for j in range(len(names))]
    short = [name for name, count in zip(names, left, strict=True) if count < result.k]
    if short:
        raise InputError(
            "by",
            expected=f"{result.k} different profiles without any one variable",
            found="fewer without some",
            offenders=short,
            why="regions that are exactly alike cannot be told apart",
            remedy='by="noise", or fewer groups',
        )


def _redrawn(
    result: Typology, by: GroupStabilityBy, *, share: float, seed: int, draw: int
) -> tuple[IntArray, int]:
    plan, X, links = result.plan, result.profiles.X, result.profiles.links
    if by == "seed":
        other = int(generator(seed, "stability", draw).integers(2**62))
        return partition(plan, X, links, seed=other), 0
    if by == "indicators":
        return partition(plan, np.delete(X, draw, axis=1), links, seed=result.seed), 0
    if by == "noise":
        return partition(plan, noisy(X, share, seed=seed, draw=draw), links, seed=result.seed), 0
    if by == "resample":
        return _resampled(plan, X, seed=seed, draw=draw, inner=result.seed), 0
    thin, back = _thinned(result, share, seed=seed, draw=draw)
    return partition(plan, X, thin, seed=result.seed), back


def _resampled(plan: Plan, X: FloatArray, *, seed: int, draw: int, inner: int) -> IntArray:
    rng = generator(seed, "resample", draw)
    n = len(X)
    # a sample with fewer different profiles than groups has no such groups: draw it again
    for _ in range(MOST_SAMPLES):
        taken = np.sort(rng.integers(n, size=n))
        if len(np.unique(X[taken], axis=0)) >= plan.k:
            break
    else:
        raise InputError(
            "by",
            expected=f"bootstrap samples with {plan.k} different profiles, one a group",
            found=f"none in {MOST_SAMPLES}",
            why="a sample with replacement holds about 63 % of the regions",
            remedy='by="noise", or fewer groups',
        )
    labels = np.full(n, ABSENT, dtype=np.int64)
    labels[taken] = partition(plan, X[taken], None, seed=inner)
    return labels


def _thinned(result: Typology, share: float, *, seed: int, draw: int) -> tuple[CsrArray, int]:
    weights = symmetrize(as_weights(result.profiles.weights), "either").normalize("binary")
    full = weights.sparse
    if round(share * full.nnz / 2) < 1:
        raise InputError(
            "share",
            expected=f"a share of the {full.nnz // 2} links that is at least one",
            found=f"{share:g}",
            why="nothing would be taken away",
            remedy=f"share={1 / (full.nnz // 2):.2g} or more",
        )
    kept = thinned(weights, share, seed=seed, draw=draw).sparse
    removed: CsrArray = sparse.csr_array(full - kept)
    removed.eliminate_zeros()
    order = generator(seed, "joined up", draw).permutation(removed.nnz // 2)
    return join_up(kept, removed, order)
