"""The report as a Word document, for those who write on in it."""

from __future__ import annotations

import io
import re
import struct
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from workbench.core.language import language, say
from workbench.reports.document.assembled import LOCALES, PLACE, Document
from workbench.reports.document.pieces import Output, Piece, Shown
from workbench.reports.document.printed import drawing_of, picture_name, pictures
from workbench.reports.document.tree import (
    Node,
    as_json,
    div,
    pandoc,
    para,
    raw,
    raw_inline,
    rewritten,
    span,
    word,
)
from workbench.reports.document.typography import bound
from workbench.reports.document.word_tables import page, planned, section, table_xml
from workbench.reports.room import room_for
from workbench.reports.via_typst import PIXELS_PER_INCH, pixels, printable, quoted

WIDEST, TALLEST = 16.2, 21.0
"""Centimetres that a picture may take."""

CENTIMETRES = 2.54
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every file in the archive: the first that a zip can say."""

_OPTIONS = ("--toc", "--toc-depth=2", "--syntax-highlighting=none")
_FOOTER = "word/footer1.xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DATES = re.compile(r"<dcterms:(created|modified).*?</dcterms:\1>", re.DOTALL)
_LAST = re.compile(r"<w:sectPr>\s*<w:footnotePr>.*?</w:sectPr>", re.DOTALL)
_HEADING = re.compile(
    r'<w:bookmarkStart w:id="\d+" w:name="([^"]+)" />\s*'
    r'<w:p><w:pPr><w:pStyle w:val="Heading([12])" /></w:pPr>(.*?)</w:p>',
    re.DOTALL,
)
_TEXT = re.compile(r"<w:t\b[^>]*>([^<]*)</w:t>")
_FIELD = re.compile(
    r'<w:p><w:r>(?P<opening><w:fldChar w:fldCharType="begin" w:dirty="true" />.*?'
    r'<w:fldChar w:fldCharType="separate" />)<w:fldChar w:fldCharType="end" /></w:r></w:p>'
)
_ENTRY = (
    '<w:p><w:pPr><w:pStyle w:val="Compact" /><w:ind w:left="{indent}" /></w:pPr>'
    '<w:hyperlink w:anchor="{name}"><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:hyperlink>'
    "</w:p>"
)
_LANG = re.compile(r'<w:lang w:val="(en|ru)"')
_COLOURED = re.compile(r'<w:color w:themeColor="accent1" w:themeShade="BF" w:val="\w+" />')
_SIZES = {"Title": 40, "Subtitle": 24, "Heading1": 32, "Heading2": 28, "Heading3": 24}


def report_docx(document: Document) -> bytes:
    """Return a document as a Word file: same document, same bytes.

    Tables are Word's own, mathematics can be edited, pictures are in pixels with their
    alternative texts. Code is left out. Without a time of creation.

    Parameters
    ----------
    document : Document
        In the language in use.

    Raises
    ------
    ReportError
        If pandoc cannot write it.
    """
    with room_for("docx"), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        sizes = _draw(document.pieces, Path(folder))
        blocks = rewritten([*document.blocks, *document.footer], _equations)
        body = [_parameters(document)] if document.parameters else []
        body += [new for block in blocks for new in _placed(block, document, sizes)]
        told = {"title": document.title, "subtitle": document.question}
        source = as_json(body, **told, lang=LOCALES[language()], **{"toc-title": say("Contents")})
        options = ["--from=json", "--to=docx", "--output=-", *_OPTIONS]
        return _settled(pandoc(options, source, folder=folder))


def _draw(found: Any, folder: Path) -> dict[str, float]:
    """Write the pictures of a document as PNG; return how wide each is, in centimetres."""
    files = pictures(found)
    drawn = [name for name in files if name.endswith(".svg")]
    pages = "\n".join(f"#page(image({quoted(name)}))" for name in drawn)
    prelude = "#set page(width: auto, height: auto, margin: 0pt)\n"
    made = pixels(prelude + pages, files={n: files[n] for n in drawn}) if drawn else []
    shown = files | dict(zip(drawn, made, strict=True))
    for name, content in shown.items():
        (folder / Path(name).with_suffix(".png")).write_bytes(content)
    return {name: _width(content) for name, content in shown.items()}


def _width(png: bytes) -> float:
    """Return how wide a picture stands on the page, in centimetres; its size is in its head."""
    across, down = struct.unpack(">II", png[16:24])
    width, height = (float(n) / PIXELS_PER_INCH * CENTIMETRES for n in (across, down))
    return width * min(1.0, WIDEST / width, TALLEST / height)


def _parameters(document: Document) -> Node:
    return para(word(printable(document.parameters)))


def _equations(blocks: list[Node]) -> list[Node]:
    return [_numbered(block) for block in blocks]


def _numbered(block: Node) -> Node:
    """Set the number of a labelled equation after it, inside the mathematics."""
    if block["t"] != "Div" or "equation" not in block["c"][0][1]:
        return block
    (name, _, told), inside = block["c"]
    kind, formula = inside[0]["c"][0]["c"]
    number = rf" \qquad ({dict(told)['number']})"
    return div([para({"t": "Math", "c": [kind, formula.rstrip() + number]})], name=name)


def _placed(block: Node, document: Document, sizes: Mapping[str, float]) -> list[Node]:
    if block["t"] != "RawBlock" or block["c"][0] != PLACE:
        return [block]
    place = int(block["c"][1])
    piece = document.pieces[place]
    drawing = drawing_of(piece)
    if drawing:
        return _picture(piece, picture_name(piece, place), sizes)
    if isinstance(piece, Shown):
        return _table(piece)
    if isinstance(piece, Output):
        return [{"t": "CodeBlock", "c": [["", [], []], piece.plain]}]
    return []


def _picture(piece: Piece, name: str, sizes: Mapping[str, float]) -> list[Node]:
    file = str(Path(name).with_suffix(".png"))
    wide = [["width", f"{sizes[name]:.2f}cm"]]
    alt = ""
    if isinstance(piece, Shown):
        alt = piece.published.alt or piece.published.caption or piece.label
    image = {"t": "Image", "c": [["", [], wide], [word(printable(alt))], [file, ""]]}
    styled = div([para(image)], custom_style="Captioned Figure")
    return [styled, *_caption(piece, "Image Caption"), *_notes(piece)]


def _table(shown: Shown) -> list[Node]:
    plans = [planned(grid) for grid in shown.published.grids]
    across = any(plan.across for plan in plans)
    tables = [
        raw("openxml", table_xml(grid, plan) + "<w:p/>")
        for grid, plan in zip(shown.published.grids, plans, strict=True)
    ]
    blocks = [*_caption(shown, "Table Caption"), *tables, *_notes(shown)]
    if not across:
        return blocks
    before, after = section(across=False), section(across=True)
    return [raw("openxml", before), *blocks, raw("openxml", after)]


def _caption(piece: Piece, style: str) -> list[Node]:
    if not isinstance(piece, Shown):
        return []
    kind = _WORD.format(text=escape(f"{say(piece.word)} "))
    field = _NUMBERED.format(kind=piece.word, number=piece.number)
    label = span([raw_inline("openxml", kind + field)], name=piece.published.name)
    text = [{"t": "Space"}, word(printable(bound(piece.published.caption)))]
    return [div([para(label, *text)], custom_style=style)]


def _notes(piece: Piece) -> list[Node]:
    if not isinstance(piece, Shown) or not piece.published.notes:
        return []
    return [div([para(word(printable(bound(piece.published.notes))))], custom_style="Notes")]


def _settled(content: bytes) -> bytes:
    """Return a Word file on A4 pages with numbers, in this house's letters, without a clock."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        files = {name: old.read(name) for name in sorted(old.namelist())}
        files[_FOOTER] = _PAGE_NUMBER.encode()
        for name in sorted(files, key=lambda name: (name != "[Content_Types].xml", name)):
            change = _CHANGES.get(name)
            text = change(files[name].decode()).encode() if change else files[name]
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, text)
    return made.getvalue()


