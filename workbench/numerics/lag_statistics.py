"""Moran's I, Geary's C or the lag correlation of one variable under several W, drawn jointly.

One permutation of the variable gives the statistic of every lag at once, so that the draws of
all lags are a sample from their joint distribution when place does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from workbench.errors import check_option
from workbench.numerics.matrices import CsrArray, as_weights, freeze, islands
from workbench.numerics.moran import Count, centred, counted, moran, weight_sums
from workbench.numerics.permuted_forms import permuted_forms
from workbench.typing import FloatArray, LagStatistic

Forms: TypeAlias = Callable[[CsrArray, Sequence[tuple[int, int]]], FloatArray]
"""From W and pairs of fields to the forms, shape (draws, pairs)."""

Z, SQUARE, ONE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class LagStatistics:
    """One statistic at L lags with its moments and joint permutations.

    Attributes
    ----------
    observed : ndarray of shape (L,)
    expected, variance : ndarray of shape (L,)
        Under randomisation; NaN for the correlation, which has no closed form.
    simulated : ndarray of shape (R, L)
        Row r: all lags under permutation r.
    """

    observed: FloatArray
    expected: FloatArray
    variance: FloatArray
    simulated: FloatArray


def lag_statistics(
    x: Any,
    lags: Sequence[Any],
    *,
    statistic: LagStatistic,
    permutations: int,
    seed: int,
    count: Count = "linked",
) -> LagStatistics:
    """Compute a statistic of x under each W and under joint permutations of x.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Finite, not constant, in canonical order of region ids.
    lags : sequence of L sparse arrays of shape (n, n)
        Zero diagonal; each has at least one weight.
    statistic : {"moran", "geary", "correlation"}
        ``(n/S0) z′Wz/z′z``; ``((n − 1)/2S0) ΣΣ w_ij (z_i − z_j)²/z′z``; Pearson's correlation of
        z with Wz over the regions that have neighbours (the others are left out of it).
    permutations : int
        R; may be 0.
    seed : int
        From 0 to 2⁶³ − 1.
    count : {"linked", "all"}
        What n is where some regions have no neighbour: see :func:`workbench.numerics.moran.moran`.

    Returns
    -------
    LagStatistics

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes, equations 1.37 to 1.43.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> found = lag_statistics(
    ...     np.arange(5.0), [W, W @ W - np.diag(np.diag(W @ W))],
    ...     statistic="moran", permutations=0, seed=0)
    >>> found.observed.round(3).tolist()
    [0.5, -0.167]
    """
    check_option("statistic", statistic, LagStatistic)
    matrices = [as_weights(W) for W in lags]
    z = centred(x, matrices[0].shape[0])
    fields = np.stack([z, z**2, np.ones_like(z)])
    measure = MEASURES[statistic]

    def drawn(W: CsrArray, pairs: Sequence[tuple[int, int]]) -> FloatArray:
        return permuted_forms(fields, W, pairs=pairs, permutations=permutations, seed=seed)

    def plain(W: CsrArray, pairs: Sequence[tuple[int, int]]) -> FloatArray:
        return np.array([[float(fields[a] @ (W @ fields[b])) for a, b in pairs]])

    scales = [(float(z @ z), float(counted(W, count))) for W in matrices]
    pairs = list(zip(matrices, scales, strict=True))
    observed = np.array([measure(plain, W, scale)[0] for W, scale in pairs])
    simulated = np.empty((0, len(matrices)))
    if permutations:
        simulated = np.column_stack([measure(drawn, W, scale) for W, scale in pairs])
    moments = np.array([_moments(x, W, statistic, count) for W in matrices])
    return LagStatistics(
        freeze(observed), freeze(moments[:, 0]), freeze(moments[:, 1]), freeze(simulated)
    )


def _moran(forms: Forms, W: CsrArray, scale: tuple[float, float]) -> FloatArray:
    squares, n = scale
    return np.asarray(n / float(W.sum()) / squares * forms(W, [(Z, Z)])[:, 0])


def _geary(forms: Forms, W: CsrArray, scale: tuple[float, float]) -> FloatArray:
    squares, n = scale
    own, other, cross = forms(W, [(SQUARE, ONE), (ONE, SQUARE), (Z, Z)]).T
    factor = (n - 1.0) / (2.0 * float(W.sum())) / squares
    return np.asarray(factor * (own + other - 2.0 * cross))


def _correlation(forms: Forms, W: CsrArray, _scale: tuple[float, float]) -> FloatArray:
    """Correlate z with Wz over the regions that have neighbours: five sums, each a form."""
    linked = (~islands(W)).astype(np.float64)
    size = float(linked.sum())
    lag, cross = forms(W, [(ONE, Z), (Z, Z)]).T
    squared_lag = forms(as_weights(W.T @ W), [(Z, Z)])[:, 0]
    own, squared = forms(as_weights(sparse.diags_array(linked)), [(Z, ONE), (SQUARE, ONE)]).T
    covariance = cross - own * lag / size
    spread = (squared - own**2 / size) * (squared_lag - lag**2 / size)
    # Rounding can leave a variance of zero a little below it.
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(spread > 0, covariance / np.sqrt(np.abs(spread)), np.nan))


MEASURES: Mapping[str, Callable[[Forms, CsrArray, tuple[float, float]], FloatArray]] = (
    MappingProxyType({"moran": _moran, "geary": _geary, "correlation": _correlation})
)


def _moments(x: Any, W: CsrArray, statistic: LagStatistic, count: Count) -> tuple[float, float]:
    if statistic == "correlation":
        return np.nan, np.nan
    if statistic == "moran":
        found = moran(x, W, count=count)
        return found.expected, found.variance_randomisation
    return 1.0, geary_variance(x, W, count=count)


def geary_variance(x: Any, W: Any, *, count: Count = "linked") -> float:
    """Return the variance of Geary's C under randomisation; its expectation is 1.

    Parameters
    ----------
    x : ndarray of shape (n,)
    W : sparse array or ndarray of shape (n, n)
    count : {"linked", "all"}
        As for :func:`workbench.numerics.moran.moran`.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes, equation 1.43.

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> round(geary_variance(np.arange(5.0), W), 4)
    0.1325
    """
    weights = as_weights(W)
    z = centred(x, weights.shape[0])
    n, N, sums = float(counted(weights, count)), float(z.size), weight_sums(weights)
    # N, all regions, stands in four places and n in the others: so does spdep, whose numbers with
    # islands are reproduced. Without islands, and under count="all", they are the same.
    kurtosis = n * float((z**4).sum()) / float(z @ z) ** 2
    S0, S1, S2 = sums.S0, sums.S1, sums.S2
    upper = (n - 1.0) * S1 * (n**2 - 3.0 * N + 3.0 - (n - 1.0) * kurtosis)
    upper -= 0.25 * (n - 1.0) * S2 * (n**2 + 3.0 * N - 6.0 - (n**2 - N + 2.0) * kurtosis)
    upper += S0**2 * (n**2 - 3.0 - (n - 1.0) ** 2 * kurtosis)
    return float(upper / (N * (n - 2.0) * (n - 3.0) * S0**2))
