"""The picture of a specification curve: sorted estimates above, the choices behind them below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from workbench.core.language import said_text, say
from workbench.typing import Said
from workbench.views.shades import VERDICT_COLORS, VERDICT_MARKERS, shortened
from workbench.views.style import INK, Picture, number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.typing import FloatArray

DENSE = 120
"""Specifications from which intervals and choices are hair lines, not dots."""

NEAR = 3.0
"""Estimates farther from the middle than this many widths of the inner intervals are cut off: one
specification that went astray must not flatten all others."""

LABEL = 46
"""Characters of a choice's label; what is longer loses its middle."""

WIDE = 4.5
"""Inches of a panel where several stand side by side."""

COUNTED: Mapping[str, str] = MappingProxyType(
    {
        "supported": "{n} supported",
        "cannot tell": "{n} cannot tell",
        "contradicted": "{n} contradicted",
        "not applicable": "{n} not applicable",
        "failed": "{n} failed",
    }
)
"""What is said of specifications with a verdict or a status."""

_LINE: Mapping[str, float] = MappingProxyType({"row": 0.165, "head": 0.2, "top": 2.6})


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """Rows of one curve in the order of their estimates, and what the axes need."""

    rows: pd.DataFrame
    counts: Mapping[str, int]
    value: float
    name: str

    @property
    def x(self) -> FloatArray:
        return np.arange(1.0, len(self.rows) + 1.0)

    def colors(self) -> list[str]:
        return [VERDICT_COLORS[word] for word in self.rows["verdict"]]

    def limits(self) -> tuple[float, float]:
        """Return the vertical limits: of the inner intervals, and of estimates not far off."""
        estimate = self.rows["estimate"].to_numpy()
        low = self.rows["conf_low"].fillna(self.rows["estimate"]).to_numpy()
        high = self.rows["conf_high"].fillna(self.rows["estimate"]).to_numpy()
        bottom, top = float(np.quantile(low, 0.1)), float(np.quantile(high, 0.9))
        width = max(top - bottom, 1e-12 * max(abs(top), abs(bottom), 1.0))
        middle = float(np.median(estimate))
        near = estimate[np.abs(estimate - middle) <= NEAR * width]
        bottom, top = min(bottom, near.min()), max(top, near.max())
        if abs(self.value - middle) <= NEAR * width:
            bottom, top = min(bottom, self.value), max(top, self.value)
        air = 0.06 * (top - bottom) or 1.0
        return bottom - air, top + air

    def cut(self, low: float, high: float) -> tuple[int, int]:
        """Count estimates, and other intervals, that reach beyond the limits."""
        estimate = self.rows["estimate"]
        out = (estimate < low) | (estimate > high)
        long = (self.rows["conf_low"] < low) | (self.rows["conf_high"] > high)
        return int(out.sum()), int((long & ~out).sum())


def curve_chart(
    curves: Any,
    *,
    title: Said | None = None,
    dimensions: Sequence[str] | None = None,
) -> Picture:
    """Draw a specification curve, or several side by side.

    Parameters
    ----------
    curves : SpecificationCurve, or a mapping or sequence of them
        Several hypotheses over the same choices share the labels of the choices.
    title : str, optional
        Heading; the statement of a single hypothesis by default.
    dimensions : sequence of str, optional
        Dimensions to show below; those that vary by default.

    Returns
    -------
    Picture
        Above: estimates from small to large with their intervals, coloured by verdict; the dashed
        line is the median, the solid one the value of the hypothesis. Below: which choices each
        estimate comes from, and for each choice how many of its estimates support the hypothesis.
        Specifications without an estimate are counted under the picture.

    Raises
    ------
    UnknownNameError
        If a dimension is not among those that vary.
    ValuesError
        If a curve has no estimate.
    """
    several = _several(curves)
    panels = [_panel(curve, name) for name, curve in several.items()]
    first = next(iter(several.values()))
    shown = _dimensions(first, dimensions)
    matrix = _labels(list(several.values()), shown)
    rows = sum(len(labels) for labels in matrix.values())
    single = len(panels) == 1
    widest = max(len(panel.rows) for panel in panels)
    width = (5.2 if widest <= 40 else 6.4) if single else WIDE * len(panels)
    bottom = _LINE["row"] * rows + _LINE["head"] * len(matrix) + 0.15
    with styled():
        figure = Picture(3.0 + width, _LINE["top"] + bottom + 1.1, alt=_alt(panels))
        axes = figure.subplots(
            2, len(panels), sharex="col", squeeze=False,
            height_ratios=[_LINE["top"], bottom],
        )  # fmt: skip
        for place, panel in enumerate(panels):
            _draw_estimates(axes[0, place], panel, heading="" if single else panel.name)
            _draw_choices(axes[1, place], panel, matrix, labelled=place == 0)
        axes[0, 0].set_ylabel(say("estimate"))
        figure.get_layout_engine().set(w_pad=0.1)  # type: ignore[union-attr,call-arg]
        figure.suptitle(
            titled(title) if title is not None else (panels[0].name if single else ""),
            x=0.01, ha="left", fontsize=11, fontweight="bold",
        )  # fmt: skip
        _legend(figure, panels)
    return figure


