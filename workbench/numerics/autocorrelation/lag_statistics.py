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
from workbench.numerics.autocorrelation.geary import geary, geary_permutations, geary_statistic
from workbench.numerics.autocorrelation.moran import FEWEST, Count, centred, counted, moran
from workbench.numerics.permutations.bilinear_forms import permuted_forms
from workbench.numerics.sparse.matrices import CsrArray, as_vector, as_weights, freeze, islands
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
        Under randomisation; NaN for the correlation, which has no closed form, and where fewer
        than four regions are counted.
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
        What n is where some regions have no neighbour: see
        :func:`workbench.numerics.autocorrelation.moran.moran`.

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
    values = as_vector(x, argument="x", size=matrices[0].shape[0])
    plan = Draws(permutations, seed, count)
    measured = [MEASURES[statistic](values, W, plan) for W in matrices]
    observed = np.array([one for one, _ in measured])
    simulated = np.empty((0, len(matrices)))
    if permutations:
        simulated = np.column_stack([drawn for _, drawn in measured])
    moments = np.array([_moments(values, W, statistic, count) for W in matrices])
    return LagStatistics(
        freeze(observed), freeze(moments[:, 0]), freeze(moments[:, 1]), freeze(simulated)
    )


@dataclass(frozen=True, slots=True)
class Draws:
    """Permutations R, their seed, and what n counts."""

    permutations: int
    seed: int
    count: Count

    def forms(
        self, fields: FloatArray, W: CsrArray, pairs: Sequence[tuple[int, int]]
    ) -> FloatArray:
        """Return the forms under each permutation, shape (R, pairs)."""
        return permuted_forms(
            fields, W, pairs=pairs, permutations=self.permutations, seed=self.seed
        )


def _moran(x: FloatArray, W: CsrArray, plan: Draws) -> tuple[float, FloatArray]:
    z = centred(x, W.shape[0])
    scale = counted(W, plan.count) / float(W.sum()) / float(z @ z)
    return scale * float(z @ (W @ z)), scale * plan.forms(z, W, [(0, 0)])[:, 0]


def _geary(x: FloatArray, W: CsrArray, plan: Draws) -> tuple[float, FloatArray]:
    drawn = geary_permutations(
        x, W, permutations=plan.permutations, seed=plan.seed, count=plan.count
    )
    return geary_statistic(x, W, count=plan.count), drawn


def _correlation(x: FloatArray, W: CsrArray, plan: Draws) -> tuple[float, FloatArray]:
    z = centred(x, W.shape[0])
    fields = np.stack([z, z**2, np.ones_like(z)])

    def drawn(W: CsrArray, pairs: Sequence[tuple[int, int]]) -> FloatArray:
        return plan.forms(fields, W, pairs)

    def plain(W: CsrArray, pairs: Sequence[tuple[int, int]]) -> FloatArray:
        return np.array([[float(fields[a] @ (W @ fields[b])) for a, b in pairs]])

    return float(_correlated(plain, W)[0]), _correlated(drawn, W)


def _correlated(forms: Forms, W: CsrArray) -> FloatArray:
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


MEASURES: Mapping[str, Callable[[FloatArray, CsrArray, Draws], tuple[float, FloatArray]]] = (
    MappingProxyType({"moran": _moran, "geary": _geary, "correlation": _correlation})
)


def _moments(
    x: FloatArray, W: CsrArray, statistic: LagStatistic, count: Count
) -> tuple[float, float]:
    """Return expectation and variance; NaN for the correlation and where too few are linked."""
    if statistic == "correlation" or counted(W, count) < FEWEST:
        return np.nan, np.nan
    found = (moran if statistic == "moran" else geary)(x, W, count=count)
    return found.expected, found.variance_randomisation
