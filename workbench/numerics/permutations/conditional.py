"""Conditional permutation of local statistics: each region keeps its value, the others move.

The permutation law of a statistic (:mod:`.local_forms`) puts regions drawn without replacement
from the other n − 1 in the neighbours' places (Anselin 1995). Its tails are counted in samples
that all regions share (:mod:`.samples`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from workbench.numerics.autocorrelation.local_forms import EPS, Local
from workbench.numerics.permutations import tail_kernels as kernels
from workbench.numerics.permutations.bilinear_forms import Tick, workers
from workbench.numerics.permutations.samples import Samples, samples
from workbench.numerics.sparse.matrices import CsrArray, as_weights, freeze
from workbench.typing import BoolArray, FloatArray, IntArray

BITS = 50
"""Binary digits kept of values where sums are compared as whole numbers: nearly all of them, so
that regions can still be told apart beside an outlier."""

SHORT = 2048
"""Samples held at once where every region runs through them all: they stay in cache."""

PART = 512
"""Regions handed to a thread at a time: few, so that a map of hundreds keeps two threads busy."""


@dataclass(frozen=True, slots=True)
class Tails:
    """How often the sampled statistic reached the observed one.

    Attributes
    ----------
    at_least, at_most : ndarray of int64, shape (n,)
        Samples with a statistic ≥, and ≤, the one observed; ties count in both.
    drawn_above, drawn_below : ndarray of int64, shape (n,)
        Samples looked at for each tail: R, or fewer where a tail was decided early.
    permutations : int
        R.
    enough : int
        Count at which a tail was decided; 0 if all R were drawn for every region.
    """

    at_least: IntArray
    at_most: IntArray
    drawn_above: IntArray
    drawn_below: IntArray
    permutations: int
    enough: int = 0


def tails(
    statistic: Local,
    *,
    permutations: int,
    seed: int,
    enough: int = 0,
    threads: int | None = None,
    tick: Tick | None = None,
) -> Tails:
    """Count, for each region, the samples at least and at most as large as observed.

    Parameters
    ----------
    statistic : Local
    permutations : int
        R samples.
    seed : int
        From 0 to 2⁶³ − 1.
    enough : int
        Stop a tail at this count (Besag and Clifford 1991); 0 draws all R for every region.
    threads : int, optional
        Default: as many as there are processors. Counts do not depend on it.
    tick : callable, optional
        Called with the number of samples that were finished.

    Returns
    -------
    Tails
        Regions without neighbours count R on both sides.

    References
    ----------
    Besag, J. and Clifford, P. (1991). Sequential Monte Carlo p-values. Biometrika 78, 301-304.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> from workbench.numerics.autocorrelation.local_forms import local
    >>> found = tails(local(np.arange(5.0), None, W), permutations=99, seed=0)
    >>> bool((found.at_least + found.at_most >= 99).all())
    True
    """
    rows = _Rows.of(statistic.W)
    whole = not enough and _constant(statistic.coefficients)
    plain = rows.equal & whole
    counts = np.zeros((rows.n, 2), dtype=np.int64)
    last = np.zeros((rows.n, 2), dtype=np.int64)
    if plain.any():
        sums = _Sums(statistic, rows, np.flatnonzero(plain), threads)
        for part in samples(rows.n, rows.largest(plain), permutations=permutations, seed=seed):
            sums.count(part, counts)
            _tell(tick, part.count if not (rows.linked & ~plain).any() else 0)
    rest = np.flatnonzero(rows.linked & ~plain)
    if rest.size:
        forms = _Forms(statistic, rows, threads, enough)
        for part in _short(rows, permutations, seed, enough):
            forms.count(part, rest, counts, last)
            _tell(tick, part.count)
            rest = rest[(last[rest] == 0).any(axis=1)] if enough else rest
    counts[~rows.linked] = permutations
    stopped = np.where(last > 0, last, permutations)
    return Tails(
        freeze(counts[:, 0].copy()),
        freeze(counts[:, 1].copy()),
        freeze(stopped[:, 0].copy()),
        freeze(stopped[:, 1].copy()),
        permutations,
        enough,
    )


def neighbor_medians(values: FloatArray, W: CsrArray) -> FloatArray:
    """Return the median of each region's neighbours, shape (n,), NaN without any.

    Examples
    --------
    >>> W = as_weights(np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1))
    >>> neighbor_medians(np.arange(5.0) ** 2, W).tolist()
    [1.0, 2.0, 5.0, 10.0, 9.0]
    """
    weights = as_weights(W)
    found = kernels.row_medians(
        np.asarray(values, dtype=np.float64), weights.indptr.astype(np.int64), weights.indices
    )
    return np.asarray(found, dtype=np.float64)


def median_tails(
    values: FloatArray,
    W: CsrArray,
    *,
    permutations: int,
    seed: int,
    precision: float = 0.0,
    threads: int | None = None,
    tick: Tick | None = None,
) -> Tails:
    """Count, for each region, the sampled medians of neighbours at least and at most its own.

    The weights only say who the neighbours are. Parameters as in :func:`tails`; `precision` as in
    :class:`.local_forms.Local`.
    """
    weights = as_weights(W)
    x = np.asarray(values, dtype=np.float64)
    rows = _Rows.of(weights)
    regions = np.flatnonzero(rows.linked)
    observed = neighbor_medians(x, weights)
    slack = np.full(rows.n, (EPS + precision) * float(np.abs(x).max()))
    if not regions.size:
        return _undrawn(rows.n, permutations)
    sizes, rank = rows.ranks(regions)
    above, below = (np.zeros(rows.n, dtype=np.int64) for _ in range(2))
    for part in samples(rows.n, int(sizes[-1]), permutations=permutations, seed=seed):
        middles = kernels.prefix_middles(part.drawn, x, sizes)
        medians = kernels.middle_medians(middles, sizes)
        shared = (_table(part), x, rank, sizes, middles, medians, np.sort(medians, axis=1))
        rest = (observed, slack, above, below)
        _spread(partial(_call, kernels.count_medians, (*shared, *rest)), regions, threads)
        _tell(tick, part.count)
    above[~rows.linked] = below[~rows.linked] = permutations
    drawn = freeze(np.full(rows.n, permutations))
    return Tails(freeze(above), freeze(below), drawn, drawn, permutations)


def _undrawn(n: int, permutations: int) -> Tails:
    """Return the tails of regions of which none has neighbours."""
    all_of_them = freeze(np.full(n, permutations))
    return Tails(all_of_them, all_of_them, all_of_them, all_of_them, permutations)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the rows of W look like."""

    indptr: IntArray
    data: FloatArray
    cardinality: IntArray
    linked: BoolArray
    equal: BoolArray

    @staticmethod
    def of(W: CsrArray) -> _Rows:
        cardinality = np.diff(W.indptr).astype(np.int64)
        linked = cardinality > 0
        equal = linked.copy()
        if W.nnz:
            begin = W.indptr[:-1][linked]
            low = np.minimum.reduceat(W.data, begin)
            equal[linked] = (low > 0) & (low == np.maximum.reduceat(W.data, begin))
        data = np.ascontiguousarray(W.data, dtype=np.float64)
        return _Rows(W.indptr.astype(np.int64), data, cardinality, linked, equal)

    @property
    def n(self) -> int:
        return int(self.cardinality.size)

    def largest(self, among: BoolArray) -> int:
        return int(self.cardinality[among].max())

    def ranks(self, regions: IntArray) -> tuple[IntArray, IntArray]:
        """Return the cardinalities that occur, in order, and which one each region has."""
        sizes = np.unique(self.cardinality[regions])
        rank = np.searchsorted(sizes, self.cardinality)
        return sizes, np.minimum(rank, sizes.size - 1).astype(np.int64)


