"""Promise: sentences of results are Russian whole in a report in Russian, with all their numbers.

The English ones are written out here as results write them; the Russian ones by hand.
"""

from __future__ import annotations

import re

import pytest

import workbench as wb
from workbench.core.language import said_text
from workbench.core.russian import RUSSIAN
from workbench.core.russian.patterns import told
from workbench.core.russian.sentences import FORMS
from workbench.hypotheses.review.registry import QUESTIONS

FIELD = re.compile(r"\{([a-z_]+)(?::(?:any|one|n))?\}")
NUMBERS = re.compile(r"\{([a-z_]+):n\}")


@pytest.mark.parametrize(("english", "russian"), FORMS.items())
def test_no_number_of_a_sentence_is_lost(english, russian):
    shown = set(FIELD.findall(russian))
    assert shown <= set(FIELD.findall(english))
    assert set(NUMBERS.findall(english)) <= shown


def test_a_text_has_one_translation():
    assert not set(FORMS) & set(RUSSIAN)


def test_every_question_of_the_checklist_is_known():
    assert {question.question for question in QUESTIONS.values()} <= set(FORMS)


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("1,190 (11.76% of ordered pairs)", "1\u202f190 (11,76\xa0% упорядоченных пар)"),
        ("-0.5 and 1 (smallest and largest real)",
         "−0,5 и 1 (наименьшее и наибольшее вещественные)"),
        ("not applicable: X and WX together are collinear, or as many as the regions",
         "неприменимо: X и WX вместе коллинеарны, или их столько же, сколько регионов"),
        ("indirect(rd) is -0.17 [-0.43, 0.08], p = 0.18 (cannot tell) as reported. Under 2 other "
         "weights (2 nearest, within 390 km) estimates run from -0.5 to -0.1, p-values from "
         "0.15 to 0.9; all 2 say the same.",
         "indirect(rd): в исследовании −0,17 [−0,43; 0,08], p = 0,18 (нельзя судить). Другие "
         "веса (2 ближайших, не дальше 390 км), всего 2: оценки от −0,5 до −0,1, p-значения от "
         "0,15 до 0,9; вывод тот же, 2 из 2."),
        ("the coefficients of W(rd), rho are zero", "коэффициенты при W(rd), rho равны нулю"),
        ("rho is -0.33 in (-1.26, 1), 5 standard errors from the nearer end. One maximum was "
         "found.",
         "rho = −0,33 в интервале (−1,26; 1), до ближайшего конца стандартных ошибок: 5. "
         "Найден один максимум."),
        ("The statement that must stand: indirect(rd) > 0 (-3.8 [-9.3, 1.6], p = 0.17; cannot "
         "tell). Weights held against W: knn.",
         "Утверждение, которое должно устоять: indirect(rd) > 0 (−3,8 [−9,3; 1,6], p = 0,17; "
         "нельзя судить). С W сопоставлены матрицы весов: ближайшие соседи."),
    ],
)  # fmt: skip
def test_sentences_are_told_with_decimal_commas(english, russian):
    assert said_text(english) == english
    with wb.speaking("ru"):
        assert said_text(english) == russian


def test_a_text_with_an_unknown_part_is_left_as_it_is():
    sentence = "One maximum was found. Nobody wrote this one."
    with wb.speaking("ru"):
        assert said_text(sentence) == sentence
        assert said_text("Moscow Oblast") == "Moscow Oblast"
    assert told("Nobody wrote this one.", RUSSIAN.get, str) is None


def test_what_is_recorded_stays_english():
    card = wb.weights.knn(wb.load("us-states"), 4).card().table()
    english = wb.table(card).published
    with wb.speaking("ru"):
        russian = wb.table(card).published
    assert russian.texts == english.texts
    shown = {row.label: row.cells[0].shown for row in russian.grids[0].rows}
    assert shown["нормировка"] == "суммы строк равны 1"
    assert shown["соседей"] == "от 4 до 4, в среднем 4,00"
