"""Quantile LISA: where regions of one quantile lie together, in one variable or in several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, ValuesError
from workbench.explore.local.join_counts import exact_plan, of_events
from workbench.explore.local.result import LocalResult
from workbench.explore.variable import Variable, read_variables
from workbench.typing import Align, Alternative, Correction, FloatArray, LocalInference


def quantile_lisa(
    variables: str | pd.Series[Any] | Sequence[str | pd.Series[Any]],
    table: pd.DataFrame | None,
    W: Any,
    *,
    quantile: int | Sequence[int],
    k: int = 5,
    inference: LocalInference = "exact",
    permutations: int | None = None,
    seed: int = 0,
    fdr: float | None = None,
    alpha: float | None = None,
    correction: Correction | None = None,
    alternative: Alternative = "greater",
    align: Align = "strict",
) -> LocalResult:
    """Count joins of the regions that belong to a quantile: robust to outliers and to scale.

    Parameters
    ----------
    variables : str, pandas.Series, or a sequence of them
        Continuous; several are counted where all are in their quantile (co-location).
    table, W, permutations, seed, fdr, alpha, correction, align
        As for :func:`workbench.lisa`.
    quantile : int or sequence of int
        Which of the k quantiles, from 1 (lowest) to k (highest); one for each variable, or the
        same for all.
    k : int, default 5
        Number of quantiles, at least 2.
    inference, alternative
        As for :func:`local_join_counts`.

    Returns
    -------
    LocalResult
        As :func:`local_join_counts`. Quantiles are cut as numpy's default does; a value on a cut
        belongs to the lower quantile. A note says where ties make a quantile uneven.

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`workbench.lisa`; also if ties leave a quantile empty.

    References
    ----------
    Anselin, L. (2019). Quantile local spatial autocorrelation. Letters in Spatial and Resource
    Sciences 12(2), 155-166.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> quantile_lisa(x, None, W, quantile=5, alpha=0.05).table["value"].sum()
    np.float64(5.0)
    """
    chosen = exact_plan(permutations, seed, fdr, alpha, correction, alternative, inference)
    several = [variables] if isinstance(variables, str | pd.Series) else list(variables)
    wanted = _wanted(quantile, k, len(several))
    read = read_variables(several, table, W, align=align)
    events = [_member(one, k, q) for one, q in zip(read, wanted, strict=True)]
    name = f"quantile LISA ({', '.join(map(str, wanted))} of {k})"
    uneven = [_uneven(one, k, q, e) for one, q, e in zip(read, wanted, events, strict=True)]
    noted = replace(read[0], notes=(*read[0].notes, *(note for note in uneven if note)))
    return of_events(name, [noted, *read[1:]], np.prod(events, axis=0), chosen)


def _uneven(read: Variable, k: int, quantile: int, member: FloatArray) -> str:
    """Say that ties put more, or fewer, regions into a quantile than its share."""
    share, found = member.size / k, int(member.sum())
    if abs(found - share) < 1.0 or len(np.unique(read.values)) == member.size:
        return ""
    return (
        f"ties put {found} of {member.size} regions into quantile {quantile} of {k} of {read.name}"
    )


def _wanted(quantile: int | Sequence[int], k: Any, count: int) -> list[int]:
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 2:
        raise InputError("k", expected="a whole number of at least 2", found=repr(k))
    each = [quantile] * count if isinstance(quantile, int | np.integer) else list(quantile)
    good = [isinstance(q, int | np.integer) and 1 <= q <= k for q in each]
    if len(each) != count or not all(good):
        raise InputError(
            "quantile",
            expected=f"a whole number from 1 to k = {k}, one for all or one for each variable",
            found=repr(quantile),
            remedy=f"quantile={k} looks for clusters of the highest values",
        )
    return [int(q) for q in each]


def _cuts(values: FloatArray, k: int) -> FloatArray:
    """Return the k − 1 cuts between quantiles, interpolated linearly between ordered values.

    In whole numbers: where a cut is a value, rounding must not put it beside it.
    """
    ordered, steps = np.sort(values), np.arange(1, k) * (values.size - 1)
    low, part = ordered[steps // k], (steps % k) / k
    return np.asarray(low + part * (ordered[np.minimum(steps // k + 1, values.size - 1)] - low))


def _member(read: Variable, k: int, quantile: int) -> FloatArray:
    place = np.searchsorted(_cuts(read.values, k), read.values, side="left") + 1
    member: FloatArray = np.asarray(place == quantile, dtype=np.float64)
    if not member.any():
        raise ValuesError(
            read.name,
            expected=f"values in quantile {quantile} of {k}",
            found=f"{len(np.unique(read.values))} different values, none there",
            why="ties can leave a quantile empty",
            remedy="take fewer quantiles (a smaller k)",
        )
    return member
