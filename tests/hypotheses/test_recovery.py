"""Recovery after estimation: the same estimator again, on outcomes whose truth is known."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import ConvergenceError, InputError, ValuesError
from workbench.hypotheses.planning import recovered, recovery
from workbench.hypotheses.planning.processes import drawer_of
from workbench.hypotheses.planning.verdicts import performance


@pytest.fixture(scope="module")
def W():
    return wb.weights.queen(wb.load("us-states"))


@pytest.fixture(scope="module")
def panel():
    return wb.load("munnell-1990")


@pytest.fixture(scope="module")
def short(panel):
    return panel[panel.index.get_level_values("year") < 1973]


class Given:
    """Stands for a random generator that gives known innovations."""

    def __init__(self, values):
        self.values = values

    def standard_normal(self, size):
        assert size == len(self.values)
        return self.values


CASES = {
    "cross-section sdm": ("log(1 + gsp) ~ log(emp) + unemp", {"model": "sdm"}),
    "cross-section sdem, lags named": ("log(gsp) ~ log(emp) + W(log(emp))", {"model": "sem"}),
    "pooled slx": ("log(gsp) ~ log(emp)", {"model": "slx", "effects": "none"}),
    "two-way sar": ("log(1 + gsp) ~ log(emp) + unemp", {"model": "sar", "effects": "two-way"}),
    "two-way sar, direct": (
        "log(gsp) ~ log(emp)",
        {"model": "sar", "effects": "two-way", "lee_yu": "none"},
    ),
    "entity sdem": ("log(gsp) ~ log(emp)", {"model": "sdem", "effects": "entity"}),
    "entity sac": ("log(gsp) ~ log(emp)", {"model": "sac", "effects": "entity"}),
    "time slx": ("log(gsp) ~ log(emp)", {"model": "slx", "effects": "time"}),
}


def fitted(name, W, short):
    formula, choices = CASES[name]
    data = short if "effects" in choices else short.xs(1970, level="year")
    return wb.fit(formula, data.sample(frac=1.0, random_state=5), W, **choices)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("name", CASES)
def test_own_residuals_give_the_observed_outcome(name, W, short):
    """y = (I - rho W)^-1 (m + (I - lambda M)^-1 e) at the estimates, effects held fixed."""
    fit = fitted(name, W, short)
    drawer = drawer_of(fit)
    made = drawer.outcome(Given(np.asarray(fit.resids) / drawer.scale))
    np.testing.assert_allclose(made, fit.design.y, rtol=1e-9, atol=1e-9)


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("name", CASES)
def test_the_observed_outcome_under_another_name_gives_the_fit_again(name, W, short):
    """Outcomes that are expressions, rows in any order, every choice of the fit as it was."""
    fit = fitted(name, W, short)
    again = recovered._again(fit, np.asarray(fit.design.y))
    np.testing.assert_allclose(again.estimates.values, fit.estimates.values, rtol=1e-9)
    np.testing.assert_allclose(again.estimates.cov, fit.estimates.cov, rtol=1e-7)
    assert again.model == fit.model


def test_regions_left_out_stay_out(W, short):
    table = short.xs(1970, level="year").copy()
    table.iloc[3, table.columns.get_loc("gsp")] = np.nan
    fit = wb.fit("log(gsp) ~ log(emp)", table, W, model="slx", missing="drop")
    again = recovered._again(fit, np.asarray(fit.design.y))
    assert again.nobs == 47
    np.testing.assert_allclose(again.estimates.values, fit.estimates.values, rtol=1e-10)


def test_case_weights_stay(W, short):
    table = short.xs(1970, level="year")
    fit = wb.fit("log(gsp) ~ unemp", table, W, model="slx", case_weights="emp")
    again = recovered._again(fit, np.asarray(fit.design.y))
    np.testing.assert_allclose(again.estimates.values, fit.estimates.values, rtol=1e-10)


# --- the numbers


def test_performance_is_that_of_the_definitions():
    """Morris, White and Crowther (2019), table 6, written out for four draws."""
    x = pd.DataFrame({"a": [1.0, 2.0, 4.0, 5.0]})
    s = pd.DataFrame({"a": [1.0, 1.0, 2.0, 2.0]})
    table = performance(pd.Series({"a": 2.5}), [x, s, x - 1.0, x + 1.0], level=0.95)
    row = table.loc["a"]
    sd = np.sqrt((2.0**2 + 1.0 + 1.0 + 2.0**2) / 3)
    assert row["bias"] == pytest.approx(0.5)
    assert row["bias_error"] == pytest.approx(sd / 2)
    assert row["rmse"] == pytest.approx(np.sqrt((1.5**2 + 0.5**2 + 1.5**2 + 2.5**2) / 4))
    squares = np.array([2.25, 0.25, 2.25, 6.25])
    assert row["rmse_error"] == pytest.approx(squares.std(ddof=1) / (2 * row["rmse"] * 2))
    assert row["error_ratio"] == pytest.approx(1.5 / sd)
    assert row["coverage"] == 0.25
    assert row["coverage_error"] == pytest.approx(np.sqrt(0.25 * 0.75 / 4))
    assert "too short" in row["reading"]


@pytest.mark.slow
def test_least_squares_on_a_large_sample_is_sound():
    """OLS with normal errors is exact: coverage 95 % but for Monte Carlo error (4 of them)."""
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"x": rng.normal(size=600), "z": rng.normal(size=600)})
    table["y"] = 1.0 + 0.5 * table["x"] + rng.normal(size=600)
    found = recovery(wb.fit("y ~ x + z", table), 100, seed=2)
    assert found.table.index.tolist() == [("x", "coefficient"), ("z", "coefficient")]
    assert (abs(found.table["coverage"] - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 100)).all()
    assert (abs(found.table["bias"]) < 4 * found.table["bias_error"]).all()
    assert (abs(found.table["error_ratio"] - 1) < 4 * found.table["ratio_error"]).all()


@pytest.mark.slow
def test_the_bias_of_the_direct_approach_shows(W, short):
    """Lee and Yu (2010): with T = 3 the variance is too small by (T - 1)/T = 2/3.

    Standard errors are then about sqrt(2/3) = 0.816 of the true scatter and intervals of 95 %
    hold the truth in 89 % of samples; effects that are transformed out have neither fault.
    """
    formula, choices = "log(gsp) ~ log(emp)", {"model": "sar", "effects": "two-way"}
    direct = recovery(wb.fit(formula, short, W, lee_yu="none", **choices), 60)
    sound = recovery(wb.fit(formula, short, W, **choices), 60)
    at = ("log(emp)", "direct")
    ratio, error = direct.table.loc[at, "error_ratio"], direct.table.loc[at, "ratio_error"]
    assert abs(ratio - np.sqrt(2 / 3)) < 3 * error
    assert ratio + 2 * error < 1.0
    other = sound.table.loc[at]
    assert abs(other["error_ratio"] - 1.0) < 3 * other["ratio_error"]
    assert direct.table.loc[("rho", "coefficient"), "bias"] < 0
    assert direct.table["coverage"].mean() < sound.table["coverage"].mean()
    assert "off" in direct.notes[0]
    assert "intervals too short" in " ".join(direct.table["reading"])


@pytest.mark.slow
def test_same_seed_same_numbers_whatever_the_order_of_rows(W, short):
    formula, choices = "log(gsp) ~ log(emp)", {"model": "slx", "effects": "entity"}
    one = recovery(wb.fit(formula, short, W, **choices), 5, seed=3)
    shuffled = short.sample(frac=1.0, random_state=1)
    two = recovery(wb.fit(formula, shuffled, W, **choices), 5, seed=3)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    other = recovery(wb.fit(formula, short, W, **choices), 5, seed=4)
    assert not np.allclose(one.estimates, other.estimates)


# --- failures


def failing(every):
    genuine = recovered._again
    calls = []

    def again(fit, outcome):
        calls.append(1)
        if len(calls) % every == 0:
            raise ConvergenceError("rho", expected="an inner maximum", found="one at the edge")
        return genuine(fit, outcome)

    return again


def test_failed_fits_are_recorded_and_counted_as_missed(W, short, monkeypatch):
    monkeypatch.setattr(recovered, "_again", failing(4))
    fit = wb.fit("log(gsp) ~ log(emp)", short.xs(1970, level="year"), W, model="slx")
    found = recovery(fit, 20)
    assert found.failed.index.tolist() == [4, 8, 12, 16, 20]
    assert found.share_failed == 0.25
    assert found.glance()["failed"].item() == 5
    assert len(found.estimates) == 15
    told = " ".join(found.notes)
    assert "5 of 20 fits failed (5 with rho: one at the edge)" in told
    assert f"lowest coverage is {found.table['coverage'].min() * 0.75:.1%}" in told


def test_where_all_fail_there_is_no_number(W, short, monkeypatch):
    monkeypatch.setattr(recovered, "_again", failing(1))
    fit = wb.fit("log(gsp) ~ log(emp)", short.xs(1970, level="year"), W, model="slx")
    found = recovery(fit, 5)
    assert found.table.drop(columns=["truth", "reading"]).isna().all(axis=None)
    assert found.notes[0] == "No verdict: 0 of 5 draws could be estimated."


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(
    ("formula", "choices", "told"),
    [
        ("log(gsp) ~ log(emp)", {"model": "sar", "effects": "entity", "method": "gmm"}, "gmm"),
        ("log(gsp) ~ log(emp)", {"model": "sar", "effects": "random"}, "random"),
        ("log(gsp) ~ log(emp)", {"effects": "first-difference"}, "first-difference"),
        ("gsp ~ log(emp)", {"effects": "entity", "family": "poisson"}, "poisson"),
        (
            "log(gsp) ~ log(emp)",
            {"model": "sar", "effects": "entity", "dynamic": "lag"},
            "lags in time",
        ),
    ],
)
def test_other_estimators_are_refused_by_name(W, panel, formula, choices, told):
    fit = wb.fit(formula, panel, W, **choices)
    with pytest.raises(InputError, match=told):
        recovery(fit, 5)


def test_a_fit_without_innovations_is_refused(short):
    table = short.assign(twice=2.0 * short["emp"])
    with pytest.raises((ValuesError, InputError)):
        recovery(wb.fit("twice ~ emp", table, effects="entity"), 5)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("draws", [1, 2.5, True])
def test_draws_are_whole_numbers(W, short, draws):
    fit = wb.fit("log(gsp) ~ log(emp)", short, W, model="slx", effects="entity")
    with pytest.raises(InputError, match="draws"):
        recovery(fit, draws)


def test_picture_and_tables(W, short):
    fit = wb.fit("log(gsp) ~ log(emp)", short.xs(1970, level="year"), W, model="sar")
    found = recovery(fit, 12)
    names = found.table.index.tolist()
    assert names == [
        ("log(emp)", "direct"),
        ("log(emp)", "indirect"),
        ("log(emp)", "total"),
        ("rho", "coefficient"),
    ]
    assert "12 draws" in found.plot().alt
    assert found.provenance.seed == 0
    assert "Recovery" in str(found)


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("name", CASES)
def test_what_draws_are_made_from_can_be_sent_to_other_processes(name, W, short):
    """A drawer that arrived elsewhere gives the same outcomes, to the last bit."""
    drawer = drawer_of(fitted(name, W, short))
    here = drawer.outcome(np.random.default_rng(3))  # factors are made at first use
    there = pickle.loads(pickle.dumps(drawer)).outcome(np.random.default_rng(3))
    assert here.tobytes() == there.tobytes()
