"""What is asked of a panel fit afterwards is answered, or refused with a way out that works."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import CollinearityError, InputError, OptionError, PanelError, ValuesError

FORMULA = "log(gsp) ~ log(emp) + unemp"
ESTIMATORS = {
    "likelihood": {"model": "sdm", "effects": "two-way"},
    "random": {"model": "sem", "effects": "random"},
    "dynamic": {"model": "sar", "effects": "entity", "dynamic": "lag"},
    "moments": {"model": "sar", "effects": "entity", "method": "gmm"},
    "disturbance": {"model": "sac", "effects": "random", "method": "gmm"},
    "dynamic moments": {"model": "sar", "effects": "entity", "method": "gmm", "dynamic": "lag"},
    "shocks": {"model": "sar", "effects": "entity", "factors": "cce"},
    "counts": {"model": "slx", "effects": "entity", "family": "poisson"},
}


@pytest.fixture(scope="module")
def fits(panel, W):
    return {name: wb.fit(FORMULA, panel, W, **words) for name, words in ESTIMATORS.items()}


def answered(remedy, panel, W, **words):
    """Fit anew as a way out says, ``wb.fit(..., option=value)``, with the other words kept."""
    head, tail = "wb.fit(..., ", ")"
    at = remedy.index(head) + len(head)
    said = eval(f"dict({remedy[at : remedy.index(tail, at)]})")
    return wb.fit(FORMULA, panel, W, **(words | said))


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("name", ESTIMATORS)
def test_the_covariance_that_a_fit_has_is_the_fit_itself(fits, name):
    one = {"dynamic moments": "clustered", "shocks": "clustered"}
    own = one.get(name, fits[name].provenance.options["covariance"])
    again = fits[name].with_covariance(own)
    pd.testing.assert_series_equal(again.std_errors, fits[name].std_errors)
    assert again.estimates.covariance == fits[name].estimates.covariance


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("name", [*ESTIMATORS][3:])
def test_covariances_for_which_no_scores_are_kept_say_which_fit_has_them(panel, W, fits, name):
    with pytest.raises(InputError) as caught:
        fits[name].with_covariance("robust")
    again = answered(caught.value.remedy, panel, W, **ESTIMATORS[name])
    assert again.std_errors.iloc[0] > 0
    assert "..." in caught.value.remedy
    assert caught.value.argument == "covariance"


@pytest.mark.parametrize("name", ["dynamic moments", "shocks"])
def test_clustered_errors_are_not_handed_out_as_classical(fits, name):
    with pytest.raises(InputError):
        fits[name].with_covariance("classical")


def test_one_covariance_stands_in_a_table_of_covariances(fits):
    table = fits["likelihood"].covariances(["classical"]).std_errors
    np.testing.assert_array_equal(table["classical"], fits["likelihood"].std_errors)


def test_impacts_of_a_dynamic_panel_say_of_which_run_they_are(fits):
    short, long = fits["dynamic"].impacts(), fits["dynamic"].impacts(horizon="long-run")
    drawn = fits["dynamic"].impacts(horizon="long-run", method="monte-carlo", draws=200)
    assert "Short run" in str(short)
    assert "Long run" in str(long)
    assert "Long run" in str(drawn)
    assert "run" not in str(fits["likelihood"].impacts())


def test_predictions_are_refused_for_the_reason_that_holds(panel, W, fits):
    random = wb.fit(FORMULA, panel, effects="random")
    of_pairs = panel.assign(era=panel.index.get_level_values("year") // 5)
    absorbing = wb.fit(FORMULA, of_pairs, effects="entity", absorb="era")
    for fit, found in (
        (random, "effects='random'"),
        (absorbing, "absorbed categories"),
        (fits["moments"], "moments, which do not estimate effects"),
    ):
        with pytest.raises(PanelError) as caught:
            fit.predict()
        assert caught.value.found == found


def test_random_effects_by_moments_are_not_predicted_and_say_so(panel, W, fits):
    with pytest.raises(InputError) as caught:
        fits["disturbance"].effects_table()
    assert caught.value.expected == "a linear or a spatial panel by maximum likelihood"
    likelihood = wb.fit(FORMULA, panel, W, model="sac", effects="random")
    assert len(likelihood.effects_table()) == 48


def test_variances_of_random_effects_by_likelihood_are_in_its_tables(fits):
    with pytest.raises(InputError) as caught:
        fits["random"].variance_components()
    row = eval(caught.value.remedy.removesuffix(" has them"), {"fit": fits["random"]})
    assert {"sigma2_effects", "sigma2"} <= set(row.columns)


def test_a_period_without_a_regression_of_its_own_is_named(panel):
    """linearmodels leaves such periods out of the mean with a warning."""
    first = panel.groupby(level=0)["pc"].transform("first")
    with pytest.raises(CollinearityError) as caught:
        wb.fit("log(gsp) ~ log(pc) + log(c)", panel.assign(c=first), effects="fama-macbeth")
    assert caught.value.offenders == ("1970",)
    later = panel.assign(c=first)[panel.index.get_level_values("year") > 1970]
    assert wb.fit("log(gsp) ~ log(pc) + log(c)", later, effects="fama-macbeth").nobs == 768


def test_what_all_regions_share_has_no_regression_by_period(panel):
    clock = panel.groupby(level=1)["pc"].transform("mean")
    with pytest.raises(CollinearityError) as caught:
        wb.fit("log(gsp) ~ log(emp) + clock", panel.assign(clock=clock), effects="fama-macbeth")
    assert len(caught.value.offenders) == 17
    assert "Model cannot be estimated" not in str(caught.value)


def test_too_few_regions_for_a_regression_by_period_are_counted(panel):
    three = panel.loc[panel.index.unique("region")[:3]]
    with pytest.raises(PanelError) as caught:
        wb.fit("log(gsp) ~ log(emp) + unemp + log(pc)", three, effects="fama-macbeth")
    assert caught.value.found == "3 regions for 4 coefficients in 17 periods"


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("said", ["fe", "within", "twfe", "re", "fd", "pooled"])
def test_effects_as_other_software_calls_them_are_understood(panel, said):
    with pytest.raises(OptionError) as caught:
        wb.fit(FORMULA, panel, effects=said)
    word = caught.value.remedy.removeprefix("did you mean ").removesuffix("?")
    assert wb.fit(FORMULA, panel, effects=eval(word)).nobs >= 768


def test_clusters_of_a_panel_are_suggested_by_its_own_word(panel):
    with pytest.raises(OptionError) as caught:
        wb.fit(FORMULA, panel, effects="entity", covariance="cluster")
    assert caught.value.remedy == "did you mean 'clustered'?"


@pytest.mark.parametrize(
    "words", [{"family": "poisson"}, {"factors": "cce"}], ids=["counts", "shocks"]
)
def test_one_W_takes_the_place_of_one_a_period_where_these_are_refused(panel, W, words):
    by_period = dict.fromkeys(panel.index.unique("year"), W)
    with pytest.raises(PanelError) as caught:
        wb.fit(FORMULA, panel, by_period, model="slx", effects="entity", **words)
    assert "one W for all periods" in caught.value.remedy
    assert wb.fit(FORMULA, panel, W, model="slx", effects="entity", **words).nobs == 816


def test_endogenous_regressors_of_spatial_moments_lead_to_a_model_that_takes_them(panel, W):
    bracket = "log(gsp) ~ log(emp) + [log(pc) ~ log(hwy) + log(water)]"
    with pytest.raises(InputError) as caught:
        wb.fit(bracket, panel, W, model="sar", effects="entity", method="gmm")
    assert "leave method out" not in caught.value.remedy
    assert 'model="ols"' in caught.value.remedy
    assert wb.fit(bracket, panel, W, model="ols", effects="entity", method="gmm").nobs == 816


def test_too_few_periods_for_slopes_of_each_region_lead_to_pooled_ones(panel):
    few = panel[panel.index.get_level_values("year") > 1980]
    formula = "log(gsp) ~ log(emp) + unemp"
    with pytest.raises(ValuesError) as caught:
        wb.fit(formula, few, effects="entity", factors="cce-mean-group")
    assert 'factors="cce"' in caught.value.remedy
    assert np.isfinite(wb.fit(formula, few, effects="entity", factors="cce").std_errors).all()


def test_shuffled_rows_change_no_bit_of_what_follows(panel, W):
    order = np.random.default_rng(1).permutation(len(panel))
    one = wb.fit(FORMULA, panel, W, model="sdm", effects="entity", dynamic="both")
    two = wb.fit(FORMULA, panel.iloc[order], W, model="sdm", effects="entity", dynamic="both")
    pd.testing.assert_frame_equal(
        one.impacts(horizon="long-run").table,
        two.impacts(horizon="long-run").table,
        check_exact=True,
    )
    pd.testing.assert_frame_equal(one.effects_table(), two.effects_table(), check_exact=True)


@pytest.mark.slow
def test_numbers_under_a_chart_of_covariances_do_not_run_into_each_other(panel):
    fit = wb.fit("log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp", panel, effects="two-way")
    figure = fit.covariances(["classical", "clustered", "driscoll-kraay"]).plot()
    figure.canvas.draw()
    for axes in figure.axes:
        low, high = axes.get_xlim()
        inside = [t for t in axes.get_xticklabels() if low <= t.get_position()[0] <= high]
        boxes = [t.get_window_extent() for t in inside if t.get_text()]
        assert all(a.x1 < b.x0 for a, b in pairwise(boxes))
