"""No picture has a text of its own that does not pass through the language in use."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import workbench
from workbench.core.russian import RUSSIAN, pictures

PACKAGE = Path(workbench.__file__).parent
VIEWS = sorted((PACKAGE / "views").glob("*.py"))
SHOWN = {
    "set_xlabel", "set_ylabel", "set_title", "set_label", "text", "annotate", "suptitle",
    "supxlabel", "supylabel", "heading", "set_xticks", "set_yticks",
}  # fmt: skip
KEYWORDS = {"label", "title", "alt", "legend_title", "labels"}
SYMBOLS = {"I", "γᶜ", "0"}


def bare_texts(node: ast.expr) -> list[str]:
    """Return the texts with letters that an expression holds outside of what says them."""
    if isinstance(node, ast.Constant):
        text = node.value
        return [text] if isinstance(text, str) and re.search("[A-Za-z]{2}", text) else []
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "capitalize"):
            inside = [node.func.value, *node.args]
            return [text for part in inside for text in bare_texts(part)]
        return []
    if isinstance(node, ast.Subscript | ast.Compare | ast.Attribute):
        return []
    if isinstance(node, ast.IfExp):
        return bare_texts(node.body) + bare_texts(node.orelse)
    return [text for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)
            for text in bare_texts(part)]  # fmt: skip


def shown_texts(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and text of what is handed to a method that shows it, unsaid."""
    found = []
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        parts = list(call.args) if name in SHOWN else []
        parts += [keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS]
        found += [
            (call.lineno, text)
            for part in parts
            for text in bare_texts(part)
            if text not in SYMBOLS
        ]
    return found


def said_literals(tree: ast.AST) -> list[str]:
    """Return the literal texts of `say`, those of alternatives too."""
    texts = []
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "say" and call.args:
            node = call.args[0]
            branches = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
            texts += [
                n.value
                for n in branches
                if isinstance(n, ast.Constant) and isinstance(n.value, str)
            ]
    return texts


@pytest.mark.quick_cases(15)
@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.stem)
def test_what_a_picture_shows_is_said(path):
    assert shown_texts(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_a_bare_label_is_found():
    tree = ast.parse(
        'axes.set_xlabel("share" if x else say("rate"))\naxes.plot(x, label=f"of {n}")'
    )
    assert shown_texts(tree) == [(1, "share"), (2, "of ")]
    assert shown_texts(ast.parse('axes.set_title(say("share") + ", " + name)')) == []


def test_every_text_that_is_said_has_a_russian_one():
    missing = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "say(" not in source:
            continue
        for text in said_literals(ast.parse(source)):
            words = re.search("[A-Za-z]", re.sub(r"\{[^}]*\}", "", text))
            if words and text not in RUSSIAN:
                missing[text] = path.name
    assert not missing


@pytest.mark.slow
def test_every_russian_label_is_still_said_somewhere():
    known = {
        node.value
        for path in sorted(PACKAGE.rglob("*.py"))
        if "russian" not in path.relative_to(PACKAGE).parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    # names of measures and parts are made of columns
    columns = {w: {w, w.replace(" ", "_"), f"{w}_variety"} for w in pictures.WORDS}
    spare = [word for word, made in columns.items() if not made & known]
    assert spare == []
