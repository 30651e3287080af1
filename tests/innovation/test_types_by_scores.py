"""Types by the leader and by several scores: who is of which, what is on a bound, bad input."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, ValuesError
from workbench.innovation.typologies import combined_types, leader_types

NAMES = {
    ("high", "high"): "creative core",
    ("high", "low"): "creator",
    ("low", "high"): "acceptor",
    ("low", "low"): "periphery",
}


@pytest.fixture
def score():
    rng = np.random.default_rng(1)
    return pd.Series(rng.uniform(0.05, 0.9, 40), index=[f"r{i:02d}" for i in range(40)], name="s")


@pytest.fixture
def potential():
    rng = np.random.default_rng(2)
    ids = [f"r{i:02d}" for i in range(30)]
    return pd.DataFrame(rng.normal(size=(30, 2)), index=ids, columns=["create", "adopt"])


def test_groups_are_those_of_the_rating_of_hse():
    # HSE, Rating of innovative development of regions, issue 6: group I differs from the leader by
    # no more than 20 %; II by 20 to 40, III by 40 to 60, IV by more than 60 %
    lag = {"a": 0, "b": 19.9, "c": 20, "d": 20.1, "e": 40, "f": 40.1, "g": 60, "h": 60.1, "i": 99}
    leader = 0.5639  # 80 % of it is no floating-point number of the same digits
    score = pd.Series({region: leader * (1 - share / 100) for region, share in lag.items()})
    found = leader_types(score).labels.astype(str).to_dict()
    assert found == dict(
        zip("abcdefghi", ["I", "I", "I", "II", "II", "III", "III", "IV", "IV"], strict=True)
    )


@pytest.mark.parametrize("unit", [1e-6, 0.1, 3.0, 7e5])
def test_units_do_not_matter_on_bounds_either(unit):
    score = pd.Series([10.0, 8.0, 6.0, 4.0, 3.9], index=list("abcde"))
    found = leader_types(score * unit)
    assert found.labels.astype(str).tolist() == ["I", "I", "II", "III", "IV"]
    assert found.augment()["near_bound"].tolist() == [False, True, True, True, True]


def test_types_hold_every_region_once_and_in_order(score):
    found = leader_types(score)
    assert found.sizes.sum() == len(score)
    assert found.labels.cat.ordered
    ranks = score.groupby(found.labels.astype(str)).agg(["min", "max"])
    assert (ranks["min"].iloc[:-1].to_numpy() >= ranks["max"].iloc[1:].to_numpy()).all()
    table = found.augment()
    assert np.allclose(table["behind_leader"], 1 - table["score"] / score.max())


def test_leader_may_be_a_region_or_a_target(score):
    best, second = score.sort_values().index[[-1, -2]]
    by_id = leader_types(score, leader=second)
    assert by_id.labels[best] == "I"
    assert any("above the leader" in note and best in note for note in by_id.notes)
    by_value = leader_types(score, leader=float(score[second]))
    assert by_id.labels.equals(by_value.labels)
    assert leader_types(score, leader="max").labels.equals(leader_types(score).labels)


def test_numbers_as_ids_are_regions_not_scores():
    score = pd.Series([1.0, 0.5, 0.1], index=[1, 2, 3])
    assert leader_types(score, leader=2).labels[1] == "I"
    assert leader_types(score, leader=2.0).labels[1] == "III"
    with pytest.raises(IdError, match=r"leader=5\.0"):
        leader_types(score, leader=5)


def test_rows_may_come_in_any_order_and_nothing_is_changed(score, potential):
    mixed, before = score.sample(frac=1, random_state=3), score.copy()
    pd.testing.assert_frame_equal(leader_types(mixed).augment(), leader_types(score).augment())
    pd.testing.assert_series_equal(score, before)
    turned = combined_types(potential.iloc[::-1], NAMES)
    pd.testing.assert_frame_equal(turned.augment(), combined_types(potential, NAMES).augment())


def test_probabilities_are_shares_of_draws_each_with_its_own_leader():
    score = pd.Series([1.0, 0.85, 0.3], index=list("abc"))
    rows = [[1.0, 0.8, 0.3]] * 15 + [[1.0, 0.7, 0.3]] * 5 + [[0.5, 1.0, 0.3]] * 20
    draws = pd.DataFrame(np.array(rows).T, index=list("abc"))
    found = leader_types(score, draws=draws)
    # a: 20 draws as leader, 20 at half of b; b: on the bound in 15, 30 % behind in 5, leads in 20
    assert found.probabilities.loc["a"].tolist() == [0.5, 0.0, 0.5, 0.0]
    assert found.probabilities.loc["b"].tolist() == [35 / 40, 5 / 40, 0.0, 0.0]
    assert np.allclose(found.probabilities.sum(axis=1), 1.0)
    assert found.augment()["probability"].tolist() == [0.5, 35 / 40, 1.0]
    with pytest.raises(InputError, match="draws=table"):
        _ = leader_types(score).probabilities


def test_an_index_and_its_uncertainty_are_taken_as_they_are(score):
    index = SimpleNamespace(scores=score)
    draws = pd.DataFrame(dict.fromkeys(range(20), score))
    found = leader_types(index, draws=SimpleNamespace(scores=draws, draws=20))
    assert (found.augment()["probability"] == 1.0).all()
    assert found.labels.equals(leader_types(score).labels)


def test_every_combination_lands_in_its_named_type(potential):
    found = combined_types(potential, NAMES)
    high = potential >= potential.median()
    expected = [
        NAMES["high" if c else "low", "high" if a else "low"]
        for c, a in high.to_numpy()
    ]  # fmt: skip
    assert found.labels.astype(str).tolist() == expected
    assert found.sizes.sum() == len(potential)


def test_thresholds_may_differ_by_score(potential):
    shifted = potential - potential.min() + 0.1
    three = ["low", "middle", "high"]
    names = {pair: " ".join(pair) for pair in itertools.product(three, ["low", "high"])}
    cuts = {"create": ("leader", 0.3, 0.6), "adopt": "mean"}
    found = combined_types(shifted, names, cuts=cuts)
    lag = 1 - shifted["create"] / shifted["create"].max()
    levels = np.select([lag <= 0.3, lag <= 0.6], ["high", "middle"], "low")
    adopt = np.where(shifted["adopt"] >= shifted["adopt"].mean(), "high", "low")
    expected = [f"{a} {b}" for a, b in zip(levels, adopt, strict=True)]
    assert found.labels.astype(str).tolist() == expected


def test_a_region_on_a_cut_is_of_the_higher_level():
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [3.0, 1.0, 2.0]}, index=list("xyz"))
    found = combined_types(table, NAMES, cuts={"a": "median", "b": 2.0})
    assert found.labels.astype(str).to_dict() == {
        "x": "acceptor", "y": "creator", "z": "creative core",
    }  # fmt: skip


def test_draws_of_several_scores_move_their_own_medians(potential):
    shift = {name: pd.DataFrame(
        {d: potential[name] + d for d in range(25)}) for name in potential}  # fmt: skip
    found = combined_types(potential, NAMES, draws=shift)
    # a shift of all regions moves the median too: nobody changes type
    assert (found.augment()["probability"] == 1.0).all()


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda s: leader_types(s * 0 + 1.0), ValuesError, "regions that differ"),
        (lambda s: leader_types(s - 1.0), ValuesError, "none negative"),
        (lambda s: leader_types(s.where(s > 0.2)), ValuesError, "missing"),
        (lambda s: leader_types(s, shares=(20, 40, 60)), InputError, r"0\.2, 0\.4, 0\.6"),
        (lambda s: leader_types(s, shares=(0.4, 0.2)), InputError, "ascending"),
        (lambda s: leader_types(s, labels=["a", "b"]), InputError, "4 different names"),
        (lambda s: leader_types(s, leader="r99"), IdError, "id of a region"),
        (lambda s: leader_types(s, leader=0.0), InputError, "above 0"),
        (lambda s: leader_types(s, leader=True), InputError, "leader"),
        (lambda s: leader_types(s, near=-0.1), InputError, "zero or more"),
        (lambda s: leader_types(s.to_numpy()), InputError, "Series"),
        (lambda s: leader_types(s, draws=pd.DataFrame([s] * 30)), IdError, r"draws\.T"),
        (lambda s: leader_types(s, draws=pd.DataFrame({0: s})), InputError, "at least 20"),
        (lambda s: leader_types(s, draws=pd.DataFrame(dict.fromkeys(range(20), s - s.mean()))),
         ValuesError, "20 draws that are centred"),
    ],
)  # fmt: skip
def test_bad_input_of_leader_types_is_named(score, call, error, text):
    with pytest.raises(error, match=text):
        call(score)


def test_mixed_schemes_of_regions_are_refused():
    # Arkhangelsk oblast with the Nenets district and without it cannot both be regions
    score = pd.Series({"RU-ARK": 1.0, "RU-NEN": 0.5, "RU-ARK-NEN": 0.7, "RU-MOW": 0.9})
    with pytest.raises(InputError):
        leader_types(score)


@pytest.mark.parametrize(
    ("types", "cuts", "text"),
    [
        ({k: v for k, v in NAMES.items() if v != "creator"}, "median", "high & low"),
        ({**NAMES, ("high", "top"): "x"}, "median", "do not exist"),
        ({**NAMES, ("low", "low"): " "}, "median", "names that are text"),
        (dict.fromkeys(NAMES, "all"), "median", "two different names"),
        (NAMES, "modian", "median"),
        (NAMES, {"create": "median"}, "none for adopt"),
        (NAMES, {"create": (3, 1), "adopt": 1}, "ascending"),
        (NAMES, (0.1, 0.5), "9 combinations"),
        (["core"], "median", "mapping"),
    ],
)
def test_bad_input_of_combined_types_is_named(potential, types, cuts, text):
    with pytest.raises(InputError, match=text):
        combined_types(potential, types, cuts=cuts)


def test_constant_and_single_scores_are_refused(potential):
    with pytest.raises(ValuesError, match="adopt"):
        combined_types(potential.assign(adopt=1.0), NAMES)
    with pytest.raises(InputError, match="leader_types"):
        combined_types(potential[["create"]], NAMES)


def test_tables_speak_the_glossary(score, potential):
    for result in (leader_types(score), combined_types(potential, NAMES)):
        for table in (result.tidy(), result.glance(), result.augment()):
            assert set(table.columns) <= set(GLOSSARY)
