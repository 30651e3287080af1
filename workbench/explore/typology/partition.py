"""How regions are put into groups: the plan, its execution, and the check of what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from workbench.core.seeds import generator
from workbench.errors import ConvergenceError
from workbench.explore.typology import via_sklearn, via_spopt
from workbench.numerics.partitions.agreement import numbered, pieces, squares
from workbench.numerics.partitions.skater import skater
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray, TreeCriterion

SEEDED = ("k-means", "azp", "max-p")
"""Methods with a random step; the others give one answer."""

NEGLIGIBLE = 1e-12
"""Relative slack of sums that are compared with the floor: their last bits hang on the order."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything that decides a partition but the data, the links and the seed.

    Attributes
    ----------
    method : str
        A word of ``ClusterMethod`` or ``RegionMethod``.
    k : int
        Number of groups; 0 under ``"max-p"``, which finds it.
    contiguous : bool
        Whether groups must be connected.
    starts : int
        Seeded starts of which the best is kept.
    criterion : {"squares", "distances"}
        What SKATER lowers.
    floor : float
        What `size` has to add up to in each group under ``"max-p"``.
    size : ndarray, shape (n,), or None
        Values of the floor variable.
    """

    method: str
    k: int
    contiguous: bool
    starts: int = 1
    criterion: TreeCriterion = "squares"
    floor: float = 0.0
    size: FloatArray | None = None

    @property
    def seeded(self) -> bool:
        """Whether the seed can change the groups."""
        return self.method in SEEDED


def partition(plan: Plan, X: FloatArray, links: CsrArray | None, *, seed: int) -> IntArray:
    """Put regions into groups, and check them.

    Parameters
    ----------
    plan : Plan
        How.
    X : ndarray, shape (n, p)
        Standardised variables in sorted order of ids.
    links : csr_array of shape (n, n) or None
        Symmetric and connected; needed when groups must be contiguous.
    seed : int
        Seed of the random steps.

    Returns
    -------
    ndarray of int, shape (n,)
        0 to k − 1 by size, the largest first; equal sizes by their first id.

    Raises
    ------
    ConvergenceError
        If the library gives another number of groups, one that is not connected, or one below the
        floor: nothing is taken on trust.
    """
    if links is None or not plan.contiguous:
        labels = _APART[plan.method](plan, X, seed)
    else:
        labels = _TOGETHER[plan.method](plan, X, links, seed)
    labels = numbered(labels)
    _verify(plan, labels, links)
    return labels


def _verify(plan: Plan, labels: IntArray, links: CsrArray | None) -> None:
    found = int(labels.max()) + 1
    if plan.method == "max-p" and found < 2:
        raise ConvergenceError(
            "floor",
            expected="at least two groups that reach the floor",
            found=f"one group: no cut leaves {plan.floor:g} on both sides that was tried",
            remedy="a lower floor=, or more starts=",
        )
    if plan.k and found != plan.k:
        raise ConvergenceError(
            "k", expected=f"{plan.k} groups", found=f"{found} from {plan.method}"
        )
    if plan.contiguous and links is not None and (pieces(labels, links) != 1).any():
        raise ConvergenceError(
            "method",
            expected="connected groups",
            found=f"groups in several pieces from {plan.method}",
        )
    if plan.size is not None:
        total = np.bincount(labels, weights=plan.size)
        if (total < plan.floor * (1 - NEGLIGIBLE)).any():
            raise ConvergenceError(
                "floor",
                expected=f"at least {plan.floor:g} in every group",
                found=f"{total.min():g} in one from {plan.method}",
            )


def _k_means(plan: Plan, X: FloatArray, seed: int) -> IntArray:
    return via_sklearn.k_means(X, plan.k, seed=seed, starts=plan.starts)


def _agglomerated(linkage: via_sklearn.Linkage) -> Callable[[Plan, FloatArray, int], IntArray]:
    def run(plan: Plan, X: FloatArray, _seed: int) -> IntArray:
        return via_sklearn.agglomerated(X, plan.k, linkage=linkage)

    return run


def _skater(plan: Plan, X: FloatArray, links: CsrArray, _seed: int) -> IntArray:
    return skater(links, X, plan.k, criterion=plan.criterion).labels


def _ward(plan: Plan, X: FloatArray, links: CsrArray, _seed: int) -> IntArray:
    return via_sklearn.agglomerated(X, plan.k, linkage="ward", links=links)


def _azp(plan: Plan, X: FloatArray, links: CsrArray, seed: int) -> IntArray:
    """Keep the best of one start from SKATER's groups and of random ones."""
    from_tree = skater(links, X, plan.k, criterion="squares").labels
    runs = [
        via_spopt.azp(
            X, links, plan.k, seed=seed, start=start, initial=None if start else from_tree
        )
        for start in range(plan.starts)
    ]
    return min(runs, key=lambda labels: float(squares(X, numbered(labels)).within.sum()))


def _max_p(plan: Plan, X: FloatArray, links: CsrArray, seed: int) -> IntArray:
    """Keep the most groups and, of equally many, the least squares within."""
    size = np.ones(len(X)) if plan.size is None else plan.size
    runs = [
        numbered(via_spopt.max_p(X, links, size, plan.floor, seed=seed, start=start))
        for start in range(plan.starts)
    ]

    def worth(labels: IntArray) -> tuple[int, float]:
        return -int(labels.max()), float(squares(X, labels).within.sum())

    return min(runs, key=worth)


_APART: Mapping[str, Callable[[Plan, FloatArray, int], IntArray]] = MappingProxyType(
    {
        "k-means": _k_means,
        "ward": _agglomerated("ward"),
        "average": _agglomerated("average"),
        "complete": _agglomerated("complete"),
    }
)
_TOGETHER: Mapping[str, Callable[[Plan, FloatArray, CsrArray, int], IntArray]] = MappingProxyType(
    {"skater": _skater, "ward": _ward, "azp": _azp, "max-p": _max_p}
)


def noisy(X: FloatArray, share: float, *, seed: int, draw: int) -> FloatArray:
    """Return the variables with normal noise of `share` of their standard deviations added."""
    noise = generator(seed, "noise", draw).standard_normal(X.shape)
    return np.asarray(X + share * X.std(axis=0) * noise)
