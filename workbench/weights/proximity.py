"""Nearness in other spaces than geography: technology, income, institutions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial.distance import cdist

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import InputError, ValuesError
from workbench.numerics.matrices import CsrArray
from workbench.typing import FloatArray, Islands, Normalization
from workbench.weights.graphs import canonical
from workbench.weights.islands import refusal, settle
from workbench.weights.limits import check_links
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights

TIE = 1e-12
"""Similarities that agree to this relative precision are a tie, broken by sorted ids."""


def technological_proximity(
    shares: pd.DataFrame,
    *,
    threshold: float | None = None,
    k: int | None = None,
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Build weights from how alike the technological (or industrial) profiles of regions are.

    Parameters
    ----------
    shares : DataFrame
        Regions in rows, patent classes or industries in columns: counts or shares, finite, not
        negative. Only the profile counts: a row may be multiplied by any positive number.
    threshold : float, optional
        Smallest proximity of a link, between 0 and 1.
    k : int, optional
        Keep for each region the k nearest only: then weights are directed.
    islands : {"error", "keep", "drop"}, default "error"
        What is done with regions that have nothing in common with any other.
    normalize : Normalization, default "row"
        Of the weights that come out.

    Returns
    -------
    Weights
        As built the uncentred correlation f_i'f_j / (|f_i| |f_j|), between 0 (no class in common:
        no link) and 1.

    Raises
    ------
    ValuesError
        If a value is missing, infinite or negative, or a region has no patent at all.
    InputError
        If `threshold` or `k` makes no sense.

    References
    ----------
    Jaffe, A. B. (1986). Technological opportunity and spillovers of R&D. American Economic
    Review 76(5), p. 986.

    Examples
    --------
    >>> table = pd.DataFrame({"A01": [3, 6, 0], "H04": [4, 8, 1]}, index=["x", "y", "z"])
    >>> technological_proximity(table, normalize="none").graph["x"].round(3).tolist()
    [1.0, 0.8]
    """
    if threshold is not None and not 0.0 < threshold < 1.0:
        raise InputError("threshold", expected="a number between 0 and 1", found=repr(threshold))
    ids, values = _profile(shares, "shares", negative=False)
    empty = values.sum(axis=1) == 0
    if empty.any():
        raise ValuesError(
            "shares",
            expected="at least one positive share in every row",
            found=f"{int(empty.sum())} regions with zeros only",
            offenders=list(ids[empty]),
            why="a profile of zeros has no direction",
            remedy="leave these regions out",
        )
    unit = values / np.linalg.norm(values, axis=1, keepdims=True)
    matrix = _kept(unit, _cosine, threshold, k, "shares")
    settings = {"classes": values.shape[1], "threshold": threshold, "k": k}
    return _settled("technological_proximity", ids, matrix, settings, islands, normalize)


