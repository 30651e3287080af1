"""Random effects of regions in static spatial panels, by maximum likelihood."""

from __future__ import annotations

import numpy as np

from workbench.core.expressions import label
from workbench.errors import ConvergenceError, PanelError
from workbench.numerics.panels.layers import Layers
from workbench.numerics.panels.random import RandomProblem
from workbench.numerics.panels.random_fit import RandomMaximum, fit_random
from workbench.numerics.regression.least_squares import least_squares
from workbench.panels.effects import TITLES, estimable_design
from workbench.panels.sample import PanelSample
from workbench.panels.spatial.results import (
    Likelihood,
    RandomParts,
    SpatialPanelResults,
    likelihood_estimates,
    maxima_notes,
)
from workbench.panels.spatial.robust_likelihoods import with_likelihood_covariance
from workbench.regression.design import Design, read_only
from workbench.regression.results import LAMBDA, RHO, Fit
from workbench.regression.specification import Specification
from workbench.typing import RandomStructure

PHI = "phi"
DEFAULT: RandomStructure = "baltagi"

STRUCTURES = {
    "baltagi": "effects of regions stay where they are, disturbances spread "
    "(Baltagi, Song and Koh 2003)",
    "kkp": "effects of regions spread as the disturbances do (Kapoor, Kelejian and Prucha 2007)",
}
NOT_NORMAL = (
    "phi is the variance of the regions' effects over that of the disturbances; it cannot be below "
    "zero, so that its p-value is no test of phi = 0."
)


def estimate_random(
    specification: Specification,
    design: Design,
    sample: PanelSample,
    *,
    lags: tuple[Layers | None, Layers | None],
) -> SpatialPanelResults:
    """Estimate a spatial panel with random effects of regions.

    Raises
    ------
    PanelError
        If the panel has gaps or one period, or W changes over time.
    ConvergenceError
        If the effects have no variance.
    """
    lag, error = lags
    _refuse_shape(sample, lags)
    design = estimable_design(design, sample.cells, "random")
    structure = (specification.random or DEFAULT) if error is not None else None
    problem = RandomProblem(
        y=design.y,
        X=design.X,
        T=sample.cells.T,
        W=lag.matrices[0] if lag else None,
        M=error.matrices[0] if error else None,
        own_effects=structure != "kkp",
    )
    fit = _labelled(specification, design, sample, problem, fit_random(problem), structure)
    return with_likelihood_covariance(fit, specification.covariance)


def _refuse_shape(sample: PanelSample, lags: tuple[Layers | None, Layers | None]) -> None:
    panel = sample.panel
    if any(layers is not None and not layers.constant for layers in lags):
        raise PanelError(
            "W",
            expected='one W for all periods, with effects="random"',
            found="one a period",
            why="means over time of what W_t filters are not filtered means: the likelihood does "
            "not fall into within and between",
            remedy='effects="none" or "time", or one W',
        )
    if not panel.balanced:
        gaps = [label(cell) for cell in panel.gaps]
        raise PanelError(
            "data",
            expected='the same regions in every period, with effects="random"',
            found=f"{len(gaps)} (region, period) cells missing",
            offenders=gaps,
            remedy='missing="drop-regions"',
        )
    if len(panel.periods) < 2:
        raise PanelError(
            "effects",
            expected="two periods or more",
            found="one",
            why="effects of regions and disturbances cannot be told apart in one period",
            remedy='effects="none"',
        )


def _labelled(
    specification: Specification,
    design: Design,
    sample: PanelSample,
    problem: RandomProblem,
    found: RandomMaximum,
    structure: RandomStructure | None,
) -> SpatialPanelResults:
    cells = sample.cells
    named = [(RHO, found.rho)] * (problem.W is not None)
    named += [(LAMBDA, found.lambda_)] * (problem.M is not None)
    named += [(PHI, found.phi)]
    p = len(design.terms) + len(named)
    method = f"{specification.model}, {TITLES['random']}, by maximum likelihood"
    if structure:
        method += f"; {STRUCTURES[structure]}"
    extras: dict[str, object] = {"effects": "random", "entities": cells.N, "periods": cells.T}
    extras |= {"random": structure or "", "sigma2_effects": found.phi * found.sigma2}
    loglik_null = _null(problem)
    return SpatialPanelResults(
        specification.model,
        design,
        likelihood_estimates(design.terms, named, beta=found.beta, covariance=found.covariance),
        Fit(
            fitted=read_only(design.y - found.residuals),
            resids=read_only(found.residuals),
            loglik=found.loglik,
            parameters=p + 1,
            sigma2=found.sigma2,
            rsquared=float(-np.expm1(-2 * (found.loglik - loglik_null) / design.nobs)),
            df_resid=design.nobs - p,
        ),
        sample.weights,
        sample.provenance(specification, method, {"random": structure} if structure else {}),
        (*sample.notes, *_notes(found, structure)),
        "maximum likelihood",
        extras,
        traces=found.of_lag,
        weights_error=sample.error.one if sample.error else None,
        weights_x=sample.lagged.one if sample.lagged else None,
        cells=cells,
        effects="random",
        spatial=sample.spatial,
        lagged=sample.lagged,
        error=sample.error,
        likelihood=Likelihood(problem, found),
        predicted=RandomParts(read_only(found.effects), read_only(found.effect_errors), structure),
    )


def _null(problem: RandomProblem) -> float:
    """Return the log-likelihood of random effects around a constant, or without effects."""
    ones = np.ones((len(problem.y), 1))
    alone = RandomProblem(problem.y, ones, problem.T, None, None, own_effects=True)
    try:
        return fit_random(alone).loglik
    except ConvergenceError:
        return least_squares(problem.y, ones).loglik


def _notes(found: RandomMaximum, structure: RandomStructure | None) -> tuple[str, ...]:
    told = f"Random effects: {STRUCTURES[structure]}." if structure else ""
    return (
        *((told,) if told else ()),
        NOT_NORMAL,
        *maxima_notes(found.maxima, len(found.maxima), found.relative_error),
    )
