"""How far apart in time two paths pass the same level: Sicherl's time distance."""

from __future__ import annotations

import numpy as np

from workbench.typing import BoolArray, FloatArray


def reached(path: FloatArray, times: FloatArray, level: float) -> tuple[float, bool]:
    """Return when a path first reaches a level, and whether that was no later than its start.

    Between two points the path is a straight line. NaN for a level that is never reached; the first
    time, and true, for one that the path has from the start: the true time may lie before.

    Parameters
    ----------
    path, times : ndarray, shape (T,)
        Times increasing.
    level : float

    Examples
    --------
    >>> reached(np.array([10.0, 20.0, 40.0]), np.array([2000.0, 2001.0, 2002.0]), 30.0)
    (2001.5, False)
    """
    there = np.flatnonzero(path >= level)
    if not there.size:
        return float("nan"), False
    t = int(there[0])
    if t == 0:
        return float(times[0]), bool(path[0] > level)
    part = (level - path[t - 1]) / (path[t] - path[t - 1])
    return float(times[t - 1] + part * (times[t] - times[t - 1])), False


def time_distances(
    values: FloatArray, times: FloatArray, benchmark: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Return how many units of time each path is behind a benchmark in each period.

    The S-time-distance of Sicherl at the level of the path: t less the time at which the benchmark
    first had it, with what is known at t. A path above all that the benchmark has reached is ahead,
    and its distance, negative, is the time since it passed the benchmark's level.

    Parameters
    ----------
    values : ndarray, shape (n, T)
    times : ndarray, shape (T,)
        Increasing.
    benchmark : ndarray, shape (T,)

    Returns
    -------
    distances : ndarray, shape (n, T)
        Zero where a path is the benchmark.
    bounds : ndarray of bool, shape (n, T)
        Whether the level was passed before the first period: the distance is at least that large.

    References
    ----------
    Sicherl, P. (2007). The inter-temporal aspect of well-being and societal progress. Social
    Indicators Research 84, 231-247.

    Examples
    --------
    >>> late, bounds = time_distances(
    ...     np.array([[0.0, 5.0, 10.0]]), np.array([0.0, 1.0, 2.0]), np.array([5.0, 10.0, 15.0]))
    >>> late.tolist(), bounds.tolist()
    ([[0.0, 1.0, 1.0]], [[True, False, False]])
    """
    n, T = values.shape
    out, bounds = np.zeros((n, T)), np.zeros((n, T), dtype=bool)
    for i in range(n):
        for t in range(T):
            known, now = slice(0, t + 1), times[t]
            ahead = values[i, t] > benchmark[known].max()
            path = values[i, known] if ahead else benchmark[known]
            level = benchmark[t] if ahead else values[i, t]
            when, before = reached(path, times[known], float(level))
            out[i, t] = when - now if ahead else now - when
            bounds[i, t] = before
    return out, bounds
