"""How alike weights are: correlation of their values, overlap of their links."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.numerics.matrices import CsrArray
from workbench.weights.candidates import of_same_regions
from workbench.weights.weights import WeightsLike

ROUNDING = 1e-12
"""Variance, as a share of the mean square, below which weights do not differ between pairs."""


def correlation(candidates: Mapping[str, WeightsLike]) -> pd.DataFrame:
    """Correlate weights over all ordered pairs of different regions.

    Parameters
    ----------
    candidates : mapping of str to Weights, libpysal Graph or W
        Two or more, of the same regions; each as it is normalised.

    Returns
    -------
    DataFrame
        Pearson's r, a row and a column a candidate; pairs without a link count with 0. NaN for
        weights that are the same for all pairs.

    Raises
    ------
    IdError
        If the regions differ.

    References
    ----------
    LeSage, J. P. and Pace, R. K. (2014). The biggest myth in spatial econometrics. Econometrics
    2(4), section 3: what is alike between W's is what their lags have in common.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> one = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": ["b"]})
    >>> two = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": ["a"]})
    >>> correlation({"one": one, "two": two}).loc["one", "two"].round(3).item()
    0.333
    """
    found = of_same_regions(candidates, least=2)
    pairs = next(iter(found.values())).n
    pairs *= pairs - 1
    matrices = [W.sparse for W in found.values()]
    mean = np.array([matrix.data.sum() / pairs for matrix in matrices])
    moment = np.array([[_inner(a, b) / pairs for b in matrices] for a in matrices])
    covariance = moment - np.outer(mean, mean)
    own = np.diag(covariance)
    # What is left of equal weights after subtraction is rounding, of either sign.
    spread = np.sqrt(np.where(own > ROUNDING * np.diag(moment), own, np.nan))
    r = covariance / np.outer(spread, spread)
    names = pd.Index(list(found), name="candidate")
    return pd.DataFrame(np.clip(r, -1.0, 1.0), index=names, columns=list(found))


def overlap(candidates: Mapping[str, WeightsLike]) -> pd.DataFrame:
    """Compute the links that weights have in common, as a share of those that either has.

    Parameters and errors are those of :func:`correlation`.

    Returns
    -------
    DataFrame
        Jaccard's index, a row and a column a candidate: 1 for the same links, 0 for none.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> one = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": ["b"]})
    >>> two = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": ["a"]})
    >>> overlap({"one": one, "two": two}).loc["one", "two"].item()
    0.5
    """
    found = of_same_regions(candidates, least=2)
    links = [W.normalize("binary").sparse for W in found.values()]
    common = np.array([[_inner(a, b) for b in links] for a in links])
    size = np.diag(common)
    either = size[:, None] + size[None, :] - common
    with np.errstate(invalid="ignore", divide="ignore"):
        share = common / either
    names = pd.Index(list(found), name="candidate")
    return pd.DataFrame(share, index=names, columns=list(found))


def _inner(one: CsrArray, two: CsrArray) -> float:
    return float(one.multiply(two).sum())
