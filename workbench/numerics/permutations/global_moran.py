"""Moran's I among its permutations, and how ties are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import InputError
from workbench.numerics.autocorrelation.moran import centred
from workbench.numerics.permutations.bilinear_forms import SINGLE, permuted_forms
from workbench.numerics.sparse.matrices import as_weights, freeze, row_sums
from workbench.typing import FloatArray

SINGLE_TIES = 1e-6
"""Share of a standard deviation within which forms of single-precision values are ties."""


@dataclass(frozen=True, slots=True)
class GlobalMoran:
    """Moran's I among its permutations.

    Attributes
    ----------
    observed : float
        (n/S0) z′Wz / z′z over all n regions.
    simulated : ndarray of shape (R,)
    at_least, at_most : int
        Permutations with a statistic ≥, and ≤, the one observed; ties count in both.
    permutations : int
        R.
    rounding : float
        Statistics closer than this are ties.
    """

    observed: float
    simulated: FloatArray
    at_least: int
    at_most: int
    permutations: int
    rounding: float


def tail_counts(observed: float, samples: FloatArray, *, slack: float) -> tuple[int, int]:
    """Count samples ≥ and ≤ the observed value; those within `slack` are ties, in both.

    From :data:`~.bilinear_forms.SINGLE` regions on, callers widen the slack by
    :func:`single_slack`.
    """
    return (
        int(np.count_nonzero(samples >= observed - slack)),
        int(np.count_nonzero(samples <= observed + slack)),
    )


def single_slack(samples: FloatArray, n: int) -> float:
    """Return what rounding to single precision can leave between two equal forms."""
    return SINGLE_TIES * float(samples.std()) if n >= SINGLE and samples.size else 0.0


def global_moran(x: Any, W: Any, *, permutations: int, seed: int) -> GlobalMoran:
    """Compare Moran's I with R random permutations of x over the regions.

    Parameters
    ----------
    x : ndarray of shape (n,)
        In canonical order of region ids, so that the caller's row order cannot matter.
    W : sparse array or ndarray of shape (n, n)
        In the same order.
    permutations : int
        R; may be 0.
    seed : int
        From 0 to 2⁶³ − 1.

    Returns
    -------
    GlobalMoran

    Examples
    --------
    >>> W = np.diag(np.ones(4), 1) + np.diag(np.ones(4), -1)
    >>> global_moran(np.arange(5.0), W, permutations=99, seed=0).observed
    0.5
    """
    weights = as_weights(W)
    n = weights.shape[0]
    z = centred(x, n)
    scale = n / float(row_sums(weights).sum()) / float(z @ z)
    observed = scale * float(z @ (weights @ z))
    R, seed = whole("permutations", permutations), whole("seed", seed)
    forms = permuted_forms(z, weights, pairs=[(0, 0)], permutations=R, seed=seed)
    simulated = scale * forms[:, 0]
    # Rounding of the whole sum: an arrangement that is the same as the observed one is a tie.
    slack = abs(scale) * float(np.abs(weights.data).sum()) * rounding(x) * float(np.abs(z).max())
    slack += single_slack(simulated, n)
    at_least, at_most = tail_counts(observed, simulated, slack=slack)
    return GlobalMoran(observed, freeze(simulated), at_least, at_most, R, slack)


def rounding(x: Any) -> float:
    """Bound what rounding leaves in one centred value of x."""
    return float(16.0 * np.finfo(np.float64).eps * np.abs(np.asarray(x, dtype=float)).max())


def whole(argument: str, value: Any, *, least: int = 0) -> int:
    """Return a whole number from `least` to 2⁶³ − 1, or refuse it."""
    number = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not number or not least <= value < 2**63:
        raise InputError(
            argument, expected=f"a whole number of at least {least}", found=repr(value)
        )
    return int(value)
