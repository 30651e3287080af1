"""Impacts of dynamic spatial panels: in the long run, and period by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.core.vocabulary import check_level
from workbench.errors import InputError, PanelError, check_option, unknown_option
from workbench.numerics.panels.dynamic import extremes_of
from workbench.numerics.responses.paths import Nodes, nodes_of, responses
from workbench.numerics.sparse.matrices import CsrArray, as_weights
from workbench.regression.impacts import (
    EFFECTS,
    ImpactParts,
    Impacts,
    effect_draws,
    impact_table,
    impacts_of,
)
from workbench.regression.parameters import (
    SMALLEST_DRAWS,
    drawn_inference,
    enough,
    inference,
    is_drawn,
    picked,
    sound_covariance_at,
    square_root,
)
from workbench.typing import BoolArray, Change, FloatArray, ImpactMethod, IntArray

if TYPE_CHECKING:
    from workbench.panels.dynamic.results import DynamicPanelResults

LONGEST = 200


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImpactPath:
    """Impacts in each period after a change.

    Attributes
    ----------
    table : pandas.DataFrame
        Index (term, effect, horizon), horizon 0 the period of the change; columns ``estimate
        std_error statistic p_value conf_low conf_high``, in units of the outcome per unit of the
        regressor.
    change : {"permanent", "temporary"}
    method : {"delta", "monte-carlo"}
    level : float
        Of the intervals, each of one period alone.
    notes : tuple of str
        What the reader must know.
    provenance : Provenance
        Of the model.
    """

    table: pd.DataFrame
    change: Change
    method: ImpactMethod
    level: float
    notes: tuple[str, ...]
    provenance: Provenance

    def tidy(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def effect(self, term: str, effect: str = "total") -> pd.DataFrame:
        """Return the rows of one term and effect, a row a period."""
        for name, value, options in (
            ("term", term, list(self.table.index.unique("term"))),
            ("effect", effect, EFFECTS),
        ):
            if value not in options:
                raise unknown_option(name, value, options)
        return pd.DataFrame(self.table.xs((term, effect), level=("term", "effect")))

    def plot(self, *, terms: Sequence[str] | None = None, title: str = "") -> Any:
        """Return a chart of the paths with their intervals.

        Parameters
        ----------
        terms : sequence of str, optional
            Those to draw, in this order; all without.
        title : str
            Heading of the figure.

        Raises
        ------
        OptionError
            If the path does not have a term.
        """
        known = list(self.table.index.unique("term"))
        for term in terms or ():
            if term not in known:
                raise unknown_option("terms", term, known)
        return display.picture("impact path", self, terms=terms, title=title)

    def _heading(self) -> str:
        kind = "that stays" if self.change == "permanent" else "for one period"
        return f"Impacts over time of a change {kind} ({self.level:.0%} intervals)"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.table)], self.notes)


@dataclass(frozen=True, slots=True, eq=False)
class _Parameters:
    """(τ, η, ρ, β_1 … β_K, θ_1 … θ_K) with covariance; zeros for what the model lacks."""

    values: FloatArray
    covariance: FloatArray
    parts: ImpactParts

    @property
    def K(self) -> int:
        return len(self.parts.terms)


def _parameters(fit: DynamicPanelResults) -> _Parameters:
    parts = fit._impact_parts()
    if not parts.terms:
        raise InputError(
            "formula", expected="a regressor besides the intercept", found="none to take impacts of"
        )
    at = np.concatenate([fit._feedback_at(), parts.own, parts.lagged])
    return _Parameters(picked(parts.estimates, at), sound_covariance_at(parts.cov, at), parts)


def settled_values(values: FloatArray) -> FloatArray:
    """Return (ρ*, β*, θ*) = (ρ + η, β, θ)/(1 − τ) along the last axis."""
    tau, eta, rho = (values[..., i, None] for i in range(3))
    return np.asarray(np.concatenate([rho + eta, values[..., 3:]], axis=-1) / (1.0 - tau))


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What impacts in the long run are computed from.

    Attributes
    ----------
    parts : ImpactParts
        Of the static model that the long run amounts to, its parameters (ρ*, β*, θ*).
    jacobian : ndarray of shape (1 + 2K, 3 + 2K)
        Derivatives of these in (τ, η, ρ, β, θ).
    positions : ndarray of int, shape (3 + 2K,)
        Where τ, η, ρ, β and θ are among the estimates; −1 where the model has none.
    """

    parts: ImpactParts
    jacobian: FloatArray
    positions: IntArray


