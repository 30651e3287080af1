"""GMM of a spatial disturbance, with or without Wy and endogenous regressors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import ValuesError, check_option
from workbench.numerics.moments.quadratic import Quadratic, SecondOrder, second_order, smallest
from workbench.numerics.moments.two_stage import TwoStage, basis_of, projected_fit, two_stage
from workbench.numerics.responses.traces import solve_lag
from workbench.numerics.sparse.matrices import as_columns, as_vector, freeze
from workbench.numerics.threads import one_thread
from workbench.typing import ErrorMoments, FloatArray


@dataclass(frozen=True, slots=True)
class ErrorGMM:
    """Estimates of y = Zδ + u, u = λMu + ε by the generalised method of moments.

    Attributes
    ----------
    delta : ndarray of shape (k,)
    lambda_ : float
    covariance : ndarray of shape (k + 1, k + 1)
        Of (δ, λ); with ``"kp99"`` the row and column of λ are NaN, as its theory has none.
    disturbances : ndarray of shape (n,)
        u = y − Zδ.
    innovations : ndarray of shape (n,)
        ε = u − λMu.
    sigma2 : float
        ε′ε/(n − k).
    first : float
        λ of the first stage, by which the variables were transformed.
    stage : TwoStage
        Two-stage least squares of the transformed variables.
    """

    delta: FloatArray
    lambda_: float
    covariance: FloatArray
    disturbances: FloatArray
    innovations: FloatArray
    sigma2: float
    first: float
    stage: TwoStage


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Outcome, regressors and an orthonormal basis of the instruments, with their lags."""

    y: FloatArray
    Z: FloatArray
    basis: FloatArray
    My: FloatArray
    MZ: FloatArray
    limits: tuple[float, float]

    def transformed(self, lam: float) -> tuple[FloatArray, FloatArray]:
        return self.y - lam * self.My, self.Z - lam * self.MZ


@one_thread
def fit_error_gmm(
    y: Any,
    Z: Any,
    *,
    H: Any,
    M: Any,
    moments: ErrorMoments = "het",
    limits: tuple[float, float],
    H_first: Any = None,
    weighted_first: bool = False,
) -> ErrorGMM:
    """Estimate δ and λ of y = Zδ + u, u = λMu + ε.

    Parameters
    ----------
    y : ndarray of shape (n,)
    Z : ndarray of shape (n, k)
        Regressors; Wy and other endogenous columns among them.
    H : ndarray of shape (n, m)
        Instruments of full column rank, m ≥ k.
    M : sparse array or ndarray of shape (n, n)
        Weights of the disturbance, zero diagonal.
    moments : {"het", "hom", "kp99"}
        ``"het"``: right under any variances; ``"hom"``: for one variance, third and fourth
        moments estimated; ``"kp99"``: Kelejian and Prucha's three moments, whose λ has no
        standard error.
    limits : tuple of float
        Open interval in which λ lies.
    H_first : ndarray of shape (n, m₁), optional
        Instruments of the first stage, on variables that are not transformed; H without.
    weighted_first : bool
        Whether the λ of the first stage weights its moments by their variance (step 1c of
        Arraiz and others).

    Returns
    -------
    ErrorGMM

    Raises
    ------
    ValuesError
        If the residuals vanish, or there are too few instruments.
    CollinearityError
        If the instruments do not tell the coefficients apart.
    ConvergenceError
        If the moments have no best λ inside the interval.

    Notes
    -----
    Two-stage least squares; λ̃ from its residuals; two-stage least squares of (I − λ̃M)y on
    (I − λ̃M)Z with instruments H; λ from y − Zδ, its moments weighted by their variance at λ̃.
    The covariance is joint, at the estimates: moments of λ and of δ are correlated where the
    disturbance is skewed or Z is endogenous.

    References
    ----------
    Kelejian, H. H. and Prucha, I. R. (1999). International Economic Review 40, pp. 509-533.
    Kelejian, H. H. and Prucha, I. R. (2010). Journal of Econometrics 157, pp. 53-67.
    Arraiz, I., Drukker, D. M., Kelejian, H. H. and Prucha, I. R. (2010). Journal of Regional
    Science 50, pp. 592-614. Drukker, D. M., Egger, P. and Prucha, I. R. (2013). Econometric
    Reviews 32, pp. 686-733.

    Examples
    --------
    >>> M = np.diag(np.ones(7), 1) + np.diag(np.ones(7), -1)
    >>> y = np.array([1.0, 2.0, 2.5, 4.0, 4.6, 5.0, 4.2, 3.0])
    >>> X = np.ones((8, 1))
    >>> fit_error_gmm(y, X, H=X, M=M, limits=(-0.5, 0.5)).covariance.shape
    (2, 2)
    """
    check_option("moments", moments, ErrorMoments)
    order = second_order(M)
    y = as_vector(y, argument="y", size=order.n)
    Z = as_columns(Z, argument="Z", rows=order.n)
    H = as_columns(H, argument="H", rows=order.n)
    begun = two_stage(y, Z, H=H if H_first is None else H_first)
    _refuse_perfect(begun, y)
    problem = _Problem(y, Z, basis_of(H), order.M @ y, order.M @ Z, limits)
    if moments == "kp99":
        return _by_three_moments(problem, order, begun)
    quadratic = Quadratic(moments, order)
    first = smallest(*quadratic.system(begun.residuals), np.eye(2), limits=limits)
    if weighted_first:
        first = _weighted(quadratic, problem, begun.residuals, at=first)
    return _second_stage(quadratic, problem, first)


