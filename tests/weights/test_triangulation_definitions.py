"""Graphs of points are those of their definitions: in any place, order, scale and hemisphere."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
from libpysal.graph import Graph
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

import workbench as wb
from workbench.errors import GeometryError, WeightsError
from workbench.weights.sphere import unit_vectors

NAMES = ("delaunay", "gabriel", "relative_neighbor", "sphere_of_influence")


def series(xy, crs=3857):
    xy = np.asarray(xy, dtype=float)
    ids = [f"p{k:04d}" for k in range(len(xy))]
    return gpd.GeoSeries(gpd.points_from_xy(*xy.T), index=ids, crs=crs)


def links(name, points, **options):
    W = getattr(wb.weights, name)(points, **options)
    focal, neighbor = W.sparse.nonzero()
    return {(i, j) for i, j in zip(focal.tolist(), neighbor.tolist(), strict=True) if i < j}


def around_the_globe(n, seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 3))
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    return np.degrees(np.column_stack([np.arctan2(z[:, 1], z[:, 0]), np.arcsin(z[:, 2])]))


def clustered(n, seed):
    """Three towns of very different size and a few farms, metres."""
    rng = np.random.default_rng(seed)
    sizes = rng.choice([1e2, 1e3, 1e4, 1e5], n)
    return rng.choice([0.0, 2e5, 5e5], (n, 2)) + rng.normal(size=(n, 2)) * sizes[:, None]


def defined(name, x):
    """Compare all triples, as the definitions say; chords stand for arcs on the sphere."""
    D = cdist(x, x)
    out = set()
    for i, j in combinations(range(len(x)), 2):
        others = np.delete(np.arange(len(x)), [i, j])
        if name == "relative_neighbor":
            empty = (np.maximum(D[i, others], D[j, others]) >= D[i, j]).all()
        else:
            middle = (x[i] + x[j]) / 2
            if x.shape[1] == 3:
                middle /= np.linalg.norm(middle)
            radius = np.linalg.norm(x[i] - middle)
            empty = (np.linalg.norm(x[others] - middle, axis=1) > radius).all()
        if empty:
            out.add((i, j))
    return out


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["gabriel", "relative_neighbor"])
def test_subgraphs_equal_their_definitions(name, seed):
    xy = clustered(70, seed)
    assert links(name, series(xy)) == defined(name, xy)
    degrees = around_the_globe(60, seed)
    assert links(name, series(degrees, 4326)) == defined(name, unit_vectors(degrees))


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("seed", range(3))
def test_every_triangle_has_an_empty_circle(seed):
    """Delaunay's own definition, by the circle through each three points."""
    xy = np.random.default_rng(seed).random((25, 2)) * 1e4
    expected = set()
    for corners in combinations(range(25), 3):
        a, b, c = xy[list(corners)]
        center = np.linalg.solve(2 * np.array([b - a, c - a]), [b @ b - a @ a, c @ c - a @ a])
        others = np.delete(xy, corners, axis=0)
        if (np.linalg.norm(others - center, axis=1) > np.linalg.norm(a - center)).all():
            expected |= set(combinations(corners, 2))
    assert links("delaunay", series(xy)) == expected


def test_circles_of_influence_meet():
    xy = clustered(80, 5)
    D = cdist(xy, xy)
    np.fill_diagonal(D, np.inf)
    reach = D.min(axis=1)
    mesh = links("delaunay", series(xy))
    expected = {(i, j) for i, j in mesh if D[i, j] <= reach[i] + reach[j]}
    assert links("sphere_of_influence", series(xy)) == expected


def test_arcs_of_influence_meet_on_the_sphere():
    degrees = around_the_globe(60, 2)
    x = unit_vectors(degrees)
    A = np.arccos(np.clip(x @ x.T, -1, 1))
    np.fill_diagonal(A, np.inf)
    reach = A.min(axis=1)
    mesh = links("delaunay", series(degrees, 4326))
    expected = {(i, j) for i, j in mesh if A[i, j] <= reach[i] + reach[j]}
    assert links("sphere_of_influence", series(degrees, 4326)) == expected


