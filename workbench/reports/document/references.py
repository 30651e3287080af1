"""Names that prose refers to: published things, labelled equations, and works of the bibliography.

``@models`` becomes a link "Table 3", ``$$ … $$ {#eq-kpf}`` is numbered and ``@eq-kpf`` refers to
it; any other ``@name`` must be a work of the bibliography.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.core.language import language
from workbench.errors import ReportError, nearest
from workbench.reports.document.pieces import Piece, Prose, Shown, written_in
from workbench.reports.document.tree import Node, div, link, nodes, para, rewritten, word
from workbench.typing import Language

_LABEL = re.compile(r"\{#([^}\s]*)\}")
_EQUATION = re.compile(r"eq-[a-z0-9]+(-[a-z0-9]+)*")
_ENTRY = re.compile(r"^\s*@(\w+)\s*\{\s*([^,\s}]+)\s*,", re.MULTILINE)
_NO_WORKS = frozenset({"comment", "string", "preamble"})
_ENDS = (".", "!", "?", "…")
KNOWN = "a published table or figure, a labelled equation, or a key of the bibliography"

WORDS = {
    "en": {"Table": "Table", "Figure": "Figure", "Equation": "equation"},
    "ru": {"Table": "табл.", "Figure": "рис.", "Equation": ""},
}
"""How a sentence names what it refers to."""


@dataclass(slots=True)
class Names:
    """What can be referred to.

    Attributes
    ----------
    things : mapping of str to (str, int)
        Word and number of a published thing by its name.
    unnumbered : frozenset of str
        Names of claims.
    works : frozenset of str
        Keys of the bibliography.
    equations : dict of str to int
        Number by name, filled while the prose is read.
    """

    things: Mapping[str, tuple[str, int]]
    unnumbered: frozenset[str]
    works: frozenset[str]
    equations: dict[str, int] = field(default_factory=dict)

    def all(self) -> list[str]:
        """Return every name that may stand after ``@``."""
        return [*self.things, *self.equations, *sorted(self.works)]


def names_of(found: Sequence[Piece], bibliography: str) -> Names:
    """Return the names of a document; its equations are not read yet.

    Raises
    ------
    ReportError
        If a thing is published under the key of a work, or two works have one key.
    """
    things = {p.published.name: (p.word, p.number) for p in found if isinstance(p, Shown)}
    claims = frozenset(p.claim for p in found if isinstance(p, Prose) and p.claim)
    keys = [key for kind, key in _ENTRY.findall(bibliography) if kind.lower() not in _NO_WORKS]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ReportError(
            "bibliography", expected="each key once", found="some twice", offenders=twice
        )
    works = frozenset(keys)
    both = sorted(works & {*things, *claims})
    if both:
        raise ReportError(
            f"published name {both[0]!r}",
            expected="a name that is not a key of the bibliography",
            found=f"a work under @{both[0]}",
            why="a reference could mean either",
            remedy="publish the thing under another name",
        )
    return Names(things, claims, works)


def numbered(blocks: list[Node], cell: int, names: Names) -> list[Node]:
    """Return blocks in which labelled equations stand alone, each with the next number.

    Raises
    ------
    ReportError
        If a label is not of the form ``eq-name``, or occurs before.
    """

    def split(inner: list[Node]) -> list[Node]:
        return [new for one in inner for new in _split(one, cell, names)]

    return list(rewritten(blocks, split))


def _split(block: Node, cell: int, names: Names) -> list[Node]:
    """Return a paragraph as what comes before a labelled equation, the equation, and the rest."""
    if block["t"] not in ("Para", "Plain"):
        return [block]
    inlines, parts, start = block["c"], [], 0
    for place, node in enumerate(inlines):
        label, end = _label_after(inlines, place)
        if node["t"] != "Math" or node["c"][0]["t"] != "DisplayMath" or not label:
            continue
        parts += _rest(inlines[start:place])
        parts.append(_equation(node, _checked(label, cell, names), names))
        rest = _LABEL.sub("", inlines[end]["c"], count=1)
        inlines[end] = word(rest)
        start = end if rest else end + 1
    return [*parts, *_rest(inlines[start:])] if parts else [block]


def _label_after(inlines: list[Node], place: int) -> tuple[str, int]:
    for end in range(place + 1, min(place + 3, len(inlines))):
        if inlines[end]["t"] == "Str":
            found = _LABEL.match(inlines[end]["c"])
            return (found[1], end) if found else ("", end)
        if inlines[end]["t"] not in ("Space", "SoftBreak"):
            break
    return "", place


def _rest(inlines: list[Node]) -> list[Node]:
    breaks = ("Space", "SoftBreak", "LineBreak")
    while inlines and inlines[0]["t"] in breaks:
        inlines = inlines[1:]
    while inlines and inlines[-1]["t"] in breaks:
        inlines = inlines[:-1]
    return [para(*inlines)] if inlines else []


def _checked(label: str, cell: int, names: Names) -> str:
    if not _EQUATION.fullmatch(label):
        raise ReportError(
            f"label {{#{label}}} in cell {cell}",
            expected="eq- and lower-case letters and digits joined by hyphens, e.g. {#eq-kpf}",
            found=repr(label),
        )
    if label in names.equations or label in names.things or label in names.works:
        raise ReportError(
            f"label {{#{label}}} in cell {cell}",
            expected="a name that occurs once in a study",
            found="an equation, a published thing or a work of that name",
            remedy="give the equation another label",
        )
    names.equations[label] = len(names.equations) + 1
    return label


def _equation(node: Node, label: str, names: Names) -> Node:
    number = str(names.equations[label])
    return div([para(node)], name=label, classes=["equation"], number=number)


def all_known(parts: Sequence[tuple[list[Node], int]], names: Names) -> None:
    """Refuse names that are neither published nor a labelled equation nor a work, all at once.

    Parameters
    ----------
    parts : sequence of (list of Node, int)
        Blocks and the cell they are from.
    names : Names
        Of the document, with its equations.

    Raises
    ------
    ReportError
        If there are such names; names each with its cell.
    """
    known = {*names.things, *names.equations, *names.works}
    told = {
        (one["citationId"], cell): None
        for blocks, cell in parts
        for node in nodes(blocks, "Cite")
        for one in node["c"][0]
        if one["citationId"] not in known
    }
    if len(told) == 1:
        name, cell = next(iter(told))
        claim = name in names.unnumbered
        raise ReportError(
            f"@{name} in cell {cell}",
            expected=KNOWN,
            found="a claim, which has no number" if claim else "a name that is nowhere",
            remedy=_instead(name, names) or r"write \@ for a sign that is meant as such",
        )
    if told:
        raise ReportError(
            "references",
            expected=KNOWN,
            found=f"{len(told)} names that are nowhere",
            offenders=[_beside(f"@{name} in cell {cell}", name, names) for name, cell in told],
            remedy=r"mend each; write \@ for a sign that is meant as such",
        )


def _instead(name: str, names: Names) -> str:
    claim = name in names.unnumbered
    return "refer to a table or a figure" if claim else nearest(name, names.all())


def _beside(where: str, name: str, names: Names) -> str:
    better = _instead(name, names)
    return f"{where} ({better})" if better else where


def resolved(blocks: list[Node], cell: int, names: Names) -> list[Node]:
    """Return blocks in which names are links; citations of works are left to pandoc.

    Every name must be known: see :func:`all_known`. A reference speaks the language of the
    paragraph that it stands in.

    Raises
    ------
    ReportError
        If works and things stand in one pair of brackets.
    """

    def change(inner: list[Node]) -> list[Node]:
        return [new for place, one in enumerate(inner) for new in _linked(inner, place, one)]

    def _linked(inner: list[Node], place: int, node: Node) -> list[Node]:
        if node["t"] != "Cite":
            return [node]
        cited = node["c"][0]
        ours = [one["citationId"] not in names.works for one in cited]
        if not any(ours):
            return [node]
        opening, lang = _opens(inner[:place]), _language(inner)
        if ours[0] and not any(ours[1:]) and cited[0]["citationMode"]["t"] == "AuthorInText":
            rest = {"t": "Cite", "c": [cited[1:], node["c"][1]]}  # "@models [@jaffe1989]"
            return [
                *_links(cited[:1], names, opening=opening, lang=lang),
                *_spaced(rest, cited[1:]),
            ]
        if not all(ours):
            raise ReportError(
                f"references in cell {cell}",
                expected="works in brackets of their own",
                found=", ".join(f"@{one['citationId']}" for one in cited) + " together",
                remedy="write two pairs of brackets",
            )
        return _links(cited, names, opening=opening, lang=lang)

    return list(rewritten(blocks, change))


def _spaced(cite: Node, cited: list[Any]) -> list[Node]:
    return [{"t": "Space"}, cite] if cited else []


def _language(inner: list[Node]) -> Language:
    """Return the language of a paragraph, that in use where it has no words."""
    said = [node["c"] for one in inner if one["t"] != "Cite" for node in nodes(one, "Str")]
    text = " ".join(said)
    return written_in(text) if any(map(str.isalpha, text)) else language()


def _opens(before: list[Node]) -> bool:
    """Say whether a sentence begins here."""
    texts = [node["c"] for node in before if node["t"] == "Str"]
    return not before or bool(texts and before[-1]["t"] != "Str" and texts[-1].endswith(_ENDS))


def _links(cited: list[Any], names: Names, *, opening: bool, lang: Language) -> list[Node]:
    made: list[Node] = []
    for place, one in enumerate(cited):
        if place:
            made += [word(","), {"t": "Space"}]
        prefix, suffix = one["citationPrefix"], one["citationSuffix"]
        bare = one["citationMode"]["t"] == "SuppressAuthor"
        text = _named(one["citationId"], names, bare=bare, lang=lang)
        if opening and not place and not prefix:
            text = text[:1].upper() + text[1:]
        made += [*prefix, {"t": "Space"}] if prefix else []
        made += [link(text, one["citationId"]), *suffix]
    return made


def _named(name: str, names: Names, *, bare: bool, lang: Language) -> str:
    """Return what a sentence calls a thing: "Table 3", "табл. 3", "equation (1)"."""
    if name in names.equations:
        kind, number = "Equation", f"({names.equations[name]})"
    else:
        kind, plain = names.things[name]
        number = str(plain)
    said = WORDS[lang][kind]
    return number if bare or not said else f"{said}\u00a0{number}"


def without_loose_ends(blocks: Sequence[Node], cells: Sequence[int], names: Names) -> None:
    """Refuse links into the document that lead nowhere, and pictures that lie outside it.

    Parameters
    ----------
    blocks : sequence of Node
        The whole document.
    cells : sequence of int
        Of each block.
    names : Names
        Of the document.
    """
    whole = list(blocks)
    ids = {*names.things, *names.equations}
    for kind, place in (("Header", 1), ("Div", 0), ("Span", 0), ("CodeBlock", 0), ("Code", 0)):
        ids |= {node["c"][place][0] for node in nodes(whole, kind)}
    for number, block in enumerate(whole):
        for node in nodes(block, "Link"):
            target = node["c"][2][0]
            if target.startswith("#") and target[1:] not in ids:
                raise ReportError(
                    f"link {target} in cell {cells[number]}",
                    expected="a heading or a published thing of that name",
                    found="none",
                    remedy=nearest(target[1:], sorted(ids - {""})) or "mend the link",
                )
        for node in nodes(block, "Image"):
            raise ReportError(
                f"picture {node['c'][2][0][:60]!r} in cell {cells[number]}",
                expected="pictures that the study publishes",
                found="a picture in the prose, which lies outside the report",
                remedy="draw it in a code cell and publish the figure",
            )
