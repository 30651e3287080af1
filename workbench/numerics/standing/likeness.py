"""Distances of units from one of them, by variables brought to one scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.typing import FloatArray, IntArray

NORMAL_IQR = 1.3489795003921634
"""Interquartile range of a standard normal variable: robust scales are in standard deviations."""


def robust_scale(X: Any) -> tuple[FloatArray, FloatArray]:
    """Return the median and the interquartile range over 1.349 of each column, shapes (p,).

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Finite.

    Notes
    -----
    Quantiles are linearly interpolated (Hyndman and Fan's type 7). A column more than half of
    which is one value has a scale of zero: the caller decides.
    """
    X = np.asarray(X, dtype=np.float64)
    low, mid, high = np.quantile(X, (0.25, 0.5, 0.75), axis=0)
    return mid, (high - low) / NORMAL_IQR


def scaled_differences(X: Any, focal: int) -> FloatArray:
    """Return (x − x₀) / scale for every row, shape (n, p); scales are those of `robust_scale`."""
    X = np.asarray(X, dtype=np.float64)
    return np.asarray((X - X[focal]) / robust_scale(X)[1])


def robust_distance(X: Any, focal: int) -> FloatArray:
    """Return root mean square scaled differences from row `focal`, shape (n,).

    Notes
    -----
    d_i = sqrt(Σ_j z_ij² / p): Euclidean distance over √p, so that distances with a variable left
    out are in the same unit.
    """
    return np.asarray(np.sqrt(np.mean(scaled_differences(X, focal) ** 2, axis=1)))


def mahalanobis_distance(X: Any, focal: int) -> FloatArray:
    """Return Mahalanobis distances from row `focal` over √p, shape (n,).

    Notes
    -----
    d_i² = (x_i − x₀)' S⁻¹ (x_i − x₀) / p with S the covariance of all rows (n − 1). Solved by the
    QR decomposition of the centred table: S⁻¹ is not formed.
    """
    X = np.asarray(X, dtype=np.float64)
    n, p = X.shape
    R = np.asarray(np.linalg.qr(X - X.mean(axis=0), mode="r"))
    z = np.linalg.solve(R.T, (X - X[focal]).T) * np.sqrt(n - 1)
    return np.asarray(np.sqrt((z**2).sum(axis=0) / p))


def nearest_rows(distances: FloatArray, candidates: IntArray, k: int) -> IntArray:
    """Return the `k` candidates with the smallest distances, ties by position."""
    order = np.argsort(distances[candidates], kind="stable")
    return candidates[order[:k]]