def _pages(text: str) -> str:
    footer = f'<w:footerReference xmlns:r="{_RELATION}" w:type="default" r:id="rIdFooter"/>'
    text = _LAST.sub(page(across=False), text)
    text = text.replace("<w:sectPr><w:pgSz", f"<w:sectPr>{footer}<w:pgSz")
    return _LANG.sub(lambda found: f'<w:lang w:val="{LOCALES[found[1]]}"', _contents(text))


def _contents(text: str) -> str:
    """Return a document whose contents are there before a program makes them, without pages."""
    entries = [
        _ENTRY.format(indent=240 * (int(level) - 1), name=name, text="".join(_TEXT.findall(inside)))
        for name, level, inside in _HEADING.findall(text)
    ]
    field = _FIELD.search(text)
    if not entries or field is None:
        return text
    first = entries[0].replace("</w:pPr>", f"</w:pPr><w:r>{field['opening']}</w:r>", 1)
    end = '<w:p><w:r><w:fldChar w:fldCharType="end" /></w:r></w:p>'
    return "".join([text[: field.start()], first, *entries[1:], end, text[field.end() :]])


def _spoken(text: str) -> str:
    """Return the settings with the language of the report as that of the document."""
    return re.sub(r'(<w:themeFontLang w:val=")[^"]*', rf"\g<1>{LOCALES[language()]}", text)


