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
from workbench.regression.impacts import SHORT

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
        ("the coefficients of W(rd), rho are zero", "ρ = 0 и коэффициенты при W(rd) равны нулю"),
        ("rho is -0.33 in (-1.26, 1), 5 standard errors from the nearer end. One maximum was "
         "found.",
         "rho = −0,33 в интервале (−1,26; 1), до ближайшего конца стандартных ошибок: 5. "
         "Найден один максимум."),
        ("The statement that must stand: indirect(rd) > 0 (-3.8 [-9.3, 1.6], p = 0.17; cannot "
         "tell). Weights held against W: knn.",
         "Утверждение, которое должно устоять: indirect(rd) > 0 (−3,8 [−9,3; 1,6], p = 0,17; "
         "нельзя судить). С W сопоставлены матрицы весов: ближайшие соседи."),
        ("RU-KGD linked to RU-PSK, 363.3 km; RU-SAK linked to RU-KHA, 9.928 km",
         "связь назначена: RU-KGD — RU-PSK, 363,3 км; связь назначена: RU-SAK — RU-KHA, 9,928 км"),
        ("1 period before", "на 1 период раньше"),
        ("3 periods before", "на 3 периода раньше"),
        ("5 periods before", "на 5 периодов раньше"),
        ("12 periods before", "на 12 периодов раньше"),
        ("21 periods before", "на 21 период раньше"),
        ("moments, entity effects", "метод моментов, эффекты регионов"),
        ("indirect(rd) > 0 says something else without RU-MOW, RU-SPE, RU-SVE, RU-TYU, RU-CHE and "
         "26 more.",
         "Без RU-MOW, RU-SPE, RU-SVE, RU-TYU, RU-CHE и ещё 26 вывод иной: indirect(rd) > 0."),
        ("Tests of dependence that is left: LM remaining error p = 0.14, Moran's I within 340 km "
         "p < 0.001 (smallest after Holm's adjustment: p = 0.58).",
         "Тесты оставшейся зависимости: LM на оставшуюся корреляцию ошибок p = 0,14, I Морана в "
         "пределах 340 км p < 0,001 (наименьшее с поправкой Холма: p = 0,58)."),
        ("rho is 0.5 in (-2, 1), 3 standard errors from the nearer end; lambda is 0.25 in (-2, 1), "
         "4 standard errors from the nearer end. One maximum was found.",
         "rho = 0,5 в интервале (−2; 1), до ближайшего конца стандартных ошибок: 3; lambda = 0,25 "
         "в интервале (−2; 1), стандартных ошибок: 4. Найден один максимум."),
        ("Under 2 estimators by moments (moments, moments, robust) estimates run from -0.5 to "
         "0.5, p-values from 0.1 to 0.2; 1 of 2 say negative or positive: moments.",
         "Оценки методом моментов (метод моментов, метод моментов, робастные), всего 2: оценки от "
         "−0,5 до 0,5, p-значения от 0,1 до 0,2; 1 из 2 дают вывод «отрицательно» или "
         "«положительно»: метод моментов."),
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


def test_notes_of_weights_are_said():
    """The notes of the weights that a thesis may be drafted with, and their like."""
    states = wb.load("us-states")
    made = [
        wb.weights.queen(wb.load("russia-regions", part="regions80"), islands="nearest"),
        wb.weights.knn(states, 4),
        wb.weights.inverse_distance(states),
        wb.weights.distance_band(states, 800, islands="nearest"),
        wb.weights.distance_band(states, 500, islands="drop"),
        wb.weights.kernel(states, k=4),
    ]
    notes = [note for W in made for note in W.card().notes]
    assert len(notes) > 5
    with wb.speaking("ru"):
        assert [note for note in notes if said_text(note) == note] == []


def test_notes_of_results_are_said_under_a_table_and_those_of_an_author_are_kept():
    table = wb.load("us-states")[["name_en"]].head(2)
    linked = "A linked to B, 12.5 km"
    for notes, shown in (
        (linked, "связь назначена: A — B, 12,5 км"),
        ("My own words, 1.5.", "My own words, 1.5."),
    ):
        with wb.speaking("ru"):
            assert wb.publish(table, "t", notes=notes).notes == shown
        assert wb.publish(table, "t", notes=notes).notes == notes


@pytest.mark.parametrize("name", ["rho", "lambda"])
def test_a_single_parameter_is_zero_as_in_cross_sections(name):
    with wb.speaking("ru"):
        assert said_text(f"the coefficients of {name} are zero") == said_text(f"{name} = 0")


def test_the_note_on_delta_intervals_of_few_is_russian():
    with wb.speaking("ru"):
        assert said_text(SHORT).startswith("При столь малом числе наблюдений")
