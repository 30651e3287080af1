"""The house style: fonts, colours, and a figure that needs no global plotting state."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, ScalarFormatter

from workbench.core import display
from workbench.core.language import chosen, decimal_comma, language
from workbench.typing import Said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "font.family": ["DejaVu Sans"],  # comes with matplotlib and has Cyrillic
        "font.size": 9.0,
        "axes.titlesize": 10.5,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "axes.labelsize": 9.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#555555",
        "axes.linewidth": 0.8,
        "axes.unicode_minus": True,
        "xtick.labelsize": 8.0,
        "ytick.labelsize": 8.0,
        "xtick.color": "#333333",
        "ytick.color": "#333333",
        "legend.fontsize": 8.0,
        "legend.frameon": False,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "savefig.dpi": 150.0,
        "svg.fonttype": "none",  # letters stay letters: searchable and small
        "svg.hashsalt": "workbench",  # element ids that do not change from run to run
        "path.simplify": False,
        "text.parse_math": False,  # a name with dollars is a name
    }
)
"""matplotlib settings of every picture."""

CLUSTER_COLORS: Mapping[str, str] = MappingProxyType(
    {
        "High-High": "#FF0000",
        "Low-Low": "#0000FF",
        "High-Low": "#F4ADA8",
        "Low-High": "#A7ADF9",
        "other similar": "#FDD2A0",
        "similar": "#336666",
        "dissimilar": "#B29BBE",
        "hot spot": "#FF0000",
        "cold spot": "#0000FF",
        "clustered": "#C83D24",
        "separated": "#5B8FC7",
        "heterogeneous": "#C83D24",
        "homogeneous": "#5B8FC7",
        "match": "#336666",
        "not significant": "#EEEEEE",
        "not tested": "#FAFAFA",
        "isolated": "#999999",
    }
)
"""GeoDa's colours of local clusters, and as few others as the other statistics need."""

SIGNIFICANCE_COLORS: Mapping[float, str] = MappingProxyType(
    {0.05: "#B9E3AD", 0.01: "#6CBF63", 0.001: "#2B8A3E", 0.0001: "#0B4F1E"}
)
"""Greens of a significance map: the darker, the smaller the p-value."""

SERIES_COLORS = ("#1F5A94", "#D1622B", "#3C8D5A", "#8C5AA8", "#A8893A", "#4A4A4A")
"""Colours of models or groups, in order; told apart in print too by :data:`SERIES_MARKERS`."""

SERIES_MARKERS = ("o", "s", "D", "^", "v", "P")
SEQUENTIAL = "YlGnBu"
OUTLINE = "#FFFFFF"
OUTLINE_WIDTH = 0.35
INK = "#333333"
ACCENT = "#B5321F"
NO_DATA = "#D9D9D9"

_NO_CLOCK: Mapping[str, Mapping[str, None]] = MappingProxyType(
    {
        "svg": MappingProxyType({"Date": None}),
        "pdf": MappingProxyType({"CreationDate": None, "ModDate": None}),
    }
)


def p_number(value: float) -> str:
    """Return a p-value as tables print it: three decimals, and ``<0.001`` below.

    After a sign of equality :func:`~workbench.core.language.say` puts the relation in its place.

    Examples
    --------
    >>> p_number(1.087e-06), p_number(0.0237), p_number(1.0)
    ('<0.001', '0.024', '1.000')
    """
    return in_print(display.p_text(value)) if value == value else ""


def number(value: object) -> str:
    """Return the text of a number in a picture: that of results, in the language in use.

    Examples
    --------
    >>> number(0.123456)
    '0.1235'
    >>> number(-0.1734)
    '−0.1734'
    """
    return _NEGATIVE.sub("−", in_print(display.number(value)))


_NEGATIVE = re.compile(r"^-(?=\d)")


def titled(title: Said | None) -> str:
    """Return a heading that a caller gave, of one in several languages that in use."""
    return "" if title is None else chosen(title, argument="title")


