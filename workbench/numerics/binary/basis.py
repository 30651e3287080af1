"""Columns turned at right angles, so that nothing depends on their units or origin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Basis:
    """Orthogonal columns that span those of X: X[:, order] = Q R.

    Years, or coordinates in metres, have a mean that is thousands of times their spread: beside the
    constant such a column is nearly collinear, and steps in its coefficient alone go nowhere. In
    terms of Q there are neither units nor origins. Columns that come last in `order` have
    coordinates that no other coefficient enters, so that holding the ones holds the others.

    Attributes
    ----------
    Q : ndarray, shape (n, k)
        Orthogonal columns of length √n.
    inverse : ndarray, shape (k, k)
        R⁻¹ in the order of X: the coefficients of X are ``inverse @ coordinates``.
    forward : ndarray, shape (k, k)
        R: the coordinates of coefficients of X are ``forward @ coefficients``.
    log_det : float
        log |det R|.
    """

    Q: FloatArray
    inverse: FloatArray
    forward: FloatArray
    log_det: float


def orthogonal(X: FloatArray, order: IntArray | None = None) -> Basis:
    """Return the basis of columns of full rank, taken in an order; as they stand without.

    Examples
    --------
    >>> X = np.column_stack([np.ones(3), [2019.0, 2020.0, 2021.0]])
    >>> basis = orthogonal(X)
    >>> np.round(basis.Q.T @ basis.Q, 12).tolist()
    [[3.0, 0.0], [0.0, 3.0]]
    >>> bool(np.allclose(basis.Q @ basis.forward, X))
    True
    """
    n, k = X.shape
    taken = np.arange(k) if order is None else order
    scale = np.abs(X).max(axis=0)
    Q, R = np.linalg.qr((X / scale)[:, taken])
    root = float(np.sqrt(n))
    forward, inverse = np.empty((k, k)), np.empty((k, k))
    forward[:, taken] = R / root
    inverse[taken] = solve_triangular(R, np.eye(k)) * root
    log_det = float(np.log(np.abs(np.diag(R)) / root).sum() + np.log(scale).sum())
    return Basis(Q * root, inverse / scale[:, None], forward * scale, log_det)
