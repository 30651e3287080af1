"""Figures that were typed into prose, where a claim would have taken them from a result.

What is typed stays when the data change. The check reads Markdown cells, the templates of claims
and the numbers that fill them, and points at what looks like a result. Years, small whole numbers,
levels of significance, formulas, code, references and numbers of tables, pages and the like are
let be; a paragraph that tells what others found, or what is given, says so with
``<!-- given -->``, which no reader sees, and so may a template. So does a field named as printed,
published or given. A template is read wherever it is written: in the call, or under a name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

GIVEN = "<!-- given -->"
"""What a paragraph holds whose numbers are no results of the notebook."""

LEVELS = frozenset({"1", "2.5", "5", "10", "50", "90", "95", "97.5", "99", "100"})
"""Per cents that are levels and not results."""

CHANCES = frozenset({"0.01", "0.05", "0.1", "0.10", "0.5", "0.9", "0.95", "0.99"})
"""The same as decimals."""

SMALL = 12
"""Whole numbers up to this one are words of a sentence: three models, five types."""

SCALE = "100"
"""The end of a scale from 0."""

OTHERS = ("printed", "published", "given")
"""Words in the name of a field that say that its number is somebody else's."""

REFERENCES = frozenset({"references", "литература", "sources", "источники"})

_DROPPED = re.compile(
    r"```.*?```|``.*?``|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|<!--.*?-->|\]\([^)]*\)|https?://\S+"
    r"|\[?@[\w:./-]+|\{[^}]*\}|^#{1,6} .*$|^\|.*$",
    re.DOTALL | re.MULTILINE,
)
_NUMBER = re.compile(
    r"(?<![\w.,/–-])(?P<number>[-−+]?\d+(?:[,\u202f\u00a0]\d{3})*(?:[.,]\d+)?)"
    r"(?P<share>[\s\u00a0]?(?:%|per cent|percent))?(?![\w]|[.,]\d|[-–/]\w)"
)
_NAMED = re.compile(
    r"(?:tables?|figures?|columns?|rows?|sections?|chapters?|equations?|cells?|pages?|pp?\.|nos?\.|"
    r"version|step|nuts|okved|scheme|epsg:?|isic|nace|rev\.|volume|vol\.|seed|[=<>≤≥±])\s*$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"[\s\u00a0](?:km|kilomet|miles?\b|permutations|draws|км|миль|перестанов|розыгрыш)"
)
"""What follows a threshold or a choice: a distance, or how often something was drawn."""
_YEAR = re.compile(r"(?:1[6-9]|20)\d\d")
_MAGIC = re.compile(r"^[%!].*$", re.MULTILINE)
_STRONG = re.compile(r"\*\*.+?\*\*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Typed:
    """A number that looks like a result and was typed.

    Attributes
    ----------
    cell : int
        Cell of the notebook, from 1.
    number : str
        As it is typed.
    context : str
        The words around it.
    place : {"prose", "code"}
        Whether it stands in Markdown, or in what a claim or a publication is given.
    """

    cell: int
    number: str
    context: str
    place: str = "prose"

    def __str__(self) -> str:
        where = "prose" if self.place == "prose" else "given to a claim or publication"
        return f"cell {self.cell}, {where}: {self.number!r} in “…{self.context}…”"


def typed_numbers(notebook: Any) -> list[Typed]:
    """Return the numbers of a notebook that look like results and were typed.

    Parameters
    ----------
    notebook : NotebookNode
        Read, not executed.

    Returns
    -------
    list of Typed
        In the order of the notebook.

    Examples
    --------
    >>> from nbformat import v4
    >>> prose = v4.new_markdown_cell("In 2014 patents were 37.5 % higher (p < 0.05).")
    >>> [found.number for found in typed_numbers(v4.new_notebook(cells=[prose]))]
    ['37.5']
    """
    found: list[Typed] = []
    code = {
        number: _parsed(cell.source)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code"
    }
    named = _assigned(code.values())
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            found += [Typed(number, *one) for one in _of_markdown(cell.source)]
        elif number in code:
            found += [Typed(number, *one, place="code") for one in _of_code(code[number], named)]
    return found


def _of_markdown(source: str) -> Iterator[tuple[str, str]]:
    for paragraph in re.split(r"\n\s*\n|\n(?=[-*] )", _before_references(source)):
        if GIVEN not in paragraph:
            yield from _of_text(_DROPPED.sub(" ", paragraph))


def _before_references(source: str) -> str:
    lines = source.splitlines()
    for at, line in enumerate(lines):
        if line.startswith("#") and line.strip("# ").lower() in REFERENCES:
            return "\n".join(lines[:at])
    return source


def _parsed(source: str) -> ast.Module:
    """Return the code of a cell, without magics; nothing where it is no Python."""
    plain = _MAGIC.sub("pass", source)
    try:
        return ast.parse(plain)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def _assigned(trees: Iterable[ast.Module]) -> dict[str, ast.expr]:
    """Return what names stand for, as far as a cell gives them a value of their own."""
    return {
        target.id: node.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _of_code(tree: ast.Module, named: Mapping[str, ast.expr]) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called == "claim":
            yield from _of_claim(node, named)
        elif called == "publish" and node.args and _is_literal(node.args[0]):
            yield ast.unparse(node.args[0]), ast.unparse(node)[:60]


def _of_claim(call: ast.Call, named: Mapping[str, ast.expr]) -> Iterator[tuple[str, str]]:
    """Return what is typed in the template of a claim, and for its fields."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    template = call.args[1] if len(call.args) > 1 else given.get("template")
    if isinstance(template, ast.Name):
        template = named.get(template.id)
    for text in _constants(template) if template is not None else ():
        if GIVEN not in text:
            yield from _of_text(_DROPPED.sub(" ", text))
    numbers = given.get("numbers")
    if isinstance(numbers, ast.Dict):
        for name, value in zip(numbers.keys, numbers.values, strict=True):
            key = ast.unparse(name) if name is not None else ""
            if _is_literal(value) and not any(word in key for word in OTHERS):
                yield ast.unparse(value), f"{key}: {ast.unparse(value)}"


def _is_literal(value: ast.expr) -> bool:
    """Return whether an expression is a number as it is typed, with or without a sign."""
    inner = value.operand if isinstance(value, ast.UnaryOp) else value
    return isinstance(inner, ast.Constant) and type(inner.value) in (int, float)


def _constants(template: ast.expr) -> Iterator[str]:
    """Yield the texts that a template is made of, however they are put together."""
    for node in ast.walk(template):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _of_text(text: str) -> Iterator[tuple[str, str]]:
    strong = [match.span() for match in _STRONG.finditer(text)]
    for match in _NUMBER.finditer(text):
        bold = any(low <= match.start() < high for low, high in strong)
        if not _is_harmless(match, text, bold=bold):
            low, high = max(0, match.start() - 30), match.end() + 30
            yield match["number"], " ".join(text[low:high].split())


def _is_harmless(match: re.Match[str], text: str, *, bold: bool) -> bool:
    number = match["number"].lstrip("+-−").replace(",", "." if "," in match["number"][-3:] else "")
    if _NAMED.search(text[: match.start()]) or _MEASURED.match(text, match.end()):
        return True
    if match["share"]:
        return number in LEVELS
    if _YEAR.fullmatch(number) or number in CHANCES:
        return True
    return number == SCALE or (number.isdigit() and int(number) <= SMALL and not bold)
