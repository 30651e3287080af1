"""A fit asked again: nothing changed gives the same numbers, one change gives a new fit's."""

import pandas as pd
import pytest

import workbench as wb
from workbench.errors import InputError, OptionError

FORMULA = "log(gsp) ~ log(pc) + log(emp)"


@pytest.fixture(scope="module")
def panel():
    return wb.load("munnell-1990")


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def W(states):
    return wb.weights.queen(states)


FITS = {
    "least squares": ({"model": "slx"}, "HC3"),
    "likelihood": ({"model": "sdm"}, "qml"),
    "case weights": ({"model": "sem", "case_weights": "unemp"}, None),
    "moments": ({"model": "sar", "method": "gmm"}, "robust"),
    "lags of the formula": ({"model": "sar", "formula": f"{FORMULA} + W(log(pc))"}, None),
    "brackets": (
        {"formula": "log(gsp) ~ log(emp) + [log(pc) ~ log(hwy) + log(water)]", "method": "gmm"},
        None,
    ),
}


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("case", FITS)
def test_nothing_changed_gives_the_same_numbers(case, panel, W):
    options, covariance = FITS[case]
    options = {"formula": FORMULA} | options
    formula = options.pop("formula")
    fit = wb.fit(formula, panel.xs(1986, level="year"), W, **options)
    if covariance is not None:
        fit = fit.with_covariance(covariance)
    pd.testing.assert_frame_equal(wb.refit(fit, {}).tidy(), fit.tidy(), check_exact=True)


PANELS = {
    "linear": ({"model": "slx", "effects": "two-way"}, "driscoll-kraay"),
    "likelihood": ({"model": "sdm", "effects": "entity"}, "clustered"),
    "random": ({"model": "sem", "effects": "random"}, None),
    "absorbed": ({"effects": "entity", "absorb": ["half"]}, None),
    "factors": ({"effects": "entity", "factors": "cce"}, None),
}


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("case", PANELS)
def test_nothing_changed_gives_the_same_panel(case, panel, W):
    options, covariance = PANELS[case]
    data = panel.assign(half=panel.index.get_level_values("year") // 5)
    fit = wb.fit(FORMULA, data, W, **options)
    if covariance is not None:
        fit = fit.with_covariance(covariance)
    pd.testing.assert_frame_equal(wb.refit(fit, {}).tidy(), fit.tidy(), check_exact=True)


def test_a_change_gives_what_a_new_fit_gives(panel, W, states):
    y = panel.xs(1986, level="year")
    fit = wb.fit(FORMULA, y, W, model="sdm")
    other = wb.weights.knn(states, 4)
    again = wb.refit(fit, {"W": other, "model": "sar"})
    new = wb.fit(FORMULA, y, other, model="sar")
    pd.testing.assert_frame_equal(again.tidy(), new.tidy(), check_exact=True)
    assert fit.model == "sdm"


def test_the_callers_table_may_change_afterwards(panel, W):
    y = panel.xs(1986, level="year").copy()
    fit = wb.fit(FORMULA, y, W, model="slx")
    y["emp"] = 1.0
    pd.testing.assert_frame_equal(wb.refit(fit, {}).tidy(), fit.tidy(), check_exact=True)


def test_a_word_that_fit_does_not_know_is_refused(panel, W):
    fit = wb.fit(FORMULA, panel.xs(1986, level="year"), W)
    with pytest.raises(OptionError, match="modle"):
        wb.refit(fit, {"modle": "sar"})


def test_a_result_without_its_call_is_refused(panel, W):
    from dataclasses import replace

    fit = replace(wb.fit(FORMULA, panel.xs(1986, level="year"), W), call=None)
    with pytest.raises(InputError, match=r"wb\.fit"):
        wb.refit(fit, {})
