"""Pandoc's tree of a document: read, rewritten, and written again."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from workbench.errors import ReportError
from workbench.reports.tools import pandoc_path

Node: TypeAlias = dict[str, Any]

READER = "markdown-raw_tex-yaml_metadata_block+gfm_auto_identifiers"


def converted(text: str, to: str, *, reader: str, options: Sequence[str] = ()) -> str:
    """Return a text as pandoc converts it; its sandbox reads only what the options name.

    Raises
    ------
    ReportError
        If pandoc refuses it.
    """
    made = pandoc([f"--from={reader}", f"--to={to}", "--sandbox", *options], text)
    return made.decode().replace("\r\n", "\n")


def pandoc(options: Sequence[str], text: str = "", *, folder: str | Path | None = None) -> bytes:
    """Return what pandoc answers, called by itself: pypandoc asks it for its formats each time.

    Parameters
    ----------
    options : sequence of str
        As on a command line.
    text : str
        What it reads.
    folder : str or Path, optional
        Where it looks for pictures.

    Raises
    ------
    ReportError
        If it cannot be started, or refuses the text.
    """
    try:
        call = [pandoc_path(), *options]
        made = subprocess.run(
            call, input=text.encode(), capture_output=True, check=False, cwd=folder
        )
    except OSError as error:
        raise _refusal(str(error)) from error
    if made.returncode:
        raise _refusal(made.stderr.decode(errors="replace").strip())
    return made.stdout


def _refusal(told: str) -> ReportError:
    return ReportError("report", expected="prose that pandoc reads", found=told[:300])


def read(markdown: str) -> list[Node]:
    """Return the blocks of a Markdown text."""
    return list(json.loads(converted(markdown, "json", reader=READER))["blocks"])


def as_json(blocks: Sequence[Node], **meta: str) -> str:
    """Return blocks as the JSON that pandoc reads."""
    told = {name: {"t": "MetaString", "c": text} for name, text in meta.items()}
    return json.dumps({"pandoc-api-version": [1, 23, 1], "meta": told, "blocks": list(blocks)})


def rewritten(tree: Any, change: Callable[[list[Node]], list[Node]]) -> Any:
    """Return a tree in which every list of nodes is changed, the innermost first."""
    if isinstance(tree, list):
        inner = [rewritten(one, change) for one in tree]
        nodes = inner and all(isinstance(one, dict) and "t" in one for one in inner)
        return change(inner) if nodes else inner
    if isinstance(tree, dict):
        return {key: rewritten(value, change) for key, value in tree.items()}
    return tree


def nodes(tree: Any, kind: str) -> Iterator[Node]:
    """Yield the nodes of a kind, in the order of the text."""
    if isinstance(tree, dict):
        if tree.get("t") == kind:
            yield tree
        for value in tree.values():
            yield from nodes(value, kind)
    elif isinstance(tree, list):
        for one in tree:
            yield from nodes(one, kind)


def word(text: str) -> Node:
    """Return a text as one inline node."""
    return {"t": "Str", "c": text}


def para(*inlines: Node) -> Node:
    """Return a paragraph."""
    return {"t": "Para", "c": list(inlines)}


def raw(kind: str, text: str) -> Node:
    """Return a block that only the writer of that format has, as it is."""
    return {"t": "RawBlock", "c": [kind, text]}


def raw_inline(kind: str, text: str) -> Node:
    """Return a stretch of text that only the writer of that format has, as it is."""
    return {"t": "RawInline", "c": [kind, text]}


def div(blocks: list[Node], *, name: str = "", classes: Sequence[str] = (), **told: str) -> Node:
    """Return a division with a name and attributes."""
    attributes = [[key.replace("_", "-"), value] for key, value in told.items()]
    return {"t": "Div", "c": [[name, list(classes), attributes], blocks]}


def span(inlines: list[Node], *, name: str = "", classes: Sequence[str] = ()) -> Node:
    """Return a stretch of text with a name."""
    return {"t": "Span", "c": [[name, list(classes), []], inlines]}


def link(text: str, name: str) -> Node:
    """Return a link to a name in the document."""
    return {"t": "Link", "c": [["", [], []], [word(text)], [f"#{name}", ""]]}


def strong(text: str) -> Node:
    """Return a text in bold."""
    return {"t": "Strong", "c": [word(text)]}
