"""Covariances of a panel likelihood from the influence of each observation on the estimates."""

from __future__ import annotations

import math

import numpy as np

from workbench.errors import InputError
from workbench.numerics.regression.hac import kernel_weights
from workbench.panels.effects import Cells
from workbench.typing import FloatArray, IntArray

TITLES = {
    "robust": "robust (White)",
    "clustered": "clustered by region",
    "clustered-time": "clustered by period",
    "clustered-two-way": "clustered by region and period",
    "driscoll-kraay": "Driscoll-Kraay",
}
"""The words that :func:`score_covariance` knows, and how a table names them."""


def score_covariance(word: str, scores: FloatArray, cells: Cells) -> FloatArray:
    """Return Σ a_i a_j' over the pairs of observations that `word` lets depend, shape (k, k).

    Parameters
    ----------
    word : str
        A key of :data:`TITLES`.
    scores : ndarray, shape (n, k)
        Influence of each observation on the estimates, inverse information times score.
    cells : Cells
        Region and period of each row.

    Notes
    -----
    Sums of G groups are multiplied by G/(G − 1), as Stata does for likelihoods; ``robust`` by
    n/(n − 1). Two ways: V₁ + V₂ − V₁₂ (Cameron, Gelbach and Miller 2011). Driscoll and Kraay
    (1998): Bartlett's kernel over the periods' sums, bandwidth ⌊4 (T/100)^(2/9)⌋.
    """
    if word == "robust":
        return _of_groups(scores, np.arange(len(scores)))
    if word == "clustered":
        return _of_groups(scores, _several(cells.region, cells.N, "regions", word))
    periods = _several(cells.period, cells.T, "periods", word)
    if word == "clustered-time":
        return _of_groups(scores, periods)
    if word == "clustered-two-way":
        regions = _several(cells.region, cells.N, "regions", word)
        own = _of_groups(scores, np.arange(len(scores)))
        return _of_groups(scores, regions) + _of_groups(scores, periods) - own
    sums = _sums(scores, periods)
    lags = math.floor(4 * (cells.T / 100) ** (2 / 9))
    total = sums.T @ sums
    for lag, weight in enumerate(kernel_weights("bartlett", lags + 1.0, min(lags, cells.T - 1)), 1):
        cross = sums[lag:].T @ sums[:-lag]
        total = total + weight * (cross + cross.T)
    return np.asarray(total * cells.T / (cells.T - 1))


def _several(codes: IntArray, number: int, what: str, word: str) -> IntArray:
    if number < 2:
        raise InputError(
            "covariance",
            expected=f"at least 2 {what} for covariance={word!r}",
            found=str(number),
            why="the scores of all observations add up to zero: no variance is left to estimate",
            remedy='covariance="robust"',
        )
    return codes


def _sums(scores: FloatArray, codes: IntArray) -> FloatArray:
    return np.stack([np.bincount(codes, weights=column) for column in scores.T], axis=1)


def _of_groups(scores: FloatArray, codes: IntArray) -> FloatArray:
    sums = _sums(scores, codes)
    return np.asarray(len(sums) / (len(sums) - 1) * (sums.T @ sums))
