"""Compiled counting of sampled local statistics on both sides of the observed one.

A local statistic is a weighted sum over neighbours of a combination of features,
``Σ_j w_ij Σ_c a_ic F_c(j)``: Moran's, Geary's (one or many variables), Getis and Ord's, bivariate
ones and join counts alike. Where a region is in its own sample, the sample's stand-in takes its
place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.numerics.compiling import compiled, inlined


@compiled
def prefix_sums(drawn: Any, values: Any, sizes: Any) -> Any:
    """Return Σ of the first k values of each sample, shape (sizes, count), k in `sizes`."""
    count = drawn.shape[1]
    out = np.empty((sizes.size, count), dtype=values.dtype)
    running = np.zeros(count, dtype=values.dtype)
    t = 0
    for s in range(sizes.size):
        while t < sizes[s]:
            for r in range(count):
                running[r] += values[drawn[t, r]]
            t += 1
        out[s] = running
    return out


@inlined
def _first_at_least(ordered: Any, bound: Any) -> int:
    """Return how many of the ordered numbers lie below the bound."""
    low, high = 0, ordered.size
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < bound:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def count_sums(
    regions: Any,
    table: Any,
    values: Any,
    rank: Any,
    sizes: Any,
    sums: Any,
    ordered: Any,
    observed: Any,
    slack: Any,
    at_least: Any,
    at_most: Any,
) -> None:
    """Count for unweighted sums of whole numbers: a search in sorted sums, then corrections.

    `rank` says which of `sizes` each region has; `sums` and `ordered` are :func:`prefix_sums` in
    the order of samples and sorted.
    """
    drawn, occurs, sample, slot = table
    count = drawn.shape[1]
    for i in regions:
        s = rank[i]
        k = sizes[s]
        low, high = observed[i] - slack[i], observed[i] + slack[i]
        more = count - _first_at_least(ordered[s], low)
        less = _first_at_least(ordered[s], high + 1)
        for e in range(occurs[i], occurs[i + 1]):
            if slot[e] < k:
                r = sample[e]
                old = sums[s, r]
                new = old - values[i] + values[drawn[k, r]]
                more += int(new >= low) - int(old >= low)
                less += int(new <= high) - int(old <= high)
        at_least[i] += more
        at_most[i] += less


@compiled
def equal_forms(
    i: int,
    table: Any,
    features: Any,
    a: Any,
    k: int,
    sums: Any,
    out: Any,
) -> None:
    """Fill out[r] with Σ_c a_c Σ_{first k} F_c, from prefix sums (features, count)."""
    drawn, occurs, sample, slot = table
    out[:] = a[0] * sums[0]
    for c in range(1, features.shape[0]):
        for r in range(out.size):
            out[r] += a[c] * sums[c, r]
    for e in range(occurs[i], occurs[i + 1]):
        if slot[e] < k:
            r = sample[e]
            for c in range(features.shape[0]):
                out[r] += a[c] * (features[c, drawn[k, r]] - features[c, i])


@compiled
def weighted_forms(
    i: int,
    table: Any,
    features: Any,
    a: Any,
    w: Any,
    held: Any,
    out: Any,
) -> None:
    """Fill out[r] with Σ_j w_j Σ_c a_c F_c(j-th drawn), from features at the drawn regions.

    `held` is features[:, drawn], shape (features, size, count).
    """
    drawn, occurs, sample, slot = table
    k = w.size
    out[:] = 0.0
    for c in range(features.shape[0]):
        for t in range(k):
            factor, row = a[c] * w[t], held[c, t]
            for r in range(out.size):
                out[r] += factor * row[r]
    for e in range(occurs[i], occurs[i + 1]):
        if slot[e] < k:
            r = sample[e]
            for c in range(features.shape[0]):
                out[r] += a[c] * w[slot[e]] * (features[c, drawn[k, r]] - features[c, i])


@inlined
def tally(out: Any, observed: Any, slack: Any) -> Any:
    """Count the samples at least, and at most, the observed value."""
    low, high = observed - slack, observed + slack
    more = 0
    less = 0
    for r in range(out.size):
        more += int(out[r] >= low)
        less += int(out[r] <= high)
    return more, less


@inlined
def tally_until(
    out: Any, observed: Any, slack: Any, done: Any, counts: Any, last: Any, enough: int
) -> None:
    """Count on from earlier parts; a tail that has reached `enough` stops, and says where."""
    low, high = observed - slack, observed + slack
    for r in range(out.size):
        if last[0] == 0 and out[r] >= low:
            counts[0] += 1
            if counts[0] == enough:
                last[0] = done + r + 1
        if last[1] == 0 and out[r] <= high:
            counts[1] += 1
            if counts[1] == enough:
                last[1] = done + r + 1


@compiled
def count_forms(
    regions: Any,
    table: Any,
    features: Any,
    coefficients: Any,
    weights: Any,
    held: Any,
    sums: Any,
    rank: Any,
    observed: Any,
    slack: Any,
    done: int,
    enough: int,
    counts: Any,
    last: Any,
) -> None:
    """Count for any features and weights; with `enough` > 0 stop each tail as soon as it can.

    `weights` is (indptr, data, equal): where `equal[i]`, the row's weights are all one number and
    `sums` (sizes, features, count) serve, else `held`.
    """
    indptr, data, equal = weights
    out = np.empty(table[0].shape[1])
    for i in regions:
        if enough > 0 and last[i, 0] > 0 and last[i, 1] > 0:
            continue
        first, end = indptr[i], indptr[i + 1]
        if equal[i]:
            scaled = coefficients[i] * data[first]
            equal_forms(i, table, features, scaled, end - first, sums[rank[i]], out)
        else:
            weighted_forms(i, table, features, coefficients[i], data[first:end], held, out)
        if enough > 0:
            tally_until(out, observed[i], slack[i], done, counts[i], last[i], enough)
        else:
            more, less = tally(out, observed[i], slack[i])
            counts[i, 0] += more
            counts[i, 1] += less


@inlined
def _insert(best: Any, size: int, value: float) -> None:
    """Insert a value into the ordered numbers best[:size]."""
    at = size
    while at > 0 and best[at - 1] > value:
        best[at] = best[at - 1]
        at -= 1
    best[at] = value


@inlined
def _middle(ordered: Any, k: int) -> Any:
    half = k // 2
    return ordered[half] if k % 2 else 0.5 * (ordered[half - 1] + ordered[half])


@compiled
def row_medians(values: Any, indptr: Any, indices: Any) -> Any:
    """Return the median of the values that each row points to, NaN for empty rows."""
    out = np.full(indptr.size - 1, np.nan)
    ordered = np.empty(values.size + 1)
    for i in range(out.size):
        k = indptr[i + 1] - indptr[i]
        for t in range(k):
            _insert(ordered, t, values[indices[indptr[i] + t]])
        if k:
            out[i] = _middle(ordered, k)
    return out


@compiled
def prefix_middles(drawn: Any, values: Any, sizes: Any) -> Any:
    """Return the middle of the first k values of each sample, shape (sizes, 4, count).

    In rising order those at places k // 2 − 2 to k // 2 + 1; what would lie outside is infinite.
    """
    count = drawn.shape[1]
    out = np.empty((sizes.size, 4, count))
    ordered = np.empty(drawn.shape[0] + 1)
    for r in range(count):
        t = 0
        for s in range(sizes.size):
            while t < sizes[s]:
                _insert(ordered, t, values[drawn[t, r]])
                t += 1
            for m in range(4):
                at = t // 2 - 2 + m
                inside = ordered[at] if 0 <= at < t else np.inf
                out[s, m, r] = -np.inf if at < 0 else inside
    return out


@compiled
def middle_medians(middles: Any, sizes: Any) -> Any:
    """Return the medians that :func:`prefix_middles` surround, shape (sizes, count)."""
    out = np.empty((sizes.size, middles.shape[2]))
    for s in range(sizes.size):
        for r in range(out.shape[1]):
            high = middles[s, 2, r]
            out[s, r] = high if sizes[s] % 2 else 0.5 * (middles[s, 1, r] + high)
    return out


@inlined
def _exchanged(m: Any, s: int, r: int, k: int, gone: float, come: float) -> Any:
    """Return the median of k values after one of them was exchanged for another."""
    a = m[s, 0, r] if m[s, 0, r] < gone else m[s, 1, r]
    b = m[s, 1, r] if m[s, 1, r] < gone else m[s, 2, r]
    c = m[s, 2, r] if m[s, 2, r] < gone else m[s, 3, r]
    high = min(max(come, b), c)
    return high if k % 2 else 0.5 * (min(max(come, a), b) + high)


@compiled
def count_medians(
    regions: Any,
    table: Any,
    values: Any,
    rank: Any,
    sizes: Any,
    middles: Any,
    medians: Any,
    ordered: Any,
    observed: Any,
    slack: Any,
    at_least: Any,
    at_most: Any,
) -> None:
    """Count for medians of neighbours; arguments as in :func:`count_sums`."""
    drawn, occurs, sample, slot = table
    count = drawn.shape[1]
    for i in regions:
        s = rank[i]
        k = sizes[s]
        low, high = observed[i] - slack[i], observed[i] + slack[i]
        more = count - _first_at_least(ordered[s], low)
        less = _first_at_least(ordered[s], np.nextafter(high, np.inf))
        for e in range(occurs[i], occurs[i + 1]):
            if slot[e] < k:
                r = sample[e]
                old = medians[s, r]
                new = _exchanged(middles, s, r, k, values[i], values[drawn[k, r]])
                more += int(new >= low) - int(old >= low)
                less += int(new <= high) - int(old <= high)
        at_least[i] += more
        at_most[i] += less
