"""Inference on many statistics at once, from their joint permutations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import InputError, ValuesError, check_option
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import Alternative, BoolArray, FloatArray

TIE = 1e-9
# Of the scale: permutations that give the observed arrangement differ by rounding,
# about 1e-13 of it, and must count as reaching it.

TAIL = 0.025
# Share of the arrangements beyond each of the two quantiles that statistics are scaled with.


@dataclass(frozen=True, slots=True)
class Joint:
    """P-values and envelope of L statistics.

    Attributes
    ----------
    p_pointwise : ndarray of shape (L,)
        Each statistic among its own permutations.
    p_adjusted : ndarray of shape (L,)
        Step-down max-T: the chance of one false rejection or more among all L is bounded.
    low, high : ndarray of shape (L,)
        Envelope in which a share `level` of the permutations lies entirely; infinite on the
        side that the alternative does not look at.
    center : ndarray of shape (L,)
        Median of the R permutations and the observed statistic.
    critical : float
        How far the envelope reaches, as a multiple of the distance from the center to the 2.5 and
        97.5 per cent points: 1 would be the pointwise envelope of level 0.95.
    """

    p_pointwise: FloatArray
    p_adjusted: FloatArray
    low: FloatArray
    high: FloatArray
    center: FloatArray
    critical: float


def joint_inference(
    observed: Any,
    simulated: Any,
    *,
    alternative: Alternative = "two-sided",
    level: float = 0.95,
    tie: float = TIE,
) -> Joint:
    """Compare L statistics with R joint permutations of them.

    Each statistic is measured from the median of its R + 1 arrangements, the observed one among
    them (which keeps the p-values exact), in units of the distance to their 97.5 per cent point
    above and to their 2.5 per cent point below: skewness is respected, and one observed value
    far out does not stretch the scale. With ``z`` these deviations, the adjusted p-value of the
    k-th largest ``|z|`` counts the permutations in which the largest ``|z|`` among it and all
    smaller ones is at least as large, and never falls below that of a larger one. A statistic
    lies strictly outside the envelope exactly where its single-step p-value is at most
    1 − level.

    Parameters
    ----------
    observed : ndarray of shape (L,)
    simulated : ndarray of shape (R, L)
        Row r: all statistics under permutation r.
    alternative : {"two-sided", "greater", "less"}
        Two-sided pointwise p-values double the smaller tail; ``z`` takes the place of ``|z|``
        under ``"greater"`` and ``−z`` under ``"less"``.
    level : float
        Of the envelope, between 0 and 1.
    tie : float
        Statistics that differ by less, as a share of their scale, count as equal.

    Returns
    -------
    Joint

    Raises
    ------
    InputError
        If R is too small for an envelope of this level.
    ValuesError
        If shapes differ or a value is not finite.

    References
    ----------
    Westfall, P. and Young, S. (1993). Resampling-Based Multiple Testing, algorithm 4.1.
    Myllymäki, M. et al. (2017). Global envelope tests for spatial processes. JRSS B 79, section 4
    (maximum absolute deviation scaled by directional quantiles).

    Examples
    --------
    >>> draws = np.random.default_rng(0).standard_normal((199, 3))
    >>> found = joint_inference(np.array([0.0, 6.0, 0.5]), draws)
    >>> bool(found.high[1] < 6.0), float(found.p_adjusted[1])
    (True, 0.01)
    """
    check_option("alternative", alternative, Alternative)
    t, draws = np.asarray(observed, dtype=np.float64), np.asarray(simulated, dtype=np.float64)
    _check(t, draws, level)
    pooled = np.vstack([t, draws])
    center, below, above = _scales(pooled)
    deviation = pooled - center
    z = deviation / np.where(deviation > 0, above, below)
    extreme = {"two-sided": np.abs(z), "greater": z, "less": -z}[alternative]
    critical = _critical(extreme, level)
    low = center - critical * np.where(np.isinf(below), 0.0, below)
    high = center + critical * np.where(np.isinf(above), 0.0, above)
    pointwise = _pointwise(z, alternative, tie)
    return Joint(
        p_pointwise=freeze(pointwise),
        # A doubled tail can exceed the count of |z|; an adjusted p-value must not be the smaller.
        p_adjusted=freeze(np.maximum(pointwise, _step_down(extreme, tie))),
        low=freeze(np.full_like(low, -np.inf) if alternative == "greater" else low),
        high=freeze(np.full_like(high, np.inf) if alternative == "less" else high),
        center=freeze(center),
        critical=critical,
    )


def holm(p_values: Any) -> FloatArray:
    """Return Holm's adjusted p-values, valid under any dependence.

    Parameters
    ----------
    p_values : ndarray of shape (L,)
        NaN stays NaN and is not counted.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
    of Statistics 6, 65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    out = np.full(p.shape, np.nan)
    there = np.flatnonzero(~np.isnan(p))
    order = there[np.argsort(p[there], kind="stable")]
    steps = p[order] * np.arange(order.size, 0, -1)
    out[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return out


def _scales(pooled: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the median and the distances to the lower and upper 2.5 per cent points."""
    low, center, high = np.quantile(pooled, [TAIL, 0.5, 1.0 - TAIL], axis=0)
    spread = pooled.std(axis=0)
    size = np.maximum(np.abs(pooled).max(axis=0), np.finfo(np.float64).tiny)
    # A statistic that no permutation changes (everyone linked to everyone) deviates nowhere:
    # infinite scales make its deviations zero, also where its roundings have quantiles apart. One
    # that seldom changes has none apart.
    still = spread <= 1e-12 * size
    fallback = np.where(still, np.inf, spread)
    near = np.where(still, np.inf, 1e-9 * spread)
    below = np.where(center - low > near, center - low, fallback)
    above = np.where(high - center > near, high - center, fallback)
    return center, below, above


def _pointwise(z: FloatArray, alternative: Alternative, tie: float) -> FloatArray:
    size = z.shape[0]
    upper = (z >= z[0] - tie).sum(axis=0) / size
    lower = (z <= z[0] + tie).sum(axis=0) / size
    if alternative == "two-sided":
        return np.asarray(np.minimum(1.0, 2.0 * np.minimum(upper, lower)))
    return np.asarray(upper if alternative == "greater" else lower)


def _step_down(extreme: FloatArray, tie: float) -> FloatArray:
    order = np.argsort(-extreme[0], kind="stable")
    # Column k: the largest among the k-th largest observed and all that are smaller.
    suffix = np.maximum.accumulate(extreme[:, order][:, ::-1], axis=1)[:, ::-1]
    reached = (suffix >= extreme[0, order] - tie).mean(axis=0)
    out = np.empty(order.size)
    out[order] = np.maximum.accumulate(reached)
    return out


def _critical(extreme: FloatArray, level: float) -> float:
    largest = np.sort(extreme.max(axis=1))[::-1]
    # + 1e-9: (1 - 0.95) * 1000 is 50.000000000000044 or 49.99999999999999.
    outside = int((1.0 - level) * largest.size + 1e-9)
    if outside < 1:
        raise InputError(
            "permutations",
            expected=f"at least {int(np.ceil(1.0 / (1.0 - level) - 1e-9)) - 1} for an envelope "
            f"of level {level:g}",
            found=str(largest.size - 1),
            remedy="draw more permutations, e.g. permutations=999",
        )
    return float(largest[outside])


def _check(t: FloatArray, draws: FloatArray, level: float) -> None:
    if draws.ndim != 2 or t.ndim != 1 or draws.shape[1] != t.size or not draws.shape[0]:
        raise ValuesError(
            "simulated",
            expected=f"permutations of {t.size} statistics, a row a permutation",
            found=f"shape {draws.shape}",
        )
    finite: BoolArray = np.isfinite(t) & np.isfinite(draws).all(axis=0)
    if not finite.all():
        raise ValuesError(
            "statistics",
            expected="finite values under every permutation",
            found=f"{int((~finite).sum())} of {t.size} are not",
            offenders=[int(i) for i in np.flatnonzero(~finite)],
        )
    if not 0.0 < level < 1.0:
        raise InputError("level", expected="a number between 0 and 1", found=repr(level))
