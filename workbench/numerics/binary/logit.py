"""The logit by maximum likelihood and by Firth's penalised likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from workbench.errors import ConvergenceError
from workbench.numerics.binary.basis import Basis, orthogonal
from workbench.numerics.sparse.matrices import as_columns, as_vector, freeze
from workbench.typing import BoolArray, FloatArray

MOST_STEPS = 200
MOST_HALVINGS = 40
STEP_TOLERANCE = 1e-10
# Largest change of a linear predictor in the last step; Newton doubles the digits in each.
LONGEST_STEP = 5.0
# Largest change of a linear predictor in one step: far from the maximum weights p(1 - p) vanish
# and a full step would overshoot.
SAME = 1e-12
# Relative difference of two log-likelihoods that rounding of their sums leaves.


@dataclass(frozen=True, slots=True)
class LogitFit:
    """A logit at the maximum of its (penalised) likelihood.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Held coefficients among them.
    cov : ndarray, shape (k, k)
        (X′WX)⁻¹ with W = diag(p(1 − p)) at beta.
    probabilities : ndarray, shape (n,)
    loglik : float
        Σ y log p + (1 − y) log(1 − p), without the penalty.
    objective : float
        What was maximised: `loglik`, or loglik + ½ log|X′WX|.
    iterations : int
    """

    beta: FloatArray
    cov: FloatArray
    probabilities: FloatArray
    loglik: float
    objective: float
    iterations: int


def fit_logit(
    y: Any,
    X: Any,
    *,
    penalised: bool = False,
    held: BoolArray | None = None,
    start: FloatArray | None = None,
) -> LogitFit:
    """Maximise the likelihood of P(y = 1) = 1/(1 + exp(−Xβ)), or Firth's penalised one.

    The penalised likelihood is l*(β) = l(β) + ½ log|I(β)|, I = X′WX; its score is
    X′(y − p + h(½ − p)) with h the diagonal of W^½X(X′WX)⁻¹X′W^½ (Firth 1993; Heinze and Schemper
    2002, equation 2). Its maximum exists whenever X has full column rank (Kosmidis and Firth 2021).
    Steps are Newton's, shortened until the objective does not fall.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Zeros and ones.
    X : ndarray, shape (n, k)
        Full column rank, the constant among the columns.
    penalised : bool
        Firth's penalty. Without it the caller has made sure that the maximum exists
        (:func:`~workbench.numerics.binary.separation.find_separation`).
    held : ndarray of bool, shape (k,), optional
        Coefficients that stay at `start`; the penalty is that of all k.
    start : ndarray, shape (k,), optional
        Zeros without.

    Returns
    -------
    LogitFit

    Raises
    ------
    ConvergenceError
        If no maximum is found in :data:`MOST_STEPS` steps.

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38. Heinze,
    G. and Schemper, M. (2002). A solution to the problem of separation in logistic regression.
    Statistics in Medicine 21, 2409-2419. Kosmidis, I. and Firth, D. (2021). Jeffreys-prior penalty,
    finiteness and shrinkage in binomial-response generalized linear models. Biometrika 108, 71-82.

    Examples
    --------
    Of one cell the penalty adds a half to the successes and to the failures: log(3.5 / 1.5).

    >>> fit_logit([0, 1, 1, 1], np.ones((4, 1)), penalised=True).beta.round(4).tolist()
    [0.8473]
    >>> float(np.log(3.5 / 1.5).round(4))
    0.8473
    """
    y = as_vector(y, argument="y")
    X = as_columns(X, argument="X", rows=y.size)
    kept = np.zeros(X.shape[1], dtype=bool) if held is None else np.asarray(held, dtype=bool)
    first = np.zeros(X.shape[1]) if start is None else np.asarray(start, dtype=float)
    # held ones last: their coordinates are theirs alone, and stay as well
    basis = orthogonal(X, np.argsort(kept, kind="stable"))
    Z, free = basis.Q, np.sort(kept) == 0
    at = _state(y, Z, basis.forward @ first, penalised)
    for iteration in range(1, MOST_STEPS + 1):
        step = _step(at, Z, free, penalised)
        largest = float(np.abs(Z @ step).max())
        if largest <= STEP_TOLERANCE:
            break
        if largest > LONGEST_STEP:
            step = step * (LONGEST_STEP / largest)
        better = _improved(at, step, y=y, Z=Z, penalised=penalised)
        if better is None:  # no shorter step improves: rounding of the objective
            if largest <= np.sqrt(STEP_TOLERANCE):
                break
            raise _not_arrived(iteration, penalised)
        at = better
    else:
        raise _not_arrived(MOST_STEPS, penalised)
    beta = np.where(kept, first, basis.inverse @ at.beta)
    return _result(at, beta, basis, iterations=iteration, penalised=penalised)


def _not_arrived(steps: int, penalised: bool) -> ConvergenceError:
    return ConvergenceError(
        "formula",
        expected="a maximum of the likelihood",
        found=f"none after {steps} steps",
        why="a number from an iteration that did not arrive is no estimate",
        remedy="fewer regressors, or such as are less alike"
        if penalised
        else 'method="firth", or fewer regressors',
    )


@dataclass(frozen=True, slots=True)
class _State:
    beta: FloatArray
    p: FloatArray
    weight: FloatArray
    score: FloatArray
    root: FloatArray  # upper triangular, root'root = X'WX
    loglik: float
    objective: float


def loglik_of(y: FloatArray, eta: FloatArray) -> float:
    """Return Σ yη − log(1 + exp η), which does not overflow."""
    return float(np.sum(y * eta - np.logaddexp(0.0, eta)))


def null_loglik(y: FloatArray) -> float:
    """Return the log-likelihood of a constant alone: n (ȳ log ȳ + (1 − ȳ) log(1 − ȳ)).

    Examples
    --------
    >>> round(null_loglik(np.array([0.0, 1.0])), 4)  # 2 log ½
    -1.3863
    """
    mean = float(y.mean())
    return float(y.size * (mean * np.log(mean) + (1 - mean) * np.log1p(-mean)))


def mcfadden(loglik: float, null: float) -> float:
    """Return 1 − l / l₀ (McFadden 1974); 0 where both are the same up to rounding.

    Parameters
    ----------
    loglik, null : float
        Log-likelihoods of the model and of a constant alone, the latter negative.

    Examples
    --------
    >>> mcfadden(-1.0, -2.0), mcfadden(-2.0, -2.0 * (1 - 2e-16))
    (0.5, 0.0)
    """
    return 0.0 if math.isclose(loglik, null, rel_tol=SAME) else 1.0 - loglik / null


def _state(y: FloatArray, Z: FloatArray, beta: FloatArray, penalised: bool) -> _State:
    eta = Z @ beta
    p = expit(eta)
    # p(1 − p) from both tails: 1 − p of a large predictor is not 0
    weight = p * expit(-eta)
    half = np.sqrt(weight)
    Q, R = np.linalg.qr(Z * half[:, None])
    loglik = loglik_of(y, eta)
    resid, objective = y - p, loglik
    if penalised:
        leverage = np.einsum("ij,ij->i", Q, Q)
        resid = resid + leverage * (0.5 - p)
        with np.errstate(divide="ignore"):  # far out the information vanishes: −inf, refused
            objective += float(np.log(np.abs(np.diag(R))).sum())
    return _State(beta, p, weight, Z.T @ resid, R, loglik, objective)


def _step(at: _State, Z: FloatArray, free: BoolArray, penalised: bool) -> FloatArray:
    """Return Newton's step in the free coefficients; that of scoring where there is no hill."""
    from scipy.linalg import cho_factor, cho_solve

    information = at.root.T @ at.root
    step = np.zeros(Z.shape[1])
    for curvature in (
        (information - _penalty_hessian(at, Z), information) if penalised else (information,)
    ):
        try:
            factor = cho_factor(curvature[np.ix_(free, free)])
        except np.linalg.LinAlgError:  # not positive definite: no maximum in that direction
            continue
        step[free] = cho_solve(factor, at.score[free])
        return step
    raise ConvergenceError(
        "formula",
        expected="a positive information matrix",
        found="one that vanishes: every probability is 0 or 1",
        why="no step towards the maximum is defined there",
        remedy='method="firth", or fewer regressors',
    )


