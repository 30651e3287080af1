"""Predictors of y = ρWy + Xβ + u, u = λVu + ε, at the sample's regions and at new ones.

Every predictor is linear in the trend Xβ and in the outcomes that are known, so that all of them
take columns: the first of trend and outcomes, others for derivatives in β.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy import sparse

from workbench.errors import unknown_option
from workbench.numerics.responses.regional import Multiplier
from workbench.numerics.sparse.elimination import eliminate_pattern
from workbench.numerics.sparse.lag_and_error import outcome_variances
from workbench.numerics.sparse.matrices import EIGENVALUE_LIMIT, CsrArray, as_weights
from workbench.typing import FloatArray, IntArray

BLOCK = 256
SHARE_SOLVED = 0.02
# Of the regions, up to which variances take a solve each rather than one inverse on the pattern.


class Process:
    """The model at given ρ and λ: expectation, precision and covariance of the outcomes.

    With A = I − ρW and B = I − λV the precision of y, times σ², is Q = A′B′CBA.

    Parameters
    ----------
    W, V : csr_array of shape (N, N)
        Weights of the outcome and of the disturbance.
    rho, lam : float
        ρ and λ; 0 where the model has none.
    case_weights : ndarray of shape (N,), optional
        Diagonal of C: the variance of ε_i is σ²/c_i.
    """

    __slots__ = ("A", "B", "V", "W", "_lag", "_noise", "c", "lam", "rho")

    def __init__(
        self,
        W: CsrArray,
        V: CsrArray,
        *,
        rho: float,
        lam: float,
        case_weights: FloatArray | None = None,
    ) -> None:
        self.c = case_weights
        unit = sparse.eye_array(W.shape[0], format="csr")
        self.W, self.V, self.rho, self.lam = W, V, rho, lam
        self.A = sparse.csr_array(unit - rho * W)
        self.B = sparse.csr_array(unit - lam * V)
        self._lag, self._noise = Multiplier(W, rho), Multiplier(V, lam)

    def expectation(self, trend: FloatArray) -> FloatArray:
        """Return A⁻¹ trend, the expected outcomes, for (N,) or (N, m)."""
        return self._lag.by(trend)

    def precision(self) -> CsrArray:
        """Return Q = A′B′CBA, sparse, of shape (N, N); divided by σ² it is the precision of y."""
        white = sparse.csr_array(self.B @ self.A)
        if self.c is not None:
            white = sparse.csr_array(sparse.diags_array(np.sqrt(self.c)) @ white)
        return sparse.csr_array(white.T @ white)

    def covariance_times(self, columns: FloatArray) -> FloatArray:
        """Return Q⁻¹ times columns (N, m), by sparse solves."""
        noise = self._noise.under(self._lag.under(columns))
        if self.c is not None:
            noise = noise / self.c[:, None]
        return self._lag.by(self._noise.by(noise))

    def variances(self, at: IntArray) -> FloatArray:
        """Return the elements of the diagonal of Q⁻¹ at some positions, shape (len(at),)."""
        n = self.W.shape[0]
        out = np.ones(len(at)) if self.c is None else 1.0 / self.c[at]
        if self.rho == 0.0 and self.lam == 0.0:
            return out
        if n > EIGENVALUE_LIMIT and len(at) > SHARE_SOLVED * n:
            whole = outcome_variances(
                self.W, self.V, rho=self.rho, lam=self.lam, case_weights=self.c
            )
            if whole is not None:
                return whole[at]
        for start in range(0, len(at), BLOCK):
            part = at[start : start + BLOCK]
            unit = np.zeros((self.W.shape[0], len(part)))
            unit[part, np.arange(len(part))] = 1.0
            half = self._noise.under(self._lag.under(unit))
            if self.c is not None:
                half = half / np.sqrt(self.c)[:, None]
            out[start : start + BLOCK] = np.einsum("ij,ij->j", half, half)
        return out

    def only(self, at: IntArray) -> Process:
        """Return the process of some regions with the weights among them as they are."""
        c = None if self.c is None else self.c[at]
        W, V = _among(self.W, at), _among(self.V, at)
        return Process(W, V, rho=self.rho, lam=self.lam, case_weights=c)


def _among(W: CsrArray, at: IntArray) -> CsrArray:
    return sparse.csr_array(W[at, :][:, at])


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of N regions of which some are new.

    Attributes
    ----------
    trend : ndarray of shape (N, m)
        Xβ, the sample first, then the new regions.
    outcomes : ndarray of shape (n, m)
        Of the sample.
    """

    trend: FloatArray
    outcomes: FloatArray

    @property
    def n(self) -> int:
        """Size of the sample."""
        return len(self.outcomes)

    @property
    def sample(self) -> IntArray:
        """Positions of the sample."""
        return np.arange(self.n)

    @property
    def new(self) -> IntArray:
        """Positions of the new regions."""
        return np.arange(self.n, len(self.trend))

    def one(self, new: int) -> Known:
        """Return what is known of the sample and one of the new regions."""
        rows = np.append(self.sample, self.n + new)
        return Known(self.trend[rows], self.outcomes)


