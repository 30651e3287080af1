"""Equations of a dynamic panel that effects of regions have left, and lags that instrument them.

Every equation is a combination of the disturbances ε of one region: L maps those of the levels,
(region, period) by (region, period), to those of the equations. Differences take ε_t − ε_{t−1},
orthogonal deviations c_t (ε_t − mean of all later ones), levels ε_t itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Transformation:
    """Equations as combinations of the rows of a panel.

    Attributes
    ----------
    L : csr_array of shape (r, n)
    region : ndarray of int, shape (r,)
        Of each equation.
    period : ndarray of int, shape (r,)
        That from which lags are counted: y_{t−2} and earlier are uncorrelated with the
        equation's disturbance where ε is not correlated over time. Of a deviation of period t
        from the later ones it is t + 1.
    """

    L: CsrArray
    region: IntArray
    period: IntArray


def differences(region: IntArray, period: IntArray) -> Transformation:
    """Return ε_t − ε_{t−1} wherever both rows are there.

    Parameters
    ----------
    region, period : ndarray of int, shape (n,)
        Of rows sorted by region, then period.

    Examples
    --------
    >>> made = differences(np.array([0, 0, 0, 1]), np.array([1, 2, 4, 1]))
    >>> made.L.toarray().tolist(), made.period.tolist()
    ([[-1.0, 1.0, 0.0, 0.0]], [2])
    """
    later = 1 + np.flatnonzero((np.diff(region) == 0) & (np.diff(period) == 1))
    r = len(later)
    rows = np.concatenate([np.arange(r), np.arange(r)])
    values = np.concatenate([np.ones(r), -np.ones(r)])
    places = np.concatenate([later, later - 1])
    L = sparse.csr_array((values, (rows, places)), shape=(r, len(region)))
    return Transformation(L, region[later], period[later])


def deviations(region: IntArray, period: IntArray) -> Transformation:
    """Return √(h/(h+1)) (ε_t − mean of the h later rows of the region), but for its last row.

    References
    ----------
    Arellano, M. and Bover, O. (1995). Journal of Econometrics 68, pp. 29–51, section 2.2.

    Examples
    --------
    >>> made = deviations(np.array([0, 0, 0]), np.array([1, 2, 3]))
    >>> (made.L @ made.L.T).toarray().round(12).tolist(), made.period.tolist()
    ([[1.0, 0.0], [0.0, 1.0]], [2, 3])
    """
    ends = np.searchsorted(region, region, side="right")
    left = ends - np.arange(len(region)) - 1
    own = np.flatnonzero(left > 0)
    rows = np.repeat(np.arange(len(own)), left[own] + 1)
    places = np.concatenate([np.arange(j, ends[j]) for j in own]) if len(own) else own
    h = np.repeat(left[own], left[own] + 1).astype(np.float64)
    first = places == np.repeat(own, left[own] + 1)
    values = np.sqrt(h / (h + 1.0)) * np.where(first, 1.0, -1.0 / h)
    L = sparse.csr_array((values, (rows, places)), shape=(len(own), len(region)))
    return Transformation(L, region[own], period[own] + 1)


def levels(region: IntArray, period: IntArray) -> Transformation:
    """Return the rows as they are.

    Examples
    --------
    >>> levels(np.array([0, 0]), np.array([1, 2])).L.toarray().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    L = sparse.csr_array(sparse.eye_array(len(region)))
    return Transformation(L, region, period)


def stacked(parts: tuple[Transformation, ...]) -> Transformation:
    """Return the equations of several transformations, one below the other.

    Examples
    --------
    >>> region, period = np.array([0, 0]), np.array([1, 2])
    >>> stacked((differences(region, period), levels(region, period))).period.tolist()
    [2, 1, 2]
    """
    return Transformation(
        sparse.csr_array(sparse.vstack([part.L for part in parts])),
        np.concatenate([part.region for part in parts]),
        np.concatenate([part.period for part in parts]),
    )


def lagged_instruments(
    cube: FloatArray, at: Transformation, *, lags: tuple[int, int], collapse: bool
) -> tuple[FloatArray, tuple[tuple[int, int], ...]]:
    """Return lags of a variable as instruments, zero where they are not observed.

    Parameters
    ----------
    cube : ndarray of shape (N, T)
        Missing values are not a number.
    at : Transformation
    lags : (int, int)
        First and last.
    collapse : bool
        A column a lag; without, a column a lag and period (Holtz-Eakin, Newey and Rosen 1988).

    Returns
    -------
    columns : ndarray of shape (r, m)
    told : tuple of (int, int)
        Lag and period of each column, −1 for all periods. Columns of zeros are left out.

    Examples
    --------
    >>> at = differences(np.array([0, 0, 0]), np.array([1, 2, 3]))
    >>> y = np.array([[5.0, 6.0, 7.0, 8.0]])
    >>> lagged_instruments(y, at, lags=(2, 3), collapse=True)[0].tolist()
    [[5.0, 0.0], [6.0, 5.0]]
    """
    columns, told = [], []
    periods = [-1] if collapse else sorted(set(at.period.tolist()))
    for lag in range(lags[0], min(lags[1], cube.shape[1] - 1) + 1):
        before = at.period - lag
        seen = before >= 0
        column = np.zeros(len(before))
        column[seen] = cube[at.region[seen], before[seen]]
        column = np.where(np.isnan(column), 0.0, column)
        for period in periods:
            own = column if period < 0 else np.where(at.period == period, column, 0.0)
            if own.any():
                columns.append(own)
                told.append((lag, period))
    if not columns:
        return np.empty((len(at.period), 0)), ()
    return np.column_stack(columns), tuple(told)


def less_means(columns: FloatArray, groups: IntArray) -> FloatArray:
    """Take the mean of each group of equations out of columns, shape (r, k).

    Examples
    --------
    >>> less_means(np.array([[1.0], [3.0], [7.0]]), np.array([0, 0, 1])).ravel().tolist()
    [-1.0, 1.0, 0.0]
    """
    _, codes = np.unique(groups, return_inverse=True)
    sums = np.zeros((int(codes.max()) + 1, columns.shape[1]))
    np.add.at(sums, codes, columns)
    return np.asarray(columns - (sums / np.bincount(codes)[:, None])[codes])
