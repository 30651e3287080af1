"""A static panel with random effects at its maximum: estimates, information, effects of regions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from workbench.numerics.likelihoods.information import inverse_information
from workbench.numerics.panels.layers import one_layer, solve_columns
from workbench.numerics.panels.random import (
    RandomProblem,
    RandomTop,
    orthonormal,
    random_maxima,
    solved,
)
from workbench.numerics.panels.strata import Form, split, spread_of
from workbench.numerics.responses.error_traces import PROBES, pair_traces
from workbench.numerics.responses.traces import LagTraces, lag_traces
from workbench.numerics.sparse.matrices import DENSE_LIMIT, CsrArray
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class RandomMaximum:
    """A static panel with random effects at its highest maximum.

    Attributes
    ----------
    beta : ndarray of shape (k,)
    rho, lambda_ : float
        0 where the model has none.
    phi : float
        Variance of the effects of regions over that of the disturbances.
    sigma2 : float
        Variance of the disturbances.
    loglik : float
        With all constants.
    residuals : ndarray of shape (n,)
        Disturbances that are white under the model, predicted effects out.
    effects, effect_errors : ndarray of shape (N,)
        Predicted effects (best linear unbiased given the parameters), and the standard
        deviation of effect less prediction.
    covariance : ndarray
        Of (β, ρ, λ, φ, σ²), those that the model has, from the inverse expected information.
    maxima : tuple of RandomTop
    relative_error : float
        Of traces from probes; 0 where exact.
    of_lag : LagTraces or None
        Of W at ρ, where they were needed.
    """

    beta: FloatArray
    rho: float
    lambda_: float
    phi: float
    sigma2: float
    loglik: float
    residuals: FloatArray
    effects: FloatArray
    effect_errors: FloatArray
    covariance: FloatArray
    maxima: tuple[RandomTop, ...]
    relative_error: float
    of_lag: LagTraces | None


@one_thread
def fit_random(problem: RandomProblem) -> RandomMaximum:
    """Estimate a static panel with random effects of regions by maximum likelihood.

    Parameters, Raises and References are those of
    :func:`workbench.numerics.panels.random.random_maxima`.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> W = as_weights(np.diag(np.ones(19), 1) + np.diag(np.ones(19), -1))
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(rng.normal(size=20), 5) + rng.normal(size=100)
    >>> problem = RandomProblem(y, np.ones((100, 1)), 5, None, W, own_effects=True)
    >>> fit_random(problem).covariance.shape
    (4, 4)
    """
    maxima = random_maxima(problem)
    top = maxima[0]
    Q, S = orthonormal(problem.X)
    filtered = problem.y
    if problem.W is not None:
        lagged = one_layer(problem.W, problem.T).lag(problem.y[:, None])[:, 0]
        filtered = problem.y - top.rho * lagged
    start = Q.T @ filtered
    rest = filtered - Q @ start
    form = _form(problem, np.column_stack([rest, np.zeros_like(rest), Q]), top)
    v, sse = solved(form, 0.0)
    b, sigma2 = start - v[2:], sse / len(filtered)
    mean = Q @ b
    spread = np.zeros_like(mean)
    if problem.W is not None:
        layers = one_layer(problem.W, problem.T)
        spread = layers.lag(layers.solve(mean[:, None], top.rho))[:, 0]
    info, relative, of_lag = _information(problem, top, np.column_stack([Q, spread]), sigma2)
    given = {"rho": problem.W, "lambda": problem.M}
    covariance = inverse_information(info, [*(n for n, W in given.items() if W is not None), "phi"])
    k = Q.shape[1]
    turn = np.eye(len(covariance))
    turn[:k, :k] = S
    effects, errors, residuals = _predicted(problem, filtered - mean, top, sigma2)
    return RandomMaximum(
        S @ b,
        top.rho,
        top.lambda_,
        top.c / problem.T,
        sigma2,
        top.loglik,
        residuals,
        effects,
        errors,
        turn @ covariance @ turn.T,
        maxima,
        relative,
        of_lag,
    )


def _form(problem: RandomProblem, columns: FloatArray, top: RandomTop) -> Form:
    strata = split(columns, problem.T, M=problem.M, spread=problem.spread)
    return strata.form(top.lambda_, top.c)


def _predicted(
    problem: RandomProblem, disturbance: FloatArray, top: RandomTop, sigma2: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return predicted effects, their errors and what remains, white.

    Own effects: cZ₀ū with Z₀ = B′(I + cBB′)⁻¹B, variance σ²φ(I + cB′B)⁻¹; spread ones:
    c/(1 + c) Bū, σ²φ/(1 + c).
    """
    T, c, phi = problem.T, top.c, top.c / problem.T
    u = disturbance.reshape(problem.N, T)
    if problem.M is None or not problem.own_effects:
        white = u if problem.M is None else np.asarray(u - top.lambda_ * (problem.M @ u))
        effects = c / (1.0 + c) * white.mean(axis=1)
        errors = np.full(problem.N, np.sqrt(sigma2 * phi / (1.0 + c)))
        return effects, errors, (white - effects[:, None]).ravel()
    B = sparse.csr_array(sparse.eye_array(problem.N, format="csr") - top.lambda_ * problem.M)
    form = problem.spread
    solve = sparse.linalg.splu(sparse.csc_matrix(form.whitening(top.lambda_, c))).solve
    effects = c * (B.T @ solve(B @ u.mean(axis=1)))
    turned = spread_of(sparse.csr_array(problem.M.T), problem.N, own_effects=True)
    diagonal = turned.inverse_diagonal(top.lambda_, c)
    remaining = np.asarray(B @ (u - effects[:, None]))
    return effects, np.sqrt(sigma2 * phi * diagonal), remaining.ravel()


