"""The digital divide: closed forms of logistic curves and shifted paths, parts that add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, PanelError, ValuesError
from workbench.explore.inequality import inequality, theil
from workbench.innovation.organisations import digital_divide
from workbench.numerics.dynamics.convergence import trend
from workbench.numerics.dynamics.time_distance import reached, time_distances

YEARS = np.arange(2005, 2021)


def logistic(delay, speed=0.4):
    """Adoption in per cent, regions by years, each region's curve so many years late."""
    x = speed * (YEARS[None, :] - 2010.0 - np.asarray(delay, dtype=float)[:, None])
    index = [f"r{i:02d}" for i in range(len(delay))]
    return pd.DataFrame(100 / (1 + np.exp(-x)), index=index, columns=YEARS)


def test_on_one_curve_the_logit_gap_is_speed_times_delay():
    delay = np.linspace(0.0, 6.0, 11)
    table = digital_divide(logistic(delay), quantiles=(0.0, 1.0)).augment()
    # logit(p_leader) - logit(p_last) = 0.4 a year times 6 years
    assert np.allclose(table["logit_gap"], 2.4, rtol=1e-9)
    assert np.allclose(table["logit_deviation"], 0.4 * delay.std(), rtol=1e-9)
    # while the gap in points opens and closes
    assert table["points_gap"].max() > 3 * table["points_gap"].iloc[-1]


def test_saturation_is_told_from_catching_up():
    delay = np.linspace(0.0, 6.0, 11)
    late = logistic(delay).loc[:, 2012:]
    assert any("mostly the ceiling" in note for note in digital_divide(late).notes)
    catching = logistic(delay)
    closing = 1 - 0.9 * (YEARS - 2005) / 15
    for t, year in enumerate(YEARS):
        catching[year] = logistic(delay * closing[t])[year]
    assert not any("ceiling" in note for note in digital_divide(catching.loc[:, 2012:]).notes)


def test_years_behind_are_the_delays_of_a_shifted_path():
    delay = np.array([0.0, 2.0, 5.0])
    straight = pd.DataFrame(
        10.0 + 3.0 * (YEARS[None, :] - 2005 - delay[:, None]).clip(-2), index=list("abc"),
        columns=YEARS,
    )  # fmt: skip
    found = digital_divide(straight)
    assert found.years_behind[2020].tolist() == pytest.approx([0.0, 2.0, 5.0])
    # in 2008 the leader had had c's level, 4 %, before 2005: at least three years
    assert found.years_behind.loc["c", 2008] == 3.0
    assert found.bounds[2, 3]
    table = found.reached([40.0])["years_behind"]
    assert table.loc[40.0].tolist() == pytest.approx([0.0, 2.0, 5.0])
    assert np.isnan(found.reached([56.0])["reached"].loc[56.0]["a"])


def test_regions_ahead_of_the_benchmark_have_negative_distances():
    t = np.arange(5.0)
    path = 10.0 * t
    late, bounds = time_distances(np.array([path + 20.0, path, path - 10.0]), t, path)
    assert late[:, -1].tolist() == [-2.0, 0.0, 1.0]
    assert late[0].tolist() == [0.0, -1.0, -2.0, -2.0, -2.0]
    assert bounds[0].tolist() == [True, True, False, False, False]


def test_levels_are_reached_between_points_and_for_the_first_time():
    path, t = np.array([1.0, 3.0, 2.0, 5.0]), np.array([0.0, 2.0, 3.0, 4.0])
    assert reached(path, t, 2.0) == (1.0, False)
    assert reached(path, t, 4.0) == (pytest.approx(3 + 2 / 3), False)
    assert reached(path, t, 0.5) == (0.0, True)
    assert reached(path, t, 1.0) == (0.0, False)
    assert np.isnan(reached(path, t, 6.0)[0])


