"""Moran's I of a variable and of residuals, with the moments of Cliff and Ord."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from workbench.errors import ValuesError, WeightsError, check_option
from workbench.numerics.sparse.matrices import (
    CsrArray,
    as_columns,
    as_vector,
    as_weights,
    islands,
    row_sums,
)
from workbench.typing import FloatArray

Count: TypeAlias = Literal["linked", "all"]
"""Which regions n counts: those with a neighbour, or all."""

FEWEST = 4
"""Regions that a variance under randomisation needs: it divides by (n − 1)(n − 2)(n − 3)."""

LARGEST, SMALLEST = 1e70, 1e-70
"""Sizes of deviations whose fourth powers, and sums of them, are still numbers."""

NOUGHT = 1e-12
# Share of the terms of a variance below which their difference is rounding.


@dataclass(frozen=True, slots=True)
class WeightSums:
    """The sums of W that moments of spatial statistics are made of.

    Attributes
    ----------
    S0 : float
        ΣΣ w_ij.
    S1 : float
        ½ ΣΣ (w_ij + w_ji)².
    S2 : float
        Σ_i (w_i. + w_.i)².
    """

    S0: float
    S1: float
    S2: float


@dataclass(frozen=True, slots=True)
class MoranMoments:
    """Moran's I with its expectation and variance when there is no autocorrelation.

    Attributes
    ----------
    I : float
        (n/S0) z′Wz / z′z.
    expected : float
        −1/(n − 1).
    variance_normal : float
        If the values are independent draws from one normal distribution.
    variance_randomisation : float
        If the values are a random permutation of those observed.
    n : int
        Regions counted, see :func:`moran`.
    """

    I: float  # noqa: E741 (Moran's own letter)
    expected: float
    variance_normal: float
    variance_randomisation: float
    n: int

    @property
    def z_normal(self) -> float:
        """Standard deviate under normality."""
        return float((self.I - self.expected) / np.sqrt(self.variance_normal))

    @property
    def z_randomisation(self) -> float:
        """Standard deviate under randomisation."""
        return float((self.I - self.expected) / np.sqrt(self.variance_randomisation))


@dataclass(frozen=True, slots=True)
class ResidualMoran:
    """Moran's I of least-squares residuals with its moments under normal errors.

    Attributes
    ----------
    I, expected, variance, z : float
        Where X leaves I no room to vary (everyone linked to everyone, one residual degree of
        freedom) the variance is 0 and z is NaN.
    n : int
        Regions counted in the scale n / S0 of I.
    """

    I: float  # noqa: E741
    expected: float
    variance: float
    z: float
    n: int


def weight_sums(W: CsrArray) -> WeightSums:
    """Return S0, S1 and S2 of `W`, as floats (integers overflow for binary W of n ≈ 3,000).

    Examples
    --------
    >>> weight_sums(as_weights([[0, 1], [1, 0]]))
    WeightSums(S0=2.0, S1=4.0, S2=8.0)
    """
    both = W + W.T
    outward = row_sums(W)
    inward = np.asarray(W.sum(axis=0), dtype=np.float64).ravel()
    return WeightSums(
        S0=float(outward.sum()),
        S1=float(0.5 * (both.data**2).sum()),
        S2=float(((outward + inward) ** 2).sum()),
    )


def moran(x: Any, W: Any, *, count: Count = "linked") -> MoranMoments:
    """Compute Moran's I of a variable and its moments.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Finite, not constant.
    W : sparse array or ndarray of shape (n, n)
        Any weights; need not be symmetric.
    count : {"linked", "all"}
        What n is when some regions have no neighbour: those with one (spdep's
        ``adjust.n = TRUE``) or all (``FALSE``, and esda). Mean, variance and kurtosis of x
        are over all regions either way.

    Returns
    -------
    MoranMoments

    Raises
    ------
    ValuesError
        If x is constant, holds missing values, or is too large or too small for its fourth powers.
    WeightsError
        If the weights sum to zero, or fewer than four regions are counted.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes, equations 1.37, 1.38 and 1.39.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> round(moran(np.arange(5.0), W).I, 3)
    0.5
    """
    check_option("count", count, Count)
    weights = as_weights(W)
    size = weights.shape[0]
    z = centred(x, size)
    n = counted(weights, count)
    sums = weight_sums(weights)
    refuse_zero_sum(sums)
    refuse_few(n)
    squares = float(z @ z)
    statistic = n / sums.S0 * float(z @ (weights @ z)) / squares
    kurtosis = size * float((z**4).sum()) / squares**2
    expected, normal, random = _moments(float(n), sums, kurtosis)
    return MoranMoments(statistic, expected, normal, random, n)


def _moments(n: float, sums: WeightSums, kurtosis: float) -> tuple[float, float, float]:
    S0, S1, S2 = sums.S0, sums.S1, sums.S2
    expected = -1.0 / (n - 1.0)
    normal = (n**2 * S1 - n * S2 + 3.0 * S0**2) / (S0**2 * (n**2 - 1.0)) - expected**2
    upper = n * ((n**2 - 3.0 * n + 3.0) * S1 - n * S2 + 3.0 * S0**2)
    lower = kurtosis * ((n**2 - n) * S1 - 2.0 * n * S2 + 6.0 * S0**2)
    random = (upper - lower) / ((n - 1.0) * (n - 2.0) * (n - 3.0) * S0**2) - expected**2
    return expected, normal, random


def total_local_moments(z: FloatArray, W: CsrArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of I_i = z_i Σ_j w_ij z_j when all values move, both (n,).

    Parameters
    ----------
    z : ndarray of shape (n,)
        Standardised: mean 0, variance 1 with divisor n.
    W : sparse array of shape (n, n)

    References
    ----------
    Anselin, L. (1995). Geographical Analysis 27(2), equations 13 and 14.

    Examples
    --------
    >>> W = as_weights(np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1))
    >>> total_local_moments(np.array([-1.0, 1.0, -1.0, 1.0]), W)[0].round(3).tolist()
    [-0.333, -0.667, -0.667, -0.333]
    """
    n = z.size
    first = row_sums(W)
    second = np.asarray(W.multiply(W).sum(axis=1)).ravel()
    kurtosis = float((z**4).mean())
    expected = -first / (n - 1.0)
    own = second * (n - kurtosis) / (n - 1.0)
    cross = (first**2 - second) * (2.0 * kurtosis - n) / ((n - 1.0) * (n - 2.0))
    return expected, own + cross - expected**2


