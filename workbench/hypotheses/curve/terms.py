"""Terms that hypotheses name, looked for before anything is estimated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from workbench.errors import FormulaError, InputError, nearest
from workbench.hypotheses.statements.atoms import Index
from workbench.regression.design import evaluated_model, lag_name
from workbench.regression.specification import LAGS_ERROR, LAGS_Y

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypothesis import Hypothesis

PARAMETERS = frozenset({"rho", "lambda", "tau", "eta", "phi", "Intercept"})
"""Names of parameters that are no term of a formula."""


def refuse_unknown(
    hypotheses: Sequence[Hypothesis],
    formulas: Sequence[str],
    tables: Sequence[pd.DataFrame],
    models: Sequence[str],
) -> None:
    """Refuse formulas that cannot be read, and hypotheses on what no specification has.

    Parameters
    ----------
    hypotheses : sequence of Hypothesis
    formulas : sequence of str
        Whole ones.
    tables : sequence of DataFrame
        Samples.
    models : sequence of str
        Words of models.

    Raises
    ------
    FormulaError
        If a formula cannot be read, or names a column that a sample does not have.
    InputError
        If no formula has a term of a hypothesis, or no model its parameter.
    """
    known: dict[str, None] = {}
    for formula in formulas:
        for table in tables:
            known |= dict.fromkeys(_terms(formula, table))
    for hypothesis in hypotheses:
        _refuse_terms(hypothesis, list(known))
        _refuse_parameters(hypothesis, models)


def _terms(formula: str, table: pd.DataFrame) -> list[str]:
    """Return the terms of a formula, and their lags; none where a value stands in the way."""
    try:
        reading = evaluated_model(formula, table, lags=True)
    except FormulaError:
        raise
    except InputError:
        return []  # of values, not of names: each specification records it
    own = [*map(str, reading.own.regressors.columns), *map(str, reading.outside.columns)]
    return [*own, *(lag_name(term) for term in own)]


def _refuse_terms(hypothesis: Hypothesis, known: list[str]) -> None:
    atoms = [atom for _, atom in hypothesis.estimand.parts if not isinstance(atom, Index)]
    lacking = [a.term for a in atoms if a.term not in known and a.term not in PARAMETERS]
    if not lacking or not known:
        return
    terms = [term for term in known if not term.startswith("W(") and term not in PARAMETERS]
    raise InputError(
        "hypothesis",
        expected=f"terms that a formula has: {', '.join(terms)}",
        found=f"{', '.join(lacking)}, which none of them has",
        offenders=lacking,
        why="no specification could answer it",
        remedy=nearest(lacking[0], known),
    )


def _refuse_parameters(hypothesis: Hypothesis, models: Sequence[str]) -> None:
    for parameter, having in (("rho", LAGS_Y), ("lambda", LAGS_ERROR)):
        asked = any(atom.term == parameter for _, atom in hypothesis.estimand.parts)
        if asked and not having & set(models):
            raise InputError(
                "hypothesis",
                expected=f"a parameter that one of the models has ({', '.join(models)})",
                found=f"{parameter}, which none of them has",
                why="no specification could answer it",
                remedy=f"models=[{sorted(having)[-1]!r}, ...]",
            )
