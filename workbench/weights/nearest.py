"""The k nearest neighbours: directed, either way, or mutual."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.errors import WeightsError, check_option, listing
from workbench.numerics.geometry import neighbours
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import IntArray, Islands, Links, Metric, Normalization
from workbench.weights import islands as alone
from workbench.weights.distances import check_k, rows
from workbench.weights.places import Places, locate, natural_unit
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights


def knn(
    points: Any,
    k: int,
    *,
    metric: Metric = "auto",
    links: Links = "directed",
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Build k-nearest-neighbour weights.

    Parameters
    ----------
    points : GeoDataFrame or GeoSeries of points or polygons
        Indexed by unique region id, with a CRS; not changed. Polygons count at their centroids.
    k : int
        Number of neighbours of each region, at least 1 and less than n.
    metric : {"auto", "planar", "great-circle", "ellipsoidal"}, default "auto"
        ``"auto"``: great-circle where the CRS is geographic, planar elsewhere.
        ``"ellipsoidal"``: geodesics on the CRS's ellipsoid, from any CRS tied to the Earth.
    links : {"directed", "either", "mutual"}, default "directed"
        ``"directed"``: a's row holds its k nearest. ``"either"``: a and b are linked if one is
        among the other's k nearest. ``"mutual"``: if both are, which may leave islands.
    islands : {"error", "nearest", "keep", "drop"}, default "error"
        What is done with regions without neighbours: they arise from ``links="mutual"``, or
        when the weights are restricted later.
    normalize : Normalization, default "row"
        Rows that sum to 1, or another word: see :meth:`Weights.normalize`.

    Returns
    -------
    Weights
        Binary links, ids sorted. With ``"directed"`` k links a row, and **not symmetric**: a is
        among b's nearest without b being among a's. Otherwise symmetric as built.

    Raises
    ------
    GeometryError
        If geometries or CRS are unusable, or ``"planar"`` meets degrees.
    InputError
        If `k` is not a whole number between 1 and n − 1.
    WeightsError
        If mutual links isolate regions under ``islands="error"``.

    Notes
    -----
    Ties (distances within 1e-9 of each other) are broken by the order of sorted ids.
    Coincident points are each other's neighbours at distance 0; where more than k others
    coincide with a point, the first k sorted ids count, and the recipe notes how many there are.

    References
    ----------
    Anselin, L. and Rey, S. J. (2014). Modern Spatial Econometrics in Practice, chapter 4.

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> line = GeoSeries(points_from_xy([0, 1, 3], [0, 0, 0]), index=["a", "b", "c"], crs=3857)
    >>> knn(line, 1).graph["c"].index.tolist()
    ['b']
    >>> knn(line, 1, links="either").cardinalities.to_dict()
    {'a': 1, 'b': 2, 'c': 1}
    """
    check_option("links", links, Links)
    check_option("islands", islands, Islands)
    check_option("normalize", normalize, Normalization)
    # The unit does not decide who is nearest, and the CRS's own needs no conversion.
    places = locate(points, metric=metric, unit=natural_unit(points, metric))
    k = check_k(k, places.n)
    matrix, told = _links(places, k, links)
    recipe = Recipe(
        "knn",
        # Published reports name directed neighbours by k and metric alone.
        {"k": k, "metric": places.metric} | ({} if links == "directed" else {"links": links}),
        islands=islands,
        crs=places.crs,
        unit=places.unit,
    )
    return alone.settle(
        places.ids,
        matrix,
        recipe.noting(places.note(), *told),
        normalization=normalize,
        refuse=lambda isolated: _not_mutual(places, isolated, k),
        measure=places.distances_from,
        unit=places.unit,
    )


def nearest_rows(places: Places, k: int) -> tuple[IntArray, Any, str]:
    """Find the k nearest of each place.

    Returns
    -------
    indptr, neighbors, note
        Compressed rows of positions, shapes (n + 1,) and (n, k), ascending in each row; and a
        sentence where more than k others coincide with a place.
    """
    found = neighbours.nearest(places.points, k, bound=places.bound, measure=places.distances)
    note = ""
    if found.crowded:
        note = (
            f"{found.coincident} points coincide with others, {found.crowded} of them with more "
            f"than k = {k}: their neighbours are the first of these in sorted order"
        )
    return np.arange(places.n + 1, dtype=np.int64) * k, found.neighbors, note


def _links(places: Places, k: int, links: Links) -> tuple[CsrArray, tuple[str, ...]]:
    indptr, neighbors, note = nearest_rows(places, k)
    matrix = rows(indptr, neighbors.ravel(), np.ones(neighbors.size))
    if links == "directed":
        return matrix, ("nearest neighbours are directed: the weights are not symmetric", note)
    turned: CsrArray = matrix.T.tocsr()
    both = matrix.multiply(turned) if links == "mutual" else matrix.maximum(turned)
    both.sort_indices()
    return rows(both.indptr, both.indices, np.ones(both.nnz)), (note,)


def _not_mutual(places: Places, isolated: IntArray, k: int) -> WeightsError:
    return alone.refusal(
        places.ids,
        isolated,
        found=f"{isolated.size} regions that are among the {k} nearest of none of their own "
        f"{k} nearest ({listing(list(places.ids[isolated]))})",
        remedy='links="either" links them, a larger k may',
    )
