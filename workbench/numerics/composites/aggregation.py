"""Aggregations of weighted indicators: means, and means with a penalty for imbalance."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from workbench.errors import InputError, ValuesError
from workbench.numerics.composites.outranking import borda, copeland, kemeny, outranking
from workbench.typing import FloatArray

__all__ = [
    "arithmetic", "borda", "copeland", "generalised_mean", "geometric", "harmonic", "kemeny",
    "mazziotta_goalposts", "mazziotta_pareto", "mazziotta_standard", "outranking",
]  # fmt: skip

Phenomenon: TypeAlias = Literal["positive", "negative"]
"""Whether higher scores are better (a penalty lowers them) or worse (a penalty raises them)."""

CANCELLED = 1e-14
"""A sum below this share of the sum of magnitudes is rounding: ranks would be made of it."""


def arithmetic(Z: FloatArray, weights: FloatArray) -> FloatArray:
    """Return Σ w_i z_i: full compensation.

    Parameters
    ----------
    Z : ndarray, shape (..., n, k)
        Normalised indicators, higher is better.
    weights : ndarray, shape (..., k)
        Not negative; scaled to sum to one. Constructions in the leading dimensions broadcast.

    Returns
    -------
    ndarray, shape (..., n)
        Sums that cancel but for rounding are zero.

    Examples
    --------
    >>> arithmetic(np.array([[1.0, 3.0]]), np.array([1.0, 3.0])).tolist()
    [2.5]
    """
    Z, w = _prepared(Z, weights)
    parts = Z * w
    total = parts.sum(axis=-1)
    if (Z < 0).any():
        total = np.where(np.abs(total) <= CANCELLED * np.abs(parts).sum(axis=-1), 0.0, total)
    return np.asarray(total)


def geometric(Z: FloatArray, weights: FloatArray) -> FloatArray:
    """Return Π z_i^w_i: partial compensation; shapes as :func:`arithmetic`.

    Raises
    ------
    ValuesError
        If a value is zero or negative: one such indicator would decide the score alone.

    Examples
    --------
    >>> geometric(np.array([[1.0, 4.0]]), np.array([0.5, 0.5])).tolist()
    [2.0]
    """
    Z, w = _prepared(Z, weights)
    _positive(Z, "geometric")
    return np.asarray(np.exp((np.log(Z) * w).sum(axis=-1)))


def harmonic(Z: FloatArray, weights: FloatArray) -> FloatArray:
    """Return 1 / Σ (w_i / z_i): little compensation; shapes and errors as :func:`geometric`.

    Examples
    --------
    >>> harmonic(np.array([[1.0, 3.0]]), np.array([0.5, 0.5])).tolist()
    [1.5]
    """
    Z, w = _prepared(Z, weights)
    _positive(Z, "harmonic")
    return np.asarray(1.0 / (w / Z).sum(axis=-1))


def generalised_mean(Z: FloatArray, weights: FloatArray, *, power: float) -> FloatArray:
    """Return (Σ w_i z_i^p)^(1/p); p = 1, 0, −1 are the arithmetic, geometric, harmonic mean.

    Powers other than 1 need positive values.

    References
    ----------
    Decancq, K. and Lugo, M. A. (2013). Weights in multidimensional indices of wellbeing: an
    overview. Econometric Reviews 32, 7-34.

    Examples
    --------
    >>> generalised_mean(np.array([[1.0, 7.0]]), np.array([0.5, 0.5]), power=2).tolist()
    [5.0]
    """
    if not np.isfinite(power):
        raise InputError("power", expected="a finite number", found=repr(power))
    if power == 1:
        return arithmetic(Z, weights)
    if power == 0:
        return geometric(Z, weights)
    Z, w = _prepared(Z, weights)
    _positive(Z, f"generalised (power {power:g})")
    return np.asarray((Z**power * w).sum(axis=-1) ** (1.0 / power))


def mazziotta_standard(X: FloatArray, direction: FloatArray) -> FloatArray:
    """Return z-scores with mean 100 and standard deviation 10, directed.

    Parameters
    ----------
    X : ndarray, shape (..., n, k)
        Indicators in their units; none constant.
    direction : ndarray, shape (k,)
        +1 where higher is better, −1 where lower is.

    Returns
    -------
    ndarray, shape (..., n, k)
        100 ± 10 (x − M) / S, with the standard deviation over n, not n − 1.

    References
    ----------
    Mazziotta, M. and Pareto, A. (2016). On a generalized non-compensatory composite index for
    measuring socio-economic phenomena. Social Indicators Research 127, 983-1003.

    Examples
    --------
    >>> mazziotta_standard(np.array([[1.0], [3.0]]), np.array([-1.0])).ravel().tolist()
    [110.0, 90.0]
    """
    X = np.asarray(X, dtype=np.float64)
    centred = X - X.mean(axis=-2, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-2, keepdims=True))
    if (spread <= 1e-12 * np.abs(X).max(axis=-2, keepdims=True)).any():
        raise _constant()
    return np.asarray(100.0 + 10.0 * direction * centred / spread)


def mazziotta_goalposts(
    X: FloatArray, direction: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return indicators scaled so that the goalposts are 70 and 130, directed.

    Parameters
    ----------
    X, direction : as :func:`mazziotta_standard`
    low, high : ndarray, shape (k,)
        Goalposts in the indicators' units. Those of a reference r are r ∓ (sup − inf) / 2, which
        makes the reference 100.

    Returns
    -------
    ndarray, shape (..., n, k)
        70 + 60 (x − low) / (high − low), or 200 less that where lower is better.

    References
    ----------
    Mazziotta, M. and Pareto, A. (2016), as above, section 3.2.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> mazziotta_goalposts(np.array([[2.0], [4.0]]), one, one * 2, one * 4).ravel().tolist()
    [70.0, 130.0]
    """
    if not (np.asarray(high) > np.asarray(low)).all():
        raise _constant()
    scaled = 70.0 + 60.0 * (np.asarray(X, dtype=np.float64) - low) / (np.asarray(high) - low)
    return np.asarray(np.where(np.asarray(direction) > 0, scaled, 200.0 - scaled))


