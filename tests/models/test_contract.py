"""Every model answers in one vocabulary, aligned by key, whatever the order of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.core.vocabulary import COEFFICIENT_COLUMNS
from workbench.typing import Model, words

MODELS = words(Model)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", MODELS)
def test_tables_use_the_glossary(columbus, model):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
    assert tuple(fit.tidy().columns) == COEFFICIENT_COLUMNS
    assert fit.tidy().index.name == "term"
    assert len(fit.glance()) == 1
    assert set(fit.glance().columns) <= set(GLOSSARY)
    assert list(fit.augment().columns) == ["CRIME", "fitted", "residual"]
    assert fit.impacts().tidy().index.names == ["term", "effect"]
    assert set(fit.conf_int().columns) == {"lower", "upper"}
    assert fit.summary == str(fit)


@pytest.mark.parametrize("model", MODELS)
def test_outcome_is_fitted_plus_residual(columbus, model):
    table = wb.fit(columbus.formula, columbus.table, columbus.W, model=model).augment()
    np.testing.assert_allclose(table["CRIME"], table["fitted"] + table["residual"], atol=1e-10)


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("model", MODELS)
def test_order_of_rows_changes_no_bit(columbus, model):
    shuffled = columbus.table.sample(frac=1, random_state=2)
    one = wb.fit(columbus.formula, columbus.table, columbus.W, model=model)
    two = wb.fit(columbus.formula, shuffled, columbus.W, model=model)
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)
    pd.testing.assert_frame_equal(one.impacts().tidy(), two.impacts().tidy(), check_exact=True)
    pd.testing.assert_frame_equal(one.augment(), two.augment(), check_exact=True)


def test_units_of_a_regressor_scale_its_impacts_only(columbus):
    thousand = columbus.table.assign(INC=columbus.table["INC"] * 1000)
    one = wb.fit(columbus.formula, columbus.table, columbus.W, model="sdm")
    two = wb.fit(columbus.formula, thousand, columbus.W, model="sdm")
    assert two.loglik == pytest.approx(one.loglik, rel=1e-10)
    ratio = one.impacts().table.loc["INC", "estimate"] / two.impacts().table.loc["INC", "estimate"]
    np.testing.assert_allclose(ratio, 1000, rtol=1e-6)


def test_plain_graph_and_w_are_accepted(columbus):
    ours = wb.fit(columbus.formula, columbus.table, columbus.W, model="sar")
    graph = wb.fit(columbus.formula, columbus.table, columbus.W.graph, model="sar")
    legacy = wb.fit(columbus.formula, columbus.table, columbus.W.graph.to_W(), model="sar")
    for other in (graph, legacy):
        np.testing.assert_allclose(other.params, ours.params, rtol=1e-9)


def test_inputs_are_not_changed_and_results_cannot_be(columbus):
    before = columbus.table.copy(deep=True)
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model="sdm")
    pd.testing.assert_frame_equal(columbus.table, before)
    with pytest.raises(AttributeError):
        fit.model = "ols"
    with pytest.raises(ValueError, match="read-only"):
        fit.estimates.values[0] = 0.0


def test_provenance_says_what_produced_the_result(columbus):
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model="sdm")
    told = fit.provenance.to_dict()
    assert told["formula"] == columbus.formula
    assert told["weights"]["digest"] == columbus.W.digest
    assert "numpy" in told["versions"]


def test_nothing_is_printed(columbus, capsys):
    wb.ladder(columbus.formula, columbus.table, columbus.W)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def test_robust_errors_are_hc1_of_statsmodels(columbus):
    import statsmodels.api as sm

    X = sm.add_constant(columbus.table.sort_index()[["INC", "HOVAL"]])
    peer = sm.OLS(columbus.table.sort_index()["CRIME"], X).fit(cov_type="HC1", use_t=True)
    ours = wb.fit(columbus.formula, columbus.table, covariance="robust")
    np.testing.assert_allclose(ours.std_errors, peer.bse, rtol=1e-9)
    np.testing.assert_allclose(ours.pvalues, peer.pvalues, rtol=1e-9)


def test_variance_inflation_is_that_of_statsmodels(columbus):
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    X = np.column_stack([np.ones(49), columbus.table[["INC", "HOVAL"]]])
    expected = [variance_inflation_factor(X, i) for i in (1, 2)]
    found = wb.fit(columbus.formula, columbus.table).diagnostics().collinearity["vif"]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_ladder_shows_every_rung(columbus):
    steps = wb.ladder(columbus.formula, columbus.table, columbus.W)
    assert list(steps.table.columns) == list(MODELS)
    assert list(steps.table.index[-2:]) == ["rho", "lambda"]
    assert steps.glance().loc["sdm", "loglik"] >= steps.glance().loc["sar", "loglik"]
    assert "LR sdm vs sem" in str(steps)
    assert "<table" in steps._repr_html_()
    assert steps.impacts().index.names == ["model", "term", "effect"]
