"""Weights from the user's own matrix, and from costs of travel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, ValuesError, check_option
from workbench.typing import Diagonal, FloatArray, Islands, Normalization, TravelDecay
from workbench.weights import tables
from workbench.weights.graphs import is_symmetric
from workbench.weights.islands import refusal, settle
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights


def from_matrix(
    matrix: Any,
    ids: Any = None,
    *,
    regions: Any = None,
    diagonal: Diagonal = "error",
    islands: Islands = "error",
    normalize: Normalization = "row",
    unit: str = "",
) -> Weights:
    """Take weights from a matrix.

    Parameters
    ----------
    matrix : DataFrame, ndarray or sparse matrix, shape (n, n)
        Weights of the neighbour (column) for the focal region (row): finite, not negative. A
        DataFrame names regions in its index and its columns, each in any order; missing cells
        are pairs without a link.
    ids : index or sequence, optional
        Region id of each row, for a matrix without labels.
    regions : Index, Series or (Geo)DataFrame indexed by region id, optional
        What the ids must be.
    diagonal : {"error", "drop"}, default "error"
        What is done with weights of regions for themselves.
    islands : {"error", "keep", "drop"}, default "error"
        What is done with regions without a neighbour.
    normalize : Normalization, default "row"
        Of the weights that come out.
    unit : str
        What the weights are in, for the card.

    Returns
    -------
    Weights
        The matrix as built; asymmetry is kept and noted.

    Raises
    ------
    IdError
        If ids are duplicated, differ between rows and columns, or are not the regions'.
    InputError
        If a matrix without labels comes without ids.
    ValuesError, WeightsError
        If a weight is infinite, negative or on the diagonal; if regions are islands.

    Examples
    --------
    >>> table = pd.DataFrame([[0, 2], [1, 0]], index=["b", "a"], columns=["b", "a"])
    >>> from_matrix(table, normalize="none").sparse.toarray().tolist()
    [[0.0, 1.0], [2.0, 0.0]]
    """
    check_option("diagonal", diagonal, Diagonal)
    pairs = tables.square(matrix, ids, argument="matrix")
    tables.require_ids(pairs.ids, regions, argument="matrix")
    pairs = tables.without_diagonal(
        pairs, policy=diagonal, argument="matrix", what="weights on the diagonal"
    )
    recipe = Recipe("from_matrix", {"diagonal": diagonal}, islands=islands, unit=unit)
    return _settled(pairs, recipe, normalize)


def travel_cost(
    costs: pd.DataFrame,
    *,
    columns: tuple[str, str, str] | None = None,
    threshold: float | None = None,
    decay: TravelDecay = "inverse",
    power: float = 1.0,
    rate: float | None = None,
    minimum_cost: float | None = None,
    regions: Any = None,
    islands: Islands = "error",
    normalize: Normalization = "row",
    unit: str = "",
) -> Weights:
    """Build weights that fall with what it costs to get from one region to another.

    Parameters
    ----------
    costs : DataFrame
        Times, road kilometres or fares: a square table with regions in index and columns (from
        row to column), or, with `columns`, a long one. A missing pair cannot be reached.
    columns : tuple of str, optional
        Columns of origin, destination and cost of a long table.
    threshold : float, optional
        Largest cost of a link, in the unit of the costs.
    decay : {"inverse", "exponential", "binary"}, default "inverse"
        Weights 1/cᵖ, exp(−rate c), or 1.
    power : float, default 1
        The p of ``"inverse"``, positive.
    rate : float, optional
        The rate of ``"exponential"``, positive, in 1/unit.
    minimum_cost : float, optional
        Costs below it count as it; without it costs of 0 are refused under ``"inverse"``.
    regions : Index, Series or (Geo)DataFrame indexed by region id, optional
        What the ids must be.
    islands : {"error", "keep", "drop"}, default "error"
        What is done with regions that reach no other.
    normalize : Normalization, default "row"
        Of the weights that come out.
    unit : str
        Of the costs, e.g. ``"minutes"``, for the card.

    Returns
    -------
    Weights
        Row i holds weights by the costs from i; costs that differ by direction keep doing so.

    Raises
    ------
    IdError, ValuesError, WeightsError
        As for :func:`from_matrix`.
    InputError
        If threshold, power, rate or minimum_cost is not positive, or rate is missing.

    Examples
    --------
    >>> hours = pd.DataFrame([[0, 2.0], [4.0, 0]], index=["a", "b"], columns=["a", "b"])
    >>> travel_cost(hours, normalize="none", unit="h").sparse.toarray().tolist()
    [[0.0, 0.5], [0.25, 0.0]]
    """
    check_option("decay", decay, TravelDecay)
    for name, value in (
        ("threshold", threshold), ("power", power), ("rate", rate), ("minimum_cost", minimum_cost)
    ):  # fmt: skip
        _positive(name, value)
    if decay == "exponential" and rate is None:
        raise InputError("rate", expected='a positive number for decay="exponential"', found="None")
    if columns is None:
        pairs = tables.square(costs, None, argument="costs")
    else:
        pairs = tables.long(costs, columns=columns, argument="costs", regions=regions)[0]
    tables.require_ids(pairs.ids, regions, argument="costs")
    pairs = pairs.chosen(~pairs.itself)
    possible = len(pairs.ids) * (len(pairs.ids) - 1)
    unreachable = possible - len(pairs.value)
    if threshold is not None:
        pairs = pairs.chosen(pairs.value <= threshold)
    weight = _falling(pairs, decay, power, rate, minimum_cost)
    settings = {
        "threshold": threshold, "decay": decay, "power": power if decay == "inverse" else None,
        "rate": rate if decay == "exponential" else None, "minimum_cost": minimum_cost,
    }  # fmt: skip
    recipe = Recipe(
        "travel_cost",
        {name: value for name, value in settings.items() if value is not None},
        islands=islands,
        unit=unit,
    ).noting(f"{unreachable} of {possible} pairs have no cost and no link" if unreachable else "")
    reached = tables.PairTable(pairs.ids, pairs.focal, pairs.neighbor, weight)
    return _settled(reached, recipe, normalize)


def _falling(
    pairs: tables.PairTable, decay: str, power: float, rate: float | None, least: float | None
) -> FloatArray:
    cost = pairs.value if least is None else np.maximum(pairs.value, least)
    free = cost == 0
    if free.any() and decay == "inverse":
        ends = zip(pairs.focal[free], pairs.neighbor[free], strict=True)
        raise ValuesError(
            "costs",
            expected='positive costs between regions for decay="inverse"',
            found=f"{int(free.sum())} costs of 0",
            offenders=[f"{pairs.ids[i]} -> {pairs.ids[j]}" for i, j in ends],
            why="their weight would be infinite and take all of the row",
            remedy="say what the least cost is: minimum_cost=...",
        )
    if decay == "inverse":
        return np.asarray(cost**-power)
    if decay == "binary":
        return np.ones_like(cost)
    assert rate is not None
    return np.asarray(np.exp(-rate * cost))


def _settled(pairs: tables.PairTable, recipe: Recipe, normalize: Normalization) -> Weights:
    matrix = pairs.matrix()
    directed = "" if is_symmetric(matrix) else "the weights are not symmetric"
    return settle(
        pairs.ids,
        matrix,
        recipe.noting(directed),
        normalization=normalize,
        refuse=lambda lost: refusal(pairs.ids, lost, measured=False),
    )


def _positive(name: str, value: float | None) -> None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise InputError(name, expected="a positive number", found=repr(value))
