"""The variable of a panel that dynamics are about: regions by periods, balanced, in W's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import label, refuse_constant, refuse_missing, refuse_nonfinite
from workbench.core.panel_frame import PanelFrame, panel_frame, period_text
from workbench.errors import InputError, PanelError, ValuesError, listing, nearest
from workbench.explore.variable import evaluate_expression
from workbench.typing import Align, FloatArray
from workbench.weights import Weights, align_to

VALUE = "value"
"""Name of the values of a wide table, which has none of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class PanelVariable:
    """A variable over a balanced panel, aligned with its weights.

    Attributes
    ----------
    name : str
        As the caller wrote it; ``"value"`` for a wide table.
    values : ndarray, shape (n, T)
        A row a region in the order of `ids`, a column a period in the order of `periods`; finite,
        not all equal; read-only.
    ids : pandas.Index, length n
        Region ids in sorted order; those of `weights` if there are any.
    periods : pandas.Index, length T
        In increasing order.
    weights : Weights or None
        The weights in use, restricted to the sample if the caller asked for that.
    geometry : geopandas.GeoSeries or None
        Of the regions, from the first period, if the table had one.
    notes : tuple of str
        What was done on the caller's word, e.g. regions left out.
    """

    name: str
    values: FloatArray
    ids: pd.Index
    periods: pd.Index
    weights: Weights | None
    geometry: Any
    notes: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return the values as a new wide table, a row a region and a column a period."""
        return pd.DataFrame(self.values.copy(), index=self.ids, columns=self.periods)


def read_panel(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None,
    W: Any = None,
    *,
    align: Align = "strict",
    periods: Sequence[Any] | pd.Index | None = None,
    constant_allowed: bool = False,
    remedy: str = "",
) -> PanelVariable:
    """Evaluate a variable on a panel and align it with spatial weights by region id.

    Parameters
    ----------
    variable : str, DataFrame or Series
        A column of `panel` or an expression of its columns such as ``"log(grp / population)"``;
        or, with ``panel=None``, a wide table (a row a region, a column a period) or a series
        indexed by (region, period).
    panel : DataFrame or GeoDataFrame, or None
        Indexed by (region, period), rows in any order. Not changed.
    W : Weights, Graph or libpysal W, optional
        Spatial weights.
    align : {"strict", "intersection"}
        What to do about regions that only the panel or only the weights have.
    periods : sequence, optional
        Periods to use, all of them by default. What is missing in other periods does not matter.
    constant_allowed : bool, default False
        Whether all values may be equal, as populations that serve as weights may.
    remedy : str
        Way out of a caller that has no `align` to offer.

    Returns
    -------
    PanelVariable
        Regions in sorted order, periods in increasing order.

    Raises
    ------
    PanelError
        If the index is not (region, period), pairs are duplicated, a region lacks a period, or
        `periods` names one that is not there.
    FormulaError
        If the expression cannot be read or names an unknown column.
    ValuesError
        If values are not numbers, missing, infinite or undefined, or all equal.
    IdError
        If region ids are duplicated or do not match the weights.

    Examples
    --------
    >>> wide = pd.DataFrame({2001: [3.0, 1.0], 2000: [2.0, 4.0]}, index=["b", "a"])
    >>> read = read_panel(wide, None)
    >>> read.ids.tolist(), read.periods.tolist(), read.values.tolist()
    (['a', 'b'], [2000, 2001], [[4.0, 1.0], [2.0, 3.0]])
    """
    name, table, expression, argument = _source(variable, panel)
    frame = _chosen(panel_frame(table, argument=argument), periods)
    aligned, weights, notes = _aligned(frame, W, argument, align, remedy)
    _refuse_gaps(aligned, argument)
    values = _values(name, expression, aligned, constant_allowed)
    shaped = values.reshape(len(aligned.regions), len(aligned.periods))
    shaped.setflags(write=False)
    return PanelVariable(
        name=name,
        values=shaped,
        ids=aligned.regions.rename(aligned.regions.name or "region"),
        periods=aligned.periods.rename(aligned.periods.name or "period"),
        weights=weights,
        geometry=_geometry(panel if panel is not None else variable, aligned),
        notes=notes,
    )


def _source(
    variable: str | pd.DataFrame | pd.Series[Any], panel: pd.DataFrame | None
) -> tuple[str, pd.DataFrame, str, str]:
    """Return the variable's name, a long table, the expression in it, and whom messages name."""
    if isinstance(variable, str) and variable.strip():
        if not isinstance(panel, pd.DataFrame):
            raise InputError(
                "panel",
                expected="a DataFrame indexed by (region, period)",
                found=type(panel).__name__,
                remedy="pass the panel that has the columns, or a wide table as the variable",
            )
        return variable, panel, variable, "panel"
    if panel is None and isinstance(variable, pd.DataFrame):
        return VALUE, _long(variable), VALUE, "variable"
    if panel is None and isinstance(variable, pd.Series):
        name = str(variable.name) if variable.name is not None else VALUE
        return name, variable.to_frame(name), name, "variable"
    raise InputError(
        "variable",
        expected="a column or expression of the panel; or with panel=None a wide table "
        "(index region, columns periods) or a series indexed by (region, period)",
        found=type(variable).__name__ + ("" if panel is None else " beside a panel"),
        remedy='write the name of the column, e.g. "grp", or pass panel=None',
    )


