"""The same regressors on outcomes that they cannot have moved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.expressions import evaluate
from workbench.core.provenance import Provenance
from workbench.errors import FormulaError, InputError, PanelError, check_option
from workbench.fitting import fit as fit_anew
from workbench.hypotheses.placebo.asking import Question, failure, own_arguments
from workbench.hypotheses.placebo.outcomes_result import PlaceboOutcomes
from workbench.hypotheses.placebo.past import past_arguments, refuse_other_panels
from workbench.hypotheses.statements.given import check_fit, check_hypothesis
from workbench.hypotheses.work.faults import FAULTS
from workbench.numerics.permutations.envelopes import holm
from workbench.typing import ImpactMethod

if TYPE_CHECKING:
    from workbench.hypotheses.statements import Hypothesis
    from workbench.regression.results import RegressionResults

NOT_OF_TERMS = re.compile(r"\b(rho|lambda|moran_index|decay_length)\b")
"""Estimands that are not zero for an outcome that a regressor leaves alone."""


def placebo_outcomes(
    hypothesis: Hypothesis,
    fit: RegressionResults,
    outcomes: Mapping[str, str] | None = None,
    *,
    lags: Sequence[int] = (1, 2),
    own_time: bool = True,
    data: pd.DataFrame | None = None,
    method: ImpactMethod = "delta",
    samples: int = 10_000,
    seed: int = 0,
) -> PlaceboOutcomes:
    """Ask whether a spillover also appears where it cannot be: in earlier or unrelated outcomes.

    Today's regressors cannot have caused yesterday's outcome. Where they seem to, something else
    moves both: a trend, anticipation, or an outcome that attracts the regressor.

    Parameters
    ----------
    hypothesis : Hypothesis
        About impacts or coefficients of terms; its alpha is the level.
    fit : RegressionResults
        A result of :func:`workbench.fit`.
    outcomes : mapping of str to str, optional
        Label to a column of `data` or an expression of columns, such as
        ``{"patents 2000": "log(1 + patents_2000)"}``. Without, a panel's own outcome in earlier
        periods; cross-sections need them.
    lags : sequence of int, default (1, 2)
        For panels without `outcomes`: how many periods before.
    own_time : bool, default True
        Whether, beside today's regressors, those of the earlier outcome's own time are in the
        model, lagged over space as those are. Without them a regressor that changes slowly stands
        for its own past, and the test rejects though nothing is wrong.
    data : DataFrame, optional
        Table with the columns of the formula and of `outcomes`, by region or (region, period);
        that of the fit without.
    method, samples, seed : {"delta", "monte-carlo"}, int, int
        Of the standard errors of impacts, as in ``fit.impacts()``.

    Returns
    -------
    PlaceboOutcomes

    Raises
    ------
    InputError
        If outcomes are needed and not given, a lag is no whole number from 1, or the hypothesis
        is about rho, lambda or an index, which are not zero for an unrelated outcome.
    PanelError
        If the rows of a panel fit are not regions in evenly spaced periods.
    FormulaError
        If an outcome names an unknown column.

    Notes
    -----
    For a panel and lag k the regression is y_{i,t−k} on x_{it}, W x_{it} and, with `own_time`,
    x_{i,t−k}, W x_{i,t−k}, with the effects and covariance of the fit: leads of the regressors in
    the equation of y_{t−k}, the test of strict exogeneity of Wooldridge (2010, section 10.7.1).
    The null is zero, whatever the hypothesis says; p-values are two-sided and adjusted by Holm
    (1979) over all outcomes. An interval that holds the real estimate says little: the placebo
    could not have told the two apart. A model that cannot be estimated is recorded with its
    reason, and is no evidence either way.

    References
    ----------
    Wooldridge, J. M. (2010). Econometric Analysis of Cross Section and Panel Data, 2nd edition.
    MIT Press. Holm, S. (1979). A simple sequentially rejective multiple test procedure.
    Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.statements import Hypothesis
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> formula = "log(gsp) ~ log(emp) + unemp"
    >>> panel = wb.load("munnell-1990")
    >>> slx = wb.fit(formula, panel, W, model="slx", effects="two-way", covariance="clustered")
    >>> claim = Hypothesis("Jobs next door raise output", "indirect(log(emp)) > 0")
    >>> placebo_outcomes(claim, slx, lags=[1, 2]).tidy().index.tolist()
    ['1 period before', '2 periods before']
    """
    check_hypothesis(hypothesis)
    check_fit(fit)
    if data is not None and not isinstance(data, pd.DataFrame):
        raise InputError(
            "data",
            expected="a table of the fit's regions with the outcomes' columns",
            found=type(data).__name__,
        )
    check_option("method", method, ImpactMethod)
    _refuse_parameters(hypothesis)
    question = Question(hypothesis, method, samples, seed)
    real = question.answer(fit, null=0.0)
    given = _arguments(fit, data)
    if outcomes is None:
        asked = _earlier(fit, given, lags, own_time=own_time)
    else:
        asked = _others(given, outcomes)
    rows = {label: _estimated(question, arguments) for label, arguments in asked.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")
    table.insert(4, "p_adjusted", _adjusted(table["p_value"].to_numpy(dtype=float)))
    notes = _notes(table, outcomes is None, own_time)
    return PlaceboOutcomes(
        hypothesis=hypothesis,
        real=pd.Series(real),
        table=table.drop(columns=["loglik", "verdict"]),
        notes=notes,
        provenance=_provenance(fit, question, list(table.index), own_time, notes),
    )


def _arguments(fit: RegressionResults, data: pd.DataFrame | None) -> dict[str, Any]:
    arguments = own_arguments(fit, fit.design.index.get_level_values(0).unique())
    if data is not None:
        regions = arguments["data"].index.get_level_values(0).unique()
        arguments["data"] = data[data.index.get_level_values(0).isin(regions)]
        arguments["missing"] = fit.call.specification.missing if fit.call else "error"
    # W is of all regions that were given: those of the sample are a part of them
    arguments["align"] = "intersection"
    return arguments


def _earlier(
    fit: RegressionResults, given: dict[str, Any], lags: Sequence[int], *, own_time: bool
) -> dict[str, dict[str, Any]]:
    if not isinstance(fit.design.index, pd.MultiIndex):
        raise InputError(
            "outcomes",
            expected="outcomes that the regressors cannot have moved, for a cross-section",
            found="none",
            why="one cross-section has no earlier outcome of its own",
            remedy='outcomes={"patents 2000": "log(1 + patents_2000)"}, data=table',
        )
    refuse_other_panels(fit)
    periods = fit.design.index.get_level_values(1).nunique()
    numbers = list(dict.fromkeys([lags] if isinstance(lags, int | np.integer) else lags))
    for lag in numbers:
        whole = isinstance(lag, int | np.integer) and not isinstance(lag, bool)
        if not whole or not 1 <= lag < periods - 1:
            raise PanelError(
                "lags",
                expected=f"whole numbers from 1 to {periods - 2}: two periods have to be left",
                found=repr(lag),
                remedy="lags=[1, 2]",
            )
    if not numbers:
        raise InputError("lags", expected="one or more", found="none", remedy="lags=[1, 2]")
    return {
        f"{lag} period{'s' if lag > 1 else ''} before": past_arguments(
            fit, given, int(lag), own_time=own_time
        )
        for lag in numbers
    }


def _others(given: dict[str, Any], outcomes: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    if not isinstance(outcomes, Mapping) or not outcomes:
        raise InputError(
            "outcomes",
            expected="a mapping from label to column or expression",
            found=type(outcomes).__name__ if outcomes else "an empty one",
            remedy='outcomes={"patents 2000": "log(1 + patents_2000)"}',
        )
    right = str(given["formula"]).split("~", 1)[1].strip()
    own = str(given["formula"]).split("~", 1)[0].strip()
    for label, expression in outcomes.items():
        if not isinstance(expression, str) or "~" in expression:
            raise InputError(
                "outcomes",
                expected="columns or expressions of columns",
                found=f"{label}: {expression!r}",
            )
        if expression.strip() == own:
            raise InputError(
                "outcomes",
                expected="other outcomes than that of the fit",
                found=f"{label}: {expression!r}",
                why="this one the hypothesis says is moved",
            )
        try:
            evaluate(f"{expression} ~ 1", given["data"], argument="outcomes")
        except FormulaError as error:
            raise _without_column(error) from error
    return {
        str(label): given | {"formula": f"{expression} ~ {right}"}
        for label, expression in outcomes.items()
    }


def _without_column(error: FormulaError) -> FormulaError:
    """Return the refusal, with the table that the fit did not keep as another way out."""
    return FormulaError(
        error.argument,
        expected=error.expected,
        found=error.found,
        remedy=f"{error.remedy} A fit keeps the columns of its formula only: data=table, "
        "with the others".strip(),
    )


def _estimated(question: Question, arguments: Mapping[str, Any]) -> dict[str, Any]:
    others = dict(arguments)
    formula, data, W = (others.pop(name) for name in ("formula", "data", "W"))
    try:
        found = fit_anew(formula, data, W, **others)
        return question.answer(found, null=0.0) | {"nobs": found.nobs}
    except FAULTS as fault:
        return failure(fault) | {"nobs": 0}


def _adjusted(p: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Adjust by Holm; outcomes without an estimate have no p-value and are none of the tests."""
    out, known = np.full(len(p), np.nan), np.isfinite(p)
    if known.any():
        out[known] = holm(p[known])
    return out


