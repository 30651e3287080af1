"""Every heading, word and label has one Russian text, written in Russian letters."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from workbench.core.glossary import GLOSSARY
from workbench.core.language import decimal_comma, said_word, say, speaking
from workbench.core.russian import CELLS, PARTS, RUSSIAN, tables
from workbench.reports.formats import HEADINGS, heading, headings, shown_word

SAME = {"p", "df", "z", "AIC", "BIC", "AICc", "R²", "σ²", "RMSE"}


def fields(text: str) -> list[tuple[str, str]]:
    """Return the fields of a template with their formats."""
    return sorted((name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name)


@pytest.mark.parametrize("column", sorted({*GLOSSARY, *HEADINGS}))
def test_every_column_has_a_russian_heading(column):
    english = heading(column)
    assert english in RUSSIAN
    with speaking("ru"):
        assert heading(column) == RUSSIAN[english]
    assert heading(column) == english


def test_english_headings_stay_as_they_are():
    for column in GLOSSARY:
        wanted = HEADINGS.get(column, column.replace("_", " ").capitalize())
        assert heading(column) == wanted


def test_a_text_has_one_translation_in_one_place():
    where = [text for part in PARTS for text in part]
    assert len(where) == len(set(where)) == len(RUSSIAN)


def test_no_text_is_empty_and_edges_are_kept():
    for english, russian in RUSSIAN.items():
        assert russian.strip(), english
        assert russian.startswith(" ") == english.startswith(" "), english
        assert russian.endswith(" ") == english.endswith(" "), english


def test_fields_are_the_same_in_both_languages():
    for english, russian in RUSSIAN.items():
        assert fields(english) == fields(russian), english


def test_words_are_not_of_two_alphabets():
    for russian in RUSSIAN.values():
        said = re.sub(r"\{[^}]*\}", " ", russian)
        for word in re.findall(r"[^\W\d_]+", said):
            cyrillic = re.search("[А-Яа-яЁё]", word)
            latin = re.search("[A-Za-z]", word)
            assert not (cyrillic and latin), (word, russian)


def test_texts_of_several_words_are_in_russian():
    left = [
        text
        for text in (*(v for part in tables.PARTS for v in part.values()),)
        if not re.search("[А-Яа-яЁёρλφσηωγ]", text) and text not in SAME
    ]
    assert set(left) <= {"LM SARMA", "LM SDM", "LM SDEM", "VIF", "max-t"}


def test_headings_beside_named_columns_lose_their_capital_in_russian_too():
    with speaking("ru"):
        assert headings(["estimate", "p_value"]) == ("Оценка", "p")
        assert headings(["estimate", "largest root"]) == ("оценка", "largest root")


def test_classes_and_verdicts_are_said_and_names_are_not():
    assert shown_word("High-High") == "High-High"
    with speaking("ru"):
        assert shown_word("High-High") == "Высокий–Высокий"
        assert shown_word("log(rd) · indirect") == "log(rd) · косвенный"
        assert said_word("cannot tell") == "нельзя судить"
        assert said_word("population") == "population"
    assert set(CELLS) <= set(RUSSIAN)


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("0.25", "0,25"),
        (".25", ",25"),
        ("10, 20", "10, 20"),
        ("(0.1, 0.5]", "(0,1, 0,5]"),
        ("12,345", "12\u202f345"),
        ("1,234,567.8", "1\u202f234\u202f567,8"),
        ("95%", "95\xa0%"),
        ("no digits.", "no digits."),
    ],
)
def test_printed_numbers_get_a_comma(printed, wanted):
    assert decimal_comma(printed) == wanted


def test_numbers_in_fields_get_a_comma_and_texts_do_not():
    with speaking("ru"):
        assert say("{x:.2f} {name}", x=0.5, name="a.b") == "0,50 a.b"
        assert say("{level:.0%}", level=0.95) == "95\xa0%"
    assert say("{x:.2f}", x=0.5) == "0.50"
