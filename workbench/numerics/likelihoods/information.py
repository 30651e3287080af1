"""From an information matrix to a covariance, or to the reason why there is none."""

from __future__ import annotations

import numpy as np

from workbench.errors import ConvergenceError
from workbench.typing import FloatArray


def inverse_information(info: FloatArray) -> FloatArray:
    """Return the inverse of an information matrix, or refuse one that is singular.

    Parameters
    ----------
    info : ndarray of shape (p, p)

    Examples
    --------
    >>> inverse_information(np.diag([2.0, 4.0])).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    scale = 1.0 / np.sqrt(np.diag(info))
    try:
        inverse = np.linalg.inv(info * np.outer(scale, scale))
    except np.linalg.LinAlgError:
        inverse = np.full_like(info, np.nan)
    if not (np.isfinite(inverse).all() and (np.diag(inverse) > 0).all()):
        raise ConvergenceError(
            "W",
            expected="a positive definite information matrix",
            found="a singular one",
            why="rho and lambda cannot be told apart from these weights",
            remedy='estimate model="sar" or "sem", or give the error weights of its own',
        )
    return np.asarray(inverse * np.outer(scale, scale))
