"""What holds for every builder: rows in any order, inputs left alone, a card that says it all."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.typing import Normalization, words


@pytest.fixture(scope="module")
def inputs():
    """Everything that a builder may want, by name."""
    regions = wb.load("russia-regions")
    capitals = wb.load("russia-regions", part="capitals80")
    table = wb.join(regions, wb.load("russia-innovation").xs(2014, level="year"))
    rng = np.random.default_rng(1)
    profile = pd.DataFrame(rng.poisson(3.0, (80, 6)), index=capitals.index)
    pairs = [(a, b) for a in regions.index[:40] for b in regions.index[40:] if rng.random() < 0.3]
    trips = pd.DataFrame(pairs, columns=["origin", "destination"])
    trips["value"] = rng.integers(1, 100, len(trips))
    cells = rng.uniform(10, 90, (80, 80))
    np.fill_diagonal(cells, 0.0)
    square = pd.DataFrame(cells, index=regions.index, columns=regions.index)
    return {
        "regions": regions, "capitals": capitals, "income": table["grp"], "profile": profile,
        "groups": regions["federal_district"], "trips": trips, "square": square,
    }  # fmt: skip


BUILDERS = {
    "queen": lambda x: wb.weights.queen(x["regions"], islands="nearest"),
    "rook 2": lambda x: wb.weights.rook(x["regions"], order=2, lower_order=True, islands="drop"),
    "knn": lambda x: wb.weights.knn(x["capitals"], 5),
    "knn either": lambda x: wb.weights.knn(x["capitals"], 5, links="either", metric="ellipsoidal"),
    "band": lambda x: wb.weights.distance_band(x["capitals"], 900, islands="nearest"),
    "decay": lambda x: wb.weights.distance_band(
        x["regions"], 2500, decay="exponential", alpha=0.001
    ),
    "inverse": lambda x: wb.weights.inverse_distance(x["capitals"], power=2),
    "kernel": lambda x: wb.weights.kernel(x["capitals"], function="bisquare", k=8),
    "ring": lambda x: wb.weights.rings(x["capitals"], [0, 500, 1000])["500-1000 km"],
    "delaunay": lambda x: wb.weights.delaunay(x["capitals"]),
    "gabriel": lambda x: wb.weights.gabriel(x["capitals"]),
    "relative": lambda x: wb.weights.relative_neighbor(x["capitals"]),
    "influence": lambda x: wb.weights.sphere_of_influence(x["capitals"]),
    "block": lambda x: wb.weights.block(x["groups"]),
    "matrix": lambda x: wb.weights.from_matrix(x["square"]),
    "travel": lambda x: wb.weights.travel_cost(x["square"], threshold=60, unit="h"),
    "flows": lambda x: wb.weights.flows(x["trips"], direction="both", regions=x["regions"]),
    "technology": lambda x: wb.weights.technological_proximity(x["profile"], k=10),
    "economy": lambda x: wb.weights.economic_proximity(x["income"], k=10),
    "institutions": lambda x: wb.weights.institutional_proximity(x["profile"], k=10),
    "random": lambda x: wb.weights.random_neighbors(x["capitals"], 4),
    "union": lambda x: wb.weights.union(BUILDERS["knn"](x), BUILDERS["gabriel"](x)),
    "product": lambda x: wb.weights.product(
        BUILDERS["inverse"](x), BUILDERS["block"](x), islands="keep"
    ),
    "combination": lambda x: wb.weights.combination(
        [BUILDERS["knn"](x), BUILDERS["delaunay"](x)], [0.4, 0.6]
    ),
}


def shuffled(inputs):
    return {name: x.sample(frac=1, random_state=7) for name, x in inputs.items()}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", BUILDERS)
def test_rows_in_any_order_give_the_same_bits(inputs, name):
    one, two = BUILDERS[name](inputs), BUILDERS[name](shuffled(inputs))
    assert one.digest == two.digest
    np.testing.assert_array_equal(one.sparse.toarray(), two.sparse.toarray())
    assert one.ids.is_monotonic_increasing


def test_no_builder_changes_its_inputs(inputs):
    before = copy.deepcopy(inputs)
    for build in BUILDERS.values():
        build(inputs)
    for name, frame in inputs.items():
        pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before[name]))


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("name", BUILDERS)
def test_a_card_says_what_the_weights_are(inputs, name):
    W = BUILDERS[name](inputs)
    plain = json.loads(json.dumps(W.card().to_dict()))
    dense = W.sparse.toarray()
    assert plain["links"] == (dense > 0).sum()
    built = W.sparse_base.toarray()
    assert plain["symmetric"] == bool(np.allclose(built, built.T))
    assert plain["digest"] == W.digest
    assert plain["n"] == W.n == len(W.ids)
    values = np.linalg.eigvals(dense)
    real = values[np.abs(values.imag) < 1e-7].real
    assert plain["eigenvalues"]["largest"] == pytest.approx(real.max(), abs=1e-6)
    assert W.symmetrize().card().symmetric


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("name", BUILDERS)
def test_weights_travel_and_come_back_read_only(inputs, name):
    W = BUILDERS[name](inputs)
    again = pickle.loads(pickle.dumps(W))
    assert again.digest == W.digest
    assert again.recipe == W.recipe
    with pytest.raises(ValueError, match="read-only"):
        again.sparse.data[0] = 5.0


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", BUILDERS)
def test_every_normalisation_starts_from_the_weights_as_built(inputs, name):
    W = BUILDERS[name](inputs)
    for word in words(Normalization):
        if word == "doubly-stochastic":  # has its own tests: not every W has a balance
            continue
        once, twice = W.normalize(word), W.normalize("spectral").normalize(word)
        assert once.digest == twice.digest
        np.testing.assert_array_equal(once.sparse_base.toarray(), W.sparse_base.toarray())
        np.testing.assert_allclose(once.graph.sparse.toarray(), once.sparse.toarray(), rtol=1e-15)
