"""Connected parts of weights: refused, cut down to the largest, or joined at the nearest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.alignment import match
from workbench.errors import WeightsError, listing
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Metric
from workbench.weights.adoption import as_weights
from workbench.weights.graphs import canonical, largest_first
from workbench.weights.places import Places, locate, natural_unit
from workbench.weights.weights import Weights, WeightsLike, assemble


def require_connected(W: WeightsLike) -> Weights:
    """Return the weights if every region can be reached from every other, else refuse.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Directions of links are ignored.

    Raises
    ------
    WeightsError
        If there is more than one connected part; regions outside the largest are named.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> require_connected(Graph.from_dicts({"a": ["b"], "b": ["a"]})).n
    2
    """
    weights = as_weights(W)
    part = weights.components
    if part.max() > 0:
        sizes = np.bincount(part)
        raise WeightsError(
            "W",
            expected="one connected part",
            found=f"{sizes.size} parts of {listing(sizes.tolist())} regions",
            offenders=list(part.index[part > 0]),
            why="nothing spills over between parts, and impacts and tests treat them as one map",
            remedy="wb.weights.connect(W, regions) links the nearest regions of the parts, "
            "wb.weights.largest_component(W) keeps the largest",
        )
    return weights


def largest_component(W: WeightsLike) -> Weights:
    """Return the weights among the regions of the largest connected part, normalised anew.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed. Of parts of equal size the one with the first id is kept.

    Returns
    -------
    Weights
        The recipe notes how many regions were left out.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> W = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": []})
    >>> largest_component(W).ids.tolist()
    ['a', 'b']
    """
    weights = as_weights(W)
    part = weights.components
    return weights.restrict(part.index[part == 0])


def connect(W: WeightsLike, regions: Any, *, metric: Metric = "auto") -> Weights:
    """Join connected parts by links, both ways, between their nearest regions.

    Parts are joined one by one, the smallest first, each to the region outside it that is
    nearest to any of its own: n_parts − 1 links, islands included.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed.
    regions : GeoDataFrame or GeoSeries of points or polygons
        With a CRS, for exactly the regions of W, in any order. Polygons count at their centroids.
    metric : Metric, default "auto"
        Great-circle where the CRS is geographic, planar elsewhere.

    Returns
    -------
    Weights
        One connected part; every link that was added is noted with its length, and weighs what
        the links of W as built weigh on average. Normalised as W is.

    Raises
    ------
    GeometryError
        If geometries or CRS are unusable.
    IdError
        If regions are missing or unknown.

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> from workbench.weights import distance_band
    >>> line = GeoSeries(points_from_xy([0, 1, 5, 6], [0] * 4), index=list("abcd"), crs=3857)
    >>> parts = distance_band(line, 1, unit="m")
    >>> connect(parts, line).cardinalities.to_dict()
    {'a': 1, 'b': 2, 'c': 2, 'd': 1}
    """
    weights = as_weights(W)
    places = locate(regions, metric=metric, unit=natural_unit(regions, metric), argument="regions")
    match(places.ids, weights.ids, argument="regions", align="strict")
    part = weights.components.to_numpy().copy()
    base = weights.sparse_base
    weight = float(base.data.mean()) if base.nnz else 1.0
    links, notes = [], []
    while part.max() > 0:
        own, other, length = _nearest_outside(places, part)
        links.append((own, other))
        notes.append(f"{_pair(weights.ids, own, other)} linked, {length:.4g} {places.unit}")
        part = _merged(part, own, other)
    matrix = _with_links(base, links, weight)
    recipe = weights.recipe.noting(*notes)
    return assemble(weights.ids, matrix, recipe, normalization=weights.normalization)


def _nearest_outside(places: Places, part: Any) -> tuple[int, int, float]:
    """Find the closest pair of a region of the smallest part and one outside it."""
    smallest = np.flatnonzero(part == part.max())
    outside = np.flatnonzero(part != part.max())
    best = (0, 0, np.inf)
    for own in smallest.tolist():
        distance = places.distances(np.full(outside.size, own), outside)
        position = int(np.argmin(distance))
        if distance[position] < best[2]:
            best = (own, int(outside[position]), float(distance[position]))
    return best


def _merged(part: Any, own: int, other: int) -> Any:
    """Make two parts one, and number the parts anew."""
    return largest_first(np.where(part == part[own], part[other], part))


def _with_links(base: CsrArray, links: list[tuple[int, int]], weight: float) -> CsrArray:
    if not links:
        return base
    pairs = np.array(links, dtype=np.int64)
    focal, neighbor = np.concatenate([pairs, pairs[:, ::-1]]).T
    added = sparse.coo_array((np.full(focal.size, weight), (focal, neighbor)), shape=base.shape)
    return canonical(base + added)


def _pair(ids: pd.Index, own: int, other: int) -> str:
    return f"{ids[own]} and {ids[other]}"
