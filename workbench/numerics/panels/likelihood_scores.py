"""Variance of the score of a spatial panel likelihood whose disturbances are not white and normal.

The score of (β, ρ, λ, σ²) is linear-quadratic in the disturbances: Σ_t (L_t′ε_t + ε_t′P_tε_t) less
its mean, over σ². What it varies by depends on which disturbances may depend on each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.numerics.likelihoods.quasi_likelihood import Moments
from workbench.numerics.panels.forms import FormLayer, form_layers
from workbench.numerics.panels.likelihood import PanelMaximum, PanelProblem, cleared_spread
from workbench.numerics.regression.hac import kernel_weights
from workbench.numerics.sparse.matrices import freeze
from workbench.numerics.threads import one_thread
from workbench.typing import FloatArray, IntArray

BLOCK = 256
"""Regions whose columns of H are solved for at once."""

PAIR_LIMIT = 20_000
"""Most regions whose pairs are summed over: 2·10⁸ of them, a minute or so."""


@dataclass(frozen=True, slots=True, eq=False)
class PanelScores:
    """The score of a panel likelihood as linear and quadratic forms.

    Attributes
    ----------
    linear : ndarray of shape (n, p)
        L, effects out, a column a parameter of (β, ρ, λ, σ²).
    residuals : ndarray of shape (n,)
        v = Qε̂, effects out.
    layers : tuple of FormLayer
        P of ρ and λ, the columns before σ² (and before φ, of random effects); that of σ² is
        I/(2σ²).
    region, period : ndarray of int, shape (n,)
    N, T : int
    sigma2 : float
    by_region, by_period : bool
        Which effects Q takes out.
    squares : ndarray of shape (N, p), or None
        What else the score of each region has, less its mean: of random effects, for φ.
    """

    linear: FloatArray
    residuals: FloatArray
    layers: tuple[FormLayer, ...]
    region: IntArray
    period: IntArray
    N: int
    T: int
    sigma2: float
    by_region: bool
    by_period: bool
    squares: FloatArray | None = None

    @property
    def places(self) -> tuple[int, ...]:
        """Columns of the parameters that have forms: those of ρ and λ."""
        end = self.linear.shape[1] - (1 if self.squares is None else 2)
        q = len(self.layers[0].forms) if self.layers else 0
        return tuple(range(end - q, end))

    def diagonals(self) -> FloatArray:
        """Return the diagonals of P, what effects of periods take out taken out; shape (n, p)."""
        out = np.zeros(self.linear.shape)
        for layer in self.layers:
            for place, form in zip(self.places, layer.forms, strict=True):
                out[layer.rows, place] = form.diagonal()[:, None]
        present = np.bincount(self.period, minlength=self.T)[self.period]
        out[:, -1] = (1.0 - (1.0 / present if self.by_period else 0.0)) / (2.0 * self.sigma2)
        return out


def panel_scores(
    problem: PanelProblem,
    found: PanelMaximum,
    *,
    region: IntArray,
    period: IntArray,
    shape: tuple[int, int],
    effects: tuple[bool, bool],
) -> PanelScores:
    """Return the score of a static panel at its maximum, in forms.

    L is (I − λM)X for β, (I − λM)G(Xβ + effects) for ρ, and none for λ and σ², all with effects
    out; P is BWA⁻¹B⁻¹ for ρ and MB⁻¹ for λ.

    Parameters
    ----------
    problem : PanelProblem
    found : PanelMaximum
    region, period : ndarray of int, shape (n,)
    shape : (int, int)
        N and T.
    effects : (bool, bool)
        Whether there are fixed effects of regions, and of periods.
    """
    X = problem.clear(problem.X)
    if problem.error is not None and found.lambda_ != 0.0:
        X = X - found.lambda_ * problem.clear(problem.error.lag(X))
    parts = [X]
    if problem.lag is not None:
        parts.append(cleared_spread(problem, found.spread, found.lambda_)[:, None])
    quadratic_only = 1 + (problem.error is not None)
    linear = np.hstack([*parts, np.zeros((len(X), quadratic_only))])
    layers = form_layers(
        problem.lag,
        problem.error,
        at=(found.rho, found.lambda_),
        region=region,
        centred=effects[1],
    )
    return PanelScores(
        freeze(linear), found.residuals, layers, region, period, *shape, found.sigma2, *effects
    )


def own_parts(scores: PanelScores, v: FloatArray) -> FloatArray:
    """Return L v + diag(P)(v² − mean of its period): what each row has alone, shape (n, p)."""
    present = np.bincount(scores.period, minlength=scores.T)
    mean = np.bincount(scores.period, weights=v**2, minlength=scores.T) / present
    return np.asarray(
        scores.linear * v[:, None] + scores.diagonals() * (v**2 - mean[scores.period])[:, None]
    )


def summed(parts: FloatArray, codes: IntArray, groups: int) -> FloatArray:
    """Return the sum of rows in each group, shape (groups, p)."""
    return np.stack([np.bincount(codes, weights=c, minlength=groups) for c in parts.T], axis=1)


@one_thread
def pair_products(scores: PanelScores, v: FloatArray, *, over_time: bool = True) -> FloatArray:
    """Return Σ_{i<j} p_ij p_ij′ over pairs of regions, shape (p, p).

    p_ij = Σ_t (P_ij + P_ji) v_it v_jt; with `over_time` false the sum over time is outside:
    Σ_t Σ_{i<j}, of disturbances that are independent over time. Columns of P are solved for
    :data:`BLOCK` at a time.

    Parameters
    ----------
    scores : PanelScores
    v : ndarray of shape (n,)
    over_time : bool
    """
    p, places = scores.linear.shape[1], scores.places
    total = np.zeros((len(places), len(places)))
    for start in range(0, scores.N if places else 0, BLOCK):
        stop = min(start + BLOCK, scores.N)
        if over_time:
            pairs = np.zeros((len(places), scores.N, stop - start))
            for layer in scores.layers:
                local, linked = _linked(layer, start, stop)
                cross = v[layer.rows] @ v[layer.rows[local]].T
                at = np.ix_(np.arange(len(places)), layer.region, layer.region[local] - start)
                pairs[at] += linked * cross
            total += np.einsum("aij,bij->ab", pairs, pairs)
            continue
        for layer in scores.layers:
            local, linked = _linked(layer, start, stop)
            cross = v[layer.rows] ** 2 @ (v[layer.rows[local]] ** 2).T
            total += np.einsum("aij,bij,ij->ab", linked, linked, cross)
    out = np.zeros((p, p))
    if places:
        out[np.ix_(places, places)] = 0.5 * total
    return out


def _linked(layer: FormLayer, start: int, stop: int) -> tuple[IntArray, FloatArray]:
    """Return regions of a layer with codes from `start` to `stop`, and their columns of P + P′.

    The diagonal is zero.
    """
    local = np.flatnonzero((layer.region >= start) & (layer.region < stop))
    unit = np.zeros((len(layer.region), len(local)))
    unit[local, np.arange(len(local))] = 1.0
    linked = np.stack([form.times(unit) + form.turned(unit) for form in layer.forms])
    linked[:, local, np.arange(len(local))] = 0.0
    return local, linked


def region_variance(scores: PanelScores) -> FloatArray:
    """Return the variance of the score, disturbances independent between regions, shape (p, p).

    Σ_i a_i a_i′ + Σ_{i<j} p_ij p_ij′ with a_i the linear part of region i and its own squares:
    parts of different regions and pairs are uncorrelated whatever the dependence over time within
    a region and however variances differ between periods. Residuals are multiplied by
    sqrt(N/(N − 1)), so that the linear part has the factor of clusters and residuals, means of
    periods out, have the variance of disturbances.

    Notes
    -----
    Means of regions keep residuals of regions independent. Means of periods do not: pairs of
    regions are then correlated by order 1/N, which is left out of what the pairs add.
    """
    v = scores.residuals * np.sqrt(scores.N / (scores.N - 1))
    sums = summed(own_parts(scores, v), scores.region, scores.N)
    if scores.squares is not None:
        sums = sums + scores.squares * (scores.N / (scores.N - 1))
    return np.asarray(sums.T @ sums + pair_products(scores, v))


def cell_variance(scores: PanelScores) -> FloatArray:
    """Return the same for disturbances independent over regions and periods, shape (p, p).

    With both factors: N/(N − 1) of squared residuals, and T/(T − 1) where effects of regions have
    left the products of two residuals (T − 1)²/T of T.
    """
    v = scores.residuals * np.sqrt(scores.N / (scores.N - 1))
    own = own_parts(scores, v)
    both = own.T @ own + pair_products(scores, v, over_time=False)
    return np.asarray(both * (scores.T / (scores.T - 1) if scores.by_region else 1.0))


def period_sums(scores: PanelScores) -> FloatArray:
    """Return the score of each period less their mean, shape (T, p); no pair is ever formed."""
    v = scores.residuals
    parts = scores.linear * v[:, None]
    for layer in scores.layers:
        stacked = v[layer.rows]
        for place, form in zip(scores.places, layer.forms, strict=True):
            parts[layer.rows, place] += stacked * form.times(stacked)
    parts[:, -1] += v**2 / (2.0 * scores.sigma2)
    sums = summed(parts, scores.period, scores.T)
    return np.asarray(sums - sums.mean(axis=0))


def period_variance(scores: PanelScores, *, lags: int = 0) -> FloatArray:
    """Return Σ_t s_t s_t′, with Bartlett's weights of products `lags` periods apart.

    Times T/(T − 1), as the scores of T periods add up to zero, and T/(T − 2) with effects of
    regions, which take 1/T of the variance of each period too: exact for white disturbances.
    """
    sums = period_sums(scores)
    total = sums.T @ sums
    for lag, weight in enumerate(kernel_weights("bartlett", lags + 1.0, lags), 1):
        cross = sums[lag:].T @ sums[:-lag]
        total = total + weight * (cross + cross.T)
    return np.asarray(total * scores.T / (scores.T - 1 - scores.by_region))


def disturbance_moments(scores: PanelScores) -> Moments:
    """Return σ² and the third and fourth moments of ε, from residuals v = Qε.

    Cumulants of v_r are those of ε times Σ_s Q_rs³ and Σ_s Q_rs⁴, which demeaning makes less than
    one. Third moments are 0 where Q loses them (two periods or regions); the fourth is at least
    σ⁴. For two-way effects of a panel with gaps the sums are right to order 1/(NT).
    """
    v = scores.residuals
    q2, q3, q4 = (_powers(scores, power) for power in (2, 3, 4))
    spread = float(v @ v) / float(q2.sum())
    third = float((v**3).sum()) / float(q3.sum()) if q3.sum() > 1e-6 * len(v) else 0.0
    excess = float((v**4 - 3.0 * (spread * q2) ** 2).sum()) / float(q4.sum())
    scale = (scores.sigma2 / spread) ** 2
    fourth = max(scale * excess + 3.0 * scores.sigma2**2, scores.sigma2**2)
    return Moments(scores.sigma2, third * scale**0.75, fourth)


def _powers(scores: PanelScores, power: int) -> FloatArray:
    """Return Σ_s Q_rs^power of each row: of a projection that demeans groups of m, a product."""
    out = np.ones(len(scores.residuals))
    for used, codes in ((scores.by_region, scores.region), (scores.by_period, scores.period)):
        if used:
            m: Any = np.bincount(codes)[codes].astype(np.float64)
            out *= (1 - 1 / m) ** power + (m - 1) * (-1 / m) ** power
    return out


def independent_diagonals(scores: PanelScores) -> FloatArray:
    """Return the diagonals of QPQ, for disturbances independent over regions and periods."""
    found = scores.diagonals()
    if not scores.by_region:
        return found
    present = np.bincount(scores.region, minlength=scores.N)[scores.region]
    return np.asarray(found * (1.0 - 1.0 / present)[:, None])