@pytest.mark.parametrize(
    "points", [series(clustered(150, 9)), series(around_the_globe(150, 9), 4326)]
)
def test_one_graph_is_a_part_of_the_other(points):
    """Toussaint (1980): the minimum spanning tree, relative neighbours, Gabriel, Delaunay."""
    xy = np.column_stack([points.x, points.y])
    x = unit_vectors(xy) if points.crs.is_geographic else xy
    tree = {
        tuple(sorted(edge)) for edge in np.argwhere(minimum_spanning_tree(cdist(x, x)).toarray())
    }
    relative = links("relative_neighbor", points)
    assert tree <= relative <= links("gabriel", points) <= links("delaunay", points)


def test_points_around_the_globe_have_all_its_triangles():
    """Euler: 3n - 6 sides when the triangles cover the sphere."""
    degrees = around_the_globe(90, 4)
    assert len(links("delaunay", series(degrees, 4326))) == 3 * 90 - 6


def one_ocean(seed):
    """Everywhere but the far south, most of all in one place; the ocean spans 100 degrees."""
    rng = np.random.default_rng(seed)
    spread = np.column_stack([rng.uniform(-180, 180, 22), rng.uniform(-40, 80, 22)])
    return np.vstack([spread, rng.normal((10, 50), 3, (8, 2))])


def half_a_globe(seed):
    """A crowd and a trail that ends 150 degrees away: no circle through the back is a link's."""
    rng = np.random.default_rng(seed)
    trail = np.column_stack([np.linspace(20, 150, 10), rng.normal(0, 8, 10)])
    return np.vstack([trail, rng.normal(0, 5, (20, 2))])


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("places", [one_ocean, half_a_globe])
@pytest.mark.parametrize("seed", range(3))
def test_every_triangle_on_the_sphere_has_an_empty_circle_of_less_than_half_of_it(places, seed):
    x = unit_vectors(places(seed))
    expected = set()
    for corners in combinations(range(len(x)), 3):
        a, b, c = x[list(corners)]
        axis = np.cross(b - a, c - a)
        axis *= np.sign(axis @ a)  # the smaller of both circles
        if (np.delete(x, corners, axis=0) @ axis < a @ axis).all():
            expected |= set(combinations(corners, 2))
    assert links("delaunay", series(places(seed), 4326)) == expected


def test_the_globe_may_be_turned():
    degrees = around_the_globe(60, 6)
    turned = degrees + np.array([137.0, 0.0])
    for name in NAMES:
        assert links(name, series(degrees, 4326)) == links(name, series(turned, 4326))


def test_the_antimeridian_is_no_border():
    capitals = wb.load("russia-regions", part="capitals80")
    for name in NAMES:
        here = getattr(wb.weights, name)(capitals)
        xy = np.column_stack([capitals.geometry.x + 75.0, capitals.geometry.y])
        xy[:, 0] = (xy[:, 0] + 180) % 360 - 180
        there = gpd.GeoSeries(gpd.points_from_xy(*xy.T), index=capitals.index, crs=4326)
        assert getattr(wb.weights, name)(there).digest == here.digest


def test_a_projected_map_may_be_measured_on_the_sphere():
    capitals = wb.load("russia-regions", part="capitals80")
    mapped = capitals.to_crs("ESRI:102025")
    for name in NAMES:
        build = getattr(wb.weights, name)
        assert build(mapped, metric="great-circle").digest == build(capitals).digest
        assert "in the plane" in str(build(mapped).card())


@pytest.mark.parametrize("shift", [0.0, 5e5, 6.6e6])
@pytest.mark.parametrize("step", [0.1, 1.0, 1e4])
@pytest.mark.parametrize("name", ["gabriel", "relative_neighbor"])
def test_on_a_lattice_diagonals_are_no_links_wherever_it_lies(name, step, shift):
    """Both corners beside a diagonal are on its circle: rook neighbours are left, 2 m (m - 1)."""
    cells = np.array([(i, j) for i in range(7) for j in range(7)], dtype=float)
    expected = {
        (a, b) for a, b in combinations(range(49), 2) if np.abs(cells[a] - cells[b]).sum() == 1
    }
    assert links(name, series(cells * step + [shift, 1.1 * shift])) == expected