def test_inequality_is_that_of_exploration_and_its_parts_add_up():
    wide = logistic(np.linspace(0, 5, 12))
    groups = pd.Series(np.repeat(["north", "south", "east"], 4), index=wide.index)
    table = digital_divide(wide, groups=groups).augment()
    theirs = inequality(wide, measures=["gini", "theil", "variation"]).tidy()
    for name in ("gini", "theil", "variation"):
        assert np.allclose(table[name], theirs[name], rtol=1e-12)
    parts = theil(wide, groups=groups, permutations=0).tidy()
    assert np.allclose(table["between"], parts["between"], rtol=1e-12)
    assert np.allclose(table["between"] + table["within"], table["theil"], rtol=1e-10)


def test_population_weighs_mean_and_inequality():
    wide = logistic([0.0, 3.0, 6.0])
    people = pd.DataFrame(
        np.repeat([[8.0], [1.0], [1.0]], len(YEARS), axis=1), wide.index, YEARS
    )  # fmt: skip
    found = digital_divide(wide, population=people)
    expected = 0.8 * wide.loc["r00"] + 0.1 * wide.loc["r01"] + 0.1 * wide.loc["r02"]
    assert np.allclose(found.augment()["mean"], expected)
    assert found.augment()["gini"].iloc[0] != digital_divide(wide).augment()["gini"].iloc[0]


def test_trends_are_least_squares_with_hac_errors_and_tails():
    import statsmodels.api as sm

    rng = np.random.default_rng(0)
    wide = logistic(np.linspace(0, 6, 15)) * rng.uniform(0.97, 1.0, (15, len(YEARS)))
    found = digital_divide(wide, lag=2)
    y = found.augment()["points_gap"].to_numpy()
    theirs = sm.OLS(y, sm.add_constant(YEARS.astype(float))).fit(
        cov_type="HAC", cov_kwds={"maxlags": 2, "use_correction": True}, use_t=True
    )
    row = found.tidy().loc["points_gap"]
    assert row["estimate"] == pytest.approx(theirs.params[1], rel=1e-8)
    assert row["std_error"] == pytest.approx(theirs.bse[1], rel=1e-6)
    assert row["p_value"] == pytest.approx(theirs.pvalues[1], rel=1e-5)
    less = digital_divide(wide, lag=2, alternative="less").tidy().loc["points_gap", "p_value"]
    assert less == pytest.approx(stats.t.cdf(row["statistic"], 14))
    kernel = trend(y, YEARS.astype(float), lag=2)
    assert (kernel.slope, kernel.std_error) == (row["estimate"], row["std_error"])


def test_what_is_not_defined_is_missing_and_not_infinite():
    wide = logistic(np.linspace(0, 5, 12))
    wide.loc["r11", 2005:2007] = 0.0
    wide.loc["r00", 2020] = 100.0
    found = digital_divide(wide, quantiles=(0.0, 1.0))
    table = found.augment()
    assert table.loc[2005:2007, ["ratio_gap", "theil", "logit_gap"]].isna().all(axis=None)
    assert np.isnan(table.loc[2020, "logit_gap"])
    assert np.isfinite(table["gini"]).all()
    assert "not defined in 4 periods" in found.tidy().loc["logit_gap", "reason"]
    assert any("Not defined in every period" in note for note in found.notes)


def test_a_single_cross_section_has_gaps_and_no_trends():
    one = logistic(np.linspace(0, 5, 12))[2012]
    found = digital_divide(one)
    assert len(found.augment()) == 1
    assert found.tidy()["reason"].str.contains("fewer than 4 periods").all()
    assert found.tidy()["first"].equals(found.tidy()["last"].rename("first"))
    column = digital_divide("online", one.to_frame("online"))
    pd.testing.assert_frame_equal(column.augment(), found.augment())


def test_long_panels_wide_tables_and_fractions_say_the_same():
    wide = logistic(np.linspace(0, 5, 12))
    long = wide.rename_axis("region").melt(ignore_index=False, var_name="year", value_name="on")
    long = long.set_index("year", append=True).sample(frac=1, random_state=0)
    first = digital_divide(wide).augment()
    pd.testing.assert_frame_equal(
        digital_divide("on", long).augment(), first, check_names=False, rtol=1e-12
    )
    shares = digital_divide(wide / 100, unit="fraction").augment()
    assert np.allclose(shares[["logit_gap", "gini"]], first[["logit_gap", "gini"]], rtol=1e-9)
    assert "logit_gap" not in digital_divide(wide * 2, unit="unbounded").augment()


