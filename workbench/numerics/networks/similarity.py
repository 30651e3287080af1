"""How often two activities are found together, and what that says of their relatedness."""

from __future__ import annotations

import numpy as np

from workbench.typing import CoTotals, FloatArray, RelatednessMeasure


def together(M: FloatArray) -> FloatArray:
    """Return M′M, shape (k, k): co-occurrences off the diagonal, own squares on it.

    Of a table of zeros and ones the diagonal is in how many rows an activity is found.
    """
    found = M.T @ M
    # products of whole numbers are whole; of others the two triangles may differ in the last bit
    return np.asarray((found + found.T) / 2)


def similarity(
    C: FloatArray, measure: RelatednessMeasure, totals: CoTotals, *, n: int
) -> FloatArray:
    """Return the relatedness of each pair of activities, shape (k, k), with zeros on the diagonal.

    Parameters
    ----------
    C : ndarray, shape (k, k)
        From :func:`together`.
    measure : str
        ``proximity`` C_ij / max(C_ii, C_jj); with totals s ``cosine`` C_ij / √(s_i s_j),
        ``jaccard`` C_ij / (s_i + s_j − C_ij), ``association`` C_ij m / (s_i s_j) and
        ``probability-index`` C_ij over its expectation when m halves of co-occurrences pair up and
        none with itself, (m/2) [s_i/m · s_j/(m − s_i) + s_j/m · s_i/(m − s_j)].
    totals : {"occurrences", "co-occurrences"}
        s_i = C_ii and m = n, or s_i = Σ_{j≠i} C_ij and m = Σ s_i. The probability index is of
        co-occurrences alone.
    n : int
        Rows that co-occurrences were counted over.

    Examples
    --------
    >>> C = np.array([[2.0, 1.0], [1.0, 4.0]])
    >>> similarity(C, "proximity", "occurrences", n=5).tolist()
    [[0.0, 0.25], [0.25, 0.0]]
    """
    own = np.diag(C).copy()
    off = C - np.diag(own)
    if measure == "proximity":
        return _ratio(off, np.maximum.outer(own, own))
    s = own if totals == "occurrences" else off.sum(axis=1)
    m = float(n) if totals == "occurrences" else float(s.sum())
    product = np.multiply.outer(s, s)
    if measure == "cosine":
        return _ratio(off, np.sqrt(product))
    if measure == "jaccard":
        return _ratio(off, np.add.outer(s, s) - off)
    if measure == "association":
        return _ratio(off * m, product)
    with np.errstate(divide="ignore", invalid="ignore"):
        meet = product / 2 * (1 / (m - s)[:, None] + 1 / (m - s)[None, :])
    return _ratio(off, np.where(np.isfinite(meet), meet, 0.0))


def _ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Return top over bottom; activities that meet none are related to none."""
    out = np.zeros_like(top)
    np.divide(top, bottom, out=out, where=bottom > 0)
    np.fill_diagonal(out, 0.0)
    return out


def density(M: FloatArray, related: FloatArray, *, own: bool) -> FloatArray:
    """Return Σ_j φ_ij M_rj / Σ_j φ_ij, shape (n, k): how much of what is related is present.

    Parameters
    ----------
    M : ndarray, shape (n, k)
        Presence.
    related : ndarray, shape (k, k)
        Symmetric φ ≥ 0, zeros on the diagonal.
    own : bool
        Whether an activity counts as related to itself, φ_ii = 1.

    Returns
    -------
    ndarray
        Missing in columns of activities that are related to none.

    Examples
    --------
    >>> related = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    >>> density(np.array([[0.0, 1.0, 0.0]]), related, own=False).tolist()
    [[0.5, 0.0, 0.0]]
    """
    phi = related + np.eye(len(related)) if own else related
    whole = phi.sum(axis=0)
    out = np.full(M.shape, np.nan)
    np.divide(M @ phi, whole, out=out, where=whole > 0)
    return out
