"""Weighted sums of impacts of very many models, with standard errors by the delta method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.numerics.likelihoods.many.along import Course
from workbench.numerics.likelihoods.many.jobs import Many
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Multiplier:
    """What turns coefficients into average impacts, at the ρ of each model, shapes (m,).

    Attributes
    ----------
    m, g : ndarray
        tr M/N and tr MW/N: direct impacts of one unit of β, of θ.
    sum_m, sum_g : ndarray
        1′M1/N and 1′MW1/N: total impacts.
    slopes : ndarray of shape (m, 4)
        Derivatives of the four in ρ.
    """

    m: FloatArray
    g: FloatArray
    sum_m: FloatArray
    sum_g: FloatArray
    slopes: FloatArray


def multiplier_of(
    W: CsrArray | None, rho: FloatArray, *, course: Course | None, lagged: BoolArray
) -> Multiplier:
    """Return the averages over regions that turn coefficients into impacts.

    Parameters
    ----------
    W : csr_array of shape (N, N) or None
        None where no model has W.
    rho : ndarray of shape (m,)
        0 for models without Wy.
    course : Course or None
        Traces of W along ρ; None where no model has Wy.
    lagged : ndarray of bool, shape (m,)
        Whether a model has Wy: for the others M is the identity, to the last bit.

    References
    ----------
    LeSage, J. and Pace, R. K. (2009). Introduction to Spatial Econometrics, 2.7.1.
    """
    one, zero = np.ones(rho.size), np.zeros(rho.size)
    found = Multiplier(one, zero.copy(), one.copy(), zero.copy(), np.zeros((rho.size, 4)))
    if W is None:
        return found
    n = W.shape[0]
    found.g[:] = W.diagonal().sum() / n
    found.sum_g[:] = W.sum() / n
    if course is not None and lagged.any():
        r = rho[lagged]
        tr_g, tr_g2, _, sum_m, sum_mw, slope_m, slope_mw, _ = course.traces(r).T / n
        found.m[lagged], found.g[lagged] = 1.0 + r * tr_g, tr_g
        found.sum_m[lagged], found.sum_g[lagged] = sum_m, sum_mw
        found.slopes[lagged] = np.stack([tr_g + r * tr_g2, tr_g2, slope_m, slope_mw], axis=1)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Combination:
    """Factors of impacts and parameters in an estimand of each model.

    Attributes
    ----------
    direct, total : ndarray of shape (m, p)
        Of the impacts of each regressor, at its own column and, where the model has it, at that
        of its spatial lag. An indirect impact is the total less the direct one.
    lag : ndarray of bool, shape (m, p)
        Whether a column is the spatial lag of a regressor.
    plain : ndarray of shape (m, p + 1)
        Of the coefficients themselves, and of the spatial parameter.
    """

    direct: FloatArray
    total: FloatArray
    lag: BoolArray
    plain: FloatArray

    def of(self, which: IntArray) -> Combination:
        """Return the combinations of some models."""
        return Combination(
            self.direct[which], self.total[which], self.lag[which], self.plain[which]
        )


def combined_impacts(
    found: Many, multiplier: Multiplier, combination: Combination
) -> tuple[FloatArray, FloatArray]:
    """Return a combination of impacts and parameters of each model, and its standard error.

    Parameters
    ----------
    found : Many
        m models over p regressors.
    multiplier : Multiplier
    combination : Combination

    Returns
    -------
    tuple of ndarray, each of shape (m,)
        By the delta method.
    """
    d, t, lag = combination.direct, combination.total, combination.lag
    m, g, sum_m, sum_g = (
        part[:, None] for part in (multiplier.m, multiplier.g, multiplier.sum_m, multiplier.sum_g)
    )
    slope = multiplier.slopes[:, :, None]
    gradient = np.where(lag, d * g + t * sum_g, d * m + t * sum_m) + combination.plain[:, :-1]
    turns = np.where(lag, d * slope[:, 1] + t * slope[:, 3], d * slope[:, 0] + t * slope[:, 2])
    along = (turns * found.beta).sum(axis=1) + combination.plain[:, -1]
    value = (gradient * found.beta).sum(axis=1) + combination.plain[:, -1] * found.spatial
    whole = np.column_stack([gradient, along])
    variance = (whole[:, None, :] @ found.covariance @ whole[:, :, None])[:, 0, 0]
    return value, np.sqrt(np.clip(variance, 0.0, None))
