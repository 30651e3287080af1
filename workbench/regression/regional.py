"""Effects region by region: what each receives and gives, and who gains from a change in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.core.vocabulary import check_level
from workbench.errors import IdError, InputError, check_option, listing, unknown_option
from workbench.numerics.responses.diagonals import (
    Diagonals,
    ProbedDiagonals,
    exact_diagonals,
    found_exactly,
)
from workbench.numerics.responses.regional import AtRho, curve, given, impulse, own, received
from workbench.regression.impacts import ImpactParts
from workbench.regression.parameters import (
    admissible_interval,
    draw_notes,
    drawn_by_blocks,
    enough,
    inference,
    parameter_draws,
    parameters_of,
    require_spatial,
)
from workbench.typing import DiagonalRoute, FloatArray, ImpactMethod, Tolerance
from workbench.weights import Weights

OWN, RECEIVED, GIVEN = "own", "received", "given"
REGION_EFFECTS = (OWN, RECEIVED, GIVEN)
PROBES = 128


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImpactsByRegion:
    """What a unit of one regressor does in, to and from each region.

    With S = (I − ρW)⁻¹(βI + θW): ``own`` is S_ii, what a change in region i does there;
    ``received`` the rest of row i, what a change in all other regions does to i; ``given`` the
    rest of column i, what a change in i does to all others together. Their means over regions
    are the direct impact, and (of ``received`` and of ``given``) the indirect one.

    Attributes
    ----------
    term : str
        The regressor.
    table : pandas.DataFrame
        Index (region, effect), regions in sorted order, effects ``own received given``; columns
        ``estimate std_error statistic p_value conf_low conf_high``, in units of the outcome per
        unit of the regressor.
    method : {"delta", "monte-carlo"}
        How standard errors and intervals were computed.
    level : float
        Confidence level of the intervals, of each region alone.
    provenance : Provenance
        Of the model, with the seed.
    tolerance : str
        Kind of numbers, for comparison on another machine.
    notes : tuple of str
        What the reader must know, e.g. how far probed diagonals may be off.

    References
    ----------
    LeSage, J. and Pace, R. K. (2009). Introduction to Spatial Econometrics, 2.7.
    """

    term: str
    table: pd.DataFrame
    method: ImpactMethod
    level: float
    provenance: Provenance
    tolerance: Tolerance
    notes: tuple[str, ...] = ()

    def effect(self, name: str) -> pd.Series[Any]:
        """Return the estimates of ``"own"``, ``"received"`` or ``"given"`` by region."""
        if name not in REGION_EFFECTS:
            raise unknown_option("effect", name, REGION_EFFECTS)
        return self.table["estimate"].xs(name, level="effect").rename(name)

    def tidy(self) -> pd.DataFrame:
        """Return the table: a row a region and effect."""
        return self.table.copy()

    def plot(self, regions: Any, *, effect: str = GIVEN, title: str | None = None) -> Any:
        """Draw one effect on a map of `regions` (polygons indexed by region id)."""
        return display.picture("regional impacts map", self, regions, effect=effect, title=title)

    def _heading(self) -> str:
        return f"Impacts by region of {self.term} ({self.level:.0%}): {self.provenance.formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.table)], self.notes)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Impulse:
    """What a change of one regressor in one region does to every region: a column of S.

    Attributes
    ----------
    term : str
        The regressor.
    region : object
        Id of the region in which it changes.
    size : float
        By how much, in units of the term (0.1 of ``log(rd)`` is about 10 % more rd).
    table : pandas.DataFrame
        Index ``region``, sorted; columns ``estimate std_error statistic p_value conf_low
        conf_high``, in units of the outcome.
    total : pandas.Series
        The same columns for the sum over all regions.
    method, level, provenance, tolerance, notes
        As in :class:`ImpactsByRegion`.
    """

    term: str
    region: object
    size: float
    table: pd.DataFrame
    total: pd.Series[Any]
    method: ImpactMethod
    level: float
    provenance: Provenance
    tolerance: Tolerance
    notes: tuple[str, ...] = ()

    @property
    def elsewhere(self) -> float:
        """Effect on all regions but the one that changes."""
        return float(self.table["estimate"].drop(index=[self.region]).sum())

    def tidy(self) -> pd.DataFrame:
        """Return the table: a row a region."""
        return self.table.copy()

    def top(self, k: int = 10) -> pd.DataFrame:
        """Return the `k` regions with the largest effects in absolute value, largest first."""
        size = -self.table["estimate"].abs().to_numpy()
        return self.table.iloc[np.argsort(size, kind="stable")[:k]].copy()

    def plot(self, regions: Any, *, title: str | None = None) -> Any:
        """Draw who gains on a map of `regions`, the region that changes outlined."""
        return display.picture("impulse map", self, regions, title=title)

    def _heading(self) -> str:
        return (
            f"Effects of {self.size:+g} of {self.term} in {self.region} "
            f"({self.level:.0%}): {self.provenance.formula}"
        )

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.top()), ("All regions together", self.total.to_frame().T)]

    def _notes(self) -> tuple[str, ...]:
        more = len(self.table) - 10
        said = (f"The 10 largest effects; {more} more regions in .table.",) if more > 0 else ()
        return (*said, *self.notes)

    def __str__(self) -> str:
        return display.text(self._heading(), self._tables(), self._notes())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._tables(), self._notes())


def impacts_by_region_of(
    parts: ImpactParts,
    term: str,
    *,
    method: ImpactMethod,
    draws: int,
    seed: int,
    level: float,
    diagonal: DiagonalRoute,
) -> ImpactsByRegion:
    """Compute what each region does to itself, receives and gives; see the class."""
    check_option("method", method, ImpactMethod)
    check_option("diagonal", diagonal, DiagonalRoute)
    check_level(level)
    weights = require_spatial(parts, "impacts by region")
    at = parameters_of(parts, term)
    diagonals = diagonals_of(parts, diagonal, seed)
    W, V = weights.sparse, parts.lagged_by
    effects: dict[str, AtRho] = {
        OWN: lambda rho: own(diagonals(rho)),
        RECEIVED: lambda rho: received(W, rho, lagged_by=V).minus(own(diagonals(rho))),
        GIVEN: lambda rho: given(W, rho, lagged_by=V).minus(own(diagonals(rho))),
    }
    question = _Question(parts, term, method, draws, seed, level)
    answers = {name: question.answer(effect) for name, effect in effects.items()}
    notes = (*next(iter(answers.values()))[1], *_probe_notes(diagonals(at.rho), at))
    probed = bool(diagonals(at.rho).error_m.any())
    drawn = method == "monte-carlo"
    return ImpactsByRegion(
        term,
        _stacked(weights.ids, {name: table for name, (table, _) in answers.items()}),
        method,
        level,
        replace(parts.provenance, seed=seed) if drawn or probed else parts.provenance,
        "simulation" if drawn or probed else parts.tolerance,
        notes,
    )


def impulse_of(
    parts: ImpactParts,
    term: str,
    region: object,
    *,
    size: float,
    method: ImpactMethod,
    draws: int,
    seed: int,
    level: float,
) -> Impulse:
    """Compute what a change of a term in one region does to every region; see the class."""
    check_option("method", method, ImpactMethod)
    check_level(level)
    weights = require_spatial(parts, "the effects of a change in one region")
    size = _finite(size)
    source = _source(weights, region)
    W, V, n = weights.sparse, parts.lagged_by, weights.n
    question = _Question(parts, term, method, draws, seed, level)
    table, notes = question.answer(
        lambda rho: impulse(W, rho, source, lagged_by=V).scaled(size).with_sum()
    )
    index = pd.Index([*weights.ids, "total"], dtype=object)
    frame = pd.DataFrame(table, index=index)
    regions = frame.iloc[:n].set_axis(weights.ids.rename("region"), axis=0)
    return Impulse(
        term,
        region,
        size,
        regions,
        frame.iloc[n].rename("total"),
        method,
        level,
        replace(parts.provenance, seed=seed) if method == "monte-carlo" else parts.provenance,
        "simulation" if method == "monte-carlo" else parts.tolerance,
        notes,
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """How effects by region are to be judged: by which method, for which term."""

    parts: ImpactParts
    term: str
    method: ImpactMethod
    draws: int
    seed: int
    level: float

    def answer(self, weights_at: AtRho) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
        """Return the coefficient columns, each (n,), and notes."""
        at = parameters_of(self.parts, self.term)
        here = weights_at(at.rho)
        estimate = here.effect(at.beta, at.theta)
        if self.method == "delta":
            error = here.std_error(at.beta, at.theta, at.covariance)
            return inference(estimate, error, df=self.parts.df, level=self.level), ()
        sample = parameter_draws(self.parts, self.draws, self.seed)
        K = len(self.parts.terms)
        rho, beta, theta = sample[:, [0, 1 + at.column, 1 + K + at.column]].T
        limits = admissible_interval(self.parts)
        kept = (rho > limits[0]) & (rho < limits[1])
        enough(int(kept.sum()), self.draws)
        rho, beta, theta = rho[kept], beta[kept], theta[kept]
        drawn = curve(weights_at, rho, limits=limits)
        columns = drawn_by_blocks(
            estimate,
            lambda part: drawn.effects(rho, beta, theta, regions=part),
            rows=len(rho),
            level=self.level,
        )
        return columns, draw_notes(len(rho), self.draws, self.seed)


def diagonals_of(
    parts: ImpactParts, route: DiagonalRoute, seed: int
) -> Callable[[float], Diagonals]:
    """Return the diagonals as a function of ρ that remembers where it has been."""
    weights, V = require_spatial(parts, "impacts"), parts.lagged_by
    W = weights.sparse
    kept: dict[float, Diagonals] = {}
    probed = None
    if route == "probes" or (route == "auto" and not found_exactly(W, admissible_interval(parts))):
        signs = generator(seed, "diagonals").integers(0, 2, (weights.n, PROBES))
        probed = ProbedDiagonals(W, np.asarray(2.0 * signs - 1.0, dtype=np.float64), lagged_by=V)

    def at(rho: float) -> Diagonals:
        if rho not in kept:
            kept[rho] = exact_diagonals(W, rho, lagged_by=V) if probed is None else probed.at(rho)
        return kept[rho]

    return at


def _probe_notes(found: Diagonals, at: Any) -> tuple[str, ...]:
    error = abs(at.beta) * found.error_m + abs(at.theta) * found.error_mv
    if not error.any():
        return ()
    return (
        f"Own effects come from {PROBES} random probes: their standard error is "
        f"{float(np.mean(error)):.2g} on average and {float(error.max()):.2g} at most, beside the "
        'standard errors in the table. diagonal="exact" leaves none.',
    )


def _stacked(ids: pd.Index, tables: dict[str, dict[str, FloatArray]]) -> pd.DataFrame:
    """Lay the effects of each region out as rows (region, effect)."""
    index = pd.MultiIndex.from_product([ids, list(tables)], names=["region", "effect"])
    columns = next(iter(tables.values()))
    return pd.DataFrame(
        {name: np.column_stack([t[name] for t in tables.values()]).ravel() for name in columns},
        index=index,
    )


def _source(weights: Weights, region: object) -> int:
    if region not in weights.ids:
        raise IdError(
            "region",
            expected="a region of the fit",
            found=repr(region),
            remedy=f"ids look like {listing(list(weights.ids))}",
        )
    return int(np.flatnonzero(weights.ids == region)[0])


def _finite(size: float) -> float:
    number = isinstance(size, int | float | np.number) and not isinstance(size, bool)
    if not number or not np.isfinite(size) or size == 0:
        raise InputError(
            "size",
            expected="a finite number other than 0",
            found=repr(size),
            remedy="size=1.0, a unit of the term as the formula writes it",
        )
    return float(size)
