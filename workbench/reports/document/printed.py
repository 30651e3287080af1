"""The printed report: its document as a typst source, and that as PDF/A."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from workbench.core.language import language, say
from workbench.reports.document.assembled import PLACE, Document
from workbench.reports.document.pieces import Output, Piece, Prose, Shown
from workbench.reports.document.tree import Node, as_json, converted, raw, rewritten
from workbench.reports.document.typography import bound
from workbench.reports.entries import Grid
from workbench.reports.gridded import THEME, grid_source
from workbench.reports.via_typst import marked, quoted, typeset

PRELUDE = ("tables.typ", "report.typ")
FIGURES = "figures.json"


def report_pdf(document: Document) -> bytes:
    """Return a document as PDF/A: same document, same bytes.

    Code is left out; figures are drawn as vectors with their alternative texts; tables that are
    too wide for an upright page get one across.

    Parameters
    ----------
    document : Document
        In the language in use.

    Raises
    ------
    ReportError
        If typst cannot set it, or a character has no glyph; its cell is named.
    """
    files = pictures(document.pieces)
    source = _source(document)
    files |= placed_figures(source, files)
    return typeset(source, files=files, where=lambda told: _where(told, document))


def placed_figures(source: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the file that tells a source where its figures go: it is asked until all stand well.

    A figure that does not fit where it is mentioned is made smaller, if it then fits, or goes to
    the next page. What comes after it has moved, too, so all are asked again.

    Parameters
    ----------
    source : str
        Of the report.
    files : mapping of str to bytes
        Its pictures.
    """
    places = Places()
    while files:
        wrong = _misplaced(source, files, places)
        if wrong is None:
            break
        tried = (replace(places, scaled={**places.scaled, wrong: scale}) for scale in SCALES)
        fitting = (one for one in tried if _misplaced(source, files, one, only=wrong) is None)
        places = next(fitting, replace(places, moved=(*places.moved, wrong)))
    return places.told()


SCALES = (0.9, 0.8)
"""Sizes at which the smallest letters of a picture can be read, from the largest on."""


@dataclass(frozen=True, slots=True)
class Places:
    """Figures that go to the next page, and the sizes of others; by their numbers."""

    moved: tuple[int, ...] = ()
    scaled: Mapping[int, float] = field(default_factory=dict)

    def told(self) -> dict[str, bytes]:
        """Return the file that a source reads: what does not is not set again."""
        return {FIGURES: json.dumps({"moved": self.moved, "scaled": self.scaled}).encode()}


def _misplaced(
    source: str, files: Mapping[str, bytes], places: Places, *, only: int | None = None
) -> int | None:
    """Return the first figure that leaves a page half empty, or stands before an earlier one."""
    told = marked(source, "wb-at", files={**files, **places.told()})
    stand = {(int(one["number"]), one["part"]): (one["page"], one["y"]) for one in told}
    latest = (0, 0.0)
    for number in sorted({number for number, part in stand if part == "own"}):
        own = stand[number, "own"]
        wrong = own[0] > stand.get((number, "before"), own)[0] or own < latest
        if wrong and number not in places.moved and only in (None, number):
            return number
        latest = max(latest, own)
    return None


def pictures(found: Iterable[Piece]) -> dict[str, bytes]:
    """Return the pictures of a document by the name of their file."""
    return {
        picture_name(piece, place): picture_bytes(drawing)
        for place, piece in enumerate(found)
        if (drawing := drawing_of(piece))
    }


def drawing_of(piece: Piece) -> str:
    """Return the picture of a piece, SVG or PNG in base64; empty where it has none."""
    if isinstance(piece, Shown):
        return piece.published.picture
    return piece.data if isinstance(piece, Output) and piece.mime.startswith("image/") else ""


def picture_name(piece: Piece, place: int) -> str:
    """Return the file name of the picture of a piece."""
    name = piece.published.name if isinstance(piece, Shown) else f"output-{place}"
    return f"{name}.{'svg' if drawing_of(piece).lstrip().startswith('<') else 'png'}"


def picture_bytes(drawing: str) -> bytes:
    """Return a picture as the bytes of its file."""
    if drawing.lstrip().startswith("<"):
        return drawing[drawing.index("<svg") :].encode()
    return base64.b64decode(drawing)


