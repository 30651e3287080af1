"""Several weights of the same regions, by name, and a field on these regions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas.api.types import is_complex_dtype, is_numeric_dtype

from workbench.core.alignment import match
from workbench.errors import IdError, InputError, ValuesError
from workbench.typing import FloatArray
from workbench.weights.adoption import as_weights
from workbench.weights.weights import Weights, WeightsLike


def of_same_regions(candidates: Mapping[str, WeightsLike], *, least: int = 1) -> dict[str, Weights]:
    """Return candidates as weights, refused unless all are of the same regions."""
    if not isinstance(candidates, Mapping) or len(candidates) < least:
        raise InputError(
            "candidates",
            expected=f"{least} or more weights by name",
            found=f"{len(candidates)} of them"
            if isinstance(candidates, Mapping)
            else type(candidates).__name__,
            remedy='pass a dict: {"queen": W, "six nearest": K}',
        )
    found = {str(name): as_weights(W, argument=str(name)) for name, W in candidates.items()}
    (first, reference), *others = found.items()
    for name, W in others:
        different = W.ids.symmetric_difference(reference.ids)
        if len(different):
            raise IdError(
                "candidates",
                expected=f"the {reference.n} regions of {first!r} in every candidate",
                found=f"{len(different)} that {name!r} or {first!r} has alone",
                offenders=list(different),
                why="fits to different regions cannot be compared",
                remedy="restrict them to the common regions: W.restrict(ids)",
            )
    return found


def field_values(field: pd.Series | pd.DataFrame, W: Weights, *, least: int) -> FloatArray:
    """Return a field's values in the order of W's ids: shape (n,), or (n, q) for q columns.

    Raises
    ------
    IdError
        If its ids are not exactly those of W.
    InputError, ValuesError
        If it is no Series or DataFrame, has no column or fewer than `least` rows, or a column
        holds other than numbers, a missing or infinite value, or one value only.
    """
    if not isinstance(field, (pd.Series, pd.DataFrame)):
        raise InputError(
            "field",
            expected="a Series or DataFrame indexed by region id",
            found=type(field).__name__,
            why="values without ids cannot be matched with weights",
        )
    match(field.index, W.ids, argument="field", align="strict")
    columns = field.to_frame() if isinstance(field, pd.Series) else field
    if W.n < least or not columns.shape[1]:
        found = f"{W.n} regions" if W.n < least else "no column"
        raise ValuesError("field", expected=f"values of {least} regions or more", found=found)
    rows = columns.index.get_indexer(W.ids)
    out = np.column_stack([_column(columns.iloc[:, j])[rows] for j in range(columns.shape[1])])
    return out[:, 0] if out.shape[1] == 1 else out


def _column(column: pd.Series) -> FloatArray:
    name = "field" if column.name is None else f"field {column.name!r}"
    if not is_numeric_dtype(column.dtype) or is_complex_dtype(column.dtype):
        raise ValuesError(
            name,
            expected="numbers",
            found=f"values of type {column.dtype}",
            remedy="convert it first: pd.to_numeric(field)",
        )
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = ~np.isfinite(values)
    if wrong.any():
        raise ValuesError(
            name,
            expected="finite values",
            found=f"{int(wrong.sum())} missing or infinite",
            offenders=sorted(column.index[wrong]),
            remedy="leave these regions out of field and weights: W.restrict(ids)",
        )
    # 1e-12: what rounding leaves of a constant, e.g. of residuals of an exact fit to it.
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        raise ValuesError(name, expected="values that differ", found="a constant")
    return np.asarray(values)
