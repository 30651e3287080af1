"""The scale ladder: sums are conserved, units kept, truth recovered, failures told."""

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import (
    IdError,
    InputError,
    OptionError,
    PanelError,
    ValuesError,
    WeightsError,
)
from workbench.hypotheses.scale.aggregation import aggregate, zone_weights
from workbench.hypotheses.scale.ladder import scale_ladder
from workbench.hypotheses.statements.hypothesis import Hypothesis

H = Hypothesis("Labour raises output", "coefficient(log(emp)) > 0")
RULES = {"gsp": "sum", "emp": "sum"}
FORMULA = "log(gsp) ~ log(emp)"


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def panel():
    return wb.load("munnell-1990")


@pytest.fixture(scope="module")
def data(panel):
    return panel.xs(1986, level="year")


@pytest.fixture(scope="module")
def W(states):
    return wb.weights.queen(states)


def ladder_of(data, W=None, **options):
    given = {"formula": FORMULA, "aggregate": RULES, "random": {"sizes": [24, 12], "draws": 3}}
    return scale_ladder(H, data, W, **(given | options))


def test_sums_are_conserved_and_means_weighted_by_hand(data, states):
    zones = states["division"].reindex(data.index)
    found = aggregate(data, zones, {"gsp": "sum", "emp": "mean", "unemp": ("weighted", "emp")})
    assert found["gsp"].sum() == pytest.approx(data["gsp"].sum(), rel=1e-14)
    for zone in found.index:
        part = data[zones == zone]
        assert found.loc[zone, "gsp"] == pytest.approx(part["gsp"].sum(), rel=1e-14)
        assert found.loc[zone, "emp"] == pytest.approx(part["emp"].mean(), rel=1e-14)
        assert found.loc[zone, "unemp"] == pytest.approx(
            np.average(part["unemp"], weights=part["emp"]), rel=1e-14
        )


def test_the_formula_is_evaluated_after_aggregation(data, W, states):
    found = ladder_of(data, W, hierarchy={"divisions": states["division"]}, random=None)
    sums = np.log(data[["gsp", "emp"]].groupby(states["division"].reindex(data.index)).sum())
    slope = np.polyfit(sums["emp"], sums["gsp"], 1)[0]
    row = found.table.set_index("scale").loc["divisions"]
    assert row["regions"] == 9
    assert row["estimate"] == pytest.approx(slope, rel=1e-10)


def test_the_base_is_the_plain_fit(data, W):
    found = ladder_of(data, W, model="sdm")
    fit = wb.fit(FORMULA, data, W, model="sdm")
    assert found.base["estimate"] == H.test(fit).estimate
    assert found.base["conf_low"] == H.test(fit).conf_low


def test_a_panel_is_summed_within_each_year(panel, W, states):
    found = ladder_of(
        panel, W, hierarchy={"divisions": states["division"]}, random=None,
        options={"effects": "two-way"},
    )  # fmt: skip
    zones = states["division"].reindex(panel.index.get_level_values(0)).to_numpy()
    years = panel.index.get_level_values(1)
    sums = panel[["gsp", "emp"]].groupby([zones, years]).sum()
    sums.index.names = ["region", "year"]
    fit = wb.fit(FORMULA, sums, effects="two-way")
    row = found.table.set_index("scale").loc["divisions"]
    assert row["estimate"] == pytest.approx(fit.params["log(emp)"], rel=1e-10)


def test_zones_are_linked_through_members_by_brute_force(W, states):
    ids = W.ids
    labels, names = pd.factorize(states["division"].reindex(ids), sort=True)
    found = zone_weights(W, labels.tolist(), names.tolist())
    base = W.sparse_base.toarray()
    for a, one in enumerate(names):
        linked = {
            other for b, other in enumerate(names)
            if b != a and base[np.ix_(labels == a, labels == b)].any()
        }  # fmt: skip
        assert set(found.graph[one].index) == linked
        assert found.graph[one].sum() == pytest.approx(1.0)


