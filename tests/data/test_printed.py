"""Printed figures beside a dataset: rounding is told from revision, and revision from absence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import FormulaError, IdError, InputError, ValuesError

BILLIONS = {"grp": "grp / 1000", "investment": "investment / 1000"}


@pytest.fixture(scope="module")
def printed():
    return wb.load("kemerovo-published")


@pytest.fixture(scope="module")
def panel():
    return wb.load("russia-innovation")


def test_the_published_table_beside_the_panel(printed, panel):
    cells = wb.data.compare_printed(printed, panel, columns=BILLIONS, decimals=1).tidy()
    kem = cells.xs("RU-KEM")
    # gross regional product of 843,345.4 mln and investment of 170,470.0 mln, unemployment of 7.7
    for name in ("grp", "investment", "unemployment"):
        assert kem.loc[(2015, name), "verdict"] == "same digits"
    assert kem.loc[(2015, "population"), "verdict"] == "revised"
    assert kem.loc[(2015, "population"), "last_digits"] == pytest.approx(10 * (2721.3 - 2711.9))
    assert kem.loc[(2020, "grp"), "reason"] == "the dataset has no figure here"
    assert kem.loc[(2020, "employed"), "reason"] == "the dataset has no such column"
    assert kem.loc[(2022, "grp"), "reason"] == "the dataset has no year 2022"
    assert len(cells) == 15


def test_units_of_the_catalogue_are_compared(printed, panel):
    cells = wb.data.compare_printed(printed, panel).tidy()
    assert cells.loc[("RU-KEM", 2015, "grp"), "reason"] == "unit: bn RUB, ours mln RUB"
    assert cells.loc[("RU-KEM", 2015, "population"), "reason"] == ""


def test_a_definition_stays_not_comparable_and_shows_the_difference(printed, panel):
    told = {"population": "end of the year"}
    cells = wb.data.compare_printed(printed, panel, definitions=told).tidy()
    row = cells.loc[("RU-KEM", 2015, "population")]
    assert (row["verdict"], row["reason"]) == ("not comparable", "definition: end of the year")
    assert np.isfinite(row["last_digits"])


@pytest.mark.parametrize(
    ("ours", "decimals", "verdict"),
    [
        (1.25, 1, "same digits"),  # half-way, whichever way it was rounded
        (1.15, 1, "same digits"),
        (1.2501, 1, "revised"),
        (1.1499, 1, "revised"),
        (1.21, 2, "revised"),
        (1.6, 0, "same digits"),
    ],
)
def test_the_last_printed_digit_decides(ours, decimals, verdict):
    value = 1.2 if decimals else 2.0
    printed = pd.DataFrame({"x": [value]}, index=["a"])
    dataset = pd.DataFrame({"x": [ours]}, index=["a"])
    found = wb.data.compare_printed(printed, dataset, decimals=decimals).tidy()
    assert found["verdict"].tolist() == [verdict]


def test_decimals_are_those_that_some_cell_needs():
    printed = pd.DataFrame({"x": [1.0, 2.25], "y": [3.0, 4.0]}, index=["a", "b"])
    found = wb.data.compare_printed(printed, printed + 0.1).tidy()
    assert found["last_digits"].round(6).tolist() == [10.0, 0.1, 10.0, 0.1]
    assert found["verdict"].tolist() == ["revised", "same digits"] * 2


def test_blanks_of_the_print_are_passed_over_and_counts_add_up():
    printed = pd.DataFrame({"x": [1.0, np.nan]}, index=["a", "b"])
    found = wb.data.compare_printed(printed, pd.DataFrame({"x": [1.0]}, index=["a"]))
    assert len(found.tidy()) == 1
    row = found.glance().iloc[0]
    assert (row["same"], row["revised"], row["incomparable"]) == (1, 0, 0)
    assert "1 with the same digits" in str(found)


def test_order_of_the_dataset_does_not_matter(printed, panel):
    one = wb.data.compare_printed(printed, panel, columns=BILLIONS).tidy()
    mixed = panel.sample(frac=1, random_state=0)
    two = wb.data.compare_printed(printed, mixed, columns=BILLIONS).tidy()
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_refusals(printed, panel):
    compare = wb.data.compare_printed
    with pytest.raises(IdError, match="levels"):
        compare(printed.xs(2015, level="year"), panel)
    with pytest.raises(FormulaError, match="did you mean 'grp'"):
        compare(printed, panel, columns={"grp": "grpp / 1000"})
    with pytest.raises(InputError, match="did you mean 'grp'"):
        compare(printed, panel, columns={"grpp": "grp"})
    with pytest.raises(ValuesError, match="decimals=1"):
        compare(printed, panel, decimals=0)
    with pytest.raises(InputError, match="a whole number"):
        compare(printed, panel, decimals=1.0)
    with pytest.raises(InputError, match="tolerance"):
        compare(printed, panel, tolerance=0)
    with pytest.raises(IdError, match="RU-KEM"):
        compare(pd.concat([printed, printed]), panel)
    with pytest.raises(ValuesError, match="843,3"):
        compare(printed.astype(object).replace(843.3, "843,3"), panel)
    with pytest.raises(ValuesError, match="blanks only"):
        compare(printed * np.nan, panel)


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ([("RU-KEM", "2015")], "text, e.g. 2015"),
        ([("Кемеровская область", 2015)], "text, e.g. Кемеровская область"),
        ([(2015, "RU-KEM")], "other than text, e.g. 2015"),
    ],
)
def test_keys_that_cannot_meet_are_refused_and_not_reported_cell_by_cell(panel, keys, found):
    index = pd.MultiIndex.from_tuples(keys, names=["region", "year"])
    with pytest.raises(IdError, match="every cell would pass for one") as caught:
        wb.data.compare_printed(pd.DataFrame({"population": [2711.9]}, index=index), panel)
    assert caught.value.found == found
    if keys == [("RU-KEM", "2015")]:
        mended = pd.DataFrame({"population": [2711.9]}, index=index).rename(index=int, level=1)
        assert "printed.rename(index=int, level=1)" in caught.value.remedy
        assert wb.data.compare_printed(mended, panel).glance()["revised"].item() == 1
