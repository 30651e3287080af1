"""Variance-based sensitivity: what share of an output's variance each group of inputs makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from workbench.errors import InputError
from workbench.numerics.sparse.matrices import freeze
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray

STILL = 1e-14
"""A variance below this share of the squared outputs is rounding: the output does not move."""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Points at which a function of D uniform inputs in g groups is evaluated.

    Attributes
    ----------
    A, B : ndarray, shape (N, D)
        Two independent samples.
    groups : tuple of slice
        Columns of each group.
    """

    A: FloatArray
    B: FloatArray
    groups: tuple[slice, ...]

    @property
    def evaluations(self) -> int:
        """N (g + 2)."""
        return len(self.A) * (len(self.groups) + 2)

    def mixed(self, group: int) -> FloatArray:
        """Return A with the columns of one group from B."""
        points = self.A.copy()
        points[:, self.groups[group]] = self.B[:, self.groups[group]]
        return points

    def points(self) -> FloatArray:
        """Return A, B and every mixture, stacked: shape (N (g + 2), D)."""
        return np.vstack([self.A, self.B, *(self.mixed(g) for g in range(len(self.groups)))])


@dataclass(frozen=True, slots=True, eq=False)
class Indices:
    """Sobol indices with bootstrap intervals; g groups, outputs in the last axis if several.

    Attributes
    ----------
    first, total : ndarray, shape (g, ...)
        Shares of variance: by the group alone, and with all its interactions. NaN where the output
        does not move.
    first_low, first_high, total_low, total_high : ndarray, shape (g, ...)
        Bootstrap percentile intervals.
    variance, mean : ndarray, shape (...)
        Of the output.
    """

    first: FloatArray
    total: FloatArray
    first_low: FloatArray
    first_high: FloatArray
    total_low: FloatArray
    total_high: FloatArray
    variance: FloatArray
    mean: FloatArray


def design(sizes: Sequence[int], N: int, *, rng: np.random.Generator) -> Design:
    """Return a scrambled Sobol sequence split into the two samples of a sensitivity analysis.

    Parameters
    ----------
    sizes : sequence of int
        Number of inputs in each group.
    N : int
        Points of each sample; a power of two, at least 8.
    rng : numpy.random.Generator
        Of the scrambling.

    Raises
    ------
    InputError
        If there is no group, or N is no power of two.

    References
    ----------
    Sobol, I. M. (1967). On the distribution of points in a cube and the approximate evaluation of
    integrals. USSR Computational Mathematics and Mathematical Physics 7, 86-112. Owen, A. B.
    (1998). Scrambling Sobol and Niederreiter-Xing points. Journal of Complexity 14, 466-489.

    Examples
    --------
    >>> plan = design([1, 2], 8, rng=np.random.default_rng(0))
    >>> plan.A.shape, plan.evaluations
    ((8, 3), 32)
    """
    if isinstance(N, bool) or not isinstance(N, int | np.integer) or N < 8 or N & (N - 1):
        raise InputError(
            "N",
            expected="a power of two from 8",
            found=repr(N),
            why="a Sobol sequence is balanced at powers of two only",
            remedy="N=512",
        )
    if not sizes or min(sizes) < 1:
        raise InputError("sizes", expected="at least one input a group", found=str(list(sizes)))
    from scipy.stats import qmc

    D = int(sum(sizes))
    sequence = qmc.Sobol(2 * D, scramble=True, rng=int(rng.integers(2**63)))
    points = sequence.random(int(N))
    ends = np.cumsum([0, *sizes])
    groups = tuple(slice(int(a), int(b)) for a, b in pairwise(ends))
    return Design(freeze(points[:, :D].copy()), freeze(points[:, D:].copy()), groups)


