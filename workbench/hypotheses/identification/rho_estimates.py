"""ρ by maximum likelihood and by two-stage least squares, with standard errors."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from workbench.core.vocabulary import critical_value
from workbench.errors import WorkbenchError
from workbench.hypotheses.identification.system import System
from workbench.models.results import CrossSectionResults
from workbench.numerics.moments.two_stage import TwoStage
from workbench.numerics.moments.weak_instruments import score_sums
from workbench.panels.results import PanelResults
from workbench.refitting import refit
from workbench.regression.results import RegressionResults

LEVEL = 0.95


def likelihood_of(fit: RegressionResults) -> tuple[RegressionResults | None, str]:
    """Return the fit by maximum likelihood with classical errors, or why there is none.

    The fit itself where it is one; estimated again where it is by moments.
    """
    if not np.isfinite(fit.loglik):
        try:
            return refit(fit, {"method": "ml", "covariance": "classical"}), ""
        except WorkbenchError as error:
            return None, f"maximum likelihood is not to be had ({error.argument}: {error.found})"
    if isinstance(fit, CrossSectionResults | PanelResults):
        try:
            return fit.with_covariance("classical"), ""
        except WorkbenchError as error:
            return None, f"its classical errors are not to be had ({error.argument}: {error.found})"
    return fit, ""


def room_of(system: System, stage: TwoStage) -> int:
    """Return n less coefficients and effects."""
    n, k = stage.projected.shape
    return int(n - k - system.frame.absorbed)


def classical_variance(system: System, stage: TwoStage) -> float:
    """Return the variance of ρ, the last coefficient, for one variance of disturbances."""
    return float(stage.sse / room_of(system, stage) * stage.inverse[-1, -1])


def two_stage_rho(system: System, stage: TwoStage) -> tuple[float, float]:
    """Return ρ of two-stage least squares and its standard error, clustered in a panel."""
    rho = float(stage.delta[-1])
    if system.clusters is None:
        return rho, math.sqrt(classical_variance(system, stage))
    sums = score_sums(stage.projected * stage.residuals[:, None], system.clusters)
    share = len(sums) / (len(sums) - 1)
    V = share * stage.inverse @ (sums.T @ sums) @ stage.inverse
    return rho, math.sqrt(float(V[-1, -1]))


def wald_row(value: float, error: float) -> dict[str, object]:
    """Return the row of an estimate with a standard error."""
    half = critical_value(LEVEL, df=None) * error
    return {
        "estimate": value,
        "std_error": error,
        "p_value": float(2 * stats.norm.sf(abs(value / error))),
        "conf_low": value - half,
        "conf_high": value + half,
        "set": "",
    }
