"""What no fit decides: the rule of a verdict holds for tests, numbers, and several of them.

Expected answers follow from the rule by hand; the scipy binomial test and Moran's I of the
American states stand for tests that are made elsewhere.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.language import speaking
from workbench.core.statistics import NotApplicable, Statistic, chi2_test
from workbench.errors import InputError, OptionError
from workbench.hypotheses.locks import Lock
from workbench.hypotheses.statements.estimates import wald

NULL = "labels dealt out at random"


def claim(relation=">", **others):
    return wb.Expectation("AI beside IT", "quotient", relation, null=NULL, **others)


def made(statistic, p, *, expected=1.0, alternative="two-sided", **others):
    return Statistic("q", statistic, NULL, p, alternative, "normal", expected=expected, **others)


# --- the rule


@pytest.mark.parametrize(
    ("relation", "statistic", "p", "wanted"),
    [
        (">", 2.0, 0.049, "supported"),
        (">", 2.0, 0.05, "supported"),
        (">", 2.0, 0.051, "cannot tell"),
        (">", 0.5, 0.01, "contradicted"),
        ("<", 0.5, 0.01, "supported"),
        ("<", 2.0, 0.01, "contradicted"),
        ("!=", 2.0, 0.01, "supported"),
        ("!=", 0.5, 0.01, "supported"),
        ("!=", 2.0, 0.2, "cannot tell"),
        (">", 1.0, 0.01, "cannot tell"),
    ],
)
def test_p_decides_and_the_side_is_against_what_is_expected(relation, statistic, p, wanted):
    by_test = claim(relation).judge(made(statistic, p))
    by_number = claim(relation).judge(statistic, expected=1.0, p_value=p)
    assert by_test.answer == by_number.answer == wanted
    assert by_test.p_value == by_number.p_value == p
    assert (by_test.estimate, by_test.value) == (statistic, 1.0)


def test_the_rule_is_that_of_a_hypothesis():
    """A normal estimate told as estimate and as test gets one verdict."""
    told = wb.Hypothesis("s", "total(x) > 1")
    for estimate in np.linspace(-3, 5, 33):
        found = wald(float(estimate), 1.0, None)
        same = claim().judge(float(estimate), expected=1.0, p_value=found.p_value(1.0))
        assert same.answer == told.judge(found).answer


def test_a_one_sided_p_value_is_doubled():
    verdict = claim().judge(made(2.0, 0.03, alternative="greater"))
    assert (verdict.answer, verdict.p_value) == ("cannot tell", 0.06)
    assert "doubled" in verdict.reason
    assert claim().judge(made(2.0, 0.02, alternative="greater")).answer == "supported"


def test_a_one_sided_test_tells_nothing_of_the_other_side():
    verdict = claim().judge(made(0.2, 0.99, alternative="greater"))
    assert (verdict.answer, verdict.p_value) == ("cannot tell", 1.0)
    assert "tells nothing" in verdict.reason
    assert claim().judge(made(0.2, 0.01, alternative="less")).answer == "contradicted"


def test_wrong_claims_of_a_side_are_as_rare_as_alpha_allows():
    """Under the null one side is claimed in 2.5 % of 4,000 draws, from a one-sided test too."""
    z = np.random.default_rng(3).standard_normal(4000)
    p = np.vectorize(lambda v: 0.5 * math.erfc(v / math.sqrt(2)))(z)
    told = [
        claim().judge(v, expected=0.0, p_value=q, alternative="greater").answer
        for v, q in zip(z, p, strict=True)
    ]
    share = told.count("supported") / 4000
    assert abs(share - 0.025) < 4 * math.sqrt(0.025 * 0.975 / 4000)
    assert "contradicted" not in told


def test_the_permutation_p_value_decides_where_there_is_one():
    verdict = claim().judge(made(2.0, 0.001, p_permutation=0.2, permutations=99))
    assert (verdict.answer, verdict.p_value) == ("cannot tell", 0.2)
    assert verdict.method == "99 permutations"
    assert verdict.tolerance == "simulation"


def test_tests_against_any_difference_are_not_doubled_for_a_difference():
    test = chi2_test("LM", 4.5, 1, null="no dependence")
    assert claim("!=").judge(test).p_value == test.p_value
    assert claim(">").judge(test).p_value == 2 * test.p_value


def test_the_side_may_come_from_the_standardised_value_and_else_must_be_told():
    assert claim().judge(made(2.0, 0.01, expected=None, z=2.6)).answer == "supported"
    with pytest.raises(InputError, match="nothing tells on which side"):
        claim().judge(made(2.0, 0.01, expected=None))
    with pytest.raises(InputError, match="nothing tells on which side"):
        claim().judge(2.0, p_value=0.01)
    assert claim().judge(made(2.0, 0.01, expected=None), expected=3.0).answer == "contradicted"
    assert claim("!=").judge(2.0, p_value=0.01).answer == "supported"


def test_results_of_tests_are_judged_by_their_permutations(year, queen):
    unlike = wb.moran(year["gsp"] / year["emp"], None, queen, permutations=199)
    verdict = claim().judge(unlike)
    assert (verdict.expected, verdict.p_value) == (unlike.expected, unlike.p_permutation)
    assert (verdict.estimate, verdict.statistic) == (unlike.statistic, unlike.z)
    assert verdict.answer == "cannot tell"


# --- what is no test


def test_what_does_not_apply_is_not_applicable_and_says_why():
    verdict = claim().judge(NotApplicable("q", NULL, "all mass is in one region"))
    assert (verdict.answer, verdict.reason) == ("not applicable", "all mass is in one region")
    assert math.isnan(verdict.p_value)


@pytest.mark.parametrize("field", ["statistic", "p_value"])
def test_a_test_without_a_number_cannot_tell(field):
    verdict = claim().judge(replace(made(2.0, 0.01), **{field: math.nan}))
    assert (verdict.answer, verdict.p_value) == ("cannot tell", 1.0)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"test": math.nan, "expected": 1, "p_value": 0.1}, "test"),
        ({"test": math.inf, "expected": 1, "p_value": 0.1}, "test"),
        ({"test": True, "expected": 1, "p_value": 0.1}, "test"),
        ({"test": "2", "expected": 1, "p_value": 0.1}, "test"),
        ({"test": 2, "expected": math.nan, "p_value": 0.1}, "expected"),
        ({"test": 2, "expected": 1, "p_value": math.nan}, "p_value"),
        ({"test": 2, "expected": 1, "p_value": 1.1}, "p_value"),
        ({"test": 2, "expected": 1, "p_value": -0.1}, "p_value"),
        ({"test": 2, "expected": 1}, "p_value"),
        ({"test": 2, "expected": 1, "p_value": 0.1, "conf_low": 1}, "conf_high"),
        ({"test": 2, "expected": 1, "p_value": 0.1, "conf_low": 3, "conf_high": 1}, "conf_low"),
        ({"test": []}, "test"),
        ({"test": {}}, "test"),
        ({"test": [2.0]}, "test"),
        ({"test": made(2, 0.1), "p_value": 0.1}, "p_value"),
        ({"test": [made(2, 0.1)], "expected": 0.1}, "expected"),
    ],
)
def test_numbers_that_decide_nothing_are_refused(given, named):
    with pytest.raises(InputError) as fault:
        claim().judge(**given)
    assert fault.value.argument == named


@pytest.mark.parametrize(
    "wrong",
    [
        {"statement": " "}, {"measure": ""}, {"null": ""}, {"relation": "="}, {"alpha": 0},
        {"alpha": 0.6}, {"kind": "firm"}, {"mechanism": None},
    ],
)  # fmt: skip
def test_claims_that_cannot_be_decided_are_refused(wrong):
    good = {"statement": "s", "measure": "m", "relation": ">", "null": NULL}
    with pytest.raises((InputError, OptionError)):
        wb.Expectation(**(good | wrong))


# --- several


def told(*pairs, relation=">"):
    tests = {name: made(x, p) for name, (x, p) in zip("abc", pairs, strict=False)}
    return claim(relation).judge(tests)


def test_a_claim_that_must_hold_each_time_is_supported_by_its_weakest_test():
    verdict = told((2.0, 0.001), (1.5, 0.04), (3.0, 0.01))
    assert (verdict.answer, verdict.p_value, verdict.estimate) == ("supported", 0.04, 1.5)
    assert "least surely in b" in verdict.reason
    assert len(verdict.notes) == 3


def test_one_that_cannot_tell_leaves_it_open():
    verdict = told((2.0, 0.001), (1.5, 0.2))
    assert (verdict.answer, verdict.p_value) == ("cannot tell", 0.2)
    assert "weakest in b" in verdict.reason


def test_it_is_contradicted_where_the_other_side_is_told_for_all_that_were_asked():
    """0.02 of two tests is 0.04; 0.03 of two is 0.06."""
    verdict = told((0.5, 0.02), (1.1, 0.5))
    assert (verdict.answer, verdict.p_decision, verdict.estimate) == ("contradicted", 0.04, 0.5)
    assert "told in a" in verdict.reason
    assert told((0.5, 0.03), (1.1, 0.5)).answer == "cannot tell"


def test_where_one_supports_and_one_contradicts_nothing_is_told():
    verdict = told((2.0, 0.001), (0.5, 0.001))
    assert verdict.answer == "cannot tell"
    assert verdict.p_value == 1.0


def test_a_difference_must_be_there_each_time():
    assert told((2.0, 0.01), (0.5, 0.01), relation="!=").answer == "supported"
    assert told((2.0, 0.01), (0.5, 0.3), relation="!=").answer == "cannot tell"


def test_what_could_not_be_tested_once_is_not_supported():
    absent = NotApplicable("q", NULL, "too few")
    part = claim().judge([made(2.0, 0.001), absent])
    assert (part.answer, part.p_value) == ("cannot tell", 1.0)
    none = claim().judge({"one": absent, "two": absent})
    assert none.answer == "not applicable"
    assert "two: too few" in none.reason


def test_verdicts_on_numbers_can_be_among_several_and_those_of_others_cannot():
    H = claim()
    both = H.judge([H.judge(2.0, expected=1, p_value=0.01), made(2.0, 0.02)])
    assert (both.answer, both.p_value) == ("supported", 0.02)
    with pytest.raises(InputError, match="AI beside IT"):
        H.judge([claim("<").judge(2.0, expected=1, p_value=0.01)])


@pytest.mark.slow
def test_wrong_claims_of_several_are_bounded():
    """Three tests under the null: supported or contradicted in at most 5 % of 2,000 draws."""
    rng = np.random.default_rng(11)
    H, wrong = claim(), 0
    for z in rng.standard_normal((2000, 3)):
        p = [math.erfc(abs(v) / math.sqrt(2)) for v in z]
        one = H.judge([made(v, q, expected=0.0) for v, q in zip(z, p, strict=True)])
        wrong += one.answer in ("supported", "contradicted")
    assert wrong / 2000 < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 2000)


# --- beside hypotheses


@pytest.fixture
def both(sdm):
    fits = wb.hypotheses.test_hypotheses(
        [wb.Hypothesis("emp", "total(log(emp)) > 0", name="H1")], sdm, adjust="none"
    )
    return wb.hypotheses.family([fits, claim(name="H2").judge(made(2.0, 0.03))])


def test_verdicts_of_fits_and_of_tests_stand_in_one_table(both):
    table = both.tidy()
    assert table["hypothesis"].tolist() == ["H1", "H2"]
    assert table["restriction"].iloc[1] == f"quotient > {NULL}"
    assert list(table.columns) == list(both[0].tidy().columns.insert(6, "p_adjusted"))
    np.testing.assert_allclose(both.p_adjusted[1], max(0.03, min(1, 2 * both[0].p_value)))


def test_the_family_takes_back_what_a_test_alone_would_claim():
    alone = [claim(name=n).judge(made(2.0, 0.03)) for n in "ab"]
    assert [v.answer for v in wb.hypotheses.family(alone)] == ["cannot tell"] * 2
    assert [v.answer for v in wb.hypotheses.family(alone, adjust="none")] == ["supported"] * 2


def test_what_is_adjusted_is_not_adjusted_again(both, sdm):
    for given in ([both], [1.0], []):
        with pytest.raises(InputError) as fault:
            wb.hypotheses.family(given)
        assert fault.value.argument == "verdicts"
    with pytest.raises(InputError, match="no fit decides"):
        wb.hypotheses.test_hypotheses([claim()], sdm)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_both_are_published_and_drawn_together(both, lang):
    with speaking(lang):
        published = wb.publish(both, "verdicts", labels={f"quotient > {NULL}": "частное"})
        assert any(
            number.id.startswith(f"verdicts/quotient > {NULL}/") for number in published.numbers
        )
        picture = both.plot()
        wb.publish(picture, "chart", caption="verdicts")
        claim().judge(made(2.0, 0.03)).plot()


def test_a_statistic_without_an_interval_stands_where_its_p_value_puts_it(both):
    """At 5 % the end of a normal interval; beyond it where p is smaller."""
    from workbench.views.verdicts import _placed, _scales

    for p in (0.05, 0.01, 0.4):
        rows = [both[0], claim().judge(made(2.0, p))]
        middle = _placed(rows[1], _scales(rows)[1])[1]
        assert (middle >= 1 - 1e-12) == (p <= 0.05)


def test_reasons_are_in_the_language_in_use():
    with speaking("ru"):
        verdict = claim().judge(made(2.5, 0.03))
    assert verdict.reason == "2,5 выше ожидаемого 1, p = 0,03"


# --- before any model


def test_what_is_claimed_is_a_table_before_any_model():
    H1 = wb.Hypothesis("Near helps", "indirect(x) > 0", name="H1", mechanism="people meet")
    H2 = wb.Hypothesis("Constant returns", "total(x) = 1 +- 0.1", name="H2", alpha=0.1)
    table = wb.stated([H1, H2, claim(name="H3", kind="confirmatory")])
    assert table.index.tolist() == ["H1", "H2", "H3"]
    assert table["null"].tolist() == ["indirect(x) = 0", "|total(x) - 1| >= 0.1", NULL]
    assert table["alpha"].tolist() == [0.05, 0.1, 0.05]
    assert table["kind"].tolist() == ["exploratory", "exploratory", "confirmatory"]
    assert table["mechanism"].tolist() == ["people meet", "", ""]
    assert "mechanism" not in wb.stated(H2)


@pytest.mark.parametrize("given", [[], [claim(), claim()], ["H1"], [pd.Series([1])]])
def test_tables_of_claims_without_names_of_their_own_are_refused(given):
    with pytest.raises(InputError) as fault:
        wb.stated(given)
    assert fault.value.argument == "hypotheses"


def test_statements_are_shown_in_russian_where_they_have_labels():
    H = claim(name="H1")
    with speaking("ru"):
        shown = wb.publish(
            wb.stated([H]), "stated", labels={H.statement: {"en": "x", "ru": "ИИ рядом с ИТ"}}
        )
    assert shown.grids[0].rows[0].cells[0].shown == "ИИ рядом с ИТ"
    assert shown.texts[0].text == H.statement


# --- written down and locked


def test_an_expectation_survives_json_and_is_told_by_its_digest():
    H = claim(alpha=0.1, mechanism="m", reference="r", name="n", kind="confirmatory")
    again = wb.Expectation.from_dict(json.loads(json.dumps(H.to_dict())))
    assert again == H
    assert again.digest == H.digest != claim().digest
    for wrong in ({"statement": "s"}, {**H.to_dict(), "beta": 1}):
        with pytest.raises(InputError):
            wb.Expectation.from_dict(wrong)


def test_a_lock_holds_expectations_and_marks_their_verdicts(tmp_path):
    H = claim(name="H1", kind="confirmatory")
    other = wb.Hypothesis("s", "rho > 0", name="H2", kind="confirmatory")
    frozen = wb.lock([H, other], path=tmp_path / "lock.json")
    assert Lock.read(tmp_path / "lock.json").hypotheses == frozen.hypotheses
    verdict = H.judge(made(2.0, 0.01))
    assert frozen.mark(verdict).table["status"].iloc[0].startswith("confirmatory")
    turned = claim("<", name="H1", kind="confirmatory").judge(made(2.0, 0.01))
    assert "direction reversed" in frozen.mark(turned).table["status"].iloc[0]


def test_a_test_is_held_against_the_locked_weights_and_against_no_model(year, queen, states):
    H = claim(name="H1", kind="confirmatory")
    frozen = wb.lock(H, weights={"queen": queen}, models=["sar"], formulas=["y ~ x"])
    nearest = wb.weights.knn(states, 4)
    for W, wanted in ((queen, "confirmatory (lock"), (nearest, "changed after the lock: W ")):
        verdict = H.judge(wb.moran(year["gsp"], None, W, permutations=99))
        assert frozen.mark(verdict).table["status"].iloc[0].startswith(wanted)


@pytest.mark.parametrize(("relation", "alpha"), [("<", 0.05), (">", 0.05), (">", 0.1)])
def test_expectations_that_exclude_or_double_each_other_are_not_locked(relation, alpha):
    one = claim(name="H1", kind="confirmatory")
    two = claim(relation, name="H2", kind="confirmatory", alpha=alpha)
    with pytest.raises(InputError, match="contradict"):
        wb.lock([one, two])
