"""Adapter to maketables: LaTeX, Typst and Word, with every text escaped and nothing random."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.language import say
from workbench.reports.entries import Grid

FIRST_GROUP = "Coefficients"

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "ρ": r"$\rho$", "λ": r"$\lambda$",
}  # fmt: skip

# maketables escapes most of Typst but not these; they travel through it as private characters.
_TYPST = {"$": "\ue000", "@": "\ue001", "`": "\ue002", "~": "\ue003", "/": "\ue004"}


def latex(grid: Grid, *, notes: str = "") -> str:
    """Return a grid as a LaTeX table.

    The text needs the packages booktabs, tabularx, array, threeparttable and makecell.
    """
    table = _table(grid, notes, _LATEX)
    style = {"first_row_addlinespace": None, "data_addlinespace": None}
    return str(table.make("tex", tex_style=style)).rstrip() + "\n"


def typst(grid: Grid, *, notes: str = "") -> str:
    """Return a grid as a Typst figure."""
    text = str(_table(grid, notes, _TYPST).make("typst"))
    for character, private in _TYPST.items():
        text = text.replace(private, f"\\{character}")
    return text.rstrip() + "\n"


def docx(grid: Grid, *, notes: str = "", path: Path) -> None:
    """Write a grid as a Word document."""
    document = _table(grid, notes, {}).make("docx")
    document.save(str(path))


def _table(grid: Grid, notes: str, escapes: dict[str, str]) -> Any:
    from maketables import MTable

    translation = str.maketrans(escapes)
    labels, rows, group = [], [], say(FIRST_GROUP)
    for row in grid.rows:
        if row.kind == "group":
            group = row.label
            continue
        labels.append((group.translate(translation), row.label.translate(translation)))
        rows.append([cell.shown.translate(translation) for cell in row.cells])
    frame = pd.DataFrame(
        rows,
        index=pd.MultiIndex.from_tuples(labels),
        columns=[name.translate(translation) for name in grid.header],
    )
    return MTable(frame, notes=notes.translate(translation), rgroup_sep="tb")