def settled(fit: DynamicPanelResults) -> Settled:
    """Return the static model with ρ* = (ρ + η)/(1 − τ), β* = β/(1 − τ), θ* = θ/(1 − τ)."""
    p = _parameters(fit)
    stay = 1.0 - p.values[0]
    values = settled_values(p.values)
    J = np.zeros((values.size, p.values.size))
    J[:, 0] = values / stay
    J[0, 1] = J[0, 2] = 1.0 / stay
    J[1:, 3:] = np.eye(values.size - 1) / stay
    places = np.arange(values.size)
    spreads = bool((fit._feedback_at()[1:] >= 0).any())
    parts = replace(
        p.parts,
        own=places[1 : 1 + p.K],
        lagged=np.where(p.parts.lagged >= 0, places[1 + p.K :], -1),
        rho=0 if spreads else -1,
        estimates=values,
        cov=J @ p.covariance @ J.T,
        traces=None,
    )
    at = np.concatenate([fit._feedback_at(), p.parts.own, p.parts.lagged])
    return Settled(parts, J, at)


def long_run(
    fit: DynamicPanelResults, *, method: ImpactMethod, draws: int, seed: int, level: float
) -> Impacts:
    """Return the impacts that a change which stays has in the end; see :func:`settled`."""
    check_option("method", method, ImpactMethod)
    check_level(level)
    parts = settled(fit).parts
    if not is_drawn(method) or not parts.spatial:
        return impacts_of(parts, method=method, draws=draws, seed=seed, level=level)
    sample, kept = dynamic_draws(fit, draws, seed)
    effects, inside = effect_draws(parts, settled_values(sample[kept]))
    estimate = impacts_of(parts, method="delta", draws=draws, seed=seed, level=level).table
    columns = drawn_inference(estimate["estimate"].to_numpy().reshape(-1, 3), effects, level=level)
    return Impacts(
        impact_table(parts, columns),
        "monte-carlo",
        level,
        replace(parts.provenance, seed=seed),
        "simulation",
        _draw_notes(int(inside.sum()), draws, seed),
    )


def dynamic_draws(fit: DynamicPanelResults, draws: int, seed: int) -> tuple[FloatArray, BoolArray]:
    """Return draws of (τ, η, ρ, β, θ), and under which of them there is a long run."""
    return _draws(fit, _parameters(fit), draws, seed, stable=True)


def over_time(
    fit: DynamicPanelResults,
    periods: int,
    *,
    change: Change,
    method: ImpactMethod,
    draws: int,
    seed: int,
    level: float,
) -> ImpactPath:
    """Return the path of impacts; see :meth:`DynamicPanelResults.impacts_over_time`."""
    check_option("change", change, Change)
    check_option("method", method, ImpactMethod)
    check_level(level)
    if not isinstance(periods, int) or isinstance(periods, bool) or not 0 <= periods <= LONGEST:
        raise InputError("periods", expected=f"0 to {LONGEST}", found=repr(periods))
    p = _parameters(fit)
    if p.parts.lagged_by is not None:
        raise PanelError(
            "W_x",
            expected="one W for Wy and WX, for the path of effects over time",
            found="weights of the regressors of their own",
            remedy='fit.impacts() and fit.impacts(horizon="long-run") take them',
        )
    permanent = change == "permanent"
    notes: tuple[str, ...] = ()
    sample = p.values[None]
    if is_drawn(method):
        made, kept = _draws(fit, p, draws, seed, stable=False)
        sample, notes = np.vstack([sample, made[kept]]), _draw_notes(int(kept.sum()), draws, seed)
    nodes = nodes_of(_matrix(fit), sample[:, :3], periods)
    estimate, error = _by_delta(nodes, p, periods, permanent)
    if is_drawn(method):
        drawn = _paths(nodes, sample[1:], p.K, periods, permanent=permanent)
        columns = drawn_inference(estimate, drawn, level=level)
    else:
        columns = inference(estimate, error, df=None, level=level)
    index = pd.MultiIndex.from_product(
        [p.parts.terms, EFFECTS, range(periods + 1)], names=["term", "effect", "horizon"]
    )
    table = pd.DataFrame({name: c.ravel() for name, c in columns.items()}, index=index)
    provenance = replace(p.parts.provenance, seed=seed) if is_drawn(method) else fit.provenance
    return ImpactPath(table, change, method, level, notes, provenance)


