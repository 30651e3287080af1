"""Weights made of weights have the links and values that set and matrix algebra say."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from libpysal.graph import Graph

import workbench as wb
from workbench.errors import GeometryError, IdError, InputError, WeightsError


@pytest.fixture(scope="module")
def regions():
    return wb.load("russia-regions")


@pytest.fixture(scope="module")
def pair(regions):
    capitals = wb.load("russia-regions", part="capitals80")
    return wb.weights.queen(regions, islands="nearest"), wb.weights.knn(capitals, 5)


@pytest.mark.parametrize("name", ["union", "intersection", "difference"])
def test_links_equal_libpysal(pair, name):
    first, second = pair
    ours = getattr(wb.weights, name)(first, second, islands="keep", normalize="binary")
    theirs = getattr(Graph, name)(first.graph, second.graph)
    expected = theirs.sparse.toarray() > 0
    np.testing.assert_array_equal(ours.sparse.toarray() > 0, expected)


def test_a_difference_keeps_the_values_of_the_first(pair):
    queen, _ = pair
    capitals = wb.load("russia-regions", part="capitals80")
    inverse = wb.weights.inverse_distance(capitals)
    near = wb.weights.distance_band(capitals, 1000, decay="inverse", islands="nearest")
    for second in (queen, near):
        rest = wb.weights.difference(inverse, second, normalize="none").sparse.toarray()
        expected = np.where(second.sparse.toarray() > 0, 0.0, inverse.sparse_base.toarray())
        np.testing.assert_array_equal(rest, expected)


def test_a_product_multiplies_values_as_built(pair):
    queen, _ = pair
    capitals = wb.load("russia-regions", part="capitals80")
    inverse = wb.weights.inverse_distance(capitals)
    both = wb.weights.product(queen, inverse)
    raw = (queen.sparse.toarray() > 0) * inverse.sparse_base.toarray()
    np.testing.assert_allclose(
        both.sparse.toarray(), raw / raw.sum(axis=1, keepdims=True), rtol=1e-13
    )
    assert both.recipe.unit == "km"


def test_a_combination_mixes_rows_that_sum_to_one(pair):
    first, second = pair
    mixed = wb.weights.combination([first, second], [0.3, 0.7])
    expected = 0.3 * first.sparse.toarray() + 0.7 * second.sparse.toarray()
    np.testing.assert_allclose(mixed.sparse.toarray(), expected, rtol=1e-13)
    assert "shares='0.3, 0.7'" in str(mixed.card())
    for shares in ([0.5, 0.6], [1.0], [-0.5, 1.5]):
        with pytest.raises(InputError, match=r"sum|share"):
            wb.weights.combination([first, second], shares)
    with pytest.raises(InputError, match="normalised alike"):
        wb.weights.combination([first, second.normalize("none")], [0.5, 0.5])


def test_regions_that_only_one_has_are_refused_or_left_out(pair):
    first, _ = pair
    fewer = wb.weights.knn(wb.load("russia-regions", part="capitals80").drop(index="RU-TOM"), 5)
    with pytest.raises(IdError, match="RU-TOM"):
        wb.weights.union(first, fewer)
    common = wb.weights.union(first, fewer, align="intersection")
    assert common.n == 79
    assert "RU-TOM" in str(common.card())
    mixed = wb.weights.combination([first, fewer], [0.5, 0.5], align="intersection")
    np.testing.assert_allclose(mixed.sparse.sum(axis=1), 1.0, rtol=1e-12)


def test_an_intersection_that_isolates_names_the_regions(pair):
    none = wb.weights.difference(pair[1], pair[0], islands="keep")
    with pytest.raises(WeightsError, match="80 regions without any"):
        wb.weights.intersection(pair[0], none)


@pytest.mark.parametrize(
    ("how", "rule"),
    [("either", np.maximum), ("mutual", np.minimum), ("mean", lambda a, b: (a + b) / 2)],
)
def test_symmetric_weights_equal_the_dense_rule(how, rule):
    capitals = wb.load("russia-regions", part="capitals80")
    directed = wb.weights.knn(capitals, 6, islands="keep")
    dense = directed.sparse_base.toarray()
    ours = directed.symmetrize(how)
    np.testing.assert_array_equal(ours.sparse_base.toarray(), rule(dense, dense.T))
    assert ours.card().symmetric


def test_directed_links_of_knn_are_those_of_symmetrize():
    capitals = wb.load("russia-regions", part="capitals80")
    for links in ("either", "mutual"):
        one = wb.weights.knn(capitals, 4, links=links, islands="keep")
        two = wb.weights.knn(capitals, 4, islands="keep").symmetrize(links)
        assert one.digest == two.digest


def parts():
    x = [0, 1, 2, 10, 11, 30]
    points = gpd.points_from_xy(x, [0] * 6, crs=3857)
    line = gpd.GeoSeries(points, index=list("abcdef"))
    return line, wb.weights.distance_band(line, 1, unit="m", islands="keep")


def test_parts_are_numbered_refused_cut_and_joined():
    line, W = parts()
    assert W.components.to_dict() == {"a": 0, "b": 0, "c": 0, "d": 1, "e": 1, "f": 2}
    with pytest.raises(WeightsError, match=r"3 parts[\s\S]*Where \(3\): d, e, f"):
        wb.weights.require_connected(W)
    assert wb.weights.largest_component(W).ids.tolist() == ["a", "b", "c"]
    joined = wb.weights.connect(W, line.sample(frac=1, random_state=1))
    assert joined.components.max() == 0
    added = (joined.sparse_base - W.sparse_base).nonzero()
    named = {(W.ids[i], W.ids[j]) for i, j in zip(*added, strict=True) if i < j}
    assert named == {("c", "d"), ("e", "f")}
    assert "f and e linked, 0.019 km" in str(joined.card())
    with pytest.raises(GeometryError, match="reference system"):
        wb.weights.connect(W, line.set_crs(None, allow_override=True))


def test_dropping_islands_drops_who_is_left_without_them():
    """a looks at b, b at c, c at nobody: all three go, one after the other."""
    names = list("abcde")
    dense = np.zeros((5, 5))
    for focal, neighbor in (("a", "b"), ("b", "c"), ("d", "e"), ("e", "d")):
        dense[names.index(focal), names.index(neighbor)] = 1.0
    W = wb.weights.from_matrix(dense, names, islands="drop")
    assert W.ids.tolist() == ["d", "e"]
    assert "3 of 5 regions without neighbours dropped: a, b, c" in str(W.card())
    with pytest.raises(WeightsError, match="none of which would remain"):
        wb.weights.from_matrix(dense[:3, :3], names[:3], islands="drop")


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("islands", ["error", "nearest", "keep", "drop"])
def test_a_restriction_that_isolates_follows_the_policy(regions, islands):
    """Without Pskov nobody is left whom Kaliningrad could be linked to."""
    if islands == "error":
        W = wb.weights.largest_component(wb.weights.queen(regions, islands="keep"))
        W = wb.weights.from_matrix(W.sparse_base, W.ids)
        kept = W.ids.drop(list(W.graph["RU-MUR"].index))
        alone = "RU-MUR"
    else:
        W = wb.weights.queen(regions, islands="nearest")
        kept, alone = W.ids.drop(list(W.graph["RU-KGD"].index)), "RU-KGD"
        if islands != "nearest":
            W = wb.weights.from_matrix(W.sparse_base, W.ids, islands=islands)
    if islands in ("error", "nearest"):
        with pytest.raises(WeightsError, match=alone):
            W.restrict(kept)
    elif islands == "keep":
        assert W.restrict(kept).islands == (alone,)
    else:
        assert alone not in W.restrict(kept).ids


def test_shares_of_rows_are_not_taken_for_weights_as_built(pair):
    """A Graph that came row-normalised: what its weights were is not known."""
    capitals = wb.load("russia-regions", part="capitals80")
    inverse = wb.weights.inverse_distance(capitals)
    came = wb.weights.as_weights(inverse.graph)
    assert came.card().symmetric is None
    for call in (
        lambda: wb.weights.product(came, pair[0]),
        lambda: wb.weights.difference(came, pair[0]),
        lambda: came.symmetrize("mean"),
        lambda: came.normalize("none"),
    ):
        with pytest.raises(WeightsError, match="row-normalised"):
            call()
    # Links alone are known.
    assert wb.weights.union(came, pair[0]).sparse.nnz == 80 * 79
    assert wb.weights.higher_order(pair[0], 2).normalize("none").sparse.data.max() == 1.0


def test_notes_of_the_members_stay(pair):
    assert "RU-KGD linked to RU-PSK" in str(wb.weights.union(*pair).card())
    assert "before: RU-KGD linked to RU-PSK" in str(wb.weights.permuted(pair[0]).card())
