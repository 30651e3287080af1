"""From an estimand and a fit to an estimate: rows of its tables, or joint standard errors."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd

from workbench.errors import InputError
from workbench.hypotheses.statements.absences import NotInModelError
from workbench.hypotheses.statements.atoms import Alone, Atom, Decay, Effect, Index, Parameter
from workbench.hypotheses.statements.estimates import Estimate, Evidence, sampled, wald
from workbench.hypotheses.statements.linear import Parts, text_of
from workbench.hypotheses.statements.pieces import Pieces
from workbench.regression.parameters import sound_covariance_at
from workbench.regression.results import RegressionResults
from workbench.typing import FloatArray, ImpactMethod

LINEAR = "Linear in the parameters: the standard error is known without draws."


def estimate_of(
    parts: Parts,
    fit: RegressionResults,
    *,
    level: float,
    method: ImpactMethod,
    draws: int,
    seed: int,
) -> Estimate:
    """Return the estimate of a combination; see :meth:`Estimand.estimate`."""
    if not isinstance(fit, RegressionResults):
        raise InputError(
            "fit",
            expected="a result of wb.fit",
            found=type(fit).__name__,
            remedy="wb.fit(formula, data, W, model=...)",
        )
    alone = _without_covariance(parts)
    if alone is not None:
        if isinstance(alone, Decay):
            from workbench.hypotheses.statements.decay import length_of

            return length_of(alone, fit, level=level)
        from workbench.hypotheses.statements.indices import index_of

        return index_of(alone, fit, level=level, permutations=draws - 1, seed=seed)
    pieces = Pieces(fit)
    values, gradients = pieces.of(parts)
    _refuse_fixed(parts, gradients, fit)
    if method == "monte-carlo" and pieces.curved(parts):
        return _drawn(parts, pieces, values, level=level, draws=draws, seed=seed)
    notes = (LINEAR,) if method == "monte-carlo" else ()
    if len(parts) == 1 and parts[0][0] == 1.0:
        row, told = pieces.row(parts[0][1], level)
        found = _of_row(row, fit, level, (*told, *notes))
        return _with_evidence(found, parts[0][1], pieces)
    factors = np.array([factor for factor, _ in parts])
    error = _std_error(factors @ gradients, gradients, fit)
    return wald(float(factors @ values), error, fit.estimates.df, level=level, notes=notes)


def _without_covariance(parts: Parts) -> Alone | None:
    """Return the index or length that stands alone, None without one; refuse it among others."""
    found = [atom for _, atom in parts if isinstance(atom, Index | Decay)]
    if not found:
        return None
    if len(parts) > 1 or parts[0][0] != 1.0:
        raise InputError(
            "estimand",
            expected=f"{found[0].text} alone",
            found=text_of(parts),
            why="it has no standard error, and so no covariance with anything else",
            remedy=f'a hypothesis of its own, "{found[0].text} > 0"',
        )
    return found[0]


def _refuse_fixed(parts: Parts, gradients: FloatArray, fit: RegressionResults) -> None:
    """Refuse a piece that the form of the model fixes, whatever the estimates."""
    fixed = [a.text for (_, a), g in zip(parts, gradients, strict=True) if not g.any()]
    if fixed:
        raise NotInModelError(
            "estimand",
            expected="effects that the model estimates",
            found=f"{', '.join(fixed)}, zero by the form of {fit.model}, not by estimate",
            remedy='a model with Wy or WX of the term, model="slx" or "sdm"',
        )


def _std_error(gradient: FloatArray, gradients: FloatArray, fit: RegressionResults) -> float:
    """Return √(g′Vg), V checked to be a covariance where a piece depends on it."""
    used = np.flatnonzero(gradients.any(axis=0))
    covariance = sound_covariance_at(fit.estimates.cov, used)
    g = gradient[used]
    return float(np.sqrt(max(float(g @ covariance @ g), 0.0)))


def _of_row(
    row: pd.Series[float], fit: RegressionResults, level: float, notes: tuple[str, ...]
) -> Estimate:
    names = ("estimate", "std_error", "conf_low", "conf_high")
    value, error, low, high = (float(row[name]) for name in names)
    return Estimate(value, error, fit.estimates.df, low, high, level, "delta", notes)


def _with_evidence(estimate: Estimate, atom: Atom, pieces: Pieces) -> Estimate:
    """Return the estimate with the profile of its likelihood, where the fit reads tables off it."""
    if not isinstance(atom, Parameter):
        return estimate
    evidence = pieces.fit.evidence_of(pieces.term(atom))
    if evidence is None:
        return estimate
    return replace(estimate, method="profile likelihood", evidence=cast(Evidence, evidence))


def _drawn(
    parts: Parts, pieces: Pieces, values: FloatArray, *, level: float, draws: int, seed: int
) -> Estimate:
    from workbench.hypotheses.statements.draws import drawn_pieces

    sample, notes = drawn_pieces(parts, pieces, draws, seed)
    factors = np.array([factor for factor, _ in parts])
    if len(parts) == 1 and parts[0][0] == 1.0 and isinstance(parts[0][1], Effect):
        return sampled(float(values[0]), sample[:, 0], level=level, notes=notes)
    return sampled(float(factors @ values), sample @ factors, level=level, notes=notes)