def _second_stage(quadratic: Quadratic, problem: _Problem, first: float) -> ErrorGMM:
    stage = projected_fit(*problem.transformed(first), problem.basis)
    u = problem.y - problem.Z @ stage.delta
    at_first = _variance(quadratic, problem, u, first)
    system = quadratic.system(u)
    lam = smallest(*system, at_first.weight, limits=problem.limits)
    found = _variance(quadratic, problem, u, lam)
    covariance = _joint(found, system[1] @ np.array([1.0, 2.0 * lam]))
    return _result(problem, stage, lam, first, covariance, found.innovations)


def _result(
    problem: _Problem,
    stage: TwoStage,
    lam: float,
    first: float,
    covariance: FloatArray,
    innovations: FloatArray,
) -> ErrorGMM:
    n, k = problem.Z.shape
    return ErrorGMM(
        delta=stage.delta,
        lambda_=lam,
        covariance=freeze(covariance),
        disturbances=freeze(problem.y - problem.Z @ stage.delta),
        innovations=freeze(innovations),
        sigma2=float(innovations @ innovations) / (n - k),
        first=first,
        stage=stage,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Variance:
    """Parts of the variance of the moments of λ and of the scores of δ, over n.

    ``psi`` (2, 2) of the quadratic moments, ``own`` (k, k) of δ, ``cross`` (k, 2).
    """

    psi: FloatArray
    own: FloatArray
    cross: FloatArray
    innovations: FloatArray

    @property
    def weight(self) -> FloatArray:
        return np.asarray(np.linalg.inv(self.psi))


def _variance(
    quadratic: Quadratic, problem: _Problem, u: FloatArray, lam: float, *, solved: bool = False
) -> _Variance:
    """Return the variance of the moments at λ.

    `solved` is for residuals of variables that were not transformed, whose δ moves with
    H′(I − λM)⁻¹ε; otherwise δ moves with H′ε.
    """
    n = quadratic.order.n
    e = u - lam * (quadratic.order.M @ u)
    Zs = problem.transformed(lam)[1]
    alpha = -2.0 * Zs.T @ quadratic.times(e).T / n
    # T = HP with P = (H′H/n)⁻¹(H′Z*/n)[...]⁻¹ has the columns of nẐ*(Ẑ*′Ẑ*)⁻¹.
    over = problem.Z if solved else Zs
    coordinates = problem.basis.T @ over
    gram = np.linalg.inv(coordinates.T @ coordinates)
    T = n * (problem.basis @ (coordinates @ gram))
    if solved:
        T = solve_lag(quadratic.order.M, T, rho=lam, transpose=True)
    a = T @ alpha
    return (_het if quadratic.moments == "het" else _hom)(quadratic, e, T, a)


def _het(quadratic: Quadratic, e: FloatArray, T: FloatArray, a: FloatArray) -> _Variance:
    """Kelejian and Prucha (2010), equations 3.5 to 3.8; Arraiz and others (2010), appendix."""
    n, s = e.size, e**2
    psi = (2.0 * quadratic.weighted_products(s) + a.T @ (s[:, None] * a)) / n
    weighted = s[:, None] * T
    return _Variance(psi, T.T @ weighted / n, weighted.T @ a / n, e)


def _hom(quadratic: Quadratic, e: FloatArray, T: FloatArray, a: FloatArray) -> _Variance:
    """Drukker, Egger and Prucha (2013), equations 18 to 21."""
    n = e.size
    s2, m3, m4 = (float(np.mean(e**p)) for p in (2, 3, 4))
    products = quadratic.weighted_products(np.ones(n))
    d = quadratic.diagonals.T
    skew = a.T @ d
    psi = 2.0 * s2**2 * products + s2 * a.T @ a + (m4 - 3.0 * s2**2) * d.T @ d
    psi += m3 * (skew + skew.T)
    return _Variance(psi / n, s2 * T.T @ T / n, (s2 * T.T @ a + m3 * T.T @ d) / n, e)


def _weighted(quadratic: Quadratic, problem: _Problem, u: FloatArray, *, at: float) -> float:
    weight = _variance(quadratic, problem, u, at, solved=True).weight
    return smallest(*quadratic.system(u), weight, limits=problem.limits)


def _joint(found: _Variance, J: FloatArray) -> FloatArray:
    """Return the covariance of (δ, λ), shape (k + 1, k + 1)."""
    n, k = found.innovations.size, found.own.shape[0]
    spread = 1.0 / float(J @ found.weight @ J)
    out = np.empty((k + 1, k + 1))
    out[:k, :k] = found.own
    out[k, k] = spread
    out[:k, k] = out[k, :k] = found.cross @ (found.weight @ J) * spread
    return out / n


def _by_three_moments(problem: _Problem, order: SecondOrder, begun: TwoStage) -> ErrorGMM:
    lam = three_moments(begun.residuals, order, limits=problem.limits)
    stage = projected_fit(*problem.transformed(lam), problem.basis)
    u = problem.y - problem.Z @ stage.delta
    innovations = u - lam * (order.M @ u)
    n, k = problem.Z.shape
    covariance = np.full((k + 1, k + 1), np.nan)
    covariance[:k, :k] = float(innovations @ innovations) / (n - k) * stage.inverse
    return _result(problem, stage, lam, lam, covariance, innovations)


def three_moments(u: Any, order: SecondOrder, *, limits: tuple[float, float]) -> float:
    """Return λ by the three moments of Kelejian and Prucha (1999, equation 7), unweighted.

    ε′ε, (Mε)′Mε and ε′Mε over n are σ², σ² tr(M′M)/n and 0; σ² enters linearly and is
    eliminated.

    Parameters
    ----------
    u : ndarray of shape (n,)
        Residuals.
    order : SecondOrder
        Of M.
    limits : tuple of float
        Open interval of λ.

    Examples
    --------
    >>> order = second_order(np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1))
    >>> u = np.array([1.0, -0.2, 0.8, -0.5, -1.0, -0.1])
    >>> -0.55 < three_moments(u, order, limits=(-0.55, 0.55)) < 0.55
    True
    """
    n, u = order.n, as_vector(u, argument="u", size=order.n)
    once = order.M @ u
    twice = order.M @ once
    g = np.array([u @ u, once @ once, u @ once]) / n
    G = np.array(
        [
            [2.0 * (u @ once), -(once @ once)],
            [2.0 * (twice @ once), -(twice @ twice)],
            [u @ twice + once @ once, -(once @ twice)],
        ]
    )
    variance = np.array([1.0, order.scale, 0.0])
    rest = np.eye(3) - np.outer(variance, variance) / (variance @ variance)
    return smallest(g, G / n, rest, limits=limits)


def _refuse_perfect(fit: TwoStage, y: FloatArray) -> None:
    # 1e-24 of the sum of squares: residuals that are rounding of y.
    if fit.sse <= 1e-24 * float(y @ y):
        raise ValuesError(
            "y",
            expected="an outcome that the regressors do not reproduce exactly",
            found="residuals that are all zero",
            why="their moments say nothing about lambda",
        )
