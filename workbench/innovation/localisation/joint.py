"""Which activities settle in the same regions: Ellison and Glaeser's γᶜ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import check_level, critical_value, one_row
from workbench.errors import InputError, check_option, unknown_name
from workbench.explore.permuted import normal_tails
from workbench.innovation.localisation.plants import Located, read_located
from workbench.numerics.concentration import dartboard as kernel
from workbench.typing import Alternative, IntArray, Tolerance

SHOWN = 8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Coagglomeration:
    """γᶜ of pairs of activities and of their group; immutable.

    Attributes
    ----------
    activities : pandas.Index, length k
    joint : numerics.concentration.dartboard.Joint
        Pairs, their standard errors, and the group.
    regions : int
    alternative : {"two-sided", "greater", "less"}
    provenance : Provenance
    notes : tuple of str
    """

    activities: pd.Index
    joint: kernel.Joint
    regions: int
    alternative: Alternative
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was measured."""
        return say(
            "Coagglomeration γᶜ of {n} activities in {regions} regions",
            n=len(self.activities),
            regions=self.regions,
        )

    @property
    def matrix(self) -> pd.DataFrame:
        """γᶜ of pairs, symmetric, missing on the diagonal."""
        values = self.joint.gamma.copy()
        np.fill_diagonal(values, np.nan)
        return pd.DataFrame(values, index=self.activities, columns=self.activities)

    @property
    def gamma(self) -> float:
        """γᶜ of the group of all these activities."""
        return self.joint.group

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a pair, each once.

        Columns ``gamma expected std_error z p_value chance_low chance_high``: all but the first
        those of activities which choose their regions independently of each other.
        """
        check_level(level)
        i, j = np.triu_indices(len(self.activities), 1)
        gamma, expected, error = (
            part[i, j] for part in (self.joint.gamma, self.joint.expected, self.joint.std_error)
        )
        half = critical_value(level, df=None) * error
        z = (gamma - expected) / error
        table = pd.DataFrame(
            {
                "gamma": gamma,
                "expected": expected,
                "std_error": error,
                "z": z,
                "p_value": normal_tails(z, self.alternative),
                "chance_low": expected - half,
                "chance_high": expected + half,
            }
        )
        table.index = pd.MultiIndex.from_arrays(
            [self.activities[i], self.activities[j]], names=["activity", "other"]
        )
        return table

    def glance(self) -> pd.DataFrame:
        """Return one row: ``regions activities gamma expected std_error p_value`` of the group."""
        joint = self.joint
        z = np.array([(joint.group - joint.group_expected) / joint.group_error])
        return one_row(
            regions=self.regions,
            activities=len(self.activities),
            gamma=joint.group,
            expected=joint.group_expected,
            std_error=joint.group_error,
            p_value=float(normal_tails(z, self.alternative)[0]),
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Return the matrix of γᶜ; see ``views.localisation``."""
        return display.picture("coagglomeration", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        pairs = self.tidy().sort_values("gamma", ascending=False, kind="stable")
        kept = ["gamma", "expected", "std_error", "p_value"]
        return [("All together", self.glance()), ("Highest pairs", pairs[kept].head(SHOWN))]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def coagglomeration(
    employment: pd.DataFrame,
    *,
    group: Sequence[Any] | None = None,
    totals: pd.Series[Any] | None = None,
    alternative: Alternative = "two-sided",
) -> Coagglomeration:
    """Measure how far activities settle in the same regions, in pairs and as a group.

    ``γᶜ_jl = Σ (s_j − x)(s_l − x) / (1 − Σ x²)`` for a pair. A group's is the mean of its pairs,
    weighted by the products of the activities' sizes: plants cancel, so none are needed.

    Parameters
    ----------
    employment : DataFrame
        Regions × activities, or a row a plant with columns ``region``, ``activity`` and
        ``employment``.
    group : sequence, optional
        Activities of the group, at least two; all by default. The others count for x only.
    totals : Series, optional
        Of everything by region, for x; sums of `employment` without.
    alternative : {"two-sided", "greater", "less"}
        Of the p-values.

    Returns
    -------
    Coagglomeration
        ``gamma`` (the group), ``matrix`` (pairs), ``tidy() glance() plot()``.

    Raises
    ------
    InputError, ValuesError, IdError
        As for :func:`~workbench.innovation.localisation.agglomeration.ellison_glaeser`, and if
        the group has unknown activities or fewer than two.

    Notes
    -----
    Standard errors are those of activities that choose independently, each as concentrated as it
    is: ``√(G_j G_l tr Ω²) / (1 − Σ x²)²`` with Ω = diag(x) − x x′. The normal law needs more than a
    handful of regions. As x holds the activities themselves, γᶜ is below zero on average when they
    choose independently: `expected`, to first order, from which the p-values count. A group that is
    all there is has no γᶜ of its own, since its shares are x (missing).

    References
    ----------
    Ellison, G. and Glaeser, E. (1997). Geographic concentration in U.S. manufacturing industries: a
    dartboard approach. Journal of Political Economy 105(5), 889-927, section VI.

    Ellison, G., Glaeser, E. and Kerr, W. (2010). What causes industry agglomeration? Evidence from
    coagglomeration patterns. American Economic Review 100(3), 1195-1213, equation (1).

    Examples
    --------
    >>> jobs = pd.DataFrame({"looms": [9, 1, 0], "dyes": [8, 2, 0], "fish": [0, 0, 10]},
    ...                     index=["a", "b", "c"])
    >>> coagglomeration(jobs).matrix.loc["looms", ["dyes", "fish", "looms"]].round(3).tolist()
    [0.339, -0.737, nan]
    """
    check_option("alternative", alternative, Alternative)
    located = read_located(employment, None, totals, plants_needed=False)
    chosen = _group(located, group)
    joint = _joint(located, chosen)
    notes: tuple[str, ...] = (
        "Standard errors are those of activities that choose their regions independently, each as "
        "concentrated as it is.",
    )
    if np.isnan(joint.group):
        notes += (
            "The group is all there is, and as such not to be told from the whole: name some, "
            "group=[...], or pass totals of more.",
        )
    provenance = Provenance(
        method="coagglomeration",
        nobs=located.s.size,
        ids_digest=ids_digest(located.ids),
        notes=notes,
        options={"alternative": alternative,
                 "totals": "of the table" if totals is None else "given"},
    )  # fmt: skip
    names = located.activities[chosen]
    return Coagglomeration(names, joint, len(located.ids), alternative, provenance, notes)


def _joint(located: Located, chosen: IntArray) -> kernel.Joint:
    size = located.size[chosen]
    part = located.size / located.total
    within = float(part**2 @ kernel.own_variance(located.s, located.x))
    joint = kernel.coagglomeration(
        located.s[:, chosen], located.x, size / size.sum(), part[chosen], within
    )
    if part[chosen].sum() > 1 - 1e-12:
        return replace(joint, group=np.nan, group_expected=np.nan, group_error=np.nan)
    return joint


def _group(located: Located, group: Sequence[Any] | None) -> Any:
    several = isinstance(group, Iterable) and not isinstance(group, str)
    wanted = located.activities.tolist() if group is None else list(group) if several else [group]
    for name in wanted:
        if name not in located.activities:
            raise unknown_name("activity", name, map(str, located.activities))
    if len(set(wanted)) < max(2, len(wanted)):
        raise InputError(
            "group" if group is not None else "employment",
            expected="at least two activities, each once",
            found=repr(wanted),
            why="one activity has nothing to settle beside",
        )
    return np.sort(located.activities.get_indexer(pd.Index(wanted)))
