"""Units as tables write them are understood in two languages, and converted exactly, or not."""

from fractions import Fraction

import pytest

from workbench.data.bundled import bundled_root
from workbench.data.descriptor import read_descriptor
from workbench.data.forms.own import form_names
from workbench.data.forms.units import factor, of_field, others, parse, written_in


@pytest.mark.parametrize(
    ("given", "wanted", "expected"),
    [
        ("thousand USD", "mln USD", Fraction(1, 1000)),
        ("тыс. долл. США", "mln USD", Fraction(1, 1000)),
        ("млрд долларов", "mln USD", Fraction(1000)),
        ("USD", "mln USD", Fraction(1, 10**6)),
        ("млн руб.", "bln RUB", Fraction(1, 1000)),
        ("тыс. рублей", "mln RUB", Fraction(1, 1000)),
        ("human beings", "thousand people", None),
        ("чел.", "thousand people", Fraction(1, 1000)),
        ("млн человек", "thousand people", Fraction(1000)),
        ("share", "%", Fraction(100)),
        ("доля", "%", Fraction(100)),
        ("‰", "%", Fraction(1, 10)),
        ("в процентах", "%", Fraction(1)),
        ("thousand organisations", "organisations", Fraction(1000)),
        ("mln RUB", "mln USD", None),
        ("%", "mln USD", None),
        ("share", "points of 100", Fraction(100)),
        ("USD million", "mln USD", Fraction(1)),
        ("USD thousand", "mln USD", Fraction(1, 1000)),
        ("thousand of US dollars", "mln USD", Fraction(1, 1000)),
        ("in thousand U.S. dollars", "mln USD", Fraction(1, 1000)),
        ("USD '000", "mln USD", Fraction(1, 1000)),
        ("долл. США, тыс.", "mln USD", Fraction(1, 1000)),
        ("Миллион долларов", "mln USD", Fraction(1)),
        ("в миллионах долларов США", "mln USD", Fraction(1)),
        ("Тысяча рублей", "mln RUB", Fraction(1, 1000)),
        ("ед.", "technologies", Fraction(1)),
        ("тыс. ед.", "organisations", Fraction(1000)),
        ("ед.", "mln USD", None),
        ("единиц", "thousand people", None),
    ],
)
def test_conversion_is_a_whole_ratio_or_nothing(given, wanted, expected):
    assert factor(given, wanted) == expected


@pytest.mark.parametrize("text", ["", "of the year", "СПб", "2019", "включая Крым"])
def test_what_is_no_unit_is_not_taken_for_one(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("Экспорт товаров, тыс. долл. США", "mln USD"),
        ("(миллионов долларов США)", "mln USD"),
        ("Экспорт в млрд. рублей, по регионам", "mln RUB"),
        ("Доля организаций (в процентах)", "%"),
        ("Employed, thousand people (annual average)", "thousand people"),
    ],
)
def test_a_unit_in_a_line_of_text_is_found(line, unit):
    assert factor(written_in(line), unit) is not None


@pytest.mark.parametrize(
    "line", ["на 1000 человек населения", "Экспорт по регионам", "Таблица 12", "2019 г.", ""]
)
def test_a_line_without_a_unit_names_none(line):
    assert written_in(line) == ""


@pytest.mark.parametrize("name", form_names())
def test_units_of_the_forms_can_be_converted_and_back(name):
    form = read_descriptor(bundled_root() / name)
    for field in form.fields_of(form.parts[0]):
        if field.type not in ("number", "integer") or not field.unit:
            continue
        assert factor(field.unit, field.unit) == 1
        for other in others(field.unit):
            there, back = factor(other, field.unit), factor(field.unit, other)
            assert there is not None
            assert back is not None
            assert there * back == 1
        assert of_field(field.unit).size > 0
