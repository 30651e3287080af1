"""Stability of types: planted ones come back, noise does not; who moved between years."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, PanelError, ValuesError
from workbench.explore.typology import classify, cluster
from workbench.explore.typology import stability as group_stability
from workbench.innovation.typologies import (
    combined_types,
    leader_types,
    typology_moves,
    typology_stability,
)

IDS = [f"r{i:02d}" for i in range(40)]


@pytest.fixture
def table():
    """Four groups that two variables tell apart, and one of noise."""
    rng = np.random.default_rng(3)
    a = np.repeat([0.0, 0.0, 9.0, 9.0], 10)
    b = np.repeat([0.0, 9.0, 0.0, 9.0], 10)
    columns = {"a": a + rng.normal(size=40), "b": b + rng.normal(size=40)}
    return pd.DataFrame(columns, index=IDS).assign(noise=rng.normal(size=40))


@pytest.fixture
def score():
    rng = np.random.default_rng(4)
    far = np.repeat([1.0, 0.7, 0.5, 0.2], 10) + rng.uniform(-0.03, 0.0, 40)
    return pd.Series(far, index=IDS, name="score")


def test_types_far_from_bounds_come_back_and_those_on_one_do_not(score):
    sure = typology_stability(leader_types(score), share=0.01, draws=30)
    assert (sure.augment()["stays"] == 1.0).all()
    assert (sure.tidy()["jaccard"] == 1.0).all()
    on = score.copy()
    on["r10"] = 0.8 * score.max()
    close = typology_stability(leader_types(on), share=0.01, draws=200).augment()["stays"]
    # about half of the draws leave it on either side; the leader is drawn too, upwards on average
    assert 0.1 < close["r10"] < 0.7
    assert close.drop("r10").min() > 0.95


def test_a_jaccard_coefficient_is_that_of_hand():
    # draws move b from I to II: I {a, b} against {a}: 1/2; II {c} against {b, c}: 1/2; IV is d's
    rows = [[1.0, 0.7, 0.7, 0.1]] * 20
    draws = pd.DataFrame(np.array(rows).T, index=list("abcd"))
    base = pd.Series([1.0, 0.9, 0.7, 0.1], index=list("abcd"))
    found = typology_stability(leader_types(base, draws=draws), by="draws")
    assert found.tidy()["jaccard"].dropna().to_dict() == {"IV": 1.0, "II": 0.5, "I": 0.5}
    assert found.tidy()["dissolved"].dropna().to_dict() == {"IV": 0.0, "II": 1.0, "I": 1.0}
    assert found.augment()["stays"].to_dict() == {"a": 1.0, "b": 0.0, "c": 1.0, "d": 1.0}
    assert found.by_draw["changed"].unique().tolist() == [1]
    assert np.isnan(found.tidy()["jaccard"]["III"])


def test_probabilities_of_draws_are_those_of_the_types(score):
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, (40, 50))
    draws = pd.DataFrame(score.to_numpy()[:, None] + noise, index=IDS)
    types = leader_types(score, draws=draws)
    found = typology_stability(types, by="draws").probabilities
    pd.testing.assert_frame_equal(found[types.probabilities.columns], types.probabilities)


def test_bounds_of_a_bootstrap_sample_are_its_own(score):
    two = pd.DataFrame({"x": score, "y": -score.iloc[::-1].to_numpy()}, index=score.index)
    names = {("high", "high"): "A", ("high", "low"): "B", ("low", "high"): "C", ("low", "low"): "D"}
    found = typology_stability(combined_types(two, names), by="resample", draws=60)
    present = found.augment()["present"]
    # a region is in a sample with probability 1 - (1 - 1/40)^40 = 0.637
    assert present.mean() / 60 == pytest.approx(0.637, abs=0.03)
    assert (found.drawn == -1).any()


def test_a_sample_without_the_leader_has_another():
    score = pd.Series([1.0, 0.5, 0.45, 0.2, 0.1], index=list("abcde"))
    types = leader_types(score)
    found = typology_stability(types, by="resample", draws=80)
    without, best = found.drawn[found.drawn[:, 0] < 0], found.base.names.index("I")
    held = without[without[:, 1] >= 0]
    # b, at half of a, leads where a is not in the sample, and c is 10 % behind
    assert len(held) > 5
    assert (held[:, 1] == best).all()
    assert set(held[held[:, 2] >= 0][:, 2]) == {best}
    assert types.labels["b"] == "III"


def test_groups_are_repeated_by_exploration(table):
    groups = cluster(["a", "b"], table, k=4, method="ward")
    ours = typology_stability(groups, by="resample", draws=20)
    theirs = group_stability(groups, by="resample", draws=20)
    assert np.array_equal(ours.drawn, theirs.drawn)
    assert np.allclose(ours.by_draw["rand"], theirs.rand)
    assert np.allclose(ours.augment()["stays"], theirs.augment()["stays"])
    with pytest.raises(InputError, match="numbered anew"):
        _ = ours.probabilities


def test_leaving_out_the_variable_that_matters_changes_groups(table):
    groups = cluster(["a", "b", "noise"], table, k=4, method="ward", standardize="none")
    found = typology_stability(groups, by="indicators").by_draw
    assert found.index.tolist() == ["a", "b", "noise"]
    assert found["rand"]["noise"] > 0.9
    assert found["rand"][["a", "b"]].max() < 0.7
    without = cluster(["a", "b"], table, k=4, method="ward", standardize="none").labels
    assert found["rand"]["noise"] == pytest.approx(adjusted_rand_score(groups.labels, without))
    assert found["changed"].to_dict()["noise"] <= 2


def test_one_variable_cannot_be_left_out(table):
    with pytest.raises(InputError, match="at least two variables"):
        typology_stability(cluster(["a"], table, k=2), by="indicators")
    flat = table.assign(b=np.repeat([0.0, 1.0], 20))
    with pytest.raises(InputError, match="a"):
        group_stability(cluster(["a", "b"], flat, k=4, method="ward"), by="indicators")


def test_classes_are_cut_anew(table):
    sure = typology_stability(classify("a", table, k=2), draws=20, share=0.05)
    assert (sure.by_draw["rand"] == 1.0).all()
    sample = typology_stability(classify("a", table, k=2), by="resample", draws=20)
    assert sample.tidy()["jaccard"].min() > 0.95


def test_a_function_of_a_table_is_a_whole_construction(table):
    def mean_of_what_is_left(frame):
        z = (frame - frame.min()) / (frame.max() - frame.min())
        return leader_types(z.mean(axis=1))

    found = typology_stability(mean_of_what_is_left, table, by="indicators")
    by_hand = mean_of_what_is_left(table.drop(columns="b")).labels.astype(str)
    base = mean_of_what_is_left(table).labels.astype(str)
    assert found.by_draw.index.tolist() == ["a", "b", "noise"]
    assert found.by_draw["changed"]["b"] == (by_hand != base).sum()
    for by in ("noise", "resample"):
        again = typology_stability(mean_of_what_is_left, table, by=by, draws=5)
        turned = typology_stability(mean_of_what_is_left, table.iloc[::-1], by=by, draws=5)
        assert np.array_equal(again.drawn, turned.drawn)


def test_groups_of_a_function_are_matched_and_not_named(table):
    found = typology_stability(
        lambda frame: cluster(["a", "b"], frame, k=4, method="ward"), table, draws=5, share=0.05
    )
    assert (found.augment()["stays"] == 1.0).all()
    assert not found.by_name


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda t, s: typology_stability(leader_types(s), by="draws"), "made with draws"),
        (lambda t, s: typology_stability(leader_types(s), by="seed"), "no seed"),
        (lambda t, s: typology_stability(leader_types(s), t), "no table beside"),
        (lambda t, s: typology_stability(leader_types), "table that the function"),
        (lambda t, s: typology_stability(s), "cannot be made again"),
        (lambda t, s: typology_stability(leader_types(s), by="luck"), "one of"),
        (lambda t, s: typology_stability(leader_types(s), share=1.5), "between 0 and 1"),
    ],
)
def test_what_cannot_be_repeated_is_named(table, score, call, text):
    with pytest.raises(InputError, match=text):
        call(table, score)


def test_moves_are_counted_from_type_to_type():
    table = pd.DataFrame(
        {2000: ["low", "low", "high", "high"], 2010: ["low", "high", "high", "low"],
         2020: ["high", "high", "high", "low"]}, index=list("abcd"),
    )  # fmt: skip
    found = typology_stability(table[[2020, 2000, 2010]])
    assert found.counts.loc["low"].to_dict() == {"high": 2, "low": 2}
    assert found.counts.loc["high"].to_dict() == {"high": 3, "low": 1}
    assert found.probabilities.loc["high", "low"] == 0.25
    assert found.by_interval["changed"].to_dict() == {2010: 2, 2020: 1}
    assert list(found.augment().index) == [("a", 2020), ("b", 2010), ("d", 2010)]
    assert found.glance()["movers"].item() == 3
    assert found.glance()["stays"].item() == 5 / 8


def test_ladders_count_moves_up_and_down(score):
    later = score.copy()
    later["r39"], later["r15"] = 0.9, 0.3
    found = typology_moves({2010: leader_types(score), 2020: leader_types(later)})
    assert found.by_interval.loc[2020, ["changed", "up", "down"]].tolist() == [2, 1, 1]
    assert found.augment()["to"].to_dict() == {("r15", 2020): "IV", ("r39", 2020): "I"}


def test_classes_of_years_are_compared_by_place(score):
    years = {2010: classify(score, None, k=3), 2020: classify(score * 7 + 1, None, k=3)}
    assert typology_moves(years).glance()["movers"].item() == 0


def test_moves_that_mean_nothing_are_refused(table, score):
    groups = cluster(["a", "b"], table, k=4)
    with pytest.raises(InputError, match="group 1 of one year"):
        typology_moves({1: groups, 2: groups})
    with pytest.raises(PanelError, match="two periods"):
        typology_moves({2010: leader_types(score)})
    with pytest.raises(IdError, match="2020"):
        typology_moves({2010: leader_types(score), 2020: leader_types(score.iloc[:30])})
    with pytest.raises(ValuesError, match="same ordered types"):
        typology_moves(
            {2010: leader_types(score), 2020: leader_types(score, shares=(0.1, 0.5, 0.7),
                                                           labels=["a", "b", "c", "d"])}
        )  # fmt: skip


def test_tables_speak_the_glossary(score):
    years = {2010: leader_types(score), 2020: leader_types(score.iloc[::-1].set_axis(IDS))}
    for result in (typology_stability(leader_types(score), draws=5), typology_moves(years)):
        for table in (result.tidy(), result.glance(), result.augment()):
            assert set(table.columns) <= set(GLOSSARY)
    assert set(typology_moves(years).by_interval.columns) <= set(GLOSSARY)
