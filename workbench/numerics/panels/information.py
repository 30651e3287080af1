"""Expected information of static spatial panels: traces over periods, less what effects take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.numerics.likelihoods.information import inverse_information
from workbench.numerics.panels.layers import Layers, solve_columns
from workbench.numerics.regression.least_squares import least_squares
from workbench.numerics.responses.error_traces import pair_traces
from workbench.numerics.responses.traces import LagTraces, lag_traces
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray

if TYPE_CHECKING:
    from workbench.numerics.panels.likelihood import PanelProblem


@dataclass(frozen=True, slots=True)
class PanelTraces:
    """Traces of H = B W A⁻¹B⁻¹ and G = M B⁻¹, summed over the periods that effects leave.

    Attributes
    ----------
    lag, error : float
        Σ tr H and Σ tr G.
    lag_lag, error_error, lag_error : float
        Σ tr H² + tr H′H, Σ tr G² + tr G′G, Σ tr GH + tr G′H.
    relative_error : float
        Of the quadratic ones where they are estimated by probes; 0 where exact.
    of_lag : tuple of LagTraces
        Of each W at ρ, where they were needed.
    """

    lag: float = 0.0
    error: float = 0.0
    lag_lag: float = 0.0
    error_error: float = 0.0
    lag_error: float = 0.0
    relative_error: float = 0.0
    of_lag: tuple[LagTraces, ...] = ()


def traces_at(problem: PanelProblem, rho: float, lam: float) -> PanelTraces:
    """Return the traces of a model at (ρ, λ)."""
    if problem.lag is not None and problem.error is not None:
        return _of_both(problem, problem.lag, problem.error, (rho, lam))
    layers = problem.lag or problem.error
    if layers is None:
        return PanelTraces()
    x = rho if problem.lag is not None else lam
    determinant = problem.determinant(layers)
    found = tuple(
        lag_traces(W, rho=x, logdet=part)
        for (W, _), part in zip(layers.blocks(), determinant.parts, strict=True)
    )
    own = double = 0.0
    for at, ((W, times), traces) in enumerate(zip(layers.blocks(), found, strict=True)):
        first, square, gram = _removed(problem, layers, at, W, x)
        own += problem.share * times * (traces.tr_g - first)
        double += problem.share * times * (traces.tr_g2 - square + traces.tr_gtg - gram)
    if problem.lag is not None:
        return PanelTraces(lag=own, lag_lag=double, of_lag=found)
    return PanelTraces(error=own, error_error=double)


def _removed(
    problem: PanelProblem, layers: Layers, at: int, W: CsrArray, x: float
) -> tuple[float, float, float]:
    """Return what effects of periods take out of tr G, tr G² and tr G′G (G1 = g1)."""
    if not problem.deflated:
        return 0.0, 0.0, 0.0
    c = problem.sums(layers)[at]
    g = c / (1.0 - x * c)
    turned = _turned(W, x)
    return g, g * g, float(turned @ turned) / len(turned)


def _turned(W: CsrArray, x: float) -> FloatArray:
    """Return G′1, shape (n,)."""
    ones = np.ones((W.shape[0], 1))
    return np.asarray(W.T @ solve_columns(W, ones, rho=x, transpose=True)[:, 0])


def _of_both(
    problem: PanelProblem, lag: Layers, error: Layers, at: tuple[float, float]
) -> PanelTraces:
    rho, lam = at
    total = np.zeros(5)
    relative = 0.0
    for index, ((W, times), (M, _)) in enumerate(_paired(lag, error)):
        found = pair_traces(W, M, rho=rho, lam=lam, case_weights=np.ones(W.shape[0]))
        five = np.array([found.lag, found.error, found.lag_lag, found.error_error, found.lag_error])
        if problem.deflated:
            sums = tuple(
                s[index if len(s) > 1 else 0] for s in (problem.sums(lag), problem.sums(error))
            )
            five -= _removed_pair(W, M, at, sums)
        total += problem.share * times * five
        relative = max(relative, found.relative_error)
    lag_, error_, lag_lag, error_error, lag_error = (float(x) for x in total)
    return PanelTraces(lag_, error_, lag_lag, error_error, lag_error, relative)


def _paired(lag: Layers, error: Layers) -> list[tuple[tuple[CsrArray, int], tuple[CsrArray, int]]]:
    """Pair the matrices of lag and error period by period, once where both are constant."""
    if lag.constant and error.constant:
        return list(zip(lag.blocks(), error.blocks(), strict=True))
    T = lag.T
    first, second = (
        [(layers.matrices[0], 1)] * T if layers.constant else list(layers.blocks())
        for layers in (lag, error)
    )
    return list(zip(first, second, strict=True))


def _removed_pair(
    W: CsrArray, M: CsrArray, at: tuple[float, float], sums: tuple[float, ...]
) -> FloatArray:
    """Return what effects of periods take out of the five traces: H1 = h1, G1 = g1."""
    rho, lam = at
    n = W.shape[0]
    h, g = sums[0] / (1.0 - rho * sums[0]), sums[1] / (1.0 - lam * sums[1])
    ones = np.ones((n, 1))
    Gt = _turned(M, lam)
    # H' = B'⁻¹ A'⁻¹ W' B'
    back = solve_columns(W, W.T @ (ones - lam * (M.T @ ones)), rho=rho, transpose=True)
    Ht = solve_columns(M, back, rho=lam, transpose=True)[:, 0]
    return np.array(
        [h, g, h * h + float(Ht @ Ht) / n, g * g + float(Gt @ Gt) / n, g * h + float(Gt @ Ht) / n]
    )


def information(
    problem: PanelProblem,
    traces: PanelTraces,
    X: FloatArray,
    spread: FloatArray,
    *,
    sigma2: float,
) -> FloatArray:
    """Return the expected information of (β, ρ, λ, σ²), those that the model has.

    Parameters
    ----------
    problem : PanelProblem
    traces : PanelTraces
    X : ndarray of shape (n, k)
        (I − λM)X, effects out.
    spread : ndarray of shape (n,)
        (I − λM)G(Xβ + effects), effects out.
    sigma2 : float

    References
    ----------
    Anselin, L. (1988). Spatial Econometrics, section 6.3; Lee and Yu (2010), equation 13.
    """
    k = X.shape[1]
    info = np.zeros((k + 3, k + 3))
    info[:k, :k] = X.T @ X / sigma2
    info[:k, k] = info[k, :k] = X.T @ spread / sigma2
    info[k, k] = traces.lag_lag + spread @ spread / sigma2
    info[k, k + 1] = info[k + 1, k] = traces.lag_error
    info[k + 1, k + 1] = traces.error_error
    info[k, k + 2] = info[k + 2, k] = traces.lag / sigma2
    info[k + 1, k + 2] = info[k + 2, k + 1] = traces.error / sigma2
    info[k + 2, k + 2] = problem.n_eff / (2.0 * sigma2**2)
    has = [problem.lag is not None, problem.error is not None, True]
    kept = [*range(k), *(k + place for place in range(3) if has[place])]
    return info[np.ix_(kept, kept)]


def covariance_of(
    problem: PanelProblem,
    traces: PanelTraces,
    X: FloatArray,
    spread: FloatArray,
    *,
    sigma2: float,
) -> FloatArray:
    """Return the inverse of :func:`information`, by partition.

    What ρ has beside β comes from the part of the spread outside X: differences of its square and
    that of its projection would lose a high level of y, which both carry.
    """
    k = X.shape[1]
    on_x = least_squares(spread, X)
    here = [("rho", problem.lag), ("lambda", problem.error)]
    block = inverse_information(
        information(problem, traces, X, on_x.residuals, sigma2=sigma2)[k:, k:],
        [name for name, layers in here if layers is not None],
    )
    covariance = np.zeros((k + len(block), k + len(block)))
    covariance[:k, :k] = sigma2 * on_x.xtx_inverse
    covariance[k:, k:] = block
    if problem.lag is not None:
        g = on_x.beta
        covariance[:k, :k] += np.outer(g, g) * block[0, 0]
        covariance[:k, k:] = -np.outer(g, block[0])
        covariance[k:, :k] = covariance[:k, k:].T
    return covariance