def test_a_builder_sees_the_outlines_of_zones(data, states):
    seen = []

    def build(outlines):
        seen.append(outlines)
        return wb.weights.queen(outlines)

    found = ladder_of(
        data, build, model="slx", geometry=states, random=None, jobs=1,
        hierarchy={"divisions": states["division"]},
    )  # fmt: skip
    assert (found.table["status"] == "estimated").all()
    divisions = seen[-1]
    assert divisions.crs == states.crs
    assert set(divisions.index) == set(states["division"])
    areas = [shapes.to_crs(5070).area.sum() for shapes in (divisions, states)]
    assert areas[0] == pytest.approx(areas[1], rel=1e-4)  # outlines of neighbours overlap a little


@pytest.mark.slow
def test_iid_errors_leave_the_slope_alone_at_every_scale():
    """Means of y = 1 + 2x + e: least squares is unbiased for 2 whatever the zones (Arbia 1989)."""
    n, side, sets = 100, 10, 16
    ids = [f"r{i:03d}" for i in range(n)]
    at = np.arange(n)
    rows = [
        (ids[i], ids[j]) for i in at for j in at
        if abs(i // side - j // side) + abs(i % side - j % side) == 1
    ]  # fmt: skip
    links = pd.DataFrame(0.0, index=ids, columns=ids)
    for a, b in rows:
        links.loc[a, b] = 1.0
    W = wb.weights.from_matrix(links)
    slope = Hypothesis("Two", "coefficient(x) > 0")
    found = []
    for seed in range(sets):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=n)
        data = pd.DataFrame({"y": 1 + 2 * x + rng.normal(size=n), "x": x}, index=ids)
        ladder = scale_ladder(
            slope, data, W, formula="y ~ x", aggregate={"y": "mean", "x": "mean"},
            random={"sizes": [50, 20], "draws": 2}, seed=seed, jobs=1,
        )  # fmt: skip
        found.append(ladder.table.groupby("regions")["estimate"].mean())
    means = pd.concat(found, axis=1)
    error = means.std(axis=1) / np.sqrt(sets)
    assert (abs(means.mean(axis=1) - 2.0) < 4 * error).all()
    spread = pd.concat(found, axis=1).std(axis=1)
    assert spread[20] > spread[100]  # fewer regions, less precise


@pytest.mark.slow
def test_draws_depend_on_the_seed_and_not_on_rows_or_other_sizes(data, W):
    one = ladder_of(data, W)
    turned = ladder_of(data.iloc[::-1], W)
    pd.testing.assert_frame_equal(one.table, turned.table)
    alone = ladder_of(data, W, random={"sizes": [12], "draws": 2})
    both = one.table[(one.table["regions"] == 12) & (one.table["draw"] <= 2)]
    assert alone.table.iloc[1:]["estimate"].tolist() == both["estimate"].tolist()
    other = ladder_of(data, W, seed=1)
    assert (other.table["estimate"].iloc[1:] != one.table["estimate"].iloc[1:]).all()


def test_nothing_of_the_callers_changes(data, W):
    before = data.copy()
    ladder_of(data, W)
    pd.testing.assert_frame_equal(data, before)


def test_a_scale_that_cannot_be_estimated_is_kept_with_its_reason(data, W):
    found = ladder_of(
        data, W, formula="log(gsp) ~ log(emp) + log(pc) + unemp", model="slx",
        aggregate={**RULES, "pc": "sum", "unemp": "mean"}, random={"sizes": [40, 5], "draws": 2},
    )  # fmt: skip
    lost = found.table[found.table["regions"] == 5]
    assert lost["status"].tolist() == ["failed", "failed"]
    assert lost["reason"].str.contains("coefficients").all()
    assert found.summary.loc[("random", 5), "estimated"] == 0
    assert any(note.startswith("random, 5 regions: 2 of 2 failed") for note in found.notes)


def test_a_term_that_the_model_lacks_is_not_applicable(data, W):
    spill = Hypothesis("Spillovers", "rho > 0")
    found = scale_ladder(
        spill, data, W, formula=FORMULA, aggregate=RULES, random={"sizes": [12], "draws": 1}
    )
    assert found.table["status"].tolist() == ["not applicable"] * 2


