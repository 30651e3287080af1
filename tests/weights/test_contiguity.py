"""Neighbours share a border, however it is cut; regions that lie on one another are refused."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.graph import Graph
from shapely import MultiPolygon, Polygon, box
from shapely.affinity import rotate

import workbench as wb
from workbench.errors import GeometryError, InputError, WeightsError
from workbench.weights import as_weights
from workbench.weights.borders import touching

BUILDERS = {"queen": wb.weights.queen, "rook": wb.weights.rook}
REFERENCE = Path(__file__).parents[1] / "reference" / "weights"


def links(W):
    rows, columns = W.sparse.nonzero()
    return set(zip(W.ids[rows], W.ids[columns], strict=True))


def jittered(side, seed=0):
    """Quadrilaterals that share exact vertices, none of which is on a lattice."""
    rng = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(*[np.arange(side + 1.0)] * 2, indexing="ij"), axis=-1)
    corner = corner + rng.uniform(-0.3, 0.3, corner.shape)
    ring = [corner[:-1, :-1], corner[1:, :-1], corner[1:, 1:], corner[:-1, 1:]]
    return gpd.GeoSeries(shapely.polygons(np.stack(ring, axis=2).reshape(-1, 4, 2)))


def bricks(rows, columns):
    """A wall: every long edge meets the end of a joint that is no vertex of it."""
    shift = np.arange(rows) % 2 / 2
    return gpd.GeoSeries(
        {f"{r}-{c}": box(c + shift[r], r, c + shift[r] + 1, r + 1)
         for r in range(rows) for c in range(columns)}
    )  # fmt: skip


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("angle", [0, 17, 63])
def test_jittered_lattice_equals_libpysal_and_geometry(name, angle):
    cells = jittered(12)
    turned = gpd.GeoSeries([rotate(cell, angle, origin=(5, 5)) for cell in cells])
    shared = gpd.GeoSeries(shapely.set_precision(turned.to_numpy(), 2.0**-30))
    theirs = as_weights(Graph.build_contiguity(shared, rook=name == "rook"))
    assert links(BUILDERS[name](shared)) == links(theirs)


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("angle", [0, 30, 45])
def test_walls_of_bricks_are_linked_across_t_junctions(name, angle):
    """Closed form: two beside, two above, two below; ends of rows have fewer."""
    rows, columns = 6, 7
    wall = bricks(rows, columns)
    wall = wall.rotate(angle, origin=(0, 0))
    W = BUILDERS[name](wall)
    beside = rows * (columns - 1)
    between = (rows - 1) * (2 * columns - 1)
    assert W.sparse.nnz == 2 * (beside + between)


def test_a_tip_on_the_middle_of_an_edge_touches_it_though_its_own_edges_have_matches():
    tip = Polygon([(1, 1), (0.5, 0), (1.5, 0)])
    left, right = Polygon([(1, 1), (0, 1), (0.5, 0)]), Polygon([(1, 1), (1.5, 0), (2, 1)])
    roof = box(0, 1, 2, 2)
    regions = gpd.GeoSeries({"left": left, "right": right, "roof": roof, "tip": tip})
    assert wb.weights.queen(regions).graph["tip"].index.tolist() == ["left", "right", "roof"]
    assert wb.weights.rook(regions).graph["tip"].index.tolist() == ["left", "right"]


def test_an_enclave_in_a_hole_is_a_neighbour_and_no_overlap():
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
    regions = gpd.GeoSeries({"city": box(1, 1, 2, 2), "province": ring})
    for build in BUILDERS.values():
        assert build(regions).cardinalities.tolist() == [1, 1]


def test_parts_of_a_region_touch_for_the_region():
    far = MultiPolygon([box(0, 0, 1, 1), box(10, 0, 11, 1)])
    regions = gpd.GeoSeries({"a": far, "b": box(1, 0, 2, 1), "c": box(11, 0, 12, 1)})
    assert wb.weights.rook(regions).cardinalities.to_dict() == {"a": 2, "b": 1, "c": 1}


OVERLAPS = {
    "twins": {"a": box(0, 0, 1, 1), "b": box(0, 0, 1, 1)},
    "one inside the other": {"a": box(0, 0, 4, 4), "b": box(1, 1, 2, 2)},
    "inside, at a corner": {"a": box(0, 0, 4, 4), "b": box(0, 0, 1, 1)},
    "along one edge": {"a": box(0, 0, 2, 2), "b": box(0, 0, 1, 2)},
    "crossing": {"a": box(0, 0, 2, 2), "b": box(1, 1, 3, 3)},
    "a cross": {"a": box(0, 1, 3, 2), "b": box(1, 0, 2, 3)},
    "through vertices": {
        "a": Polygon([(0, 0), (2, 0), (1, 2)]),
        "b": Polygon([(0, 0), (2, 0), (1, 1)]),
    },
}


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("case", OVERLAPS)
def test_overlapping_regions_are_refused_in_pairs(name, case):
    regions = gpd.GeoSeries({**OVERLAPS[case], "z": box(50, 50, 51, 51)})
    with pytest.raises(GeometryError, match="a and b"):
        BUILDERS[name](regions, islands="keep")


def test_a_country_among_its_provinces_is_refused():
    cells = jittered(5)
    cells.index = [f"cell {k:02d}" for k in range(25)]
    country = gpd.GeoSeries({"country": cells.union_all()})
    with pytest.raises(GeometryError, match="and country"):
        wb.weights.queen(pd.concat([cells, country]))


def test_a_region_laid_over_matched_borders_is_refused():
    cells = jittered(6)
    cells.index = [f"cell {k:02d}" for k in range(36)]
    lake = gpd.GeoSeries({"lake": box(2.2, 2.2, 3.9, 3.9)})
    with pytest.raises(GeometryError, match="and lake"):
        wb.weights.queen(pd.concat([cells, lake]))


def test_overlaps_equal_those_of_all_pairs():
    """Random triangles: every pair whose intersection has an area is found, and no other."""
    rng = np.random.default_rng(5)
    corners = rng.random((60, 1, 2)) * 6 + rng.random((60, 3, 2))
    shapes = shapely.polygons(corners)
    found = touching(shapes, rook=False)
    one, two = np.triu_indices(60, k=1)
    area = shapely.area(shapely.intersection(shapes[one], shapes[two]))
    expected = area / np.minimum(shapely.area(shapes[one]), shapely.area(shapes[two]))
    truth = {(i, j): s for i, j, s in zip(one, two, expected, strict=True) if s > 1.5e-8}
    ours = dict(zip(zip(found.first, found.second, strict=True), found.share, strict=True))
    assert set(ours) == set(truth)
    assert ours == pytest.approx(truth)


def test_slivers_are_borders_and_are_noted():
    cells = {"a": box(0, 0, 1, 1), "b": box(0.999, 0, 2, 1)}
    for build in BUILDERS.values():
        W = build(gpd.GeoSeries(cells))
        assert W.cardinalities.tolist() == [1, 1]
        assert "a and b (0.001)" in str(W.card())


@pytest.mark.parametrize("data", ["russia-regions", "us-states"])
def test_bundled_maps_have_no_overlap(data):
    assert not touching(wb.load(data).geometry.to_numpy(), rook=False).share.size


@pytest.mark.parametrize(
    ("case", "order", "lower"),
    [("lag2", 2, False), ("lag3", 3, False), ("lag3cumul", 3, True), ("lag4", 4, False)],
)
def test_higher_orders_equal_spdep(case, order, lower):
    """R's spdep 1.4-2, nblag and nblag_cumul on Boston's sphere of influence."""
    stored = pd.read_csv(REFERENCE / "orders.csv")

    def pairs(name):
        chosen = stored[stored["case"] == name]
        return set(zip(chosen["focal"], chosen["neighbor"], strict=True))

    both = [*pairs("soi"), *((j, i) for i, j in pairs("soi"))]
    focal, neighbor = zip(*both, strict=True)
    W = as_weights(Graph.from_arrays(np.array(focal), np.array(neighbor), np.ones(len(focal))))
    ours = links(W.higher_order(order, lower_order=lower))
    assert {(i, j) for i, j in ours if i < j} == pairs(case)


def test_order_of_queen_is_that_of_its_weights():
    cells = jittered(7)
    two = wb.weights.queen(cells, order=2)
    assert two.digest == wb.weights.queen(cells).higher_order(2).digest
    assert "order=2" in str(two.card())


def test_regions_without_neighbours_of_an_order_are_named():
    row = gpd.GeoSeries({k: box(x, 0, x + 1, 1) for x, k in enumerate("abc")})
    with pytest.raises(WeightsError, match=r"order 2[\s\S]*b"):
        wb.weights.queen(row, order=2)
    with pytest.raises(InputError, match="whole number"):
        wb.weights.queen(row, order=1.5)


def test_dropped_islands_leave_the_weights():
    cells = {"a": box(0, 0, 1, 1), "b": box(1, 0, 2, 1), "far": box(9, 9, 10, 10)}
    W = wb.weights.queen(gpd.GeoSeries(cells), islands="drop")
    assert W.ids.tolist() == ["a", "b"]
    assert "1 of 3 regions without neighbours dropped: far" in str(W.card())