def _information(
    problem: RandomProblem, top: RandomTop, columns: FloatArray, sigma2: float
) -> tuple[FloatArray, float, LagTraces | None]:
    """Return the expected information of (b, ρ, λ, φ, σ²), those that the model has.

    For y normal with mean A⁻¹Xβ and variance A⁻¹ΩA⁻¹′ it is μ_a′V⁻¹μ_b + ½ tr V⁻¹V_aV⁻¹V_b.
    """
    k = columns.shape[1] - 1
    blocks, relative, of_lag = _blocks(problem, top, sigma2)
    K = _form(problem, columns, top).K / sigma2
    info = np.zeros((k + 4, k + 4))
    info[k:, k:] = blocks
    info[: k + 1, : k + 1] += K
    has = [problem.W is not None, problem.M is not None, True, True]
    kept = [*range(k), *(k + place for place in range(4) if has[place])]
    return info[np.ix_(kept, kept)], relative, of_lag


def _blocks(
    problem: RandomProblem, top: RandomTop, sigma2: float
) -> tuple[FloatArray, float, LagTraces | None]:
    """Return ½ tr V⁻¹V_aV⁻¹V_b of (ρ, λ, φ, σ²), shape (4, 4)."""
    five, relative, of_lag = _traces(problem, top)
    own = problem.M is not None and problem.own_effects
    contrasts = problem.T - 1 if own else problem.T
    out = contrasts * _plain(five, problem.N, sigma2)
    if own and problem.M is not None:
        dense = problem.N <= DENSE_LIMIT
        of_means, error = (_dense if dense else _probed)(problem, problem.M, top, sigma2)
        return out + of_means, max(relative, error), of_lag
    share = problem.T / (1.0 + top.c)
    column = share * np.array([five[0], five[1], 0.5 * problem.N * share, 0.0])
    column[3] = 0.5 * share * problem.N / sigma2
    out[2, :] += column
    out[:3, 2] = out[2, :3]
    out[3, 2] = out[2, 3]
    return out, relative, of_lag


def _plain(five: FloatArray, N: int, sigma2: float) -> FloatArray:
    """Return the block of one cross-section whose disturbances have σ²(B′B)⁻¹."""
    lag, error, lag_lag, error_error, lag_error = five
    return np.array(
        [
            [lag_lag, lag_error, 0.0, lag / sigma2],
            [lag_error, error_error, 0.0, error / sigma2],
            [0.0, 0.0, 0.0, 0.0],
            [lag / sigma2, error / sigma2, 0.0, N / (2.0 * sigma2**2)],
        ]
    )


