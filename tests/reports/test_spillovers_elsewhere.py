"""The studies of spillovers on external data: their words hold.

The ledgers are read, so that nothing here needs the data.
"""

from __future__ import annotations

from pathlib import Path

from workbench.reports.ledger import read_ledger

REPORTS = Path(__file__).parents[2] / "reports"
US = read_ledger(REPORTS / "spillovers-us-metros")
UK = read_ledger(REPORTS / "spillovers-europe")
LEVEL = 0.05


def us(key):
    return US.numbers[key].value


def uk(key):
    return UK.numbers[key].value


def test_the_areas_are_those_of_the_survey_with_jobs():
    assert (us("coverage/all"), us("coverage/used")) == (100, 98)
    assert us("alone/alone") < us("alone/areas") == 98


def test_universities_count_at_home_and_not_next_door():
    assert us("answer/own") == us("answer/models") == 6
    assert us("answer/university") == 0
    assert 0 < us("answer/business") < us("answer/models")
    heading = US.texts["answer/heading"].text
    assert heading.startswith("Universities and patents go together at home; that they do next")


def test_a_zero_in_the_place_of_nobody_makes_the_spillover():
    assert us("zeros/p_naive") < LEVEL < us("zeros/p_told")
    assert us("zeros/told") < us("zeros/naive")
    assert us("curve-counts/kept") == 0 < us("curve-counts/supported")
    assert us("curve-counts/contradicted") == 0


def test_words_on_distance_hold():
    assert us("rings-answer/inner") < LEVEL < us("rings-answer/beyond")
    assert min(us("rings-answer/university"), us("rings-answer/university_beyond")) > LEVEL
    assert us("decay-answer/business") < LEVEL < us("decay-answer/university")
    assert us("decay-answer/long") > 1000
    assert min(us("answer/turned"), us("answer/near")) > LEVEL


def test_words_on_the_united_kingdom_hold():
    assert uk("coverage/regions") == 35
    assert uk("answer/own") == uk("answer/models") == 9
    assert 0 < uk("answer/university") < 9
    assert uk("answer/business") == uk("answer/next") == 0
    assert uk("answer/supported") == uk("answer/contradicted") == uk("answer/kept") == 0
    assert UK.texts["ladder-answer/best"].text == "OLS"
    assert uk("decay-answer/p") > LEVEL