def in_print(printed: str) -> str:
    """Return a printed number with the decimal mark of the language in use."""
    return decimal_comma(printed) if language() == "ru" else printed


def class_in_print(text: str) -> str:
    """Return the interval of a class, its ends apart by a semicolon where commas are decimal."""
    return in_print(text).replace(", ", "; ") if language() == "ru" else text


class _CommaFormatter(ScalarFormatter):
    """Numbers on an axis with a decimal comma; matplotlib's own way asks for a locale."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return decimal_comma(super().__call__(x, pos))

    def get_offset(self) -> str:
        return super().get_offset().replace(".", ",")


class _Printed(Formatter):
    """Another formatter's texts with a decimal comma."""

    def __init__(self, own: Formatter) -> None:
        self.own = own

    def __call__(self, x: float, pos: int | None = None) -> str:
        return decimal_comma(self.own(x, pos))

    def set_axis(self, axis: Any) -> None:
        self.own.set_axis(axis)

    def set_locs(self, locs: Any) -> None:
        self.own.set_locs(locs)


def printed(formatter: Formatter) -> Formatter:
    """Return a formatter whose texts have the decimal mark of the language in use."""
    return _Printed(formatter) if language() == "ru" else formatter


class Picture(Figure):
    """A matplotlib figure in the house style that shows itself in a notebook.

    It is a :class:`matplotlib.figure.Figure` with its own Agg canvas: it is not registered
    with pyplot, so nothing has to be closed and no global state changes.

    Parameters
    ----------
    width, height : float
        Size in inches.
    alt : str
        What the picture shows, in a sentence or two, for readers who do not see it.
    """

    alt: str

    def __init__(self, width: float, height: float, *, alt: str = "") -> None:
        with styled():
            super().__init__(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(self)
        self.alt = alt

    def add_subplot(self, *places: Any, **options: Any) -> Axes:
        """Add axes whose numbers have the decimal mark of the language in use.

        Parameters
        ----------
        *places, **options
            As for :meth:`matplotlib.figure.Figure.add_subplot`.
        """
        axes: Axes = super().add_subplot(*places, **options)
        if language() == "ru":
            _put_commas(axes)
        return axes

    def colorbar(self, *drawn: Any, **options: Any) -> Any:
        """Add the scale of colours, with the decimal mark of the language in use.

        Parameters
        ----------
        *drawn, **options
            As for :meth:`matplotlib.figure.Figure.colorbar`.
        """
        if language() == "ru":
            options.setdefault("format", _CommaFormatter())
        return super().colorbar(*drawn, **options)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save in the house style and without a date; arguments are matplotlib's.

        Parameters
        ----------
        fname : path or file object
            Where to; the suffix decides the format unless ``format`` is given.
        **options
            As for :meth:`matplotlib.figure.Figure.savefig`.
        """
        suffix = Path(fname).suffix.lstrip(".") if isinstance(fname, str | Path) else ""
        kind = str(options.get("format") or suffix or "png").lower()
        if kind in _NO_CLOCK:
            options["metadata"] = {**_NO_CLOCK[kind], **(options.get("metadata") or {})}
        with styled():
            super().savefig(fname, **options)

    def to_svg(self) -> str:
        """Return the picture as SVG text, the same on every run."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="svg")
        return buffer.getvalue().decode("utf-8")

    def to_png(self, dpi: float = 150.0) -> bytes:
        """Return the picture as PNG bytes at `dpi` dots per inch."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=dpi)
        return buffer.getvalue()

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        width, height = (round(side * 100) for side in self.get_size_inches())
        return self.to_png(200.0), {"width": width, "height": height, "alt": self.alt}


def _put_commas(axes: Any) -> None:
    """Let the axes write decimal commas; axes that share a scale share its formatter."""
    for axis in (axes.xaxis, axes.yaxis):
        if type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(_CommaFormatter())


def styled() -> Any:
    """Return the context manager under which axes, texts and legends take the house style."""
    house: Any = dict(STYLE)  # matplotlib types its 300 keys one by one
    return mpl.rc_context(house)
