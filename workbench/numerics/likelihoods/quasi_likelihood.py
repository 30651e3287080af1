"""Scores of spatial likelihoods: covariances without normality, and tests for added columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.likelihoods.wald import wald
from workbench.numerics.responses.diagonals import lag_diagonals
from workbench.numerics.responses.traces import solve_lag
from workbench.numerics.scores.chi_square import ChiSquare
from workbench.numerics.sparse.lag_and_error import lag_score_diagonal
from workbench.numerics.sparse.matrices import CsrArray, as_columns, as_vector, as_weights
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class Moments:
    """Second, third and fourth moments of disturbances with mean zero.

    Attributes
    ----------
    second, third, fourth : float
        σ², and for normal disturbances 0 and 3σ⁴.
    """

    second: float
    third: float
    fourth: float

    @property
    def skewness(self) -> float:
        """μ₃/σ³."""
        return float(self.third / self.second**1.5)

    @property
    def excess_kurtosis(self) -> float:
        """μ₄/σ⁴ − 3."""
        return float(self.fourth / self.second**2 - 3.0)


def moments_of(residuals: Any) -> Moments:
    """Return the moments of residuals around zero, dividing by n.

    Examples
    --------
    >>> moments_of([1.0, -1.0, 1.0, -1.0])
    Moments(second=1.0, third=0.0, fourth=1.0)
    """
    e = as_vector(residuals, argument="residuals")
    return Moments(*(float(np.mean(e**power)) for power in (2, 3, 4)))


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of a spatial likelihood as forms in ε: (Lᵢ′ε + ε′Pᵢε − σ² tr Pᵢ)/σ².

    Attributes
    ----------
    linear : ndarray of shape (n, p)
        L, a column a parameter.
    diagonal : ndarray of shape (n, p)
        The diagonals of P.
    """

    linear: FloatArray
    diagonal: FloatArray


@one_thread
def spatial_scores(
    Z: Any,
    beta: Any,
    *,
    W: Any = None,
    M: Any = None,
    rho: float = 0.0,
    lam: float = 0.0,
    sigma2: float,
    case_weights: Any = None,
) -> Scores:
    """Return the scores of (β, ρ, λ, σ²) in y = ρWy + Zβ + u, u = λMu + ε.

    With A = I − ρW and B = I − λM: BZ for β; L = BWA⁻¹Zβ and P = BWA⁻¹B⁻¹ for ρ; P = MB⁻¹ for
    λ; P = I/(2σ²) for σ².

    Parameters
    ----------
    Z : ndarray of shape (n, k)
        With WX, where the model has it.
    beta : ndarray of shape (k,)
    W, M : sparse arrays of shape (n, n), optional
        Weights of the lag and of the error; without one the model has not that parameter.
    rho, lam, sigma2 : float
        Estimates.
    case_weights : ndarray of shape (n,), optional
        c > 0: the variance of ε_i is σ²/c_i, and forms are in sqrt(c_i) ε_i.
    """
    lag = None if W is None else as_weights(W)
    error = None if M is None else lag if M is W else as_weights(M)
    linear = linear_scores(Z, beta, W=lag, M=error, rho=rho, lam=lam, case_weights=case_weights)
    diagonal = np.zeros(linear.shape)
    diagonal[:, -1] = 0.5 / sigma2
    if error is not None:
        diagonal[:, -2] = lag_diagonals(error, lam)[0]
    if lag is not None:
        at = -2 if error is None else -3
        of_error = lag if error is None else error
        diagonal[:, at] = lag_score_diagonal(lag, of_error, rho=rho, lam=lam)
    return Scores(linear, diagonal)


def linear_scores(
    Z: Any,
    beta: Any,
    *,
    W: CsrArray | None,
    M: CsrArray | None,
    rho: float,
    lam: float,
    case_weights: Any = None,
) -> FloatArray:
    """Return the linear parts alone, shape (n, p); their products are information over σ².

    Parameters are those of :func:`spatial_scores`.
    """
    n = len(Z)
    columns = as_columns(Z, argument="Z", rows=n)
    root = np.sqrt(np.ones(n) if case_weights is None else np.asarray(case_weights, np.float64))
    none = np.zeros((n, 1))
    parts = [columns if M is None else columns - lam * (M @ columns)]
    if W is not None:
        spread = W @ solve_lag(W, columns @ np.asarray(beta, np.float64), rho=rho)
        parts.append((spread if M is None else spread - lam * (M @ spread))[:, None])
    parts += [none] if M is None else [none, none]
    return np.asarray(root[:, None] * np.hstack(parts))


