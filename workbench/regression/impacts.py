"""Impacts: what a spillover is. Direct, indirect and total effects with standard errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import Reference, check_level
from workbench.errors import InputError, check_option, unknown_option
from workbench.numerics.responses.impacts import average_impacts, impact_draws, impact_std_errors
from workbench.numerics.responses.regional import RegionalWeights, averages, curve
from workbench.numerics.responses.traces import LagTraces, lag_traces
from workbench.numerics.sparse.matrices import CsrArray
from workbench.regression.parameters import (
    admissible_interval,
    draw_notes,
    drawn_inference,
    enough,
    inference,
    parameter_draws,
    parameters_of,
    picked,
    require_spatial,
    sound_covariance_at,
)
from workbench.typing import BoolArray, FloatArray, ImpactMethod, IntArray, Tolerance
from workbench.weights import Weights

EFFECTS = ("direct", "indirect", "total")
FEW = 250
# Observations below which delta intervals of indirect impacts were seen to fall short of their
# level by more than a point (docs/validation.md).

SHORT = (
    "With so few observations delta intervals of indirect and total impacts hold the truth less "
    'often than they say: see impacts(method="monte-carlo") or, of cross-sections, '
    'bootstrap("impacts", interval="studentised").'
)
ZERO_BY_FORM = "Indirect impacts of this model are zero by its form, not by estimate."


@dataclass(frozen=True, slots=True, eq=False)
class ImpactParts:
    """What the impacts of a model are computed from.

    Attributes
    ----------
    model : str
        Model word.
    terms : tuple of str, length K
        Regressors whose impacts are wanted.
    own, lagged : ndarray of int, shape (K,)
        Positions of β and θ among the estimates; −1 where a term is not lagged.
    rho : int
        Position of ρ among the estimates; −1 where the model has none.
    estimates, cov : ndarray, shapes (p,) and (p, p)
        Parameters and covariance.
    df : float, Reference or None
        Degrees of freedom of Student's t; None for the normal distribution; or one of its own.
    weights : Weights or None
        W in use; None for models without W.
    traces : LagTraces or None
        Of W at the estimate of ρ, where the estimator kept them.
    provenance : Provenance
        Of the model.
    tolerance : str
        Kind of numbers, for comparison on another machine.
    weights_x : Weights or None
        W of WX where it is another than that of Wy.
    """

    model: str
    terms: tuple[str, ...]
    own: IntArray
    lagged: IntArray
    rho: int
    estimates: FloatArray
    cov: FloatArray
    df: float | Reference | None
    weights: Weights | None
    traces: LagTraces | None
    provenance: Provenance
    tolerance: Tolerance
    weights_x: Weights | None = None

    @property
    def lagged_by(self) -> CsrArray | None:
        """The matrix that lags regressors, or None where it is that of Wy."""
        if self.weights_x is None or self.weights_x is self.weights:
            return None
        return self.weights_x.sparse

    @property
    def spatial(self) -> bool:
        """Whether the model has Wy or WX, so that W enters its impacts."""
        return self.rho >= 0 or bool((self.lagged >= 0).any())


@dataclass(frozen=True, eq=False, repr=False)
class Impacts:
    """Average direct, indirect and total impacts of each regressor.

    In y = ρWy + Xβ + WXθ + ε a unit change of regressor k in region j changes the outcome of
    region i by the element ij of S = (I − ρW)⁻¹(β_k I + θ_k W). The direct impact is the mean of
    the diagonal of S, the total impact the mean of its row sums, the indirect impact (the
    spillover) their difference (LeSage and Pace 2009, section 2.7). Models without Wy have ρ = 0.

    Attributes
    ----------
    table : pandas.DataFrame
        Index (term, effect); columns ``estimate std_error statistic p_value conf_low conf_high``,
        in units of the outcome per unit of the regressor (elasticities when both are logs).
    method : str
        ``"delta"`` or ``"monte-carlo"``.
    level : float
        Confidence level of the intervals.
    notes : tuple of str
        What the reader must know, e.g. the share of draws that were rejected.
    provenance : Provenance
        Of the model, with method and seed.
    tolerance : str
        Kind of numbers, for comparison on another machine.
    """

    table: pd.DataFrame
    method: ImpactMethod
    level: float
    provenance: Provenance
    tolerance: Tolerance
    notes: tuple[str, ...] = ()

    @property
    def direct(self) -> pd.Series[Any]:
        """Direct impacts by term."""
        return self._effect("direct")

    @property
    def indirect(self) -> pd.Series[Any]:
        """Indirect impacts (spillovers) by term."""
        return self._effect("indirect")

    @property
    def total(self) -> pd.Series[Any]:
        """Total impacts by term."""
        return self._effect("total")

    def tidy(self) -> pd.DataFrame:
        """Return the table: index (term, effect) and the glossary's coefficient columns."""
        return self.table.copy()

    def __getitem__(self, key: tuple[str, str]) -> pd.Series[Any]:
        """Return one row, e.g. ``impacts["log(rd)", "indirect"]``."""
        term, effect = key
        if term not in self.table.index.get_level_values("term"):
            raise unknown_option("term", term, dict.fromkeys(self.table.index.get_level_values(0)))
        if effect not in EFFECTS:
            raise unknown_option("effect", effect, EFFECTS)
        row: pd.Series[Any] = self.table.loc[(term, effect), :]  # type: ignore[assignment]
        return row

    def plot(self) -> Any:
        """Return a chart of the impacts with their intervals."""
        return display.picture("impacts", self)

    def _effect(self, effect: str) -> pd.Series[Any]:
        return self.table["estimate"].xs(effect, level="effect").rename(effect)

    def _heading(self) -> str:
        how = "delta method" if self.method == "delta" else "Monte Carlo"
        return f"Impacts ({how}, {self.level:.0%} intervals): {self.provenance.formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.table)], self.notes)


