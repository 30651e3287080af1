"""GWT: a line a link with a number, which may be a weight or a distance (GeoDa, spdep, PySAL)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.errors import InputError
from workbench.weights.files.links import (
    Links,
    Reading,
    Writing,
    are_row_numbers,
    bad,
    count,
    number,
    spaceless,
    text_of,
)

WIDTH = 3


def read(path: Path, how: Reading) -> Links:
    """Read a header ``0 n layer idfield``, then focal region, neighbour and number a line."""
    if how.values is None:
        raise InputError(
            "values",
            expected='"weights" or "links" for a GWT file',
            found="nothing",
            why="GeoDa writes distances into GWT files, others weights: the file does not say",
            remedy='values="links" takes every link as 1, whatever its number; values="weights" '
            "takes the numbers as weights; for weights that fall with distance build them from "
            "the map: wb.weights.distance_band(..., decay=...)",
        )
    lines = text_of(path)
    header = lines[0].split()
    if len(header) not in (1, 4):
        raise bad(path, 1, "0 n layer idfield", repr(lines[0]))
    n = count(path, header[0] if len(header) == 1 else header[1])
    focal, neighbor, weight, at = [], [], [], []
    for line, text in enumerate(lines[1:], start=2):
        words = text.split()
        if not words:
            continue
        if len(words) != WIDTH:
            raise bad(path, line, "focal region, neighbour and number", repr(text))
        focal.append(words[0])
        neighbor.append(words[1])
        weight.append(number(path, line, words[2]))
        at.append(line)
    labels = list(dict.fromkeys([*focal, *neighbor]))
    labels, numbered = _complete(path, labels, n, how)
    place = {label: position for position, label in enumerate(labels)}
    return Links(
        labels,
        np.array([place[label] for label in focal], dtype=np.int64),
        np.array([place[label] for label in neighbor], dtype=np.int64),
        np.array(weight, dtype=np.float64),
        np.array(at, dtype=np.int64),
        numbered,
    )


def _complete(path: Path, labels: list[str], n: int, how: Reading) -> tuple[list[str], bool]:
    """Name regions without links, which a GWT file does not list."""
    if how.ids is not None and len(how.ids) == n:
        if are_row_numbers(labels, how.ids, path=path):
            return [str(row) for row in range(1, n + 1)], True
        if set(labels) <= {str(label) for label in how.ids}:
            return [str(label) for label in how.ids], False
    if len(labels) == n:
        return labels, False
    if len(labels) > n:
        raise bad(path, 1, f"{n} regions", f"{len(labels)}")
    raise bad(
        path,
        1,
        f"links of all {n} regions",
        f"links of {len(labels)}",
        "regions without neighbours are not listed in a GWT file: pass the ids of all, ids=...",
    )


def write(content: Writing) -> bytes:
    """Return the weights, in full precision; regions without neighbours are not listed."""
    words = spaceless(content.ids, name="GWT")
    lines = [f"0 {len(words)} ids region"]
    for row, neighbor, weight in content.rows():
        lines += [
            f"{words[row]} {words[j]} {float(w)!r}" for j, w in zip(neighbor, weight, strict=True)
        ]
    return ("\n".join(lines) + "\n").encode()
