"""The pieces of an executed notebook in their order, with published things numbered once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from workbench.core.language import say
from workbench.reports.entries import MIME, Cell, Published, Row, published_from
from workbench.reports.markup import signed
from workbench.reports.writers.inert import harmless
from workbench.typing import Language

_HEADING = re.compile(r"\A\s*# [^\n]*\n?")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_NO_WORDS = re.compile(
    r"\$\$.*?\$\$|\$[^$\n]+\$|`[^`]+`|@[\w:.-]+|\{#[^}]*\}|<[^>]+>|\]\([^)]*\)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown of a cell, or the sentence of the claim of that name; ``lang`` is its language."""

    cell: int
    source: str
    lang: Language
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """The source of a code cell."""

    cell: int
    source: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A published table or figure with its word and number: ``("Table", 3)``."""

    cell: int
    published: Published
    word: Literal["Table", "Figure"]
    number: int

    @property
    def label(self) -> str:
        """What its caption begins with, in the language in use."""
        return f"{say(self.word)} {self.number}"


@dataclass(frozen=True, slots=True)
class Output:
    """An output that nobody published: of one mime type, and as plain text."""

    cell: int
    mime: str
    data: str
    plain: str


Piece: TypeAlias = Prose | Code | Shown | Output

PICTURES = ("image/svg+xml", "image/png")
_MIMES = (*PICTURES, "text/html", "text/plain")


def pieces(executed: Any) -> list[Piece]:
    """Return the pieces of an executed notebook.

    Tables and figures are numbered in their order, each kind on its own. The first heading of the
    first cell is the title of the document and no piece of it.

    Parameters
    ----------
    executed : NotebookNode
        With outputs. Cells count from 1, Markdown and code alike.

    Returns
    -------
    list of Prose, Code, Shown or Output
        In the order of the page.
    """
    found: list[Piece] = []
    counts = {"Table": 0, "Figure": 0}
    for number, cell in enumerate(executed.cells, start=1):
        if cell.cell_type == "markdown":
            source = harmless(cell.source)
            text = _HEADING.sub("", source, count=1) if number == 1 else source
            found.append(Prose(number, text, written_in(text)))
        elif cell.cell_type == "code":
            found.extend(_of_code(cell, number, counts))
    return found


def labels(executed: Any) -> dict[str, str]:
    """Return what the caption of each published table and figure begins with, by its name.

    Parameters
    ----------
    executed : NotebookNode
        With outputs.

    Returns
    -------
    dict of str to str
        ``{"models": "Table 3"}``, in the language in use; claims have no number.
    """
    return {p.published.name: p.label for p in pieces(executed) if isinstance(p, Shown)}


def written_in(text: str) -> Language:
    """Return the language of a prose: Russian if most of its letters are Cyrillic.

    Examples
    --------
    >>> written_in("Патенты, $W y$"), written_in("Patents")
    ('ru', 'en')
    """
    words = _NO_WORDS.sub("", text)
    return "ru" if len(_CYRILLIC.findall(words)) > len(_LATIN.findall(words)) else "en"


def _of_code(cell: Any, number: int, counts: dict[str, int]) -> Iterator[Piece]:
    if cell.source.strip():
        yield Code(number, harmless(cell.source))
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            text = harmless(output.text).rstrip()
            yield Output(number, "text/plain", text, text)
            continue
        data = output.get("data", {})
        if MIME in data:
            picture = data.get("image/svg+xml") or data.get("image/png") or ""
            yield _of_published(published_from(data[MIME], picture=picture), number, counts)
            continue
        mime = next((mime for mime in _MIMES if mime in data), "")
        if mime:
            plain = harmless(data.get("text/plain", ""))
            yield Output(number, mime, harmless(data[mime]), plain)


def _of_published(published: Published, cell: int, counts: dict[str, int]) -> Piece:
    if published.sentence:
        sentence = harmless(published.sentence)
        return Prose(cell, sentence, written_in(sentence), claim=published.name)
    word: Literal["Table", "Figure"] = "Figure" if published.picture else "Table"
    counts[word] += 1
    return Shown(cell, _in_print(published), word, counts[word])


def _in_print(published: Published) -> Published:
    """Return a published thing whose words have the minus of print before negative numbers."""
    return replace(
        published,
        caption=signed(published.caption),
        notes=signed(published.notes),
        alt=signed(published.alt),
        grids=tuple(
            replace(grid, rows=tuple(replace(row, cells=_signed(row)) for row in grid.rows))
            for grid in published.grids
        ),
    )


def _signed(row: Row) -> tuple[Cell, ...]:
    return tuple(
        cell if cell.value or cell.typed else replace(cell, shown=signed(cell.shown))
        for cell in row.cells
    )
