"""Tables against their schema: cells become typed columns, or the fault is named."""

from __future__ import annotations

import io
import math
import re

import pandas as pd

from workbench.data.descriptor import Field, Resource
from workbench.errors import DataIntegrityError

FIRST_DATA_LINE = 2
"""Line of the first record in a file, the header being line 1."""


def text_table(content: bytes) -> pd.DataFrame:
    """Parse CSV into cells of text, exactly as written; blank cells are empty strings."""
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8")


def typed_table(cells: pd.DataFrame, resource: Resource, *, label: str) -> pd.DataFrame:
    """Turn cells of text into typed columns and check them against the schema.

    Parameters
    ----------
    cells : DataFrame of str, shape (n, k)
        Cells as in the file.
    resource : Resource
        The schema: fields in order, primary key, missing values.
    label : str
        Name of the file, for the message.

    Returns
    -------
    DataFrame, shape (n, k - number of key fields)
        Indexed by the primary key. ``number`` columns are float64 with NaN where missing;
        ``integer`` and ``year`` are int64; ``string`` columns are text with NaN where missing.

    Raises
    ------
    DataIntegrityError
        If columns, types, constraints or the primary key disagree; names column and lines.
    """
    expected = [field.name for field in resource.fields]
    if list(cells.columns) != expected:
        raise DataIntegrityError(
            label,
            expected="columns " + ", ".join(expected),
            found=", ".join(map(str, cells.columns)),
        )
    columns = {
        field.name: _typed(cells[field.name], field, resource, label) for field in resource.fields
    }
    table = pd.DataFrame(columns)
    key = list(resource.primary_key)
    repeated = table[table.duplicated(subset=key)]
    if len(repeated):
        raise DataIntegrityError(
            label,
            expected=f"unique keys ({', '.join(key)})",
            found=f"{len(repeated)} repeated",
            offenders=list(repeated[key].itertuples(index=False, name=None)),
        )
    return table.set_index(key)


def _typed(cells: pd.Series, field: Field, resource: Resource, label: str) -> pd.Series:
    missing = cells.isin(resource.missing_values)
    _refuse(missing if field.required else None, "a value in every row", cells, field, label)
    if field.type == "string":
        column = cells.mask(missing)
        _check_text(column, field, label)
        return column
    numbers = cells.mask(missing).map(_number)
    unreadable = numbers.isna() & ~missing
    if field.type in ("integer", "year"):
        unreadable |= missing | (numbers % 1 != 0)
    _refuse(unreadable, f"{field.type} values", cells, field, label)
    if field.minimum is not None:
        _refuse(numbers < field.minimum, f"at least {field.minimum:g}", cells, field, label)
    if field.maximum is not None:
        _refuse(numbers > field.maximum, f"at most {field.maximum:g}", cells, field, label)
    return numbers.astype("int64" if field.type in ("integer", "year") else "float64")


def _check_text(column: pd.Series, field: Field, label: str) -> None:
    present = column.dropna()
    if field.enum:
        _refuse(~present.isin(field.enum), "a listed word", present, field, label)
    if field.pattern:
        form = re.compile(field.pattern)
        odd = present.map(lambda cell: form.fullmatch(cell) is None)
        _refuse(odd, f"text like {field.pattern}", present, field, label)
    if field.unique:
        _refuse(present.duplicated(), "unique values", present, field, label)


def _number(cell: object) -> float:
    # Python's reader is exact to the last bit; NaN marks what is no finite number
    try:
        number = float(str(cell))
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _refuse(
    bad: pd.Series | None, expected: str, cells: pd.Series, field: Field, label: str
) -> None:
    if bad is None or not bad.any():
        return
    rows = [int(row) for row in bad.index[bad.astype(bool)]]
    raise DataIntegrityError(
        f"{label}, column {field.name!r}",
        expected=expected,
        found=repr(cells.loc[rows[0]]),
        offenders=[f"line {row + FIRST_DATA_LINE}" for row in rows],
    )
