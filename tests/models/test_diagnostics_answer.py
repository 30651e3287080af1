"""Every test of the catalogue answers: with R's number, or with the reason why there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.models.testing.catalogue import CATALOGUE
from workbench.typing import Model, words

SECTIONS = {"sar": "lag", "sem": "err", "sdm": "sdm", "sdem": "sdem", "sac": "sac", "gns": "gns"}
COLUMNS = ["about", "statistic", "distribution", "p_value", "small_p", "null", "reason"]


def two_parameters(name):
    """Numbers of SAC and GNS, by quantity."""
    path = Path(__file__).parents[1] / "reference" / "cross_section_two_parameters.csv"
    stored = pd.read_csv(path)
    return stored[stored["case"] == name].set_index("quantity")["value"].to_dict()


def close(actual, expected, relative=1e-6):
    assert actual == pytest.approx(expected, rel=relative)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", words(Model))
def test_every_test_answers_in_one_table(columbus, model):
    found = wb.fit(columbus.formula, columbus.table, columbus.W, model=model).diagnostics()
    table = found.tidy()
    assert list(table.columns) == COLUMNS
    assert set(table.columns) <= set(GLOSSARY)
    assert list(table.index) == list(CATALOGUE)
    # A statistic with a p-value, or a reason: never both, never neither.
    made = table["statistic"].notna()
    assert (made == table["p_value"].notna()).all()
    assert (made == table["reason"].isna()).all()
    assert table.loc[made, "p_value"].between(0, 1).all()
    assert "Not applicable" in str(found)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["sar", "sem", "sdm"])
def test_wald_and_likelihood_ratio_of_the_spatial_parameter(case, model):
    """spatialreg: Wald1.Sarlm and LR1.Sarlm."""
    found = wb.fit(case.formula, case.table, case.W, model=model).diagnostics()
    section = SECTIONS[model]
    name = "Wald lambda" if model == "sem" else "Wald rho"
    # 1e-5: R's optimiser leaves 1e-8 in the parameter, over a small variance.
    close(found[name].statistic, case.numbers[f"{section}/Wald/stat"], 1e-5)
    if model != "sdm":
        close(found["LR spatial parameters"].statistic, case.numbers[f"{section}/LR/stat"], 1e-5)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", list(SECTIONS))
def test_koenker_of_spatial_models(case, model):
    """spatialreg: bptest.Sarlm. With islands its (I - lambda W)1 is no constant, and ours is."""
    fit = wb.fit(case.formula, case.table, case.W, model=model)
    found = fit.diagnostics()
    expected = {**case.numbers, **two_parameters(case.name)}[f"{SECTIONS[model]}/bp/stat"]
    statistic = found["Breusch-Pagan (Koenker)"].statistic
    if case.name == "ncsids_islands" and "lambda" in fit.params:
        assert statistic != pytest.approx(expected, rel=1e-5)
        return
    # R stops its search of two parameters at about 1e-7; Boston's GNS has a rho of 0.85.
    close(statistic, expected, 1e-4 if model in ("sac", "gns") else 1e-5)


@pytest.mark.quick_cases(1)
def test_plain_breusch_pagan_and_white_of_ols(case):
    found = wb.fit(case.formula, case.table, case.W).diagnostics()
    close(found["Breusch-Pagan"].statistic, case.numbers["ols/bp_nonstudentized/stat"])
    close(found["White"].statistic, case.numbers["ols/white_cross/stat"], 1e-6)


@pytest.mark.parametrize("name", ["oldcol", "ncsids"])
def test_exact_and_saddlepoint_moran(labelled_case, name):
    """spdep's lm.morantest.exact and .sad are one-sided; ours double the smaller tail."""
    case = labelled_case(name)
    found = wb.fit(case.formula, case.table, case.W).diagnostics()
    # 1e-3: R integrates to 1.2e-4 relative and finds the saddlepoint to 1e-8.
    for ours, theirs in {"exact": "exact", "saddlepoint": "sad"}.items():
        expected = 2 * case.numbers[f"ols/morantest_{theirs}/p"]
        close(found[f"Moran's I ({ours})"].p_value, expected, 1e-3)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("name", ["oldcol", "ncsids", "boston"])
def test_common_factor_and_lagged_regressors(labelled_case, name):
    case = labelled_case(name)
    found = wb.fit(case.formula, case.table, case.W, model="sdm").diagnostics()
    expected = case.numbers["LR/sdm_vs_err_commonfactor/stat"]
    close(found["LR common factor"].statistic, expected, 1e-5)
    close(found["LR WX"].statistic, case.numbers["LR/sdm_vs_lag/stat"], 1e-5)
    assert found["LR common factor"].df == found["Wald common factor"].df


