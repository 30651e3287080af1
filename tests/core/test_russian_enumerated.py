"""Promise: every test, null hypothesis and answer to a referee that the code writes has a Russian.

The texts are read out of the code: arguments of what makes a test, and the words that a check of
the referee's list puts into its sentences.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import workbench
import workbench as wb
from workbench.core.language import said_text, speaking
from workbench.core.russian import RUSSIAN
from workbench.core.russian.sentences import FORMS
from workbench.core.statistics import NotApplicable
from workbench.models.testing.catalogue import CATALOGUE, INSTRUMENTS
from workbench.panels.dynamic.moment_results import TESTED
from workbench.panels.testing.dependence import SPATIAL
from workbench.panels.testing.effects import SCORES
from workbench.panels.testing.lag_and_error import NULLS

CODE = Path(workbench.__file__).parent
MAKERS = {"chi2_test": None, "f_test": None, "Statistic": 2, "NotApplicable": 1}
"""What makes a test, and where the null stands if it is not named."""

PLAIN = re.compile(r"[a-z]{3}")
FIELD = re.compile(r"\{[^{}]*\}")
Locals = Mapping[str, list[ast.expr]]


def module_of(path: Path) -> ModuleType:
    parts = path.relative_to(CODE.parent).with_suffix("").parts
    return importlib.import_module(".".join(parts).removesuffix(".__init__"))


def texts(node: ast.expr | None, module: ModuleType, known: Locals) -> list[str]:
    """Return the texts that an expression may stand for; fields of f-strings are ``x`` or known."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        made = [""]
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            made = [a + b for a in made for b in texts(inner, module, {}) or ["1"]]
        return made
    if isinstance(node, ast.IfExp):
        return texts(node.body, module, known) + texts(node.orelse, module, known)
    if isinstance(node, ast.Name):
        value = getattr(module, node.id, None)
        if isinstance(value, str):
            return [value]
        return [text for one in known.get(node.id, []) for text in texts(one, module, {})]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        value = getattr(module, node.value.id, None)
        held = value.values() if isinstance(value, Mapping) else value or ()
        return [one for one in held if isinstance(one, str)]
    return []


