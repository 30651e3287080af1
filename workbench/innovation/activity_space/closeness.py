"""Relatedness density: how much of what is related to an activity a region already has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import IdError, InputError, ValuesError, check_number, check_option
from workbench.innovation.activity_space.pairs import TOTALS, Relatedness
from workbench.innovation.activity_space.portfolios import (
    ByPeriod,
    Portfolios,
    check_presence,
    is_by_period,
    read_portfolios,
    tables_by_period,
)
from workbench.numerics.networks import similarity as kernel
from workbench.typing import (
    DensityScale,
    FloatArray,
    OwnActivity,
    Presence,
    RelatednessMeasure,
    Tolerance,
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RelatednessDensity:
    """Relatedness density of each activity in each region; immutable.

    Attributes
    ----------
    values : pandas.DataFrame
        A row a region, or a (region, period); a column an activity. Missing for activities that
        are related to none.
    has : pandas.DataFrame
        Of the same shape: 1 where the region has the activity, 0 elsewhere.
    scale : {"share", "percent"}
        Unit of `values`: 0 to 1, or 0 to 100.
    own : {"excluded", "included"}
        Whether an activity counts as related to itself.
    periods : tuple
        Empty where the data were one table.
    provenance : Provenance
    notes : tuple of str
    """

    values: pd.DataFrame
    has: pd.DataFrame
    scale: DensityScale
    own: OwnActivity
    periods: tuple[Any, ...]
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """How close a rerun comes."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was measured."""
        unit = say("in per cent") if self.scale == "percent" else say("as a share")
        return say("Relatedness density, {unit}, own activity {own}", unit=unit, own=say(self.own))

    def tidy(self) -> pd.DataFrame:
        """Return a row a region (and period) and activity: ``density has_activity``."""
        index = self.values.index
        names = ["region", "period"] if self.periods else ["region"]
        activities = self.values.columns
        codes = np.repeat(np.arange(len(index)), len(activities))
        parts = [index.get_level_values(level)[codes] for level in range(index.nlevels)]
        rows = pd.MultiIndex.from_arrays(
            [*parts, np.tile(activities.to_numpy(), len(index))], names=[*names, "activity"]
        )
        return pd.DataFrame(
            {
                "density": self.values.to_numpy().ravel(),
                "has_activity": self.has.to_numpy().ravel(),
            },
            index=rows,
        )

    def glance(self) -> pd.DataFrame:
        """Return one row: ``regions activities periods density_present density_absent``.

        The last two are mean densities of the pairs of region and activity in which the region
        has the activity, and in which it has not.
        """
        values, has = self.values.to_numpy(), self.has.to_numpy() > 0
        known = ~np.isnan(values)
        return one_row(
            regions=len(self.values) // max(len(self.periods), 1),
            activities=self.values.shape[1],
            periods=max(len(self.periods), 1),
            density_present=_mean(values[known & has]),
            density_absent=_mean(values[known & ~has]),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region (and period): ``diversity density_present density_absent``."""
        values, has = self.values.to_numpy(), self.has.to_numpy() > 0
        with np.errstate(invalid="ignore"):
            present, absent = (
                np.where(mask, np.nan_to_num(values), 0).sum(axis=1)
                / (mask & ~np.isnan(values)).sum(axis=1)
                for mask in (has, ~has)
            )
        columns = {
            "diversity": has.sum(axis=1),
            "density_present": present,
            "density_absent": absent,
        }
        return pd.DataFrame(columns, index=self.values.index)

    def plot(self, *, title: str | None = None) -> Any:
        """Return densities where the activity is present and where it is not."""
        return display.picture("relatedness density", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.glance())]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def relatedness_density(
    data: ByPeriod,
    relatedness: Relatedness | pd.DataFrame | None = None,
    *,
    measure: RelatednessMeasure = "proximity",
    presence: Presence = "rca",
    threshold: float = 1.0,
    related_from: float | None = None,
    own: OwnActivity = "excluded",
    scale: DensityScale = "percent",
) -> RelatednessDensity:
    """Measure how much of what is related to each activity each region has.

    Parameters
    ----------
    data : DataFrame, or tables by period
        Regions × activities, as :func:`relatedness` takes them; or tables by period: a mapping
        from period to table, one table indexed by (region, period), or a long table with the
        columns ``region``, ``activity``, ``period`` and one of figures. In a period an activity
        may be nobody's. Not changed.
    relatedness : Relatedness or DataFrame, optional
        Of these activities; symmetric, non-negative, its diagonal ignored. Without it that of
        `measure` in each period's own table.
    measure : str
        As for :func:`relatedness`.
    presence : {"rca", "binary", "positive"}
        What it is to have an activity.
    threshold : float
        Location quotient from which a region has an activity.
    related_from : float, optional
        Count activities as related or not: 1 where relatedness is at least this, else 0, as the
        regional literature does with 1 and association measures. Without it relatedness weighs.
    own : {"excluded", "included"}
        Whether an activity is related to itself by 1. Excluded, density tells nothing of whether
        the region has the activity; included (as Hidalgo et al. and the Harvard package do), it is
        higher where it has.
    scale : {"percent", "share"}
        0 to 100, or 0 to 1.

    Returns
    -------
    RelatednessDensity
        Σ_j φ_ij M_rj / Σ_j φ_ij: ``values tidy() glance() augment() plot()``.

    Raises
    ------
    InputError, OptionError, IdError, ValuesError, PanelError
        If tables, periods, relatedness or an option cannot be used; regions, activities and
        periods at fault are named.

    References
    ----------
    Hidalgo, C. A., Klinger, B., Barabási, A.-L. and Hausmann, R. (2007). The product space
    conditions the development of nations. Science 317, 482-487.

    Boschma, R., Balland, P.-A. and Kogler, D. F. (2015). Relatedness and technological change in
    cities. Industrial and Corporate Change 24(1), 223-250.

    Balland, P.-A., Boschma, R., Crespo, J. and Rigby, D. L. (2019). Smart specialization policy in
    the European Union. Regional Studies 53(9), 1252-1268.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"bio": [1, 1, 0, 0], "it": [1, 1, 1, 0], "oil": [0, 0, 1, 1]}, index=list("abcd")
    ... )
    >>> relatedness_density(table, presence="binary").values.round(1).loc["a"].tolist()
    [100.0, 66.7, 100.0]
    """
    for word, value, option in (("own", own, OwnActivity), ("scale", scale, DensityScale)):
        check_option(word, value, option)
    check_option("measure", measure, RelatednessMeasure)
    check_presence(presence, threshold, weighted=False)
    if related_from is not None:
        check_number("related_from", related_from, above=0.0)
    by_period = is_by_period(data)
    tables: dict[Any, Any] = tables_by_period(data) if by_period else {None: data}
    reads = {
        period: read_portfolios(
            table,
            presence,
            threshold,
            argument=f"data[{period_text(period)}]" if by_period else "data",
            empty_activities=by_period or relatedness is not None,
        )
        for period, table in tables.items()
    }
    first = next(iter(reads.values()))
    given = None if relatedness is None else _given(relatedness, first.activities)
    found = {
        period: _density(read, given, measure, related_from, own, scale)
        for period, read in reads.items()
    }
    periods = tuple(reads) if by_period else ()
    values = _stacked(found, first, periods)
    notes = _notes(values)
    return RelatednessDensity(
        values=values,
        has=_stacked({period: read.has for period, read in reads.items()}, first, periods),
        scale=scale,
        own=own,
        periods=periods,
        provenance=Provenance(
            method="relatedness density",
            formula=measure if given is None else "relatedness as given",
            nobs=values.size,
            ids_digest=ids_digest(first.ids),
            notes=notes,
            options={"measure": measure if given is None else "given", "presence": presence,
                     "threshold": f"{threshold:g}", "own": own, "scale": scale,
                     "related_from": "none" if related_from is None else f"{related_from:g}",
                     "periods": ", ".join(map(period_text, periods)) or "one table"},
        ),
        notes=notes,
    )  # fmt: skip


def _density(
    read: Portfolios,
    given: FloatArray | None,
    measure: RelatednessMeasure,
    related_from: float | None,
    own: OwnActivity,
    scale: DensityScale,
) -> FloatArray:
    related = given
    if related is None:
        counts = kernel.together(read.has)
        related = kernel.similarity(counts, measure, TOTALS[measure], n=len(read.ids))
    if related_from is not None:
        related = (related >= related_from).astype(np.float64)
    unit = 100.0 if scale == "percent" else 1.0
    return unit * kernel.density(read.has, related, own=own == "included")


def _given(relatedness: Relatedness | pd.DataFrame, activities: pd.Index) -> FloatArray:
    table = relatedness.matrix if isinstance(relatedness, Relatedness) else relatedness
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "relatedness",
            expected="a Relatedness or a square DataFrame of activities",
            found=type(table).__name__,
            remedy="relatedness(table) of a table of regions × activities",
        )
    for names in (table.index, table.columns):
        apart = names.symmetric_difference(activities)
        if len(apart) or names.has_duplicates:
            raise IdError(
                "relatedness",
                expected=f"the {len(activities)} activities of the data, each once",
                found=f"{len(apart)} that only one of them has",
                offenders=apart if len(apart) else names[names.duplicated()],
                remedy="compute it from a table of the same activities",
            )
    values = table.loc[activities, activities].to_numpy(dtype=np.float64, copy=True)
    np.fill_diagonal(values, 0.0)
    bad = ~np.isfinite(values) | (values < 0) | ~np.isclose(values, values.T, atol=0.0)
    if bad.any():
        raise ValuesError(
            "relatedness",
            expected="finite numbers of 0 or more, the same both ways",
            found=f"{int(bad.sum())} that are not",
            offenders=[f"{activities[i]} / {activities[j]}" for i, j in np.argwhere(bad)],
            remedy="(table + table.T) / 2 makes it the same both ways",
        )
    return values


def _stacked(
    tables: dict[Any, FloatArray], first: Portfolios, periods: tuple[Any, ...]
) -> pd.DataFrame:
    if not periods:
        return first.read.labelled(tables[None])
    cube = np.stack([tables[period] for period in periods], axis=1)
    rows = pd.MultiIndex.from_product([first.ids, list(periods)], names=["region", "period"])
    return pd.DataFrame(
        cube.reshape(-1, len(first.activities)), index=rows, columns=first.activities
    )


def _notes(values: pd.DataFrame) -> tuple[str, ...]:
    gone = values.columns[values.isna().any(axis=0)].tolist()
    if not gone:
        return ()
    shown = ", ".join(map(str, gone[:5])) + (" ..." if len(gone) > 5 else "")
    return (f"{len(gone)} activities are related to none (in some period): {shown}; no density.",)


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if values.size else float("nan")
