"""Schemes of Russian regions are told apart, mixed ones refused, and okrugs join their oblasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.data.merging import merge_regions
from workbench.data.schemes import parents, refuse_mixed, scheme_of
from workbench.errors import IdError, InputError, ValuesError

OKRUGS = {"RU-NEN": "RU-ARK", "RU-KHM": "RU-TYU", "RU-YAN": "RU-TYU"}


@pytest.fixture(scope="module")
def ids():
    """Ids as the bundled polygons have them."""
    return {n: wb.load("russia-regions", part=f"regions{n}").index for n in ("80", "83")}


def test_the_bundled_polygons_are_in_the_schemes_they_are_named_after(ids):
    assert scheme_of(ids["80"]) == "80"
    assert scheme_of(ids["83"]) == "83"
    assert scheme_of([*ids["80"], "RU-CR", "RU-SEV"]) == "82"
    assert scheme_of([*ids["83"], "RU-CR", "RU-SEV"]) == "85"


def test_okrugs_belong_to_the_oblasts_that_the_constitution_names():
    assert {region: own for region, own in parents().items() if region != own} == OKRUGS


def test_ids_that_are_not_russian_or_cannot_tell_have_no_scheme():
    assert scheme_of(["US-CA", "US-NY"]) is None
    assert scheme_of([1, 2, 3]) is None
    assert scheme_of(["RU-TOM", "RU-KEM"]) is None


@pytest.mark.parametrize("lone", ["RU-NEN", "RU-KHM", "RU-YAN"])
def test_one_okrug_beside_the_eighty_is_mixed_and_named(ids, lone):
    with pytest.raises(IdError, match=lone) as raised:
        refuse_mixed([*ids["80"], lone], argument="counts")
    assert raised.value.argument == "counts"
    assert lone in raised.value.offenders


def test_a_code_that_is_like_none_gets_no_name(ids):
    with pytest.raises(IdError, match="lists them") as raised:
        refuse_mixed(["RU-XXX", *ids["80"]])
    assert "did you mean" not in str(raised.value)


def test_an_unknown_code_among_russian_ones_is_named_with_the_nearest(ids):
    with pytest.raises(IdError, match="RU-TMO") as raised:
        refuse_mixed(["RU-TMO", *ids["80"]])
    assert "RU-" in raised.value.remedy


def test_a_panel_that_changes_scheme_is_refused_with_its_periods(ids):
    index = pd.MultiIndex.from_tuples(
        [(r, 2010) for r in ids["80"]] + [(r, 2015) for r in ids["83"]], names=["region", "year"]
    )
    with pytest.raises(IdError, match=r"80 units in 2010, 83 units in 2015"):
        refuse_mixed(index)


def test_a_panel_that_crimea_joins_is_one_scheme(ids):
    later = [*ids["80"], "RU-CR", "RU-SEV"]
    index = pd.MultiIndex.from_tuples([(r, 2010) for r in ids["80"]] + [(r, 2015) for r in later])
    refuse_mixed(index)


def test_totals_survive_the_merge_and_rates_are_weighted(ids):
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {"people": rng.integers(10, 99, 83), "rate": rng.uniform(1, 9, 83)}, index=ids["83"]
    )
    merged = merge_regions(table, "80", how={"people": "sum", "rate": ("mean", "people")})
    assert sorted(merged.index) == sorted(ids["80"])
    assert merged["people"].sum() == table["people"].sum()
    held = table.loc[["RU-TYU", "RU-KHM", "RU-YAN"]]
    expected = np.average(held["rate"], weights=held["people"])
    assert merged.loc["RU-TYU", "rate"] == pytest.approx(expected, rel=1e-15)
    assert merged.loc["RU-TOM"].tolist() == table.loc["RU-TOM"].tolist()


def test_the_merge_of_a_panel_is_that_of_each_period(ids):
    rng = np.random.default_rng(2)
    index = pd.MultiIndex.from_product([ids["83"], [2014, 2015]], names=["region", "year"])
    panel = pd.DataFrame({"staff": rng.uniform(1, 9, len(index))}, index=index)
    merged = merge_regions(panel.sample(frac=1, random_state=3), "80", how="sum")
    for year in (2014, 2015):
        alone = merge_regions(panel.xs(year, level="year"), "80", how="sum")
        pd.testing.assert_frame_equal(merged.xs(year, level="year"), alone)


def test_a_missing_part_makes_the_whole_missing():
    people = pd.Series({"RU-ARK": 1.0, "RU-NEN": np.nan})
    assert merge_regions(people, "80", how="sum").isna().all()


def test_a_part_without_a_row_is_refused():
    with pytest.raises(IdError, match="RU-TYU"):
        merge_regions(pd.Series({"RU-KHM": 1.0, "RU-YAN": 2.0}), "80", how="sum")


def test_names_stay_the_oblasts_own():
    names = pd.Series({"RU-ARK": "Arkhangelsk", "RU-NEN": "Nenets"}, name="name")
    merged = merge_regions(names, "80", how="first")
    assert merged.to_dict() == {"RU-ARK": "Arkhangelsk"}
    assert merged.name == "name"
    with pytest.raises(ValuesError, match="first"):
        merge_regions(names, "80", how="sum")


def test_eighty_units_cannot_become_eighty_three(ids):
    with pytest.raises(IdError, match="cannot be told"):
        merge_regions(pd.Series(1.0, index=ids["80"]), "83", how="sum")


@pytest.mark.parametrize(
    ("how", "words"),
    [({"other": "sum"}, "people, other"), ("mean", "population"), (("mean", "absent"), "weights")],
)
def test_a_rule_that_does_not_fit_is_refused(how, words):
    table = pd.DataFrame({"people": [1.0, 2.0]}, index=["RU-ARK", "RU-NEN"])
    with pytest.raises(InputError, match=words):
        merge_regions(table, "80", how=how)


def test_wide_tables_with_a_column_a_year_are_merged():
    wide = pd.DataFrame({2000: [1.0, 2.0], 2001: [3.0, 4.0]}, index=["RU-ARK", "RU-NEN"])
    for how in ("sum", {2000: "sum", 2001: "sum"}):
        merged = merge_regions(wide, "80", how=how)
        assert merged.loc["RU-ARK"].to_dict() == {2000: 3.0, 2001: 7.0}


def test_a_row_that_occurs_twice_is_not_added_up():
    index = pd.MultiIndex.from_product([["RU-ARK", "RU-NEN"], [2000, 2001]])
    twice = pd.Series(1.0, index=index.append(index[:1]))
    with pytest.raises(IdError, match="RU-ARK 2000"):
        merge_regions(twice, "80", how="sum")


def test_weights_of_a_mean_are_numbers_of_at_least_0_and_some():
    table = pd.DataFrame({"rate": [1.0, 2.0, 3.0]}, index=["RU-ARK", "RU-NEN", "RU-TOM"])
    for weights, told in (
        ([4.0, -4.0, 1.0], "negative"),
        (["a", "b", "c"], "numbers|weights of at least 0"),
        ([0.0, 0.0, 1.0], "some weight"),
    ):
        frame = table.assign(people=weights)
        rules = {"rate": ("mean", "people"), "people": "first"}
        with pytest.raises(ValuesError, match=told):
            merge_regions(frame, "80", how=rules)
