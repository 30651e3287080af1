"""Two variables in space: bivariate Moran's I and Lee's L."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.explore.overall.result import (
    HISTOGRAM,
    About,
    Computed,
    GlobalResult,
    Plan,
    conclude,
    scatter_points,
)
from workbench.explore.variable import island_notes, read_pair
from workbench.numerics.autocorrelation import bivariate as kernel
from workbench.typing import Align, Alternative


def bivariate_moran(
    x: str | pd.Series[Any],
    y: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    align: Align = "strict",
) -> GlobalResult:
    """Test whether a variable goes with its neighbours' values of another: bivariate Moran's I.

    ``I = z_x′W z_y / z_x′z_x`` with both standardised: the slope of the neighbours' y on the
    region's own x. The null is that y lies at random, whatever x does: permutations move y alone.
    Mind that a correlation of x and y within regions, with y autocorrelated, gives an I as well;
    Lee's L (:func:`lee`) keeps the pairs together.

    Parameters
    ----------
    x, y : str or pandas.Series
        Columns, expressions, or values by region id. Missing, infinite and constant values are
        refused. x and y change places at a price: the statistic is not symmetric.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when both are series.
    W : Weights, Graph or libpysal W
        Spatial weights; as this form has no factor n/S0, row-standardised ones make I comparable.
        Regions without neighbours count in means and variances and have no lag; a note names them.
    permutations, seed, align
        See :func:`workbench.moran`.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"``: high x beside high y.

    Returns
    -------
    GlobalResult
        Expectation (0) and variance are exact over permutations of y. ``augment()`` has x as
        ``value`` and the lag of y.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If a variable cannot be read, has no valid values, or does not match the weights.
    InputError
        If the seed or the number of permutations cannot be used.

    References
    ----------
    Anselin, L., Syabri, I. and Smirnov, O. (2002). Visualizing multivariate spatial correlation
    with dynamically linked windows. In New Tools for Spatial Data Analysis, CSISS, equation 3.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5)).transform("R")
    >>> table = pd.DataFrame({"rd": range(25)}, index=range(25), dtype=float)
    >>> table["patents"] = table["rd"] ** 2
    >>> bool(bivariate_moran("rd", "patents", table, W).p_permutation < 0.01)
    True
    """
    plan = Plan(permutations, seed, alternative)
    first, second = read_pair(x, y, table, W, align=align, arguments=("x", "y"))
    a, b, matrix = first.values, second.values, first.weights.sparse
    found = kernel.bivariate_moran(a, b, matrix)
    simulated = np.empty(0)
    if permutations:
        simulated = kernel.bivariate_moran_permutations(
            a, b, matrix, permutations=permutations, seed=seed
        )
    computed = Computed(
        name="Bivariate Moran's I",
        statistic=found.statistic,
        expected=found.expected,
        variance=found.variance,
        simulated=simulated,
        rounding=found.rounding,
        assumptions=f"every arrangement of {second.name} is equally likely, {first.name} as it is",
        null=f"{second.name} lies at random around {first.name}",
    )
    about = About(
        f"{first.name} and neighbours' {second.name}",
        first.weights,
        scatter_points(a, first.weights, lagged=b),
        notes=(*first.notes, *island_notes(first.weights)),
        options={"x": first.name, "y": second.name},
        greater=f"high {first.name} beside high {second.name}, low beside low",
        axes=(f"{first.name}, standardised", f"spatial lag of {second.name}, standardised"),
    )
    return conclude(computed, plan, about)


def lee(
    x: str | pd.Series[Any],
    y: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    align: Align = "strict",
) -> GlobalResult:
    """Test whether the spatial smooths of two variables go together: Lee's L.

    ``L = n / Σ_i (Σ_j w_ij)² · (Wz_x)′(Wz_y) / (|z_x| |z_y|)``: the correlation of x and y times
    what smoothing leaves of it. Symmetric in x and y. Permutations move the pairs (x_i, y_i), so
    the correlation within regions is kept and the expectation is not zero.

    Parameters
    ----------
    x, y : str or pandas.Series
        Columns, expressions, or values by region id. Missing, infinite and constant values are
        refused.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when both are series.
    W : Weights, Graph or libpysal W
        Spatial weights. Lee's own smooth over the region itself too; weights here have no
        diagonal, as spdep's usually have none. n counts regions with a neighbour; those without
        count in means and variances, and a note names them.
    permutations, seed, align
        See :func:`workbench.moran`.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"``: L above its expectation, smooths alike beyond the correlation of the pairs.

    Returns
    -------
    GlobalResult
        Expectation and variance are exact over permutations of the pairs. (spdep's ``lee.test``
        has the same expectation; its variance takes z_x z_y′ as if it were symmetric and is another
        wherever x and y differ.)

    Raises
    ------
    FormulaError, ValuesError, IdError
        If a variable cannot be read, has no valid values, or does not match the weights.
    InputError
        If the seed or the number of permutations cannot be used.

    References
    ----------
    Lee, S.-I. (2001). Developing a bivariate spatial association measure: an integration of
    Pearson's r and Moran's I. Journal of Geographical Systems 3, 369–385. Moments: Lee, S.-I.
    (2004). Environment and Planning A 36, 1687–1703.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5)).transform("R")
    >>> table = pd.DataFrame({"rd": range(25)}, index=range(25), dtype=float)
    >>> table["patents"] = table["rd"] ** 2
    >>> result = lee("rd", "patents", table, W)
    >>> result.statistic > result.expected
    True
    """
    plan = Plan(permutations, seed, alternative)
    first, second = read_pair(x, y, table, W, align=align, arguments=("x", "y"))
    a, b, matrix = first.values, second.values, first.weights.sparse
    found = kernel.lee(a, b, matrix)
    simulated = np.empty(0)
    if permutations:
        simulated = kernel.lee_permutations(a, b, matrix, permutations=permutations, seed=seed)
    computed = Computed(
        name="Lee's L",
        statistic=found.statistic,
        expected=found.expected,
        variance=found.variance,
        simulated=simulated,
        rounding=found.rounding,
        assumptions="every arrangement of the observed pairs over the regions is equally likely",
        null=f"the pairs of {first.name} and {second.name} lie at random",
    )
    about = About(
        f"{first.name} and {second.name}",
        first.weights,
        scatter_points(a, first.weights, lagged=b),
        notes=(*first.notes, *island_notes(first.weights)),
        options={"x": first.name, "y": second.name},
        greater="L above its expectation: the smooths are more alike than the pairs make them",
        axes=(f"{first.name}, standardised", f"spatial lag of {second.name}, standardised"),
        drawn_as=HISTOGRAM,
    )
    return conclude(computed, plan, about)
