"""No measure of localisation from bad input: refused by name, with a way out that works."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import workbench as wb
from workbench.errors import IdError, InputError, OptionError, ValuesError, WeightsError
from workbench.innovation.localisation import (
    coagglomeration,
    concentration,
    ellison_glaeser,
    location_quotients,
    locational_gini,
    shift_share,
    specialisation,
)

MEASURES = (location_quotients, specialisation, concentration, locational_gini)


@pytest.fixture
def table():
    return pd.DataFrame(
        {"steel": [10, 40, 5], "code": [30, 20, 25], "food": [20, 20, 20]}, index=["a", "b", "c"]
    )


@pytest.fixture
def plants():
    return pd.DataFrame({
        "region": ["a", "a", "b", "c", "b", "c"],
        "activity": ["x", "y", "x", "x", "y", "z"],
        "employment": [5.0, 9.0, 2.0, 3.0, 8.0, 4.0],
    })  # fmt: skip


@pytest.mark.parametrize("call", MEASURES)
def test_counts_are_needed_for_intervals_only(table, call):
    broken = table.astype(float)
    broken.loc["b", "code"] = 20.5
    with pytest.raises(ValuesError, match=r"b / code") as told:
        call(broken)
    assert 'interval="none"' in told.value.remedy
    call(broken, interval="none").tidy()


@pytest.mark.parametrize("call", [*MEASURES, lambda t: shift_share(t, t), coagglomeration])
def test_cells_and_totals_are_named(table, call):
    for value, where in ((np.nan, "b / code"), (np.inf, "b / code"), (-1.0, "b / code")):
        bad = table.astype(float)
        bad.loc["b", "code"] = value
        with pytest.raises(ValuesError, match=where):
            call(bad)
    with pytest.raises(ValuesError, match=r"total of zero\.\n  Where \(1\): food"):
        call(table.assign(food=0))
    with pytest.raises(ValuesError, match=r"total of zero\.\n  Where \(1\): c"):
        call(table.mul([1, 1, 0], axis=0))


@pytest.mark.parametrize("call", MEASURES)
def test_one_region_or_one_activity_has_nothing_to_be_compared_with(table, call):
    with pytest.raises(InputError, match="at least 2 regions"):
        call(table.iloc[:1])
    with pytest.raises(InputError, match="at least 2 activities"):
        call(table[["code"]])


@pytest.mark.parametrize("call", MEASURES)
def test_schemes_of_russian_regions_are_not_mixed(call):
    ids = [*wb.load("russia-regions").index, "RU-KHM"]
    mixed = pd.DataFrame({"x": 1.0, "y": 2.0}, index=ids)
    with pytest.raises(IdError, match="one scheme"):
        call(mixed, interval="none")


def test_plants_and_totals_are_of_one_scheme():
    ids = [*wb.load("russia-regions").index, "RU-KHM"]
    mixed = pd.DataFrame({"region": ids, "activity": "x", "employment": 1.0})
    with pytest.raises(IdError, match="one scheme"):
        ellison_glaeser(mixed)


def test_words_are_checked(table):
    with pytest.raises(OptionError, match="delta-log"):
        location_quotients(table, interval="delta log")
    with pytest.raises(OptionError, match="krugman"):
        specialisation(table, measures=["krugmann"])
    with pytest.raises(InputError, match="each once"):
        specialisation(table, measures=["gini", "gini"])
    with pytest.raises(OptionError, match="whole"):
        concentration(table, reference="nation")
    with pytest.raises(InputError, match="draws"):
        specialisation(table, draws=5)
    with pytest.raises(InputError, match="level"):
        location_quotients(table, level=95)
    with pytest.raises(OptionError, match="esteban-marquillas"):
        shift_share(table, table, form="esteban")


def test_tables_of_two_times_are_of_the_same_regions_and_activities(table):
    with pytest.raises(IdError, match=r"end.*\n.*c"):
        shift_share(table, table.drop(index="c"))
    with pytest.raises(InputError, match="food") as told:
        shift_share(table, table.drop(columns="food"))
    assert "reindex" in told.value.remedy
    lacking = table.drop(columns="food").reindex(columns=table.columns, fill_value=0)
    assert shift_share(table, lacking).tidy("activity").loc["food", "change"] == -60


def test_growth_from_nothing_has_no_rate(table):
    before = table.copy()
    before.loc["a", "steel"] = 0
    for form in ("esteban-marquillas", "arcelus"):
        with pytest.raises(ValuesError, match="a / steel"):
            shift_share(before, table, form=form)
    assert shift_share(before, table).tidy("cell").loc[("a", "steel"), "regional"] == 10
    after = table.copy()
    after.loc["a", "steel"] = 0
    told = shift_share(before, after, form="esteban-marquillas")
    assert "stay at zero" in told.notes[0]


def test_spatial_shift_share_needs_neighbours(table):
    with pytest.raises(WeightsError, match="neighbours"):
        shift_share(table, table, form="spatial")
    island = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": []})
    with pytest.raises(WeightsError, match=r"islands\.\n  Where \(1\): c"):
        shift_share(table, table, form="spatial", W=island)
    ring = Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b"]})
    with pytest.raises(InputError, match="form="):
        shift_share(table, table, W=ring)
    alone = table.copy()
    alone.loc["b", "code"] = 0
    with pytest.raises(WeightsError, match="a / code, c / code"):
        shift_share(alone, table, form="spatial", W=ring)


def test_plants_have_a_place_an_activity_and_a_size(plants):
    for column, value, where in (
        ("employment", 0.0, "zero"), ("employment", np.nan, "missing"), ("region", None, "without")
    ):  # fmt: skip
        bad = plants.copy()
        bad.loc[3, column] = value
        with pytest.raises(ValuesError, match=where) as told:
            ellison_glaeser(bad)
        assert told.value.offenders == (3,)
    mixed = plants.astype({"activity": object})
    mixed.loc[3, "activity"] = 7
    with pytest.raises(IdError, match="text and numbers mixed"):
        ellison_glaeser(mixed)
    with pytest.raises(InputError, match="more than once"):
        ellison_glaeser(pd.concat([plants, plants[["region"]]], axis=1))
    with pytest.raises(ValuesError, match="numbers"):
        ellison_glaeser(plants.astype({"employment": str}))
    with pytest.raises(InputError, match="Herfindahl"):
        ellison_glaeser(plants.rename(columns={"employment": "staff"}))
    with pytest.raises(InputError, match="two regions"):
        ellison_glaeser(plants.assign(region="a"))


def test_totals_cover_the_plants(plants):
    with pytest.raises(IdError, match="c"):
        ellison_glaeser(plants, totals=pd.Series({"a": 100.0, "b": 100.0}))
    with pytest.raises(ValuesError, match="Where"):
        ellison_glaeser(plants, totals=pd.Series({"a": 100.0, "b": 100.0, "c": 1.0}))
    with pytest.raises(InputError, match="itself"):
        ellison_glaeser(plants[plants["activity"] == "x"])
    more = pd.Series({"a": 100.0, "b": 100.0, "c": 100.0, "d": 50.0})
    assert ellison_glaeser(plants, totals=more).regions == 4


def test_herfindahls_are_of_these_activities(table):
    given = pd.Series({"steel": 0.1, "code": 0.2, "food": 0.3})
    ellison_glaeser(table, given)
    with pytest.raises(InputError, match="food"):
        ellison_glaeser(table, given.drop("food"))
    with pytest.raises(ValuesError, match="code: 2000") as told:
        ellison_glaeser(table, given.replace(0.2, 2000.0))
    assert "10_000" in told.value.remedy
    with pytest.raises(InputError, match="Series"):
        ellison_glaeser(table, given.tolist())
    with pytest.raises(InputError, match="plants"):
        ellison_glaeser(table, given, inference="simulation")


def test_codes_and_categories_are_labels_too(plants):
    coded = plants.assign(activity=plants["activity"].map({"x": 10, "y": 20, "z": 15}))
    plain = ellison_glaeser(plants)
    assert ellison_glaeser(coded).gamma.to_dict() == pytest.approx(
        {10: plain.gamma["x"], 15: plain.gamma["z"], 20: plain.gamma["y"]}, nan_ok=True
    )
    ordered = pd.Categorical(plants["activity"], categories=["z", "y", "x"])
    found = ellison_glaeser(plants.assign(activity=ordered))
    pd.testing.assert_frame_equal(found.tidy(), plain.tidy(), check_index_type=False)


def test_a_single_plant_has_no_gamma(plants):
    found = ellison_glaeser(plants)
    assert np.isnan(found.gamma["z"])
    assert np.isnan(found.tidy().loc["z", "p_value"])
    assert "single plant" in " ".join(found.notes)


def test_groups_of_activities(table):
    with pytest.raises(OptionError, match="code"):
        coagglomeration(table, group=["steel", "cod"])
    with pytest.raises(InputError, match="two activities"):
        coagglomeration(table, group=["steel"])
    everything = coagglomeration(table)
    assert np.isnan(everything.gamma)
    assert "all there is" in everything.notes[-1]


def test_intervals_say_what_they_cannot_show(table):
    """An activity of one region has no delta-method error: a width of zero would be a lie."""
    alone = table.assign(ships=[0, 0, 7])
    found = location_quotients(alone)
    cell = found.tidy().loc[("c", "ships")]
    assert np.isnan(cell["std_error"])
    assert cell["conf_low"] < cell["quotient"] <= cell["conf_high"] * (1 + 1e-12)
    assert "single region" in found.notes[0]
    exact = location_quotients(alone, interval="exact").tidy().loc[("c", "ships")]
    assert cell["conf_low"] == exact["conf_low"]
    none = found.tidy().loc[("a", "ships")]
    assert none["conf_low"] == 0
    assert np.isnan(none["log_quotient"])
    assert none["class"] == "cannot tell"


def test_figures_that_are_no_counts_have_no_errors(table):
    found = location_quotients(table / 3, interval="none")
    assert np.isnan(found.std_errors).all()
    assert "std_error" not in found.tidy()


def test_a_reference_without_an_activity_is_said(table):
    found = specialisation(table.assign(ships=[0, 0, 7]), reference="rest", measures=["theil"])
    assert np.isinf(found.wide().loc["c", "theil"])
    assert "infinite" in found.notes[0]
    assert np.isnan(found.tidy().loc[("c", "theil"), "conf_low"])


def test_reference_of_ones_own(table):
    with pytest.raises(IdError, match="reference"):
        locational_gini(table, reference=pd.Series({"a": 1.0, "b": 2.0}))
    with pytest.raises(ValuesError, match="above zero"):
        locational_gini(table, reference=pd.Series({"a": 1.0, "b": 2.0, "c": 0.0}))


def test_unknown_names_are_answered_with_the_nearest(table):
    with pytest.raises(OptionError, match="steel"):
        locational_gini(table, interval="none").lorenz("stel")
    with pytest.raises(OptionError, match="region"):
        location_quotients(table).specialised("x")
    with pytest.raises(InputError, match="either"):
        location_quotients(table).forest()
    with pytest.raises(OptionError, match="hoover"):
        specialisation(table, draws=39).plot("hover")


@pytest.mark.parametrize("call", [specialisation, locational_gini])
def test_draws_that_hold_no_interval_of_the_level_are_refused(call, table):
    with pytest.raises(InputError, match="draws: expected at least 199 for intervals"):
        call(table, draws=99, level=0.99)
