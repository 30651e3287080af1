"""Selecting eigenvector maps as regressors of a field: all, forward, or by residual Moran's I."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from workbench.numerics.autocorrelation.eigenmaps import Eigenmaps, Sign
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray

BLOCK = 2**22
"""Numbers of permuted values held at once (32 MB)."""

EXACT = 1e-24
# Share of the squares below which residuals are rounding: the fit is exact.

EQUAL = 1e-12
# Relative difference below which a permuted statistic counts as reaching the observed one: sums
# in another order round differently.


@dataclass(frozen=True, slots=True)
class Selection:
    """A regression of y on a constant and some orthonormal, centred vectors.

    Attributes
    ----------
    vectors : tuple of int
        Columns chosen, in the order of choice.
    rsquared_adj : float
        1 - (SSE / (n - k - 1)) / (SST / (n - 1)); sums over the columns of y (Peres-Neto et al.
        2006). NaN where k = n - 1 leaves no residual.
    loglik : float
        Gaussian, with all constants; NaN for several columns, infinite for an exact fit.
    sse : float
        Sum of squared residuals.
    residuals : ndarray, of the shape of y
    """

    vectors: tuple[int, ...]
    rsquared_adj: float
    loglik: float
    sse: float
    residuals: FloatArray

    @classmethod
    def of(cls, y: FloatArray, V: FloatArray, chosen: tuple[int, ...]) -> Selection:
        """Regress y, shape (n,) or (n, q), on the chosen columns of V, shape (n, m)."""
        centered = y - y.mean(axis=0)
        part = V[:, list(chosen)]
        residuals = centered - part @ (part.T @ centered)
        sse, sst = float((residuals**2).sum()), float((centered**2).sum())
        n, k = y.shape[0], len(chosen)
        sse = sse if sse > EXACT * sst else 0.0
        loglik = -0.5 * n * (_log(2 * np.pi * sse / n) + 1.0) if y.size == n else float("nan")
        return cls(chosen, _adjusted(1 - sse / sst, n, k), loglik, sse, residuals)

    @classmethod
    def none(cls, y: FloatArray) -> Selection:
        """Regress y on the constant alone."""
        return cls.of(y, np.empty((y.shape[0], 0)), ())


def global_test(y: FloatArray, V: FloatArray, *, orders: IntArray) -> float:
    """Return the p-value of the R² of y on all columns of V, (M + 1) / (R + 1).

    Parameters
    ----------
    y : ndarray, shape (n,) or (n, q)
        Columns are permuted together.
    V : ndarray, shape (n, m)
        Orthonormal and centred.
    orders : ndarray, shape (R, n)
        Permutations.
    """
    if V.shape[1] == 0:
        return 1.0
    centered = y - y.mean(axis=0)
    observed = float(((V.T @ centered) ** 2).sum())
    reached = sum(
        int((_explained(permuted, V) >= observed * (1 - EQUAL)).sum())
        for permuted in _blocks(centered, orders)
    )
    return (reached + 1) / (len(orders) + 1)


def moran_test(e: FloatArray, W: CsrArray, *, orders: IntArray, sign: Sign) -> float:
    """Return the one-sided p-value of Moran's I of e, shape (n,), by permutation.

    n, S0 and e'e are the same under every permutation, so that e'We is compared.
    """
    direction = 1.0 if sign == "positive" else -1.0
    centered = e - e.mean()
    observed = direction * float(centered @ (W @ centered))
    reached = 0
    for permuted in _blocks(centered, orders):
        form = direction * ((W @ permuted.T) * permuted.T).sum(axis=0)
        # Sums that cancel have no relative error: the largest says what rounding is.
        slack = EQUAL * max(abs(observed), float(np.abs(form).max()))
        reached += int((form >= observed - slack).sum())
    return (reached + 1) / (len(orders) + 1)


def select_forward(y: FloatArray, maps: Eigenmaps, *, orders: IntArray, alpha: float) -> Selection:
    """Add eigenspaces, the one of largest partial F first, while significant and below the ceiling.

    A space is tested by permuting the residuals of those before it (Freedman and Lane 1983).
    The ceiling is the adjusted R² of all columns: no part can be worth more (Blanchet, Legendre
    and Borcard 2008). The first space need only be significant: where one map holds the whole
    pattern, it is about as likely above the ceiling as below. A space of one vector is the usual
    case, in which F orders as R² does; the vectors of one eigenvalue come together, since any
    basis of their space is as good.

    Parameters
    ----------
    y : ndarray, shape (n,) or (n, q)
    maps : Eigenmaps
        Of n regions.
    orders : ndarray, shape (R, n)
        Permutations.
    alpha : float
        Level of each test.
    """
    n, m = maps.vectors.shape
    ceiling = Selection.of(y, maps.vectors, tuple(range(m))).rsquared_adj if m < n - 1 else 1.0
    strength = _strength(y, maps)
    left = dict(enumerate(maps.members()))
    now = Selection.none(y)
    while left and now.sse > 0:
        k = len(now.vectors)
        ratio = {
            space: _partial_f(float(strength[columns].sum()), now.sse, (columns.size, n - k - 1))
            for space, columns in left.items()
        }
        # max() keeps the first of equals: the most autocorrelated one.
        columns = left.pop(max(ratio, key=lambda space: ratio[space]))
        if n - k - columns.size <= 3:  # AICc needs this much room
            break
        after = Selection.of(y, maps.vectors, (*now.vectors, *columns.tolist()))
        if k and after.rsquared_adj > ceiling + EQUAL:
            break
        if partial_test(now, maps.vectors, columns=columns, orders=orders) > alpha:
            break
        now = after
    return now


def partial_test(before: Selection, V: FloatArray, *, columns: IntArray, orders: IntArray) -> float:
    """Return the p-value of further columns of V by permuting the residuals without them."""
    added, kept = V[:, columns], V[:, list(before.vectors)]
    gain = float(((added.T @ before.residuals) ** 2).sum())
    floor = EXACT * before.sse
    observed = gain / max(before.sse - gain, floor)
    reached = 0
    for permuted in _blocks(before.residuals, orders):
        gains = _explained(permuted, added)
        sse = before.sse - _explained(permuted, kept) - gains
        ratios = gains / np.maximum(sse, floor)
        reached += int((ratios >= observed * (1 - EQUAL)).sum())
    return (reached + 1) / (len(orders) + 1)


def select_by_moran(
    y: FloatArray, maps: Eigenmaps, W: CsrArray, *, orders: IntArray, alpha: float, sign: Sign
) -> Selection:
    """Add the eigenspace that leaves the smallest absolute Moran's I until none is significant.

    Eigenvectors make it a matter of sums: without a space of eigenvalue l that holds g of the
    squares, e'We / e'e becomes (e'We - l g) / (e'e - g) (Griffith and Peres-Neto 2006; MIR of
    Bauman, Drouet, Dray and Vleminckx 2018).

    Parameters
    ----------
    y : ndarray, shape (n,)
        Significant already: the first space is added without a test.
    maps, orders, alpha
        As :func:`select_forward` has them.
    W : csr_array of shape (n, n)
        That the maps are of.
    sign : {"positive", "negative"}
        Of the maps; Moran's I is tested on this side.
    """
    strength = _strength(y, maps)
    left = dict(enumerate(maps.members()))
    now = Selection.none(y)
    while left and now.sse > 0:
        e = now.residuals
        form = float(e @ (W @ e))
        after = {
            space: abs(
                (form - maps.eigenvalues[columns].mean() * strength[columns].sum())
                / max(now.sse - float(strength[columns].sum()), EXACT * now.sse)
            )
            for space, columns in left.items()
        }
        best = min(after, key=lambda space: after[space])
        size = len(now.vectors) + left[best].size
        if after[best] >= abs(form) / now.sse or y.size - size <= 3:
            break
        now = Selection.of(y, maps.vectors, (*now.vectors, *left.pop(best).tolist()))
        if now.sse == 0 or moran_test(now.residuals, W, orders=orders, sign=sign) > alpha:
            break
    return now


def _strength(y: FloatArray, maps: Eigenmaps) -> FloatArray:
    """Return the squares that each column explains, shape (m,)."""
    found = maps.vectors.T @ (y - y.mean(axis=0))
    return np.asarray((found.reshape(found.shape[0], -1) ** 2).sum(axis=1))


def _blocks(values: FloatArray, orders: IntArray) -> Iterable[FloatArray]:
    """Yield permuted values, shape (b, n) or (b, n, q)."""
    step = max(1, BLOCK // values.size)
    for start in range(0, len(orders), step):
        yield values[orders[start : start + step]]


def _explained(permuted: FloatArray, V: FloatArray) -> FloatArray:
    """Return the squares that the columns of V explain of each permutation, shape (b,)."""
    found = np.tensordot(permuted, V, axes=(1, 0))
    return np.asarray((found.reshape(len(permuted), -1) ** 2).sum(axis=1))


def _partial_f(gain: float, sse: float, df: tuple[int, int]) -> float:
    added, rest = df
    return gain / added / max(sse - gain, EXACT * sse) * max(rest - added, 0)


def _adjusted(rsquared: float, n: int, k: int) -> float:
    rest = n - k - 1
    return 1.0 - (1.0 - rsquared) * (n - 1) / rest if rest > 0 else float("nan")


def _log(value: float) -> float:
    return float(np.log(value)) if value > 0 else -float("inf")
