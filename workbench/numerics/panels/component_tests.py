"""Score tests of random effects and serial correlation from pooled least-squares residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class EffectScores:
    """Standardised scores of the variances of two kinds of effects, normal under the null.

    Attributes
    ----------
    region, period : float
        Honda's statistics; their squares are those of Breusch and Pagan.
    king_wu : float
        Weighted sum of both, locally mean most powerful.
    """

    region: float
    period: float
    king_wu: float

    @property
    def honda(self) -> float:
        """Honda's statistic of both effects, (A + B)/√2."""
        return (self.region + self.period) / float(np.sqrt(2.0))

    @property
    def mixed(self) -> float:
        """Statistic of Gourieroux, Holly and Monfort: squares of the positive ones."""
        return max(self.region, 0.0) ** 2 + max(self.period, 0.0) ** 2


def effect_scores(residuals: Any, region: IntArray, period: IntArray) -> EffectScores:
    """Return the scores of random effects of regions and of periods; gaps are allowed.

    With M = Σᵢ Tᵢ², A = n (2(M − n))^(−½) (Σᵢ (Σₜ u)²/Σ u² − 1), B likewise over periods
    (Honda 1985; Baltagi and Li 1990 for gaps), and King and Wu (1997)
    ((M₁ − n)^½ A + (M₂ − n)^½ B)/(M₁ + M₂ − 2n)^½. One period or region has no score of its own.

    Parameters
    ----------
    residuals : ndarray of shape (n,)
        Of pooled least squares.
    region, period : ndarray of int, shape (n,)

    References
    ----------
    Baltagi, B. (2021). Econometric Analysis of Panel Data, sections 4.2 and 9.5.

    Examples
    --------
    >>> u = np.array([1.0, 1.0, -1.0, -1.0])
    >>> round(effect_scores(u, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])).region, 6)
    1.414214
    """
    u = np.asarray(residuals, dtype=np.float64)
    n = len(u)
    scores, spares = [], []
    for codes in (region, period):
        spare = float(np.sum(np.bincount(codes).astype(float) ** 2)) - n
        sums = np.bincount(codes, weights=u)
        ratio = float(sums @ sums) / float(u @ u)
        scores.append(n / np.sqrt(2.0 * spare) * (ratio - 1.0) if spare > 0 else 0.0)
        spares.append(spare)
    weights = np.sqrt(np.array(spares) / max(sum(spares), 1.0))
    return EffectScores(float(scores[0]), float(scores[1]), float(weights @ np.array(scores)))


def chi_bar_p(statistic: float) -> float:
    """Return P(¼χ²₀ + ½χ²₁ + ¼χ²₂ > x), the reference of Gourieroux, Holly and Monfort (1982).

    Examples
    --------
    >>> chi_bar_p(0.0), round(chi_bar_p(4.231), 3)
    (1.0, 0.05)
    """
    if statistic <= 0:
        return 1.0
    return float(0.5 * stats.chi2.sf(statistic, 1) + 0.25 * stats.chi2.sf(statistic, 2))


@dataclass(frozen=True, slots=True)
class LocallyRobust:
    """Tests of Bera, Sosa-Escudero and Yoon (2001), each right when the other effect is near 0.

    Attributes
    ----------
    serial : float
        χ² with one degree of freedom: first-order correlation, whatever random effects are near.
    effects : float
        Normal, large under random effects, whatever serial correlation is near.
    joint : float
        χ² with two degrees of freedom of Baltagi and Li (1991).
    """

    serial: float
    effects: float
    joint: float


def locally_robust(residuals: Any, shape: tuple[int, int]) -> LocallyRobust:
    """Return tests of serial correlation and random effects that do not take one for the other.

    Parameters
    ----------
    residuals : ndarray of shape (N T,)
        Of pooled least squares, sorted by region, then period; T ≥ 3.
    shape : (N, T)

    References
    ----------
    Bera, A., Sosa-Escudero, W. and Yoon, M. (2001). Tests for the error component model in the
    presence of local misspecification. Journal of Econometrics 101, pp. 1-23.

    Examples
    --------
    >>> u = np.array([1.0, -1.0, 1.0, 1.0, -1.0, -1.0])
    >>> round(locally_robust(u, (2, 3)).joint, 3)
    2.75
    """
    N, T = shape
    u = np.asarray(residuals, dtype=np.float64).reshape(shape)
    total = float(np.sum(u**2))
    A = 1.0 - float(np.sum(u.sum(axis=1) ** 2)) / total
    # Squares from the second period on, as in the values that Baltagi (2021, table 4.2) prints.
    B = float(np.sum(u[:, 1:] * u[:, :-1]) / np.sum(u[:, 1:] ** 2))
    serial = N * T**2 * (B + A / T) ** 2 / ((T - 1) * (1 - 2 / T))
    effects = -np.sqrt(N * T / (2 * (T - 1) * (1 - 2 / T))) * (A + 2 * B)
    joint = N * T**2 / (2 * (T - 1) * (T - 2)) * (A**2 + 4 * A * B + 2 * T * B**2)
    return LocallyRobust(float(serial), float(effects), float(joint))


