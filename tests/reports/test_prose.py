"""Results are not typed into prose; what is given is not taken for a result."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.reports.prose import typed_numbers
from workbench.reports.studies import load_study, studies
from workbench.reports.via_nbformat import v4

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def found(*cells):
    return [typed.number for typed in typed_numbers(v4.new_notebook(cells=list(cells)))]


def prose(text):
    return found(v4.new_markdown_cell(text))


@pytest.mark.quick_cases(4)
@pytest.mark.parametrize("study", studies(NOTEBOOKS), ids=lambda study: study.name)
def test_no_result_is_typed_in_a_study_of_ours(study):
    assert [str(typed) for typed in typed_numbers(load_study(study))] == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The elasticity is 0.37.", ["0.37"]),
        ("Moscow has 53.6 % of all, and 7 % fall to the rest.", ["53.6", "7"]),
        ("Patents rose from 1,250 to 2,300.", ["1,250", "2,300"]),
        ("**Only 9 regions are significant.**", ["9"]),
        ("- 35 regions give wide intervals", ["35"]),
    ],
)
def test_what_looks_like_a_result_is_found(text, numbers):
    assert prose(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "In 1997 and over 2000–2020 (Jaffe 1989, pp. 957–970).",
        "Intervals of 95 % at p < 0.05; a chance of 0.5.",
        "Three models, 8 lags and 12 months.",
        "Table 14 and equation 23; $x = 37.5$; `radius=120.7`.",
        "Neighbours within 75 miles, 999 permutations, from 0 to 100.",
        "The article printed 53.6 %. <!-- given -->",
        "See [the page](https://example.org/p/4521).",
        "# Effects of 48 states",
        "Words.\n\n## References\n\nAnselin, L. (1988). *Methods* 42, 422–448.",
    ],
)
def test_what_is_given_is_let_be(text):
    assert prose(text) == []


def test_a_mark_holds_for_its_paragraph_alone():
    assert prose("Given: 48 states. <!-- given -->\n\nFound: 37.5.") == ["37.5"]


def test_the_template_of_a_claim_takes_numbers_from_fields():
    template = '{"en": "{n} of the 65 regions", "ru": "{n} из 65 регионов"}'
    code = f'wb.claim("x", {template}, numbers={{"n": n}})'
    assert found(v4.new_code_cell(code)) == ["65", "65"]
    assert found(v4.new_code_cell("%matplotlib inline")) == []
    assert found(v4.new_code_cell('wb.claim("x", "{a:.2f} in {year}", numbers=known)')) == []


def test_a_claim_and_a_publication_take_no_typed_number():
    numbers = '{"a": -0.0314, "b": n, "c_printed": 46}'
    code = f'wb.claim("x", "{{a:.2f}}, {{b}}, {{c_printed}}", numbers={numbers})'
    assert found(v4.new_code_cell(code)) == ["-0.0314"]
    assert found(v4.new_code_cell('wb.publish(0.3217, "single")')) == ["0.3217"]
    assert found(v4.new_code_cell('wb.publish(fit, "table", caption="Effects")')) == []


@pytest.mark.parametrize(
    "call",
    [
        'wb.claim("a", template="It is 3.14 and {x:.1f}", numbers={"x": x})',
        'claim("a", "It is 3.14 and {x:.1f}", numbers={"x": x})',
        'told = "It is 3.14 and {x:.1f}"\nwb.claim("a", told, numbers={"x": x})',
        'wb.claim("a", "It is " + f"3.14 and {{x}}", numbers={"x": x})',
        '%matplotlib inline\nwb.claim("a", "It is 3.14 and {x:.1f}", numbers={"x": x})',
    ],
)
def test_a_result_typed_into_a_template_is_found_however_it_is_written(call):
    assert found(v4.new_code_cell(call)) == ["3.14"]


def test_a_template_may_say_what_is_given():
    given = 'wb.claim("a", "They found 3.14; here {x} at 5 %. <!-- given -->", numbers={"x": x})'
    assert found(v4.new_code_cell(given)) == []
