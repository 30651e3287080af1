"""Local Moran's I: where a variable clusters, with honest p-values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.ids import ids_digest, random_keys
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option
from workbench.explore.permuted import check_permutations, permutation_p, smallest_p
from workbench.explore.variable import Variable, island_notes, quadrants, read_variable
from workbench.numerics.permutation import local_moran
from workbench.typing import Align, Alternative, Cluster, Tolerance, words

CLUSTERS = words(Cluster)
ROUNDING = 1e-12
"""Relative slack of the comparison with a level: p-values are ratios of whole numbers, and a tie
with the level must not hang on the last bit."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How regions are flagged: by the false discovery rate, or region by region.

    Attributes
    ----------
    level : float
        The rate or the level, between 0 and 1.
    adjusted : bool
        Whether `level` bounds the false discovery rate.
    alternative : {"two-sided", "greater", "less"}
        What counts as extreme: any local association, positive, or negative.
    """

    level: float
    adjusted: bool
    alternative: Alternative

    def __str__(self) -> str:
        kind = "false discovery rate" if self.adjusted else "unadjusted p"
        return f"{kind} {self.level:g}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LisaResult:
    """Local Moran statistics of every region; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    local : pandas.DataFrame
        What :attr:`table` hands out copies of.
    rule : Rule
        How regions were flagged.
    permutations : int
        Number of conditional permutations R of each region.
    notes : tuple of str
        What the reader must know: regions left out or isolated, whether R sufficed.
    provenance : Provenance
        What produced the result.
    geometry : geopandas.GeoSeries or None
        Polygons of the sample, if the table had them; used by :meth:`plot`.
    tolerance : str
        Kind of the p-values, for comparison on another machine.
    """

    variable: str
    local: pd.DataFrame
    rule: Rule
    permutations: int
    notes: tuple[str, ...]
    provenance: Provenance
    geometry: Any = None
    tolerance: Tolerance = "permutation"

    @property
    def table(self) -> pd.DataFrame:
        """A row a region: ``value lag statistic p_value p_adjusted cluster``.

        ``value`` is standardised (mean 0, variance 1 with divisor n), ``lag`` the weighted sum of
        the neighbours' values, ``statistic`` their product. Isolated regions have no lag, no
        statistic and no p-value (NaN).
        """
        return self.local.copy()

    @property
    def counts(self) -> pd.Series[Any]:
        """Number of regions in each of the six classes, also the empty ones."""
        counts = self.local["cluster"].value_counts()
        return counts.reindex(list(CLUSTERS), fill_value=0).rename("regions")

    @property
    def heading(self) -> str:
        """Variable, rule and permutations in one line."""
        return f"LISA of {self.variable} ({self.rule}, R = {self.permutations})"

    def tidy(self) -> pd.DataFrame:
        """Return :attr:`table`: a row a region."""
        return self.table

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, permutations, alternative, weights."""
        card = self.provenance.weights or {}
        return one_row(
            nobs=len(self.local),
            permutations=self.permutations,
            alternative=self.rule.alternative,
            weights=str(card.get("digest", "")),
        )

    def augment(self) -> pd.DataFrame:
        """Return :attr:`table`: a row an observation."""
        return self.table

    def plot(self, regions: Any = None, *, title: str | None = None) -> Any:
        """Return the cluster map, of `regions` or of the table's own geometry.

        Parameters
        ----------
        regions : GeoDataFrame or GeoSeries, optional
            Polygons indexed by region id; needed when the table had none.
        title : str, optional
            Heading of the map.
        """
        return display.picture("lisa map", self, regions, title=title)

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        flagged = self.local[~self.local["cluster"].isin(["not significant", "isolated"])]
        tables = [("", self.counts.to_frame().T)]
        return [*tables, ("", flagged)] if len(flagged) else tables

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def lisa(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 9999,
    seed: int = 0,
    fdr: float | None = None,
    alpha: float | None = None,
    alternative: Alternative = "two-sided",
    align: Align = "strict",
) -> LisaResult:
    """Compute local Moran statistics with conditional permutation p-values.

    The statistic of region i is ``I_i = z_i Σ_j w_ij z_j / m2`` with ``z`` the deviations from the
    mean and ``m2 = Σ z² / n`` (Anselin 1995, equations 12 and 13; spdep scales likewise, esda with
    n − 1). Its p-value holds ``z_i`` fixed and puts R random selections of the other regions'
    values, drawn without replacement, in the neighbours' places; with M≥ and M≤ the number of them
    at least and at most as large as observed, the two-sided p-value is
    ``min(1, 2 (min(M≥, M≤) + 1) / (R + 1))``, which rejects 5 % at 5 % under the null.

    Parameters
    ----------
    variable : str or pandas.Series
        A column, an expression such as ``"log(patents / population)"``, or values by region id.
        Missing, infinite and constant values are refused.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when `variable` is a series. The geometry of a
        GeoDataFrame is kept for ``plot()``.
    W : Weights, Graph or libpysal W
        Spatial weights.
    permutations : int, default 9999
        Conditional permutations R of each region, at least 19.
    seed : int, default 0
        Seed; each region has its own random stream, keyed by its id.
    fdr : float, optional
        Bound on the false discovery rate (Benjamini–Hochberg over the regions with neighbours);
        0.05 unless `alpha` is given.
    alpha : float, optional
        Level for each region by itself, without adjustment, in place of `fdr`.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` looks for positive, ``"less"`` for negative local association.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    LisaResult
        ``.table`` (a row a region: ``value lag statistic p_value p_adjusted cluster``),
        ``.counts``, ``.notes`` and ``.plot()``. Regions without neighbours are ``isolated``: they
        have no p-value and stay outside the adjustment, but count in the mean and variance.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If the variable cannot be read, has no valid values, or does not match the weights.
    InputError
        If a level, the seed or the number of permutations cannot be used.

    References
    ----------
    Anselin, L. (1995). Local indicators of spatial association: LISA. Geographical Analysis
    27(2), 93-115.
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. JRSS B 57,
    289-300. Caldas de Castro, M. and Singer, B. (2006). Controlling the false discovery rate.
    Geographical Analysis 38, 180-208.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> bool(lisa(x, None, W, permutations=999, alpha=0.05).counts["Low-Low"] > 0)
    True
    """
    check_option("alternative", alternative, Alternative)
    rule = _rule(fdr, alpha, alternative)
    check_permutations(permutations)
    read = read_variable(variable, table, W, align=align)
    local = _local_table(read, permutations, seed=check_seed(seed), rule=rule)
    handled = (*read.notes, *island_notes(read.weights))
    options = {"permutations": str(permutations), "flagged by": str(rule)}
    return LisaResult(
        variable=read.name,
        local=local,
        rule=rule,
        permutations=permutations,
        notes=(*handled, *_power_notes(local, permutations, rule)),
        provenance=Provenance(
            method="local Moran's I with conditional permutations",
            formula=read.name,
            nobs=len(local),
            ids_digest=ids_digest(local.index),
            weights=read.weights.card().to_dict(),
            seed=int(seed),
            notes=handled,
            options={**options, "alternative": alternative},
        ),
        geometry=read.geometry,
    )


