"""Nearness in other spaces than geography: technology, income, institutions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from workbench.errors import InputError, ValuesError
from workbench.typing import FloatArray, Islands, Normalization
from workbench.weights import cells, profiles
from workbench.weights.distances import check_positive
from workbench.weights.profiles import Rule
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights


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
        Smallest proximity of a link, above 0 and at most 1.
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
    profiles.check_share(threshold)
    ids, values = profiles.rows(shares, argument="shares", negative=False)
    empty = (values == 0).all(axis=1)
    if empty.any():
        raise ValuesError(
            "shares",
            expected="at least one positive share in every row",
            found=f"{int(empty.sum())} regions with zeros only",
            offenders=list(ids[empty]),
            why="a profile of zeros has no direction",
            remedy="leave these regions out: shares[shares.sum(axis=1) > 0]",
        )
    # Rows are brought to 1 first: squares of very large or small numbers have no room.
    direction = values / values.max(axis=1, keepdims=True)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    found = profiles.alike(direction, _cosine, threshold=threshold, k=k, argument="shares")
    recipe = _recipe(
        "technological_proximity",
        {"classes": values.shape[1], "threshold": threshold, "k": k},
        islands,
    ).noting("proximity is the uncentred correlation (cosine) of profiles")
    return profiles.linked(ids, found, recipe, normalize, remedy=_wider(found.best, threshold, str))


def economic_proximity(
    values: pd.Series | pd.DataFrame,
    *,
    power: float = 1.0,
    minimum_distance: float | None = None,
    threshold: float | None = None,
    k: int | None = None,
    islands: Islands = "error",
    normalize: Normalization = "row",
    unit: str = "",
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
    unit : str
        Of one quantity, for the card.

    Returns
    -------
    Weights
        As built 1/dᵖ with d = |x_i − x_j|, or the Euclidean distance of standardised columns.

    Raises
    ------
    ValuesError
        If values are missing, infinite, text or constant, or equal without `minimum_distance`;
        if a weight is too small or too large for a number.
    InputError
        If a parameter is not positive, or `minimum_distance` is not below the threshold.

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
    _check_distances(power, minimum_distance, threshold)
    table = _as_table(values)
    ids, x = profiles.rows(table, argument="values", negative=True)
    several = x.shape[1] > 1
    x = _scaled(x, table.columns, "values") if several else x
    if minimum_distance is None:
        _refuse_equal(ids, x)
    least = None if threshold is None else float(threshold) ** -power
    # The k nearest are chosen by distance itself; the least distance holds for weights alone.
    found = profiles.alike(x, _inverse(power, 0.0), threshold=least, k=k, argument="values")
    if minimum_distance is not None:
        found.matrix.data = np.minimum(found.matrix.data, float(minimum_distance) ** -power)
    settings = {
        "columns": ", ".join(str(name) for name in table.columns), "power": float(power),
        "minimum_distance": minimum_distance, "threshold": threshold, "k": k,
    }  # fmt: skip
    recipe = _recipe("economic_proximity", settings, islands, unit=unit).noting(
        "distances are Euclidean, of columns divided by their standard deviations"
        if several
        else "distances are differences of one quantity"
    )
    remedy = _wider(found.best, threshold, lambda best: str(best ** (-1 / power)))
    return profiles.linked(ids, found, recipe, normalize, remedy=remedy)


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
        legal family), also where they look like numbers. Not both kinds.
    threshold : float, optional
        Smallest proximity of a link, above 0 and at most 1.
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
        If numbers and attributes are mixed, or `threshold` or `k` makes no sense.
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
    profiles.check_share(threshold)
    ordered = profiles.sorted_rows(table, argument="table")
    x, rule, measure = _institutions(ordered)
    found = profiles.alike(x, rule, threshold=threshold, k=k, argument="table")
    names = ", ".join(str(name) for name in table.columns)
    settings = {"columns": names, "threshold": threshold, "k": k}
    recipe = _recipe("institutional_proximity", settings, islands).noting(measure)
    remedy = _wider(found.best, threshold, str)
    return profiles.linked(ordered.index, found, recipe, normalize, remedy=remedy)


def _institutions(ordered: pd.DataFrame) -> tuple[FloatArray, Rule, str]:
    """Return what is compared, how, and a sentence that says so."""
    scores = [cells.is_numeric(column) and not _is_truth(column) for _, column in ordered.items()]
    if any(scores) and not all(scores):
        kinds = zip(ordered.columns, scores, strict=True)
        raise InputError(
            "table",
            expected="scores or attributes",
            found="columns of numbers and of categories",
            offenders=[f"{name} ({'score' if score else 'attribute'})" for name, score in kinds],
            why="distances of scores and shares of equal attributes have no common scale",
            remedy="build two weights and mix them: wb.weights.combination([A, B], [0.5, 0.5]); "
            "or make codes text: .astype(str)",
        )
    if not all(scores):
        return _attributes(ordered), _matching, "proximity is the share of equal attributes"
    x = profiles.rows(ordered, argument="table", negative=True)[1]
    x = _scaled(x, ordered.columns, "table") / math.sqrt(x.shape[1])
    return x, _kogut_singh, "proximity is 1 / (1 + index of Kogut and Singh) of scores"


def _cosine(block: FloatArray, rest: FloatArray) -> FloatArray:
    # Rounding lifts the cosine of equal profiles above 1.
    return np.asarray(np.minimum(block @ rest.T, 1.0))


def _inverse(power: float, least: float) -> Rule:
    def near(block: FloatArray, rest: FloatArray) -> FloatArray:
        # Squares of one difference could overflow, and their root rounds.
        metric: Any = "cityblock" if block.shape[1] == 1 else "euclidean"
        distance = np.maximum(cdist(block, rest, metric), least)
        with np.errstate(divide="ignore", over="ignore", under="ignore"):
            weight = np.asarray(distance**-power)
        # Regions themselves are at 0, and are left out later.
        if not np.isfinite(weight[distance > 0]).all() or (weight == 0).any():
            raise ValuesError(
                "values",
                expected="distances whose weights numbers can hold",
                found=f"distances from {distance[distance > 0].min():.3g} to "
                f"{distance.max():.3g} with power={power:g}",
                why="a link that falls to 0 is none, and one at infinity takes all of the row",
                remedy="measure in another unit, or choose a smaller power",
            )
        return weight

    return near


def _kogut_singh(block: FloatArray, rest: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + cdist(block, rest, "sqeuclidean")))


def _matching(block: FloatArray, rest: FloatArray) -> FloatArray:
    return np.asarray(1.0 - cdist(block, rest, "hamming"))


def _is_truth(column: pd.Series) -> bool:
    return pd.api.types.infer_dtype(column, skipna=True) == "boolean"


def _attributes(ordered: pd.DataFrame) -> FloatArray:
    absent = ordered.isna().to_numpy()
    if absent.any():
        at, column = np.nonzero(absent)
        ends = zip(ordered.index[at], ordered.columns[column], strict=True)
        raise ValuesError(
            "table",
            expected="every attribute of every region",
            found=f"{len(at)} missing ones",
            offenders=[f"{region} ({name})" for region, name in ends],
            why="a missing attribute equals none, not even another missing one",
            remedy="complete them, e.g. as a category of their own: table.fillna('unknown')",
        )
    codes = [pd.factorize(column, sort=False)[0] for _, column in ordered.items()]
    return np.column_stack(codes).astype(np.float64)


def _scaled(x: FloatArray, names: Any, argument: str) -> FloatArray:
    spread = x.std(axis=0, ddof=1)
    flat = x.min(axis=0) == x.max(axis=0)
    if flat.any():
        raise ValuesError(
            argument,
            expected="columns that differ between regions",
            found=f"{int(flat.sum())} constant columns",
            offenders=[str(name) for name, is_flat in zip(names, flat, strict=True) if is_flat],
            why="their variance, by which differences are divided, is 0",
            remedy="leave these columns out",
        )
    return np.asarray(x / spread)


def _refuse_equal(ids: pd.Index, x: FloatArray) -> None:
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
            remedy="say what the least distance is, e.g. minimum_distance=0.01, in the unit of "
            "the values (of several columns: in standard deviations)",
        )


def _as_table(values: Any) -> Any:
    if not isinstance(values, pd.Series):
        return values
    if not cells.is_numeric(values):
        raise ValuesError(
            "values",
            expected="real numbers",
            found=f"a Series of {values.dtype}",
            remedy="convert first: pandas.to_numeric(values)",
        )
    return values.to_frame()


def _check_distances(power: float, minimum_distance: float | None, threshold: float | None) -> None:
    given = {"power": power, "minimum_distance": minimum_distance, "threshold": threshold}
    for name, value in given.items():
        if value is not None:
            check_positive(name, value)
    if minimum_distance is not None and threshold is not None and minimum_distance >= threshold:
        raise InputError(
            "minimum_distance",
            expected=f"less than the threshold of {threshold:g}",
            found=f"{minimum_distance:g}",
            why="all distances would count as one",
        )


def _wider(best: FloatArray, threshold: float | None, told: Any) -> str:
    """Return the threshold that leaves nobody alone, as a way out; empty for none."""
    if threshold is None or not best.min() > 0:
        return ""
    return f"threshold={told(float(best.min()))} isolates none"


def _recipe(builder: str, settings: dict[str, Any], islands: Islands, *, unit: str = "") -> Recipe:
    parameters = {name: value for name, value in settings.items() if value is not None}
    return Recipe(builder, parameters, islands=islands, unit=unit)
