"""Adapter: the Hodrick–Prescott filter of statsmodels."""

from __future__ import annotations

import numpy as np

from workbench.typing import FloatArray


def hodrick_prescott(values: FloatArray, smoothing: float) -> FloatArray:
    """Return the trend of each row, shape (n, T).

    The trend τ minimises Σ (x_t − τ_t)² + λ Σ (τ_{t+1} − 2τ_t + τ_{t−1})² (Hodrick and Prescott
    1997).

    Parameters
    ----------
    values : ndarray, shape (n, T)
    smoothing : float
        λ: 400 or 100 are customary for years, 6.25 after Ravn and Uhlig (2002).

    Examples
    --------
    >>> hodrick_prescott(np.array([[1.0, 2.0, 3.0, 4.0]]), 400.0).round(6)
    array([[1., 2., 3., 4.]])
    """
    from statsmodels.tsa.filters.hp_filter import hpfilter  # heavy

    return np.array([hpfilter(row, lamb=smoothing)[1] for row in values], dtype=np.float64)
