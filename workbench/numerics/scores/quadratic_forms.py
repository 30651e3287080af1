"""Tail probabilities of quadratic forms and of their ratios under normal errors.

P(e'Ve / e'e > r) is P(Σ (τ_j − r) χ²_j > 0) with τ the eigenvalues of V among the residuals:
one sum of weighted χ²₁ against zero. Imhof (1961) integrates its characteristic function along
the imaginary axis, which leaves an absolute error; along the parallel through the saddlepoint
the same integral has a relative one, so that tails of 1e-50 come out with all their digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, stats

from workbench.errors import ConvergenceError, InputError, ValuesError
from workbench.numerics.sparse.matrices import CsrArray, as_columns, as_weights
from workbench.typing import FloatArray

LARGEST = 4000
"""Largest n whose n × n matrix is held and diagonalised (128 MB, some ten seconds)."""

ACCURACY = 1e-11
"""Relative error of the exact tail: where halving the step of integration must change less."""

NEAR_MEAN = 0.05
# Below this u the formula loses digits to 0/0 and is expanded about the saddlepoint instead; the
# series then falls by a factor of 14 a term, so that TERMS leave 1e-13.

TERMS = 12

FIRST, HALVINGS = 32, 8
# Points of the first rule, and how often its step is halved: three suffice as a rule.

ZERO = 1e-13
# Share of the largest coefficient below which one is rounding of an eigenvalue equal to r.


@dataclass(frozen=True, slots=True)
class Tails:
    """Both tails of Σ c_j χ²(m_j) at zero.

    Attributes
    ----------
    upper, lower : ndarray
        P(sum > 0) and P(sum < 0), each with its own relative accuracy.
    """

    upper: FloatArray
    lower: FloatArray


def residual_eigenvalues(X: Any, W: Any) -> FloatArray:
    """Return the n − k eigenvalues of W among least-squares residuals, ascending.

    With Q₂ an orthonormal basis of what X cannot explain they are those of Q₂′½(W + W′)Q₂, that
    is, of MWM without the k zeros that belong to X. Q₂ is not formed: Householder reflections
    are applied to W from both sides, which costs n²k.

    Parameters
    ----------
    X : ndarray of shape (n, k)
        Of full column rank.
    W : sparse array or ndarray of shape (n, n)

    Raises
    ------
    InputError
        If n is beyond :data:`LARGEST`.

    Examples
    --------
    >>> W = np.diag(np.ones(2), 1) + np.diag(np.ones(2), -1)
    >>> residual_eigenvalues(np.ones((3, 1)), W).round(4).tolist()
    [-1.3333, 0.0]
    """
    weights: CsrArray = as_weights(W)
    n = weights.shape[0]
    X = as_columns(X, argument="X", rows=n)
    if n > LARGEST:
        raise InputError(
            "inference",
            expected=f"at most {LARGEST:,} regions for exact and saddlepoint p-values",
            found=f"{n:,}",
            why="they need all eigenvalues of an n × n matrix",
            remedy='inference="normal": its error falls with 1/sqrt(n)',
        )
    dense = weights.toarray()
    dense = np.asfortranarray(0.5 * (dense + dense.T))
    (reflections, tau), _ = linalg.qr(X, mode="raw")
    dormqr: Any = linalg.lapack.dormqr
    for side, transposed in (("L", "T"), ("R", "N")):
        size = int(dormqr(side, transposed, reflections, tau, dense, -1)[1][0])
        dense = dormqr(side, transposed, reflections, tau, dense, size, overwrite_c=1)[0]
    k = X.shape[1]
    rest = dense[k:, k:]
    return np.asarray(linalg.eigvalsh(0.5 * (rest + rest.T)), dtype=np.float64)


def exact_tails(coefficients: Any, multiplicity: Any = None) -> Tails:
    """Compute P(Σ c_j χ²(m_j) > 0) and P(… < 0) by integration with error control.

    The integral of ``exp K(s) / s`` runs along a parallel to the imaginary axis through the
    saddlepoint (or one standard deviation from zero, where the pole is, if that is nearer), in a
    variable t with ``s = ω + i a sinh t``: the trapezoidal rule then converges geometrically, and
    the step is halved until the result stands still to :data:`ACCURACY`.

    Parameters
    ----------
    coefficients : ndarray of shape (..., q)
        c, e.g. eigenvalues minus the observed ratio.
    multiplicity : ndarray of shape (..., q), optional
        m: degrees of freedom of each; by default 1.

    Returns
    -------
    Tails
        Arrays of shape (...); 0 and 1 where all coefficients have one sign.

    Raises
    ------
    ConvergenceError
        If the integral does not settle.

    References
    ----------
    Imhof, J. P. (1961). Computing the distribution of quadratic forms in normal variables.
    Biometrika 48, 419-426. Rice, S. O. (1980). Distribution of quadratic forms in normal random
    variables: evaluation by numerical integration. SIAM J. Sci. Stat. Comput. 1, 438-448.

    Examples
    --------
    >>> round(float(exact_tails([1.0, -1.0]).upper), 12)
    0.5
    """
    c, m, shape = _checked(coefficients, multiplicity)
    upper, lower = np.ones(len(c)), np.zeros(len(c))
    _one_sided(c, m, upper, lower)
    mixed = ((c * m).max(axis=1) > 0) & ((c * m).min(axis=1) < 0)
    if mixed.any():
        upper[mixed], lower[mixed] = _integrated(c[mixed], m[mixed])
    return Tails(upper.reshape(shape), lower.reshape(shape))


def saddlepoint_tails(coefficients: Any, multiplicity: Any = None) -> Tails:
    """Approximate P(Σ c_j χ²(m_j) > 0) and P(… < 0) by the saddlepoint formula.

    ``P ≈ 1 − Φ(r + log(u/r)/r)`` with ``r = sign(ω) sqrt(−2 K(ω))``, ``u = ω sqrt(K''(ω))`` and
    ``K'(ω) = 0`` (Barndorff-Nielsen's form of the formula of Lugannani and Rice); at the mean,
    where r = 0, its limit ``K'''/(6 K''^1.5)`` stands for the argument.

    Parameters
    ----------
    coefficients, multiplicity
        As for :func:`exact_tails`.

    Returns
    -------
    Tails

    References
    ----------
    Lugannani, R. and Rice, S. (1980). Saddlepoint approximation for the distribution of the sum of
    independent random variables. Advances in Applied Probability 12, 475-490.
    Barndorff-Nielsen, O. (1990). Approximate interval probabilities. JRSS B 52, 485-496.
    Tiefelsdorf, M. (2002). The saddlepoint approximation of Moran's I's and local Moran's I_i's
    reference distributions and their numerical evaluation. Geographical Analysis 34, 187-206.

    Examples
    --------
    >>> round(float(saddlepoint_tails([1.0, -1.0], [20, 20]).upper), 12)
    0.5
    """
    c, m, shape = _checked(coefficients, multiplicity)
    upper, lower = np.ones(len(c)), np.zeros(len(c))
    _one_sided(c, m, upper, lower)
    mixed = ((c * m).max(axis=1) > 0) & ((c * m).min(axis=1) < 0)
    if mixed.any():
        deviate = _deviate(c[mixed], m[mixed])
        upper[mixed], lower[mixed] = stats.norm.sf(deviate), stats.norm.cdf(deviate)
    return Tails(upper.reshape(shape), lower.reshape(shape))


def _checked(coefficients: Any, multiplicity: Any) -> tuple[FloatArray, FloatArray, Any]:
    c = np.atleast_1d(np.asarray(coefficients, dtype=np.float64))
    m = np.ones(c.shape) if multiplicity is None else np.asarray(multiplicity, dtype=np.float64)
    if m.shape != c.shape or not np.isfinite(c).all() or not (m >= 0).all() or not c.any():
        raise ValuesError(
            "coefficients",
            expected="finite coefficients, not all zero, with a multiplicity each",
            found=f"shapes {c.shape} and {m.shape}",
        )
    shape = c.shape[:-1]
    c, m = c.reshape(-1, c.shape[-1]), m.reshape(-1, c.shape[-1])
    scale = np.abs(c).max(axis=1, keepdims=True)
    c = c / np.where(scale > 0, scale, 1.0)
    return np.where(np.abs(c) <= ZERO, 0.0, c), m, shape


def _one_sided(c: FloatArray, m: FloatArray, upper: FloatArray, lower: FloatArray) -> None:
    """Fill in the rows whose coefficients have one sign."""
    weighted = c * m
    negative = weighted.max(axis=1) <= 0
    upper[negative], lower[negative] = 0.0, 1.0


def _saddlepoint(c: FloatArray, m: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return ω with K'(ω) = 0 and the ends of its interval, each of shape (rows,).

    K is convex on the interval, so that its derivative has one root: bisection in floating point
    followed by Newton's steps that stay between the bounds.
    """
    present = np.where(m > 0, c, 0.0)
    left, right = 0.5 / present.min(axis=1), 0.5 / present.max(axis=1)
    low, high = left.copy(), right.copy()
    omega = np.zeros(len(c))
    for _ in range(200):
        share = 1.0 - 2.0 * omega[:, None] * c
        slope = (m * c / share).sum(axis=1)
        bend = 2.0 * (m * (c / share) ** 2).sum(axis=1)
        low, high = np.where(slope < 0, omega, low), np.where(slope > 0, omega, high)
        step = omega - slope / bend
        inside = (step > low) & (step < high)
        following = np.where(slope == 0, omega, np.where(inside, step, 0.5 * (low + high)))
        settled = np.abs(following - omega) <= 4e-16 * np.abs(omega)
        omega = following
        if settled.all():
            break
    return omega, left, right


def _cumulants(c: FloatArray, m: FloatArray, omega: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return K(ω) and K''(ω), each of shape (rows,)."""
    product = 2.0 * omega[:, None] * c
    K = -0.5 * (m * np.log1p(-product)).sum(axis=1)
    return K, 2.0 * (m * (c / (1.0 - product)) ** 2).sum(axis=1)


def _deviate(c: FloatArray, m: FloatArray) -> FloatArray:
    omega, _, _ = _saddlepoint(c, m)
    K, bend = _cumulants(c, m, omega)
    u = omega * np.sqrt(bend)
    near = np.abs(u) < NEAR_MEAN
    r = np.sign(omega) * np.sqrt(np.maximum(-2.0 * K, 0.0))
    out = np.empty(len(c))
    out[~near] = r[~near] + np.log(u[~near] / r[~near]) / r[~near]
    if near.any():
        out[near] = _deviate_near_mean(c[near], m[near], omega[near])
    return out


def _deviate_near_mean(c: FloatArray, m: FloatArray, omega: FloatArray) -> FloatArray:
    """Expand r + log(u/r)/r in ω.

    With λ_j the j-th derivative of K at ω, ``r² = u² (1 + ω Q)`` and
    ``ω Q = Σ_{j≥3} 2 λ_j (−ω)^(j−2) / (j! λ_2)``, because K(0) = 0.
    """
    reduced = c / (1.0 - 2.0 * omega[:, None] * c)
    second = 2.0 * (m * reduced**2).sum(axis=1)
    Q = np.zeros(len(c))
    for j in range(3, TERMS + 3):
        # 2 λ_j / j! = 2^j Σ m c^j / j
        Q -= 2.0**j / j * (m * reduced**j).sum(axis=1) * (-omega) ** (j - 3) / second
    q = omega * Q
    flat = np.where(np.abs(q) > 0, np.log1p(q) / np.where(q == 0, 1.0, q), 1.0)
    root = np.sqrt(second * (1.0 + q))
    return np.asarray(omega * root - 0.5 * flat * Q / root)


def _integrated(c: FloatArray, m: FloatArray) -> tuple[FloatArray, FloatArray]:
    omega, left, right = _saddlepoint(c, m)
    _, bend = _cumulants(c, m, omega)
    width = 1.0 / np.sqrt(bend)
    sign = np.where(omega < 0, -1.0, 1.0)
    # The pole at zero must not lie within the peak: one width away, or half the way to the cut.
    away = np.minimum(width, 0.5 * np.where(sign > 0, right, -left))
    line = sign * np.maximum(np.abs(omega), away)
    room = np.minimum(np.abs(line), np.minimum(right - line, line - left))
    a = np.minimum(room, width)
    top, _ = _cumulants(c, m, line)
    tail = np.exp(top) * _trapezoids(c, m, line, a)
    # On the right of the pole the integral is the upper tail, on the left minus the lower one.
    upper = np.where(sign > 0, tail, 1.0 + tail)
    lower = np.where(sign > 0, 1.0 - tail, -tail)
    return np.clip(upper, 0.0, 1.0), np.clip(lower, 0.0, 1.0)


def _trapezoids(c: FloatArray, m: FloatArray, line: FloatArray, a: FloatArray) -> FloatArray:
    """Integrate Re exp(K(s) − K(ω)) / s along the line, halving the step until it settles.

    Each row is refined by itself, so that its value does not depend on what it is computed with.
    """
    parts = (c, m, line, a)
    step = _reach(*parts)[:, None] / FIRST
    total = 0.5 * _heights(np.zeros((len(c), 1)), *parts)
    total += _heights(step * np.arange(1.0, FIRST + 1), *parts)
    found = total * step[:, 0] / np.pi
    rows, count = np.arange(len(c)), FIRST
    for _ in range(HALVINGS):
        at = step[rows] * (np.arange(count) + 0.5)
        total[rows] += _heights(at, *(part[rows] for part in parts))
        step[rows] /= 2.0
        count *= 2
        finer = total[rows] * step[rows, 0] / np.pi
        change = np.abs(finer - found[rows]) / np.abs(finer)
        found[rows] = finer
        rows = rows[~(change <= ACCURACY)]
        if not rows.size:
            return found
    raise ConvergenceError(
        "coefficients",
        expected=f"an integral that settles to {ACCURACY:g}",
        found=f"changes of {float(change.max()):.2g} at the finest step",
    )


def _heights(
    t: FloatArray, c: FloatArray, m: FloatArray, line: FloatArray, a: FloatArray
) -> FloatArray:
    """Return the sum over each row's places t of Re exp(K(s) − K(ω)) / s · ds/dt."""
    y = a[:, None] * np.sinh(t)
    size, angle = np.zeros(t.shape), np.zeros(t.shape)
    for j in range(c.shape[1]):
        # log(1 − 2 c s) in polar form: on the line its real part is positive
        share = (1.0 - 2.0 * c[:, j] * line)[:, None]
        slope = 2.0 * c[:, j, None] / share * y
        size -= 0.25 * m[:, j, None] * np.log1p(slope**2)
        angle += 0.5 * m[:, j, None] * np.arctan(slope)
    x = line[:, None]
    values = np.exp(size) * (x * np.cos(angle) + y * np.sin(angle)) / (x**2 + y**2)
    return np.asarray((values * a[:, None] * np.cosh(t)).sum(axis=1))


def _reach(c: FloatArray, m: FloatArray, line: FloatArray, a: FloatArray) -> FloatArray:
    """Return where the integrand has fallen to e^−42 of its height at t = 0, shape (rows,)."""
    slope = 2.0 * c / (1.0 - 2.0 * c * line[:, None])

    def fallen(t: FloatArray) -> FloatArray:
        y = a * np.sinh(t)
        decay = -0.25 * (m * np.log1p((slope * y[:, None]) ** 2)).sum(axis=1)
        return np.asarray(decay + np.log(np.abs(line) * np.cosh(t) / np.hypot(line, y)))

    low, high = np.zeros(len(a)), np.full(len(a), 200.0)
    for _ in range(20):
        middle = 0.5 * (low + high)
        deep = fallen(middle) < -42.0
        low, high = np.where(deep, low, middle), np.where(deep, middle, high)
    return high
