"""Which polygons meet at which vertices and edges, compiled: one pass over the coordinates.

The same answers as :mod:`workbench.numerics.geometry.borders` gives by sorting, for maps large
enough to repay loading the compiled code. Distinct vertices are numbered by a hash table on their
exact coordinates; the vertices of one number are listed side by side, so that the edge from a to b
finds its twin among the few edges that leave b.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.numerics.compiling import compiled

_ONE = np.uint64(0x9E3779B97F4A7C15)
_TWO = np.uint64(0xBF58476D1CE4E5B9)
_SIGN = np.uint64(1) << np.uint64(63)
_HALF = np.uint64(32)
# Odd constants of splitmix64 (Steele, Lea and Flood 2014): they spread close floats over 64 bits.

SINGLE, MATCHED, DOUBLED = 0, 1, 2
"""An edge of one polygon; of two, one on each side; with two polygons on one side."""


@compiled
def outlines(xy: Any, start: Any, owner: Any, inner: Any) -> tuple[Any, Any, Any, Any]:
    """Open closed rings: vertices, owners, next vertices, sides; see ``borders.Outlines``."""
    rings = owner.size
    m = len(xy) - rings
    out = np.empty((m, 2))
    whose, after, left = np.empty(m, np.int32), np.empty(m, np.int32), np.empty(m, np.bool_)
    at = 0
    for ring in range(rings):
        low, size = start[ring], start[ring + 1] - start[ring] - 1
        doubled = 0.0
        for k in range(size):
            i = low + k
            out[at + k, 0], out[at + k, 1] = xy[i, 0], xy[i, 1]
            whose[at + k] = owner[ring]
            after[at + k] = at + k + 1
            # Relative to the first vertex: areas of small rings far away would cancel.
            x, y = xy[i, 0] - xy[low, 0], xy[i, 1] - xy[low, 1]
            doubled += x * (xy[i + 1, 1] - xy[low, 1]) - (xy[i + 1, 0] - xy[low, 0]) * y
        after[at + size - 1] = at
        left[at : at + size] = (doubled > 0) != inner[ring]
        at += size
    return out, whose, after, left


@compiled
def _slot(x: Any, y: Any, mask: Any) -> Any:
    # -0.0 and 0.0 are one place with two bit patterns.
    if x == _SIGN:
        x = np.uint64(0)
    if y == _SIGN:
        y = np.uint64(0)
    # Whole numbers differ in their upper bits only: fold these down twice.
    key = x * _ONE
    key = ((key ^ (key >> _HALF)) + y) * _TWO
    key = (key ^ (key >> _HALF)) * _ONE
    return (key ^ (key >> _HALF)) & mask


@compiled
def places(xy: Any, bits: Any) -> tuple[Any, int]:
    """Assign numbers to the distinct points in the order in which they occur.

    Parameters
    ----------
    xy, bits : ndarray, shape (m, 2)
        Coordinates, and the same memory seen as uint64.

    Returns
    -------
    place, count
        Number of the place of each point, shape (m,), and how many places there are.
    """
    m = len(xy)
    place, first = np.empty(m, np.int32), np.empty(m, np.int32)
    # A vertex of a map belongs to three or four polygons; where to fewer, the table grows.
    size = 16
    while size < m // 2:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int32)
    count = 0
    for i in range(m):
        slot = _slot(bits[i, 0], bits[i, 1], mask)
        while True:
            found = table[slot]
            if found < 0:
                table[slot] = count
                first[count] = i
                place[i] = count
                count += 1
                break
            j = first[found]
            if xy[j, 0] == xy[i, 0] and xy[j, 1] == xy[i, 1]:
                place[i] = found
                break
            slot = (slot + np.uint64(1)) & mask
        if count * 3 > size * 2:
            size *= 2
            mask = np.uint64(size - 1)
            table = np.full(size, -1, np.int32)
            for number in range(count):
                slot = _slot(bits[first[number], 0], bits[first[number], 1], mask)
                while table[slot] >= 0:
                    slot = (slot + np.uint64(1)) & mask
                table[slot] = number
    return place, count


@compiled
def having(place: Any, count: int) -> tuple[Any, Any]:
    """List the vertices at each place: those at p are ``vertex[start[p]:start[p + 1]]``."""
    start = np.zeros(count + 1, np.int32)
    for p in place:
        start[p + 1] += 1
    for p in range(count):
        start[p + 1] += start[p]
    vertex = np.empty(place.size, np.int32)
    cursor = start[:-1].copy()
    for i in range(place.size):
        vertex[cursor[place[i]]] = i
        cursor[place[i]] += 1
    return start, vertex


@compiled
def edges(place: Any, after: Any, left: Any, start: Any, vertex: Any) -> Any:
    """Tell what each edge is: of one polygon only, matched, or with two on one side.

    Returns
    -------
    ndarray of uint8, shape (m,)
        0, 1 or 2; edges without length are matched.
    """
    kind = np.zeros(place.size, np.uint8)
    for i in range(place.size):
        a, b = place[i], place[after[i]]
        if a == b:
            kind[i] = MATCHED
            continue
        for k in range(start[b], start[b + 1]):
            j = vertex[k]
            if place[after[j]] == a:
                kind[i] = max(kind[i], MATCHED if left[i] == left[j] else DOUBLED)
        for k in range(start[a], start[a + 1]):
            j = vertex[k]
            if j != i and place[after[j]] == b:
                kind[i] = max(kind[i], DOUBLED if left[i] == left[j] else MATCHED)
    return kind


@compiled
def _neighbours(
    p: int,
    rook: bool,
    first: Any,
    place: Any,
    owner: Any,
    after: Any,
    start: Any,
    vertex: Any,
    seen: Any,
    out: Any,
) -> int:
    """Write the polygons that share a vertex (an edge) with p, unsorted; return how many."""
    found = 0
    for i in range(first[p], first[p + 1]):
        a, b = place[i], place[after[i]]
        for end in range(2 if rook else 1):
            here, there = (a, b) if end == 0 else (b, a)
            for k in range(start[here], start[here + 1]):
                j = vertex[k]
                q = owner[j]
                if seen[q] == p or (rook and (a == b or place[after[j]] != there)):
                    continue
                seen[q] = p
                out[found] = q
                found += 1
    return found


@compiled
def links(
    n: int, rook: bool, place: Any, owner: Any, after: Any, start: Any, vertex: Any
) -> tuple[Any, Any]:
    """List the polygons that share a vertex (an edge, for rook) with each polygon, in order.

    Returns
    -------
    indptr, indices
        Of a symmetric CSR pattern without diagonal, sorted.
    """
    first = np.zeros(n + 1, np.int32)
    for p in owner:
        first[p + 1] += 1
    for p in range(n):
        first[p + 1] += first[p]
    seen, row = np.full(n, -1, np.int32), np.empty(n, np.int32)
    indptr = np.zeros(n + 1, np.int64)
    for p in range(n):
        seen[p] = p  # nobody's own neighbour
        indptr[p + 1] = indptr[p] + _neighbours(
            p, rook, first, place, owner, after, start, vertex, seen, row
        )
    indices, cursor = np.empty(indptr[n], np.int32), indptr[:-1].copy()
    seen[:] = -1
    for p in range(n):
        seen[p] = p
        found = _neighbours(p, rook, first, place, owner, after, start, vertex, seen, row)
        # Written into the neighbours' rows, so that these come out sorted.
        for q in row[:found]:
            indices[cursor[q]] = p
            cursor[q] += 1
    return indptr, indices


@compiled
def star_shaped(xy: Any, start: Any) -> Any:
    """Tell which closed rings are surely simple: seen whole from the mean of their vertices.

    A ring that turns once, and only one way, around a point does not meet itself. A margin far
    above the rounding of the coordinates is kept, so that False says nothing.

    Returns
    -------
    ndarray of bool, shape (rings,)
    """
    rings = start.size - 1
    out = np.zeros(rings, np.bool_)
    for ring in range(rings):
        low, high = start[ring], start[ring + 1] - 1
        cx = cy = largest = 0.0
        for i in range(low, high):
            cx += xy[i, 0]
            cy += xy[i, 1]
            largest = max(largest, abs(xy[i, 0]), abs(xy[i, 1]))
        cx, cy = cx / (high - low), cy / (high - low)
        ways = turns = 0
        for i in range(low, high):
            ux, uy = xy[i, 0] - cx, xy[i, 1] - cy
            vx, vy = xy[i + 1, 0] - cx, xy[i + 1, 1] - cy
            cross = ux * vy - vx * uy
            # 1e-12 of the coordinates: thousands of times what rounding them could turn.
            if abs(cross) > 1e-12 * largest * (abs(ux) + abs(uy) + abs(vx) + abs(vy)):
                ways += 1 if cross > 0 else -1
            if cross > 0 and uy < 0 <= vy:
                turns += 1
            if cross < 0 and vy < 0 <= uy:
                turns += 1
        out[ring] = turns == 1 and abs(ways) == high - low
    return out
