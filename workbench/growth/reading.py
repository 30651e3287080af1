"""What growth asks of a panel: values that are positive, and periods as points in time."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import label
from workbench.errors import FormulaError, PanelError, ValuesError
from workbench.explore.panel_variable import PanelVariable
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


def refuse_logarithm(variable: object, *, why: str) -> None:
    """Refuse an expression that is a logarithm where logarithms are taken of it.

    Raises
    ------
    FormulaError

    Examples
    --------
    >>> refuse_logarithm("grp / exp(log(population))", why="")
    """
    if not isinstance(variable, str):
        return
    try:
        outer = ast.parse(variable.strip(), mode="eval").body
    except SyntaxError:
        return  # a column whose name is no expression, or what the reader of panels refuses
    if isinstance(outer, ast.Call) and isinstance(outer.func, ast.Name):
        if outer.func.id not in ("log", "log2", "log10", "log1p"):
            return
        inner = ast.unparse(outer.args[0]) if outer.args else "..."
        raise FormulaError(
            "variable",
            expected="a variable in levels",
            found=f"{variable!r}, its logarithm",
            why=why,
            remedy=f"pass the level: {inner!r}",
        )


def cells(where: BoolArray, ids: pd.Index, periods: Sequence[Any] | pd.Index) -> list[str]:
    """Name the (region, period) pairs where an array of shape (n, T) is true."""
    return [label((ids[i], periods[t])) for i, t in np.argwhere(where)]


def require_positive(read: PanelVariable, *, why: str) -> None:
    """Refuse values that are zero or negative, naming the regions and periods."""
    bad = read.values <= 0
    if bad.any():
        raise ValuesError(
            read.name,
            expected="positive values",
            found=f"{int(bad.sum())} that are zero or negative",
            offenders=cells(bad, read.ids, read.periods),
            why=why,
            remedy="leave those regions or periods out: panel.drop(index=[...], level=0)",
        )