def _traces(problem: RandomProblem, top: RandomTop) -> tuple[FloatArray, float, LagTraces | None]:
    W, M = problem.W, problem.M
    if W is not None and M is not None:
        found = pair_traces(W, M, rho=top.rho, lam=top.lambda_, case_weights=np.ones(problem.N))
        five = (found.lag, found.error, found.lag_lag, found.error_error, found.lag_error)
        return np.array(five), found.relative_error, None
    if W is not None:
        one = lag_traces(W, rho=top.rho)
        return np.array([one.tr_g, 0.0, one.tr_g2 + one.tr_gtg, 0.0, 0.0]), 0.0, one
    if M is not None:
        one = lag_traces(M, rho=top.lambda_)
        return np.array([0.0, one.tr_g, 0.0, one.tr_g2 + one.tr_gtg, 0.0]), 0.0, None
    return np.zeros(5), 0.0, None


def _dense(
    problem: RandomProblem, M: CsrArray, top: RandomTop, sigma2: float
) -> tuple[FloatArray, float]:
    """Return the block of the means, of variance σ²S, S = cI + (B′B)⁻¹, from dense inverses."""
    eye = np.eye(problem.N)
    inverse = np.linalg.inv(eye - top.lambda_ * M.toarray())
    plain = inverse @ inverse.T
    S = top.c * eye + plain
    back = np.linalg.inv(S)
    H = inverse @ M.toarray()
    along = np.zeros_like(S)
    if problem.W is not None:
        w = problem.W.toarray()
        GS = w @ np.linalg.solve(eye - top.rho * w, S)
        along = back @ (GS + GS.T)
    turned = H @ plain
    parts = [along, back @ (turned + turned.T), problem.T * back, eye / sigma2]
    return np.array([[0.5 * np.einsum("ij,ji->", a, b) for b in parts] for a in parts]), 0.0


def _probed(
    problem: RandomProblem, M: CsrArray, top: RandomTop, sigma2: float
) -> tuple[FloatArray, float]:
    """Return the same from fixed random signs v: (V_aV⁻¹v)′(V⁻¹V_bv) (Hutchinson 1990)."""
    N, c, lam = problem.N, top.c, top.lambda_
    signs = np.random.Generator(np.random.Philox(key=N)).choice([-1.0, 1.0], size=(N, PROBES))
    white = sparse.linalg.splu(sparse.csc_matrix(problem.spread.whitening(lam, c)))

    def forth(x: FloatArray) -> FloatArray:
        return solve_columns(M, x, rho=lam)

    def turned(x: FloatArray) -> FloatArray:
        return solve_columns(M, x, rho=lam, transpose=True)

    def S(x: FloatArray) -> FloatArray:
        return np.asarray(c * x + forth(turned(x)))

    def back(x: FloatArray) -> FloatArray:
        solution = white.solve(np.ascontiguousarray(x - lam * (M @ x)))
        return np.asarray(solution - lam * (M.T @ solution))

    def along_rho(x: FloatArray) -> FloatArray:
        if problem.W is None:
            return np.zeros_like(x)
        W = problem.W
        transposed = solve_columns(W, W.T @ x, rho=top.rho, transpose=True)
        return np.asarray(W @ solve_columns(W, S(x), rho=top.rho) + S(transposed))

    def along_lambda(x: FloatArray) -> FloatArray:
        plain = forth(turned(x))
        return np.asarray(forth(M @ plain) + forth(turned(M.T @ turned(x))))

    once = back(signs)
    left = [along_rho(once), along_lambda(once), problem.T * once, signs / sigma2]
    right = [back(along_rho(signs)), back(along_lambda(signs)), problem.T * once, signs / sigma2]
    table = 0.5 * np.einsum("anp,bnp->abp", np.array(left), np.array(right))
    mean = table.mean(axis=2)
    spread = table.std(axis=2, ddof=1) / np.sqrt(PROBES)
    places = np.array([i for i in range(3) if mean[i, i] != 0.0])
    error = float((spread[places, places] / np.abs(mean[places, places])).max())
    return 0.5 * (mean + mean.T), error
