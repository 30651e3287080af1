"""mapclassify's classifiers: bounds of classes, nothing else."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from workbench.typing import Classification, FloatArray

COUNTED = ("fisher-jenks", "quantiles", "equal-interval", "maximum-breaks")
"""Methods that are told the number of classes; the others find it."""


def bounds(
    values: FloatArray, method: Classification, *, k: int, breaks: Sequence[float] | None
) -> FloatArray:
    """Return the upper bounds of classes as mapclassify sets them, shape (classes,).

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite, not all equal, in sorted order of ids.
    method : str
        A word of ``Classification``.
    k : int
        Number of classes, for the methods of :data:`COUNTED`.
    breaks : sequence of float, optional
        Upper bounds for ``"user"``, ascending.
    """
    import mapclassify as mc

    y = np.array(values)
    counted = {
        "fisher-jenks": mc.FisherJenks,
        "quantiles": mc.Quantiles,
        "equal-interval": mc.EqualInterval,
        "maximum-breaks": mc.MaximumBreaks,
    }
    own = {
        "std-mean": mc.StdMean,
        "box-plot": mc.BoxPlot,
        "head-tail": mc.HeadTailBreaks,
        "percentiles": mc.Percentiles,
    }
    with warnings.catch_warnings():
        # the caller refuses fewer classes than asked for, and gaps that are tied at the last place
        for message in ("Not enough unique values", "Insufficient number of unique diffs"):
            warnings.filterwarnings("ignore", message, UserWarning, r"mapclassify\.classifiers")
        if method in counted:
            found = counted[method](y, k=k).bins
        elif method in own:
            found = own[method](y).bins
        else:
            found = mc.UserDefined(y, np.asarray(breaks, dtype=np.float64)).bins
    upper = np.array(found, dtype=np.float64)
    if method == "quantiles" and len(upper) == k + 1:
        # its last step falls a rounding error short of 100 %, and it takes one more (k = 31)
        upper = np.delete(upper, -2)
    return upper