def unobserved_effects(residuals: Any, region: IntArray) -> float:
    """Return Wooldridge's statistic of unobserved effects, normal under the null.

    Σᵢ cᵢ / (Σᵢ cᵢ²)^½ with cᵢ the sum of products of residuals of different periods of a region.

    References
    ----------
    Wooldridge, J. (2010). Econometric Analysis of Cross Section and Panel Data, section 10.4.4.

    Examples
    --------
    >>> u, region = np.array([1.0, 1.0, 2.0, 2.0]), np.array([0, 0, 1, 1])
    >>> round(unobserved_effects(u, region), 6)
    1.212678
    """
    u = np.asarray(residuals, dtype=np.float64)
    sums, squares = np.bincount(region, weights=u), np.bincount(region, weights=u**2)
    products = 0.5 * (sums**2 - squares)
    return float(products.sum() / np.sqrt(products @ products))


def breusch_godfrey(y: Any, X: Any, region: IntArray, period: IntArray, *, order: int) -> float:
    """Return the Breusch-Godfrey LM statistic, n R² of residuals on X and their own lags.

    Lags are of the same region and zero before its first period.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Transformed outcome, sorted by region, then period.
    X : ndarray of shape (n, k)
    region, period : ndarray of int, shape (n,)
    order : int
        Number of lags, the degrees of freedom.

    References
    ----------
    Breusch, T. (1978). Australian Economic Papers 17, pp. 334-355. Godfrey, L. (1978).
    Econometrica 46, pp. 1293-1301.
    """
    y, X = np.asarray(y, dtype=np.float64), np.asarray(X, dtype=np.float64)
    e = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    cube = np.zeros((int(region.max()) + 1, int(period.max()) + 1 + order))
    cube[region, period + order] = e
    lags = np.stack([cube[region, period + order - lag] for lag in range(1, order + 1)], axis=1)
    both = np.column_stack([X, lags])
    length = np.linalg.norm(both, axis=0)
    both = both / np.where(length > 0, length, 1.0)
    fitted = both @ np.linalg.lstsq(both, e, rcond=None)[0]
    return float(len(e) * (fitted @ fitted) / (e @ e))


def correlations(residuals: Any) -> FloatArray:
    """Return correlations of rows over columns, shape (N, N); rows of zeros are refused above.

    Examples
    --------
    >>> correlations([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]).round(6).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    e = np.asarray(residuals, dtype=np.float64)
    e = e - e.mean(axis=1, keepdims=True)
    e = e / np.linalg.norm(e, axis=1, keepdims=True)
    return np.asarray(freeze(e @ e.T))


def serial_score(disturbances: Any, shape: tuple[int, int], *, own: float, region: float) -> float:
    """Return the LM statistic of serial correlation beside random effects of regions.

    With Ω = σ²_ν I + σ²_μ ιι′ of one region and J the matrix with ones beside its diagonal, the
    score is ½ σ²_ν (Σ u_i′Ω⁻¹JΩ⁻¹u_i − N tr Ω⁻¹J), and the information that of (σ²_ν, σ²_μ, ψ).

    Parameters
    ----------
    disturbances : ndarray of shape (N T,)
        y − Xβ at the maximum with random effects, sorted by region, then period.
    shape : (N, T)
    own, region : float
        σ²_ν and σ²_μ there; with σ²_μ = 0 it is not among the parameters.

    Returns
    -------
    float
        Chi-square with one degree of freedom.

    References
    ----------
    Baltagi, B. and Li, Q. (1995). Testing AR(1) against MA(1) disturbances in an error component
    model. Journal of Econometrics 68, 133–151.

    Examples
    --------
    >>> u = np.random.default_rng(0).normal(size=200)
    >>> bool(serial_score(u, (20, 10), own=1.0, region=0.0) < 10)
    True
    """
    N, T = shape
    u = np.asarray(disturbances, dtype=np.float64).reshape(N, T)
    inverse = (np.eye(T) - region / (own + T * region)) / own
    beside = own * (np.eye(T, k=1) + np.eye(T, k=-1))
    slopes = [np.eye(T), *([np.ones((T, T))] if region > 0.0 else []), beside]
    turned = [inverse @ slope for slope in slopes]
    white = u @ inverse
    score = 0.5 * (np.sum((white @ beside) * white) - N * np.trace(turned[-1]))
    info = np.array([[0.5 * N * np.sum(a * b.T) for b in turned] for a in turned])
    # Scaled to a unit diagonal: variances and correlations live on different scales.
    scale = 1.0 / np.sqrt(np.diag(info))
    root = np.linalg.inv(info * np.outer(scale, scale))[-1, -1]
    return float(score**2 * root * scale[-1] ** 2)
