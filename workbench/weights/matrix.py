"""Weights from the user's own matrix, and from costs of travel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, ValuesError, WeightsError, check_option
from workbench.typing import Diagonal, FloatArray, IntArray, Islands, Normalization, TravelDecay
from workbench.weights import pairlists, tables
from workbench.weights.distances import check_positive
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
        Weights of the neighbour (column) for the focal region (row): finite, not negative; 0
        is no link. A DataFrame names regions in its index and its columns, each in any order.
        Not changed.
    ids : index, sequence, or table indexed by region id, optional
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
        If a weight is missing, infinite, negative, text or on the diagonal; if regions are
        islands.

    Examples
    --------
    >>> table = pd.DataFrame([[0, 2], [1, 0]], index=["b", "a"], columns=["b", "a"])
    >>> from_matrix(table, normalize="none").sparse.toarray().tolist()
    [[0.0, 1.0], [2.0, 0.0]]
    """
    check_option("diagonal", diagonal, Diagonal)
    pairs = tables.square(matrix, ids, argument="matrix", zeros=False)
    tables.require_ids(pairs.ids, regions, argument="matrix")
    if diagonal == "drop":
        pairs = pairs.chosen(~pairs.itself)
    tables.require_sound(
        pairs,
        argument="matrix",
        missing=", or write 0 where there is no link, e.g. matrix.fillna(0)",
    )
    pairs = tables.without_diagonal(
        pairs,
        policy=diagonal,
        argument="matrix",
        option="diagonal",
        what="weights on the diagonal",
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
    alpha: float | None = None,
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
        Weights 1/cᵖ, exp(−αc), or 1.
    power : float, default 1
        The p of ``"inverse"``, positive.
    alpha : float, optional
        The α of ``"exponential"``, positive, in 1/unit.
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
        Row i holds weights by the costs from i; costs that differ by direction keep doing so
        (noted). What it costs to stay is not read.

    Raises
    ------
    IdError
        If ids are duplicated, differ between rows and columns, or are not the regions'.
    ValuesError
        If a cost is negative, infinite or text, or missing in a long table; if it is 0 under
        ``"inverse"``; if a weight is too small or too large for a number.
    WeightsError
        If a region reaches no other under ``islands="error"``.
    InputError
        If threshold, power, alpha or minimum_cost is not positive, is missing, or is given
        where it would not be used.

    References
    ----------
    Bodson, P. and Peeters, D. (1975). Estimation of the coefficients of a linear regression in
    the presence of spatial autocorrelation. Environment and Planning A 7(4).

    Examples
    --------
    >>> hours = pd.DataFrame([[0, 2.0], [4.0, 0]], index=["a", "b"], columns=["a", "b"])
    >>> travel_cost(hours, normalize="none", unit="h").sparse.toarray().tolist()
    [[0.0, 0.5], [0.25, 0.0]]
    """
    _check_decay(decay, power, alpha, threshold, minimum_cost)
    pairs = _costs(costs, columns, regions)
    possible = len(pairs.ids) * (len(pairs.ids) - 1)
    unreachable = possible - len(pairs.value)
    near = pairs if threshold is None else pairs.chosen(pairs.value <= threshold)
    settings = {
        "threshold": threshold, "decay": decay, "power": power if decay == "inverse" else None,
        "alpha": alpha, "minimum_cost": minimum_cost,
    }  # fmt: skip
    recipe = Recipe(
        "travel_cost",
        {name: value for name, value in settings.items() if value is not None},
        islands=islands,
        unit=unit,
    ).noting(f"{unreachable} of {possible} pairs have no cost and no link" if unreachable else "")
    weight = _falling(near, decay, power, alpha, minimum_cost)
    return _settled(near.valued(weight), recipe, normalize, remedy=_widest(pairs, threshold))


def _costs(costs: Any, columns: Any, regions: Any) -> tables.PairTable:
    """Read costs between different regions, from a square table or a long one."""
    if columns is not None:
        pairs = pairlists.read(
            costs, columns=columns, argument="costs", regions=regions, may_sum=False
        ).pairs
        return pairs.chosen(~pairs.itself)
    if not isinstance(costs, pd.DataFrame):
        raise InputError(
            "costs",
            expected="a DataFrame of regions by regions, or a long one with columns=",
            found=type(costs).__name__,
            why="rows of a bare matrix cannot be joined by key",
            remedy="label it: pandas.DataFrame(costs, index=ids, columns=ids)",
        )
    if not costs.index.isin(costs.columns).any() and len(costs.columns) == 3:
        raise InputError(
            "columns",
            expected="the columns of origin, destination and cost of a long table",
            found="none, and an index that names none of the columns",
            remedy=f"columns={tuple(map(str, costs.columns))!r}, in this order",
        )
    pairs = tables.square(costs, argument="costs", zeros=True)
    tables.require_ids(pairs.ids, regions, argument="costs")
    pairs = pairs.chosen(~pairs.itself & ~np.isnan(pairs.value))
    endless = np.isinf(pairs.value)
    if endless.any():
        raise ValuesError(
            "costs",
            expected="finite costs",
            found=f"{int(endless.sum())} infinite ones",
            offenders=pairs.names(endless),
            why="a pair that cannot be reached is a missing cell here",
            remedy="costs.replace(numpy.inf, numpy.nan)",
        )
    tables.require_sound(pairs, argument="costs")
    return pairs


def _check_decay(
    decay: str,
    power: float,
    alpha: float | None,
    threshold: float | None,
    minimum_cost: float | None,
) -> None:
    check_option("decay", decay, TravelDecay)
    given = {"power": power, "alpha": alpha, "threshold": threshold, "minimum_cost": minimum_cost}
    for name, value in given.items():
        if value is not None:
            check_positive(name, value)
    if decay == "exponential" and alpha is None:
        raise InputError(
            "alpha",
            expected='a positive number, in 1/unit, for decay="exponential"',
            found="none",
            why="how fast weights fall is the hypothesis that they state",
            remedy="e.g. alpha=0.01 halves the weight every 69 units of cost",
        )
    for name, unused, user in (
        ("alpha", alpha is not None and decay != "exponential", "exponential"),
        ("power", power != 1 and decay != "inverse", "inverse"),
    ):
        if unused:
            raise InputError(
                name,
                expected=f'none with decay="{decay}"',
                found=repr(given[name]),
                why="it would not enter the weights",
                remedy=f'leave it out, or choose decay="{user}"',
            )
    if threshold is not None and minimum_cost is not None and minimum_cost >= threshold:
        raise InputError(
            "minimum_cost",
            expected=f"less than the threshold of {threshold:g}",
            found=f"{minimum_cost:g}",
            why="all costs would count as one",
        )


def _falling(
    pairs: tables.PairTable, decay: str, power: float, alpha: float | None, least: float | None
) -> FloatArray:
    cost = pairs.value if least is None else np.maximum(pairs.value, least)
    free = cost == 0
    if free.any() and decay == "inverse":
        raise ValuesError(
            "costs",
            expected='positive costs between regions for decay="inverse"',
            found=f"{int(free.sum())} costs of 0",
            offenders=pairs.names(free),
            why="their weight would be infinite and take all of the row",
            remedy="say what the least cost is, e.g. minimum_cost=1, or leave the cells empty "
            "where a region cannot be reached",
        )
    if decay == "binary":
        return np.ones_like(cost)
    with np.errstate(over="ignore", under="ignore"):
        weight = cost**-power if decay == "inverse" else np.exp(-(alpha or 0.0) * cost)
    lost = (weight == 0) | ~np.isfinite(weight)
    if lost.any():
        raise ValuesError(
            "power" if decay == "inverse" else "alpha",
            expected="weights that numbers can hold",
            found=f"{int(lost.sum())} weights of 0 or infinity",
            offenders=pairs.names(lost),
            why="a link that falls to 0 is none",
            remedy="choose a smaller one, a threshold, or a longer unit of cost",
        )
    return np.asarray(weight)


def _widest(pairs: tables.PairTable, threshold: float | None) -> str:
    """Return the smallest threshold that leaves nobody alone, as a way out; empty for none."""
    least = np.full(len(pairs.ids), np.inf)
    np.minimum.at(least, pairs.focal, pairs.value)
    if threshold is None or not np.isfinite(least).all():
        return ""
    return f"threshold={float(least.max())!r} isolates none"


def _settled(
    pairs: tables.PairTable, recipe: Recipe, normalize: Normalization, *, remedy: str = ""
) -> Weights:
    matrix = pairs.matrix()
    directed = "" if is_symmetric(matrix) else "the weights are not symmetric"

    def refuse(lost: IntArray) -> WeightsError:
        return refusal(pairs.ids, lost, remedy=remedy, measured=False)

    return settle(
        pairs.ids, matrix, recipe.noting(directed), normalization=normalize, refuse=refuse
    )
