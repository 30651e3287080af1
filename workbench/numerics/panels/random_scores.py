"""The score of a spatial panel with random effects of regions, in forms of one region each."""

from __future__ import annotations

import numpy as np

from workbench.numerics.panels.forms import form_layers
from workbench.numerics.panels.layers import Layers, one_layer
from workbench.numerics.panels.likelihood_scores import PanelScores
from workbench.numerics.panels.random import RandomProblem
from workbench.numerics.panels.random_fit import RandomMaximum
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray


def random_scores(
    problem: RandomProblem, found: RandomMaximum, *, region: IntArray, period: IntArray
) -> PanelScores:
    """Return the score of (β, ρ, λ, φ, σ²) where effects spread as disturbances do.

    ν = (I − λM)((I − ρW)y − Xβ) = μ_i + ε_it is what region i has alone, with variance
    σ²(I + φιι′), whose inverse is K/σ², K = I − (1 − θ)ιι′/T, θ = 1/(1 + Tφ). In K^½ν, from which
    1 − √θ of the region's mean is taken, the score has the forms of a pooled model, and for φ
    Tθ/2 · T times the squared mean of K^½ν.

    Parameters
    ----------
    problem : RandomProblem
        Without a disturbance of its own, or with effects that spread alike (not ``own_effects``).
    found : RandomMaximum
    region, period : ndarray of int, shape (n,)
    """
    T, N = problem.T, len(problem.y) // problem.T
    lag = None if problem.W is None else one_layer(problem.W, T)
    error = None if problem.M is None else one_layer(problem.M, T)
    root = 1.0 / np.sqrt(1.0 + T * found.phi)
    mean = problem.X @ found.beta
    columns = [problem.y - mean, *problem.X.T]
    if lag is not None:
        columns[0] = columns[0] - found.rho * lag.lag(problem.y[:, None])[:, 0]
        columns.append(lag.lag(lag.solve(mean[:, None], found.rho))[:, 0])
    white = _less_means(_filtered(error, np.column_stack(columns), found.lambda_), T, 1.0 - root)
    lacking = 2 + (error is not None)
    squares = np.zeros((N, white.shape[1] - 1 + lacking))
    between = T * white[:, 0].reshape(N, T).mean(axis=1) ** 2
    squares[:, -2] = 0.5 * T * root**2 * (between - between.mean())
    linear = np.hstack([white[:, 1:], np.zeros((len(white), lacking))])
    layers = form_layers(lag, error, at=(found.rho, found.lambda_), region=region, centred=False)
    return PanelScores(
        linear=freeze(linear),
        residuals=white[:, 0],
        layers=layers,
        region=region,
        period=period,
        N=N,
        T=T,
        sigma2=found.sigma2,
        by_region=False,
        by_period=False,
        squares=squares,
    )


def _filtered(error: Layers | None, columns: FloatArray, lam: float) -> FloatArray:
    return columns if error is None else columns - lam * error.lag(columns)


def _less_means(columns: FloatArray, T: int, share: float) -> FloatArray:
    cube = columns.reshape(-1, T, columns.shape[1])
    return np.asarray((cube - share * cube.mean(axis=1, keepdims=True)).reshape(columns.shape))
