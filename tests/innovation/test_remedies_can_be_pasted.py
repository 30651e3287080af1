"""What a message of the room proposes does what it says when it is pasted."""

from __future__ import annotations

import ast
import pickle
import re

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import InputError, ValuesError, WorkbenchError
from workbench.innovation import combined_types, composite, leader_types

IDS = [f"R{i:02}" for i in range(12)]


@pytest.fixture(scope="module")
def index():
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.lognormal(0, 1, (12, 3)), IDS, ["a", "b", "c"])
    return composite(data, dict.fromkeys("abc", "higher"))


def said(call):
    with pytest.raises(WorkbenchError) as caught:
        call()
    return str(caught.value)


def test_draws_of_an_index_that_keep_its_scale_make_types(index):
    told = said(lambda: leader_types(index, draws=index.uncertainty(draws=40)))
    proposed = re.search(r"index\.uncertainty\((\{.*?\})\)", told)
    drawn = index.uncertainty(ast.literal_eval(proposed[1]), draws=40)
    types = leader_types(index, draws=drawn)
    assert types.probabilities.sum(axis=1).to_numpy() == pytest.approx(np.ones(12))
    both = combined_types(
        pd.DataFrame({"one": index.scores, "other": np.arange(12.0)}),
        {("high", "high"): "A", ("high", "low"): "B", ("low", "high"): "C", ("low", "low"): "D"},
        draws={"one": drawn, "other": pd.DataFrame(np.tile(np.arange(12.0), (40, 1)).T, IDS)},
    )
    assert both.shares.shape == (12, 4)


def test_draws_that_cannot_be_used_are_named_as_they_are_numbered(index):
    draws = pd.DataFrame(np.tile(index.scores, (20, 1)).T, IDS, [f"d{k}" for k in range(20)])
    with pytest.raises(ValuesError, match=r"Where \(1\): d7"):
        leader_types(index, draws=draws.assign(d7=draws["d7"] - draws["d7"].mean()))


def test_names_of_all_combinations_are_spelled_out():
    scores = pd.DataFrame({"one": np.arange(12.0), "other": np.arange(12.0) % 5}, IDS)
    told = said(lambda: combined_types(scores, {("one",): "mine"}))
    types = ast.literal_eval(re.search(r"types=(\{.*\})", told)[1])
    assert len(combined_types(scores, types).names) == 4


def test_directions_that_are_numbers_get_the_words():
    data = pd.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 1, 2]}, list("xyz"))
    with pytest.raises(ValuesError, match=r'Way out: "higher" where .*\{"a": "higher", ...\}'):
        composite(data, {"a": 1, "b": -1})


def test_maps_ask_for_regions_in_one_way(index):
    states = wb.load("us-states")
    mass = pd.Series(np.arange(1.0, 49.0), states.index, name="mass")
    found = wb.innovation.potential(mass, states, permutations=0)
    for call in (leader_types(index).map, found.map):
        with pytest.raises(InputError, match="polygons"):
            call()
    assert leader_types(mass).map(states).alt == leader_types(mass).plot_map(states).alt


def test_metadata_of_indicators_can_be_copied(index):
    again = pickle.loads(pickle.dumps(index.indicators))
    assert again.names == index.indicators.names
    with pytest.raises(AttributeError, match="immutable"):
        again.anything = 1
