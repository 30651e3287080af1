"""Weights from tables follow ids, not rows; every wrong cell is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity

import workbench as wb
from workbench.errors import IdError, InputError, ValuesError, WeightsError
from workbench.weights import as_weights

IDS = list("cabd")
VALUES = pd.DataFrame(
    [[0, 1, 2, 0], [3, 0, 0, 4], [5, 0, 0, 6], [0, 7, 8, 0]], index=IDS, columns=IDS, dtype=float
)


def refusal(error, call, *arguments, **options):
    with pytest.raises(error) as caught:
        call(*arguments, **options)
    return str(caught.value)


def test_a_matrix_is_read_by_its_labels():
    shuffled = VALUES.loc[list("dbca"), list("acdb")]
    W = wb.weights.from_matrix(shuffled, normalize="none")
    bare = wb.weights.from_matrix(VALUES.to_numpy(), IDS, normalize="none")
    thin = wb.weights.from_matrix(sparse.csr_array(VALUES.to_numpy()), IDS, normalize="none")
    expected = VALUES.loc[sorted(IDS), sorted(IDS)].to_numpy()
    for built in (W, bare, thin):
        np.testing.assert_array_equal(built.sparse.toarray(), expected)
        assert built.digest == W.digest


def test_a_matrix_of_other_regions_is_refused_by_name():
    text = refusal(IdError, wb.weights.from_matrix, VALUES, regions=pd.Index(list("abcz")))
    assert "1 that are no region (d)" in text
    assert "1 regions without (z)" in text
    assert "d" in refusal(IdError, wb.weights.from_matrix, VALUES.drop(columns="d"))
    assert "ids=regions.index" in refusal(InputError, wb.weights.from_matrix, VALUES.to_numpy())


@pytest.mark.parametrize("bad", [-1.0, np.inf])
def test_cells_that_are_no_weights_are_named(bad):
    wrong = VALUES.copy()
    wrong.loc["a", "d"] = bad
    for call in (wb.weights.from_matrix, wb.weights.travel_cost):
        assert "a -> d" in refusal(ValuesError, call, wrong)


def test_masked_cells_are_no_numbers():
    masked = np.ma.masked_equal(VALUES.to_numpy(), 8.0)
    assert "masked" in refusal(ValuesError, wb.weights.from_matrix, masked, IDS)


def test_a_diagonal_is_refused_or_left_out():
    wrong = VALUES.copy()
    wrong.loc["a", "a"] = 2.0
    assert 'diagonal="drop"' in refusal(WeightsError, wb.weights.from_matrix, wrong)
    dropped = wb.weights.from_matrix(wrong, diagonal="drop")
    assert dropped.digest == wb.weights.from_matrix(VALUES).digest


@pytest.mark.parametrize(
    ("options", "weight"),
    [
        ({}, lambda c: 1 / c),
        ({"power": 2}, lambda c: c**-2.0),
        ({"decay": "exponential", "alpha": 0.3}, lambda c: np.exp(-0.3 * c)),
        ({"decay": "binary"}, lambda c: c / c),
        ({"minimum_cost": 4.0}, lambda c: 1 / np.maximum(c, 4)),
    ],
)
def test_weights_fall_with_costs_as_the_formula_says(options, weight):
    costs = VALUES.where(VALUES > 0)  # a missing cell cannot be reached
    W = wb.weights.travel_cost(costs, normalize="none", unit="minutes", **options)
    expected = weight(costs.loc[sorted(IDS), sorted(IDS)].to_numpy())
    np.testing.assert_allclose(W.sparse.toarray(), np.nan_to_num(expected), rtol=1e-15)
    assert "4 of 12 pairs have no cost" in str(W.card())


def test_a_long_table_of_costs_equals_the_square_one():
    costs = VALUES.where(VALUES > 0)
    cells = costs.rename_axis("from").reset_index()
    long = cells.melt(id_vars="from", var_name="to", value_name="minutes").dropna()
    columns = ("from", "to", "minutes")
    one = wb.weights.travel_cost(long.sample(frac=1, random_state=2), columns=columns)
    assert one.digest == wb.weights.travel_cost(costs).digest


def test_free_travel_has_no_inverse_and_thresholds_cut():
    costs = VALUES.where(VALUES > 0)
    costs.loc["b", "a"] = 0.0
    assert "b -> a" in refusal(ValuesError, wb.weights.travel_cost, costs)
    near = wb.weights.travel_cost(VALUES.where(VALUES > 0), threshold=3.0, islands="keep")
    assert near.sparse.nnz == 3
    assert near.islands == ("b", "d")
    assert "alpha" in refusal(InputError, wb.weights.travel_cost, costs, decay="exponential")


MOVES = pd.DataFrame(
    {
        "origin": ["a", "b", "c", "a", "b"],
        "destination": ["b", "a", "b", "c", "b"],
        "value": [30, 5, 10, 2, 99],
    }
)


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ("in", [[0, 5, 0], [30, 0, 10], [2, 0, 0]]),
        ("out", [[0, 30, 2], [5, 0, 0], [0, 10, 0]]),
        ("both", [[0, 35, 2], [35, 0, 10], [2, 10, 0]]),
    ],
)
def test_flows_by_direction(direction, expected):
    W = wb.weights.flows(MOVES, direction=direction, normalize="none")
    np.testing.assert_array_equal(W.sparse.toarray(), expected)
    assert "flows within 1 regions left out" in str(W.card())


def test_wrong_flows_are_named():
    negative = MOVES.assign(value=[30, -5, 10, 2, 99])
    assert "b -> a" in refusal(ValuesError, wb.weights.flows, negative)
    missing = MOVES.assign(value=[30, 5, np.nan, 2, 99])
    assert "c -> b" in refusal(ValuesError, wb.weights.flows, missing)
    twice = pd.concat([MOVES, MOVES.head(1)])
    assert "a -> b" in refusal(ValuesError, wb.weights.flows, twice)
    added = wb.weights.flows(twice, repeated="sum", normalize="none")
    assert added.sparse.toarray()[1, 0] == 60
    assert "no region (c)" in refusal(IdError, wb.weights.flows, MOVES, regions=["a", "b"])
    assert "there are" in refusal(InputError, wb.weights.flows, MOVES, value="people")
    assert "flows within" in refusal(WeightsError, wb.weights.flows, MOVES, self_flows="error")
    apart = refusal(WeightsError, wb.weights.flows, MOVES, regions=["a", "b", "c", "z"])
    assert "Where (1): z" in apart


def test_blocks_equal_libpysal():
    districts = pd.Series(["n", "s", "n", "s", "n", "e", "e"], index=list("gfedcba"))
    theirs = as_weights(Graph.build_block_contiguity(districts))
    assert wb.weights.block(districts, normalize="none").digest == theirs.digest


def test_a_region_alone_in_its_group_is_named_with_it():
    districts = pd.Series({"a": "n", "b": "n", "c": "s"})
    assert "c (s)" in refusal(WeightsError, wb.weights.block, districts)
    assert wb.weights.block(districts, islands="drop").ids.tolist() == ["a", "b"]
    districts["b"] = None
    assert "Where (1): b" in refusal(ValuesError, wb.weights.block, districts)


@pytest.fixture
def profiles():
    rng = np.random.default_rng(4)
    return pd.DataFrame(rng.poisson(2.0, (30, 8)), index=[f"r{k:02d}" for k in range(30)])


def test_technological_proximity_is_the_cosine(profiles):
    W = wb.weights.technological_proximity(
        profiles.sample(frac=1, random_state=1), normalize="none"
    )
    expected = cosine_similarity(profiles)
    np.fill_diagonal(expected, 0.0)
    np.testing.assert_allclose(W.sparse.toarray(), expected, atol=1e-14)
    richer = profiles.mul(np.arange(1, 31), axis=0)
    np.testing.assert_allclose(
        wb.weights.technological_proximity(richer, normalize="none").sparse.toarray(),
        expected,
        atol=1e-14,
    )


def test_only_the_strongest_links_are_kept(profiles):
    full = wb.weights.technological_proximity(profiles, normalize="none").sparse.toarray()
    five = wb.weights.technological_proximity(profiles, k=5, normalize="none").sparse.toarray()
    assert ((five > 0).sum(axis=1) == 5).all()
    for row, kept in zip(full, five, strict=True):
        assert kept[kept > 0].min() >= np.sort(row)[-5] - 1e-12
    above = wb.weights.technological_proximity(
        profiles, threshold=0.8, islands="keep", normalize="none"
    ).sparse.toarray()
    np.testing.assert_array_equal(above > 0, full >= 0.8)


def test_profiles_without_direction_are_named(profiles):
    profiles.loc["r03"] = 0
    assert "Where (1): r03" in refusal(ValuesError, wb.weights.technological_proximity, profiles)
    profiles.loc["r03"] = -1
    assert "negative" in refusal(ValuesError, wb.weights.technological_proximity, profiles)


def test_economic_proximity_is_one_over_the_difference():
    income = pd.Series({"b": 12.0, "a": 10.0, "c": 20.0})
    W = wb.weights.economic_proximity(income, power=2, normalize="none").sparse.toarray()
    np.testing.assert_allclose(W[0], [0, 1 / 4, 1 / 100])
    two = pd.DataFrame({"income": income, "age": [30.0, 40.0, 35.0]})
    scaled = ((two - two.mean()) / two.std()).sort_index().to_numpy()
    d = np.linalg.norm(scaled[0] - scaled[2])
    joint = wb.weights.economic_proximity(two, normalize="none").sparse.toarray()
    assert joint[0, 2] == pytest.approx(1 / d)


def test_equal_incomes_need_a_least_distance():
    income = pd.Series({"a": 10.0, "b": 10.0, "c": 20.0})
    assert "a = b" in refusal(ValuesError, wb.weights.economic_proximity, income)
    W = wb.weights.economic_proximity(income, minimum_distance=2.0, normalize="none")
    assert W.graph["a"].tolist() == [0.5, 0.1]


def test_institutional_proximity_is_kogut_and_singh_or_matching(profiles):
    scores = profiles.astype(float)
    variance = scores.var()
    index = ((scores.loc["r00"] - scores.loc["r07"]) ** 2 / variance).mean()
    W = wb.weights.institutional_proximity(scores, normalize="none").sparse.toarray()
    assert W[0, 7] == pytest.approx(1 / (1 + index))
    law = pd.DataFrame({"zone": [True, True, False], "code": list("ABB")}, index=list("abc"))
    shares = wb.weights.institutional_proximity(law, islands="keep", normalize="none")
    np.testing.assert_allclose(shares.sparse.toarray()[1], [0.5, 0, 0.5])
    mixed = law.assign(score=[1.0, 2.0, 3.0])
    assert "combination" in refusal(InputError, wb.weights.institutional_proximity, mixed)


@pytest.mark.parametrize("name", ["from_matrix", "travel_cost", "flows", "block"])
def test_nobody_is_nearest_where_no_distance_is_measured(name):
    first = {"from_matrix": VALUES, "travel_cost": VALUES.where(VALUES > 0), "flows": MOVES}
    given = first.get(name, pd.Series({"a": 1, "b": 1}))
    assert "no distance" in refusal(
        WeightsError, getattr(wb.weights, name), given, islands="nearest"
    )


def test_the_nearest_are_chosen_by_distance_before_the_least_distance_holds():
    income = pd.Series({"a": 0.0, "b": 5.0, "c": 0.1, "d": 20.0})
    W = wb.weights.economic_proximity(income, minimum_distance=10, k=1, normalize="none")
    assert W.graph["a"].to_dict() == {"c": 0.1}
    assert W.graph["d"].to_dict() == {"b": 1 / 15}