class _Sums:
    """Unweighted sums of one feature, as whole numbers: a search in sorted sums a region."""

    def __init__(
        self, statistic: Local, rows: _Rows, regions: IntArray, threads: int | None
    ) -> None:
        self.threads = threads
        self.sizes, self.rank = rows.ranks(regions)
        # Regions of one cardinality search the same list: together they find it in cache.
        self.regions = regions[np.argsort(self.rank[regions], kind="stable")]
        F = statistic.features[0]
        centred = F - F.mean()
        largest = float(np.abs(centred).max()) or 1.0
        room = int(np.floor(62 - np.log2(self.sizes[-1] + 2.0)))
        self.scale = 2.0 ** min(BITS, room) / largest
        self.values = np.rint(centred * self.scale).astype(np.int64)
        links = statistic.W.copy()
        links.data = np.ones(links.nnz)
        structure = links.astype(np.int64)
        self.observed = np.asarray(structure @ self.values, dtype=np.int64)
        rounding = (EPS + statistic.precision) * float(np.abs(F).max()) * self.scale
        self.slack = np.ceil(rows.cardinality * (1.0 + rounding)).astype(np.int64)

    def count(self, part: Samples, counts: IntArray) -> None:
        sums = kernels.prefix_sums(part.drawn, self.values, self.sizes)
        ordered = np.sort(sums, axis=1)
        above, below = np.ascontiguousarray(counts[:, 0]), np.ascontiguousarray(counts[:, 1])
        shared = (_table(part), self.values, self.rank, self.sizes, sums, ordered)
        rest = (self.observed, self.slack, above, below)
        call = partial(_call, kernels.count_sums, (*shared, *rest))
        _spread(call, self.regions, self.threads)
        counts[:, 0], counts[:, 1] = above, below


