"""Hazards of adoption in discrete time: the score of one more term, and its law over maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from workbench.typing import BoolArray, FloatArray, HazardLink, IntArray


@dataclass(frozen=True, slots=True)
class Score:
    """The efficient score of one more term in a binary regression.

    Attributes
    ----------
    weight, rest : ndarray, shape (N,)
        Fisher weights w = (dμ/dη)² / (μ(1 − μ)) and scores r of the linear predictor.
    within : ndarray, shape (N, k)
        √w X, orthonormalised: what the term shares with the others is taken out.
    """

    weight: FloatArray
    rest: FloatArray
    within: FloatArray

    def __call__(self, term: FloatArray) -> float:
        """Return z = Σ r x / √(x′Wx − x′WX(X′WX)⁻¹X′Wx) of a term, shape (N,)."""
        scaled = np.sqrt(self.weight) * term
        left = scaled - self.within @ (self.within.T @ scaled)
        square = float(left @ left)
        # less than rounding leaves is collinear with the others
        if square <= 1e-12 * float(scaled @ scaled) or square == 0.0:
            return float("nan")
        return float(self.rest @ term) / float(np.sqrt(square))


def score(X: FloatArray, y: FloatArray, eta: FloatArray, link: HazardLink) -> Score:
    """Return the score of a term that is not in the model, at the estimates without it.

    Parameters
    ----------
    X, y, eta : ndarray, shapes (N, k), (N,) and (N,)
        Columns of the model, adoption (0 or 1), and fitted linear predictor.
    link : {"cloglog", "logit"}

    References
    ----------
    Cox, D. and Hinkley, D. (1974). Theoretical Statistics, section 9.3.
    """
    weight, rest = _parts(y, eta, link)
    within, _ = np.linalg.qr(np.sqrt(weight)[:, None] * X)
    return Score(weight, rest, np.asarray(within))


def _parts(y: FloatArray, eta: FloatArray, link: HazardLink) -> tuple[FloatArray, FloatArray]:
    """Return (dμ/dη)² / (μ(1 − μ)) and (y − μ) dμ/dη / (μ(1 − μ)), also where μ rounds to 0 or 1.

    With λ = exp η, of the complementary log-log λ²/(e^λ − 1), and λ/(e^λ − 1) of adopters, −λ of
    the others.
    """
    if link == "logit":
        mean, weight = probability(eta, link)
        return weight, y - mean
    rate = np.exp(eta)
    share = 1.0 / special.exprel(rate)
    return rate * share, np.where(y > 0, share, -rate)


def exposure(W: Any, adopted: BoolArray) -> FloatArray:
    """Return the weighted sum of neighbours that have adopted before each period, shape (n, T).

    Parameters
    ----------
    W : sparse array, shape (n, n)
    adopted : ndarray of bool, shape (n, T)
        Whether a region has adopted when the period begins.
    """
    return np.asarray(W @ adopted.astype(np.float64))


def permuted_scores(
    found: Score,
    W: Any,
    adopted: BoolArray,
    rows: tuple[IntArray, IntArray],
    *,
    permutations: int,
    generator: np.random.Generator,
) -> FloatArray:
    """Return the score of exposure under maps on which the regions change places, shape (R,).

    The histories stay with what else is known of the region; only who neighbours whom changes.

    Parameters
    ----------
    found : Score
        At the estimates without exposure.
    W, adopted
        As in :func:`exposure`.
    rows : (ndarray of int, ndarray of int), shape (N,) each
        Region and period of each observation.
    """
    n = adopted.shape[0]
    held = np.empty(permutations)
    for r in range(permutations):
        places = generator.permutation(n)
        moved = np.empty_like(adopted)
        moved[places] = adopted
        held[r] = found(exposure(W, moved)[places][rows])
    return held


def probability(eta: FloatArray, link: HazardLink) -> tuple[FloatArray, FloatArray]:
    """Return the probability of adoption and its derivative by the linear predictor."""
    if link == "logit":
        mean = special.expit(eta)
        return mean, mean * special.expit(-eta)
    rate = np.exp(eta)
    return -np.expm1(-rate), rate * np.exp(-rate)
