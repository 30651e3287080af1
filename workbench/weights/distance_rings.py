"""Rings of distance: neighbours by how far away they are, one matrix a ring."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from workbench.errors import InputError, WeightsError, check_option, listing
from workbench.numerics.geometry.neighbours import TIE, Pairs, keep
from workbench.typing import FloatArray, IntArray, Islands, Metric, Normalization, Unit
from workbench.weights import islands as alone
from workbench.weights.distances import pairs_within, rows
from workbench.weights.places import Places, locate
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights


def rings(
    points: Any,
    edges: Sequence[float],
    *,
    unit: Unit = "km",
    metric: Metric = "auto",
    islands: Islands = "keep",
    normalize: Normalization = "row",
) -> dict[str, Weights]:
    """Build weights of the pairs in each ring of distance, to see where a spillover fades.

    Parameters
    ----------
    points : GeoDataFrame or GeoSeries of points or polygons
        Indexed by unique region id, with a CRS; not changed. Polygons count at their centroids.
    edges : sequence of float
        Increasing distances, in `unit`, at least two: m + 1 edges make m rings. Each ring holds
        its upper edge (to 1e-9) and not its lower one; a first ring from 0 holds distance 0.
    unit : {"km", "m", "crs"}, default "km"
        Unit of edges.
    metric : {"auto", "planar", "great-circle", "ellipsoidal"}, default "auto"
        As for :func:`distance_band`.
    islands : {"keep", "error", "drop"}, default "keep"
        Per ring: regions without any other in it are kept without neighbours (and noted: outer
        and inner rings often leave some), refused, or left out of that ring's weights.
        ``"nearest"`` is refused: the nearest is not in the ring.
    normalize : Normalization, default "row"
        Rows that sum to 1, or another word: see :meth:`Weights.normalize`.

    Returns
    -------
    dict of str to Weights
        E.g. ``{"0-100 km": W, "100-200 km": W}``, from the inside out. Binary links, symmetric
        as built, ids sorted.

    Raises
    ------
    GeometryError
        If geometries or CRS are unusable, or ``"planar"`` meets degrees.
    InputError
        If edges are not increasing, negative, missing or infinite.
    WeightsError
        If a ring isolates regions under ``islands="error"``, or there are more links than
        memory serves.

    References
    ----------
    Anselin, L., Varga, A. and Acs, Z. (1997). Local geographic spillovers between university
    research and high technology innovations. Journal of Urban Economics 42, pp. 422-448.

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> line = GeoSeries(points_from_xy([0, 1, 3], [0, 0, 0]), index=["a", "b", "c"], crs=3857)
    >>> {ring: W.cardinalities.tolist() for ring, W in rings(line, [0, 1, 2, 3], unit="m").items()}
    {'0-1 m': [1, 1, 0], '1-2 m': [0, 1, 1], '2-3 m': [1, 0, 1]}
    """
    check_option("islands", islands, Islands)
    check_option("normalize", normalize, Normalization)
    bounds = _edges(edges)
    if islands == "nearest":
        raise WeightsError(
            "islands",
            expected='"keep", "error" or "drop"',
            found='islands="nearest" for rings',
            why="the nearest region is in another ring",
            remedy='islands="keep", or wider rings',
        )
    places = locate(points, metric=metric, unit=unit)
    pairs, distances = pairs_within(places, bounds[-1], argument="edges")
    out: dict[str, Weights] = {}
    for lower, upper in pairwise(bounds):
        beyond = distances > lower * (1 + TIE) if lower > 0 else np.ones(distances.size, dtype=bool)
        inside = beyond & (distances <= upper * (1 + TIE))
        recipe = Recipe(
            "rings",
            {"lower": lower, "upper": upper, "unit": unit, "metric": places.metric},
            islands=islands,
            crs=places.crs,
            unit=places.unit,
        )
        ring = f"{lower:.12g}-{upper:.12g} {places.unit}"
        out[ring] = _ring(places, keep(pairs, inside), recipe, normalize, ring)
    return out


def _ring(
    places: Places, pairs: Pairs, recipe: Recipe, normalize: Normalization, ring: str
) -> Weights:
    matrix = rows(pairs.indptr, pairs.indices, np.ones(pairs.indices.size))
    isolated = alone.positions(matrix)
    notes = [places.note()]
    if isolated.size and recipe.islands == "keep":
        names = listing(list(places.ids[isolated]))
        notes.append(f"{isolated.size} of {places.n} regions have no other in the ring: {names}")

    def refuse(positions: IntArray) -> WeightsError:
        return alone.refusal(
            places.ids,
            positions,
            found=f"{positions.size} regions with no other in the ring {ring}",
            remedy="choose wider rings",
            measured=False,
        )

    return alone.settle(
        places.ids,
        matrix,
        recipe.noting(*notes),
        normalization=normalize,
        refuse=refuse,
        unit=places.unit,
    )


def _edges(edges: Any) -> list[float]:
    try:
        values: FloatArray = np.asarray(edges, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("edges", expected="numbers", found=repr(edges)) from error
    usable = values.ndim == 1 and values.size >= 2 and bool(np.isfinite(values).all())
    if not usable or values[0] < 0 or (np.diff(values) <= 0).any():
        raise InputError(
            "edges",
            expected="at least two increasing distances from 0",
            found=repr(edges),
            remedy="e.g. edges=[0, 100, 200, 400]",
        )
    return [float(value) for value in values]
