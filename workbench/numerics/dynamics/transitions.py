"""Moves between classes: cutoffs, classes, counts of transitions, and whether counts agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import bmat, csr_array
from scipy.sparse.csgraph import connected_components

from workbench.errors import InputError
from workbench.numerics.scores.chi_square import ChiSquare, chi_square
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """Whether tables of transitions come from one matrix of probabilities.

    Attributes
    ----------
    likelihood_ratio, pearson : ChiSquare
        2 ΣΣΣ n_mij log(p_mij / p_ij) and ΣΣΣ n_mi (p_mij − p_ij)² / p_ij.
    expected : ndarray of shape (m, k, k)
        n_mi p_ij.
    """

    likelihood_ratio: ChiSquare
    pearson: ChiSquare
    expected: FloatArray


def quantile_cutoffs(values: FloatArray, classes: int) -> FloatArray:
    """Return the inner quantiles of values, shape (classes − 1,), linearly interpolated.

    The place of a quantile is found in whole numbers, so that one that falls on an observation is
    that observation to the last bit and its class does not hang on rounding.

    Examples
    --------
    >>> quantile_cutoffs(np.array([5.0, 1.0, 2.0, 4.0, 3.0]), 4).tolist()
    [2.0, 3.0, 4.0]
    """
    ordered = np.sort(np.ravel(values))
    places = np.arange(1, classes) * (len(ordered) - 1)
    low, part = places // classes, (places % classes) / classes
    high = np.minimum(low + 1, len(ordered) - 1)
    return np.asarray(ordered[low] + part * (ordered[high] - ordered[low]))


def assign(values: FloatArray, cutoffs: FloatArray) -> IntArray:
    """Return the class of each value, 0 to len(cutoffs); a value on a cutoff is in the lower one.

    Examples
    --------
    >>> assign(np.array([[0.5, 1.0], [1.5, 9.0]]), np.array([1.0, 2.0])).tolist()
    [[0, 0], [1, 2]]
    """
    return np.searchsorted(cutoffs, values, side="left").astype(np.int64)


def count_transitions(
    states: IntArray, k: int, *, regimes: IntArray | None = None, m: int = 1
) -> FloatArray:
    """Count the moves from each class to each class, by regime.

    Parameters
    ----------
    states : ndarray of int, shape (n, T)
        Class of each unit in each period, 0 to k − 1.
    k : int
        Number of classes.
    regimes : ndarray of int, shape (n, T − 1), optional
        Regime in which each move begins, 0 to m − 1; a negative one leaves the move out.
    m : int
        Number of regimes.

    Returns
    -------
    ndarray of shape (m, k, k)
        n_mij, moves in regime m from class i to class j.

    Examples
    --------
    >>> count_transitions(np.array([[0, 1, 1], [1, 0, 1]]), 2)[0].tolist()
    [[0.0, 2.0], [1.0, 1.0]]
    """
    start, end = states[:, :-1], states[:, 1:]
    regime = np.zeros_like(start) if regimes is None else regimes
    code = (regime * k + start) * k + end
    counts = np.bincount(code[regime >= 0], minlength=m * k * k)
    return counts.reshape(m, k, k).astype(np.float64)


def by_block(states: IntArray, k: int, blocks: int) -> FloatArray:
    """Count the moves of each of B runs of consecutive intervals, shape (B, k, k).

    Runs are as long as each other, or differ by one interval.

    Examples
    --------
    >>> by_block(np.array([[0, 1, 1, 0, 0]]), 2, 2).tolist()
    [[[0.0, 1.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]]]
    """
    steps = states.shape[1] - 1
    run = np.arange(steps) * blocks // steps
    regimes = np.broadcast_to(run, (states.shape[0], steps))
    return count_transitions(states, k, regimes=regimes, m=blocks)


def by_previous(states: IntArray, k: int) -> FloatArray:
    """Count the moves by the class one period before they begin, shape (k, k, k)."""
    return count_transitions(states[:, 1:], k, regimes=states[:, :-2], m=k)


def probabilities(counts: FloatArray) -> FloatArray:
    """Return rows over their sums; a row without moves is NaN.

    Examples
    --------
    >>> probabilities(np.array([[3.0, 1.0], [0.0, 0.0]])).tolist()
    [[0.75, 0.25], [nan, nan]]
    """
    total = counts.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(counts, total, out=np.full_like(counts, np.nan), where=total > 0))


def standard_errors(counts: FloatArray) -> FloatArray:
    """Return √(p_ij (1 − p_ij) / n_i), multinomial; NaN for a row without moves."""
    p = probabilities(counts)
    total = counts.sum(axis=-1, keepdims=True)
    variance = np.divide(p * (1 - p), total, out=np.full_like(p, np.nan), where=total > 0)
    return np.asarray(np.sqrt(variance))


def homogeneity(counts: FloatArray, *, fixed_margins: bool = False) -> Homogeneity:
    """Test that tables of transitions come from one matrix of probabilities.

    Parameters
    ----------
    counts : ndarray of shape (m, r, k)
        Tables of moves: m regimes, r classes of departure, k of arrival.
    fixed_margins : bool, default False
        Whether the numbers that arrive in each class are given beforehand as well as those that
        leave it, as where every period has its own quantiles. Tables then have fewer ways to
        differ, and the degrees of freedom are (m − 1)(c − r − k + g) with c cells ever seen, r and
        k classes left and reached, and g parts that the table falls apart into: (m − 1)(k − 1)²
        when all occurs.

    Returns
    -------
    Homogeneity
        Otherwise degrees of freedom Σ_i (a_i − 1)(b_i − 1): a_i classes are ever reached from
        class i, and b_i regimes have moves that begin there. A class from which nothing moves adds
        none. The statistics are NaN when there is no degree of freedom.

    References
    ----------
    Anderson, T. W. and Goodman, L. A. (1957). Statistical inference about Markov chains. Annals
    of Mathematical Statistics 28, 89-110. Bickenbach, F. and Bode, E. (2003). Evaluating the
    Markov property in studies of economic convergence. International Regional Science Review 26,
    363-392, section 3.

    Examples
    --------
    >>> same = np.array([[[8.0, 2.0], [1.0, 9.0]], [[4.0, 1.0], [2.0, 18.0]]])
    >>> test = homogeneity(same)
    >>> round(test.pearson.statistic, 12), test.pearson.df
    (0.0, 2)
    """
    if counts.ndim != 3:
        raise InputError(
            "counts", expected="tables of shape (m, r, k)", found=f"shape {counts.shape}"
        )
    pooled = counts.sum(axis=0)
    leaving = counts.sum(axis=2)
    rows = np.nan_to_num(probabilities(pooled))
    expected = leaving[:, :, None] * rows[None]
    reached = np.count_nonzero(pooled, axis=1)
    present = np.count_nonzero(leaving, axis=0)
    occupied = present > 0
    df = int(((reached - 1) * (present - 1))[occupied].sum())
    if fixed_margins:
        df = (len(counts) - 1) * _free_cells(pooled)
    return Homogeneity(*compared(counts, expected, df), expected)


def _free_cells(table: FloatArray) -> int:
    """Return how many cells that were ever seen are free when both margins are given."""
    links: Any = csr_array((table > 0).astype(np.float64))
    ends: Any = bmat([[None, links], [links.T, None]], format="csr")
    seen = np.r_[table.sum(axis=1), table.sum(axis=0)] > 0
    # classes never left or never reached stand alone in the graph and bound nothing
    parts = connected_components(ends, directed=False)[0] - int((~seen).sum())
    return int(np.count_nonzero(table) - seen.sum() + parts)


def compared(observed: FloatArray, expected: FloatArray, df: int) -> tuple[ChiSquare, ChiSquare]:
    """Return the likelihood ratio and Pearson's statistic of counts against expected counts."""
    if df < 1:
        nothing = ChiSquare(float("nan"), 0, float("nan"))
        return nothing, nothing
    seen = observed > 0
    ratio = 2 * float((observed[seen] * np.log(observed[seen] / expected[seen])).sum())
    possible = expected > 0
    square = (observed[possible] - expected[possible]) ** 2 / expected[possible]
    return chi_square(max(ratio, 0.0), df), chi_square(float(square.sum()), df)
