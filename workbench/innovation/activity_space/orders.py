"""Orders of regions and activities: ranks, and the ends of long tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.typing import FloatArray

SHOWN = 5
"""Regions or activities at both ends of a printed table."""


def ends_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return the first and last rows of a table that is too long to print."""
    if len(table) <= 2 * SHOWN:
        return table
    return pd.concat([table.head(SHOWN), table.tail(SHOWN)])


def ranks(values: FloatArray) -> FloatArray:
    """Return ranks, 1 for the highest; equal values, rounding apart, share their mean rank.

    Examples
    --------
    >>> ranks(np.array([3.0, 1.0, 3.0])).tolist()
    [1.5, 3.0, 1.5]
    """
    from scipy.stats import rankdata

    scale = float(np.abs(values).max(initial=0.0)) or 1.0
    return np.asarray(rankdata(-np.round(values / scale, 10)), dtype=np.float64)
