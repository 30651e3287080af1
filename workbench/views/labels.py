"""Labels: names in the place of ids, short lines, and points' where they cover the least."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.views.style import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.typing import FloatArray

SIDES = (
    (7, 0, "left", "center"),
    (-7, 0, "right", "center"),
    (0, 7, "center", "bottom"),
    (0, -7, "center", "top"),
    (5, 6, "left", "bottom"),
    (-5, 6, "right", "bottom"),
    (5, -6, "left", "top"),
    (-5, -6, "right", "top"),
)
"""Offsets in points and alignments that are tried, in order of preference."""
COVERED_LABEL = 20
OUTSIDE = 100
"""What covering another label, or leaving the axes, costs in covered points."""
AIR = 8.0
"""Pixels kept free along the edge: text is a little wider at other resolutions."""
DOT = 4.0
"""Half the width of a dot, in pixels, with some air."""


def named(ids: Iterable[Any], names: pd.Series[Any] | None) -> list[str]:
    """Return the name of each region, its id where it has none.

    Examples
    --------
    >>> named(["RU-TOM", "RU-KEM"], pd.Series({"RU-TOM": "Tomsk"}))
    ['Tomsk', 'RU-KEM']
    """
    return [str(i if names is None else names.get(i, i)) for i in ids]


def wrapped(text: object, width: int = 12) -> str:
    r"""Return a text in lines of at most so many letters, words left whole.

    Examples
    --------
    >>> wrapped("science without means")
    'science\nwithout\nmeans'
    """
    return textwrap.fill(str(text), width, break_long_words=False, break_on_hyphens=False)


def label_points(
    axes: Axes, points: FloatArray, *, which: Sequence[int], texts: Sequence[str]
) -> None:
    """Label some points of a scatterplot so that labels avoid points, each other and the edge.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Holds all points already, with final limits.
    points : ndarray, shape (n, 2)
        All points, in data coordinates.
    which : sequence of int
        Positions of the points to label, the most important first.
    texts : sequence of str
        Their labels.
    """
    figure: Any = axes.get_figure()
    figure.draw_without_rendering()  # settles the layout, so that pixels are final
    pixels = axes.transData.transform(points)
    window = axes.get_window_extent()
    edge = np.array([window.x0 + AIR, window.y0, window.x1 - AIR, window.y1])
    taken = [_box(text) for text in axes.texts]
    for i, text in zip(which, texts, strict=True):
        options = []
        for dx, dy, horizontal, vertical in SIDES:
            note = axes.annotate(
                text,
                points[i],
                xytext=(dx, dy),
                textcoords="offset points",
                ha=horizontal,
                va=vertical,
                fontsize=7.5,
                color=INK,
            )
            options.append((_cost(_box(note), pixels, taken, edge), note))
        best = min(options, key=lambda option: option[0])[1]
        for _, note in options:
            if note is not best:
                note.remove()
        taken.append(_box(best))


def _box(text: Any) -> FloatArray:
    extent = text.get_window_extent()
    return np.array([extent.x0, extent.y0, extent.x1, extent.y1])


def _cost(
    box: FloatArray, pixels: FloatArray, taken: Sequence[FloatArray], edge: FloatArray
) -> int:
    low, high = box[:2] - DOT, box[2:] + DOT
    covered = int(((pixels > low) & (pixels < high)).all(axis=1).sum())
    labels = sum(
        bool((box[:2] < other[2:]).all() and (box[2:] > other[:2]).all()) for other in taken
    )
    outside = bool((box[:2] < edge[:2]).any() or (box[2:] > edge[2:]).any())
    return covered + COVERED_LABEL * labels + OUTSIDE * outside
