"""Local spatial heteroskedasticity: where values vary around their local mean."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.errors import InputError
from workbench.explore.local.evaluation import Statistics, Subject, evaluate
from workbench.explore.local.plan import Plan, plan
from workbench.explore.local.result import LocalResult
from workbench.explore.variable import Variable, read_variable
from workbench.numerics import local_forms
from workbench.typing import Align, Alternative, Correction, FloatArray, LocalInference
from workbench.weights import Weights

CLASSES = ("heterogeneous", "homogeneous")


def losh(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    power: float = 2.0,
    inference: LocalInference = "permutation",
    permutations: int | None = None,
    seed: int = 0,
    fdr: float | None = None,
    alpha: float | None = None,
    correction: Correction | None = None,
    alternative: Alternative = "two-sided",
    stop_after: int | None = None,
    align: Align = "strict",
) -> LocalResult:
    """Compute local spatial heteroskedasticity (LOSH): are a region's surroundings uneven.

    ``H_i = Σ_j w_ij |e_j|^a / (h Σ_j w_ij)`` with ``e_j = x_j − Σ_k w_jk x_k / Σ_k w_jk`` the
    deviation from the local mean and h the mean of ``|e|^a``.

    Parameters
    ----------
    variable, table, W, permutations, seed, fdr, alpha, correction, stop_after, align
        As for :func:`workbench.lisa`.
    power : float, default 2
        a: 2 for a variance, 1 for absolute deviations.
    inference : {"permutation", "total"}
        Deviations permuted among the other regions (Xu, Mei and Yan 2014), or the chi-square
        approximation of Ord and Getis with the moments when all move (spdep's ``LOSH.cs``).
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` looks for uneven surroundings.

    Returns
    -------
    LocalResult
        Classes ``heterogeneous``, ``homogeneous``, ``not significant``, ``isolated``; ``value``
        is the deviation ``|e|^a``.

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`workbench.lisa`.

    References
    ----------
    Ord, K. and Getis, A. (2012). Local spatial heteroscedasticity (LOSH). Annals of Regional
    Science 48, 529-539. Xu, M., Mei, C.-L. and Yan, N. (2014). A note on the null distribution
    of the local spatial heteroscedasticity (LOSH) statistic. Annals of Regional Science 52,
    697-710.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series([(i * 7) % 11 for i in range(25)], index=range(25), name="x", dtype=float)
    >>> round(losh(x, None, W, inference="total").table.loc[12, "expected"], 3)
    np.float64(1.0)
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
    if inference not in ("permutation", "total"):
        raise InputError("inference", expected='"permutation" or "total"', found=repr(inference))
    number = isinstance(power, int | float | np.number) and not isinstance(power, bool)
    if not number or not 0 < float(power) < np.inf:
        raise InputError("power", expected="a positive number", found=repr(power))
    return _evaluated(read_variable(variable, table, W, align=align), float(power), chosen)


def _evaluated(read: Variable, power: float, chosen: Plan) -> LocalResult:
    W = read.weights.sparse
    sums = np.asarray(W.sum(axis=1), dtype=np.float64).ravel()
    linked = np.diff(W.indptr) > 0
    safe = np.where(linked, sums, 1.0)
    # without neighbours there is no local mean: such a region deviates from nothing
    deviation = np.where(linked, np.abs(read.values - (W @ read.values) / safe) ** power, 0.0)
    mean = deviation[linked].mean()
    form = local_forms.local(deviation, None, W)
    factor = 1.0 / (mean * safe)
    expected = local_forms.moments(form)[0]
    found = Statistics(
        method="LOSH",
        value=deviation,
        lag=form.observed,
        statistic=form.observed * factor,
        form=form,
        factor=factor,
        shift=np.zeros(sums.size),
        labels=np.where(form.observed > expected, *CLASSES),
        classes=CLASSES,
        tested=linked,
        analytic=partial(_chi_square, deviation, form, sums),
        options={"power": f"{power:g}"},
    )
    subject = Subject(read.name, read.weights, read.geometry, read.notes)
    return evaluate(found, subject, chosen, partial(_again, read, power, chosen))


def _again(read: Variable, power: float, chosen: Plan, weights: Weights, seed: int) -> LocalResult:
    return _evaluated(replace(read, weights=weights), power, chosen.redrawn(seed))


def _chi_square(
    deviation: FloatArray,
    form: local_forms.Local,
    sums: FloatArray,
    inference: str,  # noqa: ARG001 (there is one analytic law)
    alternative: Alternative,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return 1, the variance of H and p: 2H/V is chi-square with 2/V degrees of freedom."""
    linked = sums > 0
    known = deviation[linked]
    n, h1, h2 = known.size, known.mean(), (known**2).mean()
    first = np.where(linked, sums, np.nan)
    second = np.asarray(form.W.multiply(form.W).sum(axis=1)).ravel()
    variance = (h2 - h1**2) * (n * second - first**2) / (n - 1.0) / (h1 * first) ** 2
    H = form.observed / (h1 * first)
    upper = stats.chi2.sf(2.0 * H / variance, 2.0 / variance)
    lower = stats.chi2.cdf(2.0 * H / variance, 2.0 / variance)
    sides = {"greater": upper, "less": lower}
    both = np.minimum(1.0, 2.0 * np.minimum(upper, lower))
    return np.ones(sums.size), variance, np.asarray(sides.get(alternative, both))
