"""Neighbours equal those of R's spdep 1.4-2 and the facts known of the map of Russia."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest

import workbench as wb

REFERENCE = Path(__file__).parents[1] / "reference"


def reference_pairs(case):
    with (REFERENCE / "weights_pairs.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["case"] == case]
    return {(int(row["focal"]), int(row["neighbor"])) for row in rows}


def pairs(W):
    rows, columns = W.sparse.nonzero()
    return set(zip(W.ids[rows], W.ids[columns], strict=True))


def polygons(name):
    frame = gpd.read_file(REFERENCE / "data" / f"weights_{name}.gpkg")
    return frame.set_index(pd.RangeIndex(1, len(frame) + 1, name="region"))


@pytest.fixture(scope="module")
def seats():
    table = pd.read_csv(REFERENCE / "data" / "weights_nc_lonlat.csv")
    points = gpd.points_from_xy(table["lon"], table["lat"], crs=4326)
    return gpd.GeoDataFrame(geometry=points, index=pd.RangeIndex(1, len(table) + 1))


@pytest.mark.parametrize("name", ["columbus", "sids"])
@pytest.mark.parametrize("builder", ["queen", "rook"])
def test_contiguity(name, builder):
    W = getattr(wb.weights, builder)(polygons(name))
    assert pairs(W) == reference_pairs(f"{name} {builder}")


def kilometres(seats, focal, neighbor):
    one, two = seats.geometry.loc[focal], seats.geometry.loc[neighbor]
    return pyproj.Geod(ellps="WGS84").inv(one.x, one.y, two.x, two.y)[2] / 1000


def test_nearest_neighbours_on_the_globe(seats):
    """Ellipsoid and sphere differ by up to 0.5 %: only fifth neighbours that near may swap."""
    ours, theirs = pairs(wb.weights.knn(seats, 5)), reference_pairs("nc knn5")
    assert len(ours) == len(theirs)
    assert len(ours - theirs) <= 2
    instead = dict(theirs - ours)
    for focal, neighbor in ours - theirs:
        other = kilometres(seats, focal, instead[focal])
        assert kilometres(seats, focal, neighbor) == pytest.approx(other, rel=0.005)


def test_band_on_the_globe(seats):
    """Only pairs at 60 km within the same 0.5 % may differ."""
    ours = pairs(wb.weights.distance_band(seats, 60, unit="km"))
    for focal, neighbor in ours ^ reference_pairs("nc 60 km"):
        assert kilometres(seats, focal, neighbor) == pytest.approx(60, rel=0.005)


@pytest.mark.parametrize(("part", "expected"), [("regions80", 181), ("regions83", 189)])
def test_russia_has_the_known_borders(part, expected):
    W = wb.weights.queen(wb.load("russia-regions", part=part), islands="keep")
    assert len(pairs(W)) == 2 * expected
    assert W.islands == ("RU-KGD", "RU-SAK")
    assert len(W.card().component_sizes) == 3


def test_inverse_distance_is_one_over_great_circle_kilometres():
    capitals = wb.load("russia-regions", part="capitals80")
    W = wb.weights.inverse_distance(capitals, normalize="none")
    one, two = capitals.geometry.loc["RU-MOW"], capitals.geometry.loc["RU-SPE"]
    on_sphere = pyproj.Geod(a=6371008.8, b=6371008.8).inv(one.x, one.y, two.x, two.y)[2] / 1000
    at = W.sparse[[W.ids.get_loc("RU-MOW")], :].toarray()[0, W.ids.get_loc("RU-SPE")]
    assert 1 / at == pytest.approx(on_sphere, rel=1e-9)


def test_t_junctions_are_borders_for_rook():
    from shapely import box

    regions = gpd.GeoSeries(
        {"top": box(0, 1, 2, 2), "left": box(0, 0, 1, 1), "right": box(1, 0, 2, 1)}
    )
    assert wb.weights.rook(regions).cardinalities.to_dict() == {"left": 2, "right": 2, "top": 2}


@pytest.mark.parametrize(("rows", "columns"), [(2, 3), (4, 5), (6, 6)])
def test_lattice_has_the_counts_of_the_closed_form(rows, columns):
    from shapely import box

    cells = {f"{r}-{c}": box(c, r, c + 1, r + 1) for r in range(rows) for c in range(columns)}
    lattice = gpd.GeoSeries(cells)
    edges = rows * (columns - 1) + columns * (rows - 1)
    corners = 2 * (rows - 1) * (columns - 1)
    assert len(pairs(wb.weights.rook(lattice))) == 2 * edges
    assert len(pairs(wb.weights.queen(lattice))) == 2 * (edges + corners)


def test_row_standardised_rows_sum_to_one():
    W = wb.weights.queen(wb.load("russia-regions"), islands="nearest")
    np.testing.assert_allclose(np.asarray(W.sparse.sum(axis=1)).ravel(), 1.0, rtol=1e-12)
