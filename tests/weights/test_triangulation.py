"""Graphs of points equal their definitions, in the plane and on the sphere."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.spatial import ConvexHull

import workbench as wb
from workbench.errors import GeometryError, WeightsError
from workbench.weights.sphere import unit_vectors

REFERENCE = Path(__file__).parents[1] / "reference" / "weights"

DIFFERENT = {
    "delaunay": set(),
    "gabriel": set(),
    # Tract 149 is as far from 150 as 148 is, to 3e-13: a tie, and nobody is nearer.
    "relative_neighbor": {(148, 150)},
    # spdep's circles are polygons of 40 sides: these overlap by less than 0.3 % of the distance.
    "sphere_of_influence": {(149, 151), (230, 276), (313, 463), (392, 492)},
}


def links(W):
    focal, neighbor = W.sparse.nonzero()
    return {(W.ids[i], W.ids[j]) for i, j in zip(focal, neighbor, strict=True) if i < j}


@pytest.fixture(scope="module")
def boston():
    table = pd.read_csv(REFERENCE / "distances_boston_points.csv")
    points = gpd.points_from_xy(table["x"], table["y"], crs=32619)
    return gpd.GeoSeries(points, index=pd.Index(table["region"]))


@pytest.fixture(scope="module")
def capitals():
    return wb.load("russia-regions", part="capitals80")


@pytest.mark.parametrize("name", DIFFERENT)
def test_boston_equals_spdep(boston, name):
    """R's spdep 1.4-2: tri2nb, gabrielneigh, relativeneigh, soi.graph."""
    stored = pd.read_csv(REFERENCE / "triangulations.csv")
    chosen = stored[stored["case"] == name]
    theirs = set(zip(chosen["focal"], chosen["neighbor"], strict=True))
    ours = links(getattr(wb.weights, name)(boston.sample(frac=1, random_state=1)))
    assert theirs <= ours
    assert ours - theirs == DIFFERENT[name]


def test_delaunay_on_the_sphere_is_the_hull_of_the_points(capitals):
    """Brown (1979): facets of the hull of points on a sphere are its Delaunay triangles.

    The plane about the centre leaves out the triangles through the back of the globe only.
    """
    ordered = capitals.sort_index()
    points = unit_vectors(np.column_stack([ordered.geometry.x, ordered.geometry.y]))
    hull = ConvexHull(points)
    sides = np.concatenate([hull.simplices[:, pair] for pair in ([0, 1], [1, 2], [0, 2])])
    everywhere = {(ordered.index[i], ordered.index[j]) for i, j in np.sort(sides, axis=1)}
    ours = links(wb.weights.delaunay(capitals))
    inside = {
        (ordered.index[a], ordered.index[b])
        for facet, equation in zip(hull.simplices, hull.equations, strict=True)
        if equation[:3] @ points.mean(axis=0) > 0
        for a, b in combinations(sorted(facet), 2)
    }
    assert inside <= ours
    assert ours <= everywhere


@pytest.mark.parametrize("name", ["gabriel", "relative_neighbor"])
def test_subgraphs_on_the_sphere_equal_their_definitions(capitals, name):
    ordered = capitals.sort_index()
    x = unit_vectors(np.column_stack([ordered.geometry.x, ordered.geometry.y]))
    expected = set()
    for i, j in combinations(range(len(x)), 2):
        others = np.delete(x, [i, j], axis=0)
        if name == "gabriel":
            middle = (x[i] + x[j]) / np.linalg.norm(x[i] + x[j])
            empty = (others @ middle <= x[i] @ middle + 1e-12).all()
        else:
            empty = (np.minimum(others @ x[i], others @ x[j]) <= x[i] @ x[j] + 1e-12).all()
        if empty:
            expected.add((ordered.index[i], ordered.index[j]))
    assert links(getattr(wb.weights, name)(capitals)) == expected


def test_points_that_make_no_triangle_are_refused():
    points = gpd.points_from_xy([0, 1, 2, 3], [0, 2, 4, 6], crs=3857)
    line = gpd.GeoSeries(points, index=list("abcd"))
    with pytest.raises(GeometryError, match="on a line"):
        wb.weights.delaunay(line)
    with pytest.raises(GeometryError, match="2 points"):
        wb.weights.gabriel(line.head(2))


def test_coincident_points_are_named():
    points = gpd.points_from_xy([0, 1, 2, 1], [0, 2, 1, 2], crs=3857)
    with pytest.raises(WeightsError, match="b = d"):
        wb.weights.delaunay(gpd.GeoSeries(points, index=list("abcd")))


def test_points_around_a_great_circle_and_degrees_are_refused(capitals):
    around = gpd.points_from_xy([0, 90, 180, 270], [0, 10, 0, -10], crs=4326)
    with pytest.raises(GeometryError, match="on a circle"):
        wb.weights.delaunay(gpd.GeoSeries(around, list("abcd")))
    with pytest.raises(GeometryError, match="degrees"):
        wb.weights.delaunay(capitals, metric="planar")
