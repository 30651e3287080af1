"""What stands in a dataset for a printed column: the figures, the unit, and why not."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core.expressions import evaluate, label
from workbench.errors import FormulaError, InputError, ValuesError, nearest

NONE = "the dataset has no such column"


@dataclass(frozen=True, slots=True, eq=False)
class Counterpart:
    """The dataset's figures for one printed column.

    Attributes
    ----------
    text : str
        Column or expression, ``"none"`` where there is none.
    figures : pandas.Series or None
        Indexed as the dataset is.
    reason : str
        Why no cell of the column can be compared; empty where some may.
    """

    text: str
    figures: pd.Series[Any] | None
    reason: str

    def at(self, where: Any) -> float:
        """Return the figure at a key, NaN where there is none."""
        if self.figures is None or where not in self.figures.index:
            return math.nan
        return float(self.figures.loc[where])

    def absence(self, where: Any) -> str:
        """Return why there is no figure at a key; nothing where there is one."""
        if self.figures is None:
            return NONE
        if where in self.figures.index:
            return "" if math.isfinite(self.at(where)) else "the dataset has no figure here"
        index = self.figures.index
        for level, part in enumerate(where if isinstance(where, tuple) else (where,)):
            if part not in index.get_level_values(level):
                return f"the dataset has no {index.names[level] or 'key'} {part}"
        return f"the dataset has no row {label(where)}"


def counterparts(
    printed: pd.DataFrame,
    dataset: pd.DataFrame,
    *,
    columns: Mapping[str, str | None] | None,
    definitions: Mapping[str, str] | None,
) -> dict[str, Counterpart]:
    """Return the counterpart of every printed column, by its name."""
    names = [str(name) for name in printed.columns]
    for argument, given in (("columns", columns or {}), ("definitions", definitions or {})):
        unknown = [name for name in given if name not in names]
        if unknown:
            raise InputError(
                argument,
                expected=f"printed columns: {', '.join(names)}",
                found=f"{len(unknown)} others",
                offenders=unknown,
                remedy=nearest(unknown[0], names),
            )
    units = _units(printed), _units(dataset)
    found = {}
    for name in names:
        text = (columns or {}).get(name, name if columns is None or name not in columns else None)
        told = (definitions or {}).get(name, "")
        found[name] = _counterpart(
            name, text, dataset, units, f"definition: {told}" if told else ""
        )
    return found


def _counterpart(
    name: str,
    text: str | None,
    dataset: pd.DataFrame,
    units: tuple[Mapping[str, str], Mapping[str, str]],
    definition: str,
) -> Counterpart:
    absent = text == name and name not in dataset
    if text is None or absent:
        return Counterpart("none", None, definition or NONE)
    figures = _figures(text, dataset)
    theirs, ours = units[0].get(name, ""), units[1].get(text, "")
    unit = f"unit: {theirs}, ours {ours}" if theirs and ours and theirs != ours else ""
    return Counterpart(text, figures, definition or unit)


def _figures(text: str, dataset: pd.DataFrame) -> pd.Series[Any]:
    if text in dataset:
        return _number_column(dataset, text)
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise FormulaError(
            "columns", expected="a column of the dataset or an expression", found=repr(text)
        ) from error
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used = [name for name in dataset.columns if name in named]
    table = pd.DataFrame({name: _number_column(dataset, name) for name in used})
    # a formula refuses blanks; here they are answered cell by cell
    known = table.dropna() if used else pd.DataFrame(dataset)
    found = evaluate(f"0 + I({text})", known, argument="columns").regressors
    if not used or found.shape[1] != 1:
        raise FormulaError(
            "columns", expected="an expression of columns of the dataset", found=repr(text)
        )
    return found.iloc[:, 0].set_axis(known.index).reindex(dataset.index)


def _number_column(dataset: pd.DataFrame, name: str) -> pd.Series[Any]:
    column = dataset[name]
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        raise ValuesError(
            name,
            expected="numbers",
            found=f"values of type {column.dtype}",
            remedy=f"pandas.to_numeric(dataset[{name!r}])",
        )
    return column.astype(float)


def _units(table: pd.DataFrame) -> dict[str, str]:
    from workbench.data.catalogue import describe

    told = table.attrs.get("provenance")
    if not isinstance(told, Mapping) or "dataset" not in told:
        return {}
    try:
        fields = describe(str(told["dataset"]))
    except InputError:
        return {}
    own = fields[fields["part"] == told.get("part")]
    return dict(zip(own["field"], own["unit"], strict=True))