def test_lagged_regressors_of_slx_are_an_f_test(columbus):
    """The Wald F of least squares is the F of the two sums of squares."""
    slx = wb.fit(columbus.formula, columbus.table, columbus.W, model="slx")
    ols = wb.fit(columbus.formula, columbus.table)
    sse = [np.sum(np.asarray(fit.resids) ** 2) for fit in (ols, slx)]
    expected = (sse[0] - sse[1]) / 2 / (sse[1] / slx.fit.df_resid)
    answer = slx.diagnostics()["Wald WX"]
    close(answer.statistic, expected, 1e-10)
    assert answer.df == (2.0, slx.fit.df_resid)


def reason(fit, name):
    answer = fit.diagnostics()[name]
    assert not answer.applicable
    return answer.reason


def test_islands_have_no_common_factor(labelled_case):
    case = labelled_case("ncsids_islands")
    sdm = wb.fit(case.formula, case.table, case.W, model="sdm")
    assert "islands" in reason(sdm, "Wald common factor")
    assert "islands" in reason(sdm, "LR common factor")


def test_without_intercept_the_common_factor_needs_no_row_sums(labelled_case):
    case = labelled_case("ncsids_islands")
    sdm = wb.fit(case.formula + " - 1", case.table, case.W, model="sdm")
    assert sdm.diagnostics()["LR common factor"].applicable


def test_weights_that_are_not_row_standardised(columbus):
    binary = columbus.W.normalize("none")
    sdm = wb.fit(columbus.formula, columbus.table, binary, model="sdm")
    assert "row-standardised" in reason(sdm, "LR common factor")


def test_no_intercept_no_weights_no_regressor(columbus):
    bare = wb.fit("CRIME ~ INC - 1", columbus.table)
    assert "no intercept" in reason(bare, "White")
    assert "without weights" in reason(bare, "LM SDM")
    constant = wb.fit("CRIME ~ 1", columbus.table, columbus.W)
    assert "no regressor" in reason(constant, "RESET")
    assert "no regressor to lag" in reason(constant, "LM WX")
    assert "cannot be told apart" in reason(constant, "Robust LM lag")


def test_many_regressors_leave_no_region_over(columbus):
    few = columbus.table.head(12)
    noise = np.random.default_rng(0).normal(size=(12, 8))
    table = few.assign(**{f"x{i}": noise[:, i] for i in range(8)})
    formula = "CRIME ~ " + " + ".join(f"x{i}" for i in range(8))
    W = columbus.W.restrict(few.index)
    fit = wb.fit(formula, table, W)
    assert "as many" in reason(fit, "LM WX")
    assert "as many terms" in reason(fit, "White")


def test_many_regions_keep_the_exact_law_for_who_asks(monkeypatch, columbus):
    monkeypatch.setattr("workbench.models.testing.dependence.EXACT_UP_TO", 40)
    fit = wb.fit(columbus.formula, columbus.table, columbus.W)
    assert 'inference="exact"' in reason(fit, "Moran's I (exact)")
    assert fit.diagnostics()["Moran's I of residuals"].applicable


def test_belsley_names_the_terms_at_fault(columbus):
    random = np.random.default_rng(0).normal(size=49)
    table = columbus.table.assign(twin=columbus.table["INC"] + 0.01 * random)
    found = wb.fit("CRIME ~ INC + HOVAL + twin", table).diagnostics()
    last = found.belsley.iloc[-1]
    assert found.belsley.index[-1] == found.condition_number > 30
    assert set(last[last > 0.5].index) == {"INC", "twin"}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["slx", "sdm", "sem"])
def test_order_of_rows_changes_no_bit(columbus, model):
    shuffled = columbus.table.sample(frac=1, random_state=3)
    one = wb.fit(columbus.formula, columbus.table, columbus.W, model=model).diagnostics().tidy()
    two = wb.fit(columbus.formula, shuffled, columbus.W, model=model).diagnostics().tidy()
    np.testing.assert_array_equal(one["statistic"], two["statistic"])


def test_a_disturbance_with_weights_of_its_own_is_filtered_by_them(columbus):
    """Without Wy and WX the weights of the error are all that enters: both fits are one."""
    other = columbus.W.normalize("none")
    split = wb.fit(columbus.formula, columbus.table, columbus.W, model="sem", W_error=other)
    alone = wb.fit(columbus.formula, columbus.table, other, model="sem")
    for name in ("White", "Breusch-Pagan", "Spatial Hausman", "Breusch-Pagan (spatial)"):
        ours, expected = split.diagnostics()[name], alone.diagnostics()[name]
        assert ours.applicable
        close(ours.statistic, expected.statistic, 1e-10)
