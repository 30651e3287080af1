"""Parameters of an effect: their estimates, their covariance, and draws of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.seeds import generator
from workbench.core.vocabulary import COEFFICIENT_COLUMNS, Reference, critical_value, two_sided_p
from workbench.errors import ConvergenceError, InputError, unknown_option
from workbench.typing import FloatArray, ImpactMethod, IntArray

if TYPE_CHECKING:
    from workbench.regression.impacts import ImpactParts
    from workbench.weights import Weights

SMALLEST_DRAWS = 100
INDEFINITE = -1e-8
# Smallest eigenvalue of a correlation matrix that rounding explains.


@dataclass(frozen=True, slots=True)
class TermParameters:
    """ρ, β and θ of one regressor.

    Attributes
    ----------
    rho, beta, theta : float
        Estimates; 0 where the model has none.
    covariance : ndarray of shape (3, 3)
        Of (ρ, β, θ); zeros where the model has none.
    column : int
        Place of the regressor among those of the model.
    """

    rho: float
    beta: float
    theta: float
    covariance: FloatArray
    column: int


def parameters_of(parts: ImpactParts, term: str) -> TermParameters:
    """Return ρ, β and θ of a term, or refuse a term that the model does not have."""
    if term not in parts.terms:
        raise unknown_option("term", term, parts.terms)
    column = parts.terms.index(term)
    at = np.array([parts.rho, parts.own[column], parts.lagged[column]])
    rho, beta, theta = picked(parts.estimates, at)
    return TermParameters(
        float(rho), float(beta), float(theta), sound_covariance_at(parts.cov, at), column
    )


def picked(values: FloatArray, positions: IntArray) -> FloatArray:
    """Return the values at the positions, 0 where a position is −1."""
    return np.where(positions >= 0, values[positions], 0.0)


def covariance_at(cov: FloatArray, positions: IntArray) -> FloatArray:
    """Return the covariance at the positions, rows and columns of zeros where one is −1."""
    known = positions >= 0
    return np.where(np.outer(known, known), cov[np.ix_(positions, positions)], 0.0)


def sound_covariance_at(cov: FloatArray, positions: IntArray) -> FloatArray:
    """Return the covariance at the positions; refuse one with a negative variance in it."""
    part = covariance_at(cov, positions)
    scale = np.sqrt(np.diag(part))
    inverse = 1 / np.where(scale > 0, scale, 1.0)
    smallest = float(np.linalg.eigvalsh(part * np.outer(inverse, inverse)).min())
    if smallest < INDEFINITE:
        raise InputError(
            "covariance",
            expected="a positive semi-definite covariance for impacts",
            found=f"a smallest eigenvalue of {smallest:.3g}, in units of the variances",
            why="some impacts, which combine coefficients, would have a negative variance",
            remedy='fit.with_covariance("HC3").impacts(), of a panel '
            'fit.with_covariance("clustered").impacts(), or a kernel that is sure to be positive '
            'semi-definite, Conley(..., kernel="spherical")',
        )
    return part


def parameter_draws(parts: ImpactParts, draws: int, seed: int) -> FloatArray:
    """Draw (ρ, β_1 … β_K, θ_1 … θ_K) from their normal distribution, shape (draws, 1 + 2K).

    The same seed gives the same draws to every question about a fit.
    """
    if draws < SMALLEST_DRAWS:
        raise InputError("draws", expected=f"at least {SMALLEST_DRAWS}", found=repr(draws))
    if not (parts.df is None or isinstance(parts.df, float)):
        raise InputError(
            "method",
            expected="'delta' for a covariance with critical values of its own",
            found="'monte-carlo'",
            why="quantiles of normal draws would be too narrow",
            remedy='impacts(method="delta")',
        )
    positions = np.concatenate([[parts.rho], parts.own, parts.lagged])
    mean = picked(parts.estimates, positions)
    root = square_root(covariance_at(parts.cov, positions))
    normal = generator(seed, "impacts").standard_normal((draws, len(mean)))
    return np.asarray(mean + normal @ root.T)


def square_root(cov: FloatArray) -> FloatArray:
    """Return R with RR' = cov, by eigenvalues: parameters that are not estimated have none."""
    values, vectors = np.linalg.eigh(cov)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0, None)))


