"""Autocorrelation by order of contiguity: how far does similarity reach."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.errors import InputError, check_option
from workbench.explore.reach.correlogram import CorrelogramResult
from workbench.explore.reach.lags import Lags, LagTest, correlogram_of, lag_table
from workbench.explore.reach.naming import called
from workbench.explore.variable import island_notes, read_variable
from workbench.numerics.sparse.matrices import CsrArray
from workbench.numerics.sparse.orders import higher_order
from workbench.numerics.sparse.scaling import scaled
from workbench.typing import Align, Alternative, LagStatistic, Normalization
from workbench.weights import Weights
from workbench.weights.orders import check_order


def correlogram(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    orders: int = 6,
    statistic: LagStatistic = "moran",
    normalize: Normalization = "row",
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    level: float = 0.95,
    align: Align = "strict",
) -> CorrelogramResult:
    """Measure autocorrelation at each order of contiguity, with inference on all orders at once.

    Order k links regions whose shortest path has k links. One random arrangement of the values
    gives the statistic of every order, so that R arrangements show how the whole correlogram
    varies when place does not matter: from them come a p-value of each order by itself,
    p-values adjusted for looking at all orders (step-down max-T) and an envelope in which a share
    `level` of the arrangements lies at every order.

    Parameters
    ----------
    variable : str or pandas.Series
        A column, an expression such as ``"log(patents / population)"``, or values by region id.
        Missing, infinite and constant values are refused.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when `variable` is a series.
    W : Weights, Graph or libpysal W
        Who is whose neighbour; the weights themselves do not matter here.
    orders : int, default 6
        Highest order, from 1.
    statistic : {"moran", "geary", "correlation"}
        Moran's I; Geary's C (small where neighbours are alike); Pearson's correlation of the
        deviations from the mean with their spatial lag, over the regions that have neighbours of
        that order.
    normalize : Normalization, default "row"
        Of the 0/1 links of every order, the first included: see :meth:`Weights.normalize`.
    permutations : int, default 999
        Number of joint permutations R; 0 for none (then Holm's adjustment of the analytic
        p-values is what holds for all orders). The correlation needs some.
    seed : int, default 0
        Seed of the permutations.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` is positive autocorrelation, also for Geary's C.
    level : float, default 0.95
        Of the envelope.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    CorrelogramResult
        ``.table`` (a row an order: ``pairs linked statistic expected variance z p_value p_holm
        p_permutation p_adjusted envelope_low envelope_high``), ``.p_value`` over all orders,
        ``.simulated``, ``.plot()``. Moments are those under randomisation; regions without
        neighbours of an order do not count in its n, as in :func:`workbench.moran`.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If the variable cannot be read, has no valid values, or does not match the weights.
    InputError
        If no region has a neighbour of an order, or an option cannot be used.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes: Models and Applications. Pion.
    Westfall, P. and Young, S. (1993). Resampling-Based Multiple Testing, algorithm 4.1.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(6, 6))
    >>> x = pd.Series(range(36), index=range(36), name="x", dtype=float)
    >>> found = correlogram(x, None, W, orders=4, permutations=199)
    >>> found.table["statistic"].round(2).tolist()
    [0.89, 0.67, 0.37, 0.03]
    """
    test = LagTest(statistic, permutations, seed, alternative, level)
    with called({"order": "orders"}):
        check_order(orders)
    read = read_variable(variable, table, W, align=align)
    matrices = _orders(read.weights, int(orders), normalize)
    lags = Lags(
        list(matrices.values()),
        lag_table(matrices, name="order"),
        unit="",
        count="linked",
        weights=read.weights.described,
        options={"orders": str(orders), "normalize": normalize},
    )
    return correlogram_of(read, lags, test, notes=island_notes(read.weights))


def _orders(weights: Weights, orders: int, normalize: Normalization) -> dict[int, CsrArray]:
    check_option("normalize", normalize, Normalization)
    found: dict[int, CsrArray] = {}
    for order in range(1, orders + 1):
        matrix = higher_order(weights.sparse_base, order, lower_order=False)
        if not matrix.nnz:
            reached = order - 1
            raise InputError(
                "orders",
                expected=f"at most {reached}" if reached else "weights with links",
                found=f"{orders}: no region has a neighbour of order {order}",
                remedy=f"orders={reached}" if reached else "build weights with neighbours",
            )
        found[order] = scaled(matrix, normalize)
    return found
