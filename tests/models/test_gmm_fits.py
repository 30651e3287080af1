"""Fits by moments answer in the shared vocabulary, refuse by name, and agree with peers."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import IV2SLS, IVGMM

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.core.vocabulary import COEFFICIENT_COLUMNS
from workbench.errors import (
    CollinearityError,
    FormulaError,
    InputError,
    OptionError,
    PanelError,
    ValuesError,
)
from workbench.models import GMM, SCPC, Clustered, Conley, influence, j_test, nested_tests
from workbench.models.comparison.criteria import criteria_table

SPATIAL = ("sar", "sdm", "sem", "sdem", "sac", "gns")
FORMULA = "log(gsp) ~ log(pc) + log(emp)"
BRACKET = "log(gsp) ~ log(emp) + [log(pc) ~ log(hwy) + log(water)]"


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def W(states):
    return wb.weights.queen(states)


@pytest.fixture(scope="module")
def y1986():
    return wb.load("munnell-1990").xs(1986, level="year")


def moments(table, W, model, formula=FORMULA, **options):
    return wb.fit(formula, table, W, model=model, **{"method": "gmm", **options})


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", SPATIAL)
def test_tables_use_the_glossary_and_leave_the_likelihood_blank(y1986, W, model):
    fit = moments(y1986, W, model)
    assert tuple(fit.tidy().columns) == COEFFICIENT_COLUMNS
    assert set(fit.glance().columns) <= set(GLOSSARY)
    assert np.isnan([fit.loglik, fit.aic, fit.bic]).all()
    table = fit.augment()
    np.testing.assert_allclose(table.iloc[:, 0], table["fitted"] + table["residual"], atol=1e-10)
    assert fit.summary == str(fit)
    diagnostics = fit.diagnostics()
    assert diagnostics.tidy().index.is_unique
    assert not diagnostics["LR spatial parameters"].applicable
    assert "moments" in diagnostics["LM lag"].reason
    assert np.isfinite(fit.std_errors).all()
    told = fit.provenance.to_dict()["options"]
    assert told["method"] == "gmm"


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", SPATIAL)
def test_order_of_rows_changes_no_bit(y1986, W, model):
    before = y1986.copy(deep=True)
    shuffled = y1986.sample(frac=1, random_state=3)
    one, two = moments(y1986, W, model), moments(shuffled, W, model)
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(
        one.diagnostics().tidy(), two.diagnostics().tidy(), check_exact=True
    )
    pd.testing.assert_frame_equal(y1986, before)


def test_comparison_leaves_the_likelihood_cells_empty(y1986, W):
    fits = {"GMM": moments(y1986, W, "sar"), "ML": wb.fit(FORMULA, y1986, W, model="sar")}
    rows = wb.compare(fits).to_latex().splitlines()
    aic = next(row for row in rows if row.startswith("AIC"))
    assert aic.split("&")[1].strip() == ""
    assert aic.split("&")[2].strip(" \\") != ""


def test_what_needs_a_likelihood_is_refused_with_the_reason(y1986, W):
    fit, ml = moments(y1986, W, "sar"), wb.fit(FORMULA, y1986, W, model="sar")
    for call in (lambda: influence(fit), lambda: criteria_table({"sar": fit})):
        with pytest.raises(InputError, match="moments maximise no likelihood"):
            call()
    for call in (lambda: fit.bootstrap(draws=39), lambda: fit.simulate(3)):
        with pytest.raises(InputError, match="least squares or maximum likelihood"):
            call()
    tests = nested_tests(fit, moments(y1986, W, "sdm"))
    assert not tests["LR"].applicable
    assert tests["Wald"].p_value < 0.01
    assert nested_tests(ml, wb.fit(FORMULA, y1986, W, model="sdm"))["LR"].applicable


def test_impacts_follow_the_joint_covariance(y1986, W):
    """Total impact β/(1 − ρ) of a row-standardised W: delta method by hand."""
    fit = moments(y1986, W, "sac")
    b, rho = fit.params["log(pc)"], fit.params["rho"]
    V = fit.cov.loc[["log(pc)", "rho"], ["log(pc)", "rho"]].to_numpy()
    slope = np.array([1 / (1 - rho), b / (1 - rho) ** 2])
    total = fit.impacts()["log(pc)", "total"]
    assert total["estimate"] == pytest.approx(b / (1 - rho), rel=1e-9)
    assert total["std_error"] == pytest.approx(np.sqrt(slope @ V @ slope), rel=1e-7)
    drawn = fit.impacts(method="monte-carlo", draws=4000)["log(pc)", "total"]
    # 4,000 draws know a standard deviation to 1.1 %
    assert drawn["std_error"] == pytest.approx(total["std_error"], rel=0.05)


def test_rho_outside_its_interval_has_neither_impacts_nor_predictions(y1986, W):
    fit = moments(y1986, W, "gns")
    assert fit.params["rho"] > 1.0
    assert any("lies outside" in note and "no impacts" in note for note in fit.notes)
    calls = (
        fit.impacts,
        fit.predict,
        fit.impacts_by_order,
        lambda: fit.impacts(method="monte-carlo"),
        lambda: fit.impacts_by_region("log(pc)"),
    )
    for call in calls:
        with pytest.raises(InputError, match="lies outside"):
            call()


def test_predictions_of_an_error_model_use_its_lambda(y1986, W):
    """BP in the sample: Xb plus the part of the disturbance that neighbours tell."""
    fit = moments(y1986, W, "sem")
    lam, trend = fit.params["lambda"], fit.design.X @ fit.params.iloc[:3].to_numpy()
    assert np.allclose(fit.fitted_values, trend + lam * (W.sparse @ (fit.design.y - trend)))
    assert np.isfinite(fit.predict(kind="BP").table["prediction"]).all()


def test_two_stage_least_squares_is_that_of_linearmodels(y1986):
    table = y1986.sort_index()
    fit = wb.fit(BRACKET, table, model="ols", method="gmm")
    assert fit.title == "Linear regression (2SLS)"
    exog = np.column_stack([np.ones(48), np.log(table["emp"])])
    H = np.log(table[["hwy", "water"]].to_numpy())
    args = (np.log(table["gsp"]), exog, np.log(table[["pc"]]), H)
    peer = IV2SLS(*args).fit(cov_type="unadjusted", debiased=True)
    np.testing.assert_allclose(fit.params, peer.params, rtol=1e-9)
    np.testing.assert_allclose(fit.std_errors, peer.std_errors, rtol=1e-9)
    robust = fit.with_covariance("HC0")
    np.testing.assert_allclose(
        robust.std_errors, IV2SLS(*args).fit(cov_type="robust").std_errors, rtol=1e-9
    )
    groups = pd.Series(np.arange(48) // 5, index=table.index, name="part")
    clustered = fit.with_covariance(Clustered(by=groups))
    theirs = IV2SLS(*args).fit(cov_type="clustered", clusters=groups.to_numpy(), debiased=True)
    np.testing.assert_allclose(clustered.std_errors, theirs.std_errors, rtol=1e-9)
    assert clustered.estimates.df == 9.0
    found = fit.diagnostics()
    assert found["Sargan"].statistic == pytest.approx(peer.sargan.stat, rel=1e-8)
    assert found["Basmann"].statistic == pytest.approx(peer.basmann.stat, rel=1e-8)
    assert found["Hansen J"].statistic == pytest.approx(
        IVGMM(*args).fit(iter_limit=2).j_stat.stat, rel=1e-6
    )
    assert found["Durbin"].statistic == pytest.approx(peer.durbin().stat, rel=1e-7)
    assert found["Wu-Hausman"].p_value == pytest.approx(peer.wu_hausman().pval, rel=1e-6)
    f = peer.first_stage.diagnostics["f.stat"].astype(float).iloc[0]
    assert found["First stage: log(pc)"].statistic == pytest.approx(f, rel=1e-8)
    assert found.first_stage.loc["log(pc)", "first_stage_f"] == pytest.approx(f, rel=1e-8)
    assert not found["Anselin-Kelejian"].applicable


def test_covariances_of_moments_follow_the_influences(y1986, W, states):
    fit = moments(y1986, W, "sar")
    a = fit.iv.stage.projected @ fit.iv.stage.inverse * fit.fit.resids[:, None]
    robust = fit.with_covariance("robust")
    np.testing.assert_allclose(robust.cov, a.T @ a * 48 / 44, rtol=1e-9)
    np.testing.assert_allclose(
        moments(y1986, W, "sar", covariance="HC1").cov, robust.cov, rtol=1e-12
    )
    again = robust.with_covariance("classical")
    pd.testing.assert_frame_equal(again.cov, fit.cov)
    near = fit.with_covariance(Conley(states, distance=600))
    assert near.estimates.df is None
    assert not np.allclose(near.std_errors, fit.std_errors)
    assert (fit.with_covariance(SCPC(states)).std_errors > 0).all()
    changed = robust.impacts()["log(pc)", "total"]["std_error"]
    assert changed != fit.impacts()["log(pc)", "total"]["std_error"]


@pytest.mark.parametrize("option", ["HC2", "HC3"])
def test_leverages_of_least_squares_are_refused(y1986, W, option):
    with pytest.raises(InputError, match="HC1"):
        moments(y1986, W, "sar", covariance=option)
    with pytest.raises(InputError, match="HC1"):
        moments(y1986, W, "sar").with_covariance(option)


def test_error_models_take_their_moments_and_no_other_covariance(y1986, W):
    with pytest.raises(InputError, match="het"):
        moments(y1986, W, "sem", covariance="HC1")
    with pytest.raises(InputError, match="joint"):
        moments(y1986, W, "sac").with_covariance("HC1")
    fit = moments(y1986, W, "sem", method=GMM(errors="kp99"))
    assert np.isnan(fit.std_errors["lambda"])
    assert any("no standard error" in note for note in fit.notes)
    assert not fit.diagnostics()["Wald lambda"].applicable


def test_brackets_are_names(y1986, W):
    one = moments(y1986, W, "sdm", BRACKET)
    two = moments(
        y1986,
        W,
        "sdm",
        "log(gsp) ~ log(emp) + log(pc)",
        endogenous=["log(pc)"],
        instruments=["log(hwy)", "log(water)"],
    )
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)
    assert one.formula == two.formula == "log(gsp) ~ log(emp) + log(pc)"
    # the lag of an endogenous regressor is endogenous too, and the lags of h instrument it
    assert one.iv.instruments.endogenous == ("log(pc)", "W(log(pc))", "rho")
    assert "W(log(hwy))" in one.iv.instruments.excluded
    assert "W(log(pc))" not in one.iv.instruments.excluded


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", ["slx", *SPATIAL])
def test_every_model_takes_endogenous_regressors(y1986, W, model):
    fit = moments(y1986, W, model, BRACKET)
    assert fit.diagnostics()["Wu-Hausman"].applicable
    assert "log(pc)" in fit.diagnostics().first_stage.index


def test_instruments_are_of_the_right_order(y1986, W):
    sar = moments(y1986, W, "sar").iv.instruments.excluded
    assert sar == ("W(log(pc))", "W(log(emp))", "W(W(log(pc)))", "W(W(log(emp)))")
    sdm = moments(y1986, W, "sdm").iv.instruments.excluded
    assert set(sdm) == {
        "W(W(log(pc)))", "W(W(log(emp)))", "W(W(W(log(pc))))", "W(W(W(log(emp))))",
    }  # fmt: skip
    partly = moments(y1986, W, "sdm", durbin=["log(pc)"]).iv.instruments.excluded
    assert set(partly) == {
        "W(log(emp))", "W(W(log(pc)))", "W(W(log(emp)))", "W(W(W(log(pc))))",
    }  # fmt: skip
    one = moments(y1986, W, "sar", method=GMM(instrument_orders=1)).iv.instruments.excluded
    assert one == sar[:2]


def test_other_weights_of_the_disturbance_lag_the_instruments_too(y1986, W, states):
    fit = moments(y1986, W, "sac", W_error=wb.weights.knn(states, 5))
    assert len(fit.iv.instruments.excluded) == 4 + 2 + 4
    assert np.isfinite(fit.std_errors).all()


def test_weak_instruments_are_said(y1986, W):
    weak = moments(y1986, W, "sdm")
    f = weak.diagnostics().first_stage.loc["rho", "conditional_f"]
    assert f < 10
    assert any("Weak instruments" in note and f"{f:.3g}" in note for note in weak.notes)
    assert not any("Weak" in note for note in moments(y1986, W, "sar").notes)


def test_spreg_has_the_same_lag_and_combined_models(y1986, W):
    """Where spreg 1.9.1 is right: no lags of X in the model, every coefficient below 0.9.

    Its GM_Error_Hom and GM_Error_Het leave terms of the weights out that vanish in the limit
    (a = 0 without endogenous regressors); sphet and ours estimate them. Its search for lambda
    stops at about 1e-6.
    """
    from spreg import GM_Combo, GM_Combo_Het, GM_Combo_Hom, GM_Lag

    table = y1986.loc[W.ids]
    y, X = np.log(table[["gsp"]].to_numpy()), np.log(table[["pc", "emp"]].to_numpy())
    given = {
        "yend": np.log(table[["pc"]].to_numpy()),
        "q": np.log(table[["hwy", "water"]].to_numpy()),
    }
    w = W.graph.to_W()
    with warnings.catch_warnings():
        # numpy deprecates the setting of shapes, pandas in-place filling, SciPy its namespaces
        warnings.simplefilter("ignore")
        lag = GM_Lag(y, X, w=w, w_lags=2, sig2n_k=True)
        pairs = [
            (GMM(), FORMULA, GM_Combo_Het(y, X, w=w, w_lags=2, max_iter=1)),
            (
                GMM(weighted_first=True),
                FORMULA,
                GM_Combo_Het(y, X, w=w, w_lags=2, max_iter=1, step1c=True),
            ),
            (GMM("hom"), FORMULA, GM_Combo_Hom(y, X, w=w, w_lags=2, max_iter=1, A1="hom_sc")),
            (GMM(), BRACKET, GM_Combo_Het(y, X[:, 1:], w=w, w_lags=2, max_iter=1, **given)),
            (
                GMM("hom"),
                BRACKET,
                GM_Combo_Hom(y, X[:, 1:], w=w, w_lags=2, max_iter=1, A1="hom_sc", **given),
            ),
        ]
        kp98 = GM_Combo(y, X, w=w, w_lags=2)
    ours = moments(y1986, W, "sar")
    np.testing.assert_allclose(ours.params, lag.betas.ravel(), rtol=1e-8)
    np.testing.assert_allclose(ours.std_errors, np.sqrt(np.diag(lag.vm)), rtol=1e-8)
    for method, formula, peer in pairs:
        fit = moments(y1986, W, "sac", formula, method=method)
        np.testing.assert_allclose(fit.params, peer.betas.ravel(), rtol=1e-5)
        np.testing.assert_allclose(fit.std_errors, np.sqrt(np.diag(peer.vm)), rtol=1e-5)
    old = moments(y1986, W, "sac", method=GMM(errors="kp99"))
    np.testing.assert_allclose(old.params, kp98.betas.ravel(), rtol=1e-5)
    # its variance divides by n, ours by n - k
    theirs = np.sqrt(np.diag(kp98.vm) * 48 / 44)
    np.testing.assert_allclose(old.std_errors.iloc[:4], theirs, rtol=1e-6)


def test_absent_and_contradictory_requests_are_refused(y1986, W):
    with pytest.raises(InputError, match="least squares"):
        wb.fit(FORMULA, y1986, W, method="gmm")
    with pytest.raises(InputError, match="method: expected 'gmm'"):
        wb.fit(FORMULA, y1986, W, endogenous=["log(pc)"], instruments=["hwy"])
    with pytest.raises(InputError, match="instruments: expected instruments beside"):
        moments(y1986, W, "sar", endogenous=["log(pc)"])
    with pytest.raises(InputError, match="endogenous: expected endogenous beside"):
        moments(y1986, W, "sar", instruments=["hwy"])
    with pytest.raises(InputError, match="did you mean 'log"):
        moments(y1986, W, "sar", endogenous=["log(pcc)"], instruments=["hwy"])
    with pytest.raises(InputError, match="terms of the formula"):
        moments(y1986, W, "sar", endogenous=["log(pc)"], instruments=["log(emp)"])
    with pytest.raises(FormulaError, match="hwyy"):
        moments(y1986, W, "sar", endogenous=["log(pc)"], instruments=["hwyy"])
    with pytest.raises(FormulaError, match="one bracket"):
        moments(y1986, W, "sar", BRACKET, endogenous=["log(emp)"], instruments=["unemp"])
    with pytest.raises(OptionError, match="method"):
        wb.fit(FORMULA, y1986, W, model="sar", method="gm")
    with pytest.raises(OptionError, match="errors"):
        GMM(errors="hac")
    for orders in (0, 7, 1.5, True):
        with pytest.raises(InputError, match="instrument_orders"):
            GMM(instrument_orders=orders)
    with pytest.raises(PanelError, match="effects"):
        wb.fit(FORMULA, wb.load("munnell-1990"), W, model="sar", effects="two-way", method="gmm")


def test_too_few_instruments_are_refused(y1986, W):
    with pytest.raises(InputError, match="lags of exogenous regressors instrument Wy"):
        moments(y1986, W, "sar", "log(gsp) ~ 1")
    alone = GMM(lag_instruments=False)
    with pytest.raises(InputError, match=r"at least 2 for log\(pc\), W\(log\(pc\)\)"):
        moments(y1986, W, "slx", method=alone, formula="log(gsp) ~ [log(pc) ~ log(hwy)]")
    table = y1986.assign(twice=2 * np.log(y1986["emp"]))
    with pytest.raises(InputError, match="at least 1"):
        moments(table, None, "ols", "log(gsp) ~ log(emp) + [log(pc) ~ twice]")


def test_missing_instruments_are_refused_or_dropped(y1986, W):
    holes = y1986.copy()
    holes.loc["US-OH", "hwy"] = np.nan
    with pytest.raises(ValuesError, match="US-OH"):
        moments(holes, W, "sar", BRACKET)
    fit = moments(holes, W, "sar", BRACKET, missing="drop")
    assert fit.nobs == 47
    holes.loc["US-OH", "hwy"] = -1.0
    with pytest.raises(ValuesError, match="US-OH"):
        moments(holes, W, "sar", BRACKET)


def test_instruments_that_say_nothing_are_refused(y1986, W):
    """A regressor that is orthogonal to every instrument: its coefficient is not identified."""
    table = y1986.sort_index()
    known = np.column_stack([np.ones(48), np.log(table["emp"]), np.log(table["hwy"])])
    noise = np.random.default_rng(4).standard_normal(48)
    noise -= known @ np.linalg.lstsq(known, noise)[0]
    with pytest.raises(CollinearityError, match="not identified"):
        moments(table.assign(x=noise), W, "ols", "log(gsp) ~ log(emp) + [x ~ log(hwy)]")


def test_non_nested_tests_refuse_endogenous_regressors(y1986, W):
    fit = moments(y1986, W, "sar", BRACKET)
    with pytest.raises(InputError, match="endogenous"):
        j_test(fit, moments(y1986, W, "sar"))


def test_the_default_is_what_it_was(y1986, W):
    one = wb.fit(FORMULA, y1986, W, model="sar")
    two = wb.fit(FORMULA, y1986, W, model="sar", method="ml")
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)
    assert "method" not in one.provenance.to_dict()["options"]
    assert "method" not in one.glance()
    assert "First stage" not in str(one.diagnostics())


def test_the_way_out_of_too_few_instruments_is_open_where_lags_are_already_on():
    states = wb.load("us-states")
    table = wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(states)
    with pytest.raises(InputError, match="name 1 more variables in instruments"):
        wb.fit(
            "log(gsp) ~ log(pc) + log(emp) + unemp", table, W, method="gmm",
            endogenous=["log(pc)", "unemp"], instruments=["hwy"],
        )  # fmt: skip