def _rule(fdr: float | None, alpha: float | None, alternative: Alternative) -> Rule:
    if fdr is not None and alpha is not None:
        raise InputError(
            "alpha",
            expected="either fdr or alpha",
            found=f"fdr={fdr!r} and alpha={alpha!r}",
            remedy="fdr corrects for testing every region at once, alpha does not: choose one",
        )
    name, level = ("alpha", alpha) if alpha is not None else ("fdr", 0.05 if fdr is None else fdr)
    if not 0.0 < float(level) < 1.0:
        raise InputError(
            name,
            expected="a number between 0 and 1",
            found=repr(level),
            remedy="fdr=0.05 bounds the false discoveries, alpha=0.05 tests each region by itself",
        )
    return Rule(float(level), alpha is None, alternative)


def _local_table(read: Variable, permutations: int, *, seed: int, rule: Rule) -> pd.DataFrame:
    ids, W = read.weights.ids, read.weights.sparse
    kernel = local_moran(
        read.values, W, keys=random_keys(ids), permutations=permutations, seed=seed
    )
    connected = ~kernel.isolated
    blank = np.where(connected, 1.0, np.nan)
    value, lag = kernel.value, kernel.lag * blank
    p_value = blank * permutation_p(kernel.at_least, kernel.at_most, permutations, rule.alternative)
    p_adjusted = blank.copy()
    p_adjusted[connected] = stats.false_discovery_control(p_value[connected], method="bh")
    decisive = p_adjusted if rule.adjusted else p_value
    # a missing p-value compares false, so isolated regions are never flagged
    flagged = decisive <= rule.level * (1 + ROUNDING)
    cluster = [
        name if name == "isolated" or hit else "not significant"
        for name, hit in zip(quadrants(value, lag), flagged, strict=True)
    ]
    return pd.DataFrame(
        {
            "value": value,
            "lag": lag,
            "statistic": kernel.statistic,
            "p_value": p_value,
            "p_adjusted": p_adjusted,
            "cluster": cluster,
        },
        index=pd.Index(ids, name=ids.name or "region"),
    )


def _power_notes(local: pd.DataFrame, permutations: int, rule: Rule) -> tuple[str, ...]:
    """Say that nothing is rejected, and whether R permutations could have shown anything."""
    tested = int(local["p_value"].notna().sum())
    if tested == 0:
        return ("no region has neighbours: nothing was tested",)
    floor = smallest_p(permutations, rule.alternative)
    # the strictest step of Benjamini and Hochberg: one region alone must fall to level / tested
    threshold = rule.level / (tested if rule.adjusted else 1)
    reachable = floor <= threshold * (1 + ROUNDING)
    rejected = int((~local["cluster"].isin(["not significant", "isolated"])).sum())
    if rejected and reachable:
        return ()
    nothing = "" if rejected else f"no region is significant ({rule}); "
    if reachable:
        return (f"{nothing}R = {permutations} could have shown one (smallest p {floor:.3g})",)
    needed = math.ceil(floor * (permutations + 1) / threshold * (1 - ROUNDING)) - 1
    return (
        f"{nothing}R = {permutations} cannot reach the threshold {threshold:.3g} of a region by "
        f"itself with n = {tested} (smallest p {floor:.3g}): needs R >= {needed}",
    )
