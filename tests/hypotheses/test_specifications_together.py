"""Specifications estimated together give what ``wb.fit`` gives one by one, to ten digits."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.hypotheses.curve.batch import estimate_batch, supports
from workbench.hypotheses.curve.plan import DIMENSIONS, Choice, Plan
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.models import Clustered

FORMULAS = (
    "log(gsp) ~ log(pc) + log(emp) + unemp",
    "log(gsp / emp) ~ log(pc) + W(log(pc))",
)
MODELS = ("ols", "slx", "sar", "sdm", "sem", "sdem")


@pytest.fixture(scope="module")
def weights():
    states = wb.load("us-states")
    return {"queen": wb.weights.queen(states), "nearest": wb.weights.knn(states, 4)}


@pytest.fixture(scope="module")
def panel():
    table = wb.load("munnell-1990")
    return table[table.index.get_level_values("year") >= 1980]


def plan_of(data, weights, restriction, *, effects=("none",), covariances=("classical",)):
    choices = []
    for formula, W, model, effect, covariance in itertools.product(
        FORMULAS, weights.values(), MODELS, effects, covariances
    ):
        if model in ("slx", "sdm", "sdem") and "W(" in formula:
            continue
        likelihood, panel = model not in ("ols", "slx"), isinstance(data.index, pd.MultiIndex)
        if likelihood and not panel and covariance != "classical":
            continue
        asked = {
            "formula": formula,
            "W": W,
            "model": model,
            "effects": effect,
            "covariance": covariance,
        }
        choices.append(Choice(len(choices) + 1, {}, asked, "all"))
    hypothesis = Hypothesis("Capital spills over", restriction)
    return Plan(hypothesis, {"all": data}, tuple(choices), DIMENSIONS)


def agrees(plan, *, every):
    """Compare verdicts with those of plain fits; return how many are missing."""
    together = estimate_batch(plan, plan.choices)
    absent = 0
    for choice in plan.choices[::every]:
        plain = plan.hypothesis.test(plan.fit(choice))
        if choice.number not in together:
            assert plain.answer == "not applicable"
            absent += 1
            continue
        found = together[choice.number]
        assert found.answer == plain.answer
        for name in ("estimate", "std_error", "p_value", "conf_low", "conf_high"):
            size = plain.std_error if name.startswith("conf") else getattr(plain, name)
            gap = abs(getattr(found, name) - getattr(plain, name))
            assert gap <= 1e-8 * abs(size), (choice.arguments, name)
        assert found.provenance.nobs == plain.provenance.nobs
    return absent


@pytest.mark.slow
@pytest.mark.parametrize(
    "restriction",
    ["indirect(log(pc)) > 0", "total(log(pc)) - 2*direct(log(pc)) > 0", "coefficient(log(pc)) < 1"],
)
def test_cross_sections(panel, weights, restriction):
    data = panel.xs(1986, level="year").sample(frac=1.0, random_state=1)
    clustered = Clustered(data["unemp"].round().rename("unemployment"))
    plan = plan_of(data, weights, restriction, covariances=("classical", "HC3", clustered))
    absent = agrees(plan, every=1)
    # ols and sem without lags have no spillovers: three covariances and one, two W
    assert absent == (8 if "indirect" in restriction else 0)


@pytest.mark.slow
@pytest.mark.parametrize("effects", ["none", "entity", "time", "two-way"])
def test_panels(panel, weights, effects):
    plan = plan_of(
        panel,
        weights,
        "indirect(log(pc)) > 0",
        effects=(effects,),
        covariances=("classical", "clustered", "driscoll-kraay"),
    )
    agrees(plan, every=5)  # five does not divide three: every model meets every covariance


def test_grouped_covariances_are_left_to_the_fit_where_they_cannot_be_had(panel, weights):
    plan = plan_of(panel, weights, "total(log(pc)) > 0")
    asked = {**plan.choices[0].arguments, "model": "sdm", "effects": "entity"}

    def supported(covariance, data):
        choice = Choice(1, {}, {**asked, "covariance": covariance}, "all")
        return supports(replace(plan, samples={"all": data}), choice)

    assert supported("clustered", panel)
    assert supported("driscoll-kraay", panel)
    assert not supported("clustered-two-way", panel)
    two = panel[panel.index.get_level_values("year") >= 1985]
    assert supported("clustered", two)
    assert not supported("driscoll-kraay", two)
    keys = pd.MultiIndex.from_product([range(201), range(3)], names=["region", "year"])
    assert not supported("clustered", pd.DataFrame({"y": 0.0}, index=keys))


def test_missing_values_restrict_weights_as_a_fit_does(panel, weights):
    data = panel.xs(1986, level="year").copy()
    data.loc[data.index[[3, 17]], "unemp"] = np.nan
    plan = plan_of(data, {"queen": weights["queen"]}, "total(log(pc)) > 0")
    choices = tuple(
        Choice(c.number, {}, {**c.arguments, "missing": "drop"}, "all") for c in plan.choices
    )
    plan = Plan(plan.hypothesis, plan.samples, choices, DIMENSIONS)
    assert agrees(plan, every=1) == 0


@pytest.mark.slow
def test_answers_do_not_depend_on_the_order_of_rows(panel, weights):
    data = panel.xs(1986, level="year")
    first = estimate_batch(*_both(plan_of(data, weights, "total(log(pc)) > 0")))
    other = data.sample(frac=1.0, random_state=3)
    second = estimate_batch(*_both(plan_of(other, weights, "total(log(pc)) > 0")))
    assert [v.estimate for v in first.values()] == [v.estimate for v in second.values()]
    assert [v.std_error for v in first.values()] == [v.std_error for v in second.values()]


def _both(plan):
    return plan, plan.choices


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "sac"},
        {"method": "gmm", "model": "sar"},
        {"covariance": "qml", "model": "sar"},
        {"case_weights": "emp"},
        {"durbin": ["log(pc)"], "model": "sdm", "W_x": "other"},
        {"effects": "random"},
        {"lee_yu": "none"},
    ],
)
def test_what_is_of_another_kind_is_left_to_the_plain_fit(panel, weights, changes):
    plan = plan_of(panel, weights, "total(log(pc)) > 0")
    choice = Choice(1, {}, {**plan.choices[0].arguments, **changes}, "all")
    assert not supports(plan, choice)


def test_refused_specifications_are_left_to_the_fit_that_says_why(panel, weights):
    data = panel.xs(1986, level="year").copy()
    data["twice"] = 2.0 * np.log(data["pc"])
    W = weights["queen"]
    asked = [
        {"formula": "log(gsp) ~ log(pc) + twice", "W": W, "model": "sar"},
        {"formula": "log(gsp) ~ log(absent)", "W": W, "model": "sar"},
        {"formula": "log(gsp) ~ log(emp)", "W": W, "model": "sar"},
        {"formula": "log(gsp) ~ log(pc)", "W": W, "model": "sar"},
    ]
    choices = tuple(Choice(i, {}, one, "all") for i, one in enumerate(asked, start=1))
    hypothesis = Hypothesis("Capital works", "total(log(pc)) > 0")
    assert list(estimate_batch(Plan(hypothesis, {"all": data}, choices, DIMENSIONS), choices)) == [
        4
    ]


def test_a_hypothesis_that_does_not_apply_takes_no_other_with_it():
    """Together and one by one the same specifications have an estimate of each hypothesis."""
    W = wb.weights.queen(wb.load("us-states"))
    y = wb.load("munnell-1990").xs(1986, level="year")
    asked = [wb.Hypothesis(word, f"{word}(log(pc)) > 0") for word in ("indirect", "direct")]
    states = {}
    for engine in ("batch", "fit"):
        curves = wb.specification_curve(
            asked,
            y,
            formulas="log(gsp) ~ log(pc)",
            weights={"queen": W},
            models=["ols", "sem", "sdm"],
            engine=engine,
        )
        states[engine] = [curve.table["status"].tolist() for curve in curves.values()]
    assert states["batch"] == states["fit"]
    assert states["fit"][1] == ["estimated"] * 3
