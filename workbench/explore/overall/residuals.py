"""Moran's I of regression residuals: normal, exact and saddlepoint p-values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.provenance import Provenance
from workbench.core.statistics import Statistic, normal_p
from workbench.errors import check_option
from workbench.explore.overall.regression_residuals import Residuals, read_residuals
from workbench.explore.overall.result import GlobalResult
from workbench.explore.variable import island_notes, quadrants
from workbench.numerics.autocorrelation import moran as kernel
from workbench.numerics.scores.quadratic_forms import (
    Tails,
    exact_tails,
    residual_eigenvalues,
    saddlepoint_tails,
)
from workbench.typing import Align, Alternative, ResidualInference

NULL = "residuals are not spatially autocorrelated"
AXES = ("residual, standardised", "spatial lag of the standardised residual")
CANNOT_VARY = (
    "these weights and regressors leave I of the residuals one value: there is no standard deviate "
    "and no p-value"
)
ASSUMPTIONS = {
    "normal": "disturbances are independent and normal; the normal approximation of I",
    "exact": "disturbances are independent and normal",
    "saddlepoint": "disturbances are independent and normal; saddlepoint approximation",
}


def residual_moran(
    formula: str,
    table: pd.DataFrame,
    W: Any,
    *,
    inference: ResidualInference = "normal",
    alternative: Alternative = "two-sided",
    align: Align = "strict",
) -> GlobalResult:
    """Test the residuals of a least-squares regression for spatial autocorrelation.

    ``I = (n/S0) e′We/e′e`` with e the residuals. Its moments under normal disturbances take into
    account that residuals are not disturbances (Cliff and Ord 1981, equations 8.12 and 8.14). In
    small or irregular samples I is skewed: ``inference="exact"`` integrates its distribution, which
    is that of a ratio of quadratic forms, ``inference="saddlepoint"`` approximates it closely.

    Parameters
    ----------
    formula : str
        ``"log(patents) ~ log(rd)"``; ``"log(patents) ~ 1"`` tests the variable itself.
    table : DataFrame or GeoDataFrame
        Indexed by region id, in any order. Missing values are refused.
    W : Weights, Graph or libpysal W
        Spatial weights. Regions without neighbours count in the regression but not in n.
    inference : {"normal", "exact", "saddlepoint"}
        How the p-value is found. The last two need all eigenvalues of an n × n matrix, up to
        n = 4,000.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` is positive autocorrelation. Two-sided exact and saddlepoint p-values double
        the smaller tail.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    GlobalResult
        ``statistic expected variance z p_value``; ``augment()`` holds the standardised residuals
        and their lags, ``plot()`` draws them. ``z`` is the standardised statistic whatever the
        inference.

    Raises
    ------
    FormulaError, ValuesError, CollinearityError, IdError
        If the regression cannot be estimated or does not match the weights.
    InputError
        If there are too many regions for exact inference.
    WeightsError
        If no more regions have neighbours than the regression has terms.

    References
    ----------
    Cliff, A. and Ord, K. (1981). Spatial Processes. Pion. Tiefelsdorf, M. and Boots, B. (1995). The
    exact distribution of Moran's I. Environment and Planning A 27, 985-999. Tiefelsdorf, M. (2002).
    The saddlepoint approximation of Moran's I's and local Moran's I_i's reference distributions
    and their numerical evaluation. Geographical Analysis 34, 187-206.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> frame = pd.DataFrame({"y": [float((i // 5) ** 2) for i in range(25)], "x": range(25)})
    >>> residual_moran("y ~ x", frame, W, inference="exact").p_value < 0.001
    True
    """
    check_option("inference", inference, ResidualInference)
    check_option("alternative", alternative, Alternative)
    read = read_residuals(formula, table, W, align=align)
    found = _test(read, inference, alternative)
    stuck = (CANNOT_VARY,) if found.variance == 0.0 else ()
    notes = (*read.notes, *island_notes(read.weights), *stuck)
    provenance = Provenance(
        method="Moran's I of least-squares residuals",
        formula=formula,
        nobs=read.design.nobs,
        ids_digest=read.weights.ids_digest,
        weights=read.weights.described,
        notes=notes,
        options={"inference": inference, "alternative": alternative},
    )
    nothing = np.empty(0)
    nothing.setflags(write=False)
    test = replace(found, provenance=provenance)
    return GlobalResult(f"residuals of {formula}", test, _points(read), nothing, notes, axes=AXES)


def _test(read: Residuals, method: ResidualInference, alternative: Alternative) -> Statistic:
    moments = kernel.residual_moran(read.values, read.design.X, W=read.weights.sparse)
    p_value = normal_p(moments.z, alternative)
    if method != "normal" and moments.variance:
        p_value = _tail(_tails(read, method), alternative)
    return Statistic(
        name="Moran's I",
        statistic=moments.I,
        null=NULL,
        p_value=p_value,
        alternative=alternative,
        distribution=method,
        expected=moments.expected,
        variance=moments.variance,
        z=moments.z,
        assumptions=ASSUMPTIONS[method],
    )


def _tails(read: Residuals, method: ResidualInference) -> Tails:
    e, W = read.values, read.weights.sparse
    coefficients = residual_eigenvalues(read.design.X, W) - float(e @ (W @ e)) / float(e @ e)
    return (exact_tails if method == "exact" else saddlepoint_tails)(coefficients)


def _tail(tails: Tails, alternative: Alternative) -> float:
    upper, lower = float(tails.upper), float(tails.lower)
    if alternative == "two-sided":
        return min(1.0, 2.0 * min(upper, lower))
    return upper if alternative == "greater" else lower


def _points(read: Residuals) -> pd.DataFrame:
    """Scale residuals to mean square 1; they are not centred, as in e'We/e'e."""
    value = read.values / np.sqrt(read.values @ read.values / read.values.size)
    W = read.weights.sparse
    lag = np.where(np.diff(W.indptr) > 0, W @ value, np.nan)
    ids = read.weights.ids
    return pd.DataFrame(
        {"value": value, "lag": lag, "quadrant": quadrants(value, lag)},
        index=pd.Index(ids, name=ids.name or "region"),
    )