def _long(wide: pd.DataFrame) -> pd.DataFrame:
    if isinstance(wide.index, pd.MultiIndex):
        raise InputError(
            "variable",
            expected="a wide table, a row a region and a column a period",
            found=f"an index of {wide.index.nlevels} levels, which a long panel has",
            remedy='pass it as the panel: ("column", panel)',
        )
    geometry = getattr(wide, "_geometry_column_name", None)
    values = pd.DataFrame(wide[[c for c in wide.columns if c != geometry]])
    if not len(values.columns) or not len(values):
        raise PanelError(
            "variable",
            expected="at least one region and one period",
            found=f"{len(values)} regions and {len(values.columns)} periods",
        )
    _refuse_repeated(values)
    kinds = values.dtypes.map(_is_number)
    if not kinds.all():
        raise ValuesError(
            "variable",
            expected="numbers in every column of a wide table",
            found="columns that are not numeric",
            offenders=[str(column) for column in values.columns[~kinds.to_numpy()]],
            remedy="keep the columns of the periods only, e.g. table[[2000, 2001, 2002]]",
        )
    _refuse_text(values.columns)
    index = pd.MultiIndex.from_arrays(
        [
            wide.index.repeat(len(values.columns)),
            values.columns.append([values.columns] * (len(wide) - 1)),
        ],
        names=[wide.index.name or "region", values.columns.name or "period"],
    )
    return pd.DataFrame({VALUE: values.to_numpy(dtype=float, na_value=np.nan).ravel()}, index=index)


def _refuse_repeated(values: pd.DataFrame) -> None:
    for what, labels, keep in (
        ("region", values.index, "table[~table.index.duplicated()]"),
        ("period", values.columns, "table.loc[:, ~table.columns.duplicated()]"),
    ):
        if labels.has_duplicates:
            raise PanelError(
                "variable",
                expected=f"one {'row a region' if what == 'region' else 'column a period'}",
                found=f"{what}s that occur more than once",
                offenders=labels[labels.duplicated()].unique().tolist(),
                why=f"it is not clear which of them is the {what}'s",
                remedy=f"keep one of each, e.g. {keep}",
            )


def _refuse_text(columns: pd.Index) -> None:
    """Refuse columns that are no points in time, with the conversion that these names allow."""
    if columns.nlevels > 1:
        raise PanelError(
            "variable",
            expected="one row of column names, the periods",
            found=f"column names of {columns.nlevels} levels, e.g. {columns[0]!r}",
            remedy=f"take the part of one variable, e.g. table[{columns[0][0]!r}]",
        )
    if not pd.api.types.is_string_dtype(columns):
        return
    numbers = pd.to_numeric(columns.to_series(), errors="coerce").notna().all()
    dates = pd.to_datetime(columns.to_series(), errors="coerce", format="ISO8601").notna().all()
    digits = columns.astype(str).str.extract(r"(\d+)\D*$")[0].notna().all()
    if numbers:
        remedy = "table.columns = table.columns.astype(int)"
    elif dates:
        remedy = "table.columns = pandas.to_datetime(table.columns)"
    elif digits:
        remedy = "table.columns = table.columns.str.extract(r'(\\d+)\\D*$')[0].astype(int)"
    else:
        remedy = "name the columns by year or date: table.set_axis([2000, 2001, ...], axis=1)"
    raise PanelError(
        "variable",
        expected="numbers or dates as the columns of a wide table",
        found=f"text, e.g. {columns[0]!r}",
        why="text has no order in time: '9' comes after '10'",
        remedy=remedy,
    )


def _chosen(frame: PanelFrame, periods: Sequence[Any] | pd.Index | None) -> PanelFrame:
    if periods is None:
        return frame
    if isinstance(periods, str | bytes) or not hasattr(periods, "__iter__"):
        raise InputError(
            "periods",
            expected="a sequence of periods",
            found=repr(periods),
            remedy=f"periods=[{frame.periods.tolist()[0]!r}, ...] or periods=range(2000, 2011)",
        )
    wanted = pd.Index(list(periods))
    if not len(wanted) or wanted.has_duplicates:
        raise PanelError(
            "periods",
            expected="each period once, at least one",
            found="none" if not len(wanted) else "periods named twice",
            offenders=wanted[wanted.duplicated()].unique().tolist(),
            remedy=f"periods=[{frame.periods.tolist()[0]!r}, ...], each once",
        )
    places = frame.periods.get_indexer(wanted)
    if (places < 0).any():
        absent = wanted[places < 0].tolist()
        first, last = frame.periods.tolist()[0], frame.periods.tolist()[-1]
        raise PanelError(
            "periods",
            expected=f"periods of the panel, {period_text(first)} to {period_text(last)}",
            found=f"{len(absent)} that it does not have",
            offenders=absent,
            remedy=_other_periods(absent[0], frame),
        )
    return frame.keep(np.isin(frame.period_codes, places))


