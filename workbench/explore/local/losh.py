"""Local spatial heteroskedasticity: where values vary around their local mean."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse, stats

from workbench.errors import InputError, ValuesError, listing
from workbench.explore.local.evaluation import Statistics, Subject, evaluate
from workbench.explore.local.plan import Plan, check_inference, plan
from workbench.explore.local.result import LocalResult
from workbench.explore.variable import Variable, read_variable
from workbench.numerics.autocorrelation import local_forms
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Align, Alternative, BoolArray, Correction, FloatArray, LocalInference
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
        As for :func:`workbench.lisa`; also if every value is the mean of its neighbours.

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
    check_inference(inference, ("permutation", "total"))
    number = isinstance(power, int | float | np.number) and not isinstance(power, bool)
    if not number or not 0 < float(power) < np.inf:
        raise InputError("power", expected="a positive number", found=repr(power))
    return _evaluated(read_variable(variable, table, W, align=align), float(power), chosen)


def _evaluated(read: Variable, power: float, chosen: Plan) -> LocalResult:
    W, linked = read.weights.sparse, np.diff(read.weights.sparse.indptr) > 0
    deviation, precision = _deviations(read, linked, power)
    # without neighbours there is no local mean, hence no deviation to count or to permute
    known = sparse.csr_array(W[:, linked])
    sums = np.asarray(known.sum(axis=1), dtype=np.float64).ravel()
    tested = sums > 0
    form = local_forms.local(deviation[linked], None, known[linked], precision=precision)
    lag = known @ deviation[linked]
    mean = deviation[linked].mean()
    factor = 1.0 / (mean * np.where(tested, sums, np.nan))
    variance = _variance(deviation[linked], known, sums)
    found = Statistics(
        method="LOSH",
        value=deviation,
        lag=lag,
        statistic=lag * factor,
        form=form,
        factor=factor,
        shift=np.zeros(sums.size),
        labels=np.full(sums.size, CLASSES[0]),
        low_labels=np.full(sums.size, CLASSES[1]),
        classes=CLASSES,
        tested=tested,
        among=linked,
        analytic=partial(_chi_square, lag * factor, variance),
        options={"power": f"{power:g}"},
        notes=_lost(read.weights, linked),
    )
    subject = Subject(read.name, read.weights, read.geometry, read.notes)
    return evaluate(found, subject, chosen, partial(_again, read, power, chosen))


def _deviations(read: Variable, linked: BoolArray, power: float) -> tuple[FloatArray, float]:
    """Return |e|^a, 0 without neighbours, and a bound on its rounding relative to the largest."""
    W, x = read.weights.sparse, read.values
    sums = np.asarray(W.sum(axis=1), dtype=np.float64).ravel()
    apart = np.where(linked, np.abs(x - (W @ x) / np.where(linked, sums, 1.0)), 0.0)
    largest = float(apart.max())
    noise = local_forms.EPS * float(np.abs(x).max())
    if largest <= noise:
        raise ValuesError(
            read.name,
            expected="values that deviate from the mean of their neighbours somewhere",
            found="none that does",
            why="the statistic is a share of the mean deviation, which is zero",
        )
    # (e + noise)^a near the largest for a >= 1, near zero for a < 1
    share = noise / largest
    precision = power * share if power >= 1 else share**power
    with np.errstate(over="ignore", under="ignore"):
        deviation = apart**power
    if not 0.0 < deviation.max() < np.inf:
        raise ValuesError(
            read.name,
            expected=f"deviations whose power {power:g} is a number",
            found=f"deviations of up to {largest:.3g}",
            remedy="divide the variable by a constant: the statistic does not depend on units",
        )
    return deviation, precision


def _lost(weights: Weights, linked: BoolArray) -> tuple[str, ...]:
    without = weights.sparse[:, ~linked].sum(axis=0)
    gone = weights.ids[~linked][without > 0]
    if not len(gone):
        return ()
    return (
        f"{len(gone)} neighbours without neighbours of their own ({listing(list(gone))}) have no "
        "local mean: they are left out of the sums",
    )


def _again(read: Variable, power: float, chosen: Plan, weights: Weights, seed: int) -> LocalResult:
    return _evaluated(replace(read, weights=weights), power, chosen.redrawn(seed))


def _variance(known: FloatArray, W: CsrArray, sums: FloatArray) -> FloatArray:
    """Return the variance of H when all deviations move."""
    n, h1 = known.size, known.mean()
    second = np.asarray(W.multiply(W).sum(axis=1), dtype=np.float64).ravel()
    spread = local_forms.drawn_spread(sums, second, n, np.diff(W.indptr))
    return np.asarray(known.var() * spread / (h1 * np.where(sums > 0, sums, np.nan)) ** 2)


def _chi_square(
    H: FloatArray,
    variance: FloatArray,
    inference: str,  # noqa: ARG001 (there is one analytic law)
    alternative: Alternative,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return 1, the variance of H and p: 2H/V is chi-square with 2/V degrees of freedom."""
    spread = np.where(variance > 0.0, variance, np.nan)
    upper = stats.chi2.sf(2.0 * H / spread, 2.0 / spread)
    lower = stats.chi2.cdf(2.0 * H / spread, 2.0 / spread)
    sides = {"greater": upper, "less": lower}
    both = np.minimum(1.0, 2.0 * np.minimum(upper, lower))
    return np.ones(H.size), variance, np.asarray(sides.get(alternative, both))
