"""Kernel weights: of one bandwidth, or of one that adapts to the density of places."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from workbench.errors import InputError, WeightsError, check_option
from workbench.typing import FloatArray, Islands, KernelFunction, Metric, Normalization, Unit
from workbench.weights import islands as alone
from workbench.weights.distances import (
    check_k,
    check_positive,
    isolating,
    pairs_within,
    rows,
)
from workbench.weights.nearest import nearest_rows
from workbench.weights.places import Places, locate
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights

WIDEN = 1.0000001
# The k-th nearest lies just inside its bandwidth, so that it keeps a weight; libpysal and GeoDa
# use the same factor.

FUNCTIONS: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {
        "triangular": lambda z: 1.0 - z,
        "uniform": lambda z: np.full_like(z, 0.5),
        "epanechnikov": lambda z: 0.75 * (1.0 - z**2),
        "bisquare": lambda z: 0.9375 * (1.0 - z**2) ** 2,
        "gaussian": lambda z: np.exp(-0.5 * z**2) / math.sqrt(2.0 * math.pi),
    }
)
"""K(z) for 0 ≤ z ≤ 1; every one is 0 beyond, the Gaussian too."""


def kernel(
    points: Any,
    *,
    function: KernelFunction = "triangular",
    bandwidth: float | None = None,
    k: int | None = None,
    unit: Unit = "km",
    metric: Metric = "auto",
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Build kernel weights K(d/h), with a fixed bandwidth h or one that adapts to k neighbours.

    Parameters
    ----------
    points : GeoDataFrame or GeoSeries of points or polygons
        Indexed by unique region id, with a CRS; not changed. Polygons count at their centroids.
    function : {"triangular", "uniform", "epanechnikov", "bisquare", "gaussian"}
        K(z) = 1 − z; 1/2; (3/4)(1 − z²); (15/16)(1 − z²)² (also called quartic);
        (2π)^(−1/2) exp(−z²/2). All are 0 beyond z = 1: the Gaussian is cut off at the bandwidth,
        where it is 0.242, since without an end every pair would be linked.
    bandwidth : float, optional
        The h of all regions, in `unit`. Exactly one of `bandwidth` and `k` is given.
    k : int, optional
        The h of a region is its distance to its k-th nearest, times 1.0000001, so that each has
        k neighbours; ties at the k-th go to the first sorted ids.
    unit : {"km", "m", "crs"}, default "km"
        Unit of the bandwidth.
    metric : {"auto", "planar", "great-circle", "ellipsoidal"}, default "auto"
        As for :func:`distance_band`.
    islands : {"error", "nearest", "keep", "drop"}, default "error"
        Regions without any other within the bandwidth are refused, kept or left out;
        ``"nearest"`` is refused with `bandwidth`, beyond which K is 0.
    normalize : Normalization, default "row"
        Rows that sum to 1, or another word: see :meth:`Weights.normalize`.

    Returns
    -------
    Weights
        Symmetric as built with `bandwidth`, not with `k`. Without the diagonal: the weight K(0)
        of a region with itself is left out, since no region is its own neighbour; it is in the
        recipe as ``self_weight``. Coincident points have weight K(0).

    Raises
    ------
    GeometryError
        If geometries or CRS are unusable, or ``"planar"`` meets degrees.
    InputError
        If not exactly one of `bandwidth` and `k` is given, or it makes no sense.
    WeightsError
        If regions are islands under ``islands="error"``, or k others coincide with a point, so
        that its bandwidth would be 0.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis, table 3.1.
    Anselin, L. and Rey, S. J. (2014). Modern Spatial Econometrics in Practice, chapter 4.

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> line = GeoSeries(points_from_xy([0, 1, 3], [0, 0, 0]), index=["a", "b", "c"], crs=3857)
    >>> kernel(line, bandwidth=4, unit="m", normalize="none").graph["a"].tolist()
    [0.75, 0.25]
    """
    check_option("function", function, KernelFunction)
    check_option("islands", islands, Islands)
    check_option("normalize", normalize, Normalization)
    _check_width(bandwidth, k, islands)
    places = locate(points, metric=metric, unit=unit)
    parameters: dict[str, Any] = {"function": function}
    notes: tuple[str, ...] = (places.note(),)
    if bandwidth is not None:
        parameters |= {"bandwidth": float(bandwidth), "unit": unit}
        pairs, distances = pairs_within(places, float(bandwidth), argument="bandwidth")
        # A tie with the bandwidth may lie beyond it by rounding.
        z = np.minimum(distances / bandwidth, 1.0)
        indptr, indices = pairs.indptr, pairs.indices
    else:
        indptr, indices, z, note = _adaptive(places, k)
        parameters |= {"k": indices.size // places.n, "unit": unit}
        notes += (note, "bandwidths adapt to each region: the weights are not symmetric")
    K = FUNCTIONS[function]
    self_weight = float(K(np.zeros(1))[0])
    recipe = Recipe(
        "kernel",
        {**parameters, "self_weight": self_weight, "metric": places.metric},
        islands=islands,
        crs=places.crs,
        unit=places.unit,
    )
    return alone.settle(
        places.ids,
        rows(indptr, indices, K(z)),
        recipe.noting(*notes),
        normalization=normalize,
        refuse=lambda isolated: isolating(places, isolated, float(bandwidth or 0)),
        measure=places.distances_from,
        unit=places.unit,
    )


def _check_width(bandwidth: float | None, k: int | None, islands: Islands) -> None:
    if (bandwidth is None) == (k is None):
        raise InputError(
            "bandwidth",
            expected="exactly one of bandwidth and k",
            found="neither" if k is None else "both",
            remedy="bandwidth=100 (in unit) for one width, k=10 for widths that adapt",
        )
    if bandwidth is None:
        return
    check_positive("bandwidth", bandwidth)
    if islands == "nearest":
        raise WeightsError(
            "islands",
            expected='"error", "keep" or "drop"',
            found='islands="nearest" with a fixed bandwidth',
            why="beyond the bandwidth the kernel is 0, so that a link would have no weight",
            remedy="choose a larger bandwidth, or k for widths that adapt",
        )


def _adaptive(places: Places, k: Any) -> tuple[Any, Any, FloatArray, str]:
    """Return rows of the k nearest, d/h of each, and a note."""
    indptr, neighbors, note = nearest_rows(places, check_k(k, places.n))
    focal = np.repeat(np.arange(places.n), neighbors.shape[1])
    distances = places.distances(focal, neighbors.ravel()).reshape(neighbors.shape)
    width = distances.max(axis=1) * WIDEN
    if not width.all():
        none = np.flatnonzero(width == 0)
        raise WeightsError(
            "k",
            expected="more neighbours than points that coincide",
            found=f"{none.size} points with {neighbors.shape[1]} or more others at distance 0",
            offenders=list(places.ids[none]),
            why="their bandwidth would be 0",
            remedy="choose a larger k, a fixed bandwidth, or merge points that coincide",
        )
    return indptr, neighbors.ravel(), (distances / width[:, None]).ravel(), note