def economic_proximity(
    values: pd.Series | pd.DataFrame,
    *,
    power: float = 1.0,
    minimum_distance: float | None = None,
    threshold: float | None = None,
    k: int | None = None,
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Build weights from how near regions are in income, productivity or other quantities.

    Parameters
    ----------
    values : Series or DataFrame
        One quantity, taken in its own unit, or several, each divided by its standard deviation;
        indexed by region id.
    power : float, default 1
        The p of 1/dᵖ, positive.
    minimum_distance : float, optional
        Distances below it count as it; without it regions of equal values are refused.
    threshold : float, optional
        Largest distance of a link.
    k : int, optional
        Keep for each region the k nearest only.
    islands, normalize
        As for :func:`technological_proximity`.

    Returns
    -------
    Weights
        As built 1/dᵖ with d = |x_i − x_j|, or the Euclidean distance of standardised columns.

    Raises
    ------
    ValuesError
        If values are missing, infinite or constant, or equal without `minimum_distance`.

    References
    ----------
    Case, A. C., Rosen, H. S. and Hines, J. R. (1993). Budget spillovers and fiscal policy
    interdependence. Journal of Public Economics 52(3), p. 292.

    Examples
    --------
    >>> income = pd.Series({"a": 10.0, "b": 12.0, "c": 20.0})
    >>> economic_proximity(income, normalize="none").graph["a"].tolist()
    [0.5, 0.1]
    """
    for name, value in (("power", power), ("minimum_distance", minimum_distance)):
        _positive(name, value)
    _positive("threshold", threshold)
    table = values.to_frame() if isinstance(values, pd.Series) else values
    ids, x = _profile(table, "values", negative=True)
    x = _scaled(x, table.columns) if x.shape[1] > 1 else x
    least = 0.0 if minimum_distance is None else float(minimum_distance)
    widest = math.inf if threshold is None else float(threshold)

    def near(block: FloatArray, rest: FloatArray) -> FloatArray:
        distance = np.maximum(cdist(block, rest), least)
        with np.errstate(divide="ignore"):
            return np.where(distance <= widest * (1 + TIE), distance**-power, 0.0)

    _refuse_equal(ids, x, least)
    matrix = _kept(x, near, None, k, "values")
    settings = {
        "columns": ", ".join(str(name) for name in table.columns), "power": float(power),
        "minimum_distance": minimum_distance, "threshold": threshold, "k": k,
    }  # fmt: skip
    return _settled("economic_proximity", ids, matrix, settings, islands, normalize)


def institutional_proximity(
    table: pd.DataFrame,
    *,
    threshold: float | None = None,
    k: int | None = None,
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Build weights from how alike the institutions of regions are.

    Parameters
    ----------
    table : DataFrame
        Indexed by region id. Columns of numbers are scores (Hofstede, Worldwide Governance
        Indicators); columns of text, categories or truth values are attributes (special regime,
        legal family). Not both kinds.
    threshold : float, optional
        Smallest proximity of a link, between 0 and 1.
    k : int, optional
        Keep for each region the k nearest only.
    islands, normalize
        As for :func:`technological_proximity`.

    Returns
    -------
    Weights
        As built 1 / (1 + D) with the index of Kogut and Singh,
        D_ij = (1/K) Σ_k (I_ki − I_kj)² / V_k, V_k the variance of score k; or the share of
        attributes that are equal (simple matching).

    Raises
    ------
    InputError
        If numbers and attributes are mixed.
    ValuesError
        If values are missing, infinite or a score is constant.

    References
    ----------
    Kogut, B. and Singh, H. (1988). The effect of national culture on the choice of entry mode.
    Journal of International Business Studies 19(3), p. 422.

    Examples
    --------
    >>> law = pd.DataFrame({"zone": ["yes", "yes", "no"], "code": ["A", "B", "B"]}, list("abc"))
    >>> institutional_proximity(law, islands="keep", normalize="none").graph["b"].tolist()
    [0.5, 0.5]
    """
    if threshold is not None and not 0.0 < threshold < 1.0:
        raise InputError("threshold", expected="a number between 0 and 1", found=repr(threshold))
    if not isinstance(table, pd.DataFrame) or not len(table.columns):
        raise InputError(
            "table", expected="a DataFrame with a column at least", found=type(table).__name__
        )
    scores = [
        pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
        for kind in table.dtypes
    ]
    if any(scores) and not all(scores):
        raise InputError(
            "table",
            expected="scores or attributes",
            found="columns of numbers and of categories",
            why="distances of scores and shares of equal attributes have no common scale",
            remedy="build two weights and mix them: wb.weights.combination([A, B], [0.5, 0.5])",
        )
    if all(scores):
        ids, x = _profile(table, "table", negative=True)
        x = _scaled(x, table.columns) / math.sqrt(x.shape[1])
        rule = _kogut_singh
    else:
        ids, x = _attributes(table)
        rule = _matching
    matrix = _kept(x, rule, threshold, k, "table")
    names = ", ".join(str(name) for name in table.columns)
    settings = {"columns": names, "threshold": threshold, "k": k}
    return _settled("institutional_proximity", ids, matrix, settings, islands, normalize)


def _cosine(block: FloatArray, rest: FloatArray) -> FloatArray:
    # Rounding lifts the cosine of equal profiles above 1.
    return np.asarray(np.minimum(block @ rest.T, 1.0))


def _kogut_singh(block: FloatArray, rest: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + cdist(block, rest, "sqeuclidean")))


def _matching(block: FloatArray, rest: FloatArray) -> FloatArray:
    return np.asarray(1.0 - cdist(block, rest, "hamming"))


