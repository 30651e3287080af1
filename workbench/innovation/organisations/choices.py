"""Choices of a measure of the divide, checked: quantiles, benchmark, lag."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.errors import IdError, InputError, nearest
from workbench.innovation.organisations.adoption import Adoption
from workbench.numerics.regression.hac import newey_west_lag
from workbench.typing import FloatArray


def checked_quantiles(quantiles: Any) -> tuple[float, float]:
    """Return two ascending shares from 0 to 1, or refuse them."""
    try:
        low, high = (float(share) for share in quantiles)
    except (TypeError, ValueError):
        low = high = float("nan")
    if not 0.0 <= low < high <= 1.0:
        raise InputError(
            "quantiles", expected="two ascending shares from 0 to 1", found=repr(quantiles),
            remedy="quantiles=(0.1, 0.9)",
        )  # fmt: skip
    return low, high


def checked_benchmark(benchmark: Any, adoption: Adoption) -> tuple[str, FloatArray]:
    """Return the name and the path of what time distances refer to."""
    values, ids = adoption.read.values, adoption.read.ids
    if isinstance(benchmark, str) and benchmark == "leader":
        return benchmark, np.asarray(values.max(axis=0))
    if isinstance(benchmark, str) and benchmark == "mean":
        return benchmark, adoption.mean()
    found = [i for i, one in enumerate(ids) if one == benchmark]
    if not found:
        raise IdError(
            "benchmark",
            expected='"leader", "mean", or the id of a region',
            found=repr(benchmark),
            remedy=nearest(benchmark, [str(one) for one in ids]) or 'benchmark="leader"',
        )
    return str(benchmark), values[found[0]].copy()


def checked_lag(lag: int | None, T: int) -> int:
    """Return the truncation lag for T periods, the usual one if none is given."""
    if lag is None:
        return newey_west_lag(T)
    if isinstance(lag, bool) or not isinstance(lag, int | np.integer) or not 0 <= lag <= T - 3:
        raise InputError(
            "lag", expected=f"a whole number from 0 to T - 3 = {max(T - 3, 0)}", found=repr(lag),
            remedy=f"leave it out for {newey_west_lag(T)}",
        )  # fmt: skip
    return int(lag)
