"""The weights of a fit, and the same weights with the wrong neighbours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, PanelError
from workbench.hypotheses.outlines import outlines_of
from workbench.typing import Placebo
from workbench.weights import Weights, as_weights, displaced, permuted, rewired, rotated
from workbench.weights.displacement import turn_of

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults

Given = Weights | dict[Any, Weights]
"""One W, or one a period."""

KINDS = ("W", "W_error", "W_x")
"""Arguments of a fit that are weights."""


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """The weights that a fit used, of the regions of its sample.

    Attributes
    ----------
    given : mapping of str to Weights or dict
        ``W``, ``W_error`` and ``W_x``, those that the fit has; by period where they are.
    points : GeoSeries or None
        Where these regions are.
    seed : int
    """

    given: Mapping[str, Given]
    points: Any
    seed: int

    @property
    def one(self) -> Weights:
        """W, or that of the first period."""
        W = self.given["W"]
        return W if isinstance(W, Weights) else next(iter(W.values()))

    def placebo(self, how: Placebo, draw: int) -> dict[str, Given]:
        """Return all weights of the fit with neighbours that are wrong on purpose.

        Regions change places once: W, W_error, W_x and the weights of every period follow the
        same permutation or turn. Links are exchanged in each matrix by itself; equal matrices
        stay equal.
        """
        rules: dict[str, Callable[[Weights], Weights]] = {
            "permuted": lambda W: permuted(W, seed=self.seed, draw=draw),
            "rewired": lambda W: rewired(W, seed=self.seed, draw=draw),
            "displaced": lambda W: displaced(W, self.points, seed=self.seed, draw=draw),
            "rotated": lambda W: rotated(W, self.points, seed=self.seed, draw=draw),
        }
        made: dict[str, Weights] = {}

        def wrong(W: Weights) -> Weights:
            if W.digest not in made:
                made[W.digest] = rules[how](W)
            return made[W.digest]

        return {
            name: {period: wrong(W) for period, W in given.items()}
            if isinstance(given, dict)
            else wrong(given)
            for name, given in self.given.items()
        }

    def overlap(self, placebo: Mapping[str, Given]) -> float:
        """Return the share of W, by weight, that the placebo has too: Σ min(w, w*) / Σ w."""
        other = placebo["W"]
        fake = other if isinstance(other, Weights) else next(iter(other.values()))
        real = self.one.sparse
        return float(real.minimum(fake.sparse).sum()) / max(float(real.sum()), 1e-300)

    def near(self, how: Placebo, draw: int) -> bool:
        """Whether a draw leaves most regions near where they are, so that it is hardly wrong."""
        return how == "displaced" and turn_of(self.seed, draw).small


def maps_of(fit: RegressionResults, points: Any, seed: int, *, turned: bool) -> Maps:
    """Return the weights of a fit, restricted to the regions of its sample.

    Raises
    ------
    InputError
        If the fit has no weights, or a map that is turned has no points.
    PanelError
        If weights by period are of different regions.
    IdError
        If a region has no point.
    """
    call = fit.call
    if call is None or call.W is None:
        raise InputError(
            "fit",
            expected="a result of wb.fit with spatial weights",
            found="one without W" if call is not None else f"{fit.provenance.method}",
            why="without W there are no neighbours to exchange",
            remedy="wb.fit(formula, data, W, model=...)",
        )
    ids = _regions(fit)
    given = {
        name: _restricted(value, ids, name)
        for name in KINDS
        if (value := getattr(call, name)) is not None
    }
    return Maps(given, _points(points, ids) if turned else None, seed)


def _regions(fit: RegressionResults) -> pd.Index:
    """Return the regions of the sample, sorted, which are those of W."""
    if fit.weights is not None:
        return fit.weights.ids
    spatial = getattr(fit, "spatial", None)
    several = [] if spatial is None else list(spatial.weights)
    if not several or any(not W.ids.equals(several[0].ids) for W in several):
        raise PanelError(
            "W",
            expected="weights of the same regions in every period",
            found="regions that differ from period to period",
            why="a region that changes places must have a place in every period",
            remedy='missing="drop-regions", so that all periods have the same regions',
        )
    first: pd.Index = several[0].ids
    return first


def _restricted(value: Any, ids: pd.Index, name: str) -> Given:
    if isinstance(value, Mapping):
        return {period: as_weights(W, argument=name).restrict(ids) for period, W in value.items()}
    return as_weights(value, argument=name).restrict(ids)


def _points(points: Any, ids: pd.Index) -> Any:
    if points is None:
        raise InputError(
            "points",
            expected="the regions with their geometry, to turn the map",
            found="nothing",
            remedy='points=regions, or how=("permuted", "rewired")',
        )
    remedy = "the GeoDataFrame that the weights were built from"
    return outlines_of(points, ids, argument="points", remedy=remedy).geometry


def apart(how: str, regions: int, draws: int) -> int:
    """Return about how many of the maps differ from each other by a region's width or more.

    A round map of n regions is 2√(n/π) regions across; a region at its mean distance from the
    centre, two thirds of the radius, passes 4/3 √(πn) others on its way around. Mirrored maps are
    as many again.

    Examples
    --------
    >>> apart("rotated", 80, 499), apart("displaced", 80, 499), apart("permuted", 80, 499)
    (21, 42, 499)
    """
    turns = int(np.floor(4.0 / 3.0 * np.sqrt(np.pi * regions)))
    return min(draws, {"rotated": turns, "displaced": 2 * turns}.get(how, draws))
