"""Beta convergence: the growth regression, and speeds from direct and total impacts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import workbench as wb
from workbench.errors import FormulaError, IdError, InputError, OptionError, PanelError, ValuesError
from workbench.growth import beta_convergence, convergence_ladder, sigma_convergence


@pytest.fixture(scope="module")
def states():
    return wb.load("us-income")


@pytest.fixture(scope="module")
def queen():
    return wb.weights.queen(wb.load("us-states"))


@pytest.fixture(scope="module")
def russia():
    return wb.load("russia-innovation").drop(index="RU-CE", level="region")


def test_regression_and_speed_by_statsmodels(states):
    result = beta_convergence("income", states, start=1940, end=1990)
    logs = np.log(states["income"]).unstack()  # noqa: PD010
    fit = sm.OLS((logs[1990] - logs[1940]) / 50, sm.add_constant(logs[1940])).fit()
    b, error = fit.params.iloc[1], fit.bse.iloc[1]
    low, high = (-np.log(1 + end * 50) / 50 for end in fit.conf_int().iloc[1][::-1])
    row = result.speed()
    assert row["estimate"] == pytest.approx(-np.log(1 + b * 50) / 50, rel=1e-8)
    assert row["std_error"] == pytest.approx(error / (1 + b * 50), rel=1e-8)
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((low, high), rel=1e-8)
    assert row["p_value"] == pytest.approx(fit.pvalues.iloc[1], rel=1e-6)
    half = result.half_life()
    assert half["estimate"] == pytest.approx(np.log(2) / row["estimate"], rel=1e-12)
    assert half["conf_low"] == pytest.approx(np.log(2) / high, rel=1e-8)


def test_known_speed_is_found():
    rng = np.random.default_rng(0)
    start = rng.normal(2.0, 0.5, 60)
    end = 4.0 + np.exp(-0.03 * 25) * (start - 4.0) + rng.normal(0, 1e-6, 60)
    wide = pd.DataFrame({1995: np.exp(start), 2020: np.exp(end)})
    assert beta_convergence(wide, None).speed()["estimate"] == pytest.approx(0.03, rel=1e-4)


def test_known_speed_is_found_through_neighbours(queen):
    """In growth = a + rho W growth + b log y0 + e, the total impact is b / (1 - rho)."""
    rng = np.random.default_rng(1)
    W = queen.sparse.toarray()
    start = rng.normal(2.0, 0.8, 48)
    b, rho, span = -0.008, 0.5, 30.0
    noise = rng.normal(0, 1e-5, 48)
    growth = np.linalg.solve(np.eye(48) - rho * W, 0.05 + b * start + noise)
    wide = pd.DataFrame({1990: np.exp(start), 2020: np.exp(start + span * growth)}, queen.ids)
    result = beta_convergence(wide, None, queen, model="sar")
    total = b / (1 - rho)
    direct = b * np.trace(np.linalg.inv(np.eye(48) - rho * W)) / 48
    # the noise moves rho in the third digit
    for effect, slope in (("total", total), ("direct", direct)):
        speed = -np.log(1 + slope * span) / span
        assert result.speed(effect)["estimate"] == pytest.approx(speed, rel=5e-3)


@pytest.mark.parametrize("model", ["slx", "sar", "sdm", "sem"])
def test_speeds_are_those_of_the_impacts(states, queen, model):
    result = beta_convergence("income", states, queen, model=model)
    impacts = result.fit.impacts()
    for effect in ("direct", "total"):
        slope = impacts["initial", effect]
        pd.testing.assert_series_equal(result.tidy().loc[("initial", effect)], slope)
        row = result.speed(effect)
        assert row["estimate"] == pytest.approx(-np.log(1 + 80 * slope["estimate"]) / 80)
        assert row["std_error"] == pytest.approx(slope["std_error"] / (1 + 80 * slope["estimate"]))
        assert row["conf_low"] == pytest.approx(-np.log(1 + 80 * slope["conf_high"]) / 80)
    assert list(result.diagnostics())


def test_controls_are_taken_at_the_start(russia):
    result = beta_convergence(
        "grp / population", russia, start=2005, end=2015,
        controls=["log(investment / population)", "unemployment"],
    )  # fmt: skip
    first = russia.xs(2005, level="year")
    head = np.log(first["grp"] / first["population"])
    last = russia.xs(2015, level="year")
    y = (np.log(last["grp"] / last["population"]) - head) / 10
    X = np.column_stack(
        [
            np.ones(79),
            head,
            np.log(first["investment"] / first["population"]),
            first["unemployment"],
        ]
    )
    fit = sm.OLS(y.to_numpy(), X).fit()
    np.testing.assert_allclose(result.fit.params, fit.params, rtol=1e-7)
    one = beta_convergence(
        "grp / population", russia, start=2005, end=2015,
        controls="log(investment / population) + unemployment",
    )  # fmt: skip
    pd.testing.assert_frame_equal(one.tidy(), result.tidy())
    mixed = beta_convergence(
        "grp / population", russia.sample(frac=1, random_state=4), start=2005, end=2015,
        controls="log(investment / population) + unemployment",
    )  # fmt: skip
    pd.testing.assert_frame_equal(mixed.tidy(), result.tidy(), check_exact=True)


@pytest.mark.slow
def test_ladder_holds_the_same_models_and_their_tests(states, queen):
    steps = convergence_ladder("income", states, queen)
    assert list(steps) == ["ols", "slx", "sar", "sem", "sdm"]
    for model in steps:
        alone = beta_convergence("income", states, queen, model=model)
        pd.testing.assert_frame_equal(steps[model].tidy(), alone.tidy(), check_exact=True)
    expected = 2 * (steps["sdm"].fit.loglik - steps["sar"].fit.loglik)
    assert steps.tests["LR sdm vs sar"].statistic == pytest.approx(expected)
    assert steps.tidy().index.names == ["model", "term", "effect"]
    assert steps.glance().index.tolist() == list(steps)
    assert "Convergence ladder of income, 1929 to 2009" in str(steps)
    with pytest.raises(OptionError, match="model"):
        steps["gwr"]


def test_no_half_life_where_gaps_do_not_close():
    rng = np.random.default_rng(2)
    start = rng.normal(2.0, 0.5, 40)
    for b, why in ((0.01, "do not shrink"), (-0.06, "more than completely")):
        end = start * (1 + 20 * b) + 1.0 + rng.normal(0, 0.01, 40)
        result = beta_convergence(pd.DataFrame({2000: np.exp(start), 2020: np.exp(end)}), None)
        assert np.isnan(result.tidy()["estimate"]).any()
        with pytest.raises(InputError, match=why):
            result.half_life()


def test_dates_count_in_years(states):
    years = states.xs(1950, level="year", drop_level=False)
    pair = pd.concat([years, states.xs(1980, level="year", drop_level=False)])["income"]
    dated = pair.copy()
    region, year = (pair.index.get_level_values(i) for i in (0, 1))
    dates = pd.to_datetime(year.astype(str) + "-01-01")
    dated.index = pd.MultiIndex.from_arrays([region, dates], names=["region", "year"])
    by_date, by_year = (beta_convergence(one, None).speed() for one in (dated, pair))
    pd.testing.assert_series_equal(by_date, by_year, rtol=1e-9)


def test_row_order_changes_no_bit_and_unit_no_slope(states, queen):
    straight = beta_convergence("income", states, queen, model="sdm")
    mixed = beta_convergence("income", states.sample(frac=1, random_state=1), queen, model="sdm")
    pd.testing.assert_frame_equal(mixed.tidy(), straight.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(mixed.augment(), straight.augment(), check_exact=True)
    other = beta_convergence("income / 1000", states).tidy()
    pd.testing.assert_frame_equal(other, beta_convergence("income", states).tidy(), rtol=1e-8)


def test_caller_is_left_alone(russia):
    before = russia.copy()
    beta_convergence("grp / population", russia, start=2000, end=2019, controls="unemployment")
    pd.testing.assert_frame_equal(russia, before)


def test_missing_and_zero_values_are_named_with_a_way_out(russia):
    whole = wb.load("russia-innovation")
    with pytest.raises(ValuesError, match=r"RU-CE 2000(.|\n)*other ends than start=2000"):
        beta_convergence("grp / population", whole, start=2000, end=2019)
    with pytest.raises(ValuesError, match=r"2020(.|\n)*end=2020"):
        beta_convergence("grp / population", russia)
    broken = russia.copy()
    broken.loc[("RU-TOM", 2000), "grp"] = 0.0
    with pytest.raises(ValuesError, match=r"RU-TOM.*2000"):
        beta_convergence("grp / population", broken, start=2000, end=2019)


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"model": "gwr"}, OptionError, "model"),
        ({"model": "sar"}, InputError, "W"),
        ({"start": 2009}, PanelError, "before the end"),
        ({"start": 2009, "end": 1929}, PanelError, "swap them"),
        ({"end": 2050}, PanelError, "2050"),
        ({"start": "first"}, PanelError, "first"),
        ({"controls": "gdp"}, FormulaError, "gdp"),
        ({"controls": ["y ~ x"]}, FormulaError, "right-hand side"),
    ],
)
def test_unusable_arguments_are_refused(states, change, error, text):
    with pytest.raises(error, match=text):
        beta_convergence("income", states, **change)


def test_logarithms_are_not_taken_twice(states):
    for call in (beta_convergence, sigma_convergence):
        with pytest.raises(FormulaError, match=r"pass the level: 'income / 1000'"):
            call("log(income/1000)", states)
    assert sigma_convergence("log(income)", states, measure="cv").dispersion.iloc[0] > 0


def test_missing_controls_have_a_way_out(russia):
    broken = russia.copy()
    broken.loc[("RU-TOM", 2000), "unemployment"] = np.nan
    options = {"start": 2000, "end": 2019, "controls": "log(unemployment)"}
    with pytest.raises(ValuesError, match=r"RU-TOM[\s\S]*first period") as refused:
        beta_convergence("grp / population", broken, **options)
    assert "missing=" not in str(refused.value)
    mended = broken.drop(index=["RU-TOM"], level=0)
    assert (
        "RU-TOM" not in beta_convergence("grp / population", mended, **options).sample.table.index
    )


def test_dates_may_be_written_as_text(states):
    dated = states.reset_index()
    dated["year"] = pd.to_datetime(dated["year"].astype(str))
    dated = dated.set_index(["region", "year"])
    result = beta_convergence("income", dated, start="1980", end="2000")
    assert result.heading == "Beta convergence of income, 1980-01-01 to 2000-01-01: ols"
    assert result.provenance.options["start"] == "1980-01-01"


def test_other_refusals_say_what_to_do(states, queen, russia):
    with pytest.raises(IdError, match="US-NY"):
        beta_convergence("income", states.drop(index="US-NY", level=0), queen, model="sar")
    wide = states["income"].unstack()  # noqa: PD010
    with pytest.raises(InputError, match="beside panel=None"):
        beta_convergence(wide, None, controls="income")
    with pytest.raises(InputError, match=r"rename\(columns="):
        beta_convergence(
            "grp", russia.assign(growth=1.0), start=2000, end=2019, controls="unemployment"
        )
    with pytest.raises(InputError, match="panel"):
        beta_convergence("income", None)
    with pytest.raises(InputError, match="spatial weights for the models"):
        convergence_ladder("income", states, None)
    with pytest.raises(OptionError, match="effect"):
        beta_convergence("income", states).speed("indirect")
    aligned = beta_convergence(
        "income", states.drop(index="US-NY", level=0), queen, model="sar", align="intersection"
    )
    assert "US-NY" in aligned.notes[0]
