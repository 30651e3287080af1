"""The lattice of models: which is nested in which, and what tests make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.patches import FancyBboxPatch

from workbench.core.language import say
from workbench.errors import unknown_option
from workbench.typing import Said
from workbench.views.outlines import heading
from workbench.views.style import ACCENT, INK, NO_DATA, SEQUENTIAL, Picture, number, styled, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.models import Ladder
    from workbench.models.comparison.strategies import Recommendation
    from workbench.panels import PanelLadder

PLACES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "ols": (1.0, 0.0),
        "sar": (0.0, 1.0),
        "slx": (1.0, 1.0),
        "sem": (2.0, 1.0),
        "sdm": (0.0, 2.0),
        "sac": (1.0, 2.0),
        "sdem": (2.0, 2.0),
        "gns": (1.0, 3.0),
    }
)
"""Columns and rows of the lattice: a row more is a spatial parameter more."""

EDGES = (
    ("ols", "sar"), ("ols", "slx"), ("ols", "sem"), ("sar", "sdm"), ("sar", "sac"),
    ("slx", "sdm"), ("slx", "sdem"), ("sem", "sac"), ("sem", "sdem"), ("sem", "sdm"),
    ("sdm", "gns"), ("sac", "gns"), ("sdem", "gns"),
)  # fmt: skip
COMMON_FACTOR = ("sem", "sdm")

OF_LM: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "LM lag": ("ols", "sar"),
        "Robust LM lag": ("ols", "sar"),
        "Robust LM lag (beside WX)": ("ols", "sar"),
        "LM error": ("ols", "sem"),
        "Robust LM error": ("ols", "sem"),
        "Robust LM WX": ("ols", "slx"),
    }
)
"""The restriction that each LM test of a path is about."""

WIDTH, HEIGHT = 0.62, 0.46
# Of a node, in columns and rows.
LOWER = 0.36
# Where on its way up an edge bears its p-value: edges cross in the middle.
ELSEWHERE: Mapping[tuple[str, str], float] = MappingProxyType(
    {COMMON_FACTOR: 0.5, ("slx", "sdem"): 0.66}
)
# The line of the common factor passes between the others.


@dataclass(frozen=True, slots=True)
class _Node:
    """What stands at a model."""

    lines: tuple[str, ...]
    share: float


def ladder_chart(
    result: Ladder | PanelLadder,
    path: Recommendation | None = None,
    *,
    term: str | None = None,
    level: float = 0.05,
    title: Said | None = None,
) -> Picture:
    """Draw the models from OLS up to GNS, an edge a restriction, with one strategy's path.

    A node has BIC, the probability that BIC gives the model, and the indirect impact of a term;
    the darker, the more probable. An edge has the p-value of the likelihood-ratio test of the
    smaller model within the larger, bold where it rejects.

    Parameters
    ----------
    result : Ladder or PanelLadder
    path : Recommendation, optional
        Its tests are drawn in red, and the model it leads to, or those it cannot tell apart.
    term : str, optional
        Whose indirect impact is shown; the first regressor without.
    level : float, default 0.05
        At which a p-value is bold.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        A matplotlib figure.

    Raises
    ------
    OptionError
        If the term is not in the model.
    """
    nodes = _nodes(result, chosen := _term(result, term))
    with styled():
        figure = Picture(7.4, 6.2, alt=_alt(result, path, chosen))
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_xlim(-0.42, 2.42)
        axes.set_ylim(-0.32, 3.32)
        _draw_edges(axes, result, _asked(path), level)
        for model, node in nodes.items():
            _draw_node(axes, model, node, path)
        heading(figure, _title(result, path) if title is None else titled(title))
        figure.supxlabel(_key(path, chosen, level), fontsize=7.5, color=INK)
    return figure


def _term(result: Ladder | PanelLadder, term: str | None) -> str | None:
    slopes = next(iter(result.values())).design.slopes
    if term is None:
        return slopes[0] if slopes else None
    if term not in slopes:
        raise unknown_option("term", term, slopes)
    return term


def _nodes(result: Ladder | PanelLadder, term: str | None) -> dict[str, _Node]:
    table = result.criteria()
    nodes = {}
    for model in PLACES:
        if model in result:
            bic, share = (float(table[word][model]) for word in ("bic", "probability_bic"))
            known = bic == bic
            lines = (
                [say("BIC {bic:.1f}", bic=bic), say("probability {share:.2f}", share=share)]
                if known
                else [say("no likelihood")]
            )
            if term is not None:
                lines.append(_indirect(result, model, term))
            nodes[model] = _Node(tuple(lines), share)
        elif model in result.failures:
            nodes[model] = _Node((say("not estimated"),), float("nan"))
    return nodes


def _indirect(result: Ladder | PanelLadder, model: str, term: str) -> str:
    table = result[model].impacts().table.xs(term, level="term")
    estimate, error = (float(table[word]["indirect"]) for word in ("estimate", "std_error"))
    if not error > 0.0:
        return say("no indirect impact")
    return say("indirect {estimate} ± {error}", estimate=_short(estimate), error=_short(error))


def _short(value: float) -> str:
    return say("{value:.2g}", value=value) if abs(value) < 1000 else number(value)


def _asked(path: Recommendation | None) -> set[tuple[str, str]]:
    """Return the edges that the steps of a path are about."""
    found = set()
    for step in path.steps if path is not None else ():
        if step.test in OF_LM:
            found.add(OF_LM[step.test])
        elif step.test.startswith("LR "):
            large, _, small = step.test.removeprefix("LR ").partition(" vs ")
            found.add((small, large))
    return found


def _draw_edges(
    axes: Axes, result: Ladder | PanelLadder, asked: set[tuple[str, str]], level: float
) -> None:
    for small, large in EDGES:
        test = result.tests.answers.get(f"LR {large} vs {small}")
        if test is None or not test.applicable:
            continue
        on_path = (small, large) in asked
        rejects = bool(test.p_value <= level)
        (x0, y0), (x1, y1) = PLACES[small], PLACES[large]
        axes.plot(
            [x0, x1],
            [y0, y1],
            color=ACCENT if on_path else "#9A9A9A",
            linewidth=2.2 if on_path else 1.0,
            linestyle=(0, (4, 3)) if (small, large) == COMMON_FACTOR else "-",
            zorder=2 if on_path else 1,
        )
        at = ELSEWHERE.get((small, large), LOWER)
        axes.text(
            x0 + at * (x1 - x0),
            y0 + at * (y1 - y0),
            _p(float(test.p_value)),
            ha="center",
            va="center",
            fontsize=7.5,
            color=ACCENT if on_path else INK,
            fontweight="bold" if rejects else "normal",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
            zorder=3,
        )


def _p(value: float) -> str:
    return say("p < 0.001") if value < 0.001 else say("p {value:.3f}", value=value)


def _draw_node(axes: Axes, model: str, node: _Node, path: Recommendation | None) -> None:
    x, y = PLACES[model]
    known = node.share == node.share
    chosen = path is not None and model in path.candidates
    sure = path is not None and model == path.model
    # Half of the scale: text stays dark on it.
    face: Any = mpl.colormaps[SEQUENTIAL](0.55 * node.share) if known else NO_DATA
    axes.add_patch(
        FancyBboxPatch(
            (x - WIDTH / 2, y - HEIGHT / 2),
            WIDTH,
            HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.04",
            facecolor=face,
            edgecolor=ACCENT if chosen else "#777777",
            linewidth=2.4 if chosen else 0.8,
            linestyle="-" if sure or not chosen else (0, (3, 2)),
            zorder=4,
        )
    )
    step = 0.105
    top = y + step * len(node.lines) / 2
    axes.text(x, top, model.upper(), ha="center", va="center", fontweight="bold", zorder=5)
    for i, line in enumerate(node.lines, start=1):
        axes.text(
            x, top - i * step, line, ha="center", va="center", fontsize=7.5, color=INK, zorder=5
        )


def _title(result: Ladder | PanelLadder, path: Recommendation | None) -> str:
    outcome = next(iter(result.values())).design.outcome
    if path is None:
        return say("Models of {outcome}", outcome=outcome)
    if path.model is not None:
        return say(
            "Models of {outcome}: {strategy} leads to {model}",
            outcome=outcome,
            strategy=path.strategy,
            model=path.model.upper(),
        )
    if path.candidates:
        either = say(" or ").join(model.upper() for model in path.candidates)
        return say(
            "Models of {outcome}: {strategy} cannot tell ({either})",
            outcome=outcome,
            strategy=path.strategy,
            either=either,
        )
    return say(
        "Models of {outcome}: {strategy} cannot be followed",
        outcome=outcome,
        strategy=path.strategy,
    )


def _key(path: Recommendation | None, term: str | None, level: float) -> str:
    parts = [
        say(
            "p: likelihood-ratio test of the smaller model within the larger, bold "
            "where it rejects at {level:.0%}; dashed: common factor",
            level=level,
        ),
        say("indirect: impact of {term} ± standard error", term=term) if term is not None else "",
        say("red: restrictions that {strategy} looks at", strategy=path.strategy)
        if path is not None
        else "",
    ]
    first, *rest = (part for part in parts if part)
    return "\n".join([first, "; ".join(rest)]) if rest else first


def _alt(result: Ladder | PanelLadder, path: Recommendation | None, term: str | None) -> str:
    table = result.criteria()
    best = str(table["bic"].idxmin())
    smallest, share = (float(table[word][best]) for word in ("bic", "probability_bic"))
    said = (
        say(
            " Strategy {strategy}: {answer}, {reason}.",
            strategy=path.strategy,
            answer=say(path.answer),
            reason=path.reason,
        )
        if path is not None
        else ""
    )
    failed = (
        say(" Not estimated: {failures}.", failures=", ".join(result.failures))
        if result.failures
        else ""
    )
    impact = say(", and the indirect impact of {term}", term=term) if term is not None else ""
    return say(
        "Lattice of {n} models from OLS at the bottom to GNS at the top, with "
        "BIC{impact}; smallest BIC: {best} ({smallest}, probability "
        "{share:.2f}).{said}{failed}",
        n=len(result),
        impact=impact,
        best=best,
        smallest=number(smallest),
        share=share,
        said=said,
        failed=failed,
    )
