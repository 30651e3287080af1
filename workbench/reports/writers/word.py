"""Tables for Word: real tables with repeated heads, a numbered caption and notes."""

from __future__ import annotations

import io
from typing import Any

from workbench.core.language import language, say
from workbench.reports.entries import Published
from workbench.reports.markup import signed
from workbench.reports.writers.inert import Disguise, packed_again, plain
from workbench.reports.writers.layout import UNGROUPED, Layout, layout_of, unmarked

_NOTHING = Disguise({})
_TAGS = {"en": "en-GB", "ru": "ru-RU"}


def docx(published: Published, *, long: bool = False, wide: bool = False) -> bytes:
    """Return the tables of a published thing as a Word document.

    Parameters
    ----------
    published : Published
        With its caption above and its notes below.
    long : bool
        Whether a table may run over pages.
    wide : bool
        Whether the page is turned by a quarter.
    """
    from docx import Document

    document = Document()
    _describe(document, published)
    _page(document.sections[0], wide=wide)
    if published.caption:
        _caption(document, plain(published.caption))
    for at, grid in enumerate(published.grids):
        layout = layout_of(grid)
        if layout.title or at:
            document.add_paragraph(layout.title).paragraph_format.keep_with_next = True
        _add(document, layout, long=long)
    if published.notes:
        run = document.add_paragraph().add_run(plain(signed(published.notes)))
        run.font.size = _points(9)
    out = io.BytesIO()
    document.save(out)
    return packed_again(out.getvalue())


def _add(document: Any, layout: Layout, *, long: bool) -> None:
    """Append a table as maketables builds it, mended where Word needs more."""
    from maketables import MTable

    style = {"prevent_page_breaks": not long, "align_center_cells": False}
    made: Any = MTable(layout.frame(_NOTHING), rgroup_sep="t").make("docx", docx_style=style)
    table = made.tables[0]
    document.element.body.insert(len(document.element.body) - 1, table._tbl)
    table._tbl.remove(table.rows[-1]._tr)  # of notes, which stand below as a paragraph
    heads = 2 if any(layout.over) else 1
    for row in list(table.rows):
        if row.cells[0].text == UNGROUPED:
            table._tbl.remove(row._tr)
    for at, row in enumerate(table.rows):
        _mend(row, layout, head=at < heads)
    _write(table.rows[heads - 1].cells[0], layout.corner)


def _mend(row: Any, layout: Layout, *, head: bool) -> None:
    """Take marks out, align numbers, let a head repeat and a heading span."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    if head:
        repeated = row._tr.get_or_add_trPr()
        repeated.append(_element("w:tblHeader"))
    cells = row.cells
    spanning = not head and len(cells) > 1 and not any(c.text for c in cells[1:])
    if spanning and any(line.label == unmarked(cells[0].text) for line in _headings(layout)):
        text = unmarked(cells[0].text)
        cells[0].merge(cells[-1])
        _write(row.cells[0], text)
        for run in row.cells[0].paragraphs[0].runs:
            run.italic = True
        return
    for j, cell in enumerate(cells):
        _write(cell, unmarked(cell.text))
        if j and layout.numeric[j - 1]:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if head:
        for first, last, _ in layout.spans:
            if first != last and cells[first + 1]._tc is cells[last + 1]._tc:
                cells[first + 1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _headings(layout: Layout) -> list[Any]:
    return [line for line in layout.lines if line.kind == "group"]


def _write(cell: Any, text: str) -> None:
    """Set the text of a cell and keep its look."""
    while len(cell.paragraphs) > 1:
        cell._tc.remove(cell.paragraphs[-1]._p)
    runs = cell.paragraphs[0].runs
    if not runs:
        run = cell.paragraphs[0].add_run(text)
        run.font.name, run.font.size = "Times New Roman", _points(11)
        return
    runs[0].text = text
    for run in runs[1:]:
        run.text = ""


def _caption(document: Any, caption: str) -> None:
    """Write "Table N." with a number that Word counts, and the caption after it."""
    paragraph = document.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(f"{say('Table')} ")
    field = _element("w:fldSimple", **{"w:instr": r" SEQ Table \* ARABIC "})
    run = paragraph.add_run("1")
    field.append(run._r)
    paragraph._p.append(field)
    paragraph.add_run(f". {caption}")


def _describe(document: Any, published: Published) -> None:
    """Name the document by its caption, in its language, as nobody's."""
    about = document.core_properties
    about.author, about.comments, about.keywords = "", "", ""
    about.title = plain(published.caption)[:255]
    about.language = _TAGS[language()]
    fonts = document.styles["Normal"].element.get_or_add_rPr()
    fonts.append(_element("w:lang", **{"w:val": _TAGS[language()]}))


def _page(section: Any, *, wide: bool) -> None:
    """Make the pages A4, as those of reports are; turned by a quarter if wide."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    short, long = Mm(210), Mm(297)
    section.page_width, section.page_height = (long, short) if wide else (short, long)
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Mm(25)


def _points(size: int) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _element(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(name), value)
    return made
