"""Fitness and complexity: regions by the sum, activities by the harmonic sum of the other side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.typing import BoolArray, FloatArray

SMALLEST = 1e-200
"""Fitness at which the iteration stops: its inverse is still a number."""

SHRINKS = 1e-6
"""Relative change in a step from which a number has not settled."""


@dataclass(frozen=True, slots=True)
class Fitness:
    """Where the iteration came to.

    Attributes
    ----------
    rows, columns : ndarray, shapes (n,) and (k,)
        Fitness of regions and complexity of activities, mean 1 each.
    iterations : int
        Steps made.
    last_change : int
        Last step at which the order of regions or activities changed.
    settled : bool
        Whether the order stood for long enough.
    moving_rows, moving_columns : ndarray of bool
        Whose number still fell in the last step: it tends to zero.
    underflow : bool
        Whether a number came so close to zero that the iteration had to stop.
    """

    rows: FloatArray
    columns: FloatArray
    iterations: int
    last_change: int
    settled: bool
    moving_rows: BoolArray
    moving_columns: BoolArray
    underflow: bool


def fitness(M: FloatArray, *, iterations: int, stable: int) -> Fitness:
    """Iterate F_r = Σ_c M_rc Q_c, Q_c = 1 / Σ_r (M_rc / F_r), each divided by its mean.

    From F = Q = 1 (Tacchella, Cristelli, Caldarelli, Gabrielli and Pietronero 2012). Both sides
    are computed from those of the step before. The order is taken to be final once it stood for
    `stable` steps and for as many steps as it took to come about: two numbers that both tend to
    zero can change places late (Pugliese, Zaccaria and Pietronero 2016).

    Parameters
    ----------
    M : ndarray, shape (n, k)
        Non-negative, without empty rows or columns.
    iterations : int
        Most steps.
    stable : int
        Fewest steps for which the order must stand.

    Examples
    --------
    >>> one = fitness(np.array([[1.0, 1.0], [1.0, 0.0]]), iterations=1, stable=1)
    >>> one.rows.round(4).tolist(), one.columns.round(4).tolist()
    ([1.3333, 0.6667], [0.6667, 1.3333])
    """
    F, Q = np.ones(M.shape[0]), np.ones(M.shape[1])
    order = (_order(F), _order(Q))
    change, step, underflow = 0, 0, False
    before = F, Q
    while step < iterations:
        step += 1
        before = F, Q
        F, Q = M @ Q, 1.0 / (M.T @ (1.0 / F))
        F, Q = F / F.mean(), Q / Q.mean()
        found = (_order(F), _order(Q))
        if any((a != b).any() for a, b in zip(order, found, strict=True)):
            change, order = step, found
        underflow = bool(F.min() < SMALLEST or Q.min() < SMALLEST)
        if underflow or step - change >= max(stable, change):
            break
    falls = [new < old * (1 - SHRINKS) for new, old in zip((F, Q), before, strict=True)]
    return Fitness(
        rows=F,
        columns=Q,
        iterations=step,
        last_change=change,
        settled=step - change >= max(stable, change),
        moving_rows=np.asarray(falls[0]),
        moving_columns=np.asarray(falls[1]),
        underflow=underflow,
    )


def _order(values: FloatArray) -> np.ndarray:
    """Return the order, in which numbers that rounding alone could tell apart are one."""
    rounded = np.round(np.log(values), 9)
    return np.unique(rounded, return_inverse=True)[1]
