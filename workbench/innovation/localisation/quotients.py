"""Location quotients: which activities a region is specialised in, and which cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import check_level, one_row
from workbench.errors import check_option, unknown_name
from workbench.innovation.localisation.checks import require_counts
from workbench.innovation.reading import TwoWay, two_way
from workbench.numerics.concentration import quotients as kernel
from workbench.typing import FloatArray, QuotientAdjustment, QuotientInterval, Tolerance

SPECIALISED, NOT_SPECIALISED, UNKNOWN = "specialised", "not specialised", "cannot tell"
FEW = 5
"""Units below which the normal approximation of a count is poor."""
SHOWN = 12
"""Quotients that a result prints."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LocationQuotients:
    """Location quotients of regions × activities; immutable.

    Attributes
    ----------
    counts : TwoWay
        What they were computed from, sorted.
    values : ndarray, shape (n, k)
        The quotients, read-only like the arrays below.
    std_errors : ndarray, shape (n, k)
        Of their logarithms by the delta method; NaN where there is none.
    limits : kernel.Limits or None
        Interval and p-value of each; None without intervals.
    p_adjusted : ndarray, shape (n, k)
        P-values adjusted over all cells; as they are without adjustment.
    interval, adjust, level
        As asked for.
    provenance : Provenance
    notes : tuple of str
    """

    counts: TwoWay
    values: FloatArray
    std_errors: FloatArray
    limits: kernel.Limits | None
    p_adjusted: FloatArray
    interval: QuotientInterval
    adjust: QuotientAdjustment
    level: float
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was measured."""
        n, k = self.values.shape
        return say("Location quotients, {n} regions × {k} activities", n=n, k=k)

    @property
    def quotients(self) -> pd.DataFrame:
        """The quotients, regions × activities (revealed comparative advantage)."""
        return self.counts.labelled(self.values.copy())

    @property
    def symmetric(self) -> pd.DataFrame:
        """(LQ − 1) / (LQ + 1), from −1 to 1 (Laursen 2015)."""
        return self.counts.labelled((self.values - 1) / (self.values + 1))

    @property
    def standardised(self) -> pd.DataFrame:
        """Quotients standardised over regions, by activity (O'Donoghue and Gleave 2004)."""
        return self.counts.labelled(kernel.standardised(self.values))

    @property
    def classes(self) -> pd.DataFrame:
        """``specialised``, ``not specialised`` or ``cannot tell``, regions × activities.

        By the interval (by the adjusted p-value if p-values are adjusted); without intervals by the
        quotient alone: above 1 or not.
        """
        words = np.array([NOT_SPECIALISED, UNKNOWN, SPECIALISED], dtype=object)
        return self.counts.labelled(words[self._sides() + 1])

    def _sides(self) -> Any:
        if self.limits is None:
            return np.where(self.values > 1, 1, -1)
        if self.adjust == "none":
            return np.where(self.limits.low > 1, 1, np.where(self.limits.high < 1, -1, 0))
        told = self.p_adjusted <= (1 - self.level) * (1 + 1e-12)
        return np.where(told, np.where(self.values > 1, 1, -1), 0)

    def specialised(self, region: Any) -> list[Any]:
        """Return the activities that a region is specialised in, the highest quotient first."""
        if region not in self.counts.ids:
            raise unknown_name("region", region, map(str, self.counts.ids))
        i = int(self.counts.ids.get_indexer(pd.Index([region]))[0])
        held = np.flatnonzero(self._sides()[i] == 1)
        order = held[np.argsort(-self.values[i, held], kind="stable")]
        return list(self.counts.activities[order])

    def tidy(self) -> pd.DataFrame:
        """Return a row a (region, activity).

        Columns ``units quotient symmetric log_quotient standardised_quotient class`` and with
        intervals ``std_error`` (of the logarithm) ``conf_low conf_high p_value p_adjusted``. The
        logarithm of a quotient of zero is missing.
        """
        index = pd.MultiIndex.from_product(
            [self.counts.ids, self.counts.activities], names=["region", "activity"]
        )
        logs = np.log(np.where(self.values > 0, self.values, np.nan))
        parts: dict[str, Any] = {
            "units": self.counts.values,
            "quotient": self.values,
            "symmetric": self.symmetric.to_numpy(),
            "log_quotient": logs,
            "standardised_quotient": self.standardised.to_numpy(),
        }
        if self.limits is not None:
            parts |= {
                "std_error": self.std_errors,
                "conf_low": self.limits.low,
                "conf_high": self.limits.high,
                "p_value": self.limits.p_value,
                "p_adjusted": self.p_adjusted,
            }
        parts["class"] = self.classes.to_numpy()
        return pd.DataFrame({name: part.ravel() for name, part in parts.items()}, index=index)

    def glance(self) -> pd.DataFrame:
        """Return one row: ``regions activities specialised not_specialised cannot_tell``."""
        n, k = self.values.shape
        sides = self._sides()
        return one_row(
            regions=n, activities=k,
            specialised=int((sides == 1).sum()),
            not_specialised=int((sides == -1).sum()),
            cannot_tell=int((sides == 0).sum()),
        )  # fmt: skip

    def plot(self, *, title: str | None = None) -> Any:
        """Return the heat map of the quotients, what cannot be told in grey."""
        return display.picture("location quotients", self, title=title)

    def forest(self, *, region: Any = None, activity: Any = None, title: str | None = None) -> Any:
        """Return the quotients of one region or one activity with their intervals."""
        return display.picture(
            "quotients forest", self, region=region, activity=activity, title=title
        )

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        # of a million cells only those that are shown become a table
        flat = np.argsort(-self.values, axis=None, kind="stable")[:SHOWN]
        i, j = np.unravel_index(flat, self.values.shape)
        pairs = [self.counts.ids[i], self.counts.activities[j]]
        columns: dict[str, Any] = {
            "units": self.counts.values[i, j], "quotient": self.values[i, j]
        }  # fmt: skip
        if self.limits is not None:
            columns |= {"conf_low": self.limits.low[i, j], "conf_high": self.limits.high[i, j]}
        index = pd.MultiIndex.from_arrays(pairs, names=["region", "activity"])
        return [("", self.glance()), ("Highest quotients", pd.DataFrame(columns, index=index))]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def location_quotients(
    table: pd.DataFrame,
    *,
    interval: QuotientInterval = "delta-log",
    level: float = 0.95,
    adjust: QuotientAdjustment = "none",
) -> LocationQuotients:
    """Return the location quotients of regions × activities, with intervals.

    ``LQ_ij = (x_ij / N_i) / (C_j / E)``: the share of activity j in region i over its share in the
    whole; Balassa's revealed comparative advantage. Their mean over regions, weighted by N_i / E,
    is 1 for each activity, and their mean over activities, weighted by C_j / E, is 1 for each
    region.

    Parameters
    ----------
    table : DataFrame, n × k
        Regions × activities, non-negative; read by
        :func:`~workbench.innovation.reading.two_way`. Missing figures, empty regions and empty
        activities are refused.
    interval : {"delta-log", "delta", "exact", "none"}
        ``"delta-log"``: delta method for log LQ, ``"delta"`` for LQ itself (Moineddin, Beyene and
        Boyle 2003); ``"exact"``: conditional binomial of the region's count given the activity's
        total, never too narrow for Poisson counts; ``"none"`` for figures that are no counts, such
        as money. The delta method has no error where a region has none or all of an activity, or
        nothing else: those cells get the exact interval.
    level : float, default 0.95
    adjust : {"none", "bonferroni", "benjamini-hochberg", "benjamini-yekutieli"}
        Over all cells; the classes then follow the adjusted p-values against LQ = 1, two-sided.

    Returns
    -------
    LocationQuotients
        ``quotients symmetric standardised classes`` (regions × activities),
        ``specialised(region)``, ``tidy() glance() plot() forest()``.

    Raises
    ------
    ValuesError, IdError, InputError
        If figures cannot be used, naming regions and activities; if an option is unknown.

    References
    ----------
    Balassa, B. (1965). Trade liberalisation and "revealed" comparative advantage. The Manchester
    School 33(2), 99-123.

    Moineddin, R., Beyene, J. and Boyle, E. (2003). On the location quotient confidence interval.
    Geographical Analysis 35(3), 249-256.

    Laursen, K. (2015). Revealed comparative advantage and the alternatives as measures of
    international specialization. Eurasian Business Review 5, 99-115.

    Examples
    --------
    >>> jobs = pd.DataFrame({"software": [30, 10], "steel": [70, 190]}, index=["east", "west"])
    >>> found = location_quotients(jobs)
    >>> found.quotients.loc["east"].tolist()
    [2.25, 0.8076923076923077]
    >>> found.classes.loc["east"].tolist()
    ['specialised', 'not specialised']
    """
    check_option("interval", interval, QuotientInterval)
    check_option("adjust", adjust, QuotientAdjustment)
    check_level(level)
    read = two_way(table)
    if interval != "none":
        require_counts(
            read,
            argument="table",
            why="an interval rests on the error of counting",
            remedy='interval="none" gives the quotients of figures that are no counts',
        )
    x = read.values
    values = kernel.quotients(x)
    limits, notes = _limits(x, interval, level)
    p = np.full(x.shape, np.nan) if limits is None else limits.p_value
    p_adjusted, told = _adjusted(p, adjust, level)
    with np.errstate(invalid="ignore"):
        std_errors = np.sqrt(kernel.log_variance(x))
    std_errors[kernel.degenerate(x) | (interval == "none")] = np.nan
    for part in (values, std_errors, p_adjusted):
        part.setflags(write=False)
    notes = (*notes, *told)
    provenance = Provenance(
        method="location quotients",
        nobs=x.size,
        ids_digest=ids_digest(read.ids),
        notes=notes,
        options={"interval": interval, "level": f"{level:g}", "adjust": adjust},
    )
    return LocationQuotients(
        read, values, std_errors, limits, p_adjusted, interval, adjust, level, provenance, notes
    )


def _limits(
    x: FloatArray, interval: QuotientInterval, level: float
) -> tuple[kernel.Limits | None, tuple[str, ...]]:
    if interval == "none":
        return None, ("Without intervals a quotient just above 1 counts as specialised.",)
    if interval == "exact":
        return kernel.exact(x, level=level), ()
    found = kernel.delta(x, level=level, logs=interval == "delta-log")
    rows, columns = np.nonzero(kernel.degenerate(x))
    notes = []
    if len(rows):
        given = kernel.exact(x, level=level, rows=rows, columns=columns)
        for part, filled in (
            (found.low, given.low), (found.high, given.high), (found.p_value, given.p_value)
        ):  # fmt: skip
            part[rows, columns] = filled
        alone = int(((x > 0).sum(axis=0) == 1).sum())
        where = f", {alone} activities of a single region among them" if alone else ""
        notes.append(
            f"{len(rows)} cells with none or all of an activity, or nothing else{where}: the delta "
            "method has no error there, their intervals are exact."
        )
    few = int(((x > 0) & (x < FEW)).sum())
    if few:
        notes.append(
            f"{few} cells have fewer than {FEW} units, too few for the delta method to be "
            'trusted; interval="exact" holds for them.'
        )
    return found, tuple(notes)


def _adjusted(
    p: FloatArray, adjust: QuotientAdjustment, level: float
) -> tuple[FloatArray, tuple[str, ...]]:
    if np.isnan(p).all():
        return p.copy(), ()
    if adjust == "none":
        chance = (1 - level) * p.size
        return p.copy(), (
            f"{p.size} quotients are compared with 1 at {1 - level:g} each: about {chance:.0f} "
            'would differ by chance if none did; adjust="benjamini-hochberg" allows for that.',
        )
    if adjust == "bonferroni":
        return np.minimum(1.0, p * p.size), ()
    method: Literal["by", "bh"] = "by" if adjust == "benjamini-yekutieli" else "bh"
    adjusted = stats.false_discovery_control(p.ravel(), method=method)
    return np.asarray(adjusted).reshape(p.shape), ()