@dataclass(frozen=True, slots=True)
class Predicted:
    """Predictions of new regions.

    Attributes
    ----------
    values : ndarray of shape (p, m)
    variance : ndarray of shape (p,)
        Of the outcome minus its prediction, over σ², with parameters known; NaN where the
        predictor is biased, so that no variance says how far it is off.
    """

    values: FloatArray
    variance: FloatArray


def conditional_mean(process: Process, known: Known) -> Predicted:
    """TC: the expectation of the outcomes, whatever the sample's are."""
    expected = process.expectation(known.trend)
    return Predicted(expected[known.n :], process.variances(known.new))


def best(process: Process, known: Known) -> Predicted:
    """BP: the expectation given the sample's outcomes, TC_O − Q_OO⁻¹ Q_OS (y_S − TC_S)."""
    expected = process.expectation(known.trend)
    Q = process.precision()
    n = known.n
    own, cross = sparse.csr_array(Q[n:, :][:, n:]), Q[n:, :][:, :n]
    gain, variance = _solved(own, cross @ (known.outcomes - expected[:n]))
    return Predicted(expected[n:] - gain, variance)


def _solved(precision: CsrArray, right: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return precision⁻¹ right and the diagonal of precision⁻¹, by factors where it is large."""
    if precision.shape[0] <= EIGENVALUE_LIMIT:
        dense = precision.toarray()
        return np.asarray(np.linalg.solve(dense, right)), np.diag(np.linalg.inv(dense)).copy()
    checked = as_weights(precision)
    E = eliminate_pattern(checked)
    values = np.zeros(E.indices.size)
    values[E.places(checked)] = checked.data
    variance = np.empty(E.n)
    variance[E.order] = E.inverse(values, symmetric=True)[1][E.diagonal]
    return E.solve(values, right, symmetric=True), variance


def best_given_lags(process: Process, known: Known) -> Predicted:
    """BPW: the expectation given W_OS y_S, the sums that the new regions see of the sample.

    Where the model has no Wy the weights of the disturbance are taken.
    """
    n, expected = known.n, process.expectation(known.trend)
    linking = process.W if process.rho != 0.0 or process.lam == 0.0 else process.V
    seen = linking[n:, :][:, :n].toarray()
    padded = np.zeros((len(known.trend), len(seen)))
    padded[:n] = seen.T
    spread = process.covariance_times(padded)
    of_new, of_seen = spread[n:], seen @ spread[:n]
    # Least squares: new regions without a neighbour in the sample, or with the same ones as
    # another, make the covariance of what is seen singular.
    gain = np.linalg.lstsq(of_seen, of_new.T, rcond=1e-12)[0]
    values = expected[n:] + gain.T @ (seen @ (known.outcomes - expected[:n]))
    variance = process.variances(known.new) - np.einsum("ij,ji->i", of_new, gain)
    return Predicted(values, variance)


def best_given_neighbors(process: Process, known: Known) -> Predicted:
    """BPN: BP with the precision of the new regions and their neighbours in the sample alone.

    The precision is that of the process among these regions, as if there were no others
    (Goulard, Laurent and Thomas-Agnan 2017), so that the predictor is only nearly the best.
    """
    n, expected = known.n, process.expectation(known.trend)
    links = np.zeros(n)
    for parameter, W in ((process.rho, process.W), (process.lam, process.V)):
        if parameter != 0.0:
            links += np.asarray(abs(W[n:, :][:, :n]).sum(axis=0)).ravel()
    near = np.flatnonzero(links)
    at = np.append(near, known.new)
    q = process.only(at).precision().toarray()
    k = len(near)
    load = -np.linalg.solve(q[k:, k:], q[k:, :k])
    values = expected[n:] + load @ (known.outcomes[near] - expected[near])
    # Variance of (y_O − TC_O) − L (y_J − TC_J) under the whole process.
    contrast = np.zeros((len(known.trend), len(load)))
    contrast[known.new, np.arange(len(load))] = 1.0
    contrast[near] = -load.T
    variance = np.einsum("ij,ij->j", contrast, process.covariance_times(contrast))
    return Predicted(values, variance)


def trend_signal(process: Process, known: Known, *, disturbances: FloatArray) -> Predicted:
    """TS1 and KP5: trend_O + ρ W_OS y_S + λ V_OS u_S; biased where new regions are neighbours.

    Parameters
    ----------
    process : Process
    known : Known
    disturbances : ndarray of shape (n, m)
        u = y − ρWy − Xβ in the sample, with the weights of the fit.
    """
    n = known.n
    signal = process.rho * (process.W[n:, :][:, :n] @ known.outcomes)
    noise = process.lam * (process.V[n:, :][:, :n] @ disturbances)
    return Predicted(known.trend[n:] + signal + noise, np.full(len(known.new), np.nan))


Joint = Callable[[Process, Known], Predicted]
JOINT: Mapping[str, Joint] = MappingProxyType(
    {"TC": conditional_mean, "BP": best, "BPW": best_given_lags, "BPN": best_given_neighbors}
)
"""Predictors of all new regions at once, by name."""

SINGLE: Mapping[str, str] = MappingProxyType(
    {"TC1": "TC", "BP1": "BP", "BPW1": "BPW", "BPN1": "BPN", "KP2": "BPW", "KP3": "BP"}
)
"""Predictors that take one new region at a time, and the joint ones that they are then."""


def predicted_new(kind: str, process: Process, known: Known) -> Predicted:
    """Return the joint predictor of that name, all new regions at once.

    References
    ----------
    Goulard, M., Laurent, T. and Thomas-Agnan, C. (2017). About predictions in spatial
    autoregressive models: optimal and almost optimal strategies. Spatial Economic Analysis 12,
    304-325. Kelejian, H. H. and Prucha, I. R. (2007). The relative efficiencies of various
    predictors in spatial econometric models containing spatial lags. Regional Science and Urban
    Economics 37, 363-374.
    """
    if kind not in JOINT:
        raise unknown_option("kind", kind, JOINT)
    return JOINT[kind](process, known)


def predicted_sample(
    kind: str, process: Process, trend: FloatArray, outcomes: FloatArray
) -> FloatArray:
    """Return predictions of the sample itself, shape (n, m).

    Parameters
    ----------
    kind : {"trend", "signal", "TS", "TC", "BP"}
        Xβ; ρWy + λV(y − ρWy − Xβ); their sum, the fitted values; A⁻¹Xβ; and the expectation of
        each outcome given all others, TC_i − Σ_{j≠i} q_ij (y_j − TC_j) / q_ii.
    process : Process
        Of the n regions.
    trend, outcomes : ndarray of shape (n, m)
    """
    if kind == "trend":
        return trend
    if kind in ("TS", "signal"):
        own = process.A @ outcomes - trend
        fitted = outcomes - process.B @ own
        return np.asarray(fitted if kind == "TS" else fitted - trend)
    expected = process.expectation(trend)
    if kind == "TC":
        return expected
    Q = process.precision()
    gap = outcomes - expected
    return np.asarray(expected - (Q @ gap) / Q.diagonal()[:, None] + gap)


def sample_variance(kind: str, process: Process) -> Any:
    """Return the variance over σ² of the outcomes around TC or BP in the sample, shape (n,).

    NaN for the other predictors, which use the outcome that they predict.
    """
    n = process.W.shape[0]
    if kind == "BP":
        return 1.0 / process.precision().diagonal()
    if kind == "TC":
        return process.variances(np.arange(n))
    return np.full(n, np.nan)
