"""Envelopment: printed examples, other software, and what must hold whatever the figures."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.errors import InputError
from workbench.innovation.frontiers import data_envelopment, malmquist

REFERENCE = Path(__file__).parents[1] / "reference"


def numbers(name):
    with (REFERENCE / name).open() as file:
        return {(row["case"], row["quantity"]): float(row["value"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def follow_through():
    table = pd.read_csv(REFERENCE / "data" / "follow_through.csv", index_col="site")
    return table.filter(like="x"), table.filter(like="y")


@pytest.fixture(scope="module")
def made_up():
    rng = np.random.default_rng(4)
    ids = [f"R{i:02}" for i in range(30)]
    used = pd.DataFrame(np.exp(rng.normal(0, 1, (30, 2))), index=ids, columns=["rd", "staff"])
    best = used["rd"] ** 0.4 * used["staff"] ** 0.4
    made = (best * np.exp(-np.abs(rng.normal(0, 0.4, 30)))).rename("patents")
    return used, made


def test_five_firms_of_the_guide_to_deap():
    # Coelli (1996), A guide to DEAP 2.1, example 1: scores, peers with weights, slacks, targets
    used = pd.DataFrame({"x1": [2.0, 2, 6, 3, 6], "x2": [5.0, 4, 6, 2, 2]}, index=range(1, 6))
    made = pd.Series([1.0, 2, 3, 1, 2], index=range(1, 6), name="q")
    result = data_envelopment(used, made)
    np.testing.assert_allclose(result.efficiency, [0.5, 1, 0.833, 0.714, 1], atol=5e-4)
    slack = result.slacks
    np.testing.assert_allclose(slack[("input", "x2")], [0.5, 0, 0, 0, 0], atol=1e-9)
    np.testing.assert_allclose(slack[[("input", "x1"), ("output", "q")]], 0.0, atol=1e-9)
    printed = {(1, 2): 0.5, (3, 5): 0.5, (3, 2): 1.0, (4, 5): 0.286, (4, 2): 0.214}
    peers = result.peers()["intensity"]
    assert set(peers.index) == set(printed)
    for pair, intensity in printed.items():
        assert peers[pair] == pytest.approx(intensity, abs=5e-4)
    targets = result.targets
    np.testing.assert_allclose(targets[("input", "x1")], [1, 2, 5, 2.143, 6], atol=5e-4)
    np.testing.assert_allclose(targets[("input", "x2")], [2, 4, 5, 1.429, 2], atol=5e-4)


def test_five_firms_of_one_input_and_output():
    # Coelli, Rao, O'Donnell and Battese (2005), table 6.4: scale efficiency and returns
    used = pd.Series([2.0, 4, 3, 5, 6], index=range(1, 6), name="x")
    made = pd.Series([1.0, 2, 3, 4, 5], index=range(1, 6), name="q")
    table = data_envelopment(used, made, returns="vrs").tidy()
    np.testing.assert_allclose(table["crs"], [0.5, 0.5, 1, 0.8, 0.833], atol=5e-4)
    np.testing.assert_allclose(table["vrs"], [1, 0.625, 1, 0.9, 1], atol=5e-4)
    np.testing.assert_allclose(table["scale_efficiency"], [0.5, 0.8, 1, 0.889, 0.833], atol=5e-4)
    told = ["increasing", "increasing", "constant", "decreasing", "decreasing"]
    assert table["returns"].tolist() == told


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("returns", ["crs", "vrs", "nirs", "ndrs"])
def test_follow_through_sites_score_as_elsewhere(follow_through, returns, orientation):
    result = data_envelopment(*follow_through, returns=returns, orientation=orientation)
    expected = numbers("frontier_follow_through.csv")
    case = f"{orientation} {returns}"
    sites = result.efficiency.index
    scores = np.array([expected[case, f"score/{site}"] for site in sites])
    if orientation == "output":
        scores = 1.0 / scores
    np.testing.assert_allclose(result.efficiency, scores, rtol=1e-9)
    if orientation == "input" and returns in ("crs", "vrs"):
        for side, name in result.slacks.columns:
            stored = [expected.get((case, f"slack/{site}/{name}"), 0.0) for site in sites]
            unit = follow_through[side == "output"][name].mean()
            # HiGHS holds constraints to 1e-10 of a region's own figures
            np.testing.assert_allclose(result.slacks[side, name] / unit, np.array(stored) / unit,
                                       atol=1e-7)  # fmt: skip


def test_frontiers_nest(made_up):
    scores = {
        word: data_envelopment(*made_up, returns=word, second_stage_slacks=False).efficiency
        for word in ("crs", "nirs", "ndrs", "vrs", "fdh")
    }
    for inner, outer in (("crs", "nirs"), ("crs", "ndrs"), ("nirs", "vrs"), ("ndrs", "vrs"),
                         ("vrs", "fdh")):  # fmt: skip
        assert (scores[inner] <= scores[outer] + 1e-9).all()
    np.testing.assert_allclose(scores["vrs"], np.maximum(scores["nirs"], scores["ndrs"]), rtol=1e-9)


def test_orientations_agree_under_constant_returns(made_up):
    inward, outward = (
        data_envelopment(*made_up, orientation=word).efficiency for word in ("input", "output")
    )
    np.testing.assert_allclose(inward, outward, rtol=1e-9)


@pytest.mark.slow
def test_units_and_order_of_rows_do_not_matter(made_up):
    used, made = made_up
    base = data_envelopment(used, made, returns="vrs", bootstrap=100)
    other = data_envelopment(used * [1e6, 1e-3], made * 365, returns="vrs", bootstrap=100)
    for column in ("efficiency", "corrected", "conf_low"):
        np.testing.assert_allclose(base.table[column], other.table[column], rtol=1e-8)
    np.testing.assert_allclose(
        base.slacks[[("input", "rd")]], other.slacks[[("input", "rd")]] / 1e6, atol=1e-7
    )
    shuffled = used.sample(frac=1, random_state=1)[["staff", "rd"]]
    same = data_envelopment(shuffled, made.iloc[::-1], returns="vrs", bootstrap=100)
    pd.testing.assert_frame_equal(base.table, same.table)


def test_targets_are_efficient_and_slacks_complete_them(made_up):
    result = data_envelopment(*made_up, returns="vrs")
    reached = result.intensities @ result.inputs.to_numpy()
    np.testing.assert_allclose(result.targets["input"], reached, rtol=1e-7)
    np.testing.assert_allclose(
        result.targets["output"], result.intensities @ result.outputs.to_numpy(), rtol=1e-7
    )
    again = data_envelopment(result.targets["input"], result.targets["output"], returns="vrs")
    np.testing.assert_allclose(again.efficiency, 1.0, atol=1e-6)


def test_free_disposal_and_order_m_by_enumeration(made_up):
    used, made = made_up
    X, y = used.to_numpy(), made.to_numpy()
    result = data_envelopment(used, made, returns="fdh")
    best, expected = [], []
    for o in range(len(y)):
        ratios = (X[y >= y[o]] / X[o]).max(axis=1)
        best.append(ratios.min())
        pairs = np.minimum(ratios[:, None], ratios[None])  # all pairs of draws
        expected.append(pairs.mean())
    np.testing.assert_allclose(result.efficiency, best, rtol=1e-12)
    np.testing.assert_allclose(result.order_m(2), expected, rtol=1e-12)
    np.testing.assert_allclose(result.order_m(10**6), best, rtol=1e-6)
    outward = data_envelopment(used, made, returns="fdh", orientation="output")
    reach = [y[(X[o] >= X).all(axis=1)].max() for o in range(len(y))]
    np.testing.assert_allclose(outward.efficiency, y / np.array(reach), rtol=1e-12)


def test_super_efficiency_differs_for_the_frontier_only(made_up):
    table = data_envelopment(*made_up, super_efficiency=True).tidy()
    below = table["efficiency"] < 1
    np.testing.assert_allclose(
        table.loc[below, "super_efficiency"], table.loc[below, "efficiency"], rtol=1e-9
    )
    assert (table.loc[~below, "super_efficiency"] >= 1).all()


def test_influence_is_what_leaving_out_does(made_up):
    used, made = made_up
    result = data_envelopment(used, made, returns="vrs")
    told = result.influence()
    first = told.index[0]
    rest = data_envelopment(used.drop(first), made.drop(first), returns="vrs").efficiency
    gain = rest - result.efficiency.drop(first)
    assert told.loc[first, "others_moved"] == pytest.approx(gain.mean(), rel=1e-6)
    assert told.loc[first, "most_moved"] == gain.idxmax()
    assert (told.loc[result.efficiency < 1, "others_moved"] == 0).all()


def test_bootstrap_corrects_downwards_and_says_its_bandwidth(made_up):
    result = data_envelopment(*made_up, returns="vrs", bootstrap=400, seed=3)
    table = result.tidy()
    assert (table["corrected"] < table["efficiency"]).all()
    assert (table["conf_low"] < table["corrected"]).all()
    assert (table["corrected"] < table["conf_high"]).all()
    assert (table["conf_high"] <= table["efficiency"]).all()
    again = data_envelopment(*made_up, returns="vrs", bootstrap=400, seed=3)
    pd.testing.assert_frame_equal(table, again.tidy())
    assert 0 < result.glance()["bandwidth"].iloc[0] < 1
    # distances of the formulae, by hand
    distances, draws = 1 / result.efficiency.to_numpy(), result.replicates
    np.testing.assert_allclose(1 / table["corrected"], 2 * distances - draws.mean(axis=0))
    low = np.quantile(draws - distances, 0.025, axis=0)
    np.testing.assert_allclose(1 / table["conf_low"], distances - low)


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_standard_errors_are_of_the_law_whose_quantiles_are_the_interval(orientation):
    # a region whose only peer it is itself has draws as far from one as any region lies below
    # the frontier: an efficiency between 0 and 1 has no standard error above 1/2
    rng = np.random.default_rng(8)
    ids = [f"R{i:02}" for i in range(40)]
    used = pd.DataFrame(np.exp(rng.normal(0, 1.5, (40, 2))), index=ids, columns=["rd", "staff"])
    made = pd.DataFrame(np.exp(rng.normal(0, 1.5, (40, 2))), index=ids, columns=["patents", "new"])
    result = data_envelopment(
        used, made, returns="vrs", orientation=orientation, bootstrap=200, second_stage_slacks=False
    )
    table = result.tidy()
    law = 1 / (2 / table["efficiency"].to_numpy() - result.replicates)
    np.testing.assert_allclose(table["std_error"], law.std(axis=0, ddof=1))
    assert law.min() > 0
    assert law.max() <= 1
    inside = (law >= table["conf_low"].to_numpy()) & (law <= table["conf_high"].to_numpy())
    np.testing.assert_allclose(inside.mean(axis=0), 0.95, atol=0.011)
    assert (table["std_error"] < table["conf_high"] - table["conf_low"]).all()


def test_malmquist_of_a_shifted_frontier():
    # everybody makes 20 % more of the same inputs: the frontier moves, nobody catches up
    rng = np.random.default_rng(2)
    used = pd.DataFrame(rng.uniform(1, 3, (12, 2)), columns=["a", "b"])
    made = pd.DataFrame({"y": rng.uniform(1, 3, 12)})
    table = malmquist((used, used), (made, made * 1.2)).tidy()
    np.testing.assert_allclose(table["technical_change"], 1.2, rtol=1e-9)
    np.testing.assert_allclose(table["efficiency_change"], 1.0, rtol=1e-9)
    outward = malmquist(
        (used, used), (made, made * rng.uniform(1, 2, (12, 1))), orientation="output"
    )
    parts = outward.tidy()
    np.testing.assert_allclose(
        parts["productivity_change"], parts["efficiency_change"] * parts["technical_change"]
    )


@pytest.mark.slow
def test_returns_to_scale_are_told_apart():
    rng = np.random.default_rng(0)
    x = pd.Series(rng.uniform(1, 10, 50), name="x")
    waste = np.exp(-np.abs(rng.normal(0, 0.2, 50)))
    ray = data_envelopment(x, (x * waste).rename("y")).returns_to_scale_test(draws=199)
    bent = data_envelopment(x, (np.sqrt(x) * waste).rename("y")).returns_to_scale_test(draws=199)
    assert ray["constant returns"].p_value > 0.05
    assert bent["constant returns"].p_value == pytest.approx(1 / 200)
    assert bent["non-increasing returns"].p_value > 0.05


@pytest.mark.slow
def test_tests_of_returns_to_scale_have_about_their_size():
    # constant returns are true, so that both hypotheses hold; efficient regions at every size
    rejected = np.zeros(2)
    for seed in range(100):
        rng = np.random.default_rng(seed)
        x = pd.Series(rng.uniform(1, 10, 40), name="x")
        y = (x * np.exp(-np.abs(rng.normal(0, 0.4, 40)))).rename("y")
        result = data_envelopment(x, y, orientation="output", second_stage_slacks=False)
        tests = result.returns_to_scale_test(draws=99, seed=seed)
        rejected += [tests[f"{word} returns"].p_value <= 0.1 for word in
                     ("constant", "non-increasing")]  # fmt: skip
    assert (rejected <= 0.1 * 100 + 3 * np.sqrt(100 * 0.1 * 0.9)).all()


@pytest.mark.slow
@pytest.mark.parametrize(("returns", "least"), [("crs", 0.9), ("vrs", 0.78)])
def test_intervals_hold_true_efficiency_nearly_as_often_as_they_say(returns, least):
    # y = f(x) exp(-u), u half-normal: true efficiency is exp(-u). With 60 regions the literature,
    # too, finds less than 0.95 where the frontier bends (Simar and Wilson 2000)
    held, biased, corrected = [], [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x = pd.Series(rng.uniform(1, 9, 60), name="x")
        true = np.exp(-np.abs(rng.normal(0, 0.4, 60)))
        table = data_envelopment(
            x, ((x if returns == "crs" else np.sqrt(x)) * true).rename("y"), returns=returns,
            orientation="output", bootstrap=300, seed=seed, second_stage_slacks=False,
        ).tidy()  # fmt: skip
        held.append(((table["conf_low"] <= true) & (true <= table["conf_high"])).mean())
        biased.append((table["efficiency"] - true).mean())
        corrected.append((table["corrected"] - true).mean())
    assert np.mean(held) > least
    assert abs(np.mean(corrected)) < 0.5 * np.mean(biased)


@pytest.mark.slow
def test_determinants_find_what_moves_inefficiency():
    # distances are drawn of 1.5 + 0.3 z + e, truncated at one
    for algorithm in (1, 2):
        found, held = [], []
        for seed in range(15):
            rng = np.random.default_rng(seed)
            z = pd.DataFrame({"z": rng.normal(size=150)})
            distance = 1.5 + 0.3 * z["z"] + rng.normal(0, 0.3, 150)
            while (bad := distance < 1).any():
                distance[bad] = 1.5 + 0.3 * z["z"][bad] + rng.normal(0, 0.3, bad.sum())
            made = pd.Series(rng.uniform(1, 9, 150), name="y")
            result = data_envelopment((made * distance).rename("x"), made)
            told = result.determinants(z, algorithm=algorithm, draws=200, seed=seed).tidy()
            found.append(told.loc["z", "estimate"])
            held.append(told.loc["z", "conf_low"] <= 0.3 <= told.loc["z", "conf_high"])
        assert np.mean(found) == pytest.approx(0.3, abs=0.03)
        assert np.mean(held) > 0.8


def test_too_few_draws_are_refused_by_the_name_they_were_given(made_up):
    with pytest.raises(InputError, match=r"bootstrap: expected at least 39(.|\n)*bootstrap=999"):
        data_envelopment(*made_up, bootstrap=20)
