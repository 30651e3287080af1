"""Rates of creation of organisations, with intervals and the published classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import check_level, one_row
from workbench.errors import InputError, ValuesError, check_option, listing
from workbench.innovation.organisations.counts import (
    listed_regions,
    read_counts,
    refuse_empty_total,
    summary,
    summed,
)
from workbench.innovation.organisations.intervals import rate_interval
from workbench.typing import CountedAt, FloatArray, RateInterval, Tolerance

CLASSES = ("low", "moderate", "high")
BOUNDS = (6.0, 10.0)
"""Per cent: high is above the second, low is below the first, moderate in between with both."""
UNSURE = "cannot tell"
PERCENT = 100.0

WHEN = {
    "end": "at the end of the year",
    "start": "at the start of the year",
    "average": "on average over the year",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CreationRates:
    """Organisations created in a year over all, per cent, by region; immutable.

    Attributes
    ----------
    regions : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    districts : pandas.DataFrame or None
        The same columns by district, from sums of counts, with ``size``.
    agglomeration : pandas.DataFrame or None
        Share of the listed regions in what was created and in all, per cent.
    at : {"end", "start", "average"}
        When all organisations were counted.
    interval : {"clopper-pearson", "wilson", "poisson"}
    level : float
        Confidence level.
    bounds : (float, float)
        Of the classes, per cent.
    notes : tuple of str
    provenance : Provenance
    """

    regions: pd.DataFrame
    districts: pd.DataFrame | None
    agglomeration: pd.DataFrame | None
    at: CountedAt
    interval: RateInterval
    level: float
    bounds: tuple[float, float]
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def heading(self) -> str:
        """What was divided by what."""
        return say("Organisations created over all {when}, per cent", when=say(WHEN[self.at]))

    @property
    def labels(self) -> pd.Series[Any]:
        """Class of each region by its rate, an ordered categorical."""
        kinds = pd.CategoricalDtype(list(CLASSES), ordered=True)
        return self.regions["class"].astype(kinds).rename("class")

    def tidy(self) -> pd.DataFrame:
        """Return a row a class: ``size sure created total``.

        ``sure`` counts the regions whose whole interval lies in the class.
        """
        table = self.regions
        rows = {
            name: {
                "size": int((table["class"] == name).sum()),
                "sure": int((table["class_sure"] == name).sum()),
                "created": float(table.loc[table["class"] == name, "created"].sum()),
                "total": float(table.loc[table["class"] == name, "total"].sum()),
            }
            for name in reversed(CLASSES)
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("class")

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, sums, and the rate of all together with its interval."""
        sums = self.regions[["created", "total"]].sum()
        row = _rated(sums.to_frame().T, self.interval, self.level, self.bounds).iloc[0]
        return one_row(
            nobs=len(self.regions),
            created=float(row["created"]),
            total=float(row["total"]),
            creation_rate=float(row["creation_rate"]),
            conf_low=float(row["conf_low"]),
            conf_high=float(row["conf_high"]),
            cannot_tell=int((self.regions["class_sure"] == UNSURE).sum()),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: counts, rate, interval and classes.

        Columns ``created total creation_rate conf_low conf_high class class_sure``;
        ``class_sure`` is "cannot tell" where the interval spans a bound.
        """
        return self.regions.copy()

    def plot(self, *, title: str | None = None, names: pd.Series[Any] | None = None) -> Any:
        """Return rates with their intervals and the bounds of classes; names by region id."""
        return display.picture("creation rates", self, title=title, names=names)

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        return summary(self)

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def creation_rates(
    created: pd.Series[Any],
    total: pd.Series[Any],
    *,
    at: CountedAt = "end",
    interval: RateInterval | None = None,
    level: float = 0.95,
    bounds: tuple[float, float] = BOUNDS,
    districts: pd.Series[Any] | None = None,
    agglomeration: Sequence[Any] | None = None,
) -> CreationRates:
    """Relate the organisations created in a year to all organisations, per cent, with an interval.

    The creation coefficient of region i is ``100 c_i / N_i``. Published classes: high above 10 %,
    moderate from 6 to 10 % (both ends), low below 6 %. A class is sure where the whole interval
    lies in it, otherwise one cannot tell.

    Parameters
    ----------
    created, total : pandas.Series
        Numbers of organisations by region id, whole (but an average of two counts); `total`
        positive. Missing and negative ones are refused.
    at : {"end", "start", "average"}
        When `total` was counted. At the end those created are among them (if they still exist), so
        that more created than all is refused by name; at the start, or on average over the year,
        they are not, and a rate may pass 100 %.
    interval : {"clopper-pearson", "wilson", "poisson"}, optional
        Clopper and Pearson's exact interval by default at the end, a share of organisations;
        Poisson (Garwood's exact one) otherwise, where what was created is no part of `total`. The
        counts are complete: the interval is about the propensity behind them, as of a rate.
    level : float, default 0.95
        Confidence level.
    bounds : (float, float), default (6, 10)
        Of the classes, per cent.
    districts : pandas.Series, optional
        Group of each region, e.g. the federal district: rates of sums, not means of rates.
    agglomeration : sequence of region ids, optional
        Regions whose share in all creations and in all organisations is reported, e.g. those of the
        capital.

    Returns
    -------
    CreationRates
        ``.augment()`` (a row a region), ``.tidy()`` (a row a class), ``.districts``,
        ``.agglomeration``, ``.glance()``, ``.plot()``.

    Raises
    ------
    InputError, OptionError, IdError, ValuesError
        If counts, regions or choices cannot be used.

    Notes
    -----
    Classes as in the monitoring of creative industries in Russia's regions for 2024, whose figures
    the tests hold.

    References
    ----------
    Clopper, C. and Pearson, E. (1934). The use of confidence or fiducial limits illustrated in the
    case of the binomial. Biometrika 26, 404-413. Wilson, E. B. (1927). Probable inference, the law
    of succession, and statistical inference. JASA 22, 209-212. Garwood, F. (1936). Fiducial limits
    for the Poisson distribution. Biometrika 28, 437-442.

    Examples
    --------
    >>> created = pd.Series({"RU-MOW": 7413, "RU-SPE": 1036, "RU-LEN": 226})
    >>> total = pd.Series({"RU-MOW": 60493, "RU-SPE": 15550, "RU-LEN": 1552})
    >>> creation_rates(created, total).augment()["creation_rate"].round(1).to_dict()
    {'RU-LEN': 14.6, 'RU-MOW': 12.3, 'RU-SPE': 6.7}
    """
    check_option("at", at, CountedAt)
    how = _interval(interval, at)
    check_level(level)
    cuts = _bounds(bounds)
    born = read_counts(created, argument="created")
    every = read_counts(
        total,
        argument="total",
        ids=born.index,
        other="created",
        positive="a rate divides by all organisations",
        whole=at != "average",
    )
    beyond = born.index[born > every]
    _refuse_beyond(beyond, born, every, at)
    counts = pd.DataFrame({"created": born, "total": every}, index=born.index)
    regions = _rated(counts, how, level, cuts)
    groups = None
    if districts is not None:
        sums = summed(counts, districts)
        groups = pd.concat(
            [sums["size"], _rated(sums[["created", "total"]], how, level, cuts)], axis=1
        )
    notes = _notes(regions, beyond, at)
    return CreationRates(
        regions=regions,
        districts=groups,
        agglomeration=None if agglomeration is None else _shares(counts, agglomeration, level),
        at=at,
        interval=how,
        level=float(level),
        bounds=cuts,
        notes=notes,
        provenance=Provenance(
            method="creation rates",
            formula="created / total",
            nobs=len(regions),
            ids_digest=ids_digest(regions.index),
            notes=notes,
            options={"at": at, "interval": how, "level": f"{level:g}",
                     "bounds": f"{cuts[0]:g}, {cuts[1]:g}"},
        ),
    )  # fmt: skip


def _interval(interval: RateInterval | None, at: CountedAt) -> RateInterval:
    if interval is None:
        return "clopper-pearson" if at == "end" else "poisson"
    check_option("interval", interval, RateInterval)
    if at != "end" and interval != "poisson":
        raise InputError(
            "interval",
            expected=f'"poisson" with at="{at}"',
            found=repr(interval),
            why="organisations created are no share of those counted before them",
            remedy='interval="poisson", or at="end"',
        )
    return interval


def _bounds(bounds: Any) -> tuple[float, float]:
    try:
        low, high = (float(bound) for bound in bounds)
    except (TypeError, ValueError):
        low = high = float("nan")
    if not 0 < low < high < float("inf"):
        raise InputError(
            "bounds", expected="two ascending numbers above zero, per cent", found=repr(bounds),
            remedy=f"bounds={BOUNDS}",
        )  # fmt: skip
    if high < 1:
        raise InputError(
            "bounds", expected="per cent", found=repr(bounds), why="6 % is written 6 here",
            remedy=f"bounds=({PERCENT * low:g}, {PERCENT * high:g})",
        )  # fmt: skip
    return low, high


def _refuse_beyond(
    beyond: pd.Index, born: pd.Series[Any], every: pd.Series[Any], at: CountedAt
) -> None:
    if at == "end" and len(beyond):
        first = beyond[0]
        raise ValuesError(
            "created",
            expected="at most as many created as there are at the end of the year",
            found=f"{len(beyond)} regions with more, e.g. {first}: {born[first]:.0f} of "
            f"{every[first]:.0f}",
            offenders=beyond.tolist(),
            why="those created in the year are among all at its end, or the two count other things",
            remedy='at="start" if the total is that of the start of the year; else correct them',
        )


def _rated(
    counts: pd.DataFrame, how: RateInterval, level: float, bounds: tuple[float, float]
) -> pd.DataFrame:
    x, m = (counts[name].to_numpy(dtype=np.float64) for name in ("created", "total"))
    low, high = rate_interval(x, m, how=how, level=level)
    rate, low, high = PERCENT * x / m, PERCENT * low, PERCENT * high
    point, lower, upper = (_classes(values, bounds) for values in (rate, low, high))
    sure = [a if a == b else UNSURE for a, b in zip(lower, upper, strict=True)]
    columns = {"creation_rate": rate, "conf_low": low, "conf_high": high, "class": point}
    return counts.assign(**columns, class_sure=sure)


def _classes(rate: FloatArray, bounds: tuple[float, float]) -> list[str]:
    low, high = bounds
    # 6 of 100 is on the bound, whatever the last bit says
    slack = 1e-9 * high
    return [
        CLASSES[0] if r < low - slack else CLASSES[1] if r <= high + slack else CLASSES[2]
        for r in rate
    ]


def _shares(counts: pd.DataFrame, agglomeration: Any, level: float) -> pd.DataFrame:
    wanted = listed_regions(agglomeration, counts.index, argument="agglomeration")
    rows = {}
    for name in ("created", "total"):
        inside, whole = float(counts.loc[wanted, name].sum()), float(counts[name].sum())
        refuse_empty_total(whole, argument=name)
        low, high = rate_interval(
            np.array([inside]), np.array([whole]), how="clopper-pearson", level=level
        )
        rows[name] = {
            "inside": inside,
            "all": whole,
            "share_percent": PERCENT * inside / whole,
            "conf_low": PERCENT * float(low[0]),
            "conf_high": PERCENT * float(high[0]),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("count")


def _notes(regions: pd.DataFrame, beyond: pd.Index, at: CountedAt) -> tuple[str, ...]:
    notes = [f"All organisations are those {WHEN[at]}."]
    unsure = regions.index[regions["class_sure"] == UNSURE].tolist()
    if unsure:
        notes.append(
            f"{len(unsure)} regions whose interval spans a bound of the classes: {listing(unsure)}"
        )
    if len(beyond):
        notes.append(
            f"{len(beyond)} regions with more created than there were: {listing(beyond.tolist())}"
        )
    return tuple(notes)
