"""Neighbours of neighbours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.errors import InputError
from workbench.numerics.sparse import orders as kernel
from workbench.typing import Islands
from workbench.weights.adoption import as_weights
from workbench.weights.islands import settle
from workbench.weights.weights import Weights, WeightsLike


def higher_order(W: WeightsLike, order: int, *, lower_order: bool = False) -> Weights:
    """Return neighbours of neighbours: regions whose shortest path has `order` links.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed; its weights are ignored, the directions of its links are not.
    order : int
        Number of links, at least 1.
    lower_order : bool, default False
        Whether regions fewer links away count too.

    Returns
    -------
    Weights
        0/1 as built, normalised as `W` is. The islands policy is that of `W`, ``"error"`` in
        place of ``"nearest"``.

    Raises
    ------
    WeightsError
        If regions have no neighbour of this order under ``"error"``.

    References
    ----------
    Anselin, L. and Smirnov, O. (1996). Efficient algorithms for constructing proper higher order
    spatial lag operators. Journal of Regional Science 36(1).

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts(
    ...     {"a": ["b", "e"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c", "e"], "e": ["d", "a"]}
    ... )
    >>> higher_order(ring, 2).graph["a"].index.tolist()
    ['c', 'd']
    """
    weights = as_weights(W)
    check_order(order)
    if order == 1:
        return weights
    policy: Islands = "error" if weights.recipe.islands == "nearest" else weights.recipe.islands
    # Links alone count, so that it does not matter what they weighed as built.
    known = {k: v for k, v in weights.recipe.parameters.items() if k != "as_built"}
    recipe = replace(
        weights.recipe,
        parameters={**known, "order": order, "lower_order": lower_order},
        islands=policy,
    )
    matrix = kernel.higher_order(weights.sparse_base, order, lower_order=lower_order)
    return settle(weights.ids, matrix, recipe, normalization=weights.normalization)


def check_order(order: int) -> None:
    """Refuse an order of neighbours that is not a whole number from 1."""
    if isinstance(order, bool) or not isinstance(order, int | np.integer) or order < 1:
        raise InputError("order", expected="a whole number from 1", found=repr(order))
