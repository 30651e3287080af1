"""Wald tests of columns added to the equation of a fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, stats

from workbench.hypotheses.identification.system import System
from workbench.numerics.moments.weak_instruments import score_sums
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class AddedColumns:
    """Coefficients of columns added to an equation, and the test that all are zero.

    Attributes
    ----------
    estimates, std_errors : ndarray of shape (m,)
    statistic : float
        F: Wald over m.
    df : tuple of (int, float)
    p_value : float
    """

    estimates: FloatArray
    std_errors: FloatArray
    statistic: float
    df: tuple[int, float]
    p_value: float


@one_thread
def added_columns(system: System, columns: FloatArray) -> AddedColumns:
    """Test whether further exogenous columns belong in the equation of a system.

    Two-stage least squares with the columns among regressors and instruments; least squares where
    nothing is endogenous. The covariance is clustered by region in a panel, HC1 in a
    cross-section.

    Parameters
    ----------
    system : System
    columns : ndarray of shape (n, m)
        Cleared; not combinations of the regressors.

    Raises
    ------
    CollinearityError
        If they are.
    """
    stage = system.stage(columns)
    k, m = system.X.shape[1], columns.shape[1]
    at = slice(k, k + m)
    n, p = stage.projected.shape
    groups = system.frame.groups
    sums = score_sums(stage.projected * stage.residuals[:, None], groups)
    room = n - p - (0 if groups is not None else system.frame.absorbed)
    share = n / room if groups is None else len(sums) / (len(sums) - 1) * (n - 1) / (n - p)
    V = share * stage.inverse @ (sums.T @ sums) @ stage.inverse
    inner = V[at, at]
    value = np.asarray(stage.delta[at])
    statistic = float(value @ linalg.solve(inner, value, assume_a="sym")) / m
    second = float(room if groups is None else len(sums) - 1)
    return AddedColumns(
        value,
        np.sqrt(np.diag(inner)),
        statistic,
        (m, second),
        float(stats.f.sf(statistic, m, second)),
    )
