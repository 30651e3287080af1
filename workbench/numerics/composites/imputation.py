"""Missing values of indicators filled from the rest of the table.

Every function takes ``X`` (n, k) with NaN where a value is missing and returns a filled copy; what
it cannot fill stays NaN. Observed values come back unchanged.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from workbench.numerics.threads import one_thread
from workbench.typing import BoolArray, FloatArray, IntArray

Centre: TypeAlias = Literal["mean", "median"]

EM_TOLERANCE = 1e-10
"""Largest change of a mean or covariance of standardised columns at which EM has arrived: it
converges linearly, so the distance left is a small multiple, far below the data's digits."""
EM_STEPS = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """A table filled by the expectations of a multivariate normal.

    Attributes
    ----------
    values : ndarray, shape (n, k)
        Missing cells hold their expectation given the row's observed ones.
    mean, covariance : ndarray, shapes (k,) and (k, k)
        Maximum likelihood estimates (divisor n).
    steps : int
        Iterations made.
    converged : bool
        Whether they arrived.
    """

    values: FloatArray
    mean: FloatArray
    covariance: FloatArray
    steps: int
    converged: bool


def by_group(X: FloatArray, codes: IntArray, centre: Centre) -> FloatArray:
    """Fill with the mean or median of the same column in the same group, codes (n,).

    Examples
    --------
    >>> X = np.array([[1.0], [3.0], [np.nan], [9.0]])
    >>> by_group(X, np.array([0, 0, 0, 1]), "mean").ravel().tolist()
    [1.0, 3.0, 2.0, 9.0]
    """
    filled = X.copy()
    middle = np.nanmean if centre == "mean" else np.nanmedian
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        part = filled[rows]
        with warnings.catch_warnings():
            # a column without any value in the group stays missing, which the caller names
            warnings.filterwarnings("ignore", "Mean of empty slice|All-NaN slice", RuntimeWarning)
            centres = middle(part, axis=0)
        filled[rows] = np.where(np.isnan(part), centres, part)
    return filled


def nearest(X: FloatArray, neighbours: int) -> FloatArray:
    """Fill with the mean of the nearest rows that have the value: hot deck with one.

    Rows are near when the root mean square difference of the standardised columns that both have
    is small; equal distances keep the order of rows. Rows with no column in common are no donors.

    Examples
    --------
    >>> X = np.array([[1.0, 10.0], [2.0, 20.0], [9.0, 90.0], [2.1, np.nan]])
    >>> nearest(X, 1)[3].tolist()
    [2.1, 20.0]
    """
    filled = X.copy()
    seen = ~np.isnan(X)
    scale = np.nanstd(X, axis=0)
    Z = np.where(seen, (X - np.nanmean(X, axis=0)) / np.where(scale > 0, scale, 1.0), 0.0)
    for i in np.flatnonzero(~seen.all(axis=1)):
        common = seen & seen[i]
        shared = common.sum(axis=1)
        squares = (np.where(common, Z - Z[i], 0.0) ** 2).sum(axis=1)
        # a row with nothing in common is at no distance
        distance = np.where(shared > 0, squares / np.maximum(shared, 1), np.inf)
        order = np.argsort(distance, kind="stable")
        order = order[np.isfinite(distance[order])]
        for j in np.flatnonzero(~seen[i]):
            donors = order[seen[order, j]][:neighbours]
            if len(donors):
                filled[i, j] = X[donors, j].mean()
    return filled


@one_thread
def normal_em(X: FloatArray) -> Filled:
    """Fill with expectations under a multivariate normal fitted by the EM algorithm.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Every column with values that differ.

    Returns
    -------
    Filled

    References
    ----------
    Dempster, A., Laird, N. and Rubin, D. (1977). Maximum likelihood from incomplete data via the
    EM algorithm. Journal of the Royal Statistical Society B 39, 1-38. Little, R. and Rubin, D.
    (2002). Statistical Analysis with Missing Data, 2nd edition, section 11.2.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0], [2.0, 4.1], [3.0, 5.9], [4.0, np.nan]])
    >>> normal_em(X).values[3].round(3).tolist()
    [4.0, 7.9]
    """
    missing = np.isnan(X)
    centre, scale = np.nanmean(X, axis=0), np.nanstd(X, axis=0)
    Z = np.where(missing, 0.0, (X - centre) / scale)
    mean, covariance = np.zeros(X.shape[1]), np.cov(Z.T, bias=True).reshape(X.shape[1], -1)
    patterns, codes = np.unique(missing, axis=0, return_inverse=True)
    steps, change = 0, np.inf
    while change > EM_TOLERANCE and steps < EM_STEPS:
        Z, extra = _expect(Z, mean, covariance, patterns, codes.ravel())
        updated = Z.mean(axis=0)
        spread = (Z - updated).T @ (Z - updated) / len(Z) + extra / len(Z)
        change = max(float(np.abs(updated - mean).max()), float(np.abs(spread - covariance).max()))
        mean, covariance, steps = updated, spread, steps + 1
    Z, _ = _expect(Z, mean, covariance, patterns, codes.ravel())
    return Filled(
        values=np.where(missing, centre + scale * Z, X),
        mean=centre + scale * mean,
        covariance=covariance * np.outer(scale, scale),
        steps=steps,
        converged=change <= EM_TOLERANCE,
    )


def _expect(
    Z: FloatArray, mean: FloatArray, covariance: FloatArray, patterns: BoolArray, codes: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return conditional expectations, and the sum over rows of conditional covariances."""
    filled, extra = Z.copy(), np.zeros_like(covariance)
    for number, gone in enumerate(patterns):
        if not gone.any():
            continue
        rows = np.flatnonzero(codes == number)
        own = covariance[np.ix_(gone, gone)]
        if gone.all():
            filled[rows] = mean
            extra += len(rows) * covariance
            continue
        across = covariance[np.ix_(~gone, gone)]
        # least squares, since columns that are combinations of others make a singular matrix
        slope = np.linalg.lstsq(covariance[np.ix_(~gone, ~gone)], across, rcond=1e-12)[0]
        expected = mean[gone] + (Z[np.ix_(rows, ~gone)] - mean[~gone]) @ slope
        filled[np.ix_(rows, gone)] = expected
        extra[np.ix_(gone, gone)] += len(rows) * (own - across.T @ slope)
    return filled, extra


def linear_in_time(X: FloatArray, entity: IntArray, times: FloatArray) -> FloatArray:
    """Fill between the nearest periods of the same region by a line; ends stay missing.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Rows sorted by region and then by period.
    entity, times : ndarray, shape (n,)
        Region as a code, period as a number.

    Examples
    --------
    >>> X = np.array([[1.0], [np.nan], [4.0], [np.nan]])
    >>> linear_in_time(X, np.zeros(4, int), np.array([2000.0, 2001.0, 2003.0, 2004.0])).ravel()
    array([ 1.,  2.,  4., nan])
    """
    filled = X.copy()
    for code in np.unique(entity[np.isnan(X).any(axis=1)]):
        rows = np.flatnonzero(entity == code)
        for j in range(X.shape[1]):
            known = rows[~np.isnan(X[rows, j])]
            if 0 < len(known) < len(rows):
                filled[rows, j] = np.interp(
                    times[rows], times[known], X[known, j], left=np.nan, right=np.nan
                )
                filled[known, j] = X[known, j]
    return filled