def _penalty_hessian(at: _State, Z: FloatArray) -> FloatArray:
    """Return the second derivatives of ½ log|X′WX|.

    With A = (X′WX)⁻¹, c = w(1 − 2p) and T = Σ c x⊗x⊗x they are ½ Σ h((1 − 2p)² − 2w) xx′
    less ½ Σ T_abc A_bb′ A_cc′ T_a′b′c′. Scoring leaves them out, and creeps where few
    probabilities are between 0 and 1.
    """
    inverse = np.linalg.solve(at.root, np.eye(Z.shape[1]))
    white = Z @ inverse  # rows of A^½x, so that A is the identity between them
    skew = 1.0 - 2.0 * at.p
    leverage = at.weight * np.einsum("ij,ij->i", white, white)
    T = np.einsum("i,ia,ib,ic->abc", at.weight * skew, Z, white, white, optimize=True)
    own = (Z * (leverage * (skew**2 - 2.0 * at.weight))[:, None]).T @ Z
    return np.asarray(0.5 * (own - np.einsum("abc,dbc->ad", T, T)))


def _improved(
    at: _State, step: FloatArray, *, y: FloatArray, Z: FloatArray, penalised: bool
) -> _State | None:
    """Return the state along a step halved until the objective does not fall, or None."""
    for _ in range(MOST_HALVINGS):
        found = _state(y, Z, at.beta + step, penalised)
        if found.objective >= at.objective - 1e-13 * abs(at.objective):
            return found
        step = step / 2
    return None


def _result(
    at: _State, beta: FloatArray, basis: Basis, *, iterations: int, penalised: bool
) -> LogitFit:
    """Return the state in terms of the caller's columns."""
    half = basis.inverse @ np.linalg.inv(at.root)
    # the determinant of the information in the caller's units, so that fits can be compared
    objective = at.objective + basis.log_det if penalised else at.objective
    return LogitFit(
        freeze(beta), freeze(half @ half.T), freeze(at.p), at.loglik, objective, iterations
    )
