"""Radial efficiency against the hull of observed inputs and outputs, with slacks and peers.

Charnes, A., Cooper, W. and Rhodes, E. (1978). Measuring the efficiency of decision making units.
European Journal of Operational Research 2(6), 429-444. Banker, R., Charnes, A. and Cooper, W.
(1984). Some models for estimating technical and scale inefficiencies in data envelopment analysis.
Management Science 30(9), 1078-1092.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import ConvergenceError
from workbench.numerics.permutations.bilinear_forms import workers
from workbench.typing import BoolArray, FloatArray, IntArray

RETURNS = {"crs": 0, "vrs": 1, "nirs": 2, "ndrs": 3}
"""Returns to scale: Σλ free, = 1, <= 1, >= 1."""

ONE = 1e-9
"""How near to one a score counts as one: rounding in a dictionary of some tens of pivots."""

ATTEMPTS = ((1e-10, 0.0), (1e-8, 0.0), (1e-8, 1e-9), (1e-8, 1e-8))
"""Feasibility of the second stage, and share of each figure by which its goal is eased: the score
that it starts from is itself rounded, and an exact goal may be just out of reach."""

BATCH = 64
"""Draws that a thread takes at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Radial:
    """Scores of p points against n references.

    Attributes
    ----------
    scores : ndarray, shape (p,)
        θ of inputs or φ of outputs; infinite where nothing bounds it.
    peers : ndarray, shape (p, n)
        Intensities λ.
    weights : ndarray, shape (p, m + s + 1)
        Of inputs and outputs, and the free one; those of the side that is scaled add up to one
        with the point's own figures.
    """

    scores: FloatArray
    peers: FloatArray
    weights: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Slacks:
    """What remains after the radial movement: intensities and slacks of n regions.

    Attributes
    ----------
    peers : ndarray, shape (n, n)
    inputs, outputs : ndarray, shape (n, m) and (n, s)
        Excess of inputs, shortfall of outputs, in the units of the data.
    """

    peers: FloatArray
    inputs: FloatArray
    outputs: FloatArray


def radial(
    X: FloatArray,
    Y: FloatArray,
    *,
    returns: str,
    outward: bool,
    points: tuple[FloatArray, FloatArray] | None = None,
    skip: IntArray | None = None,
) -> Radial:
    """Score points against the hull of references.

    Parameters
    ----------
    X, Y : ndarray, shape (n, m) and (n, s)
        Inputs, positive; outputs, not negative.
    returns : {"crs", "vrs", "nirs", "ndrs"}
    outward : bool
        Whether outputs are scaled (φ >= 1) rather than inputs (θ <= 1).
    points : (ndarray, ndarray), optional
        Inputs and outputs of the points; the references themselves without.
    skip : ndarray of int, shape (p,), optional
        Reference that each point is not held against, −1 for none.

    Examples
    --------
    >>> X, Y = np.array([[2.0], [4.0], [3.0]]), np.array([[1.0], [2.0], [3.0]])
    >>> radial(X, Y, returns="crs", outward=False).scores.tolist()
    [0.5, 0.5, 1.0]
    """
    from workbench.numerics.frontiers import simplex  # compiled at first use

    A, B, unit_x, unit_y = _scaled(X, Y)
    a, b = (A, B) if points is None else (_columns(points[0], unit_x), _columns(points[1], unit_y))
    p = a.shape[1]
    scores, peers = np.empty(p), np.empty((p, A.shape[1]))
    weights = np.empty((p, len(A) + len(B) + 1))
    without = np.full(p, -1) if skip is None else np.asarray(skip)
    status = simplex.solve_all(
        A, B, a, b, RETURNS[returns], outward, without, scores, weights, peers
    )
    _require_solved(status, simplex.STUCK)
    if points is None and skip is None:
        _require_bounded(scores)
    weights[:, :-1] /= np.concatenate([unit_x, unit_y])
    scores[np.abs(scores - 1.0) < ONE] = 1.0
    return Radial(scores, peers, weights)


def replicated(
    X: FloatArray, Y: FloatArray, factors: FloatArray, *, returns: str, outward: bool,
    threads: int | None = None,
) -> FloatArray:  # fmt: skip
    """Score regions against references whose scaled side is multiplied, a row a draw: (B, n).

    Parameters
    ----------
    X, Y : ndarray, shape (n, m) and (n, s)
    factors : ndarray, shape (B, n)
        What a draw multiplies the inputs (outputs) of each region by.
    threads : int, optional
        Does not change the numbers.
    """
    from workbench.numerics.frontiers import simplex

    A, B, _, _ = _scaled(X, Y)
    out = np.empty(factors.shape)

    def part(start: int) -> int:
        rows = slice(start, start + BATCH)
        code = RETURNS[returns]
        status: int = simplex.replicate(A, B, A, B, factors[rows], code, outward, out[rows])
        return status

    with ThreadPoolExecutor(max_workers=workers(threads)) as pool:
        for status in pool.map(part, range(0, len(factors), BATCH)):
            _require_solved(status, simplex.STUCK)
    _require_bounded(out)
    return out