def test_answers_are_kept_and_read_back(data, W, tmp_path):
    first = ladder_of(data, W, cache=tmp_path)
    kept = sorted(tmp_path.rglob("*.json"))
    assert len(kept) == len(first.table)
    kept[0].unlink()
    again = ladder_of(data, W, cache=tmp_path)
    pd.testing.assert_frame_equal(first.table, again.table)
    changed = ladder_of(data.assign(gsp=data["gsp"] * data["emp"]), W, cache=tmp_path)
    assert changed.base["estimate"] != first.base["estimate"]


def test_columns_without_a_rule_are_refused_by_name(data, W):
    with pytest.raises(InputError, match="none for emp") as refusal:
        ladder_of(data, W, aggregate={"gsp": "sum"})
    assert refusal.value.offenders == ("emp",)
    with pytest.raises(OptionError, match=r"did you mean 'sum'"):
        ladder_of(data, W, aggregate={"gsp": "summ", "emp": "sum"})
    with pytest.raises(InputError, match="no column people"):
        ladder_of(data, W, aggregate={"gsp": ("weighted", "people"), "emp": "sum"})


def test_bad_input_is_refused_by_name(data, panel, W, states):
    gap = data.copy()
    gap.loc["US-AL", "emp"] = np.nan
    with pytest.raises(ValuesError, match="US-AL"):
        ladder_of(gap, W)
    with pytest.raises(PanelError, match="US-AL"):
        ladder_of(panel.drop(index=[("US-AL", 1986)]), W)
    with pytest.raises(InputError, match="at least one other scale"):
        ladder_of(data, W, random=None)
    with pytest.raises(InputError, match="from 3 to 47"):
        ladder_of(data, W, random={"sizes": [48], "draws": 3})
    with pytest.raises(IdError, match="US-AL"):
        ladder_of(data, W, hierarchy={"divisions": states["division"].drop("US-AL")})
    with pytest.raises(InputError, match="regions and weights differ"):
        ladder_of(data, W, options={"W_error": W})
    with pytest.raises(ValuesError, match="negative"):
        aggregate(
            data.assign(w=-1.0), states["division"].reindex(data.index), {"gsp": ("weighted", "w")}
        )


def test_disconnected_regions_need_a_word(data, states):
    west = states.index[states["division"].isin(["Pacific", "Mountain"])]
    matrix = wb.weights.queen(states).sparse_base.toarray()
    ids = states.index.sort_values()
    inside = ids.isin(west)
    matrix[np.ix_(inside, ~inside)] = 0
    matrix[np.ix_(~inside, inside)] = 0
    cut = wb.weights.from_matrix(pd.DataFrame(matrix, index=ids, columns=ids))
    with pytest.raises(WeightsError, match="2 connected parts"):
        ladder_of(data, cut)
    found = ladder_of(data, cut, disconnected="apart")
    assert (found.table["status"] == "estimated").all()


def test_zones_in_pieces_are_told(data, W, states):
    groups = states["division"].where(states.index != "US-AL", "Pacific")
    found = ladder_of(data, W, hierarchy={"odd": groups}, random=None)
    assert "odd: zones in several pieces: Pacific." in found.notes


def test_a_ladder_without_weights_needs_given_zones(data, states):
    found = ladder_of(data, hierarchy={"divisions": states["division"]}, random=None)
    assert found.table["regions"].tolist() == [48, 9]
    with pytest.raises(InputError, match="who may share a random zone"):
        ladder_of(data)


def test_a_ladder_shows_itself(data, W, states):
    found = ladder_of(data, W, hierarchy={"divisions": states["division"]})
    for shown in (str(found), found._repr_html_()):
        assert "divisions" in shown
        assert "evaluated after aggregation" in shown
        assert "no test of their difference" in shown
    summary = found.summary
    assert summary.index.get_level_values("regions").tolist() == [48, 24, 12, 9]
    draws = found.table[found.table["regions"] == 24]["estimate"]
    assert summary.loc[("random", 24), "band_low"] == np.quantile(draws, 0.05)
    zones = states["division"].reindex(found.zones.index)
    assert found.zones["divisions"].tolist() == zones.tolist()
