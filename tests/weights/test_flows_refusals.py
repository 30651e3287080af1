"""Flows add up to the last bit in any order of rows, and every wrong row is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import IdError, InputError, ValuesError, WeightsError

MOVES = pd.DataFrame(
    {"origin": list("abcab"), "destination": list("babcb"), "value": [30, 5, 10, 2, 99]}
)


def refusal(error, table, **options):
    with pytest.raises(error) as caught:
        wb.weights.flows(table, **options)
    return str(caught.value)


def many(rows=4000, seed=0):
    rng = np.random.default_rng(seed)
    ends = rng.choice(list("abcdef"), (2, rows))
    return pd.DataFrame(
        {"origin": ends[0], "destination": ends[1], "value": rng.lognormal(0, 6, rows)}
    )


@pytest.mark.parametrize("direction", ["in", "out", "both"])
def test_sums_equal_a_pivot_and_do_not_depend_on_the_order_of_rows(direction):
    table = many()
    options = {"repeated": "sum", "normalize": "none", "direction": direction}
    one = wb.weights.flows(table, **options).sparse.toarray()
    for seed in range(3):
        two = wb.weights.flows(table.sample(frac=1, random_state=seed), **options)
        np.testing.assert_array_equal(one, two.sparse.toarray())
    sent = table.pivot_table(
        index="origin", columns="destination", values="value", aggfunc="sum"
    ).to_numpy(copy=True)
    np.fill_diagonal(sent, 0.0)
    expected = {"in": sent.T, "out": sent, "both": sent + sent.T}[direction]
    np.testing.assert_allclose(one, expected, rtol=1e-12)  # sums in another order


def test_a_wrong_value_cannot_hide_in_a_sum():
    twice = pd.concat([MOVES, MOVES.head(1).assign(value=-10)])
    text = refusal(ValuesError, twice, repeated="sum")
    assert "Where (1): a -> b" in text
    assert "negative" in text
    for value in (np.nan, np.inf):
        wrong = pd.concat([MOVES, MOVES.head(1).assign(value=value)])
        assert "a -> b" in refusal(ValuesError, wrong, repeated="sum")


def test_aggregation_is_noted():
    W = wb.weights.flows(pd.concat([MOVES, MOVES]), repeated="sum", normalize="none", unit="people")
    assert "5 rows added to another of the same pair" in str(W.card())
    assert "people" in str(W.card())


def test_repeated_pairs_are_counted_once_each():
    text = refusal(ValuesError, pd.concat([MOVES, MOVES.head(2), MOVES.head(1)]))
    assert "2 pairs in 5 rows" in text
    assert "a -> b, b -> a" in text
    assert 'repeated="sum"' in text


def test_ways_out_name_the_arguments_of_flows():
    assert 'self_flows="drop"' in refusal(WeightsError, MOVES, self_flows="error")
    people = MOVES.rename(columns={"value": "values"})
    assert "did you mean 'values'?" in refusal(InputError, people)
    assert "from_matrix" in refusal(InputError, np.ones((3, 3)))
    assert "several columns named value" in refusal(
        InputError, pd.concat([MOVES, MOVES[["value"]]], axis=1)
    )
    assert "three different columns" in refusal(InputError, MOVES, destination="origin")
    assert "at least one row" in refusal(InputError, MOVES.head(0))


def test_text_is_not_read_as_numbers():
    text = refusal(ValuesError, MOVES.assign(value=["30", "5", "10", "2", "99"]))
    assert "value (str)" in text
    assert "pandas.to_numeric(table['value'])" in text


def test_wrong_ids_are_named():
    assert "'origin'" in refusal(ValuesError, MOVES.assign(origin=[None, "b", "c", "a", "b"]))
    assert "mixed" in refusal(IdError, MOVES.assign(origin=[1, "b", "c", "a", "b"]))
    numbered = MOVES.assign(origin=[1, 2, 3, 1, 2], destination=[2, 1, 2, 3, 2])
    assert ".astype(str)" in refusal(IdError, numbered, regions=list("123"))


def test_who_receives_from_nobody_is_an_island_by_policy():
    sends = MOVES[MOVES["destination"] != "c"]
    assert "regions without flows (in)" in refusal(WeightsError, sends)
    assert wb.weights.flows(sends, islands="keep").islands == ("c",)
    assert wb.weights.flows(sends, islands="drop").ids.tolist() == ["a", "b"]
    assert not wb.weights.flows(sends, direction="both").islands


def test_symmetric_flows_are_not_called_directed():
    W = wb.weights.flows(MOVES, direction="both")
    assert "not symmetric" not in str(W.card())
    assert "not symmetric" in str(wb.weights.flows(MOVES).card())
    before = MOVES.copy()
    wb.weights.flows(MOVES, repeated="sum")
    pd.testing.assert_frame_equal(MOVES, before)
