"""Stocks by perpetual inventory: closed forms, timing, and what of them is a guess."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import (
    FormulaError,
    IdError,
    InputError,
    OptionError,
    PanelError,
    ValuesError,
)
from workbench.innovation.knowledge import knowledge_stock


def panel_of(rows):
    """A panel from {region: {period: value}}."""
    cells = {(r, t): v for r, path in rows.items() for t, v in path.items()}
    return pd.DataFrame(
        {"rd": pd.Series(cells, dtype=float)}
    ).rename_axis(["region", "year"])  # fmt: skip


@pytest.fixture(scope="module")
def growing():
    return panel_of(
        {r: {2000 + t: c * 1.04**t for t in range(12)} for r, c in (("b", 10.0), ("a", 3.0))}
    )


def test_steady_growth_keeps_stock_over_expenditure(growing):
    """Hall, Mairesse and Mohnen 2010: K/R = (1 + g)/(g + delta), from the first period on."""
    stock = knowledge_stock(growing, "rd", growth=0.04, initial="steady-state")
    ratio = stock.values / growing.sort_index()["rd"]
    np.testing.assert_allclose(ratio, 1.04 / 0.19, rtol=1e-12)
    start = knowledge_stock(growing, "rd", growth=0.04, timing="start")
    np.testing.assert_allclose(start.values / growing.sort_index()["rd"], 1 / 0.19, rtol=1e-12)


def test_growth_is_found_where_it_is_exact(growing):
    for how in ("estimated", "by-region"):
        stock = knowledge_stock(growing, "rd", growth=how)
        np.testing.assert_allclose(stock.growth_rates, 0.04, rtol=1e-10)


def test_common_growth_is_the_within_regression():
    panel = wb.load("russia-innovation")[["rd"]].dropna().drop(index=["RU-IN", "RU-CE"])
    import statsmodels.formula.api as smf

    flat = panel.reset_index()
    slope = smf.ols("np.log(rd) ~ year + C(region)", flat).fit().params["year"]
    rate = knowledge_stock(panel, "rd").growth_rates
    np.testing.assert_allclose(rate, np.expm1(slope), rtol=1e-8)


def test_recursion_by_hand():
    panel = panel_of({"a": {2000: 20.0, 2001: 30.0, 2002: 0.0, 2003: 10.0}})
    stock = knowledge_stock(panel, "rd", growth=0.05, depreciation=0.15)
    # 20/0.2 = 100; 85 + 30; 97.75; 83.0875 + 10
    np.testing.assert_allclose(stock.values, [100.0, 115.0, 97.75, 93.0875], rtol=1e-12)
    assert stock.values.name == "rd_stock"
    assert stock.tidy().loc["a", "initial_share"] == pytest.approx(0.85**3 * 100 / 93.0875)
    before = knowledge_stock(panel, "rd", growth=0.05, depreciation=0.15, timing="start")
    np.testing.assert_allclose(before.values, [100.0, 105.0, 119.25, 101.3625], rtol=1e-12)


def test_start_of_a_period_is_the_end_of_the_one_before(growing):
    end = knowledge_stock(growing, "rd", growth=0.04, initial="steady-state").values.unstack()  # noqa: PD010
    start = knowledge_stock(growing, "rd", growth=0.04, timing="start").values.unstack()  # noqa: PD010
    np.testing.assert_allclose(start.iloc[:, 1:], end.iloc[:, :-1], rtol=1e-12)


def test_given_first_stocks_and_no_depreciation_add_up():
    panel = panel_of({"a": {1: 1.0, 2: 2.0, 3: 4.0}, "b": {1: 5.0, 2: 5.0, 3: 5.0}})
    given = pd.Series({"b": 0.0, "a": 7.0})
    stock = knowledge_stock(panel, "rd", depreciation=0, initial=given)
    assert stock.values.tolist() == [7.0, 9.0, 13.0, 0.0, 5.0, 10.0]
    gone = knowledge_stock(panel, "rd", depreciation=1, growth=0.0)
    np.testing.assert_array_equal(gone.values, panel["rd"].sort_index())


def test_first_stocks_that_are_given_need_no_growth():
    """Expenditure that falls faster than stocks do says nothing of stocks that are known."""
    panel = panel_of({"a": {1: 9.0, 2: 4.0, 3: 1.0}, "b": {1: 0.0, 2: 0.0, 3: 5.0}})
    given = pd.Series({"b": 2.0, "a": 7.0})
    stock = knowledge_stock(panel, "rd", depreciation=np.int64(0), initial=given)
    assert stock.values.tolist() == [7.0, 11.0, 12.0, 2.0, 2.0, 7.0]
    assert stock.tidy()["assumed_growth"].isna().all()
    assert any("no growth is assumed" in note for note in stock.notes)
    assert stock.sensitivity(depreciations=[0.0])["relative_stock"].tolist() == [1.0]
    with pytest.raises(InputError, match="beside first stocks"):
        knowledge_stock(panel, "rd", initial=given, growth=0.05)


def test_deflated_by_period_or_by_column(growing):
    prices = pd.Series(1.1 ** np.arange(12), index=range(2000, 2012), name="cpi")
    by_period = knowledge_stock(growing, "rd", growth=0.04, deflator=prices)
    column = growing.assign(cpi=prices.reindex(growing.index.get_level_values(1)).to_numpy())
    by_column = knowledge_stock(column, "rd", growth=0.04, deflator="cpi")
    divided = knowledge_stock(column, "rd / cpi", growth=0.04)
    np.testing.assert_array_equal(by_period.values, by_column.values)
    np.testing.assert_allclose(by_period.values, divided.values, rtol=1e-12)
    with pytest.raises(PanelError, match="2011"):
        knowledge_stock(growing, "rd", deflator=prices[:-1])
    with pytest.raises(ValuesError, match="a 2003"):
        knowledge_stock(growing, "rd", deflator=prices.replace(prices[2003], 0.0))


def test_regions_may_enter_late_and_leave_early_and_are_named(growing):
    part = growing.drop(index=[("a", 2000), ("a", 2001), ("b", 2011)])
    stock = knowledge_stock(part, "rd", growth=0.04, initial="steady-state")
    np.testing.assert_allclose(stock.values / part.sort_index()["rd"], 1.04 / 0.19, rtol=1e-12)
    told = " ".join(stock.notes)
    assert "enter after the first period: a" in told
    assert "leave before the last period: b" in told


def test_gaps_missing_and_negative_expenditure_are_refused_by_name(growing):
    with pytest.raises(PanelError, match="a 2005"):
        knowledge_stock(growing.drop(index=("a", 2005)), "rd")
    for value in (np.nan, np.inf, -1.0):
        broken = growing.copy()
        broken.loc[("b", 2004), "rd"] = value
        with pytest.raises(ValuesError, match="b 2004"):
            knowledge_stock(broken, "rd")
    uneven = growing[growing.index.get_level_values(1) != 2005]
    with pytest.raises(PanelError, match="2004 to 2006"):
        knowledge_stock(uneven, "rd")


def test_rates_that_make_no_stock_are_refused(growing):
    shrinking = panel_of({"a": {t: 0.5**t for t in range(5)}, "b": dict.fromkeys(range(5), 1.0)})
    with pytest.raises(InputError, match=r"(?s)infinite or negative.*growth=0.05"):
        knowledge_stock(shrinking, "rd", growth="by-region")
    short = panel_of({"a": {1: 0.0, 2: 3.0}, "b": {1: 1.0, 2: 2.0}})
    with pytest.raises(ValuesError, match="a"):
        knowledge_stock(short, "rd", growth="by-region")
    begins = knowledge_stock(short, "rd")
    assert any("no expenditure and no stock: a" in note for note in begins.notes)
    for change, error, text in (
        ({"depreciation": 1.5}, InputError, "depreciation"),
        ({"depreciation": True}, InputError, "depreciation"),
        ({"growth": "fast"}, OptionError, "estimated"),
        ({"growth": np.nan}, InputError, "growth"),
        ({"growth": pd.Series({"a": 0.1})}, IdError, "b"),
        ({"initial": "zero"}, OptionError, "textbook"),
        ({"initial": pd.Series({"a": 1.0})}, IdError, "b"),
        ({"timing": "middle"}, OptionError, "timing"),
    ):
        with pytest.raises(error, match=text):
            knowledge_stock(growing, "rd", **change)
    with pytest.raises(FormulaError, match="rd"):
        knowledge_stock(growing, "r_and_d")
    with pytest.raises(PanelError, match="two levels"):
        knowledge_stock(growing.xs(2003, level=1), "rd")


def test_sensitivity_is_the_stock_with_other_rates(growing):
    rough = growing.assign(rd=growing["rd"] * np.linspace(1, 3, len(growing)))
    stock = knowledge_stock(rough, "rd", growth=0.04)
    table = stock.sensitivity(depreciations=[0.3], growths=[0.1])
    assert table.index.tolist() == [(0.15, 0.04), (0.15, 0.1), (0.3, 0.04), (0.3, 0.1)]
    other = knowledge_stock(rough, "rd", growth=0.1, depreciation=0.3)
    expected = other.found.last.sum() / stock.found.last.sum()
    assert table.loc[(0.3, 0.1), "relative_stock"] == pytest.approx(expected, rel=1e-12)
    assert table.loc[(0.3, 0.1), "initial_share"] == pytest.approx(
        np.median(other.found.share), rel=1e-12
    )
    assert table.loc[(0.15, 0.04), "relative_stock"] == 1.0


def test_row_order_and_callers_table(growing):
    before = growing.copy()
    mixed = knowledge_stock(growing.sample(frac=1, random_state=3), "rd")
    pd.testing.assert_series_equal(mixed.values, knowledge_stock(growing, "rd").values)
    pd.testing.assert_frame_equal(growing, before)


def test_results_show_themselves(growing):
    stock = knowledge_stock(growing, "rd")
    for table in (stock.tidy(), stock.glance(), stock.augment(), stock.sensitivity()):
        assert set(table.columns) <= set(GLOSSARY)
    assert stock.heading in str(stock)
    assert "<table" in stock._repr_html_()
    assert stock.plot().alt.endswith(".")
    assert stock.provenance.options["growth"] == "estimated"
