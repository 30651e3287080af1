"""Promise: a logit of regions answers in the common vocabulary, and refuses what has no answer.

Reference: statsmodels; R's logistf and brglm2 (``firth_expected.csv``); scikit-learn; formulas.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.core.vocabulary import COEFFICIENT_COLUMNS
from workbench.errors import (
    ConvergenceError,
    FormulaError,
    InputError,
    OptionError,
    PanelError,
    ValuesError,
)
from workbench.hypotheses import coefficient

REFERENCE = Path(__file__).parents[1] / "reference"
FORMULA = "above ~ INC + HOVAL"


@pytest.fixture(scope="module")
def endometrial():
    table = pd.read_csv(REFERENCE / "endometrial.csv")
    return table.set_axis([f"case{i:02d}" for i in range(len(table))], axis=0)


@pytest.fixture
def crime(columbus):
    table = columbus.table
    kind = np.where(table["X"] > table["X"].median(), "east", "west")
    return table.assign(above=(table["CRIME"] > 35).astype(int), kind=kind), columbus.W


@pytest.fixture
def fitted(crime):
    table, W = crime
    return wb.fit(FORMULA, table, W, family="binomial")


def statsmodels_of(fit):
    from statsmodels.discrete.discrete_model import Logit

    return Logit(np.array(fit.design.y), np.array(fit.design.X)).fit(disp=0, tol=1e-12)


def test_maximum_likelihood_agrees_with_statsmodels(fitted):
    other = statsmodels_of(fitted)
    np.testing.assert_allclose(fitted.params, other.params, rtol=1e-8)
    np.testing.assert_allclose(fitted.std_errors, other.bse, rtol=1e-8)
    np.testing.assert_allclose(fitted.pvalues, other.pvalues, rtol=1e-8)
    np.testing.assert_allclose(fitted.zstats, other.tvalues, rtol=1e-8)
    np.testing.assert_allclose(fitted.conf_int(), other.conf_int(), rtol=1e-8)
    for ours, theirs in (
        (fitted.loglik, other.llf),
        (fitted.loglik_null, other.llnull),
        (fitted.aic, other.aic),
        (fitted.bic, other.bic),
        (fitted.pseudo_rsquared, other.prsquared),
        (fitted.likelihood_ratio().statistic, other.llr),
        (fitted.likelihood_ratio().p_value, other.llr_pvalue),
    ):
        assert ours == pytest.approx(theirs, rel=1e-9)
    np.testing.assert_allclose(fitted.augment()["pearson"], other.resid_pearson, rtol=1e-8)


def test_marginal_effects_agree_with_statsmodels(crime):
    table, _ = crime
    table = table.assign(rich=(table["INC"] > 14).astype(int))
    fit = wb.fit("above ~ HOVAL + rich", table, family="binomial")
    ours = fit.marginal_effects()
    theirs = statsmodels_of(fit).get_margeff(dummy=True)
    np.testing.assert_allclose(ours["estimate"], theirs.margeff, rtol=1e-7)
    np.testing.assert_allclose(ours["std_error"], theirs.margeff_se, rtol=1e-6)


def test_a_variable_changes_all_its_terms(fitted, crime):
    table, _ = crime
    alone = fitted.marginal_effects("HOVAL").loc["HOVAL"]
    # the derivative of the formula is by differences
    np.testing.assert_allclose(alone, fitted.marginal_effects().loc["HOVAL"], rtol=1e-6)
    bent = wb.fit("above ~ INC + I(INC**2)", table, family="binomial")
    step = 1e-5
    up, down = (
        bent.probabilities(table.assign(INC=table["INC"] + s))["probability"].mean()
        for s in (step, -step)
    )
    expected = (up - down) / (2 * step)
    assert bent.marginal_effects("INC").loc["INC", "estimate"] == pytest.approx(expected, rel=1e-5)


def test_categories_have_marginal_effects_of_their_own(crime):
    table, _ = crime
    table = table.assign(group=np.where(table["INC"] > 16, "c", table["kind"]))
    fit = wb.fit("above ~ HOVAL + C(group)", table, family="binomial", method="firth")
    found = {
        g: fit.probabilities(table.assign(group=g))["probability"].mean()
        for g in ("c", "east", "west")
    }
    effects = fit.marginal_effects()["estimate"]
    assert effects["C(group)[T.east]"] == pytest.approx(found["east"] - found["c"])
    assert effects["C(group)[T.west]"] == pytest.approx(found["west"] - found["c"])


def test_firth_tables_hold_profiles(endometrial):
    fit = wb.fit("HG ~ NV + PI + EH", endometrial, family="binomial", method="firth")
    expected = pd.read_csv(REFERENCE / "firth_expected.csv").query("data == 'endometrial'")
    table = fit.tidy()
    columns = ["coef", "se_information", "pl_lower95", "pl_upper95", "p"]
    ours = table[["estimate", "std_error", "conf_low", "conf_high", "p_value"]]
    # eight decimals
    np.testing.assert_allclose(ours, expected[columns], atol=6e-9)
    np.testing.assert_allclose(table["statistic"] ** 2, expected["chisq"], atol=6e-8)
    np.testing.assert_allclose(2 * stats.norm.sf(abs(table["statistic"])), table["p_value"])
    # brglm2 prints the residual deviance 56.575; logistf's likelihood ratio is 43.65581847
    assert -2 * fit.loglik == pytest.approx(56.575, abs=5e-4)
    assert fit.likelihood_ratio().statistic == pytest.approx(43.65581847, abs=1e-7)
    assert fit.loglik_penalised == pytest.approx(-24.0372678, abs=1e-6)
    half = 1.959963984540054 * fit.std_errors
    np.testing.assert_allclose(fit.conf_int(method="wald")["upper"], fit.params + half)
    with pytest.raises(OptionError, match="method"):
        fit.conf_int(method="exact")


def test_separation_is_refused_before_likelihood_is_believed(endometrial):
    with pytest.raises(ConvergenceError) as caught:
        wb.fit("HG ~ NV + PI + EH", endometrial, family="binomial")
    said = str(caught.value)
    assert "quasi-complete separation" in said
    assert "NV to +infinity" in said
    assert 'method="firth"' in said
    # brglm2's README: without NV maximum likelihood is finite, and firth says what is separated
    assert wb.fit("HG ~ PI + EH", endometrial, family="binomial").separation.kind == "none"
    fit = wb.fit("HG ~ NV + PI + EH", endometrial, family="binomial", method="firth")
    assert any("separation by NV" in note for note in fit.notes)


def test_hypotheses_read_the_profile(endometrial):
    fit = wb.fit("HG ~ NV + PI + EH", endometrial, family="binomial", method="firth")
    verdict = wb.Hypothesis("NV raises", "coefficient(NV) > 0").test(fit)
    assert verdict.p_value == pytest.approx(fit.pvalues["NV"], rel=1e-10)
    estimate = coefficient("NV").estimate(fit)
    assert estimate.method == "profile likelihood"
    assert estimate.p_value(0.0) == pytest.approx(fit.pvalues["NV"], rel=1e-10)
    assert estimate.interval(0.9) == pytest.approx(tuple(fit.conf_int(0.9).loc["NV"]))
    ml = wb.fit("HG ~ PI + EH", endometrial, family="binomial")
    plain = coefficient("EH").estimate(ml)
    assert plain.p_value(0.0) == pytest.approx(ml.pvalues["EH"])


@pytest.mark.parametrize("method", ["ml", "firth"])
def test_tables_use_the_glossary(crime, method):
    table, W = crime
    fit = wb.fit(FORMULA, table, W, family="binomial", method=method)
    assert tuple(fit.tidy().columns) == COEFFICIENT_COLUMNS
    for row in (fit.glance(), fit.goodness(), fit.classification().glance(), fit.curve().glance()):
        assert len(row) == 1
        assert set(row.columns) <= set(GLOSSARY)
    for frame in (fit.odds_ratios(), fit.marginal_effects(), fit.probabilities()):
        assert set(frame.columns) <= set(GLOSSARY)
    assert list(fit.augment().columns) == ["above", "fitted", "residual", "pearson"]
    assert fit.summary == str(fit)
    assert "<table" in fit._repr_html_()
    options = fit.provenance.to_dict()["options"]
    assert (options["family"], options["method"]) == ("binomial", method)


def test_order_of_rows_changes_no_bit(crime):
    table, W = crime
    shuffled = table.sample(frac=1, random_state=2)
    one, two = (wb.fit(FORMULA, t, W, family="binomial", method="firth") for t in (table, shuffled))
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(one.curve().tidy(), two.curve().tidy(), check_exact=True)
    pd.testing.assert_frame_equal(
        one.dependence().tidy(), two.dependence().tidy(), check_exact=True
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_constant_alone_has_a_pseudo_rsquared_of_0_and_not_of_rounding(seed):
    random = np.random.default_rng(seed)
    table = pd.DataFrame({"y": (random.random(83) < 0.1 * (seed + 1)).astype(int)})
    constant = wb.fit("y ~ 1", table, family="binomial")
    assert constant.pseudo_rsquared == 0.0
    assert constant.goodness()["mcfadden"].tolist() == [0.0]


def test_goodness_by_formula(fitted):
    y, p, n = fitted.design.y, fitted.fitted_values.to_numpy(), fitted.nobs
    row = fitted.goodness().iloc[0]
    likelihood, null = np.exp(fitted.loglik), np.exp(fitted.loglik_null)
    cox_snell = 1 - (null / likelihood) ** (2 / n)
    assert row["mcfadden"] == pytest.approx(1 - fitted.loglik / fitted.loglik_null)
    assert row["cox_snell"] == pytest.approx(cox_snell)
    assert row["nagelkerke"] == pytest.approx(cox_snell / (1 - null ** (2 / n)))
    assert row["tjur"] == pytest.approx(p[y == 1].mean() - p[y == 0].mean())
    assert row["brier"] == pytest.approx(np.mean((y - p) ** 2))


def test_classification_counts(fitted):
    from sklearn.metrics import confusion_matrix

    found = fitted.classification(0.4)
    said = (fitted.fitted_values >= 0.4).astype(int)
    expected = confusion_matrix(fitted.design.y, said)
    np.testing.assert_array_equal(found.tidy().to_numpy(), expected)
    assert len(found.wrong) == expected[0, 1] + expected[1, 0]
    assert found.glance()["accuracy"][0] == pytest.approx(np.trace(expected) / 49)
    with pytest.raises(InputError, match="cutoff"):
        fitted.classification(1.0)


def test_odds_ratios_are_exponents(fitted):
    table = fitted.odds_ratios()
    assert table.index.tolist() == ["INC", "HOVAL"]
    np.testing.assert_allclose(table["odds_ratio"], np.exp(fitted.params[table.index]))
    np.testing.assert_allclose(
        table["conf_low"], np.exp(fitted.conf_int().loc[table.index, "lower"])
    )


def test_a_curve_holds_the_others_and_turns_at_one_half(fitted, crime):
    table, _ = crime
    curve = fitted.curve("INC", points=7)
    b = fitted.params
    centre = -(b["Intercept"] + b["HOVAL"] * table["HOVAL"].median()) / b["INC"]
    assert curve.turning_point == pytest.approx(centre, rel=1e-10)
    assert curve.held == {"HOVAL": table["HOVAL"].median()}
    assert len(curve.table) == 7
    one = table.iloc[[0]].assign(INC=curve.turning_low, HOVAL=table["HOVAL"].median())
    ends = fitted.probabilities(one.set_axis(["new"], axis=0)).iloc[0]
    # Fieller's ends are where the band reaches one half
    assert min(abs(ends["conf_low"] - 0.5), abs(ends["conf_high"] - 0.5)) < 1e-9
    assert curve.augment()["outcome"].sum() == fitted.events


def test_a_curve_of_a_variable_moves_all_its_terms(crime):
    table, _ = crime
    fit = wb.fit("above ~ INC + I(INC**2) + C(kind)", table, family="binomial", method="firth")
    curve = fit.curve("INC", points=5)
    assert np.isnan(curve.turning_point)
    value = float(curve.table.index[3])
    most = table["kind"].mode()[0]
    row = pd.DataFrame({"INC": [value], "kind": [most]}, index=["new"])
    assert fit.probabilities(row)["probability"]["new"] == pytest.approx(
        curve.table["probability"].iloc[3]
    )
    assert curve.held == {"kind": most}
    with pytest.raises(InputError, match="in other terms too"):
        fit.curve("I(INC ** 2)")
    ratio = wb.fit("above ~ log(HOVAL) + log(INC / HOVAL)", table, family="binomial")
    assert np.isfinite(ratio.curve("log(INC / HOVAL)").turning_point)
    with pytest.raises(ValuesError, match="numeric variable"):
        fit.curve("kind")
    with pytest.raises(OptionError, match="term"):
        fit.curve("income")


def test_probabilities_of_the_sample_are_those_fitted(fitted, crime):
    table, _ = crime
    own = fitted.probabilities()
    np.testing.assert_allclose(own["probability"], fitted.fitted_values)
    assert ((own["conf_low"] < own["probability"]) & (own["probability"] < own["conf_high"])).all()
    pd.testing.assert_frame_equal(fitted.probabilities(table.drop(columns="above")), own)


def test_lags_of_regressors_are_columns(crime):
    table, W = crime
    lagged = wb.fit("above ~ INC", table, W, model="slx", family="binomial")
    by_hand = table.assign(lag=pd.Series(W.sparse @ table.loc[W.ids, "INC"], index=W.ids))
    other = wb.fit("above ~ INC + lag", by_hand, family="binomial")
    np.testing.assert_allclose(lagged.params, other.params, rtol=1e-9)
    assert lagged.params.index.tolist() == ["Intercept", "INC", "W(INC)"]
    named = wb.fit("above ~ INC + W(INC)", table, W, family="binomial")
    np.testing.assert_array_equal(named.params, lagged.params)
    np.testing.assert_allclose(
        lagged.probabilities(table)["probability"], lagged.fitted_values, rtol=1e-12
    )
    assert np.isfinite(lagged.curve("W(INC)").turning_point)
    new = table.iloc[[0]].set_axis(["new"], axis=0)
    with pytest.raises(InputError, match="neighbours of new regions"):
        lagged.probabilities(new)


def test_dependence_by_dense_formula(fitted):
    W = fitted.weights.sparse.toarray()
    e, p = np.array(fitted.resids), fitted.fitted_values.to_numpy()
    S = np.diag(p * (1 - p))
    z = e @ W @ e / np.sqrt(np.trace(W @ S @ W @ S + W.T @ S @ W @ S))
    tests = fitted.dependence(permutations=199)
    assert tests["Kelejian-Prucha I"].statistic == pytest.approx(z, rel=1e-12)
    r = fitted.augment()["pearson"].to_numpy()
    r = r - r.mean()
    moran = tests["Moran's I of Pearson residuals"]
    assert moran.statistic == pytest.approx(49 / W.sum() * (r @ W @ r) / (r @ r), rel=1e-10)
    assert moran.permutations == 199
    up, down = (fitted.dependence(alternative=a) for a in ("greater", "less"))
    assert up["Kelejian-Prucha I"].p_value + down["Kelejian-Prucha I"].p_value == pytest.approx(1)


def test_dependence_needs_weights(crime):
    fit = wb.fit(FORMULA, crime[0], family="binomial")
    with pytest.raises(InputError, match="spatial weights"):
        fit.dependence()
    with pytest.raises(InputError, match="marginal_effects"):
        fit.impacts()


def test_few_events_are_said(crime):
    table, _ = crime
    rare = table.assign(above=(table["CRIME"] > 55).astype(int))
    fit = wb.fit("above ~ INC", rare, family="binomial", method="firth")
    assert any("of the rarer outcome for 1 regressor" in note for note in fit.notes)


@pytest.mark.parametrize("values", [[0, 2], [-1, 1], [0.0, 0.5]])
def test_other_outcomes_are_refused(crime, values):
    table, _ = crime
    table = table.assign(above=np.where(table["above"] == 1, values[1], values[0]))
    with pytest.raises(ValuesError, match="0 and 1"):
        wb.fit(FORMULA, table, family="binomial")


def test_one_outcome_and_missing_ones_are_refused(crime):
    table, _ = crime
    with pytest.raises(ValuesError, match="constant"):
        wb.fit(FORMULA, table.assign(above=1), family="binomial")
    gaps = table.assign(above=table["above"].astype(float))
    gaps.loc[gaps.index[:2], "above"] = np.nan
    with pytest.raises(ValuesError, match="missing"):
        wb.fit(FORMULA, gaps, family="binomial")
    assert wb.fit(FORMULA, gaps, family="binomial", missing="drop").nobs == 47


def test_nullable_truth_values_may_be_missing(crime):
    table, _ = crime
    gaps = table.assign(above=(table["above"] == 1).astype("boolean"))
    gaps.loc[gaps.index[:2], "above"] = pd.NA
    with pytest.raises(ValuesError, match="missing"):
        wb.fit(FORMULA, gaps, family="binomial")
    assert wb.fit(FORMULA, gaps, family="binomial", missing="drop").nobs == 47


def test_an_outcome_that_is_nearly_one_is_shown_with_all_digits(crime):
    table, _ = crime
    with pytest.raises(ValuesError, match=r"other values: 1\.0000001"):
        wb.fit(FORMULA, table.assign(above=table["above"] * 1.0000001), family="binomial")


def test_truth_values_are_outcomes_and_text_is_refused(crime):
    table, _ = crime
    truth = wb.fit(FORMULA, table.assign(above=table["above"] == 1), family="binomial")
    numbers = wb.fit(FORMULA, table, family="binomial")
    np.testing.assert_array_equal(truth.params, numbers.params)
    with pytest.raises((FormulaError, ValuesError)):
        wb.fit(FORMULA, table.assign(above=np.where(table["above"] == 1, "yes", "no")),
               family="binomial")  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"model": "sar"}, "integral of as many dimensions"),
        ({"model": "sem"}, 'model="slx"'),
        ({"model": "sdm"}, "fit.dependence"),
        ({"covariance": "HC1"}, r"p\(1 - p\)"),
        ({"case_weights": "HOVAL"}, "leave case_weights out"),
        ({"method": "gmm"}, '"ml" or "firth"'),
    ],
)
def test_choices_of_linear_models_are_refused(crime, options, said):
    table, W = crime
    with pytest.raises(InputError, match=said):
        wb.fit(FORMULA, table, W, family="binomial", **options)


@pytest.mark.parametrize(
    "options", [{"effects": "entity"}, {"factors": "cce"}, {"dynamic": "lag"}, {"absorb": ["kind"]}]
)
def test_choices_of_panels_are_refused(crime, options):
    with pytest.raises(PanelError, match=next(iter(options))):
        wb.fit(FORMULA, crime[0], family="binomial", **options)


def test_panels_are_refused():
    panel = wb.load("munnell-1990")
    panel = panel.assign(high=(panel["unemp"] > 7).astype(int))
    with pytest.raises(PanelError, match="one cross-section"):
        wb.fit("high ~ log(pc)", panel, family="binomial")


def test_firth_is_of_logits_only(crime):
    with pytest.raises(InputError, match=r"family=.binomial."):
        wb.fit("CRIME ~ INC", crime[0], method="firth")


def test_inputs_are_not_changed_and_results_cannot_be(crime):
    table, W = crime
    before = table.copy(deep=True)
    fit = wb.fit(FORMULA, table, W, family="binomial", method="firth")
    handed = fit.tidy()
    handed.iloc[0, 0] = 99.0
    pd.testing.assert_frame_equal(table, before)
    assert fit.tidy().iloc[0, 0] != 99.0
    with pytest.raises(AttributeError):
        fit.model = "slx"


def test_questions_of_linear_models_are_refused(fitted, crime):
    from workbench import models

    smaller = wb.fit("above ~ INC", *crime, family="binomial")
    for ask in (
        lambda: models.influence(fitted),
        lambda: models.nested_tests(smaller, fitted),
        lambda: models.j_test(smaller, fitted),
        lambda: models.simulate(fitted),
        lambda: wb.Hypothesis("m", "moran_index(residuals) > 0").test(fitted),
    ):
        with pytest.raises(InputError, match="a linear model, for"):
            ask()
    for whole in (models.bootstrap, wb.referee, wb.identification):
        with pytest.raises(InputError, match="marginal_effects"):
            whole(fitted)


def test_fits_are_published_compared_and_asked_again(fitted):
    assert wb.compare({"one": fitted, "two": fitted}).to_html()
    assert wb.refit(fitted, {"method": "firth"}).penalised
    verdict = wb.Hypothesis("d", wb.direct("INC"), ">", 0).test(fitted)
    assert verdict.tidy()["verdict"].iloc[0] == "not applicable"


def test_the_picture_names_regions_that_the_curve_gets_wrong(fitted):
    picture = fitted.plot("INC")
    texts = {text.get_text() for axes in picture.axes for text in axes.texts}
    assert {str(region) for region in fitted.classification().wrong.index[:3]} <= texts
    assert "Probability of above along INC" in picture.alt


def test_names_of_ones_stand_above_the_curve(crime):
    table, _ = crime
    rare = table.assign(above=(table["CRIME"] > 55).astype(int))
    fit = wb.fit("above ~ INC", rare, family="binomial", method="firth")
    picture = fit.curve().plot()
    (axes,) = picture.axes
    picture.draw_without_rendering()
    ones = {str(region) for region in rare.index[rare["above"] == 1]}
    ceiling = axes.transData.transform((0.0, 1.0))[1]
    named = [text for text in axes.texts if text.get_text() in ones]
    assert len(named) == len(ones)
    assert all(text.get_window_extent().y0 > ceiling for text in named)
    assert list(axes.get_yticks())[-1] == 1.0
