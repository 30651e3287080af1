"""Adapter: logit and conditional logit of statsmodels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from workbench.numerics.networks.choices import clustered
from workbench.typing import FloatArray, IntArray


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
    p = np.asarray(found.predict(), dtype=np.float64)
    params = np.asarray(found.params, dtype=np.float64)
    bread = np.linalg.pinv((X * (p * (1 - p))[:, None]).T @ X)
    scores = X * (y - p)[:, None] @ bread
    return ChoiceFit(
        params=params,
        cov=clustered(scores, clusters, columns=X.shape[1]),
        probabilities=p,
        loglik=float(found.llf),
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

    with warnings.catch_warnings():
        # told by `converged`, and by what separates the outcomes
        warnings.simplefilter("ignore")
        model = ConditionalLogit(y, X, groups=groups)
        found = model.fit(disp=0, method="bfgs", maxiter=500, gtol=1e-8)
    params = np.asarray(found.params, dtype=np.float64)
    sizes = np.unique(groups)
    scores = np.stack([model.score_grp(g, params) for g in range(len(sizes))])
    bread = np.linalg.pinv(-np.asarray(model.hessian(params)))
    gradient, influences = scores.sum(axis=0), scores @ bread
    G = len(sizes)
    return ChoiceFit(
        params=params,
        cov=np.asarray(influences.T @ influences * (G / (G - 1))),
        probabilities=np.empty(0),
        loglik=float(found.llf),
        loglik_null=float(model.loglike(np.zeros_like(params))),
        # these results do not say; a gradient of 0.001 moves no estimate by 0.001 standard errors
        converged=bool(np.sqrt(abs(gradient @ bread @ gradient)) < 1e-3),
    )
