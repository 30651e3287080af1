"""Complexity: the second eigenvector of walks between regions, and reflections that lead to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.typing import FloatArray

DENSE = 1500
"""Size up to which the leading eigenvectors are found from the whole matrix."""

NO_SPREAD = 1e-10
"""Spread, as a share of the size, below which numbers are taken to be equal."""


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Second eigenvectors of the walks region → activity → region and back.

    Attributes
    ----------
    rows : ndarray, shape (n,)
        K with K_r = Σ_c M_rc Q_c / d_r / √λ: of the matrix D⁻¹ M U⁻¹ M′; the sign is that of a
        non-negative correlation with the row sums, the length arbitrary.
    columns : ndarray, shape (k,)
        Q of U⁻¹ M′ D⁻¹ M, in the length that makes the equation above hold.
    second, third : float
        The second and third eigenvalue λ; the first is 1.
    """

    rows: FloatArray
    columns: FloatArray
    second: float
    third: float


def spectrum(M: FloatArray) -> Spectrum:
    """Return the second eigenvectors of a table without empty rows or columns.

    The symmetric matrix A = D^-½ M U^-½ has singular values √λ; with its vectors x, z it is
    K = D^-½ x and Q = U^-½ z. They are found from A′A or AA′, whichever is smaller.

    Examples
    --------
    >>> found = spectrum(np.array([[1.0, 1.0], [1.0, 0.0]]))
    >>> round(found.second, 12), (found.rows / found.rows[0]).round(12).tolist()
    (0.25, [1.0, -2.0])
    """
    d, u = M.sum(axis=1), M.sum(axis=0)
    A = M / np.sqrt(d)[:, None] / np.sqrt(u)
    wide = A.shape[0] <= A.shape[1]
    values, vectors = _leading(A @ A.T if wide else A.T @ A)
    second = float(min(max(values[1], 0.0), 1.0))
    third = float(min(max(values[2], 0.0), 1.0)) if len(values) > 2 else 0.0
    # one side from the other, so that the equation between them holds to rounding
    if wide:
        x = vectors[:, 1]
        z = A.T @ x
        z = z / np.linalg.norm(z) if second > 0 else z
    else:
        z = vectors[:, 1]
        x = A @ z
        x = x / np.linalg.norm(x) if second > 0 else x
    rows, columns = x / np.sqrt(d), z / np.sqrt(u)
    sign = _sign(rows, columns, d, u)
    return Spectrum(sign * rows, sign * columns, second, third)


def _leading(S: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return up to three largest eigenvalues and their vectors, the largest first."""
    size = len(S)
    if size <= DENSE:
        from scipy.linalg import eigh

        low = max(size - 3, 0)
        values, vectors = eigh(S, subset_by_index=[low, size - 1])
    else:
        from scipy.sparse.linalg import eigsh

        # a start that depends on nothing but the size
        start = 1.0 + np.arange(size) / size
        values, vectors = eigsh(S, k=3, which="LA", v0=start, tol=0.0)
        order = np.argsort(values)
        values, vectors = values[order], vectors[:, order]
    return values[::-1].copy(), vectors[:, ::-1].copy()


def _sign(rows: FloatArray, columns: FloatArray, d: FloatArray, u: FloatArray) -> float:
    """Return the sign: with the row sums, else against the column sums, else the first row up."""
    for against, of, turn in ((d, rows, 1.0), (u, columns, -1.0)):
        slope = turn * correlation(of, against)
        if abs(slope) > NO_SPREAD:
            return float(np.sign(slope))
    largest = rows[np.argmax(np.abs(rows) > NO_SPREAD * np.abs(rows).max())]
    return -1.0 if largest < 0 else 1.0


def correlation(a: FloatArray, b: FloatArray) -> float:
    """Return Pearson's correlation, 0 where one of the two does not vary.

    Examples
    --------
    >>> correlation(np.array([1.0, 2.0]), np.array([3.0, 3.0]))
    0.0
    """
    x, y = a - a.mean(), b - b.mean()
    size: Any = np.sqrt((x @ x) * (y @ y))
    if not spreads(a) or not spreads(b):
        return 0.0
    return float(x @ y / size)


def spreads(values: FloatArray) -> bool:
    """Return whether values differ by more than rounding."""
    scale = float(np.abs(values).max(initial=0.0))
    return bool(np.ptp(values) > NO_SPREAD * scale) if scale > 0 else False


def standardised(values: FloatArray) -> FloatArray:
    """Return values with mean 0 and standard deviation 1, the divisor being their number.

    Examples
    --------
    >>> standardised(np.array([1.0, 3.0])).tolist()
    [-1.0, 1.0]
    """
    return np.asarray((values - values.mean()) / values.std())


@dataclass(frozen=True, slots=True)
class Reflections:
    """Numbers of the method of reflections, up to a positive factor and a constant.

    Attributes
    ----------
    rows : ndarray, shape (n,)
        k_{r,N}, standardised; zeros where rows do not differ.
    columns : ndarray, shape (k,)
        k_{c,N−1}, likewise.
    """

    rows: FloatArray
    columns: FloatArray


def reflections(M: FloatArray, iterations: int) -> Reflections:
    """Iterate k_{r,N} = Σ_c M_rc k_{c,N−1} / d_r and k_{c,N} = Σ_r M_rc k_{r,N−1} / u_c.

    k_{r,0} = d (Hidalgo and Hausmann 2009); with N even nothing else enters. Every step is an
    average, hence a constant added to all numbers of a step, or a factor, passes through to the
    last; both are taken out, so that differences do not drown in rounding.

    Parameters
    ----------
    M : ndarray, shape (n, k)
        Without empty rows or columns.
    iterations : int
        N, even.

    Examples
    --------
    >>> found = reflections(np.array([[1.0, 1.0], [1.0, 0.0]]), 2)
    >>> found.rows.round(6).tolist(), found.columns.round(6).tolist()
    ([1.0, -1.0], [-1.0, 1.0])
    """
    d, u = M.sum(axis=1), M.sum(axis=0)
    rows, columns = _unit(d), np.zeros_like(u)
    for _ in range(iterations // 2):
        columns = _unit(M.T @ rows / u)
        rows = _unit(M @ columns / d)
    return Reflections(rows, columns)


def _unit(values: FloatArray) -> FloatArray:
    return standardised(values) if spreads(values) else np.zeros_like(values)
