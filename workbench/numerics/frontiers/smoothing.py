"""The smoothed bootstrap of radial efficiency, under homogeneity.

Simar, L. and Wilson, P. (1998). Sensitivity analysis of efficiency scores: how to bootstrap in
nonparametric frontier models. Management Science 44(1), 49-61. Simar, L. and Wilson, P. (2000). A
general methodology for bootstrapping in non-parametric frontier models. Journal of Applied
Statistics 27(6), 779-802. Simar, L. and Wilson, P. (2008). Statistical inference in nonparametric
frontier models: recent developments and perspectives. In: The Measurement of Productive Efficiency
and Productivity Growth. Oxford University Press, 421-521.

All in distances δ >= 1: 1/θ of inputs, φ of outputs. They have one bound, so that reflection is at
one and an interval cannot leave the positive numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """What B draws say of n distances.

    Attributes
    ----------
    bias, std_error, corrected, low, high : ndarray, shape (n,)
        Mean of the draws less the estimate; their standard deviation; estimate less bias; ends of
        the interval.
    """

    bias: FloatArray
    std_error: FloatArray
    corrected: FloatArray
    low: FloatArray
    high: FloatArray


def bandwidth(distances: FloatArray) -> float:
    """Return the bandwidth of the reflected density of distances.

    Normal reference rule 1.06 min(s, R/1.349) (2m)^(−1/5) over the m distances above one and
    their 2m reflections, which leaves out the spurious mass at one, brought to the n distances by
    (2m/n)^(1/5) s_n/s_2m (Daraio and Simar 2007, section 3.4).

    Examples
    --------
    >>> round(bandwidth(np.array([1.0, 1.1, 1.2, 1.4, 1.3])), 4)
    0.1215
    """
    above = distances[distances > 1.0]
    reflected = np.concatenate([above, 2.0 - above])
    count, spread = len(reflected), float(reflected.std(ddof=1))
    quarter, three = np.quantile(reflected, [0.25, 0.75])
    rule = 1.06 * min(spread, float(three - quarter) / 1.349) * count**-0.2
    return float(rule * (count / len(distances)) ** 0.2 * distances.std(ddof=1) / spread)


def smoothed(
    distances: FloatArray, width: float, draws: int, generator: np.random.Generator
) -> FloatArray:
    """Draw distances from their density, reflected at one: shape (draws, n).

    Draws of the 2n distances and reflections, smoothed, are brought back to the variance of these
    about their centre, one, and folded there (Simar and Wilson 2008). Correcting about the mean of
    the distances instead, as in 1998, leaves a gap between one and the least draw that depends on
    the bandwidth, and intervals in that gap.

    Parameters
    ----------
    distances : ndarray, shape (n,)
        At least one, not all equal.
    width : float
        Bandwidth h.
    """
    n = len(distances)
    side = np.where(generator.random((draws, n)) < 0.5, -1.0, 1.0)
    away = side * (distances[generator.integers(0, n, size=(draws, n))] - 1.0)
    away += width * generator.standard_normal((draws, n))
    spread = float(np.mean((distances - 1.0) ** 2))
    return np.asarray(1.0 + np.abs(away) / np.sqrt(1.0 + width**2 / spread))


def corrected(distances: FloatArray, replicates: FloatArray, *, level: float) -> Corrected:
    """Correct distances for bias and give intervals from draws, shape (B, n).

    The interval turns the law of the draws about the estimate into that of the estimate about the
    truth (Simar and Wilson 2000): δ̂ − q_{1−α/2}, δ̂ − q_{α/2}, with quantiles q of δ̂* − δ̂.
    """
    gaps = replicates - distances
    tail = (1.0 - level) / 2.0
    lower, upper = np.quantile(gaps, [tail, 1.0 - tail], axis=0)
    bias = gaps.mean(axis=0)
    return Corrected(
        bias=bias,
        std_error=replicates.std(axis=0, ddof=1),
        corrected=distances - bias,
        low=distances - upper,
        high=distances - lower,
    )
