"""Neighbours by distance: the k nearest, all within a band, and inverse-distance weights."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import InputError, WeightsError, check_option
from workbench.typing import Decay, FloatArray, IntArray, Islands, Metric, Normalization, Unit
from workbench.weights import islands as alone
from workbench.weights.geometry import Places, locate
from workbench.weights.graphs import canonical
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights, assemble

TIE = 1e-9
# Distances that agree to this relative precision are a tie: their last bits differ with the
# processor and with the order of operations, and neighbours must not.

MARGIN = 1e-6
# The search tree only proposes pairs, this much beyond the limit: chords of a few metres on the
# unit sphere carry relative rounding of 1e-9. The distance itself decides.

MOST_LINKS = 30_000_000
# A Graph takes about 40 bytes a link, and there are two: 2.4 GB.


def knn(
    points: Any, k: int, *, metric: Metric = "auto", normalize: Normalization = "row"
) -> Weights:
    """Build k-nearest-neighbour weights.

    Parameters
    ----------
    points : GeoDataFrame or GeoSeries of points or polygons
        Indexed by unique region id, with a CRS; not changed. Polygons count at their centroids.
    k : int
        Number of neighbours of each region, at least 1 and less than n.
    metric : {"auto", "planar", "great-circle"}, default "auto"
        ``"auto"``: great-circle where the CRS is geographic, planar elsewhere.
    normalize : {"row", "binary"}, default "row"
        Rows that sum to 1, or 0/1.

    Returns
    -------
    Weights
        k links a row; **not symmetric**: a is among b's nearest without b being among a's.

    Raises
    ------
    GeometryError
        If geometries or CRS are unusable, or ``"planar"`` meets degrees.
    InputError
        If `k` is not a whole number between 1 and n − 1.

    Notes
    -----
    Ties (distances within 1e-9 of each other) are broken by the order of sorted ids.
    Coincident points are each other's neighbours at distance 0.

    References
    ----------
    Anselin, L. and Rey, S. J. (2014). Modern Spatial Econometrics in Practice, chapter 4.

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> line = GeoSeries(points_from_xy([0, 1, 3], [0, 0, 0]), index=["a", "b", "c"], crs=3857)
    >>> knn(line, 1).graph["c"].index.tolist()
    ['b']
    """
    check_option("normalize", normalize, Normalization)
    # The unit does not decide who is nearest, and the CRS's own needs no conversion.
    places = locate(points, metric=metric, unit=_any_unit(points, metric))
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k < places.n:
        raise InputError(
            "k",
            expected=f"a whole number between 1 and n - 1 = {places.n - 1}",
            found=repr(k),
            why="a region has at most n - 1 neighbours",
        )
    focal, neighbor = _nearest(places, int(k))
    matrix = canonical(
        sparse.coo_array((np.ones(focal.size), (focal, neighbor)), shape=(places.n, places.n))
    )
    recipe = Recipe(
        "knn",
        {"k": int(k), "metric": places.metric},
        islands="keep",
        crs=places.crs,
        unit=places.unit,
        notes=(places.note(), "nearest neighbours are directed: the weights are not symmetric"),
    )
    return assemble(places.ids, matrix, recipe, normalization=normalize)


def distance_band(
    points: Any,
    threshold: float,
    *,
    unit: Unit = "km",
    decay: Decay = "binary",
    power: float = 1.0,
    metric: Metric = "auto",
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Build weights of all pairs no farther apart than a threshold.

    Parameters
    ----------
    points : GeoDataFrame or GeoSeries of points or polygons
        Indexed by unique region id, with a CRS; not changed. Polygons count at their centroids.
    threshold : float
        Largest distance, in `unit`; pairs at exactly this distance (to 1e-9) are linked.
    unit : {"km", "m", "crs"}, default "km"
        Unit of threshold and weights; ``"crs"`` is the unit of planar coordinates.
    decay : {"binary", "inverse"}, default "binary"
        Weights 1, or 1/dᵖ with d in `unit`.
    power : float, default 1
        The p of ``decay="inverse"``, positive.
    metric : {"auto", "planar", "great-circle"}, default "auto"
        ``"auto"``: great-circle where the CRS is geographic, planar elsewhere.
    islands : {"error", "nearest", "keep"}, default "error"
        Regions without any other in the band are refused (with the smallest threshold that
        isolates none), linked both ways to the nearest, or kept without neighbours.
    normalize : {"row", "binary"}, default "row"
        Rows that sum to 1, or as built.

    Returns
    -------
    Weights
        Symmetric as built, ids sorted.

    Raises
    ------
    GeometryError
        If geometries or CRS are unusable, or ``"planar"`` meets degrees.
    InputError
        If `threshold` or `power` is not positive and finite.
    WeightsError
        If the threshold isolates regions under ``islands="error"``, points coincide under
        ``decay="inverse"``, or there are more links than memory serves.

    References
    ----------
    Anselin, L. and Rey, S. J. (2014). Modern Spatial Econometrics in Practice, chapter 4.

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> line = GeoSeries(points_from_xy([0, 1, 3], [0, 0, 0]), index=["a", "b", "c"], crs=3857)
    >>> distance_band(line, 2, unit="m").cardinalities.to_dict()
    {'a': 1, 'b': 2, 'c': 1}
    """
    check_option("decay", decay, Decay)
    check_option("islands", islands, Islands)
    check_option("normalize", normalize, Normalization)
    _positive("threshold", threshold)
    _positive("power", power)
    places = locate(points, metric=metric, unit=unit)
    exponent = float(power) if decay == "inverse" else 0.0
    parameters = {"threshold": float(threshold), "unit": unit, "decay": decay}
    if decay == "inverse":
        parameters["power"] = float(power)
    return _band(
        places, float(threshold), exponent, islands, normalize, "distance_band", parameters
    )


