"""Tests of the functional form, and of variances beside a spatial parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, stats

from workbench.numerics.regression.least_squares import least_squares, linear_dependencies
from workbench.numerics.responses.diagonals import lag_diagonals
from workbench.numerics.scores.chi_square import ChiSquare, chi_square
from workbench.numerics.sparse.matrices import as_columns, as_vector, as_weights
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class SmallSample:
    """An F statistic, or a squared t one.

    Attributes
    ----------
    statistic : float
    df : tuple of int
        Of numerator and denominator.
    pvalue : float
        Upper tail.
    """

    statistic: float
    df: tuple[int, int]
    pvalue: float


def reset(
    y: Any, X: Any, *, powers: tuple[int, ...] = (2, 3), case_weights: Any = None
) -> SmallSample | None:
    """Test whether powers of the fitted values help: F test of their coefficients.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
    powers : tuple of int
        Powers of the fitted values that are added.
    case_weights : ndarray of shape (n,), optional
        c > 0, where variances are σ²/c: both regressions are weighted.

    Returns
    -------
    SmallSample or None
        None where the powers are linear combinations of X (regressors that are all dummies) or
        use up the degrees of freedom.

    References
    ----------
    Ramsey, J. B. (1969). Tests for specification errors in classical linear least-squares
    regression analysis. JRSS B 31, 350-371.

    Examples
    --------
    >>> X = np.c_[np.ones(7), np.arange(7.0)]
    >>> reset(np.array([0.0, 1, 4, 9, 16, 25, 37]), X).df
    (2, 3)
    """
    values = as_vector(y, argument="y")
    X = as_columns(X, argument="X", rows=values.size)
    root = _root(values, case_weights)
    small = least_squares(root[:, 0] * values, root * X)
    added = root * _powers(small.fitted / root[:, 0], powers)
    return _added(root[:, 0] * values, root * X, added, small.sse)


def link(y: Any, X: Any, *, case_weights: Any = None) -> SmallSample | None:
    """Test whether the square of the fitted values helps beside them alone.

    Parameters
    ----------
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        With the constant.
    case_weights : ndarray of shape (n,), optional
        As in :func:`reset`.

    Returns
    -------
    SmallSample or None
        Squared t statistic of ŷ² in y on (1, ŷ, ŷ²), F(1, n − 3).

    References
    ----------
    Pregibon, D. (1980). Goodness of link tests for generalized linear models. Applied
    Statistics 29, 15-24. Tukey, J. W. (1949). One degree of freedom for non-additivity.

    Examples
    --------
    >>> X = np.c_[np.ones(6), np.arange(6.0)]
    >>> link(np.array([0.0, 1, 4, 9, 16, 26]), X).df
    (1, 3)
    """
    values = as_vector(y, argument="y")
    root = _root(values, case_weights)
    y = root[:, 0] * values
    fitted = least_squares(y, root * as_columns(X, argument="X", rows=values.size)).fitted
    fitted = fitted / root[:, 0]
    both = root * np.column_stack([np.ones(values.size), _powers(fitted, (1,))])
    if linear_dependencies(both):
        return None
    return _added(y, both, root * _powers(fitted, (2,)), least_squares(y, both).sse)


def _root(y: FloatArray, case_weights: Any) -> FloatArray:
    """Return √c as a column of shape (n, 1)."""
    if case_weights is None:
        return np.ones((y.size, 1))
    return np.sqrt(as_vector(case_weights, argument="case_weights", size=y.size))[:, None]


def _powers(fitted: FloatArray, powers: tuple[int, ...]) -> FloatArray:
    # Standardised first: the span beside a constant is the same, rounding is not.
    spread = float(fitted.std())
    unit = (fitted - fitted.mean()) / (spread if spread > 0.0 else 1.0)
    return np.column_stack([unit**power for power in powers])


def _added(y: FloatArray, X: FloatArray, columns: FloatArray, sse: float) -> SmallSample | None:
    large = np.column_stack([X, columns])
    extra, rest = columns.shape[1], y.size - large.shape[1]
    if rest <= 0 or linear_dependencies(large):
        return None
    remaining = least_squares(y, large).sse
    value = (sse - remaining) / extra / (remaining / rest)
    return SmallSample(value, (extra, rest), float(stats.f.sf(value, extra, rest)))


def spatial_breusch_pagan(
    residuals: Any, Z: Any, *, W: Any, spatial: float, variance: float
) -> ChiSquare:
    """Test constant variance in a fitted spatial lag or error model.

    Parameters
    ----------
    residuals : ndarray of shape (n,)
        ε̂ of the model.
    Z : ndarray of shape (n, q)
        What the variance may depend on, with the constant; q − 1 degrees of freedom.
    W : sparse array or ndarray of shape (n, n)
    spatial : float
        ρ̂ or λ̂.
    variance : float
        Its estimated variance.

    Returns
    -------
    ChiSquare
        With z centred, f_i = ε̂_i²/σ̂² − 1, G = W(I − ρ̂W)⁻¹ and g its diagonal:
        ½f′z [½z′z − Var(ρ̂) z′g g′z]⁻¹ ½z′f. The second term, absent from Breusch and Pagan's own
        test, is there because ρ is estimated and a variance that differs moves it.

    Notes
    -----
    Valid under normal errors. An n × n system is solved densely.

    References
    ----------
    Anselin, L. (1988). Lagrange multiplier test diagnostics for spatial dependence and spatial
    heterogeneity. Geographical Analysis 20, 1-17. Breusch, T. and Pagan, A. (1979).
    Econometrica 47, 1287-1294.

    Examples
    --------
    >>> W = np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)
    >>> Z = np.c_[np.ones(4), [0.0, 1.0, 0.0, 2.0]]
    >>> spatial_breusch_pagan([1.0, -1, 2, -2], Z, W=W, spatial=0.1, variance=0.01).df
    1
    """
    weights = as_weights(W)
    e = as_vector(residuals, argument="residuals", size=weights.shape[0])
    Z = as_columns(Z, argument="Z", rows=e.size)
    centred = Z - Z.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    # The constant is centred to nothing; the others are scaled to a common length.
    z = centred[:, length > 1e-12 * np.linalg.norm(Z, axis=0)]
    z = z / np.linalg.norm(z, axis=0)
    g = lag_diagonals(weights, spatial)[0]
    score = 0.5 * (z.T @ (e**2 / np.mean(e**2) - 1.0))
    moved = z.T @ g
    information = 0.5 * (z.T @ z) - variance * np.outer(moved, moved)
    try:
        solved = linalg.solve(information, score, assume_a="pos")
    except linalg.LinAlgError:
        return chi_square(float("nan"), z.shape[1])
    return chi_square(float(score @ solved), z.shape[1])
