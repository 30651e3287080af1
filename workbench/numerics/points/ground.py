"""Sites on a plane or a sphere, and how marks are thrown onto them under a null hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.numerics.permutations.bilinear_forms import blocks, workers
from workbench.numerics.permutations.streams import stream_key
from workbench.numerics.points.pairs import BINS, count_pairs, drawn
from workbench.progress import progress
from workbench.typing import FloatArray, IntArray, PointNull

PART = 8
"""Draws handed to a thread at a time."""

ROOM = 1.0 + 1e-9
"""The last bin ends this much beyond the longest line, so that rounding cannot leave it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Sites between which straight lines are measured and read as distances.

    Attributes
    ----------
    lines : ndarray, shape (3, N)
        Coordinates: planar ones with a zero third, or points on the unit sphere.
    scale : float
        Distance of a straight line of length one in the plane; the radius on a sphere.
    sphere : bool
        Whether lines are chords, whose arcs are the distances.
    """

    lines: FloatArray
    scale: float
    sphere: bool

    @property
    def longest(self) -> float:
        """A straight line that no pair exceeds: the diagonal of the sites' box."""
        return float(np.linalg.norm(np.ptp(self.lines, axis=1)))

    def distances(self, lines: Any) -> FloatArray:
        """Read straight lines as distances, in units of `scale`."""
        line = np.asarray(lines, dtype=np.float64)
        if self.sphere:
            return np.asarray(2.0 * self.scale * np.arcsin(np.minimum(line / 2.0, 1.0)))
        return line * self.scale

    def straight(self, distances: Any) -> FloatArray:
        """Return the straight lines of distances; beyond half a great circle the diameter."""
        along = np.asarray(distances, dtype=np.float64) / self.scale
        if self.sphere:
            return np.asarray(2.0 * np.sin(np.minimum(along / 2.0, np.pi / 2.0)))
        return along

    def bins(self) -> tuple[float, FloatArray]:
        """Return bins in a unit of straight line, and the distances at the bins' middles."""
        width = self.longest * ROOM / BINS
        return 1.0 / width, self.distances((np.arange(BINS) + 0.5) * width)


def median_distance(ground: Ground, sites: IntArray) -> float:
    """Return the median distance of all pairs of these sites, to the width of a bin."""
    per_line, positions = ground.bins()
    counts = np.zeros(BINS, dtype=np.int64)
    here = np.ascontiguousarray(ground.lines[:, sites])
    count_pairs(here, here, True, per_line, np.empty(sites.size, dtype=np.int32), counts)
    seen = np.cumsum(counts)
    return float(positions[np.searchsorted(seen, 0.5 * seen[-1])])


@dataclass(frozen=True, slots=True)
class Thrown:
    """Where marks are: the sites of the first type, of the second, and the weights.

    Attributes
    ----------
    here, there : ndarray of int64
        Sites of the points looked from, and of those looked at; the same array within one type.
    weights : ndarray, shape (N,), or None
        Of the point at each site.
    """

    here: IntArray
    there: IntArray
    weights: FloatArray | None

    @property
    def within(self) -> bool:
        """Whether pairs are of one type."""
        return self.there is self.here


@dataclass(frozen=True, slots=True)
class Marks:
    """Points of one type or two among N sites, and the null under which marks are thrown.

    Attributes
    ----------
    here : ndarray of int64, shape (n,)
        Sites of the type in question, increasing.
    there : ndarray of int64 or None
        Sites of the other type, increasing; None within one type.
    weights : ndarray, shape (N,), or None
        Of the point at each site.
    null : {"location", "labelling", "independence"}
        Points with type and weight thrown onto the sites; types only, weights staying with the
        sites; all points but those of the type in question thrown onto each other's sites.
    size : int
        N.
    moved, candidates : ndarray of int64
        Points whose marks move, those of the types in question first; the sites they can take.
    """

    here: IntArray
    there: IntArray | None
    weights: FloatArray | None
    null: PointNull
    size: int
    moved: IntArray = field(init=False)
    candidates: IntArray = field(init=False)

    def __post_init__(self) -> None:
        """Put the points whose marks move in order, those in question first, and their sites."""
        free = np.ones(self.size, dtype=bool)
        types = [] if self.there is None else [self.there]
        if self.null == "independence":
            free[self.here] = False
        else:
            types = [self.here, *types]
        first = np.concatenate([*types, np.empty(0, dtype=np.int64)])
        candidates = np.flatnonzero(free)
        free[first] = False
        object.__setattr__(self, "candidates", candidates)
        object.__setattr__(self, "moved", np.concatenate([first, np.flatnonzero(free)]))

    @property
    def weights_stay(self) -> bool:
        """Whether every draw leaves the weight of each site as it is."""
        return self.weights is None or self.null == "labelling"

    def observed(self) -> Thrown:
        """Return the points where they are."""
        other = self.here if self.there is None else self.there
        return Thrown(self.here, other, self.weights)

    def thrown(self, key: Any, number: int, *, whole: bool) -> Thrown:
        """Return the draw of this number.

        Parameters
        ----------
        key : numpy.uint64
            From :func:`workbench.numerics.permutations.streams.stream_key`.
        number : int
            From 0; each has its own stream.
        whole : bool
            Whether the weights of all other points are asked for too.
        """
        cut = 0 if self.null == "independence" else self.here.size
        named = cut + (0 if self.there is None else self.there.size)
        many = self.moved.size if whole and not self.weights_stay else named
        sites = np.empty(self.candidates.size, dtype=np.int64)
        drawn(key, number, self.candidates, many, sites)
        weights = self.weights
        if weights is not None and not self.weights_stay:
            carried = weights[self.moved[:many]]
            weights = weights.copy()
            weights[sites[:many]] = carried
        here = sites[:cut] if cut else self.here
        return Thrown(here, here if self.there is None else sites[cut:named], weights)


def over_draws(one: Callable[[int], None], draws: int, *, threads: int | None, title: str) -> None:
    """Call `one` for each draw on several threads; each writes to a place of its own."""

    def part(block: tuple[int, int]) -> int:
        for number in range(block[0], block[0] + block[1]):
            one(number)
        return block[1]

    pool = ThreadPoolExecutor(max_workers=workers(threads))
    with pool, progress(draws, title) as tick:
        try:
            for size in pool.map(part, list(blocks(draws, PART))):
                tick(size)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def draw_key(seed: int, name: str) -> Any:
    """Return the key of the draws for one seed and one question."""
    return stream_key(seed, f"points\x1f{name}")