def _where(text: str, document: Document) -> str:
    """Return the cell in which a text stands."""
    for piece in document.pieces:
        if any(text in one for one in _texts(piece)):
            thing = f" ({piece.published.name})" if isinstance(piece, Shown) else ""
            return f"cell {piece.cell}{thing}"
    return "the header" if text in f"{document.title}{document.question}" else ""


def _texts(piece: Piece) -> list[str]:
    if isinstance(piece, Shown):
        cells = [
            text
            for grid in piece.published.grids
            for text in (grid.title, grid.corner, *grid.header, *_of_rows(grid))
        ]
        return [piece.published.caption, piece.published.notes, piece.published.alt, *cells]
    if isinstance(piece, Output):
        return [piece.plain]
    return [piece.source] if isinstance(piece, Prose) else []


def _of_rows(grid: Grid) -> list[str]:
    return [text for row in grid.rows for text in (row.label, *(c.shown for c in row.cells))]


def _source(document: Document) -> str:
    blocks = rewritten([*document.blocks, *document.footer], _equations)
    body = [_placed(block, document) for block in blocks]
    options = ["--wrap=preserve", "--syntax-highlighting=none"]
    text = converted(as_json(body), "typst-citations", reader="json", options=options)
    prelude = "\n".join((THEME / name).read_text(encoding="utf-8") for name in PRELUDE)
    about = say(
        "Report {report}, as it prints: code is left out and stands in notebook.ipynb beside it, "
        "every number at full precision in ledger.json.",
        report=document.report,
    )
    told = {
        "title": document.title,
        "question": document.question,
        "parameters": document.parameters,
        "about": about,
        "contents": say("Contents"),
        "lang": language(),
    }
    given = ", ".join(f"{name}: {quoted(value)}" for name, value in told.items())
    return f"{prelude}\n#show: wb-report.with({given})\n\n{text}"


def _equations(blocks: list[Node]) -> list[Node]:
    return [new for block in blocks for new in _numbered(block)]


def _numbered(block: Node) -> list[Node]:
    if block["t"] == "Table":
        return [_sided(block)]
    if block["t"] != "Div":
        return [block]
    (name, classes, told), inside = block["c"]
    if "equation" not in classes:
        return _in_its_language(block)
    number = quoted(f"({dict(told)['number']})")
    return [raw("typst", f"#wb-numbered({number})["), *inside, raw("typst", f"] <{name}>")]


def _in_its_language(block: Node) -> list[Node]:
    """Return the blocks of a division; pandoc would put its first heading behind a command.

    Behind one, a heading is no heading to typst, but two signs of equality.
    """
    told = dict(block["c"][0][2])
    if "lang" not in told:
        return [block]
    chosen = f"#[\n#set text(lang: {quoted(told['lang'])})\n"
    return [raw("typst", chosen), *block["c"][1], raw("typst", "]")]


def _sided(table: Node) -> Node:
    """Return a table of the prose with its columns to the left where the prose says nothing."""
    attributes, caption, columns, *rest = table["c"]
    sided = [[{"t": "AlignLeft"} if a["t"] == "AlignDefault" else a, w] for a, w in columns]
    return {"t": "Table", "c": [attributes, caption, sided, *rest]}


def _placed(block: Node, document: Document) -> Node:
    if block["t"] != "RawBlock" or block["c"][0] != PLACE:
        return block
    place = int(block["c"][1])
    return raw("typst", _piece(document.pieces[place], place))


def _piece(piece: Piece, place: int) -> str:
    if isinstance(piece, Shown):
        return _shown(piece, place)
    if isinstance(piece, Output):
        if piece.mime.startswith("image/"):
            return f"#wb-picture(number: {place}, {quoted(picture_name(piece, place))})"
        lines = ' + "\\n" + '.join(quoted(line) for line in piece.plain.splitlines()) or '""'
        return f"#wb-plain({lines})"
    return ""


def _shown(shown: Shown, place: int) -> str:
    published = shown.published
    told = {
        "label": shown.label,
        "caption": bound(published.caption),
        "notes": bound(published.notes),
    }
    given = ", ".join(f"{name}: {quoted(text)}" for name, text in told.items())
    given = f"mark: [#metadata(none) <{published.name}>], {given}"
    if published.picture:
        alt = quoted(published.alt or published.caption or shown.label)
        name = quoted(picture_name(shown, place))
        return f"#wb-picture({given}, alt: {alt}, number: {place}, {name})"
    return f"#wb-tabular({given}, {', '.join(grid_source(grid) for grid in published.grids)})"
