"""Cells of the user's tables as numbers: text, dates and complex numbers are refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import ValuesError
from workbench.typing import FloatArray

NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal", "boolean", "empty")
"""Kinds of objects that are numbers, in the words of ``pandas.api.types.infer_dtype``."""


def numbers(table: pd.DataFrame, *, argument: str) -> FloatArray:
    """Return the cells of a table as float64, shape of the table; missing ones are NaN.

    Raises
    ------
    ValuesError
        If columns hold anything but real numbers, also numbers stored as text.
    """
    wrong = [f"{name} ({column.dtype})" for name, column in table.items() if not is_numeric(column)]
    if wrong:
        first = next(name for name, column in table.items() if not is_numeric(column))
        raise ValuesError(
            argument,
            expected="real numbers in every column",
            found=f"{len(wrong)} columns of something else",
            offenders=wrong,
            why='text is not read as numbers here: "1,500" may be 1.5 or 1500',
            remedy=f"convert first: {argument}[{first!r}] = "
            f"pandas.to_numeric({argument}[{first!r}]), or .dt.total_seconds() for durations",
        )
    return np.asarray(table.to_numpy(dtype=np.float64, na_value=np.nan))


def array_numbers(values: Any, *, argument: str) -> FloatArray:
    """Return an array or nested sequence of real numbers as float64."""
    if np.ma.is_masked(values):
        raise ValuesError(
            argument,
            expected="a value in every cell",
            found=f"{int(np.ma.getmaskarray(values).sum())} masked cells",
            why="what lies behind a mask is not meant as a number",
            remedy="fill them first, e.g. matrix.filled(0)",
        )
    array = np.asarray(values)
    real = array.dtype.kind in "biuf"
    if array.dtype.kind == "O":
        real = pd.api.types.infer_dtype(array.ravel(), skipna=True) in NUMBERS
    if not real:
        raise ValuesError(
            argument,
            expected="real numbers",
            found=f"values of type {array.dtype}",
            remedy="convert first, e.g. numpy.asarray(matrix, dtype=float)",
        )
    return array.astype(np.float64)


def is_numeric(column: pd.Series) -> bool:
    """Tell whether a column holds real numbers (or truth values), whatever its type."""
    kind = column.dtype
    if pd.api.types.is_object_dtype(kind):
        return pd.api.types.infer_dtype(column, skipna=True) in NUMBERS
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind)
