"""Augmented Dickey-Fuller regressions of many series at once, and panel statistics of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.numerics.sparse.matrices import freeze
from workbench.typing import Deterministic, FloatArray

TRUNCATION = {"none": (6.12, 4.16), "intercept": (6.19, 2.61), "trend": (6.42, 1.70)}
"""K₁ and K₂ of Pesaran (2007, p. 277): t-ratios are held within (−K₁, K₂)."""


def dickey_fuller(
    series: Any, *, lags: int, deterministic: Deterministic, averages: bool = False
) -> FloatArray:
    """Return the t-ratio of yᵢ,ₜ₋₁ in the regression of Δyᵢₜ of each series, shape (N,).

    Δyᵢₜ on yᵢ,ₜ₋₁, Δyᵢ,ₜ₋₁ … Δyᵢ,ₜ₋ₚ and a constant or a trend; with `averages` also on ȳₜ₋₁, Δȳₜ
    and Δȳₜ₋₁ … Δȳₜ₋ₚ, the means over series (Pesaran 2007, equation 54).

    Parameters
    ----------
    series : ndarray of shape (N, T)
    lags : int
        p ≥ 0.
    deterministic : {"none", "intercept", "trend"}
    averages : bool

    Returns
    -------
    ndarray, shape (N,)
        With the unbiased variance of each regression.

    Examples
    --------
    >>> dickey_fuller(
    ...     [[1.0, 3.0, 2.0, 4.0, 3.5, 3.0]], lags=0, deterministic="intercept"
    ... ).round(3)
    array([-2.996])
    """
    y = np.asarray(series, dtype=np.float64)
    common = _common(y.mean(axis=0), y.shape[1], lags, deterministic, averages)
    change = np.diff(y, axis=1)
    last = change.shape[1]
    own = [y[:, lags:-1], *(change[:, lags - j : last - j] for j in range(1, lags + 1))]
    columns = np.stack([*own, change[:, lags:]], axis=-1)
    if common.shape[1]:
        Q = np.linalg.qr(common)[0]
        columns = columns - np.einsum("sm,nmk->nsk", Q, np.einsum("sm,nsk->nmk", Q, columns))
    # The R factor of [level, lags, outcome] holds what the t-ratio needs, whatever the units.
    lagged = np.concatenate([columns[:, :, 1:-1], columns[:, :, :1], columns[:, :, -1:]], axis=2)
    R: FloatArray = np.asarray(np.linalg.qr(lagged, mode="r"))
    spare = columns.shape[1] - common.shape[1] - lags - 1
    level, slope, left = R[:, -2, -2], R[:, -2, -1], R[:, -1, -1]
    return np.asarray(freeze(np.sign(level) * slope / np.sqrt(left**2 / spare)))


def spare_degrees(T: int, *, lags: int, deterministic: Deterministic, averages: bool) -> int:
    """Return the residual degrees of freedom of each regression."""
    constant = {"none": 0, "intercept": 1, "trend": 2}[deterministic]
    return T - 1 - lags - constant - 1 - lags - (2 + lags if averages else 0)


def _common(
    mean: FloatArray, T: int, lags: int, deterministic: Deterministic, averages: bool
) -> FloatArray:
    rows = T - 1 - lags
    columns = [np.ones(rows)] if deterministic != "none" else []
    if deterministic == "trend":
        columns.append(np.linspace(-1.0, 1.0, rows))
    if averages:
        change = np.diff(mean)
        last = len(change)
        columns += [mean[lags:-1], *(change[lags - j : last - j] for j in range(lags + 1))]
    return np.column_stack(columns) if columns else np.empty((rows, 0))


def truncated(ratios: FloatArray, deterministic: Deterministic) -> FloatArray:
    """Hold t-ratios within Pesaran's bounds, so that the mean has moments."""
    low, high = TRUNCATION[deterministic]
    return np.asarray(np.clip(ratios, -low, high))


def simulated_cips(
    shape: tuple[int, int],
    *,
    lags: int,
    deterministic: Deterministic,
    draws: int,
    random: np.random.Generator,
) -> FloatArray:
    """Draw the truncated CIPS statistic under unit roots, shape (draws,).

    yᵢₜ = yᵢ,ₜ₋₁ + fₜ + εᵢₜ with standard normal f and ε, as in Pesaran (2007, table II).
    """
    N, T = shape
    out = np.empty(draws)
    for draw in range(draws):
        steps = random.standard_normal((N, T)) + random.standard_normal(T)
        ratios = dickey_fuller(
            steps.cumsum(axis=1), lags=lags, deterministic=deterministic, averages=True
        )
        out[draw] = truncated(ratios, deterministic).mean()
    return out


def hadri(series: Any, *, deterministic: Deterministic) -> tuple[FloatArray, float]:
    """Return each series' LM statistic of stationarity, and Hadri's z of their mean.

    LMᵢ = T⁻² Σₜ Sᵢₜ²/σ̂ᵢ², S the sums of residuals on a constant (or a trend) and σ̂ᵢ² their mean
    square; z = N^½ (mean − ξ)/ζ with ξ = 1/6, ζ² = 1/45 (trend: 1/15, 11/6300).

    References
    ----------
    Hadri, K. (2000). Econometrics Journal 3, pp. 148-161, equations 17 and 25.
    """
    y = np.asarray(series, dtype=np.float64)
    N, T = y.shape
    columns = [np.ones(T)] + ([np.linspace(-1.0, 1.0, T)] if deterministic == "trend" else [])
    Q = np.linalg.qr(np.column_stack(columns))[0]
    e = y - (y @ Q) @ Q.T
    each = np.sum(np.cumsum(e, axis=1) ** 2, axis=1) / T**2 / np.mean(e**2, axis=1)
    mean, variance = (1 / 15, 11 / 6300) if deterministic == "trend" else (1 / 6, 1 / 45)
    return np.asarray(freeze(each)), float(np.sqrt(N) * (each.mean() - mean) / np.sqrt(variance))