@one_thread
def indices(
    outputs: FloatArray,
    groups: int,
    *,
    rng: np.random.Generator,
    resamples: int = 500,
    level: float = 0.95,
) -> Indices:
    """Return first-order and total indices from the outputs at the points of a design.

    Parameters
    ----------
    outputs : ndarray, shape (N (g + 2),) or (N (g + 2), m)
        In the order of :meth:`Design.points`; finite.
    groups : int
        g.
    resamples : int
        Bootstrap samples of the N rows.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        Of the bootstrap.

    Returns
    -------
    Indices

    Notes
    -----
    With f_A, f_B the outputs of the two samples and f_i those with group i from B: the first-order
    index is E f_B (f_i − f_A) / V (Saltelli et al. 2010, table 2 b) and the total index
    E(f_A − f_i)² / 2V (Jansen 1999; table 2 f), V the variance of f_A and f_B together. The mean is
    taken off all outputs first, which leaves the first expectation as it is and its error smaller.
    The bootstrap takes rows as independent; those of a Sobol sequence are better spread, so that
    intervals are cautious.

    References
    ----------
    Jansen, M. J. W. (1999). Analysis of variance designs for model output. Computer Physics
    Communications 117, 35-43. Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M. and
    Tarantola, S. (2010). Variance based sensitivity analysis of model output. Computer Physics
    Communications 181, 259-270. Archer, G., Saltelli, A. and Sobol, I. M. (1997). Sensitivity
    measures, ANOVA-like techniques and the use of bootstrap. Journal of Statistical Computation
    and Simulation 58, 99-120.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> plan = design([1, 1], 256, rng=rng)
    >>> points = plan.points()
    >>> found = indices(points[:, 0] + 2 * points[:, 1], 2, rng=rng)
    >>> found.first.round(2).tolist(), found.total.round(2).tolist()
    ([0.2, 0.8], [0.2, 0.8])
    """
    f = np.asarray(outputs, dtype=np.float64)
    shape = f.shape[1:]
    f = f.reshape(groups + 2, len(f) // (groups + 2), -1)
    if not np.isfinite(f).all():
        raise InputError("outputs", expected="finite numbers", found="missing or infinite ones")
    A, B, mixed = f[0], f[1], f[2:]
    N = len(A)
    centre = 0.5 * (A.mean(axis=0) + B.mean(axis=0))
    # per row: first and second moments, then what each group adds to its two indices
    sums = 0.5 * ((A - centre) + (B - centre))
    squares = 0.5 * ((A - centre) ** 2 + (B - centre) ** 2)
    alone, withal = (B - centre) * (mixed - A), 0.5 * (A - mixed) ** 2
    still = squares.mean(axis=0) <= STILL * (centre**2 + 1.0)

    def ratios(counts: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        share = counts / N
        V = np.einsum("rn,nm->rm", share, squares) - np.einsum("rn,nm->rm", share, sums) ** 2
        V = np.where(still | (V <= 0), np.nan, V)
        flat = (share @ part.transpose(1, 0, 2).reshape(N, -1) for part in (alone, withal))
        s, t = (part.reshape(len(share), groups, -1) / V[:, None] for part in flat)
        return s, t, V

    first, total, V = (part[0] for part in ratios(np.ones((1, N))))
    counts = rng.multinomial(N, np.full(N, 1.0 / N), size=resamples)
    drawn = ratios(counts.astype(np.float64))
    tail = (1.0 - level) / 2.0
    ends = [_quantiles(part, tail) for part in drawn[:2]]
    shaped = [
        freeze(part.reshape(groups, *shape))
        for part in (first, total, ends[0][0], ends[0][1], ends[1][0], ends[1][1])
    ]
    return Indices(
        first=shaped[0],
        total=shaped[1],
        first_low=shaped[2],
        first_high=shaped[3],
        total_low=shaped[4],
        total_high=shaped[5],
        variance=freeze(np.where(still, 0.0, V).reshape(shape)),
        mean=freeze(centre.reshape(shape)),
    )


def _quantiles(draws: FloatArray, tail: float) -> FloatArray:
    empty = np.isnan(draws).any(axis=0)
    filled = np.where(empty, 0.0, draws)
    ends = np.quantile(filled, [tail, 1.0 - tail], axis=0)
    return np.asarray(np.where(empty, np.nan, ends))
