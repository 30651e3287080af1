"""Tables for Typst: a figure of kind ``table``, its head repeated on every page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from workbench.core.language import language
from workbench.reports.entries import Published
from workbench.reports.gridded import LINE, Plan
from workbench.reports.markup import signed
from workbench.reports.writers.inert import Disguise
from workbench.reports.writers.layout import (
    APART,
    UNGROUPED,
    Layout,
    hung,
    laid_out,
    unmarked,
)

SPECIAL = r"\[]{}#*<>_$@`~/\"'=+-;:|^"
"""What Typst could read as markup: each goes after a backslash."""

_KEPT = "²×≤≥αβσ±°"  # maketables would set these as mathematics
_HANG_OPEN, _HANG_CLOSE, _NUMBERED = "\U000ffff0", "\U000ffff1", "\U000ffff2"
_DISGUISE = Disguise({c: f"\\{c}" for c in SPECIAL} | {c: c for c in _KEPT})
_RULES = {"top": "  table.hline(stroke: 0.08em),", "head": "  table.hline(stroke: 0.05em),"}
_KEPT_TOGETHER = 9 * 72 / 2.54
"""Points of height up to which a table is not broken over pages."""

_ACROSS = "#page(flipped: true, margin: (x: 2.3cm, y: 2.2cm))"
_ENUMERATED = re.compile(r"^(\d+)\.(?=\s|$)")


def escaped(text: str) -> str:
    r"""Return a text as Typst markup that prints exactly it.

    Examples
    --------
    >>> print(escaped("#eval(1) *a*"))
    \#eval(1) \*a\*
    """
    return _ENUMERATED.sub(r"\1\\.", _DISGUISE.off(_DISGUISE.on(text)))


def typst(published: Published, *, long: bool = False, wide: bool = False, label: str = "") -> str:
    """Return the tables of a published thing as one Typst figure.

    Parameters
    ----------
    published : Published
        With its caption above and its notes below.
    long : bool
        Whether it may run over pages.
    wide : bool
        Whether it stands on a page turned by a quarter.
    label : str
        By which ``@label`` refers to it; letters, digits, ``:`` and ``-``.
    """
    layouts, plan = laid_out(published.grids, wide=wide)
    blocks = []
    for at, layout in enumerate(layouts):
        if layout.title:
            blocks.append(f"#block(sticky: true, emph[{escaped(layout.title)}])")
        blocks.append(_table(layout, plan, at))
    if published.notes:
        notes = f"#text(size: 0.85em)[{escaped(signed(published.notes))}]"
        blocks.append(f"#align(left, block(width: 100%)[{notes}])")
    caption = f"\n  caption: [{escaped(published.caption)}]," if published.caption else ""
    anchor = f" <{label}>" if label else ""
    body = "\n\n".join(blocks)
    inside = "\n".join([
        *_rules(plan, long=long),
        f"#figure(\n  kind: table,{caption}\n)[\n{body}\n]{anchor}",
    ])  # fmt: skip
    return f"{_ACROSS if wide or plan.across else '#'}[\n{inside}\n]\n"


def _rules(plan: Plan, *, long: bool) -> list[str]:
    """Return what is set for the figure: letters as the plan says, pages where it is not low."""
    rules = [
        f'#set text(lang: "{language()}")',
        "#show figure.where(kind: table): set figure.caption(position: top)",
        "#show figure.caption.where(kind: table): set block(sticky: true)",
        "#set table.cell(breakable: false)",
    ]
    if not plan.easy:
        rules.append(f"#show table: set text(size: {plan.size:g}pt, hyphenate: false)")
        rules.append("#show table: set par(justify: false)")
    if long or plan.height > _KEPT_TOGETHER:
        rules.append("#show figure.where(kind: table): set block(breakable: true)")
    return rules


def _table(layout: Layout, plan: Plan, at: int) -> str:
    """Return a table as maketables writes it, with a head that repeats and columns of ours."""
    from maketables import MTable

    made: Any = MTable(_marked(layout), rgroup_sep="t").make("typst")
    lines = str(made).splitlines()
    top, end = lines.index(_RULES["top"]), lines.index(_RULES["head"])
    head = [_unwrapped(line, "center") for line in lines[top:end] if "start:" not in line]
    head[-1] = head[-1].replace("[]", f"[{escaped(layout.corner)}]", 1)
    if any(layout.over):
        head[-1:-1] = _spanning_rules(layout)
    body = [_unwrapped(line, "left") for line in lines[end:] if UNGROUPED not in line]
    written = [*_opening(layout, plan, at), "  table.header(", *head, "  ),", *body]
    return "\n".join(_off(line) for line in written)


def _opening(layout: Layout, plan: Plan, at: int) -> list[str]:
    numeric = (False, *layout.numeric)
    aligned = ["right" if number else "left" for number in numeric]
    hanging = 4 + APART if layout.starred else 4
    heads = 2 if any(layout.over) else 1
    return [
        "#table(",
        f"  columns: ({', '.join(_widths(numeric, plan, at))},),",
        f"  align: (x, y) => ({', '.join(aligned)},).at(x) + if y < {heads} {{ bottom }} "
        "else { top },",
        f"  stroke: none, inset: (left: 4pt, right: {hanging:g}pt, y: 3pt),",
    ]


def _widths(numeric: Sequence[bool], plan: Plan, at: int) -> list[str]:
    """Return the widths of columns; where texts are broken, theirs are shares of the line."""
    if plan.easy:
        return ["auto"] * len(numeric)
    return [
        f"{width / LINE:.4f}fr" if plan.full[at] and not number else f"{width:g}pt"
        for width, number in zip(plan.widths[at], numeric, strict=True)
    ]


def _spanning_rules(layout: Layout) -> list[str]:
    named = [(first, last) for first, last, text in layout.spans if text]
    return [
        f"  table.hline(stroke: 0.03em, start: {first + 1}, end: {last + 2}),"
        for first, last in named
    ]


def _unwrapped(line: str, side: str) -> str:
    """Return a line whose cells over several columns are cells, not contents of one."""
    style = "emph" if side == "left" else "text"
    written = rf"table.cell(align: {side}, \1)[#{style}[\2]]"
    return re.sub(r"\[#table\.cell\((colspan: \d+)\)\[([^\]]*)\]\]", written, line)


def _marked(layout: Layout) -> Any:
    """Return the frame with marks around what hangs over the edge of a column of numbers."""
    frame = layout.frame(_DISGUISE)
    data = [line for line in layout.lines if line.kind != "group"]
    for j, number in enumerate(layout.numeric):
        cells = [hung(line.cells[j]) if number else (line.cells[j], "") for line in data]
        frame.isetitem(j, [_hung(_DISGUISE.on(c), _DISGUISE.on(tail)) for c, tail in cells])
    return frame


def _hung(core: str, tail: str) -> str:
    core = _ENUMERATED.sub(rf"\1{_NUMBERED}", core)
    return f"{core}{_HANG_OPEN}{tail}{_HANG_CLOSE}" if tail else core


def _off(line: str) -> str:
    shown = _DISGUISE.off(unmarked(line))
    shown = shown.replace(_NUMBERED, "\\.").replace(_HANG_OPEN, "#box(width: 0pt, align(left)[")
    return shown.replace(_HANG_CLOSE, "])").rstrip()
