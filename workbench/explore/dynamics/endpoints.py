"""Whether the quadrants that a move of the Moran scatterplot joins are more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.explore.local.adjustment import adjusted_p, flagged
from workbench.explore.local.evaluation import oriented_p, permutations_for
from workbench.explore.local.plan import Plan, plan
from workbench.numerics.autocorrelation import local_forms
from workbench.numerics.dynamics import transitions
from workbench.numerics.permutations import conditional
from workbench.progress import progress
from workbench.typing import BoolArray, FloatArray, IntArray
from workbench.weights import Weights

KINDS = ("significant_both", "significant_start", "significant_end", "significant_neither")
"""Which ends of a move are flagged."""


@dataclass(frozen=True, slots=True, eq=False)
class Endpoints:
    """Local Moran tests of every region in every period.

    Attributes
    ----------
    p_value, p_adjusted : ndarray of shape (n, T)
        Two-sided conditional permutation p-values; adjusted over the regions of a period.
    significant : ndarray of bool, shape (n, T)
        Flagged at the level.
    rule : str
        The level in words.
    permutations : int
    """

    p_value: FloatArray
    p_adjusted: FloatArray
    significant: BoolArray
    rule: str
    permutations: int

    def kinds(self) -> IntArray:
        """Return which ends of each move are flagged, a position in ``KINDS``; (n, T − 1)."""
        start, end = self.significant[:, :-1], self.significant[:, 1:]
        return np.where(start, np.where(end, 0, 1), np.where(end, 2, 3)).astype(np.int64)

    def counts(self, states: IntArray, k: int) -> tuple[FloatArray, ...]:
        """Return the moves between k states, a table of shape (k, k) for each of ``KINDS``."""
        parts = transitions.count_transitions(states, k, regimes=self.kinds(), m=len(KINDS))
        parts.setflags(write=False)
        return tuple(parts)

    def columns(self) -> dict[str, FloatArray | BoolArray]:
        """Return the columns of a (region, period) table, regions slowest."""
        return {
            "p_value": self.p_value.ravel(),
            "p_adjusted": self.p_adjusted.ravel(),
            "significant": self.significant.ravel(),
        }


def end_plan(
    *, alpha: float | None, fdr: float | None, permutations: int | None, seed: int
) -> Plan | None:
    """Check how ends are tested; None if neither level was given."""
    if alpha is None and fdr is None:
        return None
    return plan(
        permutations=permutations,
        seed=seed,
        fdr=fdr,
        alpha=alpha,
        correction=None,
        alternative="two-sided",
    )


def endpoints(z: FloatArray, weights: Weights, chosen: Plan) -> Endpoints:
    """Test local Moran's I of every region in every period, as ``lisa`` does in one.

    Parameters
    ----------
    z : ndarray of shape (n, T)
        Standardised within each period.
    weights : Weights
        Without islands.
    chosen : Plan
        Permutations are the same in all periods.
    """
    W = weights.sparse
    R = permutations_for(chosen, W, np.ones(len(z), dtype=bool))
    p = np.empty_like(z)
    with progress(R * z.shape[1], "local Moran's I by period") as tick:
        for t in range(z.shape[1]):
            column = z[:, t].copy()
            form = local_forms.local(column, None, W)
            tails = conditional.tails(form, permutations=R, seed=chosen.seed, tick=tick)
            p[:, t] = oriented_p(tails, column, chosen.rule.alternative)
    adjusted = np.column_stack([adjusted_p(column, chosen.rule) for column in p.T])
    return Endpoints(p, adjusted, flagged(p, adjusted, chosen.rule), str(chosen.rule), R)


def moves(
    states: IntArray, found: Endpoints, index: pd.MultiIndex, names: pd.Index
) -> pd.DataFrame:
    """Return a row a (region, start, end): ``from to significant_start significant_end``."""
    regions = index.get_level_values(0).unique()
    periods = index.get_level_values(1).unique()
    steps = pd.MultiIndex.from_arrays(
        [
            np.repeat(regions, len(periods) - 1),
            periods[:-1].append([periods[:-1]] * (len(regions) - 1)),
            periods[1:].append([periods[1:]] * (len(regions) - 1)),
        ],
        names=["region", "start", "end"],
    )
    columns = {
        "from": names.to_numpy()[states[:, :-1].ravel()],
        "to": names.to_numpy()[states[:, 1:].ravel()],
        "significant_start": found.significant[:, :-1].ravel(),
        "significant_end": found.significant[:, 1:].ravel(),
    }
    return pd.DataFrame(columns, index=steps)
