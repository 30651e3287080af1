"""Indicators put together level by level: indicator, sub-index, …, index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.typing import BoolArray, FloatArray, IntArray

SAME = 1e-12
"""Scores closer than this share of the largest are the same number summed in another order."""


def members(codes: IntArray) -> list[IntArray]:
    """Return the positions of the members of each group that has any, in order of the groups.

    Examples
    --------
    >>> [part.tolist() for part in members(np.array([1, 0, 1]))]
    [[1], [0, 2]]
    """
    return [np.flatnonzero(codes == code) for code in np.unique(codes)]


def within_groups(weights: FloatArray, codes: IntArray) -> FloatArray:
    """Return weights divided by their sum in each group; the last axis runs over members.

    Examples
    --------
    >>> within_groups(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1])).tolist()
    [0.25, 0.75, 1.0]
    """
    groups = np.arange(int(codes.max()) + 1)
    totals = weights @ (codes[:, None] == groups).astype(np.float64)
    shares: FloatArray = weights / totals[..., codes]
    return shares


def effective(weights: Sequence[FloatArray], tree: Sequence[IntArray]) -> FloatArray:
    """Return the weight of each indicator in the index: its own times its groups' at every level.

    Parameters
    ----------
    weights : sequence of ndarray
        Of each level from the indicators up, shapes (m,) or, where rows differ, (n, m).
    tree : sequence of ndarray of int
        Group of each member in the next level.

    Returns
    -------
    ndarray, shape (k,) or (n, k)

    Examples
    --------
    >>> tree = [np.array([0, 0, 1]), np.array([0, 0])]
    >>> effective([np.array([0.5, 0.5, 1.0]), np.array([0.4, 0.6])], tree).tolist()
    [0.2, 0.2, 0.6]
    """
    total = np.asarray(weights[-1])
    for below, codes in zip(weights[-2::-1], tree[-2::-1], strict=True):
        total = below * total[..., codes]
    return total


def pruned(
    tree: Sequence[IntArray], kept: BoolArray
) -> tuple[tuple[IntArray, ...], tuple[BoolArray, ...]]:
    """Return the tree without the indicators that are not kept, and which members stay.

    A group that loses all its members goes too; codes are numbered anew.

    Examples
    --------
    >>> tree = [np.array([0, 0, 1]), np.array([0, 0])]
    >>> [codes.tolist() for codes in pruned(tree, np.array([True, False, False]))[0]]
    [[0], [0]]
    """
    codes_kept: list[IntArray] = []
    stays = [np.asarray(kept, dtype=bool)]
    for codes in tree:
        present, renumbered = np.unique(codes[stays[-1]], return_inverse=True)
        codes_kept.append(renumbered.astype(np.int64))
        above = np.zeros(int(codes.max()) + 1, dtype=bool)
        above[present] = True
        stays.append(above)
    return tuple(codes_kept), tuple(stays[:-1])


def ranks(scores: FloatArray) -> IntArray:
    """Return ranks along the last axis: 1 for the largest score, equal scores the better rank.

    Scores that differ by rounding, below 1e-12 of the largest, are equal.

    Examples
    --------
    >>> ranks(np.array([0.1 + 0.2, 0.5, 0.3, 0.1])).tolist()
    [2, 1, 2, 4]
    """
    order = np.argsort(-scores, axis=-1, kind="stable")
    fallen = np.take_along_axis(scores, order, axis=-1)
    steps = fallen[..., :-1] - fallen[..., 1:]
    lower = steps > SAME * np.abs(scores).max(axis=-1, keepdims=True)
    place = np.arange(2, scores.shape[-1] + 1)
    first = np.ones(scores.shape, dtype=np.int64)
    first[..., 1:] = np.maximum.accumulate(np.where(lower, place, 1), axis=-1)
    found = np.empty_like(first)
    np.put_along_axis(found, order, first, axis=-1)
    return found
