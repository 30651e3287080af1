"""The door for weights that were built elsewhere, and for data that meet weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.alignment import match
from workbench.numerics.sparse.matrices import CsrArray
from workbench.numerics.sparse.scaling import rows_of
from workbench.typing import Align
from workbench.weights import graphs
from workbench.weights.recipe import Recipe
from workbench.weights.restriction import restrict_noted
from workbench.weights.weights import Weights, WeightsLike, assemble


def as_weights(W: WeightsLike, *, argument: str = "W") -> Weights:
    """Adopt weights built elsewhere; :class:`Weights` pass through.

    Parameters
    ----------
    W : Weights, libpysal.graph.Graph or libpysal.weights.W
        Labelled by region id; never changed, its ``transform`` neither.
    argument : str
        Name of the caller's argument, for messages.

    Returns
    -------
    Weights
        The values as they are, matched by label and put in sorted order. Rows that all sum
        to 1 are recorded as ``normalization="row"``, others as ``"binary"`` or ``"none"``.

    Raises
    ------
    InputError
        If `W` is of another kind.
    IdError
        If ids are duplicated, missing or mixed.
    WeightsError
        If a weight is missing, infinite or negative, or links a region to itself.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> as_weights(Graph.from_dicts({"b": ["a"], "a": ["b"]})).ids.tolist()
    ['a', 'b']
    """
    if isinstance(W, Weights):
        return W
    ids, matrix = graphs.matrix_of(W, argument=argument)
    recipe = Recipe("adopted", {"source": f"libpysal {type(W).__name__}"})
    return adopt(ids, matrix, recipe, argument=argument)


def adopt(ids: pd.Index, matrix: CsrArray, recipe: Recipe, *, argument: str) -> Weights:
    """Make :class:`Weights` of values that may or may not have been normalised by rows.

    Parameters
    ----------
    ids : pandas.Index
        Sorted region ids.
    matrix : csr_array of shape (n, n)
        Canonical; kept as it is.
    recipe : Recipe
        Where the weights come from.
    argument : str
        Name of the caller's argument, for messages.

    Returns
    -------
    Weights
        Rows that all sum to 1 are recorded as ``normalization="row"``: of 0/1 links where the
        weights of each row are equal, else with a parameter that says that their values as
        built are unknown. Other weights are ``"binary"`` if all are 1, else ``"none"``.
    """
    graphs.check_weights(ids, matrix, argument=argument)
    if not graphs.is_row_normalized(matrix):
        plain = bool((matrix.data == 1.0).all())
        return assemble(ids, matrix, recipe, normalization="binary" if plain else "none")
    largest = np.asarray(matrix.max(axis=1).todense()).ravel()[rows_of(matrix)]
    if np.abs(matrix.data - largest).max() <= graphs.UNIT_SUM_TOLERANCE:
        base = matrix.copy()
        base.data = np.ones_like(matrix.data)
        return assemble(ids, base, recipe, normalization="row")
    recipe = replace(recipe, parameters={**recipe.parameters, "as_built": "unknown"})
    return assemble(ids, matrix, recipe, normalization="row")


def align_to(
    table: Any, W: WeightsLike, *, argument: str, align: Align, remedy: str = ""
) -> tuple[Any, Weights, str]:
    """Bring a table and weights to the same regions in the same, sorted, order.

    Parameters
    ----------
    table : DataFrame, GeoDataFrame or Series
        Indexed by region id, in any order; not changed.
    W : Weights, Graph or libpysal W
        Weights, any order.
    argument : str
        Name of the table's argument, for messages.
    align : {"strict", "intersection"}
        ``"strict"`` refuses ids that one side has alone; ``"intersection"`` keeps the common
        ones and normalises the weights anew.
    remedy : str
        Way out of a caller that has no `align` to offer.

    Returns
    -------
    table, weights, note
        The rows in sorted order (a copy), the weights of these regions, and one sentence on
        what was left out (empty if nothing was).

    Raises
    ------
    IdError
        If ids do not match.
    WeightsError
        If regions lose all neighbours under ``"intersection"`` and the policy is ``"error"``.
    """
    weights = as_weights(W)
    alignment = match(table.index, weights.ids, argument=argument, align=align, remedy=remedy)
    restricted, told = restrict_noted(weights, alignment.ids)
    notes = [alignment.note(), *told]
    rows = table.index.get_indexer(restricted.ids)
    return table.iloc[rows].copy(), restricted, "; ".join(note for note in notes if note)
