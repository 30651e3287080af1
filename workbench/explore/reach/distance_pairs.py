"""All pairs of regions against distance: how similarity fades, without classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import check_level
from workbench.errors import InputError, check_option
from workbench.explore.permuted import check_permutations
from workbench.explore.reach.scatter import DistanceScatterResult
from workbench.explore.variable import Variable, read_variable
from workbench.numerics.autocorrelation.pair_smooth import (
    PairSmooth,
    local_linear,
    narrowest_bandwidth,
    pair_smooth,
    sampled_pairs,
)
from workbench.numerics.geometry.neighbours import TIE
from workbench.numerics.permutations.envelopes import joint_inference
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Align, FloatArray, IntArray, Metric, PairMeasure, Unit
from workbench.weights.distances import check_positive, pairs_within
from workbench.weights.places import Places, locate
from workbench.weights.recipe import Recipe
from workbench.weights.weights import assemble

PLACES = 50
"""Distances at which the smooth is taken."""

BANDWIDTH = 0.125
"""Default bandwidth as a share of the largest distance shown."""

MEASURED = 5_000_000
"""Most pairs (n = 3,163) that are all measured; of more a sample is."""

SPARE = 16
"""How many times the wanted pairs are drawn then, because some lie beyond the reach."""

FEWEST_PAIRS, MOST_PAIRS = 10, 1_000_000


def distance_scatter(
    variable: str | pd.Series[Any],
    regions: Any,
    *,
    measure: PairMeasure = "product",
    max_distance: float | None = None,
    bandwidth: float | None = None,
    pairs: int = 50_000,
    unit: Unit = "km",
    metric: Metric = "auto",
    permutations: int = 199,
    seed: int = 0,
    level: float = 0.95,
    align: Align = "strict",
) -> DistanceScatterResult:
    """Show every pair of regions against its distance, with a smooth and a simultaneous envelope.

    The products ``z_i z_j`` of standardised values estimate the correlation of regions at each
    distance without classes (a non-parametric correlogram): a local linear regression goes through
    them. Pairs share regions and are not independent, so that the band is not that of a
    regression: it is the envelope in which a share `level` of the smooths lies at every distance
    when the values are permuted over the regions.

    Parameters
    ----------
    variable : str or pandas.Series
        A column or expression of `regions`, or values by region id.
    regions : GeoDataFrame or GeoSeries
        Points or polygons (which count at their centroids) indexed by region id, with a CRS.
    measure : {"product", "semivariance"}
        ``z_i z_j``, large where regions are alike, or ``(z_i − z_j)²/2``, small there.
    max_distance : float, optional
        In `unit`; by default half the largest distance that was measured.
    bandwidth : float, optional
        Of the smooth, in `unit`; by default an eighth of `max_distance`, or as much more as it
        takes for every window to hold two distances (a note says so).
    pairs : int, default 50,000
        Most pairs to use: where there are more, that many are drawn with equal chances, and a
        note says so.
    unit : {"km", "m", "crs"}, default "km"
        Unit of the distances.
    metric : {"auto", "planar", "great-circle", "ellipsoidal"}, default "auto"
        Great-circle for longitude and latitude.
    permutations : int, default 199
        Joint permutations R behind the envelope.
    seed : int, default 0
        Of the permutations and of the drawn pairs.
    level : float, default 0.95
        Of the envelope.
    align : {"strict", "intersection"}
        What to do about regions that only the variable or only the geometries have.

    Returns
    -------
    DistanceScatterResult
        ``tidy()`` (the smooth), ``augment()`` (the pairs), ``reach``, ``p_value``, ``plot()``.

    Raises
    ------
    FormulaError, ValuesError, IdError, GeometryError
        If variable or geometries cannot be used.
    InputError
        If there are fewer than ten pairs within reach, or an option cannot be used.

    References
    ----------
    Hall, P. and Patil, P. (1994). Properties of nonparametric estimators of autocovariance for
    stationary random fields. Probability Theory and Related Fields 99, 399-424. Bjørnstad, O. and
    Falck, W. (2001). Nonparametric spatial covariance functions: estimation and testing.
    Environmental and Ecological Statistics 8, 53-70.

    Examples
    --------
    >>> from geopandas import GeoDataFrame, points_from_xy
    >>> line = GeoDataFrame(
    ...     {"x": np.arange(20.0)}, geometry=points_from_xy(np.arange(20.0), [0] * 20), crs=3857)
    >>> found = distance_scatter("x", line, unit="m")
    >>> bool(found.tidy()["statistic"].iloc[0] > found.tidy()["statistic"].iloc[-1])
    True
    """
    check_option("measure", measure, PairMeasure)
    check_permutations(permutations)
    check_seed(seed)
    check_level(level)
    most = _most(pairs)
    for name, value in (("max_distance", max_distance), ("bandwidth", bandwidth)):
        if value is not None:
            check_positive(name, value)
    places = locate(regions, metric=metric, unit=unit, argument="regions")
    read = _read(variable, regions, places, align)
    where = places.ids.get_indexer(read.weights.ids)
    (first, second), distance, total, reach = _within(
        places, where, max_distance, most=most, seed=int(seed)
    )
    at = np.linspace(distance.min(), distance.max(), PLACES)
    width, widened = _bandwidth(bandwidth, reach, distance, at, unit=places.unit)
    found = pair_smooth(
        read.values,
        (first, second),
        local_linear(distance, at, bandwidth=width),
        measure=measure,
        permutations=int(permutations),
        seed=int(seed),
    )
    notes = (*read.notes, places.note(), *widened, *_notes(distance.size, total, level))
    options = {
        "measure": measure,
        "max_distance": f"{reach:.12g} {places.unit}",
        "bandwidth": f"{width:.12g}",
        "pairs": str(distance.size),
        "permutations": str(permutations),
        "metric": places.metric,
    }
    return DistanceScatterResult(
        variable=read.name,
        measure=measure,
        unit=places.unit,
        points=_points(read.weights.ids, (first, second), distance, found.values),
        curve=_curve(found, at, level),
        simulated=found.simulated,
        bandwidth=width,
        level=float(level),
        total=total,
        notes=notes,
        provenance=Provenance(
            method="distance scatter with a local linear smooth",
            formula=read.name,
            nobs=len(read.values),
            ids_digest=read.weights.ids_digest,
            seed=int(seed),
            notes=notes,
            options=options,
        ),
    )


def _curve(found: PairSmooth, at: FloatArray, level: float) -> pd.DataFrame:
    joint = joint_inference(found.observed, found.simulated, level=level)
    return pd.DataFrame(
        {
            "statistic": found.observed,
            "p_permutation": joint.p_pointwise,
            "p_adjusted": joint.p_adjusted,
            "envelope_low": joint.low,
            "envelope_high": joint.high,
        },
        index=pd.Index(at, name="distance"),
    )


def _points(
    ids: pd.Index, pairs: tuple[IntArray, IntArray], distance: FloatArray, values: FloatArray
) -> pd.DataFrame:
    index = pd.MultiIndex.from_arrays([ids[side] for side in pairs], names=["focal", "neighbor"])
    return pd.DataFrame({"distance": distance, "value": values}, index=index)


def _read(variable: str | pd.Series[Any], regions: Any, places: Places, align: Align) -> Variable:
    """Read a variable in the order of the places, through weights without links."""
    n = places.n
    nothing: CsrArray = sparse.csr_array((n, n), dtype=np.float64)
    unlinked = assemble(places.ids, nothing, Recipe("distance_scatter"), normalization="none")
    table = regions if isinstance(regions, pd.DataFrame) else None
    return read_variable(variable, table, unlinked, align=align)


def _within(
    places: Places, where: IntArray, max_distance: float | None, *, most: int, seed: int
) -> tuple[tuple[IntArray, IntArray], FloatArray, int | None, float]:
    """Return pairs within reach, their distances, how many there are in all, and the reach."""
    n = where.size
    exhaustive = n * (n - 1) // 2 <= MEASURED
    first, second = sampled_pairs(n, MEASURED if exhaustive else SPARE * most, seed=seed)
    distance = places.distances(where[first], where[second])
    reach = 0.5 * float(distance.max()) if max_distance is None else float(max_distance)
    inside = np.flatnonzero(distance <= reach * (1 + TIE))
    expected = inside.size / distance.size * (n * (n - 1) / 2)
    if not exhaustive and max_distance is not None and expected <= MEASURED:
        # so few of all pairs are within reach that a sample of all would miss most of them
        (first, second), distance = _near(places, where, reach)
        exhaustive, inside = True, np.arange(distance.size)
    if inside.size < FEWEST_PAIRS:
        raise InputError(
            "max_distance",
            expected=f"a distance within which there are at least {FEWEST_PAIRS} pairs",
            found=f"{inside.size} pairs within {reach:g} {places.unit}",
            remedy="widen max_distance, or leave it out: half the largest distance",
        )
    total = inside.size if exhaustive else None
    if inside.size > most:
        chosen = generator(seed, "distance scatter").choice(inside.size, size=most, replace=False)
        inside = inside[np.sort(chosen)]
    return (first[inside], second[inside]), distance[inside], total, reach


def _near(
    places: Places, where: IntArray, reach: float
) -> tuple[tuple[IntArray, IntArray], FloatArray]:
    """List the pairs i < j within reach, of the places in use, with their distances."""
    found, distance = pairs_within(places, reach, argument="max_distance")
    place = np.full(places.n, -1, dtype=np.int64)
    place[where] = np.arange(where.size)
    first = place[np.repeat(np.arange(places.n), np.diff(found.indptr))]
    second = place[found.indices]
    kept = np.flatnonzero((first >= 0) & (first < second))
    kept = kept[np.lexsort((second[kept], first[kept]))]
    return (first[kept], second[kept]), distance[kept]


def _bandwidth(
    asked: float | None, reach: float, distance: FloatArray, at: FloatArray, *, unit: str
) -> tuple[float, tuple[str, ...]]:
    """Return the bandwidth, and a sentence where the default one had to be widened."""
    if asked is not None:
        return float(asked), ()
    usual, needed = BANDWIDTH * reach, narrowest_bandwidth(distance, at)
    if needed <= usual:
        return usual, ()
    if not np.isfinite(needed):
        raise InputError(
            "max_distance",
            expected="pairs at different distances",
            found=f"{distance.size} pairs, all {distance[0]:.4g} {unit} apart",
            why="nothing can be seen to fade with distance",
            remedy="a larger max_distance" if distance[0] else "look at the coordinates",
        )
    return needed, (
        f"the bandwidth is {needed:.3g} {unit}, the least with two distances in every window",
    )


def _most(pairs: int) -> int:
    whole = isinstance(pairs, int | np.integer) and not isinstance(pairs, bool)
    if not whole or not FEWEST_PAIRS <= pairs <= MOST_PAIRS:
        raise InputError(
            "pairs",
            expected=f"a whole number from {FEWEST_PAIRS} to {MOST_PAIRS:,}",
            found=repr(pairs),
            why="every pair is smoothed at every distance under every permutation",
        )
    return int(pairs)


def _notes(used: int, total: int | None, level: float) -> tuple[str, ...]:
    told = [
        f"the {100 * level:g} % envelope and p_adjusted (step-down max-T) hold for all distances "
        "at once"
    ]
    if total is None:
        told.append(f"{used:,} pairs drawn at random with equal chances from all within reach")
    elif used < total:
        told.append(f"{used:,} of the {total:,} pairs within reach, drawn with equal chances")
    return tuple(told)
