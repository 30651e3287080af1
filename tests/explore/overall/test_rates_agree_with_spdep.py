"""Rates: empirical Bayes Moran's I and smoothed rates are R's, and counts are counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import IdError, ValuesError
from workbench.explore import differential_moran, moran, moran_rates, smoothed_rates

EVENTS, PEOPLE = "SID74", "BIR74"


@pytest.mark.parametrize("name", ["ncsids", "ncsids_islands"])
def test_moran_of_rates(overall, name):
    case = overall(name)
    found = moran_rates(EVENTS, PEOPLE, case.table, case.weights["B"], permutations=1999)
    section = "B/SID74,BIR74/EBI"
    assert found.statistic == pytest.approx(case.numbers[f"{section}/statistic"], rel=1e-10)
    # sd of 999 permutations: known to 2.2 %, of 1,999 to 1.6 %
    assert found.simulated.std() == pytest.approx(case.numbers[f"{section}/sd"], rel=0.08)
    # n counts all counties, so that the moments are exact also with islands
    assert found.simulated.var() == pytest.approx(found.variance, rel=0.12)
    assert abs(found.simulated.mean() - found.expected) < 3.5 * np.sqrt(found.variance / 1999)


def test_smoothed_rates(overall):
    case = overall("ncsids")
    found = smoothed_rates(EVENTS, PEOPLE, case.table, case.weights["B"])
    table = found.tidy()
    for column, theirs in (("rate", "raw"), ("smoothed", "EBest"), ("smoothed_local", "EBlocal")):
        expected = [case.numbers[f"SID74,BIR74/{theirs}/{i}"] for i in table.index]
        # 1e-18: rates of zero and differences of 1e-3
        np.testing.assert_allclose(table[column], expected, rtol=1e-10, atol=1e-18)
    glance = found.glance().iloc[0]
    assert glance["rate"] == pytest.approx(case.numbers["SID74,BIR74/EBest/b"], rel=1e-12)
    assert glance["rate_variance"] == pytest.approx(case.numbers["SID74,BIR74/EBest/a"], rel=1e-10)
    alone = smoothed_rates(EVENTS, PEOPLE, case.table)
    pd.testing.assert_frame_equal(alone.tidy(), table.drop(columns="smoothed_local"))
    assert alone.glance().loc[0, "weights"] == ""


def test_weights_decide_who_is_a_neighbour_and_nothing_else(overall):
    case = overall("ncsids_islands")
    one = smoothed_rates(EVENTS, PEOPLE, case.table, case.weights["B"]).tidy()
    other = smoothed_rates(EVENTS, PEOPLE, case.table, case.weights["W"])
    pd.testing.assert_frame_equal(one, other.tidy(), check_exact=True)
    isolated = list(case.graphs["B"].isolates)
    local = one.loc[isolated, "smoothed_local"]
    np.testing.assert_allclose(local, one.loc[isolated, "rate"], rtol=1e-12)
    assert any("keep their own rate" in note for note in other.notes)


def test_units_of_population_do_not_matter(overall):
    case = overall("ncsids")
    thousands = case.table.assign(BIR74=case.table["BIR74"] / 1000)
    one = moran_rates(EVENTS, PEOPLE, case.table, case.weights["B"], permutations=99)
    other = moran_rates(EVENTS, PEOPLE, thousands, case.weights["B"], permutations=99)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-12)
    assert other.p_permutation == one.p_permutation


def test_equal_populations_reduce_to_moran_of_rates(overall):
    case = overall("ncsids")
    table = case.table.assign(BIR74=1000)
    rates = moran_rates(EVENTS, PEOPLE, table, case.weights["B"], permutations=99)
    plain = moran(EVENTS, table, case.weights["B"], permutations=99)
    assert rates.statistic == pytest.approx(plain.statistic, rel=1e-12)
    assert rates.variance == pytest.approx(plain.variance, rel=1e-11)
    assert rates.p_permutation == plain.p_permutation


def test_differential_moran_is_moran_of_the_change(overall):
    case = overall("ncsids_islands")
    table = case.table.assign(change=case.table["rate79"] - case.table["rate74"])
    found = differential_moran("rate79", "rate74", case.table, case.weights["W"])
    plain = moran("change", table, case.weights["W"])
    np.testing.assert_array_equal(found.simulated, plain.simulated)
    assert found.statistic == plain.statistic
    assert found.p_permutation == plain.p_permutation
    pd.testing.assert_frame_equal(found.augment(), plain.augment(), check_exact=True)
    assert found.variable == "rate79 - rate74"
    # a fixed effect falls out: a constant of each region added at both times changes nothing
    fixed = pd.Series(np.arange(100.0), index=table.index)
    moved = table.assign(rate79=table["rate79"] + fixed, rate74=table["rate74"] + fixed)
    again = differential_moran("rate79", "rate74", moved, case.weights["W"], permutations=0)
    assert again.statistic == pytest.approx(found.statistic, rel=1e-9)
    with pytest.raises(ValuesError, match="rate79 - rate79: expected values that vary"):
        differential_moran("rate79", "rate79", table, case.weights["W"])


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (EVENTS, -1.0, "SID74: expected numbers of events: whole and not negative"),
        (EVENTS, 2.5, "SID74: expected numbers of events"),
        (EVENTS, np.nan, "missing values"),
        (PEOPLE, 0.0, "BIR74: expected a positive population"),
        (PEOPLE, -5.0, "BIR74: expected a positive population"),
        (PEOPLE, np.inf, "finite"),
    ],
)
def test_what_are_no_counts_is_refused_by_region(overall, column, value, text):
    case = overall("ncsids")
    table = case.table.astype(float)
    table.loc["1832", column] = value
    for call in (
        lambda: moran_rates(EVENTS, PEOPLE, table, case.weights["B"]),
        lambda: smoothed_rates(EVENTS, PEOPLE, table),
        lambda: smoothed_rates(EVENTS, PEOPLE, table, case.weights["B"]),
    ):
        with pytest.raises(ValuesError, match=text) as caught:
            call()
        assert [str(i) for i in caught.value.offenders] == ["1832"]


def test_no_events_and_equal_rates_are_refused(overall):
    case = overall("ncsids")
    none = case.table.assign(SID74=0)
    with pytest.raises(ValuesError, match="at least one event"):
        moran_rates(EVENTS, PEOPLE, none, case.weights["B"])
    with pytest.raises(ValuesError, match="at least one event"):
        smoothed_rates(EVENTS, PEOPLE, none)
    equal = case.table.assign(SID74=case.table["BIR74"])
    with pytest.raises(ValuesError, match="SID74 / BIR74: expected values that vary"):
        moran_rates(EVENTS, PEOPLE, equal, case.weights["B"])


def test_more_events_than_population_is_noted(overall):
    case = overall("ncsids")
    table = case.table.assign(BIR74=case.table["BIR74"].where(case.table.index != "1832", 4))
    for found in (
        moran_rates(EVENTS, PEOPLE, table, case.weights["B"], permutations=0),
        smoothed_rates(EVENTS, PEOPLE, table),
    ):
        assert any("1 regions have more events than population (1832)" in n for n in found.notes)
        assert found.notes == found.provenance.notes


def test_series_of_other_regions_are_refused_without_weights(overall):
    table = overall("ncsids").table
    with pytest.raises(IdError, match="1 regions that only one of them has"):
        smoothed_rates(table[EVENTS].iloc[1:], table[PEOPLE], None)
