"""Two drawings in SVG: the same shapes in the same places, or what differs between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.etree import ElementTree

PLACES = frozenset(
    {"d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy",
     "width", "height", "viewBox", "transform"}
)  # fmt: skip
"""Attributes that say where something is."""

PIXELS = 0.1
"""How far a point may lie from where it was, in units of the drawing (1/72 inch)."""

LOOKS = 1e-3
"""How far other numbers may differ: widths of lines, opacities."""

SHOWN = 3

Element: TypeAlias = "ElementTree.Element[str]"

_TOKEN = re.compile(
    r"(?P<word>@\d+@|\#[0-9a-fA-F]{3,8}\b)"
    r"|(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
    r"|(?P<other>[^\d#@+.-]+|.)",
    re.DOTALL,
)
_REFERENCE = re.compile(r"#([\w.-]+)")


@dataclass(slots=True)
class Change:
    """What differs between two drawings, gathered shape by shape.

    Attributes
    ----------
    texts : list of str
        Labels that were and are.
    looks : int
        Shapes of another colour, style or outline.
    moved : int
        Shapes with a point that lies elsewhere, further than `PIXELS`.
    furthest : float
        Largest displacement of all, small ones too.
    shapes : list of str
        Kinds of shapes of which there is another number.
    """

    texts: list[str] = field(default_factory=list)
    looks: int = 0
    moved: int = 0
    furthest: float = 0.0
    shapes: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        """What differs, in words; empty where it is the same drawing within tolerance."""
        more = len(self.texts) - SHOWN
        parts = [*self.shapes[:SHOWN], *self.texts[:SHOWN]]
        if more > 0:
            parts.append(f"{more} more labels")
        if self.looks:
            parts.append(f"{self.looks} shapes of another colour, style or outline")
        if self.moved:
            parts.append(
                f"{self.moved} shapes moved, by at most {self.furthest:.3g} of 1/72 inch "
                f"(allowed: {PIXELS:g})"
            )
        return "; ".join(parts)


def change(old: str, new: str) -> Change:
    """Return what differs between two drawings, without drawing them.

    Names that shapes have inside a drawing do not matter, only which shape refers to which.

    Parameters
    ----------
    old, new : str
        SVG from ``<svg`` on: without a document type, so that nothing is expanded.

    Raises
    ------
    ValueError
        If one of them is no SVG.

    Examples
    --------
    >>> change("<svg><text>a</text></svg>", "<svg><text>b</text></svg>").told
    "label 'a' → 'b'"
    >>> change('<svg><path d="M 0 0"/></svg>', '<svg><path d="M 0 0.01"/></svg>').told
    ''
    """
    before, after = _read(old), _read(new)
    found = Change()
    if [element.tag for element in before] != [element.tag for element in after]:
        found.shapes = _counts(before, after)
        found.texts = _labels(before, after)
        return found
    names = _order(before), _order(after)
    for a, b in zip(before, after, strict=True):
        _compare(a, b, names, found)
    return found


def _read(text: str) -> list[Element]:
    try:
        return list(ElementTree.fromstring(text).iter())
    except ElementTree.ParseError as error:
        raise ValueError(f"no SVG: {error}") from error


def _counts(before: list[Element], after: list[Element]) -> list[str]:
    was, now = (Counter(_local(e.tag) for e in elements) for elements in (before, after))
    other = sorted(tag for tag in {*was, *now} if was[tag] != now[tag])
    return [f"{tag}: {was[tag]} → {now[tag]}" for tag in other] or ["shapes in another order"]


def _labels(before: list[Element], after: list[Element]) -> list[str]:
    was, now = (Counter(_text(e) for e in elements) for elements in (before, after))
    gone = [f"label {text!r} is gone" for text in (was - now) if text]
    return gone + [f"label {text!r} is new" for text in (now - was) if text]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _text(element: Element) -> str:
    return " ".join(f"{element.text or ''} {element.tail or ''}".split())


def _order(elements: list[Element]) -> dict[str, int]:
    """Return the place of each shape that has a name: of two by one name the first, as drawn."""
    found: dict[str, int] = {}
    for place, element in enumerate(elements):
        name = element.get("id")
        if name is not None:
            found.setdefault(name, place)
    return found


def _compare(
    a: Element, b: Element, names: tuple[dict[str, int], dict[str, int]], found: Change
) -> None:
    if _text(a) != _text(b):
        found.texts.append(f"label {_text(a)!r} → {_text(b)!r}")
    mine, yours = (dict(_attributes(e, known)) for e, known in zip((a, b), names, strict=True))
    alike = mine.keys() == yours.keys()
    displaced = 0.0
    for key in mine.keys() & yours.keys():
        gap = _gap(mine[key], yours[key])
        if gap is None or (key not in PLACES and gap > LOOKS):
            alike = False
        elif key in PLACES:
            displaced = max(displaced, gap)
    found.looks += not alike
    found.moved += displaced > PIXELS
    found.furthest = max(found.furthest, displaced)


def _attributes(element: Element, names: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Return what an element says of itself; for names of shapes, the place of the shape.

    Attributes of another namespace draw nothing, but are no part of the figure that was drawn.
    """
    for key, value in element.attrib.items():
        if key != "id":
            yield key, _REFERENCE.sub(lambda match: _place(match, names), value)


def _place(match: re.Match[str], names: dict[str, int]) -> str:
    return f"@{names[match[1]]}@" if match[1] in names else match[0]


def _gap(a: str, b: str) -> float | None:
    """Return the largest difference of two values' numbers; None if their words differ."""
    if a == b:
        return 0.0
    mine, yours = list(_TOKEN.finditer(a)), list(_TOKEN.finditer(b))
    if [_word(token) for token in mine] != [_word(token) for token in yours]:
        return None
    pairs = zip(mine, yours, strict=True)
    gaps = (abs(float(p[0]) - float(q[0])) for p, q in pairs if p["number"] is not None)
    return max(gaps, default=0.0)


def _word(token: re.Match[str]) -> str:
    return "0" if token["number"] is not None else token[0]