def inverse_distance(
    points: Any,
    *,
    power: float = 1.0,
    threshold: float | None = None,
    unit: Unit = "km",
    metric: Metric = "auto",
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Build inverse-distance weights 1/dᵖ between all pairs, or those within a threshold.

    Parameters
    ----------
    points : GeoDataFrame or GeoSeries of points or polygons
        Indexed by unique region id, with a CRS; not changed. Polygons count at their centroids.
    power : float, default 1
        The p of 1/dᵖ, positive.
    threshold : float, optional
        Largest distance, in `unit`; without it every region is everyone's neighbour.
    unit : {"km", "m", "crs"}, default "km"
        Unit of d. It scales the weights; rows that sum to 1 do not depend on it.
    metric : {"auto", "planar", "great-circle"}, default "auto"
        ``"auto"``: great-circle where the CRS is geographic, planar elsewhere.
    islands : {"error", "nearest", "keep"}, default "error"
        As for :func:`distance_band`.
    normalize : {"row", "binary"}, default "row"
        Rows that sum to 1, or as built.

    Returns
    -------
    Weights
        Symmetric as built, ids sorted.

    Raises
    ------
    GeometryError, InputError, WeightsError
        As for :func:`distance_band`.

    References
    ----------
    Anselin, L. and Rey, S. J. (2014). Modern Spatial Econometrics in Practice, chapter 4.

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> line = GeoSeries(points_from_xy([0, 1, 3], [0, 0, 0]), index=["a", "b", "c"], crs=3857)
    >>> inverse_distance(line, unit="m", normalize="none").graph["a"].tolist()
    [1.0, 0.3333333333333333]
    """
    check_option("islands", islands, Islands)
    check_option("normalize", normalize, Normalization)
    _positive("power", power)
    if threshold is not None:
        _positive("threshold", threshold)
    places = locate(points, metric=metric, unit=unit)
    parameters: dict[str, Any] = {"power": float(power), "unit": unit}
    if threshold is not None:
        parameters["threshold"] = float(threshold)
    reach = math.inf if threshold is None else float(threshold)
    return _band(places, reach, float(power), islands, normalize, "inverse_distance", parameters)


def _band(
    places: Places,
    threshold: float,
    power: float,
    islands: Islands,
    normalize: Normalization,
    builder: str,
    parameters: dict[str, Any],
) -> Weights:
    focal, neighbor, distance = _within(places, threshold)
    if power:
        _refuse_coincident(places, focal, neighbor, distance)
    matrix = canonical(
        sparse.coo_array((distance**-power, (focal, neighbor)), shape=(places.n, places.n))
    )
    recipe = Recipe(
        builder,
        {**parameters, "metric": places.metric},
        islands=islands,
        crs=places.crs,
        unit=places.unit,
        notes=(places.note(),),
    )
    return alone.settle(
        places.ids,
        matrix,
        recipe,
        normalization=normalize,
        refuse=lambda isolated: _isolating(places, isolated, threshold),
        measure=_from_all(places),
        strength=lambda distance: np.asarray(distance**-power),
        unit=places.unit,
    )


def _within(places: Places, threshold: float) -> tuple[IntArray, IntArray, FloatArray]:
    """Find ordered pairs of positions with distance up to the threshold, and their distances."""
    tree = places.tree()
    reach = places.radius(threshold) * (1 + MARGIN) if math.isfinite(threshold) else math.inf
    links = places.n * (places.n - 1)
    if links > MOST_LINKS:
        links = int(tree.count_neighbors(tree, reach)) - places.n
    if links > MOST_LINKS:
        raise WeightsError(
            "threshold",
            expected=f"at most {MOST_LINKS:,} links",
            found=f"{links:,} among {places.n:,} places",
            why="the weights would not fit into memory",
            remedy="choose a smaller threshold, or knn",
        )
    if math.isfinite(threshold):
        pairs = tree.query_pairs(reach, output_type="ndarray").astype(np.int64)
    else:
        pairs = np.column_stack(np.triu_indices(places.n, k=1)).astype(np.int64)
    distance = places.distances(pairs[:, 0], pairs[:, 1])
    inside = distance <= threshold * (1 + TIE)
    first, second, distance = pairs[inside, 0], pairs[inside, 1], distance[inside]
    return (
        np.concatenate([first, second]),
        np.concatenate([second, first]),
        np.concatenate([distance, distance]),
    )


def _nearest(places: Places, k: int) -> tuple[IntArray, IntArray]:
    """Find the k nearest of each place; ties at the k-th distance go to the first ids."""
    tree = places.tree()
    reach = np.asarray(tree.query(places.points, k=[k + 1])[0])[:, 0] * (1 + MARGIN)
    candidates = tree.query_ball_point(places.points, reach, return_sorted=True)
    chosen = np.empty((places.n, k), dtype=np.int64)
    for position, found in enumerate(candidates):
        others = np.array(found, dtype=np.int64)
        others = others[others != position]
        distance = places.distances(np.full(others.size, position), others)
        last = np.partition(distance, k - 1)[k - 1]
        nearer = others[distance < last * (1 - TIE)]
        tied = others[distance >= last * (1 - TIE)]
        chosen[position] = np.concatenate([nearer, tied])[:k]
    return np.repeat(np.arange(places.n), k), chosen.ravel()


def _from_all(places: Places) -> Any:
    everyone = np.arange(places.n)
    return lambda position: places.distances(np.full(places.n, position), everyone)


def _isolating(places: Places, isolated: IntArray, threshold: float) -> WeightsError:
    if places.n == 1:
        return alone.refusal(places.ids, isolated, found="a single region")
    nearest = np.asarray(places.tree().query(places.points, k=[2])[1])[:, 0].astype(np.int64)
    own = np.arange(places.n)
    # With coincident points the place itself may come second; its twin is at distance 0 too.
    needed = float(places.distances(own, nearest).max())
    # Rounded up at the fifth digit, so that the number as printed isolates none.
    step = 10.0 ** (math.floor(math.log10(needed)) - 4)
    shown = f"{math.ceil(needed / step) * step:.10g}"
    return alone.refusal(
        places.ids,
        isolated,
        found=f"{isolated.size} regions with no other within {threshold:g} {places.unit}",
        remedy=f"the smallest threshold that isolates none is {shown} {places.unit}",
    )


def _refuse_coincident(
    places: Places, focal: IntArray, neighbor: IntArray, distance: FloatArray
) -> None:
    same = (distance == 0) & (focal < neighbor)
    if same.any():
        pairs = zip(places.ids[focal[same]], places.ids[neighbor[same]], strict=True)
        raise WeightsError(
            "points",
            expected="points that do not coincide",
            found=f"{int(same.sum())} pairs at distance 0",
            offenders=[f"{a} = {b}" for a, b in pairs],
            why="their inverse distance is infinite and would take all weight of the row",
            remedy='merge them into one region, move them apart, or use decay="binary" or knn',
        )


def _positive(argument: str, value: float) -> None:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value <= 0:
        raise InputError(argument, expected="a positive number", found=repr(value))


def _any_unit(points: Any, metric: Metric) -> Unit:
    crs = getattr(points, "crs", None)
    return "km" if crs is None or crs.is_geographic or metric == "great-circle" else "crs"
