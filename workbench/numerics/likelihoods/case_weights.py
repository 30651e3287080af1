"""Unequal variances that are known: the same model in rows of equal variance.

With Var(ε) = σ²C⁻¹, C diagonal, ``C^½(I − λM)((I − ρW)y − Zβ) = C^½ ε`` is the model of C^½y, C^½Z,
C^½WC^−½ and C^½MC^−½, whose disturbances have variance σ² each. Similar matrices have equal
determinants, so that the likelihood of y has ½ log |C| more and is the same otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from workbench.numerics.sparse.matrices import CsrArray, as_vector, as_weights


def evenly(W: Any, case_weights: Any) -> CsrArray:
    """Return C^½ W C^−½, the weights that join rows multiplied by √c.

    Parameters
    ----------
    W : sparse array or ndarray of shape (n, n)
    case_weights : ndarray of shape (n,)
        c > 0.

    Returns
    -------
    csr_array of shape (n, n)
        Similar to W, on its pattern: the element ij is w_ij √(c_i / c_j).

    Examples
    --------
    >>> evenly([[0.0, 1.0], [1.0, 0.0]], [4.0, 1.0]).toarray()
    array([[0. , 2. ],
           [0.5, 0. ]])
    """
    weights = as_weights(W)
    c = as_vector(case_weights, argument="case_weights", size=weights.shape[0])
    out = weights.copy()
    focal = np.repeat(np.arange(len(c)), np.diff(weights.indptr))
    out.data = weights.data * np.sqrt(c[focal] / c[weights.indices])
    return sparse.csr_array(out)


def loglik_constant(case_weights: Any) -> float:
    """Return ½ Σ log c, which a log-likelihood of y has beside that of √c y; 0 without weights.

    Examples
    --------
    >>> loglik_constant(None)
    0.0
    """
    if case_weights is None:
        return 0.0
    return 0.5 * float(np.log(np.asarray(case_weights, dtype=np.float64)).sum())
