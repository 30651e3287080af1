"""Impacts: what a spillover is. Direct, indirect and total effects with standard errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.core.vocabulary import (
    COEFFICIENT_COLUMNS,
    Reference,
    check_level,
    critical_value,
    two_sided_p,
)
from workbench.errors import ConvergenceError, InputError, check_option, unknown_option
from workbench.numerics.impacts import average_impacts, impact_draws, impact_std_errors
from workbench.numerics.traces import LagTraces, lag_traces
from workbench.typing import FloatArray, ImpactMethod, IntArray, Tolerance
from workbench.weights import Weights

EFFECTS = ("direct", "indirect", "total")
SMALLEST_DRAWS = 100
INDEFINITE = -1e-8
# Smallest eigenvalue of a correlation matrix that rounding explains.
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
    if draws < SMALLEST_DRAWS:
        raise InputError("draws", expected=f"at least {SMALLEST_DRAWS}", found=repr(draws))
    return _by_draws(parts, draws, seed, level)


def _by_delta(parts: ImpactParts, level: float) -> Impacts:
    estimate, std_error = _estimates(parts)
    return _assemble(parts, estimate, std_error, level)


def _estimates(parts: ImpactParts) -> tuple[FloatArray, FloatArray]:
    """Return impacts and delta-method standard errors, each of shape (K, 3)."""
    beta, theta = _picked(parts.estimates, parts.own), _picked(parts.estimates, parts.lagged)
    if not parts.spatial or parts.weights is None:
        zero = np.zeros_like(beta)
        errors = np.sqrt(np.diag(parts.cov))[parts.own]
        return np.stack([beta, zero, beta], axis=-1), np.stack([errors, zero, errors], axis=-1)
    rho = float(parts.estimates[parts.rho]) if parts.rho >= 0 else 0.0
    traces = parts.traces or lag_traces(parts.weights.sparse, rho=rho)
    found = average_impacts(beta, theta, traces=traces)
    positions = np.concatenate([[parts.rho], parts.own, parts.lagged])
    cov = _covariance_at(parts.cov, positions)
    _refuse_indefinite(cov)
    return found.effects, impact_std_errors(found, cov)


def _by_draws(parts: ImpactParts, draws: int, seed: int, level: float) -> Impacts:
    if not parts.spatial or parts.weights is None:
        raise InputError(
            "method",
            expected="'delta' for a model without Wy or WX",
            found="'monte-carlo'",
            why="its impacts are its coefficients, whose standard errors are known",
            remedy='impacts(method="delta")',
        )
    if not (parts.df is None or isinstance(parts.df, float)):
        raise InputError(
            "method",
            expected="'delta' for a covariance with critical values of its own",
            found="'monte-carlo'",
            why="quantiles of normal draws would be too narrow",
            remedy='impacts(method="delta")',
        )
    positions = np.concatenate([[parts.rho], parts.own, parts.lagged])
    mean = _picked(parts.estimates, positions)
    root = _square_root(_covariance_at(parts.cov, positions))
    normal = generator(seed, "impacts").standard_normal((draws, len(mean)))
    sample = mean + normal @ root.T
    K = len(parts.terms)
    found = impact_draws(
        sample[:, 0], sample[:, 1 : 1 + K], theta=sample[:, 1 + K :], W=parts.weights.sparse
    )
    effects = found.effects[found.admissible]
    rejected = 1 - found.admissible.mean()
    if len(effects) < SMALLEST_DRAWS:
        raise ConvergenceError(
            "draws",
            expected=f"at least {SMALLEST_DRAWS} draws with rho in the admissible interval",
            found=f"{len(effects)} of {draws}",
            why="the estimate of rho lies too near the edge of the interval",
            remedy='impacts(method="delta")',
        )
    return _summarised(parts, effects, seed, level, float(rejected))


def _summarised(
    parts: ImpactParts, effects: FloatArray, seed: int, level: float, rejected: float
) -> Impacts:
    """Turn draws into standard deviations and quantile intervals around the estimates."""
    estimate, _ = _estimates(parts)
    error = effects.std(axis=0, ddof=1)
    tail = (1 - level) / 2
    low, high = np.quantile(effects, [tail, 1 - tail], axis=0)
    statistic = estimate / error
    columns = (estimate, error, statistic, two_sided_p(statistic, df=None), low, high)
    notes = [f"{len(effects)} draws, seed {seed}; intervals are quantiles of the draws."]
    if rejected > 0:
        notes.append(f"{rejected:.1%} of the draws had rho outside its interval and were left out.")
    provenance = replace(parts.provenance, seed=seed)
    return Impacts(
        _table(parts, columns), "monte-carlo", level, provenance, "simulation", tuple(notes)
    )


def _assemble(
    parts: ImpactParts, estimate: FloatArray, std_error: FloatArray, level: float
) -> Impacts:
    """Put estimates and their inference into the table; an effect that is zero by form has none."""
    by_form = (estimate == 0) & (std_error == 0)
    error = np.where(by_form, np.nan, std_error)
    statistic = estimate / error
    p_value = two_sided_p(statistic, df=parts.df)
    half = critical_value(level, df=parts.df) * error
    columns = (estimate, error, statistic, p_value, estimate - half, estimate + half)
    notes = (ZERO_BY_FORM,) if by_form.any() else ()
    return Impacts(_table(parts, columns), "delta", level, parts.provenance, parts.tolerance, notes)


def _table(parts: ImpactParts, columns: tuple[FloatArray, ...]) -> pd.DataFrame:
    """Lay columns of shape (K, 3) out as rows (term, effect)."""
    index = pd.MultiIndex.from_product([parts.terms, EFFECTS], names=["term", "effect"])
    named = zip(COEFFICIENT_COLUMNS, columns, strict=True)
    return pd.DataFrame({name: column.ravel() for name, column in named}, index=index)


def _picked(values: FloatArray, positions: IntArray) -> FloatArray:
    """Return the values at the positions, 0 where a position is −1."""
    return np.where(positions >= 0, values[positions], 0.0)


def _covariance_at(cov: FloatArray, positions: IntArray) -> FloatArray:
    """Return the covariance at the positions, rows and columns of zeros where one is −1."""
    known = positions >= 0
    return np.where(np.outer(known, known), cov[np.ix_(positions, positions)], 0.0)


def _refuse_indefinite(cov: FloatArray) -> None:
    """Refuse a covariance that gives a combination of parameters a negative variance."""
    scale = np.sqrt(np.diag(cov))
    inverse = 1 / np.where(scale > 0, scale, 1.0)
    smallest = float(np.linalg.eigvalsh(cov * np.outer(inverse, inverse)).min())
    if smallest < INDEFINITE:
        raise InputError(
            "covariance",
            expected="a positive semi-definite covariance for impacts",
            found=f"a smallest eigenvalue of {smallest:.3g}, in units of the variances",
            why="some impacts, which combine coefficients, would have a negative variance",
            remedy='fit.with_covariance("HC3").impacts(), or a kernel that is sure to be positive '
            'semi-definite, Conley(..., kernel="spherical")',
        )


def _square_root(cov: FloatArray) -> FloatArray:
    """Return R with RR' = cov, by eigenvalues: parameters that are not estimated have none."""
    values, vectors = np.linalg.eigh(cov)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0, None)))
