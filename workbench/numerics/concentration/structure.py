"""How one distribution of shares differs from another, a row at a time.

Rows are distributions: of a region over activities (specialisation) or of an activity over regions
(concentration). The reference is what they are compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from workbench.typing import FloatArray, StructureReference


def shares(counts: FloatArray) -> FloatArray:
    """Return rows over their sums.

    Examples
    --------
    >>> shares(np.array([[1.0, 3.0]])).tolist()
    [[0.25, 0.75]]
    """
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True))


def reference_shares(counts: FloatArray, reference: StructureReference) -> FloatArray:
    """Return what each row of counts (n, k) is compared with, shape (n, k) or (1, k).

    ``whole``: all rows added up; ``rest``: all other rows added up; ``others``: the mean of the
    shares of all other rows, each counting once; ``uniform``: equal shares.

    Examples
    --------
    >>> reference_shares(np.array([[1.0, 1.0], [0.0, 2.0]]), "whole").tolist()
    [[0.25, 0.75]]
    """
    n, k = counts.shape
    if reference == "uniform":
        return np.full((1, k), 1 / k)
    if reference == "whole":
        return shares(counts.sum(axis=0, keepdims=True))
    if reference == "rest":
        return shares(counts.sum(axis=0) - counts)
    each = shares(counts)
    return np.asarray((each.sum(axis=0) - each) / (n - 1))


def herfindahl(p: FloatArray, _q: FloatArray) -> FloatArray:
    """Return Σ p²; the reference plays no part."""
    return np.asarray((p**2).sum(axis=-1))


def herfindahl_normalised(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return (Σ p² − 1/k) / (1 − 1/k), 0 for equal shares and 1 for one class alone."""
    k = p.shape[-1]
    return np.asarray((herfindahl(p, q) - 1 / k) / (1 - 1 / k))


def number_equivalent(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return 1 / Σ p², the number of equal classes that would be as concentrated."""
    return np.asarray(1 / herfindahl(p, q))


def entropy(p: FloatArray, _q: FloatArray) -> FloatArray:
    """Return −Σ p ln p, in nats; classes without a share add nothing."""
    logs = np.log(np.where(p > 0, p, 1.0))
    return np.asarray(np.abs((p * logs).sum(axis=-1)))


def theil(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return Σ p ln(p / q), infinite where the reference lacks a class that the row has."""
    with np.errstate(divide="ignore"):
        ratio = np.where(p > 0, p, 1.0) / np.where(p > 0, q, 1.0)
        found = (p * np.log(ratio)).sum(axis=-1)
    return np.asarray(np.maximum(found, 0.0))


def krugman(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return Σ |p − q|, from 0 to 2."""
    return np.asarray(np.abs(p - q).sum(axis=-1))


def hoover(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return ½ Σ |p − q|: the share that would have to move, from 0 to 1."""
    return np.asarray(0.5 * krugman(p, q))


def hachman(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return 1 / Σ p² / q, which is 1 where p = q and 0 where the reference lacks a class."""
    with np.errstate(divide="ignore"):
        ratio = p / np.where(p > 0, q, 1.0)
    return np.asarray(1 / (p * ratio).sum(axis=-1))


def gini(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return the Gini coefficient of p against q: twice the area between Lorenz curve and diagonal.

    Classes are put in the order of p / q; the curve has Σ q on its abscissa and Σ p on its
    ordinate. Its limit is 1 less the share q of the class that holds everything.
    """
    q = np.broadcast_to(q, p.shape)
    p, q = _ordered(p, q)
    across, up = np.cumsum(q, axis=-1), np.cumsum(p, axis=-1)
    area = across[..., :-1] * p[..., 1:] - up[..., :-1] * q[..., 1:]
    # equal ratios leave rounding of either sign
    found = area.sum(axis=-1)
    return np.asarray(np.where(found > 1e-14, found, 0.0))


def gini_of_quotients(p: FloatArray, q: FloatArray) -> FloatArray:
    """Return the Gini coefficient of the quotients p / q, each class counting once.

    ``2 Σ λ (c_(λ) − c̄) / (m² c̄)`` with the quotients in order, λ = 1 … m; its limit is 1 − 1/m. NaN
    where the reference lacks a class: there is no quotient.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        c = np.sort(p / q, axis=-1)
    c = np.where(np.isfinite(c).all(axis=-1, keepdims=True), c, np.nan)
    m = c.shape[-1]
    rank = np.arange(1, m + 1)
    mean = c.mean(axis=-1, keepdims=True)
    found = 2 * (rank * (c - mean)).sum(axis=-1) / (m**2 * mean[..., 0])
    return np.asarray(np.where(found <= 1e-14, 0.0, found))


def lorenz(p: FloatArray, q: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return abscissa and ordinate of the Lorenz curve of one distribution, from (0, 0) to (1, 1).

    Examples
    --------
    >>> x, y = lorenz(np.array([0.9, 0.1]), np.array([0.5, 0.5]))
    >>> x.tolist(), y.tolist()
    ([0.0, 0.5, 1.0], [0.0, 0.1, 1.0])
    """
    p, q = _ordered(p, q)
    x, y = np.append(0.0, np.cumsum(q)), np.append(0.0, np.cumsum(p))
    return x / x[-1], y / y[-1]


def _ordered(p: FloatArray, q: FloatArray) -> tuple[FloatArray, FloatArray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        # a class that neither has adds nothing, wherever it stands
        ratio = np.where((p == 0) & (q == 0), 0.0, p / q)
    order = np.argsort(ratio, axis=-1, kind="stable")
    return np.take_along_axis(p, order, axis=-1), np.take_along_axis(q, order, axis=-1)


MEASURES: Mapping[str, Callable[[FloatArray, FloatArray], FloatArray]] = MappingProxyType(
    {
        "krugman": krugman,
        "hoover": hoover,
        "hachman": hachman,
        "theil": theil,
        "gini": gini,
        "gini_of_quotients": gini_of_quotients,
        "herfindahl": herfindahl,
        "herfindahl_normalised": herfindahl_normalised,
        "number_equivalent": number_equivalent,
        "entropy": entropy,
    }
)
"""Every measure of a distribution p (n, k) against a reference q, shape (n,)."""

BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "krugman": (0.0, 2.0),
        "hoover": (0.0, 1.0),
        "hachman": (0.0, 1.0),
        "theil": (0.0, float("inf")),
        "gini": (0.0, 1.0),
        "gini_of_quotients": (0.0, 1.0),
        "herfindahl": (0.0, 1.0),
        "herfindahl_normalised": (0.0, 1.0),
        "number_equivalent": (1.0, float("inf")),
        "entropy": (0.0, float("inf")),
    }
)
"""What each measure cannot leave."""

REFERENCED = ("krugman", "hoover", "hachman", "theil", "gini", "gini_of_quotients")
"""Measures in which the reference plays a part."""
