"""A variable is what the caller wrote, and a number that cannot be is refused by name and place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from workbench.errors import FormulaError, IdError, InputError, ValuesError
from workbench.explore.variable import island_notes, quadrants, read_variable

IDS = ["RU-ALT", "RU-ING", "RU-KEM", "RU-NVS", "RU-TOM"]


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patents": [40.0, 3.0, 120.0, 300.0, 410.0],
            "population": [2400.0, 480.0, 2700.0, 2750.0, 1070.0],
            "district": ["S", "N", "S", "S", "S"],
            "патенты": [1.0, 2.0, 3.0, 4.0, 5.0],
            "share, %": [1.0, 2.0, 3.0, 4.0, 6.0],
        },
        index=IDS,
    )


@pytest.fixture
def W() -> Graph:
    ring = {IDS[i]: [IDS[i - 1], IDS[(i + 1) % 5]] for i in range(5)}
    return Graph.from_dicts(ring)


def read(variable, table, W, align="strict"):
    return read_variable(variable, table, W, align=align)


def test_expressions_are_arithmetic_of_columns(table, W):
    shuffled = table.iloc[[3, 1, 4, 0, 2]]
    found = read("log(patents / population)", shuffled, W)
    np.testing.assert_array_equal(found.values, np.log(table["patents"] / table["population"]))
    assert found.name == "log(patents / population)"
    assert list(found.weights.ids) == IDS
    # in a bare formula these operators would combine terms
    found = read("patents / population + 1", table, W)
    np.testing.assert_array_equal(found.values, table["patents"] / table["population"] + 1)


def test_columns_of_any_name_can_be_meant(table, W):
    np.testing.assert_array_equal(read("share, %", table, W).values, table["share, %"])
    np.testing.assert_array_equal(read("log(патенты)", table, W).values, np.log([1, 2, 3, 4, 5]))


def test_series_are_matched_by_id(table, W):
    series = table["patents"].iloc[::-1]
    found = read(series, None, W)
    np.testing.assert_array_equal(found.values, table["patents"])
    assert found.name == "patents"
    assert found.geometry is None
    with pytest.raises(IdError, match="RU-TOM"):
        read(series.iloc[1:], table, W)


def test_values_are_read_only_and_the_table_is_left_alone(table, W):
    before = table.copy()
    found = read("log(patents)", table, W)
    with pytest.raises(ValueError, match="read-only"):
        found.values[0] = 0
    pd.testing.assert_frame_equal(table, before)


def test_unknown_columns_get_the_nearest_name(table, W):
    with pytest.raises(FormulaError) as caught:
        read("log(patnts / population)", table, W)
    message = str(caught.value)
    assert "'patnts' in 'log(patnts / population)'" in message
    assert "did you mean 'patents'?" in message
    assert "I(" not in message


def test_unreadable_expressions_are_quoted(table, W):
    with pytest.raises(FormulaError, match=r"variable: expected an expression like") as caught:
        read("log(patents", table, W)
    assert "log(patents" in caught.value.found


@pytest.mark.parametrize(
    ("value", "variable", "text"),
    [
        (np.nan, "patents", "missing values: patents at RU-ING"),
        (np.nan, "log(patents)", "missing values: patents at RU-ING"),
        (np.inf, "patents", "1 infinite or undefined"),
        (0.0, "log(patents)", "the logarithm of zero or less"),
        (0.0, "population / patents", "a division by zero"),
    ],
)
def test_values_that_are_no_numbers_are_refused_with_their_region(table, W, value, variable, text):
    table.loc["RU-ING", "patents"] = value
    with pytest.raises(ValuesError) as caught:
        read(variable, table, W)
    assert text in str(caught.value)
    assert caught.value.offenders == ("RU-ING",)


def test_constants_and_text_are_refused(table, W):
    with pytest.raises(ValuesError, match="same: expected values that vary between regions"):
        read("same", table.assign(same=3.0), W)
    with pytest.raises(ValuesError, match="district: expected numbers"):
        read("district", table, W)
    with pytest.raises((FormulaError, ValuesError)):
        read("C(district)", table, W)


def test_other_things_than_variables_and_tables_are_refused(table, W):
    with pytest.raises(InputError, match="variable: expected a column, an expression"):
        read(3, table, W)
    with pytest.raises(InputError, match="table: expected a DataFrame"):
        read("patents", table.to_numpy(), W)
    with pytest.raises(InputError, match="2 columns named 'patents'"):
        read("patents", pd.concat([table, table[["patents"]]], axis=1), W)


def test_one_cross_section_of_a_panel_is_asked_for(table, W):
    panel = pd.concat({2013: table, 2014: table}, names=["year", "region"]).swaplevel()
    with pytest.raises(IdError, match="xs"):
        read("patents", panel, W)


def test_regions_left_out_are_named(table, W):
    found = read("patents", table.drop("RU-TOM"), W, align="intersection")
    assert list(found.weights.ids) == IDS[:-1]
    assert "RU-TOM" in found.notes[0]


def test_quadrants_and_islands():
    names = quadrants(np.array([1.0, -1, 1, -1, 0, 1]), np.array([1.0, -1, -1, 1, 0, np.nan]))
    assert names == ["High-High", "Low-Low", "High-Low", "Low-High", "Low-Low", "isolated"]
    from workbench.weights import as_weights

    pair = as_weights(Graph.from_dicts({"a": ["b"], "b": ["a"]}))
    assert island_notes(pair) == ()
