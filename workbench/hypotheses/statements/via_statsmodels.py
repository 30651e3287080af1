"""Adjusted p-values, by statsmodels."""

from __future__ import annotations

import numpy as np

from workbench.typing import FamilyAdjustment, FloatArray


def adjusted(p_values: FloatArray, adjust: FamilyAdjustment) -> FloatArray:
    """Return the p-values of a family adjusted by Holm, or by Benjamini and Hochberg."""
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(p_values, method=adjust)[1], dtype=float)
