"""Neighbours within a band of distance, alike or weighted by a decay."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workbench.errors import WeightsError, check_option
from workbench.typing import Decay, Islands, Metric, Normalization, Unit
from workbench.weights import islands as alone
from workbench.weights.decay import Falling
from workbench.weights.distances import (
    check_positive,
    isolating,
    pairs_within,
    refuse_coincident,
    rows,
)
from workbench.weights.places import Places, locate
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights


def distance_band(
    points: Any,
    threshold: float,
    *,
    unit: Unit = "km",
    decay: Decay = "binary",
    power: float = 1.0,
    alpha: float | None = None,
    minimum_distance: float | None = None,
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
        Largest distance D, in `unit`; pairs at exactly this distance (to 1e-9) are linked.
    unit : {"km", "m", "crs"}, default "km"
        Unit of threshold and weights; ``"crs"`` is the unit of planar coordinates.
    decay : {"binary", "inverse", "exponential", "double-power"}, default "binary"
        Weights 1; 1/dᵖ; exp(−αd); or (1 − (d/D)^α)^α, which is 0 at D. d is in `unit`.
    power : float, default 1
        The p of ``decay="inverse"``, positive.
    alpha : float, optional
        The α, positive: of ``decay="exponential"``, in 1/`unit`, or of ``"double-power"``.
    minimum_distance : float, optional
        Distances below it count as it, in `unit`; needed where points coincide under
        ``decay="inverse"``.
    metric : {"auto", "planar", "great-circle", "ellipsoidal"}, default "auto"
        ``"auto"``: great-circle where the CRS is geographic, planar elsewhere.
        ``"ellipsoidal"``: geodesics on the CRS's ellipsoid, from any CRS tied to the Earth.
    islands : {"error", "nearest", "keep", "drop"}, default "error"
        Regions without any other in the band are refused (with the smallest threshold that
        isolates none), linked both ways to the nearest, kept without neighbours, or left out.
        ``"nearest"`` is refused with ``"double-power"``, which is 0 beyond the threshold.
    normalize : Normalization, default "row"
        Rows that sum to 1, or another word: see :meth:`Weights.normalize`.

    Returns
    -------
    Weights
        Symmetric as built, ids sorted.

    Raises
    ------
    GeometryError
        If geometries or CRS are unusable, or ``"planar"`` meets degrees.
    InputError
        If a number is not positive and finite, missing where the decay needs it, or given where
        it would not be used.
    WeightsError
        If the threshold isolates regions under ``islands="error"``, points coincide under
        ``decay="inverse"`` without `minimum_distance`, or there are more links than memory
        serves.

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
    check_positive("threshold", threshold)
    rule = Falling(decay, power, alpha, float(threshold), minimum_distance)
    _check_words(rule, islands, normalize)
    parameters = {"threshold": float(threshold), "unit": unit, "decay": decay} | rule.parameters
    recipe = Recipe("distance_band", parameters, islands=islands)
    return _band(locate(points, metric=metric, unit=unit), rule, recipe, normalize)


def inverse_distance(
    points: Any,
    *,
    power: float = 1.0,
    threshold: float | None = None,
    unit: Unit = "km",
    minimum_distance: float | None = None,
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
        Largest distance, in `unit`; without it every region is everyone's neighbour, which
        takes memory and time with n².
    unit : {"km", "m", "crs"}, default "km"
        Unit of d. It scales the weights; rows that sum to 1 do not depend on it.
    minimum_distance : float, optional
        Distances below it count as it, in `unit`; needed where points coincide.
    metric : {"auto", "planar", "great-circle", "ellipsoidal"}, default "auto"
        As for :func:`distance_band`.
    islands : {"error", "nearest", "keep", "drop"}, default "error"
        As for :func:`distance_band`.
    normalize : Normalization, default "row"
        Rows that sum to 1, or another word: see :meth:`Weights.normalize`.

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
    reach = math.inf
    if threshold is not None:
        check_positive("threshold", threshold)
        reach = float(threshold)
    rule = Falling("inverse", power, None, reach, minimum_distance)
    _check_words(rule, islands, normalize)
    parameters: dict[str, Any] = {"power": float(power), "unit": unit} | rule.parameters
    if threshold is not None:
        parameters["threshold"] = reach
    recipe = Recipe("inverse_distance", parameters, islands=islands)
    return _band(locate(points, metric=metric, unit=unit), rule, recipe, normalize)


def _check_words(rule: Falling, islands: Islands, normalize: Normalization) -> None:
    check_option("islands", islands, Islands)
    check_option("normalize", normalize, Normalization)
    if islands == "nearest" and rule.decay == "double-power":
        raise WeightsError(
            "islands",
            expected='"error", "keep" or "drop"',
            found='islands="nearest" with decay="double-power"',
            why="beyond the threshold this decay is 0, so that a link would have no weight",
            remedy='choose a longer threshold, or another decay, e.g. "exponential"',
        )


def _band(places: Places, rule: Falling, recipe: Recipe, normalize: Normalization) -> Weights:
    plain = rule.decay == "binary"
    pairs, distances = pairs_within(places, rule.threshold, measured=not plain)
    if rule.decay == "inverse" and rule.minimum_distance is None:
        refuse_coincident(
            places,
            pairs,
            distances,
            remedy=f"say what the shortest distance counts as, e.g. minimum_distance=1 (in "
            f'{places.unit}), merge them into one region, or use decay="binary" or knn',
        )
    data = np.ones(pairs.indices.size) if plain else rule.weights(distances)
    return alone.settle(
        places.ids,
        rows(pairs.indptr, pairs.indices, data),
        Recipe(
            recipe.builder,
            {**recipe.parameters, "metric": places.metric},
            islands=recipe.islands,
            crs=places.crs,
            unit=places.unit,
            notes=(places.note(),),
        ),
        normalization=normalize,
        refuse=lambda isolated: isolating(places, isolated, rule.threshold),
        measure=places.distances_from,
        strength=rule.weights,
        unit=places.unit,
    )
