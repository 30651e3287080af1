"""Moran's I of a variable: is it clustered in space at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.errors import check_option
from workbench.explore.overall.result import (
    About,
    Computed,
    GlobalResult,
    Plan,
    conclude,
    scatter_points,
)
from workbench.explore.variable import Variable, island_notes, read_pair, read_variable
from workbench.numerics.autocorrelation import moran as kernel
from workbench.numerics.autocorrelation.moran import Count
from workbench.numerics.permutations.global_moran import global_moran
from workbench.typing import Align, Alternative, MoranVariance

ASSUMPTIONS = {
    "randomization": "every arrangement of the observed values over the regions is equally likely",
    "normality": "the values are independent draws from one normal distribution",
}


def moran(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    variance: MoranVariance = "randomization",
    align: Align = "strict",
) -> GlobalResult:
    """Test a variable for spatial autocorrelation with Moran's I.

    ``I = (n / S0) z′Wz / z′z`` with z the deviations from the mean and S0 the sum of the weights
    (Cliff and Ord 1981, equation 1.37). The first p-value is from the normal approximation of
    ``(I − E I) / sd``, with the moments of Cliff and Ord (equations 1.38 and 1.39); the second puts
    the observed values on the regions in R random orders.

    Parameters
    ----------
    variable : str or pandas.Series
        A column, an expression such as ``"log(patents / population)"``, or values by region id.
        Missing, infinite and constant values are refused.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when `variable` is a series.
    W : Weights, Graph or libpysal W
        Spatial weights. Regions without neighbours count in the mean and variance of the variable
        but not in n (as in spdep with ``adjust.n = TRUE``). The moments are approximate then, as a
        note says that names them; the permutation p-value holds.
    permutations : int, default 999
        Number of permutations R; 0 for none.
    seed : int, default 0
        Seed of the permutations.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` is positive autocorrelation.
    variance : {"randomization", "normality"}
        Null model of the analytic variance.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    GlobalResult
        ``statistic expected variance z p_value p_permutation alternative null permutations``, and
        ``tidy() augment() plot()``.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If the variable cannot be read, has no valid values, or does not match the weights.
    InputError
        If the seed or the number of permutations cannot be used.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes: Models and Applications. Pion.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> bool(moran(x, None, W).p_permutation < 0.01)
    True
    """
    plan = Plan(permutations, seed, alternative)
    check_option("variance", variance, MoranVariance)
    read = read_variable(variable, table, W, align=align)
    return moran_of(read, plan, variance=variance)


def differential_moran(
    after: str | pd.Series[Any],
    before: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    variance: MoranVariance = "randomization",
    align: Align = "strict",
) -> GlobalResult:
    """Test whether the change of a variable is autocorrelated: Moran's I of ``after - before``.

    What a region has at both times, its fixed effect, falls out of the difference (Anselin's
    differential Moran).

    Parameters
    ----------
    after, before : str or pandas.Series
        The variable at the later and at the earlier time, in the same units; columns,
        expressions or values by region id, see :func:`moran`.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when both are series.
    W : Weights, Graph or libpysal W
        Spatial weights; for regions without neighbours see :func:`moran`.
    permutations, seed, alternative, variance, align
        See :func:`moran`. The permutations put the changes on the regions.

    Returns
    -------
    GlobalResult
        As of :func:`moran`; :meth:`~GlobalResult.augment` has the standardised change.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If a variable cannot be read or does not match the weights, or all changes are the same.
    InputError
        If the seed or the number of permutations cannot be used.

    References
    ----------
    Anselin, L. (2019). Global spatial autocorrelation (2): bivariate, differential and EB rate
    Moran scatter plot. GeoDa workbook.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> table = pd.DataFrame({"y2010": [5.0, 1.0, 3.0, 2.0, 4.0] * 5}, index=range(25))
    >>> table["y2020"] = table["y2010"] + table.index
    >>> round(differential_moran("y2020", "y2010", table, W).statistic, 3)
    0.75
    """
    plan = Plan(permutations, seed, alternative)
    check_option("variance", variance, MoranVariance)
    later, earlier = read_pair(
        after, before, table, W, align=align, arguments=("after", "before"), varying=False
    )
    return moran_of(
        later.changed_by(earlier),
        plan,
        variance=variance,
        name="Differential Moran's I",
        greater=CHANGES_ALIKE,
        options={"after": later.name, "before": earlier.name},
    )


CHANGES_ALIKE = "neighbours change alike (positive autocorrelation of the change)"


def moran_of(
    read: Variable,
    plan: Plan,
    *,
    variance: MoranVariance,
    name: str = "Moran's I",
    count: Count = "linked",
    greater: str = "",
    options: Mapping[str, str] | None = None,
) -> GlobalResult:
    """Return Moran's I of values that have been read; `count` is what n counts."""
    W = read.weights.sparse
    moments = kernel.moran(read.values, W, count=count)
    draws = global_moran(read.values, W, permutations=plan.permutations, seed=plan.seed)
    # the permutations' n counts all regions, the statistic's may leave out those without neighbours
    factor = moments.n / W.shape[0]
    normal = variance == "normality"
    computed = Computed(
        name=name,
        statistic=moments.I,
        expected=moments.expected,
        variance=moments.variance_normal if normal else moments.variance_randomisation,
        simulated=draws.simulated * factor,
        rounding=draws.rounding * factor,
        assumptions=ASSUMPTIONS[variance],
    )
    about = About(
        read.name,
        read.weights,
        scatter_points(read.values, read.weights),
        notes=(
            *read.notes,
            *island_notes(read.weights),
            *_approximate(moments, len(read.values)),
        ),
        options={"variance": variance, **(options or {})},
        greater=greater,
    )
    return conclude(computed, plan, about)


def _approximate(found: kernel.MoranMoments, size: int) -> tuple[str, ...]:
    n = found.n
    if n == size:
        return ()
    return (
        f"with {size - n} regions without neighbours the moments are approximate: over "
        f"permutations I averages {-n / (size * (size - 1)):.4f} rather than {found.expected:.4f}; "
        "go by the permutation p-value",
    )
