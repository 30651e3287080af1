"""What is written is read back the same, and what cannot be read is pointed at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.errors import FormulaError, InputError
from workbench.hypotheses.statements.atoms import Effect, Index, Parameter
from workbench.hypotheses.statements.estimands import Estimand, coefficient, indirect, total
from workbench.hypotheses.statements.grammar import Restriction, parse, parse_restriction

TERMS = st.sampled_from(
    [
        "log(rd)",
        "x",
        "C(type)[T.east]",
        'C(type, contr.treatment("a)"))[T.b]',
        "I(x ** 2 - (y + 1))",
        "log(a):log(b)",
        "W(log(rd / population))",
        "`R&D (mln)`",
        "rho_",
        "poly(x, 2)[1]",
        "C(kind)[T.it's]",
        "юг",
    ]
)
ATOMS = st.one_of(
    st.builds(
        Effect,
        st.sampled_from(["direct", "indirect", "total"]),
        TERMS,
        st.sampled_from([None, "short-run", "long-run"]),
    ),
    st.builds(Parameter, TERMS | st.sampled_from(["rho", "lambda"])),
    st.builds(Index, TERMS),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)
FACTORS = NUMBERS.filter(bool)
ESTIMANDS = st.lists(st.tuples(FACTORS, ATOMS), min_size=1, max_size=4, unique_by=lambda p: p[1])


@given(ESTIMANDS)
@settings(deadline=None)
def test_an_estimand_is_read_back_from_its_text(parts):
    made = Estimand(tuple(parts))
    assert parse(made.text) == made
    assert parse(made.text).text == made.text


@given(ESTIMANDS, st.sampled_from([">", "<", "!=", "="]), NUMBERS, NUMBERS)
@settings(deadline=None)
def test_a_restriction_is_read_back_from_its_text(parts, relation, value, margin):
    kept = abs(margin) + 1e-9 if relation == "=" else None
    made = Restriction(Estimand(tuple(parts)), relation, value + 0.0, kept)
    again = parse_restriction(made.text)
    assert again == made
    assert again.text == made.text


@given(st.text(alphabet="directotal()log rho<>=+-*/|.0123e[]W:'\"", max_size=40))
@settings(deadline=None)
def test_any_text_is_read_or_refused_by_name(text):
    try:
        read = parse_restriction(text)
    except InputError:
        return
    assert parse_restriction(read.text) == read


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("indirect(log(rd))>0", "indirect(log(rd)) > 0"),
        ("0 < indirect(log(rd))", "indirect(log(rd)) > 0"),
        ("indirect(x) >= 0.2", "indirect(x) > 0.2"),
        ("indirect(a) > direct(a)", "indirect(a) - direct(a) > 0"),
        ("indirect(a) > 2*direct(a) + 1", "indirect(a) - 2*direct(a) > 1"),
        ("indirect(log(rd)) - 0.5*direct(log(rd)) > 0", None),
        ("2*(total(a) - total(b))/4 < .5", "0.5*total(a) - 0.5*total(b) < 0.5"),
        ("-(rho - lambda) < 0", "-rho + lambda < 0"),
        ("-0.05 < indirect(x) < 0.05", "indirect(x) = 0 +- 0.05"),
        ("0.3 > indirect(x) > -0.1", "indirect(x) = 0.1 +- 0.2"),
        ("|total(x) - 1| < 0.1", "total(x) = 1 +- 0.1"),
        ("|total(x) - total(z)| <= 0.1", "total(x) - total(z) = 0 +- 0.1"),
        ("total(x) = 1 ± 0.1", "total(x) = 1 +- 0.1"),
        ("1 +- 0.1 = total(x)", None),
        ("coefficient( C(type)[T.east] ) < 0", "coefficient(C(type)[T.east]) < 0"),
        ("coefficient(W(log(rd):x)) != 0", "coefficient(W(log(rd):x)) != 0"),
        ("indirect [ long-run ] (x) > 0", "indirect[long-run](x) > 0"),
        ("rho − 0.3 > 0", "rho > 0.3"),
        ("rho > 1e-3", "rho > 0.001"),
        ("total(x) + total(x) > 1", "2*total(x) > 1"),
        ("moran_index(residuals) > 0", None),
    ],
)
def test_spellings_have_one_canonical_text(text, canonical):
    if text.startswith("1 +-"):
        with pytest.raises(FormulaError):  # a margin belongs to the value on the right
            parse_restriction(text)
        return
    assert parse_restriction(text).text == (canonical or text)


FAULTS = {
    "indirekt(x) > 0": (0, "did you mean 'indirect'"),
    "log(rd) > 0": (0, "total(log(rd))"),
    "beta(x) > 0": (0, "coefficient(...)"),
    "indirect(log(rd) > 0": (8, "a bracket that closes"),
    "indirect(log(rd))": (17, "wb.Hypothesis(statement, estimand, '>', 0)"),
    "indirect() > 0": (9, "a term between the brackets"),
    "indirect x > 0": (9, "'(' and a term"),
    "indirect[soon](x) > 0": (9, "short-run, long-run"),
    "total(x) = 1": (11, "'total(x) = 1 +- 0.1'"),
    "total(x) = 1 +- 0": (16, "above 0"),
    "total(x)*total(z) > 0": (8, "linear"),
    "total(x)/total(z) > 0": (8, "below '/'"),
    "total(x)/0 > 0": (8, "below '/'"),
    "1 > 0": (0, "numbers only"),
    "total(x) > total(x)": (0, "cancel"),
    "": (0, "a number, '('"),
    "total(x) > 0 and rho > 0": (13, "'and'"),
    "0.1 < total(x) > 0": (15, "one direction"),
    "0.2 < total(x) < 0.1": (0, "lower end"),
    "|total(x)| > 0.1": (11, "two hypotheses"),
    "total(x) > 0; import": (12, "';'"),
    "total(x) > 1e999": (0, "finite"),
    "decay_length(x) < 100": (0, "has places"),
    "(total(x) > 0": (10, "')'"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_pointed_at(text):
    at, told = FAULTS[text]
    with pytest.raises(FormulaError) as caught:
        parse_restriction(text)
    lines = str(caught.value).splitlines()
    caret = next(i for i, line in enumerate(lines) if line.strip().startswith("^"))
    assert lines[caret - 1].strip() == text.strip()
    assert lines[caret].index("^") - 4 == at
    assert told in str(caught.value)


def test_an_estimand_with_a_number_of_its_own_is_refused():
    with pytest.raises(FormulaError, match="'>', -1"):
        parse("total(x) + 1")


def test_terms_that_could_not_be_read_back_are_refused():
    for term in ("x)", "(x", "log(rd", "it 's"):
        with pytest.raises(FormulaError, match="closed"):
            indirect(term)
    for term in ("", "  ", 3, None):
        with pytest.raises(InputError, match="log"):
            total(term)


def test_arithmetic_is_that_of_the_text():
    made = (indirect("x") - 2 * coefficient("x")) / 2
    assert made == parse("0.5*indirect(x) - coefficient(x)")
    assert hash(made) == hash(parse(made.text))
    assert made.terms == ("x",)
    assert (-made).text == "-0.5*indirect(x) + coefficient(x)"
    with pytest.raises(TypeError):
        made + 1
    for wrong in (float("nan"), "2", True):
        with pytest.raises(InputError, match="factor"):
            made * wrong
    with pytest.raises(InputError, match="other than 0"):
        made / 0


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("indirect log(rd) > 0", "indirect(log(rd))"),
        ("indirect(log(rd) > 0", "indirect(log(rd))"),
        ("log(rd) > 0", "coefficient(log(rd))"),
        ("rho(x) > 0", "'rho > 0'"),
        ("total(x) > 0,5", "0.5"),
        ("total(x) > 0 and direct(x) > 0", "several hypotheses"),
        ("total(x) > inf", "a finite number"),
        ("direct(x) / indirect(x) > 2", "a - 2*b > 0"),
        ("total(x) > 0 +- 0.1", "'total(x) > 0.1'"),
        ("decay_length(x) > 3", "wb.hypotheses.decay_length("),
        ("(indrect(x)) > 0", "did you mean 'indirect'?"),
        ("", "'indirect(log(rd)) > 0'"),
    ],
)
def test_a_text_that_cannot_be_read_has_a_way_out(text, way_out):
    with pytest.raises(FormulaError) as refused:
        parse_restriction(text)
    assert way_out in str(refused.value)
    assert "^\n" in str(refused.value), "the caret closes its line"


@pytest.mark.parametrize(("printed", "word"), [("ρ > 0", "rho > 0"), ("λ < 0", "lambda < 0")])
def test_greek_letters_are_read_as_papers_print_them(printed, word):
    assert parse_restriction(printed).text == word


def test_calls_that_messages_name_exist():
    package = Path(wb.__file__).parent
    named = {
        name
        for path in package.rglob("*.py")
        for name in re.findall(r"\bwb\.([A-Za-z_.]+[A-Za-z_])", path.read_text(encoding="utf-8"))
    }
    for name in sorted(named):
        found = wb
        for part in name.split("."):
            found = getattr(found, part)
