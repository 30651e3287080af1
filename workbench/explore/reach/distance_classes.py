"""Autocorrelation by class of distance: how many kilometres does similarity reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError
from workbench.explore.reach.correlogram import CorrelogramResult
from workbench.explore.reach.lags import Lags, LagTest, correlogram_of, lag_table
from workbench.explore.reach.naming import called
from workbench.explore.variable import read_variable
from workbench.numerics.geometry.neighbours import Pairs, pair_distances
from workbench.typing import Align, Alternative, FloatArray, LagStatistic, Metric, Unit
from workbench.weights import Weights, rings
from workbench.weights.distances import check_positive, pairs_within
from workbench.weights.places import Places, locate

REACH = 0.5
"""Share of the largest distance that classes reach by default: beyond it only pairs across the
map remain, and what they show is its edges."""


def distance_correlogram(
    variable: str | pd.Series[Any],
    regions: Any,
    *,
    bins: int = 10,
    breaks: Sequence[float] | None = None,
    max_distance: float | None = None,
    unit: Unit = "km",
    metric: Metric = "auto",
    statistic: LagStatistic = "moran",
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    level: float = 0.95,
    align: Align = "strict",
) -> CorrelogramResult:
    """Measure autocorrelation in each class of distance, with inference on all classes at once.

    In a class every pair of regions counts the same: Moran's I is the mean product of the
    standardised values of its pairs, Geary's C the mean of half their squared differences (times
    (n − 1)/n). Inference is that of :func:`correlogram`: one arrangement of the values gives all
    classes.

    Parameters
    ----------
    variable : str or pandas.Series
        A column or expression of `regions`, or values by region id.
    regions : GeoDataFrame or GeoSeries
        Points or polygons (which count at their centroids) indexed by region id, with a CRS.
    bins : int, default 10
        Number of classes where `breaks` are not given; they hold about the same number of pairs
        each, so that all are estimated about as well.
    breaks : sequence of float, optional
        Edges of the classes in `unit`, increasing: each holds its upper edge, not its lower one
        (a first class from 0 holds distance 0).
    max_distance : float, optional
        In `unit`: how far the `bins` reach; by default half the largest distance.
    unit : {"km", "m", "crs"}, default "km"
        Unit of the distances.
    metric : {"auto", "planar", "great-circle", "ellipsoidal"}, default "auto"
        As for :func:`workbench.weights.distance_band`: great-circle for longitude and latitude.
    statistic, permutations, seed, alternative, level
        As for :func:`correlogram`; the correlation is with the mean of the regions in the class.
    align : {"strict", "intersection"}
        What to do about regions that only the variable or only the geometries have.

    Returns
    -------
    CorrelogramResult
        ``.table``, a row a class: ``distance`` (mean of its pairs) and the columns of
        :func:`correlogram`; n counts all regions in every class.

    Raises
    ------
    FormulaError, ValuesError, IdError, GeometryError
        If variable or geometries cannot be used.
    InputError
        If breaks do not increase, or a class holds no pair.

    References
    ----------
    Oden, N. (1984). Assessing the significance of a spatial correlogram. Geographical Analysis
    16, 1-16. Legendre, P. and Legendre, L. (2012). Numerical Ecology, 3rd edition, chapter 13.

    Examples
    --------
    >>> from geopandas import GeoDataFrame, points_from_xy
    >>> line = GeoDataFrame(
    ...     {"x": [1.0, 2.0, 4.0, 5.0, 7.0]}, index=list("abcde"),
    ...     geometry=points_from_xy(range(5), [0] * 5), crs=3857)
    >>> found = distance_correlogram("x", line, breaks=[0, 1, 2, 3], unit="m", permutations=199)
    >>> found.table["statistic"].round(3).tolist()
    [0.48, -0.152, -1.0]
    """
    test = LagTest(statistic, permutations, seed, alternative, level)
    if breaks is not None and max_distance is not None:
        raise InputError(
            "max_distance",
            expected="either breaks or max_distance",
            found=f"breaks={breaks!r} and max_distance={max_distance!r}",
            remedy="breaks say where the classes end: leave max_distance out",
        )
    places = locate(regions, metric=metric, unit=unit, argument="regions")
    edges = breaks
    if edges is None:
        edges = equal_classes(places, _bins(bins), max_distance)
    with called({"points": "regions", "edges": "breaks"}):
        classes = rings(regions, edges, unit=unit, metric=metric, normalize="none")
    table = regions if isinstance(regions, pd.DataFrame) else None
    first = next(iter(classes.values()))
    read = read_variable(variable, table, first, align=align)
    kept = {label: W.restrict(read.weights.ids) for label, W in classes.items()}
    _refuse_empty(kept)
    return correlogram_of(read, _lags(places, kept), test, notes=(places.note(),))


def _lags(places: Places, classes: dict[str, Weights]) -> Lags:
    matrices = {label: W.sparse for label, W in classes.items()}
    known = lag_table(matrices, name="class")
    known.insert(0, "distance", [_mean(places, W) for W in classes.values()])
    return Lags(
        list(matrices.values()),
        known,
        unit=places.unit,
        count="all",
        weights=None,
        options={"classes": "; ".join(classes), "metric": places.metric},
    )


def equal_classes(places: Places, bins: int, max_distance: float | None) -> list[float]:
    """Return edges of classes that hold about the same number of pairs each.

    Edges are rounded to a thousandth of the reach; equal ones (regular grids have few distances)
    fall together.
    """
    if max_distance is not None:
        check_positive("max_distance", max_distance)
    found = pairs_within(
        places, np.inf if max_distance is None else max_distance, argument="max_distance"
    )[1]
    largest = float(found.max(initial=0.0))
    # a reach beyond the map ends with its largest distance: there are no pairs to make classes of
    whole = max_distance is not None and found.size == places.n * (places.n - 1)
    rounded = max_distance is None or whole
    reach = largest if whole else REACH * largest if max_distance is None else float(max_distance)
    inside = found[found <= reach]
    if not inside.size:
        raise InputError(
            "max_distance",
            expected="a distance within which there are pairs",
            found=f"{reach:g} {places.unit}",
            remedy=f"the nearest pair is {_nearest(places)} apart",
        )
    if reach == 0.0:
        raise InputError(
            "regions",
            expected="places that are apart",
            found=f"{places.n} places at one point",
            why="there is no distance but zero",
            remedy="look at the coordinates, or pass other points",
        )
    digits = 3 - int(np.ceil(np.log10(reach)))
    step = 10.0**-digits
    quantiles = np.quantile(inside, np.linspace(0.0, 1.0, bins + 1)[1:-1], method="nearest")
    # Rounded up, so that a class that ends at a distance of a grid holds it.
    upper = np.ceil(quantiles / step * (1 - 1e-12)) * step
    last = np.ceil(reach / step * (1 - 1e-12)) * step if rounded else reach
    inner = np.unique(upper[(upper > 0) & (upper < last)])
    return [0.0, *(float(round(edge, max(digits, 0))) for edge in inner), float(last)]


def _nearest(places: Places) -> str:
    distances: FloatArray = np.asarray(pairs_within(places, np.inf)[1])
    return f"{distances.min():.6g} {places.unit}" if distances.size else "nowhere"


def _bins(bins: int) -> int:
    if isinstance(bins, bool) or not isinstance(bins, int | np.integer) or bins < 1:
        raise InputError(
            "bins", expected="a whole number from 1", found=repr(bins), remedy="bins=10"
        )
    return int(bins)


def _refuse_empty(classes: dict[str, Weights]) -> None:
    empty = [label for label, W in classes.items() if not W.sparse.nnz]
    if empty:
        raise InputError(
            "breaks",
            expected="classes that hold pairs of regions",
            found=f"{len(empty)} without any",
            offenders=empty,
            remedy="choose wider classes, or bins=10 for classes of equal numbers of pairs",
        )


def _mean(places: Places, W: Weights) -> float:
    """Return the mean distance of the pairs of a class."""
    matrix, where = W.sparse, places.ids.get_indexer(W.ids)
    pairs = Pairs(matrix.indptr.astype(np.int64), matrix.indices, 0)
    measured = pair_distances(pairs, measure=lambda i, j: places.distances(where[i], where[j]))
    return float(measured.mean())