def mazziotta_pareto(
    Z: FloatArray, weights: FloatArray, *, phenomenon: Phenomenon = "positive"
) -> FloatArray:
    """Return M ∓ S · S/M: the mean less (or plus) a penalty for unbalanced indicators.

    Parameters
    ----------
    Z : ndarray, shape (..., n, k)
        From :func:`mazziotta_standard` (the index MPI) or :func:`mazziotta_goalposts` (AMPI).
    weights : ndarray, shape (..., k)
        Of mean and standard deviation; equal ones in the original index.
    phenomenon : {"positive", "negative"}
        Negative where higher scores are worse (poverty): the penalty is then added.

    Returns
    -------
    ndarray, shape (..., n)

    Raises
    ------
    ValuesError
        If a mean is not positive, which the coefficient of variation needs.

    References
    ----------
    Mazziotta, M. and Pareto, A. (2016), as above. With weights: Mazziotta, M. and Pareto, A.
    (2022). Weighting in composite indices construction: the case of the Mazziotta-Pareto index.
    Rivista Italiana di Economia Demografia e Statistica 76(2).

    Examples
    --------
    >>> mazziotta_pareto(np.array([[90.0, 110.0]]), np.array([0.5, 0.5])).tolist()
    [99.0]
    """
    if phenomenon not in ("positive", "negative"):
        raise InputError("phenomenon", expected="'positive' or 'negative'", found=repr(phenomenon))
    Z, w = _prepared(Z, weights)
    mean = (Z * w).sum(axis=-1)
    if (mean <= 0).any():
        raise ValuesError(
            "Z",
            expected="scores around 100",
            found=f"{np.count_nonzero(mean <= 0)} means at or below zero",
            why="the penalty is the standard deviation times its ratio to the mean",
            remedy="wider goalposts, or treat outliers first",
        )
    variance = (w * (Z - mean[..., None]) ** 2).sum(axis=-1)
    penalty = variance / mean
    return np.asarray(mean - penalty if phenomenon == "positive" else mean + penalty)


def _prepared(Z: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    Z = np.asarray(Z, dtype=np.float64)
    w = np.asarray(weights, dtype=np.float64)
    if Z.ndim < 2 or w.shape[-1] != Z.shape[-1]:
        raise InputError(
            "weights", expected=f"{Z.shape[-1]} a construction", found=f"shape {w.shape}"
        )
    total = w.sum(axis=-1, keepdims=True)
    if not (np.isfinite(w).all() and (w >= 0).all() and (total > 0).all()):
        raise ValuesError(
            "weights", expected="weights that are not negative, with a positive sum", found="others"
        )
    if not np.isfinite(Z).all():
        raise ValuesError(
            "Z", expected="finite values", found=f"{np.count_nonzero(~np.isfinite(Z))} others"
        )
    return Z, (w / total)[..., None, :]


def _positive(Z: FloatArray, name: str) -> None:
    bad = Z <= 0
    if bad.any():
        rows = np.flatnonzero(bad.any(axis=-1).reshape(-1, Z.shape[-2]).any(axis=0))
        raise ValuesError(
            "Z",
            expected=f"positive values for the {name} mean",
            found=f"{np.count_nonzero(bad)} at or below zero",
            offenders=[f"row {row}" for row in rows],
            why="a single zero would decide the score",
            remedy="goalposts below the minimum, or a range of the normalisation above zero",
        )


def _constant() -> ValuesError:
    return ValuesError(
        "X",
        expected="indicators that vary, goalposts with low < high",
        found="a constant indicator or empty goalposts",
        why="the scale would divide by zero",
        remedy="leave the indicator out, or give goalposts",
    )
