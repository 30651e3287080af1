"""Measures of a gap between regions in each period, and their trends."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core.panel_frame import period_text
from workbench.core.vocabulary import critical_value
from workbench.errors import ValuesError
from workbench.innovation.organisations.adoption import Adoption
from workbench.numerics.dynamics import inequality as kernel
from workbench.numerics.dynamics.convergence import FEWEST_PERIODS, Trend, trend
from workbench.typing import Alternative, FloatArray, IntArray

MEASURES = (
    "points_gap", "ratio_gap", "logit_gap", "logit_deviation", "leader_gap", "leader_ratio",
    "gini", "variation", "theil", "years_behind",
)  # fmt: skip
"""Measures whose trend is tested, where they exist in every period."""
CLOSED = 0.1
"""Share of a gap that has to be gone before it is said to have closed."""


def gap_table(
    adoption: Adoption, *, quantiles: tuple[float, float], groups: IntArray | None
) -> pd.DataFrame:
    """Return a row a period with all measures; NaN where one is not defined.

    Ratios are not, where the lower one is zero; logits at 0 and at the ceiling; Theil's T where a
    region has none.
    """
    rows = []
    for t in range(adoption.read.values.shape[1]):
        y = adoption.read.values[:, t].copy()
        p = None if adoption.shares is None else adoption.shares[:, t].copy()
        rows.append(_row(y, p, quantiles, groups, adoption.top))
    table = pd.DataFrame(rows, index=adoption.read.periods)
    table.insert(0, "mean", adoption.mean())
    return table


def _row(
    y: FloatArray,
    p: FloatArray | None,
    quantiles: tuple[float, float],
    groups: IntArray | None,
    top: float | None,
) -> dict[str, float]:
    low, high = (float(q) for q in np.quantile(y, quantiles))
    least, most = float(y.min()), float(y.max())
    positive = least > 0
    row = {
        "laggard": least,
        "quantile_low": low,
        "quantile_high": high,
        "leader": most,
        "points_gap": high - low,
        "ratio_gap": high / low if low > 0 else float("nan"),
        "leader_gap": most - least,
        "leader_ratio": most / least if positive else float("nan"),
        "gini": kernel.gini(y, p),
        "variation": kernel.variation(y, p),
        "theil": kernel.theil(y, p) if positive else float("nan"),
    }
    if groups is not None:
        parts = kernel.theil_parts(y, groups, p) if positive else None
        row["between"] = parts.between if parts else float("nan")
        row["within"] = parts.within if parts else float("nan")
    if top is not None:
        row["logit_gap"] = logit(high / top) - logit(low / top)
        row["logit_deviation"] = _logit_deviation(y / top, p)
    return row


def logit(share: float) -> float:
    """Return log(share / (1 − share)), or NaN at 0 and at 1.

    Examples
    --------
    >>> logit(0.5), logit(1.0)
    (0.0, nan)
    """
    return float(np.log(share / (1.0 - share))) if 0.0 < share < 1.0 else float("nan")


def _logit_deviation(share: FloatArray, p: FloatArray | None) -> float:
    if share.min() <= 0 or share.max() >= 1:
        return float("nan")
    x = np.log(share / (1.0 - share))
    p = np.full(len(x), 1 / len(x)) if p is None else p
    return float(np.sqrt(p @ (x - p @ x) ** 2))


def trend_table(
    points: pd.DataFrame,
    time: FloatArray,
    *,
    lag: int,
    alternative: Alternative,
    level: float,
) -> tuple[pd.DataFrame, dict[str, Trend]]:
    """Return a row a measure: both ends and the linear trend a unit of time; and the trends.

    Least squares on time with Newey and West's standard error, Student's t with T − 2.
    """
    rows, found = {}, {}
    for name in (one for one in MEASURES if one in points):
        series = points[name].to_numpy(dtype=np.float64)
        row: dict[str, object] = {"first": series[0], "last": series[-1]}
        # the time distance begins when the benchmark has passed where most regions are
        start = int(np.argmax(~np.isnan(series))) if name == "years_behind" else 0
        fitted, reason = _trend(series[start:], time[start:], lag)
        if fitted is not None and start:
            reason = f"from {period_text(points.index[start])} on"
        if fitted is not None:
            found[name] = fitted
            half = critical_value(level, df=float(fitted.df)) * fitted.std_error
            row |= {
                "estimate": fitted.slope, "std_error": fitted.std_error,
                "statistic": fitted.statistic,
                "p_value": _p_value(fitted, alternative),
                "conf_low": fitted.slope - half, "conf_high": fitted.slope + half,
            }  # fmt: skip
        rows[name] = {**row, "reason": reason}
    columns = ["first", "last", "estimate", "std_error", "statistic", "p_value", "conf_low",
               "conf_high", "reason"]  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns)
    numbers = columns[:-1]
    table[numbers] = table[numbers].astype(float)
    return table.rename_axis("measure"), found


def _trend(series: FloatArray, time: FloatArray, lag: int) -> tuple[Trend | None, str]:
    if len(series) < FEWEST_PERIODS:
        return None, f"not applicable: fewer than {FEWEST_PERIODS} periods"
    missing = np.isnan(series)
    if missing.any():
        return None, f"not applicable: not defined in {int(missing.sum())} periods"
    if np.ptp(series) <= 1e-12 * float(np.abs(series).max()):
        return None, "not applicable: the same in every period"
    try:
        return trend(series, time, lag=lag), ""
    except ValuesError:
        return None, "not applicable: on a line exactly"


def _p_value(fitted: Trend, alternative: Alternative) -> float:
    if alternative == "greater":
        return float(stats.t.sf(fitted.statistic, fitted.df))
    if alternative == "less":
        return float(stats.t.cdf(fitted.statistic, fitted.df))
    return float(2 * stats.t.sf(abs(fitted.statistic), fitted.df))


def saturated(points: pd.DataFrame) -> tuple[float, float] | None:
    """Return the shares of the gaps in points and in logits that closed, or None.

    None unless the gap in points closed by a tenth at least, and that in logits by less than half
    of that share.
    """
    if "logit_gap" not in points:
        return None
    first, last = points[["points_gap", "logit_gap"]].iloc[[0, -1]].to_numpy(dtype=float)
    if not np.isfinite([*first, *last]).all() or (first <= 0).any():
        return None
    points_closed, logits_closed = (1.0 - last / first).tolist()
    if points_closed >= CLOSED and logits_closed < points_closed / 2:
        return points_closed, logits_closed
    return None
