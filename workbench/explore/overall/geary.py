"""Geary's C of a variable: do neighbours differ less than regions do at large."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import check_option
from workbench.explore.overall.moran import ASSUMPTIONS
from workbench.explore.overall.result import (
    HISTOGRAM,
    About,
    Computed,
    GlobalResult,
    Plan,
    conclude,
    scatter_points,
)
from workbench.explore.variable import island_notes, read_variable
from workbench.numerics.autocorrelation import geary as kernel
from workbench.typing import Align, Alternative, MoranVariance

NEIGHBOURS_ALIKE = "C below 1: neighbours differ less (positive autocorrelation)"


def geary(
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
    """Test a variable for spatial autocorrelation with Geary's C.

    ``C = (n − 1) / (2 S0) · ΣΣ w_ij (x_i − x_j)² / Σ (x_i − x̄)²``, 1 on average without
    autocorrelation, *smaller* where neighbours are alike. So that it reads as Moran's I does, the
    deviate is turned, ``z = (E C − C) / sd`` (as in spdep): positive z is positive autocorrelation,
    and so is ``alternative="greater"``; the table's column ``greater`` says so.

    Parameters
    ----------
    variable : str or pandas.Series
        A column, an expression such as ``"log(patents / population)"``, or values by region id.
        Missing, infinite and constant values are refused.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when `variable` is a series.
    W : Weights, Graph or libpysal W
        Spatial weights. With regions without neighbours the statistic and its moments are those of
        spdep (``adjust.n = TRUE``: n counts regions with a neighbour, mean and variance use all
        N). They are approximate then, permutations average ``(n − 1) / (N − 1)`` rather than 1, and
        a note says so; the permutation p-value holds.
    permutations : int, default 999
        Number of permutations R; 0 for none.
    seed : int, default 0
        Seed of the permutations.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` is positive autocorrelation, C below 1.
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
    Geary, R. C. (1954). The contiguity ratio and statistical mapping. The Incorporated
    Statistician 5, 115–146. Moments: Cliff, A. and Ord, K. (1981). Spatial Processes, section 1.5.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> result = geary(x, None, W, permutations=99)
    >>> result.statistic < 1, result.z > 0
    (True, True)
    """
    plan = Plan(permutations, seed, alternative)
    check_option("variance", variance, MoranVariance)
    read = read_variable(variable, table, W, align=align)
    matrix = read.weights.sparse
    found = kernel.geary(read.values, matrix)
    simulated = np.empty(0)
    if permutations:
        simulated = kernel.geary_permutations(
            read.values, matrix, permutations=permutations, seed=seed
        )
    normal = variance == "normality"
    computed = Computed(
        name="Geary's C",
        statistic=found.C,
        expected=found.expected,
        variance=found.variance_normal if normal else found.variance_randomisation,
        simulated=simulated,
        rounding=found.rounding,
        assumptions=ASSUMPTIONS[variance],
        sign=-1,
    )
    about = About(
        read.name,
        read.weights,
        scatter_points(read.values, read.weights),
        notes=(*read.notes, *island_notes(read.weights), *_approximate(found.n, len(read.values))),
        options={"variance": variance},
        greater=NEIGHBOURS_ALIKE,
        drawn_as=HISTOGRAM,
    )
    return conclude(computed, plan, about)


def _approximate(n: int, size: int) -> tuple[str, ...]:
    if n == size:
        return ()
    return (
        f"with {size - n} regions without neighbours the moments are approximate: over "
        f"permutations C averages {(n - 1) / (size - 1):.3f}; go by the permutation p-value",
    )
