"""Whether I, W, W², W³ are linearly independent, and how many neighbourhoods differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.sparse.matrices import as_weights, freeze
from workbench.typing import FloatArray

EXACT_UP_TO = 1500
"""Regions up to which whole matrices are compared; beyond, their products with random columns."""

PROBES = 128
"""Random columns beyond: traces of products are then found to about a tenth, ranks as they are."""

DEPENDENT = 1e-9
"""Smallest singular value, of matrices of length 1, from which they count as independent.

Rounding leaves about 1e-16 of an exact dependence, groups of nearly equal size far more."""


@dataclass(frozen=True, slots=True)
class Independence:
    """Singular values of I, W, …, Wᵖ as vectors of length 1.

    Attributes
    ----------
    singular : ndarray of shape (p + 1,)
        Largest first; 0 where the matrices are linearly dependent.
    rank : int
        Number of singular values above :data:`DEPENDENT`.
    exact : bool
        Whether whole matrices were compared.
    """

    singular: FloatArray
    rank: int
    exact: bool

    @property
    def smallest(self) -> float:
        """The last singular value."""
        return float(self.singular[-1])

    @property
    def independent(self) -> bool:
        """Whether no power is a combination of the others."""
        return self.rank == len(self.singular)


def power_independence(W: Any, highest: int, *, seed: np.random.Generator) -> Independence:
    """Measure whether I, W, …, W^highest are linearly independent.

    Parameters
    ----------
    W : csr_array of shape (n, n)
    highest : int
        Largest power: 2 without, 3 with effects that all members of a network share.
    seed : numpy.random.Generator
        Of random columns, where there are more than :data:`EXACT_UP_TO` regions.

    References
    ----------
    Bramoullé, Y., Djebbari, H. and Fortin, B. (2009). Identification of peer effects through
    social networks. Journal of Econometrics 150, 41–55, propositions 1 and 5.

    Examples
    --------
    >>> complete = (np.ones((4, 4)) - np.eye(4)) / 3
    >>> power_independence(complete, 2, seed=np.random.default_rng(0)).rank
    2
    """
    W = as_weights(W)
    columns, exact = _columns(W.shape[0], seed)
    powers = [columns]
    for _ in range(highest):
        powers.append(np.asarray(W @ powers[-1]))
    stacked = np.column_stack([power.ravel() for power in powers])
    length = np.linalg.norm(stacked, axis=0)
    # The triangular factor has the singular values without their squares, which would lose half.
    R = np.linalg.qr(stacked / np.where(length > 0, length, 1.0), mode="r")
    singular = np.linalg.svd(R, compute_uv=False)
    return Independence(freeze(singular), int((singular > DEPENDENT).sum()), exact)


def _columns(n: int, seed: np.random.Generator) -> tuple[FloatArray, bool]:
    if n <= EXACT_UP_TO:
        return np.eye(n), True
    return seed.standard_normal((n, PROBES)), False


def effective_neighborhoods(W: Any, *, seed: np.random.Generator) -> float:
    """Return how many independent values the neighbours' averages of n independent ones have.

    (tr V)² / tr V² with V = MWW′M, M = I − 11′/n: n − 1 if all averages were uncorrelated and
    equally variable, few where neighbourhoods overlap.

    Parameters
    ----------
    W : csr_array of shape (n, n)
    seed : numpy.random.Generator
        As in :func:`power_independence`.

    Examples
    --------
    >>> ring = np.roll(np.eye(5), 1, axis=1)
    >>> round(effective_neighborhoods(ring, seed=np.random.default_rng(0)), 6)
    4.0
    """
    W = as_weights(W)
    columns, _ = _columns(W.shape[0], seed)
    applied = columns - columns.mean(axis=0)
    applied = np.asarray(W @ (W.T @ applied))
    applied = applied - applied.mean(axis=0)
    scale = columns.shape[1] / W.shape[0]
    first = float(np.sum((columns - columns.mean(axis=0)) * applied)) / scale
    second = float(np.sum(applied**2)) / scale
    return first**2 / second if second > 0 else 0.0
