"""Panels with effects of regions or a spatial error, and an autoregression over time, by ML."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize_scalar

from workbench.errors import ConvergenceError
from workbench.numerics.panels.components import Components, along_effects, over_time
from workbench.numerics.panels.layers import one_layer
from workbench.numerics.panels.likelihood import PanelProblem, fit_panel_likelihood
from workbench.numerics.panels.random import RandomProblem
from workbench.numerics.panels.random_fit import fit_random
from workbench.numerics.regression.least_squares import gaussian_loglik, least_squares
from workbench.numerics.sparse.matrices import CsrArray
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray

SERIAL = np.tanh(np.linspace(-5.0, 5.0, 41))
"""Where ψ is scanned: the likelihood can have one top with effects and one with ψ near 1.

To 1 − 9e-5: macroeconomic panels without effects have ψ of 0.99."""

SHARES = np.concatenate([np.logspace(-6, -0.01, 40), [1.0]])
"""Where 1/(1 + c) is scanned; at 1 effects have no variance."""

EDGE = 1e-9
Found = tuple[FloatArray, Components]


def _top(function: Callable[[float], float], grid: FloatArray) -> float:
    """Return where a function is highest, between the neighbours of its best point on a grid."""
    values = np.array([function(float(x)) for x in grid])
    best = int(np.argmax(values))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = minimize_scalar(
        lambda x: -function(float(x)),
        bounds=(float(low), float(high)),
        method="bounded",
        options={"xatol": 1e-11},
    )
    return float(found.x) if -found.fun >= values[best] else float(grid[best])


def _turned(columns: FloatArray, N: int, matrix: FloatArray) -> FloatArray:
    """Return columns, shape (N T, m), with a (T, T) matrix applied to each region's periods."""
    cube = columns.reshape(N, matrix.shape[0], -1)
    return np.asarray(np.einsum("ts,nsm->ntm", matrix, cube))


@one_thread
def fit_effects(y: FloatArray, X: FloatArray, *, N: int, serial: bool) -> Found:
    """Estimate random effects of regions, with an autoregression over time or without.

    Parameters
    ----------
    y, X : ndarray, shapes (N T,) and (N T, k)
        Sorted by region, then period.
    N : int
    serial : bool
        Whether ψ is estimated; zero otherwise.

    Returns
    -------
    tuple of ndarray and Components
        Disturbances y − Xβ, shape (N T,), and σ²_e, σ²_μ (zero where the likelihood is highest
        there) and ψ.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(rng.normal(size=50), 6) + rng.normal(size=300)
    >>> round(fit_effects(y, np.ones((300, 1)), N=50, serial=False)[1].mu, 1)
    0.9
    """
    Q = np.linalg.qr(X / np.linalg.norm(X, axis=0)).Q
    columns = np.column_stack([y - Q @ (Q.T @ y), Q])
    T = y.size // N

    def at(psi: float) -> tuple[FloatArray, FloatArray]:
        P = over_time(psi, T)
        cube = _turned(columns, N, along_effects(P) @ P)
        first, rest = cube[:, 0], cube[:, 1:].reshape(N * (T - 1), -1)
        return np.asarray(first.T @ first), np.asarray(rest.T @ rest)

    def solved(grams: tuple[FloatArray, FloatArray], share: float) -> tuple[FloatArray, float]:
        K = share * grams[0] + grams[1]
        b = np.linalg.solve(K[1:, 1:], K[1:, 0])
        return np.asarray(b, dtype=np.float64), float(K[0, 0] - K[0, 1:] @ b)

    def value(psi: float, share: float, grams: tuple[FloatArray, FloatArray]) -> float:
        sse = solved(grams, share)[1]
        own = N * (np.log(share) + np.log1p(-psi * psi))
        return gaussian_loglik(sse, y.size) + 0.5 * float(own)

    def best_share(psi: float) -> tuple[float, float]:
        grams = at(psi)
        share = _top(lambda s: value(psi, s, grams), SHARES)
        return share, value(psi, share, grams)

    psi = _top(lambda p: best_share(p)[1], SERIAL) if serial else 0.0
    share, _ = best_share(psi)
    b, sse = solved(at(psi), share)
    sigma2 = sse / y.size
    length = float(np.sum(over_time(psi, T).sum(axis=1) ** 2))
    mu = sigma2 * (1.0 / share - 1.0) / length if share < 1.0 - EDGE else 0.0
    return np.asarray(columns[:, 0] - Q @ b), Components(sigma2, mu, psi)


@one_thread
def fit_spatial_error(y: FloatArray, X: FloatArray, *, W: CsrArray, serial: bool) -> Found:
    """Estimate a spatial error without effects, with an autoregression over time or without.

    Parameters
    ----------
    y, X : ndarray, shapes (N T,) and (N T, k)
        Sorted by region, then period.
    W : csr_array of shape (N, N)
    serial : bool
        Whether ψ is estimated; zero otherwise.

    Returns
    -------
    tuple of ndarray and Components
        Disturbances y − Xβ, and σ²_e, ψ and λ.

    Raises
    ------
    ConvergenceError
        If the likelihood is highest at an end of the interval of λ.
    """
    N = W.shape[0]
    T = y.size // N
    layers = one_layer(W, T)

    def fitted(psi: float):  # type: ignore[no-untyped-def]
        P = over_time(psi, T)
        columns = _turned(np.column_stack([y, X]), N, P).reshape(y.size, -1)
        problem = PanelProblem(columns[:, 0], columns[:, 1:], None, layers, lambda x: x, y.size)
        return fit_panel_likelihood(problem)

    def value(psi: float) -> float:
        try:
            return float(fitted(psi).loglik + 0.5 * N * np.log1p(-psi * psi))
        except ConvergenceError:
            return -np.inf

    psi = _top(value, SERIAL) if serial else 0.0
    found = fitted(psi)
    return y - X @ found.beta, Components(found.sigma2, 0.0, psi, found.lambda_)


@one_thread
def fit_effects_and_error(y: FloatArray, X: FloatArray, *, W: CsrArray) -> Found:
    """Estimate random effects of regions beside a spatial error.

    Where the likelihood is highest without effects, the spatial error alone.

    Returns
    -------
    tuple of ndarray and Components
        Disturbances y − Xβ, and σ²_e, σ²_μ and λ.
    """
    T = y.size // W.shape[0]
    try:
        found = fit_random(RandomProblem(y, X, T, None, W, own_effects=True))
    except ConvergenceError:
        return fit_spatial_error(y, X, W=W, serial=False)
    mu = found.phi * found.sigma2
    return y - X @ found.beta, Components(found.sigma2, mu, 0.0, found.lambda_)


def fit_pooled(y: FloatArray, X: FloatArray) -> FloatArray:
    """Return least-squares residuals."""
    return least_squares(y, X).residuals
