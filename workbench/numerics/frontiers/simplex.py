"""Small linear programs of envelopment in compiled code: one dictionary, few pivots, no phase one.

The multiplier form has a variable a weight and a row a region of the reference, so a dictionary of
few columns and many rows. Normalising the weights of one side to one and eliminating the weight of
that side's largest entry leaves rows with positive right-hand sides (inputs) or rows that a single
pivot makes feasible (outputs). Intensities λ are the shadow prices of the rows.

Loops stand where an expression of arrays would do: each such expression is half a second or more
of compiling at the first call.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.numerics.compiling import compiled

OPTIMAL, UNBOUNDED, STUCK = 0, 1, 2
CONSTANT, VARIABLE, NOT_INCREASING, NOT_DECREASING = 0, 1, 2, 3
ZERO = 1e-11
"""What counts as zero in rows that are scaled to a largest entry of one."""
RAY = 1e-8
"""Gain along a ray, in units of the objective, below which it is rounding."""
PATIENCE = 60
"""Pivots without progress after which the rule is Bland's, which cannot cycle."""
MOST_PIVOTS = 20_000


@compiled
def _pivot(T: Any, r: int, c: int) -> None:
    """Exchange the variable of row r with that of column c; T holds columns as its rows."""
    p = T[c, r]
    for k in range(T.shape[0]):
        if k != c:
            f = T[k, r] / p
            if f != 0.0:
                for i in range(T.shape[1]):
                    T[k, i] -= f * T[c, i]
            T[k, r] = f
    for i in range(T.shape[1]):
        T[c, i] = -T[c, i] / p
    T[c, r] = 1.0 / p


@compiled
def _leaving(T: Any, c: int, rows: int, basic: Any, bland: bool) -> int:
    """Return the row that limits column c first, -1 where none does; equal ones by pivot size."""
    right, found, least = T.shape[0] - 1, -1, np.inf
    for i in range(rows):
        a = T[c, i]
        if a > ZERO:
            ratio = T[right, i] / a
            if ratio < least - 1e-13 * (1.0 + abs(least)) or found < 0:
                found, least = i, ratio
            elif ratio <= least + 1e-13 * (1.0 + abs(least)):
                better = basic[i] < basic[found] if bland else a > T[c, found]
                if better:
                    found = i
                    least = min(least, ratio)
    return found


@compiled
def _maximise(T: Any, rows: int, basic: Any, free: Any) -> int:
    """Pivot until no column improves: T[k, rows] are gains, T[-1, :rows] right-hand sides."""
    columns, still, bland = T.shape[0] - 1, 0, False
    for _ in range(MOST_PIVOTS):
        enter, best = -1, ZERO
        for k in range(columns):
            gain = T[k, rows]
            if gain > ZERO:
                if bland:
                    if enter < 0 or free[k] < free[enter]:
                        enter, best = k, gain
                elif gain > best:
                    enter, best = k, gain
        if enter < 0:
            return OPTIMAL
        leave = _leaving(T, enter, rows, basic, bland)
        if leave < 0:
            if best > RAY * (1.0 + abs(T[columns, rows])):
                return UNBOUNDED
            T[enter, rows] = 0.0  # rounding of a ray that gains nothing
            continue
        step = T[columns, leave] / T[enter, leave] * T[enter, rows]
        still = 0 if step > ZERO else still + 1
        bland = still > PATIENCE
        _pivot(T, leave, enter)
        free[enter], basic[leave] = basic[leave], free[enter]
    return STUCK


@compiled
def _slopes(T: Any, j: int, A: Any, B: Any, a: Any, first: int, sign: float) -> int:
    """Write into row j what the weights other than `first` do there; return how many there are."""
    k, pivotal = 0, A[first, j] / a[first]
    for r in range(B.shape[0]):
        T[k, j] = sign * B[r, j]
        k += 1
    for i in range(A.shape[0]):
        if i != first:
            T[k, j] = -sign * (A[i, j] - pivotal * a[i])
            k += 1
    T[T.shape[0] - 1, j] = sign * pivotal
    return k


