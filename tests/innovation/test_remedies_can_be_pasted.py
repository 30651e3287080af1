"""What a message of the room proposes does what it says when it is pasted."""

from __future__ import annotations

import ast
import pickle
import re
from functools import partial

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import IdError, InputError, ValuesError, WorkbenchError
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


def test_metadata_of_indicators_can_be_copied(index):
    again = pickle.loads(pickle.dumps(index.indicators))
    assert again.names == index.indicators.names
    with pytest.raises(AttributeError, match="immutable"):
        again.anything = 1


@pytest.fixture(scope="module")
def schemes():
    ids = {part: wb.load("russia-regions", part=f"regions{part}").index for part in ("80", "83")}
    ids["85"] = ids["83"].append(pd.Index(["RU-CR", "RU-SEV"]))
    return {part: pd.Series(np.arange(1.0, 1 + len(own)), own) for part, own in ids.items()}


@pytest.mark.parametrize("more", ["83", "85"])
def test_tables_of_two_schemes_are_brought_to_one(schemes, more):
    start, end = schemes["80"], schemes[more]
    told = said(lambda: wb.innovation.growth_rates(start, end))
    merge = re.search(r"wb\.data\.merge_regions\(.*?\)", told)[0]
    merged = eval(merge, {"wb": wb, "end": end})
    assert wb.innovation.growth_rates(start, merged).glance()["nobs"].item() == 80
    by_other_order = said(lambda: wb.innovation.growth_rates(end, start))
    assert 'merge_regions(start, "80", how="sum")' in by_other_order


def test_masses_of_more_units_than_the_map_are_merged_as_proposed(schemes):
    masses, places = schemes["83"], wb.load("russia-regions", part="regions80")
    told = said(lambda: wb.innovation.potential(masses, places, permutations=0))
    merge = re.search(r"wb\.data\.merge_regions\(.*?\)", told)[0]
    merged = eval(merge, {"wb": wb, "masses": masses, "places": places})
    assert wb.innovation.potential(merged, places, permutations=0).values.index.size == 80


def test_periods_of_two_schemes_are_merged_one_by_one(schemes):
    made = {n: pd.DataFrame({"made": schemes[n] + 1.0}) for n in ("80", "83")}
    used = {n: pd.DataFrame({"used": np.sqrt(schemes[n]) + 1.0}) for n in ("80", "83")}
    inputs, outputs = (used["80"], used["83"]), (made["80"], made["83"])
    told = said(lambda: wb.innovation.malmquist(inputs, outputs))
    names = {"wb": wb, "inputs": inputs, "outputs": outputs}
    merged = [eval(call, names) for call in re.findall(r"wb\.data\.merge_regions\(.*?\)", told)]
    assert [list(one.columns) for one in merged] == [["used"], ["made"]]
    assert all(sorted(one.index) == sorted(inputs[0].index) for one in merged)


def test_types_are_not_added_up(schemes):
    a, b = (pd.Series(np.where(schemes[n] % 2, "x", "y"), schemes[n].index) for n in ("80", "83"))
    for call in (
        lambda: wb.innovation.compare_typologies(a, b),
        lambda: wb.innovation.typology_moves({2010: a, 2020: b}),
    ):
        assert "make both from figures of 80 units" in said(call)


def _activities(figures):
    return pd.DataFrame({"x": figures + 1.0, "y": 90.0 - figures, "z": 1.0 + figures % 7})


def _wide(tables):
    return pd.concat(tables, names=["period", "region"]).swaplevel().sort_index()


def _long(tables):
    names = ["region", "period"]
    return _wide(tables).reset_index().melt(names, var_name="activity", value_name="firms")


@pytest.mark.parametrize("form", [dict, _wide, _long])
@pytest.mark.parametrize("measure", ["entries", "relatedness_density"])
def test_tables_by_period_of_two_schemes_are_told_and_merged(schemes, form, measure):
    tables = {2010: _activities(schemes["80"]), 2015: _activities(schemes["83"])}
    data = form(tables)
    told = said(lambda: getattr(wb.innovation, measure)(data))
    assert "80 units in 2010, 83 units in 2015" in told
    merge = re.search(r"wb\.data\.merge_regions\(.*how=\"sum\"\)", told)[0]
    merged = eval(merge, {"wb": wb, "data": data})
    assert list(merged.index) == sorted(schemes["80"].index)


def test_a_panel_that_changes_scheme_is_refused_by_every_reader_of_panels(schemes):
    years = {2000: schemes["80"], 2001: schemes["83"]}
    panel = pd.concat(years, names=["year", "region"]).swaplevel().sort_index().to_frame("rd")
    W = wb.weights.queen(wb.load("russia-regions"), islands="nearest")
    for call in (
        lambda: wb.innovation.knowledge_stock(panel, "rd"),
        lambda: wb.innovation.lagged(panel, "rd"),
        lambda: wb.innovation.digital_divide("rd", panel),
        lambda: wb.innovation.spatial_bass("rd", panel, W),
        lambda: wb.innovation.stochastic_frontier("log(rd) ~ rd", panel, effects="time-invariant"),
    ):
        assert "one scheme of regions in all periods" in said(call)
    merge = re.search(r"wb\.data\.merge_regions\(.*how=\"sum\"\)", said(call))[0]
    merged = eval(merge, {"wb": wb, "panel": panel})
    assert list(merged.index) == sorted(schemes["80"].index)


