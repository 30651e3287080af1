"""Separation: whether a combination of regressors tells zeros from ones, by linear programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from workbench.errors import ConvergenceError
from workbench.numerics.binary.basis import orthogonal
from workbench.numerics.sparse.matrices import as_columns, as_vector, freeze
from workbench.typing import BoolArray, FloatArray, IntArray

Separating: TypeAlias = Literal["none", "quasi-complete", "complete"]

FEASIBILITY = 1e-10
"""By how much a program may miss a constraint, in units of orthogonal columns of length √n."""

REAL = 0.5
"""A direction that separates can be stretched until its largest component is 1; what only the
tolerance lets through stays near 0."""

NOT_NOUGHT = 1e-7
"""Component of a direction, of at most 1, from which it is not rounding."""

TOLD = 1e-9
"""Gain s xγ from which a row is told strictly: above what the programs leave, below any gap that
figures show."""

EITHER = 2
"""Direction of a coefficient that recession takes both ways."""


@dataclass(frozen=True, slots=True)
class Separation:
    """What a linear combination of the regressors can tell of the outcome.

    Attributes
    ----------
    kind : {"none", "quasi-complete", "complete"}
        No combination; one with ties, s xγ ≥ 0 with some equal to 0; one without ties.
    directions : ndarray of int, shape (k,)
        Where the maximum of the likelihood takes each coefficient: 1 to +∞, −1 to −∞, 0 it stays
        finite, 2 to either.
    rows : ndarray of bool, shape (n,)
        Observations that some combination tells strictly; all of them under complete separation.
    """

    kind: Separating
    directions: IntArray
    rows: BoolArray


def find_separation(y: Any, X: Any) -> Separation:
    """Find out whether the likelihood of a binary model has a maximum.

    With s = 2y − 1 the maximum is at infinity where some γ ≠ 0 has s xγ ≥ 0 in every row (Albert
    and Anderson 1984). The program max Σ s xγ under these constraints and |γ| ≤ 1 has the value 0
    exactly where there is none (Konis 2007, section 4.2); the largest and smallest γ_j under the
    same constraints say which coefficients go where.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Zeros and ones.
    X : ndarray, shape (n, k)
        Full column rank.

    Returns
    -------
    Separation

    References
    ----------
    Albert, A. and Anderson, J. A. (1984). On the existence of maximum likelihood estimates in
    logistic regression models. Biometrika 71, 1-10. Konis, K. (2007). Linear programming algorithms
    for detecting separated data in binary logistic regression models. DPhil thesis, Oxford.

    Examples
    --------
    >>> X = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 4.0]])
    >>> found = find_separation([0, 0, 1, 1], X)
    >>> found.kind, found.directions.tolist()
    ('complete', [-1, 1])
    >>> find_separation([0, 1, 0, 1], X).kind
    'none'
    """
    y = as_vector(y, argument="y")
    X = as_columns(X, argument="X", rows=y.size)
    basis = orthogonal(X)
    signed = (2.0 * y - 1.0)[:, None] * basis.Q
    k = X.shape[1]
    gamma = _best(signed.sum(axis=0), signed)
    if np.abs(gamma).max() < REAL:
        return Separation("none", freeze(np.zeros(k, dtype=np.int64)), freeze(y < 0))
    directions = np.array([_direction(signed, row) for row in basis.inverse], dtype=np.int64)
    told = _told(signed)
    kind: Separating = "complete" if told.all() else "quasi-complete"
    return Separation(kind, freeze(directions), freeze(told))


def _direction(signed: FloatArray, row: FloatArray) -> int:
    """Return where recession takes one coefficient, row @ γ of the coordinates γ."""
    unit = row / np.abs(row).max()
    up = float(unit @ _best(unit, signed)) > NOT_NOUGHT
    down = float(unit @ _best(-unit, signed)) < -NOT_NOUGHT
    return EITHER if up and down else int(up) - int(down)


def _told(signed: FloatArray) -> BoolArray:
    """Return the rows that some direction of recession tells strictly.

    The sum of directions tells what any of them tells, so rows found are taken out of the
    objective until no direction tells any of the others.
    """
    told = np.zeros(len(signed), dtype=bool)
    while not told.all():
        gamma = _best(signed[~told].sum(axis=0), signed)
        gain = signed @ gamma
        new = ~told & (gain > TOLD)
        if np.abs(gamma).max() < REAL or not new.any():
            break
        told |= new
    return told


def _best(objective: FloatArray, signed: FloatArray) -> FloatArray:
    """Return the γ of |γ| ≤ 1 and s xγ ≥ 0 in every row with the largest objective·γ."""
    from scipy.optimize import linprog

    largest = float(np.abs(objective).max())
    found = linprog(
        -objective / (largest or 1.0),
        A_ub=-signed,
        b_ub=np.zeros(len(signed)),
        bounds=(-1.0, 1.0),
        method="highs",
        options={
            "primal_feasibility_tolerance": FEASIBILITY,
            "dual_feasibility_tolerance": FEASIBILITY,
        },
    )
    if found.status != 0:
        raise ConvergenceError(
            "formula",
            expected="a linear program with a solution",
            found=str(found.message),
            remedy="fewer regressors, or such as are less alike",
        )
    return np.asarray(found.x, dtype=np.float64)
