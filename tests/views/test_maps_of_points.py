"""Points on a map: discs of one size, over the regions that they lie in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point

import workbench as wb
from workbench.errors import GeometryError
from workbench.views.outlines import GROUND, geometries, spread


@pytest.fixture(scope="module")
def cities() -> gpd.GeoDataFrame:
    """Twelve places in the United States, in degrees."""
    places = [Point(-120 + 4 * k, 30 + k % 5 * 4) for k in range(12)]
    ids = [f"c{k:02d}" for k in range(12)]
    return gpd.GeoDataFrame({"value": np.arange(12.0)}, geometry=places, index=ids, crs=4326)


def test_points_become_discs_around_them_in_the_order_of_ids(cities):
    discs = geometries(cities.iloc[::-1])
    assert discs.index.tolist() == sorted(cities.index)
    assert discs.geom_type.eq("Polygon").all()
    west, south, east, north = discs.bounds.to_numpy().T
    np.testing.assert_allclose((west + east) / 2, cities.geometry.x, rtol=1e-12)
    np.testing.assert_allclose((south + north) / 2, cities.geometry.y, rtol=1e-12)
    assert cities.geom_type.eq("Point").all()  # the caller's are left alone


def test_discs_are_round_and_of_one_size_on_the_map(cities):
    west, south, east, north = geometries(cities).bounds.to_numpy().T
    # degrees of latitude are drawn longer, by the cosine of the mid-latitude
    stretch = 1 / np.cos(np.radians(38))
    np.testing.assert_allclose(east - west, (north - south) * stretch, rtol=1e-9)
    np.testing.assert_allclose(east - west, (east - west)[0], rtol=1e-9)
    west, south, east, north = geometries(cities.to_crs(5070)).bounds.to_numpy().T
    np.testing.assert_allclose(east - west, north - south, rtol=1e-9)


def test_the_ground_lies_under_the_discs_in_their_projection(cities):
    states = wb.load("us-states")
    places = cities.to_crs(5070)
    whole, under = spread(geometries(places), states)
    assert under is not None
    assert under.crs == places.crs
    assert len(whole) == len(places) + len(states)
    figure = wb.choropleth(cities["value"], places, ground=states, k=4)
    painted = figure.axes[0].collections
    assert [len(c.get_paths()) for c in painted] == [48, 12]
    assert GROUND.lower() in figure.to_svg().lower()
    plain = wb.choropleth(cities["value"], places, k=4)
    assert [len(c.get_paths()) for c in plain.axes[0].collections] == [12]
    assert plain.alt == figure.alt


def test_local_clusters_of_points_are_drawn_too(cities):
    lisa = wb.lisa("value", cities, wb.weights.knn(cities, 3), permutations=99)
    figure = lisa.plot(ground=wb.load("us-states"))
    assert [len(c.get_paths()) for c in figure.axes[0].collections] == [48, 12]
    assert [len(c.get_paths()) for c in lisa.plot().axes[0].collections] == [12]


def test_ground_without_polygons_and_points_without_places_are_refused(cities):
    lines = cities.set_geometry([LineString([p, (0, 0)]) for p in cities.geometry])
    with pytest.raises(GeometryError, match="ground: expected a polygon"):
        wb.choropleth(cities["value"], cities, ground=lines)
    mixed = pd.concat([cities.geometry.iloc[:11], gpd.GeoSeries([None], index=["c11"], crs=4326)])
    with pytest.raises(GeometryError, match="1 missing"):
        geometries(gpd.GeoSeries(mixed))


def test_a_ground_in_unknown_coordinates_is_refused(cities):
    states = wb.load("us-states")
    bare = cities.set_crs(None, allow_override=True)
    for regions, ground, which in (
        (bare, states, "regions"),
        (cities, states.set_crs(None, allow_override=True), "ground"),
    ):
        with pytest.raises(GeometryError, match=rf"{which} without") as caught:
            wb.choropleth(cities["value"], regions, ground=ground)
        assert f"{which} = {which}.set_crs(4326)" in str(caught.value)
    both = states.set_crs(None, allow_override=True)
    assert spread(geometries(bare), both)[1] is not None


def test_large_numbers_stand_in_full_in_the_legend(cities):
    figure = wb.choropleth(cities["value"] * 1167.3, cities, k=2)  # to 12840.3
    assert "12840]" in figure.alt
    assert "e+" not in figure.alt
