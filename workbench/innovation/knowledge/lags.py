"""Lags in time, by the value of the period and never by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import labels
from workbench.core.panel_frame import period_text
from workbench.errors import InputError, PanelError, ValuesError, listing
from workbench.explore.variable import evaluate_expression
from workbench.innovation.knowledge.made import MadeColumns, made_columns
from workbench.innovation.knowledge.rows import Rows, column_names, rows_of, safe
from workbench.typing import FloatArray, IntArray


def lagged(
    panel: pd.DataFrame, columns: str | Sequence[str], *, periods: int | Sequence[int] = 1
) -> MadeColumns:
    """Put values of earlier periods beside each row of a panel.

    Parameters
    ----------
    panel : DataFrame
        Indexed by (region, period), rows in any order, balanced or not. Not changed.
    columns : str or sequence of str
        Columns or expressions such as ``"log(rd)"``. Missing values are allowed: their lags are
        missing.
    periods : int or sequence of int
        Lags, in units of the period: of years, in years, also where the panel has every fifth year
        only; of dates in years, quarters, months or days, as they follow. Negative numbers are
        leads.

    Returns
    -------
    MadeColumns
        ``table`` has columns named ``rd_lag1`` (``rd_lead1``); ``notes`` name the rows that have
        no earlier value.

    Raises
    ------
    PanelError, InputError, FormulaError
        If the index is not (region, period); if no row has a value so much earlier.

    Notes
    -----
    The lag of (region, t) is the value of (region, t − k), missing where there is no such row: a
    gap in time stays a gap, where a shift by rows would take the value before it. Knowledge takes
    time to make: see Griliches (1979) on the lag structure of R&D.

    References
    ----------
    Griliches, Z. (1979). Issues in assessing the contribution of research and development to
    productivity growth. Bell Journal of Economics 10, 92-116.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_tuples([("a", 2000), ("a", 2001), ("a", 2003)])
    >>> lagged(pd.DataFrame({"rd": [1.0, 2.0, 4.0]}, index=index), "rd").table["rd_lag1"].tolist()
    [nan, 1.0, nan]
    """
    rows = rows_of(panel, argument="panel", panel=True)
    names, steps = column_names(columns), _steps(periods)
    made: dict[str, tuple[FloatArray, str, str]] = {}
    notes: list[str] = []
    for step in steps:
        earlier = _earlier(rows, step)
        _refuse_empty(rows, earlier, step)
        notes += _lost(rows, earlier, step)
        for name in names:
            values = _values(name, rows)
            lag = np.where(earlier >= 0, values[earlier], np.nan)
            way = "before" if step > 0 else "after"
            meaning = f"{name} {abs(step)} {_unit(rows, abs(step))} {way}"
            made[f"{safe(name)}_{'lag' if step > 0 else 'lead'}{abs(step)}"] = lag, name, meaning
    options = {"periods": ", ".join(map(str, steps))}
    return made_columns("lags in time", rows, made, options=options, notes=tuple(notes))


def _values(name: str, rows: Rows) -> FloatArray:
    """Return a column as it is, gaps and all, or an expression of complete ones, shape (n,)."""
    if not isinstance(name, str):
        raise InputError("columns", expected="names of columns", found=repr(name))
    column = evaluate_expression(
        name, rows.table, remedy=f"lag its columns, then take {name} of the lags"
    )
    types = pd.api.types
    if not types.is_numeric_dtype(column.dtype) or types.is_complex_dtype(column.dtype):
        raise ValuesError(name, expected="numbers", found=f"values of type {column.dtype}")
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _steps(periods: Any) -> list[int]:
    listed = list(periods) if isinstance(periods, Sequence | range) else [periods]
    whole = all(isinstance(k, int | np.integer) and not isinstance(k, bool) for k in listed)
    if isinstance(periods, str) or not listed or not whole or 0 in listed:
        raise InputError(
            "periods",
            expected="a whole number other than 0, or several",
            found=repr(periods),
            remedy="periods=1, or periods=[1, 2, 3]",
        )
    if len(set(listed)) < len(listed):
        raise InputError("periods", expected="each lag once", found=repr(periods))
    return [int(k) for k in listed]


def _earlier(rows: Rows, step: int) -> IntArray:
    """Return for each row that of the same region `step` units earlier, −1 without, shape (n,)."""
    of_period = _positions(rows, step)[rows.period]
    row = np.full((len(rows.regions), rows.T + 1), -1, dtype=np.int64)
    row[rows.region, rows.period] = np.arange(len(rows.period))
    return np.asarray(row[rows.region, of_period])  # −1 is the last column, which has no row


def _positions(rows: Rows, step: int) -> IntArray:
    """Return for each period the position of that `step` units earlier, −1 without."""
    periods = rows.periods
    if periods is None:
        raise AssertionError
    counted = _counted(periods)
    return np.asarray(counted.get_indexer(counted - step), dtype=np.int64)


def _counted(periods: pd.Index) -> pd.Index:
    """Return dates as periods of the longest calendar unit that tells them apart; others as is.

    Equal days of the year are years; equal days, or last days, of the month are months, quarters
    where every third month occurs only; anything else is days.
    """
    if not isinstance(periods, pd.DatetimeIndex):
        return periods
    dates = periods.tz_localize(None)  # the calendar of its own place
    days = bool((dates.day == dates.day[0]).all() or dates.is_month_end.all())
    if days and bool((dates.month == dates.month[0]).all()):
        return dates.to_period("Y")
    if days and len({month % 3 for month in dates.month}) == 1:
        return dates.to_period("Q")
    return dates.to_period("M" if days else "D")


def _refuse_empty(rows: Rows, earlier: IntArray, step: int) -> None:
    if (earlier >= 0).any():
        return
    periods = rows.periods
    shown = [period_text(p) for p in periods] if periods is not None else []
    raise PanelError(
        "periods",
        expected="a lag after which some row has a value",
        found=f"{step}: no period lies {abs(step)} {'before' if step > 0 else 'after'} another; "
        f"they are {listing(shown)}",
        remedy="count the lag in units of the period: of every fifth year, periods=5",
    )


def _lost(rows: Rows, earlier: IntArray, step: int) -> list[str]:
    """Say which rows have no earlier value: those of the first periods, and those after gaps."""
    way = f"{abs(step)} {'before' if step > 0 else 'after'}"
    none = earlier < 0
    by_period = _positions(rows, step)[rows.period] < 0
    told = []
    if by_period.any() and rows.periods is not None:
        edge = np.unique(rows.period[by_period])
        names = listing([period_text(rows.periods[k]) for k in edge])
        told.append(f"{int(by_period.sum())} rows of periods with none {way}: {names}.")
    gaps = none & ~by_period
    if gaps.any():
        where = labels(rows.table.index[gaps])
        told.append(f"{int(gaps.sum())} rows whose region has no row {way}: {listing(where)}.")
    return told


def _unit(rows: Rows, count: int) -> str:
    periods = rows.periods if rows.periods is not None else pd.Index([])
    name = {"Y": "year", "Q": "quarter", "M": "month", "D": "day"}.get(
        str(getattr(_counted(periods), "freqstr", ""))[:1], str(periods.name or "period")
    )
    return name if count == 1 else f"{name}s"
