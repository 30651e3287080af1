"""Least-squares residuals of a formula, in the order of the weights, for tests of residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, ValuesError
from workbench.explore.variable import REMEDY
from workbench.numerics.regression.least_squares import least_squares
from workbench.regression.design import Design, build_design, check_estimable
from workbench.typing import Align, FloatArray
from workbench.weights import Weights, align_to


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Residuals of a regression with its design and the weights in use.

    Attributes
    ----------
    values : ndarray, shape (n,)
        Least-squares residuals in the order of ``weights.ids``; read-only.
    design : Design
        The regression.
    weights : Weights
        Restricted to the sample if the caller asked for that.
    notes : tuple of str
        What was done on the caller's word, e.g. regions left out.
    """

    values: FloatArray
    design: Design
    weights: Weights
    notes: tuple[str, ...]


def read_residuals(formula: str, table: pd.DataFrame, W: Any, *, align: Align) -> Residuals:
    """Estimate a formula by least squares on a table aligned with spatial weights.

    Parameters
    ----------
    formula : str
        ``"log(patents) ~ log(rd)"``.
    table : DataFrame or GeoDataFrame
        Indexed by region id, in any order.
    W : Weights, Graph or libpysal W
        Spatial weights.
    align : {"strict", "intersection"}
        What to do about regions that only one side has.

    Raises
    ------
    FormulaError, ValuesError, CollinearityError, IdError
        If the regression cannot be estimated or does not match the weights.
    ValuesError
        If the regression leaves no residuals.
    """
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "table",
            expected="a DataFrame or GeoDataFrame indexed by region id",
            found=type(table).__name__,
        )
    aligned, weights, note = align_to(table, W, argument="table", align=align)
    design = check_estimable(build_design(formula, aligned, remedy=REMEDY))
    values = least_squares(design.y, design.X).residuals
    # 1e-12 of the outcome's spread: what rounding leaves of a perfect fit.
    if np.abs(values).max() <= 1e-12 * np.abs(design.y - design.y.mean()).max():
        raise ValuesError(
            "formula",
            expected="a regression that leaves residuals",
            found=f"a perfect fit of {design.outcome}",
            why="nothing is left that could be autocorrelated",
        )
    values = np.array(values)
    values.setflags(write=False)
    return Residuals(values, design, weights, (note,) if note else ())
