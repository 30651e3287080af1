"""Each published table and figure as a file of its own."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from workbench.reports.entries import Published
from workbench.reports.writers.comma import grid_csv

FIGURES, TABLES = "figures", "tables"


def files_of(thing: Published) -> dict[str, bytes]:
    """Return the files that hold a published thing alone, by their path in the report.

    A figure is as it was published, SVG or PNG. A table is CSV in UTF-8 with the numbers at full
    precision and a decimal point, texts quoted; further tables of one thing are ``NAME--2.csv``.
    A sentence has no file.

    Parameters
    ----------
    thing : Published
        With its picture, if it is a figure.
    """
    if thing.sentence:
        return {}
    if thing.picture.startswith("<svg"):
        return {f"{FIGURES}/{thing.name}.svg": thing.picture.encode()}
    if thing.picture:
        return {f"{FIGURES}/{thing.name}.png": base64.b64decode(thing.picture)}
    return {
        f"{TABLES}/{thing.name}{f'--{i}' if i > 1 else ''}.csv": grid_csv(grid).encode()
        for i, grid in enumerate(thing.grids, start=1)
    }


def all_files(things: Iterable[Published]) -> dict[str, bytes]:
    """Return the files of several published things."""
    return {path: content for thing in things for path, content in files_of(thing).items()}
