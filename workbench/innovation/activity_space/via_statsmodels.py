"""Adapter: logit and conditional logit of statsmodels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from workbench.numerics.networks.choices import clustered
from workbench.typing import FloatArray, IntArray

STEPS, POLISH = 100, 2
"""Most steps of the search of a conditional logit, and Newton's steps at its end."""


@dataclass(frozen=True, slots=True)
class ChoiceFit:
    """What a likelihood of yes or no found.

    Attributes
    ----------
    params, cov : ndarray, shapes (k,) and (k, k)
    probabilities : ndarray, shape (n,)
        Fitted ones; of a conditional logit empty, as it has no level.
    loglik, loglik_null : float
        At the estimates, and without regressors.
    converged : bool
    """

    params: FloatArray
    cov: FloatArray
    probabilities: FloatArray
    loglik: float
    loglik_null: float
    converged: bool


def logit(y: FloatArray, X: FloatArray, clusters: tuple[IntArray, ...]) -> ChoiceFit:
    """Fit P(y = 1) = Λ(Xβ) by maximum likelihood, with sandwich covariances.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Zeros and ones, not all the same.
    X : ndarray, shape (n, k)
        Full column rank, the constant or dummies among its columns.
    clusters : tuple of ndarray of int
        As for :func:`workbench.numerics.networks.choices.linear`.

    Examples
    --------
    >>> found = logit(np.array([0.0, 1.0, 1.0, 1.0]), np.ones((4, 1)), ())
    >>> found.params.round(4).tolist()  # log(3)
    [1.0986]
    """
    from statsmodels.discrete.discrete_model import Logit

    with warnings.catch_warnings():
        # told by `converged`, and by what separates the outcomes
        warnings.simplefilter("ignore")
        found = Logit(y, X).fit(disp=0, method="newton", maxiter=100)
        loglik = float(found.llf)
    params = np.asarray(found.params, dtype=np.float64)
    p = expit(X @ params)
    bread = np.linalg.pinv((X * (p * (1 - p))[:, None]).T @ X)
    scores = X * (y - p)[:, None] @ bread
    return ChoiceFit(
        params=params,
        cov=clustered(scores, clusters, columns=X.shape[1]),
        probabilities=p,
        loglik=loglik,
        loglik_null=float(_null(y)),
        converged=bool(found.mle_retvals["converged"]),
    )


def _null(y: FloatArray) -> float:
    p = y.mean()
    return float(len(y) * (p * np.log(p) + (1 - p) * np.log1p(-p)))


def conditional_logit(y: FloatArray, X: FloatArray, groups: IntArray) -> ChoiceFit:
    """Fit a logit given how many of a group are yes, with covariances clustered by group.

    Parameters
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, k)
        Varying within groups.
    groups : ndarray of int, shape (n,)
        Groups in which all outcomes are the same are left out by the caller.

    Examples
    --------
    >>> y, X = np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0]), np.array([[0.0], [1], [0], [1], [0], [1]])
    >>> found = conditional_logit(y, X, np.array([0, 0, 1, 1, 2, 2]))
    >>> found.params.round(4).tolist()  # two pairs say yes where x = 1, one where x = 0: log(2)
    [0.6931]
    """
    from statsmodels.discrete.conditional_models import ConditionalLogit

    sizes = np.unique(groups)
    with warnings.catch_warnings():
        # told by `converged`, and by what separates the outcomes
        warnings.simplefilter("ignore")
        model = ConditionalLogit(y, X, groups=groups)
        found = model.fit(disp=0, method="bfgs", maxiter=STEPS)
        params = np.asarray(found.params, dtype=np.float64)
        scores, bread = _curvature(model, params, len(sizes))
        for _ in range(POLISH):  # the search stops at a gradient of 1e-5: few digits to keep
            params = params + bread @ scores.sum(axis=0)
            scores, bread = _curvature(model, params, len(sizes))
        loglik = float(model.loglike(params))
    gradient, influences = scores.sum(axis=0), scores @ bread
    G = len(sizes)
    return ChoiceFit(
        params=params,
        cov=np.asarray(influences.T @ influences * (G / (G - 1))),
        probabilities=np.empty(0),
        loglik=loglik,
        loglik_null=float(model.loglike(np.zeros_like(params))),
        # these results do not say; a gradient of 0.001 moves no estimate by 0.001 standard errors
        converged=bool(np.sqrt(abs(gradient @ bread @ gradient)) < 1e-3),
    )


def _curvature(model: Any, params: FloatArray, groups: int) -> tuple[FloatArray, FloatArray]:
    """Return the scores of the groups, and the inverse of the information."""
    scores = np.stack([model.score_grp(g, params) for g in range(groups)])
    information = -np.asarray(model.hessian(params), dtype=np.float64)
    if not np.isfinite(information).all() or not np.isfinite(scores).all():
        return scores, np.zeros_like(information)
    return np.asarray(scores, dtype=np.float64), np.asarray(np.linalg.pinv(information))