@compiled
def _dictionary(
    A: Any, B: Any, a: Any, b: Any, first: int, sign: float, kept: Any, skip: int, size: Any
) -> Any:
    """Return the first dictionary: rows are references, the eliminated weight, the objective.

    Inputs are A, a and outputs B, b when the score is of inputs; the other way round, with `sign`
    -1, when it is of outputs. `kept` are the signs of the parts of the free weight, `size` takes
    what each row was divided by, so that regions of any size have entries of about one.
    """
    n, slopes = A.shape[1], B.shape[0] + A.shape[0] - 1
    columns = slopes + kept.shape[0]
    T = np.zeros((columns + 1, n + 2))
    for j in range(n):
        if j == skip:
            T[columns, j] = 1.0  # 0 <= 1 binds nobody
            continue
        _slopes(T, j, A, B, a, first, sign)
        for k in range(slopes, columns):
            T[k, j] = sign * kept[k - slopes]
        size[j] = abs(T[columns, j])
        for k in range(slopes):
            size[j] = max(size[j], abs(T[k, j]))
        for k in range(columns + 1):
            T[k, j] /= size[j]
    for r in range(B.shape[0]):
        T[r, n + 1] = sign * b[r]
    k = B.shape[0]
    for i in range(A.shape[0]):
        if i != first:
            T[k, n] = a[i] / a[first]
            k += 1
    for k in range(slopes, columns):
        T[k, n + 1] = sign * kept[k - slopes]
    T[columns, n] = 1.0 / a[first]
    return T


@compiled
def _make_feasible(T: Any, n: int, enter: int, basic: Any, free: Any) -> None:
    """Let one weight be so large that every row holds: all rows fall with it."""
    right, leave, worst = T.shape[0] - 1, -1, 0.0
    for j in range(n):
        if T[right, j] < 0.0:
            ratio = T[right, j] / T[enter, j]
            if leave < 0 or ratio > worst:
                worst, leave = ratio, j
    if leave >= 0:
        _pivot(T, leave, enter)
        free[enter], basic[leave] = basic[leave], free[enter]


@compiled
def _signs(returns: int, outward: bool) -> Any:
    """Return the signs of the parts of the free weight that returns to scale leave, plus first.

    It prices Σλ >= 1 of a score of inputs, Σλ <= 1 of a score of outputs.
    """
    above = NOT_INCREASING if outward else NOT_DECREASING
    if returns == CONSTANT:
        return np.zeros(0)
    if returns == VARIABLE:
        return np.array([1.0, -1.0])
    return np.array([1.0 if returns == above else -1.0])


@compiled
def _read(
    T: Any, basic: Any, free: Any, size: Any, kept: Any, a: Any, first: int, sides: Any,
    weights: Any, peers: Any,
) -> None:  # fmt: skip
    """Read weights and intensities off an optimal dictionary; `sides` says where weights stand."""
    columns, n = T.shape[0] - 1, T.shape[1] - 2
    own, other, others = sides
    z = np.zeros(columns)
    for i in range(n + 1):
        if basic[i] < columns:
            z[basic[i]] = T[columns, i]
    peers[:], weights[:], spent = 0.0, 0.0, 0.0
    for k in range(columns):
        row = free[k] - columns
        if 0 <= row < n:
            peers[row] = max(-T[k, n + 1], 0.0) / size[row]
    for r in range(others):
        weights[other + r] = z[r]
    k = others
    for i in range(a.shape[0]):
        if i != first:
            weights[own + i] = z[k]
            spent += z[k] * a[i]
            k += 1
    weights[own + first] = max(1.0 - spent, 0.0) / a[first]
    for part in range(kept.shape[0]):
        weights[weights.shape[0] - 1] += kept[part] * z[k + part]


@compiled
def _own_units(x: Any, y: Any) -> Any:
    """Return the point's own figures, one where it has none: they make numbers of about one."""
    m = x.shape[0]
    unit = np.ones(m + y.shape[0])
    for i in range(unit.shape[0]):
        own = x[i] if i < m else y[i - m]
        if own != 0.0:
            unit[i] = own
    return unit


@compiled
def _in_units(A: Any, unit: Any, start: int) -> Any:
    """Return A, a row a good, divided by its part of `unit`."""
    out = np.empty(A.shape)
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            out[i, j] = A[i, j] / unit[start + i]
    return out


