"""Tables of counts redrawn from the shares of each region."""

from __future__ import annotations

import numpy as np

from workbench.errors import InputError, ValuesError, check_whole
from workbench.innovation.activity_space.portfolios import Portfolios
from workbench.numerics.networks import incidence
from workbench.typing import FloatArray, Presence

FEWEST = 99
"""Draws below which a 95 % interval has fewer than three draws outside on either side."""


def whole_draws(draws: int) -> int:
    """Return the number of draws, 0 for none, or refuse one that no interval can come from."""
    return check_whole(
        "draws",
        draws,
        least=FEWEST,
        none_allowed=True,
        why="with fewer the ends of an interval are those of one or two draws",
        remedy="draws=499",
    )


def refuse_no_counts(X: FloatArray, argument: str = "draws") -> None:
    """Refuse figures that are no counts where counts are drawn anew."""
    broken = np.abs(X - np.round(X)) > 0
    if broken.any():
        raise ValuesError(
            argument,
            expected="a table of counts",
            found=f"{int(broken.sum())} figures with a fraction",
            why="how far shares can be by chance depends on how many units were counted",
            remedy=f"leave {argument} out, or pass counts: patents, firms, employees",
        )


def check_draws(draws: int, read: Portfolios, presence: Presence) -> int:
    """Return the number of draws for a table of regions × activities."""
    R = whole_draws(draws)
    if not R:
        return 0
    if presence == "binary":
        raise InputError(
            "draws",
            expected="a table of counts",
            found="presence='binary', zeros and ones",
            why="who has what is not known to have been sampled",
            remedy='pass the counts with presence="rca", or draws=0',
        )
    refuse_no_counts(read.read.values)
    return R


def redrawn(
    X: FloatArray, presence: Presence, threshold: float, rng: np.random.Generator
) -> FloatArray:
    """Return who has what in a table drawn anew, shape (n, k); each region keeps its total."""
    totals = X.sum(axis=1)
    counts = rng.multinomial(totals.astype(np.int64), X / totals[:, None]).astype(np.float64)
    if presence == "weighted":
        return counts
    if presence == "positive":
        return (counts > 0).astype(np.float64)
    return incidence.reaches(incidence.quotients(counts), threshold).astype(np.float64)
