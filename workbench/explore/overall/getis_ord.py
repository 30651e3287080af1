"""Global G of Getis and Ord: is it the high values or the low ones that lie together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import labels
from workbench.errors import ValuesError, listing
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
from workbench.explore.variable import Variable, read_variable
from workbench.numerics.autocorrelation import getis_ord as kernel
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Align, Alternative
from workbench.weights import Weights

HIGH_TOGETHER = "G above its expectation: high values lie together; below it, low values do"


def getis_ord(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    align: Align = "strict",
) -> GlobalResult:
    """Test with Getis and Ord's global G whether high values, or low ones, lie together.

    ``G = ΣΣ w_ij x_i x_j / ΣΣ_{i≠j} x_i x_j``, the share of all products that lies between
    neighbours. Moran's I and Geary's C tell like from unlike neighbours; G tells clusters of high
    values (``"greater"``) from clusters of low ones (``"less"``). It is meant for a variable with a
    natural zero and for 0/1 weights within a distance; a shift of the variable changes it.

    Parameters
    ----------
    variable : str or pandas.Series
        A column, an expression or values by region id, none of them negative. Missing, infinite
        and constant values are refused.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when `variable` is a series.
    W : Weights, Graph or libpysal W
        Spatial weights. Regions without neighbours are left out of every sum and of the
        permutations (as in spdep with ``adjust.n = adjust.x = TRUE``); a note names them.
    permutations, seed, align
        See :func:`workbench.moran`.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` is clustering of high values.

    Returns
    -------
    GlobalResult
        ``statistic expected variance z p_value p_permutation alternative null permutations``, and
        ``tidy() augment() plot()``.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If the variable cannot be read, has negative values, or does not match the weights.
    InputError
        If the seed or the number of permutations cannot be used.

    References
    ----------
    Getis, A. and Ord, J. K. (1992). The analysis of spatial association by use of distance
    statistics. Geographical Analysis 24, 189–206; coefficient B1 as corrected there 25, 276 (1993).

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> bool(getis_ord(x, None, W, alternative="greater").p_permutation < 0.01)
    True
    """
    plan = Plan(permutations, seed, alternative)
    read = read_variable(variable, table, W, align=align)
    _refuse_unsuitable(read)
    matrix = read.weights.sparse
    found = kernel.getis_ord(read.values, matrix)
    simulated = np.empty(0)
    if permutations:
        simulated = kernel.getis_ord_permutations(
            read.values, matrix, permutations=permutations, seed=seed
        )
    computed = Computed(
        name="Getis–Ord G",
        statistic=found.G,
        expected=found.expected,
        variance=found.variance,
        simulated=simulated,
        rounding=found.rounding,
        assumptions=ASSUMPTIONS["randomization"],
        null="high and low values lie at random",
        # of a large mean with a small spread the deviation is a small share of the expectation
        floor=0.0,
    )
    about = About(
        read.name,
        read.weights,
        scatter_points(read.values, read.weights),
        notes=(*read.notes, *left_out(read.weights), *_unlike_links(matrix)),
        greater=HIGH_TOGETHER,
        drawn_as=HISTOGRAM,
    )
    return conclude(computed, plan, about)


def _unlike_links(matrix: CsrArray) -> tuple[str, ...]:
    if matrix.data.size == 0 or (matrix.data == matrix.data[0]).all():
        return ()
    return (
        "links have different weights, which the products are counted with; G is usual with 0/1 "
        'links: W.normalize("binary")',
    )


def left_out(weights: Weights) -> tuple[str, ...]:
    """Return a sentence that names the regions without neighbours as left out, if there are any."""
    alone = weights.islands
    if not alone:
        return ()
    return (
        f"{len(alone)} regions without neighbours ({listing(list(alone))}) are left out of the "
        "statistic and of the permutations",
    )


def _refuse_unsuitable(read: Variable) -> None:
    below = read.values < 0
    if below.any():
        raise ValuesError(
            read.name,
            expected="values that are not negative, with a natural zero",
            found=f"{int(below.sum())} below zero",
            offenders=labels(read.weights.ids[below]),
            why="G compares sums of products: with both signs its denominator can vanish",
            remedy="take the variable in its own units, or test it with moran or geary",
        )
    if int((read.values > 0).sum()) == 1:
        raise ValuesError(
            read.name,
            expected="at least four regions with neighbours, two of them with positive values",
            found="one positive value",
            offenders=labels(read.weights.ids[read.values > 0]),
            why="G divides by the sum of the products of all pairs",
        )
