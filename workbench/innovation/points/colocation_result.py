"""What colocation quotients hold: pairs of kinds, the whole, and points one by one."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.explore.permuted import permutation_p
from workbench.innovation.points.establishments import Establishments
from workbench.innovation.typologies.profiles import adjusted
from workbench.numerics.points import colocation as kernel
from workbench.typing import Alternative, PValueAdjustment, Tolerance

TOGETHER, APART, UNKNOWN = "together", "apart", "cannot tell"
SHOWN = 8
Around: TypeAlias = tuple[str, tuple[tuple[str, Any], ...]]
"""A text on which points are neighbours, and what stands in its fields."""

ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Labelling:
    """Points, their neighbours, and how labels are thrown.

    Attributes
    ----------
    sites : Establishments
    nearby : numerics.points.colocation.Nearby
    draws : int
        Random labellings R.
    alternative : {"two-sided", "greater", "less"}
    adjust : {"holm", "fdr_bh", "none"}
    level : float
    seed : int
    """

    sites: Establishments
    nearby: kernel.Nearby
    draws: int
    alternative: Alternative
    adjust: PValueAdjustment
    level: float
    seed: int

    def verdicts(self, value: Any, p: Any) -> list[str]:
        """Return the verdict on each quotient by its adjusted p-value; missing ones have none."""
        told = np.asarray(p) <= (1 - self.level) * (1 + ROUNDING)
        sides = np.where(np.asarray(value) > 1, TOGETHER, APART)
        words = np.where(told, sides, UNKNOWN)
        return [str(w) for w in np.where(np.isnan(np.asarray(value, dtype=float)), "", words)]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ColocationQuotients:
    """Quotients of all pairs of kinds, the global one, and local ones on demand; immutable.

    Attributes
    ----------
    labelling : Labelling
        What was asked.
    pairs : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    whole : pandas.DataFrame
        What :meth:`glance` hands out copies of.
    around : Around
        Which points are neighbours.
    notes : tuple of str
    provenance : Provenance
    """

    labelling: Labelling
    pairs: pd.DataFrame
    whole: pd.DataFrame
    around: Around
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation"

    @property
    def heading(self) -> str:
        """What was measured."""
        n, k = len(self.labelling.sites.ids), len(self.labelling.sites.labels)
        return say(
            "Colocation quotients of {k} kinds, {n} points ({around})",
            k=k,
            n=n,
            around=self.around_said,
        )

    @property
    def around_said(self) -> str:
        """Which points are neighbours, in the language in use."""
        return say(self.around[0], **dict(self.around[1]))

    @property
    def matrix(self) -> pd.DataFrame:
        """The quotients: from kinds in rows to the kinds beside them in columns."""
        return self._square("colocation")

    @property
    def verdicts(self) -> pd.DataFrame:
        """``together``, ``apart`` or ``cannot tell``, in the shape of :attr:`matrix`."""
        return self._square("verdict")

    def _square(self, column: str) -> pd.DataFrame:
        labels = pd.Index(self.labelling.sites.labels)
        values = self.pairs[column].to_numpy().reshape(len(labels), len(labels))
        return pd.DataFrame(
            values, index=labels.rename("kind"), columns=labels.rename("neighbour_kind")
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a pair of kinds, from the first to the second.

        Columns ``points neighbour_points joins colocation chance_low chance_high p_permutation
        p_adjusted verdict``; ``joins`` is the sum of the weights of neighbours of the second kind.
        """
        return self.pairs.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: the global quotient, whether kinds are next to their like.

        Columns ``points kinds colocation chance_low chance_high p_permutation permutations``.
        """
        return self.whole.copy()

    def local(self, kind: Hashable) -> pd.DataFrame:
        """Return the quotient of each point to one kind, with its own kind left as it is.

        ``LCLQ_i(B) = Σ_j w_ij [j is B] / (N'_B / (N − 1))``, N'_B without the point itself.

        Parameters
        ----------
        kind : label
            B.

        Returns
        -------
        DataFrame
            A row a point: ``kind colocation p_permutation p_adjusted verdict``; the p-values
            from random labels of the other points. A kind of one point has no quotient at itself.

        Raises
        ------
        UnknownNameError
            If there is no such kind.
        """
        asked = self.labelling
        sites = asked.sites
        code = sites.code(kind, argument="kind")
        target = (sites.codes == code).astype(np.int64)
        there = int(target.sum()) - target
        held = kernel.local_shares(asked.nearby, target)
        value = np.full(held.size, np.nan)
        value[there > 0] = held[there > 0] / (there[there > 0] / (held.size - 1))
        random = generator(asked.seed, "local colocation", sites.column, kind)
        tails = kernel.local_tails(asked.nearby, target, draws=asked.draws, random=random)
        p = np.where(there > 0, permutation_p(*tails, asked.draws, asked.alternative), np.nan)
        p_adjusted = adjusted(p, asked.adjust)
        return pd.DataFrame(
            {
                "kind": [sites.labels[k] for k in sites.codes],
                "colocation": value,
                "p_permutation": p,
                "p_adjusted": p_adjusted,
                "verdict": asked.verdicts(value, p_adjusted),
            },
            index=sites.ids,
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Return the matrix as a heat map with its numbers; see ``views.colocation``."""
        return display.picture("colocation", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        kept = ["points", "joins", "colocation", "p_permutation", "p_adjusted", "verdict"]
        table = self.pairs.sort_values("p_permutation", kind="stable")[kept].head(SHOWN)
        return [("Like beside like", self.whole), ("Pairs of least p-value", table)]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)
