"""From formula and table to the arrays of a regression, each column named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import (
    evaluate,
    labels,
    refuse_constant,
    refuse_missing,
    refuse_nonfinite,
)
from workbench.errors import CollinearityError, FormulaError, InputError, ValuesError, nearest
from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.regression.lag_terms import Reading, read_formula
from workbench.regression.preparations import prepared
from workbench.typing import FloatArray
from workbench.weights import Weights

INTERCEPT = "Intercept"


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Outcome and regressors of a model, row by row and name by name.

    Attributes
    ----------
    formula : str
        As the caller wrote it.
    outcome : str
        Name of the left-hand side.
    terms : tuple of str, length k
        Names of the columns of `X`; spatial lags are ``W(term)``.
    y : ndarray, shape (n,)
        Outcome, read-only.
    X : ndarray, shape (n, k)
        Regressors, read-only.
    index : pandas.Index
        Region ids (or region and period) of the rows.
    lagged : tuple of str
        Terms whose spatial lag is a column of `X` too, in the order of those columns.
    variables : pandas.DataFrame or None
        Columns of the table that the formula uses, a row a row of the sample: what predictions
        and marginal impacts evaluate the formula on again. Not to be changed.
    asked : tuple of str
        Terms whose spatial lags the formula names, as ``W(term)``.
    lag_only : tuple of str
        Those of `asked` that are not terms of their own: they enter by their lag alone.
    outside : ndarray, shape (n, len(lag_only)), or None
        Their values, not lagged.
    case_weights : ndarray, shape (n,), or None
        c > 0 where the variance of a row's disturbance is σ²/c; None where all are equal.
    """

    formula: str
    outcome: str
    terms: tuple[str, ...]
    y: FloatArray
    X: FloatArray
    index: pd.Index
    lagged: tuple[str, ...] = ()
    variables: pd.DataFrame | None = None
    asked: tuple[str, ...] = ()
    lag_only: tuple[str, ...] = ()
    outside: FloatArray | None = None
    case_weights: FloatArray | None = None

    @property
    def nobs(self) -> int:
        """Number of rows n."""
        return len(self.y)

    @property
    def has_intercept(self) -> bool:
        """Whether one column is the constant."""
        return INTERCEPT in self.terms

    @property
    def slopes(self) -> tuple[str, ...]:
        """Terms other than the intercept and the spatial lags."""
        lags = {lag_name(term) for term in self.lagged}
        return tuple(term for term in self.terms if term != INTERCEPT and term not in lags)

    @property
    def impact_terms(self) -> tuple[str, ...]:
        """Terms that have impacts: the slopes, then terms that enter by their lag alone."""
        return (*self.slopes, *(term for term in self.lag_only if term in self.lagged))

    def values(self, terms: tuple[str, ...]) -> FloatArray:
        """Return values of terms before any lag, those of `lag_only` too: shape (n, m)."""
        names = [*self.terms, *self.lag_only]
        both = self.X if self.outside is None else np.column_stack([self.X, self.outside])
        return np.asarray(both[:, [names.index(term) for term in terms]])

    def weighted(self) -> Design:
        """Return the design whose rows are multiplied by √c, so that all variances are equal.

        Least squares on it is weighted least squares; it is the design itself where there are no
        case weights.
        """
        if self.case_weights is None:
            return self
        root = np.sqrt(self.case_weights)
        return replace(
            self,
            y=read_only(root * self.y),
            X=read_only(root[:, None] * self.X),
            case_weights=None,
        )


EXTREME = 1e140
"""Size from which the sum of squares of a column is not held in double precision."""


def lag_name(term: str) -> str:
    """Return the name of the spatial lag of a term.

    Examples
    --------
    >>> lag_name("log(rd)")
    'W(log(rd))'
    """
    return f"W({term})"


def read_only(array: Any) -> FloatArray:
    """Return a float copy that cannot be written to."""
    copy = np.array(array, dtype=float)
    copy.setflags(write=False)
    return copy


