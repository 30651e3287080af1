"""Local Moran with the median of the neighbours: a lag that one outlier cannot move."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError
from workbench.explore.local.evaluation import Statistics, Subject, evaluate
from workbench.explore.local.moran import QUADRANTS, quadrant_labels, rounding, standardised
from workbench.explore.local.plan import Plan, plan
from workbench.explore.local.result import LocalResult
from workbench.explore.variable import Variable, read_variable
from workbench.numerics.autocorrelation import local_forms
from workbench.numerics.permutations import conditional
from workbench.numerics.sparse.matrices import CsrArray
from workbench.progress import progress
from workbench.typing import Align, Alternative, Correction, FloatArray
from workbench.weights import Weights


def local_median_moran(
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
    align: Align = "strict",
) -> LocalResult:
    """Compare each region with the median of its neighbours.

    ``z_i median_j z_j`` over the neighbours j, each counted once whatever its weight.

    Parameters
    ----------
    variable, table, W, permutations, seed, fdr, alpha, alternative, align
        As for :func:`workbench.lisa`.
    correction : str, optional
        As there, without ``"max-t"``: a median has no moments in closed form to standardise by.

    Returns
    -------
    LocalResult
        ``lag`` is the median; ``expected``, ``variance`` and ``z`` are missing.

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`workbench.lisa`.

    References
    ----------
    Anselin, L. (2024). An Introduction to Spatial Data Science with GeoDa, volume 1, chapter 16
    (median local Moran).

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> bool(local_median_moran(x, None, W, permutations=999, alpha=0.05).counts["Low-Low"] > 0)
    True
    """
    chosen = plan(
        permutations=permutations,
        seed=seed,
        fdr=fdr,
        alpha=alpha,
        correction=correction,
        alternative=alternative,
    )
    if chosen.rule.correction == "max-t":
        raise InputError(
            "correction",
            expected='"none" or "bonferroni" with alpha',
            found="'max-t'",
            why="deviates of a median have no closed form to be standardised by",
            remedy='correction="bonferroni"',
        )
    return _evaluated(read_variable(variable, table, W, align=align), chosen)


def _evaluated(read: Variable, chosen: Plan) -> LocalResult:
    z, W = standardised(read.values), read.weights.sparse
    linked = np.diff(W.indptr) > 0
    median = conditional.neighbor_medians(z, W)
    nothing = np.full(z.size, np.nan)
    found = Statistics(
        method="median local Moran's I",
        value=z,
        lag=median,
        statistic=z * median,
        form=local_forms.local(z, None, W),
        factor=z,
        shift=nothing,
        labels=quadrant_labels(z, np.nan_to_num(median)),
        classes=QUADRANTS,
        signed=True,
        tested=linked,
        sampled=partial(_sampled, z, W, rounding(read.values)),
    )
    subject = Subject(read.name, read.weights, read.geometry, read.notes)
    return evaluate(found, subject, chosen, partial(_again, read, chosen))


def _sampled(z: FloatArray, W: CsrArray, precision: float, R: int, seed: int) -> conditional.Tails:
    with progress(R, "median local Moran's I") as tick:
        return conditional.median_tails(
            z, W, permutations=R, seed=seed, precision=precision, tick=tick
        )


def _again(read: Variable, chosen: Plan, weights: Weights, seed: int) -> LocalResult:
    return _evaluated(replace(read, weights=weights), chosen.redrawn(seed))
