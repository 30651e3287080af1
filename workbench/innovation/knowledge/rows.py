"""Rows of a cross-section or of a panel, sorted, with the region and the period of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import refuse_missing, refuse_nonfinite
from workbench.core.ids import canonical_order, ids_digest, region_ids
from workbench.core.panel_frame import panel_frame
from workbench.data.schemes import refuse_mixed
from workbench.errors import FormulaError, InputError, ValuesError
from workbench.explore.variable import evaluate_expression
from workbench.regression.lag_terms import LAG, has_lags
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A table sorted by region, and by period where it is a panel.

    Attributes
    ----------
    table : pandas.DataFrame, n rows
        The caller's columns.
    regions : pandas.Index
        Sorted region ids, length N.
    periods : pandas.Index or None
        In increasing order, length T; None of a cross-section.
    region, period : ndarray of int, shape (n,)
        Position of each row's region and period; period 0 of a cross-section.
    digest : str
        Of regions and periods.
    """

    table: pd.DataFrame
    regions: pd.Index
    periods: pd.Index | None
    region: IntArray
    period: IntArray
    digest: str

    @property
    def T(self) -> int:
        """Number of periods."""
        return 1 if self.periods is None else len(self.periods)

    @property
    def present(self) -> Any:
        """Which region has a row in which period, shape (N, T), bool."""
        out = np.zeros((len(self.regions), self.T), dtype=bool)
        out[self.region, self.period] = True
        return out

    def spread(self, values: FloatArray) -> FloatArray:
        """Return values by row as a table of regions by periods, 0 where there is no row."""
        out = np.zeros((len(self.regions), self.T))
        out[self.region, self.period] = values
        return out


def rows_of(data: Any, *, argument: str = "data", panel: bool = False) -> Rows:
    """Sort a table indexed by region id or by (region, period).

    Parameters
    ----------
    data : DataFrame or GeoDataFrame
    argument : str
        Name of the caller's argument.
    panel : bool
        Whether periods are needed.

    Raises
    ------
    InputError, PanelError, IdError
        If there is no table, or its index does not serve.
    """
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            argument,
            expected="a DataFrame indexed by " + ("" if panel else "region id, or by ")
            + "(region, period)",
            found=type(data).__name__,
        )  # fmt: skip
    if panel or isinstance(data.index, pd.MultiIndex):
        frame = panel_frame(data, argument=argument)
        refuse_mixed(data.index, argument=argument)
        codes = frame.region_codes, frame.period_codes
        return Rows(frame.table, frame.regions, frame.periods, *codes, frame.digest)
    ids = region_ids(data.index, argument=argument)
    refuse_mixed(ids, argument=argument)
    table = data.iloc[canonical_order(ids)]
    n = len(table)
    zeros = np.zeros(n, dtype=np.int64)
    return Rows(table, table.index, None, np.arange(n), zeros, ids_digest(table.index))


def column_of(
    expression: str, rows: Rows, *, remedy: str = "leave those rows out, or fill in their values"
) -> FloatArray:
    """Return a column or an expression of columns as finite numbers, shape (n,).

    Raises
    ------
    FormulaError, ValuesError, InputError
        If it cannot be read, is not numeric, missing or infinite.
    """
    if not isinstance(expression, str) or not expression.strip():
        raise InputError(
            "columns",
            expected="a column, or an expression like 'log(rd)'",
            found=repr(expression),
        )
    if has_lags(expression):
        raise FormulaError(
            expression,
            expected="a column, or an expression of the region's own values",
            found="a spatial lag",
            remedy=f'ring_spillovers(data, columns, {{"{LAG}": {LAG}}}).augment() has the '
            "neighbours' means as columns",
        )
    column = evaluate_expression(expression, rows.table, remedy=remedy).rename(expression)
    types = pd.api.types
    if not types.is_numeric_dtype(column.dtype) or types.is_complex_dtype(column.dtype):
        raise ValuesError(
            expression,
            expected="numbers",
            found=f"values of type {column.dtype}, e.g. {column.iloc[0]!r}",
            remedy="convert them, e.g. pandas.to_numeric(column), or take a numeric column",
        )
    if expression in rows.table.columns:
        refuse_missing(column.to_frame(), [expression], remedy=remedy)
    column = column.astype(float)
    refuse_nonfinite(column.to_frame())
    return np.array(column, dtype=np.float64)


def column_names(columns: Any) -> list[str]:
    """Return one or several columns as a list of text, each once."""
    listed = [columns] if isinstance(columns, str) else columns
    if not isinstance(listed, Sequence) or not len(listed):
        raise InputError(
            "columns",
            expected="a column, or a sequence of them",
            found=repr(columns),
            remedy='columns=["rd", "patents"]',
        )
    if len(set(listed)) < len(listed):
        raise InputError("columns", expected="each column once", found=repr(columns))
    return list(listed)


def safe(text: str) -> str:
    """Return text as a name that a formula can hold.

    Examples
    --------
    >>> safe("log(rd)"), safe("0-100 km"), safe("0.5-1 km")
    ('log_rd', '0_100_km', '0_5_1_km')
    """
    return re.sub(r"\W+", "_", text).strip("_")
