r"""Tables for LaTeX: booktabs rules, notes by threeparttable, over pages or turned on request.

maketables makes the rows; the environment around them is ours, as its own knows neither long
tables nor turned ones. Numbers are aligned at their last digit without siunitx: brackets and stars
hang over the edge of the column by ``\rlap``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from workbench.core.language import say
from workbench.reports.entries import Published
from workbench.reports.gridded import Plan
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

_GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "o", "pi", "rho", "varsigma", "sigma", "tau", "upsilon", "phi",
    "chi", "psi", "omega",
)  # fmt: skip
_CAPITALS = {"Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi",
             "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega"}  # fmt: skip
_MATHEMATICS = {"×": r"\times", "−": "-", "±": r"\pm", "≤": r"\leq", "≥": r"\geq", "≠": r"\neq",
                "∞": r"\infty", "≈": r"\approx", "→": r"\to", "√": r"\surd", "°": r"^\circ",
                "·": r"\cdot", "′": "'", "∈": r"\in", "∑": r"\sum", "∂": r"\partial"}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))

WRITTEN = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}", "\u00a0": "~", "\u202f": r"\,", "\u200b": r"\allowbreak{}",
    "–": r"\textendash{}", "—": r"\textemdash{}", "…": r"\ldots{}",
    "⁻": r"\textsuperscript{$-$}", "№": r"\textnumero{}",
    **{chr(0x3B1 + i): rf"$\{name}$" for i, name in enumerate(_GREEK) if name != "o"},
    **{letter: rf"$\{name}$" for letter, name in _CAPITALS.items()},
    **{sign: f"${command}$" for sign, command in _MATHEMATICS.items()},
    **{sign: rf"\textsuperscript{{{digit}}}" for sign, digit in _RAISED.items()},
    **{sign: rf"\textsubscript{{{digit}}}" for sign, digit in _LOWERED.items()},
}  # fmt: skip
"""What stands for a character that LaTeX would read, or that its fonts lack."""

NARROWER = 0.92
"""Size of letters of Computer Modern that take as much room as those that are measured."""

SMALLEST = 5
_DISGUISE = Disguise(WRITTEN)
_STYLE = {"tab_width": None, "first_row_addlinespace": None, "data_addlinespace": None}
_HEADING = r"\multicolumn{%d}{@{}l}{\emph{%%s}}"


def escaped(text: str) -> str:
    r"""Return a text as LaTeX that prints exactly it.

    Examples
    --------
    >>> print(escaped(r"50 % \input{x}"))
    50 \% \textbackslash{}input\{x\}
    """
    return _harmless(_DISGUISE.off(_DISGUISE.on(text)))


def _harmless(line: str) -> str:
    """Return a line without ligatures of hyphens, and that no command takes for its option."""
    line = line.replace("--", "-{}-").replace("--", "-{}-")
    return f"{{}}{line}" if line.startswith(("[", "*")) else line


def latex(published: Published, *, long: bool = False, wide: bool = False, label: str = "") -> str:
    r"""Return the tables of a published thing as one LaTeX table.

    Parameters
    ----------
    published : Published
        With its caption above and its notes below.
    long : bool
        Whether it may run over pages (longtable).
    wide : bool
        Whether it is turned by a quarter (sidewaystable of rotating, or pdflscape with `long`).
    label : str
        Of ``\label``, letters, digits, ``:`` and ``-``.
    """
    layouts, plan = laid_out(published.grids, wide=wide)
    long, wide = long or plan.tall, wide or plan.across
    packages = ["array", "booktabs"]
    packages += ["longtable"] if long else ["threeparttable"]
    if wide:
        packages.append("pdflscape" if long else "rotating")
    build = _long if long else _floating
    lines = build(published, layouts, plan, wide=wide, label=label)
    return "\n".join([f"% needs the packages {', '.join(packages)}", *lines]) + "\n"


def _floating(
    published: Published, layouts: Sequence[Layout], plan: Plan, *, wide: bool, label: str
) -> list[str]:
    outer = "sidewaystable" if wide else "table"
    lines = [rf"\begin{{{outer}}}[htbp]", r"\centering", r"\begin{threeparttable}"]
    lines += [*_caption(published.caption, label), *_letters(layouts, plan)]
    for at, layout in enumerate(layouts):
        head, body = _rows(layout)
        if at:
            lines.append(r"\par\medskip")
        if layout.title:
            lines.append(rf"\emph{{{escaped(layout.title)}}}\par\smallskip")
        lines += [
            rf"\begin{{tabular}}{{{_columns(layout, plan, at)}}}",
            *(r"\toprule", *head, r"\midrule", *body, r"\bottomrule"),
            r"\end{tabular}",
        ]
    if published.notes:
        notes = escaped(signed(published.notes))
        lines += [r"\begin{tablenotes}[flushleft]\footnotesize", rf"\item {notes}"]
        lines.append(r"\end{tablenotes}")
    return [*lines, r"\end{threeparttable}", rf"\end{{{outer}}}"]


def _long(
    published: Published, layouts: Sequence[Layout], plan: Plan, *, wide: bool, label: str
) -> list[str]:
    lines = [r"\begin{landscape}"] if wide else []
    lines += [r"\begingroup", *_letters(layouts, plan)]
    for at, layout in enumerate(layouts):
        head, body = _rows(layout)
        span = len(layout.header) + 1
        lines.append(rf"\begin{{longtable}}{{{_columns(layout, plan, at)}}}")
        if not at and (published.caption or label):
            lines += ["".join(_caption(published.caption, label)) + r" \\"]
        if layout.title:
            lines.append(
                rf"\multicolumn{{{span}}}{{@{{}}l}}{{\emph{{{escaped(layout.title)}}}}} \\"
            )
        lines += [r"\toprule", *head, r"\midrule", r"\endfirsthead"]
        lines += [r"\toprule", *head, r"\midrule", r"\endhead"]
        more = escaped(say("continued on the next page"))
        lines += [r"\midrule", rf"\multicolumn{{{span}}}{{r@{{}}}}{{\footnotesize {more}}} \\"]
        lines += [r"\endfoot", r"\bottomrule", r"\endlastfoot", *body, r"\end{longtable}"]
    lines.append(r"\endgroup")
    if published.notes:
        lines.append(rf"{{\footnotesize\noindent {escaped(signed(published.notes))}\par}}")
    return [*lines, r"\end{landscape}"] if wide else lines


def _letters(layouts: Sequence[Layout], plan: Plan) -> list[str]:
    """Return the commands for letters and for what holds columns apart, as planned."""
    starred = any(layout.starred for layout in layouts)
    if plan.easy:
        return [r"\setlength{\tabcolsep}{9pt}"] if starred else []
    apart = (8 + APART * starred) / 2
    size = max(int(plan.size * NARROWER), SMALLEST)
    lines = [rf"\fontsize{{{size}}}{{{1.2 * size:.1f}}}\selectfont"]
    return [*lines, rf"\setlength{{\tabcolsep}}{{{apart:g}pt}}"]


def _caption(caption: str, label: str) -> list[str]:
    lines = [rf"\caption{{{escaped(caption)}}}"] if caption else []
    return [*lines, rf"\label{{{label}}}"] if label else lines


def _columns(layout: Layout, plan: Plan, at: int) -> str:
    """Return the specification of columns: numbers to the right, broken texts in lines."""
    numeric = (False, *layout.numeric)
    texts = ["l"] * len(numeric)
    if plan.full[at]:
        texts = _shares(plan.widths[at], numeric)
    kinds = ["r" if number else text for text, number in zip(texts, numeric, strict=True)]
    end = "" if layout.numeric[-1:] == (True,) else "@{}"  # room for what hangs over the edge
    return f"@{{}}{''.join(kinds)}{end}"


def _shares(widths: Sequence[float], numeric: Sequence[bool]) -> list[str]:
    r"""Return columns of texts that share what numbers leave of the line, however long that is.

    They take ``share * (\linewidth - numbers and what holds columns apart)``.
    """
    texts = sum(w for w, number in zip(widths, numeric, strict=True) if not number)
    shares = [width / texts for width in widths]
    apart = sum(not number for number in numeric) * (8 + APART)
    taken = sum(w for w, number in zip(widths, numeric, strict=True) if number) + apart
    column = r">{{\raggedright\arraybackslash}}p{{\dimexpr{:.3f}\linewidth-{:.1f}bp\relax}}"
    return [column.format(math.floor(1000 * one) / 1000, one * taken) for one in shares]


def _rows(layout: Layout) -> tuple[list[str], list[str]]:
    """Return the lines of the head and of the body, as maketables writes them."""
    from maketables import MTable

    frame = layout.frame(_DISGUISE)
    table: Any = MTable(_hanging(frame, layout), rgroup_sep="t")
    style = _STYLE | {"group_header_format": _HEADING % (len(layout.header) + 1)}
    made = str(table.make("tex", tex_style=style)).splitlines()
    start = next(i for i, line in enumerate(made) if line.strip() == r"\toprule") + 1
    end = next(i for i, line in enumerate(made) if line.strip() == r"\bottomrule")
    middle = next(i for i, line in enumerate(made) if i > start and line.strip() == r"\midrule")
    head = [_off(line) for line in made[start:middle] if "cmidrule" not in line]
    head[-1] = f"{escaped(layout.corner)}{head[-1]}"
    if any(layout.over):
        head.insert(-1, _rules(layout))
    hidden = [line for line in made[middle + 1 : end] if UNGROUPED not in line]
    body = [_off(line) for line in hidden if not line.startswith(r"\addlinespace")]
    return head, body


def _rules(layout: Layout) -> str:
    named = [(first, last) for first, last, text in layout.spans if text]
    return " ".join(rf"\cmidrule(lr){{{first + 2}-{last + 2}}}" for first, last in named)


def _hanging(frame: Any, layout: Layout) -> Any:
    """Return the frame with a mark before what hangs over the edge of a column of numbers."""
    for j, number in enumerate(layout.numeric):
        if number:
            data = [line.cells[j] for line in layout.lines if line.kind != "group"]
            pairs = [hung(text) for text in data]
            frame.isetitem(j, [_hung(core, tail) for core, tail in pairs])
    return frame


def _hung(core: str, tail: str) -> str:
    shown = _DISGUISE.on(core)
    return f"{shown}\\rlap{{{_DISGUISE.on(tail)}}}" if tail else shown


def _off(line: str) -> str:
    return _harmless(_DISGUISE.off(unmarked(line)).rstrip())
