"""Case weights of a cross-section: how much each region's disturbance is worth."""

from __future__ import annotations

import hashlib
from typing import Any, NoReturn, TypeAlias

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from workbench.core.expressions import labels
from workbench.core.ids import region_ids
from workbench.errors import FormulaError, IdError, InputError, ValuesError, nearest
from workbench.regression.design import Design
from workbench.typing import Align, FloatArray

CaseWeights: TypeAlias = "str | pd.Series[Any]"

ARGUMENT = "case_weights"
DIGITS = 12


def named_case_weights(
    given: CaseWeights, data: pd.DataFrame, *, align: Align = "strict", argument: str = ARGUMENT
) -> pd.Series[Any]:
    """Return case weights by the ids of a table, in its order, not yet checked for values.

    Parameters
    ----------
    given : str or Series
        A column of the table, or numbers by region id in any order.
    data : DataFrame
        Indexed by region id.
    align : {"strict", "intersection"}
        Whether ids that only one side has are refused; with ``"intersection"`` weights that a
        region lacks are missing values.
    argument : str
        Name of the caller's argument, for messages.

    Raises
    ------
    FormulaError
        If the table has no such column.
    IdError
        If a region of the table has no weight, or the Series others, under ``"strict"``.
    """
    if isinstance(given, str):
        columns = [str(column) for column in data.columns]
        if columns.count(given) != 1:
            raise FormulaError(
                argument,
                expected="a column of the table, or a Series by region id",
                found=f"{given!r}, {columns.count(given)} times in the table",
                remedy=nearest(given, columns) or "case_weights=table['population']",
            )
        return data[given].rename(given)
    if not isinstance(given, pd.Series):
        raise InputError(
            argument,
            expected="the name of a column, or a Series by region id",
            found=type(given).__name__,
            why="numbers without ids could be of other regions",
            remedy="pandas.Series(numbers, index=data.index)",
        )
    ids = region_ids(given.index, argument=argument)
    absent, extra = data.index.difference(ids), ids.difference(data.index)
    if align == "strict" and (len(absent) or len(extra)):
        raise IdError(
            argument,
            expected="a weight for every region of data, and no others",
            found=f"{len(absent)} regions without a weight, {len(extra)} weights of others",
            offenders=list(absent) or list(extra),
            remedy=f"{argument}=weights.reindex(data.index), after completing what is missing",
        )
    return given.reindex(data.index).rename(str(given.name or "a Series"))


def checked_case_weights(weights: pd.Series[Any], *, argument: str = ARGUMENT) -> FloatArray:
    """Return case weights as read-only numbers; refuse what is no weight, by region.

    Raises
    ------
    ValuesError
        If a weight is not a number, missing, infinite, negative or zero.
    """
    numeric = is_numeric_dtype(weights.dtype) and not is_bool_dtype(weights.dtype)
    if not numeric or np.iscomplexobj(weights):
        raise ValuesError(
            argument,
            expected="positive numbers",
            found=f"{weights.dtype} values in {weights.name}",
            remedy="pandas.to_numeric(column)",
        )
    values = weights.to_numpy(dtype=float, na_value=np.nan)
    for bad, what, remedy in (
        (np.isnan(values), "missing", 'complete them, or pass missing="drop"'),
        (np.isinf(values), "infinite", "give finite weights"),
        (values < 0, "negative", "weights are one over a variance, up to a constant"),
        (
            values == 0,
            "zero",
            "leave these regions out: wb.fit(formula, data.drop(index=[...]), "
            'W, align="intersection"), or give them a small weight',
        ),
    ):
        if bad.any():
            raise ValuesError(
                argument,
                expected="positive, finite weights",
                found=f"{int(bad.sum())} {what} in {weights.name}",
                offenders=labels(weights.index[bad]),
                why="the variance of a disturbance is sigma2 / weight"
                + (": it would be infinite" if what == "zero" else ""),
                remedy=remedy,
            )
    values = values.copy()
    values.setflags(write=False)
    return values


def case_weights_digest(values: FloatArray) -> str:
    """Return a digest of case weights in the order of the sample."""
    return hashlib.sha256(np.ascontiguousarray(values, dtype="<f8").tobytes()).hexdigest()[:DIGITS]


def case_weights_note(name: str, values: FloatArray) -> str:
    """Say what the case weights of a fit do."""
    return (
        f"Case weights {name}, from {values.min():.4g} to {values.max():.4g}: the variance of a "
        "disturbance is sigma2 / weight. Residuals are as they are; tests and robust covariances "
        "take them times the root of the weight (weighted_resids)."
    )


def same_case_weights(first: Design, second: Design) -> bool:
    """Return whether two designs of one sample have the same case weights, or none."""
    one, other = first.case_weights, second.case_weights
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)


def new_case_weights(
    design: Design, newdata: pd.DataFrame, ids: pd.Index, given: CaseWeights | None
) -> FloatArray | None:
    """Return case weights of the sample and then of new regions; None for a fit without any.

    Raises
    ------
    InputError
        If the fit has case weights and the new regions none, or the reverse.
    """
    own = design.case_weights
    if own is None:
        if given is not None:
            refuse_new_case_weights("a fit without case weights")
        return None
    if given is None:
        raise InputError(
            "case_weights_new",
            expected="case weights of the new regions: a column of newdata, or a Series",
            found="None",
            why="the fit has case weights, and the variance of a new region is sigma2 / weight",
            remedy="fit.predict(newdata, W_new, case_weights_new='population')",
        )
    named = named_case_weights(given, newdata, argument="case_weights_new").loc[ids]
    return np.append(own, checked_case_weights(named, argument="case_weights_new"))


def refuse_new_case_weights(found: str) -> NoReturn:
    """Refuse case weights where there are no new regions to have them."""
    raise InputError(
        "case_weights_new",
        expected="new regions, of a fit with case weights",
        found=found,
        why="the sample's regions keep the case weights of the fit",
        remedy="leave case_weights_new out",
    )