def impacts_of(
    parts: ImpactParts, *, method: ImpactMethod, draws: int, seed: int, level: float
) -> Impacts:
    """Compute the impacts of a model from its parameters, covariance and W."""
    check_option("method", method, ImpactMethod)
    check_level(level)
    if not parts.terms:
        raise InputError(
            "formula", expected="a regressor besides the intercept", found="none to take impacts of"
        )
    if method == "delta":
        return _by_delta(parts, level)
    return _by_draws(parts, draws, seed, level)


def _by_delta(parts: ImpactParts, level: float) -> Impacts:
    estimate, std_error = _estimates(parts)
    return _assemble(parts, estimate, std_error, level)


def _estimates(parts: ImpactParts) -> tuple[FloatArray, FloatArray]:
    """Return impacts and delta-method standard errors, each of shape (K, 3)."""
    beta, theta = picked(parts.estimates, parts.own), picked(parts.estimates, parts.lagged)
    if not parts.spatial:
        zero = np.zeros_like(beta)
        errors = np.sqrt(np.diag(parts.cov))[parts.own]
        return np.stack([beta, zero, beta], axis=-1), np.stack([errors, zero, errors], axis=-1)
    rho = float(parts.estimates[parts.rho]) if parts.rho >= 0 else 0.0
    weights = require_spatial(parts, "impacts")
    if parts.lagged_by is not None:
        return _other_lags(parts, averages(weights.sparse, rho, lagged_by=parts.lagged_by))
    traces = parts.traces or lag_traces(weights.sparse, rho=rho)
    found = average_impacts(beta, theta, traces=traces)
    positions = np.concatenate([[parts.rho], parts.own, parts.lagged])
    return found.effects, impact_std_errors(found, sound_covariance_at(parts.cov, positions))


def _other_lags(parts: ImpactParts, w: RegionalWeights) -> tuple[FloatArray, FloatArray]:
    """Return impacts and standard errors where regressors are lagged by weights of their own."""
    both = w.with_difference()
    at = [parameters_of(parts, term) for term in parts.terms]
    return (
        np.stack([both.effect(p.beta, p.theta) for p in at]),
        np.stack([both.std_error(p.beta, p.theta, p.covariance) for p in at]),
    )


def effect_draws(parts: ImpactParts, sample: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return impacts of the admissible draws, shape (R, K, 3), and which draws these are."""
    weights = require_spatial(parts, "impacts")
    K, V = len(parts.terms), parts.lagged_by
    beta, theta = sample[:, 1 : 1 + K], sample[:, 1 + K :]
    if V is None:
        found = impact_draws(sample[:, 0], beta, theta=theta, W=weights.sparse)
        return found.effects[found.admissible], found.admissible
    W, limits = weights.sparse, admissible_interval(parts)
    kept = (sample[:, 0] > limits[0]) & (sample[:, 0] < limits[1])
    enough(int(kept.sum()), len(sample))
    rho = sample[kept, 0]
    drawn = curve(lambda r: averages(W, r, lagged_by=V).with_difference(), rho, limits=limits)
    columns = [
        drawn.effects(rho, beta[kept, k], theta[kept, k], regions=slice(None)) for k in range(K)
    ]
    return np.stack(columns, axis=1), kept


def _by_draws(parts: ImpactParts, draws: int, seed: int, level: float) -> Impacts:
    if not parts.spatial:
        raise InputError(
            "method",
            expected="'delta' for a model without Wy or WX",
            found="'monte-carlo'",
            why="its impacts are its coefficients, whose standard errors are known",
            remedy='impacts(method="delta")',
        )
    sample = parameter_draws(parts, draws, seed)
    effects, _ = effect_draws(parts, sample)
    enough(len(effects), draws)
    return _summarised(parts, effects, seed, level, draws)


def _summarised(
    parts: ImpactParts, effects: FloatArray, seed: int, level: float, draws: int
) -> Impacts:
    """Turn draws into standard deviations and quantile intervals around the estimates."""
    estimate, _ = _estimates(parts)
    columns = drawn_inference(estimate, effects, level=level)
    return Impacts(
        impact_table(parts, columns),
        "monte-carlo",
        level,
        replace(parts.provenance, seed=seed),
        "simulation",
        draw_notes(len(effects), draws, seed),
    )


def _assemble(
    parts: ImpactParts, estimate: FloatArray, std_error: FloatArray, level: float
) -> Impacts:
    """Put estimates and their inference into the table; an effect that is zero by form has none."""
    columns = inference(estimate, std_error, df=parts.df, level=level)
    notes = (ZERO_BY_FORM,) if np.isnan(columns["std_error"]).any() else ()
    if parts.rho >= 0 and parts.provenance.nobs < FEW:
        notes = (*notes, SHORT)
    return Impacts(
        impact_table(parts, columns), "delta", level, parts.provenance, parts.tolerance, notes
    )


def impact_table(parts: ImpactParts, columns: dict[str, FloatArray]) -> pd.DataFrame:
    """Lay columns of shape (K, 3) out as rows (term, effect)."""
    index = pd.MultiIndex.from_product([parts.terms, EFFECTS], names=["term", "effect"])
    return pd.DataFrame({name: column.ravel() for name, column in columns.items()}, index=index)
