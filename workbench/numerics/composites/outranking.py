"""Rankings by pairwise votes of weighted indicators: Condorcet, Copeland, Kemeny, Borda."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.errors import ValuesError
from workbench.numerics.composites.levels import SAME, ranks
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray

EVEN = 1e-12
"""Votes this close to a half are a tie: sums of weights differ by rounding."""

EXACT_REGIONS = 14
"""Largest group of regions ordered exactly: the recursion visits 2^n sets."""


@dataclass(frozen=True, slots=True)
class KemenyRanking:
    """The order that disagrees least with the pairwise votes.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Rows from first to last.
    agreement : float
        Sum of the votes for what stands before over what stands behind.
    exact : bool
        False where a group of regions that beat each other in a circle was too large and its order
        is the best that exchanges of single regions found.
    """

    order: IntArray
    agreement: float
    exact: bool


def outranking(Z: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the share of votes for row i over row j; ties give half a vote to each.

    Parameters
    ----------
    Z : ndarray, shape (n, k)
        Indicators, higher is better, in any units: only their order counts. Values that differ
        by rounding, below 1e-12 of the indicator's largest, are equal.
    weights : ndarray, shape (..., k)
        Votes of the indicators, scaled to sum to one.

    Returns
    -------
    ndarray, shape (..., n, n)
        o_ij + o_ji = 1; the diagonal is 0.

    References
    ----------
    Munda, G. and Nardo, M. (2009). Noncompensatory/nonlinear composite indicators for ranking
    countries: a defensible setting. Applied Economics 41, 1513-1523. OECD and JRC (2008).
    Handbook on constructing composite indicators, section 6.10.

    Examples
    --------
    >>> outranking(np.array([[1.0, 2.0], [0.0, 3.0]]), np.array([0.75, 0.25])).tolist()
    [[0.0, 0.75], [0.25, 0.0]]
    """
    Z = np.asarray(Z, dtype=np.float64)
    w = np.asarray(weights, dtype=np.float64)
    if not np.isfinite(Z).all() or not (w >= 0).all() or not (w.sum(axis=-1) > 0).all():
        raise ValuesError(
            "Z, weights",
            expected="finite values, weights that are not negative with a positive sum",
            found="others",
        )
    w = w / w.sum(axis=-1, keepdims=True)
    n = len(Z)
    # one indicator at a time: n × n numbers are held, not n × n × k
    wins = np.zeros((*w.shape[:-1], n, n))
    for place, votes in zip(_places(Z.T), np.moveaxis(w, -1, 0), strict=True):
        wins += np.greater.outer(place, place) * votes[..., None, None]
    shares = 0.5 + 0.5 * (wins - np.swapaxes(wins, -1, -2))
    shares[..., np.arange(n), np.arange(n)] = 0.0
    return np.asarray(shares)


def _places(values: FloatArray) -> FloatArray:
    """Return numbers in the order of values, shape (k, n), that are equal where values are.

    Sub-indices are sums, which rounding makes unequal: those are replaced by their ranks.
    """
    steps = np.diff(np.sort(values, axis=-1), axis=-1)
    least = SAME * np.abs(values).max(axis=-1, keepdims=True)
    if ((steps > 0) & (steps <= least)).any():
        return -ranks(values).astype(np.float64)
    return np.ascontiguousarray(values)


def copeland(votes: FloatArray) -> FloatArray:
    """Return wins less losses of each row in its comparisons with the others.

    Parameters
    ----------
    votes : ndarray, shape (..., n, n)
        From :func:`outranking`.

    Returns
    -------
    ndarray, shape (..., n)
        From −(n − 1) to n − 1; a tie counts for nothing.

    References
    ----------
    Copeland, A. H. (1951). A reasonable social welfare function. University of Michigan.
    Saari, D. G. and Merlin, V. R. (1996). The Copeland method. Economic Theory 8, 51-76.

    Examples
    --------
    >>> copeland(outranking(np.array([[3.0], [2.0], [1.0]]), np.array([1.0]))).tolist()
    [2.0, 0.0, -2.0]
    """
    difference = votes - np.swapaxes(votes, -1, -2)
    return np.asarray(np.where(np.abs(difference) > EVEN, np.sign(difference), 0.0).sum(axis=-1))


def borda(votes: FloatArray) -> FloatArray:
    """Return the votes of each row over all others: the weighted mean of Borda's points.

    An indicator gives a region a point for each other below it, half a point for each equal one.

    References
    ----------
    Borda, J.-C. de (1784). Mémoire sur les élections au scrutin. Young, H. P. (1974). An
    axiomatization of Borda's rule. Journal of Economic Theory 9, 43-52.

    Examples
    --------
    >>> borda(outranking(np.array([[3.0], [2.0], [2.0]]), np.array([1.0]))).tolist()
    [2.0, 0.5, 0.5]
    """
    return np.asarray(votes.sum(axis=-1))


