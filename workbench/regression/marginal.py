"""Impacts of a variable that enters several terms: its terms change together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.expressions import Evaluated
from workbench.core.vocabulary import check_level
from workbench.errors import FormulaError, InputError, ValuesError, check_option, unknown_option
from workbench.numerics.responses.diagonals import Diagonals
from workbench.numerics.responses.regional import RegionalWeights, given, own
from workbench.regression.design import Design, raw_variables, row_labels
from workbench.regression.elasticities import terms_with, variables_of
from workbench.regression.impacts import EFFECTS, ImpactParts, Impacts
from workbench.regression.lag_terms import regressors_on
from workbench.regression.parameters import inference, picked, require_spatial, sound_covariance_at
from workbench.typing import BoolArray, FloatArray, Where

STEP = 6e-6
# Cube root of the machine epsilon: where cancellation and curvature of central differences meet.


def marginal_impacts_of(
    parts: ImpactParts,
    design: Design,
    variable: str,
    *,
    at: Where,
    level: float,
    diagonals: Callable[[float], Diagonals] | None,
) -> Impacts:
    """Compute the average impacts of a small change of one variable in every region.

    With g_k the derivative of term k by the variable, the change of y_i by x_j is
    Σ_k (S_k)_ij g_kj. Direct impacts average i = j, total ones sum over i, averaged over j;
    ``at="means"`` takes g_k with all numeric variables at their means.
    """
    check_option("at", at, Where)
    check_level(level)
    g = slopes_by(design, variable, at=at)
    direct, total = _weights(parts, design.nobs, diagonals)
    positions = np.concatenate([[parts.rho], parts.own, parts.lagged])
    values = picked(parts.estimates, positions)
    cov = sound_covariance_at(parts.cov, positions)
    gradient = np.stack([_gradient(w, g, values) for w in (direct, total)])
    gradient = np.stack([gradient[0], gradient[1] - gradient[0], gradient[1]])
    # Effects are linear in β and θ, so that these parts of the gradient give them.
    estimate = gradient[:, 1:] @ values[1:]
    error = np.sqrt(np.clip(np.einsum("ep,pq,eq->e", gradient, cov, gradient), 0.0, None))
    index = pd.MultiIndex.from_product([[variable], EFFECTS], names=["term", "effect"])
    table = pd.DataFrame(inference(estimate, error, df=parts.df, level=level), index=index)
    where = "in each region, then averaged" if at == "observed" else "at the means"
    note = f"{variable} changes {' and '.join(terms_with(variable, design))}; slopes {where}."
    return Impacts(
        table,
        "delta",
        level,
        replace(parts.provenance, options={**parts.provenance.options, "at": at}),
        parts.tolerance,
        (note,),
    )


def _weights(
    parts: ImpactParts, n: int, diagonals: Callable[[float], Diagonals] | None
) -> tuple[RegionalWeights, RegionalWeights]:
    """Return what multiplies β and θ of each region: the diagonal, and the column sums."""
    if not parts.spatial or diagonals is None:
        zero = np.zeros(n)
        alone = RegionalWeights(np.ones(n), zero, zero, zero)
        return alone, alone
    rho = float(parts.estimates[parts.rho]) if parts.rho >= 0 else 0.0
    weights = require_spatial(parts, "impacts")
    return own(diagonals(rho)), given(weights.sparse, rho, lagged_by=parts.lagged_by)


def _gradient(weights: RegionalWeights, g: FloatArray, values: FloatArray) -> FloatArray:
    """Return the gradient in (ρ, β, θ) of the mean over regions of Σ_k g_k (β_k a + θ_k b)."""
    K = g.shape[1]
    beta, theta = values[1 : 1 + K], values[1 + K :]
    n = len(g)
    by_rho = (g.T @ weights.slope_a / n) @ beta + (g.T @ weights.slope_b / n) @ theta
    return np.concatenate([[by_rho], g.T @ weights.a / n, g.T @ weights.b / n])


def slopes_by(design: Design, variable: str, *, at: Where) -> FloatArray:
    """Return the derivative of each term by a variable, row by row: shape (n, K).

    Raises
    ------
    OptionError
        If the variable is not in the formula.
    ValuesError
        If it is not numeric, or a term is not defined beside its values.
    FormulaError
        If a term depends on all rows at once, such as ``center(x)``.
    """
    table = raw_variables(design)
    if variable not in variables_of(design) or not terms_with(variable, design):
        names = [name for name in variables_of(design) if terms_with(name, design)]
        raise unknown_option("variable", variable, names or design.impact_terms)
    if not pd.api.types.is_numeric_dtype(table[variable].dtype):
        raise ValuesError(
            variable,
            expected="a numeric variable",
            found=f"{table[variable].dtype} values",
            why="a category does not change by a little",
            remedy="impacts() has a row for each of its categories",
        )
    refuse_row_dependence(design)
    if at == "means":
        numeric = table.select_dtypes("number").columns
        table = table.assign(**{name: float(table[name].mean()) for name in numeric})
    x = table[variable].to_numpy(dtype=float)
    spread = float(raw_variables(design)[variable].std())
    step = STEP * np.where(x == 0, spread, np.abs(x))
    up, down = (_terms(design, table, variable, x + sign * step) for sign in (1, -1))
    out = (up - down) / (2 * step)[:, None]
    if not np.isfinite(out).all():
        raise ValuesError(
            variable,
            expected="values beside which every term is defined",
            found="terms that are not finite beside some values",
            offenders=row_labels_at(design, np.asarray(~np.isfinite(out).all(axis=1))),
        )
    return np.asarray(out)


def _terms(design: Design, table: pd.DataFrame, variable: str, values: FloatArray) -> FloatArray:
    moved = table.assign(**{variable: values})
    return evaluated_again(design, moved).regressors[list(design.impact_terms)].to_numpy()


def row_labels_at(design: Design, rows: BoolArray) -> list[str]:
    """Return the labels of some rows as text."""
    return [label for label, chosen in zip(row_labels(design), rows, strict=True) if chosen]


def evaluated_again(design: Design, table: pd.DataFrame) -> Evaluated:
    """Evaluate the right-hand side on another table: terms of a row's own, then `lag_only`."""
    return regressors_on(design.formula, table)


def refuse_row_dependence(design: Design) -> None:
    """Refuse terms whose value in a row depends on the other rows, such as ``center(x)``."""
    table = raw_variables(design)
    if len(table) < 2:
        raise InputError("data", expected="two rows or more", found=f"{len(table)}")
    numeric = list(table.select_dtypes("number").columns)
    doubled = table.assign(**{name: np.roll(table[name].to_numpy(), 1) for name in numeric})
    # The sample again under a table with other values: terms of a row's own values do not move.
    extended = pd.concat([table, doubled.iloc[:1]], ignore_index=True)
    again = evaluated_again(design, extended).regressors
    terms = [t for t in (*design.terms, *design.lag_only) if t in again.columns]
    before = design.values(tuple(terms))
    after = again[terms].to_numpy()[: len(table)]
    moved = np.abs(before - after).max(axis=0) > 1e-10 * np.abs(before).max(axis=0)
    if moved.any():
        names = [t for t, m in zip(terms, moved, strict=True) if m]
        raise FormulaError(
            "formula",
            expected="terms of a row's own values",
            found=f"terms that depend on all rows: {', '.join(names)}",
            offenders=names,
            why="their values in other rows than the sample's are not those of the fit",
            remedy="compute such a column in the table, with numbers that are written down",
        )