def _several(curves: Any) -> dict[str, Any]:
    if isinstance(curves, Mapping):
        return {str(name): curve for name, curve in curves.items()}
    if isinstance(curves, Sequence):
        return {str(curve.hypothesis.statement): curve for curve in curves}
    return {str(curves.hypothesis.statement): curves}


def _panel(curve: Any, name: str) -> _Panel:
    table = curve.table
    used = table[table["status"] == "estimated"]
    if used.empty:
        from workbench.errors import ValuesError

        raise ValuesError(
            "curve",
            expected="at least one specification with an estimate",
            found=f"none of {len(table)}",
            offenders=table["reason"].drop_duplicates().tolist(),
            remedy="see curve.table['reason']",
        )
    order = np.lexsort((used.index.to_numpy(), used["estimate"].to_numpy()))
    counts = {
        "specifications": len(table),
        **{word: int((used["verdict"] == word).sum()) for word in VERDICT_COLORS},
        **{word: int((table["status"] == word).sum()) for word in ("not applicable", "failed")},
    }
    return _Panel(used.iloc[order], counts, float(curve.hypothesis.value), name)


def _dimensions(curve: Any, wanted: Sequence[str] | None) -> list[str]:
    known = list(curve.plan.dimensions)
    if wanted is None:
        return known
    for name in wanted:
        if name not in known:
            from workbench.errors import unknown_name

            raise unknown_name("dimension", name, known)
    return list(wanted)


def _labels(curves: Sequence[Any], dimensions: Sequence[str]) -> dict[str, list[str]]:
    """Return the choices of each dimension in the order of specifications."""
    return {
        name: list(
            dict.fromkeys(
                str(label)
                for curve in curves
                for label in curve.table.sort_index()[name]
                if label != "not used"
            )
        )
        for name in dimensions
    }


def _draw_estimates(axes: Axes, panel: _Panel, *, heading: str) -> None:
    rows, x = panel.rows, panel.x
    dense = len(rows) > DENSE
    estimate = rows["estimate"].to_numpy()
    low, high = rows["conf_low"].to_numpy(), rows["conf_high"].to_numpy()
    axes.axhline(panel.value, color=INK, linewidth=0.9, zorder=1)
    median = float(np.median(estimate))
    axes.axhline(median, color=INK, linewidth=0.8, linestyle=(0, (5, 3)), zorder=1)
    segments = [[(a, b), (a, c)] for a, b, c in zip(x, low, high, strict=True) if b < c]
    drawn = [c for c, b, d in zip(panel.colors(), low, high, strict=True) if b < d]
    axes.add_collection(
        LineCollection(
            segments, colors=drawn, linewidths=_hair(len(rows)) if dense else 1.3,
            alpha=0.55 if dense else 0.9, zorder=2,
        )
    )  # fmt: skip
    if dense:
        axes.plot(x, estimate, color=INK, linewidth=1.3, drawstyle="steps-mid", zorder=4)
    else:
        for word, marker in VERDICT_MARKERS.items():
            at = (rows["verdict"] == word).to_numpy()
            axes.plot(
                x[at], estimate[at], marker, color=VERDICT_COLORS[word], markersize=4.2,
                markeredgecolor="white" if word != "cannot tell" else INK,
                markeredgewidth=0.4, zorder=4,
            )  # fmt: skip
    axes.set_ylim(*panel.limits())
    axes.set_xlim(0.0, len(rows) + 1.0)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_title(shortened(heading, 60), fontsize=9)


