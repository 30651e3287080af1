"""What a panel fit was made of, kept so that it can be asked again with other choices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.expressions import evaluate, label, refuse_missing, refuse_nonfinite
from workbench.errors import FormulaError, InputError, PanelError, ValuesError, nearest
from workbench.panels.sample import PanelSample
from workbench.regression.design import INTERCEPT, Design, read_only
from workbench.regression.specification import Specification
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Sample, regressors in levels and choices behind a fit.

    Attributes
    ----------
    specification : Specification
    design : Design
        In levels, with the intercept that the formula has, lags of regressors appended.
    sample : PanelSample
    instruments : ndarray, shape (n, m)
        Outside instruments in levels.
    instrument_names : tuple of str, length m
    absorbed : tuple of ndarray of int, shape (n,)
        Categories of ``absorb`` as codes from 0.
    """

    specification: Specification
    design: Design
    sample: PanelSample
    instruments: FloatArray
    instrument_names: tuple[str, ...]
    absorbed: tuple[IntArray, ...]


def build_basis(specification: Specification, design: Design, sample: PanelSample) -> Basis:
    """Evaluate the instruments and the categories to absorb.

    Raises
    ------
    InputError
        If an endogenous term is none of the formula's, or an instrument is in it.
    PanelError
        If `absorb` names no column, or one with missing values or a single category.
    """
    _refuse_unknown_endogenous(specification, design)
    values, names = _instruments(specification, design, sample)
    factors = tuple(_factor(name, sample) for name in specification.absorb)
    return Basis(specification, design, sample, values, names, factors)


def _refuse_unknown_endogenous(specification: Specification, design: Design) -> None:
    known = [term for term in design.terms if term != INTERCEPT]
    for term in specification.endogenous:
        if term not in known:
            raise InputError(
                "endogenous",
                expected=f"terms of the formula: {', '.join(known)}",
                found=repr(term),
                remedy=nearest(term, known) or f"endogenous=[{known[0]!r}]",
            )


def _instruments(
    specification: Specification, design: Design, sample: PanelSample
) -> tuple[FloatArray, tuple[str, ...]]:
    if not specification.instruments:
        return np.empty((design.nobs, 0)), ()
    table, formula = sample.panel.table, " + ".join(specification.instruments)
    found = evaluate(f"{formula} - 1", table, argument="instruments", shown=formula)
    refuse_missing(table, list(found.variables), remedy=sample.missing_remedy)
    columns = found.regressors
    refuse_nonfinite(columns)
    repeated = [str(name) for name in columns.columns if str(name) in design.terms]
    if repeated:
        raise InputError(
            "instruments",
            expected="variables that are not in the formula",
            found=f"{len(repeated)} of its terms",
            offenders=repeated,
            why="a regressor that is exogenous instruments itself already",
            remedy="leave them out of instruments",
        )
    if columns.shape[1] < len(specification.endogenous):
        raise InputError(
            "instruments",
            expected=f"at least {len(specification.endogenous)}, one an endogenous regressor",
            found=str(columns.shape[1]),
            why="the coefficients are not identified",
        )
    return read_only(columns), tuple(map(str, columns.columns))


def _factor(name: str, sample: PanelSample) -> IntArray:
    """Return codes of a column, an index level, or the combinations of several."""
    panel = sample.panel
    parts = []
    for part in (piece.strip() for piece in name.split(":")):
        if part in panel.table.columns:
            column = panel.table[part]
        elif part in panel.table.index.names:
            column = panel.table.index.get_level_values(part).to_series(index=panel.table.index)
        else:
            known = [*map(str, panel.table.columns), *map(str, panel.table.index.names)]
            raise FormulaError(
                "absorb",
                expected="columns of the table",
                found=repr(part),
                remedy=nearest(part, known) or f"the table has: {', '.join(known[:12])}",
            )
        _refuse_gaps(part, column)
        parts.append(pd.factorize(column, sort=False)[0])
    codes = parts[0]
    for more in parts[1:]:
        codes = codes * (int(more.max()) + 1) + more
    codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    if codes.max() == 0:
        raise PanelError(
            "absorb",
            expected="two categories or more",
            found=f"one in {name!r}",
            remedy="leave it out: the intercept is its effect",
        )
    return codes


def _refuse_gaps(name: str, column: pd.Series) -> None:
    if column.isna().any():
        at = column.index[column.isna()]
        raise ValuesError(
            name,
            expected="a category in every row",
            found=f"{len(at)} missing",
            offenders=[label(key) for key in at],
            remedy="fill them, or leave those rows out",
        )
