"""Calls about hypotheses say what they were given and what they take, instead of failing inside."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench import hypotheses as hy
from workbench.errors import FormulaError, InputError

CLAIM = wb.Hypothesis("Work next door matters", "indirect(log(emp)) > 0")
RULES = {"gsp": "sum", "emp": "sum"}


@pytest.fixture(scope="module")
def y():
    return wb.load("munnell-1990").xs(1986, level="year")


@pytest.fixture(scope="module")
def W():
    return wb.weights.queen(wb.load("us-states"))


@pytest.fixture(scope="module")
def fit(y, W):
    return wb.fit("log(gsp) ~ log(emp)", y, W, model="slx")


@pytest.mark.parametrize("call", [wb.placebo_geography, hy.placebo_outcomes])
def test_hypothesis_and_fit_in_the_other_order(call, fit):
    with pytest.raises(InputError, match="the hypothesis comes first"):
        call(fit, CLAIM)
    with pytest.raises(InputError, match=r"hypothesis: expected a Hypothesis; got str"):
        call(CLAIM.restriction, fit)
    with pytest.raises(InputError, match=r"fit: expected a result of wb\.fit; got NoneType"):
        call(CLAIM, None)


def test_no_fit_to_recover():
    with pytest.raises(InputError, match=r"fit: expected a result of wb\.fit; got NoneType"):
        hy.recovery(None)


def test_a_hierarchy_has_a_name(y, W):
    division = wb.load("us-states")["division"]
    with pytest.raises(InputError, match="hierarchy: expected a mapping from names; got Series"):
        wb.scale_ladder(
            CLAIM, y, W, formula="log(gsp) ~ log(emp)", aggregate=RULES, hierarchy=division
        )
    with pytest.raises(InputError, match="hypothesis: expected a Hypothesis"):
        wb.scale_ladder("x", y, W, formula="log(gsp) ~ log(emp)", aggregate=RULES)


def test_standard_errors_that_are_none_are_not_taken_for_untested(fit):
    with pytest.raises(InputError, match=r"conley: expected a wb\.Conley; got int"):
        wb.identification(fit, "indirect(log(emp))", conley=500)


def test_a_relation_where_an_estimand_is_asked_for(fit):
    with pytest.raises(FormulaError) as refused:
        wb.identification(fit, CLAIM.restriction)
    assert "Way out: 'indirect(log(emp))', or" in str(refused.value)


def test_an_outcome_that_the_fit_did_not_keep_needs_the_table(fit, y):
    with pytest.raises(FormulaError, match="data=table"):
        hy.placebo_outcomes(CLAIM, fit, {"jobless": "unemp"})
    with pytest.raises(InputError, match="data: expected a table"):
        hy.placebo_outcomes(CLAIM, fit, {"jobless": "unemp"}, data=5)
    assert len(hy.placebo_outcomes(CLAIM, fit, {"jobless": "unemp"}, data=y).table) == 1


def test_one_lag_need_not_be_a_list(W):
    panel = wb.load("munnell-1990")
    fit = wb.fit("log(gsp) ~ log(emp)", panel, W, model="slx", effects="two-way")
    one, listed = (hy.placebo_outcomes(CLAIM, fit, lags=lags).table for lags in (1, [1]))
    assert one.equals(listed)
