"""Lags by period, quantities a head, and rings: columns that go into a formula."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import (
    IdError,
    InputError,
    OptionError,
    PanelError,
    ValuesError,
    WeightsError,
)
from workbench.innovation.knowledge import lagged, per_capita, ring_spillovers


@pytest.fixture(scope="module")
def munnell():
    return wb.load("munnell-1990")


def test_lags_are_those_of_a_merge_by_period(munnell):
    """A gap in time stays a gap: checked against a merge on year + k."""
    holes = munnell.drop(index=[("US-AL", 1975), ("US-TX", 1980)]).sample(frac=1, random_state=0)
    made = lagged(holes, ["pc", "log(emp)"], periods=[1, 3])
    flat = holes.reset_index()
    entity, time = holes.index.names
    for k in (1, 3):
        earlier = flat[[entity, time, "pc", "emp"]].assign(**{time: flat[time] + k})
        merged = flat.merge(earlier, on=[entity, time], how="left", suffixes=("", "_"))
        merged = merged.set_index([entity, time]).sort_index()
        np.testing.assert_array_equal(made.table[f"pc_lag{k}"], merged["pc_"])
        np.testing.assert_allclose(made.table[f"log_emp_lag{k}"], np.log(merged["emp_"]))
    assert any("US-AL 1976" in note for note in made.notes)
    assert len(made.complete) == made.table["pc_lag3"].notna().sum() - 2


def test_lags_go_into_a_formula(munnell):
    made = lagged(munnell, "log(pc)")
    fit = wb.fit("log(gsp) ~ log_pc_lag1", made.complete, effects="entity")
    shifted = munnell.sort_index()["pc"].groupby(level=0).shift()
    check = wb.fit("log(gsp) ~ log(x)", munnell.assign(x=shifted).dropna(), effects="entity")
    assert fit.params.iloc[0] == pytest.approx(check.params.iloc[0], rel=1e-10)


def test_leads_dates_and_every_fifth_year():
    index = pd.MultiIndex.from_product([["a"], [2000, 2005, 2010]])
    fifth = pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index=index)
    lead = lagged(fifth, "x", periods=-5).table["x_lead5"]
    np.testing.assert_array_equal(lead, [2.0, 3.0, np.nan])
    with pytest.raises(PanelError, match="periods=5"):
        lagged(fifth, "x", periods=1)
    for text, unit in (
        (["2000-01-01", "2001-01-01", "2003-01-01"], "year"),
        (["2000-03-31", "2000-06-30", "2000-12-31"], "quarter"),
        (["2000-01-31", "2000-02-29", "2000-04-30"], "month"),
        (["2000-01-01", "2000-01-02", "2000-01-05"], "day"),
    ):
        dates = fifth.set_axis(pd.MultiIndex.from_product([["a"], pd.to_datetime(text)]))
        made = lagged(dates, "x")
        np.testing.assert_array_equal(made.table["x_lag1"], [np.nan, 1.0, np.nan])
        assert made.tidy()["meaning"].item() == f"x 1 {unit} before"


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"periods": 0}, InputError, "other than 0"),
        ({"periods": 1.5}, InputError, "whole number"),
        ({"periods": [1, 1]}, InputError, "once"),
        ({"periods": "1"}, InputError, "whole number"),
        ({"columns": []}, InputError, "columns"),
        ({"columns": ["pc", "pc"]}, InputError, "once"),
    ],
)
def test_unusable_lags_are_refused(munnell, change, error, text):
    with pytest.raises(error, match=text):
        lagged(munnell, **{"columns": "pc", **change})


def test_a_column_of_the_name_is_not_overwritten(munnell):
    with pytest.raises(InputError, match="pc_lag1"):
        lagged(munnell.assign(pc_lag1=0.0), "pc")


def test_per_capita_of_tables_panels_and_series(munnell):
    table = munnell.xs(1986, level="year").assign(people=np.arange(1.0, 49.0))
    made = per_capita(table, ["gsp", "log(pc)"], "people", per=100)
    np.testing.assert_allclose(
        made.table["gsp_per_100"], (table["gsp"] / table["people"] * 100).sort_index()
    )
    assert made.tidy().loc["gsp_per_100", "meaning"] == "gsp per 100 of people"
    by_region = table["people"].sample(frac=1, random_state=1)
    panel = per_capita(munnell, "gsp", by_region)
    expected = munnell["gsp"].div(table["people"], level=0).sort_index() * 1000
    np.testing.assert_allclose(panel.table["gsp_per_1000"], expected)


def test_zero_and_missing_population_are_named(munnell):
    table = munnell.xs(1986, level="year").assign(people=1.0)
    for value in (0.0, -1.0, np.nan):
        broken = table.copy()
        broken.loc["US-TX", "people"] = value
        with pytest.raises(ValuesError, match="US-TX"):
            per_capita(broken, "gsp", "people")
    with pytest.raises(IdError, match="US-NY"):
        per_capita(table, "gsp", table["people"].drop("US-NY"))
    with pytest.raises(InputError, match="per"):
        per_capita(table, "gsp", "people", per=0)


@pytest.fixture(scope="module")
def line():
    return gpd.GeoSeries(
        gpd.points_from_xy([0, 1000, 3000, 9000], [0] * 4), index=list("abcd"), crs=3857
    )


def test_rings_by_hand(line):
    rings = wb.weights.rings(line, [0, 2, 4])
    table = pd.DataFrame({"rd": [1.0, 2.0, 4.0, 8.0]}, index=list("abcd"))
    sums = ring_spillovers(table[::-1], "rd", rings, rule="sum")
    assert sums.table["rd_0_2_km"].tolist() == [2.0, 5.0, 2.0, 0.0]
    assert sums.table["rd_2_4_km"].tolist() == [4.0, 0.0, 1.0, 0.0]
    means = ring_spillovers(table, "rd", rings)
    np.testing.assert_array_equal(means.table["rd_0_2_km"], [2.0, 2.5, 2.0, np.nan])
    assert any("0-2 km of 1: d" in note and "missing" in note for note in means.notes)
    assert any("are 0" in note for note in sums.notes)
    with pytest.raises(WeightsError, match="d"):
        ring_spillovers(table, "rd", rings, empty="error")
    assert list(ring_spillovers(table, "rd", rings, empty="zero").table["rd_0_2_km"])[3] == 0.0


def test_rings_of_a_panel_take_each_period_with_the_regions_it_has(line):
    rings = wb.weights.rings(line, [0, 2, 4])
    index = pd.MultiIndex.from_product([list("abcd"), [1, 2]], names=["region", "year"])
    panel = pd.DataFrame({"rd": np.arange(8.0)}, index=index).drop(index=("b", 2))
    made = ring_spillovers(panel, "rd", rings, rule="sum").table["rd_0_2_km"]
    # b has rows 2 (period 1) only: a and c see it then; in period 2 they see nobody
    assert made.loc["a"].tolist() == [2.0, 0.0]
    assert made.loc["b"].tolist() == [0.0 + 4.0]
    notes = ring_spillovers(panel, "rd", rings, rule="sum").notes
    assert any("a 2" in note for note in notes)
    mean = ring_spillovers(panel, "rd", rings).table["rd_0_2_km"]
    assert mean.loc[("b", 1)] == 2.0


def test_means_over_rings_are_spatial_lags(munnell):
    states = wb.load("us-states")
    rings = wb.weights.rings(states, [0, 600])
    y = munnell.xs(1986, level="year")
    made = ring_spillovers(y, "log(pc)", rings, empty="zero")
    W = rings["0-600 km"]
    np.testing.assert_allclose(
        made.table["log_pc_0_600_km"], W.lag(np.log(y["pc"]).loc[W.ids]), rtol=1e-12
    )
    if not W.islands:
        fit = wb.fit("log(gsp) ~ log(pc) + log_pc_0_600_km", made.table)
        check = wb.fit("log(gsp) ~ log(pc)", y, W, model="slx")
        np.testing.assert_allclose(fit.params, check.params, rtol=1e-9)


def test_unusable_rings_are_refused(line):
    rings = wb.weights.rings(line, [0, 2, 4])
    table = pd.DataFrame({"rd": [1.0, 2.0, 4.0, 8.0]}, index=list("abcd"))
    with pytest.raises(InputError, match="mapping"):
        ring_spillovers(table, "rd", next(iter(rings.values())))
    with pytest.raises(OptionError, match="rule"):
        ring_spillovers(table, "rd", rings, rule="median")
    with pytest.raises(IdError, match="d"):
        ring_spillovers(table.drop(index="d"), "rd", rings)
    with pytest.raises(ValuesError, match="c"):
        ring_spillovers(table.mask(table > 3, np.nan), "rd", rings)
    with pytest.raises(InputError, match="twice"):
        ring_spillovers(table, "rd", {"0-2": rings["0-2 km"], "0 2": rings["0-2 km"]})


def test_results_show_themselves(munnell):
    made = lagged(munnell, "pc")
    for table in (made.tidy(), made.glance()):
        assert set(table.columns) <= set(GLOSSARY)
    assert made.heading in str(made)
    assert "<table" in made._repr_html_()
    before = munnell.copy()
    handed = made.augment()
    handed["pc"] = 0
    pd.testing.assert_frame_equal(munnell, before)
    mixed = lagged(munnell.sample(frac=1, random_state=5), "pc")
    pd.testing.assert_frame_equal(mixed.table, made.table, check_exact=True)
