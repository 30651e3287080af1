"""The long run of a Markov chain: recurrent classes, steady states, first passages, mobility."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from workbench.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class LongRun:
    """What a matrix of transition probabilities leads to.

    Attributes
    ----------
    recurrent : tuple of ndarray of int
        Classes that communicate and are not left, in order of their first member.
    steady : ndarray of shape (r, k)
        A steady state a recurrent class; its probabilities sum to one. NaN where undetermined.
    first_passage : ndarray of shape (k, k)
        Expected number of periods until class j is first reached from class i; the mean recurrence
        time on the diagonal; infinite where j may never be reached. NaN where undetermined.
    determined : bool
        False if a class is entered whose own moves were never seen.
    """

    recurrent: tuple[IntArray, ...]
    steady: FloatArray
    first_passage: FloatArray
    determined: bool


@dataclass(frozen=True, slots=True)
class Mobility:
    """Indices of how far a chain is from staying put: 0 for an identity matrix.

    Attributes
    ----------
    shorrocks : float
        (k − tr P) / (k − 1).
    determinant : float
        1 − |det P|.
    second_eigenvalue : float
        1 − |λ₂|.
    half_life : float
        log ½ / log |λ₂|, periods until half of the distance to the steady state is gone; infinite
        for |λ₂| = 1, zero for λ₂ = 0.
    """

    shorrocks: float
    determinant: float
    second_eigenvalue: float
    half_life: float


def long_run(P: FloatArray) -> LongRun:
    """Find the recurrent classes, steady states and mean first passage times of a chain.

    Parameters
    ----------
    P : ndarray of shape (k, k)
        Rows of probabilities; a row of NaN is a class from which no move was seen. Nothing is
        assumed about such a class: if others lead to it, the long run is undetermined; if none
        does, it is left out, with steady probability 0 and passage times of NaN.

    Returns
    -------
    LongRun

    Notes
    -----
    The steady state of a recurrent class solves πP = π, Σπ = 1. Passage times to j solve
    m_i = 1 + Σ_{l≠j} p_il m_l over the classes from which j is reached with probability one
    (Kemeny and Snell 1976, section 4.4, for chains without other recurrent classes).

    References
    ----------
    Kemeny, J. G. and Snell, J. L. (1976). Finite Markov Chains. Springer.

    Examples
    --------
    >>> oz = np.array([[0.5, 0.25, 0.25], [0.5, 0.0, 0.5], [0.25, 0.25, 0.5]])
    >>> found = long_run(oz)
    >>> found.steady.round(12).tolist(), found.first_passage[0].round(3).tolist()
    ([[0.4, 0.2, 0.4]], [2.5, 4.0, 3.333])
    """
    k = len(P)
    known = ~np.isnan(P).any(axis=1)
    undefined = np.full((k, k), np.nan)
    if not known.any() or (P[known][:, ~known] > 0).any():
        return LongRun((), np.full((1, k), np.nan), undefined, determined=False)
    inner = P[np.ix_(known, known)]
    places = np.flatnonzero(known)
    groups = _recurrent(inner)
    steady = np.zeros((len(groups), k))
    for row, members in enumerate(groups):
        steady[row, places[members]] = _steady(inner[np.ix_(members, members)])
    undefined[np.ix_(known, known)] = _first_passage(inner)
    return LongRun(tuple(places[members] for members in groups), steady, undefined, determined=True)


def _recurrent(P: FloatArray) -> list[IntArray]:
    """Return the closed communicating classes, in order of their first member."""
    links: Any = csr_array((P > 0).astype(np.float64))
    count, label = connected_components(links, directed=True, connection="strong")
    groups = [np.flatnonzero(label == c).astype(np.int64) for c in range(count)]
    closed = [g for g in groups if not (np.delete(P[g], g, axis=1) > 0).any()]
    return sorted(closed, key=lambda members: int(members[0]))


def _steady(P: FloatArray) -> FloatArray:
    """Solve πP = π for one closed class by Grassmann, Taksar and Heyman's elimination.

    It subtracts nothing, so that small probabilities keep their digits.
    """
    A = P.copy()
    k = len(A)
    for last in range(k - 1, 0, -1):
        A[:last, last] /= A[last, :last].sum()
        A[:last, :last] += np.outer(A[:last, last], A[last, :last])
    pi = np.ones(k)
    for place in range(1, k):
        pi[place] = pi[:place] @ A[:place, place]
    return np.asarray(pi / pi.sum())


def _first_passage(P: FloatArray) -> FloatArray:
    k = len(P)
    times = np.full((k, k), np.inf)
    for target in range(k):
        others = np.arange(k) != target
        sure = _surely_reaching(P, target) & others
        if sure.any():
            Q = P[np.ix_(sure, sure)]
            times[sure, target] = np.linalg.solve(np.eye(len(Q)) - Q, np.ones(len(Q)))
        ahead = (P[target] > 0) & others
        if np.isfinite(times[ahead, target]).all():
            times[target, target] = 1 + float(P[target, ahead] @ times[ahead, target])
    return times


def _surely_reaching(P: FloatArray, target: int) -> BoolArray:
    """Return the classes from which the target is reached with probability one."""
    links = P > 0
    links[target] = False
    links[target, target] = True
    reach = links | np.eye(len(P), dtype=bool)
    for _ in range(len(P).bit_length()):  # paths of 1, 2, 4 ... steps
        reach = reach @ reach
    hopeless = ~reach[:, target]
    return np.asarray(~(reach & hopeless[None, :]).any(axis=1))


def mobility(P: FloatArray) -> Mobility:
    """Return indices of mobility over the classes whose moves were seen.

    Parameters
    ----------
    P : ndarray of shape (k, k)
        Rows of probabilities; NaN as in :func:`long_run`, where all indices are NaN if the long
        run is undetermined or fewer than two classes are left.

    References
    ----------
    Shorrocks, A. F. (1978). The measurement of mobility. Econometrica 46, 1013-1024. Formby,
    J. P., Smith, W. J. and Zheng, B. (2004). Mobility measurement, transition matrices and
    statistical inference. Journal of Econometrics 120, 181-205.

    Examples
    --------
    >>> mobility(np.array([[0.75, 0.25], [0.25, 0.75]]))
    Mobility(shorrocks=0.5, determinant=0.5, second_eigenvalue=0.5, half_life=1.0)
    """
    known = ~np.isnan(P).any(axis=1)
    inner = P[np.ix_(known, known)]
    k = len(inner)
    if k < 2 or (P[known][:, ~known] > 0).any():
        nothing = float("nan")
        return Mobility(nothing, nothing, nothing, nothing)
    second = float(np.sort(np.abs(np.linalg.eigvals(inner)))[-2])
    if second >= 1 - 1e-12:  # one up to rounding: a second recurrent class or a cycle
        half_life = float("inf")
    else:
        half_life = float(np.log(0.5) / np.log(second)) if second > 0 else 0.0
    return Mobility(
        shorrocks=float((k - np.trace(inner)) / (k - 1)),
        determinant=float(1 - abs(np.linalg.det(inner))),
        second_eigenvalue=1 - second,
        half_life=half_life,
    )


def sojourn(P: FloatArray) -> FloatArray:
    """Return the expected periods in a class once there, 1 / (1 − p_ii); infinite if absorbing.

    Examples
    --------
    >>> sojourn(np.array([[0.75, 0.25], [0.0, 1.0]])).tolist()
    [4.0, inf]
    """
    leaving = 1 - np.diag(P)
    return np.divide(1.0, leaving, out=np.full_like(leaving, np.inf), where=leaving != 0)
