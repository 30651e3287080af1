"""The Kelejian–Robinson test: autocorrelation of residuals without W's values or normality."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.core.provenance import Provenance
from workbench.core.statistics import Statistic, chi2_test
from workbench.explore.overall.regression_residuals import read_residuals
from workbench.explore.variable import island_notes
from workbench.numerics.scores import kelejian_robinson as kernel
from workbench.typing import Align


def kelejian_robinson(
    formula: str, table: pd.DataFrame, W: Any, *, align: Align = "strict"
) -> Statistic:
    """Test the residuals of a regression for spatial autocorrelation as Kelejian and Robinson do.

    The products ``e_i e_j`` of neighbours' residuals are regressed on the products
    ``x_ik x_jk`` of each regressor at i with itself at j: under the null their expectation is
    zero and nothing explains them. The statistic is chi-square with as many degrees of freedom as
    the latter have independent columns, in large samples, whatever the law of the disturbances.

    Parameters
    ----------
    formula : str
        ``"log(patents) ~ log(rd)"``.
    table : DataFrame or GeoDataFrame
        Indexed by region id, in any order. Missing values are refused.
    W : Weights, Graph or libpysal W
        Who is whose neighbour, in either direction; the weights themselves do not matter.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    Statistic
        ``statistic p_value df``.

    Raises
    ------
    FormulaError, ValuesError, CollinearityError, IdError
        If the regression cannot be estimated or does not match the weights.
    WeightsError
        If there are no more pairs of neighbours than regressors.

    References
    ----------
    Kelejian, H. and Robinson, D. (1992). Spatial autocorrelation: a new computationally simple
    test with an application to per capita county police expenditures. Regional Science and Urban
    Economics 22, 317-331.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> frame = pd.DataFrame({"y": [float((i // 5) ** 2) for i in range(25)], "x": range(25)})
    >>> kelejian_robinson("y ~ x", frame, W).df
    (2.0,)
    """
    read = read_residuals(formula, table, W, align=align)
    found = kernel.kelejian_robinson(read.values, read.design.X, read.weights.sparse)
    test = chi2_test(
        "Kelejian-Robinson",
        found.statistic,
        found.df,
        null="residuals of neighbours are not correlated",
        assumptions="large sample; disturbances with equal variances, of any distribution",
    )
    provenance = Provenance(
        method="Kelejian-Robinson test of least-squares residuals",
        formula=formula,
        nobs=read.design.nobs,
        ids_digest=read.weights.ids_digest,
        weights=read.weights.described,
        notes=(*read.notes, *island_notes(read.weights)),
    )
    return replace(test, provenance=provenance)
