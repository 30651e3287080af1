"""Which boxes meet, compiled: boxes are listed in the cells of a grid that they cover."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from workbench.numerics.compiling import compiled


class Grid(NamedTuple):
    """Boxes by cell: those of cell c are ``box[start[c]:start[c + 1]]``.

    ``low`` and ``high`` (m, 2) are the boxes, ``origin`` and ``cell`` (2,) place the grid,
    ``shape`` (2,) counts its cells along x and y.
    """

    low: Any
    high: Any
    start: Any
    box: Any
    origin: Any
    cell: Any
    shape: Any


@compiled
def _span(low: float, high: float, origin: float, cell: float, count: int) -> tuple[int, int]:
    # Compared before they are made whole: far away boxes would not fit.
    one, two = (low - origin) / cell, (high - origin) / cell
    return int(min(max(one, 0.0), count - 1.0)), int(min(max(two, 0.0), count - 1.0))


@compiled
def _cells(low: Any, high: Any) -> tuple[Any, Any, Any]:
    """Choose origin, cell and shape: cells of twice the mean box, not many more than boxes."""
    m = len(low)
    origin, cell, shape = np.empty(2), np.empty(2), np.empty(2, np.int64)
    for axis in range(2):
        size, far = 0.0, high[0, axis]
        origin[axis] = low[0, axis]
        for i in range(m):
            size += high[i, axis] - low[i, axis]
            origin[axis] = min(origin[axis], low[i, axis])
            far = max(far, high[i, axis])
        extent = far - origin[axis]
        cell[axis] = max(2.0 * size / m, extent / (np.sqrt(m) + 1.0))
        if not cell[axis] > 0.0:
            cell[axis] = 1.0
        shape[axis] = int(extent / cell[axis]) + 1
    return origin, cell, shape


@compiled
def grid(low: Any, high: Any) -> Grid:
    """List boxes in a grid whose cells are about as large as they.

    Parameters
    ----------
    low, high : ndarray, shape (m, 2)
        Lower left and upper right corners, m at least 1.
    """
    origin, cell, shape = _cells(low, high)
    start = np.zeros(shape[0] * shape[1] + 1, np.int64)
    box = np.empty(0, np.int32)
    for fill in range(2):
        for i in range(len(low) - 1, -1, -1):
            x0, x1 = _span(low[i, 0], high[i, 0], origin[0], cell[0], shape[0])
            y0, y1 = _span(low[i, 1], high[i, 1], origin[1], cell[1], shape[1])
            for x in range(x0, x1 + 1):
                for y in range(y0, y1 + 1):
                    at = x * shape[1] + y
                    start[at] += 1 - 2 * fill
                    if fill:
                        box[start[at]] = i
        if not fill:
            # Ends of the cells' lists; filling from behind turns them into starts.
            start = np.cumsum(start)
            box = np.empty(start[-1], np.int32)
    return Grid(low, high, start, box, origin, cell, shape)


@compiled
def meeting(g: Grid, low: Any, high: Any) -> tuple[Any, Any]:
    """Find the pairs of a box asked for and a box of the grid that have a point in common.

    Returns
    -------
    asked, found
        Positions of both, each pair once; two of shape (pairs,), in the order of `asked`.
    """
    asked, found = np.empty(0, np.int32), np.empty(0, np.int32)
    total = 0
    for fill in range(2):
        if fill == 1:
            asked, found = np.empty(total, np.int32), np.empty(total, np.int32)
        total = 0
        for i in range(len(low)):
            x0, x1 = _span(low[i, 0], high[i, 0], g.origin[0], g.cell[0], g.shape[0])
            y0, y1 = _span(low[i, 1], high[i, 1], g.origin[1], g.cell[1], g.shape[1])
            for x in range(x0, x1 + 1):
                for y in range(y0, y1 + 1):
                    at = x * g.shape[1] + y
                    for k in range(g.start[at], g.start[at + 1]):
                        j = g.box[k]
                        if (
                            g.low[j, 0] > high[i, 0]
                            or g.high[j, 0] < low[i, 0]
                            or g.low[j, 1] > high[i, 1]
                            or g.high[j, 1] < low[i, 1]
                        ):
                            continue
                        # A pair is counted in the first cell that both cover.
                        u, _ = _span(g.low[j, 0], g.high[j, 0], g.origin[0], g.cell[0], g.shape[0])
                        v, _ = _span(g.low[j, 1], g.high[j, 1], g.origin[1], g.cell[1], g.shape[1])
                        if x != max(x0, u) or y != max(y0, v):
                            continue
                        if fill == 1:
                            asked[total], found[total] = i, j
                        total += 1
    return asked, found
