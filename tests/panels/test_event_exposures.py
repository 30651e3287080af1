"""Several neighbourhoods, averages, policies and refusals of event studies.

Effects without noise are found to the last digit; averages are written out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import workbench as wb
from workbench.errors import FormulaError, IdError, InputError, OptionError, ValuesError
from workbench.panels import event_study

N, T = 40, 8
NAMES = [f"r{i:02d}" for i in range(N)]
BEGIN = np.where(np.arange(N) < 10, 3, np.where(np.arange(N) < 20, 5, -1))
NEAR = {20 + k: k for k in range(6)} | {26 + k: 10 + k for k in range(3)}
FAR = {24: 12, 25: 13} | {30 + k: 3 + k for k in range(4)}


def weights(pairs):
    """Links of each region of `pairs` to a treated one; the other regions are alone."""
    links = np.zeros((N, N))
    for a, b in pairs.items():
        links[a, b] = links[b, a] = 1.0
    return wb.weights.from_matrix(
        sparse.csr_array(links), ids=NAMES, normalize="none", islands="keep"
    )


def exposed(pairs):
    begin = np.full(N, -1)
    for a, b in pairs.items():
        begin[a] = BEGIN[b]
    return begin


@pytest.fixture(scope="module")
def near():
    return weights(NEAR)


@pytest.fixture(scope="module")
def far():
    return weights(FAR)


@pytest.fixture(scope="module")
def table():
    """Own effects of 1 and 2 by cohort; 1.5 near and 0.5 far; both where both reach."""
    random = np.random.default_rng(5)
    y = random.standard_normal((N, 1)) + random.standard_normal(T).cumsum()
    time = np.arange(T)
    for i in range(N):
        if BEGIN[i] > 0:
            y[i] += (time >= BEGIN[i]) * (1.0 if BEGIN[i] == 3 else 2.0)
    for begin, size in ((exposed(NEAR), 1.5), (exposed(FAR), 0.5)):
        y += size * ((begin[:, None] >= 0) & (time >= begin[:, None]))
    index = pd.MultiIndex.from_product([NAMES, range(2000, 2000 + T)], names=["region", "year"])
    first = np.where(BEGIN > 0, 2000.0 + BEGIN, np.nan)
    return pd.DataFrame({"y": y.ravel(), "first": np.repeat(first, T)}, index=index)


def noisy(table, seed):
    return table.assign(y=table["y"] + np.random.default_rng(seed).normal(size=len(table)))


def test_two_neighbourhoods_have_an_effect_each(table, near, far):
    """Two regions are reached by both: their effects add up."""
    found = event_study("y", table, {"near": near, "far": far}, treated="first")
    assert list(found.table.index.unique("effect")) == ["own", "exposure: near", "exposure: far"]
    for name, size in (("near", 1.5), ("far", 0.5)):
        part = found.table.loc[f"exposure: {name}", "estimate"]
        np.testing.assert_allclose(part[part.index >= 0], size, atol=1e-9)
        np.testing.assert_allclose(part[part.index < 0], 0.0, atol=1e-9)
    # ten regions of either cohort
    assert found.table.loc[("own", 0), "estimate"] == pytest.approx(1.5, abs=1e-9)


@pytest.mark.slow
def test_every_neighbourhood_has_a_panel_of_the_picture(table, near, far):
    found = event_study("y", noisy(table, 0), {"near": near, "far": far}, treated="first")
    titles = [axes.get_title(loc="left") for axes in found.plot().axes]
    assert titles == ["own treatment", "exposure: near", "exposure: far"]


def test_one_name_is_one_neighbourhood(table, near):
    plain = event_study("y", noisy(table, 1), near, treated="first")
    named = event_study("y", noisy(table, 1), {"near": near}, treated="first")
    np.testing.assert_array_equal(plain.table.to_numpy(), named.table.to_numpy())


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("method", ["sun-abraham", "callaway-santanna"])
def test_averages_by_times_and_by_rows(table, near, method):
    """Rows: the mean over all cells of cohort and period under treatment, by their regions."""
    found = event_study("y", noisy(table, 2), near, treated="first", method=method)
    own = found.table.loc["own"]
    after = own[own.index >= 0]
    assert after["nobs"].tolist() == [20, 20, 20, 10, 10]
    cells = found.cells.loc["own"].reset_index()
    simple = cells.loc[cells["period"] >= cells["cohort"], "estimate"].mean()
    by_rows = found.average("rows").loc["own"]
    assert by_rows["estimate"] == pytest.approx(simple, rel=1e-10)
    by_times = found.average().loc["own"]
    assert by_times["estimate"] == pytest.approx(after["estimate"].mean(), rel=1e-10)
    keys = [("own", time) for time in after.index]
    a = after["nobs"].to_numpy() / after["nobs"].sum()
    error = np.sqrt(a @ found.cov.loc[keys, keys].to_numpy() @ a)
    assert by_rows["std_error"] == pytest.approx(error, rel=1e-10)
    assert by_rows["conf_low"] < by_rows["estimate"] < by_rows["conf_high"]
    with pytest.raises(OptionError, match="rows"):
        found.average("row")


def test_gaps_are_refused_or_left_out_by_the_policy_that_the_message_names(table, near, far):
    broken = noisy(table, 4).assign(y=lambda d: table["y"] + 1e-6 * (d["y"] - table["y"]))
    broken.iloc[[3, 70], broken.columns.get_loc("y")] = np.nan
    with pytest.raises(ValuesError, match='missing="drop"') as caught:
        event_study("y", broken, near, treated="first")
    assert "r00 2003" in str(caught.value)
    left = event_study("y", broken, {"a": near, "b": far}, treated="first", missing="drop")
    assert any("r00 2003" in note and "r08 2006" in note for note in left.notes)
    assert left.table.loc[("exposure: a", 1), "estimate"] == pytest.approx(1.5, abs=1e-5)
    whole = event_study("y", broken, near, treated="first", missing="drop-regions")
    assert any("r00, r08" in note for note in whole.notes)
    assert whole.table.loc[("own", 0), "nobs"] == 18


def test_weights_that_do_not_serve_are_refused_with_a_way_out(table, near):
    fewer = near.restrict(NAMES[:39])
    with pytest.raises(IdError, match="intersection"):
        event_study("y", table, fewer, treated="first")
    found = event_study("y", noisy(table, 5), fewer, treated="first", align="intersection")
    assert any("r39" in note for note in found.notes)
    with pytest.raises(InputError, match="by name"):
        event_study("y", table, {2000: near}, treated="first")
    with pytest.raises(InputError, match="sun-abraham"):
        event_study("y", table, {"a": near, "b": near}, treated="first", method="callaway-santanna")


def test_a_switch_is_told_apart_from_a_begin_and_the_way_out_works(table, near):
    year = table.index.get_level_values("year")
    data = table.assign(on=(year >= table["first"]).astype(int))
    with pytest.raises(ValuesError, match="changes") as caught:
        event_study("y", data, near, treated="on")
    made = eval(caught.value.remedy, {"data": data})
    pd.testing.assert_series_equal(made, table["first"], check_names=False)


def test_effects_and_columns_that_are_not_there(table, near):
    found = event_study("y", noisy(table, 3), near, treated="first")
    with pytest.raises(OptionError, match="did you mean 'exposure'"):
        found.pretrend("exposur")
    with pytest.raises(FormulaError, match="did you mean 'first'"):
        event_study("y", table, near, treated="frist")


@pytest.mark.parametrize("method", ["sun-abraham", "callaway-santanna"])
def test_regions_exposed_from_the_first_period_on_are_left_out(table, near, method):
    """They have no period before: a shock of their own moves nothing."""
    lone, neighbour = NAMES[39], NAMES[38]
    pairs = NEAR | {38: 39}
    table = noisy(table, 2)
    early = table.copy()
    early.loc[lone, "first"] = 2000
    early.loc[neighbour, "y"] = np.arange(T) ** 2.0
    found = event_study("y", early, weights(pairs), treated="first", method=method)
    without = event_study(
        "y",
        table.drop([lone, neighbour]),
        near,
        treated="first",
        method=method,
        align="intersection",
    )
    pd.testing.assert_frame_equal(found.table, without.table)
    assert f"Regions exposed from the first period on are left out: {neighbour}." in found.notes
    assert f"Regions treated from the first period on are left out: {lone}." in found.notes