def test_columns_of_text_are_named_with_the_call_that_drops_them():
    table = pd.DataFrame({"a": [1, 2], "b": [2, 1], "name": ["x", "x"]}, ["r", "s"])
    told = said(lambda: wb.innovation.location_quotients(table))
    drop = re.search(r"table\.drop\(.*?\)", told)[0]
    used = eval(drop, {"table": table})
    assert wb.innovation.location_quotients(used).glance()["regions"].item() == 2
    with pytest.raises(ValuesError, match=r"name: expected numbers(.|\n)*Way out"):
        combined_types(table, {})


def test_columns_without_metadata_are_left_out_as_proposed():
    data = pd.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 1, 2], "c": [1.0, 1, 2]}, list("xyz"))
    directions = {"a": "higher", "b": "lower"}
    taken = re.search(r"data\[\[.*?\]\]", said(lambda: composite(data, directions)))[0]
    used = eval(taken, {"data": data})
    assert composite(used, directions).glance()["indicators"].item() == 2
    assert "Way out" in said(lambda: composite(data[["a"]], directions))


def test_types_of_other_regions_or_names_are_not_compared():
    one = pd.Series(["core", "edge", "edge", "core", "edge"], list("abcde"))
    told = said(lambda: wb.innovation.compare_typologies(one, one.drop("c")))
    assert "weights" not in told
    assert 'align="intersection"' in told
    with pytest.raises(ValuesError, match="every region would have moved"):
        wb.innovation.typology_moves({1: one, 2: one.map({"core": "A", "edge": "B"})})
    with pytest.raises(InputError, match="mapping of period"):
        wb.innovation.typology_moves([one, one])


@pytest.fixture(scope="module")
def states():
    table = wb.load("us-states")
    rng = np.random.default_rng(4)
    columns = {name: rng.uniform(1.0, 2.0, len(table)) for name in ("rd", "out", "z", "k")}
    return pd.DataFrame(columns, table.index), wb.weights.queen(table)


def _wide_shares(table):
    return pd.DataFrame({year: 0.01 * year * table["rd"] for year in range(1, 7)})


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("argument", "make", "call"),
    [
        (
            "start",
            lambda table: table,
            lambda start, W: wb.innovation.shift_share(
                start, 1.1 * start + 0.1, W=W, form="spatial"
            ),
        ),
        ("share", _wide_shares, lambda share, W: wb.innovation.spatial_bass(share, None, W)),
        (
            "adopted",
            lambda table: (2000 + (10 * table["rd"]) // 1).rename("adopted"),
            lambda adopted, W: wb.innovation.adoption_hazard(adopted, W, permutations=0),
        ),
        (
            "data",
            lambda table: table,
            lambda data, W: wb.innovation.absorptive_capacity(
                "out ~ rd", data, W, spillover="k", capacity="z"
            ),
        ),
        (
            "data",
            lambda table: table,
            lambda data, W: wb.innovation.ring_spillovers(data, "rd", {"near": W}),
        ),
        (
            "data",
            lambda table: table,
            lambda data, W: (
                composite(data, dict.fromkeys(data, "higher")).uncertainty(draws=20).moran(W)
            ),
        ),
    ],
    ids=["shift_share", "spatial_bass", "hazard", "capacity", "rings", "moran"],
)
def test_a_table_and_weights_of_other_regions_are_brought_together(states, argument, make, call):
    table, W = states
    given = make(table).iloc[:-1].rename({table.index[0]: "Atlantis"})
    told = said(lambda: call(given, W))
    assert "align" not in told
    taken, weights = re.search(r"pass (\S+) and (\S+\)\))", told).groups()
    names = {argument: given, "W": W, "rings": {"near": W}}
    call(eval(taken, names), eval(weights, names))


def test_weights_of_other_regions_are_left_out_of_fits_of_an_index(states):
    table, W = states
    data = table.iloc[:-1]
    found = composite(data[["rd", "k"]], {"rd": "higher", "k": "higher"}).uncertainty(draws=20)
    told = said(lambda: found.fit("out ~ index", data, W=W, draws=5))
    options = ast.literal_eval(re.search(r"options=(\{.*?\})", told)[1])
    found.fit("out ~ index", data, W=W, draws=5, options=options)


def test_missing_inputs_are_left_out_rather_than_set_to_zero():
    inputs = pd.DataFrame({"staff": [1.0, np.nan, 3.0]}, list("abc"))
    outputs = pd.DataFrame({"patents": [1.0, 2.0, 5.0]}, list("abc"))
    told = said(lambda: wb.innovation.data_envelopment(inputs, outputs))
    assert "fillna" not in told
    assert "leave those regions out" in told


def test_masses_that_are_all_zero_have_a_way_out():
    places = wb.load("us-states")
    masses = pd.Series(0.0, places.index)
    assert "Way out" in said(lambda: wb.innovation.potential(masses, places))


def test_masses_with_okrugs_inside_do_not_stand_on_oblasts_without_them():
    whole, parts = (wb.load("russia-regions", part=f"capitals{n}") for n in ("80", "83"))
    masses = pd.Series(np.arange(1.0, 81.0), whole.index, name="rd")
    potential = partial(wb.innovation.potential, self_potential="none", permutations=0)
    with pytest.raises(IdError, match="80 units, the other in that of 83"):
        potential(masses, parts)
    on_purpose = potential(masses, parts.loc[masses.index])
    assert len(on_purpose.values) == 80
