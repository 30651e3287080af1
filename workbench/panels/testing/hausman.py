"""Fixed against random effects of regions in spatial panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.core.statistics import Answer, NotApplicable, Tests, chi2_test
from workbench.errors import ConvergenceError, InputError, check_option
from workbench.numerics.likelihoods.wald import wald
from workbench.numerics.panels.random import RandomProblem
from workbench.numerics.panels.random_fit import fit_random
from workbench.numerics.regression.least_squares import linear_dependencies
from workbench.numerics.sparse.matrices import as_weights
from workbench.panels.effects import Cells, absorbed, group_means
from workbench.panels.fit import fit_panel
from workbench.panels.results import PanelResults
from workbench.panels.spatial.likelihood import SPATIAL
from workbench.panels.spatial.results import SpatialPanelResults
from workbench.regression.design import Design
from workbench.regression.results import RHO
from workbench.regression.specification import LAGS_ERROR, LAGS_X, LAGS_Y, Specification
from workbench.typing import Align, FloatArray, Missing, Model, RandomStructure
from workbench.weights import WeightsLike

HAUSMAN, SLOPES, MUNDLAK = "Hausman", "Hausman of slopes", "Mundlak"
NULL = "effects of regions are uncorrelated with the regressors"
MEANS_NULL = "means of the regressors over time have no coefficients beside them"
NORMAL = "normal disturbances; random effects efficient under the null"


def spatial_hausman(
    formula: str,
    data: pd.DataFrame,
    W: WeightsLike,
    *,
    model: Model = "sar",
    random: RandomStructure | None = None,
    durbin: Sequence[str] | None = None,
    align: Align = "strict",
    missing: Missing = "error",
) -> Tests:
    """Test fixed against random effects of regions in a spatial panel.

    Parameters
    ----------
    formula : str
    data : DataFrame
        Indexed by (region, period), balanced.
    W : weights
        One W for all periods.
    model : {"sar", "sem", "sac", "sdm", "sdem", "gns"}
        The spatial form of both models.
    random : {"baltagi", "kkp"}, optional
        Structure of the random effects beside a spatial disturbance.
    durbin : sequence of str, optional
        Terms that models with WX lag; all without.
    align, missing : str
        As in :func:`workbench.fit`.

    Returns
    -------
    Tests
        ``Hausman``: slopes and ρ under both, where the model has ρ; ``Hausman of slopes``
        without it; ``Mundlak``: the Wald test of the regressors' means over time, added to the
        model with random effects. The contrast does not apply where the covariances differ the
        wrong way in the sample, which the test of the means cannot suffer.

    Raises
    ------
    InputError
        As for the fits, and if the model has no spatial term.
    PanelError
        If the panel has gaps.

    Notes
    -----
    ``d′(V_fixed − V_random)⁻¹d``; fixed effects are transformed out (Lee and Yu 2010), so that
    both variances count the same degrees of freedom.

    References
    ----------
    Mutl, J. and Pfaffermayr, M. (2011). The Hausman test in a Cliff and Ord panel model.
    Econometrics Journal 14, 48–76. Mundlak, Y. (1978). On the pooling of time series and cross
    section data. Econometrica 46, 69–85.

    Examples
    --------
    >>> import workbench as wb
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> panel, formula = wb.load("munnell-1990"), "log(gsp) ~ log(emp) + unemp"
    >>> wb.panels.spatial_hausman(formula, panel, W, model="sar")["Mundlak"].df
    (2.0,)
    """
    check_option("model", model, Model)
    if model not in SPATIAL:
        raise InputError(
            "model",
            expected=f"a spatial model ({', '.join(sorted(SPATIAL))})",
            found=repr(model),
            remedy='model="sar"; without W, fit(...).diagnostics() has the Hausman test',
        )
    plain = Specification(
        formula,
        model=model,
        effects="entity",
        align=align,
        missing=missing,
        durbin=tuple(durbin) if durbin is not None and model in LAGS_X else None,
    )
    fixed = fit_panel(plain, data, W)
    title = f"Fixed against random effects of regions: {model}"
    try:
        other = fit_panel(replace(plain, effects="random", random=random), data, W)
    except ConvergenceError as error:
        names = {HAUSMAN: NULL, SLOPES: NULL, MUNDLAK: MEANS_NULL}
        reason = f"random effects could not be estimated: {error.found}"
        return Tests(title, {n: NotApplicable(n, null, reason) for n, null in names.items()})
    slopes = fixed.design.terms
    answers: dict[str, Answer] = {}
    if model in LAGS_Y:
        answers[HAUSMAN] = contrast(HAUSMAN, fixed, other, (*slopes, RHO))
    answers[SLOPES] = contrast(SLOPES, fixed, other, slopes)
    answers[MUNDLAK] = _mundlak(other)
    return Tests(title, answers)


def contrast(name: str, fixed: PanelResults, random: PanelResults, terms: Sequence[str]) -> Answer:
    """Return Hausman's test on some terms of two fits.

    Parameters
    ----------
    name : str
    fixed, random : PanelResults
        Consistent either way, and efficient under the null.
    terms : sequence of str
        That both have.
    """
    at, other = ([fit.estimates.terms.index(term) for term in terms] for fit in (fixed, random))
    gap = fixed.estimates.values[at] - random.estimates.values[other]
    spread = fixed.estimates.cov[np.ix_(at, at)] - random.estimates.cov[np.ix_(other, other)]
    found = wald(gap, spread)
    if np.isfinite(found.statistic):
        return chi2_test(name, found.statistic, found.df, null=NULL, assumptions=NORMAL)
    reason = "the covariances differ the wrong way in this sample: see the Mundlak test"
    return NotApplicable(name, NULL, reason)


def _mundlak(fit: PanelResults) -> Answer:
    if not isinstance(fit, SpatialPanelResults) or fit.weights is None:
        raise AssertionError
    design, cells = fit.design, fit.cells
    means = _means(design, cells)
    if not means.shape[1]:
        return NotApplicable(MUNDLAK, MEANS_NULL, "no regressor varies over time and regions")
    predicted = fit.predicted
    error = fit.error.one if fit.error and fit.error.one else fit.weights
    problem = RandomProblem(
        y=design.y,
        X=np.column_stack([design.X, means]),
        T=cells.T,
        W=as_weights(fit.weights.sparse) if fit.model in LAGS_Y else None,
        M=as_weights(error.sparse) if fit.model in LAGS_ERROR else None,
        own_effects=predicted is None or predicted.structure != "kkp",
    )
    try:
        found = fit_random(problem)
    except ConvergenceError as failure:
        reason = f"the model with means could not be estimated: {failure.found}"
        return NotApplicable(MUNDLAK, MEANS_NULL, reason)
    k = design.X.shape[1]
    at = slice(k, k + means.shape[1])
    tested = wald(found.beta[at], found.covariance[at, at])
    return chi2_test(
        MUNDLAK, tested.statistic, tested.df, null=MEANS_NULL, assumptions="normal disturbances"
    )


def _means(design: Design, cells: Cells) -> FloatArray:
    """Return means over time of regressors, those that neither X nor one another determine."""
    varying = [j for j in range(design.X.shape[1]) if not len(_constant(design.X[:, [j]], cells))]
    means = group_means(design.X[:, varying], cells.region, cells.N)[cells.region]
    kept: list[FloatArray] = []
    for column in means.T:
        trial = np.column_stack([design.X, np.ones(len(column)), *kept, column])
        width = trial.shape[1] - 1
        if not any(width in dependency.columns for dependency in linear_dependencies(trial)):
            kept.append(column)
    return np.column_stack(kept) if kept else np.empty((len(means), 0))


def _constant(column: FloatArray, cells: Cells) -> FloatArray:
    return np.asarray(absorbed(column, cells, "entity"))
