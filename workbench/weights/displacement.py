"""Neighbours of another place: the map turned or mirrored, and read where a region lands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from workbench.core.alignment import match
from workbench.errors import InputError
from workbench.numerics.geometry import rewiring
from workbench.typing import FloatArray
from workbench.weights.adoption import as_weights
from workbench.weights.graphs import canonical
from workbench.weights.perturbation import SMALLEST_TURN, _is_number, _recipe, _stream
from workbench.weights.places import locate, natural_unit
from workbench.weights.weights import Weights, WeightsLike, assemble


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of the map in degrees, anticlockwise, after it was mirrored or not."""

    angle: float
    mirrored: bool

    @property
    def small(self) -> bool:
        """Whether most regions land near where they were."""
        off = min(self.angle % 360.0, -self.angle % 360.0)
        return not self.mirrored and off < SMALLEST_TURN


def turn_of(seed: int, draw: int) -> Turn:
    """Return the turn of a draw: any angle, every other one mirrored on average."""
    rng = _stream(seed, "displaced", draw)
    return Turn(float(rng.uniform(0.0, 360.0)), bool(rng.random() < 0.5))


def displaced(
    W: WeightsLike,
    points: Any,
    *,
    angle: float | None = None,
    mirrored: bool = False,
    seed: int = 0,
    draw: int = 0,
) -> Weights:
    """Turn or mirror the map, and give every region the neighbours of the place it lands on.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed.
    points : GeoDataFrame or GeoSeries of points or polygons
        With a CRS, for exactly the regions of W, in any order. Polygons count at their centroids;
        a geographic CRS is turned on the sphere.
    angle : float, optional
        Degrees, anticlockwise about the centre. Left out, angle and mirroring are drawn: any
        angle is as likely, and half of the maps are mirrored.
    mirrored : bool, default False
        Whether the map is mirrored first; with `angle` only.
    seed, draw : int, default 0
        Equal numbers, equal turn.

    Returns
    -------
    Weights
        W* = P W without its diagonal, normalised as `W`: row i holds the neighbours of the region
        whose place i takes. (W* x) of region i is (W x) of that region: exactly as smooth a field
        as W x, elsewhere on the map. A region that lands next to itself is not its own neighbour.
        Directed, whatever `W` is.

    Raises
    ------
    GeometryError, IdError
        If geometries or CRS are unusable, or regions are missing or unknown.

    See Also
    --------
    rotated : P W P′, in which the neighbours of a region turn with it. They stay near it, and
        many of the links stay as they are: a perturbation of W, not another place.

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> from libpysal.graph import Graph
    >>> W = Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]})
    >>> line = GeoSeries(points_from_xy(range(4), [0] * 4), index=[*"abcd"], crs=3857)
    >>> displaced(W, line, angle=180).sparse.toarray()[0].tolist()
    [0.0, 0.0, 1.0, 0.0]
    """
    weights = as_weights(W)
    parameters: dict[str, Any]
    places = locate(points, metric="auto", unit=natural_unit(points, "auto"))
    match(places.ids, weights.ids, argument="points", align="strict")
    if angle is None:
        turn, parameters = turn_of(seed, draw), {"seed": seed, "draw": draw}
    elif _is_number(angle):
        turn = Turn(float(angle), bool(mirrored))
        parameters = {"angle": turn.angle, "mirrored": turn.mirrored}
    else:
        raise InputError("angle", expected="degrees", found=repr(angle))
    order = rewiring.match_places(_moved(places.points, turn), places.points)
    links = weights.sparse_base[order, :].tocoo()
    others = links.row != links.col
    matrix = canonical(
        sparse.coo_array(
            (links.data[others], (links.row[others], links.col[others])), shape=links.shape
        )
    )
    told = f"map {'mirrored and ' if turn.mirrored else ''}turned by {turn.angle:.1f} degrees"
    recipe = _recipe(weights, "displaced", parameters)
    recipe = replace(recipe, notes=(*recipe.notes, told))
    return assemble(weights.ids, matrix, recipe, normalization=weights.normalization)


def _moved(points: FloatArray, turn: Turn) -> FloatArray:
    """Turn points about their centre, mirrored first: in the plane left and right change places.

    On the sphere the mirror is the plane through the mean direction and the north pole.
    """
    if turn.mirrored:
        points = _mirrored(points)
    return rewiring.rotate(points, turn.angle)


def _mirrored(points: FloatArray) -> FloatArray:
    center = points.mean(axis=0)
    if points.shape[1] == 2:
        return np.asarray((points - center) * np.array([-1.0, 1.0]) + center)
    axis = center / np.linalg.norm(center)
    pole = np.array([0.0, 0.0, 1.0])
    normal = np.cross(axis, pole)
    if np.linalg.norm(normal) < 1e-8:  # a map around a pole: any plane through it will do
        normal = np.cross(axis, np.array([1.0, 0.0, 0.0]))
    normal = normal / np.linalg.norm(normal)
    return np.asarray(points - 2.0 * (points @ normal)[:, None] * normal)
