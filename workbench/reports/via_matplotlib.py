"""Adapter to matplotlib: a figure as a picture that is the same every time."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.reports.writers.inert import harmless

LARGEST_SVG = 600_000
"""Characters; a map of many vertices beyond that is drawn in pixels."""

PIXELS_PER_INCH = 160


def picture(figure: Any, *, salt: str) -> str:
    """Return a figure as SVG with text as text, or as PNG in base64 if that is too large.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Left as it is.
    salt : str
        Decides the ids inside, so that equal figures have equal text.
    """
    import matplotlib as mpl

    drawing = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": salt, "svg.fonttype": "none"}):
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(drawing, format="svg", bbox_inches="tight", metadata=nothing)
    text = drawing.getvalue()
    if len(text) <= LARGEST_SVG:
        return harmless(text[text.index("<svg") :])
    pixels = io.BytesIO()
    figure.savefig(
        pixels, format="png", dpi=PIXELS_PER_INCH, bbox_inches="tight", metadata={"Software": None}
    )
    return base64.b64encode(pixels.getvalue()).decode()


def forget(figure: Any) -> None:
    """Take a figure from pyplot's list, so that the notebook does not show it a second time."""
    import matplotlib.pyplot as plt

    plt.close(figure)


def pixels(png: bytes) -> npt.NDArray[np.uint8]:
    """Return a PNG as rows of pixels of red, green, blue and opacity, 0 to 255.

    Raises
    ------
    ValueError
        If it is no sound PNG.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
            return np.asarray(image.convert("RGBA"))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"no PNG: {type(error).__name__}") from error
