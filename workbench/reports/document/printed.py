"""The printed report: its document as a typst source, and that as PDF/A."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from workbench.core.language import language, say
from workbench.reports.document.assembled import PLACE, Document
from workbench.reports.document.pieces import Output, Piece, Prose, Shown
from workbench.reports.document.tree import Node, as_json, converted, raw, rewritten
from workbench.reports.document.typography import bound
from workbench.reports.entries import Cell, Grid, Row
from workbench.reports.formats import LEVELS, shown_row
from workbench.reports.markup import typographic_in
from workbench.reports.via_typst import quoted, typeset

THEME = Path(__file__).parents[1] / "theme"
LONG = 16
"""Letters of a word that may break after an operator, a comma, a hyphen or an underscore."""

BREAK = "\u200b"
_JOINTS = re.compile(r"[,_;+*/=×·−](?=\w)|-(?=[^\W\d])|[^\W\d_]{24}(?=[^\W\d_]{6})")

LONGEST = 6
"""How many of the longest texts of a column are measured."""

READABLE = 14
"""Characters that a column of sentences gets at least, where its sentences are longer."""


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
    return typeset(_source(document), files=files, where=lambda text: _where(text, document))


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
    prelude = (THEME / "report.typ").read_text(encoding="utf-8")
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
            return f"#wb-picture({quoted(picture_name(piece, place))})"
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
        return f"#wb-picture({given}, alt: {alt}, {quoted(picture_name(shown, place))})"
    return f"#wb-tabular({given}, {', '.join(_grid(grid) for grid in published.grids)})"


def _grid(grid: Grid) -> str:
    grid = _breakable(grid)
    rows = grid.rows
    numeric = [_is_numeric(rows, j) for j in range(len(grid.header))]
    columns = list(_columns(grid, rows, numeric))
    told = {
        "title": quoted(grid.title),
        "numeric": _array("true" if n else "false" for n in numeric),
        "head": _array(_head(grid)),
        "natural": _array(_array(map(quoted, wanted)) for wanted, _ in columns),
        "least": _array(_array(map(quoted, least)) for _, least in columns),
        "rows": _array(_row(row) for row in rows),
    }
    return f"({', '.join(f'{name}: {value}' for name, value in told.items())})"


def _breakable(grid: Grid) -> Grid:
    """Return a table as it is shown, whose long words have places where they may break."""
    rows = tuple(
        replace(
            row,
            label=_broken(row.label),
            cells=tuple(c if c.value else replace(c, shown=_broken(c.shown)) for c in row.cells),
        )
        for row in map(shown_row, grid.rows)
    )
    header = tuple(_broken(text) for text in grid.header)
    return replace(grid, corner=_broken(grid.corner), header=header, rows=rows)


def _broken(text: str) -> str:
    """Return a text with places to break in its long words.

    Examples
    --------
    >>> _broken("of log(patents_per_capita)").split(BREAK)
    ['of log(patents_', 'per_', 'capita)']
    """
    return " ".join(
        _JOINTS.sub(rf"\g<0>{BREAK}", word) if len(word) > LONG else word
        for word in text.split(" ")
    )


def _set(text: str) -> str:
    inside = r"\u{200b}".join(quoted(part)[1:-1] for part in text.split(BREAK))
    return f'"{inside}"'


def _array(items: Iterable[str]) -> str:
    return f"({''.join(f'{item}, ' for item in items)})"


def _is_numeric(rows: Sequence[Row], column: int) -> bool:
    return any(row.cells[column].value for row in rows if len(row.cells) > column)


def _columns(
    grid: Grid, rows: Sequence[Row], numeric: list[bool]
) -> Iterable[tuple[list[str], list[str]]]:
    """Yield for each column the texts that it would like to hold, and those that it has to."""
    labels = [row.label for row in rows if row.kind != "group"]
    yield _measured(labels, grid.corner, number=False)
    for j, number in enumerate(numeric):
        texts = [cell_text(row.cells[j]) for row in rows if len(row.cells) > j]
        yield _measured(texts, grid.header[j].rpartition(LEVELS)[2], number=number)


def _measured(texts: list[str], heading: str, *, number: bool) -> tuple[list[str], list[str]]:
    heads = re.split(f"[ {BREAK}]", heading)
    longest = _longest(texts)
    words = [word for text in ([] if number else texts) for word in re.split(f"[ {BREAK}]", text)]
    least = longest if number else [text[:READABLE] for text in longest if len(text) > READABLE]
    least = [*least, *_longest(words), *heads]
    return [*longest, *([] if number else [heading]), *heads], least


def _longest(texts: Iterable[str]) -> list[str]:
    """Return the longest texts, the same whatever order a set has: widths depend on them."""
    return sorted({*texts}, key=lambda text: (len(text), text))[-LONGEST:]


def _head(grid: Grid) -> list[str]:
    """Return the headings; what neighbouring columns have in common stands above them, once."""
    parts = [text.rpartition(LEVELS) for text in grid.header]
    tall = 2 if any(over for over, _, _ in parts) else 1
    upper, lower = [_heading(grid.corner, rows=tall)], list[str]()
    for over, run in groupby(range(len(parts)), key=lambda j: parts[j][0]):
        columns = list(run)
        if over:
            upper.append(_heading(over, span=len(columns), over=True))
        row = lower if over else upper
        row += [_heading(parts[j][2], rows=1 if over else tall) for j in columns]
    return [_array(row) for row in (upper, lower) if row]


def _heading(text: str, *, span: int = 1, rows: int = 1, over: bool = False) -> str:
    above = "true" if over else "false"
    return f"(text: {_set(text)}, span: {span}, rows: {rows}, over: {above})"


def _row(row: Row) -> str:
    cells = [row.label, *(cell_text(cell) for cell in row.cells)]
    return f"(kind: {quoted(row.kind)}, cells: {_array(map(_set, cells))})\n"


def cell_text(cell: Cell) -> str:
    """Return what a cell shows in print."""
    return typographic_in(cell.shown) if cell.value else cell.shown
