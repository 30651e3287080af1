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
from workbench.explore.local.moran import standardised
from workbench.explore.local.plan import Plan, plan
from workbench.explore.local.result import LocalResult
from workbench.explore.variable import read_variables
from workbench.numerics import local_forms
from workbench.typing import Align, Correction, FloatArray
from workbench.weights import Weights

CLASSES = ("match",)
BLOCK = 500_000_000
"""Bytes of distances held at once."""


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
    standardised variables (ties go to the smaller id). If the two had nothing to do with each
    other, the number of common ones would be hypergeometric: k drawn from n − 1 of which k are
    marked; the p-value is the probability of as many or more.

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
    return _evaluated(points, subject, chosen)


def _evaluated(points: FloatArray, subject: Subject, chosen: Plan) -> LocalResult:
    pattern = subject.weights.sparse
    k = np.diff(pattern.indptr)
    common, nearest = _common(points, pattern, k)
    n = len(k)
    law = stats.hypergeom(n - 1, k, k)
    found = Statistics(
        method="neighbour match",
        value=nearest,
        lag=k.astype(float),
        statistic=common,
        form=local_forms.local(np.zeros(n), None, pattern),
        factor=np.ones(n),
        shift=np.asarray(law.mean(), dtype=np.float64),
        labels=np.full(n, CLASSES[0]),
        classes=CLASSES,
        tested=k > 0,
        analytic=partial(_hypergeometric, common, k),
    )
    return evaluate(found, subject, chosen, partial(_again, points, subject, chosen))


def _again(
    points: FloatArray, subject: Subject, chosen: Plan, weights: Weights, seed: int
) -> LocalResult:
    return _evaluated(points, replace(subject, weights=weights), chosen.redrawn(seed))


def _hypergeometric(
    common: FloatArray,
    k: Any,
    inference: str,  # noqa: ARG001 (there is one law)
    alternative: str,  # noqa: ARG001 (a match is many, never few)
) -> tuple[FloatArray, FloatArray, FloatArray]:
    law = stats.hypergeom(len(k) - 1, k, k)
    return np.asarray(law.mean()), np.asarray(law.var()), np.asarray(law.sf(common - 1))


def _common(points: FloatArray, pattern: Any, k: Any) -> tuple[FloatArray, FloatArray]:
    """Return the number of common neighbours and the distance to the nearest region."""
    n, most = len(k), int(k.max())
    common, nearest = np.zeros(n), np.zeros(n)
    rows = max(1, BLOCK // (8 * n))
    for first in range(0, n, rows):
        block = points[first : first + rows]
        squares = ((block[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
        squares[np.arange(len(block)), np.arange(first, first + len(block))] = np.inf
        # a stable sort keeps equal distances in order of ids
        order = np.argsort(squares, axis=1, kind="stable")[:, : max(most, 1)]
        nearest[first : first + rows] = np.sqrt(squares.min(axis=1))
        for row, i in enumerate(range(first, first + len(block))):
            mine = pattern.indices[pattern.indptr[i] : pattern.indptr[i + 1]]
            common[i] = np.intersect1d(order[row, : k[i]], mine).size
    return common, nearest
