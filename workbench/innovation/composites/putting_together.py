"""One level of an index: weights of its members, and their aggregation into groups."""

from __future__ import annotations

import numpy as np

from workbench.errors import InputError
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.prepared import Prepared
from workbench.numerics.composites.levels import members, within_groups
from workbench.typing import FloatArray, IntArray


def member_weights(
    values: FloatArray,
    prepared: Prepared,
    level: int,
    given: FloatArray | None,
    *,
    word: str,
    construction: Construction,
) -> FloatArray:
    """Return weights of the members of a level, summing to one in each group.

    Parameters
    ----------
    values : ndarray, shape (n, m)
        Normalised indicators, or scores of the groups below.
    given : ndarray, shape (m,), or None
        Weights in place of those that `word` makes.

    Returns
    -------
    ndarray, shape (m,) or (n, m)
    """
    codes = prepared.tree[level]
    if given is not None:
        return _shares(np.asarray(given, dtype=np.float64), codes)
    if word == "expert":
        return _shares(prepared.expert[level], codes)
    return _shares(np.ones(len(codes)), codes)


def _shares(weights: FloatArray, codes: IntArray) -> FloatArray:
    totals = np.bincount(codes, weights=weights)
    if not (np.isfinite(weights).all() and (weights >= 0).all() and (totals > 0).all()):
        raise InputError(
            "weights",
            expected="finite weights, none negative, with a positive sum in every group",
            found=np.array2string(weights, precision=3, threshold=6),
        )
    return within_groups(weights, codes)


def aggregate(
    values: FloatArray,
    weights: FloatArray,
    codes: IntArray,
    rule: str,
    prepared: Prepared,
    level: int,
) -> FloatArray:
    """Return the score of each group, shape (n, groups)."""
    scores = np.empty((len(values), int(codes.max()) + 1))
    for group, part in enumerate(members(codes)):
        inside = values[:, part]
        scores[:, group] = (inside * weights[..., part]).sum(axis=1)
    return scores
