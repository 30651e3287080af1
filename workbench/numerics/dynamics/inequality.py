"""Inequality of positive values: Gini, Theil, Atkinson, and parts of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.typing import FloatArray, IntArray

ROUNDING = 1e-12
"""Share of the largest value within which values count as equal, as where constants are refused."""


@dataclass(frozen=True, slots=True)
class TheilParts:
    """Theil's T as the sum of a part between and a part within groups.

    Attributes
    ----------
    total, between, within : float
        total = between + within.
    group_theil, value_share, population_share : ndarray of shape (g,)
        within = Σ_g value_share · group_theil.
    """

    total: float
    between: float
    within: float
    group_theil: FloatArray
    value_share: FloatArray
    population_share: FloatArray


@dataclass(frozen=True, slots=True)
class GiniParts:
    """The Gini coefficient as the sum over pairs of neighbours and over all others.

    Attributes
    ----------
    gini, neighbors, non_neighbors : float
        gini = neighbors + non_neighbors.
    polarization : float
        Mean absolute difference of other pairs over that of neighbours; 1 when place plays no
        part. NaN if there are no other pairs, infinite if neighbours are all equal.
    """

    gini: float
    neighbors: float
    non_neighbors: float
    polarization: float


def all_equal(y: FloatArray) -> bool:
    """Return whether values differ by no more than rounding leaves of a constant.

    Shares of an inequality that is rounding would be numbers about nothing.

    Examples
    --------
    >>> all_equal(np.array([0.3, 0.1 + 0.2])), all_equal(np.array([0.3, 0.30001]))
    (True, False)
    """
    return bool(np.ptp(y) <= ROUNDING * np.abs(y).max())


def gini(y: FloatArray, p: FloatArray | None = None) -> float:
    """Return ΣΣ p_i p_j |y_i − y_j| / (2 Σ p_i y_i), with p summing to one.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Not negative, with a positive mean.
    p : ndarray of shape (n,), optional
        Population shares; equal by default.

    Notes
    -----
    Sorted, so n log n operations: with F_i = Σ_{j≤i} p_j half the double sum is
    Σ_i (y_{i+1} − y_i) F_i (1 − F_i).

    Examples
    --------
    >>> gini(np.array([1.0, 3.0])), gini(np.array([2.0, 2.0, 2.0]))
    (0.25, 0.0)
    """
    if all_equal(y):
        return 0.0
    order = np.argsort(y, kind="stable")
    y = y[order]
    p = np.full(len(y), 1 / len(y)) if p is None else p[order]
    # over gaps y_(i+1) - y_(i) nothing cancels: equal values give exactly zero
    below = np.cumsum(p)[:-1]
    return float((np.diff(y) * below * (1 - below)).sum() / (p @ y))


def theil(y: FloatArray, p: FloatArray | None = None) -> float:
    """Return Theil's T, Σ p_i (y_i / μ) log(y_i / μ) with μ = Σ p_i y_i; y positive.

    Examples
    --------
    >>> round(theil(np.array([1.0, 3.0])), 6)
    0.130812
    """
    if all_equal(y):
        return 0.0
    p = np.full(len(y), 1 / len(y)) if p is None else p
    ratio = y / (p @ y)
    return max(float(p @ _divergence(ratio)), 0.0)


def _divergence(ratio: FloatArray) -> FloatArray:
    """Return r log r − (r − 1); deviations from the mean add up to nothing, but rounding would."""
    return np.asarray(ratio * np.log(ratio) - (ratio - 1))


def log_deviation(y: FloatArray, p: FloatArray | None = None) -> float:
    """Return the mean logarithmic deviation, Σ p_i log(μ / y_i); y positive."""
    p = np.full(len(y), 1 / len(y)) if p is None else p
    return max(float(p @ np.log((p @ y) / y)), 0.0)


def variation(y: FloatArray, p: FloatArray | None = None) -> float:
    """Return the coefficient of variation, √(Σ p_i (y_i − μ)²) / μ.

    Weighted by population and applied to regional income it is Williamson's (1965) V_w.
    """
    p = np.full(len(y), 1 / len(y)) if p is None else p
    mean = float(p @ y)
    return float(np.sqrt(p @ (y - mean) ** 2) / mean)


def atkinson(y: FloatArray, p: FloatArray | None = None, *, aversion: float) -> float:
    """Return 1 − (Σ p_i y_i^(1−ε))^(1/(1−ε)) / μ, with the geometric mean for ε = 1; y positive.

    References
    ----------
    Atkinson, A. B. (1970). On the measurement of inequality. Journal of Economic Theory 2,
    244-263.

    Examples
    --------
    >>> round(atkinson(np.array([1.0, 4.0]), aversion=1.0), 12)
    0.2
    """
    if all_equal(y):
        return 0.0
    p = np.full(len(y), 1 / len(y)) if p is None else p
    logs = np.log(y / (p @ y))
    power = 1 - aversion
    # (Σ p r^power)^(1/power) over its largest term: powers neither overflow for a great aversion
    # nor lose their digits near one, where the bracket is almost 1
    top = logs.max() if power > 0 else logs.min()
    inside = float(p @ np.expm1(power * (logs - top)))
    mean = float(p @ logs) if power == 0 else top + np.log1p(inside) / power
    return max(float(-np.expm1(mean)), 0.0)


def theil_parts(y: FloatArray, groups: IntArray, p: FloatArray | None = None) -> TheilParts:
    """Decompose Theil's T by groups.

    ``between = Σ_g s_g log(s_g / p_g)`` with s_g the group's share of the total and p_g its share
    of the population; ``within = Σ_g s_g T_g``. The sum is Theil's T exactly.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Positive.
    groups : ndarray of int, shape (n,)
        0 to g − 1, none empty.
    p : ndarray of shape (n,), optional
        Population shares.

    References
    ----------
    Theil, H. (1967). Economics and Information Theory. North-Holland, chapter 4.

    Examples
    --------
    >>> found = theil_parts(np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1]))
    >>> round(found.between, 6), found.within
    (0.130812, 0.0)
    """
    p = np.full(len(y), 1 / len(y)) if p is None else p
    mean = float(p @ y)
    mass = np.bincount(groups, weights=p).astype(np.float64)
    held = np.bincount(groups, weights=p * y)
    share = held / mean
    if all_equal(y):
        return TheilParts(0.0, 0.0, 0.0, np.zeros_like(mass), share, mass)
    ratio = y / (held / mass)[groups]
    inside = np.bincount(groups, weights=p * _divergence(ratio)) / mass
    between = max(float(mass @ _divergence(share / mass)), 0.0)
    within = float(share @ np.maximum(inside, 0.0))
    return TheilParts(between + within, between, within, inside, share, mass)


def spatial_gini(y: FloatArray, pairs: IntArray) -> GiniParts:
    """Decompose the Gini coefficient into pairs of neighbours and other pairs.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Not negative, with a positive mean.
    pairs : ndarray of int, shape (p, 2)
        Each pair of neighbours once.

    References
    ----------
    Rey, S. J. and Smith, R. J. (2013). A spatial decomposition of the Gini coefficient. Letters in
    Spatial and Resource Sciences 6, 55-70.

    Examples
    --------
    >>> spatial_gini(np.array([1.0, 1.0, 4.0]), np.array([[0, 1]])).neighbors
    0.0
    """
    if all_equal(y):
        return GiniParts(0.0, 0.0, 0.0, float("nan"))
    n = len(y)
    whole = gini(y)
    scale = 1 / (n * float(y.sum()))
    near = scale * float(np.abs(y[pairs[:, 0]] - y[pairs[:, 1]]).sum())
    far = max(whole - near, 0.0)
    others = n * (n - 1) // 2 - len(pairs)
    if not others:
        polarization = float("nan")
    elif near > 0:
        polarization = (far / others) / (near / len(pairs))
    else:
        polarization = float("inf") if far > 0 else float("nan")
    return GiniParts(whole, near, far, polarization)
