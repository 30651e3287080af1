"""The digital divide: how far regions are apart in adopting a technology, and in how many years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.periods import unit_of_time
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import check_level, one_row
from workbench.errors import check_number, check_option, listing
from workbench.explore.groups import region_codes
from workbench.innovation.organisations.adoption import Adoption, read_adoption
from workbench.innovation.organisations.choices import (
    checked_benchmark,
    checked_lag,
    checked_quantiles,
)
from workbench.innovation.organisations.gaps import gap_table, saturated, trend_table
from workbench.numerics.dynamics.convergence import Trend
from workbench.numerics.dynamics.time_distance import reached, time_distances
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import AdoptionUnit, Alternative, BoolArray, FloatArray, Tolerance

PERSISTENT = 0.3
"""Residual autoregression from which the trend test is called in doubt, as in sigma convergence."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DigitalDivide:
    """The gap between regions in adopting a technology, by period; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    adoption : Adoption
        Values, unit and periods.
    points : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    trends : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    fitted : mapping of str to Trend
        Of the measures that have one.
    benchmark : str
        ``"leader"``, ``"mean"`` or a region.
    path : ndarray, shape (T,)
        The benchmark's adoption; read-only.
    distances : ndarray, shape (n, T)
        Units of time behind the benchmark; read-only.
    bounds : ndarray of bool, shape (n, T)
        Where the distance is at least that large; read-only.
    quantiles : (float, float)
    alternative : str
    notes : tuple of str
    provenance : Provenance
    """

    variable: str
    adoption: Adoption
    points: pd.DataFrame
    trends: pd.DataFrame
    fitted: dict[str, Trend]
    benchmark: str
    path: FloatArray
    distances: FloatArray
    bounds: BoolArray
    quantiles: tuple[float, float]
    alternative: Alternative
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def heading(self) -> str:
        """What is adopted, and when."""
        ends = [period_text(self.points.index[t]) for t in (0, -1)]
        when = (
            ""
            if len(self.points) == 1
            else say(", {ends} to {ends_2}", ends=ends[0], ends_2=ends[1])
        )
        return say("Digital divide in {variable}{when}", variable=self.variable, when=when)

    @property
    def regions(self) -> pd.DataFrame:
        """A row a region in the last period: ``value years_behind bound``, the last ones first.

        ``bound`` is "at least" where the benchmark had the region's level before the first period.
        """
        late, early = self.distances[:, -1], self.bounds[:, -1]
        words = np.where(early, np.where(late >= 0, "at least", "at most"), "")
        table = pd.DataFrame(
            {"value": self.adoption.read.values[:, -1], "years_behind": late, "bound": words},
            index=self.adoption.read.ids,
        )
        return table.sort_values("years_behind", ascending=False, kind="stable")

    @property
    def years_behind(self) -> pd.DataFrame:
        """Units of time behind the benchmark: a row a region, a column a period."""
        read = self.adoption.read
        return pd.DataFrame(self.distances.copy(), index=read.ids, columns=read.periods)

    def reached(self, levels: Sequence[float]) -> pd.DataFrame:
        """Return when each region reached given levels, and how long after the benchmark.

        Parameters
        ----------
        levels : sequence of float
            In the unit of the variable.

        Returns
        -------
        DataFrame
            A row a (level, region): ``reached years_behind bound``; NaN for levels not reached.
            ``bound`` says "at most" or "at least" where the region or the benchmark had the level
            before the first period, and "not known" where both had.
        """
        time, read = self.adoption.time, self.adoption.read
        wanted = [check_number("levels", level, remedy="levels=[10, 50]") for level in levels]
        rows = []
        for level in wanted:
            first, early = reached(self.path, time, level)
            for values in read.values:
                own, own_early = reached(values, time, level)
                both = early and own_early
                word = "at least" if early else "at most" if own_early else ""
                rows.append(
                    {
                        "reached": own,
                        "years_behind": float("nan") if both else own - first,
                        "bound": "not known" if both else word,
                    }
                )
        index = pd.MultiIndex.from_product([wanted, read.ids], names=["level", "region"])
        return pd.DataFrame(rows, index=index)

    def tidy(self) -> pd.DataFrame:
        """Return a row a measure of the gap: both ends, and its linear trend a unit of time.

        Columns ``first last estimate std_error statistic p_value conf_low conf_high reason``.
        """
        return self.trends.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, periods, gaps of the last period."""
        last = self.points.iloc[-1]
        kept = [name for name in ("points_gap", "logit_gap", "ratio_gap", "gini") if name in last]
        return one_row(
            entities=len(self.adoption.read.ids),
            periods=len(self.points),
            **{name: float(last[name]) for name in kept},
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a period: mean, ends and quantiles of adoption, and every measure.

        Columns ``mean laggard quantile_low quantile_high leader points_gap ratio_gap leader_gap
        leader_ratio gini variation theil``, with groups ``between within``, of bounded shares
        ``logit_gap logit_deviation``, and over periods ``years_behind``, the median, missing while
        that is known as a bound only.
        """
        return self.points.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return adoption by quantiles, and the gap in points and in logits, over time."""
        return display.picture("digital divide", self, title=title)

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        parts = [("", self.glance().set_axis([""]))]
        parts.append(("Gaps and their trends (Newey-West)", self.trends))
        if len(self.points) > 1:
            parts.append((f"Farthest behind {self._benchmark_text()}", self.regions.head(5)))
        return parts

    def _benchmark_text(self) -> str:
        return {"leader": "the leaders", "mean": "the mean"}.get(self.benchmark, self.benchmark)

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def digital_divide(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None = None,
    *,
    unit: AdoptionUnit = "percent",
    quantiles: tuple[float, float] = (0.1, 0.9),
    benchmark: Any = "leader",
    groups: pd.Series[Any] | None = None,
    population: str | pd.DataFrame | pd.Series[Any] | None = None,
    periods: Sequence[Any] | None = None,
    lag: int | None = None,
    alternative: Alternative = "two-sided",
    level: float = 0.95,
) -> DigitalDivide:
    """Measure how far regions are apart in adopting a technology, and whether the gap closes.

    A share has a ceiling: once most have adopted, the gap in points, the ratio, the Gini
    coefficient and the coefficient of variation fall whatever happens between regions. Beside them
    the gap in logits, ``log(q/(1 − q))`` of the upper less the lower quantile, is reported: regions
    that follow one logistic curve at fixed distances in time keep it constant. In years, the time
    distance of a region is how long ago the benchmark had the region's present level.

    Parameters
    ----------
    variable : str, DataFrame or Series
        A column or expression of `panel`; or with ``panel=None`` a wide table (regions by periods),
        a series by (region, period), or one by region id, a single cross-section. Missing and
        negative values are refused.
    panel : DataFrame, optional
        Indexed by (region, period), or by region id.
    unit : {"percent", "fraction", "unbounded"}
        Shares from 0 to 100, from 0 to 1, or without a ceiling (subscriptions per 100 people).
        Fractions among per cents are refused by name.
    quantiles : (float, float), default (0.1, 0.9)
        Of regions, each counting once, between which the gap is measured.
    benchmark : {"leader", "mean"} or a region id
        Whom time distances refer to: the largest value of each period, the mean, or a region.
    groups : pandas.Series, optional
        Group of each region; splits Theil's T into parts between and within groups.
    population : str, DataFrame or Series, optional
        By which regions count in mean, Gini, Theil and variation: a column of the panel, a table
        with its periods, or a Series by region of one that does not change.
    periods : sequence, optional
        Periods to use.
    lag : int, optional
        Truncation lag of the Newey–West standard error; floor(4 (T/100)^(2/9)) by default.
    alternative : {"two-sided", "greater", "less"}
        Of trends; ``"less"`` is that the gap closes.
    level : float, default 0.95
        Of the intervals of trends.

    Returns
    -------
    DigitalDivide
        ``.tidy()`` (a row a measure), ``.augment()`` (a row a period), ``.regions`` (years behind),
        ``.years_behind``, ``.reached(levels)``, ``.plot()``.

    Raises
    ------
    ValuesError, PanelError, IdError, FormulaError, InputError
        If values, units, regions or choices cannot be used.

    Notes
    -----
    Gini and variation of adoption are not those of non-adoption: of 90 and 95 per cent the first
    are small, of 10 and 5 large, the logit gap is one. Ratios are missing where the lower quantile
    is zero, logits at 0 and at the ceiling, Theil's T where a region has none.

    References
    ----------
    Sicherl, P. (2007). The inter-temporal aspect of well-being and societal progress. Social
    Indicators Research 84, 231-247. Theil, H. (1967).
    Economics and Information Theory. Newey, W. and West, K. (1987). Econometrica 55(3), 703-708.

    Examples
    --------
    >>> online = pd.DataFrame({2010: [20.0, 30.0, 40.0], 2015: [40.0, 55.0, 70.0],
    ...                        2020: [70.0, 80.0, 88.0]}, index=list("abc"))
    >>> found = digital_divide(online, quantiles=(0.0, 1.0))
    >>> found.augment()[["points_gap", "logit_gap"]].round(2).loc[[2010, 2020]].to_numpy().tolist()
    [[20.0, 0.98], [18.0, 1.15]]
    >>> found.regions["years_behind"].round(1).to_dict()
    {'a': 5.0, 'b': 2.2, 'c': 0.0}
    """
    check_option("unit", unit, AdoptionUnit)
    check_option("alternative", alternative, Alternative)
    check_level(level)
    ends = checked_quantiles(quantiles)
    adoption = read_adoption(variable, panel, unit=unit, population=population, periods=periods)
    read = adoption.read
    codes = None if groups is None else region_codes(groups, read.ids, argument="groups")[0]
    points = gap_table(adoption, quantiles=ends, groups=codes)
    name, path = checked_benchmark(benchmark, adoption)
    distances, bounds = time_distances(read.values, adoption.time, path)
    T = len(read.periods)
    if T > 1:
        points["years_behind"] = _medians(distances, bounds)
    used = checked_lag(lag, T)
    trends, fitted = trend_table(
        points, adoption.time, lag=used, alternative=alternative, level=level
    )
    notes = (*read.notes, *_notes(adoption, points, fitted, bounds, path))
    return DigitalDivide(
        variable=read.name,
        adoption=adoption,
        points=points,
        trends=trends,
        fitted=fitted,
        benchmark=name,
        path=np.asarray(freeze(path)),
        distances=np.asarray(freeze(distances)),
        bounds=np.asarray(freeze(bounds)),
        quantiles=ends,
        alternative=alternative,
        notes=notes,
        provenance=Provenance(
            method="digital divide",
            formula=read.name,
            nobs=int(read.values.size),
            ids_digest=ids_digest(read.ids),
            notes=notes,
            options={"unit": unit, "quantiles": f"{ends[0]:g}, {ends[1]:g}", "benchmark": name,
                     "lag": str(used), "alternative": alternative,
                     "population": "none" if population is None else "given",
                     "groups": "none" if groups is None else str(groups.name or "given")},
        ),
    )  # fmt: skip


def _medians(distances: FloatArray, bounds: BoolArray) -> FloatArray:
    """Return the median of each period; NaN where it is a distance known as a bound only."""
    known = np.where(bounds, np.copysign(np.inf, distances), distances)
    low, high = (np.quantile(known, 0.5, axis=0, method=way) for way in ("lower", "higher"))
    with np.errstate(invalid="ignore"):
        middle = (low + high) / 2
    return np.where(np.isfinite(middle), middle, np.nan)


def _notes(
    adoption: Adoption,
    points: pd.DataFrame,
    fitted: dict[str, Trend],
    bounds: BoolArray,
    path: FloatArray,
) -> list[str]:
    notes = []
    closed = saturated(points)
    if closed is not None:
        notes.append(
            f"The gap in points closed by {closed[0]:.0%} as adoption rose to "
            f"{points['mean'].iloc[-1]:.3g} on average, that in logits "
            + (f"by {closed[1]:.0%}" if closed[1] > 0 else "did not close")
            + ": mostly the ceiling, not the laggards"
        )
    undefined = [
        str(name) for name in points if name != "years_behind" and points[name].isna().any()
    ]
    if undefined:
        notes.append(
            f"Not defined in every period, because some region has none or all: "
            f"{', '.join(undefined)}"
        )
    early = int(bounds[:, -1].sum())
    if early and len(points) > 1:
        notes.append(
            f"{early} regions are behind what the benchmark had in the first period: their time "
            "distance is a lower bound"
        )
    doubtful = [name for name, one in fitted.items() if one.autocorrelation >= PERSISTENT]
    if doubtful:
        notes.append(
            f"Deviations from the trend persist in {listing(doubtful)}: its test then rejects too "
            "often"
        )
    falling = np.flatnonzero(np.diff(path) < 0)
    if falling.size:
        notes.append(
            "The benchmark fell in "
            + listing([period_text(points.index[t + 1]) for t in falling.tolist()])
            + ": time distances take the first time it had a level"
        )
    if len(points) > 1 and unit_of_time(adoption.read.periods) != "year":
        notes.append("Time distances are in units of the periods")
    return notes
