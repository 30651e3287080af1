"""Every result about hypotheses can be published, with tolerances that another run can keep."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import workbench as wb
from workbench import hypotheses as hy
from workbench.reports.markup import grids_html

FORMULA = "log(gsp) ~ log(pc) + log(emp)"
SPILLOVER = wb.Hypothesis("Capital next door matters", "indirect(log(pc)) > 0")
OWN = wb.Hypothesis("More work, more output", "direct(log(emp)) > 0")


@pytest.fixture(scope="module")
def results():
    panel = wb.load("munnell-1990")
    y = panel.xs(1986, level="year")
    W = wb.weights.queen(wb.load("us-states"))
    fit = wb.fit(FORMULA, y, W, model="sar")
    formulas = [FORMULA, "log(gsp) ~ log(emp)"]
    given = {"formulas": formulas, "weights": W, "models": ["slx", "sdm"]}
    curve = wb.specification_curve(SPILLOVER, y, **given)
    lock = hy.lock([SPILLOVER], weights={"queen": W}, formulas=[FORMULA], models=["sar"])
    verdict = SPILLOVER.test(fit)
    return {
        "hypothesis": SPILLOVER,
        "verdict": verdict,
        "verdicts": hy.test_hypotheses([SPILLOVER, OWN], fit),
        "curve": curve,
        "curves": wb.specification_curve([SPILLOVER, OWN], y, **given),
        "shares": curve.shares(),
        "attribution": curve.attribution(),
        "influence": curve.influence(regions=["US-OH", "US-UT"]),
        "test": curve.test(draws=19),
        "placebo": wb.placebo_geography(SPILLOVER, fit, draws=19, how=["permuted", "rewired"]),
        "outcomes": hy.placebo_outcomes(SPILLOVER, fit, {"jobless": "unemp"}, data=y),
        "identification": wb.identification(fit),
        "referee": wb.referee(fit),
        "lock": lock,
        "marked": lock.mark(verdict),
    }


NAMES = (
    "hypothesis", "verdict", "verdicts", "curve", "curves", "shares", "attribution", "influence",
    "test", "placebo", "outcomes", "identification", "referee", "lock", "marked",
)  # fmt: skip


@pytest.mark.quick_cases(7)
@pytest.mark.parametrize("name", NAMES)
def test_each_is_published_under_ids_that_occur_once(results, name):
    published = wb.publish(results[name], name, caption="Shown")
    ids = [entry.id for entry in (*published.numbers, *published.texts)]
    assert ids
    assert len(ids) == len(set(ids))
    assert not any("#" in one for one in ids), "a number is named by its row, not by its place"
    assert "<table>" in grids_html(published)


@pytest.mark.parametrize("name", NAMES)
def test_no_number_of_a_search_is_held_to_the_rule_of_closed_forms(results, name):
    # rho of a SAR or SDM stops within 1e-7 of the maximum: 1e-9 would fail on another machine
    kinds = {number.tolerance for number in wb.publish(results[name], name).numbers}
    assert "closed form" not in kinds


def test_least_squares_curves_keep_the_narrow_rule(results):
    choices = results["curve"].plan.choices
    assert {choice.arguments["model"] for choice in choices} == {"slx", "sdm"}
    panel = wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(wb.load("us-states"))
    given = {"formulas": FORMULA, "weights": W, "models": "slx"}
    narrow = wb.specification_curve(SPILLOVER, panel, **given)
    assert narrow.tolerance == "closed form"
    drawn = wb.specification_curve(SPILLOVER, panel, **given, method="monte-carlo", draws=100)
    assert drawn.tolerance == "simulation"


@pytest.mark.parametrize("name", ["verdict", "verdicts", "curve", "referee", "identification"])
def test_sentences_that_repeat_numbers_are_shown_and_not_compared(results, name):
    published = wb.publish(results[name], name)
    told = [text.text for text in published.texts]
    assert not any("interval, from" in text or "p = " in text for text in told)


def test_a_published_placebo_has_every_kind_of_map_and_not_every_draw(results):
    published = wb.publish(results["placebo"], "placebo")
    ids = [number.id for number in published.numbers]
    for how in ("permuted", "rewired"):
        assert f"placebo/wrong-maps/{how}/p_permutation" in ids
    assert len(ids) < 100
    p = next(n for n in published.numbers if n.id.endswith("permuted/p_permutation"))
    assert (p.tolerance, p.permutations) == ("permutation", 19)
    assert "real statistic" in published.notes


def test_notes_say_what_does_not_apply(results):
    published = wb.publish(results["curve"], "curve")
    assert "2 of 4 specifications do not apply" in published.notes
    assert wb.publish(results["curve"], "curve", notes="Mine").notes == "Mine"


@pytest.mark.quick_cases(7)
@pytest.mark.parametrize("name", NAMES)
def test_each_can_be_pickled_and_copied(results, name):
    thing = results[name]
    for other in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing)):
        assert str(other) == str(thing)


def test_one_placebo_outcome_is_spoken_of_in_the_singular(results):
    said = results["outcomes"].conclusion
    assert not any(odd in said for odd in ("1 outcomes", "None of 1", "1 of them"))
    assert np.isfinite(results["outcomes"].table["estimate"]).all()
