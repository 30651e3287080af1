"""Outcomes that cannot be moved: the regression that the text describes, and when it rejects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import FormulaError, InputError, OptionError, PanelError
from workbench.hypotheses.placebo.outcomes import placebo_outcomes
from workbench.hypotheses.statements import Hypothesis

SPILLOVER = Hypothesis("Jobs next door raise output", "indirect(log(emp)) > 0")
FORMULA = "log(gsp) ~ log(emp) + unemp"


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def queen(states):
    return wb.weights.queen(states)


@pytest.fixture(scope="module")
def panel():
    return wb.load("munnell-1990")


def before(panel, column, lag):
    """Value of a column `lag` years before, by pandas."""
    return panel[column].sort_index().groupby(level="region").shift(lag).reindex(panel.index)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["slx", "ols", "sdm"])
def test_a_lag_is_the_regression_of_the_past_on_today_beside_its_own_time(queen, panel, model):
    formula = f"{FORMULA} + W(log(emp))" if model == "ols" else FORMULA
    short = panel[panel.index.get_level_values("year") >= (1982 if model == "sdm" else 1970)]
    options = {"effects": "two-way"} if model == "sdm" else {"covariance": "clustered"}
    options = {"effects": "entity", **options}
    fit = wb.fit(formula, short, queen, model=model, **options)
    found = placebo_outcomes(SPILLOVER, fit, lags=[2]).tidy()
    table = short.assign(
        gsp2=before(short, "gsp", 2), emp2=before(short, "emp", 2), unemp2=before(short, "unemp", 2)
    ).dropna()
    right = "log(emp) + unemp + W(log(emp))" if model == "ols" else "log(emp) + unemp"
    past = "log(emp2) + unemp2 + W(log(emp2))" if model == "ols" else "log(emp2) + unemp2"
    theirs = wb.fit(f"log(gsp2) ~ {right} + {past}", table, queen, model=model, **options)
    row = theirs.impacts()["log(emp)", "indirect"]
    assert found["estimate"].iloc[0] == pytest.approx(row["estimate"], rel=1e-8)
    assert found["std_error"].iloc[0] == pytest.approx(row["std_error"], rel=1e-8)
    assert found["nobs"].iloc[0] == len(table)


def test_without_its_own_time_only_today_is_there(queen, panel):
    fit = wb.fit(FORMULA, panel, queen, model="slx", effects="two-way")
    found = placebo_outcomes(SPILLOVER, fit, lags=[1], own_time=False).tidy()
    table = panel.assign(gsp1=before(panel, "gsp", 1)).dropna()
    theirs = wb.fit("log(gsp1) ~ log(emp) + unemp", table, queen, model="slx", effects="two-way")
    expected = theirs.impacts()["log(emp)", "indirect"]["estimate"]
    assert found["estimate"].iloc[0] == pytest.approx(expected, rel=1e-8)


def simulated(seed, *, anticipated):
    """A panel in which x moves slowly; past outcomes of neighbours move it, or do not."""
    rng = np.random.default_rng(seed)
    states = wb.load("us-states")
    W = wb.weights.queen(states)
    A, n, T = W.sparse, 48, 14
    x, y = np.zeros((n, T)), np.zeros((n, T))
    place = rng.standard_normal(n)
    for t in range(T):
        x[:, t] = 0.9 * x[:, t - 1] * (t > 0) + 0.5 * rng.standard_normal(n)
        if t > 0 and anticipated:
            x[:, t] += 0.8 * (A @ y[:, t - 1])
        y[:, t] = place + 0.5 * x[:, t] + 0.7 * (A @ x[:, t]) + rng.standard_normal(n)
        if anticipated:
            y[:, t] -= 0.7 * (A @ x[:, t]) + 0.5 * x[:, t]
    index = pd.MultiIndex.from_product([W.ids, range(2000, 2000 + T)], names=["region", "year"])
    table = pd.DataFrame({"x": x.ravel(), "y": y.ravel()}, index=index)
    options = {"model": "slx", "effects": "two-way", "covariance": "clustered"}
    return wb.fit("y ~ x", table, W, **options)


@pytest.mark.slow
def test_slow_regressors_reject_only_without_their_own_time():
    """x is strictly exogenous: its past, not today's value, moved the past outcome."""
    claim = Hypothesis("x next door raises y", "indirect(x) > 0")
    fit = simulated(3, anticipated=False)
    beside = placebo_outcomes(claim, fit, lags=[1, 2])
    assert beside.verdict == "passed"
    assert "leave the real estimate" in beside.conclusion
    alone = placebo_outcomes(claim, fit, lags=[1, 2], own_time=False)
    assert alone.verdict == "rejected"


def test_a_regressor_that_follows_its_neighbours_outcomes_is_found_out():
    claim = Hypothesis("x next door raises y", "total(x) != 0")
    found = placebo_outcomes(claim, simulated(2, anticipated=True), lags=[1, 2, 3])
    assert found.verdict == "rejected"
    assert found.glance()["rejected"].iloc[0] >= 1
    assert "not evidence" in found.conclusion


