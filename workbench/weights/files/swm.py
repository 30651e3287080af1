"""SWM: ArcGIS's binary file of spatial weights."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from workbench.weights.files.links import Links, Reading, Writing, bad, refuse_labels

LARGEST_ID = 2**31 - 1


def read(path: Path, _how: Reading) -> Links:
    """Read both layouts, before and from version 10.1, and undo row standardisation.

    A header line; n and whether rows are standardised (32-bit integers); then for each region
    its id, number of neighbours, their ids, their weights (one for all, where the header says
    FIXEDWEIGHTS) and the sum of the weights before standardisation. A region without neighbours
    has neither weights nor sum.
    """
    content = path.read_bytes()
    end = content.find(b"\n")
    if end < 0 or b";" not in content[:end]:
        raise bad(path, 1, "the header of an SWM file", "none")
    header = content[:end].decode("utf-8", errors="replace").strip()
    fields = dict(part.partition("@")[::2] for part in header.split(";"))
    fixed = fields.get("FIXEDWEIGHTS", "").upper() == "TRUE"
    cursor = _Cursor(path, content, end + 1)
    n, standardized = cursor.integers(2).tolist()
    labels, focal, neighbor, weight = [], [], [], []
    for row in range(n):
        label, count = cursor.integers(2).tolist()
        labels.append(label)
        if count < 0:
            raise bad(path, 0, f"a number of neighbours of {label}", str(count))
        if count == 0:
            continue
        neighbor += cursor.integers(count).tolist()
        values = np.repeat(cursor.doubles(1), count) if fixed else cursor.doubles(count)
        total = float(cursor.doubles(1)[0])
        if standardized and not (np.isfinite(total) and total > 0):
            raise bad(path, 0, f"a positive sum of the weights of {label}", f"{total:g}")
        weight += (values * total if standardized else values).tolist()
        focal += [row] * count
    if cursor.at != len(content):
        raise bad(path, 0, f"nothing after {n} regions", f"{len(content) - cursor.at} bytes more")
    place = {label: position for position, label in enumerate(labels)}
    lost = [label for label in neighbor if label not in place]
    if lost:
        raise bad(path, 0, "neighbours that are regions", f"{lost[0]} and others")
    return Links(
        labels,
        np.array(focal, dtype=np.int64),
        np.array([place[label] for label in neighbor], dtype=np.int64),
        np.array(weight, dtype=np.float64),
        row_standardized=bool(standardized),
    )


class _Cursor:
    """Reads numbers one after the other, and notices the end of the file."""

    def __init__(self, path: Path, content: bytes, at: int) -> None:
        self.path, self.content, self.at = path, content, at

    def integers(self, count: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.frombuffer(self._take(4 * count), dtype="<i4").astype(np.int32)

    def doubles(self, count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.frombuffer(self._take(8 * count), dtype="<f8").astype(np.float64)

    def _take(self, size: int) -> bytes:
        part = self.content[self.at : self.at + size]
        if size < 0 or len(part) < size:
            raise bad(
                self.path, 0, "a complete SWM file", f"its end after {len(self.content)} bytes"
            )
        self.at += size
        return part


def write(content: Writing) -> bytes:
    """Return the layout of version 10.1; ArcGIS wants ids that are whole numbers."""
    wrong = [
        label
        for label in content.ids
        if not isinstance(label, int | np.integer) or not 0 <= label <= LARGEST_ID
    ]
    refuse_labels(content.ids, wrong, name="SWM", why="ArcGIS knows regions by whole number")
    ids = content.ids.to_numpy()
    standardized = int(content.row_standardized)
    header = (
        "VERSION@10.1;UNIQUEID@region;SPATIALREFNAME@Unknown;"
        f"ROWSTD@{str(bool(standardized)).upper()};FIXEDWEIGHTS@FALSE\n"
    )
    parts = [header.encode(), struct.pack("<2i", len(ids), standardized)]
    for row, neighbor, weight in content.rows():
        parts.append(struct.pack("<2i", int(ids[row]), len(neighbor)))
        if len(neighbor):
            total = content.row_sums[row] if standardized else weight.sum()
            parts += [
                ids[neighbor].astype("<i4").tobytes(),
                weight.astype("<f8").tobytes(),
                struct.pack("<d", total),
            ]
    return b"".join(parts)
