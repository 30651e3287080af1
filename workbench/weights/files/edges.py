"""Edge lists: a row a link, as text (CSV, TSV) or as Parquet and GeoParquet."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.alignment import match
from workbench.errors import MissingExtraError
from workbench.weights.files.links import Links, Reading, Writing, bad, number, text_of

# An island is a link of a region to itself of weight 0, as in libpysal's adjacency.


def read_csv(path: Path, how: Reading) -> Links:
    """Read columns parted by commas."""
    return _read_text(path, how, ",")


def read_tsv(path: Path, how: Reading) -> Links:
    """Read columns parted by tabs."""
    return _read_text(path, how, "\t")


def read_parquet(path: Path, how: Reading) -> Links:
    """Read the columns of a Parquet or GeoParquet file; geometry is left alone."""
    _require_pyarrow()
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise bad(path, 0, "a Parquet file", str(error).splitlines()[0]) from error
    _refuse_absent(path, how, list(table.columns))
    focal, neighbor, weight = (table[name].tolist() for name in how.columns)
    return _links(focal, neighbor, np.array(weight, dtype=np.float64), np.empty(0, dtype=np.int64))


def write_csv(content: Writing) -> bytes:
    """Return a header and a row a link, numbers in full precision."""
    return _written(content, ",")


def write_tsv(content: Writing) -> bytes:
    """Return the same, parted by tabs."""
    return _written(content, "\t")


def write_parquet(content: Writing) -> bytes:
    """Return a Parquet file; with `regions` a GeoParquet file that draws each link as a line."""
    _require_pyarrow()
    table = pd.DataFrame(dict(zip(content.columns, _columns(content), strict=True)))
    out = BytesIO()
    if content.regions is None:
        table.to_parquet(out, index=False)
    else:
        _with_lines(table, content).to_parquet(out, index=False)
    return out.getvalue()


def _read_text(path: Path, how: Reading, delimiter: str) -> Links:
    try:
        rows = list(csv.reader(StringIO("\n".join(text_of(path))), delimiter=delimiter))
    except csv.Error as error:
        raise bad(path, 0, "columns of text", str(error)) from error
    header = rows[0]
    _refuse_absent(path, how, header)
    at = [header.index(name) for name in how.columns]
    focal, neighbor, weight, lines = [], [], [], []
    for line, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != len(header):
            raise bad(path, line, f"{len(header)} columns", f"{len(row)}")
        focal.append(row[at[0]])
        neighbor.append(row[at[1]])
        weight.append(number(path, line, row[at[2]]))
        lines.append(line)
    return _links(
        focal, neighbor, np.array(weight, dtype=np.float64), np.array(lines, dtype=np.int64)
    )


def _links(focal: list[Any], neighbor: list[Any], weight: Any, lines: Any) -> Links:
    labels = list(dict.fromkeys([*focal, *neighbor]))
    place = {label: position for position, label in enumerate(labels)}
    one = np.array([place[label] for label in focal], dtype=np.int64)
    two = np.array([place[label] for label in neighbor], dtype=np.int64)
    linked = ~((one == two) & (weight == 0))
    return Links(
        labels, one[linked], two[linked], weight[linked], lines[linked] if len(lines) else lines
    )


def _refuse_absent(path: Path, how: Reading, found: list[str]) -> None:
    absent = [name for name in how.columns if name not in found]
    if absent:
        raise bad(
            path,
            1,
            f"columns {', '.join(how.columns)}",
            f"no {', '.join(absent)}; there are {', '.join(map(str, found))}",
            'name them: columns=("from", "to", "value")',
        )


def _columns(content: Writing) -> tuple[list[Any], list[Any], list[float]]:
    ids = content.ids.tolist()
    focal, neighbor, weight = [], [], []
    for row, others, values in content.rows():
        pairs = [(row, 0.0)] if not len(others) else zip(others, values, strict=True)
        for other, value in pairs:
            focal.append(ids[row])
            neighbor.append(ids[other])
            weight.append(float(value))
    return focal, neighbor, weight


def _written(content: Writing, delimiter: str) -> bytes:
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(content.columns)
    writer.writerows((a, b, repr(w)) for a, b, w in zip(*_columns(content), strict=True))
    return out.getvalue().encode()


def _with_lines(table: pd.DataFrame, content: Writing) -> Any:
    import geopandas as gpd
    import shapely

    places = content.regions.geometry
    match(places.index, content.ids, argument="regions", align="strict")
    points = places.representative_point()
    ends = [
        shapely.get_coordinates(points.loc[table[name]].to_numpy()) for name in content.columns[:2]
    ]
    lines = shapely.linestrings(np.stack(ends, axis=1))
    return gpd.GeoDataFrame(table, geometry=lines, crs=places.crs)


def _require_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "path",
            expected="the package pyarrow for Parquet files",
            found="none installed",
            remedy="pip install 'spatial-workbench[parquet]', or write W.write(\"weights.csv\")",
        ) from error
