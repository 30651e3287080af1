"""From a specification and a table to a cross-section fit: sample, design, estimator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import InputError
from workbench.models.estimators import (
    Estimator,
    estimate_ols,
    estimate_sac,
    estimate_sar,
    estimate_sem,
)
from workbench.models.results import CrossSectionResults
from workbench.models.sample import Sample
from workbench.regression.design import (
    build_design,
    check_estimable,
    complete_rows,
    lag_slopes,
)
from workbench.regression.specification import LAGS_ERROR, LAGS_X, Specification
from workbench.weights import Weights, WeightsLike, align_to, island_notes, restrict_noted

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
) -> CrossSectionResults:
    """Estimate a cross-section model; :func:`workbench.fitting.fit` is the public door.

    Parameters
    ----------
    specification : Specification
        Formula, model, covariance and policies.
    data : DataFrame
        One row a region, indexed by region id, in any order.
    W : Weights, Graph or W, optional
        Spatial weights.
    W_error : Weights, Graph or W, optional
        Those of the disturbance, where they are others.

    Returns
    -------
    CrossSectionResults
    """
    sample = draw_sample(specification, data, W)
    if W_error is not None:
        sample = _with_error_weights(sample, specification, W_error)
    design = build_design(specification.formula, sample.table, remedy=MISSING_REMEDY)
    if specification.model in LAGS_X:
        design = lag_slopes(design, sample.require_weights(), specification.durbin)
    check_estimable(design)
    return ESTIMATORS[specification.model](specification, design, sample)


def _with_error_weights(
    sample: Sample, specification: Specification, W_error: WeightsLike
) -> Sample:
    """Align the weights of the disturbance with the sample."""
    if specification.model not in LAGS_ERROR:
        raise InputError(
            "W_error",
            expected=f"a model with a spatial error ({', '.join(sorted(LAGS_ERROR))})",
            found=f"model={specification.model!r}",
            remedy='model="sac", or leave W_error out',
        )
    weights = align_to(sample.table, W_error, argument="W_error", align=specification.align)[1]
    if not weights.ids.equals(sample.table.index):
        missing = sample.table.index.difference(weights.ids)
        raise InputError(
            "W_error",
            expected="the regions of the sample",
            found=f"{len(missing)} regions without weights",
            offenders=missing,
            remedy="build W_error from the same regions as W",
        )
    return replace(
        sample,
        error_weights=weights,
        notes=(*sample.notes, *(f"W_error: {note}" for note in island_notes(weights))),
    )


def draw_sample(specification: Specification, data: pd.DataFrame, W: WeightsLike | None) -> Sample:
    """Align table and weights by region id, apply the policies, and note what they left out."""
    table, weights, notes = _aligned(specification, data, W)
    sample = _without_gaps(specification, table, weights, notes)
    if specification.model == "ols":
        return sample
    return replace(sample, notes=(*sample.notes, *island_notes(sample.weights)))


def _without_gaps(
    specification: Specification,
    table: pd.DataFrame,
    weights: Weights | None,
    notes: tuple[str, ...],
) -> Sample:
    if specification.missing == "error":
        return Sample(table, weights, notes)
    complete = complete_rows(specification.formula, table)
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
