"""Weights that are wrong on purpose keep what they promise to keep, and nothing else."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy.stats import chisquare

import workbench as wb
from workbench.errors import InputError, OptionError, WeightsError
from workbench.numerics.geometry.rewiring import match_places
from workbench.weights import as_weights

HOW = ["permuted", "rewired", "rotated", "random", "thinned"]


@pytest.fixture(scope="module")
def capitals():
    return wb.load("russia-regions", part="capitals80")


@pytest.fixture(scope="module")
def queen():
    return wb.weights.queen(wb.load("russia-regions"), islands="nearest")


def degrees(W):
    links = W.sparse_base.toarray() > 0
    return links.sum(axis=1), links.sum(axis=0)


def test_permuted_labels_keep_spectrum_and_cardinalities(queen):
    other = wb.weights.permuted(queen, seed=4)
    assert sorted(other.cardinalities) == sorted(queen.cardinalities)
    one, two = (np.sort(np.linalg.eigvals(W.sparse.toarray()).real) for W in (queen, other))
    np.testing.assert_allclose(one, two, atol=1e-10)
    assert other.digest != queen.digest
    assert queen.digest in str(other.card())


def test_permuted_weights_leave_no_autocorrelation(queen, capitals):
    """The mean of Moran's I over permutations of labels is -1/(n - 1), whatever the field."""
    z = capitals.sort_index().geometry.x.to_numpy()
    z = z - z.mean()
    values = [z @ (W.sparse @ z) / (z @ z) for W in wb.weights.perturbations(queen, draws=400)]
    # Standard deviation of I is about 0.07: four standard errors of the mean of 400.
    assert np.mean(values) == pytest.approx(-1 / 79, abs=4 * np.std(values) / 20)


@pytest.mark.parametrize("kind", ["queen", "knn"])
def test_rewiring_keeps_every_degree(queen, capitals, kind):
    W = queen if kind == "queen" else wb.weights.knn(capitals, 5)
    other = wb.weights.rewired(W, seed=2)
    for before, after in zip(degrees(W), degrees(other), strict=True):
        np.testing.assert_array_equal(before, after)
    assert other.card().symmetric == W.card().symmetric
    assert not other.sparse.diagonal().any()
    shared = ((W.sparse.toarray() > 0) & (other.sparse.toarray() > 0)).sum() / W.sparse.nnz
    assert shared < 0.3


def test_rewired_rows_keep_their_weights(capitals):
    near = wb.weights.knn(capitals, 5)
    W = wb.weights.product(near, wb.weights.inverse_distance(capitals))
    other = wb.weights.rewired(W, seed=1)
    for row in range(W.n):
        before, after = (np.sort(x.sparse_base.toarray()[row]) for x in (W, other))
        np.testing.assert_array_equal(before, after)


@pytest.mark.slow
def test_rewiring_reaches_every_graph_of_its_degrees_alike():
    """Two links on four regions: three matchings, each with probability 1/3."""
    W = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]})
    found = Counter()
    for draw in range(900):
        try:
            other = wb.weights.rewired(W, draw=draw, swaps=20)
        except WeightsError:  # back where it began
            found["a-b"] += 1
            continue
        found[f"a-{other.graph['a'].index[0]}"] += 1
    assert set(found) == {"a-b", "a-c", "a-d"}
    assert chisquare(list(found.values())).pvalue > 0.001


def test_what_cannot_be_rewired_is_refused():
    complete = Graph.from_dicts({k: [j for j in "abcd" if j != k] for k in "abcd"})
    with pytest.raises(WeightsError, match="permuted"):
        wb.weights.rewired(complete)


def test_a_rotated_map_keeps_neighbours_together(queen, capitals):
    """A smooth field stays autocorrelated under a turned map, as it does not when permuted."""
    x = capitals.sort_index().geometry.x.to_numpy()
    z = x - x.mean()

    def moran(W):
        return z @ (W.sparse @ z) / (z @ z)

    turned = [
        moran(W) for W in wb.weights.perturbations(queen, "rotated", draws=9, points=capitals)
    ]
    permuted = [moran(W) for W in wb.weights.perturbations(queen, "permuted", draws=9)]
    assert min(turned) > max(permuted)


