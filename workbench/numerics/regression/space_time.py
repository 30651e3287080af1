"""Covariances over space within periods and over time within regions."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.numerics.regression.hac import kernel_weights
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray


def space_time_covariance(
    scores: Any, region: IntArray, period: IntArray, *, K: Any, lags: int
) -> FloatArray:
    """Sum influences over pairs of regions of a period and pairs of periods of a region, (k, k).

    Σ_t Σ_i Σ_j K_ij a_it a_jt′ + Σ_i Σ_{t≠s} (1 − |t − s|/(L + 1))₊ a_it a_is′: the pair of a row
    with itself counts once.

    Parameters
    ----------
    scores : ndarray of shape (n, k)
        Influences; cells without a row count as zero.
    region, period : ndarray of int, shape (n,)
        Codes 0 … N − 1 and 0 … T − 1, each cell once.
    K : sparse or dense matrix, shape (N, N)
        Weights of pairs of regions without the diagonal, symmetric.
    lags : int
        L ≥ 0, in steps of the periods.

    References
    ----------
    Hsiang, S. (2010). PNAS 107, pp. 15367-15372, supporting information. Conley, T. G. (1999).
    Journal of Econometrics 92, pp. 1-45.

    Examples
    --------
    >>> a = np.array([[1.0], [2.0], [-1.0], [-2.0]])
    >>> region, period = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> space_time_covariance(a, region, period, K=np.zeros((2, 2)), lags=1)
    array([[14.]])
    """
    a = np.asarray(scores, dtype=np.float64)
    N, k = K.shape[0], a.shape[1]
    cube = np.zeros((N, int(period.max()) + 1, k))
    cube[region, period] = a
    total = a.T @ a
    for t in range(cube.shape[1]):
        of_period = cube[:, t]
        total = total + of_period.T @ (K @ of_period)
    steps = min(lags, cube.shape[1] - 1)
    for lag, weight in enumerate(kernel_weights("bartlett", lags + 1.0, steps), start=1):
        cross = np.einsum("itk,itl->kl", cube[:, lag:], cube[:, :-lag])
        total = total + weight * (cross + cross.T)
    return np.asarray(freeze(0.5 * (total + total.T)))


def period_covariance(scores: Any, period: IntArray, *, lags: int) -> FloatArray:
    """Sum influences over all pairs of periods with Bartlett's weights, shape (k, k).

    S₀ + Σ_l (1 − l/(L + 1))(S_l + S_l′) of the sums of influences of each period.

    References
    ----------
    Driscoll, J. and Kraay, A. (1998). Review of Economics and Statistics 80, pp. 549-560.

    Examples
    --------
    >>> period_covariance([[1.0], [2.0], [-1.0]], np.array([0, 0, 1]), lags=0)
    array([[10.]])
    """
    a = np.asarray(scores, dtype=np.float64)
    sums = np.stack([np.bincount(period, weights=column) for column in a.T], axis=1)
    total = sums.T @ sums
    steps = min(lags, len(sums) - 1)
    for lag, weight in enumerate(kernel_weights("bartlett", lags + 1.0, steps), start=1):
        cross = sums[lag:].T @ sums[:-lag]
        total = total + weight * (cross + cross.T)
    return np.asarray(freeze(total))


def repeated_covariance(rows: FloatArray, resids: FloatArray, *, over_regions: bool) -> FloatArray:
    """Return Σ_t H_t′Σ̂H_t with one covariance Σ̂ of regions in every period, shape (k, k).

    Parameters
    ----------
    rows : ndarray of shape (N, T, k)
        H = X(X′X)⁻¹ of each region and period.
    resids : ndarray of shape (N, T)
        E; Σ̂ = EE′/T.
    over_regions : bool
        Whether periods take the place of regions: Σ_i H_i′Σ̂H_i with Σ̂ = E′E/N.

    References
    ----------
    Beck, N. and Katz, J. N. (1995). American Political Science Review 89, 634–647.

    Examples
    --------
    >>> e = np.array([[1.0, 2.0], [-1.0, -2.0]])
    >>> repeated_covariance(np.full((2, 2, 1), 0.5), e, over_regions=True)
    array([[4.5]])
    """
    H, E = (np.swapaxes(a, 0, 1) if over_regions else a for a in (rows, resids))
    # H_t'EE'H_t/T: no matrix of regions by regions is needed
    turned = np.einsum("itk,is->tsk", H, E)
    total = np.einsum("tsk,tsl->kl", turned, turned) / E.shape[1]
    return np.asarray(freeze(0.5 * (total + total.T)))