def mixed(wide):
    changed = wide.copy()
    changed.loc["r03", 2015] /= 100
    return changed


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda w: digital_divide(w / 100), ValuesError, 'unit="fraction"'),
        (lambda w: digital_divide(mixed(w)), ValuesError, "r03"),
        (lambda w: digital_divide(w * 3), ValuesError, "unbounded"),
        (lambda w: digital_divide((w / 100).assign(x=w[2020])[[2005, "x"]]
                                  .set_axis([2005, 2020], axis=1), unit="fraction"),
         ValuesError, "do not mix"),
        (lambda w: digital_divide(w - 20), ValuesError, "negative"),
        (lambda w: digital_divide(w.where(w > 5)), ValuesError, "r0"),
        (lambda w: digital_divide(w.assign(x=50).set_axis([*YEARS, 2021], axis=1)),
         ValuesError, "differ in every period"),
        (lambda w: digital_divide(w, benchmark="r99"), IdError, "id of a region"),
        (lambda w: digital_divide(w.iloc[:4].set_axis(
            ["RU-ARK", "RU-NEN", "RU-ARK-NEN", "RU-MOW"])), InputError, "scheme|units|RU-"),
        (lambda w: digital_divide(w, quantiles=(0.9, 0.1)), InputError, "ascending"),
        (lambda w: digital_divide(w, lag=15), InputError, "whole number"),
        (lambda w: digital_divide(w, periods=[1999]), PanelError, "1999"),
        (lambda w: digital_divide(w.iloc[:2]), ValuesError, "three regions"),
        (lambda w: digital_divide(w[2010], periods=[2010]), InputError, "cross-section"),
    ],
)  # fmt: skip
def test_bad_adoption_is_named(call, error, text):
    with pytest.raises(error, match=text):
        call(logistic(np.linspace(0, 5, 12)))


def test_a_small_share_is_no_mistake_where_all_are_small():
    wide = pd.DataFrame({2010: [0.3, 0.9, 4.0], 2011: [0.6, 1.5, 6.0]}, index=list("abc"))
    assert digital_divide(wide).augment()["leader"].tolist() == [4.0, 6.0]


def test_order_of_rows_does_not_matter():
    wide = logistic(np.linspace(0, 5, 12))
    turned = digital_divide(wide.iloc[::-1, ::-1])
    first = digital_divide(wide)
    pd.testing.assert_frame_equal(turned.augment(), first.augment())
    pd.testing.assert_frame_equal(turned.regions, first.regions)
    assert np.array_equal(turned.distances, first.distances)


def test_tables_speak_the_glossary():
    found = digital_divide(logistic(np.linspace(0, 5, 12)))
    tables = [found.tidy(), found.glance(), found.augment(), found.regions, found.reached([50.0])]
    for table in tables:
        assert set(table.columns) <= set(GLOSSARY)


def test_a_population_may_be_that_of_one_year_and_lacking_years_are_named():
    wide = pd.DataFrame({2000: [10.0, 20.0, 40.0], 2001: [15.0, 30.0, 50.0]}, index=list("abc"))
    people = pd.Series({"c": 5.0, "a": 1.0, "b": 4.0})
    held = pd.DataFrame({2000: people, 2001: people})
    one, every = (digital_divide(wide, population=given) for given in (people, held))
    pd.testing.assert_frame_equal(one.augment(), every.augment(), rtol=0)
    with pytest.raises(PanelError, match="2001") as raised:
        digital_divide(wide, population=held[[2000]])
    assert raised.value.argument == "population"
    with pytest.raises(ValuesError, match="above zero"):
        digital_divide(wide, population=people * 0)
