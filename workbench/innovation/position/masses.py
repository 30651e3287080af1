"""Masses of regions: numbers by id that are at least zero and not all zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.data.schemes import refuse_mixed
from workbench.errors import InputError, ValuesError
from workbench.explore.variable import read_column
from workbench.innovation.reading.series import series


def masses_of(masses: str | pd.Series[Any], table: Any, *, argument: str) -> pd.Series[Any]:
    """Return masses by region id in sorted order.

    Parameters
    ----------
    masses : str or Series
        Column or expression of `table`, or values by region id.
    table : DataFrame or other
        Where a column is looked for.

    Raises
    ------
    InputError, ValuesError, FormulaError, IdError
        If masses are no numbers, missing, infinite, negative, or all zero.
    """
    if isinstance(masses, pd.Series):
        read = series(masses, argument=argument)
        read = read.rename(argument if read.name is None else str(read.name))
    elif isinstance(table, pd.DataFrame):
        read = read_column(masses, table, varying=False)
        refuse_mixed(read.index, argument=argument)
    else:
        raise InputError(
            argument,
            expected="a Series by region id, or a column of the table of places",
            found=f"{masses!r} beside {type(table).__name__}",
            remedy='e.g. table["patents"]',
        )
    values = read.to_numpy(dtype=np.float64)
    bad = values < 0
    if bad.any():
        raise ValuesError(
            argument,
            expected="masses of at least 0",
            found=f"{int(bad.sum())} that are negative",
            offenders=read.index[bad].tolist(),
            why="a mass is a number of people, firms, patents: of something that is there",
            remedy="take levels, not logarithms or changes",
        )
    if not values.any():
        raise ValuesError(
            argument,
            expected="some mass",
            found="zero in every region",
            why="a potential is a sum of masses",
            remedy="pass another column, or look where the figures were lost",
        )
    return read