def added_score(
    added: FloatArray,
    residuals: FloatArray,
    *,
    linear: FloatArray,
    inverse: Any,
    sigma2: float,
    slopes: int,
) -> ChiSquare:
    """Test whether columns are missing from Z, by the score at the estimates without them.

    Parameters
    ----------
    added : ndarray of shape (n, q)
        BV, the columns V as the disturbance sees them.
    residuals : ndarray of shape (n,)
        ε̂ without them.
    linear : ndarray of shape (n, p)
        From :func:`linear_scores`.
    inverse : ndarray of shape (p, p)
        Inverse information of the parameters, σ² the last.
    sigma2 : float
    slopes : int
        How many of the parameters, the first, are those of Z.

    Returns
    -------
    ChiSquare
        s′(I_VV − I_Vψ I_ψψ⁻¹ I_ψV)⁻¹s with s = (BV)′ε̂/σ² and ψ the parameters of the model:
        q degrees of freedom, as a disturbance with λ and σ² says nothing of V. Z is projected out
        of V and of the other parameters' scores first, so that the level of the outcome, which is
        in them, need not cancel.

    Examples
    --------
    >>> x = np.array([1.0, -1.0, 1.0, -1.0])
    >>> one = np.zeros((4, 1))
    >>> added_score(x[:, None], x, linear=one, inverse=[[1.0]], sigma2=1.0, slopes=0).statistic
    4.0
    """
    V, rest = added, linear[:, slopes:]
    if slopes:
        Z = linear[:, :slopes]
        Q = np.linalg.qr(Z / np.linalg.norm(Z, axis=0)).Q
        V, rest = (part - Q @ (Q.T @ part) for part in (V, rest))
    crossed = V.T @ rest / sigma2
    information = V.T @ V / sigma2 - crossed @ np.asarray(inverse)[slopes:, slopes:] @ crossed.T
    return wald(V.T @ residuals / sigma2, information)


def quasi_covariance(inverse: Any, scores: Scores, moments: Moments) -> FloatArray:
    """Return A⁻¹BA⁻¹ with A the information and B the variance of the scores.

    B = A + [μ₃(L′D + D′L) + (μ₄ − 3σ⁴)D′D]/σ⁴, by the variance of linear-quadratic forms
    (Kelejian and Prucha 2001, equation 3.2), D the diagonals: a sandwich of disturbances that are
    independent with one variance and any third and fourth moments.

    Parameters
    ----------
    inverse : ndarray of shape (p, p)
        A⁻¹ for all parameters, σ² the last.
    scores : Scores
    moments : Moments

    Returns
    -------
    ndarray of shape (p, p)
        A⁻¹ itself where the moments are those of the normal distribution.

    References
    ----------
    Lee, L.-F. (2004). Asymptotic distributions of quasi-maximum likelihood estimators for spatial
    autoregressive models. Econometrica 72(6), 1899-1925, theorem 3.2. Kelejian, H. H. and
    Prucha, I. R. (2001). On the asymptotic distribution of the Moran I test statistic with
    applications. Journal of Econometrics 104(2), 219-257.

    Examples
    --------
    >>> scores = Scores(np.zeros((4, 1)), np.full((4, 1), 0.5))
    >>> quasi_covariance([[0.5]], scores, Moments(1.0, 0.0, 3.0)).tolist()
    [[0.5]]
    """
    V = np.asarray(inverse, dtype=np.float64)
    L, D = scores.linear, scores.diagonal
    cross = L.T @ D
    s4 = moments.second**2
    more = moments.third * (cross + cross.T) + (moments.fourth - 3.0 * s4) * (D.T @ D)
    found = V + V @ (more / s4) @ V
    return np.asarray(0.5 * (found + found.T))
