"""Periods as points in time, and cells of a panel as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import label
from workbench.errors import PanelError
from workbench.typing import BoolArray, FloatArray

DAYS_PER_YEAR = 365.25


def times(periods: pd.Index) -> FloatArray:
    """Return periods as numbers: as they are, or years where they are dates, shape (T,).

    Examples
    --------
    >>> times(pd.Index([2000, 2001])).tolist()
    [2000.0, 2001.0]
    >>> times(pd.PeriodIndex(["2000Q1", "2001Q1"], freq="Q")).round(2).tolist()
    [2000.0, 2001.0]
    """
    if isinstance(periods, pd.PeriodIndex):
        periods = periods.to_timestamp()
    if isinstance(periods, pd.DatetimeIndex):
        periods = periods.tz_localize(None)  # the calendar of its own place
        start = periods.to_numpy().astype("datetime64[Y]")
        day = (periods.to_numpy() - start) / np.timedelta64(1, "D")
        return np.asarray(start.astype(np.int64) + 1970 + day / DAYS_PER_YEAR, dtype=np.float64)
    return np.asarray(periods, dtype=np.float64)


def unit_of_time(periods: pd.Index) -> str:
    """Return what rates are per: ``"year"``, or ``"unit of time"`` where periods are other numbers.

    Years of the calendar are whole numbers from 1000 to 2999, or numbers in an index named so.

    Examples
    --------
    >>> unit_of_time(pd.Index([1990, 2000])), unit_of_time(pd.RangeIndex(5))
    ('year', 'unit of time')
    """
    if isinstance(periods, pd.PeriodIndex | pd.DatetimeIndex) or periods.name in ("year", "years"):
        return "year"
    numbers = np.asarray(periods, dtype=np.float64)
    whole = bool((numbers == np.round(numbers)).all())
    return "year" if whole and 1000 <= numbers.min() <= numbers.max() < 3000 else "unit of time"


def require_periods(periods: pd.Index, fewest: int, *, purpose: str) -> None:
    """Refuse a panel with fewer periods than `purpose` needs."""
    if len(periods) < fewest:
        raise PanelError(
            "panel",
            expected=f"at least {fewest} periods for {purpose}",
            found=str(len(periods)),
            remedy="pass a panel with more periods",
        )


def cells(where: BoolArray, ids: pd.Index, periods: Sequence[Any] | pd.Index) -> list[str]:
    """Name the (region, period) pairs where an array of shape (n, T) is true."""
    return [label((ids[i], periods[t])) for i, t in np.argwhere(where)]