@compiled
def _has(a: Any) -> Any:
    """Return one where there is a figure: what the point itself is in its own units."""
    out = np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        if a[i] != 0.0:
            out[i] = 1.0
    return out


@compiled
def _largest(a: Any) -> int:
    """Return the place of the largest entry, the first of equal ones."""
    found = 0
    for i in range(1, a.shape[0]):
        if a[i] > a[found]:
            found = i
    return found


@compiled
def _count(start: int, number: int) -> Any:
    """Return whole numbers from `start` on."""
    out = np.empty(number, np.int64)
    for i in range(number):
        out[i] = start + i
    return out


@compiled
def solve(
    X: Any, Y: Any, x: Any, y: Any, returns: int, outward: bool, skip: int, weights: Any, peers: Any
) -> tuple[float, int]:
    """Return the radial score of (x, y) against the hull of (X, Y), and whether it was found.

    X is (m, n), Y (s, n), of about one in size; x has no zero, y a positive entry. The score is θ
    of inputs or φ of outputs (`outward`). Reference `skip` is left out (-1 for none). Fills in
    `weights` (m + s + 1: of inputs, outputs, and the free one) and `peers` (n).
    """
    m, s, n = X.shape[0], Y.shape[0], X.shape[1]
    unit = _own_units(x, y)
    X, Y = _in_units(X, unit, 0), _in_units(Y, unit, m)
    x, y = _has(x), _has(y)
    A, B, a, b = (Y, X, y, x) if outward else (X, Y, x, y)
    sides = (m, 0, m) if outward else (0, m, s)
    first = _largest(a)
    kept, size = _signs(returns, outward), np.zeros(n)
    T = _dictionary(A, B, a, b, first, -1.0 if outward else 1.0, kept, skip, size)
    slopes = A.shape[0] + B.shape[0] - 1
    columns = slopes + kept.shape[0]
    basic, free = _count(columns, n + 1), _count(0, columns)
    if outward:
        large = slopes if kept.shape[0] > 0 and kept[0] > 0.0 else 0
        _make_feasible(T, n, large, basic, free)
    status = _maximise(T, n + 1, basic, free)
    _read(T, basic, free, size, kept, a, first, sides, weights, peers)
    for i in range(m + s):
        weights[i] /= unit[i]
    value = -T[columns, n + 1]
    return (-value if outward else value), status


@compiled
def solve_all(
    X: Any, Y: Any, x: Any, y: Any, returns: int, outward: bool, skip: Any,
    scores: Any, weights: Any, peers: Any,
) -> int:  # fmt: skip
    """Solve for each of the points (x, y), (m, p) and (s, p); return the worst status."""
    worst = OPTIMAL
    for o in range(x.shape[1]):
        scores[o], status = solve(
            X, Y, x[:, o].copy(), y[:, o].copy(), returns, outward, skip[o], weights[o], peers[o]
        )
        if status == UNBOUNDED:
            scores[o] = np.inf
        elif status == STUCK:
            worst = STUCK
    return worst


@compiled
def replicate(
    X: Any, Y: Any, x: Any, y: Any, factors: Any, returns: int, outward: bool, scores: Any
) -> int:
    """Score the points against references whose inputs (outputs) are scaled, a row a draw.

    `factors` is (B, n), `scores` (B, p). Returns the worst status.
    """
    worst = OPTIMAL
    nobody: Any = np.int64(-1)  # a literal would make a second copy of the solver
    moved = (Y if outward else X).copy()
    held = Y if outward else X
    weights, peers = np.empty(X.shape[0] + Y.shape[0] + 1), np.empty(X.shape[1])
    for draw in range(factors.shape[0]):
        for i in range(moved.shape[0]):
            for j in range(moved.shape[1]):
                moved[i, j] = held[i, j] * factors[draw, j]
        for o in range(x.shape[1]):
            xo, yo = x[:, o].copy(), y[:, o].copy()
            if outward:
                value, status = solve(X, moved, xo, yo, returns, outward, nobody, weights, peers)
            else:
                value, status = solve(moved, Y, xo, yo, returns, outward, nobody, weights, peers)
            scores[draw, o] = np.inf if status == UNBOUNDED else value
            worst = max(worst, STUCK if status == STUCK else OPTIMAL)
    return worst
