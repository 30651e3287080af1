"""The regions most like one: by variables that say what a region is, not what it achieves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.expressions import refuse_constant
from workbench.core.ids import canonical_order, ids_digest, region_ids
from workbench.core.provenance import Provenance
from workbench.data.schemes import refuse_mixed
from workbench.errors import InputError, ValuesError, check_option, check_whole, listing
from workbench.explore.variable import evaluate_expression
from workbench.innovation.profiles.candidates import candidates_of
from workbench.innovation.profiles.likeness import Peers, variables_table
from workbench.innovation.profiles.regions import require_region
from workbench.numerics.standing import likeness as kernel
from workbench.typing import FloatArray, Incomplete, IntArray, PeerMetric

FEWEST = 2
MOST_COLLINEAR = 1e10
"""Condition number of the scaled table from which a covariance is not inverted."""


def peers(
    data: pd.DataFrame,
    region: Any,
    *,
    k: int | None = 10,
    columns: Sequence[str] | None = None,
    metric: PeerMetric = "robust",
    among: pd.Series[Any] | Sequence[Any] | None = None,
    missing: Incomplete = "error",
) -> Peers:
    """Choose the regions most like one by structural variables, and say how firm the choice is.

    Parameters
    ----------
    data : DataFrame or GeoDataFrame
        A cross-section indexed by region id, rows in any order. Not changed.
    region : id
        The region; a name is refused, and the message says whose it is.
    k : int or None
        How many peers; None for every region of `among`.
    columns : sequence of str, optional
        Columns, or expressions such as ``"log(grp / population)"``, by which regions are alike; all
        numeric columns by default. Each counts the same with ``metric="robust"``: choose what makes
        regions comparable (size, income, structure) and leave out what is to be compared.
    metric : {"robust", "mahalanobis"}
        Euclidean distance of values in robust standard deviations (interquartile range over 1.349),
        over the root of the number of variables; or Mahalanobis distance over that root, for which
        correlated variables count once.
    among : Series or sequence of ids, optional
        Candidates: a list of region ids, or a series by region id (federal district), of which the
        regions with the same value as `region` are taken. All regions by default. Scales and
        covariances are those of all regions of the data.
    missing : {"error", "drop"}
        Regions without a figure: refused, or left out by name. The region itself must have all.

    Returns
    -------
    Peers
        ``.ids``, ``.tidy()``, ``.variables``, ``.stability``, ``.glance()``, ``.plot()``.

    Raises
    ------
    IdError, InputError, ValuesError, FormulaError
        If the region is not in the data, or without a figure; if there are fewer candidates than
        `k`; if a variable is missing, constant, the same in more than half of the regions
        (``robust``), or linear in the others (``mahalanobis``).

    Notes
    -----
    Stability: the choice is made again without each variable in turn; ``share_same`` is the share
    of these choices in which a peer is still among the k. It is missing where one variable, or all
    candidates, decide.

    References
    ----------
    Mahalanobis, P. C. (1936). On the generalised distance in statistics. Proceedings of the
    National Institute of Sciences of India 2(1), 49-55.

    Examples
    --------
    >>> import workbench as wb
    >>> year = wb.load("russia-innovation").xs(2019, level="year")
    >>> structure = ["log(population)", "log(grp / population)", "unemployment"]
    >>> alike = peers(year, "RU-KEM", k=5, columns=structure)
    >>> len(alike.ids), "RU-KEM" in alike.ids
    (5, False)
    """
    check_option("metric", metric, PeerMetric)
    check_option("missing", missing, Incomplete)
    ids = _ids(data)
    require_region(region, ids)
    table, left_out, constant = _values(data.iloc[canonical_order(ids)], region, columns, missing)
    focal = int(np.flatnonzero(table.index == region)[0])
    able = candidates_of(among, table.index, region, lost=left_out)
    if k is None:
        k = len(able)
    check_whole("k", k, least=FEWEST, why="a median and a range need two regions")
    _require_candidates(len(able), k)
    X = table.to_numpy()
    _require_scales(table, metric)
    chosen, distances = _nearest(X, focal, able, k, metric)
    kept = _without_each(X, focal, able, k, metric)
    index = table.index
    stability = pd.DataFrame(
        {name: np.isin(chosen, rows) for name, rows in zip(table.columns, kept, strict=True)},
        index=index[chosen],
    ) if kept else pd.DataFrame(index=index[chosen])  # fmt: skip
    others = _others(index, chosen, kept)
    notes = (*_notes(metric, table, among, left_out), *constant)
    return Peers(
        region=region,
        metric=metric,
        rows=pd.DataFrame(
            {
                "rank": np.arange(1, len(chosen) + 1),
                "distance": distances[chosen],
                "share_same": stability.mean(axis=1) if kept and len(able) > k else np.nan,
            },
            index=pd.Index(index[chosen], name="peer"),
        ),
        variables_rows=variables_table(table, focal, chosen, metric),
        kept=stability,
        could_be=others,
        candidates=len(able),
        values=table,
        restricted=among is not None,
        notes=notes,
        provenance=Provenance(
            method=f"peers by {metric} distance",
            formula=" + ".join(table.columns),
            nobs=len(table),
            ids_digest=ids_digest(index),
            notes=notes,
            options={"region": str(region), "k": str(k), "metric": metric, "missing": missing},
        ),
    )


def _ids(data: Any) -> pd.Index:
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "data",
            expected="a DataFrame indexed by region id",
            found=type(data).__name__,
            remedy='table.set_index("region")',
        )
    refuse_mixed(data.index)
    return region_ids(data.index, argument="data")


def _values(
    data: pd.DataFrame, region: Any, columns: Sequence[str] | None, missing: Incomplete
) -> tuple[pd.DataFrame, tuple[Any, ...], tuple[str, ...]]:
    names = _names(data, columns)
    plain = pd.DataFrame(data.drop(columns=getattr(data, "_geometry_column_name", None) or []))
    incomplete = _incomplete(plain, names)
    if region in incomplete:
        lost = [name for name in names if region in _incomplete(plain, [name])]
        raise ValuesError(
            "region",
            expected=f"figures of {region} for every variable of likeness",
            found=f"none for {listing(lost)}",
            offenders=[region],
            why="what is missing cannot be alike",
            remedy="leave those columns out, or take a year in which they are known",
        )
    if len(incomplete) and missing == "error":
        raise ValuesError(
            "data",
            expected="figures of every region for every variable of likeness",
            found=f"{len(incomplete)} regions without some",
            offenders=incomplete,
            why="a region whose figures are missing would never be a peer, nor said to be left out",
            remedy='missing="drop" leaves them out by name',
        )
    kept = plain.drop(index=incomplete)
    table = pd.DataFrame({name: evaluate_expression(name, kept) for name in names}).astype(float)
    bad = ~np.isfinite(table.to_numpy())
    if bad.any():
        column = int(bad.any(axis=0).argmax())
        raise ValuesError(
            names[column],
            expected="finite values",
            found=f"{int(bad[:, column].sum())} that are not",
            offenders=table.index[bad[:, column]],
            remedy="look for a division by zero or the logarithm of a zero",
        )
    for name in names:
        refuse_constant(table[name])
    told = (f"Left out for missing figures: {', '.join(map(str, incomplete))}.",)
    return table, tuple(incomplete), told if len(incomplete) else ()


def _names(data: pd.DataFrame, columns: Sequence[str] | None) -> list[str]:
    if columns is None:
        types = pd.api.types
        names = [
            str(name) for name in data.columns
            if types.is_numeric_dtype(data[name]) and not types.is_bool_dtype(data[name])
        ]  # fmt: skip
    else:
        names = [columns] if isinstance(columns, str) else [str(name) for name in columns]
    if not names or len(set(names)) < len(names):
        raise InputError(
            "columns",
            expected="at least one numeric variable, each once",
            found=listing(names) or "none",
            remedy='columns=["log(population)", "grp / population"]',
        )
    return names


def _incomplete(data: pd.DataFrame, names: Sequence[str]) -> pd.Index:
    used = sorted({word for name in names for word in _columns_in(name, data)})
    return data.index[data[used].isna().any(axis=1)]


def _columns_in(name: str, data: pd.DataFrame) -> set[str]:
    import ast

    if name in data:
        return {name}
    try:
        tree = ast.parse(name.strip(), mode="eval")
    except SyntaxError:
        return set()  # refused where it is evaluated
    words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return words & set(map(str, data.columns))


def _require_candidates(able: int, k: int) -> None:
    if able < k:
        raise InputError(
            "k",
            expected=f"at most {able}, the number of candidates",
            found=str(k),
            remedy=f"k={able}, or k=None for all of them" if able >= FEWEST
            else "name more candidates in among=",
        )  # fmt: skip


def _require_scales(table: pd.DataFrame, metric: PeerMetric) -> None:
    scale = kernel.robust_scale(table.to_numpy())[1]
    flat = [str(name) for name, one in zip(table.columns, scale, strict=True) if one <= 0]
    if metric == "robust" and flat:
        raise ValuesError(
            "columns",
            expected="variables whose middle half of regions differs",
            found=f"{len(flat)} that are one value in more than half of them",
            offenders=flat,
            why="their robust scale is zero",
            remedy='leave them out, or metric="mahalanobis"',
        )
    if metric == "mahalanobis":
        Z = table.to_numpy() - table.to_numpy().mean(axis=0)
        Z = Z / np.sqrt((Z**2).sum(axis=0))
        if len(table) <= table.shape[1] + 1 or np.linalg.cond(Z) > MOST_COLLINEAR:
            raise ValuesError(
                "columns",
                expected="variables none of which is linear in the others, and more regions",
                found=f"{table.shape[1]} variables of {len(table)} regions with a singular "
                "covariance",
                remedy='leave one out, or metric="robust"',
            )


def _distances(X: FloatArray, focal: int, metric: PeerMetric) -> FloatArray:
    found = kernel.robust_distance if metric == "robust" else kernel.mahalanobis_distance
    return found(X, focal)


def _nearest(
    X: FloatArray, focal: int, able: IntArray, k: int, metric: PeerMetric
) -> tuple[IntArray, FloatArray]:
    distances = _distances(X, focal, metric)
    return kernel.nearest_rows(distances, able, k), distances


def _without_each(
    X: FloatArray, focal: int, able: IntArray, k: int, metric: PeerMetric
) -> list[IntArray]:
    """Return the choice made without each variable; none where there is one variable."""
    if X.shape[1] == 1:
        return []
    return [_nearest(np.delete(X, j, axis=1), focal, able, k, metric)[0] for j in range(X.shape[1])]


def _others(index: pd.Index, chosen: IntArray, kept: list[IntArray]) -> tuple[Any, ...]:
    """Return the regions that would be peers without some variable, the most frequent first."""
    counts = pd.Series([index[row] for rows in kept for row in rows if row not in chosen])
    ranked = counts.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return tuple(ranked.index)


def _notes(
    metric: PeerMetric, table: pd.DataFrame, among: Any, lost: tuple[Any, ...]
) -> tuple[str, ...]:
    how = (
        "root mean square difference in robust standard deviations (interquartile range / 1.349)"
        if metric == "robust"
        else "Mahalanobis distance over the root of the number of variables"
    )
    whole = len(table) + len(lost)
    where = "" if among is None else " Candidates are those of among=."
    return (f"Distance: {how}, scales over {len(table)} of {whole} regions.{where}",)
