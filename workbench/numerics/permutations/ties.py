"""How far two sums of the same terms in another order may be apart: the slack of ties."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.numerics.sparse.matrices import CsrArray

MARGIN = 16.0
# A handful of roundings a value: the mean subtracted, the product, the two sums.


def rounding_of(W: CsrArray, values: Any, used: Any, other: Any = None) -> float:
    """Bound the rounding of Σ_ij w_ij a_i b_j over arrangements of the same values.

    Parameters
    ----------
    W : csr_array of shape (n, n)
    values : ndarray of shape (n,)
        As they were given: subtracting a large mean leaves the rounding of the large values.
    used : ndarray of shape (n,)
        a, made of `values`.
    other : ndarray of shape (n,), optional
        b; by default a.

    Returns
    -------
    float
        Statistics closer than this are ties.

    Examples
    --------
    >>> from workbench.numerics.sparse.matrices import as_weights
    >>> x = np.array([1.0, -1.0])
    >>> rounding_of(as_weights([[0, 1], [1, 0]]), x, x) < 1e-14
    True
    """
    a, b = np.asarray(used), np.asarray(used if other is None else other)
    eps = float(np.finfo(np.float64).eps)
    largest = max(float(np.abs(np.asarray(values, dtype=np.float64)).max()), float(np.abs(a).max()))
    return MARGIN * eps * float(abs(W).sum()) * largest * float(np.abs(b).max())
