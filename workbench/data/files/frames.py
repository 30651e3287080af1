"""Files that know their types: Parquet and Stata."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.files.grid import LARGEST_CELLS
from workbench.errors import InputError, MissingExtraError


def parquet_frame(path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the columns of a Parquet file, a named index first.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    InputError
        If the file cannot be read.
    """
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "path",
            expected="the package pyarrow, which reads Parquet files",
            found=f"{path.name}, and no pyarrow",
            remedy='pip install "spatial-workbench[parquet]", or save the table as .csv or .xlsx',
        ) from error
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise _unreadable(path, "a Parquet file", error) from error
    return _plain(frame, path), ("Parquet.",)


def stata_frame(path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the columns of a Stata file; labelled values as their labels.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    labels = True
    try:
        try:
            frame = pd.read_stata(path)
        except ValueError as error:
            if "Value labels for column" not in str(error):
                raise
            labels = False  # two values of a column share a label
            frame = pd.read_stata(path, convert_categoricals=False)
    except (OSError, ValueError, KeyError, struct.error, UnicodeDecodeError) as error:
        raise _unreadable(path, "a Stata file", error) from error
    labelled = [str(name) for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    notes = ["Stata."]
    if labelled:
        notes.append(f"Labels instead of codes in {', '.join(labelled)}.")
    if not labels:
        notes.append("Codes instead of labels: two codes of a column share a label.")
    return _plain(frame, path), tuple(notes)


def _plain(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return cells as objects, None where missing, names as text, rows numbered from 1."""
    if frame.size > LARGEST_CELLS:
        raise InputError("path", expected=f"at most {LARGEST_CELLS:,} cells",
                         found=f"{frame.size:,} in {path.name}",
                         remedy="keep the rows and columns that are needed")  # fmt: skip
    named = [name for name in frame.index.names if name is not None]
    own = frame.reset_index(level=named) if named else frame
    names = [str(name).strip() for name in own.columns]
    if len(set(names)) < len(names) or own.empty:
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InputError(
            "path",
            expected="a table whose columns have different names, with at least a row",
            found=path.name + (", with repeated names" if twice else ", without rows"),
            offenders=twice,
        )
    index = pd.RangeIndex(1, len(own) + 1, name="line")
    columns = {name: _cells(own.iloc[:, k]) for k, name in enumerate(names)}
    return pd.DataFrame(columns, index=index, dtype=object)


def _cells(column: pd.Series[Any]) -> list[Any]:
    """Return values as they are, text trimmed, None where missing."""
    held = column.astype(object)
    return [
        None if pd.isna(cell) else (cell.strip() or None) if isinstance(cell, str) else cell
        for cell in held
    ]


def _unreadable(path: Path, what: str, error: Exception) -> InputError:
    told = (str(error).splitlines() or ["no reason given"])[0][:100]
    return InputError("path", expected=what, found=f"{path.name}, which cannot be read: {told}",
                      remedy="write it anew, or save the table as .csv or .xlsx")  # fmt: skip