def enough(admissible: int, draws: int) -> None:
    """Refuse if too few draws have ρ in the admissible interval."""
    if admissible < SMALLEST_DRAWS:
        raise ConvergenceError(
            "draws",
            expected=f"at least {SMALLEST_DRAWS} draws with rho in the admissible interval",
            found=f"{admissible} of {draws}",
            why="the estimate of rho lies too near the edge of the interval",
            remedy='method="delta"',
        )


def draw_notes(kept: int, draws: int, seed: int) -> tuple[str, ...]:
    """Return what a reader must know about intervals from draws."""
    notes = [f"{kept} draws, seed {seed}; intervals are quantiles of the draws."]
    if kept < draws:
        # Impacts of a normal rho that reaches the end of its interval have no variance: what the
        # standard deviation of some draws is, a seed decides.
        notes.append(
            f"{draws - kept} of {draws} draws had rho outside its interval and were left out. "
            "Others come close to its end, where effects have no bound: read the interval rather "
            "than std_error, statistic and p_value."
        )
    return tuple(notes)


def require_spatial(parts: ImpactParts, what: str) -> Weights:
    """Return the weights of a model with Wy or WX; refuse one whose effects stay at home."""
    weights = parts.weights if parts.weights is not None else parts.weights_x
    if not parts.spatial or weights is None:
        raise InputError(
            "model",
            expected=f"a model with Wy or WX, for {what}",
            found=repr(parts.model),
            why="a change in a region has no effect on others by the form of this model",
            remedy='wb.fit(formula, data, W, model="sdm")',
        )
    return weights


def admissible_interval(parts: ImpactParts) -> tuple[float, float]:
    """Return the open interval of ρ; any around 0 for a model without Wy, whose ρ is 0."""
    if parts.rho < 0:
        return -1.0, 1.0
    spectrum = require_spatial(parts, "impacts").spectrum
    return spectrum.rho_low, spectrum.rho_high


def inference(
    estimate: FloatArray, std_error: FloatArray, *, df: float | Reference | None, level: float
) -> dict[str, FloatArray]:
    """Return the glossary's coefficient columns of estimates and standard errors.

    An effect that is zero by the form of the model has neither error nor interval.
    """
    estimate = estimate + 0.0  # no -0
    by_form = (estimate == 0) & (std_error == 0)
    error = np.where(by_form, np.nan, std_error)
    with np.errstate(divide="ignore"):
        statistic = estimate / error
    half = critical_value(level, df=df) * error
    columns = (estimate, error, statistic, two_sided_p(statistic, df=df))
    return dict(zip(COEFFICIENT_COLUMNS, (*columns, estimate - half, estimate + half), strict=True))


def drawn_inference(
    estimate: FloatArray, draws: FloatArray, *, level: float
) -> dict[str, FloatArray]:
    """Return the coefficient columns from draws along the first axis, quantiles as intervals."""
    tail = (1 - level) / 2
    error = draws.std(axis=0, ddof=1)
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    estimate = estimate + 0.0  # no -0
    by_form = (estimate == 0) & (error == 0)
    error, low, high = (np.where(by_form, np.nan, part) for part in (error, low, high))
    with np.errstate(divide="ignore"):
        statistic = estimate / error
    columns = (estimate, error, statistic, two_sided_p(statistic, df=None), low, high)
    return dict(zip(COEFFICIENT_COLUMNS, columns, strict=True))


def drawn_by_blocks(
    estimate: FloatArray,
    draw: Callable[[slice], FloatArray],
    *,
    rows: int,
    level: float,
) -> dict[str, FloatArray]:
    """Return the coefficient columns of many regions without holding all their draws.

    Parameters
    ----------
    estimate : ndarray of shape (n,)
    draw : callable
        From a slice of regions to draws of shape (rows, regions).
    rows : int
        Number of draws.
    level : float
        Of the intervals.
    """
    block = max(1, int(4e6 // rows))  # 32 MB of draws at a time
    pieces = [
        drawn_inference(estimate[part], draw(part), level=level)
        for part in (slice(s, s + block) for s in range(0, len(estimate), block))
    ]
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def is_drawn(method: ImpactMethod) -> bool:
    """Return whether the method draws parameters."""
    return method == "monte-carlo"
