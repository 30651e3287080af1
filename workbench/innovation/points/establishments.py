"""What curves of distance ask of a table of establishments: places, sectors, weights."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import (
    GeometryError,
    InputError,
    ValuesError,
    check_option,
    listing,
    unknown_name,
)
from workbench.numerics.points.ground import Ground
from workbench.typing import FloatArray, IntArray, PointMetric, Unit
from workbench.weights.places import locate
from workbench.weights.sphere import EARTH_RADIUS_KM


@dataclass(frozen=True, slots=True, eq=False)
class Establishments:
    """Establishments in sorted order of ids.

    Attributes
    ----------
    column : str
        With the sectors.
    ids : pandas.Index, length N
    labels : tuple
        The sectors, sorted.
    codes : ndarray of int64, shape (N,)
        Position of each establishment's sector in `labels`.
    weights : ndarray, shape (N,), or None
        Positive.
    ground : Ground
        Their places.
    unit : str
        Of distances.
    metric : str
        How distances are measured.
    notes : tuple of str
    """

    column: str
    ids: pd.Index
    labels: tuple[Hashable, ...]
    codes: IntArray
    weights: FloatArray | None
    ground: Ground
    unit: str
    metric: str
    notes: tuple[str, ...]

    def code(self, label: Hashable, *, argument: str) -> int:
        """Return the position of a sector, or refuse it with the nearest name."""
        if label not in self.labels:
            raise unknown_name(argument, label, [str(known) for known in self.labels])
        return self.labels.index(label)

    def of(self, codes: Sequence[int]) -> IntArray:
        """Return the positions of establishments of these sectors, increasing."""
        return np.flatnonzero(np.isin(self.codes, list(codes)))


def read_establishments(
    points: Any, *, sector: str, weight: str | None, metric: PointMetric, unit: Unit
) -> Establishments:
    """Read places, sectors and weights of establishments.

    Parameters
    ----------
    points : GeoDataFrame
        A row an establishment, indexed by its id, in any order.
    sector, weight : str
        Columns.
    metric, unit
        See :func:`workbench.weights.places.locate`.

    Raises
    ------
    InputError, GeometryError, IdError, ValuesError
        If a part of the table cannot be used, with the ids at fault.
    """
    from geopandas import GeoDataFrame

    check_option("metric", metric, PointMetric)
    if not isinstance(points, GeoDataFrame):
        raise InputError(
            "points",
            expected="a GeoDataFrame with a row an establishment",
            found=type(points).__name__,
            remedy="geopandas.GeoDataFrame(table, geometry=geopandas.points_from_xy("
            'table["lon"], table["lat"]), crs="EPSG:4326")',
        )
    _require_column(points, sector, argument="sector")
    places = locate(points, metric=metric, unit=unit)
    rows = points.index.get_indexer(places.ids)
    labels, codes = _sectors(points[sector].iloc[rows], places.ids)
    weights = None
    if weight is not None:
        _require_column(points, weight, argument="weight")
        weights = _weights(points[weight].iloc[rows], places.ids)
    flat = np.zeros((places.n, 3 - places.points.shape[1]))
    lines = np.ascontiguousarray(np.hstack([places.points, flat]).T)
    sphere = places.lonlat is not None
    scale = places.scale * (EARTH_RADIUS_KM if sphere else 1.0)
    ground = Ground(lines, scale, sphere)
    if not ground.longest > 0.0:
        raise GeometryError(
            "points",
            expected="establishments at more than one place",
            found=f"{places.n} at one",
            why="there is no distance between them",
        )
    return Establishments(
        column=sector,
        ids=places.ids,
        labels=labels,
        codes=codes,
        weights=weights,
        ground=ground,
        unit=places.unit,
        metric=places.metric,
        notes=(places.note(), *_shared(lines)),
    )


def _require_column(points: pd.DataFrame, name: Any, *, argument: str) -> None:
    if not isinstance(name, str):
        raise InputError(argument, expected="the name of a column", found=type(name).__name__)
    found = int((points.columns == name).sum())
    if not found:
        geometry = points.geometry.name
        raise unknown_name(argument, name, [str(c) for c in points.columns if c != geometry])
    if found > 1:
        raise InputError(
            argument,
            expected="one column",
            found=f"{found} columns named {name!r}",
            remedy="rename them so that each name occurs once",
        )


def _sectors(column: pd.Series[Any], ids: pd.Index) -> tuple[tuple[Hashable, ...], IntArray]:
    missing = column.isna().to_numpy()
    if missing.any():
        raise ValuesError(
            str(column.name),
            expected="a sector for every establishment",
            found=f"{int(missing.sum())} missing",
            offenders=list(ids[missing]),
            remedy=f'leave them out: points.dropna(subset=["{column.name}"])',
        )
    codes, found = pd.factorize(column.astype(object))
    spelt = [str(label) for label in found]
    if len(set(spelt)) < len(spelt):
        twice = sorted({word for word in spelt if spelt.count(word) > 1})
        raise ValuesError(
            str(column.name),
            expected="labels of one type",
            found="labels that are spelt alike",
            offenders=twice,
            why="a number and a text of the same spelling would be two sectors",
            remedy=f'points["{column.name}"] = points["{column.name}"].astype(str)',
        )
    order = np.argsort(np.array(spelt, dtype=str), kind="stable")
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    return tuple(found[k] for k in order), place[codes]


def _weights(column: pd.Series[Any], ids: pd.Index) -> FloatArray:
    name, types = str(column.name), pd.api.types
    if not types.is_numeric_dtype(column.dtype) or types.is_complex_dtype(column.dtype):
        raise ValuesError(
            name,
            expected="numbers",
            found=f"values of type {column.dtype}, e.g. {column.iloc[0]!r}",
            remedy="convert them, e.g. pandas.to_numeric(column)",
        )
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    for bad, what in (
        (np.isnan(values), "missing"),
        (np.isinf(values), "infinite"),
        (values <= 0, "zero or negative"),
    ):
        if bad.any():
            raise ValuesError(
                name,
                expected="a positive weight for every establishment",
                found=f"{int(bad.sum())} {what}",
                offenders=list(ids[bad]),
                why="an establishment without employment would still be drawn to a site",
                remedy=f'leave them out: points[points["{name}"] > 0]',
            )
    return values


def _shared(lines: FloatArray) -> tuple[str, ...]:
    _, counts = np.unique(lines, axis=1, return_counts=True)
    shared = counts[counts > 1]
    if not shared.size:
        return ()
    return (
        f"{int(shared.sum())} establishments share {shared.size} places; the distance between "
        "those of one place is 0.",
    )


def few(points: int) -> str:
    """Say that a number of establishments is small."""
    return f"{points} establishments" if points != 1 else "1 establishment"


def named(labels: Sequence[Hashable]) -> str:
    """List sectors by name."""
    return listing([str(label) for label in labels])
