"""Correction of the direct approach for the effects that it estimates along with the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.errors import ConvergenceError
from workbench.numerics.panels.layers import Layers
from workbench.numerics.panels.likelihood import PanelMaximum, PanelProblem, Point, at_point
from workbench.typing import FloatArray


def bias_corrected(
    problem: PanelProblem, found: PanelMaximum, *, regions: int, periods: int
) -> PanelMaximum:
    """Return the estimates of the direct approach less the bias that its effects bring.

    Estimated effects give the score a mean that is not zero: effects of periods take
    Σ_t c/(1 − ρc) of ρ (G1 = c/(1 − ρc) 1), the like of λ, and T/(2σ²) of σ²; effects of regions
    take Σ_t tr G_t/T of ρ and N/(2σ²) of σ². The estimates move by the inverse information times
    that. With one W for all periods the second part is exactly σ² T/(T − 1), and done so.

    Parameters
    ----------
    problem : PanelProblem
        Of the direct approach: all observations count, whole determinants.
    found : PanelMaximum
        Its maximum; the log-likelihood stays that.
    regions, periods : int
        Numbers of effects estimated; 0 without effects of that kind.

    Returns
    -------
    PanelMaximum
        The covariance is the inverse information at the corrected estimates, with the
        observations and determinants that the effects leave.

    Raises
    ------
    ConvergenceError
        If a corrected parameter is not admissible.

    References
    ----------
    Lee, L.-F. and Yu, J. (2010). Journal of Econometrics 154, equations 20 and 35.
    Elhorst, J. P. (2014). Spatial Econometrics, equations 3.24 and 3.25.
    """
    n = problem.y.size
    shift = np.zeros(len(found.covariance))
    k = len(found.beta)
    place = k
    for layers, x in ((problem.lag, found.rho), (problem.error, found.lambda_)):
        if layers is None:
            continue
        if periods:
            shift[place] += of_periods(layers, x)
        if regions and not layers.constant:
            shift[place] += found.traces.lag * regions / n
        place += 1
    shift[-1] = 0.5 * periods / found.sigma2
    varying = problem.lag is not None and not problem.lag.constant
    if regions and varying:
        shift[-1] += 0.5 * regions / found.sigma2
    step = found.covariance @ shift
    point = _moved(problem, found, step, k)
    kept = n - regions
    if regions and not varying:
        point = replace(point, sigma2=point.sigma2 * n / kept)
    refuse_outside(problem, point)
    left = replace(
        problem,
        n_eff=n - regions - periods + (1 if regions and periods else 0),
        share=kept / n,
        deflated=bool(periods),
    )
    return at_point(left, point, loglik=found.loglik, maxima=found.maxima, optima=found.optima)


def of_periods(layers: Layers, x: float) -> float:
    """Return Σ_t c_t/(1 − xc_t): what estimated effects of periods take out of the score of x."""
    sums = layers.row_sums() or ()
    return float(
        sum(times * c / (1.0 - x * c) for c, (_, times) in zip(sums, layers.blocks(), strict=True))
    )


def _moved(problem: PanelProblem, found: PanelMaximum, step: FloatArray, k: int) -> Point:
    rho, lam, place = found.rho, found.lambda_, k
    if problem.lag is not None:
        rho, place = rho + float(step[place]), place + 1
    if problem.error is not None:
        lam = lam + float(step[place])
    return Point(found.beta + step[:k], rho, lam, found.sigma2 + float(step[-1]))


def refuse_outside(problem: PanelProblem, point: Point) -> None:
    """Refuse parameters that a correction has led out of their intervals."""
    for name, layers, x in (
        ("rho", problem.lag, point.rho),
        ("lambda", problem.error, point.lambda_),
    ):
        if layers is not None and not problem.determinant(layers).admits(x):
            raise ConvergenceError(
                "lee_yu",
                expected=f"a corrected {name} inside its interval",
                found=f"{x:.6g}",
                why="the correction is of first order and leads too far so near the end",
                remedy='lee_yu="transformation", or lee_yu="none"',
            )
