"""Stata: the text that ``spmatrix export`` writes and ``spmatrix import`` reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.weights.files.links import (
    Links,
    Reading,
    Writing,
    bad,
    count,
    number,
    refuse_labels,
    text_of,
)


def read(path: Path, _how: Reading) -> Links:
    """Read n on the first line, then an id and n weights a line."""
    start = path.read_bytes()[:64]
    if b"\x00" in start:
        raise bad(
            path,
            0,
            "the text of spmatrix export",
            "a binary file, as spmatrix save writes",
            "its layout is not published; in Stata: spmatrix use W using file.stswm, then "
            "spmatrix export W using file.txt",
        )
    lines = [line for line in text_of(path) if line.strip()]
    n = count(path, lines[0].strip())
    if len(lines) != n + 1:
        raise bad(path, len(lines), f"{n} lines after the first", f"{len(lines) - 1}")
    labels, dense = [], np.empty((n, n))
    for row, text in enumerate(lines[1:]):
        words = text.split()
        if len(words) != n + 1:
            raise bad(path, row + 2, f"an id and {n} weights", f"{len(words)} words")
        labels.append(words[0])
        dense[row] = [number(path, row + 2, word) for word in words[1:]]
    focal, neighbor = np.nonzero(dense)
    return Links(labels, focal, neighbor, dense[focal, neighbor], focal + 2)


def write(content: Writing) -> bytes:
    """Return the full matrix; Stata wants ids that are numbers."""
    words = [str(label) for label in content.ids]
    wrong = [word for word in words if not word.lstrip("-").isdigit()]
    refuse_labels(content.ids, wrong, name="Stata", why="spmatrix knows regions by number")
    lines = [str(len(words))]
    for row, neighbor, weight in content.rows():
        cells = ["0"] * len(words)
        for j, w in zip(neighbor, weight, strict=True):
            cells[j] = repr(float(w))
        lines.append(" ".join([words[row], *cells]))
    return ("\n".join(lines) + "\n").encode()
