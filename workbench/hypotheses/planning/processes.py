"""How the outcome of a fit came to be, for cross-sections and panels: what draws are made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.display import number
from workbench.errors import InputError, ValuesError
from workbench.models.resampling.process import process_of
from workbench.models.results import CrossSectionResults
from workbench.numerics.likelihoods.simulate import Simulator
from workbench.numerics.panels.layers import Layers
from workbench.numerics.panels.likelihood import PanelMaximum, PanelProblem
from workbench.panels.effects import FIXED
from workbench.panels.results import PanelResults
from workbench.panels.spatial.results import SpatialPanelResults
from workbench.regression.results import RegressionResults
from workbench.regression.specification import LEAST_SQUARES
from workbench.typing import FloatArray

EXACT = 1e-24
"""Share of the squares of y below which residuals are its rounding."""

WAYS = 'wb.fit(..., effects="two-way"), effects="entity", "time" or "none", by least squares or ml'


@dataclass(frozen=True, slots=True, eq=False)
class Drawer:
    """Draws outcomes y = (I − ρW)⁻¹(m + (I − λM)⁻¹ε), m = Xβ and the fixed effects.

    Attributes
    ----------
    index : pandas.Index, length n
        Rows of the sample.
    scale : ndarray of shape (n,)
        Standard deviations of ε.
    simulator : Simulator or None
        Of a cross-section.
    mean : ndarray of shape (n,)
        m of a panel.
    lag, error : Layers or None
        Weights of Wy and of the disturbance of a panel.
    rho, lambda_ : float
    """

    index: pd.Index
    scale: FloatArray
    simulator: Simulator | None = None
    mean: FloatArray | None = None
    lag: Layers | None = None
    error: Layers | None = None
    rho: float = 0.0
    lambda_: float = 0.0

    def outcome(self, rng: np.random.Generator) -> FloatArray:
        """Return one outcome with normal innovations, shape (n,), in the order of the index."""
        innovations = self.scale * rng.standard_normal(self.scale.size)
        if self.simulator is not None:
            return self.simulator.outcome(innovations)
        u = innovations[:, None]
        if self.error is not None:
            u = self.error.solve(u, self.lambda_)
        made = u if self.mean is None else u + self.mean[:, None]
        if self.lag is not None:
            made = self.lag.solve(made, self.rho)
        return made[:, 0]


def drawer_of(fit: RegressionResults) -> Drawer:
    """Return what outcomes of a fit are drawn from.

    Raises
    ------
    InputError
        If the fit is of moments, counts, random effects, common shocks, lags in time or changes.
    ValuesError
        If it reproduces the outcome exactly.
    """
    if isinstance(fit, CrossSectionResults):
        process = process_of(fit)
        scale = np.sqrt(process.sigma2) / process.root
        return Drawer(fit.design.index, scale, simulator=Simulator(process))
    _refuse(fit)
    if not fit.sigma2 > EXACT * float(np.mean(fit.design.y**2)):
        raise ValuesError(
            fit.design.outcome,
            expected="an outcome that the model does not reproduce exactly",
            found=f"a residual variance of {number(fit.sigma2)}",
            why="there are no innovations to draw",
            remedy="leave out what the outcome was computed from",
        )
    scale = np.full(fit.nobs, np.sqrt(fit.sigma2))
    if isinstance(fit, SpatialPanelResults) and fit.likelihood is not None:
        problem, found = fit.likelihood.problem, fit.likelihood.found
        if isinstance(problem, PanelProblem) and isinstance(found, PanelMaximum):
            return Drawer(
                fit.design.index,
                scale,
                mean=found.mean,
                lag=problem.lag,
                error=problem.error,
                rho=found.rho,
                lambda_=found.lambda_,
            )
    return Drawer(fit.design.index, scale, mean=np.asarray(fit.fitted_values))


def _refuse(fit: RegressionResults) -> None:
    """Refuse panels whose outcome is not drawn here."""
    reason = f"{type(fit).__name__} of {fit.provenance.method}"
    if isinstance(fit, PanelResults):
        specification = None if fit.call is None else fit.call.specification
        checks = (
            (fit.effects not in FIXED | {"none"}, f"effects={fit.effects!r}"),
            (fit.family != "gaussian", f"family={fit.family!r}"),
            (fit.factors != "none", f"factors={fit.factors!r}"),
            (specification is not None and specification.gmm is not None, "method='gmm'"),
            (
                specification is not None and specification.dynamic != "none",
                "an outcome with lags in time",
            ),
        )
        reason = next((told for wrong, told in checks if wrong), "")
        spatial = isinstance(fit, SpatialPanelResults) and fit.likelihood is not None
        if not reason and not spatial and fit.model not in LEAST_SQUARES:
            reason = fit.provenance.method
    if reason:
        raise InputError(
            "fit",
            expected="a cross-section, or a panel that is pooled or has fixed effects, by least "
            "squares or maximum likelihood",
            found=reason,
            why="outcomes are drawn from the model that was estimated, and estimated again",
            remedy=WAYS,
        )
