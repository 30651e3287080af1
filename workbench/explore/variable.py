"""The variable that a statistic is about: a column, an expression, or a series, in W's order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.alignment import match
from workbench.core.expressions import (
    evaluate,
    refuse_constant,
    refuse_missing,
    refuse_nonfinite,
)
from workbench.core.ids import canonical_order, region_ids
from workbench.errors import FormulaError, IdError, InputError, ValuesError, listing
from workbench.typing import Align, Cluster, FloatArray
from workbench.weights import Weights, align_to

REMEDY = 'leave those regions out of the table and pass align="intersection"'
LEFT_OUT = "leave those regions out of the table, or fill in their values"


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A variable aligned with its weights.

    Attributes
    ----------
    name : str
        As the caller wrote it.
    values : ndarray, shape (n,)
        Finite and not constant, in the order of ``weights.ids``; read-only.
    weights : Weights
        The weights in use, restricted to the sample if the caller asked for that.
    geometry : geopandas.GeoSeries or None
        Of the sample, if the table had one.
    notes : tuple of str
        What was done on the caller's word, e.g. regions left out.
    """

    name: str
    values: FloatArray
    weights: Weights
    geometry: Any
    notes: tuple[str, ...]

    def changed_by(self, earlier: Variable) -> Variable:
        """Return the difference of two variables of the same regions, refused if constant."""
        name = f"{self.name} - {earlier.name}"
        change = pd.Series(self.values - earlier.values, self.weights.ids, name=name)
        values = np.array(_checked(change), dtype=np.float64)
        values.setflags(write=False)
        return replace(self, name=name, values=values)


def read_variable(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    align: Align,
    varying: bool = True,
    remedy: str = "",
) -> Variable:
    """Evaluate a variable on a table and align it with spatial weights by region id.

    Parameters
    ----------
    variable : str or pandas.Series
        A column of `table`, an expression of its columns such as
        ``"log(patents / population)"`` (arithmetic is meant literally, ``I()`` is not needed), or
        values indexed by region id.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; may be None when `variable` is a series.
    W : Weights, Graph or libpysal W
        Spatial weights.
    align : {"strict", "intersection"}
        What to do about regions that only one side has.
    varying : bool
        Whether a constant is refused; a population, say, may be the same everywhere.

    Returns
    -------
    Variable
        Values in the order of the weights in use.

    Raises
    ------
    FormulaError
        If the expression cannot be read or names an unknown column.
    ValuesError
        If values are not numbers, missing, infinite or undefined, or constant.
    IdError
        If ids are duplicated or do not match.
    """
    source = series_or_table(variable, table)
    aligned, weights, note = align_to(source, W, argument="table", align=align, remedy=remedy)
    column = _column(variable, aligned, varying=varying)
    values = np.array(column, dtype=np.float64)
    values.setflags(write=False)
    geometry = _geometry(table, aligned.index)
    return Variable(str(column.name), values, weights, geometry, (note,) if note else ())


def read_pair(
    first: str | pd.Series[Any],
    second: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    align: Align,
    arguments: tuple[str, str],
    varying: bool = True,
) -> tuple[Variable, Variable]:
    """Evaluate two variables on the same regions; see :func:`read_variable`.

    Parameters
    ----------
    first, second : str or pandas.Series
        Two series without a table must have the same region ids.
    arguments : (str, str)
        What the caller calls them, for messages.
    varying : bool
        Whether constants are refused.
    """
    one, two = read_variables(
        [first, second], table, W, align=align, arguments=arguments, varying=varying
    )
    return one, two


