"""Local Geary's c: how much a region differs from its neighbours, in one variable or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError
from workbench.explore.local.evaluation import Statistics, Subject, evaluate
from workbench.explore.local.moran import rounding, standardised
from workbench.explore.local.plan import Plan, check_inference, plan
from workbench.explore.local.result import LocalResult
from workbench.explore.permuted import normal_tails
from workbench.explore.variable import Variable, read_variable, read_variables
from workbench.numerics.autocorrelation import local_forms
from workbench.typing import Align, Alternative, Correction, FloatArray, LocalInference
from workbench.weights import Weights

CLASSES = ("High-High", "Low-Low", "other similar", "dissimilar")
MANY = ("similar", "dissimilar")
INFERENCE: tuple[LocalInference, ...] = ("permutation", "conditional")


@dataclass(frozen=True, slots=True)
class _Columns:
    name: str
    z: FloatArray
    weights: Weights
    geometry: Any
    notes: tuple[str, ...]
    precision: float


def local_geary(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int | None = None,
    seed: int = 0,
    fdr: float | None = None,
    alpha: float | None = None,
    correction: Correction | None = None,
    alternative: Alternative = "two-sided",
    inference: LocalInference = "permutation",
    stop_after: int | None = None,
    align: Align = "strict",
) -> LocalResult:
    """Compute local Geary statistics with conditional permutation p-values.

    ``c_i = Σ_j w_ij (z_i − z_j)²`` with z standardised (mean 0, variance 1 with divisor n − 1, as
    in spdep and GeoDa). Small values are positive association: neighbours that are alike.

    Parameters
    ----------
    variable, table, W, permutations, seed, fdr, alpha, correction, stop_after, align
        As for :func:`workbench.lisa`.
    alternative : {"two-sided", "greater", "less"}
        In terms of association, as for every local statistic: ``"greater"`` looks for likeness
        (small c), ``"less"`` for difference (large c).
    inference : {"permutation", "conditional"}
        Permutation, or the normal distribution with its exact moments: quick, but c is skewed.

    Returns
    -------
    LocalResult
        Classes: ``High-High`` and ``Low-Low`` (alike, with value and lag on one side of the mean),
        ``other similar``, ``dissimilar``, ``not significant``, ``isolated``.

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`workbench.lisa`.

    References
    ----------
    Anselin, L. (1995). Geographical Analysis 27(2), equation 24. Anselin, L. (2019). A local
    indicator of multivariate spatial association: extending Geary's c. Geographical Analysis
    51(2), 133-150.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> local_geary(x, None, W, permutations=99, alpha=0.05).table.loc[12, "statistic"].round(4)
    np.float64(0.96)
    """
    chosen = plan(
        permutations=permutations,
        seed=seed,
        fdr=fdr,
        alpha=alpha,
        correction=correction,
        alternative=alternative,
        inference=inference,
        stop_after=stop_after,
    )
    check_inference(inference, INFERENCE)
    read = read_variable(variable, table, W, align=align)
    return _evaluated(_columns([read]), chosen)


def local_multivariate_geary(
    variables: Sequence[str | pd.Series[Any]],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int | None = None,
    seed: int = 0,
    fdr: float | None = None,
    alpha: float | None = None,
    correction: Correction | None = None,
    alternative: Alternative = "two-sided",
    inference: LocalInference = "permutation",
    stop_after: int | None = None,
    align: Align = "strict",
) -> LocalResult:
    """Compute how far each region is from its neighbours in several variables at once.

    ``c_i = (1/m) Σ_v Σ_j w_ij (z_v,i − z_v,j)²``, the mean of the local Geary statistics of m
    variables; under permutation a region's m values move together.

    Parameters
    ----------
    variables : sequence of str or pandas.Series
        At least two.
    table, W, permutations, seed, fdr, alpha, correction, stop_after, align
        As for :func:`workbench.lisa`.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` looks for likeness (small c), ``"less"`` for difference.
    inference : {"permutation", "conditional"}
        As for :func:`local_geary`.

    Returns
    -------
    LocalResult
        Classes ``similar``, ``dissimilar``, ``not significant``, ``isolated``. ``value`` is the
        root mean square of the region's standardised values, ``lag`` the weighted sum of its
        neighbours'.

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`workbench.lisa`; also if there are fewer than two variables.

    References
    ----------
    Anselin, L. (2019). A local indicator of multivariate spatial association: extending Geary's
    c. Geographical Analysis 51(2), 133-150.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> t = pd.DataFrame({"x": range(25), "y": [i % 5 for i in range(25)]}, dtype=float)
    >>> found = local_multivariate_geary(["x", "y"], t, W, permutations=99, alpha=0.05)
    >>> found.classes
    ('similar', 'dissimilar', 'not significant', 'isolated')
    """
    chosen = plan(
        permutations=permutations,
        seed=seed,
        fdr=fdr,
        alpha=alpha,
        correction=correction,
        alternative=alternative,
        inference=inference,
        stop_after=stop_after,
    )
    check_inference(inference, INFERENCE)
    if isinstance(variables, str | pd.Series) or len(variables) < 2:
        raise InputError(
            "variables",
            expected="a list of at least two columns or expressions",
            found=repr(variables) if isinstance(variables, str) else "one",
            remedy="local_geary takes a single variable",
        )
    return _evaluated(_columns(read_variables(variables, table, W, align=align)), chosen)


def _columns(read: Sequence[Variable]) -> _Columns:
    n = read[0].values.size
    z = [standardised(column.values) * np.sqrt((n - 1) / n) for column in read]
    first = read[0]
    # of squares: twice that of the values
    precision = 2.0 * max(rounding(column.values) for column in read)
    name = ", ".join(column.name for column in read)
    return _Columns(name, np.array(z), first.weights, first.geometry, first.notes, precision)


def _evaluated(columns: _Columns, chosen: Plan) -> LocalResult:
    z, W = columns.z, columns.weights.sparse
    m = len(z)
    squares = (z**2).sum(axis=0) / m
    features = np.vstack([squares, z])
    coefficients = np.column_stack([np.ones(z.shape[1]), -2.0 * z.T / m])
    form = local_forms.local(features, coefficients, W, precision=columns.precision)
    shift = squares * np.asarray(W.sum(axis=1)).ravel()
    statistic = shift + form.observed
    value = z[0] if m == 1 else np.sqrt(squares)
    lag = W @ value
    mean, variance = local_forms.moments(form)
    mean = shift + mean
    found = Statistics(
        method="local Geary's c" if m == 1 else "multivariate local Geary's c",
        value=value,
        lag=lag,
        statistic=statistic,
        form=form,
        factor=np.ones(z.shape[1]),
        shift=shift,
        labels=np.full(value.size, CLASSES[3]),
        low_labels=_alike(value, lag, m),
        classes=CLASSES if m == 1 else MANY,
        tested=np.diff(W.indptr) > 0,
        toward=-1,
        analytic=partial(_normal, statistic, mean, variance),
    )
    subject = Subject(columns.name, columns.weights, columns.geometry, columns.notes)
    return evaluate(found, subject, chosen, partial(_again, columns, chosen))


def _normal(
    statistic: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
    inference: str,  # noqa: ARG001 (there is one analytic law)
    alternative: Alternative,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    spread = np.sqrt(np.where(variance > 0.0, variance, np.nan))
    return mean, variance, normal_tails((mean - statistic) / spread, alternative)


def _alike(value: FloatArray, lag: FloatArray, m: int) -> Any:
    if m > 1:
        return np.full(value.size, MANY[0])
    high, low = (value > 0) & (lag > 0), (value < 0) & (lag < 0)
    return np.select([high, low], CLASSES[:2], default=CLASSES[2])


def _again(columns: _Columns, chosen: Plan, weights: Weights, seed: int) -> LocalResult:
    return _evaluated(replace(columns, weights=weights), chosen.redrawn(seed))
