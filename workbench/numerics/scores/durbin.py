"""Score tests that tell a lagged outcome from lagged regressors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg

from workbench.numerics.regression.least_squares import least_squares, linear_dependencies
from workbench.numerics.scores.chi_square import ChiSquare, chi_square
from workbench.numerics.scores.lagrange import second_trace
from workbench.numerics.sparse.matrices import as_columns, as_vector, as_weights
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class DurbinScores:
    """Score tests of y = Xβ + ε against ρWy and WZθ.

    Attributes
    ----------
    wx : ChiSquare
        θ = 0 where ρ = 0; as many degrees of freedom as Z has columns.
    robust_wx : ChiSquare
        θ = 0 where ρ may be locally different from 0.
    robust_lag : ChiSquare
        ρ = 0 where θ may be locally different from 0; one degree of freedom.
    joint : ChiSquare
        ρ = 0 and θ = 0, against the spatial Durbin model.
    joint_error : ChiSquare
        λ = 0 and θ = 0, against the spatial Durbin error model: the sum of the tests of each.
    """

    wx: ChiSquare
    robust_wx: ChiSquare
    robust_lag: ChiSquare
    joint: ChiSquare
    joint_error: ChiSquare


def durbin_scores(y: Any, X: Any, *, Z: Any, W: Any) -> DurbinScores | None:
    """Compute the score tests against a spatial Durbin and a spatial Durbin error model.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        With the constant.
    Z : ndarray of shape (n, q)
        The regressors whose lags the alternative adds: columns of X without the constant.
    W : sparse array or ndarray of shape (n, n)
        Any weights; islands are allowed, nothing is assumed of row sums.

    Returns
    -------
    DurbinScores or None
        None where [X, WZ] is not of full column rank or leaves no degree of freedom: the
        alternative cannot be estimated.

    Notes
    -----
    With e least-squares residuals, s² = e′e/n, M = I − X(X′X)⁻¹X′, T = tr(W′W + W²): scores
    d_ρ = e′Wy/s² and d_θ = (WZ)′e/s², whose information beside β is J_ρρ = (WXb)′M(WXb)/s² + T,
    J_θθ = (WZ)′M(WZ)/s² and J_θρ = (WZ)′M(WXb)/s² (σ² is orthogonal to both as tr W = 0). The
    robust forms correct each score for the other, as Bera and Yoon (1993) do. Where W's rows
    have one sum and X has a constant, WXb lies in the span of [X, WZ] and robust_lag equals LM
    error, joint = LM error + LM WX + ...: with islands these identities do not hold.

    References
    ----------
    Koley, M. and Bera, A. (2024). To use, or not to use the spatial Durbin model? That is the
    question. Spatial Economic Analysis 19(1), 30-56. Bera, A. and Yoon, M. (1993).
    Specification testing with locally misspecified alternatives. Econometric Theory 9, 649-658.

    Examples
    --------
    >>> W = np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)
    >>> y = np.array([1.0, 2.0, 2.5, 4.0, 6.0, 5.0])
    >>> X = np.c_[np.ones(6), [0.0, 1, 0, 2, 1, 3]]
    >>> durbin_scores(y, X, Z=X[:, 1:], W=W).joint.df
    2
    """
    weights = as_weights(W)
    values = as_vector(y, argument="y", size=weights.shape[0])
    X = as_columns(X, argument="X", rows=values.size)
    WZ = weights @ as_columns(Z, argument="Z", rows=values.size)
    both = np.column_stack([X, WZ])
    if both.shape[1] >= values.size or linear_dependencies(both):
        return None
    fit = least_squares(values, X)
    s2 = fit.sigma2_ml
    columns = np.column_stack([fit.residuals, weights @ values, weights @ fit.fitted, WZ])
    trace = second_trace(weights)
    e, score, J = _score(_beside(X, columns), s2, trace)
    q = WZ.shape[1]
    on_theta = linalg.solve(J[1:, 1:], np.column_stack([J[1:, 0], score[1:]]), assume_a="pos")
    lag = score[0] - J[0, 1:] @ on_theta[:, 1]
    spread = J[0, 0] - J[0, 1:] @ on_theta[:, 0]
    wx = float(score[1:] @ on_theta[:, 1])
    joint = float(score @ linalg.solve(J, score, assume_a="pos"))
    error = float(e @ (weights @ e)) / s2
    return DurbinScores(
        wx=chi_square(wx, q),
        # joint = LM of ρ alone + robust test of θ (both partitions of one quadratic form).
        robust_wx=chi_square(joint - score[0] ** 2 / J[0, 0], q),
        robust_lag=chi_square(lag**2 / spread, 1),
        joint=chi_square(joint, q + 1),
        joint_error=chi_square(error**2 / trace + wx, q + 1),
    )


def _score(
    beside: FloatArray, s2: float, trace: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return residuals, score and information of (ρ, θ) from e, Wy, WXb and WZ beside X.

    Beside X e′Wy is e′MWy; in Wy itself a high level of y would drown the rest. Lags in units of
    their length over s leave the statistics as they are, and J well conditioned.
    """
    e, lagged_y = beside[:, 0], beside[:, 1]
    unit = beside[:, 3:] / np.linalg.norm(beside[:, 3:], axis=0)
    lagged = np.column_stack([beside[:, 2] / np.sqrt(s2), unit])
    J = lagged.T @ lagged
    J[0, 0] += trace
    return e, np.append(e @ lagged_y / s2, unit.T @ e / np.sqrt(s2)), J


def _beside(X: FloatArray, columns: FloatArray) -> FloatArray:
    """Return the residuals of columns on X; projected twice, as Gram-Schmidt needs."""
    Q = np.linalg.qr(X).Q
    rest = columns - Q @ (Q.T @ columns)
    return np.asarray(rest - Q @ (Q.T @ rest))
