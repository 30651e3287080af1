"""What README and guide tell a newcomer to type, works as written and in that order."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from inspect import signature
from pathlib import Path
from types import FunctionType

import pytest

from workbench import data, explore, growth, hypotheses, innovation, panels

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "docs/guide.md",
    "docs/methods.md",
    "docs/architecture.md",
    "docs/benchmarks.md",
    "docs/validation.md",
    "docs/validation-strategies.md",
)


def python_blocks(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("document", "first"),
    [
        ("README.md", None),
        ("docs/guide.md", 16),
        pytest.param("docs/guide.md", None, marks=pytest.mark.slow),
    ],
)
def test_python_blocks_run(document, first, monkeypatch, tmp_path):
    """All blocks of the README and the first of the guide; those of the whole guide take long."""
    # the guide names a folder of its own; the reader's, or none, is back afterwards
    monkeypatch.setenv("WORKBENCH_YOURS", str(tmp_path))
    blocks = python_blocks(document)
    assert len(blocks) > (first or 0)
    names: dict[str, object] = {}
    for block in blocks[:first]:
        exec(compile(block, document, "exec"), names)


def dotted(node: object) -> tuple[str, ...]:
    """Return the names of ``a.b.c``, or nothing for another expression."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return (*before, node.attr) if before else ()
    return (node.id,) if isinstance(node, ast.Name) else ()


def test_names_and_options_in_the_guide_are_there():
    """What follows `wb.`, `explore.` and the like, and keywords of such calls, without a run."""
    known: dict[str, object] = {}
    checked, absent = set(), []
    for block in python_blocks("docs/guide.md"):
        tree = ast.parse(block)
        for node in tree.body:
            rooms = getattr(node, "value", None)  # explore, growth = wb.explore, wb.growth
            named = [dotted(one) for one in getattr(rooms, "elts", [rooms])]
            if isinstance(node, ast.Import | ast.ImportFrom) or (
                isinstance(node, ast.Assign) and all(n and n[0] == "wb" for n in named)
            ):
                exec(compile(ast.Module([node], []), "guide", "exec"), known)
        for call in ast.walk(tree):
            names = dotted(call.func) if isinstance(call, ast.Call) else ()
            if len(names) < 2 or names[0] not in known:
                continue
            at: object = known[names[0]]
            for name in names[1:]:
                at = getattr(at, name, None)
            taken = signature(at).parameters.values() if isinstance(at, FunctionType) else ()
            options = {one.name for one in taken}
            loose = not taken or any(one.kind is one.VAR_KEYWORD for one in taken)
            wrong = [k.arg for k in call.keywords if k.arg and k.arg not in options and not loose]
            checked.add(names)
            absent += [(*names, *wrong)] if at is None or wrong else []
    assert len(checked) > 150
    assert absent == []


@pytest.mark.parametrize("document", [*DOCUMENTS])
def test_links_and_pictures_are_there(document):
    path = ROOT / document
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def anchor(heading: str) -> str:
    """Return the anchor that GitHub and JupyterLab give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_into_a_document_meet_a_heading(document):
    path = ROOT / document
    for target, place in re.findall(r"\]\(([^)#]*)#([^)]+)\)", path.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        text = (path.parent / target if target else path).read_text(encoding="utf-8")
        assert place in {anchor(found) for found in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


@pytest.mark.parametrize("room", [data, explore, growth, hypotheses, innovation, panels])
def test_the_guide_names_every_call_of_a_room(room):
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    doors = {"fit_panel", "panel_ladder"}  # wb.fit and wb.ladder
    calls = [name for name in room.__all__ if isinstance(getattr(room, name), FunctionType)]
    calls = [name for name in calls if name not in doors]
    assert [name for name in calls if not re.search(rf"\b{name}\b", guide)] == []


def test_the_architecture_names_every_room_and_no_module_that_is_not_there():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "workbench"
    rooms = [found.parent for found in package.rglob("__init__.py") if found.parent != package]
    assert sorted(str(room) for room in rooms if f"`{room.name}" not in page) == []
    for named in re.findall(
        r"`((?:core|data|explore|hypotheses|innovation|models|numerics|panels|regression|weights)\.[\w.]+)",
        page,
    ):
        room, name = named.rsplit(".", 1)
        path = package.joinpath(*named.split("."))
        there = path.is_dir() or path.with_suffix(".py").exists()
        assert there or hasattr(import_module(f"workbench.{room}"), name), named


@pytest.mark.slow
def test_docstrings_name_nothing_that_is_not_there():
    """Dotted names such as ``workbench.fitting.fit`` and ``numerics.dynamics.clubs.Clubs``."""
    dotted = re.compile(r"\b(?:workbench|numerics)(?:\.\w+)+")
    named: dict[str, list[str]] = {}
    for path in (ROOT / "workbench").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                continue
            prose = "\n".join(
                line
                for line in (ast.get_docstring(node) or "").splitlines()
                if not line.lstrip().startswith((">>>", "..."))
            )
            for name in dotted.findall(prose):
                named.setdefault(name.removeprefix("workbench."), []).append(path.name)
    assert len(named) > 50
    assert {name: files for name, files in named.items() if not resolves(name)} == {}


def resolves(name: str) -> bool:
    """Return whether a dotted name below ``workbench`` is a module or what one holds."""
    found: object = import_module("workbench")
    path = "workbench"
    for part in name.split("."):
        path = f"{path}.{part}"
        try:
            found = import_module(path)
        except ModuleNotFoundError:
            if not hasattr(found, part):
                # a field of a dataclass is on its objects alone
                return part in getattr(found, "__annotations__", {})
            found = getattr(found, part)
    return True


NAME = r"[A-Z][\w’'–-]*[\w]"
AUTHORS = rf"{NAME}(?:(?:, | and |–){NAME})*(?: et al\.)?"


def test_what_methods_cites_is_among_its_references():
    text = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    body, listed = (" ".join(part.split()) for part in text.split("## References"))
    references = listed.split(" - ")
    cited = re.findall(rf"({AUTHORS})[ ,]\(?(\d{{4}})[a-z]?\b", body)
    assert len(cited) > 140
    absent = set()
    for authors, year in cited:
        names = [
            name.removesuffix("'s").removesuffix("'")
            for name in re.split(r", | and |–", authors.removesuffix(" et al."))
        ]
        of_year = [one for one in references if f"({year}" in one]
        # a name before the comma may be no author: "Rademacher, Mammen (1993)"
        alone = any(one.removeprefix("- ").startswith(f"{names[-1]},") for one in of_year)
        if not alone and not any(all(n in one for n in names) for one in of_year):
            absent.add(f"{authors} {year}")
    assert not absent, sorted(absent)
