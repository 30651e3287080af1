"""Maximum likelihood of static spatial panels: pooled, or with fixed effects taken out.

The model is ``y_t = ρW_t y_t + X_tβ + effects + u_t``, ``u_t = λM_t u_t + ε_t``. β, σ² and the
effects are concentrated out; ρ and λ are searched for on their admissible intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from workbench.errors import ConvergenceError, ValuesError
from workbench.numerics.likelihoods.maxima import (
    LocalMaximum,
    Profile,
    maxima_of,
)
from workbench.numerics.likelihoods.one_parameter import LagProfile, error_profile
from workbench.numerics.likelihoods.search import maximise
from workbench.numerics.panels.boundaries import at_the_end, refuse_flat
from workbench.numerics.panels.determinant import PanelDeterminant, panel_determinant
from workbench.numerics.panels.information import PanelTraces, covariance_of, traces_at
from workbench.numerics.panels.layers import Layers
from workbench.numerics.regression.least_squares import gaussian_loglik, least_squares
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PanelProblem:
    """A static panel to estimate.

    Attributes
    ----------
    y, X : ndarray, shapes (n,) and (n, k)
        Rows sorted by region, then period; effects are still in them.
    lag, error : Layers or None
        Weights of Wy and of the disturbance.
    clear : callable
        Takes fixed effects out of columns, shape (n, k).
    n_eff : int
        Observations that count: n under the direct approach; less the effects where they are
        transformed out.
    share : float
        Of the log-determinants: 1, or (T − 1)/T where effects of regions are transformed out.
    deflated : bool
        Whether effects of periods are transformed out, which takes 1 − ρc out of each
        determinant. Rows of each W then have one sum c.
    """

    y: FloatArray
    X: FloatArray
    lag: Layers | None
    error: Layers | None
    clear: Callable[[FloatArray], FloatArray]
    n_eff: int
    share: float = 1.0
    deflated: bool = False

    def sums(self, layers: Layers) -> tuple[float, ...]:
        """Return the row sums that deflate the determinants of layers; none without."""
        if not self.deflated:
            return ()
        found = layers.row_sums()
        if found is None:
            raise ValuesError(
                "W",
                expected="rows that have one sum",
                found="rows with different sums",
                why="effects of periods cannot be transformed out",
            )
        return found

    def determinant(self, layers: Layers) -> PanelDeterminant:
        """Return the log-determinant of layers over the periods that effects leave."""
        return panel_determinant(layers, share=self.share, sums=self.sums(layers))


@dataclass(frozen=True, slots=True, eq=False)
class PanelMaximum:
    """A static panel model at its highest maximum.

    Attributes
    ----------
    beta : ndarray of shape (k,)
    rho, lambda_ : float
        0 where the model has none.
    sigma2 : float
        SSE / n_eff.
    loglik : float
        With all constants.
    residuals : ndarray of shape (n,)
        ε̂, effects out.
    mean : ndarray of shape (n,)
        Xβ with the effects: (I − ρW)y − û.
    spread : ndarray of shape (n,)
        G times `mean`, G = W(I − ρW)⁻¹, effects in; zeros without Wy.
    covariance : ndarray
        Of (β, ρ, λ, σ²), those that the model has, from the inverse of the expected information.
    maxima : tuple of LocalMaximum
        Those found, the highest first; one where the model has one spatial parameter, beside
        `optima`.
    optima : int
        Number of local maxima found.
    traces : PanelTraces
    """

    beta: FloatArray
    rho: float
    lambda_: float
    sigma2: float
    loglik: float
    residuals: FloatArray
    mean: FloatArray
    spread: FloatArray
    covariance: FloatArray
    maxima: tuple[LocalMaximum, ...]
    optima: int
    traces: PanelTraces


@one_thread
def fit_panel_likelihood(problem: PanelProblem) -> PanelMaximum:
    """Estimate a static panel with Wy, a spatial disturbance, or both.

    Parameters
    ----------
    problem : PanelProblem

    Returns
    -------
    PanelMaximum

    Raises
    ------
    ConvergenceError
        If the likelihood is highest at an end of the admissible interval.
    WeightsError
        If effects leave nothing of W but a multiple of the identity: it is flat in ρ or λ.
    ValuesError
        If the regressors and effects reproduce y exactly.

    References
    ----------
    Lee, L.-F. and Yu, J. (2010). Estimation of spatial autoregressive panel data models with
    fixed effects. Journal of Econometrics 154, 165–185. Elhorst, J. P. (2014). Spatial
    Econometrics, section 3.3.

    Examples
    --------
    >>> from scipy import sparse
    >>> from workbench.numerics.panels.layers import one_layer
    >>> W = sparse.csr_array(np.diag(np.ones(9), 1) + np.diag(np.ones(9), -1))
    >>> rng = np.random.default_rng(0)
    >>> X, layers = rng.normal(size=(30, 1)), one_layer(W, 3)
    >>> y = layers.solve(2 * X + rng.normal(size=(30, 1)), 0.3)[:, 0]
    >>> fit_panel_likelihood(PanelProblem(y, X, layers, None, lambda x: x, 30)).covariance.shape
    (3, 3)
    """
    columns = problem.clear(np.column_stack([problem.y, problem.X]))
    y, X = columns[:, 0], columns[:, 1:]
    Q = np.linalg.qr(X / np.linalg.norm(X, axis=0)).Q
    rest = y - Q @ (Q.T @ y)
    # 1e-24 of the sum of squares is rounding of y
    if rest @ rest <= 1e-24 * float(y @ y):
        raise ValuesError(
            "y",
            expected="an outcome that the regressors do not reproduce exactly",
            found="residuals that are all zero",
            why="the likelihood has no maximum as the variance goes to zero",
        )
    try:
        maxima, optima = _maxima(problem, columns, (rest, Q))
    except ConvergenceError as error:
        raise (at_the_end(error) if problem.deflated else error) from None
    top = maxima[0]
    return conclude(problem, top.rho, top.lambda_, maxima=maxima, optima=optima)


def _maxima(
    problem: PanelProblem, columns: FloatArray, parts: tuple[FloatArray, FloatArray]
) -> tuple[tuple[LocalMaximum, ...], int]:
    """Return the maxima found, the highest first, and how many there are."""
    for layers, name in ((problem.lag, "rho"), (problem.error, "lambda")):
        if layers is not None:
            refuse_flat(columns, layers, problem.clear, name)
    if problem.lag is not None and problem.error is not None:
        maxima = maxima_of(_both(problem, *parts))
        return maxima, len(maxima)
    profile, name = _one(problem, *parts)
    limits = profile.logdet.spectrum
    best = maximise(profile, low=limits.rho_low, high=limits.rho_high, argument=name)
    rho, lam = (best.x, 0.0) if name == "rho" else (0.0, best.x)
    return (LocalMaximum(rho, lam, best.value),), best.optima


def _lagged(problem: PanelProblem, layers: Layers, columns: FloatArray) -> FloatArray:
    return problem.clear(layers.lag(columns))


def _outcome_lag(problem: PanelProblem, layers: Layers) -> FloatArray:
    return _lagged(problem, layers, problem.y[:, None])[:, 0]


def _one(problem: PanelProblem, rest: FloatArray, Q: FloatArray) -> tuple[Any, str]:
    """Return the profile of a model with one spatial parameter, and the parameter's name."""
    if problem.lag is not None:
        lagged = _outcome_lag(problem, problem.lag)
        beyond = lagged - Q @ (Q.T @ lagged)
        a, b, c = float(rest @ rest), float(rest @ beyond), float(beyond @ beyond)
        determinant: Any = problem.determinant(problem.lag)
        return LagProfile(a, b, c, problem.n_eff, determinant), "rho"
    if problem.error is None:
        raise AssertionError
    lags = _lagged(problem, problem.error, np.column_stack([rest, Q]))
    profile = error_profile(
        (Q, lags[:, 1:]),
        (rest, lags[:, 0]),
        n=problem.n_eff,
        logdet=problem.determinant(problem.error),
    )
    return profile, "lambda"


