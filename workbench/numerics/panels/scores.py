"""Score tests of a spatial lag and error in a panel, effects transformed out."""

from __future__ import annotations

import numpy as np

from workbench.errors import WeightsError
from workbench.numerics.panels.layers import Layers
from workbench.numerics.panels.likelihood import PanelProblem
from workbench.numerics.regression.least_squares import least_squares
from workbench.numerics.scores.chi_square import chi_square
from workbench.numerics.scores.lagrange import (
    LagrangeMultipliers,
    projected_out,
    same_direction,
    second_trace,
)


def panel_lagrange_multipliers(problem: PanelProblem) -> LagrangeMultipliers:
    """Compute LM error, LM lag, their robust forms and the joint one, once effects are out.

    Parameters
    ----------
    problem : PanelProblem
        With the same weights for Wy and the disturbance.

    Returns
    -------
    LagrangeMultipliers

    Raises
    ------
    WeightsError
        If W has no weight.

    Notes
    -----
    Effects go by an orthonormal transformation F, and with them W* = FWF′ takes the place of W.
    With e the residuals, n the observations that are left, σ² = e′e/n, t = tr W*,
    T = tr(W*′W* + W*²) − 2t²/n, b̂ = Xβ̂ and M = I − X(X′X)⁻¹X′: d_λ = e′We/σ² − t,
    d_ρ = e′Wy/σ² − t, nJ = (Wb̂)′M(Wb̂)/σ² + T, and then as
    :func:`workbench.numerics.scores.lagrange.lagrange_multipliers`. Effects of periods take 1 out
    of the trace of each W with rows that sum to one: t is minus the number of periods, not zero.

    References
    ----------
    Lee, L.-F. and Yu, J. (2010). Journal of Econometrics 154, 165–185, sections 2 and 3. Debarsy,
    N. and Ertur, C. (2010). Regional Science and Urban Economics 40, 453–470.

    Examples
    --------
    >>> from scipy import sparse
    >>> from workbench.numerics.panels.layers import one_layer
    >>> W = sparse.csr_array(np.diag(np.ones(9), 1) + np.diag(np.ones(9), -1))
    >>> rng = np.random.default_rng(0)
    >>> X, y, layers = rng.normal(size=(30, 1)), rng.normal(size=30), one_layer(W, 3)
    >>> panel_lagrange_multipliers(PanelProblem(y, X, layers, layers, lambda x: x, 30)).lag.df
    1
    """
    layers = problem.lag
    if layers is None:
        raise AssertionError
    columns = problem.clear(np.column_stack([problem.y, problem.X]))
    y, X = columns[:, 0], columns[:, 1:]
    fit = least_squares(y, X)
    sigma2 = fit.sse / problem.n_eff
    trace, T = _traces(problem, layers)
    spread = problem.clear(layers.lag(np.column_stack([fit.residuals, y, fit.fitted])))
    e, lag_y, lag_mean = projected_out(X, np.column_stack([fit.residuals, spread[:, 1:]])).T
    d_error = float(e @ spread[:, 0]) / sigma2 - trace
    d_lag = float(e @ lag_y) / sigma2 - trace
    excess = float(lag_mean @ lag_mean) / sigma2  # nJ − T
    nJ = excess + T
    apart = excess > same_direction(fit.fitted) / sigma2
    robust_error = (d_error - d_lag * T / nJ) ** 2 / (T * excess / nJ) if apart else np.nan
    robust_lag = (d_lag - d_error) ** 2 / excess if apart else np.nan
    error = d_error**2 / T
    return LagrangeMultipliers(
        error=chi_square(error, 1),
        lag=chi_square(d_lag**2 / nJ, 1),
        robust_error=chi_square(robust_error, 1),
        robust_lag=chi_square(robust_lag, 1),
        sarma=chi_square(error + robust_lag, 2),
    )


def _traces(problem: PanelProblem, layers: Layers) -> tuple[float, float]:
    """Return t and T: effects of periods leave QW of a W with W1 = c1, Q = I − 11′/N."""
    trace = double = 0.0
    sums = problem.sums(layers)
    for at, (W, times) in enumerate(layers.blocks()):
        own, both = float(W.diagonal().sum()), second_trace(W)
        if problem.deflated:
            down = np.asarray(W.sum(axis=0)).ravel()
            own -= sums[at]
            both -= sums[at] ** 2 + float(down @ down) / W.shape[0]
        trace += problem.share * times * own
        double += problem.share * times * both
    T = double - 2.0 * trace**2 / problem.n_eff
    if 1e-12 * abs(double) >= T:  # rounding of the traces that are subtracted
        raise WeightsError(
            "W",
            expected="weights that link regions, beyond what effects of periods take out",
            found=f"a variance of the score of {T:.3g}",
            why="there is no dependence to test for",
        )
    return trace, T
