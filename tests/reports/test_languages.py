"""In Russian a report says the same numbers under the same ids, as Russian writes them."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.core import russian
from workbench.errors import InputError
from workbench.reports.formats import render
from workbench.reports.markup import grids_html, plain_text

TEMPLATE = {
    "en": "Of {n:,d} in {where}, p = {p:p}: {x:.2f}, or {x:.1f}.",
    "ru": "В {where}: {x:.1f}, то есть {x:.2f}; p = {p:p}, всего {n:,d}.",
}
NUMBERS = {"n": 1234567, "where": {"en": "*Tomsk*", "ru": "*Томск*"}, "p": 1e-9, "x": -2.345}


WORDS = {
    "Coefficients": "Коэффициенты",
    "Indirect impacts": "Косвенные эффекты",
    "Intercept": "Константа",
    "Fit": "Качество модели",
    "yes": "да",
}


@pytest.fixture
def known(monkeypatch):
    """What the words that the tests look for are in Russian, wherever they are kept."""
    monkeypatch.setattr(russian, "RUSSIAN", {**russian.RUSSIAN, **WORDS})


@pytest.fixture
def in_russian(known):
    with wb.speaking("ru"):
        yield


@pytest.fixture(scope="module")
def models():
    states = wb.load("us-states")
    y = wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(states)
    return {word: wb.fit("log(gsp) ~ log(pcap)", y, W, model=word) for word in ("ols", "sar")}


def test_a_claim_has_a_sentence_in_each_language_and_the_numbers_of_one():
    english = wb.claim("c", TEMPLATE, numbers=NUMBERS)
    with wb.speaking("ru"):
        other = wb.claim("c", TEMPLATE, numbers=NUMBERS)
    assert english.sentence == "Of 1,234,567 in \\*Tomsk\\*, p < 0.001: −2.35, or −2.3."
    assert other.sentence == (
        "В \\*Томск\\*: −2,3, то есть −2,35; p < 0,001, всего 1\u202f234\u202f567."
    )
    assert other.numbers == english.numbers
    assert other.texts == english.texts
    assert [number.id for number in other.numbers] == ["c/n", "c/p", "c/x", "c/x#2"]
    assert all(render(n.value, n.format) == n.printed for n in other.numbers)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(
    ("russian", "told"),
    [
        ("нет", r"\{x:.2f\} in 'en' only"),
        ("{x:.3f}", r"\{x:.2f\} in 'en' only"),
        ("{x:.2f} и {x:.2f}", r"\{x:.2f\} in 'ru' only"),
        ("{y:.2f}", "the field {y}"),
        ("{x:.2f", "fields in braces"),
    ],
)
def test_templates_that_say_other_numbers_are_refused_in_every_language(lang, russian, told):
    with wb.speaking(lang), pytest.raises(InputError, match=told):
        wb.claim("c", {"en": "{x:.2f}", "ru": russian}, numbers={"x": 1.0})


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(
    "text", [{"en": "Patents"}, {"en": "a", "ru": "б", "de": "c"}, {"en": "a", "ru": 1}, 3]
)
def test_a_text_without_one_of_the_languages_is_refused(lang, text):
    with wb.speaking(lang):
        for argument in ("caption", "notes"):
            with pytest.raises(InputError, match=argument):
                wb.publish(1.0, "x", **{argument: text})
        with pytest.raises(InputError, match="template"):
            wb.claim("c", text, numbers={})


def test_a_table_is_recorded_alike_and_shown_with_decimal_commas(known):
    table = pd.DataFrame(
        {"estimate": [-1234.5, 0.25], "p_value": [1e-9, 0.2], "word": ["yes", "v1.2"]},
        index=pd.Index(["Intercept", "log(rd)"], name="term"),
    )
    caption = {"en": "Estimates", "ru": "Оценки"}
    notes = {"en": "All.", "ru": "Все."}
    english = wb.publish(table, "t", caption=caption, notes=notes)
    with wb.speaking("ru"):
        other = wb.publish(table, "t", caption=caption, notes=notes)
    assert (english.numbers, english.texts) == (other.numbers, other.texts)
    assert (english.caption, other.caption) == ("Estimates", "Оценки")
    assert (english.notes, other.notes) == ("All.", "Все.")
    html = grids_html(other)
    assert '<data value="-1234.5" title="-1234.5">−1234,5' in html
    assert "&lt;0,001</data>" in html
    assert ">да</td>" in html
    assert ">v1.2</td>" in html, "a text is no number"
    assert '<th scope="row">Константа</th>' in html
    assert 'data-id="t/Intercept/estimate"' in html
    assert plain_text(other).startswith("Оценки")


def test_powers_of_ten_are_set_as_in_print(in_russian):
    claim = wb.claim("c", "{x:.1e}, {y:.1%}", numbers={"x": 1.5e-7, "y": 0.125})
    assert claim.sentence == "1,5×10⁻⁷, 12,5\u00a0%"


def test_a_comparison_is_headed_in_russian_and_its_table_stays(models, in_russian):
    other = wb.compare(models, impacts=True, stars=True)
    page = other.to_html()
    for text in ("Коэффициенты", "Косвенные эффекты", "Константа", "В скобках", "p &lt; 0,05"):
        assert text in page
    assert "Impacts" not in page
    with wb.speaking("en"):
        english = wb.compare(models, impacts=True, stars=True)
        table = english.table
        recorded = wb.publish(english, "m")
    pd.testing.assert_frame_equal(other.table, table)
    again = wb.publish(other, "m")
    assert (again.numbers, again.texts) == (recorded.numbers, recorded.texts)


def test_labels_are_shown_and_ids_keep_the_names():
    table = pd.DataFrame(
        {"rd": [1.0, 2.0], "kind": ["core", "rest"]},
        index=pd.Index(["RU-TOM", "RU-KEM"], name="region"),
    )
    labels = {
        "core": {"en": "core", "ru": "ядро"},
        "rd": {"en": "R&D", "ru": "НИОКР"},
        "region": {"en": "Where", "ru": "Где"},
        "RU-TOM": {"en": "Tomsk", "ru": "Томск"},
        "RU-MOW": "not in the table",
    }
    shown = {}
    for lang in ("en", "ru"):
        with wb.speaking(lang):
            published = wb.publish(table, "inputs", labels=labels)
        grid = published.grids[0]
        shown[lang] = (grid.corner, grid.header, [row.label for row in grid.rows])
        assert [n.id for n in published.numbers] == ["inputs/RU-TOM/rd", "inputs/RU-KEM/rd"]
        assert [t.text for t in published.texts] == ["core", "rest"]
        assert grid.rows[0].cells[1].shown == labels["core"][lang]
    assert shown["en"] == ("Where", ("R&D", "kind"), ["Tomsk", "RU-KEM"])
    assert shown["ru"] == ("Где", ("НИОКР", "вид"), ["Томск", "RU-KEM"])


def test_labels_that_are_no_mapping_are_refused():
    with pytest.raises(InputError, match=r"labels: expected a mapping"):
        wb.publish(pd.DataFrame({"rd": [1.0]}), "inputs", labels=["R&D"])


def test_a_column_is_printed_in_the_digits_that_are_asked_for():
    table = pd.DataFrame({"rate": [8.5, 10.0], "n": [1, 2]}, index=["a", "b"])
    published = wb.publish(table, "rates", formats={"rate": ".1f"})
    assert [n.printed for n in published.numbers] == ["8.5", "1", "10.0", "2"]
    with pytest.raises(InputError, match=r"formats\['rate'\]: expected a format for numbers"):
        wb.publish(table, "rates", formats={"rate": "one digit"})


def test_an_end_that_there_is_none_of_is_shown_as_infinite_and_recorded_as_it_was():
    published = wb.publish(pd.DataFrame({"conf_high": [1.0, float("inf")]}), "ends")
    assert [t.text for t in published.texts] == ["inf"]
    assert published.grids[0].rows[1].cells[0].shown == "∞"


def test_models_side_by_side_take_labels_and_keep_their_ids(models):
    labels = {"ols": {"en": "OLS", "ru": "МНК"}, "log(pcap)": "капитал"}
    with wb.speaking("ru"):
        shown = wb.publish(wb.compare(models), "side", labels=labels)
    grid = shown.grids[0]
    assert grid.header == ("МНК", "sar")
    assert "капитал" in [row.label for row in grid.rows]
    plain = wb.publish(wb.compare(models), "side")
    assert [number.id for number in shown.numbers] == [number.id for number in plain.numbers]


def test_levels_of_hypotheses_are_printed_as_they_were_given():
    H = [wb.Hypothesis("s", "rho > 0", name=str(a), alpha=a) for a in (0.05, 0.1, 0.001)]
    shown = wb.publish(wb.stated(H), "stated")
    assert [number.printed for number in shown.numbers] == ["0.05", "0.1", "0.001"]


def test_numbers_that_others_printed_are_shown_with_commas_and_recorded_as_printed():
    table = pd.DataFrame({"here": [0.25], "there": ["-0.096270"], "version": ["0.0.6"]})
    english = wb.publish(table, "rho")
    with wb.speaking("ru"):
        other = wb.publish(table, "rho")
        coded = wb.publish(table, "rho", labels={"-0.096270": "-0.096270"})
    assert [t.text for t in other.texts] == ["-0.096270", "0.0.6"]
    assert other.texts == english.texts
    assert [cell.shown for cell in other.grids[0].rows[0].cells][1:] == ["−0,096270", "0.0.6"]
    assert [cell.shown for cell in english.grids[0].rows[0].cells][1:] == ["−0.096270", "0.0.6"]
    assert coded.grids[0].rows[0].cells[1].shown == "-0.096270", "a label is shown as it is given"
