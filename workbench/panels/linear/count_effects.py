"""Average marginal effects of count panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.vocabulary import check_level
from workbench.errors import PanelError
from workbench.numerics.panels.poisson import poisson_influence, weighted_mean
from workbench.panels.linear.counts import dummies_and_groups
from workbench.panels.spatial.score_covariances import score_covariance
from workbench.regression.design import lag_name
from workbench.regression.impacts import EFFECTS, Impacts
from workbench.regression.parameters import inference
from workbench.typing import FloatArray

if TYPE_CHECKING:
    from workbench.panels.impacts import PanelEffects

UNITS = (
    "Average marginal effects, in units of the count: what one unit more of the term changes the "
    "expected count by, on average over the rows in use."
)


def marginal_effects(fit: PanelEffects, level: float) -> Impacts:
    """Return average marginal effects; see :meth:`PanelEffects.marginal_effects`."""
    check_level(level)
    if fit.family != "poisson":
        raise PanelError(
            "family",
            expected="a panel of counts",
            found=fit.title,
            why="impacts of a linear model are in units of its outcome already",
            remedy="fit.impacts()",
        )
    rows = [_effects_of(fit, term) for term in fit.design.impact_terms]
    values, errors = np.array(rows).reshape(-1, 2).T
    index = pd.MultiIndex.from_product([fit.design.impact_terms, EFFECTS], names=["term", "effect"])
    columns = inference(values, errors, df=None, level=level)
    return Impacts(
        pd.DataFrame(columns, index=index),
        "delta",
        level,
        fit.provenance,
        "maximum likelihood",
        (UNITS,),
    )


def _effects_of(fit: PanelEffects, term: str) -> list[tuple[float, float]]:
    """Return the direct, indirect and total effect of a term, each with its standard error."""
    terms = list(fit.estimates.terms)
    beta = terms.index(term) if term in terms else None
    theta = terms.index(lag_name(term)) if term in fit.design.lagged else None
    ones = np.ones(len(fit.fit.fitted)) if beta is not None else None
    itself, others = _row_sums(fit) if theta is not None else (None, None)
    direct = _mean_effect(fit, ((beta, ones), (theta, itself)))
    indirect = _mean_effect(fit, ((theta, others),)) if theta is not None else (0.0, 0.0)
    total = _mean_effect(fit, ((beta, ones), (theta, itself), (theta, others)))
    return [direct, indirect, total]


def _row_sums(fit: PanelEffects) -> tuple[FloatArray, FloatArray]:
    """Return the diagonal of W, and the sum of the other weights, of each row's region."""
    if fit.weights is None:
        raise AssertionError
    W = fit.weights.sparse
    at = fit.weights.ids.get_indexer(fit.design.index.get_level_values(0))
    itself = np.asarray(W.diagonal())
    others = np.asarray(W.sum(axis=1)).ravel() - itself
    return itself[at], others[at]


def _mean_effect(
    fit: PanelEffects, loads: Sequence[tuple[int | None, FloatArray | None]]
) -> tuple[float, float]:
    """Return Σ μ c / n with c = Σ_j l_j b_j over coefficients b_j and loads l_j, and its error."""
    y, mean = fit.design.y, np.asarray(fit.fit.fitted)
    dummies, groups = dummies_and_groups(fit.cells, fit.effects)
    X = np.column_stack([fit.design.X, dummies])
    c, gradient = np.zeros(len(y)), np.zeros(X.shape[1])
    for at, load in loads:
        if at is not None and load is not None:
            c += fit.estimates.values[at] * load
            gradient[at] += float(load @ mean) / len(y)
    found = weighted_mean(c, y, mean, X, groups)
    gradient += found.by_beta
    influence = poisson_influence(y, mean, X, groups=groups)
    word = fit.provenance.options["covariance"]
    if word == "classical":
        variance = float(gradient @ influence.bread @ gradient) + found.own_variance
    else:
        moved = found.own + influence.scores @ gradient
        variance = float(score_covariance(word, moved[:, None], fit.cells)[0, 0])
    return found.value, float(np.sqrt(variance))
