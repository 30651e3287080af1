"""Getis and Ord's G and G*: where large or small values gather."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.errors import InputError, ValuesError
from workbench.explore.local.evaluation import Statistics, Subject, evaluate
from workbench.explore.local.plan import Plan, check_inference, plan
from workbench.explore.local.result import LocalResult
from workbench.explore.permuted import normal_tails
from workbench.explore.variable import Variable, read_variable
from workbench.numerics.autocorrelation import local_forms
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Align, Alternative, Correction, FloatArray, LocalInference
from workbench.weights import Weights

CLASSES = ("hot spot", "cold spot")
INFERENCE: tuple[LocalInference, ...] = ("permutation", "conditional", "total")


def local_getis_ord(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    star: bool = False,
    self_weight: float | None = None,
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
    """Compute local G (neighbours only) or G* (with the region itself) statistics.

    ``G_i = Σ_{j≠i} w_ij x_j / Σ_{j≠i} x_j`` and ``G*_i = Σ_j w*_ij x_j / Σ_j x_j`` (Getis and Ord
    1992; Ord and Getis 1995): the share of the total that lies around a region.

    Parameters
    ----------
    variable : str or pandas.Series
        Not negative, with a natural zero: a share of the total must mean something.
    table, W, permutations, seed, fdr, alpha, correction, stop_after, align
        As for :func:`workbench.lisa`.
    star : bool
        G* in place of G.
    self_weight : float, optional
        Weight of the region itself in G*, before normalisation; by default the largest of its
        row, which is 1 for contiguity.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` looks for hot spots.
    inference : {"permutation", "conditional", "total"}
        Where p-values come from. G by conditional moments is spdep's ``localG``; G* by total
        moments is its ``localG`` with the region included. G leaves the region out of the total,
        so that its moments are conditional ones: ``"total"`` is for G* only.

    Returns
    -------
    LocalResult
        Classes ``hot spot``, ``cold spot``, ``not significant``, ``isolated``; ``value`` is x,
        ``lag`` the weighted sum; a region that holds the whole total has no G and is ``not
        tested``. Under permutation G and G* have the same p-values where the
        region's weight does not change the others' in proportion.

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`workbench.lisa`; also if values are negative.

    References
    ----------
    Getis, A. and Ord, K. (1992). The analysis of spatial association by use of distance
    statistics. Geographical Analysis 24, 189-206. Ord, K. and Getis, A. (1995). Local spatial
    autocorrelation statistics. Geographical Analysis 27, 286-306.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> local_getis_ord(x, None, W, permutations=99, alpha=0.05).classes[:2]
    ('hot spot', 'cold spot')
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
    check_inference(inference, INFERENCE if star else INFERENCE[:2])
    read = read_variable(variable, table, W, align=align)
    refuse_negative(read)
    return _evaluated(read, star, self_weight, chosen)


def refuse_negative(read: Variable) -> None:
    """Refuse negative values: a share of the total would mean nothing."""
    negative = read.weights.ids[read.values < 0]
    if len(negative):
        raise ValuesError(
            read.name,
            expected="values that are not negative",
            found=f"{len(negative)} negative ones",
            offenders=negative,
            why="G is a share of the total of x, which needs a natural zero",
            remedy="use the variable before logs or standardising, or lisa for any variable",
        )


def _evaluated(read: Variable, star: bool, self_weight: float | None, chosen: Plan) -> LocalResult:
    x, exponent = local_forms.unit_scaled(read.values)
    linked = np.diff(read.weights.sparse.indptr) > 0
    W, own = _rows(read.weights, self_weight) if star else (read.weights.sparse, np.zeros(x.size))
    total = np.full(x.size, x.sum()) if star else local_forms.sums_without(x)
    alone = total <= 0.0
    total[alone] = np.nan
    form = local_forms.local(x, None, W)
    lag = form.observed + own * x
    analytic = partial(_analytic, x, form, own, total)
    found = Statistics(
        method="local G*" if star else "local G",
        value=read.values,
        lag=np.ldexp(lag, exponent),
        statistic=lag / total,
        form=form,
        factor=np.ones(x.size) / total,
        shift=own * x / total,
        labels=np.full(x.size, CLASSES[0]),
        low_labels=np.full(x.size, CLASSES[1]),
        classes=CLASSES,
        tested=linked & ~alone,
        analytic=analytic,
        notes=tuple(
            f"region {region!r} holds the whole total: there is no share of the others"
            for region in read.weights.ids[alone]
        ),
        options={"self weight": "row's largest" if self_weight is None else f"{self_weight!r}"}
        if star
        else {},
    )
    subject = Subject(read.name, read.weights, read.geometry, read.notes)
    again = partial(_again, read, star, self_weight, chosen)
    return evaluate(found, subject, chosen, again)


def _again(
    read: Variable,
    star: bool,
    self_weight: float | None,
    chosen: Plan,
    weights: Weights,
    seed: int,
) -> LocalResult:
    return _evaluated(replace(read, weights=weights), star, self_weight, chosen.redrawn(seed))


def _rows(weights: Weights, self_weight: float | None) -> tuple[CsrArray, FloatArray]:
    """Return W* without its diagonal, and the diagonal; rows sum to 1 where those of W did."""
    base = weights.sparse_base if weights.normalization == "row" else weights.sparse
    linked = np.diff(base.indptr) > 0
    own = np.zeros(base.shape[0])
    if self_weight is None:
        own[linked] = np.maximum.reduceat(base.data, base.indptr[:-1][linked])
    elif not np.isfinite(self_weight) or self_weight <= 0:
        raise InputError("self_weight", expected="a positive number", found=repr(self_weight))
    else:
        own[linked] = float(self_weight)
    if weights.normalization != "row":
        return base, own
    sums = np.asarray(base.sum(axis=1)).ravel() + own
    scale = np.where(linked, 1.0 / np.where(sums > 0, sums, 1.0), 0.0)
    return sparse.csr_array(sparse.diags_array(scale) @ base), own * scale


def _analytic(
    x: FloatArray,
    form: local_forms.Local,
    own: FloatArray,
    total: FloatArray,
    inference: str,
    alternative: Alternative,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return expectation, variance and normal p-value of G or G*."""
    if inference == "conditional":
        mean, spread = local_forms.moments(form)
        expected, variance = (own * x + mean) / total, spread / total**2
    else:
        n = x.size
        first = np.asarray(form.W.sum(axis=1)).ravel() + own
        second = np.asarray(form.W.multiply(form.W).sum(axis=1)).ravel() + own**2
        expected = first * x.mean() / total
        k = np.diff(form.W.indptr) + 1
        variance = x.var() * local_forms.drawn_spread(first, second, n, k) / total**2
    spread = np.sqrt(np.where(variance > 0.0, variance, np.nan))
    deviate = ((form.observed + own * x) / total - expected) / spread
    return expected, variance, normal_tails(deviate, alternative)
