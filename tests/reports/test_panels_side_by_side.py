"""Panel fits of every kind stand side by side, with their impacts."""

from __future__ import annotations

import pytest

import workbench as wb

FORMULA = "log(gsp) ~ log(emp) + unemp"


@pytest.fixture(scope="module")
def fits():
    panel, W = wb.load("munnell-1990"), wb.weights.queen(wb.load("us-states"))
    choices = {
        "random": {"effects": "random"},
        "SLX": {"model": "slx", "effects": "entity"},
        "SDM": {"model": "sdm", "effects": "two-way"},
        "dynamic": {"model": "sar", "effects": "two-way", "dynamic": "both"},
        "moments": {"model": "sac", "effects": "entity", "method": "gmm"},
        "shocks": {"model": "slx", "effects": "entity", "factors": "cce"},
        "defactored": {"model": "sar", "effects": "entity", "factors": "defactored"},
    }
    made = {name: wb.fit(FORMULA, panel, W, **options) for name, options in choices.items()}
    by_period = dict.fromkeys(range(1970, 1987), W)
    made["W by year"] = wb.fit(
        FORMULA, panel, by_period, model="sar", effects="entity", lee_yu="bias-correction"
    )
    made["Poisson"] = wb.fit(
        "gsp ~ log(emp) + unemp", panel, W, model="slx", effects="entity", family="poisson"
    )
    return made


def test_every_panel_fit_has_its_column_with_impacts(fits):
    table = wb.compare(fits, impacts=True).table
    for name, fit in fits.items():
        impacts = fit.impacts()
        for effect in ("direct", "indirect", "total"):
            shown = table.loc[(f"{effect.capitalize()} impacts", "log(emp)", "estimate"), name]
            estimate = impacts["log(emp)", effect]["estimate"]
            if shown == "—":  # no number: by its form nothing spills over in this model
                assert (effect, estimate) == ("indirect", 0.0)
            else:
                assert float(shown) == pytest.approx(estimate, abs=0.0006)


def test_the_comparison_is_set_for_print(fits):
    comparison = wb.compare(fits, impacts=True)
    for text in (comparison.to_latex(), comparison.to_typst(), comparison.to_html()):
        assert "W by year" in text


def test_criteria_of_different_observations_are_not_set_side_by_side_without_a_word(fits):
    """Two-way least squares count 816 observations, transformed likelihoods 752."""
    panel, W = wb.load("munnell-1990"), wb.weights.queen(wb.load("us-states"))
    least = wb.fit(FORMULA, panel, W, effects="two-way")
    both = {"OLS": least, "SDM": fits["SDM"]}
    for text in (str(wb.compare(both)), wb.compare(both).to_html(), wb.compare(both).to_latex()):
        assert "count different observations" in text
    assert "count different" not in str(wb.compare(both, statistics=["nobs", "rsquared"]))
    sar = wb.fit(FORMULA, panel, W, model="sar", effects="two-way")
    assert "count different" not in str(wb.compare({"SAR": sar, "SDM": fits["SDM"]}))


def test_impacts_of_a_dynamic_panel_are_named_as_those_of_the_short_run(fits):
    assert "Impacts of dynamic are of the short run" in str(wb.compare(fits, impacts=True))
    assert "short run" not in str(wb.compare(fits))


def test_the_constant_comes_first_and_parameters_of_lags_last(fits):
    shown = wb.compare({"SDM": fits["SDM"], "dynamic": fits["dynamic"], "R": fits["random"]})
    terms = list(dict.fromkeys(shown.table.loc[""].index.get_level_values("term")))
    assert terms[0] == "Intercept"
    assert terms[-3:] == ["tau", "eta", "rho"]
