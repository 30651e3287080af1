"""Agreement of two typings beyond chance: kappa, mutual information, the best matching."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from workbench.typing import FloatArray, IntArray, KappaWeights


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of two typings with the same types.

    Attributes
    ----------
    kappa : float
        (P_o − P_e) / (1 − P_e); NaN where both put everything into one same type.
    std_error : float
        Of Fleiss, Cohen and Everitt (1969), not under the null; NaN as above.
    observed, expected : float
        Weighted shares of agreement P_o, and P_e by the margins.
    """

    kappa: float
    std_error: float
    observed: float
    expected: float


def agreement_weights(k: int, weights: KappaWeights | None) -> FloatArray:
    """Return what a pair of types counts as agreement, shape (k, k).

    1 on the diagonal and 0 elsewhere without `weights`; ``1 − |i − j| / (k − 1)`` linear and
    ``1 − (i − j)² / (k − 1)²`` quadratic ones.

    Examples
    --------
    >>> agreement_weights(3, "quadratic")[0].tolist()
    [1.0, 0.75, 0.0]
    """
    if weights is None:
        return np.eye(k)
    steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    return np.asarray(1.0 - (steps if weights == "linear" else steps**2))


def kappa(table: IntArray, weights: FloatArray) -> Kappa:
    """Compute kappa from a square cross table, with its large-sample standard error.

    With shares p_ij, agreement weights w_ij, w̄_i. = Σ_j p_.j w_ij and w̄_.j = Σ_i p_i. w_ij the
    variance is [Σ p_ij (w_ij − (w̄_i. + w̄_.j)(1 − κ))² − (κ − P_e (1 − κ))²] / (n (1 − P_e)²).

    Parameters
    ----------
    table : ndarray of int, shape (k, k)
        Rows and columns the same types in the same order.
    weights : ndarray, shape (k, k)
        From :func:`agreement_weights`.

    References
    ----------
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70, 213-220. Fleiss, J., Cohen, J. and
    Everitt, B. (1969). Large sample standard errors of kappa and weighted kappa. Psychological
    Bulletin 72, 323-327.

    Examples
    --------
    >>> found = kappa(np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]]), agreement_weights(3, None))
    >>> round(found.kappa, 3)
    0.676
    """
    n = int(table.sum())
    p = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed = float((weights * p).sum())
    expected = float(rows @ weights @ columns)
    if np.isclose(expected, 1.0, rtol=0.0, atol=1e-15):
        return Kappa(float("nan"), float("nan"), observed, expected)
    value = (observed - expected) / (1.0 - expected)
    means = (weights @ columns)[:, None] + (rows @ weights)[None, :]
    spread = float((p * (weights - means * (1.0 - value)) ** 2).sum())
    variance = (spread - (value - expected * (1.0 - value)) ** 2) / (n * (1.0 - expected) ** 2)
    # perfect agreement leaves rounding of either sign
    return Kappa(value, float(np.sqrt(max(variance, 0.0))), observed, expected)


def mutual_information(table: IntArray) -> float:
    """Compute Σ p_ij log(p_ij / (p_i. p_.j)) of a cross table, in nats.

    Examples
    --------
    >>> round(mutual_information(np.array([[2, 0], [0, 2]])), 6)
    0.693147
    """
    p = table / table.sum()
    held = p > 0
    chance = np.outer(p.sum(axis=1), p.sum(axis=0))
    return max(float((p[held] * np.log(p[held] / chance[held])).sum()), 0.0)


def matched(table: IntArray) -> tuple[IntArray, int]:
    """Match columns with rows one to one so that most members are in a matched cell.

    Returns
    -------
    partner : ndarray of int, shape (columns,)
        Row of each column, −1 for one without, or one that shares no member with its row.
    kept : int
        Members in matched cells.

    References
    ----------
    Kuhn, H. W. (1955). The Hungarian method for the assignment problem. Naval Research Logistics
    Quarterly 2, 83-97.

    Examples
    --------
    >>> partner, kept = matched(np.array([[0, 5, 1], [4, 0, 0]]))
    >>> partner.tolist(), kept
    ([1, 0, -1], 9)
    """
    rows, columns = linear_sum_assignment(-table)
    partner = np.full(table.shape[1], -1, dtype=np.int64)
    shared = table[rows, columns] > 0
    partner[columns[shared]] = rows[shared]
    return partner, int(table[rows, columns].sum())