def test_links_that_might_as_well_be_others_are_counted():
    cells = [(i, j) for i in range(5) for j in range(4)]
    assert "12 links might as well be others" in str(wb.weights.delaunay(series(cells)).card())
    assert "might as well" not in str(wb.weights.gabriel(series(cells)).card())
    assert "might as well" not in str(wb.weights.delaunay(series(clustered(40, 1))).card())
    poles = np.array(
        [[0, 35], [90, 35], [180, 35], [270, 35], [0, -35], [90, -35], [180, -35], [270, -35]]
    )
    assert "might as well be others" in str(wb.weights.delaunay(series(poles, 4326)).card())


@pytest.mark.parametrize("apart", [1e-3, 1.0])
def test_a_needle_does_not_cut_the_graph(apart):
    """The farm is on the circle of neither house, and far enough that rounding cannot tell."""
    points = series([(0, 0), (0, apart), (1e7, 0), (1e7, 2e6)])
    for name in ("gabriel", "relative_neighbor"):
        assert getattr(wb.weights, name)(points).components.max() == 0


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("delaunay", "delaunay"),
        ("gabriel", "gabriel"),
        ("relative_neighborhood", "relative_neighbor"),
    ],
)
def test_links_equal_libpysal(method, name):
    points = series(clustered(120, 3))
    theirs = Graph.build_triangulation(points, method=method, kernel="boxcar").to_W()
    ours = getattr(wb.weights, name)(points)
    for region in ours.ids:
        assert set(theirs.neighbors[region]) == set(ours.graph[region].index)


@pytest.mark.parametrize("name", NAMES)
def test_order_of_rows_changes_no_bit_and_no_input(name):
    cells = series([(i, j) for i in range(6) for j in range(6)])
    for points in (cells, series(around_the_globe(50, 1), 4326)):
        before = points.copy()
        one = getattr(wb.weights, name)(points)
        for seed in range(3):
            two = getattr(wb.weights, name)(points.sample(frac=1, random_state=seed))
            assert one.digest == two.digest
        assert points.equals(before)
        assert not one.islands


@pytest.mark.parametrize("gap", [0.0, 2e-9, 1e-8])
def test_points_that_rounding_cannot_tell_apart_are_named(gap):
    xy = np.random.default_rng(0).random((30, 2)) * 1e7
    with pytest.raises(WeightsError, match="p0000 = p0030"):
        wb.weights.delaunay(series(np.vstack([xy, xy[:1] + np.array([gap, 0.0])])))


def test_points_that_the_hull_of_the_globe_cannot_tell_apart_are_named():
    degrees = around_the_globe(30, 0)
    near = np.vstack([degrees, degrees[:1] + np.array([1e-12, 0.0])])  # 0.1 micrometres
    with pytest.raises(WeightsError, match=r"too near to be told apart.\n.*p0000 = p0030"):
        wb.weights.delaunay(series(near, 4326))


def test_longitudes_of_0_and_360_are_one_place():
    with pytest.raises(WeightsError, match="p0000 = p0001"):
        wb.weights.gabriel(series([(0, 10), (360, 10), (5, 12), (9, 8)], 4326))


@pytest.mark.parametrize("name", NAMES)
def test_an_ellipsoid_has_no_circles(name):
    with pytest.raises(GeometryError, match='metric="great-circle"'):
        getattr(wb.weights, name)(series(around_the_globe(9, 0), 4326), metric="ellipsoidal")


@pytest.mark.parametrize(
    ("xy", "crs", "told"),
    [
        ([(30, 0), (30, 20), (30, 50)], 4326, "3 points on a great circle"),
        ([(0, 0), (120, 0), (240, 0), (60, 0)], 4326, "on a "),
        ([(0, 0), (1, 3), (2, 6)], 3857, "3 points on a line"),
        ([(0, 0), (1, 3)], 4326, "2 points"),
    ],
)
def test_points_without_a_triangle_are_refused(xy, crs, told):
    with pytest.raises(GeometryError, match=told):
        wb.weights.delaunay(series(xy, crs))
