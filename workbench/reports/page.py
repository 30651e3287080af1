"""The page of a report: its document as one self-contained HTML file."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from workbench.core.language import language, say
from workbench.reports.document.assembled import PLACE, Document
from workbench.reports.document.pieces import Code, Output, Piece, Shown
from workbench.reports.document.tree import (
    Node,
    as_json,
    converted,
    div,
    para,
    raw,
    rewritten,
    span,
    word,
)
from workbench.reports.document.typography import bound
from workbench.reports.markup import grids_html, sanitised, with_own_ids
from workbench.reports.writers.inert import harmless

THEME = Path(__file__).parent / "theme"

_APPLIED = re.compile(r"<mo>(?:&#8289;|\u2061)</mo></mrow>(?!<mo\b[^>]*>[(\[{|])")
"""A function that is applied to what follows, where that is not in brackets."""

_FACTOR = re.compile(
    r"(</(?:mi|mn|msub|msup|msubsup)>)(<mrow><mi\b[^>]*>\w+</mi><mo>(?:&#8289;|\u2061)</mo></mrow>)"
)
"""A function after what it multiplies."""


def page_html(document: Document) -> str:
    """Return a document as a page: same document, same bytes.

    Prose and mathematics are set, code is folded away, published things are captioned, other
    outputs are shown as text. Nothing in the page needs a network or a script.

    Parameters
    ----------
    document : Document
        In the language in use.

    Raises
    ------
    ReportError
        If pandoc cannot set the prose.
    """
    blocks = rewritten(document.blocks, _equations)
    body = [new for block in blocks for new in _placed(block, document)]
    body += [raw("html", "<footer>"), *document.footer, raw("html", "</footer>")]
    options = [
        "--standalone",
        "--fail-if-warnings",  # mathematics that cannot be set would stand as its source
        "--mathml",
        "--toc",
        "--toc-depth=2",
        "--wrap=preserve",
        "--syntax-highlighting=none",
        f"--template={THEME / 'page.html'}",
        f"--variable=lang:{language()}",
        f"--variable=contents:{say('Contents')}",
        f"--variable=pagetitle:{escape(document.title)}",
        f"--variable=heading:{escape(document.title)}",
        f"--variable=question:{escape(document.question)}",
        f"--variable=parameters:{escape(document.parameters)}",
        f"--variable=style:{(THEME / 'page.css').read_text(encoding='utf-8')}",
    ]
    text = converted(as_json(body), "html5", reader="json", options=options)
    return harmless(_spaced(text.rstrip("\n"))) + "\n"


def _spaced(page: str) -> str:
    """Return a page with the thin spaces of functions, as "b log x", which browsers leave out.

    Examples
    --------
    >>> _spaced("<mo>&#8289;</mo></mrow><mi>x</mi>")
    '<mo>&#8289;</mo></mrow><mspace width="0.167em"></mspace><mi>x</mi>'
    >>> _spaced('<mo>&#8289;</mo></mrow><mo form="prefix">(</mo>')
    '<mo>&#8289;</mo></mrow><mo form="prefix">(</mo>'
    """
    thin = '<mspace width="0.167em"></mspace>'
    return _FACTOR.sub(rf"\1{thin}\2", _APPLIED.sub(rf"\g<0>{thin}", page))


def _equations(blocks: list[Node]) -> list[Node]:
    """Set the number of a labelled equation beside it."""
    return [_numbered(block) for block in blocks]


def _numbered(block: Node) -> Node:
    if block["t"] != "Div" or "equation" not in block["c"][0][1]:
        return block
    (name, classes, told), inside = block["c"]
    number = span([word(f"({dict(told)['number']})")], classes=["number"])
    return div([para(*inside[0]["c"], number)], name=name, classes=classes)


def _placed(block: Node, document: Document) -> list[Node]:
    if block["t"] != "RawBlock" or block["c"][0] != PLACE:
        return [block]
    place = int(block["c"][1])
    return _piece(document.pieces[place], f"at-{place}-")


def _piece(piece: Piece, own: str) -> list[Node]:
    """Return what stands for a piece; ids inside its picture begin with what is its own."""
    if isinstance(piece, Code):
        code = {"t": "CodeBlock", "c": [["", ["python"], []], piece.source]}
        summary = f'<details class="code"><summary>{say("Code")}</summary>'
        return [raw("html", summary), code, raw("html", "</details>")]
    if isinstance(piece, Shown):
        return [raw("html", _published(piece, own))]
    return [raw("html", _output(piece, own))] if isinstance(piece, Output) else []


def _output(output: Output, own: str) -> str:
    if output.mime in ("image/svg+xml", "image/png"):
        return _figure("", "", "", _picture(output.data, "", own))
    if output.mime == "text/html":
        return f'<div class="wide output">{sanitised(output.data)}</div>'
    return f'<pre class="output">{escape(output.data)}</pre>'


def _published(shown: Shown, own: str) -> str:
    published = shown.published
    picture = bool(published.picture)
    body = (
        _picture(published.picture, published.alt or published.caption, own)
        if picture
        else grids_html(published)
    )
    caption = f"<strong>{shown.label}.</strong> {escape(bound(published.caption))}"
    notes = bound(published.notes)
    return _figure(published.name, caption, notes, body, table=not picture)


def _figure(name: str, caption: str, notes: str, body: str, *, table: bool = False) -> str:
    identifier = f' id="{escape(name)}"' if name else ""
    told = f"<figcaption>{caption}</figcaption>" if caption else ""
    under = f'<p class="notes">{escape(notes)}</p>' if notes else ""
    kind = ' class="table"' if table else ""
    inside = f"{told}\n{body}" if table else f"{body}\n{told}"
    return f"<figure{identifier}{kind}>\n{inside}\n{under}</figure>"


def _picture(picture: str, alt: str, own: str) -> str:
    if picture.lstrip().startswith("<"):
        drawing = with_own_ids(picture[picture.index("<svg") :], own)
        return drawing.replace("<svg", f'<svg role="img" aria-label="{escape(alt)}"', 1)
    data = picture.replace("\n", "")
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
