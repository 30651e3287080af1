"""Outlying values of indicators: found by skewness and kurtosis or by quartiles, and treated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.typing import BoolArray, FloatArray

SKEWNESS = 2.0
"""Absolute skewness above which, together with :data:`KURTOSIS`, a column has outliers."""
KURTOSIS = 3.5
"""Excess kurtosis above which, together with :data:`SKEWNESS`, a column has outliers."""
FENCE = 1.5
"""Interquartile ranges beyond the quartiles at which a value is outlying (Tukey 1977)."""
SHIFT = 0.01
"""Share of the range added above the minimum before a logarithm is taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Treated:
    """Columns after the treatment of outliers.

    Attributes
    ----------
    values : ndarray, shape (n, k)
        Columns that were not treated come back as they were.
    moved : ndarray of bool, shape (n, k)
        Cells that were winsorised or trimmed.
    transformed : ndarray of bool, shape (k,)
        Columns whose scale was changed as a whole.
    """

    values: FloatArray
    moved: BoolArray
    transformed: BoolArray


def shape(X: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return skewness and excess kurtosis of each column, corrected for bias, shapes (k,).

    The corrected coefficients G₁ and G₂ of Joanes and Gill (1998), The Statistician 47, 183-189;
    a column without differences has zeros. At least four rows.

    Examples
    --------
    >>> skewness, kurtosis = shape(np.array([[1.0], [2.0], [3.0], [10.0]]))
    >>> skewness.round(3).item(), kurtosis.round(3).item()
    (1.764, 3.228)
    """
    n = len(X)
    D = X - X.mean(axis=0)
    second = (D**2).mean(axis=0)
    flat = second <= (1e-12 * np.abs(X).max(axis=0)) ** 2
    base = np.where(flat, 1.0, second)
    skewness = (D**3).mean(axis=0) / base**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    excess = (D**4).mean(axis=0) / base**2 - 3.0
    kurtosis = ((n + 1) * excess + 6.0) * (n - 1) / ((n - 2) * (n - 3))
    return np.where(flat, 0.0, skewness), np.where(flat, 0.0, kurtosis)


def outlying(X: FloatArray) -> BoolArray:
    """Return which columns have outliers: |skewness| above 2 and excess kurtosis above 3.5.

    The convention of the JRC's audits, e.g. Saisana and others (2011), Rickety numbers.

    Examples
    --------
    >>> outlying(np.array([*range(1, 11), 100.0])[:, None]).tolist()
    [True]
    """
    skewness, kurtosis = shape(X)
    return np.asarray((np.abs(skewness) > SKEWNESS) & (kurtosis > KURTOSIS))


def winsorise(X: FloatArray, most: int) -> Treated:
    """Set the outermost values to the next ones until the column has no outliers.

    The side is that of the skewness; equal values move together. A column that would still have
    outliers after `most` moved values is taken as it was and its logarithm is used
    (:func:`logarithm`), since so many values are no outliers but a skewed distribution.

    Examples
    --------
    >>> winsorise(np.array([*range(1, 11), 100.0])[:, None], 5).values.ravel()[-2:].tolist()
    [10.0, 10.0]
    """
    values, moved = X.copy(), np.zeros(X.shape, dtype=bool)
    failed = outlying(X)
    for j in np.flatnonzero(failed).tolist():
        values[:, j], moved[:, j], failed[j] = _pulled_in(X[:, j], most)
    values[:, failed] = logarithm(X[:, failed])
    moved[:, failed] = False
    return Treated(values, moved, failed)


def _pulled_in(column: FloatArray, most: int) -> tuple[FloatArray, BoolArray, bool]:
    """Return a column after winsorising, what was moved, and whether it still has outliers."""
    values, moved = column.copy(), np.zeros(len(column), dtype=bool)
    while True:
        skewness, kurtosis = (float(part[0]) for part in shape(values[:, None]))
        if abs(skewness) <= SKEWNESS or kurtosis <= KURTOSIS:
            return values, moved, False
        high = skewness > 0
        outer = values == (values.max() if high else values.min())
        if (moved | outer).sum() > most:
            return values, moved, True
        rest = values[~outer]
        values[outer] = rest.max() if high else rest.min()
        moved |= outer


def trim(X: FloatArray) -> Treated:
    """Set values beyond the fences to them: 1.5 interquartile ranges outside the quartiles.

    A column whose quartiles are equal is left as it is: its fences would make it constant.

    Examples
    --------
    >>> trim(np.array([1.0, 2.0, 3.0, 4.0, 50.0])[:, None]).values.ravel().tolist()
    [1.0, 2.0, 3.0, 4.0, 7.0]
    """
    low, high = np.quantile(X, [0.25, 0.75], axis=0)
    reach = np.where(high > low, FENCE * (high - low), np.inf)
    values = np.clip(X, low - reach, high + reach)
    return Treated(values, values != X, np.zeros(X.shape[1], dtype=bool))


def logarithm(X: FloatArray) -> FloatArray:
    """Return log(x − min + 0.01 range) of each column, which does not depend on its unit.

    Up to a constant, which every normalisation but ratios takes out. Long lower tails are turned
    round first and back after, so that the longer side is the one that shrinks.

    Examples
    --------
    >>> logarithm(np.array([[0.0], [1.0]])).round(4).ravel().tolist()
    [-4.6052, 0.01]
    """
    side = np.where(shape(X)[0] < 0, -1.0, 1.0) if len(X) > 3 else np.ones(X.shape[1])
    return np.asarray(side * np.log(_above_zero(X * side)))


def box_cox(X: FloatArray) -> FloatArray:
    """Return Box and Cox's power of x − min + 0.01 range, with the exponent of largest likelihood.

    Box, G. and Cox, D. (1964). An analysis of transformations. Journal of the Royal Statistical
    Society B 26, 211-252. Columns are scaled to a range of one first, so units do not matter.
    """
    from scipy import stats  # takes long to import

    shifted = _above_zero(X)
    columns = [stats.boxcox(column)[0] for column in shifted.T]
    return np.column_stack(columns) if columns else shifted


def _above_zero(X: FloatArray) -> FloatArray:
    low = X.min(axis=0)
    span = X.max(axis=0) - low
    return np.asarray((X - low) / span + SHIFT)


def transform(X: FloatArray, *, power: bool) -> Treated:
    """Transform columns with outliers by :func:`logarithm`, or by :func:`box_cox` if `power`."""
    failed = outlying(X)
    values = X.copy()
    values[:, failed] = (box_cox if power else logarithm)(X[:, failed])
    return Treated(values, np.zeros(X.shape, dtype=bool), failed)
