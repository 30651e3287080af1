"""Potential links between the agents of an ecosystem: who could know whom, within and across."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.errors import InputError, check_number, check_option, listing
from workbench.innovation.position.counting import (
    PAIR,
    actual_links,
    counts_of,
    pairs_of,
    refuse_more_than_possible,
)
from workbench.innovation.position.links_result import PotentialLinks
from workbench.innovation.position.reach import Reach, reach_of
from workbench.typing import DecayForm, FloatArray, Metric, Unit


def potential_links(
    counts: pd.Series[Any] | pd.DataFrame,
    *,
    between: Sequence[tuple[str, str]] | None = None,
    distances: Any = None,
    decay: float | None = None,
    form: DecayForm = "exponential",
    actual: pd.Series[Any] | pd.DataFrame | None = None,
    metric: Metric = "auto",
    unit: Unit = "km",
) -> PotentialLinks:
    """Count the links that the agents of each region could have, and those across regions.

    Of n agents of one type n(n − 1)/2 within a region, of two types n_a n_b. Across regions a pair
    counts for f(d_ij): n_i n_j f(d_ij).

    Parameters
    ----------
    counts : Series or DataFrame
        Numbers of agents by region id, whole and at least 0: a Series for one type, or a column a
        type (firms, universities, funds). Missing values are refused.
    between : sequence of (str, str), optional
        Pairs of types that can link, each once; ``("firms", "firms")`` is within a type. All
        pairs by default, whose links sum to N(N − 1)/2 of all N agents of a region.
    distances : GeoDataFrame, GeoSeries, DataFrame or Weights, optional
        Places, table of distances, or weights in the place of f, as
        :func:`~workbench.innovation.position.potential` takes them. Without them links across
        regions are not counted.
    decay : float, optional
        Parameter of `form`, needed with distances: the length, in `unit`, or the exponent of
        ``"power"``.
    form : {"exponential", "power", "gaussian", "binary"}
        How f falls with distance; at most 1 but for ``"power"``, so that a sum is a number of
        links.
    actual : Series or DataFrame, optional
        Links that there are within each region: by region, or with a column a pair named as in
        the result (``"firms-universities"``). None may exceed the possible.
    metric, unit
        As in :func:`workbench.weights.distance_band`.

    Returns
    -------
    PotentialLinks
        ``table tidy() glance() augment() plot()``.

    Raises
    ------
    ValuesError, IdError, InputError
        If counts are not whole numbers of at least 0, ids do not match, a pair names an unknown
        type, or more links are actual than possible.

    Notes
    -----
    A region's ``across`` is n_i Σ_{j≠i} n_j f(d_ij), or over the pairs of types in question; each
    link has two ends, so that all regions together have half of their sum. Within a region links
    count in full, whatever its size.

    ``realised``, actual over possible, is the density of a network (Wasserman and Faust 1994,
    section 4.1.1). Densities of networks of different sizes do not compare by themselves: agents
    have room for some number of links, not for a share of them.

    References
    ----------
    Reed, D. P. (2001). The law of the pack. Harvard Business Review 79(2), 23-24. Wasserman, S. and
    Faust, K. (1994). Social Network Analysis. Cambridge University Press. Isard, W. (1954).
    Location theory and trade theory: short-run analysis. Quarterly Journal of Economics 68,
    305-320, for n_i n_j over distance.

    Examples
    --------
    >>> import pandas as pd
    >>> agents = pd.DataFrame({"firms": [4, 1], "labs": [3, 0]}, index=["a", "b"])
    >>> links = potential_links(agents)
    >>> links.table[["firms-firms", "firms-labs", "labs-labs", "within"]].values.tolist()
    [[6, 12, 3, 21], [0, 0, 0, 0]]
    """
    check_option("form", form, DecayForm)
    agents = counts_of(counts)
    pairs = pairs_of(between, list(agents.columns))
    names = [PAIR.format(a, b) for a, b in pairs]
    _refuse_alike(names)
    table = _within(agents, pairs)
    notes: list[str] = []
    reach = None
    if distances is not None:
        reach, parameter = _reach(distances, agents, decay, form, metric=metric, unit=unit)
        table["across"] = _across(agents, pairs, reach, parameter)
        notes += reach.notes[:1]
    elif decay is not None:
        raise InputError(
            "decay",
            expected="distances that it applies to",
            found="none",
            remedy="distances=regions",
        )
    if actual is not None:
        found = actual_links(actual, agents.index, names)
        refuse_more_than_possible(found, table)
        notes += _realised(table, found)
    return PotentialLinks(
        types=tuple(map(str, agents.columns)),
        pairs=tuple(names),
        table=table,
        provenance=Provenance(
            method="potential links",
            formula=", ".join(names),
            nobs=len(agents),
            ids_digest=ids_digest(agents.index),
            weights=reach.weights.described if reach is not None and reach.weights else None,
            notes=tuple(notes),
            options={"form": form, "decay": "none" if decay is None else f"{decay:g}",
                     "unit": "none" if reach is None else reach.unit},
        ),
        notes=tuple(notes),
    )  # fmt: skip


def _refuse_alike(names: list[str]) -> None:
    """Refuse names of types with dashes under which two pairs, or a sum, are one column."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            "counts",
            expected="types whose pairs differ in name",
            found=f"{', '.join(map(repr, twice))} twice",
            why="a column of the result is named after its pair",
            remedy='counts.rename(columns=lambda name: name.replace("-", "_"))',
        )


