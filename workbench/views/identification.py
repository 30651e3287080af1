"""The identification panel as a chart: questions down, claims across, a colour a reading."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import pandas as pd
from matplotlib.patches import Patch, Rectangle

from workbench.core.language import say
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.shades import AGAINST, FOR, NEITHER, OPEN
from workbench.views.style import INK, Picture, p_number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Evidence(Protocol):
    """What the chart reads of an identification panel: lines, claims and the model's word."""

    @property
    def table(self) -> pd.DataFrame:
        """A row a line: ``item claim evidence statistic p_value reading sentence``."""
        ...

    @property
    def claims(self) -> tuple[str, ...]:
        """Estimands in question."""
        ...

    @property
    def model(self) -> str:
        """Word of the model."""
        ...


COLORS: Mapping[str, str] = MappingProxyType(
    {
        "holds": FOR,
        "in doubt": OPEN,
        "fails": AGAINST,
        "untested": "#FFFFFF",
        "not applicable": NEITHER,
    }
)
"""Colour of each reading; the mark before the number tells them apart in print."""

MARKS: Mapping[str, str] = MappingProxyType(
    {"holds": "+", "in doubt": "?", "fails": "×", "untested": "○", "not applicable": "–"}
)
WORST = ("fails", "in doubt", "untested", "holds", "not applicable")
"""Which reading a cell takes that stands for several lines."""

LIGHT = ("in doubt", "untested", "not applicable")
ROW, LABELS, CELL, NARROWEST = 0.235, 4.7, 1.7, 2.4
"""Inches."""


def identification_chart(result: Evidence, *, title: Said = "") -> Picture:
    """Draw how every line of the panel reads: a row a question, a column a claim.

    Parameters
    ----------
    result : Evidence
    title : str
        Heading; by default what is drawn.

    Returns
    -------
    Picture
        Cells with their number; lines about all claims run over all columns.
    """
    rows = _rows(result.table)
    claims = list(result.claims)
    wide = max(CELL * len(claims), NARROWEST)
    names = len(claims) > 1
    with styled():
        figure = Picture(LABELS + wide, ROW * (len(rows) + 3 + 2 * names), alt=_alt(result))
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_xlim(-LABELS / wide * len(claims), len(claims))
        axes.set_ylim(len(rows), -2.0 if names else -0.2)
        if names:
            for column, claim in enumerate(claims):
                axes.text(
                    column + 0.5, -0.35, _broken(claim), ha="center", va="bottom", fontsize=7.5
                )
        for at, (item, evidence) in enumerate(rows):
            _row(axes, result.table, (at, item, evidence), claims)
        figure.legend(
            handles=[
                Patch(
                    facecolor=COLORS[word], edgecolor="#888888", label=f"{MARKS[word]}  {say(word)}"
                )
                for word in COLORS
            ],
            loc="outside lower center",
            ncols=len(COLORS),
        )
        heading(
            figure,
            titled(title)
            or say(
                "What identifies {result} ({model})", result=_of(result), model=result.model.upper()
            ),
        )
    return figure


def _of(result: Evidence) -> str:
    return result.claims[0] if len(result.claims) == 1 else say("the spillovers")


def _rows(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return items and their questions in order; an item alone is a row of its own."""
    rows: list[tuple[str, str]] = []
    for item in dict.fromkeys(table["item"]):
        rows.append((item, ""))
        asked = table.loc[table["item"] == item, "evidence"]
        rows += [(item, evidence) for evidence in dict.fromkeys(asked)]
    return rows


def _row(axes: Axes, table: pd.DataFrame, row: tuple[int, str, str], claims: list[str]) -> None:
    at, item, evidence = row
    left = axes.get_xlim()[0]
    if not evidence:
        axes.text(
            left, at + 0.62, say(item), fontweight="bold", fontsize=8.5, va="center", color=INK
        )
        return
    axes.text(left + 0.01 * abs(left), at + 0.5, f"  {say(evidence)}", fontsize=8, va="center")
    lines = table[(table["item"] == item) & (table["evidence"] == evidence)]
    common = lines[lines["claim"] == ""]
    if len(common):
        _cell(axes, common, (0.0, at), width=len(claims))
    for column, claim in enumerate(claims):
        own = lines[lines["claim"] == claim]
        if len(own):
            _cell(axes, own, (column, at), width=1.0)


def _cell(axes: Axes, lines: pd.DataFrame, corner: tuple[float, float], *, width: float) -> None:
    """Fill a cell with the worst reading of its lines, and the number of that line."""
    reading = next(word for word in WORST if word in set(lines["reading"]))
    line = lines[lines["reading"] == reading].iloc[0]
    x, y = corner
    axes.add_patch(
        Rectangle(
            (x + 0.02, y + 0.08), width - 0.04, 0.84, facecolor=COLORS[reading],
            edgecolor="#888888", linewidth=0.5,
        )
    )  # fmt: skip
    text = f"{MARKS[reading]}  {_number(line)}".rstrip()
    color = INK if reading in LIGHT else "white"
    axes.text(x + width / 2, y + 0.5, text, ha="center", va="center", fontsize=7.5, color=color)


def _number(line: pd.Series) -> str:
    value, p = float(line["statistic"]), float(line["p_value"])
    if math.isnan(value):
        return ""
    shown = (
        say("{value:.0f}", value=value) if abs(value) >= 100 else say("{value:.3g}", value=value)
    )
    if math.isnan(p):
        return shown
    return say("{shown}  (p = {p})", shown=shown, p=p_number(p))


def _broken(claim: str) -> str:
    """Return the text of a claim on two lines, cut before its first bracket."""
    head, bracket, tail = claim.partition("(")
    return f"{head}\n{bracket}{tail}" if bracket else claim


def _alt(result: Evidence) -> str:
    counts = result.table["reading"].value_counts()
    told = ", ".join(f"{say(word)} {int(counts[word])}" for word in COLORS if word in counts)
    bad = result.table[result.table["reading"] == "fails"]
    worst = "; ".join(dict.fromkeys(bad["evidence"])) or say("none")
    return say(
        "How {n} lines of evidence on {claims} read: {told}. Lines that fail: {worst}.",
        n=len(result.table),
        claims=", ".join(result.claims),
        told=told,
        worst=worst,
    )
