"""Weights by distance: ties, coincident points, policies, decays, rings, metrics and refusals."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
from shapely import Point

import workbench as wb
from workbench.errors import GeometryError, InputError, OptionError, WeightsError
from workbench.numerics.geometry import neighbours
from workbench.weights import distances, sphere
from workbench.weights.places import locate

WGS84 = sphere.Ellipsoid("WGS 84", 6378.137, 6356.752314245179)


def on_line(*x, crs=3857):
    points = [Point(value, 0) for value in x]
    return gpd.GeoSeries(points, index=list("abcdefgh")[: len(x)], crs=crs)


def scattered(n, seed=0, crs=4326):
    rng = np.random.default_rng(seed)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    return gpd.GeoSeries(gpd.points_from_xy(rng.uniform(-180, 180, n), lat, crs=crs))


def dense(W):
    return W.sparse.toarray()


def refusal(error, call, *arguments, **options):
    with pytest.raises(error) as caught:
        call(*arguments, **options)
    return str(caught.value)


# -- nearest neighbours ------------------------------------------------------------------------


def test_either_and_mutual_are_the_union_and_intersection_of_directed():
    points = scattered(300)
    A = dense(wb.weights.knn(points, 4, normalize="none"))
    either = wb.weights.knn(points, 4, links="either", normalize="none")
    mutual = wb.weights.knn(points, 4, links="mutual", normalize="none", islands="keep")
    np.testing.assert_array_equal(dense(either), np.maximum(A, A.T))
    np.testing.assert_array_equal(dense(mutual), A * A.T)
    assert either.card().symmetric
    assert mutual.card().symmetric


def test_mutual_neighbours_may_isolate():
    line = on_line(0, 1, 5)
    text = refusal(WeightsError, wb.weights.knn, line, 1, links="mutual")
    assert "c" in text
    assert 'links="either"' in text
    assert wb.weights.knn(line, 1, links="mutual", islands="keep").islands == ("c",)
    assert wb.weights.knn(line, 1, links="mutual", islands="drop").ids.tolist() == ["a", "b"]
    linked = wb.weights.knn(line, 1, links="mutual", islands="nearest")
    assert linked.cardinalities.tolist() == [1, 2, 1]
    assert "c linked to b, 0.004 km" in str(linked.card())


def test_a_restriction_of_nearest_neighbours_obeys_the_policy():
    line = on_line(0, 1, 5, 6)
    assert "d" in refusal(WeightsError, wb.weights.knn(line, 1).restrict, ["a", "b", "d"])
    kept = wb.weights.knn(line, 1, islands="keep").restrict(["a", "b", "d"])
    assert kept.islands == ("d",)


def test_ties_go_to_the_first_ids_whatever_the_order_of_rows():
    star = gpd.GeoSeries(
        {
            "m": Point(0, 0),
            "z": Point(1, 0),
            "y": Point(-1, 0),
            "x": Point(0, 1),
            "w": Point(0, -1),
        },
        crs=3857,
    )
    for order in (["m", "z", "y", "x", "w"], ["w", "z", "m", "x", "y"]):
        assert wb.weights.knn(star[order], 2).graph["m"].index.tolist() == ["w", "x"]


def test_coincident_points_are_neighbours_and_counted():
    firms = gpd.GeoSeries({k: Point(0, 0) for k in "abcd"} | {"e": Point(3, 0)}, crs=3857)
    W = wb.weights.knn(firms, 2)
    assert W.graph["d"].index.tolist() == ["a", "b"]
    assert W.graph["a"].index.tolist() == ["b", "c"]
    assert "4 points coincide with others, 4 of them with more than k = 2" in str(W.card())
    assert "coincide" not in str(wb.weights.knn(firms, 3).card())


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["great-circle", "ellipsoidal"])
def test_large_sets_give_the_neighbours_of_all_distances(metric, monkeypatch):
    """The compiled search, forced onto 400 places over the whole globe."""
    monkeypatch.setattr(neighbours, "SMALL", 0)
    points = scattered(400, seed=2)
    places = locate(points, metric=metric, unit="km")
    D = np.array([places.distances_from(i) for i in range(400)])
    np.fill_diagonal(D, np.inf)
    expected = np.sort(np.argsort(D, axis=1)[:, :6], axis=1)
    W = wb.weights.knn(points, 6, metric=metric)
    np.testing.assert_array_equal(W.sparse.indices.reshape(400, 6), expected)
    for threshold in (500.0, 9_000.0, 19_900.0):
        band = wb.weights.distance_band(points, threshold, metric=metric, islands="keep")
        np.testing.assert_array_equal(dense(band) > 0, threshold >= D)


@pytest.mark.slow
def test_order_of_rows_changes_no_bit_in_large_sets(monkeypatch):
    monkeypatch.setattr(neighbours, "SMALL", 0)
    points = scattered(500, seed=4)
    shuffled = points.sample(frac=1, random_state=1)
    for build in (
        lambda p: wb.weights.knn(p, 5, metric="ellipsoidal"),
        lambda p: wb.weights.distance_band(p, 2500, decay="inverse"),
        lambda p: wb.weights.kernel(p, k=6, function="gaussian"),
    ):
        one, two = build(points), build(shuffled)
        np.testing.assert_array_equal(dense(one), dense(two))
        assert one.digest == two.digest


# -- metrics -----------------------------------------------------------------------------------


def test_geodesics_lie_between_what_the_search_assumes():
    """A geodesic is no shorter than its chord, no longer than the arc of radius b²/a over it."""
    rng = np.random.default_rng(5)
    near = rng.uniform(-60, 60, (4000, 2))
    far = near + rng.choice([1e-6, 1e-3, 1.0, 25.0], (4000, 1)) * rng.standard_normal((4000, 2))
    far[:, 1] = np.clip(far[:, 1], -90, 90)
    km = WGS84.geodesic_km(near, far)
    chord = np.linalg.norm(WGS84.positions(near) - WGS84.positions(far), axis=1)
    assert (km / WGS84.a_km >= chord - 1e-14).all()
    assert (km / WGS84.a_km <= WGS84.longest(chord) + 1e-14).all()
    # The bounds are sharp: along the meridian at the equator.
    south, north = np.array([[0.0, -0.5]]), np.array([[0.0, 0.5]])
    line = np.linalg.norm(WGS84.positions(south) - WGS84.positions(north), axis=1)
    assert WGS84.geodesic_km(south, north)[0] / WGS84.a_km == pytest.approx(
        WGS84.longest(line)[0], rel=1e-6
    )


@pytest.mark.parametrize("small", [pytest.param(0, marks=pytest.mark.slow), 4096])
def test_the_nearest_by_geodesic_need_not_be_nearest_by_chord(monkeypatch, small):
    """The meridian bends more than the equator: its chord is shorter, its geodesic longer."""
    monkeypatch.setattr(neighbours, "SMALL", small)
    places = gpd.GeoSeries(
        {"origin": Point(0, 0), "east": Point(60, 0), "north": Point(0, 60.23)}, crs=4326
    )
    positions = locate(places, metric="ellipsoidal", unit="km").points
    east, north, origin = positions
    assert np.linalg.norm(origin - north) < np.linalg.norm(origin - east)
    W = wb.weights.knn(places, 1, metric="ellipsoidal")
    assert W.graph["origin"].index.tolist() == ["east"]


def test_the_ellipsoid_is_that_of_the_crs():
    """NAD 27 counts on Clarke's ellipsoid of 1866: pyproj's geodesics on it, in metres."""
    points = gpd.GeoSeries({"a": Point(-80, 35), "b": Point(-81, 36)}, crs=4267)
    W = wb.weights.inverse_distance(points, metric="ellipsoidal", unit="m", normalize="none")
    clarke = pyproj.Geod(ellps="clrk66").inv(-80, 35, -81, 36)[2]
    assert 1 / W.sparse.data[0] == pytest.approx(clarke, rel=1e-12)
    assert "Clarke 1866" in str(W.card())


def test_geodesics_need_the_earth_and_a_unit_of_length():
    local = on_line(0, 1, 3, crs='LOCAL_CS["site",UNIT["metre",1]]')
    assert "tied to the Earth" in refusal(
        GeometryError, wb.weights.knn, local, 1, metric="ellipsoidal"
    )
    assert "ellipsoidal" in refusal(
        GeometryError,
        wb.weights.distance_band,
        scattered(5),
        5,
        metric="ellipsoidal",
        unit="crs",
    )


# -- bands and decays --------------------------------------------------------------------------


def test_a_band_holds_pairs_at_exactly_its_threshold():
    """0.1 + 0.2 lies a bit above 0.3, and is 0.3."""
    line = on_line(0, 0.1 + 0.2, 10)
    W = wb.weights.distance_band(line, 0.3, unit="crs", islands="keep")
    assert W.cardinalities.tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("options", "formula"),
    [
        ({"decay": "inverse", "power": 2}, lambda d: d**-2.0),
        ({"decay": "exponential", "alpha": 0.5}, lambda d: np.exp(-0.5 * d)),
        ({"decay": "double-power", "alpha": 2}, lambda d: (1 - (d / 4) ** 2) ** 2),
        ({"decay": "inverse", "minimum_distance": 2}, lambda d: 1 / np.maximum(d, 2)),
    ],
)
def test_decays_follow_their_formulae(options, formula):
    line = on_line(0, 1, 3)
    W = wb.weights.distance_band(line, 4, unit="crs", normalize="none", **options)
    d = np.array([[0, 1, 3], [1, 0, 2], [3, 2, 0]], dtype=float)
    expected = np.where(d > 0, formula(np.where(d > 0, d, 1)), 0)
    np.testing.assert_allclose(dense(W), expected, rtol=1e-15)


def test_coincident_points_need_a_shortest_distance_under_inverse_decay():
    twins = on_line(0, 0, 5)
    for call in (
        lambda **o: wb.weights.inverse_distance(twins, unit="m", **o),
        lambda **o: wb.weights.distance_band(twins, 9, unit="m", decay="inverse", **o),
    ):
        text = refusal(WeightsError, call)
        assert "a = b" in text
        assert "minimum_distance" in text
        W = call(minimum_distance=0.5, normalize="none")
        np.testing.assert_allclose(dense(W)[0], [0, 2, 0.2])
    smooth = wb.weights.distance_band(
        twins, 9, unit="m", decay="exponential", alpha=1, normalize="none"
    )
    assert dense(smooth)[0, 1] == 1.0


def test_numbers_that_would_not_be_used_or_make_no_sense_are_refused():
    line, band = on_line(0, 1, 3), wb.weights.distance_band
    assert "alpha" in refusal(InputError, band, line, 4, decay="exponential")
    assert "alpha" in refusal(InputError, band, line, 4, alpha=2)
    assert "power" in refusal(InputError, band, line, 4, power=2)
    assert "threshold" in refusal(InputError, band, line, 4, minimum_distance=4)
    for bad in (0, -1, np.nan, np.inf, True, "1"):
        assert "minimum_distance" in refusal(InputError, band, line, 4, minimum_distance=bad)
        assert "alpha" in refusal(InputError, band, line, 4, decay="double-power", alpha=bad)
    assert "did you mean 'exponential'" in refusal(OptionError, band, line, 4, decay="exponental")


def test_weights_that_fall_to_nothing_are_refused():
    line = on_line(0, 1, 3000)
    text = refusal(
        WeightsError,
        wb.weights.distance_band,
        line,
        4000,
        unit="crs",
        decay="exponential",
        alpha=1,
    )
    assert "smaller" in text


def test_islands_take_the_weight_of_their_distance_where_there_is_one():
    line = on_line(0, 1, 5)
    W = wb.weights.distance_band(
        line,
        2,
        unit="crs",
        decay="exponential",
        alpha=0.5,
        islands="nearest",
        normalize="none",
    )
    assert dense(W)[2, 1] == pytest.approx(np.exp(-2))
    assert "double-power" in refusal(
        WeightsError,
        wb.weights.distance_band,
        line,
        2,
        decay="double-power",
        alpha=1,
        islands="nearest",
    )


def test_more_links_than_memory_serves_are_counted_before_they_are_built(monkeypatch):
    monkeypatch.setattr(distances, "MOST_LINKS", 50)
    points = scattered(20)
    text = refusal(WeightsError, wb.weights.distance_band, points, 20_100)
    assert "380 among 20 places" in text
    assert "380" in refusal(WeightsError, wb.weights.inverse_distance, points)
    assert "60" in refusal(InputError, wb.weights.knn, points, 3)


def test_full_inverse_distance_is_the_dense_formula():
    points = scattered(60, seed=9)
    places = locate(points, metric="auto", unit="km")
    D = np.array([places.distances_from(i) for i in range(60)])
    np.fill_diagonal(D, np.inf)
    W = wb.weights.inverse_distance(points, power=1.5, normalize="none")
    np.testing.assert_allclose(dense(W), D**-1.5, rtol=1e-13)
    np.testing.assert_array_equal(dense(W), dense(W).T)


# -- rings -------------------------------------------------------------------------------------


def test_rings_part_the_band_of_their_last_edge():
    points = scattered(200, seed=6)
    rings = wb.weights.rings(points, [0, 1000, 2500, 4000], normalize="none")
    assert list(rings) == ["0-1000 km", "1000-2500 km", "2500-4000 km"]
    band = wb.weights.distance_band(points, 4000, normalize="none")
    np.testing.assert_array_equal(sum(dense(W) for W in rings.values()), dense(band))
    assert all(W.card().symmetric for W in rings.values())


def test_a_pair_on_an_edge_is_in_the_inner_ring_and_a_coincident_one_in_the_first():
    rings = wb.weights.rings(on_line(0, 0, 0.1 + 0.2), [0, 0.3, 1], unit="crs")
    inner, outer = rings.values()
    assert inner.cardinalities.tolist() == [2, 2, 2]
    assert outer.cardinalities.tolist() == [0, 0, 0]
    (hollow,) = wb.weights.rings(on_line(0, 0, 2), [1, 3], unit="crs").values()
    assert hollow.cardinalities.tolist() == [1, 1, 2]


def test_rings_say_or_refuse_whom_they_isolate():
    line = on_line(0, 1, 5)
    rings = wb.weights.rings(line, [0, 2, 4], unit="m")
    assert rings["0-2 m"].islands == ("c",)
    assert "1 of 3 regions have no other in the ring: c" in str(rings["0-2 m"].card())
    text = refusal(WeightsError, wb.weights.rings, line, [0, 2, 4], unit="m", islands="error")
    assert "0-2 m" in text
    assert "c" in text
    dropped = wb.weights.rings(line, [0, 2, 4], unit="m", islands="drop")
    assert dropped["0-2 m"].ids.tolist() == ["a", "b"]
    assert "nearest" in refusal(WeightsError, wb.weights.rings, line, [0, 2], islands="nearest")


@pytest.mark.parametrize("edges", [[0], [], [0, 0], [1, 0], [-1, 2], [0, np.nan], [0, np.inf], "x"])
def test_edges_must_increase_from_zero(edges):
    assert "edges" in refusal(InputError, wb.weights.rings, on_line(0, 1, 3), edges)


def test_nothing_of_the_callers_is_changed():
    points = scattered(50)
    before, edges = points.copy(), [0, 1000, 5000]
    wb.weights.rings(points, edges)
    wb.weights.kernel(points, k=4)
    wb.weights.knn(points, 3, links="either")
    pd.testing.assert_series_equal(pd.Series(points), pd.Series(before))
    assert edges == [0, 1000, 5000]
