"""Rates of growth of expenditure: estimated within regions, by region, or given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import IdError, InputError, ValuesError, check_number, check_option
from workbench.innovation.knowledge.rows import Rows
from workbench.typing import ExpenditureGrowth, FloatArray


def growth_rates(growth: Any, R: FloatArray, rows: Rows, column: str) -> tuple[FloatArray, str]:
    """Return a rate of growth a period for each region, and a sentence on where it is from.

    Raises
    ------
    InputError, IdError, ValuesError
        If the choice cannot be read, or expenditure does not say how it grows.
    """
    N = len(rows.regions)
    if isinstance(growth, pd.Series):
        return _by_id(growth, rows), ""
    if not isinstance(growth, str):
        rate = check_number(
            "growth", growth, above=-1.0, remedy='growth="estimated", or growth=0.05'
        )
        return np.full(N, rate), f"Growth before the first period is taken as {rate:.4g}."
    check_option("growth", growth, ExpenditureGrowth)
    slopes, enough = _slopes(R, rows)
    zeros = int((R == 0).sum())
    left = f" ({zeros} rows without expenditure left out)" if zeros else ""
    if growth == "by-region":
        _refuse_short(enough, rows, column)
        return np.expm1(slopes[1]), f"Growth is each region's own log-linear trend{left}."
    if not enough.any():
        _refuse_short(enough, rows, column)
    rate = float(np.expm1(slopes[0][0]))
    return np.full(N, rate), (
        f"Growth before the first period is taken as {rate:.4g}, the log-linear trend within "
        f"regions{left}."
    )


def _slopes(R: FloatArray, rows: Rows) -> tuple[tuple[FloatArray, FloatArray], Any]:
    """Return the common and the own slopes of log R on the period, and who has two points."""
    N = len(rows.regions)
    positive = R > 0
    region, t = rows.region[positive], rows.period[positive].astype(np.float64)
    y = np.log(R[positive])
    count = np.bincount(region, minlength=N)
    with np.errstate(invalid="ignore", divide="ignore"):
        dt = t - (np.bincount(region, t, minlength=N) / count)[region]
        dy = y - (np.bincount(region, y, minlength=N) / count)[region]
        across = np.bincount(region, dt * dy, minlength=N)
        spread = np.bincount(region, dt * dt, minlength=N)
        own = across / spread
        common = across.sum() / spread.sum()
    return (np.array([common]), own), spread > 0


def _refuse_short(enough: Any, rows: Rows, column: str) -> None:
    if not enough.all():
        raise ValuesError(
            column,
            expected="positive expenditure in two periods of a region, for its growth",
            found=f"{int((~enough).sum())} regions with less",
            offenders=rows.regions[~enough].tolist(),
            remedy='growth=0.05, or growth="estimated", one rate for all',
        )


def _by_id(growth: pd.Series[Any], rows: Rows) -> FloatArray:
    lacking = rows.regions.difference(growth.index)
    if len(lacking) or growth.index.has_duplicates:
        raise IdError(
            "growth",
            expected="one rate for every region",
            found=f"{len(lacking)} regions without" if len(lacking) else "regions named twice",
            offenders=lacking.tolist(),
        )
    rates = growth.reindex(rows.regions).to_numpy(dtype=np.float64, na_value=np.nan)
    if not (np.isfinite(rates) & (rates > -1)).all():
        bad = ~(np.isfinite(rates) & (rates > -1))
        raise InputError(
            "growth",
            expected="rates above -1",
            found=f"{int(bad.sum())} missing, infinite or below",
            offenders=rows.regions[bad].tolist(),
        )
    return np.asarray(rates, dtype=np.float64)