def _draw_choices(
    axes: Axes, panel: _Panel, matrix: Mapping[str, Sequence[str]], *, labelled: bool
) -> None:
    rows, x = panel.rows, panel.x
    dense = len(rows) > DENSE
    at, places, names = 0.0, [], []
    colors = np.array(panel.colors())
    for dimension, labels in matrix.items():
        at -= 1.2
        if labelled:
            axes.text(
                0.0, at, f"{say(dimension)}  ", transform=axes.get_yaxis_transform(), ha="right",
                va="center", fontsize=8.5, fontweight="bold", color=INK,
            )  # fmt: skip
        for label in labels:
            at -= 1.0
            chosen = (rows[dimension].astype(str) == label).to_numpy()
            axes.axhline(at, color="#EEEEEE", linewidth=0.6, zorder=0)
            if dense:
                axes.vlines(
                    x[chosen], at - 0.42, at + 0.42, colors=colors[chosen].tolist(),
                    linewidth=_hair(len(rows)),
                )  # fmt: skip
            else:
                axes.scatter(x[chosen], np.full(chosen.sum(), at), s=11, c=colors[chosen], zorder=2)
            won = int((rows["verdict"][chosen] == "supported").sum())
            axes.text(
                1.005, at, f"{won}/{int(chosen.sum())}", transform=axes.get_yaxis_transform(),
                ha="left", va="center", fontsize=8, color="#666666",
            )  # fmt: skip
            places.append(at)
            names.append(shortened(_told(dimension, _own_side(label, labels)), LABEL))
    axes.text(
        1.0,
        -0.5,
        say("supported of"),
        transform=axes.get_yaxis_transform(),
        ha="right",
        va="center",
        fontsize=8,
        color="#666666",
    )
    axes.set_yticks(places, _unlike(names) if labelled else [])
    axes.set_ylim(at - 0.8, 0.0)
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(_caption(panel), fontsize=8.5, color=INK)


def _own_side(label: str, labels: Sequence[str]) -> str:
    """Return a formula without its outcome where all have the same one."""
    sides = {one.partition("~")[0] for one in labels}
    return f"~{label.partition('~')[2]}" if len(sides) == 1 and "~" in label else label


def _told(dimension: str, label: str) -> str:
    """Return a choice in the language in use, where it is a word of the workbench."""
    asked = f"{dimension}: {label}"
    said = say(asked)
    return said_text(label) if said == asked else said


def _unlike(labels: Sequence[str]) -> list[str]:
    """Add numbers to labels that have become alike by shortening."""
    return [
        f"{label} ({labels[: i + 1].count(label)})" if labels.count(label) > 1 else label
        for i, label in enumerate(labels)
    ]


def _hair(count: int) -> float:
    """Return the width in points of one of so many lines on a panel."""
    return max(0.25, min(1.3, 330.0 / count))


def _counted(n: int, word: str) -> str:
    """Return how many specifications have a verdict or a status."""
    return say(COUNTED[word], n=n)


def _caption(panel: _Panel) -> str:
    counts = panel.counts
    words = [_counted(counts[word], word) for word in VERDICT_COLORS]
    beside = [_counted(counts[word], word) for word in ("not applicable", "failed") if counts[word]]
    out, long = panel.cut(*panel.limits())
    cut = [say("{out} estimates beyond the edge", out=out)] if out else []
    cut += [say("{long} intervals cut at the edge", long=long)] if long else []
    lines = [
        say(
            "{n} estimates of {specifications} specifications: ",
            n=len(panel.rows),
            specifications=counts["specifications"],
        )
        + ", ".join(words),
        "; ".join(
            [
                say("median {estimate}", estimate=number(float(panel.rows["estimate"].median()))),
                *beside,
                *cut,
            ]
        ),
    ]
    return "\n".join(lines)


def _legend(figure: Picture, panels: Sequence[_Panel]) -> None:
    handles = [
        Line2D([], [], color=color, marker=VERDICT_MARKERS[word], linewidth=1.3, markersize=4,
               label=say(word))
        for word, color in VERDICT_COLORS.items()
        if any(panel.counts[word] for panel in panels)
    ]  # fmt: skip
    value = panels[0].value
    handles.append(
        Line2D([], [], color=INK, linewidth=0.9, label=say("value {value}", value=number(value)))
    )
    handles.append(
        Line2D([], [], color=INK, linewidth=0.8, linestyle=(0, (5, 3)), label=say("median"))
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))


def _alt(panels: Sequence[_Panel]) -> str:
    parts = []
    for panel in panels:
        estimate = panel.rows["estimate"]
        parts.append(
            say(
                "{name}: {n} estimates from {low} to {high}, median {estimate}; ",
                name=panel.name,
                n=len(panel.rows),
                low=number(float(estimate.min())),
                high=number(float(estimate.max())),
                estimate=number(float(estimate.median())),
            )
            + ", ".join(_counted(panel.counts[word], word) for word in VERDICT_COLORS)
            + say("; without an estimate: ")
            + ", ".join(_counted(panel.counts[word], word) for word in ("not applicable", "failed"))
            + "."
        )
    return " ".join(parts)