def _refuse_parameters(hypothesis: Hypothesis) -> None:
    found = NOT_OF_TERMS.search(str(hypothesis.estimand.text))
    if found:
        raise InputError(
            "hypothesis",
            expected="one about impacts or coefficients of terms",
            found=str(hypothesis.restriction),
            why=f"{found.group()} is not zero for an outcome that no regressor moves",
            remedy='Hypothesis("...", "indirect(x) > 0")',
        )


def _notes(table: pd.DataFrame, earlier: bool, own_time: bool) -> tuple[str, ...]:
    notes = [
        f"{label}: could not be estimated ({reason})"
        for label, reason in table.loc[table["status"] == "failed", "reason"].items()
    ]
    if earlier:
        beside = (
            "beside the regressors of the outcome's own time"
            if own_time
            else "without those of the outcome's own time, for which slow regressors stand"
        )
        notes.append(f"Outcomes of earlier periods on today's regressors, {beside}.")
    return tuple(notes)


def _provenance(
    fit: RegressionResults,
    question: Question,
    labels: list[str],
    own_time: bool,
    notes: tuple[str, ...],
) -> Provenance:
    made = fit.provenance
    return Provenance(
        method=f"placebo outcomes of {made.method}",
        formula=made.formula,
        nobs=made.nobs,
        ids_digest=made.ids_digest,
        weights=made.weights,
        seed=question.seed if question.method == "monte-carlo" else None,
        notes=notes,
        options={
            **made.options,
            "hypothesis": question.hypothesis.digest,
            "outcomes": ", ".join(labels),
            "own_time": str(own_time),
            "impacts": question.method,
        },
    )
