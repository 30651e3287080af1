"""W(term) in the formula is the lag that durbin names, to the last bit; other uses are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import (
    CollinearityError,
    FormulaError,
    InputError,
    PanelError,
    ValuesError,
)
from workbench.models import influence
from workbench.regression.lag_terms import has_lags, split_lags

PAIRS = {"ols": "slx", "sar": "sdm", "sem": "sdem", "sac": "gns"}
KINDS = {
    "a transformation": ("CRIME ~ log(INC) + HOVAL + W(log( INC ))", "log(INC)"),
    "arithmetic": ("CRIME ~ INC + I(INC**2) + W(I(INC ** 2))", "I(INC ** 2)"),
    "an interaction": ("CRIME ~ log(INC):HOVAL + W(HOVAL:log(INC))", "log(INC):HOVAL"),
    "one term of a product": ("CRIME ~ INC * HOVAL + W(INC:HOVAL)", "INC:HOVAL"),
    "a category": ("CRIME ~ INC + C(side) + W(C(side))", "C(side)[T.south]"),
    "a level of a category": ("CRIME ~ INC + side + W(side[T.south])", "side[T.south]"),
    "a category alone": ("CRIME ~ INC + W(C(side))", "C(side)[T.south]"),
    "categories times numbers": ("CRIME ~ INC + HOVAL + C(side):INC + W(C(side):INC)", ""),
    "a truth value": ("CRIME ~ INC + cheap + W(cheap)", "cheap"),
    "a name in backticks": ("CRIME ~ INC + W(`home value`)", "home value"),
    "no intercept": ("CRIME ~ INC + W(INC) - 1", "INC"),
    "lags alone": ("CRIME ~ 0 + W(INC) + W(HOVAL)", "HOVAL"),
    "a lag alone": ("CRIME ~ HOVAL + W(INC)", "INC"),
}


@pytest.fixture
def table(columbus):
    raw = columbus.table
    return raw.assign(
        **{"home value": raw["HOVAL"]},
        side=np.where(np.arange(len(raw)) % 3 == 0, "north", "south"),
        middle=np.where(np.arange(len(raw)) % 5 < 2, "in", "out"),
        cheap=raw["HOVAL"] < raw["HOVAL"].median(),
    )


def dense(W):
    return W.sparse.toarray()


@pytest.mark.parametrize("model", PAIRS)
def test_the_formula_says_what_durbin_says_to_the_last_bit(columbus, model):
    named = wb.fit(columbus.formula + " + W(HOVAL)", columbus.table, columbus.W, model=model)
    asked = wb.fit(
        columbus.formula, columbus.table, columbus.W, model=PAIRS[model], durbin=["HOVAL"]
    )
    assert named.model == PAIRS[model]
    assert named.estimates.terms == asked.estimates.terms
    np.testing.assert_array_equal(named.params, asked.params)
    np.testing.assert_array_equal(named.cov, asked.cov)
    assert named.loglik == asked.loglik
    np.testing.assert_array_equal(named.impacts().table, asked.impacts().table)
    assert f"W(HOVAL) in the formula: {named.title}" in named.notes[-1]
    assert "durbin=['HOVAL']" in named.notes[-1]
    assert named.provenance.options["durbin"] == "HOVAL"
    assert named.formula.endswith("W(HOVAL)")


def test_lags_in_any_order_are_those_of_all_regressors(columbus):
    for spelt in ("W(HOVAL) + INC + HOVAL + W(INC)", "W (INC) + INC + HOVAL + W( HOVAL)"):
        named = wb.fit(f"CRIME ~ {spelt}", columbus.table, columbus.W, model="sar")
        asked = wb.fit(columbus.formula, columbus.table, columbus.W, model="sdm")
        np.testing.assert_array_equal(named.params, asked.params)


def test_a_model_with_wx_lags_what_the_formula_names_and_no_more(columbus):
    named = wb.fit(columbus.formula + " + W(INC)", columbus.table, columbus.W, model="sdm")
    assert named.design.lagged == ("INC",)
    assert "with these lags alone" in named.notes[-1]
    twice = wb.fit(
        columbus.formula + " + W(INC)", columbus.table, columbus.W, model="sdm", durbin=["INC"]
    )
    np.testing.assert_array_equal(named.params, twice.params)
    with pytest.raises(InputError, match="leave durbin out"):
        wb.fit(
            columbus.formula + " + W(INC)", columbus.table, columbus.W, model="sdm",
            durbin=["HOVAL"],
        )  # fmt: skip


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_term_in_fit_impacts_and_predictions(table, columbus, kind):
    formula, term = KINDS[kind]
    fit = wb.fit(formula, table, columbus.W, model="sar")
    W, design = dense(columbus.W), fit.design
    n, rho = fit.nobs, fit.params["rho"]
    lags = fit.params.drop("rho").to_numpy()[len(design.terms) - len(design.lagged) :]
    values = design.values(design.lagged)
    np.testing.assert_array_equal(
        design.X[:, len(design.terms) - len(design.lagged) :], columbus.W.sparse @ values
    )
    inverse = np.linalg.inv(np.eye(n) - rho * W)
    for name in design.impact_terms:
        theta = dict(zip(design.lagged, lags, strict=True)).get(name, 0.0)
        S = inverse @ (fit.params.get(name, 0.0) * np.eye(n) + theta * W)
        found = fit.impacts().table["estimate"].xs(name, level="term")
        np.testing.assert_allclose(found["direct"], np.trace(S) / n, rtol=1e-10)
        np.testing.assert_allclose(found["total"], S.sum() / n, rtol=1e-10)
    assert not term or term in fit.impacts().direct.index
    fit.elasticities(), fit.impacts_by_order(2), influence(fit)
    fit.impulse(design.impact_terms[-1], table.index[0], method="delta")
    if design.lag_only:
        fit.diagnostics()
    # the same regions with the same values, and regions that the fit has not seen
    np.testing.assert_allclose(
        fit.predict(table).values, inverse @ design.X @ fit.params.drop("rho"), rtol=1e-10
    )
    new = table.index[[4, 16, 29]]
    seen = table.drop(index=new)
    part = wb.fit(formula, seen, columbus.W.restrict(seen.index), model="sar")
    every = wb.fit(formula, table, columbus.W, model="sar").design
    inverse = np.linalg.inv(np.eye(n) - part.params["rho"] * W)
    expected = pd.Series(inverse @ every.X @ part.params.drop("rho"), every.index)
    found = part.predict(table.loc[new].drop(columns="CRIME"), columbus.W, kind="TC").values
    np.testing.assert_allclose(found, expected.loc[found.index], rtol=1e-9)
    for predictor in ("trend", "BP", "BP1", "TS1") if design.lag_only else ():
        part.predict(table.loc[new], columbus.W, kind=predictor)


def test_a_term_that_enters_by_its_lag_alone_has_impacts_of_theta_alone(columbus):
    fit = wb.fit("CRIME ~ HOVAL + W(INC)", columbus.table, columbus.W)
    assert fit.model == "slx"
    assert fit.estimates.terms == ("Intercept", "HOVAL", "W(INC)")
    # row-standardised W without own neighbours: mean of the diagonal 0, of the row sums 1
    table = fit.impacts().table["estimate"]
    assert table["INC", "direct"] == 0.0
    assert table["INC", "indirect"] == pytest.approx(fit.params["W(INC)"], rel=1e-12)
    assert fit.impacts().table.loc[("INC", "total"), "std_error"] == pytest.approx(
        fit.std_errors["W(INC)"], rel=1e-10
    )
    assert "impacts of INC come from the lag alone" in fit.notes[-1]
    lag = columbus.table.assign(lag=columbus.W.lag(columbus.table["INC"]))
    by_hand = wb.fit("CRIME ~ HOVAL + lag", lag, columbus.W)
    np.testing.assert_allclose(fit.params, by_hand.params, rtol=1e-12)
    marginal = wb.fit("CRIME ~ HOVAL + W(log(INC))", columbus.table, columbus.W)
    slope = columbus.W.sparse.sum(axis=0) @ (1 / columbus.table["INC"].sort_index()) / 49
    assert marginal.marginal_impacts("INC").total.iloc[0] == pytest.approx(
        marginal.params["W(log(INC))"] * slope, rel=1e-8
    )
    means = fit.elasticities(at="means").table["estimate"]
    raw = columbus.table
    ratio = raw["INC"].mean() / raw["CRIME"].mean()
    assert means["INC", "total"] == pytest.approx(fit.params["W(INC)"] * ratio, rel=1e-10)


def test_rows_in_any_order_give_the_same_bits(table, columbus):
    formula = "CRIME ~ HOVAL + C(side) + W(C(side)) + W(log(INC))"
    shuffled = table.sample(frac=1.0, random_state=3)
    one = wb.fit(formula, table, columbus.W, model="sem")
    two = wb.fit(formula, shuffled, columbus.W, model="sem")
    np.testing.assert_array_equal(one.params, two.params)


def test_missing_values_of_a_lagged_term_are_seen(table, columbus):
    table.loc[table.index[3], "INC"] = np.nan
    formula = "CRIME ~ HOVAL + W(log(INC))"
    with pytest.raises(ValuesError, match="INC at"):
        wb.fit(formula, table, columbus.W)
    dropped = wb.fit(formula, table, columbus.W, missing="drop")
    assert dropped.nobs == 48
    kept = table.drop(index=table.index[3])
    expected = wb.fit(formula, kept, columbus.W.restrict(kept.index))
    np.testing.assert_array_equal(dropped.params, expected.params)


def test_names_inside_of_stateful_functions_are_known(columbus):
    fit = wb.fit("CRIME ~ HOVAL + W(center(INC))", columbus.table, columbus.W)
    assert "INC" in fit.design.variables
    with pytest.raises(FormulaError, match="depend on all rows"):
        fit.predict(columbus.table)


REFUSED = {
    "the outcome": ("CRIME ~ INC + W(CRIME)", 'model="sar"'),
    "a function of the outcome": ("CRIME ~ INC + W(center(CRIME))", 'model="sar"'),
    "a product with the outcome": ("log(CRIME + 1) ~ INC + W(INC:CRIME)", 'model="sar"'),
    "a lag": ("CRIME ~ INC + W(W(INC))", "higher_order"),
    "nothing": ("CRIME ~ INC + W()", "a regressor inside"),
    "the intercept": ("CRIME ~ INC + W(1)", "row sum"),
    "the intercept by name": ("CRIME ~ INC + W(Intercept)", "row sum"),
    "an interaction": ("CRIME ~ INC + W(INC):HOVAL", "as a term of its own"),
    "a product": ("CRIME ~ INC * W(HOVAL)", "as a term of its own"),
    "a square": ("CRIME ~ (INC + W(HOVAL))**2", "as a term of its own"),
    "a function": ("CRIME ~ INC + log(W(HOVAL))", "as a term of its own"),
    "the left side": ("W(CRIME) ~ INC", "on the left"),
    "a sum": ("CRIME ~ INC + W(INC + HOVAL)", "W(I(INC + HOVAL))"),
    "factors": ("CRIME ~ INC + W(INC * HOVAL)", "W(a:b)"),
    "a multiple": ("CRIME ~ INC + 3*W(HOVAL)", "W(HOVAL)"),
    "several parts": ("CRIME ~ INC + W(INC) | HOVAL", "| has no meaning"),
    "what is taken out again": ("CRIME ~ INC + W(INC) - W(INC)", "leave W(INC) out"),
    "two arguments": ("CRIME ~ INC + W(INC, 2)", "one term"),
    "an unknown column": ("CRIME ~ INC + W(HOVALS)", "did you mean 'HOVAL'?"),
    "an open bracket": ("CRIME ~ INC + W(log(HOVAL)", "a bracket that closes"),
}


@pytest.mark.quick_cases(7)
@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("model", ["ols", "sdm"])
def test_what_cannot_be_lagged_is_refused_with_the_way_out(columbus, what, model):
    formula, way = REFUSED[what]
    with pytest.raises(FormulaError) as caught:
        wb.fit(formula, columbus.table, columbus.W, model=model)
    assert way in str(caught.value)
    assert "_spatial_lag" not in str(caught.value)


def test_a_constant_has_no_lag(columbus):
    table = columbus.table.assign(same=2.0)
    with pytest.raises(ValuesError, match="same"):
        wb.fit("CRIME ~ INC + W(same)", table, columbus.W)


def test_a_column_called_w_is_a_column_until_a_lag_stands_beside_it(columbus):
    table = columbus.table.rename(columns={"HOVAL": "W"})
    assert "W" in wb.fit("CRIME ~ INC + W", table, columbus.W).params
    with pytest.raises(FormulaError, match="rename"):
        wb.fit("CRIME ~ INC + W + W(INC)", table, columbus.W)


def test_a_column_called_as_a_lag_is_refused_beside_it(columbus):
    table = columbus.table.rename(columns={"HOVAL": "W(INC)"})
    assert wb.fit("CRIME ~ `W(INC)`", table, columbus.W).model == "ols"
    with pytest.raises(FormulaError, match="other names than the lag of a term"):
        wb.fit("CRIME ~ INC + `W(INC)` + W(INC)", table, columbus.W)


def test_no_weights_no_lag(columbus):
    with pytest.raises(InputError, match=r"spatial weights for W\(INC\)"):
        wb.fit("CRIME ~ HOVAL + W(INC)", columbus.table)


def test_a_lag_that_repeats_its_term_is_spelt_out(columbus):
    ids = columbus.table.index
    third = pd.Series(np.arange(49) // 7, ids)
    rows = [(a, b, 1.0) for a in ids for b in ids if a != b and third[a] == third[b]]
    from libpysal.graph import Graph

    blocks = Graph.from_arrays(*(np.array(x) for x in zip(*rows, strict=True)))
    W = wb.weights.as_weights(blocks).normalize("row")
    table = columbus.table.assign(shared=third.astype(float))
    with pytest.raises(CollinearityError) as caught:
        wb.fit("CRIME ~ INC + shared + W(shared)", table, W)
    assert "-1*shared +1*W(shared) = 0" in str(caught.value)


def test_case_weights_of_panels_point_to_cross_sections():
    panel = wb.load("munnell-1990")
    W = wb.weights.queen(wb.load("us-states"))
    with pytest.raises(PanelError, match="case_weights") as caught:
        wb.fit("log(gsp) ~ log(emp)", panel, W, effects="entity", case_weights="pc")
    assert "for cross-sections" in str(caught.value)
    assert "panel.xs(2014, level=1)" in str(caught.value)


def test_comparisons_of_models_take_durbin_instead(columbus):
    with pytest.raises(FormulaError, match="durbin"):
        wb.ladder(columbus.formula + " + W(INC)", columbus.table, columbus.W)


def test_text_is_split_where_brackets_and_quotes_say():
    assert not has_lags("y ~ `W(x)` + NEW(x) + W + a.W(x)")
    assert split_lags("y ~ x + W(a[')'])").lags == ("a[')']",)
    assert split_lags("y ~ W(log(x)) + W( log(x) )").lags == ("log(x)",)
    assert split_lags("y ~ x").own == "y ~ x"


def test_nothing_of_the_caller_changes(table, columbus):
    before = table.copy(deep=True)
    wb.fit("CRIME ~ INC + W(C(side))", table, columbus.W).predict(table)
    pd.testing.assert_frame_equal(table, before)
