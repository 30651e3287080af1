"""What draws at a known truth say of an estimator: numbers with Monte Carlo errors, and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

CLEAR = 2.576
"""Monte Carlo errors beyond which a difference is not chance at the level of one per cent."""

MATERIAL_BIAS = 0.1
"""Standard deviations from which a bias that is not chance is worth telling."""

MATERIAL_COVERAGE = 0.01
SOUND = "sound"
SHOWN = 4
"""Quantities that the verdict names."""


def performance(
    truth: pd.Series[Any], tables: Sequence[pd.DataFrame], *, level: float
) -> pd.DataFrame:
    """Return bias, error and coverage of each quantity with Monte Carlo errors.

    Parameters
    ----------
    truth : Series of length q
        What the data were drawn from.
    tables : four DataFrames of shape (R, q)
        Estimates, standard errors, lower and upper ends of intervals.
    level : float
        Of the intervals.

    Notes
    -----
    R draws with estimates x, errors s, truth θ: bias mean(x) − θ, error sd/√R; rmse √mean((x−θ)²),
    error sd((x−θ)²)/(2 rmse √R); error ratio mean(s)/sd, error ratio √(var(s)/(R mean(s)²) +
    1/(2(R−1))); coverage c, error √(c(1−c)/R) (Morris, White and Crowther 2019, table 6).
    """
    x, s, low, high = (table.to_numpy() for table in tables)
    at, R = truth.to_numpy(dtype=np.float64), len(x)
    if R < 2:
        found = pd.DataFrame({"truth": truth})
        for name in _NUMBERS:
            found[name] = np.nan
        return found.assign(reading="not estimated")
    gaps = x - at
    sd, rmse = x.std(axis=0, ddof=1), np.sqrt((gaps**2).mean(axis=0))
    ratio, mean_error = s.mean(axis=0) / sd, s.mean(axis=0)
    spread = s.var(axis=0, ddof=1) / (R * mean_error**2) + 1.0 / (2.0 * (R - 1))
    covered = ((low <= at) & (at <= high)).mean(axis=0)
    columns = {
        "truth": at,
        "bias": gaps.mean(axis=0),
        "bias_error": sd / np.sqrt(R),
        "rmse": rmse,
        "rmse_error": (gaps**2).std(axis=0, ddof=1) / (2.0 * rmse * np.sqrt(R)),
        "deviation": sd,
        "std_error_mean": mean_error,
        "error_ratio": ratio,
        "ratio_error": ratio * np.sqrt(spread),
        "coverage": covered,
        "coverage_error": np.sqrt(covered * (1.0 - covered) / R),
    }
    made = pd.DataFrame(columns, index=truth.index)
    return made.assign(reading=[_reading(row, R, level) for _, row in made.iterrows()])


_NUMBERS = (
    "bias",
    "bias_error",
    "rmse",
    "rmse_error",
    "deviation",
    "std_error_mean",
    "error_ratio",
    "ratio_error",
    "coverage",
    "coverage_error",
)


def _reading(row: pd.Series[Any], R: int, level: float) -> str:
    told = []
    clear = abs(row["bias"]) > CLEAR * row["bias_error"]
    if clear and abs(row["bias"]) > MATERIAL_BIAS * row["deviation"]:
        told.append("biased upwards" if row["bias"] > 0 else "biased downwards")
    off = row["coverage"] - level
    if abs(off) > max(CLEAR * np.sqrt(level * (1.0 - level) / R), MATERIAL_COVERAGE):
        told.append("intervals too short" if off < 0 else "intervals too long")
    return "; ".join(told) or SOUND


def verdict_notes(
    table: pd.DataFrame, failed: pd.Series[Any], *, draws: int, level: float
) -> tuple[str, ...]:
    """Return the verdict in words, and what the reader must know of draws that failed."""
    kept = draws - len(failed)
    told = []
    if kept < 2:
        told.append(f"No verdict: {kept} of {draws} draws could be estimated.")
    else:
        told.append(_verdict(table, level))
    if len(failed):
        counts = "; ".join(f"{n} with {why}" for why, n in Counter(failed.tolist()).most_common())
        told.append(f"{len(failed)} of {draws} fits failed ({counts}).")
        if kept >= 2:
            worst = float((table["coverage"] * kept / draws).min())
            told.append(f"If these count as missed, the lowest coverage is {worst:.1%}.")
    told.append(
        "Innovations are normal, independent and of one variance, and fixed effects stay as "
        "estimated: the check is of this estimator under its own model, for this W and design."
    )
    return tuple(told)


def _verdict(table: pd.DataFrame, level: float) -> str:
    bad = table[table["reading"] != SOUND]
    if bad.empty:
        return (
            f"The estimator finds what it should: no bias that matters, and {level:.0%} intervals "
            f"that hold the truth in {table['coverage'].min():.1%} to "
            f"{table['coverage'].max():.1%} of the draws, which is {level:.0%} within Monte Carlo "
            "error."
        )
    parts = []
    for key, row in bad.iterrows():
        term, effect = key if isinstance(key, tuple) else (key, "")
        name = str(term) if effect == "coefficient" else f"{term}, {effect}"
        parts.append(
            f"{name}: {row['reading']} (bias {row['bias']:.3g} on {row['truth']:.3g}, "
            f"coverage {row['coverage']:.1%})"
        )
    shown = "; ".join(parts[:SHOWN])
    more = f"; {len(parts) - SHOWN} more in the table" if len(parts) > SHOWN else ""
    return f"{len(bad)} of {len(table)} quantities are off: {shown}{more}."
