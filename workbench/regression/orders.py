"""Impacts by the order of neighbours: how much comes from next door, and from further on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.core.vocabulary import check_level
from workbench.errors import InputError, check_option
from workbench.numerics.responses.impacts import impact_weights
from workbench.numerics.responses.regional import averages
from workbench.numerics.responses.traces import lag_traces
from workbench.numerics.responses.walks import OrderWeights, Walks, order_weights, walks
from workbench.numerics.sparse.matrices import DENSE_LIMIT
from workbench.regression.impacts import EFFECTS, ImpactParts, effect_draws, impacts_of
from workbench.regression.parameters import (
    draw_notes,
    drawn_inference,
    enough,
    inference,
    parameter_draws,
    parameters_of,
    require_spatial,
)
from workbench.typing import FloatArray, ImpactMethod, Tolerance

PROBES = 64
HIGHEST_ORDER = 100


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImpactsByOrder:
    """Direct, indirect and total impacts, split by how many steps over W they take.

    (I − ρW)⁻¹(β + θW) = βI + (ρβ + θ)W + ρ(ρβ + θ)W² + …; order p is the average of the part
    with Wᵖ: order 0 is the region itself, order 1 its neighbours, order 2 their neighbours, with
    the way back to the region itself among them (a direct impact of order 2 or more is feedback).

    Attributes
    ----------
    table : pandas.DataFrame
        Index (term, order, effect), the last order ``"beyond"`` being all others together;
        columns ``estimate std_error statistic p_value conf_low conf_high cumulative``, in units
        of the outcome per unit of the regressor. Parts that are zero by form have no error.
    method : {"delta", "monte-carlo"}
        How standard errors and intervals were computed.
    level : float
        Confidence level of the intervals.
    provenance : Provenance
        Of the model, with the seed.
    tolerance : str
        Kind of numbers, for comparison on another machine.
    notes : tuple of str
        What the reader must know.

    References
    ----------
    LeSage, J. and Pace, R. K. (2009). Introduction to Spatial Econometrics, 2.7.2.
    """

    table: pd.DataFrame
    method: ImpactMethod
    level: float
    provenance: Provenance
    tolerance: Tolerance
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return the table: a row a term, order and effect."""
        return self.table.copy()

    def plot(self, *, title: str = "") -> Any:
        """Draw the estimates of each order with their intervals, a panel an effect."""
        return display.picture("impacts by order", self, title=title)

    def _heading(self) -> str:
        return f"Impacts by order of neighbours ({self.level:.0%}): {self.provenance.formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.table)], self.notes)


def impacts_by_order_of(
    parts: ImpactParts, q: int, *, method: ImpactMethod, draws: int, seed: int, level: float
) -> ImpactsByOrder:
    """Split the impacts of every term by order 0 … q and beyond."""
    check_option("method", method, ImpactMethod)
    check_level(level)
    weights = require_spatial(parts, "impacts by order")
    if isinstance(q, bool) or not isinstance(q, int) or not 0 <= q <= HIGHEST_ORDER:
        raise InputError(
            "q", expected=f"a highest order from 0 to {HIGHEST_ORDER}", found=repr(q), remedy="q=4"
        )
    probes: FloatArray | None = None
    notes: tuple[str, ...] = ()
    if weights.n > DENSE_LIMIT:
        signs = generator(seed, "traces").integers(0, 2, (weights.n, PROBES))
        probes = np.asarray(2.0 * signs - 1.0, dtype=np.float64)
    found = walks(weights.sparse, q, lagged_by=parts.lagged_by, probes=probes)
    if method == "delta":
        estimate, error = _by_delta(parts, found, level)
        columns = inference(estimate, error, df=parts.df, level=level)
    else:
        columns, notes = _by_draws(parts, found, draws=draws, seed=seed, level=level)
    drawn = method == "monte-carlo"
    return ImpactsByOrder(
        _table(parts, columns, q),
        method,
        level,
        replace(parts.provenance, seed=seed) if drawn or probes is not None else parts.provenance,
        "simulation" if drawn else parts.tolerance,
        (*notes, *_probe_notes(found)),
    )


