"""Convergence clubs: which regions share a path, by the log t test of Phillips and Sul."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.panel_frame import longer_gaps, period_text
from workbench.core.periods import cells, require_periods
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import (
    InputError,
    PanelError,
    ValuesError,
    check_number,
    check_option,
    listing,
)
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.growth.via_statsmodels import hodrick_prescott
from workbench.numerics.dynamics import clubs as kernel
from workbench.typing import ClubOrder, FloatArray, HacKernel, Tolerance, TrendFilter

FEWEST_PERIODS = 8
UNIT_MATTERS = (
    "Relative paths use the level of the variable: where it is a logarithm, its unit and inflation "
    "change them; take real values, in the unit of the literature."
)
RULE = "Convergence is rejected where t is not above {critical:g} (one-sided)."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConvergenceClubs:
    """Clubs of regions, their log t regressions, and relative transition paths; immutable.

    Attributes
    ----------
    variable : str
        As the caller wrote it.
    whole : numerics.dynamics.clubs.LogT
        The log t regression of all regions.
    clubs, initial : numerics.dynamics.clubs.Clubs
        After merging, and before it; rows are positions in the sorted ids.
    trends : pandas.DataFrame
        What was clustered, a row a region and a column a period.
    geometry : geopandas.GeoSeries or None
    provenance : Provenance
    notes : tuple of str
    """

    variable: str
    whole: kernel.LogT
    clubs: kernel.Clubs
    initial: kernel.Clubs
    trends: pd.DataFrame
    geometry: Any
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """Club of each region: ``club initial_club core``; missing where a region diverges."""
        ids = self.trends.index
        table = pd.DataFrame(index=ids)
        for name, found in (("club", self.clubs), ("initial_club", self.initial)):
            number = np.zeros(len(ids), dtype=np.int64)
            for place, club in enumerate(found.clubs, start=1):
                number[club.members] = place
            table[name] = pd.Series(number, index=ids).astype("Int64").mask(number == 0)
        core = np.zeros(len(ids), dtype=bool)
        for club in self.initial.clubs:
            core[club.core] = True
        table["core"] = core
        return table

    @property
    def divergent(self) -> tuple[object, ...]:
        """Ids of the regions that belong to no club."""
        return tuple(self.trends.index[self.clubs.divergent])

    @property
    def paths(self) -> pd.DataFrame:
        """Relative transition paths h_it, each value over the mean of all regions."""
        values = kernel.relative_paths(self.trends.to_numpy())
        return pd.DataFrame(values, index=self.trends.index, columns=self.trends.columns)

    def members(self, club: int) -> tuple[object, ...]:
        """Return the ids of a club, 1 being the highest."""
        if not 1 <= club <= len(self.clubs.clubs):
            raise InputError("club", expected=f"1 to {len(self.clubs.clubs)}", found=repr(club))
        return tuple(self.trends.index[self.clubs.clubs[club - 1].members])

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was clustered and when."""
        periods = self.trends.columns
        span = say(
            "{periods} to {periods_2}",
            periods=period_text(periods[0]),
            periods_2=period_text(periods[-1]),
        )
        return say("Convergence clubs of {variable}, {span}", variable=self.variable, span=span)

    def tidy(self) -> pd.DataFrame:
        """Return a row a club and one, ``all``, for all regions together.

        Columns ``entities estimate std_error statistic p_value threshold``: the estimate is b of
        the log t regression, the statistic its t, the p-value one-sided.
        """
        return _log_t_table(self.clubs, self.whole, len(self.trends))

    def initial_tidy(self) -> pd.DataFrame:
        """Return the same of the clubs before merging."""
        return _log_t_table(self.initial, self.whole, len(self.trends))

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, periods, clubs, divergent regions, t of all regions."""
        return one_row(
            entities=len(self.trends),
            periods=len(self.trends.columns),
            clubs=len(self.clubs.clubs),
            divergent=len(self.divergent),
            statistic=self.whole.t,
            p_value=self.whole.p_value,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``club initial_club core``."""
        return self.table

    def plot(self, *, title: str | None = None) -> Any:
        """Return relative transition paths by club; options in ``views.growth``."""
        return display.picture("transition paths", self, title=title)

    def map(self, regions: Any = None, *, title: str | None = None) -> Any:
        """Return a map of the clubs, of the panel's geometry or of `regions`."""
        return display.picture("club map", self, regions, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        listed = {
            f"club {place}": listing(list(self.members(place)))
            for place in range(1, len(self.clubs.clubs) + 1)
        }
        if self.divergent:
            listed["divergent"] = listing(list(self.divergent))
        who = pd.DataFrame({"regions": listed})
        return [("The log t regression by club", self.tidy()), ("Members", who)]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def convergence_clubs(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None,
    *,
    trim: float = 1 / 3,
    critical: float = -1.65,
    filter: TrendFilter = "hodrick-prescott",
    smoothing: float = 400.0,
    order: ClubOrder = "last",
    threshold: float = 0.0,
    kernel: HacKernel = "quadratic-spectral",
    merge: bool = True,
    periods: Sequence[Any] | None = None,
) -> ConvergenceClubs:
    """Sort regions into clubs that converge, by the log t test and clustering of Phillips and Sul.

    Parameters
    ----------
    variable : str, DataFrame or Series
        A column or expression of the panel, as it is to be compared: the literature takes logs of
        real income, ``"log(grp / population)"``. Its trends must be positive; missing values are
        refused.
    panel : DataFrame or None
        Indexed by (region, period), rows in any order; periods equally spaced.
    trim : float, default 1/3
        Share of periods that the regression leaves out at the start (0.3 in the paper for T ≤ 50,
        0.2 for T ≥ 100).
    critical : float, default −1.65
        Convergence is rejected where t is not above it.
    filter : {"hodrick-prescott", "none"}
        Trends, or the series as they are.
    smoothing : float, default 400
        λ of the filter.
    order : {"last", "average"}
        Regions are ordered by the last period, or by the average of the later half.
    threshold : float, default 0
        c* of the sieve to begin with: a region joins when its t with the core is above it.
    kernel : {"quadratic-spectral", "bartlett"}
        Of the long-run variance, with Andrews's automatic bandwidth.
    merge : bool, default True
        Whether adjacent clubs that converge jointly are merged.
    periods : sequence, optional
        Periods to use; all by default.

    Returns
    -------
    ConvergenceClubs
        ``table tidy() paths divergent plot() map()``.

    Raises
    ------
    ValuesError, PanelError, FormulaError, IdError
        If values cannot be used, naming regions and periods; if periods are not at equal distances.
    InputError
        If an option is out of its range.

    Notes
    -----
    The t statistic divides b by the long-run standard error of the paper, which scales Σ (log t −
    mean)² by one long-run variance of the residuals. For the algorithm see
    :func:`workbench.numerics.dynamics.clubs.cluster`, for merging
    :func:`workbench.numerics.dynamics.clubs.merge`. Clubs are the outcome of many tests in a row:
    a t of a club is a description, not a test at its level. Residuals of filtered trends are
    smooth: with few periods their long-run variance is small and t large in absolute value, so that
    clubs hang on the filter; try another `smoothing` and ``filter="none"`` beside it.

    References
    ----------
    Phillips, P. and Sul, D. (2007). Transition modeling and econometric convergence tests.
    Econometrica 75(6), 1771-1855.

    Phillips, P. and Sul, D. (2009). Economic transition and growth. Journal of Applied
    Econometrics 24(7), 1153-1185.

    Schnurbus, J., Haupt, H. and Meier, V. (2017). Economic transition and growth: a replication.
    Journal of Applied Econometrics 32(5), 1039-1042.

    Andrews, D. (1991). Heteroskedasticity and autocorrelation consistent covariance matrix
    estimation. Econometrica 59(3), 817-858.

    Examples
    --------
    >>> import workbench as wb
    >>> result = convergence_clubs("log(income)", wb.load("us-income"), periods=range(1960, 2010))
    >>> result.table["club"].notna().sum() + len(result.divergent)
    np.int64(48)
    """
    settings = _settings(trim, critical, kernel)
    check_option("filter", filter, TrendFilter)
    check_option("order", order, ClubOrder)
    check_number("smoothing", smoothing, above=0.0, remedy="smoothing=400 or 6.25 for years")
    check_number("threshold", threshold, remedy="threshold=0")
    read = read_panel(variable, panel, periods=periods)
    require_periods(read.periods, FEWEST_PERIODS, purpose="the log t regression")
    _require_even(read.periods)
    trends = _trends(read, filter, smoothing)
    return _found(read, trends, settings, order=order, threshold=threshold, merge=merge, options={
        "trim": f"{trim:.6g}", "critical": f"{critical:g}", "filter": filter,
        "smoothing": f"{smoothing:g}", "order": order, "threshold": f"{threshold:g}",
        "kernel": kernel, "merge": str(merge),
    })  # fmt: skip


def _found(
    read: PanelVariable,
    trends: FloatArray,
    settings: kernel.LogTSettings,
    *,
    order: ClubOrder,
    threshold: float,
    merge: bool,
    options: dict[str, str],
) -> ConvergenceClubs:
    later = trends.shape[1] // 2
    by = trends[:, -1] if order == "last" else trends[:, later:].mean(axis=1)
    try:
        whole = kernel.log_t(trends, settings)
        initial = kernel.cluster(trends, by, settings, threshold=threshold)
        clubs = kernel.merge(trends, initial, settings) if merge else initial
    except ValuesError as error:
        raise _named(error, read, trends) from None
    notes = (
        *read.notes,
        RULE.format(critical=settings.critical),
        *((UNIT_MATTERS,) if re.search(r"\blog(2|10|1p)?\(", read.name) else ()),
    )
    provenance = Provenance(
        method="log t test and clustering of Phillips and Sul",
        formula=read.name,
        nobs=read.values.size,
        ids_digest=ids_digest(read.ids),
        notes=notes,
        options=options,
    )
    frame = pd.DataFrame(trends, index=read.ids, columns=read.periods)
    return ConvergenceClubs(
        read.name, whole, clubs, initial, frame, read.geometry, provenance, notes
    )


def _named(error: ValuesError, read: PanelVariable, trends: FloatArray) -> ValuesError:
    """Return the kernel's refusal in the words of the caller: regions and periods by name."""
    if error.argument != "variable":
        return error
    paths = pd.DataFrame(kernel.relative_paths(trends).round(12))
    twins = read.ids[paths.duplicated(keep=False)].tolist()
    places = [int(str(offender).removeprefix("period ")) - 1 for offender in error.offenders]
    return ValuesError(
        read.name,
        expected=error.expected,
        found="regions with the same values in every period" if twins else error.found,
        offenders=twins or [period_text(read.periods.tolist()[place]) for place in places],
        why=error.why,
        remedy="leave out all but one of them: panel.drop(index=[...], level=0)"
        if twins
        else error.remedy,
    )


def _require_even(periods: pd.Index) -> None:
    """Refuse gaps between periods: filter and regression count periods, not years."""
    gaps = longer_gaps(periods)
    if gaps:
        raise PanelError(
            "periods",
            expected="periods at equal distances",
            found=f"{len(gaps)} gaps that are longer than others",
            offenders=gaps,
            why="the filter and the log t regression count periods, whatever lies between them",
            remedy="choose periods at equal distances, periods=[...], or complete the panel",
        )


def _settings(trim: float, critical: float, hac: HacKernel) -> kernel.LogTSettings:
    check_option("kernel", hac, HacKernel)
    share = check_number("trim", trim, above=0.0, below=1.0, remedy="trim=1/3")
    limit = check_number(
        "critical",
        critical,
        below=0.0,
        why="the test is one-sided: t far below zero speaks against convergence",
        remedy="critical=-1.65 for a level of 5 %",
    )
    return kernel.LogTSettings(share, hac, limit)


def _trends(read: PanelVariable, filter: TrendFilter, smoothing: float) -> FloatArray:
    if len(read.ids) < 2:
        raise InputError("panel", expected="at least two regions", found=str(len(read.ids)))
    raw = np.asarray(read.values)
    trends = raw if filter == "none" else hodrick_prescott(raw, smoothing)
    bad = trends <= 0
    if bad.any():
        raise ValuesError(
            read.name,
            expected="values (and their trends) above zero",
            found=f"{int(bad.sum())} at or below it",
            offenders=cells(bad, read.ids, read.periods),
            why="relative paths divide by the mean of the regions",
            remedy="choose a unit in which the variable, or its logarithm, is positive",
        )
    return trends


def _log_t_table(found: kernel.Clubs, whole: kernel.LogT, n: int) -> pd.DataFrame:
    rows = [("all", n, whole, float("nan"))]
    for place, club in enumerate(found.clubs, start=1):
        rows.append((f"club {place}", len(club.members), club.test, club.threshold))
    return pd.DataFrame(
        {
            "entities": [row[1] for row in rows],
            "estimate": [row[2].b for row in rows],
            "std_error": [row[2].std_error for row in rows],
            "statistic": [row[2].t for row in rows],
            "p_value": [row[2].p_value for row in rows],
            "threshold": [row[3] for row in rows],
        },
        index=pd.Index([row[0] for row in rows], name="club"),
    )
