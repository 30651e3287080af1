"""Item 4: the local model first, and what Wy adds to it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from workbench.errors import InputError, WorkbenchError
from workbench.hypotheses.identifying.claims import Claim, Rivals, claim_rows
from workbench.hypotheses.identifying.lines import (
    SLX_FIRST,
    Line,
    Reading,
    Section,
    not_applicable,
    number,
)
from workbench.hypotheses.wording import p_text
from workbench.numerics.likelihoods.wald import wald
from workbench.refitting import refit
from workbench.regression.design import lag_name
from workbench.regression.results import RHO, RegressionResults
from workbench.regression.specification import LAGS_ERROR, LAGS_X, LAGS_Y

MODELS = ("slx", "sar", "sdm", "sdem")
"""Models whose answers stand beside that of the fit."""

ALPHA = 0.05
TIED = 2.0
"""Difference of AIC up to which two models are as good as each other."""


def rivals(fit: RegressionResults) -> Rivals:
    """Estimate the other models on the same data; those that cannot be made are named."""
    fits: dict[str, RegressionResults] = {}
    failures: dict[str, str] = {}
    for model in MODELS:
        if model == fit.model:
            fits[model] = fit
            continue
        try:
            fits[model] = as_model(fit, model)
        except WorkbenchError as error:
            failures[model.upper()] = f"{error.argument}: {error.found}"
    return Rivals(fits, failures)


def as_model(fit: RegressionResults, model: str) -> RegressionResults:
    """Return the fit of another model with the same choices, those left out that it lacks.

    The covariance is that of the fit where the model has it, else the classical one.
    """
    changes: dict[str, object] = {"model": model}
    if model not in LAGS_X:
        changes |= {"durbin": None, "W_x": None}
    if model not in LAGS_ERROR:
        changes |= {"W_error": None, "random": None}
    if model == "slx":
        changes["lee_yu"] = None
        if fit.call is not None and not fit.call.specification.endogenous:
            changes["method"] = "ml"
    try:
        found = refit(fit, changes)
    except WorkbenchError as error:
        if error.argument != "covariance":
            raise
        found = refit(fit, {**changes, "covariance": "classical"})
    if found.model != model:
        raise InputError(
            "formula",
            expected=f"a formula that {model.upper()} can take",
            found=f"one that names W(x), which makes it {found.model.upper()}",
        )
    return found


def slx_first(fit: RegressionResults, claims: tuple[Claim, ...], others: Rivals) -> Section:
    """Put the SLX beside the fit, test what Wy and WX add, and weigh local against global."""
    named = {model: others.fits[model] for model in MODELS if model in others.fits}
    if fit.model not in named:
        named = {fit.model: fit, **named}
    table = claim_rows(claims, named, by="model")
    lines = [_beside(fit, claim, table) for claim in claims]
    lines += [_adds_lag(fit, others), _adds_wx(fit, others), _local_or_global(fit, named)]
    return Section(tuple(lines), {"models": table}, others.notes)


def _beside(fit: RegressionResults, claim: Claim, table: pd.DataFrame) -> Line:
    evidence = "SLX estimate of the claim"
    value, p, reason = told_by(table, claim, "slx")
    if math.isnan(value):
        return not_applicable(SLX_FIRST, evidence, reason, claim=claim.name)
    told = f"The SLX puts {claim.name} at {number(value)} ({p_text(p)})"
    if fit.model == "slx":
        reading: Reading = "holds" if p < ALPHA else "in doubt"
        end = "and it is the fit in question" if p < ALPHA else "no spillover that it can see"
        return Line(SLX_FIRST, evidence, reading, f"{told}, {end}.", value, p, claim.name)
    mine, mine_p, _ = told_by(table, claim, fit.model)
    if math.isnan(mine):
        return Line(
            SLX_FIRST, evidence, "in doubt", f"{told}; the fit has none.", value, p, claim.name
        )
    reading, end = _agreement((value, p), (mine, mine_p))
    sentence = f"{told}; the fit's {fit.model.upper()} at {number(mine)} ({p_text(mine_p)}): {end}."
    return Line(SLX_FIRST, evidence, reading, sentence, value, p, claim.name)


def told_by(table: pd.DataFrame, claim: Claim, model: str) -> tuple[float, float, str]:
    """Return estimate and p-value of a claim in a model, or not a number and the reason."""
    rows = table["estimate"].to_dict(), table["p_value"].to_dict(), table["reason"].to_dict()
    key = (claim.name, model)
    if key not in rows[0]:
        return math.nan, math.nan, f"the {model.upper()} could not be estimated"
    return float(rows[0][key]), float(rows[1][key]), str(rows[2][key]).rstrip(".")


def _agreement(local: tuple[float, float], own: tuple[float, float]) -> tuple[Reading, str]:
    """Say whether two estimates with p-values tell the same story."""
    seen = local[1] < ALPHA, own[1] < ALPHA
    same = np.sign(local[0]) == np.sign(own[0])
    if all(seen):
        return ("holds", "the same sign") if same else ("fails", "signs are opposite")
    if not any(seen):
        return "in doubt", "neither sees a spillover"
    who = "only the SLX" if seen[0] else "only the fit"
    return "in doubt", f"{who} tells it from zero" + ("" if same else ", with the other sign")


def _adds_lag(fit: RegressionResults, others: Rivals) -> Line:
    evidence = "Wy beside WX: Wald test of rho = 0 in the SDM"
    sdm = others.fits.get("sdm")
    if sdm is None:
        return not_applicable(SLX_FIRST, evidence, "the SDM could not be estimated")
    statistic = float(sdm.tstats[RHO]) ** 2
    p = float(sdm.pvalues[RHO])
    adds = p < ALPHA
    end = (
        "Wy adds to the SLX, as a global spillover or as what neighbours share"
        if adds
        else "Wy adds nothing measurable to the SLX"
    )
    reading: Reading = "holds" if adds == (fit.model in LAGS_Y) else "in doubt"
    sentence = f"rho is {number(float(sdm.params[RHO]))} in the SDM ({p_text(p)}): {end}."
    return Line(SLX_FIRST, evidence, reading, sentence, statistic, p)


def _adds_wx(fit: RegressionResults, others: Rivals) -> Line:
    evidence = "WX beside Wy: Wald test of WX = 0 in the SDM"
    sdm = others.fits.get("sdm")
    if sdm is None or not sdm.design.lagged:
        return not_applicable(SLX_FIRST, evidence, "the SDM could not be estimated")
    names = [lag_name(term) for term in sdm.design.lagged]
    found = wald(sdm.params[names].to_numpy(), sdm.cov.loc[names, names].to_numpy())
    adds = found.pvalue < ALPHA
    end = (
        "the data refuse the SAR, whose one ratio leaves WX out"
        if adds
        else "the data do not ask for more than the SAR's one ratio, nor can they tell terms apart"
    )
    without = fit.model not in LAGS_X
    reading: Reading = ("fails" if without else "holds") if adds else "in doubt"
    return Line(
        SLX_FIRST,
        evidence,
        reading,
        f"Wald {number(found.statistic)} for {len(names)} lags, {p_text(found.pvalue)}: {end}.",
        found.statistic,
        found.pvalue,
    )


def _local_or_global(fit: RegressionResults, named: dict[str, RegressionResults]) -> Line:
    evidence = "global against local: AIC of the SDM less that of the SDEM"
    pair = [named.get(model) for model in ("sdm", "sdem")]
    aics = [float("nan") if one is None else float(one.aic) for one in pair]
    gap = aics[0] - aics[1]
    if not math.isfinite(gap):
        reason = "both need a likelihood, and one could not be had"
        return not_applicable(SLX_FIRST, evidence, reason)
    if abs(gap) < TIED:
        end = "the data cannot tell a global spillover from a local one with shared shocks"
        return Line(SLX_FIRST, evidence, "in doubt", f"AIC differs by {number(gap)}: {end}.", gap)
    better = "global" if gap < 0 else "local"
    own = "global" if fit.model in LAGS_Y else "local"
    told = f"AIC is {number(abs(gap))} lower for the {'SDM' if gap < 0 else 'SDEM'}"
    reading: Reading = "holds" if better == own else "fails"
    end = "as the fit has it" if better == own else f"the fit's spillover is {own}"
    return Line(SLX_FIRST, evidence, reading, f"{told}: {better}; {end}.", gap)
