"""Local neighbour match test: are a region's neighbours on the map also its likes in data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.errors import InputError
from workbench.explore.local.evaluation import Statistics, Subject, evaluate
from workbench.explore.local.moran import rounding, standardised
from workbench.explore.local.plan import Plan, plan
from workbench.explore.local.result import LocalResult
from workbench.explore.variable import read_variables
from workbench.numerics.autocorrelation import local_forms
from workbench.numerics.autocorrelation.likes import common_neighbors
from workbench.typing import Align, Correction, FloatArray
from workbench.weights import Weights

CLASSES = ("match",)


def neighbor_match(
    variables: Sequence[str | pd.Series[Any]] | str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    fdr: float | None = None,
    alpha: float | None = None,
    correction: Correction | None = None,
    align: Align = "strict",
) -> LocalResult:
    """Count a region's neighbours that are also among its nearest in the space of variables.

    A region with k neighbours is matched with its k nearest regions by Euclidean distance of
    standardised variables (ties, also those that rounding parts, go to the smaller id). If the
    two had nothing to do with each other, the number of common ones would be hypergeometric: k
    drawn from n − 1 of which k are marked; the p-value is the probability of as many or more.

    Parameters
    ----------
    variables : str, pandas.Series, or a sequence of them
        Continuous, standardised here.
    table, W, align
        As for :func:`workbench.lisa`. Nearest neighbours on the map are the usual W.
    fdr, alpha, correction
        As for :func:`workbench.lisa`, without ``"max-t"``.

    Returns
    -------
    LocalResult
        ``statistic`` is the number of common neighbours, ``value`` the distance to the nearest
        region in the space of variables, ``lag`` the number of neighbours on the map.

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`workbench.lisa`.

    References
    ----------
    Anselin, L. and Li, X. (2020). Tobler's law in a multivariate world. Geographical Analysis
    52(4), 494-510.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> t = pd.DataFrame({"x": [i // 5 for i in range(25)], "y": [i % 5 for i in range(25)]})
    >>> found = neighbor_match(["x", "y"], t, W, alpha=0.05)
    >>> bool((found.table["statistic"] == found.table["lag"]).mean() > 0.5)
    True
    """
    chosen = plan(
        permutations=None,
        seed=0,
        fdr=fdr,
        alpha=alpha,
        correction=correction,
        alternative="greater",
        inference="exact",
    )
    several = [variables] if isinstance(variables, str | pd.Series) else list(variables)
    if not several:
        raise InputError("variables", expected="at least one column", found="none")
    read = read_variables(several, table, W, align=align)
    points = np.column_stack([standardised(one.values) for one in read])
    name = ", ".join(one.name for one in read)
    subject = Subject(name, read[0].weights, read[0].geometry, read[0].notes)
    largest = max(rounding(one.values) for one in read) * float(np.abs(points).max())
    slack = 2.0 * np.sqrt(len(read)) * largest
    return _evaluated(points, slack, subject, chosen)


def _evaluated(points: FloatArray, slack: float, subject: Subject, chosen: Plan) -> LocalResult:
    pattern = subject.weights.sparse
    k = np.diff(pattern.indptr)
    n = len(k)
    # refuses what has nothing to permute
    form = local_forms.local(np.zeros(n), None, pattern)
    common, nearest = common_neighbors(points, pattern, slack=slack)
    found = Statistics(
        method="neighbour match",
        value=nearest,
        lag=k.astype(float),
        statistic=common,
        form=form,
        factor=np.ones(n),
        shift=np.zeros(n),
        labels=np.full(n, CLASSES[0]),
        classes=CLASSES,
        tested=k > 0,
        analytic=partial(_hypergeometric, common, k),
    )
    again = partial(_again, points, slack, subject, chosen)
    return evaluate(found, subject, chosen, again)


def _again(
    points: FloatArray, slack: float, subject: Subject, chosen: Plan, weights: Weights, seed: int
) -> LocalResult:
    return _evaluated(points, slack, replace(subject, weights=weights), chosen.redrawn(seed))


def _hypergeometric(
    common: FloatArray,
    k: Any,
    inference: str,  # noqa: ARG001 (there is one law)
    alternative: str,  # noqa: ARG001 (a match is many, never few)
) -> tuple[FloatArray, FloatArray, FloatArray]:
    N = len(k) - 1
    variance = (k / N) ** 2 * (N - k) ** 2 / (N - 1)
    return k**2 / N, variance, np.asarray(stats.hypergeom(N, k, k).sf(common - 1))
