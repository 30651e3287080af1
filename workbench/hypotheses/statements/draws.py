"""Joint draws of impacts and coefficients of one fit."""

from __future__ import annotations

from typing import cast

import numpy as np

from workbench.core.seeds import generator
from workbench.hypotheses.statements.atoms import Atom, Effect
from workbench.hypotheses.statements.linear import Parts
from workbench.hypotheses.statements.pieces import Pieces
from workbench.hypotheses.statements.slopes import parts_of, settled_of
from workbench.panels.dynamic.impacts import dynamic_draws, settled_values
from workbench.panels.dynamic.results import DynamicPanelResults
from workbench.panels.spatial.period_impacts import drawn_over_periods
from workbench.regression.impacts import effect_draws
from workbench.regression.parameters import draw_notes, enough, parameter_draws, square_root
from workbench.typing import BoolArray, FloatArray, Horizon, IntArray


def drawn_pieces(
    parts: Parts, pieces: Pieces, draws: int, seed: int
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return joint draws of the pieces, shape (R, m), and what to know of them.

    Impacts see the same draws of the parameters as ``fit.impacts(method="monte-carlo")`` with the
    same seed; parameters that no impact depends on are drawn given these.
    """
    atoms = [atom for _, atom in parts]
    horizons = {atom.horizon for atom in atoms if isinstance(atom, Effect)}
    sample, positions, kept = _parameters(pieces, draws, seed, long="long-run" in horizons)
    effects = {}
    for horizon in sorted(horizons, key=str):
        effects[horizon], inside = _effects(pieces, sample, horizon)
        kept &= inside
    enough(int(kept.sum()), draws)
    full = _all_parameters(pieces, sample, positions, seed)
    columns = [_column(atom, pieces, effects, full)[kept] for atom in atoms]
    return np.stack(columns, axis=-1), draw_notes(int(kept.sum()), draws, seed)


def _parameters(
    pieces: Pieces, draws: int, seed: int, *, long: bool
) -> tuple[FloatArray, IntArray, BoolArray]:
    """Return draws of what impacts depend on, where these are, and which are admissible."""
    if long:
        fit = cast(DynamicPanelResults, pieces.fit)
        sample, kept = dynamic_draws(fit, draws, seed)
        return sample, settled_of(fit).positions, kept
    parts = parts_of(pieces.fit)[0]
    sample = parameter_draws(parts, draws, seed)
    positions = np.concatenate([[parts.rho], parts.own, parts.lagged])
    return sample, positions, np.ones(len(sample), dtype=bool)


def _effects(
    pieces: Pieces, sample: FloatArray, horizon: Horizon | None
) -> tuple[FloatArray, BoolArray]:
    """Return impacts of every draw, shape (R, K, 3), NaN where a draw has none."""
    several = parts_of(pieces.fit)
    K = len(several[0].terms)
    if horizon == "long-run":
        settled = settled_of(cast(DynamicPanelResults, pieces.fit))
        made, kept = effect_draws(settled.parts, settled_values(sample))
    elif len(several) > 1:
        made, kept = drawn_over_periods(several, sample)
    else:
        # of a path over time the sample holds tau and eta before rho
        made, kept = effect_draws(several[0], sample[:, -(1 + 2 * K) :])
    effects = np.full((len(sample), K, 3), np.nan)
    effects[kept] = made
    return effects, kept


def _all_parameters(
    pieces: Pieces, sample: FloatArray, positions: IntArray, seed: int
) -> FloatArray:
    """Return draws of all estimates: those at `positions` as drawn, the others given them."""
    estimates = pieces.fit.estimates
    p = len(estimates.terms)
    known = positions >= 0
    at = positions[known]
    others = np.setdiff1d(np.arange(p), at)
    full = np.empty((len(sample), p))
    full[:, at] = sample[:, known]
    if others.size:
        V = estimates.cov
        slope = V[np.ix_(others, at)] @ np.linalg.pinv(V[np.ix_(at, at)], hermitian=True)
        rest = V[np.ix_(others, others)] - slope @ V[np.ix_(at, others)]
        normal = generator(seed, "estimand").standard_normal((len(sample), others.size))
        centred = sample[:, known] - estimates.values[at]
        full[:, others] = (
            estimates.values[others] + centred @ slope.T + normal @ square_root(rest).T
        )
    return full


def _column(
    atom: Atom, pieces: Pieces, effects: dict[Horizon | None, FloatArray], full: FloatArray
) -> FloatArray:
    if isinstance(atom, Effect):
        k, effect = pieces.place(atom)
        return effects[atom.horizon][:, k, effect]
    name = pieces.term(atom)  # type: ignore[arg-type]
    return full[:, pieces.fit.estimates.terms.index(name)]
