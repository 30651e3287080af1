"""The formats that are known, by the ending of a file's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from workbench.errors import InputError, check_option
from workbench.typing import WeightsFormat
from workbench.weights.files import edges, gal, gwt, market, stata, swm
from workbench.weights.files.links import Links, Reading, Writing

COLUMNS = 3
"""Focal region, neighbour, weight."""


class Format(NamedTuple):
    """How a format is read and written."""

    read: Callable[[Path, Reading], Links]
    write: Callable[[Writing], bytes]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "gal": Format(gal.read, gal.write),
        "gwt": Format(gwt.read, gwt.write),
        "swm": Format(swm.read, swm.write),
        "stata": Format(stata.read, stata.write),
        "matrix-market": Format(market.read, market.write),
        "csv": Format(edges.read_csv, edges.write_csv),
        "tsv": Format(edges.read_tsv, edges.write_tsv),
        "parquet": Format(edges.read_parquet, edges.write_parquet),
    }
)

ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        ".gal": "gal", ".gwt": "gwt", ".swm": "swm", ".txt": "stata", ".stswm": "stata",
        ".mtx": "matrix-market", ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet",
        ".geoparquet": "parquet",
    }
)  # fmt: skip


def path_of(path: str | Path) -> Path:
    """Return a path, or refuse what is none."""
    if not isinstance(path, str | Path):
        raise InputError("path", expected="a path to a file", found=repr(path))
    return Path(path)


def check_columns(columns: tuple[str, str, str]) -> None:
    """Refuse names of columns that are not three, all different."""
    if isinstance(columns, str) or len(columns) != COLUMNS or len(set(columns)) != COLUMNS:
        raise InputError("columns", expected="three different names", found=repr(columns))


def format_of(path: Path, name: WeightsFormat | None) -> str:
    """Return the format that the caller named, or that the ending of the file stands for."""
    if name is not None:
        check_option("format", name, WeightsFormat)
        return name
    found = ENDINGS.get(path.suffix.lower())
    if found is None:
        raise InputError(
            "path",
            expected=f"an ending among {', '.join(ENDINGS)}",
            found=repr(path.name),
            remedy='name the format, e.g. format="csv"',
        )
    return found