def assigned(function: ast.FunctionDef) -> Locals:
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def of_functions(
    makers: Iterable[str], read: Callable[[ast.FunctionDef, ModuleType], Iterator[str]]
) -> Iterator[tuple[str, str]]:
    """Yield what is read out of the functions of every file that calls a maker, with its name."""
    for path in sorted(CODE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if any(f"{maker}(" in source for maker in makers):
            module = module_of(path)
            for function in ast.walk(ast.parse(source)):
                if isinstance(function, ast.FunctionDef):
                    yield from ((text, path.name) for text in read(function, module))


def of_calls() -> Iterator[tuple[str, str]]:
    """Yield every name and null of a test that is written in the code, with its file."""
    yield from of_functions(MAKERS, of_function)


def of_function(function: ast.FunctionDef, module: ModuleType) -> Iterator[str]:
    """Yield the names and nulls of the tests that a function makes."""
    known = assigned(function)
    for call in ast.walk(function):
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in MAKERS:
            continue
        named = {one.arg: one.value for one in call.keywords}
        place = MAKERS[call.func.id]
        stands = place is not None and len(call.args) > place
        null = call.args[place] if stands else named.get("null")
        name = call.args[0] if call.args else named.get("name")
        for node in (name, null):
            yield from texts(node, module, known)


def of_registries() -> Iterator[tuple[str, str]]:
    """Yield the names and nulls that tables in the code hold."""
    for table in (CATALOGUE, INSTRUMENTS):
        for name, entry in table.items():
            yield from ((name, "catalogue"), (entry.null, "catalogue"))
    for name, null in SCORES.items():
        yield from ((name, "effects"), (null, "effects"))
    for name, (_, null) in SPATIAL.items():
        yield from ((name, "dependence"), (null, "dependence"))
    for word, (null, _) in NULLS.items():
        yield from ((f"LM {word}", "lag and error"), (f"LR {word}", "lag and error"))
        yield null, "lag and error"
    for null in TESTED.values():
        yield null, "moments"


WHYS = {"NotApplicable": 2, "not_applicable": 1, "chi2_answer": None, "f_answer": None}
"""What says why a test is not made, and where the reason stands if it is not named."""


def of_reasons() -> Iterator[tuple[str, str]]:
    """Yield every reason why a test is not made, with its file, and how small p-values are read."""
    for table in (CATALOGUE, INSTRUMENTS):
        for entry in table.values():
            yield from ((entry.about, "catalogue"), (entry.small_p, "catalogue"))
    yield from of_functions(WHYS, whys)


def whys(function: ast.FunctionDef, module: ModuleType) -> Iterator[str]:
    known = assigned(function)
    for call in ast.walk(function):
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in WHYS:
            continue
        place = WHYS[call.func.id]
        stands = place is not None and len(call.args) > place
        named = {one.arg: one.value for one in call.keywords}
        given = call.args[place] if stands else named.get("reason")
        yield from texts(given, module, known)


INTERNAL = {"squares"}
"""Names of tests that no table shows."""


@cache
def names_and_nulls() -> dict[str, str]:
    """Return the names and nulls of all tests, each with its file."""
    return {
        text: place
        for text, place in (*of_calls(), *of_registries())
        if PLAIN.search(text) and text not in INTERNAL
    }


def unsaid(text: str) -> bool:
    with speaking("ru"):
        return said_text(text) == text


def test_tests_are_found_in_the_code():
    """Names that tables of both kinds of thesis show: a walk that loses them would prove little."""
    known = {"Honda (periods)", "King-Wu (both)", "Wooldridge unobserved effects",
             "Baltagi-Li joint", "LM remaining error", "rho = 0, whatever lambda"}  # fmt: skip
    assert known <= set(names_and_nulls())
    assert len(names_and_nulls()) > 150


def test_every_test_and_null_has_its_russian():
    assert {text: place for text, place in names_and_nulls().items() if unsaid(text)} == {}


def test_every_reason_why_a_test_is_not_made_has_its_russian():
    found = {text: place for text, place in of_reasons() if PLAIN.search(text)}
    assert {"there is one period only", "normality", "the model has no WX"} <= set(found)
    assert len(found) > 100
    assert {text: place for text, place in found.items() if unsaid(text)} == {}


def reasons_of_the_path() -> Iterator[str]:
    """Yield the sentences with which Elhorst's path says why it ends; its fields are ``1``."""
    module = importlib.import_module("workbench.panels.comparison.paths")
    for function in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        known = assigned(function)
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr in ("take", "end") and isinstance(call.func.value, ast.Name):
                yield from (f"{text}." for text in texts(call.args[-1], module, known))


def test_every_reason_why_a_path_ends_has_its_russian():
    """Notes under the path say it; what is put into a field here is a number or a model."""
    found = set(reasons_of_the_path())
    assert {"SDM rejects both SAR and SEM.", "LM tests do not apply: 1."} <= found
    assert len(found) >= 10
    named = {
        text.replace("reject 1,", f"reject {model},").replace("1 could", f"{model} could")
        for text in found
        for model in ("sar", "sem", "sdm", "slx")[: 2 if "reject 1," in text else None]
    }
    assert {text for text in named if unsaid(text)} == set()


def test_diagnostics_in_russian_have_no_english_words():
    """Model names, distributions and calls stay: they are what one types."""
    states, year = wb.load("us-states"), wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(states)
    for model in ("ols", "sdm", "sac"):
        fit = wb.fit("log(gsp) ~ log(pcap) + log(pc)", year, W, model=model)
        shown = str(wb.table(fit.diagnostics(), lang="ru"))
        left = set(re.findall(r"[A-Za-z]{4,}", shown))
        assert left <= {"SARMA", "SDEM", "RESET", "sdem", "lambda", "model"}, model


def pieces(path: Path) -> Iterator[str]:
    """Yield runs of words that a check writes into what it tells, between fields and sentences."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent: set[int] = set()
    for node in ast.walk(tree):
        aside = isinstance(node, ast.Raise) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        )
        called = node.keywords if isinstance(node, ast.Call) else []
        apart = (
            [node] if aside else [one for one in called if one.arg in ("call", "brief", "index")]
        )
        apart += [node.args[0]] if _is_index(node) else []
        silent |= {id(inner) for part in apart for inner in ast.walk(part)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in silent
        ):
            for part in re.split(r"(?<=\.) ", node.value):
                run = part.strip(" .,;:()")
                if len(re.findall(r"[A-Za-z]{2,}", run)) > 2 and not CALLED.search(run):
                    yield run


def _is_index(node: ast.AST) -> bool:
    """Return whether a node makes labels of rows of evidence, which no report shows."""
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return made and node.func.attr == "Index" and bool(node.args)


CALLED = re.compile(r"wb\.|fit\.|align|\\")
"""Calls that mend a finding, and patterns."""

SKELETONS = [FIELD.sub("{}", text) for text in (*FORMS, *RUSSIAN)]
REASONS = {
    "not among the quantities drawn", "a restriction of several impacts", "no test of dependence",
    "from the edge",
}  # fmt: skip
"""Reasons of evidence, which stay as errors do, and what stands in pictures for a sentence."""


@pytest.mark.parametrize(
    "path",
    sorted((CODE / "hypotheses" / "review" / "checks").glob("[a-z]*.py")),
    ids=lambda path: path.stem,
)
def test_every_answer_to_a_referee_has_its_russian(path):
    left = [
        run
        for run in pieces(path)
        if run not in REASONS and unsaid(run) and not any(run in known for known in SKELETONS)
    ]
    assert left == []


def test_a_reason_is_said_beside_what_is_not_applicable():
    row = NotApplicable("Honda", "regions have no effects of their own", "").tidy().iloc[0]
    with speaking("ru"):
        assert said_text(row["null"]) == "у регионов нет своих эффектов"
