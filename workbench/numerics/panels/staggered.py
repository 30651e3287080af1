"""Effects by cohort and period of a treatment that regions take up at different times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.sparse.matrices import freeze
from workbench.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class GroupTime:
    """Average effects on each cohort in each period.

    Attributes
    ----------
    cohort, period : ndarray of int, shape (m,)
        First period of treatment and period of each cell.
    effects : ndarray, shape (m,)
    influence : ndarray, shape (N, m)
        Of each region on the effects; their sum of squares over N² is the variance.
    """

    cohort: IntArray
    period: IntArray
    effects: FloatArray
    influence: FloatArray


def group_time_effects(
    outcome: Any, first: IntArray, *, controls: BoolArray, not_yet: bool
) -> GroupTime:
    """Compare changes since the period before treatment with those of regions not treated.

    ATT(g, t) = mean over cohort g of (yₜ − y_{g−1}) less that over its comparison regions, for all
    t ≠ g − 1 (Callaway and Sant'Anna 2021, equation 2.4 without covariates, one base period).

    Parameters
    ----------
    outcome : ndarray of shape (N, T)
    first : ndarray of int, shape (N,)
        First period of treatment, 1 … T − 1; −1 for regions of no cohort.
    controls : ndarray of bool, shape (N,)
        Regions that are never treated.
    not_yet : bool
        Whether regions treated after both t and g − 1 are compared with, too.

    References
    ----------
    Callaway, B. and Sant'Anna, P. (2021). Difference-in-differences with multiple time periods.
    Journal of Econometrics 225, pp. 200-230.
    """
    y = np.asarray(outcome, dtype=np.float64)
    N, T = y.shape
    cells, effects, influence = [], [], []
    for g in sorted({int(code) for code in first if code > 0}):
        own = first == g
        for t in range(T):
            if t == g - 1:
                continue
            others = controls | ((first > max(t, g - 1)) & ~own) if not_yet else controls
            if not others.any():
                continue
            change = y[:, t] - y[:, g - 1]
            treated, compared = change[own].mean(), change[others].mean()
            psi = np.zeros(N)
            psi[own] = N / own.sum() * (change[own] - treated)
            psi[others] -= N / others.sum() * (change[others] - compared)
            cells.append((g, t))
            effects.append(treated - compared)
            influence.append(psi)
    at = np.array(cells, dtype=np.int64).reshape(-1, 2)
    columns = np.column_stack(influence) if influence else np.empty((N, 0))
    return GroupTime(at[:, 0], at[:, 1], freeze(np.array(effects)), freeze(columns))


def by_event_time(
    found: GroupTime, first: IntArray, times: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Average group-time effects by time since treatment, with cohorts weighted by their size.

    Σ_g P(G = g | g has a cell at e) ATT(g, g + e), shape (q,), and its influence, shape (N, q),
    with that of the estimated shares (Callaway and Sant'Anna 2021, equation 3.4, theorem 2).
    """
    N = len(first)
    estimates, influence = [], []
    for time in times:
        at = np.flatnonzero(found.period - found.cohort == time)
        members = (first[:, None] == found.cohort[at]).astype(float)
        share = members.mean(axis=0)
        weights = share / share.sum()
        value = float(weights @ found.effects[at])
        # d(weight)/d(share): deviations of membership, centred by the estimate itself
        of_shares = (members - share) @ (found.effects[at] - value) / share.sum()
        estimates.append(value)
        influence.append(found.influence[:, at] @ weights + of_shares)
    return np.array(estimates), np.column_stack(influence) if influence else np.empty((N, 0))
