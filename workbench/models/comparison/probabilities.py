"""Posterior probabilities of models and of weights, from marginal likelihoods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import IdError, InputError
from workbench.models.estimation.cross_section import MISSING_REMEDY, draw_sample
from workbench.models.results import CrossSectionResults
from workbench.numerics.likelihoods.marginal import Form, Prior, log_marginal
from workbench.numerics.sparse.matrices import CsrArray
from workbench.regression.design import (
    INTERCEPT,
    Design,
    build_design,
    check_estimable,
    lag_slopes,
)
from workbench.regression.lag_terms import refuse_formula_lags
from workbench.regression.probabilities import Probabilities, check_models, compared, named_weights
from workbench.regression.specification import LAGS_ERROR, LAGS_X, LAGS_Y, Specification
from workbench.typing import Align, Missing, Model
from workbench.weights import WeightsLike

ONE_PARAMETER: tuple[Model, ...] = ("slx", "sar", "sem", "sdm", "sdem")


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """What a marginal likelihood needs."""

    label: Any
    model: Model
    design: Design
    W: CsrArray | None
    V: CsrArray | None = None

    @property
    def slopes(self) -> int:
        return len(self.design.terms) - self.design.has_intercept

    def log_marginal(self, prior: Prior) -> float:
        design = self.design
        # The constant goes first, wherever the formula has it.
        order = np.argsort([term != INTERCEPT for term in design.terms], kind="stable")
        return log_marginal(
            design.y,
            design.X[:, order],
            form=Form(lag=self.model in LAGS_Y, error=self.model in LAGS_ERROR),
            prior=prior,
            constant=design.has_intercept,
            W=self.W,
            V=self.V,
        )


def model_probabilities(
    fits: Mapping[str, CrossSectionResults], *, g: float | None = None
) -> Probabilities:
    """Return the probabilities of the models of a ladder; see :meth:`Ladder.marginal`."""
    candidates = [
        _Candidate(
            model,
            fit.model,  # type: ignore[arg-type]
            fit.design,
            fit.weights.sparse if fit.weights is not None else None,
            fit.weights_error.sparse if fit.weights_error is not None else None,
        )
        for model, fit in fits.items()
    ]
    return _compared(candidates, pd.Index([c.label for c in candidates], name="model"), g=g)


def weights_probabilities(
    formula: str,
    data: pd.DataFrame,
    weights: Mapping[str, WeightsLike] | Sequence[WeightsLike],
    *,
    models: Sequence[Model] = ONE_PARAMETER,
    durbin: Sequence[str] | None = None,
    g: float | None = None,
    align: Align = "strict",
    missing: Missing = "error",
) -> Probabilities:
    """Return posterior probabilities of several W, and of models under each.

    Parameters
    ----------
    formula : str
        ``"y ~ x1 + x2"``.
    data : DataFrame
        One row a region, indexed by region id.
    weights : mapping of str to weights, or sequence of weights
        Neighbourhoods of the same regions, by name; a sequence is named W1, W2, ...
    models : sequence of str, default ("slx", "sar", "sem", "sdm", "sdem")
        Compared under every W; ``"ols"``, which has no W, enters once.
    durbin : sequence of str, optional
        Terms that models with WX lag; all without.
    g : float, optional
        Of the g-prior of the slopes; max(n, q²) without, q the most slopes of a model.
    align, missing : str
        As in :func:`workbench.fitting.fit`; every W must leave the same regions.

    Returns
    -------
    Probabilities
        Index (weights, model), probabilities that sum to one over all rows; ``by_weights()``
        and ``by_model()`` sum them.

    Raises
    ------
    InputError
        If no W or no model is given, or as for a fit.
    IdError
        If the weights leave different regions.
    ConvergenceError
        If an integral is not found to six digits.

    Notes
    -----
    See :meth:`workbench.models.Ladder.marginal` for the priors. W enters here as a hypothesis
    among others: the probabilities say which of those listed the data favour, not that one of
    them is right.

    References
    ----------
    LeSage, J. P. and Pace, R. K. (2009). Introduction to Spatial Econometrics, section 6.3.

    Examples
    --------
    >>> import workbench as wb
    >>> states = wb.load("us-states")
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> several = {"queen": wb.weights.queen(states), "six": wb.weights.knn(states, 6)}
    >>> found = wb.models.weights_probabilities(
    ...     "log(gsp) ~ log(emp)", y, several, models=["sar", "sem"]
    ... )
    >>> found.table.index.tolist()
    [('queen', 'sar'), ('queen', 'sem'), ('six', 'sar'), ('six', 'sem')]
    """
    check_models(models)
    refuse_formula_lags(formula, remedy='durbin=["x"] for the terms to lag in models with WX')
    specification = Specification(formula, align=align, missing=missing)
    lagged = None if durbin is None else (durbin,) if isinstance(durbin, str) else tuple(durbin)
    candidates = list(_candidates(specification, data, named_weights(weights), models, lagged))
    _refuse_other_regions(candidates)
    labels = [c.label for c in candidates]
    return _compared(candidates, pd.MultiIndex.from_tuples(labels, names=["weights", "model"]), g=g)


def _candidates(
    specification: Specification,
    data: pd.DataFrame,
    weights: Mapping[str, WeightsLike],
    models: Sequence[Model],
    lagged: tuple[str, ...] | None,
) -> Iterator[_Candidate]:
    for at, (name, W) in enumerate(weights.items()):
        for model in models:
            if model == "ols" and at > 0:
                continue
            terms = lagged if model in LAGS_X else None
            own = replace(specification, model=model, durbin=terms)
            sample = draw_sample(own, data, W)
            design = build_design(own.formula, sample.table, remedy=MISSING_REMEDY)
            if model in LAGS_X:
                design = lag_slopes(design, sample.require_weights(), terms)
            label = ("none" if model == "ols" else name, model)
            matrix = sample.require_weights().sparse
            yield _Candidate(label, model, check_estimable(design), matrix)


def _refuse_other_regions(candidates: Sequence[_Candidate]) -> None:
    first = candidates[0]
    for other in candidates[1:]:
        unlike = other.design.index.symmetric_difference(first.design.index)
        if len(unlike):
            raise IdError(
                "weights",
                expected=f"the {first.design.nobs} regions of {first.label[0]!r} under every W",
                found=f"{len(unlike)} that only one of them has",
                offenders=list(unlike),
                why="likelihoods of different samples cannot be compared",
                remedy="restrict them to the common regions: W.restrict(ids)",
            )


def _compared(
    candidates: Sequence[_Candidate], index: pd.Index, *, g: float | None
) -> Probabilities:
    n = candidates[0].design.nobs
    if any(c.design.case_weights is not None for c in candidates):
        raise InputError(
            "case_weights",
            expected="regions of one weight",
            found="case weights",
            why="the marginal likelihoods take disturbances of one variance",
            remedy="compare the models by BIC: ladder.criteria()",
        )
    return compared(candidates, index, n=n, g=g)
