"""From an information matrix to a covariance, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.errors import ConvergenceError
from workbench.typing import FloatArray

MOST = 1e12
"""Times by which the other parameters may swell a variance: 4 of 16 digits are left beyond."""


def inverse_information(info: FloatArray, names: Sequence[str]) -> FloatArray:
    """Return the inverse of an information matrix, or refuse one that is singular.

    Parameters
    ----------
    info : ndarray of shape (p, p)
    names : sequence of str
        Parameters of the covariance that the model has, for the message: ``rho``, ``lambda``,
        ``phi``.

    Raises
    ------
    ConvergenceError
        If a variance is not positive and finite, or only rounding keeps it so.

    Examples
    --------
    >>> inverse_information(np.diag([2.0, 4.0]), ["rho"]).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    scale = 1.0 / np.sqrt(np.diag(info))
    try:
        inverse = np.linalg.inv(info * np.outer(scale, scale))
    except np.linalg.LinAlgError:
        inverse = np.full_like(info, np.nan)
    swollen = np.diag(inverse)
    if not (np.isfinite(inverse).all() and (swollen > 0).all() and (swollen < MOST).all()):
        raise _singular(names)
    return np.asarray(inverse * np.outer(scale, scale))


def _singular(names: Sequence[str]) -> ConvergenceError:
    if {"rho", "lambda"} <= set(names):
        why = "rho and lambda cannot be told apart from these weights"
        remedy = 'estimate model="sar" or "sem", or give the error weights of its own'
    else:
        why = f"{' and '.join(names)} cannot be told apart from the other parameters"
        remedy = 'model="slx", which has neither Wy nor Wu, or other weights'
    return ConvergenceError(
        "W",
        expected="a positive definite information matrix",
        found="a singular one",
        why=why,
        remedy=remedy,
    )