def residual_moran(residuals: Any, X: Any, *, W: Any, count: Count = "linked") -> ResidualMoran:
    """Compute Moran's I of least-squares residuals with exact moments under normality.

    Parameters
    ----------
    residuals : ndarray of shape (n,)
        Of the least-squares regression on X.
    X : ndarray of shape (n, k)
        Regressors with the constant, of full column rank.
    W : sparse array or ndarray of shape (n, n)
        Any weights; only (W + W′)/2 matters.
    count : {"linked", "all"}
        What n is where some regions have no neighbour, see :func:`moran`.

    Returns
    -------
    ResidualMoran

    Raises
    ------
    WeightsError
        If the weights sum to zero, or no more regions are counted than X has columns.

    Notes
    -----
    Residuals have n − k degrees of freedom whichever regions have neighbours: `count` scales I
    and its moments, and z does not depend on it.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes, equations 8.12 and 8.14.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> e = np.array([1.0, -1.0, 1.0, -1.0, 0.0])
    >>> round(residual_moran(e, np.ones((5, 1)), W=W).expected, 3)
    -0.25
    """
    check_option("count", count, Count)
    weights = as_weights(W)
    e = as_vector(residuals, argument="residuals", size=weights.shape[0])
    X = as_columns(X, argument="X", rows=e.size)
    n, k = counted(weights, count), X.shape[1]
    sums = weight_sums(weights)
    refuse_zero_sum(sums)
    refuse_few(n, fewest=k + 1)
    df = e.size - k
    U = 0.5 * (weights + weights.T)
    Q = np.linalg.qr(X).Q
    UQ = U @ Q
    inner = Q.T @ UQ
    trace, trace_squares = float(np.trace(inner)), float((inner * inner.T).sum())
    cross = 4.0 * float((UQ * UQ).sum())
    expected = -n * trace / (df * sums.S0)
    spread = sums.S1 + 2.0 * trace_squares - cross - 2.0 * trace**2 / df
    if spread <= NOUGHT * (sums.S1 + cross):
        spread = 0.0
    variance = n**2 / (sums.S0**2 * df * (df + 2.0)) * spread
    statistic = n / sums.S0 * float(e @ (weights @ e)) / float(e @ e)
    z = (statistic - expected) / np.sqrt(variance) if variance else np.nan
    return ResidualMoran(statistic, expected, variance, float(z), n)


def counted(W: CsrArray, count: Count) -> int:
    """Return n: regions with a neighbour, or all."""
    return W.shape[0] if count == "all" else int((~islands(W)).sum())


def centred(x: Any, size: int) -> FloatArray:
    """Return x − mean(x), refusing constants and samples too small for the moments."""
    values = as_vector(x, argument="x", size=size)
    refuse_size(values)
    z = values - values.mean()
    # 1e-14: what subtracting the mean leaves of a constant by rounding.
    if size < 4 or np.abs(z).max() <= 1e-14 * np.abs(values).max():
        raise ValuesError(
            "x",
            expected="at least four values that are not all the same",
            found=f"{size} values" if size < 4 else "a constant",
            why="autocorrelation divides by the variance",
        )
    refuse_size(z)
    return np.asarray(z, dtype=np.float64)


def refuse_size(values: FloatArray) -> None:
    """Raise :class:`~workbench.errors.ValuesError` where fourth powers are no numbers."""
    largest = float(np.abs(values).max(initial=0.0))
    if SMALLEST <= largest <= LARGEST or largest == 0.0:
        return
    raise ValuesError(
        "x",
        expected=f"values whose largest is between {SMALLEST:g} and {LARGEST:g}",
        found=f"{largest:.3g}",
        why="their fourth powers, which the variance is made of, are no numbers",
        remedy="take the variable in another unit, e.g. variable / variable.abs().max()",
    )


def refuse_few(n: int, *, fewest: int = FEWEST) -> None:
    """Raise :class:`~workbench.errors.WeightsError` if too few regions have a neighbour."""
    if n >= fewest:
        return
    raise WeightsError(
        "W",
        expected=f"at least {fewest} region{'s' if fewest > 1 else ''} with neighbours",
        found=str(n),
        why="the moments of the statistic would divide by zero",
        remedy="build weights with more links, e.g. weights.knn(regions, 4)",
    )


def refuse_zero_sum(sums: WeightSums) -> None:
    """Raise :class:`~workbench.errors.WeightsError` if the weights sum to zero."""
    if sums.S0 == 0.0:
        raise WeightsError(
            "W",
            expected="weights that do not sum to zero",
            found="S0 = 0",
            why="the statistic divides by the sum of the weights",
            remedy="build weights in which at least one region has a neighbour",
        )
