"""Least squares by QR: estimates, dependent columns, conditioning, robust covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg

from workbench.errors import CollinearityError, ValuesError
from workbench.numerics.sparse.matrices import as_columns, as_vector, freeze
from workbench.typing import FloatArray

RANK_TOLERANCE = 1e-9
# Share of a column's length that must remain beside the earlier columns: rounding of
# products of six-digit data leaves about 1e-13, a column worth estimating far more.


@dataclass(frozen=True, slots=True)
class Dependency:
    """One exact linear combination of columns of X that is zero.

    Attributes
    ----------
    columns : tuple of int
        Positions of the columns involved; the last one is the one to leave out.
    coefficients : tuple of float
        ``Σ coefficients · X[:, columns] = 0``; the last coefficient is 1.
    """

    columns: tuple[int, ...]
    coefficients: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LeastSquares:
    """Ordinary least squares of y on X.

    Attributes
    ----------
    beta : ndarray of shape (k,)
    xtx_inverse : ndarray of shape (k, k)
        (X′X)⁻¹ from the QR factor; times a variance it is the classical covariance.
    residuals, fitted : ndarray of shape (n,)
    sse : float
        Sum of squared residuals.
    sigma2 : float
        sse/(n − k), unbiased.
    sigma2_ml : float
        sse/n, maximum likelihood.
    loglik : float
        Gaussian log-likelihood at the estimates, with all constants.
    n, k : int
    """

    beta: FloatArray
    xtx_inverse: FloatArray
    residuals: FloatArray
    fitted: FloatArray
    sse: float
    sigma2: float
    sigma2_ml: float
    loglik: float
    n: int
    k: int


def linear_dependencies(X: Any) -> tuple[Dependency, ...]:
    """Find every linear dependency among the columns of `X`.

    Columns are taken in order, so that of two equal columns the later one is reported.

    Parameters
    ----------
    X : ndarray of shape (n, k)

    Returns
    -------
    tuple of Dependency
        Empty where X has full column rank.

    Examples
    --------
    >>> X = np.array([[1.0, 0, 1], [1, 1, 2], [1, 2, 3], [1, 5, 6]])
    >>> linear_dependencies(X)
    (Dependency(columns=(0, 1, 2), coefficients=(-1.0, -1.0, 1.0)),)
    """
    columns = np.asarray(X, dtype=np.float64)
    length = np.linalg.norm(columns, axis=0)
    basis = np.empty((columns.shape[0], 0))
    kept: list[int] = []
    found = []
    for j in range(columns.shape[1]):
        if length[j] == 0.0:
            found.append(Dependency((j,), (1.0,)))
            continue
        unit = columns[:, j] / length[j]
        rest = unit - basis @ (basis.T @ unit)
        rest -= basis @ (basis.T @ rest)  # twice is enough (Kahan and Parlett)
        remaining = float(np.linalg.norm(rest))
        if remaining <= RANK_TOLERANCE or len(kept) == columns.shape[0]:
            found.append(_dependency(columns, length, kept, j))
            continue
        basis = np.column_stack([basis, rest / remaining])
        kept.append(j)
    return tuple(found)


def _dependency(columns: FloatArray, length: FloatArray, kept: list[int], j: int) -> Dependency:
    scaled = columns[:, kept] / length[kept]
    weights = np.linalg.lstsq(scaled, columns[:, j] / length[j], rcond=None)[0]
    # Columns that contribute less than a millionth are rounding, not part of the dependency.
    used = np.flatnonzero(np.abs(weights) > 1e-6 * np.abs(weights).max())
    others = tuple(kept[int(u)] for u in used)
    raw = (float(-weights[u] * length[j] / length[kept[int(u)]]) for u in used)
    # Nine digits: what a reader can use, free of the rounding of the solve.
    return Dependency((*others, j), (*(float(f"{value:.9g}") for value in raw), 1.0))


def least_squares(y: Any, X: Any) -> LeastSquares:
    """Estimate y = Xβ + ε by QR.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        Including the constant where one is wanted; n > k.

    Returns
    -------
    LeastSquares

    Raises
    ------
    ValuesError
        If a value is missing or infinite, shapes disagree, or n ≤ k.
    CollinearityError
        If a column is a linear combination of earlier ones; ``offenders`` holds their positions.

    Examples
    --------
    >>> fit = least_squares(np.array([1.0, 3.0, 5.0, 7.5]), np.c_[np.ones(4), np.arange(4)])
    >>> fit.beta.round(3)
    array([0.9 , 2.15])
    """
    y = as_vector(y, argument="y")
    X = as_columns(X, argument="X", rows=y.shape[0])
    n, k = X.shape
    if n <= k:
        raise ValuesError(
            "X",
            expected=f"fewer columns than the {n} observations",
            found=f"{k} columns",
            why="no degrees of freedom remain for the variance",
        )
    full_rank(X)
    length = np.linalg.norm(X, axis=0)
    Q, R = np.linalg.qr(X / length)
    beta = linalg.solve_triangular(R, Q.T @ y) / length
    residuals = y - X @ beta
    sse = float(residuals @ residuals)
    inverse_r = linalg.solve_triangular(R, np.eye(k)) / length[:, None]
    return LeastSquares(
        beta=freeze(beta),
        xtx_inverse=freeze(inverse_r @ inverse_r.T),
        residuals=freeze(residuals),
        fitted=freeze(X @ beta),
        sse=sse,
        sigma2=sse / (n - k),
        sigma2_ml=sse / n,
        loglik=gaussian_loglik(sse, n),
        n=n,
        k=k,
    )


def full_rank(X: FloatArray) -> None:
    """Raise :class:`CollinearityError` with column positions unless `X` has full column rank."""
    found = linear_dependencies(X)
    if found:
        spelt = "; ".join(
            " ".join(
                f"{value:+.4g}*column {column}"
                for column, value in zip(d.columns, d.coefficients, strict=True)
            )
            + " = 0"
            for d in found
        )
        raise CollinearityError(
            "X",
            expected="columns that are not linear combinations of each other",
            found=spelt,
            offenders=[d.columns[-1] for d in found],
            why="the coefficients of these columns are not determined",
            remedy="leave out one column of each combination",
        )


def gaussian_loglik(sse: float, n: int) -> float:
    """Return −n/2 (log 2π + log(sse/n) + 1), the log-likelihood at σ² = sse/n."""
    with np.errstate(divide="ignore"):
        return float(-0.5 * n * (np.log(2.0 * np.pi) + np.log(sse / n) + 1.0))


def hc1_covariance(X: Any, residuals: Any) -> FloatArray:
    """Return the heteroskedasticity-robust covariance of β, HC1, shape (k, k).

    n/(n − k) (X′X)⁻¹ X′diag(e²)X (X′X)⁻¹ (MacKinnon and White 1985).

    Examples
    --------
    >>> X = np.c_[np.ones(4), [0.0, 1, 2, 3]]
    >>> hc1_covariance(X, np.array([0.1, -0.1, -0.1, 0.1])).shape
    (2, 2)
    """
    e = as_vector(residuals, argument="residuals")
    X = as_columns(X, argument="X", rows=e.shape[0])
    n, k = X.shape
    bread = np.linalg.qr(X)
    influence = linalg.solve_triangular(bread.R, bread.Q.T)  # (X'X)^-1 X', (k, n)
    weighted = influence * e
    return np.asarray(freeze(n / (n - k) * weighted @ weighted.T))


def condition_number(X: Any) -> float:
    """Return the condition number of `X` with columns scaled to unit length, not centred.

    Above 30, collinearity harms estimates (Belsley, Kuh and Welsch 1980, section 3.2).

    Examples
    --------
    >>> round(condition_number(np.eye(3)), 6)
    1.0
    """
    columns = np.asarray(X, dtype=np.float64)
    singular = np.linalg.svd(columns / np.linalg.norm(columns, axis=0), compute_uv=False)
    return float(singular[0] / singular[-1])