def read_variables(
    variables: Sequence[str | pd.Series[Any]],
    table: pd.DataFrame | None,
    W: Any,
    *,
    align: Align,
    arguments: Sequence[str] = (),
    varying: bool = True,
) -> list[Variable]:
    """Evaluate several variables on the same regions; see :func:`read_variable`."""
    names = arguments or [f"variables[{k}]" for k in range(len(variables))]
    read = [read_variable(one, table, W, align=align, varying=varying) for one in variables]
    for name, one in zip(names, read, strict=True):
        extra = read[0].weights.ids.symmetric_difference(one.weights.ids)
        if len(extra):
            raise IdError(
                name,
                expected=f"the regions of {names[0]}",
                found=f"{len(extra)} regions that only one of them has",
                offenders=extra,
                remedy="pass them as columns of one table",
            )
    return read


def read_column(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    *,
    varying: bool = True,
    remedy: str = LEFT_OUT,
) -> pd.Series[Any]:
    """Evaluate a variable on a table without weights.

    Parameters
    ----------
    variable, table, varying
        See :func:`read_variable`.
    remedy : str
        What mends missing values.

    Returns
    -------
    pandas.Series
        Finite numbers by region id, in sorted order of ids.

    Raises
    ------
    FormulaError, ValuesError, IdError
        As :func:`read_variable`.
    """
    source = series_or_table(variable, table)
    ids = region_ids(source.index, argument="table")
    return _column(variable, source.iloc[canonical_order(ids)], varying=varying, remedy=remedy)


def _column(
    variable: str | pd.Series[Any], table: pd.DataFrame, *, varying: bool, remedy: str = REMEDY
) -> pd.Series[Any]:
    if isinstance(variable, pd.Series):
        column = variable.reindex(table.index).rename(str(variable.name or "value"))
    else:
        column = evaluate_expression(variable, table, remedy=remedy).rename(variable)
    return _checked(column, varying=varying, remedy=remedy)


def geometry_of(table: pd.DataFrame | None, ids: pd.Index) -> Any:
    """Return the geometry of these regions if the table has one, without importing geopandas."""
    return _geometry(table, ids)


def series_or_table(variable: str | pd.Series[Any], table: pd.DataFrame | None) -> pd.DataFrame:
    """Return the table that a variable is of, made of the series where there is no table."""
    if isinstance(variable, pd.Series):
        if table is None:
            return variable.to_frame()
        # a series beside a table must describe the table's regions, neither more nor fewer
        ids = region_ids(variable.index, argument="variable")
        match(ids, region_ids(table.index, argument="table"), argument="variable", align="strict")
        return table
    if not isinstance(variable, str) or not variable.strip():
        raise InputError(
            "variable",
            expected="a column, an expression like 'log(patents / population)', or a Series",
            found=repr(variable) if isinstance(variable, str) else type(variable).__name__,
            why="" if isinstance(variable, str) else "values are joined by region id",
            remedy="the variable comes first, then the table, then W; bare values need ids: "
            "pandas.Series(values, index=ids, name='income')",
        )
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "table",
            expected="a DataFrame or GeoDataFrame indexed by region id",
            found=type(table).__name__,
            remedy="pass the table that has the columns, or a Series as the variable",
        )
    return table


