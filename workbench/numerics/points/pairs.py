"""Compiled counts of pairs of points by distance, and the draws of sites that they are made of.

Points are rows of three coordinates, planar ones with a zero third, so that a straight line
between two points is the distance in the plane or the chord on the unit sphere.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workbench.numerics.compiling import compiled
from workbench.numerics.permutations.streams import below, stream

BINS = 1 << 16
"""Bins of straight lines between the closest and the farthest pair possible."""


@compiled
def drawn(key: Any, number: int, candidates: Any, size: int, out: Any) -> None:
    """Fill out[:size] with `size` of the candidates without replacement, in random order.

    The first steps of Fisher and Yates, from a stream that only `number` decides; `out` is as
    long as `candidates`.
    """
    out[:] = candidates
    state = stream(key, number)
    for t in range(min(size, out.size - 1)):
        step, state = below(state, out.size - t)
        other = t + np.int64(step)
        held = out[other]
        out[other] = out[t]
        out[t] = held


@compiled
def count_pairs(here: Any, there: Any, within: bool, scale: float, buffer: Any, out: Any) -> None:
    """Add the pairs of two sets, or of one within itself, to out[bin].

    `here` is (3, n), `there` (3, m); the bin is the straight line times `scale`, cut to whole.
    """
    m = there.shape[1]
    x, y, z = there[0], there[1], there[2]
    for i in range(here.shape[1]):
        first = i + 1 if within else 0
        a, b, c = here[0, i], here[1, i], here[2, i]
        for j in range(first, m):
            u, v, w = x[j] - a, y[j] - b, z[j] - c
            buffer[j] = np.int32(math.sqrt(u * u + v * v + w * w) * scale)
        for j in range(first, m):
            out[buffer[j]] += 1


@compiled
def weigh_pairs(
    here: Any,
    there: Any,
    mass_here: Any,
    mass_there: Any,
    within: bool,
    scale: float,
    buffer: Any,
    out: Any,
    weighed: Any,
) -> None:
    """Add pairs to out[bin] as :func:`count_pairs`, and products of their weights to weighed."""
    m = there.shape[1]
    x, y, z = there[0], there[1], there[2]
    for i in range(here.shape[1]):
        first = i + 1 if within else 0
        a, b, c = here[0, i], here[1, i], here[2, i]
        for j in range(first, m):
            u, v, w = x[j] - a, y[j] - b, z[j] - c
            buffer[j] = np.int32(math.sqrt(u * u + v * v + w * w) * scale)
        for j in range(first, m):
            out[buffer[j]] += 1
            weighed[buffer[j]] += mass_here[i] * mass_there[j]


@compiled
def neighbour_weights(
    lines: Any, centres: Any, others: Any, mass: Any, limits: Any, first: Any, out: Any
) -> None:
    """Fill out[i, k] with the weight of the others within limits[k] of centre i, itself excepted.

    `limits` are squared straight lines, increasing; first[t] is the first of them that is not
    below (t / T)² of the last, T + 1 of them, where the search for a pair's limit starts.
    """
    steps = first.size - 1
    farthest = limits[-1]
    per = steps / math.sqrt(farthest)
    x, y, z, weight = lines[0][others], lines[1][others], lines[2][others], mass[others]
    square = np.empty(others.size)
    step = np.empty(others.size, dtype=np.int32)
    out[:] = 0.0
    for i in range(centres.size):
        c = centres[i]
        a, b, d = lines[0, c], lines[1, c], lines[2, c]
        for j in range(others.size):
            u, v, w = x[j] - a, y[j] - b, z[j] - d
            square[j] = u * u + v * v + w * w
            step[j] = np.int32(math.sqrt(min(square[j], farthest)) * per)
        for j in range(others.size):
            if square[j] <= farthest and others[j] != c:
                k = first[step[j]]
                # rounding of the root can start the search one limit too late
                if k > 0 and square[j] <= limits[k - 1]:
                    k -= 1
                while square[j] > limits[k]:
                    k += 1
                out[i, k] += weight[j]
        for k in range(1, limits.size):
            out[i, k] += out[i, k - 1]
