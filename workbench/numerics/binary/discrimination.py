"""How well probabilities tell ones from zeros."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from workbench.numerics.binary.logit import mcfadden, null_loglik
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True)
class Goodness:
    """Measures of fit of a binary model; 0 for the constant alone, 1 for certainty, unless said.

    Attributes
    ----------
    mcfadden : float
        1 − l / l₀ (McFadden 1974).
    cox_snell : float
        1 − exp(2 (l₀ − l) / n), at most 1 − exp(2 l₀ / n) (Cox and Snell 1989).
    nagelkerke : float
        `cox_snell` over its largest value (Nagelkerke 1991).
    tjur : float
        Mean probability of ones less that of zeros (Tjur 2009).
    brier : float
        Mean (y − p)²; smaller is better.
    auc : float
        Share of pairs of a one and a zero in which the one has the larger p, ties counting ½.
    """

    mcfadden: float
    cox_snell: float
    nagelkerke: float
    tjur: float
    brier: float
    auc: float


def goodness_of(y: FloatArray, p: FloatArray, loglik: float) -> Goodness:
    """Return the measures of fit at a log-likelihood.

    Parameters
    ----------
    y, p : ndarray, shape (n,)
        Outcomes of 0 and 1, both present, and probabilities.
    loglik : float
        Not penalised.

    Examples
    --------
    >>> y = np.array([0.0, 0.0, 1.0, 1.0])
    >>> goodness_of(y, np.array([0.1, 0.4, 0.35, 0.8]), -2.0).auc
    0.75
    """
    base = null_loglik(y)
    most = -np.expm1(2.0 * base / y.size)
    cox_snell = -np.expm1(2.0 * (base - loglik) / y.size)
    ones = y == 1.0
    return Goodness(
        mcfadden=mcfadden(loglik, base),
        cox_snell=float(cox_snell),
        nagelkerke=float(cox_snell / most),
        tjur=float(p[ones].mean() - p[~ones].mean()),
        brier=float(np.mean((y - p) ** 2)),
        auc=area_under_curve(y, p),
    )


def area_under_curve(y: FloatArray, p: FloatArray) -> float:
    """Return the area under the receiver operating characteristic, the Mann-Whitney share.

    Examples
    --------
    >>> area_under_curve(np.array([0.0, 1.0]), np.array([0.5, 0.5]))
    0.5
    """
    ones = int(y.sum())
    ranks = stats.rankdata(p)
    above = float(ranks[y == 1.0].sum()) - ones * (ones + 1) / 2
    return above / (ones * (y.size - ones))
