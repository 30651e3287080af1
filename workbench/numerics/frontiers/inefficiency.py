"""What the residuals say of inefficiency: means, intervals and ranks of a truncated normal.

Jondrow, J., Lovell, C. A. K., Materov, I. and Schmidt, P. (1982). On the estimation of technical
inefficiency in the stochastic frontier production function model. Journal of Econometrics 19,
233-238. Battese, G. and Coelli, T. (1988). Prediction of firm-level technical efficiencies. Journal
of Econometrics 38, 387-399. Horrace, W. and Schmidt, P. (1996). Confidence statements for
efficiency estimates from stochastic frontier models. Journal of Productivity Analysis 7, 257-282.
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from workbench.typing import FloatArray


def mean(centre: FloatArray, scale: FloatArray) -> FloatArray:
    """Return E u of u ~ N(centre, scale2) truncated at zero.

    Examples
    --------
    >>> mean(np.array([0.0, -40.0]), np.array([1.0, 1.0])).round(4).tolist()
    [0.7979, 0.025]
    """
    r = centre / scale
    ratio = np.exp(-0.5 * (r * r + np.log(2.0 * np.pi)) - log_ndtr(r))
    # far below zero r and the ratio cancel: the series of E u / scale in 1/|r| takes over
    far = 1.0 / np.maximum(np.abs(r), 1.0)
    series = far - 2.0 * far**3 + 10.0 * far**5
    return np.asarray(scale * np.where(r < -1000.0, series, r + ratio))


def efficiency(centre: FloatArray, scale: FloatArray, weight: FloatArray) -> FloatArray:
    """Return E exp(-g u) for weights g of u (Battese and Coelli 1988, 1992).

    Examples
    --------
    >>> efficiency(np.zeros(1), np.ones(1), np.ones(1)).round(6).tolist()
    [0.523157]
    """
    r, w = centre / scale, weight * scale
    return np.exp(-weight * centre + 0.5 * w * w + log_ndtr(r - w) - log_ndtr(r))


def interval(
    centre: FloatArray, scale: FloatArray, weight: FloatArray, *, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return the ends between which exp(-g u) lies with probability `level`, tails equal.

    Horrace and Schmidt (1996): given the parameters, whose own error is not in it.
    """
    tail = (1.0 - level) / 2.0
    high, low = (quantile(centre, scale, p) for p in (1.0 - tail, tail))
    return np.exp(-weight * high), np.exp(-weight * low)


def quantile(centre: FloatArray, scale: FloatArray, p: float | FloatArray) -> FloatArray:
    """Return the p-quantile of u: by its upper tail, so that it holds far below zero too.

    Examples
    --------
    >>> quantile(np.array([0.0, 50.0]), np.ones(2), 0.5).round(4).tolist()
    [0.6745, 50.0]
    """
    above = np.log1p(-np.asarray(p)) + log_ndtr(centre / scale)
    return np.asarray(np.maximum(centre - scale * ndtri_exp(above), 0.0))


def drawn(
    centre: FloatArray, scale: FloatArray, draws: int, generator: np.random.Generator
) -> FloatArray:
    """Draw u given the residuals: shape (draws, groups)."""
    return quantile(centre, scale, generator.random((draws, len(centre))))