def _related(text: str) -> str:
    own = f'<Relationship Type="{_RELATION}/footer" Id="rIdFooter" Target="footer1.xml" />'
    return text.replace("</Relationships>", f"{own}</Relationships>")


def _typed(text: str) -> str:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
    own = f'<Override PartName="/{_FOOTER}" ContentType="{kind}" />'
    return text.replace("</Types>", f"{own}</Types>")


def _styled(text: str) -> str:
    text = _COLOURED.sub('<w:color w:val="1D2733" />', text)
    text = text.replace('<w:sz w:val="24" />', '<w:sz w:val="22" />', 1)
    for style, size in _SIZES.items():
        found = re.search(rf'<w:style w:styleId="{style}" .*?</w:style>', text, re.DOTALL)
        if found:
            sized = re.sub(r'(<w:szC?s? w:val=")\d+', rf"\g<1>{size}", found[0])
            plain = sized.replace('<w:jc w:val="center" />', "")
            text = text.replace(found[0], plain)
    return text.replace("</w:styles>", f"{_NOTES}</w:styles>")


def _lettered(text: str) -> str:
    return re.sub(
        r'<a:latin typeface="Aptos( Display)?"[^>]*/>',
        lambda found: f'<a:latin typeface="{"Arial" if found[1] else "Times New Roman"}"/>',
        text,
    )


def _timeless(text: str) -> str:
    return _DATES.sub("", text)


_NOTES = (
    '<w:style w:type="paragraph" w:customStyle="1" w:styleId="Notes"><w:name w:val="Notes" />'
    '<w:basedOn w:val="Normal" /><w:rPr><w:color w:val="5B6775" /><w:sz w:val="18" /></w:rPr>'
    "</w:style>"
)
_BOLD = "<w:r><w:rPr><w:b/></w:rPr>{}</w:r>"
_WORD = _BOLD.format('<w:t xml:space="preserve">{text}</w:t>')
_NUMBERED = "".join(
    _BOLD.format(part)
    for part in (
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> SEQ {kind} \\* ARABIC </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>{number}</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
        "<w:t>.</w:t>",
    )
)
"""A number that Word counts itself, and counts again where a table is put in or taken out."""

_PAGE_NUMBER = (
    f'<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{_WORDS}"><w:p><w:pPr>'
    '<w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:sz w:val="18"/></w:rPr>'
    '<w:fldChar w:fldCharType="begin"/><w:instrText xml:space="preserve"> PAGE </w:instrText>'
    '<w:fldChar w:fldCharType="separate"/><w:t>1</w:t><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    "</w:ftr>"
)
_CHANGES: dict[str, Callable[[str], str]] = {
    "word/document.xml": _pages,
    "word/_rels/document.xml.rels": _related,
    "[Content_Types].xml": _typed,
    "word/settings.xml": _spoken,
    "word/styles.xml": _styled,
    "word/theme/theme1.xml": _lettered,
    "docProps/core.xml": _timeless,
}