def _both(problem: PanelProblem, rest: FloatArray, Q: FloatArray) -> Profile:
    if problem.lag is None or problem.error is None:
        raise AssertionError
    lagged = _outcome_lag(problem, problem.lag)
    base = np.column_stack([rest, lagged - Q @ (Q.T @ lagged), Q])
    lags = _lagged(problem, problem.error, base)
    gram = (base.T @ base, base.T @ lags, lags.T @ lags)
    # Sums over periods answer as one log-determinant does.
    lag, error = (cast("Any", problem.determinant(x)) for x in (problem.lag, problem.error))
    return Profile(gram, problem.n_eff, lag, error, 0.0)


def conclude(
    problem: PanelProblem,
    rho: float,
    lam: float,
    *,
    maxima: tuple[LocalMaximum, ...],
    optima: int,
) -> PanelMaximum:
    """Return everything else that the model has at (ρ, λ): β and σ² maximise given these."""
    columns = problem.clear(np.column_stack([_without_lag(problem, rho), problem.X]))
    white = _filtered(problem, columns, lam)
    fit = least_squares(white[:, 0], white[:, 1:])
    loglik = gaussian_loglik(fit.sse, problem.n_eff)
    for layers, value in ((problem.lag, rho), (problem.error, lam)):
        if layers is not None:
            loglik += float(problem.determinant(layers).value(value))
    point = Point(fit.beta, rho, lam, fit.sse / problem.n_eff)
    return at_point(problem, point, loglik=loglik, maxima=maxima, optima=optima)


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Values of the parameters: β of shape (k,), ρ, λ and σ²."""

    beta: FloatArray
    rho: float
    lambda_: float
    sigma2: float


def at_point(
    problem: PanelProblem,
    point: Point,
    *,
    loglik: float,
    maxima: tuple[LocalMaximum, ...],
    optima: int,
) -> PanelMaximum:
    """Return residuals, the mean and the covariance of the estimates at given parameters."""
    rho, lam = point.rho, point.lambda_
    filtered, white = _whitened(problem, point)
    residuals = white[:, 0] - white[:, 1:] @ point.beta
    # Effects at their best given the rest leave the disturbance B⁻¹ε̂.
    mean = filtered - spread_errors(problem, residuals[:, None], lam)[:, 0]
    spread = np.zeros(problem.y.size)
    if problem.lag is not None:
        spread = problem.lag.lag(problem.lag.solve(mean[:, None], rho))[:, 0]
    traces = traces_at(problem, rho, lam)
    turned = cleared_spread(problem, spread, lam)
    covariance = covariance_of(problem, traces, white[:, 1:], turned, sigma2=point.sigma2)
    return PanelMaximum(
        point.beta,
        rho,
        lam,
        point.sigma2,
        loglik,
        residuals,
        mean,
        spread,
        covariance,
        maxima,
        optima,
        traces,
    )


def residuals_at(problem: PanelProblem, point: Point) -> FloatArray:
    """Return ε̂ at given parameters, shape (n,)."""
    _, white = _whitened(problem, point)
    return np.asarray(white[:, 0] - white[:, 1:] @ point.beta)


def _whitened(problem: PanelProblem, point: Point) -> tuple[FloatArray, FloatArray]:
    """Return (I − ρW)y, and (I − λM) of it and of X, effects out, shape (n, 1 + k)."""
    filtered = _without_lag(problem, point.rho)
    columns = problem.clear(np.column_stack([filtered, problem.X]))
    return filtered, _filtered(problem, columns, point.lambda_)


def _without_lag(problem: PanelProblem, rho: float) -> FloatArray:
    """Return (I − ρW)y."""
    if problem.lag is None:
        return problem.y
    return problem.y - rho * problem.lag.lag(problem.y[:, None])[:, 0]


def cleared_spread(problem: PanelProblem, spread: FloatArray, lam: float) -> FloatArray:
    """Return B G (Xβ + effects) with the effects taken out, shape (n,)."""
    return _filtered(problem, problem.clear(spread[:, None]), lam)[:, 0]


def spread_errors(problem: PanelProblem, columns: FloatArray, lam: float) -> FloatArray:
    """Return (I − λM)⁻¹ of columns."""
    if problem.error is None or lam == 0.0:
        return columns
    return problem.error.solve(columns, lam)


def effect_part(problem: PanelProblem, columns: FloatArray, lam: float) -> FloatArray:
    """Return what the effects take up of columns, by generalised least squares: x − B⁻¹QBx."""
    own = problem.clear(columns)
    if problem.error is not None and lam != 0.0:
        own = problem.clear(columns - lam * problem.error.lag(columns))
    return columns - spread_errors(problem, own, lam)


def _filtered(problem: PanelProblem, columns: FloatArray, lam: float) -> FloatArray:
    """Return (I − λM) of columns whose effects are out."""
    if problem.error is None or lam == 0.0:
        return columns
    return columns - lam * _lagged(problem, problem.error, columns)
