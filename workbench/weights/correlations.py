"""How alike weights are: correlation of their values, overlap of their links."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Normalization
from workbench.weights.candidates import of_same_regions
from workbench.weights.weights import WeightsLike

SAME = 1e-12
# Relative spread below which weights of all pairs are the same but for rounding.


def correlation(
    candidates: Mapping[str, WeightsLike], *, normalization: Normalization | None = None
) -> pd.DataFrame:
    """Correlate weights over all ordered pairs of different regions.

    Parameters
    ----------
    candidates : mapping of str to Weights, libpysal Graph or W
        Two or more, of the same regions.
    normalization : Normalization, optional
        Of all candidates; each as it is normalised otherwise. ``"none"`` compares weights as
        built, ``"binary"`` links.

    Returns
    -------
    DataFrame
        Pearson's r, a row and a column a candidate; pairs without a link count with 0. NaN for
        weights that are the same for all pairs.

    Raises
    ------
    IdError
        If the regions differ.
    InputError
        If there are fewer than two candidates.
    OptionError, WeightsError
        If the normalisation is unknown, or a candidate cannot be normalised so.

    Notes
    -----
    From sums over links: time and memory grow with their number, not with the square of n.

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
    if normalization is not None:
        found = {name: W.normalize(normalization) for name, W in found.items()}
    n = next(iter(found.values())).n
    pairs = n * (n - 1)
    matrices = [W.sparse for W in found.values()]
    means = np.array([matrix.data.sum() / max(pairs, 1) for matrix in matrices])
    parts = list(zip(matrices, means, strict=True))
    products = np.array([[_covariation(a, b, pairs) for b in parts] for a in parts])
    squares = np.diag(products).copy()
    squares[squares <= (SAME * means) ** 2 * pairs] = np.nan
    with np.errstate(invalid="ignore"):
        r = products / np.sqrt(np.outer(squares, squares))
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
    links = [_links(W.sparse) for W in found.values()]
    common = np.array([[_inner(a, b) for b in links] for a in links])
    size = np.diag(common)
    either = size[:, None] + size[None, :] - common
    with np.errstate(invalid="ignore", divide="ignore"):
        share = common / either
    names = pd.Index(list(found), name="candidate")
    return pd.DataFrame(share, index=names, columns=list(found))


def _covariation(one: tuple[CsrArray, float], two: tuple[CsrArray, float], pairs: int) -> float:
    """Return the sum over all pairs of (a - mean)(b - mean), without cancelling large sums.

    Over links of both, of one alone, of the other alone, and over pairs without a link, where
    the product is that of the means.
    """
    (A, a), (B, b) = _centred(*one), _centred(*two)
    mine, theirs = one[1], two[1]
    both = round(_inner(_links(A), _links(B)))
    alone = a - _inner(A, _links(B)), b - _inner(_links(A), B)
    neither = pairs - A.nnz - B.nnz + both
    return _inner(A, B) - theirs * alone[0] - mine * alone[1] + neither * mine * theirs


def _centred(matrix: CsrArray, mean: float) -> tuple[CsrArray, float]:
    """Return a copy whose links have the mean taken off, and the sum of these."""
    out = matrix.copy()
    out.data = matrix.data - mean
    return out, float(out.data.sum())


def _links(matrix: CsrArray) -> CsrArray:
    out = matrix.copy()
    out.data = np.ones_like(matrix.data)
    return out


def _inner(one: CsrArray, two: CsrArray) -> float:
    return float(one.multiply(two).sum())