def _by_delta(parts: ImpactParts, found: Walks, level: float) -> tuple[FloatArray, FloatArray]:
    """Return estimates and standard errors, each (K, q + 2, 3), the last order the rest."""
    whole = impacts_of(parts, method="delta", draws=0, seed=0, level=level)
    K, orders = len(parts.terms), len(found.traces)
    estimate, error = np.zeros((K, orders + 1, 3)), np.zeros((K, orders + 1, 3))
    weights = order_weights(found, parameters_of(parts, parts.terms[0]).rho)
    to_beta, to_theta, slope_beta, slope_theta = _gradients(weights)
    all_beta, all_theta, all_slope_beta, all_slope_theta = whole_gradients(parts)
    for k, term in enumerate(parts.terms):
        at = parameters_of(parts, term)
        estimate[k, :-1] = at.beta * to_beta + at.theta * to_theta
        rest = whole.table["estimate"].to_numpy().reshape(K, 3)[k]
        estimate[k, -1] = rest - estimate[k, :-1].sum(axis=0)
        by_rho = at.beta * slope_beta + at.theta * slope_theta
        own = np.stack([by_rho, to_beta, to_theta])
        every = np.stack(
            [at.beta * all_slope_beta + at.theta * all_slope_theta, all_beta, all_theta]
        )
        gradient = np.concatenate([own, (every - own.sum(axis=1))[:, None]], axis=1)
        variance = np.einsum("poe,pq,qoe->oe", gradient, at.covariance, gradient)
        error[k] = np.sqrt(np.clip(variance, 0.0, None))
    return estimate, error


def _gradients(w: OrderWeights) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return what multiplies β and θ, and the slopes, for direct, indirect, total: (q + 1, 3)."""
    return (
        _three(w.direct_beta, w.total_beta),
        _three(w.direct_theta, w.total_theta),
        _three(w.slope_direct_beta, w.slope_total_beta),
        _three(w.slope_direct_theta, w.slope_total_theta),
    )


def whole_gradients(parts: ImpactParts) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return what multiplies β and θ in the impacts of all orders, and the slopes: (3,) each."""
    rho = float(parts.estimates[parts.rho]) if parts.rho >= 0 else 0.0
    weights = require_spatial(parts, "impacts")
    if parts.lagged_by is not None:
        other = averages(weights.sparse, rho, lagged_by=parts.lagged_by).with_difference()
        return other.a, other.b, other.slope_a, other.slope_b
    w = impact_weights(parts.traces or lag_traces(weights.sparse, rho=rho))
    pairs = (
        (w.direct_beta, w.total_beta),
        (w.direct_theta, w.total_theta),
        (w.slope_direct_beta, w.slope_total_beta),
        (w.slope_direct_theta, w.slope_total_theta),
    )
    first, second, third, fourth = (_three(np.array(d), np.array(t)) for d, t in pairs)
    return first, second, third, fourth


def _by_draws(
    parts: ImpactParts, found: Walks, *, draws: int, seed: int, level: float
) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    K = len(parts.terms)
    sample = parameter_draws(parts, draws, seed)
    effects, kept = effect_draws(parts, sample)
    sample = sample[kept]
    enough(len(sample), draws)
    drawn = np.zeros((len(sample), K, len(found.traces) + 1, 3))
    for row, rho in enumerate(sample[:, 0]):
        to_beta, to_theta, _, _ = _gradients(order_weights(found, float(rho)))
        beta, theta = sample[row, 1 : 1 + K], sample[row, 1 + K :]
        drawn[row, :, :-1] = beta[:, None, None] * to_beta + theta[:, None, None] * to_theta
    drawn[:, :, -1] = effects - drawn[:, :, :-1].sum(axis=2)
    estimate, _ = _by_delta(parts, found, level)
    return drawn_inference(estimate, drawn, level=level), draw_notes(len(sample), draws, seed)


def _three(direct: FloatArray, total: FloatArray) -> FloatArray:
    return np.stack([direct, total - direct, total], axis=-1)


def _table(parts: ImpactParts, columns: dict[str, FloatArray], q: int) -> pd.DataFrame:
    orders = [*range(q + 1), "beyond"]
    index = pd.MultiIndex.from_product(
        [parts.terms, orders, EFFECTS], names=["term", "order", "effect"]
    )
    table = pd.DataFrame({name: column.ravel() for name, column in columns.items()}, index=index)
    table["cumulative"] = np.cumsum(columns["estimate"], axis=1).ravel() + 0.0
    return table


def _probe_notes(found: Walks) -> tuple[str, ...]:
    errors = np.maximum(found.errors, found.lagged_errors)
    if not errors.any():
        return ()
    first = int(np.flatnonzero(errors)[0])
    return (
        f"Traces of order {first} and above come from {PROBES} random probes: standard error of "
        f"tr(W^p)/n at most {errors.max() / found.n:.2g}.",
    )
