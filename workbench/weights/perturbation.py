"""Weights that are wrong on purpose: permuted, rewired, rotated, random, thinned.

A result that stays under W with the wrong neighbours is not about neighbours (Gibbons and
Overman 2012).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.alignment import match
from workbench.core.ids import canonical_order, region_ids
from workbench.core.seeds import generator
from workbench.errors import InputError, WeightsError, check_option
from workbench.numerics.geometry import rewiring
from workbench.numerics.sparse.matrices import CsrArray
from workbench.numerics.sparse.scaling import rows_of
from workbench.typing import IntArray, Islands, Normalization, Perturbation
from workbench.weights.adoption import as_weights
from workbench.weights.graphs import canonical, is_symmetric
from workbench.weights.islands import settle
from workbench.weights.places import locate, natural_unit
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights, WeightsLike, assemble

SMALLEST_TURN = 30.0
"""A map turned by less than this, in degrees, is still much the same map."""


def permuted(W: WeightsLike, *, seed: int = 0, draw: int = 0) -> Weights:
    """Give every region the neighbourhood of another: the same graph under permuted labels.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed.
    seed, draw : int, default 0
        Equal numbers, equal permutation of the sorted ids.

    Returns
    -------
    Weights
        W* = P W P′: eigenvalues, cardinalities and parts are those of `W`, and so is the
        normalisation; islands stay islands, of other names.

    References
    ----------
    Gibbons, S. and Overman, H. G. (2012). Mostly pointless spatial econometrics? Journal of
    Regional Science 52(2).

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> W = as_weights(Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b"]}))
    >>> sorted(permuted(W, seed=1).cardinalities)
    [1, 1, 2]
    """
    weights = as_weights(W)
    order = _stream(seed, "permuted", draw).permutation(weights.n)
    return _relabelled(weights, order, "permuted", {"seed": seed, "draw": draw})


def rotated(
    W: WeightsLike,
    points: Any,
    *,
    angle: float | None = None,
    seed: int = 0,
    draw: int = 0,
) -> Weights:
    """Turn the map about its centre, and give every region the neighbourhood it lands on.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed.
    points : GeoDataFrame or GeoSeries of points or polygons
        With a CRS, for exactly the regions of W, in any order. Polygons count at their centroids;
        a geographic CRS is turned on the sphere.
    angle : float, optional
        Degrees, anticlockwise; drawn from 30 to 330 if left out.
    seed, draw : int, default 0
        Of the angle.

    Returns
    -------
    Weights
        W* = P W P′ with a one-to-one P that keeps neighbours together: fields stay as smooth
        under W* as a map can be, but they no longer lie where they grew. Up to 1,500
        regions P minimises the total squared distance to where they land; beyond it is found
        by halving both maps in step.

    Raises
    ------
    GeometryError, IdError
        If geometries or CRS are unusable, or regions are missing or unknown.

    Examples
    --------
    >>> from geopandas import GeoSeries, points_from_xy
    >>> from libpysal.graph import Graph
    >>> W = Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b"]})
    >>> line = GeoSeries(points_from_xy([0, 1, 2], [0, 0, 0]), index=["a", "b", "c"], crs=3857)
    >>> rotated(W, line, angle=180).digest == as_weights(W).digest
    True
    """
    weights = as_weights(W)
    places = locate(points, metric="auto", unit=natural_unit(points, "auto"))
    match(places.ids, weights.ids, argument="points", align="strict")
    if angle is None:
        rng = _stream(seed, "rotated", draw)
        degrees = float(rng.uniform(SMALLEST_TURN, 360.0 - SMALLEST_TURN))
    else:
        if not _is_number(angle):
            raise InputError("angle", expected="degrees", found=repr(angle))
        degrees = float(angle)
    order = rewiring.match_places(rewiring.rotate(places.points, degrees), places.points)
    parameters = {"angle": degrees} if angle is not None else {"seed": seed, "draw": draw}
    out = _relabelled(weights, order, "rotated", parameters)
    return replace(out, recipe=out.recipe.noting(f"map turned by {degrees:.1f} degrees"))


def rewired(W: WeightsLike, *, seed: int = 0, draw: int = 0, swaps: float = 10.0) -> Weights:
    """Exchange the ends of links at random: every region keeps its number of neighbours.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed. Links of weights that are symmetric as built stay symmetric; directed ones
        keep both the number of neighbours and of regions that have one as neighbour.
    seed, draw : int, default 0
        Equal numbers, equal links.
    swaps : float, default 10
        Exchanges that are tried, per link.

    Returns
    -------
    Weights
        Weights as built travel with their links: a directed link stays in its row, an undirected
        one at one of its two regions. The recipe notes the share of links that are new.

    Raises
    ------
    WeightsError
        If no exchange is possible (all regions linked to all, or to one).

    References
    ----------
    Maslov, S. and Sneppen, K. (2002). Specificity and stability in topology of protein networks.
    Science 296(5569).

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({k: [(k + 1) % 8, (k - 1) % 8] for k in range(8)})
    >>> rewired(ring, seed=1).cardinalities.unique().tolist()
    [2]
    """
    if not (_is_number(swaps) and swaps > 0):
        raise InputError("swaps", expected="a positive number", found=repr(swaps))
    weights = as_weights(W)
    base = weights.sparse_base
    directed = not is_symmetric(base)
    focal, neighbor, value = _listed(base, directed=directed)
    ends = rewiring.swap_ends(
        focal,
        neighbor,
        directed=directed,
        attempts=math.ceil(swaps * len(focal)),
        rng=_stream(seed, "rewired", draw),
    )
    matrix = _matrix(ends[:, 0], ends[:, 1], value, weights.n, directed=directed)
    old = base.copy()
    old.data = np.ones_like(old.data)
    new = 1.0 - float(old.multiply(matrix > 0).sum()) / base.nnz if base.nnz else 0.0
    if new == 0.0:
        raise WeightsError(
            "W",
            expected="links whose ends can be exchanged",
            found=f"{base.nnz} links, none of which changed",
            why="with these numbers of neighbours there is no, or hardly any, other graph",
            remedy="permute the labels instead: wb.weights.permuted(W, seed=...)",
        )
    parameters = {"seed": seed, "draw": draw, "swaps": float(swaps)}
    recipe = _recipe(weights, "rewired", parameters).noting(f"{new:.0%} of the links are new")
    return assemble(weights.ids, matrix, recipe, normalization=weights.normalization)


def random_neighbors(
    regions: Any,
    k: int | None = None,
    *,
    seed: int = 0,
    draw: int = 0,
    normalize: Normalization = "row",
) -> Weights:
    """Link every region to others drawn at random, wherever they are.

    Parameters
    ----------
    regions : Weights, libpysal Graph or W, or anything indexed by region id
        Weights, or a table or index whose ids are the regions, in any order.
    k : int, optional
        Number of neighbours. Left out, every region keeps the number it has in the weights.
    seed, draw : int, default 0
        Equal numbers, equal neighbours of the sorted ids.
    normalize : Normalization, default "row"
        Of the weights that come out.

    Returns
    -------
    Weights
        0/1 links as built, directed.

    Examples
    --------
    >>> random_neighbors(pd.Index(["a", "b", "c", "d"]), 2).cardinalities.tolist()
    [2, 2, 2, 2]
    """
    ids, counts = _cardinalities(regions, k)
    focal, neighbor = rewiring.random_targets(counts, _stream(seed, "random", draw))
    matrix = _matrix(focal, neighbor, np.ones(focal.size), len(ids), directed=True)
    parameters: dict[str, Any] = {"k": "as in W" if k is None else int(k)}
    recipe = Recipe("random_neighbors", {**parameters, "seed": seed, "draw": draw}, islands="keep")
    return assemble(ids, matrix, recipe, normalization=normalize)


def thinned(
    W: WeightsLike, share: float, *, seed: int = 0, draw: int = 0, islands: Islands = "keep"
) -> Weights:
    """Take away a share of the links at random.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed. Both directions of links that are symmetric as built go together.
    share : float
        Of the links, between 0 and 1, both excluded; rounded to a whole number of links.
    seed, draw : int, default 0
        Equal numbers, equal links.
    islands : {"keep", "drop", "error"}, default "keep"
        What is done with regions that lose all links.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({k: [(k + 1) % 8, (k - 1) % 8] for k in range(8)})
    >>> thinned(ring, 0.25).sparse.nnz
    12
    """
    if not (_is_number(share) and 0.0 < share < 1.0):
        raise InputError("share", expected="a number between 0 and 1", found=repr(share))
    weights = as_weights(W)
    directed = not is_symmetric(weights.sparse_base)
    focal, neighbor, value = _listed(weights.sparse_base, directed=directed)
    order = _stream(seed, "thinned", draw).permutation(len(focal))
    kept = np.sort(order[round(share * len(focal)) :])
    matrix = _matrix(focal[kept], neighbor[kept], value[kept], weights.n, directed=directed)
    parameters = {"share": float(share), "seed": seed, "draw": draw}
    recipe = replace(_recipe(weights, "thinned", parameters), islands=islands)
    return settle(weights.ids, matrix, recipe, normalization=weights.normalization)


def perturbations(
    W: WeightsLike,
    how: Perturbation = "permuted",
    *,
    draws: int = 99,
    seed: int = 0,
    points: Any = None,
    share: float = 0.1,
) -> Iterator[Weights]:
    """Yield weights perturbed again and again, one at a time.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed.
    how : {"permuted", "rewired", "rotated", "displaced", "random", "thinned"}, default "permuted"
        The function of that name (``"random"``: :func:`random_neighbors`).
    draws : int, default 99
        How many. The r-th is the same whatever their number.
    seed : int, default 0
        Equal seeds, equal weights.
    points : GeoDataFrame or GeoSeries, optional
        Where the regions are: needed by ``"rotated"`` and ``"displaced"``.
    share : float, default 0.1
        Of links that ``"thinned"`` takes away.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> ring = Graph.from_dicts({k: [(k + 1) % 8, (k - 1) % 8] for k in range(8)})
    >>> len({W.digest for W in perturbations(ring, "rewired", draws=5)})
    5
    """
    check_option("how", how, Perturbation)
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise InputError("draws", expected="a whole number from 1", found=repr(draws))
    if how in ("rotated", "displaced") and points is None:
        raise InputError(
            "points",
            expected=f'the regions with their geometry for how="{how}"',
            found="nothing",
            remedy="pass the GeoDataFrame that the weights were built from",
        )
    from workbench.weights.displacement import displaced

    weights = as_weights(W)
    rules = {
        "displaced": lambda draw: displaced(weights, points, seed=seed, draw=draw),
        "permuted": lambda draw: permuted(weights, seed=seed, draw=draw),
        "rewired": lambda draw: rewired(weights, seed=seed, draw=draw),
        "rotated": lambda draw: rotated(weights, points, seed=seed, draw=draw),
        "random": lambda draw: random_neighbors(
            weights, seed=seed, draw=draw, normalize=weights.normalization
        ),
        "thinned": lambda draw: thinned(weights, share, seed=seed, draw=draw),
    }
    return (rules[how](draw) for draw in range(draws))


def _is_number(value: Any) -> bool:
    real = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return real and math.isfinite(value)


def _stream(seed: int, how: str, draw: int) -> np.random.Generator:
    if isinstance(draw, bool) or not isinstance(draw, int | np.integer) or draw < 0:
        raise InputError("draw", expected="a whole number from 0", found=repr(draw))
    return generator(seed, how, int(draw))


def _relabelled(W: Weights, order: IntArray, how: str, parameters: dict[str, Any]) -> Weights:
    """Give region i the row and column of region order[i]."""
    matrix = canonical(W.sparse_base[order, :][:, order])
    return assemble(W.ids, matrix, _recipe(W, how, parameters), normalization=W.normalization)


def _recipe(W: Weights, how: str, parameters: dict[str, Any]) -> Recipe:
    known = {k: v for k, v in W.recipe.parameters.items() if k == "as_built"}
    made_of = {"of": f"{W.recipe} {W.digest}"}
    return Recipe(
        how,
        {**parameters, **known, **made_of},
        islands="keep",
        crs=W.recipe.crs,
        unit=W.recipe.unit,
        notes=tuple(f"before: {note}" for note in W.recipe.notes),
    )


def _listed(base: CsrArray, *, directed: bool) -> tuple[IntArray, IntArray, Any]:
    """List links with their weights; undirected ones once, from the first id."""
    focal, neighbor = rows_of(base).astype(np.int64), base.indices.astype(np.int64)
    chosen = np.ones(base.nnz, dtype=bool) if directed else focal < neighbor
    return focal[chosen], neighbor[chosen], base.data[chosen]


def _matrix(focal: IntArray, neighbor: IntArray, value: Any, n: int, *, directed: bool) -> CsrArray:
    matrix: Any = sparse.coo_array((value, (focal, neighbor)), shape=(n, n))
    return canonical(matrix if directed else matrix + matrix.T)


def _cardinalities(regions: Any, k: int | None) -> tuple[pd.Index, IntArray]:
    index = getattr(regions, "index", regions)
    if not isinstance(index, pd.Index):
        weights = as_weights(regions, argument="regions")
        ids, counts = weights.ids, weights.cardinalities.to_numpy()
    else:
        index = region_ids(index, argument="regions")
        ids, counts = index[canonical_order(index)], None
    if k is None:
        if counts is None:
            raise InputError("k", expected="a number of neighbours", found="None without weights")
        return ids, counts
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k < len(ids):
        raise InputError(
            "k", expected=f"a whole number between 1 and n - 1 = {len(ids) - 1}", found=repr(k)
        )
    return ids, np.full(len(ids), int(k))
