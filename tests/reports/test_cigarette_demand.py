"""The study of cigarette demand: what is printed elsewhere is met, and its words hold.

Printed: Elhorst (2014), section 3.6.2 and tables 3.2 and 3.3; spatialreg 1.4-2 on all dummies. The
ledger is read, so that nothing here needs the data.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.reports.ledger import read_ledger

LEDGER = read_ledger(Path(__file__).parents[2] / "reports" / "cigarette-demand")
LEVEL = 0.05


def number(key):
    return LEDGER.numbers[key].value


PRINTED = {
    "lm/states · LM lag/here": (136.43, 2),
    "lm/states · LM error/here": (255.71, 2),
    "lm/states · Robust LM lag/here": (29.51, 2),
    "lm/states · Robust LM error/here": (148.80, 2),
    "lm/states and years · LM lag/here": (46.90, 2),
    "lm/states and years · LM error/here": (54.65, 2),
    "lm/states and years · Robust LM lag/here": (1.16, 2),
    "lm/states and years · Robust LM error/here": (8.91, 2),
    "effects/states": (2315.7, 1),
    "effects/years": (473.1, 1),
}


@pytest.mark.parametrize("key", PRINTED)
def test_prints_are_met_to_their_last_digit(key):
    printed, decimals = PRINTED[key]
    assert number(key) == pytest.approx(printed, abs=0.5 * 10.0**-decimals)


def test_the_regression_on_all_dummies_agrees():
    # spatialreg's search for lambda stops at 1e-5 of the likelihood: hence 1e-6, not rounding
    rows = {"SAR, states and years": 0.19117708, "SAR, states": 0.29815505}
    for row, printed in {**rows, "SEM, states and years": 0.24066734}.items():
        assert number(f"rho/{row} · spatialreg 1.4-2/here") == pytest.approx(printed, abs=1e-6)


def test_the_likelihood_has_its_maximum_above_the_grids():
    # Elhorst's 0.219 and 0.264
    assert 0.005 < number("answer-rho/dummies") - 0.219 < number("answer-rho/error")
    assert number("answer-rho/loss") > 0.01
    assert 0.005 < number("answer-rho/corrected") - 0.264 < number("answer-rho/error")


def test_words_on_tests_hold():
    lm = {k: n.value for k, n in LEDGER.numbers.items() if k.startswith("lm/") and "p_value" in k}
    weak = {k for k, p in lm.items() if p > LEVEL}
    assert len(lm) == 16
    assert weak == {
        "lm/years · Robust LM lag/p_value",
        "lm/states and years · Robust LM lag/p_value",
    }
    assert number("answer-simpler/high") < LEVEL
    assert number("answer-simpler/low") > 0.01
    assert number("answer-random/p") > LEVEL
    assert LEDGER.texts["answer-random/contrast"].text == "does not exist"


def test_words_on_probabilities_hold():
    assert 1 / 3 < number("answer-probabilities/odds") < 3
    assert number("answer-probabilities/sem") > number("answer-probabilities/sdm")
    assert number("answer-probabilities/sem_printed") < number("answer-probabilities/sdm_printed")


def test_words_on_the_spillover_hold():
    said = "answer-static"
    assert max(number(f"{said}/{model}") for model in ("slx", "sdm", "sdem")) < 0
    assert number(f"{said}/high") < LEVEL < number(f"{said}/clustered")
    said = "answer-habit"
    assert number(f"{said}/indirect") > 0
    assert number(f"{said}/p") < LEVEL < number(f"{said}/later_p")
    assert number(f"{said}/later") < number(f"{said}/direct") < 0
    assert number(f"{said}/root") < 1
    assert number(f"{said}/wald") < LEVEL
    assert number("limit-serial/p") < LEVEL
    assert number("limit-serial/clustered") > number("limit-serial/classical")
