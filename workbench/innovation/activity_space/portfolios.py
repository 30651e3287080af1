"""Which region has which activity: from a table, or from a table a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core.panel_frame import panel_frame, period_text
from workbench.data.schemes import refuse_mixed
from workbench.errors import (
    IdError,
    InputError,
    PanelError,
    ValuesError,
    check_number,
    check_option,
)
from workbench.innovation.reading import TwoWay, two_way
from workbench.numerics.networks import incidence
from workbench.typing import BoolArray, FloatArray, Presence

LONG = ("region", "activity", "period")
"""Columns by which a long table says where, what and when; one more has the figures."""

ByPeriod: TypeAlias = "pd.DataFrame | Mapping[Any, pd.DataFrame]"


@dataclass(frozen=True, slots=True, eq=False)
class Portfolios:
    """What n regions have of k activities.

    Attributes
    ----------
    read : TwoWay
        The figures, regions and activities in sorted order.
    has : ndarray, shape (n, k)
        1 where a region has an activity, 0 elsewhere; the figures themselves where presence is
        ``"weighted"``.
    level : ndarray, shape (n, k)
        What was held against the threshold: location quotients, or `has`.
    """

    read: TwoWay
    has: FloatArray
    level: FloatArray

    @property
    def ids(self) -> pd.Index:
        """Region ids."""
        return self.read.ids

    @property
    def activities(self) -> pd.Index:
        """Names of the activities."""
        return self.read.activities


def check_presence(presence: Presence, threshold: float, *, weighted: bool = True) -> None:
    """Refuse a presence that is unknown or cannot serve, and a threshold without a quotient."""
    check_option("presence", presence, Presence)
    if presence == "weighted" and not weighted:
        raise InputError(
            "presence",
            expected='"rca", "binary" or "positive"',
            found="'weighted'",
            why="a region has the activity or has it not, which figures do not say",
            remedy='presence="rca" takes location quotients of at least `threshold`',
        )
    check_number("threshold", threshold, above=0.0)
    if presence != "rca" and threshold != 1.0:
        raise InputError(
            "threshold",
            expected='presence="rca", whose location quotients it is for',
            found=f"threshold={threshold!r} with presence={presence!r}",
            remedy="leave the threshold out",
        )


def read_portfolios(
    table: pd.DataFrame,
    presence: Presence,
    threshold: float,
    *,
    argument: str = "table",
    empty_activities: bool = False,
) -> Portfolios:
    """Read a table and say which region has which activity.

    Parameters
    ----------
    table : DataFrame, n × k
        As :func:`~workbench.innovation.reading.two_way` takes it.
    presence : {"rca", "binary", "positive", "weighted"}
    threshold : float
        Location quotient from which a region has the activity.
    empty_activities : bool
        Whether an activity may be nobody's.

    Raises
    ------
    InputError, IdError, ValuesError
        As ``two_way``; if figures are not 0 and 1 with ``"binary"``; if a region has nothing or an
        activity is nobody's.
    """
    read = two_way(table, argument=argument, zero_totals="allow")
    X = read.values
    if presence == "binary":
        _refuse_figures(read, argument)
    _refuse_nothing(read, X > 0, argument, "a total of zero", empty_activities)
    level = incidence.quotients(X) if presence == "rca" else X
    if presence == "rca":
        has = incidence.reaches(level, threshold).astype(np.float64)
        what = f"no location quotient of {threshold:g}"
        _refuse_nothing(read, has > 0, argument, what, empty_activities)
    else:
        has = X if presence == "weighted" else (X > 0).astype(np.float64)
    return Portfolios(read, has, level)


def _refuse_figures(read: TwoWay, argument: str) -> None:
    other = (read.values != 0) & (read.values != 1)
    if other.any():
        raise ValuesError(
            argument,
            expected="zeros and ones",
            found=f"{int(other.sum())} other figures",
            offenders=[f"{read.ids[i]} / {read.activities[j]}" for i, j in np.argwhere(other)],
            why="presence='binary' takes the table for who has what",
            remedy='presence="rca" takes figures and finds who is specialised, '
            'presence="positive" who has any',
        )


def _refuse_nothing(
    read: TwoWay, has: BoolArray, argument: str, what: str, empty_activities: bool
) -> None:
    sides = [(~has.any(axis=1), read.ids, "regions", "table[table.sum(axis=1) > 0]")]
    if not empty_activities:
        way = "table.loc[:, table.sum() > 0]"
        sides.append((~has.any(axis=0), read.activities, "activities", way))
    for empty, names, who, remedy in sides:
        if empty.any():
            none = what == "a total of zero"
            raise ValuesError(
                argument,
                expected="a region for every activity and an activity for every region",
                found=f"{int(empty.sum())} {who} with {what}",
                offenders=names[np.asarray(empty)],
                why="what nobody has, and who has nothing, is related to none",
                remedy=f"leave them out: {remedy}" if none else "take a lower threshold",
            )


def is_by_period(data: object) -> bool:
    """Return whether data are tables by period rather than one table."""
    if isinstance(data, Mapping):
        return True
    if not isinstance(data, pd.DataFrame):
        return False
    return isinstance(data.index, pd.MultiIndex) or set(LONG) <= set(data.columns)


def tables_by_period(
    data: ByPeriod, *, argument: str = "data", periods: Sequence[Any] | None = None, fewest: int = 1
) -> dict[Any, pd.DataFrame]:
    """Return a table of regions × activities for each period, in increasing order.

    Parameters
    ----------
    data : mapping of period to DataFrame, or DataFrame
        Tables by period; or one table indexed by (region, period) with a column an activity; or a
        long table with the columns ``region``, ``activity``, ``period`` and one of figures, in
        which cells without a row are 0. Not changed.
    periods : sequence, optional
        Which to take, in increasing order; all by default.
    fewest : int
        Least number of periods.

    Raises
    ------
    PanelError
        If periods are text, out of order, repeated, too few or not there; if a region has no row
        in a period.
    InputError, IdError
        If regions or activities are not the same in all periods; if a long table has no column of
        figures, or several.

    Examples
    --------
    >>> long = pd.DataFrame(
    ...     [["a", "x", 2000, 3], ["b", "y", 2000, 2], ["a", "y", 2005, 1], ["b", "y", 2005, 4]],
    ...     columns=["region", "activity", "period", "patents"],
    ... )
    >>> {period: t.to_numpy().tolist() for period, t in tables_by_period(long).items()}
    {2000: [[3.0, 0.0], [0.0, 2.0]], 2005: [[0.0, 1.0], [0.0, 4.0]]}
    """
    if isinstance(data, Mapping):
        tables = _from_mapping(data, argument)
        refuse_mixed(_rows(tables), argument=argument, of_period=f"{argument}[{{period}}]")
    elif is_by_period(data):
        wide = data if isinstance(data.index, pd.MultiIndex) else _from_long(data, argument)
        tables = _from_wide(wide, argument)
    else:
        raise InputError(
            argument,
            expected="tables by period",
            found="one table" if isinstance(data, pd.DataFrame) else type(data).__name__,
            remedy=f"{{2010: first, 2015: second}}, a table indexed by (region, period), or a long "
            f"one with the columns {', '.join(LONG)} and one of figures",
        )
    chosen = _chosen(tables, periods)
    if len(chosen) < fewest:
        raise PanelError(
            argument,
            expected=f"at least {fewest} periods",
            found=f"{len(chosen)}: {', '.join(map(period_text, chosen))}",
            why="what is new shows from one period to the next",
            remedy="add the table of another period",
        )
    _refuse_unlike(chosen, argument)
    return chosen


def _from_mapping(data: Mapping[Any, Any], argument: str) -> dict[Any, pd.DataFrame]:
    text = [key for key in data if isinstance(key, str | tuple | bool) or key is None]
    if text or not data:
        raise PanelError(
            argument,
            expected="periods that are numbers or dates, each with its table",
            found="no table" if not data else f"keys like {text[0]!r}",
            why="text has no order in time",
            remedy="{2010: first, 2015: second}",
        )
    wrong = [period for period, table in data.items() if not isinstance(table, pd.DataFrame)]
    if wrong:
        raise InputError(
            argument,
            expected="a DataFrame of regions × activities for every period",
            found=f"{type(data[wrong[0]]).__name__} for some",
            offenders=[period_text(period) for period in wrong],
        )
    try:
        return {period: data[period] for period in sorted(data)}
    except TypeError:
        raise PanelError(
            argument,
            expected="periods of one kind",
            found=f"{', '.join(sorted({type(key).__name__ for key in data}))} mixed",
            remedy="make them all numbers, or all dates",
        ) from None


def _from_long(data: pd.DataFrame, argument: str) -> pd.DataFrame:
    figures = [column for column in data.columns if column not in LONG]
    if len(figures) != 1:
        raise InputError(
            argument,
            expected=f"one column of figures beside {', '.join(LONG)}",
            found=f"{len(figures)}: {', '.join(map(str, figures))}",
            remedy='long[["region", "activity", "period", "patents"]]',
        )
    missing = data[list(LONG)].isna().any(axis=1)
    repeated = data.duplicated(list(LONG), keep=False)
    for bad, found in ((missing, "rows without one of them"), (repeated, "rows of the same cell")):
        if bad.any():
            raise ValuesError(
                argument,
                expected="a region, an activity and a period in every row, each cell once",
                found=f"{int(bad.sum())} {found}",
                offenders=data.index[bad].tolist(),
                remedy=f'long.groupby(["region", "activity", "period"]).{figures[0]}.sum()'
                ".reset_index() adds up rows of one cell",
            )
    if data[figures[0]].isna().any():
        lacking = data[data[figures[0]].isna()]
        raise ValuesError(
            argument,
            expected="a figure in every row",
            found=f"{len(lacking)} missing",
            offenders=lacking.index.tolist(),
            remedy="long.dropna() leaves those rows out: cells without a row are 0",
        )
    wide = data.pivot_table(
        index=["region", "period"], columns="activity", values=figures[0], aggfunc="sum"
    )
    names = ["region", "period"]
    refuse_mixed(
        wide.index,
        argument=argument,
        of_period=f'{argument}[{argument}["period"] == {{period}}].pivot(index="region", '
        f'columns="activity", values={figures[0]!r}).fillna(0)',
    )
    every = pd.MultiIndex.from_product(
        [wide.index.get_level_values(name).unique() for name in names], names=names
    )
    return wide.reindex(every).fillna(0.0)


def _rows(tables: Mapping[Any, pd.DataFrame]) -> pd.MultiIndex:
    """Return the (region, period) pairs of tables by period."""
    pairs = [(region, period) for period, table in tables.items() for region in table.index]
    return pd.MultiIndex.from_tuples(pairs, names=["region", "period"])


def _from_wide(data: pd.DataFrame, argument: str) -> dict[Any, pd.DataFrame]:
    panel = panel_frame(data, argument=argument)
    # before units that only some periods have are missed
    refuse_mixed(data.index, argument=argument, of_period=f"{argument}.xs({{period}}, level=1)")
    if panel.gaps:
        raise PanelError(
            argument,
            expected="a row for every region in every period",
            found=f"{len(panel.gaps)} that are not there",
            offenders=[f"{region} / {period_text(when)}" for region, when in panel.gaps],
            remedy="leave those regions out, or give them a row of zeros if they had nothing",
        )
    T = len(panel.periods)
    return {
        period: panel.table.iloc[t::T].set_axis(panel.regions)
        for t, period in enumerate(panel.periods.tolist())
    }


def _chosen(tables: dict[Any, pd.DataFrame], periods: Sequence[Any] | None) -> dict[Any, Any]:
    if periods is None:
        return tables
    wanted = list(periods)
    absent = [period for period in wanted if period not in tables]
    there = ", ".join(map(period_text, tables))
    if absent:
        raise PanelError(
            "periods",
            expected=f"periods of the data: {there}",
            found=f"{len(absent)} that are not there",
            offenders=[period_text(period) for period in absent],
        )
    if any(not a < b for a, b in pairwise(wanted)):
        raise PanelError(
            "periods",
            expected="periods in increasing order, each once",
            found=", ".join(map(period_text, wanted)),
            why="what is new shows from an earlier period to a later one",
            remedy=f"periods={sorted(set(wanted))}",
        )
    return {period: tables[period] for period in wanted}


def _refuse_unlike(tables: dict[Any, pd.DataFrame], argument: str) -> None:
    first = next(iter(tables))
    for period, table in tables.items():
        for what, own, base, way in (
            ("regions", table.index, tables[first].index, "loc[common]"),
            ("activities", table.columns, tables[first].columns, "loc[:, common]"),
        ):
            apart = own.symmetric_difference(base)
            if len(apart):
                raise IdError(
                    argument,
                    expected=f"the {what} of {period_text(first)} in every period",
                    found=f"{len(apart)} that only one of {period_text(first)} and "
                    f"{period_text(period)} has",
                    offenders=apart,
                    why="a region or activity that a table leaves out would count as new",
                    remedy=f"take what all have, table.{way}, or add rows or columns of zeros",
                )