def evaluate_expression(
    expression: str,
    table: pd.DataFrame,
    *,
    remedy: str | Callable[[pd.Series[bool]], str] = REMEDY,
) -> pd.Series[Any]:
    """Return a column or an expression of columns, in the order of the rows.

    The remedy for missing values is a sentence, or is found from which rows are complete.
    """
    if expression in table.columns:
        named = int((table.columns == expression).sum())
        if named > 1:
            raise InputError(
                "variable",
                expected="one column",
                found=f"{named} columns named {expression!r}",
                remedy="rename them so that each name occurs once",
            )
        return table[expression]
    # I() makes + - * / arithmetic, which in a bare formula would combine terms
    wrapped = f"0 + I({expression})"
    try:
        evaluated = evaluate(wrapped, table, argument="variable")
    except FormulaError as error:
        raise FormulaError(
            "variable",
            expected=error.expected.replace(
                "a formula like 'log(patents) ~ log(rd) + log(students)'",
                "an expression like 'log(patents / population)'",
            ),
            found=error.found.replace(wrapped, expression),
            offenders=error.offenders,
            why=error.why,
            remedy=error.remedy.replace(
                "write + between terms, I(...) around arithmetic, ", "use "
            ),
        ) from None
    complete = table[list(evaluated.variables)].notna().all(axis=1)
    way_out = remedy if isinstance(remedy, str) else remedy(complete)
    refuse_missing(table, evaluated.variables, remedy=way_out)
    condition = _condition(evaluated.regressors)
    if condition is not None:
        return condition.set_axis(table.index)
    if evaluated.regressors.shape[1] != 1:
        raise FormulaError(
            "variable",
            expected="an expression of one numeric value a region",
            found=f"{expression!r}, which makes {evaluated.regressors.shape[1]} columns",
        )
    # a GeoDataFrame comes back from the evaluation without its index
    return evaluated.regressors.iloc[:, 0].set_axis(table.index)


def _condition(regressors: pd.DataFrame) -> pd.Series[Any] | None:
    """Return 1 where a condition such as ``patents > 100`` holds; None of anything else.

    Formulas take a condition for two categories, of which one may not occur.
    """
    holds, fails = (
        [c for c in regressors.columns if str(c).endswith(f"[{word}]")] for word in (True, False)
    )
    if len(holds) + len(fails) != regressors.shape[1]:
        return None
    return regressors[holds[0]] if holds else 1.0 - regressors[fails[0]]


def _checked(
    column: pd.Series[Any], *, varying: bool = True, remedy: str = REMEDY
) -> pd.Series[Any]:
    types = pd.api.types
    if not types.is_numeric_dtype(column.dtype) or types.is_complex_dtype(column.dtype):
        raise ValuesError(
            str(column.name),
            expected="numbers",
            found=f"values of type {column.dtype}, e.g. {column.iloc[0]!r}",
            remedy="convert them, e.g. pandas.to_numeric(column), or take a numeric column",
        )
    refuse_missing(column.to_frame(), [str(column.name)], remedy=remedy)
    column = column.astype(float)
    refuse_nonfinite(column.to_frame())
    if varying:
        refuse_constant(column)
    return column


def _geometry(table: pd.DataFrame | None, ids: pd.Index) -> Any:
    """Return the geometry of the sample if the table has one, without importing geopandas."""
    name = getattr(table, "_geometry_column_name", None)
    if table is None or name is None or name not in table.columns:
        return None
    return table[name].loc[ids]


def quadrants(value: FloatArray, lag: FloatArray) -> list[Cluster]:
    """Return the quadrant of each region: its own value, then its neighbours'.

    Parameters
    ----------
    value, lag : ndarray, shape (n,)
        Standardised value and its spatial lag; a missing lag means no neighbours. Zero, the mean
        itself, counts as low.

    Returns
    -------
    list of str
        ``High-High``, ``Low-Low``, ``High-Low``, ``Low-High`` or ``isolated``.

    Examples
    --------
    >>> quadrants(np.array([1.0, -1.0, 1.0]), np.array([0.5, 0.5, np.nan]))
    ['High-High', 'Low-High', 'isolated']
    """
    names: tuple[Cluster, ...] = ("isolated", "High-High", "Low-Low", "High-Low")
    high, around = value > 0, lag > 0
    rows = [np.isnan(lag), high & around, ~high & ~around, high & ~around]
    found: list[Cluster] = np.select(rows, names, default="Low-High").tolist()
    return found


def island_notes(weights: Weights) -> tuple[str, ...]:
    """Return a sentence that names the regions without neighbours, if there are any."""
    alone = weights.islands
    if not alone:
        return ()
    return (
        f"{len(alone)} regions without neighbours ({listing(list(alone))}) count in the mean and "
        "variance of the variable; they have no spatial lag and no local statistic",
    )
