"""The picture of a report on the index: as it was published if it is small, else as few pixels.

Legends are left out: at the size of the index nobody can read them, and the report has them.
"""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

from workbench.errors import ReportError
from workbench.reports.files import FIGURES
from workbench.reports.ledger import Ledger
from workbench.reports.via_typst import pixels

SMALL = 40_000
"""Bytes up to which a picture is shown as it is."""

WIDTH = 560
"""Pixels across of one that is larger."""

_INCHES = 7
_SOURCE = """\
#set page(width: {width}in, height: auto, margin: 0in)
#image("{name}", width: 100%)
"""


def picture_of(folder: Path, ledger: Ledger) -> str:
    """Return the address of a report's picture, which holds the picture itself; empty if none.

    Parameters
    ----------
    folder : pathlib.Path
        The report.
    ledger : Ledger
        Which names the picture.
    """
    for suffix, mime in (("svg", "image/svg+xml"), ("png", "image/png")):
        path = folder / FIGURES / f"{ledger.picture}.{suffix}"
        if _listed(path, ledger) and path.is_file():
            content = path.read_bytes()
            if suffix == "svg":
                content = without_legends(content.decode(errors="replace")).encode()
            if len(content) <= SMALL:
                return _address(content, mime)
            small = _smaller(content, f"picture.{suffix}")
            return min(small, _address(content, mime), key=len) if small else ""
    return ""


def without_legends(svg: str) -> str:
    """Return a drawing of matplotlib without its legends.

    Examples
    --------
    >>> without_legends('<svg><g id="axes_1"/><g id="legend_1"><g></g></g><g id="x"></g></svg>')
    '<svg><g id="axes_1"/><g id="x"></g></svg>'
    """
    kept, at, depth = [], 0, 0
    for tag in _GROUP.finditer(svg):
        if tag[0].endswith("/>"):
            continue
        if depth:
            depth += -1 if tag[0] == "</g>" else 1
            at = tag.end()
        elif _LEGEND.search(tag[0]):
            kept.append(svg[at : tag.start()])
            depth = 1
    return "".join([*kept, svg[at:]]) if not depth else svg


_GROUP = re.compile(r"<g\b[^>]*>|</g>")
_LEGEND = re.compile(r'\sid="legend_\d+"')


def _listed(path: Path, ledger: Ledger) -> bool:
    """Return whether the ledger knows the file, so that no name leads out of the folder."""
    wanted = f"{FIGURES}/{path.name}"
    return any(wanted in place.files for place in ledger.published if place.word == "figure")


def _smaller(content: bytes, name: str) -> str:
    try:
        source = _SOURCE.format(width=_INCHES, name=name)
        (made, *_) = pixels(source, files={name: content}, per_inch=WIDTH / _INCHES)
    except ReportError:
        return ""  # no picture that can be read
    return _address(made, "image/png")


def _address(content: bytes, mime: str) -> str:
    return f"data:{mime};base64,{b64encode(content).decode()}"
