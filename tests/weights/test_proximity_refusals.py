"""Nearness of profiles is that of its formula in any block and order; wrong cells are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import cosine_similarity

import workbench as wb
from workbench.errors import InputError, ValuesError, WeightsError
from workbench.weights import profiles

NAMES = ("technological_proximity", "economic_proximity", "institutional_proximity")


def refusal(error, name, *arguments, **options):
    with pytest.raises(error) as caught:
        getattr(wb.weights, name)(*arguments, **options)
    return str(caught.value)


@pytest.fixture
def table():
    rng = np.random.default_rng(7)
    ids = [f"r{k:02d}" for k in range(40)]
    return pd.DataFrame(rng.gamma(1.5, 2.0, (40, 5)), index=ids, columns=list("vwxyz"))


def expected(name, table):
    x = table.to_numpy()
    if name == "technological_proximity":
        out = cosine_similarity(x)
    elif name == "economic_proximity":
        with np.errstate(divide="ignore"):
            out = 1 / cdist(x, x, "seuclidean", V=x.var(axis=0, ddof=1))
    else:
        D = cdist(x, x, "seuclidean", V=x.var(axis=0, ddof=1)) ** 2 / x.shape[1]
        out = 1 / (1 + D)
    np.fill_diagonal(out, 0.0)
    return out


@pytest.mark.parametrize("at_once", [1, 130, 4_000_000])
@pytest.mark.parametrize("name", NAMES)
def test_blocks_equal_the_dense_formula(table, name, at_once, monkeypatch):
    """scikit-learn's cosine_similarity, SciPy's seuclidean."""
    monkeypatch.setattr(profiles, "AT_ONCE", at_once)
    W = getattr(wb.weights, name)(table, normalize="none")
    np.testing.assert_allclose(W.sparse.toarray(), expected(name, table), rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [{}, {"k": 4}, {"threshold": 0.7, "islands": "keep"}])
def test_order_of_rows_changes_no_bit_and_no_input(table, name, options):
    before = table.copy()
    build = getattr(wb.weights, name)
    one = build(table, **options)
    for seed in range(3):
        two = build(table.sample(frac=1, random_state=seed), **options)
        assert one.digest == two.digest
        np.testing.assert_array_equal(one.sparse.toarray(), two.sparse.toarray())
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_profiles_have_no_unit(table, scale):
    build = wb.weights.technological_proximity
    np.testing.assert_allclose(
        build(table * scale).sparse.toarray(), build(table).sparse.toarray(), rtol=1e-12
    )


@pytest.mark.parametrize("name", NAMES)
def test_ties_go_to_the_first_ids(name):
    same = pd.DataFrame({"x": [1.0, 2, 2, 2, 2], "y": [2.0, 1, 1, 1, 1]}, index=list("edcba"))
    options = {"minimum_distance": 0.5} if name == "economic_proximity" else {}
    W = getattr(wb.weights, name)(same, k=2, **options)
    assert W.graph["e"].index.tolist() == ["a", "b"]
    assert W.graph["a"].index.tolist() == ["b", "c"]
    assert "not symmetric" in str(W.card())


@pytest.mark.parametrize("name", NAMES)
def test_cells_that_are_no_numbers_are_named(table, name):
    table.loc["r05", "x"] = np.nan
    assert "Where (1): r05 (x)" in refusal(ValuesError, name, table)
    table.loc["r05", "x"] = np.inf
    assert "r05 (x)" in refusal(ValuesError, name, table)
    table.loc["r05", "x"] = 1.0
    if name != "institutional_proximity":  # text is an attribute there
        text = refusal(ValuesError, name, table.astype({"x": str}))
        assert "pandas.to_numeric" in text
    else:
        assert "x (attribute)" in refusal(InputError, name, table.astype({"x": str}))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("k", [0, 40, 1.5, "3", True, np.nan])
def test_numbers_of_neighbours_that_cannot_be(table, name, k):
    assert "between 1 and n - 1 = 39" in refusal(InputError, name, table, k=k)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("threshold", [0, -1, "0.5", True, np.nan])
def test_thresholds_that_cannot_be(table, name, threshold):
    assert "threshold" in refusal(InputError, name, table, threshold=threshold)


@pytest.mark.parametrize("name", NAMES)
def test_a_threshold_that_isolates_names_the_one_that_does_not(table, name):
    tight = 0.01 if name == "economic_proximity" else 0.9999
    text = refusal(WeightsError, name, table, threshold=tight)
    found = float(text.split("threshold=")[1].split(" ")[0])
    assert not getattr(wb.weights, name)(table, threshold=found).islands
    worse = found * (0.999 if name == "economic_proximity" else 1.001)
    assert getattr(wb.weights, name)(table, threshold=worse, islands="keep").islands


def test_regions_with_all_attributes_equal_may_be_asked_for():
    law = pd.DataFrame({"zone": list("aabb"), "code": list("ppqr")}, index=list("wxyz"))
    W = wb.weights.institutional_proximity(law, threshold=1, islands="keep", normalize="none")
    assert W.graph["w"].index.tolist() == ["x"]
    assert W.islands == ("y", "z")
    assert "share of equal attributes" in str(W.card())


def test_attributes_that_are_missing_equal_nothing():
    law = pd.DataFrame({"zone": ["a", None, None], "code": list("ppq")}, index=list("xyz"))
    text = refusal(ValuesError, "institutional_proximity", law)
    assert "Where (2): y (zone), z (zone)" in text
    assert "fillna('unknown')" in text


@pytest.mark.parametrize("kind", ["bool", "boolean", object])
def test_truth_values_are_attributes_and_numbers_of_any_type_are_scores(kind):
    flags = pd.DataFrame({"p": [True, True, False], "q": [True, False, False]}, index=list("abc"))
    W = wb.weights.institutional_proximity(flags.astype(kind), normalize="none", islands="keep")
    np.testing.assert_array_equal(W.sparse.toarray(), [[0, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0]])
    scores = pd.DataFrame({"p": [1, 2, 4]}, index=list("abc"))
    one = wb.weights.institutional_proximity(scores.astype(object))
    assert one.digest == wb.weights.institutional_proximity(scores).digest


def test_constant_columns_are_named_under_the_callers_argument(table):
    table["w"] = 3.3
    assert refusal(ValuesError, "economic_proximity", table).startswith("values: ")
    assert refusal(ValuesError, "institutional_proximity", table).startswith("table: ")


INCOME = pd.Series({"d": 8.0, "a": 1.0, "b": 2.0, "c": 4.0}, name="income")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"power": "2"}, "a positive number"),
        ({"power": 2e3}, "weights numbers can hold"),
        ({"minimum_distance": 0}, "a positive number"),
        ({"minimum_distance": 3, "threshold": 2}, "less than the threshold"),
        ({"islands": "nearest"}, "nobody is nearest"),
    ],
)
def test_parameters_of_distances_that_make_no_weights(options, told):
    assert told in refusal(InputError, "economic_proximity", INCOME, **options)


def test_text_in_a_series_is_refused():
    text = refusal(ValuesError, "economic_proximity", INCOME.astype(str))
    assert "pandas.to_numeric(values)" in text


def test_distances_are_cut_and_bounded_in_the_unit_of_the_values():
    """Of 1, 2, 4 and 8: a difference of 1 counts as 2, and 4 is too far."""
    W = wb.weights.economic_proximity(
        INCOME,
        threshold=3,
        minimum_distance=2,
        power=2,
        islands="keep",
        normalize="none",
        unit="thousand roubles",
    )
    np.testing.assert_allclose(
        W.sparse.toarray(),
        [[0, 1 / 4, 1 / 9, 0], [1 / 4, 0, 1 / 4, 0], [1 / 9, 1 / 4, 0, 0], [0, 0, 0, 0]],
    )
    assert "thousand roubles" in str(W.card())


def test_too_many_links_are_refused_before_they_are_made():
    many = pd.DataFrame(np.ones((10_001, 2)))
    assert "k=20" in refusal(WeightsError, "technological_proximity", many)


@pytest.mark.parametrize("name", NAMES)
def test_one_region_or_no_table(name):
    one = pd.DataFrame({"x": [1.0]}, index=["a"])
    assert "two regions" in refusal(InputError, name, one)
    assert "DataFrame" in refusal(InputError, name, np.ones((3, 3)))
    assert "without columns" in refusal(InputError, name, pd.DataFrame(index=["a", "b"]))
