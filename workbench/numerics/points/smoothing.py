"""Gaussian density of binned distances, reflected at zero, and its rule-of-thumb bandwidth.

Bins are gathered into cells an eighth of a bandwidth wide, each with the first moments of the
offsets from its centre, and the kernel is expanded about the centre in Hermite polynomials: what
is left out is below 1e-9 of the largest density that one pair could have.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workbench.numerics.compiling import compiled

CELLS = 8
"""Cells in a bandwidth."""

MOMENTS = 6
"""Moments kept of each cell, from the zeroth: the next is (1/16)⁶/720 of a height of six."""

REACH = 8.5
"""Bandwidths beyond which the kernel is nothing: exp(−36) is below rounding of its height."""

NORMAL = 1.0 / math.sqrt(2.0 * math.pi)
GAUSSIAN_IQR = 1.34
"""Silverman's rounding of the interquartile range of a standard normal variable."""


@compiled
def _at_rank(counts: Any, positions: Any, rank: float) -> Any:
    """Return the value at a rank counted from 0, between whole ranks in proportion."""
    low = math.floor(rank)
    seen, b = 0, 0
    while b < counts.size - 1 and seen + counts[b] <= low:
        seen += counts[b]
        b += 1
    here = positions[b]
    if rank == low or low + 1 < seen + counts[b]:
        return here
    b += 1
    while b < counts.size - 1 and counts[b] == 0:
        b += 1
    return here + (rank - low) * (positions[b] - here)


@compiled
def silverman(counts: Any, positions: Any) -> Any:
    """Return 0.9 min(s, IQR / 1.34) N^(−1/5) of N binned distances; 0 where all are one.

    Quantiles interpolate linearly between order statistics; a zero interquartile range yields to
    the standard deviation s (with N − 1).
    """
    total, mean = 0, 0.0
    for b in range(counts.size):
        total += counts[b]
        mean += counts[b] * positions[b]
    if total < 2:
        return 0.0
    mean /= total
    squares = 0.0
    for b in range(counts.size):
        squares += counts[b] * (positions[b] - mean) ** 2
    spread = math.sqrt(squares / (total - 1))
    quarter = 0.25 * (total - 1)
    middle = _at_rank(counts, positions, 3 * quarter) - _at_rank(counts, positions, quarter)
    if middle > 0.0:
        spread = min(spread, middle / GAUSSIAN_IQR)
    return 0.9 * spread * total ** (-0.2)


@compiled
def density(mass: Any, positions: Any, bandwidth: float, at: Any, out: Any) -> None:
    """Fill out[k] with the reflected Gaussian density of a mass at `positions`, at at[k] ≥ 0.

    The density of [0, ∞), which integrates to one: each distance x weighs φ((d − x)/h) and
    φ((d + x)/h). Positions increase.
    """
    width = bandwidth / CELLS
    farthest = at.max() + REACH * bandwidth
    cells = int(min(farthest, positions[-1]) / width) + 2
    moments = np.zeros((cells, MOMENTS))
    total = 0.0
    for b in range(mass.size):
        total += mass[b]
        if mass[b] == 0.0 or positions[b] > farthest:
            continue
        q = int(positions[b] / width)
        term = mass[b] * 1.0
        offset = positions[b] / bandwidth - (q + 0.5) / CELLS
        for p in range(MOMENTS):
            moments[q, p] += term
            term *= offset / (p + 1)
    for k in range(at.size):
        found = _side(moments, at[k] / bandwidth) + _side(moments, -at[k] / bandwidth)
        out[k] = NORMAL * found / (bandwidth * total)


@compiled
def _side(moments: Any, at: float) -> float:
    """Return Σ_x exp(−(at − x)²/2) over the cells, in bandwidths."""
    first = max(0, int((at - REACH) * CELLS))
    last = min(moments.shape[0], int((at + REACH) * CELLS) + 1)
    found = 0.0
    for q in range(first, last):
        u = at - (q + 0.5) / CELLS
        below, here = 0.0, 1.0
        around = 0.0
        for p in range(MOMENTS):
            around += moments[q, p] * here
            # He_{p+1}(u) = u He_p(u) − p He_{p−1}(u)
            below, here = here, u * here - p * below
        found += around * math.exp(-0.5 * u * u)
    return found
