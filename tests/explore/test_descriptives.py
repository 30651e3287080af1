"""The first table of a paper says what the data hold, and no number of what they miss."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import FormulaError, InputError, PanelError


@pytest.fixture(scope="module")
def year():
    return wb.load("munnell-1990").xs(1986, level="year")


@pytest.fixture(scope="module")
def W():
    return wb.weights.queen(wb.load("us-states"))


def test_numbers_are_those_of_pandas_and_of_moran(year, W):
    found = wb.explore.descriptives(["gsp", "log(emp)"], year, W, permutations=99, seed=3)
    for name, column in {"gsp": year["gsp"], "log(emp)": np.log(year["emp"])}.items():
        row = found.table.loc[name]
        told = column.agg(["count", "mean", "std", "min", "median", "max"])
        assert row.iloc[:6].astype(float).tolist() == pytest.approx(told.tolist(), rel=1e-12)
        test = wb.moran(name, year, W, permutations=99, seed=3)
        assert (row["moran_i"], row["p_permutation"]) == (test.statistic, test.p_permutation)
    assert set(found.table.columns) <= set(GLOSSARY)


def test_missing_values_are_counted_out_and_told(year, W):
    gaps = year.assign(unemp=year["unemp"].where(year["unemp"] > year["unemp"].min()))
    found = wb.explore.descriptives(["unemp", "gsp"], gaps, W, permutations=0)
    missing = int(gaps["unemp"].isna().sum())
    assert found.table.loc["unemp", "nobs"] == len(gaps) - missing
    assert np.isnan(found.table.loc["unemp", "moran_i"])
    assert found.notes == (f"unemp: {missing} missing values left out.",)
    assert "p_permutation" not in found.table


def test_units_are_those_of_the_dataset():
    regions = wb.load("russia-innovation").xs(2014, level="year")
    fields = wb.describe("russia-innovation").set_index("field")
    found = wb.explore.descriptives(["rd"], regions)
    assert found.table.loc["rd", "unit"] == fields.loc["rd", "unit"]
    assert "unit" not in wb.explore.descriptives(["x"], pd.DataFrame({"x": [1.0, 2.0]})).table


def test_units_outlive_a_join_with_a_map():
    figures = wb.load("russia-innovation").xs(2014, level="year")
    joined = wb.join(wb.load("russia-regions"), figures)
    fields = wb.describe("russia-innovation").set_index("field")
    found = wb.explore.descriptives(["rd"], joined)
    assert found.table.loc["rd", "unit"] == fields.loc["rd", "unit"]


def test_it_is_published_as_a_table_with_headings_in_either_language(year):
    found = wb.explore.descriptives("gsp", year)
    html = wb.table(found, lang="ru").to_html()
    for heading in ("Среднее", "Ст. отклонение", "Медиана"):
        assert heading in html
    assert [n.id for n in wb.publish(found, "t").numbers][:2] == ["t/gsp/nobs", "t/gsp/sample_mean"]


def test_what_cannot_be_described_is_refused(year, W):
    with pytest.raises(InputError, match="each once"):
        wb.explore.descriptives(["gsp", "gsp"], year)
    with pytest.raises(InputError, match="at least two values"):
        wb.explore.descriptives(["x"], pd.DataFrame({"x": [1.0, np.nan]}))
    with pytest.raises(InputError, match="all finite"):
        wb.explore.descriptives(["x"], pd.DataFrame({"x": [1.0, np.inf]}))
    with pytest.raises(InputError, match="columns of numbers"):
        wb.explore.descriptives(["x"], pd.DataFrame({"x": ["a", "b"]}))
    with pytest.raises(FormulaError):
        wb.explore.descriptives(["nothing_such"], year)
    with pytest.raises(PanelError, match="one period"):
        wb.explore.descriptives(["gsp"], wb.load("munnell-1990"), W)
