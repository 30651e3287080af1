"""No measure is computed from a table that cannot bear it: the region and activity are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import IdError, InputError, ValuesError
from workbench.innovation.reading import same_regions, series, two_way


@pytest.fixture
def table():
    return pd.DataFrame(
        {"software": [3.0, 1.0, 4.0], "design": [1.0, 5.0, 9.0]}, index=["c", "a", "b"]
    )


def test_rows_and_columns_come_in_sorted_order_and_the_table_stays(table):
    before = table.copy()
    read = two_way(table)
    assert read.frame.equals(table.sort_index().sort_index(axis=1))
    assert two_way(table.iloc[::-1, ::-1]).frame.equals(read.frame)
    pd.testing.assert_frame_equal(table, before)
    with pytest.raises(ValueError, match="read-only"):
        read.values[0, 0] = 1.0


@pytest.mark.parametrize(
    ("value", "words"),
    [(np.nan, "missing"), (np.inf, "infinite"), (-1.0, "negative")],
)
def test_a_cell_that_is_no_figure_is_named(table, value, words):
    table.loc["a", "design"] = value
    with pytest.raises(ValuesError, match=words) as raised:
        two_way(table, argument="employees")
    assert raised.value.argument == "employees"
    assert raised.value.offenders == ("a / design",)


def test_empty_regions_and_activities_are_named_with_what_drops_them(table):
    table.loc["b"] = 0.0
    with pytest.raises(ValuesError, match="total of zero") as raised:
        two_way(table)
    assert raised.value.offenders == ("b",)
    two_way(table[table.sum(axis=1) > 0])
    assert two_way(table, zero_totals="allow").values.sum() == 10.0


def test_counts_are_whole(table):
    table.loc["a", "design"] = 2.5
    assert two_way(table).values.sum() == 20.5
    with pytest.raises(ValuesError, match="whole"):
        two_way(table, counts=True)


def test_text_repeated_columns_geometry_and_other_kinds_are_refused(table):
    with pytest.raises(ValuesError, match="name"):
        two_way(table.assign(name=["x", "y", "z"]))
    with pytest.raises(InputError, match="more than once"):
        two_way(pd.concat([table, table], axis=1))
    with pytest.raises(InputError, match="geometry"):
        two_way(wb.load("russia-regions")[["geometry"]].assign(a=1, b=2))
    with pytest.raises(InputError, match="DataFrame"):
        two_way(table["design"])
    with pytest.raises(InputError, match="at least 2 activities"):
        two_way(table[["design"]])


def test_activities_may_be_codes(table):
    coded = table.set_axis([26, 27], axis=1)
    assert two_way(coded).activities.tolist() == [26, 27]
    with pytest.raises(ValuesError, match="stored as"):
        two_way(coded.astype(str))


def test_mixed_schemes_are_refused_before_any_number():
    ids = [*wb.load("russia-regions").index, "RU-KHM"]
    with pytest.raises(IdError, match="one scheme"):
        two_way(pd.DataFrame({"a": 1.0, "b": 2.0}, index=ids))


def test_a_series_is_sorted_and_held_against_the_regions_that_there_must_be():
    staff = pd.Series({"b": 2, "a": 1})
    assert series(staff, argument="staff", ids=pd.Index(["a", "b"])).tolist() == [1.0, 2.0]
    with pytest.raises(IdError, match="1 of them missing"):
        series(staff, argument="staff", ids=pd.Index(["a", "b", "c"]))
    with pytest.raises(ValuesError, match="above zero") as raised:
        series(pd.Series({"a": 0, "b": 1}), argument="staff", positive=True)
    assert raised.value.offenders == ("a",)
    with pytest.raises(ValuesError, match="missing"):
        series(pd.Series({"a": np.nan, "b": 1}), argument="staff")
    with pytest.raises(ValuesError, match="numbers"):
        series(pd.Series({"a": True, "b": False}), argument="staff")
    with pytest.raises(InputError, match="Series"):
        series([1.0, 2.0], argument="staff")


def test_two_tables_in_different_schemes_are_told_so():
    ids = {n: wb.load("russia-regions", part=f"regions{n}").index for n in ("80", "83")}
    with pytest.raises(IdError, match="80 units, the other in that of 83") as raised:
        same_regions(ids["83"], ids["80"], argument="population")
    assert "merge_regions" in raised.value.remedy
