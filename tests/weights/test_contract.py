"""W is labelled, immutable and the same for any order of rows; bad input is refused by name."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from shapely import Point, Polygon, box

import workbench as wb
from workbench.errors import GeometryError, IdError, InputError, OptionError, WeightsError
from workbench.weights import align_to, as_weights

BUILDERS = {
    "queen": lambda r, c: wb.weights.queen(r, islands="nearest"),
    "rook": lambda r, c: wb.weights.rook(r, islands="nearest"),
    "knn": lambda r, c: wb.weights.knn(c, 5),
    "band": lambda r, c: wb.weights.distance_band(c, 2500),
    "inverse": lambda r, c: wb.weights.inverse_distance(c, power=2),
    "centroids": lambda r, c: wb.weights.knn(r, 4),
}


@pytest.fixture(scope="module")
def regions():
    return wb.load("russia-regions")


@pytest.fixture(scope="module")
def capitals():
    return wb.load("russia-regions", part="capitals80")


@pytest.fixture
def squares():
    cells = {"a": box(0, 0, 1, 1), "b": box(1, 0, 2, 1), "far": box(9, 9, 10, 10)}
    return gpd.GeoSeries(cells, crs=3857)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", BUILDERS)
def test_order_of_rows_changes_no_bit(regions, capitals, name):
    one = BUILDERS[name](regions, capitals)
    two = BUILDERS[name](
        regions.sample(frac=1, random_state=3), capitals.sample(frac=1, random_state=4)
    )
    assert one.digest == two.digest
    assert list(one.ids) == sorted(regions.index)
    np.testing.assert_array_equal(one.sparse.toarray(), two.sparse.toarray())


def test_inputs_are_not_changed(regions, capitals):
    before = regions.copy(), capitals.copy()
    for build in BUILDERS.values():
        build(regions, capitals)
    pd.testing.assert_frame_equal(pd.DataFrame(regions), pd.DataFrame(before[0]))
    pd.testing.assert_frame_equal(pd.DataFrame(capitals), pd.DataFrame(before[1]))


def test_graph_and_w_are_taken_by_label_and_left_alone(regions):
    graph = Graph.build_contiguity(regions.sample(frac=1, random_state=1), rook=False)
    legacy = graph.to_W()
    transform = legacy.transform
    ours = as_weights(graph)
    assert as_weights(legacy).digest == ours.digest
    assert legacy.transform == transform
    assert list(ours.ids) == sorted(regions.index)


def test_lag_is_labelled(regions):
    W = wb.weights.queen(regions, islands="nearest")
    x = pd.Series(np.arange(80.0), index=regions.index).sample(frac=1, random_state=5)
    lag = W.lag(x)
    neighbours = W.graph["RU-TOM"].index
    assert lag["RU-TOM"] == pytest.approx(x.loc[neighbours].mean())
    with pytest.raises(IdError, match="RU-TOM"):
        W.lag(x.drop("RU-TOM"))


def test_restriction_normalises_anew_and_says_so(regions):
    W = wb.weights.queen(regions, islands="nearest")
    kept = W.ids.drop(["RU-TOM"])
    smaller = W.restrict(kept)
    sums = np.asarray(smaller.sparse.sum(axis=1)).ravel()
    np.testing.assert_allclose(sums, 1.0, rtol=1e-12)
    table, used, note = align_to(
        pd.DataFrame({"x": 1.0}, index=kept), W, argument="data", align="intersection"
    )
    assert "RU-TOM" in note
    assert used.digest == smaller.digest
    assert table.index.equals(used.ids)


def test_card_tells_what_w_is(regions):
    card = wb.weights.queen(regions, islands="nearest").card()
    text = str(card)
    for told in ("80", "366", "RU-KGD linked to RU-PSK", "admissible rho"):
        assert told in text
    assert "<table" in card._repr_html_()
    plain = json.loads(json.dumps(card.to_dict()))
    assert plain["components"]["count"] == 1
    assert plain["rho"][1] == pytest.approx(1.0)


def test_admissible_interval_is_that_of_the_dense_eigenvalues(regions, capitals):
    for name in ("queen", "knn", "inverse"):
        W = BUILDERS[name](regions, capitals)
        values = np.linalg.eigvals(W.sparse.toarray())
        real = values[np.abs(values.imag) < 1e-9].real
        assert W.spectrum.rho_high == pytest.approx(1 / real.max(), rel=1e-8)
        assert W.spectrum.rho_low == pytest.approx(1 / real.min(), rel=1e-8)


def refusal(error, call, *arguments, **options):
    with pytest.raises(error) as caught:
        call(*arguments, **options)
    return str(caught.value)


def test_islands_are_refused_by_name_unless_a_policy_is_given(squares):
    text = refusal(WeightsError, wb.weights.queen, squares)
    assert "far" in text
    assert 'islands="nearest"' in text
    kept = wb.weights.queen(squares, islands="keep")
    assert kept.islands == ("far",)
    assert kept.cardinalities["far"] == 0
    assert wb.weights.queen(squares, islands="nearest").graph["far"].index.tolist() == ["b"]


def test_degrees_are_no_planar_distance(capitals):
    assert "degrees" in refusal(GeometryError, wb.weights.knn, capitals, 3, metric="planar")


def test_missing_crs_is_refused_where_it_matters(squares):
    bare = gpd.GeoSeries(squares.to_dict())
    assert "CRS" in refusal(GeometryError, wb.weights.knn, bare, 1)
    assert wb.weights.queen(bare, islands="keep").n == 3


def test_unusable_geometries_are_named(squares):
    for bad in (None, Polygon(), Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])):
        broken = gpd.GeoSeries({**squares.to_dict(), "bad": bad}, crs=3857)
        assert "bad" in refusal(GeometryError, wb.weights.queen, broken, islands="keep")
    points = gpd.GeoSeries({"p": Point(0, 0), "q": Point(1, 1)}, crs=3857)
    assert "p" in refusal(GeometryError, wb.weights.queen, points)


def test_duplicated_ids_are_named(squares):
    twice = pd.concat([squares, squares.head(1)])
    assert "a" in refusal(IdError, wb.weights.queen, twice)


def test_threshold_that_isolates_names_the_one_that_would_not(capitals):
    text = refusal(WeightsError, wb.weights.distance_band, capitals, 300)
    assert "smallest threshold that isolates none" in text
    needed = float(text.split("isolates none is ")[1].split(" km")[0])
    assert not wb.weights.distance_band(capitals, needed).islands


def test_k_and_threshold_must_make_sense(capitals):
    for k in (0, 80, 2.5, True):
        assert "whole number" in refusal(InputError, wb.weights.knn, capitals, k)
    for threshold in (0, -5, float("nan"), float("inf")):
        assert "positive" in refusal(InputError, wb.weights.distance_band, capitals, threshold)


def test_coincident_points_have_no_inverse_distance():
    points = gpd.GeoSeries({"a": Point(0, 0), "b": Point(0, 0), "c": Point(5, 5)}, crs=3857)
    text = refusal(WeightsError, wb.weights.inverse_distance, points)
    assert "a = b" in text


def test_unknown_words_get_the_nearest(squares):
    assert "did you mean 'nearest'" in refusal(
        OptionError, wb.weights.queen, squares, islands="nearestt"
    )


def test_a_bare_matrix_has_no_ids():
    assert "ids" in refusal(InputError, as_weights, np.eye(3))


@pytest.mark.parametrize("name", ["queen", "knn"])
def test_mixed_reference_systems_are_named(squares, name):
    import shapely

    shapes = shapely.set_srid(squares.to_numpy(), [3857, 3857, 4326])
    mixed = gpd.GeoSeries(shapes, index=squares.index, crs=3857)
    build = {
        "queen": lambda x: wb.weights.queen(x, islands="keep"),
        "knn": lambda x: wb.weights.knn(x, 1),
    }[name]
    text = refusal(GeometryError, build, mixed)
    assert "Where (1): far" in text
    assert "3857, 4326" in text


def test_a_neighbour_without_a_row_is_named():
    pairs = pd.MultiIndex.from_tuples([("a", "b"), ("b", "c")], names=["focal", "neighbor"])
    with pytest.raises(WeightsError, match=r"1 neighbours without a row"):
        wb.weights.as_weights(Graph(pd.Series([1.0, 1.0], index=pairs, name="weight")))