class _Forms:
    """Any features and weights: every region runs through the samples."""

    def __init__(self, statistic: Local, rows: _Rows, threads: int | None, enough: int) -> None:
        self.statistic, self.rows, self.threads, self.enough = statistic, rows, threads, enough
        self.sizes, self.rank = rows.ranks(np.flatnonzero(rows.linked))
        self.observed = statistic.observed
        self.slack = _slack(statistic, rows)

    def count(self, part: Samples, regions: IntArray, counts: IntArray, last: IntArray) -> None:
        F = self.statistic.features
        sums = np.stack([kernels.prefix_sums(part.drawn, f, self.sizes) for f in F], axis=1)
        unequal = (self.rows.linked & ~self.rows.equal).any()
        held = F[:, part.drawn[:-1] if unequal else part.drawn[:0]]
        weights = (self.rows.indptr, self.rows.data, self.rows.equal)
        shared = (_table(part), F, self.statistic.coefficients, weights, held, sums, self.rank)
        rest = (self.observed, self.slack, part.first, self.enough, counts, last)
        _spread(partial(_call, kernels.count_forms, (*shared, *rest)), regions, self.threads)


def _short(rows: _Rows, permutations: int, seed: int, enough: int) -> Iterator[Samples]:
    return samples(
        rows.n,
        rows.largest(rows.linked),
        permutations=permutations,
        seed=seed,
        growing=enough > 0,
        most=SHORT,
    )


def _slack(statistic: Local, rows: _Rows) -> FloatArray:
    """Bound the rounding of T_i in two orders of adding."""
    largest = np.abs(statistic.features).max(axis=1)
    term = np.abs(statistic.coefficients) @ largest
    absolute = np.asarray(abs(statistic.W).sum(axis=1)).ravel()
    share = EPS * np.maximum(rows.cardinality, 1) + statistic.precision
    return np.asarray(absolute * term * share, dtype=np.float64)


def _constant(coefficients: FloatArray) -> bool:
    return bool(coefficients.shape[1] == 1 and (coefficients == 1.0).all())


def _table(part: Samples) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    return part.drawn, part.occurs, part.sample, part.slot


def _tell(tick: Tick | None, count: int) -> None:
    if tick is not None and count:
        tick(count)


def _call(kernel: Any, shared: tuple[Any, ...], regions: IntArray) -> None:
    kernel(regions, *shared)


def _spread(task: Callable[[IntArray], None], regions: IntArray, threads: int | None) -> None:
    """Run a kernel over parts of the regions, in threads; an interrupt ends after the parts."""
    parts = [regions[first : first + PART] for first in range(0, regions.size, PART)]
    count = workers(threads)
    if count == 1 or len(parts) == 1:
        for part in parts:
            task(part)
        return
    with ThreadPoolExecutor(max_workers=count) as pool:
        try:
            list(pool.map(task, parts))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
