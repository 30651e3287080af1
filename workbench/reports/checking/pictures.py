"""The figures of a report beside those of a new run: the same, or what differs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from workbench.errors import InputError
from workbench.reports.checking.drawings import change
from workbench.reports.checking.findings import Finding
from workbench.reports.checking.outcome import Figures
from workbench.reports.entries import check_name
from workbench.reports.files import FIGURES, files_of
from workbench.reports.ledger import Collector, Ledger
from workbench.reports.via_matplotlib import pixels

BRIGHTNESS = 8
"""Steps of 255 by which a pixel may differ without being counted."""

PNG = b"\x89PNG"

_DECLARATION = re.compile(rb'\A<\?xml version="1\.\d"[^?<>]*\?>\s*')

SHARE = 1e-3
"""Share of a picture's pixels that may be counted."""


def pictures_of(collected: Collector) -> dict[str, bytes]:
    """Return the figures that a run published, by name: SVG or PNG."""
    return {
        thing.name: content
        for thing, _ in collected.published
        for path, content in files_of(thing).items()
        if path.startswith(f"{FIGURES}/")
    }


def compared_figures(
    folder: Path, ledger: Ledger, new: Mapping[str, bytes]
) -> tuple[Figures, list[Finding]]:
    """Compare the figures that a report keeps with those of a new run.

    Parameters
    ----------
    folder : pathlib.Path
        The report; its figures are ``figures/NAME.svg`` or ``figures/NAME.png``.
    ledger : Ledger
        Of the report: which figures it published.
    new : mapping of str to bytes
        The pictures of the new run, by name.

    Returns
    -------
    tuple of Figures and list of Finding
    """
    names = [place.name for place in ledger.published if place.thing == "figure"]
    if names and not (folder / FIGURES).is_dir():
        return Figures(kept=False), []
    findings = []
    identical = within = compared = 0
    for name in names:
        old = _kept(folder, name)
        if old is None:
            findings.append(Finding(name, "figure", f"the report has no file of it in {FIGURES}/"))
        elif name in new:  # what is not published any more is told among the entries
            compared += 1
            same, told = difference(old, new[name])
            identical += same
            within += not same and not told
            if told:
                findings.append(Finding(name, "figure", told))
    return Figures(compared, identical, within), findings


def _kept(folder: Path, name: str) -> bytes | None:
    try:
        check_name(name)  # a name is part of a path only if it is one
    except InputError:
        return None
    for ending in ("svg", "png"):
        path = folder / FIGURES / f"{name}.{ending}"
        if path.is_file() and not path.is_symlink():
            return path.read_bytes()
    return None


def difference(old: bytes, new: bytes) -> tuple[bool, str]:
    """Return whether two pictures are the same bytes, and else what differs beyond tolerance.

    Parameters
    ----------
    old, new : bytes
        SVG or PNG.

    Returns
    -------
    tuple of bool and str
        The text is empty where nothing differs beyond tolerance.

    Examples
    --------
    >>> difference(b"<svg><text>a</text></svg>", b"<svg><text>b</text></svg>")
    (False, "label 'a' → 'b'")
    """
    drawing, other = _drawing(old), _drawing(new)
    if (drawing or old) == (other or new):
        return True, ""
    if b"<svg" in old and not drawing and not old.startswith(PNG):
        return False, "cannot be read: something stands before the drawing"
    try:
        if drawing and other:
            return False, change(drawing.decode(), other.decode()).told
        if drawing or other:
            return False, "drawn in lines before and in pixels now, or the other way round"
        return False, _pixels_told(old, new)
    except ValueError as error:
        return False, f"cannot be read: {error}"


def _drawing(picture: bytes) -> bytes:
    """Return an SVG; empty for other pictures, and where a style or entities stand before it."""
    inside = _DECLARATION.sub(b"", picture, count=1)
    return inside if inside.startswith(b"<svg") else b""


def _pixels_told(old: bytes, new: bytes) -> str:
    before, after = pixels(old), pixels(new)
    if before.shape != after.shape:
        sizes = [f"{shape[1]} × {shape[0]}" for shape in (before.shape, after.shape)]
        return f"{sizes[0]} pixels before, {sizes[1]} now"
    other = (abs(before.astype(int) - after.astype(int)) > BRIGHTNESS).any(axis=2)
    share = float(other.mean())
    return "" if share <= SHARE else f"{share:.2%} of its pixels differ (allowed: {SHARE:.1%})"
