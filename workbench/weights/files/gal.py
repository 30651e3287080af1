"""GAL: the neighbours of each region on two lines, without weights (GeoDa, spdep, PySAL)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.errors import WeightsError
from workbench.weights.files.links import (
    Links,
    Reading,
    Writing,
    bad,
    count,
    number,
    spaceless,
    text_of,
)


def read(path: Path, _how: Reading) -> Links:
    """Read a header (``n``, or ``0 n layer idfield``), then id and count, then neighbours."""
    lines = text_of(path)
    header = lines[0].split()
    if len(header) not in (1, 4):
        raise bad(path, 1, "n, or 0 n layer idfield", repr(lines[0]))
    n = count(path, header[0] if len(header) == 1 else header[1])
    body = lines[1:]
    while len(body) > 2 * n and not body[-1].strip():
        body.pop()
    # The empty line of a last region without neighbours is often cut off.
    body += [""] * (2 * n - len(body) if len(body) == 2 * n - 1 else 0)
    if len(body) != 2 * n:
        raise bad(path, len(lines), f"{2 * n} lines for {n} regions", f"{len(body)}")
    labels, neighbours = [], []
    for at in range(n):
        first = body[2 * at].split()
        if len(first) != 2:
            raise bad(path, 2 * at + 2, "an id and its number of neighbours", repr(body[2 * at]))
        found = body[2 * at + 1].split()
        if number(path, 2 * at + 2, first[1], kind=int) != len(found):
            raise bad(path, 2 * at + 3, f"{first[1]} neighbours of {first[0]}", f"{len(found)}")
        labels.append(first[0])
        neighbours.append(found)
    place = {label: at for at, label in enumerate(labels)}
    for at, found in enumerate(neighbours):
        for label in found:
            if label not in place:
                raise bad(path, 2 * at + 3, "neighbours that are regions", repr(label))
    counts = [len(found) for found in neighbours]
    return Links(
        labels,
        np.repeat(np.arange(n), counts).astype(np.int64),
        np.array([place[label] for found in neighbours for label in found], dtype=np.int64),
        np.ones(sum(counts)),
        np.repeat(2 * np.arange(n) + 3, counts).astype(np.int64),
    )


def write(content: Writing) -> bytes:
    """Return the links; weights other than 1 have no place in this format."""
    if content.weight.size and not (content.weight == 1.0).all():
        raise WeightsError(
            "W",
            expected="links that all weigh 1",
            found=f"weights from {content.weight.min():g} to {content.weight.max():g}",
            why="a GAL file lists neighbours and no weights: they would be lost",
            remedy='write the links alone: W.normalize("binary").write(...), or keep the weights '
            'in another format: W.write("weights.gwt")',
        )
    words = spaceless(content.ids, name="GAL")
    lines = [f"0 {len(words)} ids region"]
    for row, neighbor, _ in content.rows():
        lines += [f"{words[row]} {len(neighbor)}", " ".join(words[j] for j in neighbor)]
    return ("\n".join(lines) + "\n").encode()
