"""Rules that put regions into types by their scores: where they cut, and who lands where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray

ON_BOUND = 1e-9
"""Share of the leader's (or of the largest) score within which a score counts as on a bound: 80 %
of a leader is rarely the same floating-point number as 0.8 times it."""

Cut: TypeAlias = str | tuple[float, ...]
"""``"median"``, ``"mean"``, or numbers, ascending; shares of the leader have their own tuple."""


@dataclass(frozen=True, slots=True)
class LeaderRule:
    """Types by the share of the leader's score that a region lacks.

    Attributes
    ----------
    shares : tuple of float
        Upper ends of the distances, ascending, between 0 and 1.
    at : int or None
        Position of the region that leads; None for the largest score, or for `value`.
    value : float or None
        Score of a leader that is not among the regions, such as a target.
    """

    shares: tuple[float, ...]
    at: int | None = None
    value: float | None = None

    def leader(self, sample: FloatArray, every: FloatArray) -> float:
        """Return the leader's score: of the sample's best, of a region of all, or as given."""
        if self.value is not None:
            return self.value
        return float(sample.max() if self.at is None else every[self.at, 0])

    def bounds(self, sample: FloatArray, every: FloatArray) -> list[FloatArray]:
        """Return the lowest scores of all types but the last, descending, in a list of one."""
        return [self.leader(sample, every) * (1.0 - np.array(self.shares))]

    def place(self, X: FloatArray, bounds: Sequence[FloatArray]) -> IntArray:
        """Return the type of each region, 0 nearest to the leader; on a bound the nearer one."""
        cuts = bounds[0]
        slack = ON_BOUND * float(np.abs(cuts).max())
        return np.asarray((X[:, :1] < cuts[None, :] - slack).sum(axis=1), dtype=np.int64)

    def distances(self, X: FloatArray, bounds: Sequence[FloatArray]) -> FloatArray:
        """Return how far each score is from the nearest bound, as a share of the leader's."""
        cuts = bounds[0]
        leader = float(cuts[0]) / (1.0 - self.shares[0])
        return np.asarray(np.abs(X[:, :1] - cuts[None, :]).min(axis=1) / leader)


@dataclass(frozen=True, slots=True, eq=False)
class CombinedRule:
    """Types by the levels of several scores.

    Attributes
    ----------
    cuts : tuple, length p
        Of each score: ``"median"``, ``"mean"``, numbers, or a :class:`LeaderRule`.
    table : ndarray of int
        Type of each combination of levels, an axis a score; read-only.
    """

    cuts: tuple[Cut | LeaderRule, ...]
    table: IntArray

    def bounds(self, sample: FloatArray, every: FloatArray) -> list[FloatArray]:
        """Return the cuts of each score, ascending."""
        return [_cuts(cut, sample[:, j], every[:, j : j + 1]) for j, cut in enumerate(self.cuts)]

    def levels(self, X: FloatArray, bounds: Sequence[FloatArray]) -> IntArray:
        """Return the level of each score, 0 the lowest, shape (n, p); on a cut the higher one."""
        columns = []
        for j, cuts in enumerate(bounds):
            slack = ON_BOUND * float(np.abs(X[:, j]).max())
            columns.append((X[:, j, None] >= cuts[None, :] - slack).sum(axis=1))
        return np.column_stack(columns).astype(np.int64)

    def place(self, X: FloatArray, bounds: Sequence[FloatArray]) -> IntArray:
        """Return the type of each region."""
        found: IntArray = self.table[tuple(self.levels(X, bounds).T)]
        return found

    def distances(self, X: FloatArray, bounds: Sequence[FloatArray]) -> FloatArray:
        """Return how far each region is from its nearest cut, in standard deviations of a score."""
        each = [
            np.abs(X[:, j, None] - cuts[None, :]).min(axis=1) / X[:, j].std()
            for j, cuts in enumerate(bounds)
        ]
        return np.asarray(np.min(each, axis=0))


Rule: TypeAlias = LeaderRule | CombinedRule


def replayed(rule: Rule, X: FloatArray) -> IntArray:
    """Return the types of all regions under bounds that are set from these same scores."""
    return rule.place(X, rule.bounds(X, X))


def shares_of_draws(rule: Rule, draws: FloatArray, types: int) -> FloatArray:
    """Return the share of draws in which each region is of each type, shape (n, types).

    Parameters
    ----------
    rule : LeaderRule or CombinedRule
        Its bounds are set anew in every draw: another leader, another median.
    draws : ndarray, shape (R, n, p)
        Scores of each draw.
    types : int
    """
    counts = np.zeros((draws.shape[1], types))
    rows = np.arange(draws.shape[1])
    for X in draws:
        counts[rows, replayed(rule, X)] += 1.0
    return np.asarray(freeze(counts / len(draws)))


def _cuts(cut: Cut | LeaderRule, sample: FloatArray, every: FloatArray) -> FloatArray:
    if isinstance(cut, LeaderRule):
        return np.asarray(cut.bounds(sample[:, None], every)[0][::-1])
    if isinstance(cut, str):
        return np.array([np.median(sample) if cut == "median" else sample.mean()])
    return np.array(cut)
