"""Local join counts: where events lie beside events, in one variable, in two, or together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.errors import InputError, ValuesError
from workbench.explore.local.evaluation import Statistics, Subject, evaluate
from workbench.explore.local.plan import Plan, check_inference, plan
from workbench.explore.local.result import LocalResult
from workbench.explore.variable import Variable, read_variable, read_variables
from workbench.numerics.autocorrelation import local_forms
from workbench.typing import Align, Alternative, Correction, FloatArray, LocalInference
from workbench.weights import Weights

CLASSES = ("clustered", "separated")
INFERENCE: tuple[LocalInference, ...] = ("exact", "permutation")


@dataclass(frozen=True, slots=True)
class _Events:
    """Which regions are counted for, and which neighbours count."""

    method: str
    name: str
    own: FloatArray
    around: FloatArray
    weights: Weights
    geometry: Any
    notes: tuple[str, ...]


def local_join_counts(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    inference: LocalInference = "exact",
    permutations: int | None = None,
    seed: int = 0,
    fdr: float | None = None,
    alpha: float | None = None,
    correction: Correction | None = None,
    alternative: Alternative = "greater",
    align: Align = "strict",
) -> LocalResult:
    """Count, for each region with an event, its neighbours with one.

    ``J_i = x_i Σ_j b_ij x_j`` with x 0 or 1 and b the links of W (their weights are left out: a
    count counts). Under conditional permutation the count of k neighbours is hypergeometric, so
    its p-value is exact.

    Parameters
    ----------
    variable : str or pandas.Series
        0/1 or boolean; an expression such as ``"patents > 100"`` makes one.
    table, W, permutations, seed, fdr, alpha, correction, align
        As for :func:`workbench.lisa`.
    inference : {"exact", "permutation"}
        The hypergeometric distribution, or R permutations for comparison.
    alternative : {"greater", "two-sided", "less"}
        ``"greater"`` looks for events beside events; usual for join counts.

    Returns
    -------
    LocalResult
        Classes ``clustered``, ``separated`` (fewer than expected), ``not significant``,
        ``not tested`` (regions without an event), ``isolated``.

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`workbench.lisa`; also if the variable is not 0/1, or no region or every
        region has an event.

    References
    ----------
    Anselin, L. and Li, X. (2019). Operational local join count statistics for cluster detection.
    Journal of Geographical Systems 21, 189-210.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series([i < 7 for i in range(25)], index=range(25), name="x")
    >>> local_join_counts(x, None, W, alpha=0.05).table.loc[1, "cluster"]
    'clustered'
    """
    chosen = _plan(permutations, seed, fdr, alpha, correction, alternative, inference)
    read = read_variable(_numeric(_column(variable, table)), table, W, align=align)
    x = _binary(read)
    return _evaluated(_events("local join count", [read], x, x), chosen)


def local_bivariate_join_counts(
    x: str | pd.Series[Any],
    z: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    inference: LocalInference = "exact",
    permutations: int | None = None,
    seed: int = 0,
    fdr: float | None = None,
    alpha: float | None = None,
    correction: Correction | None = None,
    alternative: Alternative = "greater",
    align: Align = "strict",
) -> LocalResult:
    """Count, for each region with x alone, its neighbours with z alone.

    ``J_i = x_i (1 − z_i) Σ_j b_ij z_j (1 − x_j)``. Where x and z never occur together the
    brackets change nothing; for events that do occur together see :func:`local_colocation`.

    Parameters
    ----------
    x, z : str or pandas.Series
        0/1 or boolean: the region's own event and the neighbours'.
    table, W, inference, permutations, seed, fdr, alpha, correction, alternative, align
        As for :func:`local_join_counts`.

    Returns
    -------
    LocalResult

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`local_join_counts`.

    References
    ----------
    Anselin, L. and Li, X. (2019). Journal of Geographical Systems 21, 189-210, equation 12.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> t = pd.DataFrame({"x": [i < 5 for i in range(25)], "z": [5 <= i < 10 for i in range(25)]})
    >>> local_bivariate_join_counts("x", "z", t, W, alpha=0.05).counts["not tested"]
    np.int64(20)
    """
    chosen = _plan(permutations, seed, fdr, alpha, correction, alternative, inference)
    both = [_numeric(_column(v, table)) for v in (x, z)]
    read = read_variables(both, table, W, align=align, arguments=("x", "z"))
    a, b = (_binary(one) for one in read)
    events = _events("bivariate local join count", read, a * (1 - b), b * (1 - a))
    return _evaluated(events, chosen)


def local_colocation(
    variables: Sequence[str | pd.Series[Any]],
    table: pd.DataFrame | None,
    W: Any,
    *,
    inference: LocalInference = "exact",
    permutations: int | None = None,
    seed: int = 0,
    fdr: float | None = None,
    alpha: float | None = None,
    correction: Correction | None = None,
    alternative: Alternative = "greater",
    align: Align = "strict",
) -> LocalResult:
    """Count, for each region where all events occur together, its neighbours of the same kind.

    ``J_i = Π_v x_v,i Σ_j b_ij Π_v x_v,j``. Under permutation a region's events move together.

    Parameters
    ----------
    variables : sequence of str or pandas.Series
        At least two, 0/1 or boolean.
    table, W, inference, permutations, seed, fdr, alpha, correction, alternative, align
        As for :func:`local_join_counts`.

    Returns
    -------
    LocalResult

    Raises
    ------
    FormulaError, ValuesError, IdError, InputError
        As for :func:`local_join_counts`; also if the events nowhere occur together.

    References
    ----------
    Anselin, L. and Li, X. (2019). Journal of Geographical Systems 21, 189-210, equation 14.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> t = pd.DataFrame({"x": [i < 9 for i in range(25)], "z": [i > 3 for i in range(25)]})
    >>> local_colocation(["x", "z"], t, W, alpha=0.05).counts["not tested"]
    np.int64(20)
    """
    chosen = _plan(permutations, seed, fdr, alpha, correction, alternative, inference)
    if isinstance(variables, str | pd.Series) or len(variables) < 2:
        raise InputError(
            "variables",
            expected="a list of at least two 0/1 columns",
            found=repr(variables) if isinstance(variables, str) else "one",
            remedy="local_join_counts takes a single variable",
        )
    columns = [_numeric(_column(v, table)) for v in variables]
    read = read_variables(columns, table, W, align=align)
    together = np.prod([_binary(one) for one in read], axis=0)
    return _evaluated(_events("local co-location join count", read, together, together), chosen)


def of_events(
    method: str, read: Sequence[Variable], together: FloatArray, chosen: Plan
) -> LocalResult:
    """Count joins of events that were made elsewhere, e.g. from quantiles."""
    return _evaluated(_events(method, read, together, together), chosen)


def exact_plan(
    permutations: int | None,
    seed: int,
    fdr: float | None,
    alpha: float | None,
    correction: Correction | None,
    alternative: Alternative,
    inference: LocalInference,
) -> Plan:
    """Check the choices of a statistic whose law is hypergeometric."""
    check_inference(inference, INFERENCE)
    kind = "permutation" if correction == "max-t" else inference
    return plan(
        permutations=permutations,
        seed=seed,
        fdr=fdr,
        alpha=alpha,
        correction=correction,
        alternative=alternative,
        inference=kind,
    )


_plan = exact_plan


def _column(variable: str | pd.Series[Any], table: pd.DataFrame | None) -> Any:
    if isinstance(variable, str) and table is not None and variable in table.columns:
        return table[variable]
    return variable


def _numeric(variable: Any) -> Any:
    """Return booleans as 0/1, refuse categories; everything else as it came."""
    if not isinstance(variable, pd.Series):
        return variable
    if pd.api.types.is_bool_dtype(variable.dtype):
        return variable.astype(float)
    values = variable.infer_objects()
    if isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(values.dtype):
        raise ValuesError(
            str(variable.name),
            expected="0 or 1 (or booleans) for every region",
            found=f"categories, e.g. {variable.iloc[0]!r}",
            why="a local join count is of one event: the region has it or has not",
            remedy=f"name one of them, e.g. table[{variable.name!r}] == {variable.iloc[0]!r}; "
            "join_counts takes all categories at once",
        )
    return variable


def _binary(read: Variable) -> FloatArray:
    odd = read.weights.ids[(read.values != 0) & (read.values != 1)]
    if len(odd):
        raise ValuesError(
            read.name,
            expected="0 or 1 (or booleans) for every region",
            found=f"{len(odd)} other values",
            offenders=odd,
            why="a join count counts events",
            remedy=f"make events of it, e.g. table[{read.name!r}] > table[{read.name!r}].median(), "
            "or take local_geary or lisa for a continuous variable",
        )
    return read.values


def _events(method: str, read: Sequence[Variable], own: FloatArray, around: FloatArray) -> _Events:
    name = ", ".join(one.name for one in read)
    first = read[0]
    for kind, values in (("own", own), ("neighbours'", around)):
        if not values.any() or values.all():
            raise ValuesError(
                name,
                expected="some regions with the event and some without",
                found=f"{int(values.sum())} regions with the {kind} event",
                why="with all or none the count cannot vary",
            )
    return _Events(method, name, own, around, first.weights, first.geometry, first.notes)


def _evaluated(events: _Events, chosen: Plan) -> LocalResult:
    pattern = events.weights.sparse.copy()
    pattern.data = (pattern.data != 0).astype(float)
    pattern.eliminate_zeros()
    form = local_forms.local(events.around, None, pattern)
    count = form.observed
    k = np.diff(pattern.indptr)
    others = events.around.sum() - events.around
    law = stats.hypergeom(events.own.size - 1, others, np.maximum(k, 0))
    found = Statistics(
        method=events.method,
        value=events.own,
        lag=count,
        statistic=events.own * count,
        form=form,
        factor=events.own,
        shift=np.zeros(count.size),
        labels=np.full(count.size, CLASSES[0]),
        low_labels=np.full(count.size, CLASSES[1]),
        classes=CLASSES,
        tested=(k > 0) & (events.own > 0),
        exact=np.array([law.cdf(count), law.sf(count - 1)]),
    )
    subject = Subject(events.name, events.weights, events.geometry, events.notes)
    return evaluate(found, subject, chosen, partial(_again, events, chosen))


def _again(events: _Events, chosen: Plan, weights: Weights, seed: int) -> LocalResult:
    return _evaluated(replace(events, weights=weights), chosen.redrawn(seed))