@pytest.mark.slow
def test_cross_sections_take_outcomes_from_a_table(queen, panel):
    y1986, y1970 = (panel.xs(year, level="year") for year in (1986, 1970))
    fit = wb.fit(FORMULA, y1986, queen, model="sdm")
    table = y1986.join(y1970.add_suffix("_1970"))
    chosen = {"output 1970": "log(gsp_1970)", "water": "log(water)", "roads": "log(hwy)"}
    found = placebo_outcomes(SPILLOVER, fit, chosen, data=table)
    theirs = wb.fit("log(gsp_1970) ~ log(emp) + unemp", table, queen, model="sdm")
    row = theirs.impacts()["log(emp)", "indirect"]
    mine = found.tidy().loc["output 1970"]
    assert mine["estimate"] == row["estimate"]
    assert mine["p_value"] == pytest.approx(row["p_value"], rel=1e-10)
    from statsmodels.stats.multitest import multipletests

    holm = multipletests(found.tidy()["p_value"], method="holm")[1]
    np.testing.assert_allclose(found.tidy()["p_adjusted"], holm, rtol=1e-12)


def test_an_outcome_that_cannot_be_estimated_is_named_and_not_counted(queen, panel):
    y1986 = panel.xs(1986, level="year")
    table = y1986.assign(flat=1.0, gaps=y1986["gsp"].where(np.arange(48) > 3))
    fit = wb.fit(FORMULA, y1986, queen, model="slx")
    chosen = {"flat": "flat", "gaps": "gaps", "roads": "log(hwy)"}
    found = placebo_outcomes(SPILLOVER, fit, chosen, data=table)
    assert found.tidy()["status"].tolist() == ["failed", "failed", "estimated"]
    row = found.tidy().loc["roads"]
    assert row["p_adjusted"] == row["p_value"]
    assert found.glance()["failed"].iloc[0] == 2
    assert any(note.startswith("flat: could not be estimated") for note in found.notes)
    nothing = placebo_outcomes(SPILLOVER, fit, {"flat": "flat"}, data=table)
    assert nothing.verdict == "none could be estimated"
    assert "nothing is known" in str(nothing)
    assert nothing.plot().alt == nothing.conclusion


@pytest.mark.slow
def test_rows_in_any_order_give_the_same_bits(queen, panel):
    fits = [
        wb.fit(FORMULA, rows, queen, model="slx", effects="two-way")
        for rows in (panel, panel.sample(frac=1, random_state=2))
    ]
    one, two = (placebo_outcomes(SPILLOVER, fit).tidy() for fit in fits)
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_refusals(queen, panel):
    y1986 = panel.xs(1986, level="year")
    region = wb.fit(FORMULA, y1986, queen, model="sar")
    slx = wb.fit(FORMULA, panel, queen, model="slx", effects="two-way")
    with pytest.raises(InputError, match="no earlier outcome of its own"):
        placebo_outcomes(SPILLOVER, region)
    with pytest.raises(InputError, match="rho is not zero"):
        placebo_outcomes(Hypothesis("Outcomes spread", "rho > 0"), region, {"a": "hwy"})
    with pytest.raises(PanelError, match="from 1 to 15"):
        placebo_outcomes(SPILLOVER, slx, lags=[0])
    with pytest.raises(InputError, match="one or more"):
        placebo_outcomes(SPILLOVER, slx, lags=[])
    with pytest.raises(FormulaError, match="hwwy"):
        placebo_outcomes(SPILLOVER, region, {"a": "log(hwwy)"}, data=y1986)
    with pytest.raises(InputError, match="other outcomes"):
        placebo_outcomes(SPILLOVER, region, {"a": "log(gsp)"})
    with pytest.raises(InputError, match="a mapping"):
        placebo_outcomes(SPILLOVER, region, {})
    changes = wb.fit(FORMULA, panel, queen, model="slx", effects="first-difference")
    with pytest.raises(PanelError, match="rows are regions in periods"):
        placebo_outcomes(SPILLOVER, changes)
    uneven = panel[panel.index.get_level_values("year") != 1975]
    gap = wb.fit(FORMULA, uneven, queen, model="slx", effects="two-way")
    with pytest.raises(PanelError, match="evenly apart"):
        placebo_outcomes(SPILLOVER, gap)
    with pytest.raises(OptionError):
        placebo_outcomes(SPILLOVER, slx, method="exact")


def test_every_column_is_in_the_glossary(queen, panel):
    from workbench.core.glossary import GLOSSARY

    found = placebo_outcomes(SPILLOVER, wb.fit(FORMULA, panel, queen, model="slx"), lags=[1])
    assert {*found.tidy(), *found.glance()} <= set(GLOSSARY)
    assert "Placebo outcomes" in found._repr_html_()
    assert found.provenance.options["own_time"] == "True"
