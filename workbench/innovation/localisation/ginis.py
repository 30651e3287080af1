"""The locational Gini coefficient, and the Lorenz curve that it measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import check_option, listing, unknown_name
from workbench.innovation.localisation.settings import Settings, read_counts
from workbench.innovation.localisation.structures import measured_table
from workbench.innovation.reading import TwoWay, series
from workbench.numerics.concentration import chance, structure
from workbench.typing import (
    Alternative,
    FloatArray,
    GiniCounting,
    StructureInterval,
    StructureReference,
    Tolerance,
)

SHOWN = 12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LocationalGini:
    """Gini coefficients of where activities are, with their Lorenz curves; immutable.

    Attributes
    ----------
    counts : TwoWay
        What they were computed from, sorted.
    compared : ndarray, shape (k, n) or (1, n)
        Reference shares of the regions, for each activity.
    counting : {"reference", "equal"}
    table : pandas.DataFrame
        A row an activity; what :meth:`tidy` hands out copies of.
    settings : Settings
    provenance : Provenance
    notes : tuple of str
    """

    counts: TwoWay
    compared: FloatArray
    counting: GiniCounting
    table: pd.DataFrame
    settings: Settings
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation" if self.settings.inferred else "closed form"

    @property
    def gini(self) -> pd.Series[Any]:
        """Coefficient by activity."""
        return self.table["gini"].copy()

    @property
    def heading(self) -> str:
        """What was measured."""
        n, k = self.counts.values.shape
        return say("Locational Gini coefficients of {k} activities in {n} regions", k=k, n=n)

    def lorenz(self, activity: Any) -> pd.DataFrame:
        """Return the Lorenz curve of an activity, a row a region from the least quotient upwards.

        Columns ``reference`` and ``share``: cumulative shares of the reference and of the activity;
        the curve starts at (0, 0), which is not a row.
        """
        if activity not in self.counts.activities:
            raise unknown_name("activity", activity, map(str, self.counts.activities))
        j = int(self.counts.activities.get_indexer(pd.Index([activity]))[0])
        p = structure.shares(self.counts.values[:, j])
        q = self.compared[j if len(self.compared) > 1 else 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            order = np.argsort(np.where(p + q > 0, p / q, 0.0), kind="stable")
        x, y = structure.lorenz(p, q)
        ids = self.counts.ids[order]
        return pd.DataFrame({"reference": x[1:], "share": y[1:]}, index=ids)

    def tidy(self) -> pd.DataFrame:
        """Return a row an activity.

        Column ``gini``; with draws also ``std_error bias conf_low conf_high expected chance_low
        chance_high p_value``.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``regions activities mean median``, of the coefficients."""
        n, k = self.counts.values.shape
        mean, median = float(self.gini.mean()), float(self.gini.median())
        return one_row(regions=n, activities=k, mean=mean, median=median)

    def plot(self, activities: Sequence[Any] | None = None, *, title: str | None = None) -> Any:
        """Return Lorenz curves, by default of the six highest coefficients."""
        return display.picture("lorenz curves", self, activities=activities, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        first = self.table.sort_values("gini", ascending=False, kind="stable").head(SHOWN)
        return [("", self.glance()), ("Highest coefficients", first)]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def locational_gini(
    table: pd.DataFrame,
    *,
    reference: StructureReference | pd.Series[Any] = "whole",
    counting: GiniCounting = "reference",
    interval: StructureInterval = "bootstrap",
    draws: int = 999,
    seed: int = 0,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
) -> LocationalGini:
    """Return the locational Gini coefficient of each activity.

    Regions are put in the order of their location quotient; the Lorenz curve has the cumulative
    share of the reference on its abscissa and that of the activity on its ordinate, and the
    coefficient is twice the area between it and the diagonal: 0 where the activity is spread as the
    reference, up to 1 less the reference share of the region that holds all of it.

    Parameters
    ----------
    table : DataFrame, n × k
        Regions × activities, non-negative; read by
        :func:`~workbench.innovation.reading.two_way`. Missing figures are refused.
    reference : {"whole", "rest", "others", "uniform"} or Series
        ``"whole"``: all activities (Krugman's relative coefficient); ``"rest"`` and ``"others"``:
        the other activities, added up or as the mean of their shares; ``"uniform"``: equal shares
        of regions (absolute: the Gini coefficient of the activity's own figures); a Series by
        region: population, area, firms.
    counting : {"reference", "equal"}
        ``"equal"`` takes the Gini coefficient of the quotients with every region counting once
        (what :func:`workbench.explore.gini` gives for them), which small regions dominate.
    interval : {"bootstrap", "none"}
        As for :func:`~workbench.innovation.localisation.structures.specialisation`; chance is
        drawn without replacement from the whole table, or, with a Series, each unit falls by its
        shares.
    draws, seed, level, alternative
        As there.

    Returns
    -------
    LocationalGini
        ``gini tidy() glance() lorenz(activity) plot()``.

    Raises
    ------
    ValuesError, IdError, InputError
        If figures cannot be used, or the Series is not positive or not of these regions.

    Notes
    -----
    Krugman's (1991) figure is the area itself, half of this, with a limit of ½.

    References
    ----------
    Krugman, P. (1991). Geography and Trade. MIT Press, appendix.

    Examples
    --------
    Five regions (Farhauer and Kröll 2013, as in the R package REAT):

    >>> jobs = pd.DataFrame({"own": [500, 500, 1000, 7000, 1000]}, index=list("abcde"))
    >>> everyone = pd.Series([20_000, 15_000, 20_000, 40_000, 5_000], index=list("abcde"))
    >>> locational_gini(jobs, reference=everyone, counting="equal").gini.round(7).tolist()
    [0.4068966]
    """
    given = isinstance(reference, pd.Series)
    word: StructureReference = "uniform" if isinstance(reference, pd.Series) else reference
    settings = Settings(word, interval, "without-replacement", draws, seed, level, alternative)
    check_option("counting", counting, GiniCounting)
    if given:
        settings = replace(settings, null="multinomial")
    alone = given or word == "uniform"
    read = read_counts(table, settings, fewest=(2, 1 if alone else 2))
    counts = np.ascontiguousarray(read.values.T)
    if isinstance(reference, pd.Series):
        size = series(
            reference, argument="reference", ids=read.ids, other="table", positive=True
        ).to_numpy()
        frame = chance.Frame(counts, size, structure.shares(size[None, :]), "uniform")
    else:
        frame = chance.Frame.of(counts, word)
    measure = "gini" if counting == "reference" else "gini_of_quotients"
    found = measured_table(frame, read.activities, (measure,), settings, of="activity")
    found = found.droplevel("measure").rename(columns={"estimate": "gini"})
    notes = (*_undefined(found["gini"]), *_notes(settings))
    provenance = Provenance(
        method="locational Gini",
        nobs=counts.size,
        ids_digest=ids_digest(read.ids),
        seed=seed if settings.inferred else None,
        notes=notes,
        options=settings.told()
        | {"counting": counting, "reference": "given" if given else settings.reference},
    )
    return LocationalGini(read, frame.compared, counting, found, settings, provenance, notes)


def _undefined(gini: pd.Series[Any]) -> tuple[str, ...]:
    gone = gini.index[gini.isna()].tolist()
    if not gone:
        return ()
    return (
        f"{len(gone)} activities have no coefficient ({listing(gone)}): the reference has nothing "
        "in one of the regions, hence no quotient there.",
    )


def _notes(settings: Settings) -> tuple[str, ...]:
    if not settings.inferred:
        return ()
    return (
        "Intervals and chance take units as placed one by one; what firms or offices place "
        "together varies more.",
    )
