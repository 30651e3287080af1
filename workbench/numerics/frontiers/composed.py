"""Likelihood of a frontier with noise and one-sided inefficiency, e = v - s u, and its gradient.

The normal and truncated-normal model of Battese and Coelli (1992) with weights g of inefficiency in
groups of rows covers the half-normal one (mu = 0), cross-sections (groups of one row), effects that
do not vary (g = 1; Pitt and Lee 1981, Battese and Coelli 1988), decay (g = exp(-eta (t - T))) and
means that depend on determinants (Battese and Coelli 1995). The exponential model is Meeusen and
van den Broeck's (1977).

Written in a_i = sum(g e) / sum(g2), the group's residual along g, and S_i, what it leaves of the
sum of squares, nothing cancels when the noise or the inefficiency vanishes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_ndtr

from workbench.typing import FloatArray, IntArray

LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """Data and form of a model with composed error.

    Attributes
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, k)
    groups : ndarray of int, shape (n,)
        Group of each row, from 0, sorted.
    sign : float
        1 where inefficiency lowers the outcome, -1 where it raises it.
    Z : ndarray, shape (groups, q), or None
        What the mean of inefficiency before truncation depends on; None for mean zero.
    time : ndarray, shape (n,), or None
        t - T of each row where inefficiency decays; None where it does not.
    exponential : bool
        Whether inefficiency is exponential rather than truncated normal.
    """

    y: FloatArray
    X: FloatArray
    groups: IntArray
    sign: float
    Z: FloatArray | None = None
    time: FloatArray | None = None
    exponential: bool = False

    @property
    def parts(self) -> tuple[int, int, int]:
        """Number of slopes, of coefficients of the mean, of decay."""
        means = 0 if self.Z is None else self.Z.shape[1]
        return self.X.shape[1], means, int(self.time is not None)

    @property
    def size(self) -> int:
        """Number of parameters: slopes, log variance, logit of gamma, mean, decay."""
        k, q, d = self.parts
        return k + 2 + q + d


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """Law of inefficiency given the residuals: normal, truncated at zero, times g.

    Attributes
    ----------
    mean, scale : ndarray, shape (groups,)
        Of the normal before truncation.
    weight : ndarray, shape (n,)
        g: inefficiency of a row is that of its group times g.
    """

    mean: FloatArray
    scale: FloatArray
    weight: FloatArray


def split(model: Composed, p: FloatArray) -> tuple[FloatArray, float, float, FloatArray, float]:
    """Return slopes, the two variances (of inefficiency, of noise), mean and decay."""
    k, q, d = model.parts
    total = float(np.exp(p[k]))
    share, rest = float(expit(p[k + 1])), float(expit(-p[k + 1]))
    return p[:k], total * share, total * rest, p[k + 2 : k + 2 + q], float(p[-1]) if d else 0.0


def loglik(model: Composed, p: FloatArray) -> tuple[float, FloatArray]:
    """Return the log-likelihood with all constants, and its gradient, at p.

    Examples
    --------
    >>> y, X = np.array([1.0, 2.0, 4.0]), np.ones((3, 1))
    >>> model = Composed(y, X, np.arange(3), 1.0)
    >>> value, gradient = loglik(model, np.array([2.5, 0.5, 0.0]))
    >>> round(value, 4), len(gradient)
    (-5.5347, 3)
    """
    if model.exponential:
        return _exponential(model, p)
    return _truncated(model, p)


def _summed(model: Composed, rows: FloatArray) -> FloatArray:
    """Sum rows by group."""
    count = int(model.groups[-1]) + 1
    if count == len(model.groups):
        return rows
    if rows.ndim == 1:
        return np.asarray(np.bincount(model.groups, weights=rows), dtype=np.float64)
    starts = np.searchsorted(model.groups, np.arange(count))
    return np.add.reduceat(rows, starts, axis=0)


def _mills(x: FloatArray) -> FloatArray:
    """Return phi(x) / Phi(x)."""
    return np.exp(-0.5 * (x * x + LOG_2PI) - log_ndtr(x))


def _truncated(model: Composed, p: FloatArray) -> tuple[float, FloatArray]:
    beta, A, B, delta, eta = split(model, p)  # A of inefficiency, B of noise
    k, q, d = model.parts
    s, e = model.sign, model.y - model.X @ beta
    g = np.ones(len(e)) if model.time is None else np.exp(-eta * model.time)
    count, G = _summed(model, np.ones(len(e))), _summed(model, g * g)
    a = _summed(model, g * e) / G
    S = _summed(model, (e - g * a[model.groups]) ** 2)
    mu = np.zeros(len(G)) if model.Z is None else model.Z @ delta
    D, c = B + G * A, s * a + mu
    root = np.sqrt(A * B * D)
    h = (mu * B - s * A * G * a) / root  # mean over scale of the conditional law
    r = mu / np.sqrt(A)
    value = (
        -0.5 * count * LOG_2PI - 0.5 * (count - 1) * np.log(B) - 0.5 * S / B - 0.5 * np.log(D)
        - 0.5 * c * c * G / D - log_ndtr(r) + log_ndtr(h)
    )  # fmt: skip
    M, R = _mills(h), _mills(r)
    # derivatives a group by what it is made of
    by_a = -s * c * G / D - M * s * A * G / root
    by_mu = -c * G / D - R / np.sqrt(A) + M * B / root
    by_G = -0.5 * A / D - 0.5 * c * c * B / D**2 - M * (s * A * a / root + 0.5 * h * A / D)
    by_A = (
        -0.5 * G / D + 0.5 * c * c * G * G / D**2 + 0.5 * R * r / A
        - M * (s * G * a / root + 0.5 * h * (1.0 / A + G / D))
    )  # fmt: skip
    by_B = (
        -0.5 * (count - 1) / B + 0.5 * S / B**2 - 0.5 / D + 0.5 * c * c * G / D**2
        + M * (mu / root - 0.5 * h * (1.0 / B + 1.0 / D))
    )  # fmt: skip
    # a moves with a row's residual by g / G, S by twice what g leaves of it
    left = e - g * a[model.groups]
    by_e = (by_a / G)[model.groups] * g - left / B
    gradient = np.empty(model.size)
    gradient[:k] = -model.X.T @ by_e
    total_A, total_B = float(by_A.sum()), float(by_B.sum())
    gradient[k] = total_A * A + total_B * B
    gradient[k + 1] = (total_A - total_B) * (A * B / (A + B))
    if q:
        gradient[k + 2 : k + 2 + q] = np.asarray(model.Z).T @ by_mu
    if d:
        moved = -np.asarray(model.time) * g  # of g, by eta
        dG = _summed(model, 2.0 * g * moved)
        da = (_summed(model, moved * e) - a * dG) / G
        dS = -2.0 * a * _summed(model, moved * left)
        gradient[-1] = float((by_a * da + by_G * dG - 0.5 * dS / B).sum())
    return float(value.sum()), gradient


def _exponential(model: Composed, p: FloatArray) -> tuple[float, FloatArray]:
    """Return the likelihood with u exponential of mean sqrt(A)."""
    beta, A, B, _, _ = split(model, p)
    k, s = len(beta), model.sign
    e = model.y - model.X @ beta
    su, sv = np.sqrt(A), np.sqrt(B)
    h = -s * e / sv - sv / su
    value = -0.5 * np.log(A) + 0.5 * B / A + s * e / su + log_ndtr(h)
    M = _mills(h)
    by_e = s / su - M * s / sv
    by_A = -0.5 / A - 0.5 * B / A**2 - 0.5 * s * e / (A * su) + 0.5 * M * sv / (A * su)
    by_B = 0.5 / A + M * (0.5 * s * e / (B * sv) - 0.5 / (su * sv))
    gradient = np.empty(model.size)
    gradient[:k] = -model.X.T @ by_e
    total_A, total_B = float(by_A.sum()), float(by_B.sum())
    gradient[k] = total_A * A + total_B * B
    gradient[k + 1] = (total_A - total_B) * (A * B / (A + B))
    return float(value.sum()), gradient


def conditional(model: Composed, p: FloatArray) -> Conditional:
    """Return the law of inefficiency given the residuals (Jondrow et al. 1982)."""
    beta, A, B, delta, eta = split(model, p)
    s, e = model.sign, model.y - model.X @ beta
    if model.exponential:
        scale = np.full(len(e), np.sqrt(B))
        return Conditional(-s * e - B / np.sqrt(A), scale, np.ones(len(e)))
    g = np.ones(len(e)) if model.time is None else np.exp(-eta * model.time)
    G, along = _summed(model, g * g), _summed(model, g * e)
    mu = np.zeros(len(G)) if model.Z is None else model.Z @ delta
    D = B + G * A
    return Conditional((mu * B - s * A * along) / D, np.sqrt(A * B / D), g)


def information(model: Composed, p: FloatArray) -> FloatArray:
    """Return minus the matrix of second derivatives at p: differences of the exact gradient.

    Central differences with one Richardson step, error of about 1e-10 of the entry.
    """
    size = len(p)
    H = np.empty((size, size))
    for j in range(size):
        step = 1e-3 * max(1.0, abs(p[j]))
        slopes = []
        for width in (step, step / 2.0):
            move = np.zeros(size)
            move[j] = width
            up, down = loglik(model, p + move)[1], loglik(model, p - move)[1]
            slopes.append((up - down) / (2.0 * width))
        H[j] = (4.0 * slopes[1] - slopes[0]) / 3.0
    return -0.5 * (H + H.T)