def slacks(
    X: FloatArray, Y: FloatArray, scores: FloatArray, *, returns: str, outward: bool
) -> Slacks:
    """Return the largest sum of slacks beside each score, slacks in units of their means.

    The second stage of Ali and Seiford (1993): max Σ s given the score. Only regions with a score
    of one can be peers. Solved by HiGHS.

    Examples
    --------
    >>> X, Y = np.array([[2.0, 5.0], [2.0, 4.0]]), np.array([[1.0], [2.0]])
    >>> found = slacks(X, Y, np.array([0.5, 1.0]), returns="crs", outward=False)
    >>> found.inputs.round(6).tolist(), found.peers[0].round(6).tolist()
    ([[0.0, 0.5], [0.0, 0.0]], [0.0, 0.5])
    """
    unit_x, unit_y = X.mean(axis=0), Y.mean(axis=0)
    A, B = X / unit_x, Y / unit_y
    best = np.flatnonzero(scores == 1.0)
    goal_x = A if outward else A * scores[:, None]
    goal_y = B * scores[:, None] if outward else B
    peers, over, short = np.zeros((len(X), len(X))), np.zeros(X.shape), np.zeros(Y.shape)
    for o in range(len(X)):
        x = _most_slack(A[best], B[best], goal_x[o], goal_y[o], returns)
        k, m = len(best), X.shape[1]
        peers[o, best] = x[:k]
        over[o], short[o] = x[k : k + m], x[k + m :]
    for found in (peers, over, short):
        found[np.abs(found) < ONE] = 0.0
    return Slacks(peers, over * unit_x, short * unit_y)


def _most_slack(
    A: FloatArray, B: FloatArray, x: FloatArray, y: FloatArray, returns: str
) -> FloatArray:
    """Return λ and slacks that maximise the sum of slacks of one region.

    Rows are in units of the region's own point and columns divided by their largest entry, so that
    tolerances mean the same for regions of any size.
    """
    from scipy.optimize import linprog  # heavy

    k, m, s = len(A), A.shape[1], B.shape[1]
    goal = np.concatenate([x, y])
    own = np.where(goal > 0.0, goal, 1.0)
    links = np.hstack([A, B]).T / own[:, None]
    size = np.abs(links).max(axis=0)
    signs = np.concatenate([np.ones(m), -np.ones(s)])
    equal = np.hstack([links / size, np.diag(signs)])
    total = np.concatenate([1.0 / size, np.zeros(m + s)])[None]
    bound: dict[str, Any] = {}
    right = goal / own
    if returns == "vrs":
        equal, right = np.vstack([equal, total]), np.append(right, 1.0)
    elif returns != "crs":
        sign = 1.0 if returns == "nirs" else -1.0
        bound = {"A_ub": sign * total, "b_ub": np.array([sign])}
    cost = np.concatenate([np.zeros(k), -own])
    room = np.zeros_like(right)
    room[: m + s] = signs * (goal > 0.0)
    for tolerance, ease in ATTEMPTS:
        tight: Any = {
            "primal_feasibility_tolerance": tolerance,
            "dual_feasibility_tolerance": tolerance,
        }
        b = right + ease * room
        found = linprog(cost, A_eq=equal, b_eq=b, **bound, method="highs", options=tight)
        if found.x is not None:
            rest = np.where(found.x[k:] < 10.0 * ease, 0.0, found.x[k:])
            return np.concatenate([found.x[:k] / size, rest * own])
    raise ConvergenceError(
        "slacks",
        expected="a solution of the second stage",
        found=str(found.message),
        remedy="second_stage_slacks=False",
    )


def returns_of(constant: FloatArray, variable: FloatArray, not_increasing: FloatArray) -> IntArray:
    """Return 0 for constant returns to scale, 1 for increasing, −1 for decreasing ones.

    Where a region stands is told by which scores agree (Färe, Grosskopf and Lovell 1985): that of
    non-increasing returns equals that of variable ones where returns decrease.

    Examples
    --------
    >>> returns_of(np.array([0.5, 1.0, 0.8]), np.array([1.0, 1.0, 0.9]), np.array([0.5, 1.0, 0.9]))
    array([ 1,  0, -1])
    """
    equal: BoolArray = np.isclose(constant, variable, rtol=1e-7, atol=0.0)
    falls: BoolArray = np.isclose(not_increasing, variable, rtol=1e-7, atol=0.0)
    return np.where(equal, 0, np.where(falls, -1, 1))


def _scaled(X: FloatArray, Y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return inputs and outputs in units of their means, transposed, and the means."""
    unit_x, unit_y = X.mean(axis=0), Y.mean(axis=0)
    return _columns(X, unit_x), _columns(Y, unit_y), unit_x, unit_y


def _columns(values: FloatArray, unit: FloatArray) -> FloatArray:
    return np.ascontiguousarray((values / unit).T)


def _require_solved(status: int, stuck: int) -> None:
    if status == stuck:
        raise ConvergenceError(
            "inputs",
            expected="linear programs that end",
            found="one that did not within 20,000 pivots",
            why="figures differ by too many orders of magnitude",
            remedy="look for figures in wrong units",
        )


def _require_bounded(scores: FloatArray) -> None:
    """Refuse scores without bound of points that are held against themselves: rounding."""
    if not np.isfinite(scores).all():
        raise ConvergenceError(
            "inputs",
            expected="linear programs that can be told from unbounded ones",
            found=f"{int((~np.isfinite(scores)).sum())} whose score rounding leaves without bound",
            why="figures differ by too many orders of magnitude",
            remedy="look for figures in wrong units",
        )
