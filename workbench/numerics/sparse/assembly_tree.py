"""Where the non-zeros of a sparse factor will stand, compiled: the tree of fronts of one pattern.

A front is a group of neighbouring columns that share their rows below (a supernode). Fronts are
numbered so that children come before parents and the last child just before its parent; the
numbering depends on the pattern alone, so that it serves any values.

References
----------
Liu, J. W. H. (1990). The role of elimination trees in sparse factorization. SIAM Journal on Matrix
Analysis and Applications 11(1). Ashcraft, C. and Grimes, R. (1989). The influence of relaxed
supernode partitions on the multifrontal method. ACM TOMS 15(4).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.numerics.compiling import compiled

ALWAYS, SMALL, MEDIUM = 4, 16, 48
SHARE_SMALL, SHARE_MEDIUM, SHARE_LARGE = 0.8, 0.1, 0.05
# Groups of up to so many columns may be joined when zeros fill no more than this share of them:
# narrow fronts cost more in bookkeeping than in arithmetic.


@compiled
def elimination_tree(indptr: Any, indices: Any) -> Any:
    """Return the parent of each column (−1 for a root), for a symmetric pattern (Liu 1990)."""
    n = indptr.size - 1
    parent, ancestor = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    for i in range(n):
        for p in range(indptr[i], indptr[i + 1]):
            k = indices[p]
            while k != -1 and k < i:
                up = ancestor[k]
                ancestor[k] = i
                if up == -1:
                    parent[k] = i
                k = up
    return parent


@compiled
def postorder(parent: Any) -> Any:
    """Return the columns so that each subtree is numbered without gaps before its root."""
    n = parent.size
    first, following = np.full(n + 1, -1, np.int32), np.full(n + 1, -1, np.int32)
    for j in range(n - 1, -1, -1):
        up = parent[j] if parent[j] >= 0 else n
        following[j] = first[up]
        first[up] = j
    order, stack = np.empty(n, np.int32), np.empty(n + 1, np.int32)
    stack[0], top, at = n, 0, 0
    while top >= 0:
        j = stack[top]
        child = first[j]
        if child == -1:
            top -= 1
            if j < n:
                order[at] = j
                at += 1
        else:
            first[j] = following[child]
            top += 1
            stack[top] = child
    return order


@compiled
def column_counts(indptr: Any, indices: Any, parent: Any) -> Any:
    """Return how many non-zeros each column of the factor has below its diagonal."""
    n = parent.size
    count, mark = np.zeros(n, np.int64), np.full(n, -1, np.int32)
    for i in range(n):
        mark[i] = i
        for p in range(indptr[i], indptr[i + 1]):
            k = indices[p]
            while k < i and mark[k] != i:
                count[k] += 1
                mark[k] = i
                k = parent[k]
    return count


@compiled
def _worth_joining(width: int, zeros: float, entries: float) -> bool:
    if width <= ALWAYS:
        return True
    share = zeros / entries
    if width <= SMALL:
        return share <= SHARE_SMALL
    if width <= MEDIUM:
        return share <= SHARE_MEDIUM
    return share <= SHARE_LARGE


@compiled
def groups(parent: Any, count: Any) -> Any:
    """Return the first column of each front and, last, n; columns are in postorder."""
    n = parent.size
    start, below = np.empty(n + 1, np.int64), np.empty(n, np.int64)
    zeros = np.zeros(n)
    size, j = 0, 0
    while j < n:
        low = j
        while j + 1 < n and parent[j] == j + 1 and count[j] == count[j + 1] + 1:
            j += 1
        rows, empty = count[j], 0.0
        while size > 0 and low <= parent[low - 1] <= j:
            first = start[size - 1]
            wide, width = low - first, j + 1 - first
            more = empty + zeros[size - 1] + wide * (j + 1 - low + rows - below[size - 1])
            if not _worth_joining(width, more, width * (width + 1) / 2 + float(width) * rows):
                break
            low, empty = first, more
            size -= 1
        start[size], below[size], zeros[size] = low, rows, empty
        size += 1
        j += 1
    start[size] = n
    return start[: size + 1].copy()


@compiled
def front_rows(indptr: Any, indices: Any, start: Any, count: Any) -> Any:
    """Return the rows below each front as (bounds, rows), parents, and numbers of children."""
    fronts = start.size - 1
    bounds = np.zeros(fronts + 1, np.int64)
    owner = np.empty(start[fronts], np.int32)
    for s in range(fronts):
        bounds[s + 1] = bounds[s] + count[start[s + 1] - 1]
        owner[start[s] : start[s + 1]] = s
    rows = np.empty(bounds[fronts], np.int32)
    parent, children = np.full(fronts, -1, np.int32), np.zeros(fronts, np.int32)
    first, following = np.full(fronts, -1, np.int32), np.full(fronts, -1, np.int32)
    mark = np.full(start[fronts], -1, np.int32)
    for s in range(fronts):
        at, end = bounds[s], start[s + 1]
        for p in range(indptr[start[s]], indptr[end]):
            i = indices[p]
            if i >= end and mark[i] != s:
                mark[i] = s
                rows[at] = i
                at += 1
        child = first[s]
        while child != -1:
            for p in range(bounds[child], bounds[child + 1]):
                i = rows[p]
                if i >= end and mark[i] != s:
                    mark[i] = s
                    rows[at] = i
                    at += 1
            child = following[child]
        rows[bounds[s] : at].sort()
        if at > bounds[s]:
            up = owner[rows[bounds[s]]]
            parent[s] = up
            following[s] = first[up]
            first[up] = s
            children[up] += 1
    return bounds, rows, parent, children


@compiled
def room(start: Any, bounds: Any, parent: Any, children: Any) -> Any:
    """Return sizes: largest front, stack of updates, stack of inverses, kept columns."""
    fronts = start.size - 1
    widest, held, high, kept = 0, 0, 0, 0
    pending = np.empty(fronts + 1, np.int64)
    size = 0
    for s in range(fronts):
        below = bounds[s + 1] - bounds[s]
        whole = below + start[s + 1] - start[s]
        widest = max(widest, whole)
        kept += whole * (start[s + 1] - start[s])
        for _ in range(children[s]):
            size -= 1
            held -= pending[size]
        pending[size] = below * below
        held += pending[size]
        size += 1
        high = max(high, held)
    deep, top = 0, 0
    path, filled = np.empty(fronts + 1, np.int64), np.zeros(fronts + 1, np.int64)
    for s in range(fronts - 1, -1, -1):
        while top > 0 and path[top - 1] != parent[s]:
            top -= 1
        whole = bounds[s + 1] - bounds[s] + start[s + 1] - start[s]
        path[top] = s
        filled[top + 1] = filled[top] + whole * whole
        top += 1
        deep = max(deep, filled[top])
    return widest, high, deep, kept