def evaluated_model(formula: str, table: pd.DataFrame, *, lags: bool = False) -> Reading:
    """Evaluate a model formula; refuse one without outcome or without regressors."""
    if lags:
        reading = read_formula(formula, table)
    else:
        own = evaluate(formula, table)
        reading = Reading(own, (), own.regressors.iloc[:, :0], own.variables)
    if reading.own.outcome is None:
        raise FormulaError(
            "formula", expected="an outcome on the left: 'y ~ x'", found=repr(formula)
        )
    if reading.own.regressors.shape[1] == 0 and not reading.lagged:
        raise FormulaError("formula", expected="at least one regressor", found=repr(formula))
    return reading


def complete_rows(formula: str, table: pd.DataFrame) -> pd.Index:
    """Return the labels of the rows in which no variable of the formula is missing."""
    variables = list(evaluated_model(formula, table, lags=True).variables)
    return table.index[table[variables].notna().all(axis=1)]


def build_design(formula: str, table: pd.DataFrame, *, remedy: str, lags: bool = False) -> Design:
    """Evaluate a model formula on a table whose rows are already the sample.

    Parameters
    ----------
    formula : str
        ``"y ~ x1 + x2"``; an intercept is added unless the formula says ``- 1``.
    table : pandas.DataFrame, n rows
        Columns are variables.
    remedy : str
        What the caller may do about missing values, for the message.
    lags : bool
        Whether the formula may name spatial lags, ``W(term)``; they are in ``asked``, and
        :func:`lag_slopes` appends them.

    Returns
    -------
    Design
        Arrays in the order of the table.

    Raises
    ------
    FormulaError
        If the formula cannot be read or names an unknown column.
    ValuesError
        If a value is missing, infinite or undefined, or the outcome is constant.
    InputError
        If there are at least as many coefficients as rows.
    """
    return prepared(
        ("design", formula, remedy, lags),
        (table,),
        lambda: _designed(formula, table, remedy=remedy, lags=lags),
    )


def _designed(formula: str, table: pd.DataFrame, *, remedy: str, lags: bool) -> Design:
    reading = evaluated_model(formula, table, lags=lags)
    refuse_names((INTERCEPT,), reading.variables, what="the column of ones")
    refuse_missing(table, reading.variables, remedy=remedy)
    outcome, regressors = reading.own.outcome, reading.own.regressors
    if outcome is None:  # evaluated_model has refused it
        raise AssertionError
    for part in (outcome.to_frame(), regressors, reading.outside):
        refuse_nonfinite(part)
    refuse_constant(outcome)
    for term in reading.lagged:
        refuse_constant((reading.outside if term in reading.outside else regressors)[term])
    return Design(
        formula=formula,
        outcome=str(outcome.name),
        terms=tuple(str(term) for term in regressors.columns),
        y=read_only(outcome),
        X=read_only(regressors),
        index=table.index,
        variables=pd.DataFrame(table[list(reading.variables)]).copy(),
        asked=reading.lagged,
        lag_only=tuple(map(str, reading.outside.columns)),
        outside=read_only(reading.outside) if reading.outside.shape[1] else None,
    )


def refuse_names(taken: Collection[str], names: Collection[str], *, what: str) -> None:
    """Refuse columns that are called as something else of the model: one name, two numbers."""
    both = [name for name in names if name in taken]
    if both:
        raise FormulaError(
            "formula",
            expected=f"regressors with other names than {what}",
            found=", ".join(both),
            why="a table of estimates would have two rows of one name",
            remedy=f'table.rename(columns={{"{both[0]}": "{both[0]}_of_region"}}), and so in the '
            "formula",
        )


def raw_variables(design: Design) -> pd.DataFrame:
    """Return a copy of the variables behind a design; refuse a design that did not keep them."""
    if design.variables is None:
        raise InputError(
            "model",
            expected="a fit that kept the variables of its formula",
            found="a design made of columns alone",
            remedy="fit the model with wb.fit(formula, data, W)",
        )
    return design.variables.copy()


def with_spatial_lags(design: Design, lags: FloatArray, terms: tuple[str, ...]) -> Design:
    """Append the spatial lags of some terms as columns named ``W(term)``.

    Parameters
    ----------
    design : Design
        n rows.
    lags : ndarray, shape (n, m)
        Spatial lags of the m `terms`.
    terms : tuple of str, length m
        The terms that were lagged.
    """
    refuse_names([lag_name(term) for term in terms], design.terms, what="the lag of a term")
    return replace(
        design,
        terms=(*design.terms, *(lag_name(term) for term in terms)),
        X=read_only(np.column_stack([design.X, lags])),
        lagged=terms,
    )


