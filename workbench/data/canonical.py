"""The canonical form of a table: what the digest of an external table is of.

Copies of one table differ in their bytes: quotes, order of rows and columns, row numbers, the last
bits of a number. Their canonical form does not. Of a large table only named columns and named rows
are taken: the digest then says nothing about the rest, and the rest is not read on.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from workbench.data.descriptor import Field, Resource
from workbench.errors import DataIntegrityError

DIGITS = 12
"""Significant digits of a canonical value: more than any pinned source prints, fewer than the
digits in which writers of the same number differ."""

Row = Mapping[str, str | None]


def canonical(raw: bytes, resource: Resource, *, label: str, remedy: str = "") -> bytes:
    """Return a table in the form that its digest is of.

    The columns that the descriptor names by ``source_name``, in its order; the rows that its
    ``only`` names, all of them without; sorted by the columns of the key, then by the others;
    fields that are numbers to 12 significant digits in the shortest form, text as it is; commas,
    line feeds, UTF-8. Further columns and rows, their order, quotes and the last bits of a number
    do not matter.

    Parameters
    ----------
    raw : bytes
        A CSV file with a header; for a resource of format ``geojson``, a collection of points,
        whose columns are the properties and ``x`` and ``y``.
    resource : Resource
        The external table.
    label : str
        Name of the file, for the message.
    remedy : str
        What to do where it is no such table.

    Raises
    ------
    DataIntegrityError
        If it is no such table, lacks a column, or lacks rows that are named.
    """
    columns = [field.source_name or field.name for field in resource.fields]
    rows = _read(raw, resource, label=label, remedy=remedy)
    lacking = [name for name in columns if not rows or name not in rows[0]]
    if lacking:
        raise DataIntegrityError(
            label,
            expected="a table with columns " + ", ".join(columns),
            found=f"{len(rows)} rows without " + ", ".join(lacking),
            remedy=remedy,
        )
    cells = [
        [_cell(row.get(name), field) for name, field in zip(columns, resource.fields, strict=True)]
        for row in rows
    ]
    cells = _wanted(cells, columns, resource, label=label, remedy=remedy)
    places = [
        columns.index(field.source_name or field.name)
        for field in resource.fields
        if field.name in resource.primary_key
    ]
    cells.sort(key=lambda row: ([_order(row[place]) for place in places], row))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([columns, *cells])
    return out.getvalue().encode()


def _wanted(
    cells: list[list[str]],
    columns: Sequence[str],
    resource: Resource,
    *,
    label: str,
    remedy: str,
) -> list[list[str]]:
    """Keep the rows that the descriptor names; refuse where a named value has no row."""
    for column, values in resource.only:
        place = columns.index(column)
        wanted = {_cell(value, resource.fields[place]) for value in values}
        absent = sorted(wanted - {row[place] for row in cells})
        if absent:
            raise DataIntegrityError(
                label,
                expected=f"rows in which {column} is one of {len(wanted)} values",
                found=f"no row for {len(absent)} of them",
                offenders=absent,
                remedy=remedy,
            )
        cells = [row for row in cells if row[place] in wanted]
    return cells


def _read(raw: bytes, resource: Resource, *, label: str, remedy: str) -> Sequence[Row]:
    try:
        return READERS[resource.format](raw.decode("utf-8-sig"))
    except (ValueError, csv.Error, KeyError, TypeError) as error:  # ValueError: decoding, JSON
        raise DataIntegrityError(
            label,
            expected=f"a table as {NAMES[resource.format]} in UTF-8",
            found=f"{type(error).__name__}: {error}",
            remedy=remedy,
        ) from error


def _csv(text: str) -> Sequence[Row]:
    return list(csv.DictReader(io.StringIO(text), strict=True))


def _geojson(text: str) -> Sequence[Row]:
    features = json.loads(text)["features"]
    return [_point(feature) for feature in features]


def _point(feature: Mapping[str, Any]) -> Row:
    x, y = feature["geometry"]["coordinates"]
    properties = {name: str(value) for name, value in feature["properties"].items()}
    return {**properties, "x": str(x), "y": str(y)}


READERS: Mapping[str, Callable[[str], Sequence[Row]]] = MappingProxyType(
    {"csv": _csv, "geojson": _geojson}
)
"""What reads a file of each format into rows of text."""

NAMES: Mapping[str, str] = MappingProxyType({"csv": "CSV", "geojson": "GeoJSON"})
"""How the formats are called in messages."""


def _cell(text: str | None, field: Field) -> str:
    if field.type == "string":  # "01" is a name
        return text or ""
    try:
        return format(float(text or ""), f".{DIGITS}g")
    except ValueError:
        return text or ""


def _order(cell: str) -> tuple[float, str]:
    try:
        return float(cell), ""
    except ValueError:
        return float("inf"), cell
