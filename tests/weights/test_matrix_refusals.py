"""A matrix or a table of costs that is not what it seems gives no weights, and says why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import workbench as wb
from workbench.errors import IdError, InputError, ValuesError, WeightsError

IDS = list("cabd")
VALUES = pd.DataFrame(
    [[0, 1, 2, 0], [3, 0, 0, 4], [5, 0, 0, 6], [0, 7, 8, 0]], index=IDS, columns=IDS, dtype=float
)
COSTS = VALUES.where(VALUES > 0)


def refusal(error, call, *arguments, **options):
    with pytest.raises(error) as caught:
        call(*arguments, **options)
    return str(caught.value)


def listed(costs, name="minutes"):
    cells = costs.rename_axis("from").reset_index()
    return cells.melt(id_vars="from", var_name="to", value_name=name).dropna()


@pytest.mark.parametrize("form", ["table", "array", "sparse"])
def test_a_missing_weight_is_no_weight_of_zero(form):
    wrong = VALUES.copy()
    wrong.loc["b", "c"] = np.nan
    given = {
        "table": (wrong,),
        "array": (wrong.to_numpy(), IDS),
        "sparse": (sparse.csr_array(wrong.to_numpy()), IDS),
    }
    text = refusal(ValuesError, wb.weights.from_matrix, *given[form])
    assert "Where (1): b -> c" in text
    assert "fillna(0)" in text


def test_a_missing_diagonal_may_be_left_out():
    hollow = VALUES.mask(np.eye(4, dtype=bool))
    assert "a -> a" in refusal(ValuesError, wb.weights.from_matrix, hollow)
    dropped = wb.weights.from_matrix(hollow, diagonal="drop")
    assert dropped.digest == wb.weights.from_matrix(VALUES).digest


@pytest.mark.parametrize("form", ["table", "array", "complex"])
def test_text_and_complex_numbers_are_not_read_as_weights(form):
    given = {
        "table": (VALUES.astype(str),),
        "array": (VALUES.astype(str).to_numpy(), IDS),
        "complex": (VALUES.to_numpy() * 1j, IDS),
    }
    assert "real numbers" in refusal(ValuesError, wb.weights.from_matrix, *given[form])


def test_numbers_of_any_kind_are_read():
    expected = wb.weights.from_matrix(VALUES).digest
    for kind in (int, object, "Int64", "float32"):
        assert wb.weights.from_matrix(VALUES.astype(kind)).digest == expected


def test_columns_that_became_text_are_recognised():
    numbered = VALUES.set_axis([1, 2, 3, 4]).set_axis(list("1234"), axis=1)
    assert "columns.astype(int)" in refusal(IdError, wb.weights.from_matrix, numbered)
    text = refusal(IdError, wb.weights.from_matrix, VALUES, regions=pd.Index([1, 2, 3, 4]))
    assert "ids of the regions are numbers" in text


@pytest.mark.parametrize("shape", [(4,), (4, 3), (3, 3), (4, 4, 4)])
def test_shapes_that_do_not_fit_the_ids(shape):
    text = refusal(WeightsError, wb.weights.from_matrix, np.ones(shape), IDS)
    assert f"shape {shape}" in text


def test_weights_are_not_taken_for_a_matrix():
    W = wb.weights.from_matrix(VALUES)
    for given in (W, W.graph):
        text = refusal(InputError, wb.weights.from_matrix, given, W.ids)
        assert "as_weights(W)" in text


def test_entries_of_one_cell_are_added_and_the_caller_keeps_them():
    twice = sparse.coo_array(([1.0, 2.0, 1.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    W = wb.weights.from_matrix(twice, ["a", "b"], normalize="none")
    assert W.sparse.toarray().tolist() == [[0.0, 3.0], [1.0, 0.0]]
    assert twice.nnz == 3


def test_inputs_are_not_changed():
    matrix, costs, table = VALUES.copy(), COSTS.copy(), listed(COSTS)
    before = table.copy()
    wb.weights.from_matrix(matrix)
    wb.weights.travel_cost(costs)
    wb.weights.travel_cost(table, columns=("from", "to", "minutes"))
    pd.testing.assert_frame_equal(matrix, VALUES)
    pd.testing.assert_frame_equal(costs, COSTS)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"alpha": 0.1}, 'decay="exponential"'),
        ({"decay": "binary", "power": 2}, 'decay="inverse"'),
        ({"decay": "exponential"}, "in 1/unit"),
        ({"minimum_cost": 5, "threshold": 5}, "less than the threshold"),
        ({"threshold": "30"}, "a positive number"),
        ({"threshold": True}, "a positive number"),
        ({"power": 0}, "a positive number"),
        ({"decay": "exponential", "alpha": 1e4}, "weights that numbers can hold"),
        ({"power": 1e3}, "weights that numbers can hold"),
    ],
)
def test_parameters_that_would_not_do_what_they_say(options, told):
    costs = COSTS.replace(1.0, 1.5)  # 1 to any power is 1
    assert told in refusal(InputError, wb.weights.travel_cost, costs, **options)


def test_a_threshold_that_isolates_names_the_one_that_does_not():
    text = refusal(WeightsError, wb.weights.travel_cost, COSTS, threshold=3.0)
    assert "Where (2): b, d" in text
    assert "threshold=7.0 isolates none" in text
    assert not wb.weights.travel_cost(COSTS, threshold=7.0).islands
    assert wb.weights.travel_cost(COSTS, threshold=6.99, islands="keep").islands == ("d",)


def test_costs_that_are_no_costs():
    endless = COSTS.fillna(np.inf)
    assert "replace(numpy.inf, numpy.nan)" in refusal(ValuesError, wb.weights.travel_cost, endless)
    text = refusal(InputError, wb.weights.travel_cost, COSTS.to_numpy())
    assert "index=ids, columns=ids" in text
    table = listed(COSTS)
    assert "('from', 'to', 'minutes')" in refusal(InputError, wb.weights.travel_cost, table)
    columns = ("from", "to", "minutes")
    unknown = table.assign(minutes=np.nan)
    assert "drop these rows" in refusal(
        ValuesError, wb.weights.travel_cost, unknown, columns=columns
    )
    twice = pd.concat([table, table.head(1)])
    text = refusal(ValuesError, wb.weights.travel_cost, twice, columns=columns)
    assert "repeated=" not in text  # costs do not add up
    assert "['from', 'to']" in text


def test_what_it_costs_to_stay_is_not_read():
    for cell in (0.0, 12.0, np.nan):
        own = COSTS.where(~np.eye(4, dtype=bool), cell)
        assert wb.weights.travel_cost(own).digest == wb.weights.travel_cost(COSTS).digest


def test_asymmetry_is_kept_and_noted():
    W = wb.weights.travel_cost(COSTS, normalize="none", unit="minutes")
    assert W.sparse[0, 2] == 1 / 3  # from a to c: 3 minutes
    assert W.sparse[2, 0] == 1.0  # from c to a: 1 minute
    assert "not symmetric" in str(W.card())
    assert "minutes" in str(W.card())
    both = COSTS.add(COSTS.T, fill_value=0)
    assert "not symmetric" not in str(wb.weights.travel_cost(both).card())
