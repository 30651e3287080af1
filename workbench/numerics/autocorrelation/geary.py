"""Geary's C of a variable, with the moments of Cliff and Ord and permutations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from workbench.numerics.autocorrelation.moran import (
    Count,
    WeightSums,
    centred,
    counted,
    refuse_few,
    refuse_zero_sum,
    weight_sums,
)
from workbench.numerics.permutations.bilinear_forms import permuted_forms, permuted_products
from workbench.numerics.permutations.ties import rounding_of
from workbench.numerics.sparse.matrices import CsrArray, as_weights, row_sums
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class GearyMoments:
    """Geary's C with its expectation and variance when there is no autocorrelation.

    Attributes
    ----------
    C : float
        (n − 1)/(2 S0) ΣΣ w_ij (x_i − x_j)² / Σ (x_i − x̄)².
    expected : float
        1.
    variance_normal : float
        If the values are independent draws from one normal distribution.
    variance_randomisation : float
        If the values are a random permutation of those observed.
    n : int
        Regions counted, see :func:`geary`.
    rounding : float
        Differences of C below this are rounding.
    """

    C: float
    expected: float
    variance_normal: float
    variance_randomisation: float
    n: int
    rounding: float


def geary_statistic(x: Any, W: Any, *, count: Count = "linked") -> float:
    """Return Geary's C alone, which needs no more than one link.

    Parameters, refusals and reference are those of :func:`geary`.

    Examples
    --------
    >>> geary_statistic(np.arange(4.0), [[0, 1, 0, 0], [1, 0, 0, 0], [0] * 4, [0] * 4])
    0.1
    """
    weights = as_weights(W)
    z = centred(x, weights.shape[0])
    L = _laplacian(weights)
    return _scale(z, weights, count) * float(z @ (L @ z))


def _scale(z: FloatArray, W: CsrArray, count: Count) -> float:
    """Return the factor before z′Lz: (n − 1) / (S0 z′z)."""
    sums = weight_sums(W)
    refuse_zero_sum(sums)
    return (counted(W, count) - 1.0) / (sums.S0 * float(z @ z))


def geary(x: Any, W: Any, *, count: Count = "linked") -> GearyMoments:
    """Compute Geary's C of a variable and its moments.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Finite, not constant.
    W : sparse array or ndarray of shape (n, n)
        Any weights; need not be symmetric.
    count : {"linked", "all"}
        What n is where some regions have no neighbour: those with one (spdep's
        ``adjust.n = TRUE``) or all. Mean, variance and kurtosis are over all regions either way.

    Returns
    -------
    GearyMoments

    Raises
    ------
    ValuesError
        If x is constant, holds missing values, or is too large or too small for its fourth powers.
    WeightsError
        If the weights sum to zero, or fewer than four regions are counted.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes, section 1.5, equation 1.43.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> geary(np.arange(5.0), W).C
    0.2
    """
    weights = as_weights(W)
    z = centred(x, weights.shape[0])
    n, sums = counted(weights, count), weight_sums(weights)
    scale = _scale(z, weights, count)
    refuse_few(n)
    L = _laplacian(weights)
    kurtosis = n * float((z**4).sum()) / float(z @ z) ** 2
    normal, random = _variances(n, sums, kurtosis, size=weights.shape[0])
    rounding = abs(scale) * rounding_of(L, x, z)
    return GearyMoments(scale * float(z @ (L @ z)), 1.0, normal, random, n, rounding)


def geary_permutations(
    x: Any, W: Any, *, permutations: int, seed: int, count: Count = "linked"
) -> FloatArray:
    """Return Geary's C of random permutations of x over the regions, shape (permutations,).

    Parameters are those of :func:`geary` and of
    :func:`~workbench.numerics.permutations.bilinear_forms.permuted_forms`.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> geary_permutations(np.arange(5.0), W, permutations=3, seed=0).shape
    (3,)
    """
    weights = as_weights(W)
    z = centred(x, weights.shape[0])
    scale = _scale(z, weights, count)
    # ½ ΣΣ w_ij (z_i − z_j)² = Σ d_i z_i² − z′Wz: the first part, which would carry the rounding of
    # large maps' single precision into every value alike, is summed in double
    L = _laplacian(weights)
    own = permuted_products(L.diagonal(), z**2, permutations=permutations, seed=seed)
    off = sparse.csr_array(sparse.diags_array(L.diagonal()) - L)
    forms = permuted_forms(z, off, pairs=[(0, 0)], permutations=permutations, seed=seed)
    return np.asarray(scale * (own - forms[:, 0]))


def _laplacian(W: CsrArray) -> CsrArray:
    """Return L with ΣΣ w_ij (z_i − z_j)² = 2 z′Lz, of which only U = (W + W′)/2 matters."""
    U = 0.5 * (W + W.T)
    return sparse.csr_array(sparse.diags_array(row_sums(U)) - U)


def _variances(n: int, sums: WeightSums, kurtosis: float, *, size: int) -> tuple[float, float]:
    """Return the variances; `size` counts all regions, n those with a neighbour.

    N stands in four places and n in the others: so does spdep, whose numbers with islands are
    reproduced. Without islands, and where n counts all, they are the same.
    """
    S0, S1, S2, b, N = sums.S0, sums.S1, sums.S2, kurtosis, float(size)
    normal = ((2.0 * S1 + S2) * (n - 1.0) - 4.0 * S0**2) / (2.0 * (N + 1.0) * S0**2)
    pairs = (n - 1.0) * S1 * (n**2 - 3.0 * N + 3.0 - (n - 1.0) * b)
    stars = 0.25 * (n - 1.0) * S2 * (n**2 + 3.0 * N - 6.0 - (n**2 - N + 2.0) * b)
    apart = S0**2 * (n**2 - 3.0 - (n - 1.0) ** 2 * b)
    return normal, (pairs - stars + apart) / (N * (n - 2.0) * (n - 3.0) * S0**2)
