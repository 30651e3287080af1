"""Efficiency without convexity: free disposal, and its expectation over m regions drawn.

Deprins, D., Simar, L. and Tulkens, H. (1984). Measuring labor efficiency in post offices. In: The
Performance of Public Enterprises. North-Holland. Cazals, C., Florens, J.-P. and Simar, L. (2002).
Nonparametric frontier estimation: a robust approach. Journal of Econometrics 106(1), 1-25.
"""

from __future__ import annotations

import numpy as np

from workbench.typing import BoolArray, FloatArray, IntArray


def needed(X: FloatArray, Y: FloatArray, *, outward: bool) -> tuple[FloatArray, BoolArray]:
    """Return the radial score of every region against every other one, and who dominates: (n, n).

    θ_oj = max_i x_ij / x_io for j with Y_j >= y_o; of outputs φ_oj = min_r y_rj / y_ro over the
    outputs that o has, for j with X_j <= x_o.
    """
    if outward:
        with np.errstate(divide="ignore"):
            ratios = np.where(Y[:, None] > 0, Y[None] / np.where(Y > 0, Y, 1.0)[:, None], np.inf)
        return ratios.min(axis=2), np.asarray((X[None] <= X[:, None]).all(axis=2))
    return (X[None] / X[:, None]).max(axis=2), np.asarray((Y[None] >= Y[:, None]).all(axis=2))


def free_disposal(X: FloatArray, Y: FloatArray, *, outward: bool) -> tuple[FloatArray, IntArray]:
    """Return the score of each region and the region that sets it, the one with most slack.

    Parameters
    ----------
    X, Y : ndarray, shape (n, m) and (n, s)
    outward : bool
        Whether outputs are scaled.

    Examples
    --------
    >>> X, Y = np.array([[2.0], [4.0], [3.0]]), np.array([[1.0], [1.0], [3.0]])
    >>> free_disposal(X, Y, outward=False)
    (array([1. , 0.5, 1. ]), array([0, 0, 2]))
    """
    ratios, dominates = needed(X, Y, outward=outward)
    candidates = np.where(dominates, ratios, -np.inf if outward else np.inf)
    scores = candidates.max(axis=1) if outward else candidates.min(axis=1)
    ties = candidates == scores[:, None]
    mean_x, mean_y = X.mean(axis=0), Y.mean(axis=0)
    worth = (Y / mean_y).sum(axis=1) - (X / mean_x).sum(axis=1)
    return scores, np.where(ties, worth[None], -np.inf).argmax(axis=1)


def order_m(X: FloatArray, Y: FloatArray, m: int, *, outward: bool) -> FloatArray:
    """Return the expected score against m regions drawn from those that dominate, shape (n,).

    E min of m draws with replacement from N values in closed form: Σ_k v_(k) ((N − k + 1)^m − (N −
    k)^m) / N^m, so that no simulation is needed.

    Examples
    --------
    >>> X, Y = np.array([[2.0], [4.0]]), np.array([[1.0], [1.0]])
    >>> order_m(X, Y, 1, outward=False)
    array([1.5 , 0.75])
    """
    ratios, dominates = needed(X, Y, outward=outward)
    out = np.empty(len(X))
    for o in range(len(X)):
        values = np.sort(ratios[o, dominates[o]])
        if outward:
            values = values[::-1]
        left = np.arange(len(values), -1, -1) / len(values)
        out[o] = values @ (left[:-1] ** m - left[1:] ** m)
    return out
