"""Sigma convergence: labelled, refusing, and saying which of its tests to believe."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import workbench as wb
from workbench.errors import FormulaError, IdError, InputError, OptionError, PanelError, ValuesError
from workbench.growth import sigma_convergence


@pytest.fixture(scope="module")
def states():
    return wb.load("us-income")


def test_dispersion_and_trend_by_pandas_and_statsmodels(states):
    result = sigma_convergence("income", states, lag=4)
    logs = np.log(states["income"]).groupby(level="year").std()
    pd.testing.assert_series_equal(result.dispersion, logs, check_names=False, rtol=1e-12)
    fit = sm.OLS(np.log(logs), sm.add_constant(logs.index.to_numpy(float))).fit(
        cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": True}, use_t=True
    )
    row = result.tidy().loc["trend"]
    assert row["estimate"] == pytest.approx(fit.params.iloc[1], rel=1e-8)
    assert row["std_error"] == pytest.approx(fit.bse.iloc[1], rel=1e-8)
    assert result.tests["trend"].p_value == pytest.approx(fit.pvalues.iloc[1], rel=1e-6)
    assert result.provenance.options["lag"] == "4"


def test_default_lag_is_stated():
    # floor(4 (81/100)^(2/9)) = 3
    result = sigma_convergence("income", wb.load("us-income"))
    assert result.trend.lag == result.drift.lag == 3
    assert "Newey-West, lag 3" in str(result)


def test_alternatives_are_about_dispersion(states):
    less = sigma_convergence("income", states, alternative="less").tests
    two = sigma_convergence("income", states).tests
    for name in ("trend", "drift", "Carree-Klomp T3", "Pitman-Morgan"):
        # incomes of the states grew alike: every test that has a sign halves its p-value
        assert less[name].p_value == pytest.approx(two[name].p_value / 2, rel=1e-9)
    assert less["trend"].alternative == "less"
    assert less["Pitman-Morgan"].alternative == "greater"
    assert less["Carree-Klomp T2"].p_value == two["Carree-Klomp T2"].p_value


def test_persistent_dispersion_is_called_so(states):
    assert any("rejects too often" in note for note in sigma_convergence("income", states).notes)
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(np.exp(rng.standard_normal((30, 12))), columns=range(2000, 2012))
    assert sigma_convergence(noise, None).notes == ()


def test_population_weighs_every_period(states):
    people = states.assign(people=np.random.default_rng(1).uniform(1, 9, len(states)))
    result = sigma_convergence("income", people, measure="cv", population="people")
    year = people.xs(1960, level="year")
    mean = np.average(year["income"], weights=year["people"])
    spread = np.sqrt(np.average((year["income"] - mean) ** 2, weights=year["people"]))
    assert result.dispersion[1960] == pytest.approx(spread / mean, rel=1e-12)
    assert "weighs regions by people" in result.notes[0]


def test_tests_of_the_ends_use_the_same_regions(states):
    result = sigma_convergence("income", states, periods=range(1990, 2010), measure="cv")
    ends = [states.xs(year, level="year")["income"] for year in (1990, 2009)]
    first, last = (end / end.mean() for end in ends)
    r = stats.pearsonr(first + last, first - last)
    assert result.tests["Pitman-Morgan"].p_value == pytest.approx(r.pvalue, rel=1e-9)


def test_row_order_and_unit_change_nothing(states):
    straight = sigma_convergence("income", states)
    mixed = sigma_convergence("income", states.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(mixed.augment(), straight.augment(), check_exact=True)
    pd.testing.assert_frame_equal(mixed.tidy(), straight.tidy(), check_exact=True)
    for measure in ("std_log", "cv", "theil", "gini"):
        own = sigma_convergence("income", states, measure=measure).dispersion
        other = sigma_convergence("income / 1000", states, measure=measure).dispersion
        np.testing.assert_allclose(other, own, rtol=1e-9)


def test_caller_and_result_are_left_alone(states):
    before = states.copy()
    result = sigma_convergence("income", states)
    handed_out = result.augment()
    handed_out["dispersion"] = 0.0
    assert (result.dispersion > 0).all()
    pd.testing.assert_frame_equal(states, before)


def test_zeros_are_refused_by_name_where_logarithms_are_taken(states):
    broken = states.astype(float).copy()
    broken.loc[("US-TX", 1950), "income"] = 0.0
    for measure in ("std_log", "theil"):
        with pytest.raises(ValuesError, match=r"US-TX.*1950"):
            sigma_convergence("income", broken, measure=measure)
    assert sigma_convergence("income", broken, measure="gini").entities == 48
    broken.loc[("US-TX", 1929), "income"] = 0.0
    answer = sigma_convergence("income", broken, measure="gini").tests["Carree-Klomp T2"]
    assert not answer.applicable
    assert "not positive" in answer.reason


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"measure": "range"}, OptionError, "expected one of 'std_log'"),
        ({"alternative": "falls"}, OptionError, "alternative"),
        ({"periods": [1990, 1991, 1992]}, PanelError, "at least 4 periods for a trend"),
        ({"lag": 90}, InputError, "from 0 to 78 for 81 periods"),
        ({"lag": True}, InputError, "lag"),
        ({"population": "people"}, FormulaError, "people"),
        ({"population": "0 * income"}, ValuesError, "income"),
    ],
)
def test_unusable_arguments_are_refused(states, change, error, text):
    with pytest.raises(error, match=text):
        sigma_convergence("income", states, **change)


def test_equal_regions_and_gaps_are_refused(states):
    flat = pd.DataFrame(np.random.default_rng(3).uniform(1, 2, (6, 5)), columns=range(2000, 2005))
    flat[2003] = 1.5
    with pytest.raises(ValuesError, match=r"2003"):
        sigma_convergence(flat, None)
    with pytest.raises(PanelError, match=r"US-NY.*1950"):
        sigma_convergence("income", states.drop(index=("US-NY", 1950)))
    wide = states["income"].unstack()  # noqa: PD010
    with pytest.raises(IdError, match="US-NY"):
        sigma_convergence(wide, None, population=wide.drop(index="US-NY"))


def test_equal_populations_are_weights_like_others(states):
    weighted = sigma_convergence("income", states.assign(people=3.0), population="people")
    n = len(states.index.unique(0))
    plain = sigma_convergence("income", states).dispersion
    np.testing.assert_allclose(weighted.dispersion, plain * np.sqrt((n - 1) / n), rtol=1e-12)


def test_too_few_regions_are_refused(states):
    ids = states.index.unique(0)
    for count in (1, 3):
        with pytest.raises(PanelError, match=rf"at least 4 regions; got {count}: {ids[0]}"):
            sigma_convergence("income", states.loc[list(ids[:count])])


def test_dates_of_a_place_are_its_calendar(states):
    """Midnights of Moscow lie in the year before in Greenwich."""
    last = states[states.index.get_level_values(1) >= 2000]
    wide = last.reset_index().pivot_table(index="region", columns="year", values="income")
    dates = pd.to_datetime(wide.columns.astype(str)).tz_localize("Europe/Moscow")
    there = sigma_convergence(wide.set_axis(dates, axis=1), None)
    here = sigma_convergence(wide.set_axis(dates.tz_localize(None), axis=1), None)
    assert there.drift == here.drift
    assert here.heading.endswith("2000-01-01 to 2009-01-01")
