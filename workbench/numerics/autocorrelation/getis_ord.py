"""Getis and Ord's global G: do high or low values concentrate, with moments and permutations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import ValuesError
from workbench.numerics.autocorrelation.moran import (
    NOUGHT,
    WeightSums,
    moran,
    refuse_few,
    refuse_size,
    refuse_zero_sum,
    weight_sums,
)
from workbench.numerics.permutations.bilinear_forms import permuted_forms, permuted_products
from workbench.numerics.permutations.ties import rounding_of
from workbench.numerics.sparse.matrices import CsrArray, as_vector, as_weights, islands, row_sums
from workbench.typing import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class GetisOrdMoments:
    """Global G with its expectation and variance under random arrangement.

    Attributes
    ----------
    G : float
        ΣΣ w_ij x_i x_j / ΣΣ_{i≠j} x_i x_j, over regions with a neighbour.
    expected : float
        S0 / (n (n − 1)).
    variance : float
        If the values are a random permutation of those observed.
    n : int
        Regions with a neighbour.
    rounding : float
        Differences of G below this are rounding.
    """

    G: float
    expected: float
    variance: float
    n: int
    rounding: float


def linked(W: CsrArray) -> BoolArray:
    """Return the mask, shape (n,), of regions that have a neighbour or are one."""
    return np.asarray(~islands(W) | (np.bincount(W.indices, minlength=W.shape[0]) > 0))


def getis_ord(x: Any, W: Any) -> GetisOrdMoments:
    """Compute global G of a variable and its moments.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Not negative; at least two values above zero.
    W : sparse array or ndarray of shape (n, n)
        Any weights with a zero diagonal. Regions without neighbours are left out of every sum
        (spdep's ``adjust.n = adjust.x = TRUE``).

    Returns
    -------
    GetisOrdMoments

    Raises
    ------
    ValuesError
        If a value is negative, or the values that are left are constant or have fewer than two
        above zero.
    WeightsError
        If the weights sum to zero, or fewer than four regions have neighbours.

    References
    ----------
    Getis, A. and Ord, J. K. (1992). The analysis of spatial association by use of distance
    statistics. Geographical Analysis 24, 189–206, equations 11 to 13; the coefficient B1 as
    corrected in Getis and Ord (1993), Geographical Analysis 25, 276.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> round(getis_ord(np.arange(5.0), W).G, 4)
    0.5714
    """
    values, weights = _counted(x, W)
    sums = weight_sums(weights)
    refuse_zero_sum(sums)
    n = float(values.size)
    pairs = _pairs(values)
    expected = sums.S0 / (n * (n - 1.0))
    mean, z, degree = _centred(values, weights)
    variance = _variance(mean, z, degree, weights, sums) / pairs**2
    products = mean**2 * sums.S0 + mean * float(degree @ z) + float(z @ (weights @ z))
    rounding = rounding_of(weights, values, z) + mean * rounding_of(weights, values, np.ones(1))
    statistic, rounding = products / pairs, rounding / pairs
    return GetisOrdMoments(statistic, expected, variance, values.size, rounding)


def getis_ord_permutations(x: Any, W: Any, *, permutations: int, seed: int) -> FloatArray:
    """Return G of random permutations of x over the regions with a neighbour.

    Parameters are those of :func:`getis_ord` and of
    :func:`~workbench.numerics.permutations.bilinear_forms.permuted_forms`.

    Returns
    -------
    ndarray of shape (permutations,)

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> getis_ord_permutations(np.arange(5.0), W, permutations=3, seed=0).shape
    (3,)
    """
    values, weights = _counted(x, W)
    mean, z, degree = _centred(values, weights)
    squares = permuted_forms(z, weights, pairs=[(0, 0)], permutations=permutations, seed=seed)
    crossed = permuted_products(degree, z, permutations=permutations, seed=seed)
    constant = mean**2 * float(weights.sum())
    return np.asarray((constant + mean * crossed + squares[:, 0]) / _pairs(values))


def _centred(x: FloatArray, W: CsrArray) -> tuple[float, FloatArray, FloatArray]:
    """Return m, z = x − m and the sums of rows and columns d: x′Wx = m² S0 + m d′z + z′Wz.

    Permuted sums of products of large values would leave little but rounding of their differences.
    """
    mean = float(x.mean())
    degree = row_sums(W) + np.asarray(W.sum(axis=0), dtype=np.float64).ravel()
    return mean, x - mean, degree


def _counted(x: Any, W: Any) -> tuple[FloatArray, CsrArray]:
    weights = as_weights(W)
    values = as_vector(x, argument="x", size=weights.shape[0])
    if (values < 0).any():
        raise ValuesError(
            "x",
            expected="values that are not negative",
            found=f"{int((values < 0).sum())} below zero",
            offenders=[int(i) for i in np.flatnonzero(values < 0)],
            why="G compares sums of products: with both signs its denominator can vanish",
        )
    keep = linked(weights)
    values, weights = values[keep], weights[keep][:, keep]
    refuse_few(values.size)
    refuse_size(values)
    if int((values > 0).sum()) < 2:
        raise ValuesError(
            "x",
            expected="positive values in at least two regions with neighbours",
            found=f"{int((values > 0).sum())}",
            why="G divides by the sum of the products of all pairs",
            remedy="test it with moran or geary",
        )
    return values, weights


def _pairs(x: FloatArray) -> float:
    return float(x.sum() ** 2 - x @ x)


def _variance(
    mean: float, z: FloatArray, degree: FloatArray, W: CsrArray, sums: WeightSums
) -> float:
    """Return the variance of m d′z + z′Wz over permutations of z, which is x′Wx but for a constant.

    The moments about zero of Getis and Ord (1992) give the same number, as a difference that
    rounding eats up where the mean is large beside the spread.
    """
    n, squares, cubes = float(z.size), float(z @ z), float((z**3).sum())
    stars = float(((degree - degree.mean()) ** 2).sum()) * squares / (n - 1.0)
    products = moran(z, W, count="all")
    form = products.variance_randomisation
    # everyone linked to everyone: a difference of equal terms
    form = 0.0 if form <= NOUGHT * products.expected**2 else form
    both = 2.0 * (2.0 * sums.S0**2 - sums.S2) / (n - 2.0) - sums.S2
    both *= cubes / (n * (n - 1.0))
    return mean**2 * stars + form * (sums.S0 * squares / n) ** 2 + 2.0 * mean * both
