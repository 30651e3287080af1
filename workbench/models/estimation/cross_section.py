"""From a specification and a table to a cross-section fit: sample, design, estimator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pandas as pd

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import InputError
from workbench.models.covariances import with_covariance
from workbench.models.estimation.estimators import (
    Estimator,
    estimate_ols,
    estimate_sac,
    estimate_sar,
    estimate_sem,
)
from workbench.models.estimation.identification import refuse_unidentified
from workbench.models.estimation.moments import estimate_error, estimate_two_stage
from workbench.models.estimation.sample import Sample
from workbench.models.results import CrossSectionResults
from workbench.regression.call import call_of
from workbench.regression.case_weights import (
    CaseWeights,
    case_weights_note,
    checked_case_weights,
    named_case_weights,
)
from workbench.regression.design import (
    Design,
    build_design,
    check_estimable,
    complete_rows,
    lag_slopes,
    refuse_names,
)
from workbench.regression.formula_lags import named_lags, with_formula_lags
from workbench.regression.preparations import prepared
from workbench.regression.specification import LAGS_ERROR, LAGS_X, Specification
from workbench.weights import (
    Weights,
    WeightsLike,
    align_to,
    as_weights,
    island_notes,
    restrict_noted,
)

ESTIMATORS: Mapping[str, Estimator] = MappingProxyType(
    {
        "ols": estimate_ols,
        "slx": estimate_ols,
        "sar": estimate_sar,
        "sem": estimate_sem,
        "sac": estimate_sac,
        "sdm": estimate_sar,
        "sdem": estimate_sem,
        "gns": estimate_sac,
    }
)
MOMENT_ESTIMATORS: Mapping[str, Estimator] = MappingProxyType(
    {
        "ols": estimate_two_stage,
        "slx": estimate_two_stage,
        "sar": estimate_two_stage,
        "sem": estimate_error,
        "sac": estimate_error,
        "sdm": estimate_two_stage,
        "sdem": estimate_error,
        "gns": estimate_error,
    }
)
MISSING_REMEDY = (
    'complete them, or pass missing="drop" to leave those regions out '
    "(weights are then restricted and normalised anew)"
)


def fit_cross_section(
    specification: Specification,
    data: pd.DataFrame,
    W: WeightsLike | None = None,
    *,
    W_error: WeightsLike | None = None,
    W_x: WeightsLike | None = None,
    case_weights: CaseWeights | None = None,
) -> CrossSectionResults:
    """Estimate a cross-section model; :func:`workbench.fitting.fit` is the public door.

    Parameters
    ----------
    specification : Specification
        Formula, model, covariance and policies. Spatial lags that the formula names make an
        ``ols`` an ``slx``, a ``sar`` an ``sdm``, a ``sem`` an ``sdem`` and a ``sac`` a ``gns``.
    data : DataFrame
        One row a region, indexed by region id, in any order.
    W : Weights, Graph or W, optional
        Spatial weights.
    W_error, W_x : Weights, Graph or W, optional
        Those of the disturbance and of the lagged regressors, where they are others.
    case_weights : str or Series, optional
        A column of `data`, or numbers by region id.

    Returns
    -------
    CrossSectionResults
    """
    asked = specification
    specification, design, sample = designed(
        asked, data, W, W_error=W_error, W_x=W_x, case_weights=case_weights
    )
    plain = replace(specification, covariance="classical")
    if specification.gmm is not None:
        fit = MOMENT_ESTIMATORS[specification.model](plain, design, sample)
    else:
        refuse_unidentified(specification, design, sample)
        fit = ESTIMATORS[specification.model](plain, design, sample)
    call = call_of(asked, data, W, W_error=W_error, W_x=W_x, case_weights=case_weights)
    fit = replace(fit, call=call)
    option = specification.covariance
    return fit if option == "classical" else with_covariance(fit, option)


def designed(
    asked: Specification,
    data: pd.DataFrame,
    W: WeightsLike | None = None,
    *,
    W_error: WeightsLike | None = None,
    W_x: WeightsLike | None = None,
    case_weights: CaseWeights | None = None,
) -> tuple[Specification, Design, Sample]:
    """Return what a cross-section model is estimated from, everything checked.

    Parameters and errors are those of :func:`fit_cross_section`.

    Returns
    -------
    tuple of (Specification, Design, Sample)
        The specification with the model that lags in the formula make of it; outcome and
        regressors, spatial lags among them; table and weights in one order.
    """
    specification = with_formula_lags(asked, W)
    sample = draw_sample(specification, data, W, case_weights=case_weights)
    if W_error is not None:
        sample = _with_other_weights(sample, specification, data, W_error, argument="W_error")
    if W_x is not None:
        sample = _with_other_weights(sample, specification, data, W_x, argument="W_x")
    design = build_design(specification.formula, sample.table, remedy=MISSING_REMEDY, lags=True)
    if sample.case_weights is not None:
        c = checked_case_weights(sample.case_weights)
        design = replace(design, case_weights=c)
        note = case_weights_note(str(sample.case_weights.name), c)
        sample = replace(sample, notes=(*sample.notes, note))
    refuse_names(specification.parameter_names, design.terms, what="the parameters of the model")
    if design.asked:
        specification, note = named_lags(asked, specification, design)
        sample = replace(sample, notes=(*sample.notes, note))
    if specification.model in LAGS_X:
        design = lag_slopes(design, sample.weights_of_x(), specification.durbin)
    return specification, check_estimable(design), sample


def _with_other_weights(
    sample: Sample,
    specification: Specification,
    data: pd.DataFrame,
    W: WeightsLike,
    *,
    argument: str,
) -> Sample:
    """Align the weights of the disturbance, or of lagged regressors, with the sample."""
    of_x = argument == "W_x"
    models, what = (LAGS_X, "WX") if of_x else (LAGS_ERROR, "a spatial error")
    if specification.model not in models:
        example = 'model="sdm" or W(x) in the formula' if of_x else 'model="sac"'
        raise InputError(
            argument,
            expected=f"a model with {what} ({', '.join(sorted(models))})",
            found=f"model={specification.model!r}",
            remedy=f"{example}, or leave {argument} out",
        )
    given = as_weights(W, argument=argument)
    weights = align_to(data, given, argument=argument, align=specification.align)[1]
    missing = sample.table.index.difference(weights.ids)
    if len(missing):
        raise InputError(
            argument,
            expected="the regions of the sample",
            found=f"{len(missing)} regions without weights",
            offenders=missing,
            remedy=f"build {argument} from the same regions as W",
        )
    weights, told = restrict_noted(weights, sample.table.index)
    notes = (*sample.notes, *(f"{argument}: {n}" for n in (*told, *island_notes(weights))))
    if not of_x:
        return replace(sample, error_weights=weights, notes=notes)
    if sample.weights is not None and weights.digest == sample.weights.digest:
        return sample  # W itself: the impacts of one W are known from its traces
    return replace(sample, x_weights=weights, notes=notes)


def draw_sample(
    specification: Specification,
    data: pd.DataFrame,
    W: WeightsLike | None,
    *,
    case_weights: CaseWeights | None = None,
) -> Sample:
    """Align table and weights by region id, apply the policies, and note what they left out."""
    asked = specification
    return prepared(
        ("cross-section", asked.align, asked.missing, asked.reads, asked.model == "ols"),
        (data, W, case_weights),
        lambda: _drawn(specification, data, W, case_weights),
    )


def _drawn(
    specification: Specification,
    data: pd.DataFrame,
    W: WeightsLike | None,
    case_weights: CaseWeights | None,
) -> Sample:
    table, weights, notes = _aligned(specification, data, W)
    case = None
    if case_weights is not None:
        case = named_case_weights(case_weights, data, align=specification.align).loc[table.index]
    sample = _without_gaps(specification, table, weights, notes, case)
    if case is not None:
        sample = replace(sample, case_weights=case.loc[sample.table.index])
    if specification.model == "ols":
        return sample
    return replace(sample, notes=(*sample.notes, *island_notes(sample.weights)))


def _without_gaps(
    specification: Specification,
    table: pd.DataFrame,
    weights: Weights | None,
    notes: tuple[str, ...],
    case: pd.Series[Any] | None,
) -> Sample:
    if specification.missing == "error":
        return Sample(table, weights, notes)
    complete = complete_rows(specification.reads, table)
    if case is not None:
        complete = complete[case.loc[complete].notna()]
    left_out = table.index.difference(complete)
    if len(left_out) == 0:
        return Sample(table, weights, notes)
    if len(complete) == 0:
        raise InputError(
            "data", expected="a region without missing values", found="none among the variables"
        )
    note = f"left out for missing values ({len(left_out)}): {', '.join(map(str, left_out))}"
    if weights is None:
        return Sample(table.loc[complete], None, (*notes, note))
    restricted, told = restrict_noted(weights, complete)
    return Sample(table.loc[complete], restricted, (*notes, note, *told))


def _aligned(
    specification: Specification, data: pd.DataFrame, W: WeightsLike | None
) -> tuple[pd.DataFrame, Weights | None, tuple[str, ...]]:
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "data", expected="a DataFrame indexed by region id", found=type(data).__name__
        )
    if W is None:
        ids = region_ids(data.index, argument="data")
        return data.iloc[canonical_order(ids)], None, ()
    table, weights, note = align_to(data, W, argument="data", align=specification.align)
    return table, weights, (note,) if note else ()
