"""Influence of regions on a curve: plain fits without the region, W normalised anew."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import workbench as wb
from workbench.errors import IdError, InputError
from workbench.hypotheses.curve.engine import specification_curve
from workbench.hypotheses.curve.influence import influence_of
from workbench.hypotheses.curve.without import _dependants
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.weights import as_weights

H = Hypothesis("Capital next door matters", "indirect(log(pc)) > 0")
FORMULAS = {"short": "log(gsp) ~ log(pc)", "long": "log(gsp) ~ log(pc) + log(emp)"}


@pytest.fixture(scope="module")
def W():
    return wb.weights.queen(wb.load("us-states"))


@pytest.fixture(scope="module")
def data():
    return wb.load("munnell-1990").xs(1986, level="year")


@pytest.fixture(scope="module")
def curve(data, W):
    return specification_curve(
        H, data, formulas=FORMULAS, weights={"queen": W, "second": W.higher_order(2)},
        models=["slx", "sdm"],
    )  # fmt: skip


def test_a_region_leaves_data_and_weights(curve, data, W):
    found = influence_of(curve, regions=["US-TX"], engine="fit")
    rest = data.drop("US-TX")
    weights = {"queen": W, "second": W.higher_order(2)}
    for number, row in curve.table.iterrows():
        fit = wb.fit(
            FORMULAS[row["formula"]] if row["formula"] in FORMULAS else row["formula"],
            rest,
            weights[row["weights"]].restrict(rest.index),
            model=row["model"],
        )
        verdict = H.test(fit)
        run = found.runs.loc[("US-TX", number)]
        assert run["estimate"] == verdict.estimate
        assert run["conf_low"] == verdict.conf_low
        assert run["with_all"] == row["estimate"]
        assert run["verdict"] == verdict.answer


def test_the_table_is_a_count_of_the_runs(curve):
    found = influence_of(curve, regions=["US-CA", "US-TX", "US-NY"])
    for region, row in found.table.iterrows():
        runs = found.runs.loc[region]
        before = curve.table["verdict"]
        assert row["median"] == runs["estimate"].median()
        assert row["change"] == pytest.approx(curve.table["estimate"].median() - row["median"])
        assert row["supported"] == (runs["verdict"] == "supported").sum()
        assert row["flipped"] == (runs["verdict"] != before).sum()
        assert row["of"] == 8
        told = found.flips.loc[[region], "count"].sum() if region in found.flips.index else 0
        assert told == row["flipped"]
    assert found.table["change"].abs().is_monotonic_decreasing
    assert found.median == curve.table["estimate"].median()


@pytest.mark.slow
def test_the_screen_is_the_mean_move_in_standard_errors(data, W):
    curve = specification_curve(H, data, formulas=FORMULAS, weights=W, models=["slx"])
    found = influence_of(curve, most=2)
    every = influence_of(curve, regions="all").runs
    errors = curve.table["std_error"].reindex(every.index.get_level_values("specification"))
    moved = (every["with_all"] - every["estimate"]).abs() / errors.to_numpy()
    means = moved.groupby(level="region").mean()
    pd.testing.assert_series_equal(found.screen.sort_index(), means, check_names=False)
    assert set(found.table.index) == set(means.nlargest(2).index)
    assert "2 of 48 regions left out" in found.notes[0]
    assert "may be missed" in found.notes[1]


def test_who_has_no_other_neighbour_leaves_too(data):
    ids = sorted(data.index)
    pairs = [*pairwise(ids)]
    graph = Graph.from_adjacency(
        pd.DataFrame(
            [(a, b, 1.0) for a, b in pairs] + [(b, a, 1.0) for a, b in pairs],
            columns=["focal", "neighbor", "weight"],
        )
    )
    chain = as_weights(graph)
    curve = specification_curve(H, data, formulas=FORMULAS, weights=chain, models=["slx"])
    found = influence_of(curve, regions=[ids[1]], engine="fit")
    assert f"Without {ids[1]} its only neighbours leave too: {ids[0]}." in found.notes
    rest = data.drop(ids[:2])
    fit = wb.fit(FORMULAS["short"], rest, chain.restrict(rest.index), model="slx")
    assert found.runs["estimate"].iloc[0] == H.test(fit).estimate


def test_who_had_no_neighbour_before_stays(data):
    ids = sorted(data.index)
    links = pd.DataFrame(0.0, index=ids, columns=ids)
    for a, b in pairwise(ids[1:]):
        links.loc[a, b] = links.loc[b, a] = 1.0
    alone = wb.weights.from_matrix(links, islands="keep")
    assert _dependants(alone, data.index, ids[2]) == [ids[1]]


@pytest.mark.slow
def test_a_region_without_which_nothing_is_estimated_is_looked_at_first(data, W):
    marked = data.assign(texas=(data.index == "US-TX").astype(float))
    curve = specification_curve(
        H, marked, formulas="log(gsp) ~ log(pc) + texas", weights=W, models="slx",
        options={"durbin": ["log(pc)"]},
    )  # fmt: skip
    found = influence_of(curve, most=1)
    assert found.table.index.tolist() == ["US-TX"]
    assert np.isposinf(found.screen["US-TX"])


def test_a_fit_that_fails_without_a_region_is_counted(data, W):
    marked = data.assign(texas=(data.index == "US-TX").astype(float))
    curve = specification_curve(
        H, marked, formulas=["log(gsp) ~ log(pc) + texas", "log(gsp) ~ log(pc)"], weights=W,
        models=["slx"], options={"durbin": ["log(pc)"]},
    )  # fmt: skip
    assert (curve.table["status"] == "estimated").all()
    found = influence_of(curve, regions=["US-TX"])
    assert found.table.loc["US-TX", ["of", "failed"]].tolist() == [1, 1]
    assert any("Without US-TX 1 specifications have no estimate" in note for note in found.notes)


def test_a_panel_loses_the_region_in_every_year(W):
    panel = wb.load("munnell-1990")
    panel = panel[panel.index.get_level_values("year") >= 1983]
    curve = specification_curve(
        H, panel, formulas=FORMULAS, weights=W, models=["slx"], effects=["time", "two-way"]
    )
    found = influence_of(curve, regions=["US-TX"])
    rest = panel.drop("US-TX", level=0)
    ids = rest.index.get_level_values(0).unique()
    fit = wb.fit(FORMULAS["short"], rest, W.restrict(ids), model="slx", effects="time")
    assert found.runs["estimate"].iloc[0] == pytest.approx(H.test(fit).estimate, rel=1e-9)


def test_specifications_may_be_few_and_are_spread(curve):
    found = influence_of(curve, regions=["US-TX"], specifications=3)
    ordered = curve.table["estimate"].sort_values().index
    used = found.runs.index.get_level_values("specification")
    assert set(used) == {ordered[0], ordered[4], ordered[-1]}
    assert "3 of 8 specifications each" in found.notes[0]
    named = influence_of(curve, regions=["US-TX"], specifications=[2, 5])
    assert named.runs.index.get_level_values("specification").tolist() == [2, 5]


@pytest.mark.slow
def test_many_at_once_agree_with_one_at_a_time(curve):
    one, many = (
        influence_of(curve, regions=["US-CA", "US-TX"], engine=engine) for engine in ("fit", "auto")
    )
    numbers = ["estimate", "std_error", "conf_low", "conf_high"]
    np.testing.assert_allclose(one.runs[numbers], many.runs[numbers], rtol=1e-7)
    assert one.runs["verdict"].tolist() == many.runs["verdict"].tolist()


@pytest.mark.slow
def test_what_is_done_is_not_done_again(curve, data, tmp_path, monkeypatch):
    first = influence_of(curve, regions=["US-CA", "US-TX"], cache=tmp_path)
    from workbench.hypotheses.curve import without

    def never(*_):
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setattr(without, "evaluate", never)
        again = influence_of(curve, regions=["US-CA", "US-TX"], cache=tmp_path)
    pd.testing.assert_frame_equal(first.runs, again.runs)
    other = specification_curve(
        H, data.assign(gsp=np.sqrt(data["gsp"])), formulas=FORMULAS,
        weights=curve.plan.choices[0].arguments["W"], models=["slx"],
    )  # fmt: skip
    changed = influence_of(other, regions=["US-TX"], cache=tmp_path)
    assert changed.runs["estimate"].iloc[0] != first.runs.loc["US-TX", "estimate"].iloc[0]


@pytest.mark.slow
def test_rows_in_another_order_change_nothing(data, W, curve):
    turned = specification_curve(
        H, data.iloc[::-1], formulas=FORMULAS, weights={"queen": W, "second": W.higher_order(2)},
        models=["slx", "sdm"],
    )  # fmt: skip
    one, other = (influence_of(c, regions=["US-TX", "US-OH"]) for c in (curve, turned))
    pd.testing.assert_frame_equal(one.table, other.table)


def test_unknown_regions_and_specifications_are_refused(curve):
    with pytest.raises(IdError, match="RU-TOM"):
        influence_of(curve, regions=["RU-TOM"])
    with pytest.raises(InputError, match="99"):
        influence_of(curve, regions=["US-TX"], specifications=[1, 99])
    with pytest.raises(InputError, match="from 1"):
        influence_of(curve, specifications=0)
