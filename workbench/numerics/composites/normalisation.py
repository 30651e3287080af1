"""Indicators made comparable: each column to one scale, more of which is better.

Every function takes ``X`` (n, k) without missing values and ``direction`` (k,) of +1 where more is
better and -1 where less is, and returns (n, k) in which more is better. ``rows`` (n,) marks those
that give the parameters (ranges, means, leaders); all rows by default. Formulas are those of
OECD/JRC (2008), Handbook on Constructing Composite Indicators, table 3 and pages 83 to 88.
"""

from __future__ import annotations

import numpy as np

from workbench.typing import BoolArray, FloatArray

CATEGORY_BOUNDS = (0.15, 0.25, 0.65, 0.85, 0.95)
"""Quantiles between the handbook's categories, which score 0, 20, 40, 60, 80 and 100."""


def min_max(
    X: FloatArray,
    direction: FloatArray,
    *,
    span: tuple[float, float] = (0.0, 100.0),
    rows: BoolArray | None = None,
) -> FloatArray:
    """Rescale each column from its range to `span`; rows outside `rows` may leave it.

    Examples
    --------
    >>> min_max(np.array([[2.0], [4.0], [3.0]]), np.array([-1.0])).ravel().tolist()
    [100.0, 0.0, 50.0]
    """
    frame = X if rows is None else X[rows]
    return goalposts(X, direction, frame.min(axis=0), frame.max(axis=0), span=span)


def goalposts(
    X: FloatArray,
    direction: FloatArray,
    low: FloatArray,
    high: FloatArray,
    *,
    span: tuple[float, float] = (0.0, 100.0),
    capped: bool = False,
) -> FloatArray:
    """Rescale each column from [low, high], shapes (k,), to `span`, cut to it if `capped`.

    Examples
    --------
    >>> goalposts(np.array([[85.0]]), np.ones(1), np.array([20.0]), np.array([84.0])).round(2)
    array([[101.56]])
    """
    place = (X - low) / (high - low)
    share = np.where(direction > 0, place, 1.0 - place)
    if capped:
        share = np.clip(share, 0.0, 1.0)
    return span[0] + (span[1] - span[0]) * share


def z_score(
    X: FloatArray,
    direction: FloatArray,
    *,
    moments: tuple[float, float] = (0.0, 1.0),
    ddof: int = 1,
    rows: BoolArray | None = None,
) -> FloatArray:
    """Standardise each column to a mean and a standard deviation with divisor n − ddof.

    Examples
    --------
    >>> z_score(np.array([[1.0], [2.0], [3.0]]), np.ones(1), moments=(100, 10)).ravel().tolist()
    [90.0, 100.0, 110.0]
    """
    frame = X if rows is None else X[rows]
    scaled = (X - frame.mean(axis=0)) / frame.std(axis=0, ddof=ddof)
    return np.asarray(moments[0] + moments[1] * direction * scaled)


def borda(X: FloatArray, direction: FloatArray, *, rows: BoolArray | None = None) -> FloatArray:
    """Return how many rows each beats, a tie being half a victory: from 0 to n − 1.

    Examples
    --------
    >>> borda(np.array([[5.0], [7.0], [7.0], [1.0]]), np.ones(1)).ravel().tolist()
    [1.0, 2.5, 2.5, 0.0]
    """
    directed = X * direction
    frame = directed if rows is None else directed[rows]
    inside = np.ones(len(X), dtype=bool) if rows is None else rows
    points = np.empty_like(directed)
    for column, values in enumerate(directed.T):
        ordered = np.sort(frame[:, column])
        below = np.searchsorted(ordered, values, side="left")
        up_to = np.searchsorted(ordered, values, side="right")
        points[:, column] = (below + up_to - inside) / 2.0
    return points


def percentile(
    X: FloatArray, direction: FloatArray, *, rows: BoolArray | None = None
) -> FloatArray:
    """Return the share of the other rows that each beats, in per cent.

    Examples
    --------
    >>> percentile(np.array([[5.0], [7.0], [1.0]]), np.ones(1)).ravel().tolist()
    [50.0, 100.0, 0.0]
    """
    size = len(X) if rows is None else int(rows.sum())
    inside = np.ones(len(X)) if rows is None else rows.astype(float)
    shares: FloatArray = 100.0 * borda(X, direction, rows=rows) / (size - inside)[:, None]
    return shares


def categorical(
    X: FloatArray, direction: FloatArray, *, rows: BoolArray | None = None
) -> FloatArray:
    """Score 0, 20, 40, 60, 80 or 100 by the handbook's quantiles (15, 25, 65, 85, 95 %).

    Examples
    --------
    >>> X = np.arange(100.0)[:, None]
    >>> np.unique(categorical(X, np.ones(1)), return_counts=True)[1].tolist()
    [15, 10, 40, 20, 10, 5]
    """
    directed = X * direction
    frame = directed if rows is None else directed[rows]
    bounds = np.quantile(frame, CATEGORY_BOUNDS, axis=0)
    scores: FloatArray = 20.0 * (directed[None, :, :] >= bounds[:, None, :]).sum(axis=0)
    return scores


def distance_to_leader(
    X: FloatArray, direction: FloatArray, *, rows: BoolArray | None = None
) -> FloatArray:
    """Return 100 x / max, or 100 min / x where less is better; positive values only.

    Examples
    --------
    >>> X = np.array([[2.0, 2.0], [4.0, 4.0]])
    >>> distance_to_leader(X, np.array([1.0, -1.0])).tolist()
    [[50.0, 100.0], [100.0, 50.0]]
    """
    frame = X if rows is None else X[rows]
    best = np.where(direction > 0, frame.max(axis=0), frame.min(axis=0))
    return ratio_to(X, direction, best)


def ratio_to(X: FloatArray, direction: FloatArray, target: FloatArray) -> FloatArray:
    """Return 100 x / target, or 100 target / x where less is better; target has shape (k,)."""
    with np.errstate(divide="ignore"):
        return 100.0 * np.where(direction > 0, X / target, target / X)
