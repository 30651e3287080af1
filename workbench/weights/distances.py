"""Pairs of places within a distance, and what every builder by distance refuses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import InputError, WeightsError
from workbench.numerics.geometry import neighbours
from workbench.numerics.geometry.neighbours import TIE, Pairs
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray
from workbench.weights import islands as alone
from workbench.weights.limits import MOST_LINKS
from workbench.weights.places import Places


def pairs_within(
    places: Places, threshold: float, *, argument: str = "threshold", measured: bool = True
) -> tuple[Pairs, FloatArray]:
    """Find the ordered pairs of places no farther apart than a threshold.

    Parameters
    ----------
    places : Places
        Between which distances are measured.
    threshold : float
        In the unit of places; infinite for all pairs. Pairs at exactly this distance (to 1e-9)
        belong.
    argument : str
        Name of the caller's argument, for messages.
    measured : bool
        Whether the caller needs the distances; without, only pairs in doubt are measured.

    Returns
    -------
    pairs, distances
        Distances in the unit of places, shape (m,); empty unless `measured`.

    Raises
    ------
    WeightsError
        If there are more links than memory serves.
    """
    if math.isinf(threshold):
        return _everyone(places, argument)
    radius, certain = places.search(threshold)
    pairs = neighbours.within(places.points, radius, certain=certain, most=MOST_LINKS)
    if pairs is None:
        links = neighbours.count_within(places.points, radius)
        raise _too_many(places, links, argument)
    if not measured and not pairs.doubtful:
        return pairs, np.empty(0)
    distances = neighbours.pair_distances(pairs, measure=places.distances)
    inside = distances <= threshold * (1 + TIE)
    pairs = neighbours.keep(pairs, inside)
    return pairs, distances[inside] if measured else np.empty(0)


def _everyone(places: Places, argument: str) -> tuple[Pairs, FloatArray]:
    n = places.n
    if n * (n - 1) > MOST_LINKS:
        raise _too_many(places, n * (n - 1), argument)
    others = np.arange(n * (n - 1), dtype=np.int32) % max(n - 1, 1)
    # Row i has all positions but i.
    others += others >= np.repeat(np.arange(n, dtype=np.int32), n - 1)
    indptr = np.arange(n + 1, dtype=np.int64) * (n - 1)
    distances = neighbours.all_pairs(n, measure=places.distances)
    return Pairs(indptr, others.astype(np.int32, copy=False), 0), distances


def rows(indptr: Any, indices: Any, data: FloatArray) -> CsrArray:
    """Return the canonical matrix, shape (n, n), of sorted rows; weights of 0 are no links."""
    n = len(indptr) - 1
    # Positions fit into 32 bits wherever the number of links does.
    small = np.int32 if len(indices) < np.iinfo(np.int32).max else np.int64
    arrays = (data, indices.astype(small, copy=False), indptr.astype(small, copy=False))
    out: CsrArray = sparse.csr_array(arrays, shape=(n, n), copy=False)
    out.has_sorted_indices = True
    out.has_canonical_format = True
    if not data.all():
        out.eliminate_zeros()
    return out


def focal_of(pairs: Pairs) -> IntArray:
    """Return the row of each pair, shape (m,)."""
    return np.repeat(np.arange(pairs.indptr.size - 1), np.diff(pairs.indptr))


def isolating(places: Places, isolated: IntArray, threshold: float) -> WeightsError:
    """Return the error for a threshold that isolates places, with the smallest that does not."""
    if places.n == 1:
        return alone.refusal(places.ids, isolated, found="a single region")
    needed = _farthest_nearest(places)
    # Rounded up at the fifth digit, so that the number as printed isolates none.
    step = 10.0 ** (math.floor(math.log10(needed)) - 4)
    shown = f"{math.ceil(needed / step) * step:.10g}"
    return alone.refusal(
        places.ids,
        isolated,
        found=f"{isolated.size} regions with no other within {threshold:g} {places.unit}",
        remedy=f"the smallest threshold that isolates none is {shown} {places.unit}",
    )


def _farthest_nearest(places: Places) -> float:
    found = neighbours.nearest(places.points, 1, bound=places.bound, measure=places.distances)
    return float(places.distances(np.arange(places.n), found.neighbors[:, 0]).max())


def refuse_coincident(places: Places, pairs: Pairs, distances: FloatArray, *, remedy: str) -> None:
    """Refuse places at distance 0 from each other, by name."""
    if (distances > 0).all():
        return
    focal = focal_of(pairs)
    same = (distances == 0) & (focal < pairs.indices)
    twins = zip(places.ids[focal[same]], places.ids[pairs.indices[same]], strict=True)
    raise WeightsError(
        "points",
        expected="points that do not coincide",
        found=f"{int(same.sum())} pairs at distance 0",
        offenders=[f"{a} = {b}" for a, b in twins],
        why="their inverse distance is infinite and would take all weight of the row",
        remedy=remedy,
    )


def check_positive(argument: str, value: Any) -> None:
    """Refuse what is not a positive finite number."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value <= 0:
        raise InputError(argument, expected="a positive number", found=repr(value))


def check_k(k: Any, n: int) -> int:
    """Return a number of neighbours among n places, or refuse it."""
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k < n:
        raise InputError(
            "k",
            expected=f"a whole number between 1 and n - 1 = {n - 1}",
            found=repr(k),
            why="a region has at most n - 1 neighbours",
        )
    if n * int(k) > MOST_LINKS:
        raise InputError(
            "k",
            expected=f"at most {MOST_LINKS:,} links",
            found=f"{n * int(k):,} among {n:,} places",
            why="the weights would not fit into memory",
            remedy="choose a smaller k",
        )
    return int(k)


def _too_many(places: Places, links: int, argument: str) -> WeightsError:
    return WeightsError(
        argument,
        expected=f"at most {MOST_LINKS:,} links",
        found=f"{links:,} among {places.n:,} places",
        why="the weights would not fit into memory",
        remedy=f"choose a smaller {argument}, or knn",
    )
