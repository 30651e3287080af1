"""Entropy of shares, its bias in samples, and its parts along a hierarchy."""

from __future__ import annotations

import numpy as np

from workbench.typing import EntropyCorrection, FloatArray, IntArray


def entropy(X: FloatArray, correction: EntropyCorrection = "none") -> FloatArray:
    """Return the entropy of each row, in natural units, shape (n,).

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Non-negative, each row with a positive sum; counts where there is a correction.
    correction : {"none", "miller-madow", "chao-shen"}
        −Σ p log p; with (m − 1)/(2 N) added for m cells in use (Miller 1955); or Chao and Shen's
        (2003) −Σ C p log(C p) / (1 − (1 − C p)^N) with the coverage C = 1 − f₁/N, f₁ cells being
        met once. Where all were met once C = 1 − (N − 1)/N, as if one had been met twice.

    Examples
    --------
    >>> entropy(np.array([[1.0, 1.0, 2.0]])).round(6).tolist()
    [1.039721]
    >>> entropy(np.array([[1.0, 1.0, 2.0]]), "miller-madow").round(6).tolist()
    [1.289721]
    """
    N = X.sum(axis=1, keepdims=True)
    p = X / N
    if correction == "chao-shen":
        once = (X == 1).sum(axis=1, keepdims=True).astype(np.float64)
        once = np.where(once == N, N - 1, once)
        p = (1 - once / N) * p
        with np.errstate(divide="ignore", invalid="ignore"):
            seen = -np.expm1(N * np.log1p(-p))
            terms = np.where(p > 0, p * np.log(p) / seen, 0.0)
        return np.asarray(0.0 - terms.sum(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = 0.0 - np.where(p > 0, p * np.log(p), 0.0).sum(axis=1)
    if correction == "miller-madow":
        plain = plain + ((X > 0).sum(axis=1) - 1) / (2 * N[:, 0])
    return np.asarray(plain)


def levels(X: FloatArray, codes: list[IntArray], correction: EntropyCorrection) -> FloatArray:
    """Return the entropy of each row at each level of a hierarchy, shape (n, levels).

    Parameters
    ----------
    X : ndarray, shape (n, k)
    codes : list of ndarray of int, shape (k,)
        Group of each column at each level but the last, from coarse to fine; codes from 0, each in
        use. The last level is the columns themselves.

    Examples
    --------
    >>> codes = [np.array([0, 0, 1])]
    >>> levels(np.array([[1.0, 1.0, 2.0]]), codes, "none").round(6).tolist()
    [[0.693147, 1.039721]]
    """
    sums = [X @ np.eye(int(code.max()) + 1)[code] for code in codes]
    return np.stack([entropy(part, correction) for part in (*sums, X)], axis=1)