def test_a_full_turn_is_the_map_itself(queen, capitals):
    assert wb.weights.rotated(queen, capitals, angle=360).digest == queen.digest


def test_places_are_matched_one_to_one_at_any_size():
    rng = np.random.default_rng(1)
    for n in (50, 3000):
        fixed = rng.random((n, 2))
        moved = fixed + rng.normal(scale=1e-6, size=fixed.shape)
        order = match_places(moved, fixed)
        assert np.array_equal(np.sort(order), np.arange(n))
        assert np.mean(order == np.arange(n)) > 0.99


def test_random_neighbours_have_the_number_asked_for(queen):
    assert (wb.weights.random_neighbors(queen, 4).cardinalities == 4).all()
    same = wb.weights.random_neighbors(queen)
    pd.testing.assert_series_equal(same.cardinalities, queen.cardinalities)
    with pytest.raises(InputError, match="n - 1 = 79"):
        wb.weights.random_neighbors(queen, 80)


def test_thinning_takes_the_share_away(queen):
    W = wb.weights.thinned(queen, 0.25, seed=3)
    assert W.sparse.nnz == queen.sparse.nnz - 2 * round(0.25 * queen.sparse.nnz / 2)
    assert W.card().symmetric
    assert not (W.sparse.toarray() > 0)[queen.sparse.toarray() == 0].any()


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("how", HOW)
def test_a_draw_depends_on_seed_and_number_only(queen, capitals, how):
    options = {"points": capitals} if how == "rotated" else {}
    five = [W.digest for W in wb.weights.perturbations(queen, how, draws=5, **options)]
    many = islice(wb.weights.perturbations(queen, how, draws=50, **options), 5)
    assert five == [W.digest for W in many]
    assert len(set(five)) == 5
    other = next(wb.weights.perturbations(queen, how, draws=1, seed=1, **options))
    assert other.digest not in five
    assert other.normalization == queen.normalization


@pytest.mark.parametrize("how", HOW)
def test_order_of_rows_changes_no_bit(queen, capitals, how):
    shuffled = as_weights(
        Graph.from_sparse(queen.sparse[::-1, :][:, ::-1].tocsr(), list(queen.ids[::-1]))
    )
    assert shuffled.digest == queen.digest
    options = {"points": capitals} if how == "rotated" else {}
    turned = {"points": capitals.sample(frac=1, random_state=1)} if how == "rotated" else {}
    one = next(wb.weights.perturbations(queen, how, **options))
    two = next(wb.weights.perturbations(shuffled, how, **turned))
    assert one.digest == two.digest


def test_wrong_words_and_missing_places_are_refused(queen):
    with pytest.raises(OptionError, match="permuted"):
        wb.weights.perturbations(queen, "permute")
    with pytest.raises(InputError, match="points"):
        wb.weights.perturbations(queen, "rotated")
    with pytest.raises(InputError, match="between 0 and 1"):
        wb.weights.thinned(queen, 1.5)


@pytest.mark.parametrize(
    "call",
    [
        lambda W, _: wb.weights.thinned(W, "x"),
        lambda W, _: wb.weights.rewired(W, swaps="x"),
        lambda W, points: wb.weights.rotated(W, points, angle="x"),
        lambda W, _: wb.weights.permuted(W, draw="x"),
        lambda W, _: wb.weights.combination(W, [1.0]),
        lambda W, _: wb.weights.combination([W, W], ["a", "b"]),
        lambda W, _: W.restrict(5),
        lambda W, _: wb.weights.rank(W.cardinalities, {"a": W}, alpha="x"),
        lambda W, _: wb.weights.rank(W.cardinalities, {"a": W}, permutations=float("nan")),
    ],
)
def test_arguments_of_another_kind_are_refused(queen, capitals, call):
    with pytest.raises(InputError):
        call(queen, capitals)
