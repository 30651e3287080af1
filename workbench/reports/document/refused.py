"""What prose may not bring into a document: HTML of its own, handlers, links that do something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.errors import ReportError
from workbench.reports.document.tree import Node, nodes, rewritten

SCHEMES = ("http", "https", "mailto", "doi")
"""Where a link may lead, besides a heading or a published thing of the report."""

REACHING = frozenset({"style", "src", "srcset", "href", "formaction"})
"""Attributes that can ask something of a network."""

_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_COMMENT = re.compile(r"\s*<!--.*?-->\s*", re.DOTALL)
_ATTRIBUTED = {"Div": 0, "Span": 0, "Code": 0, "CodeBlock": 0, "Link": 0, "Header": 1, "Table": 0}
_RAW = ("RawBlock", "RawInline")


def without_html(blocks: list[Node], cell: int) -> list[Node]:
    """Return the prose of a cell without its comments; other raw HTML is refused.

    Raises
    ------
    ReportError
        If the prose has HTML, text for one format alone, or a handler among its attributes.
    """
    blocks = rewritten(blocks, _without_comments)
    for kind in _RAW:
        for node in nodes(blocks, kind):
            raise _refused(cell, node["c"][1])
    for kind, place in _ATTRIBUTED.items():
        for node in nodes(blocks, kind):
            for name, value in node["c"][place][2]:
                if name.lower().startswith("on") or name.lower() in REACHING:
                    raise _refused(cell, f'{name}="{value}"')
    return blocks


def without_live_links(blocks: Sequence[Node], where: str) -> None:
    """Refuse links that lead neither into the report nor to an address.

    Raises
    ------
    ReportError
        If the scheme of a link is none of those that a reader follows without harm.
    """
    for node in nodes(list(blocks), "Link"):
        target = node["c"][2][0]
        found = _SCHEME.match(target)
        if target.startswith("#") or (found and found[1].lower() in SCHEMES):
            continue
        raise ReportError(
            f"link {target[:60]!r} in {where}",
            expected=f"an address that begins with {', '.join(f'{s}:' for s in SCHEMES)} or #",
            found=f"the scheme {found[1]}:" if found else "a path, which lies outside the report",
            remedy="give the whole address, or name the file in backticks",
        )


def _without_comments(inner: list[Node]) -> list[Node]:
    return [n for n in inner if not (n["t"] in _RAW and _is_comment(n))]


def _is_comment(node: Node) -> bool:
    kind, text = node["c"]
    return kind == "html" and bool(_COMMENT.fullmatch(text))


def _refused(cell: int, text: str) -> ReportError:
    return ReportError(
        f"prose in cell {cell}",
        expected="Markdown; of HTML only comments",
        found=repr(text.strip()[:60]),
        remedy="write it as Markdown, or in backticks where it is meant as such",
    )