def _three(direct: FloatArray, total: FloatArray, axis: int) -> FloatArray:
    return np.stack([direct, total - direct, total], axis=axis)


def _by_delta(
    nodes: Nodes, p: _Parameters, periods: int, permanent: bool
) -> tuple[FloatArray, FloatArray]:
    """Return estimates and standard errors, shape (K, 3, H + 1)."""
    found = responses(nodes, p.values[None, :3], periods, permanent=permanent, slopes=True)
    estimate = _paths(nodes, p.values[None], p.K, periods, permanent=permanent)[0]
    error = np.empty_like(estimate)
    # (3, H + 1, 2) and (3, H + 1, 2, 3): by effect, horizon, (β, θ)
    values = _three(found.values[0, :, 0], found.values[0, :, 1], 0)
    slopes = _three(found.slopes[0, :, 0], found.slopes[0, :, 1], 0)
    for k in range(p.K):
        at = np.array([0, 1, 2, 3 + k, 3 + p.K + k])
        own = np.einsum("ehbp,b->ehp", slopes, p.values[at[3:]])
        J = np.concatenate([own, values], axis=-1)
        V = p.covariance[np.ix_(at, at)]
        error[k] = np.sqrt(np.clip(np.einsum("ehi,ij,ehj->eh", J, V, J), 0.0, None))
    return estimate, error


def _paths(
    nodes: Nodes, sample: FloatArray, K: int, periods: int, *, permanent: bool
) -> FloatArray:
    """Return impacts at parameter points, shape (R, K, 3, H + 1)."""
    found = responses(nodes, sample[:, :3], periods, permanent=permanent).values
    coefficients = np.stack([sample[:, 3 : 3 + K], sample[:, 3 + K :]], axis=-1)
    both = np.einsum("rhab,rkb->rkah", found, coefficients)
    return _three(both[:, :, 0], both[:, :, 1], 2)


def _draws(
    fit: DynamicPanelResults, p: _Parameters, draws: int, seed: int, *, stable: bool
) -> tuple[FloatArray, BoolArray]:
    """Return draws of the parameters, and which have ρ in its interval.

    With `stable` also shocks that die out: without, there is no long run, but a path.
    """
    if draws < SMALLEST_DRAWS:
        raise InputError("draws", expected=f"at least {SMALLEST_DRAWS}", found=repr(draws))
    normal = generator(seed, "impacts").standard_normal((draws, len(p.values)))
    sample = np.asarray(p.values + normal @ square_root(p.covariance).T)
    kept = np.ones(draws, dtype=bool)
    if p.parts.rho >= 0:
        limits = fit.require_weights().spectrum
        kept = (sample[:, 2] > limits.rho_low) & (sample[:, 2] < limits.rho_high)
    if stable:
        kept &= _sizes(_matrix(fit), sample) < 1.0
    enough(int(kept.sum()), draws)
    return sample, kept


def _matrix(fit: DynamicPanelResults) -> CsrArray:
    """Return W; a region without neighbours stands for all where the model has none."""
    if fit.weights is None:
        return sparse.csr_array((1, 1))
    return as_weights(fit.weights.sparse)


def _sizes(W: CsrArray, sample: FloatArray) -> FloatArray:
    """Return the largest root of each draw."""
    values, _ = extremes_of(W)
    block = 256
    pieces = []
    for start in range(0, len(sample), block):
        tau, eta, rho = (sample[start : start + block, i, None] for i in range(3))
        pieces.append(np.abs((tau + eta * values) / (1.0 - rho * values)).max(axis=1))
    return np.concatenate(pieces)


def _draw_notes(kept: int, draws: int, seed: int) -> tuple[str, ...]:
    notes = [f"{kept} draws, seed {seed}; intervals are quantiles of the draws."]
    if kept < draws:
        notes.append(
            f"{draws - kept} of {draws} draws had rho outside its interval, or no long run, and "
            "were left out."
        )
    return tuple(notes)
