"""Selecting orthonormal regressors forward, by permutation and adjusted R²."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Selection:
    """A regression of y on a constant and some orthonormal, centred vectors.

    Attributes
    ----------
    vectors : tuple of int
        Columns chosen, in the order of choice.
    rsquared_adj : float
        1 - (SSE / (n - k - 1)) / (SST / (n - 1)).
    loglik : float
        Gaussian, with all constants.
    sse : float
        Sum of squared residuals.
    residuals : ndarray, shape (n,)
    """

    vectors: tuple[int, ...]
    rsquared_adj: float
    loglik: float
    sse: float
    residuals: FloatArray

    @classmethod
    def of(cls, y: FloatArray, V: FloatArray, chosen: tuple[int, ...]) -> Selection:
        """Regress y on the chosen columns."""
        centered = y - y.mean()
        part = V[:, list(chosen)]
        residuals = centered - part @ (part.T @ centered)
        sse, sst, n, k = residuals @ residuals, centered @ centered, y.size, len(chosen)
        loglik = -0.5 * n * (np.log(2 * np.pi * max(sse, 1e-300) / n) + 1.0)
        return cls(
            chosen, float(_adjusted(1 - sse / sst, n, k)), float(loglik), float(sse), residuals
        )

    @classmethod
    def none(cls, y: FloatArray) -> Selection:
        """Regress y on the constant alone."""
        return cls.of(y, np.empty((y.size, 0)), ())


def global_test(y: FloatArray, V: FloatArray, orders: IntArray) -> float:
    """Return the p-value of the R² of y on all columns of V, (M + 1) / (R + 1).

    Parameters
    ----------
    y : ndarray, shape (n,)
    V : ndarray, shape (n, m)
        Orthonormal and centred.
    orders : ndarray, shape (R, n)
        Permutations.
    """
    if V.shape[1] == 0:
        return 1.0
    centered = y - y.mean()
    observed = float(((V.T @ centered) ** 2).sum())
    permuted = ((V.T @ centered[orders].T) ** 2).sum(axis=0)
    # As much as observed, to rounding of sums in another order.
    reached = int((permuted >= observed * (1 - 1e-12)).sum())
    return (reached + 1) / (len(orders) + 1)


def select(y: FloatArray, V: FloatArray, orders: IntArray, *, alpha: float) -> Selection:
    """Add columns, the most correlated first, while each is significant and below the ceiling.

    A column is tested by permuting the residuals of those before it (Freedman and Lane 1983).
    The ceiling is the adjusted R² of all columns: no part can be worth more (Blanchet, Legendre
    and Borcard 2008).
    """
    n, m = V.shape
    centered = y - y.mean()
    strength = (V.T @ centered) ** 2
    sst = float(centered @ centered)
    ceiling = float(_adjusted(strength.sum() / sst, n, m)) if m < n - 1 else 1.0
    chosen: tuple[int, ...] = ()
    for column in np.argsort(-strength, kind="stable").tolist():
        before = Selection.of(y, V, chosen)
        after = Selection.of(y, V, (*chosen, column))
        if after.rsquared_adj > ceiling or n - len(chosen) <= 3:
            break
        if _partial_p(before, V, column, orders) > alpha:
            break
        chosen = after.vectors
    return Selection.of(y, V, chosen)


def _partial_p(before: Selection, V: FloatArray, column: int, orders: IntArray) -> float:
    residuals = before.residuals
    observed = float(V[:, column] @ residuals) ** 2
    observed /= max(before.sse - observed, 1e-300)
    permuted = residuals[orders]
    kept = V[:, list(before.vectors)]
    sse = (permuted**2).sum(axis=1) - ((permuted @ kept) ** 2).sum(axis=1)
    gain = (permuted @ V[:, column]) ** 2
    reached = int((gain / np.maximum(sse - gain, 1e-300) >= observed * (1 - 1e-12)).sum())
    return (reached + 1) / (len(orders) + 1)


def _adjusted(rsquared: float, n: int, k: int) -> float:
    return 1.0 - (1.0 - rsquared) * (n - 1) / (n - k - 1)
