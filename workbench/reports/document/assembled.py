"""The whole document: prose read once, references resolved, other pieces in their places."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.language import language, say
from workbench.errors import ReportError
from workbench.reports.datasets import Dataset
from workbench.reports.document import references
from workbench.reports.document.footer import footer
from workbench.reports.document.pieces import Piece, Prose, pieces
from workbench.reports.document.refused import without_html, without_live_links
from workbench.reports.document.tree import (
    Node,
    as_json,
    converted,
    div,
    nodes,
    pandoc,
    read,
    rewritten,
    word,
)
from workbench.reports.document.typography import bound, bound_inlines
from workbench.reports.parameters import LANG, Setting, told
from workbench.reports.room import room_for
from workbench.reports.studies import Header
from workbench.reports.writers.inert import harmless

PLACE = "piece"
"""Format of the raw block that stands where a piece goes; its text is the piece's number."""

LOCALES = {"en": "en-US", "ru": "ru-RU"}


@dataclass(frozen=True, slots=True)
class Document:
    """What every format is written from.

    Attributes
    ----------
    study, report : str
        Name of the study and of the report's folder.
    title, question, parameters : str
        Plain texts in the language of the report.
    pieces : sequence of Piece
        Of the notebook.
    blocks, footer : list of Node
        Pandoc's tree; a raw block of the format ``piece`` stands for each piece that is no prose.
    """

    study: str
    report: str
    title: str
    question: str
    parameters: str
    pieces: Sequence[Piece]
    blocks: list[Node]
    footer: list[Node]


def assembled(
    executed: Any,
    header: Header,
    *,
    setting: Setting,
    datasets: list[Dataset],
    versions: Mapping[str, str],
    bibliography: str = "",
) -> Document:
    """Return the document of an executed notebook, in the language in use.

    Parameters
    ----------
    executed : NotebookNode
        With outputs.
    header : Header
        Title and question.
    setting : Setting
        Name and parameters of the report.
    datasets : list of Dataset
        What the study used.
    versions : mapping of str to str
        Libraries.
    bibliography : str
        Text of a BibTeX file; empty if there is none.

    Raises
    ------
    ReportError
        If a cell does not close what it opens, refers to what is nowhere, or has HTML or a link
        that does more than lead somewhere.
    """
    found = pieces(executed)
    names = references.names_of(found, bibliography)
    parts = _read(found, footer(setting, datasets, versions))
    for piece, blocks in zip(found, parts, strict=False):
        if isinstance(piece, Prose):
            prose = without_html(blocks[1:], piece.cell)
            blocks[1:] = references.numbered(prose, piece.cell, names)
    references.all_known([(b, p.cell) for p, b in zip(found, parts, strict=False)], names)
    body: list[Node] = []
    cells: list[int] = []
    for piece, part in zip(found, parts, strict=False):
        body += _of(piece, part, names)
        cells += [piece.cell] * (len(body) - len(cells))
    references.without_loose_ends(body, cells, names)
    title, question = header.told()
    subject = told({name: v for name, v in setting.changed.items() if name != LANG})
    return Document(
        setting.study,
        setting.report,
        harmless(bound(title)),
        harmless(bound(question)),
        say("Parameters: {parameters}", parameters=subject) if subject else "",
        found,
        _cited(body, bibliography),
        parts[-1][1:],
    )


def _read(found: Sequence[Piece], last: str) -> list[list[Node]]:
    """Return the blocks of each piece, beginning with its mark, and of the text that comes last."""
    texts = [p.source if isinstance(p, Prose) else "" for p in found]
    marked = [f"``` {{={PLACE}}}\n{n}\n```\n\n{text}" for n, text in enumerate([*texts, last])]
    parts: list[list[Node]] = []
    for block in read("\n\n".join(marked)):
        if block["t"] == "RawBlock" and block["c"][0] == PLACE:
            parts.append([block])
        else:
            parts[-1].append(block)
    if [part[0]["c"][1] for part in parts] != [str(n) for n in range(len(marked))]:
        cell = found[len(parts) - 1].cell if len(parts) <= len(found) else found[-1].cell
        raise ReportError(
            f"cell {cell}",
            expected="prose that closes what it opens: code fences, divisions, quotations",
            found="something that swallows the cells after it",
            remedy="close it in the same cell",
        )
    return parts


def _of(piece: Piece, part: list[Node], names: references.Names) -> list[Node]:
    """Return what stands in the document for a piece."""
    if not isinstance(piece, Prose):
        return part
    without_live_links(part[1:], f"cell {piece.cell}")
    blocks = _apart(references.resolved(part[1:], piece.cell, names), names)
    if piece.lang == "ru" == language():
        blocks = rewritten(blocks, bound_inlines)
    return [div(blocks, lang=piece.lang)] if piece.lang != language() and blocks else blocks


def _apart(blocks: list[Node], names: references.Names) -> list[Node]:
    """Rename headings that are called as something published, so that links find the latter."""
    for node in nodes(blocks, "Header"):
        if node["c"][1][0] in names.things or node["c"][1][0] in names.equations:
            node["c"][1][0] = f"section-{node['c'][1][0]}"
    return blocks


def _cited(blocks: list[Node], bibliography: str) -> list[Node]:
    """Return blocks with their citations set, and the works that are cited at their end.

    A sentence has the conjunctions of its own language: "Lee and Yu (2010)" in English prose of a
    Russian report. The list is in the language of the report.
    """
    if not any(True for _ in nodes(blocks, "Cite")):
        return blocks
    heading = {"t": "Header", "c": [2, ["references", [], []], [word(say("References"))]]}
    whole = [*blocks, heading, div([], name="refs")]
    spoken = [_spoken(block) for block in whole]
    cited = _set(whole, bibliography, language())
    for other in sorted({*spoken} - {language()}):
        there = _set(whole, bibliography, other)
        cited = [
            elsewhere if lang == other else here
            for lang, here, elsewhere in zip(spoken, cited, there, strict=True)
        ]
    without_live_links(cited, "the bibliography")
    return cited


def _spoken(block: Node) -> str:
    """Return the language of a block: of a division that cites its own, else the report's."""
    if block["t"] != "Div" or not any(True for _ in nodes(block, "Cite")):
        return language()
    return str(dict(block["c"][0][2]).get("lang", language()))


def _set(blocks: list[Node], bibliography: str, lang: str) -> list[Node]:
    """Return blocks with citations and the list of works as a language has them."""
    with room_for("references"), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        works = Path(folder) / "references.bib"
        works.write_text(bibliography, encoding="utf-8")
        options = ["--citeproc", f"--bibliography={works}", "--metadata=link-citations:true"]
        if lang == "ru":
            options.append(f"--csl={_russian_style(Path(folder))}")
        source = as_json(blocks, lang=LOCALES[lang])
        made = converted(source, "json", reader="json", options=options)
    return list(json.loads(made)["blocks"])


def _russian_style(folder: Path) -> Path:
    """Write pandoc's own style with years as they are, which its Russian follows with a letter."""
    made = pandoc(["--print-default-data-file=default.csl"])
    style = folder / "style.csl"
    plain = made.decode().replace("</info>", f"</info>{_YEARS}", 1)
    style.write_text(plain, encoding="utf-8")
    return style


_YEARS = (
    '<locale xml:lang="ru"><date form="text"><date-part name="day" suffix=" "/>'
    '<date-part name="month" suffix=" "/><date-part name="year"/></date></locale>'
)
