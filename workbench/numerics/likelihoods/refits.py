"""Estimates of one model for many outcomes: what depends on X and W alone is prepared once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from workbench.errors import ValuesError
from workbench.numerics.likelihoods.maxima import Gram, Profile, maxima_of, solved
from workbench.numerics.likelihoods.one_parameter import ErrorProfile, LagProfile
from workbench.numerics.likelihoods.search import maximise
from workbench.numerics.likelihoods.simulate import Process
from workbench.numerics.regression.least_squares import gaussian_loglik
from workbench.numerics.sparse.logdet import LogDeterminant, log_determinant
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """Estimates for one outcome.

    Attributes
    ----------
    beta : ndarray of shape (k,)
    rho, lambda_ : float
        0 where the model has none.
    sigma2 : float
        SSE/n.
    loglik : float
        With all constants.
    """

    beta: FloatArray
    rho: float
    lambda_: float
    sigma2: float
    loglik: float


class Refitter:
    """Estimates β, ρ and λ of a model for any outcome, by the likelihood that the fit maximised.

    All of a likelihood that is needed of y are its cross-products with a basis of X, and with
    their lags; those of X, and the log-determinants, are the same for every outcome. No
    covariance is computed.

    Parameters
    ----------
    process : Process
        The model; its parameters do not matter.

    Examples
    --------
    >>> X = np.column_stack([np.ones(4), np.arange(4.0)])
    >>> process = Process(X, np.zeros(2), 0.0, 0.0, None, None, 1.0, np.ones(4))
    >>> Refitter(process).fit(np.array([1.0, 3.0, 5.0, 7.5])).beta.round(3).tolist()
    [0.9, 2.15]
    """

    def __init__(self, process: Process) -> None:
        self._W, self._M, self._c = process.W, process.M, process.root**2
        self._constant = float(np.log(process.root).sum())
        self._length = np.linalg.norm(process.X, axis=0)
        self._Q, self._R = np.linalg.qr(process.X / self._length)
        self._n, self._k = process.X.shape
        self._MQ = np.zeros_like(self._Q) if self._M is None else self._M @ self._Q
        self.lag = None if self._W is None else log_determinant(self._W)
        self.error = None if self._M is None else log_determinant(self._M)

    def fit(self, y: FloatArray) -> Refit:
        """Estimate the model for an outcome of shape (n,).

        Raises
        ------
        ConvergenceError
            If the likelihood has no maximum inside the admissible region.
        ValuesError
            If X reproduces the outcome exactly.
        """
        start = np.zeros(self._n) if self._W is None else self._W @ y
        ends = np.column_stack([y, start])
        shares = self._Q.T @ ends
        gram = self._gram(ends - self._Q @ shares)
        if gram[0][0, 0] <= 1e-24 * float(self._c @ y**2):  # rounding of y
            raise ValuesError(
                "y",
                expected="an outcome that X does not reproduce exactly",
                found="residuals that are all zero",
                why="the likelihood has no maximum as the variance goes to zero",
            )
        rho, lam, determinants = self._spatial(gram)
        sse, v = solved(gram, rho, lam)
        in_basis = shares @ v[:2] - v[2:]
        beta = linalg.solve_triangular(self._R, in_basis) / self._length
        loglik = gaussian_loglik(sse, self._n) + determinants + self._constant
        return Refit(beta, rho, lam, float(sse) / self._n, loglik)

    def _gram(self, E: FloatArray) -> Gram:
        """Cross-products of [e₀, e₁, Q], of these with their lags by M, and of the lags."""
        base = np.column_stack([E, self._Q])
        scaled = base * self._c[:, None]
        own = base.T @ scaled
        if self._M is None:
            return own, np.zeros_like(own), np.zeros_like(own)
        lags = np.column_stack([self._M @ E, self._MQ])
        return own, scaled.T @ lags, lags.T @ (lags * self._c[:, None])

    def _spatial(self, gram: Gram) -> tuple[float, float, float]:
        """Return ρ, λ and the log-determinants at them."""
        if self.lag is not None and self.error is not None:
            profile = Profile(gram, self._n, self.lag, self.error, self._constant)
            top = maxima_of(profile)[0]
            values = self.lag.value(top.rho) + self.error.value(top.lambda_)
            return top.rho, top.lambda_, float(values)
        if self.lag is not None:
            rho = self._maximum(_lag_profile(gram, self._n, self.lag), self.lag, "rho")
            return rho, 0.0, float(self.lag.value(rho))
        if self.error is not None:
            lam = self._maximum(_error_profile(gram, self._n, self.error), self.error, "lambda")
            return 0.0, lam, float(self.error.value(lam))
        return 0.0, 0.0, 0.0

    @staticmethod
    def _maximum(profile: LagProfile | ErrorProfile, logdet: LogDeterminant, name: str) -> float:
        limits = logdet.spectrum
        return maximise(profile, low=limits.rho_low, high=limits.rho_high, argument=name).x


def _lag_profile(gram: Gram, n: int, logdet: LogDeterminant) -> LagProfile:
    own = gram[0]
    rest = own[:2, :2] - own[:2, 2:] @ np.linalg.solve(own[2:, 2:], own[2:, :2])
    return LagProfile(float(rest[0, 0]), float(rest[0, 1]), float(rest[1, 1]), n, logdet)


def _error_profile(gram: Gram, n: int, logdet: LogDeterminant) -> ErrorProfile:
    own, cross, lags = gram
    both = cross + cross.T
    parts = (own, both, lags)
    return ErrorProfile(
        np.stack([part[2:, 2:] for part in parts]),
        np.stack([part[2:, 0] for part in parts]),
        np.array([part[0, 0] for part in parts]),
        n,
        logdet,
    )