def _kept(x: FloatArray, rule: Any, threshold: float | None, k: int | None, name: str) -> CsrArray:
    """Compute proximities block by block and keep those above the threshold, or the k largest."""
    n = len(x)
    if k is not None and (isinstance(k, bool) or not 1 <= k < n or int(k) != k):
        raise InputError(
            "k", expected=f"a whole number between 1 and n - 1 = {n - 1}", found=repr(k)
        )
    if k is None and threshold is None:
        check_links(n * (n - 1), argument=name, remedy="keep the strongest links: k=... ")
    step = max(1, 20_000_000 // n)
    parts, links = [], 0
    for first in range(0, n, step):
        block = rule(x[first : first + step], x)
        rows = np.arange(len(block))
        block[rows, first + rows] = 0.0
        if threshold is not None:
            block[block < threshold * (1 - TIE)] = 0.0
        if k is not None:
            block = _strongest(block, int(k))
        parts.append(sparse.csr_array(block))
        links += parts[-1].nnz
        check_links(links, argument=name, remedy="raise the threshold, or keep fewer: k=...")
    return canonical(sparse.vstack(parts))


def _strongest(block: FloatArray, k: int) -> FloatArray:
    """Keep the k largest of each row; ties go to the first."""
    last = np.partition(block, -k, axis=1)[:, [-k]]
    above = block > last * (1 + TIE)
    tied = ~above & (block >= last * (1 - TIE))
    room = k - above.sum(axis=1, keepdims=True)
    return np.asarray(np.where(above | (tied & (np.cumsum(tied, axis=1) <= room)), block, 0.0))


def _profile(table: Any, name: str, *, negative: bool) -> tuple[pd.Index, FloatArray]:
    if not isinstance(table, pd.DataFrame) or not len(table.columns):
        raise InputError(
            name,
            expected="a table indexed by region id, with a column at least",
            found=type(table).__name__,
        )
    ids = region_ids(table.index, argument=name)
    ordered = table.iloc[canonical_order(ids)]
    try:
        values = ordered.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValuesError(name, expected="numbers", found="values that are not") from error
    for bad, expected, found in (
        (~np.isfinite(values), "finite values", "missing or infinite values"),
        ((values < 0) & (not negative), "values that are not negative", "negative values"),
    ):
        if bad.any():
            raise ValuesError(
                name,
                expected=expected,
                found=f"{int(bad.sum())} {found}",
                offenders=_rows(ordered.index, bad.any(axis=1)),
                remedy="complete these values or leave the regions out",
            )
    return ordered.index, values


def _rows(ids: pd.Index, chosen: Any) -> list[Any]:
    return list(ids[np.asarray(chosen, dtype=bool)])


def _attributes(table: pd.DataFrame) -> tuple[pd.Index, FloatArray]:
    ids = region_ids(table.index, argument="table")
    ordered = table.iloc[canonical_order(ids)]
    absent = ordered.isna().to_numpy().any(axis=1)
    if absent.any():
        raise ValuesError(
            "table",
            expected="every attribute of every region",
            found=f"{int(absent.sum())} regions with missing ones",
            offenders=_rows(ordered.index, absent),
        )
    codes = [pd.factorize(ordered[name], sort=False)[0] for name in ordered.columns]
    return ordered.index, np.column_stack(codes).astype(np.float64)


def _scaled(x: FloatArray, names: Any) -> FloatArray:
    spread = x.std(axis=0, ddof=1)
    flat = ~(spread > 0)
    if flat.any():
        raise ValuesError(
            "values",
            expected="columns that differ between regions",
            found=f"{int(flat.sum())} constant columns",
            offenders=[str(name) for name, is_flat in zip(names, flat, strict=True) if is_flat],
            remedy="leave these columns out",
        )
    return np.asarray(x / spread)


def _refuse_equal(ids: pd.Index, x: FloatArray, least: float) -> None:
    if least > 0:
        return
    order = np.lexsort(x.T)
    same = (x[order][1:] == x[order][:-1]).all(axis=1)
    if same.any():
        pairs = zip(ids[order[:-1][same]], ids[order[1:][same]], strict=True)
        raise ValuesError(
            "values",
            expected="regions that differ",
            found=f"{int(same.sum())} pairs of equal values",
            offenders=[f"{a} = {b}" for a, b in pairs],
            why="their weight would be infinite and take all of the row",
            remedy="say what the least distance is: minimum_distance=...",
        )


def _settled(
    builder: str,
    ids: pd.Index,
    matrix: CsrArray,
    settings: dict[str, Any],
    islands: Islands,
    normalize: Normalization,
) -> Weights:
    parameters = {name: value for name, value in settings.items() if value is not None}
    directed = "nearest regions are directed: the weights are not symmetric"
    recipe = Recipe(builder, parameters, islands=islands)
    return settle(
        ids,
        matrix,
        recipe.noting(directed if "k" in parameters else ""),
        normalization=normalize,
        refuse=lambda lost: refusal(ids, lost, measured=False),
    )


def _positive(name: str, value: float | None) -> None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise InputError(name, expected="a positive number", found=repr(value))
