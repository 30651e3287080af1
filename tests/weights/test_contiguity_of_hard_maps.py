"""Maps on which exact overlays fail, polygons hide, and large maps with one bad polygon."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

import workbench as wb
from workbench.errors import GeometryError
from workbench.numerics.geometry import borders as numbers
from workbench.weights.borders import touching

BUILDERS = {"queen": wb.weights.queen, "rook": wb.weights.rook}


@pytest.mark.parametrize("name", BUILDERS)
def test_borders_that_differ_by_rounding_are_no_overlap(name):
    """Turned cells that share a border cut differently: GEOS 3.14 gives their exact intersection
    the area of the whole second polygon."""
    one = MultiPolygon([
        Polygon([
            (15.8776902188617, -5.368733023874191), (17.221254744424503, -2.681603972748591),
            (18.564819269987304, 0.005525078377011106), (21.251948321112906, -1.33803944718579),
            (23.939077372238508, -2.681603972748591), (22.595512846675707, -5.368733023874191),
            (21.251948321112906, -8.055862074999794), (18.564819269987304, -6.712297549436992),
        ]),
        Polygon([
            (27.969770948926907, 5.379783180628213), (29.313335474489705, 8.066912231753815),
            (32.00046452561531, 6.723347706191014), (34.68759357674091, 5.379783180628213),
            (33.34402905117811, 2.692654129502612), (30.65690000005251, 4.036218655065412),
        ]),
    ])  # fmt: skip
    two = Polygon([
        (17.221254744424503, -2.681603972748591), (22.595512846675707, 8.066912231753815),
        (19.908383795550105, 9.410476757316616), (14.534125693298899, -1.33803944718579),
    ])  # fmt: skip
    W = BUILDERS[name](gpd.GeoSeries({"one": one, "two": two}))
    assert W.cardinalities.tolist() == [1, 1]
    assert not W.recipe.notes


def grid(side):
    return {f"{r}-{c}": box(c, r, c + 1, r + 1) for r in range(side) for c in range(side)}


def test_a_second_outline_of_one_region_is_found_though_all_its_edges_have_matches():
    """The outline crosses the neighbours by slivers; the region itself it nowhere crosses."""
    outline = box(1, 1, 2, 2).buffer(0.002, join_style="mitre")
    with pytest.raises(GeometryError, match="1-1 and again"):
        wb.weights.queen(gpd.GeoSeries({**grid(3), "again": outline}))


def test_a_part_of_a_region_within_another_is_found():
    """Its other part is elsewhere, so that its box is not within the other's."""
    cells = grid(4)
    twice = MultiPolygon([cells["1-1"], box(9, 9, 10, 10)])
    block = box(0, 0, 2, 2)
    others = {k: v for k, v in cells.items() if k not in ("0-0", "0-1", "1-0", "1-1")}
    with pytest.raises(GeometryError, match="block and twice"):
        wb.weights.rook(gpd.GeoSeries({**others, "block": block, "twice": twice}))


def test_crowded_coordinates_stay_apart():
    """At 180 degrees 1e-10 of the largest coordinate is 3e-8. Here every x has another one that
    near, in a row elsewhere: merging x and y each for itself would make all of them one."""
    rows, columns, step = 2500, 2, 1e-5
    shift = np.arange(rows) * 0.6180339887 % 1  # adjacent rows differ, all together fill [0, 1)
    row, column = np.divmod(np.arange(rows * columns), columns)
    left, low = 179 + (column + shift[row]) * step, row * step
    bricks = shapely.box(left, low, 179 + (column + shift[row] + 1) * step, (row + 1) * step)
    found = touching(bricks, rook=True)
    beside, between = rows * (columns - 1), (rows - 1) * (2 * columns - 1)
    assert found.matrix.nnz == 2 * (beside + between)
    assert not found.share.size


def test_one_invalid_polygon_among_many_is_named(monkeypatch):
    monkeypatch.setattr(numbers, "COMPILED", 0)
    cells = grid(5)
    for bad in (
        Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
        Polygon(box(20, 0, 23, 3).exterior, [box(21, 1, 25, 2).exterior]),
        Polygon(shapely.get_coordinates(box(0, 0, 1, 1)).tolist() * 2),
    ):
        with pytest.raises(GeometryError, match="bad") as caught:
            wb.weights.queen(gpd.GeoSeries({**cells, "bad": bad}), islands="keep")
        assert "1 invalid" in str(caught.value)