def _other_periods(absent: Any, frame: PanelFrame) -> str:
    """Suggest a spelling, but no other year: 2040 is no slip of the pen for 2009."""
    periods = frame.periods.tolist()
    names = [period_text(period) for period in periods]
    if str(absent) in names:
        return f"periods are of type {type(periods[0]).__name__}, e.g. {periods[0]!r}"
    close = nearest(absent, names) if isinstance(absent, str) else ""
    return close or f"choose among them, e.g. {periods[0]!r} and {periods[-1]!r}"


def _aligned(
    frame: PanelFrame, W: Any, argument: str, align: Align, remedy: str
) -> tuple[PanelFrame, Weights | None, tuple[str, ...]]:
    if W is None:
        return frame, None, ()
    regions = pd.DataFrame(index=frame.regions)
    kept, weights, note = align_to(regions, W, argument=argument, align=align, remedy=remedy)
    if len(kept) < len(regions):
        frame = frame.keep(frame.regions.isin(kept.index)[frame.region_codes])
    return frame, weights, (note,) if note else ()


def _refuse_gaps(frame: PanelFrame, argument: str) -> None:
    if frame.balanced:
        return
    gaps = frame.gaps
    raise PanelError(
        argument,
        expected="a row for every region in every period",
        found=f"{len(gaps)} (region, period) pairs without a row",
        offenders=[label(pair) for pair in gaps],
        why="a move from one period to the next needs both, and a region's neighbours all of them",
        remedy=_way_out(frame, pd.Series(True, index=frame.table.index)),
    )


def _way_out(frame: PanelFrame, present: pd.Series[bool]) -> str:
    """Name the periods in which every region is there, or else the regions without a gap."""
    there = present.to_numpy(dtype=bool)
    by_period = np.bincount(frame.period_codes[there], minlength=len(frame.periods))
    complete = frame.periods[by_period == len(frame.regions)].tolist()
    if complete:
        shown = ", ".join(repr(period) for period in complete[:12])
        return f"use the periods that are complete: periods=[{shown}" + (
            f", ...] ({len(complete)} of them)" if len(complete) > 12 else "]"
        )
    by_region = np.bincount(frame.region_codes[there], minlength=len(frame.regions))
    lacking = frame.regions[by_region < len(frame.periods)].tolist()
    return (
        "no period is complete: choose fewer periods, or leave out the regions with gaps "
        f"({listing(lacking)}), e.g. panel.drop(index=[...], level=0)"
    )


def _values(name: str, expression: str, frame: PanelFrame, constant_allowed: bool) -> FloatArray:
    """Return the values, regions slowest, as panel_frame sorts them."""
    table = frame.table
    column = evaluate_expression(
        expression, table, remedy=lambda complete: _way_out(frame, complete)
    ).rename(name)
    _refuse_kind(column)
    if expression in table.columns:
        refuse_missing(column.to_frame(), [name], remedy=_way_out(frame, column.notna()))
    column = pd.Series(column.to_numpy(dtype=np.float64), index=table.index, name=name)
    refuse_nonfinite(column.to_frame())
    if not constant_allowed:
        refuse_constant(column)
    return np.array(column, dtype=np.float64)


def _is_number(kind: Any) -> bool:
    types = pd.api.types
    return bool(
        types.is_numeric_dtype(kind)
        and not types.is_bool_dtype(kind)
        and not types.is_complex_dtype(kind)
    )


def _refuse_kind(column: pd.Series[Any]) -> None:
    if not _is_number(column.dtype):
        raise ValuesError(
            str(column.name),
            expected="numbers",
            found=f"values of type {column.dtype}, e.g. {column.iloc[0]!r}",
            remedy="convert them, e.g. pandas.to_numeric(column), or take a numeric column",
        )


def _geometry(source: Any, frame: PanelFrame) -> Any:
    """Return the regions' geometry if the table has one, without importing geopandas."""
    name = getattr(source, "_geometry_column_name", None)
    if name is None or name not in source.columns:
        return None
    shapes = source[name]
    if isinstance(shapes.index, pd.MultiIndex):
        shapes = frame.table[name].groupby(level=0, sort=True).first()
    return shapes.loc[frame.regions]
