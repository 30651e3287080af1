"""Columns that a fit has not seen: outside instruments, and what W is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import IdError, InputError, ValuesError
from workbench.hypotheses.identification.system import Frame
from workbench.typing import FloatArray


def checked_columns(external: Any, *, argument: str) -> pd.DataFrame | None:
    """Return columns that a fit has not seen as a table of numbers, or refuse them.

    Parameters
    ----------
    external : Series, DataFrame or None
    argument : str
        What the caller calls them.

    Raises
    ------
    InputError
        If they are no table.
    ValuesError
        If a column is not of numbers.
    """
    if external is None:
        return None
    if isinstance(external, pd.Series):
        external = external.to_frame()
    if not isinstance(external, pd.DataFrame) or external.shape[1] == 0:
        raise InputError(
            argument,
            expected="a Series or DataFrame indexed as the data of the fit",
            found=type(external).__name__,
            remedy=f"{argument}=table[['distance_to_university']]",
        )
    words = [name for name in external if not pd.api.types.is_numeric_dtype(external[name])]
    if words:
        raise ValuesError(argument, expected="numbers", found="other values", offenders=words)
    return external


def aligned(frame: Frame, external: pd.DataFrame, *, argument: str) -> FloatArray:
    """Return columns in the rows of the fit; refuse those that lack a row or a number.

    Parameters
    ----------
    frame : Frame
    external : DataFrame
        Indexed as the data of the fit, in any order; further rows are left out.
    argument : str
        What the caller calls them.

    Raises
    ------
    IdError
        If an id is there twice, or an observation has no row.
    ValuesError
        If a value is missing or infinite, or a column constant.
    """
    index = frame.fit.design.index
    repeated = external.index[external.index.duplicated()]
    if len(repeated):
        raise IdError(argument, expected="each id once", found="ids twice", offenders=repeated)
    missing = index.difference(external.index)
    if len(missing):
        raise IdError(
            argument,
            expected="a row for every observation of the fit",
            found=f"{len(missing)} without one",
            offenders=missing,
        )
    values = external.reindex(index).to_numpy(dtype=float)
    bad = ~np.isfinite(values).all(axis=1)
    if bad.any():
        raise ValuesError(
            argument,
            expected="finite numbers",
            found=f"{int(bad.sum())} rows with missing or infinite ones",
            offenders=index[bad],
        )
    constant = [
        str(name)
        for name, column in zip(external.columns, values.T, strict=True)
        if np.ptp(column) == 0
    ]
    if constant:
        raise ValuesError(
            argument, expected="columns that vary", found="constants", offenders=constant
        )
    return values