def kemeny(votes: FloatArray) -> KemenyRanking:
    """Return the order with the largest sum of pairwise votes.

    Parameters
    ----------
    votes : ndarray, shape (n, n)
        From :func:`outranking`.

    Returns
    -------
    KemenyRanking
        Among equally good orders the one with the earliest rows first.

    Notes
    -----
    Regions fall into groups whose members beat each other in circles; whoever is in an earlier
    group beats everyone in a later one, so groups are ordered apart (extended Condorcet
    criterion). A group of at most 14 is ordered exactly by recursion over its subsets; a larger
    one starts from Copeland's order and moves single regions while the agreement grows.

    References
    ----------
    Kemeny, J. G. (1959). Mathematics without numbers. Daedalus 88, 577-591. Young, H. P. and
    Levenglick, A. (1978). A consistent extension of Condorcet's election principle. SIAM Journal
    on Applied Mathematics 35, 285-300. Truchon, M. (1998). An extension of the Condorcet criterion
    and Kemeny orders. Cahier 98-15, Université Laval.

    Examples
    --------
    >>> votes = outranking(np.array([[3.0, 1.0], [2.0, 3.0], [1.0, 2.0]]), np.array([0.6, 0.4]))
    >>> kemeny(votes).order.tolist()
    [0, 1, 2]
    """
    votes = np.asarray(votes, dtype=np.float64)
    order: list[int] = []
    exact = True
    for members in _groups(votes):
        inside = votes[np.ix_(members, members)]
        if len(members) <= EXACT_REGIONS:
            places = _ordered_exactly(inside)
        else:
            places, exact = _ordered_by_moves(inside), False
        order.extend(int(members[place]) for place in places)
    places_ = np.array(order)
    agreement = float(np.triu(votes[np.ix_(places_, places_)], 1).sum())
    return KemenyRanking(freeze(places_), agreement, exact)


def _groups(votes: FloatArray) -> list[IntArray]:
    """Return the strong components of "is not beaten by", best first."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    holds = votes - votes.T >= -EVEN
    np.fill_diagonal(holds, False)
    count, label = connected_components(
        csr_array(holds.astype(np.float64)), directed=True, connection="strong"
    )
    members = [np.flatnonzero(label == group) for group in range(count)]
    # the condensed graph is a complete order: a group that beats more regions stands before
    outside = [holds[group[0]].sum() - holds[group[0]][group].sum() for group in members]
    return [members[place] for place in np.argsort(-np.array(outside), kind="stable")]


def _ordered_exactly(votes: FloatArray) -> list[int]:
    """Return the best order by Held and Karp's recursion over sets and who stands last."""
    n = len(votes)
    if n == 1:
        return [0]
    sets = np.arange(1 << n)
    inside = (sets[:, None] >> np.arange(n)) & 1
    # the votes of the rest of a set over its member i, when i is last
    gain = inside @ votes
    best = np.zeros(1 << n)
    last = np.zeros(1 << n, dtype=np.int64)
    sizes = inside.sum(axis=1)
    for size in range(1, n + 1):
        here = sets[sizes == size]
        without = here[:, None] ^ (1 << np.arange(n))
        value = np.where(inside[here] == 1, best[without % (1 << n)] + gain[here], -np.inf)
        # of equally good ends the highest row, so that early rows stand first
        end = n - 1 - np.argmax(value[:, ::-1] >= value.max(axis=1, keepdims=True) - EVEN, axis=1)
        last[here], best[here] = end, value[np.arange(len(here)), end]
    order: list[int] = []
    left = (1 << n) - 1
    while left:
        order.append(int(last[left]))
        left ^= 1 << int(last[left])
    return order[::-1]


def _ordered_by_moves(votes: FloatArray) -> list[int]:
    order = [int(place) for place in np.lexsort((-borda(votes), -copeland(votes)))]
    improved = True
    while improved:
        improved = False
        for region in range(len(order)):
            at = order.index(region)
            rest = order[:at] + order[at + 1 :]
            ahead = votes[region, rest] - votes[rest, region]
            # the gain of standing at each place: those behind it are beaten by the region
            gain = np.concatenate([np.cumsum(ahead[::-1])[::-1], [0.0]])
            place = int(np.argmax(gain))
            if gain[place] > gain[at] + EVEN:
                order = [*rest[:place], region, *rest[place:]]
                improved = True
    return order
