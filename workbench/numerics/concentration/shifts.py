"""Shift-share: the change of regions' activities as the sum of named parts.

x_ij is activity j in region i at the start, g the growth rate of the whole, g_j of activity j in
the whole, g_i of region i, g_ij of the cell; h_ij = Σ_j x_ij Σ_i x_ij / Σ x is what the region
would have with the structure of the whole (homothetic).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.typing import BoolArray, FloatArray

CLASSIC = ("national", "mix", "regional")
ESTEBAN = ("national", "mix", "competitive", "allocation")
SPATIAL = ("national", "mix", "neighbour", "regional")
ARCELUS = (
    "national", "national_allocation", "mix", "mix_allocation",
    "regional_growth", "regional_growth_allocation", "regional_mix", "regional_mix_allocation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rates:
    """Growth rates from a start to an end.

    Attributes
    ----------
    whole : float
    activity : ndarray of shape (k,)
    region : ndarray of shape (n,)
    excess : ndarray of shape (n, k)
        x_ij (g_ij − g_j), which is end − start (1 + g_j) also where the start is zero.
    """

    whole: float
    activity: FloatArray
    region: FloatArray
    excess: FloatArray


def rates(start: FloatArray, end: FloatArray) -> Rates:
    """Return growth rates; totals of the start are positive.

    Examples
    --------
    >>> rates(np.array([[1.0, 1.0]]), np.array([[2.0, 1.0]])).whole
    0.5
    """
    before, after = start.sum(axis=0), end.sum(axis=0)
    activity = after / before - 1
    region = end.sum(axis=1) / start.sum(axis=1) - 1
    return Rates(
        float(after.sum() / before.sum() - 1), activity, region, end - start * (1 + activity)
    )


def undefined(start: FloatArray, end: FloatArray) -> BoolArray:
    """Return the cells that begin at zero and grow: they have no growth rate."""
    return np.asarray((start == 0) & (end > 0))


def classic(start: FloatArray, end: FloatArray) -> FloatArray:
    """Return x g, x (g_j − g), x (g_ij − g_j), shape (n, k, 3).

    References
    ----------
    Dunn, E. S. (1960). A statistical and analytical technique for regional analysis. Papers and
    Proceedings of the Regional Science Association 6, 97-112.
    """
    found = rates(start, end)
    parts = (start * found.whole, start * (found.activity - found.whole), found.excess)
    return np.stack(parts, axis=-1)


def homothetic(start: FloatArray) -> FloatArray:
    """Return what regions would have with the structure of the whole, shape (n, k)."""
    return np.asarray(np.outer(start.sum(axis=1), start.sum(axis=0)) / start.sum())


def _difference(start: FloatArray, excess: FloatArray) -> FloatArray:
    """Return g_ij − g_j, zero where nothing was and nothing came."""
    return np.divide(excess, start, out=np.zeros_like(excess), where=start > 0)


def esteban_marquillas(start: FloatArray, end: FloatArray) -> FloatArray:
    """Return x g, x (g_j − g), h (g_ij − g_j), (x − h)(g_ij − g_j), shape (n, k, 4).

    References
    ----------
    Esteban-Marquillas, J. M. (1972). A reinterpretation of shift-share analysis. Regional and Urban
    Economics 2(3), 249-255.
    """
    found, h = rates(start, end), homothetic(start)
    own = _difference(start, found.excess)
    parts = (start * found.whole, start * (found.activity - found.whole), h * own)
    return np.stack([*parts, (start - h) * own], axis=-1)


def arcelus(start: FloatArray, end: FloatArray) -> FloatArray:
    """Return eight parts, each of four for h and for x − h, shape (n, k, 8).

    The four are g, g_j − g, g_i − g and (g_ij − g_i) − (g_j − g).

    References
    ----------
    Arcelus, F. J. (1984). An extension of shift-share analysis. Growth and Change 15(1), 3-8.
    """
    found, h = rates(start, end), homothetic(start)
    g = found.whole
    own = _difference(start, found.excess)
    area = np.broadcast_to((found.region - g)[:, None], start.shape)
    four = (np.full_like(start, g), np.broadcast_to(found.activity - g, start.shape), area)
    last = own - area
    parts = [part for rate in (*four, last) for part in (h * rate, (start - h) * rate)]
    return np.stack(parts, axis=-1)


def spatial(
    start: FloatArray, end: FloatArray, near_start: FloatArray, near_end: FloatArray
) -> FloatArray:
    """Return x g, x (g_j − g), x (ğ_ij − g_j), x (g_ij − ğ_ij), shape (n, k, 4).

    ğ_ij is the growth of the activity in the neighbours, (W x_end / W x_start) − 1.

    References
    ----------
    Nazara, S. and Hewings, G. J. D. (2004). Spatial structure and taxonomy of decomposition in
    shift-share analysis. Growth and Change 35(4), 476-490.
    """
    found = rates(start, end)
    # where the region has nothing, its neighbours' growth moves nothing
    growth = np.divide(near_end, near_start, out=np.ones_like(start), where=near_start > 0) - 1
    near = start * (growth - found.activity)
    parts = (start * found.whole, start * (found.activity - found.whole), near)
    return np.stack([*parts, found.excess - near], axis=-1)