def slopes_to_lag(design: Design) -> tuple[str, ...]:
    """Return the terms that SLX and SDM lag; refuse a design that has none."""
    if not design.slopes:
        raise FormulaError(
            "formula",
            expected="at least one regressor besides the intercept, to lag",
            found=repr(design.formula),
        )
    return design.slopes


def lag_slopes(design: Design, W: Weights, terms: tuple[str, ...] | None = None) -> Design:
    """Append the spatial lags of slopes of a cross-section design in the order of `W`.

    Parameters
    ----------
    design : Design
    W : Weights
    terms : tuple of str, optional
        Which slopes; all of them without.
    """
    slopes = chosen_slopes(design, terms)
    return with_spatial_lags(design, W.sparse @ design.values(slopes), slopes)


def chosen_slopes(design: Design, terms: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the slopes to lag, all for None, in the order of the design; refuse other terms."""
    if terms is None:
        return slopes_to_lag(design)
    available = (*design.slopes, *design.lag_only) or slopes_to_lag(design)
    unknown = [term for term in terms if term not in available]
    if unknown:
        hint = nearest(unknown[0], available)
        raise InputError(
            "durbin",
            expected=f"terms of the formula: {', '.join(available)}",
            found=f"{len(unknown)} others",
            offenders=unknown,
            remedy=hint or f"durbin=[{available[0]!r}]",
        )
    return tuple(term for term in available if term in terms)


def check_estimable(design: Design) -> Design:
    """Return the design if its coefficients can be estimated, or say why not.

    Raises
    ------
    InputError
        If there are at least as many coefficients as rows.
    ValuesError
        If a spatial lag is the same everywhere or a column is all zeros.
    CollinearityError
        If a column is a linear combination of others; the combination is spelt out.
    """
    n, k = design.X.shape
    if k >= n:
        raise InputError(
            "formula",
            expected=f"fewer coefficients than the {n} observations",
            found=f"{k} coefficients",
            remedy="take fewer terms, or a model without spatially lagged regressors",
        )
    _refuse_extreme(design)
    for term, column in zip(design.terms, design.X.T, strict=True):
        if not column.any():
            raise ValuesError(
                term,
                expected="a regressor that varies",
                found="zero in every observation",
                remedy="take weights that link these regions"
                if term.startswith("W(")
                else "leave it out; a category that nobody has: "
                "table[column] = table[column].cat.remove_unused_categories()",
            )
    dependencies = linear_dependencies(design.X)
    if dependencies:
        raise _collinear(design, dependencies)
    return design


def _refuse_extreme(design: Design) -> None:
    """Refuse numbers whose sums of squares overflow or vanish in double precision."""
    for name, column in ((design.outcome, design.y), *zip(design.terms, design.X.T, strict=True)):
        largest = float(np.abs(column).max(initial=0.0))
        if largest > 0.0 and not 1 / EXTREME < largest < EXTREME:
            unit = 10.0 ** np.floor(np.log10(largest))
            raise ValuesError(
                name,
                expected="values whose squares are neither infinite nor zero",
                found=f"values up to {largest:.3g}",
                remedy=f"another unit, e.g. table[{name!r}] / {unit:g}",
            )


def _collinear(design: Design, dependencies: Any) -> CollinearityError:
    spelt = []
    for dependency in dependencies:
        parts = [
            f"{value:+.4g}*{design.terms[column]}"
            for column, value in zip(dependency.columns, dependency.coefficients, strict=True)
        ]
        spelt.append(" ".join(parts) + " = 0")
    involved = sorted({design.terms[c] for d in dependencies for c in d.columns})
    return CollinearityError(
        "formula",
        expected="regressors that are not linear combinations of each other",
        found="; ".join(spelt),
        offenders=involved,
        why="their coefficients cannot be told apart",
        remedy="leave out one term of each combination",
    )


def row_labels(design: Design) -> list[str]:
    """Return the rows' labels as text, for messages."""
    return labels(design.index)