def _within(agents: pd.DataFrame, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """Return links within regions by pair of types; whole numbers, exact."""
    columns = {}
    for a, b in pairs:
        n = agents[a]
        columns[PAIR.format(a, b)] = n * (n - 1) // 2 if a == b else n * agents[b]
    table = pd.DataFrame(columns, index=agents.index)
    table.insert(0, "agents", agents.sum(axis=1))
    table["within"] = table.iloc[:, 1:].sum(axis=1)
    return table


def _reach(
    distances: Any,
    agents: pd.DataFrame,
    decay: float | None,
    form: DecayForm,
    *,
    metric: Metric,
    unit: Unit,
) -> tuple[Reach, float]:
    reach = reach_of(
        distances, agents.index, form=form, own="none", areas=None, metric=metric, unit=unit
    )
    if reach.weights is not None:
        if decay is not None:
            raise InputError(
                "decay",
                expected="none with weights, which say themselves how they fall",
                found=repr(decay),
                remedy="pass places or a table of distances",
            )
        return reach, 1.0
    if decay is None:
        raise InputError(
            "decay",
            expected=f"the parameter of form={form!r}",
            found="none",
            why="how fast links fall with distance is a hypothesis that must be stated",
            remedy="decay=200, a length in the unit of distances",
        )
    return reach, check_number("decay", decay, above=0.0)


def _across(
    agents: pd.DataFrame, pairs: list[tuple[str, str]], reach: Reach, parameter: float
) -> FloatArray:
    """Return Σ_{j≠i} f_ij over the pairs of types, by region i."""
    n = agents.to_numpy(dtype=np.float64)
    received = np.empty_like(n)
    for rows, F in reach.blocks(parameter):
        received[rows] = np.einsum("ij,jt->it", F, n)
    at = {name: k for k, name in enumerate(agents.columns)}
    out = np.zeros(len(n))
    for a, b in pairs:
        out += n[:, at[a]] * received[:, at[b]]
        if a != b:  # the first of the pair may be there, the second here
            out += n[:, at[b]] * received[:, at[a]]
    return out


def _realised(table: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    notes = []
    for name in found.columns:
        possible = table[name].to_numpy(dtype=np.float64)
        share = np.full(len(table), np.nan)
        np.divide(found[name].to_numpy(dtype=np.float64), possible, out=share, where=possible > 0)
        suffix = "" if name == "within" else f"_{name}"
        table[f"actual{suffix}"] = found[name].to_numpy()
        table[f"realised{suffix}"] = share
        none = table.index[possible == 0].tolist()
        if none:
            notes.append(
                f"{len(none)} regions with no possible link ({name}), hence no share: "
                f"{listing(none)}."
            )
    return notes
