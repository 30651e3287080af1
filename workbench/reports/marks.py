"""Short digests of the columns and rows of a table, by which a changed cell can be named."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from typing import Any

MOST = 5000
"""Rows of a table whose marks are kept."""

OF_COLUMN, OF_ROW = 8, 4
"""Hexadecimal digits: they say where to look, the SHA-256 of the file says whether."""

SHOWN = 3

Table = tuple[list[str], list[list[str]]]


def marks_of(name: str, content: bytes) -> dict[str, Any]:
    r"""Return the marks of a CSV file: ``columns`` by name, ``rows`` as one text, in order.

    Another kind of file, and one of more than 5,000 rows or of uneven ones, has none.

    Examples
    --------
    >>> marks = marks_of("a.csv", b"id,x\np,1\nq,2\n")
    >>> list(marks["columns"]), len(marks["rows"])
    (['id', 'x'], 8)
    """
    table = _read(name, content)
    if table is None:
        return {}
    header, rows = table
    columns = zip(*rows, strict=True) if rows else ([] for _ in header)
    return {
        "columns": {
            column: _digest(cells, OF_COLUMN) for column, cells in zip(header, columns, strict=True)
        },
        "rows": "".join(_digest(row, OF_ROW) for row in rows),
    }


def changed_cells(name: str, content: bytes, before: Mapping[str, Any]) -> str:
    r"""Return in words which cells of a CSV file are not those of its marks; empty if unknown.

    Examples
    --------
    >>> before = marks_of("a.csv", b"id,x\np,1\nq,2\n")
    >>> changed_cells("a.csv", b"id,x\np,1\nq,3\n", before)
    'column x, row q'
    """
    table, now = _read(name, content), marks_of(name, content)
    if table is None or not before:
        return ""
    was, columns = before["columns"], now["columns"]
    if list(was) != list(columns):
        return _listed("columns", [*({*was} ^ {*columns})] or ["in another order"])
    if len(before["rows"]) != len(now["rows"]):
        return f"{len(before['rows']) // OF_ROW} rows, now {len(now['rows']) // OF_ROW}"
    changed = [column for column in columns if was[column] != columns[column]]
    keys = _keys(*table)
    rows = [
        keys[i]
        for i in range(len(keys))
        if before["rows"][i * OF_ROW : (i + 1) * OF_ROW]
        != now["rows"][i * OF_ROW : (i + 1) * OF_ROW]
    ]
    return ", ".join(_listed(*pair) for pair in (("columns", changed), ("rows", rows)) if pair[1])


def _read(name: str, content: bytes) -> Table | None:
    if not name.endswith(".csv"):
        return None
    try:
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    except (ValueError, csv.Error):
        return None
    uneven = any(len(row) != len(header) for row in rows)
    return None if uneven or len(rows) > MOST or len({*header}) < len(header) else (header, rows)


def _digest(cells: Any, digits: int) -> str:
    return hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:digits]


def _keys(header: list[str], rows: list[list[str]]) -> list[str]:
    """Return the name of each row: its first cells, as many as tell it from the others."""
    for width in range(1, len(header) + 1):
        keys = [" ".join(row[:width]) for row in rows]
        if len({*keys}) == len(keys):
            return keys
    return [f"number {number}" for number in range(1, len(rows) + 1)]


def _listed(word: str, names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{word if len(names) > 1 else word.removesuffix('s')} {shown}{more}"
