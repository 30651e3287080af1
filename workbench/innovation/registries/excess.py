"""Counts by region against shares: over-dispersion, and regions with more than their share."""

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
from workbench.core.vocabulary import check_level, one_row
from workbench.errors import ValuesError, check_option, check_whole, listing
from workbench.innovation.organisations.intervals import rate_interval
from workbench.innovation.typologies.profiles import adjusted
from workbench.typing import FloatArray, PValueAdjustment, Tolerance

MORE, FEWER, UNKNOWN = "more", "fewer", "cannot tell"
SHOWN = 10
ROUNDING = 1e-9
FEWEST = 19
"""Draws below which no p-value falls to 5 %."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RegionalExcess:
    """Counts by region against what shares would have; immutable.

    Attributes
    ----------
    regions : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    statistic : float
        Pearson's X².
    p_value : float
        Of it, by draws, upper tail.
    concentration, p_concentration : float
        Ellison and Glaeser's raw concentration, and the same of it.
    loglik : float
        Log-likelihood of the shares.
    draws : int
    named : str
        What the shares are of.
    level : float
    notes : tuple of str
    provenance : Provenance
    """

    regions: pd.DataFrame
    statistic: float
    p_value: float
    concentration: float
    p_concentration: float
    loglik: float
    draws: int
    named: str
    level: float
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "simulation"

    @property
    def heading(self) -> str:
        """What was compared."""
        total = int(self.regions["clusters"].sum())
        return say(
            "{total} clusters in {regions} regions, against {named}",
            total=total,
            regions=len(self.regions),
            named=say(self.named),
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a region, those with most above what was expected first.

        Columns ``clusters expected ratio conf_low conf_high p_value p_adjusted verdict``: the ratio
        of count and expectation is the location quotient, its interval Clopper and Pearson's exact
        one of the region's share in all clusters, over the share expected; the p-value is the exact
        binomial's, twice the smaller tail, which that interval inverts.
        """
        return self.regions.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row.

        Columns ``clusters regions statistic df overdispersion p_permutation raw_concentration
        p_concentration loglik draws``. The log-likelihoods of several shares tell which of them the
        same clusters follow best: nothing is estimated, so that none has an advantage.
        """
        df = len(self.regions) - 1
        return one_row(
            clusters=int(self.regions["clusters"].sum()),
            regions=len(self.regions),
            statistic=self.statistic,
            df=df,
            overdispersion=self.statistic / df,
            p_permutation=self.p_value,
            raw_concentration=self.concentration,
            p_concentration=self.p_concentration,
            loglik=self.loglik,
            draws=self.draws,
        )

    def plot(self, *, title: str | None = None, names: Any = None) -> Any:
        """Return counts over expectations with their intervals; see ``views.registries``."""
        return display.picture("regional excess", self, title=title, names=names)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.glance().set_axis([""])), ("Highest", self.regions.head(SHOWN))]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def regional_excess(
    counts: pd.Series[Any],
    masses: pd.Series[Any],
    *,
    draws: int,
    adjust: PValueAdjustment,
    level: float,
    seed: int,
    named: str,
) -> RegionalExcess:
    """Test counts by region against a multinomial law with given shares.

    Given their number n, clusters that settle independently with probabilities p (Poisson counts
    with means in proportion to p, given their sum) are multinomial. Two statistics ask different
    things: ``X² = Σ (n_i − n p_i)²/(n p_i)`` weighs regions by one over their shares, so that a
    cluster in a small region tells most (over its degrees of freedom, `overdispersion`, it is 1 on
    average); Ellison and Glaeser's raw concentration ``Σ (n_i/n − p_i)²`` weighs them alike, so
    that what gathers in few regions tells most. P-values are the share of draws with at least as
    much, ``(M + 1)/(R + 1)``: with few clusters the chi-squared law does not hold.

    Parameters
    ----------
    counts, masses : Series
        By the same region ids, in the same order.
    draws : int
        R.
    adjust : {"holm", "fdr_bh", "none"}
        Of the regions' p-values.
    level : float
        Of intervals and verdicts.
    seed : int
    named : str
        What the masses are.

    Raises
    ------
    ValuesError
        If there is no mass at all, no cluster, or a region with clusters but without mass.

    References
    ----------
    Ellison, G. and Glaeser, E. (1997). Geographic concentration in U.S. manufacturing industries: a
    dartboard approach. Journal of Political Economy 105(5), 889-927, equation (1).
    """
    check_option("adjust", adjust, PValueAdjustment)
    check_level(level)
    check_seed(seed)
    R = check_whole("draws", draws, least=FEWEST, why="with fewer no p-value falls to 5 %")
    counts, masses, notes = _with_mass(counts, masses, named)
    x = counts.to_numpy(dtype=np.float64)
    n = int(x.sum())
    share = masses.to_numpy() / masses.sum()
    expected = n * share
    drawn = generator(seed, "regional excess").multinomial(n, share, size=R)
    statistic, p_value = _upper(x, drawn, expected, 1.0 / expected)
    concentration, p_concentration = _upper(x, drawn, expected, np.full(x.size, 1.0 / n**2))
    return RegionalExcess(
        regions=_regions(counts, x, expected, share, adjust, level),
        statistic=statistic,
        p_value=p_value,
        concentration=concentration,
        p_concentration=p_concentration,
        loglik=float(stats.multinomial.logpmf(x, n, share)),
        draws=R,
        named=named,
        level=float(level),
        notes=notes,
        provenance=Provenance(
            method="regional excess",
            formula=named,
            nobs=len(counts),
            ids_digest=ids_digest(counts.index),
            seed=seed,
            notes=notes,
            options={"draws": str(R), "adjust": adjust, "level": f"{level:g}"},
        ),
    )


def _upper(
    x: FloatArray, drawn: Any, expected: FloatArray, weights: FloatArray
) -> tuple[float, float]:
    """Return a weighted sum of squared differences, and the share of draws that reach it."""
    observed = float(((x - expected) ** 2 * weights).sum())
    simulated = ((drawn - expected) ** 2 * weights).sum(axis=1)
    at_least = int((simulated >= observed * (1 - ROUNDING)).sum())
    return observed, (at_least + 1) / (len(drawn) + 1)


def _with_mass(
    counts: pd.Series[Any], masses: pd.Series[Any], named: str
) -> tuple[pd.Series[Any], pd.Series[Any], tuple[str, ...]]:
    empty = masses == 0
    wrong = empty & (counts > 0)
    if wrong.any():
        raise ValuesError(
            "shares",
            expected="a share above zero wherever there is a cluster",
            found=f"{int(wrong.sum())} regions with clusters and a share of zero",
            offenders=counts.index[wrong],
            why="what cannot happen by chance has no p-value",
            remedy="take shares that these regions have, or leave their clusters out",
        )
    if counts.sum() == 0 or int((~empty).sum()) < 2:
        raise ValuesError(
            "shares",
            expected="clusters, and two regions or more that could have them",
            found=f"{int(counts.sum())} clusters, {int((~empty).sum())} regions",
        )
    left_out = counts.index[empty].tolist()
    notes = (f"Regions without {named} are left out: {listing(left_out)}.",) if left_out else ()
    return counts[~empty], masses[~empty], notes


def _regions(
    counts: pd.Series[Any],
    x: FloatArray,
    expected: FloatArray,
    share: FloatArray,
    adjust: PValueAdjustment,
    level: float,
) -> pd.DataFrame:
    n = int(x.sum())
    # given their number, counts are binomial: the interval must be of what the p-value is of
    low, high = rate_interval(x, np.full(x.size, float(n)), how="clopper-pearson", level=level)
    upper, lower = stats.binom.sf(x - 1, n, share), stats.binom.cdf(x, n, share)
    p = np.minimum(1.0, 2.0 * np.minimum(upper, lower))
    p_adjusted = adjusted(p, adjust)
    told = p_adjusted <= (1 - level) * (1 + ROUNDING)
    table = pd.DataFrame(
        {
            "clusters": counts.astype(int),
            "expected": expected,
            "ratio": x / expected,
            "conf_low": low / share,
            "conf_high": high / share,
            "p_value": p,
            "p_adjusted": p_adjusted,
            "verdict": np.where(told, np.where(x > expected, MORE, FEWER), UNKNOWN),
        },
        index=counts.index,
    )
    order = np.argsort(-(x - expected), kind="stable")
    return table.iloc[order]
