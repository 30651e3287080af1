"""Two-stage least squares: estimates, projected regressors, instruments that add nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import CollinearityError, ValuesError
from workbench.numerics.regression.least_squares import (
    RANK_TOLERANCE,
    full_rank,
    linear_dependencies,
)
from workbench.numerics.sparse.matrices import as_columns, as_vector, freeze
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class TwoStage:
    """Two-stage least squares of y on Z with instruments H.

    Attributes
    ----------
    delta : ndarray of shape (k,)
        (Ẑ′Ẑ)⁻¹Ẑ′y.
    projected : ndarray of shape (n, k)
        Ẑ = H(H′H)⁻¹H′Z.
    inverse : ndarray of shape (k, k)
        (Ẑ′Ẑ)⁻¹; times a variance it is the classical covariance.
    residuals : ndarray of shape (n,)
        y − Zδ, with Z and not with Ẑ.
    basis : ndarray of shape (n, m)
        Orthonormal columns that span H.
    sse : float
        Sum of squared residuals.
    """

    delta: FloatArray
    projected: FloatArray
    inverse: FloatArray
    residuals: FloatArray
    basis: FloatArray
    sse: float


@one_thread
def two_stage(y: Any, Z: Any, *, H: Any) -> TwoStage:
    """Estimate y = Zδ + u with instruments H.

    Parameters
    ----------
    y : ndarray of shape (n,)
    Z : ndarray of shape (n, k)
        Regressors, those among them that are exogenous too.
    H : ndarray of shape (n, m), m ≥ k
        Instruments of full column rank: exogenous regressors and excluded ones.

    Returns
    -------
    TwoStage

    Raises
    ------
    ValuesError
        If there are fewer instruments than regressors, or too few observations.
    CollinearityError
        If the instruments do not tell the coefficients apart; ``offenders`` holds the positions
        of the columns of Z at fault.

    References
    ----------
    Kelejian, H. H. and Prucha, I. R. (1998). Journal of Real Estate Finance and Economics 17,
    pp. 99-121, equation 3.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> two_stage(1 + 2 * x, np.c_[np.ones(4), x], H=np.c_[np.ones(4), x**2]).delta.round(6)
    array([1., 2.])
    """
    y = as_vector(y, argument="y")
    Z = as_columns(Z, argument="Z", rows=y.size)
    H = as_columns(H, argument="H", rows=y.size)
    (n, k), m = Z.shape, H.shape[1]
    if m < k or n <= m:
        raise ValuesError(
            "instruments",
            expected=f"at least {k} instruments, the exogenous regressors among them, and more "
            "observations than that",
            found=f"{m} for {k} coefficients and {n} observations",
            why="with fewer the coefficients are not identified",
            remedy="more instruments, or fewer regressors; lags of regressors that are "
            "combinations of others instrument nothing",
        )
    return projected_fit(y, Z, basis_of(H))


def basis_of(H: FloatArray) -> FloatArray:
    """Return orthonormal columns that span H, free of the units of its columns."""
    return np.asarray(np.linalg.qr(H / np.linalg.norm(H, axis=0)).Q)


def projected_fit(y: FloatArray, Z: FloatArray, basis: FloatArray) -> TwoStage:
    """Estimate y = Zδ + u on the columns of Z projected on an orthonormal basis."""
    coordinates = basis.T @ Z
    projected = basis @ coordinates
    _identified(Z, coordinates)
    length = np.linalg.norm(coordinates, axis=0)
    Q, R = np.linalg.qr(coordinates / length)
    inverse_r = np.linalg.inv(R) / length[:, None]
    delta = inverse_r @ (Q.T @ (basis.T @ y))
    residuals = y - Z @ delta
    return TwoStage(
        freeze(delta),
        freeze(projected),
        freeze(inverse_r @ inverse_r.T),
        freeze(residuals),
        freeze(basis),
        float(residuals @ residuals),
    )


def _identified(Z: FloatArray, coordinates: FloatArray) -> None:
    """Refuse regressors whose projections are linear combinations of each other."""
    full_rank(Z)
    length = np.linalg.norm(Z, axis=0)
    seen = np.linalg.norm(coordinates, axis=0) > RANK_TOLERANCE * length
    found = linear_dependencies(np.where(seen, coordinates, 0.0))
    if found:
        raise CollinearityError(
            "instruments",
            expected="instruments that tell every coefficient apart",
            found="projections of the regressors that are linear combinations of each other",
            offenders=[dependency.columns[-1] for dependency in found],
            why="these coefficients are not identified",
            remedy="give other instruments",
        )


def independent(H: FloatArray, *, first: int) -> list[int]:
    """Return the positions of columns that are no combination of earlier ones.

    Parameters
    ----------
    H : ndarray of shape (n, m)
    first : int
        So many leading columns are known to be independent of each other.

    Examples
    --------
    >>> independent(np.array([[1.0, 0, 1], [1, 1, 2], [1, 2, 3]]), first=2)
    [0, 1]
    """
    redundant = {dependency.columns[-1] for dependency in linear_dependencies(H)}
    return [j for j in range(H.shape[1]) if j < first or j not in redundant]
