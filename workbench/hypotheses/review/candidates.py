"""Other weights of the same regions: from a map where there is one, else from W itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from workbench.core.display import number
from workbench.errors import WorkbenchError
from workbench.hypotheses.outlines import outlines_of
from workbench.weights import (
    Weights,
    WeightsLike,
    as_weights,
    distance_band,
    higher_order,
    inverse_distance,
    knn,
    queen,
    thinned,
)
from workbench.weights.geometry import POLYGONS
from workbench.weights.places import Places, locate, natural_unit

THINNED = 0.1
"""Share of links that is taken away."""

DRAWS = 2
"""Times that links are taken away."""

BANDS = (1.0, 1.5, 2.0)
"""Distance cut-offs, in typical distances to the farthest of as many neighbours as W has."""


def given_weights(candidates: Mapping[str, WeightsLike]) -> dict[str, Weights]:
    """Return candidates that the caller gave as weights, by name."""
    return {str(name): as_weights(W, argument=str(name)) for name, W in candidates.items()}


def family(W: Weights, regions: Any = None, *, seed: int = 0) -> dict[str, Weights]:
    """Return weights that a reader may hold against W, by name; those equal to W are left out.

    Nearest neighbours (as many as W has on average, half and twice as many), distance bands, the
    inverse distance and contiguity where there is a map; neighbours of neighbours and thinned
    links always. What cannot be built for these regions is left out.

    Parameters
    ----------
    W : Weights
    regions : GeoDataFrame or GeoSeries, optional
        Places of at least the regions of W.
    seed : int
        Of the links that are taken away.
    """
    made: dict[str, Weights] = {}
    if regions is not None:
        _add_all(made, W, _of_places(W, of_ids(regions, W.ids)))
    _add_all(made, W, _of_itself(W, seed))
    return made


def of_ids(regions: Any, ids: Any) -> Any:
    """Return the places of these regions, refused where one has none."""
    remedy = "pass the map that W was built from: wb.referee(fit, regions=regions)"
    return outlines_of(regions, ids, argument="regions", remedy=remedy)


def neighbor_distance(places: Places, k: int) -> float:
    """Return the median distance of places to their k-th nearest, in the unit of the places."""
    each = [np.partition(places.distances_from(i), k)[k] for i in range(places.n)]
    return float(np.median(each))


def cutoffs(regions: Any, ids: Any, k: float) -> tuple[list[float], str]:
    """Return three cut-offs of distance and their unit: one, two and four typical reaches of W.

    Parameters
    ----------
    regions : GeoDataFrame or GeoSeries
    ids : Index
        Regions of the sample.
    k : float
        Mean number of neighbours.
    """
    places = _located(of_ids(regions, ids))
    reach = neighbor_distance(places, min(max(1, round(k)), places.n - 1))
    return [round_to(reach * factor) for factor in (1.0, 2.0, 4.0)], places.unit


def round_to(value: float, digits: int = 2) -> float:
    """Round to some significant digits, so that cut-offs can be said.

    Examples
    --------
    >>> round_to(123.4), round_to(0.0456)
    (120.0, 0.046)
    """
    return float(f"{value:.{digits - 1}e}")


def _located(regions: Any) -> Places:
    return locate(regions, metric="auto", unit=natural_unit(regions, "auto"))


def _of_places(W: Weights, regions: Any) -> dict[str, Callable[[], Weights]]:
    unit = natural_unit(regions, "auto")
    places = _located(regions)
    k = max(1, round(W.sparse.nnz / W.n))
    most = W.n - 1
    counts = sorted({min(most, n) for n in (max(2, k // 2), k, 2 * k)})
    reach = neighbor_distance(places, min(k, most))
    makers: dict[str, Callable[[], Weights]] = {}
    if set(regions.geometry.geom_type) & set(POLYGONS):
        makers["queen"] = lambda: queen(regions, islands="nearest")
    for n in counts:
        makers[f"{n} nearest"] = partial(knn, regions, n)
    for factor in BANDS:
        at = round_to(reach * factor)
        makers[f"within {number(at)} {places.unit}"] = partial(
            distance_band, regions, at, unit=unit, islands="nearest"
        )
    makers["inverse distance"] = lambda: inverse_distance(regions, unit=unit)
    return makers


def _of_itself(W: Weights, seed: int) -> dict[str, Callable[[], Weights]]:
    makers: dict[str, Callable[[], Weights]] = {
        "orders 1 and 2": lambda: higher_order(W, 2, lower_order=True)
    }
    for draw in range(DRAWS):
        makers[f"a tenth of the links away ({draw + 1})"] = partial(
            thinned, W, THINNED, seed=seed, draw=draw
        )
    return makers


def _add_all(
    made: dict[str, Weights], W: Weights, makers: Mapping[str, Callable[[], Weights]]
) -> None:
    seen = {W.digest, *(other.digest for other in made.values())}
    for name, make in makers.items():
        try:
            found = make()
        except WorkbenchError:
            continue  # e.g. all regions are neighbours already: there is no such candidate
        if found.digest in seen or not found.sparse.nnz:
            continue
        seen.add(found.digest)
        made[name] = found
