"""Regression of distances that are at least one, and the bootstraps of Simar and Wilson (2007).

Simar, L. and Wilson, P. (2007). Estimation and inference in two-stage, semi-parametric models of
production processes. Journal of Econometrics 136(1), 31-64.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from workbench.errors import ConvergenceError
from workbench.typing import FloatArray

LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True, eq=False)
class Truncated:
    """Estimates of d = Z b + e, e normal, truncated so that d >= 1.

    Attributes
    ----------
    slopes : ndarray, shape (k,)
    sigma : float
    loglik : float
    """

    slopes: FloatArray
    sigma: float
    loglik: float


def truncated_loglik(d: FloatArray, Z: FloatArray, p: FloatArray) -> tuple[float, FloatArray]:
    """Return log-likelihood and gradient at p = (b / sigma, 1 / sigma), where it is concave.

    Olsen's (1978) parameters: the log-likelihood of a truncated regression has one maximum in
    them (Orme and Ruud 2002).
    """
    k = Z.shape[1]
    g, t = p[:k], p[k]
    index = Z @ g
    r, h = t * d - index, index - t  # h: how far above one the mean is
    ratio = np.exp(-0.5 * (h * h + LOG_2PI) - log_ndtr(h))
    value = len(d) * (np.log(t) - 0.5 * LOG_2PI) - 0.5 * float(r @ r) - float(log_ndtr(h).sum())
    gradient = np.append(Z.T @ (r - ratio), len(d) / t - r @ d + ratio.sum())
    return float(value), gradient


def truncated_regression(
    d: FloatArray, Z: FloatArray, *, start: FloatArray | None = None
) -> Truncated:
    """Fit distances above one by maximum likelihood.

    Parameters
    ----------
    d : ndarray, shape (n,)
        Above one.
    Z : ndarray, shape (n, k)
        Of full rank.
    start : ndarray, shape (k + 1,), optional
        b / sigma, 1 / sigma to start from.

    Raises
    ------
    ConvergenceError
        If there is no maximum: distances pile up at one.

    Examples
    --------
    >>> far = np.array([26.0, 27.0, 28.0])  # where truncation does not matter
    >>> truncated_regression(far, np.ones((3, 1))).slopes.round(6).tolist()
    [27.0]
    """
    n, k = Z.shape
    if start is None:
        b, *_ = np.linalg.lstsq(Z, d, rcond=None)
        sigma = float(np.std(d - Z @ b)) or 1e-3
        start = np.append(b, 1.0) / sigma
    p = start.copy()
    value, gradient = truncated_loglik(d, Z, p)
    for _ in range(200):
        H = _curvature(d, Z, p)
        step = np.linalg.solve(H, gradient)
        if gradient @ step < 1e-12 * n:
            return Truncated(p[:k] / p[k], 1.0 / float(p[k]), value)
        size = 1.0
        while size > 1e-8:
            q = p + size * step
            if q[k] > 0.0:
                after, slope = truncated_loglik(d, Z, q)
                if after >= value:
                    break
            size /= 2.0
        else:
            break
        p, value, gradient = q, after, slope
        if not np.isfinite(value) or np.abs(p).max() > 1e6:
            break
    raise ConvergenceError(
        "z",
        expected="distances whose truncated law has a maximum",
        found="a likelihood that rises without end",
        why="most regions lie next to the frontier, so that the law looks exponential",
        remedy="fewer inputs and outputs, or fewer determinants",
    )


def _curvature(d: FloatArray, Z: FloatArray, p: FloatArray) -> FloatArray:
    """Return minus the second derivatives at p, shape (k + 1, k + 1)."""
    k = Z.shape[1]
    h = Z @ p[:k] - p[k]
    ratio = np.exp(-0.5 * (h * h + LOG_2PI) - log_ndtr(h))
    fall = -ratio * (h + ratio)  # derivative of the ratio
    both = np.column_stack([Z, -d])
    edge = np.column_stack([Z, -np.ones(len(d))])
    H = both.T @ both + (edge * fall[:, None]).T @ edge
    H[k, k] += len(d) / p[k] ** 2
    return np.asarray(H)


def drawn_above_one(means: FloatArray, sigma: float, generator: np.random.Generator) -> FloatArray:
    """Draw normals about `means` that are at least one."""
    above = log_ndtr((means - 1.0) / sigma) + np.log(generator.random(means.shape))
    return np.asarray(np.maximum(means - sigma * ndtri_exp(above), 1.0))


def bias_corrected(
    distances: FloatArray, Z: FloatArray, fitted: Truncated, *, draws: int,
    generator: np.random.Generator, score: Callable[[FloatArray], FloatArray],
) -> FloatArray:  # fmt: skip
    """Return distances less their bias, from draws about the regression (algorithm 2, step 3).

    Parameters
    ----------
    distances : ndarray, shape (n,)
    Z : ndarray, shape (n, k)
    fitted : Truncated
        Of the distances above one.
    draws : int
        Simar and Wilson take 100.
    score : callable
        Returns distances against references moved to drawn distances, both (draws, n).
    """
    means = np.broadcast_to(Z @ fitted.slopes, (draws, len(distances)))
    replicates = score(drawn_above_one(means, fitted.sigma, generator))
    corrected = 2.0 * distances - replicates.mean(axis=0)
    return np.asarray(np.maximum(corrected, 1.0))


def refitted(
    Z: FloatArray, fitted: Truncated, *, draws: int, generator: np.random.Generator
) -> FloatArray:
    """Return estimates from outcomes drawn of the fitted regression, shape (draws, k + 1)."""
    means = np.broadcast_to(Z @ fitted.slopes, (draws, len(Z)))
    outcomes = drawn_above_one(means, fitted.sigma, generator)
    start = np.append(fitted.slopes, 1.0) / fitted.sigma
    out = np.full((draws, Z.shape[1] + 1), np.nan)
    for row, outcome in zip(out, outcomes, strict=True):
        try:
            again = truncated_regression(outcome, Z, start=start)
        except (ConvergenceError, np.linalg.LinAlgError):
            continue  # counted by the caller
        row[:-1], row[-1] = again.slopes, again.sigma
    return out
