"""Local Moran's I: of one variable, of two, of a change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workbench.explore.local.evaluation import Statistics, Subject, evaluate
from workbench.explore.local.plan import Plan, check_inference, plan
from workbench.explore.local.result import LocalResult
from workbench.explore.permuted import normal_tails
from workbench.explore.variable import Variable, read_pair, read_variable
from workbench.numerics.autocorrelation import local_forms
from workbench.numerics.autocorrelation.local_exact import TailMethod, local_tails
from workbench.numerics.autocorrelation.moran import total_local_moments
from workbench.typing import Align, Alternative, Correction, FloatArray, LocalInference
from workbench.weights import Weights

QUADRANTS = ("High-High", "Low-Low", "High-Low", "Low-High")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A region's own variable and the neighbours' one, standardised, with their names."""

    method: str
    name: str
    own: FloatArray
    around: FloatArray
    weights: Weights
    geometry: Any
    notes: tuple[str, ...]
    precision: float
    options: dict[str, str] | None = None


def lisa(
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
    """Compute local Moran statistics with conditional permutation p-values.

    The statistic of region i is ``I_i = z_i Σ_j w_ij z_j / m2`` with ``z`` the deviations from the
    mean and ``m2 = Σ z² / n`` (Anselin 1995, equations 12 and 13; spdep scales likewise, esda with
    n − 1). Its p-value holds ``z_i`` fixed and puts R random selections of the other regions'
    values, drawn without replacement, in the neighbours' places; with M≥ and M≤ the number of them
    at least and at most as large as observed, the two-sided p-value is
    ``min(1, 2 (min(M≥, M≤) + 1) / (R + 1))``, which rejects 5 % at 5 % under the null.

    Parameters
    ----------
    variable : str or pandas.Series
        A column, an expression such as ``"log(patents / population)"``, or values by region id.
        Missing, infinite and constant values are refused.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when `variable` is a series. The geometry of a
        GeoDataFrame is kept for ``plot()``.
    W : Weights, Graph or libpysal W
        Spatial weights.
    permutations : int, optional
        Conditional permutations R of each region, at least 19. By default 9,999, 99,999 or
        999,999: the fewest that can flag one region alone, as far as a few seconds reach.
    seed : int, default 0
        Seed. The same seed gives the same p-values for any order of rows and number of threads.
    fdr : float, optional
        Bound on the false discovery rate over the regions with neighbours; 0.05 unless `alpha`
        is given.
    alpha : float, optional
        Level for each region by itself, or of the family-wise error, in place of `fdr`.
    correction : str, optional
        With `fdr`: ``"benjamini-hochberg"`` (default) or ``"benjamini-yekutieli"`` (any
        dependence). With `alpha`: ``"none"`` (default), ``"bonferroni"``, or ``"max-t"``: the
        step-down maximum over joint permutations of the map (Westfall and Young 1993).
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` looks for positive, ``"less"`` for negative local association.
    inference : {"permutation", "conditional", "total", "exact", "saddlepoint"}
        Where p-values come from: conditional permutation; the normal distribution with the
        moments of conditional (Sokal et al. 1998) or total permutation; the exact distribution
        under normal values, or its saddlepoint approximation (Tiefelsdorf 2002).
    stop_after : int, optional
        Stop a region's draws once this many are as extreme (Besag and Clifford 1991); 20 is
        usual. By default all R are drawn.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    LocalResult
        ``.table`` (a row a region: ``value lag statistic expected variance z p_value p_adjusted
        cluster``), ``.counts``, ``.clusters``, ``.cores``, ``.stability()``, ``.notes``,
        ``.plot()``, ``.plot_significance()``. Regions without neighbours are ``isolated``: they
        have no p-value and stay outside the adjustment, but count in the mean and variance.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If the variable cannot be read, has no valid values, or does not match the weights.
    InputError
        If a level, the seed or the number of permutations cannot be used.

    References
    ----------
    Anselin, L. (1995). Local indicators of spatial association: LISA. Geographical Analysis
    27(2), 93-115.
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. JRSS B 57,
    289-300. Caldas de Castro, M. and Singer, B. (2006). Controlling the false discovery rate.
    Geographical Analysis 38, 180-208.
    Sokal, R., Oden, N. and Thomson, B. (1998). Local spatial autocorrelation in a biological
    model. Geographical Analysis 30(4), 331-354.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> bool(lisa(x, None, W, permutations=999, alpha=0.05).counts["Low-Low"] > 0)
    True
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
    return of_variable(read_variable(variable, table, W, align=align), chosen)


def of_variable(
    read: Variable,
    chosen: Plan,
    *,
    method: str = "local Moran's I",
    precision: float | None = None,
    options: dict[str, str] | None = None,
) -> LocalResult:
    """Compute local Moran's I of a variable that was read."""
    known = rounding(read.values) if precision is None else precision
    z = standardised(read.values, known)
    pair = _Pair(method, read.name, z, z, read.weights, read.geometry, read.notes, known, options)
    return _evaluated(pair, chosen)


def local_bivariate_moran(
    x: str | pd.Series[Any],
    y: str | pd.Series[Any],
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
    """Compare each region's x with its neighbours' y.

    ``I_i = z_x,i Σ_j w_ij z_y,j`` with both variables standardised (mean 0, variance 1 with
    divisor n). Region i keeps its x, the y of the others move. A region's own y plays no part:
    where x and y go together, so do x and the neighbours' y if y is autocorrelated, which is no
    spillover; :func:`workbench.fit` tells these apart.

    Parameters
    ----------
    x, y : str or pandas.Series
        The region's own variable and the neighbours'.
    table, W, permutations, seed, fdr, alpha, correction, alternative, stop_after, align
        As for :func:`lisa`.
    inference : {"permutation", "conditional"}
        Permutation, or the normal distribution with its exact moments.

    Returns
    -------
    LocalResult
        ``value`` is the standardised x, ``lag`` the weighted sum of the neighbours' y.

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`lisa`.

    References
    ----------
    Anselin, L., Syabri, I. and Smirnov, O. (2002). Visualizing multivariate spatial correlation
    with dynamically linked windows. CSISS. Wartenberg, D. (1985). Geographical Analysis 17(4),
    263-283.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> t = pd.DataFrame({"x": range(25), "y": range(25, 50)}, dtype=float)
    >>> local_bivariate_moran("x", "y", t, W, permutations=99, alpha=0.05).counts.sum()
    np.int64(25)
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
    check_inference(inference, ("permutation", "conditional"))
    first, second = read_pair(x, y, table, W, align=align, arguments=("x", "y"))
    pair = _Pair(
        "bivariate local Moran's I",
        f"{first.name} and neighbours' {second.name}",
        standardised(first.values),
        standardised(second.values),
        first.weights,
        first.geometry,
        first.notes,
        rounding(second.values),
    )
    return _evaluated(pair, chosen)


def local_differential_moran(
    after: str | pd.Series[Any],
    before: str | pd.Series[Any],
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
    """Compute local Moran's I of a change, so that what a region always has drops out.

    Parameters
    ----------
    after, before : str or pandas.Series
        The variable at two times, in the same unit; the change is ``after − before``.
    table, W, permutations, seed, fdr, alpha, correction, alternative, inference, stop_after, align
        As for :func:`lisa`.

    Returns
    -------
    LocalResult

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`lisa`; also if the change is the same everywhere.

    References
    ----------
    Anselin, L. (2019). GeoDa workbook, differential Moran's I.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> t = pd.DataFrame({"old": 1.0, "new": range(25)}, index=range(25), dtype=float)
    >>> t["old"] += t.index % 3
    >>> local_differential_moran("new", "old", t, W, permutations=99, alpha=0.05).variable
    'new - old'
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
    later, earlier = read_pair(after, before, table, W, align=align, arguments=("after", "before"))
    change = later.changed_by(earlier)
    known = rounding(later.values, earlier.values, change.values)
    return of_variable(change, chosen, method="differential local Moran's I", precision=known)


def standardised(values: FloatArray, precision: float | None = None) -> FloatArray:
    """Return values with mean 0 and variance 1, divisor n.

    A value that differs from the mean by rounding only is at the mean: 0.
    """
    z, _ = local_forms.unit_scaled(values - values.mean())
    known = rounding(values) if precision is None else precision
    z[np.abs(z) <= known * np.abs(z).max()] = 0.0
    return np.asarray(z / np.sqrt(z @ z / z.size))


def rounding(*values: FloatArray) -> float:
    """Bound the rounding of the last of the variables, relative to its largest deviation.

    Decimals are not stored exactly; what is left of them after an offset, or a difference of two
    variables, is rounded by as much as the larger numbers were.
    """
    largest = max(float(np.abs(one).max()) for one in values)
    return local_forms.EPS * largest / float(np.abs(values[-1] - values[-1].mean()).max())


def quadrant_labels(own: FloatArray, around: FloatArray) -> Any:
    """Return the quadrant of each region: its own side, then its neighbours'; 0 counts as low."""
    high, around_high = own > 0, around > 0
    rows = [high & around_high, ~high & ~around_high, high & ~around_high]
    return np.select(rows, QUADRANTS[:3], default=QUADRANTS[3])


def _evaluated(pair: _Pair, chosen: Plan) -> LocalResult:
    W = pair.weights.sparse
    form = local_forms.local(pair.around, None, W, precision=pair.precision)
    lag = form.observed
    linked = np.diff(W.indptr) > 0
    found = Statistics(
        method=pair.method,
        value=pair.own,
        lag=lag,
        statistic=pair.own * lag,
        form=form,
        factor=pair.own,
        shift=np.zeros(pair.own.size),
        labels=quadrant_labels(pair.own, lag),
        classes=QUADRANTS,
        tested=linked,
        analytic=partial(_analytic, pair.own, form),
        signed=True,
        options=pair.options or {},
    )
    subject = Subject(pair.name, pair.weights, pair.geometry, pair.notes)
    return evaluate(found, subject, chosen, partial(_again, pair, chosen))


def _again(pair: _Pair, chosen: Plan, weights: Weights, seed: int) -> LocalResult:
    return _evaluated(replace(pair, weights=weights), chosen.redrawn(seed))


def _analytic(
    z: FloatArray, form: local_forms.Local, inference: str, alternative: Alternative
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return expectation, variance and p-value of I without permutations."""
    if inference in ("exact", "saddlepoint"):
        method: TailMethod = "exact" if inference == "exact" else "saddlepoint"
        tails = local_tails(z, np.ones((z.size, 1)), form.W, method=method)
        return tails.expected, tails.variance, tails.p_value(alternative)
    mean, spread = local_forms.moments(form)
    expected, variance = z * mean, z**2 * spread
    if inference == "total":
        expected, variance = total_local_moments(z, form.W)
    deviate = (z * form.observed - expected) / np.sqrt(np.where(variance > 0.0, variance, np.nan))
    return expected, variance, normal_tails(deviate, alternative)
