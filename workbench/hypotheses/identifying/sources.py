"""Item 1: what identifies the spillover in this model, and whether reflection can be undone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError
from workbench.hypotheses.identifying.claims import Claim
from workbench.hypotheses.identifying.lines import (
    SOURCE,
    Line,
    Reading,
    Section,
    not_applicable,
    number,
)
from workbench.hypotheses.identifying.system import Frame, stream
from workbench.hypotheses.wording import p_text
from workbench.numerics.sparse.independence import Independence, power_independence
from workbench.panels.effects import BY_ENTITY, BY_TIME
from workbench.regression.design import lag_name
from workbench.regression.effects import SpatialEffects
from workbench.regression.results import RegressionResults
from workbench.regression.specification import LAGS_X, LAGS_Y
from workbench.typing import FloatArray

LITTLE = 0.01
"""Share of a variable's variance within regions below which little of it speaks."""


def sources(
    fit: RegressionResults, claims: tuple[Claim, ...], frame: Frame | str, seed: int
) -> Section:
    """Say what identifies each claim: form, exclusion or time; how far it reaches; reflection."""
    ratios = _ratios(fit)
    table = _table(fit, ratios, frame)
    lines: list[Line] = []
    for claim in claims:
        for term in claim.terms:
            if term in fit.design.impact_terms:
                lines.append(_form(fit, claim, term, ratios))
    lines += [_reach(fit, claims), _reflection(fit, frame, seed)]
    lines += _variation(frame, claims)
    return Section(tuple(lines), {"sources": table})


def _ratios(fit: RegressionResults) -> pd.Series:
    """Return indirect over direct impact by term; empty where there are no impacts."""
    try:
        impacts = fit.impacts()
    except WorkbenchError:
        return pd.Series(dtype=float)
    return (impacts.indirect / impacts.direct).rename("ratio")


def _table(fit: RegressionResults, ratios: pd.Series, frame: Frame | str) -> pd.DataFrame:
    terms = list(fit.design.impact_terms)
    lagged = [term in fit.design.lagged for term in terms]
    found = fit.tidy()
    theta = [found["estimate"].get(lag_name(term), np.nan) for term in terms]
    error = [found["std_error"].get(lag_name(term), np.nan) for term in terms]
    within = [np.nan] * len(terms) if isinstance(frame, str) else within_shares(frame, terms)
    return pd.DataFrame(
        {
            "lagged": lagged,
            "theta": theta,
            "theta_se": error,
            "ratio": ratios.reindex(terms).to_numpy(),
            "within_share": within,
        },
        index=pd.Index(terms, name="term"),
    )


def _form(fit: RegressionResults, claim: Claim, term: str, ratios: pd.Series) -> Line:
    evidence = "W(x) as a regressor: coefficient"
    if term in fit.design.lagged:
        theta, p = float(fit.params[lag_name(term)]), float(fit.pvalues[lag_name(term)])
        beside = (
            ", and rho spreads it further: the ratio of indirect to direct is free for each term"
            if fit.model in LAGS_Y
            else ""
        )
        return Line(
            SOURCE,
            "W(x) as a regressor: coefficient",
            "holds",
            f"{lag_name(term)} is a regressor of its own, with coefficient "
            f"{number(theta)} ({p_text(p)}): neighbours' {term} identifies "
            f"the spillover{beside}.",
            theta,
            p,
            claim.name,
        )
    if fit.model not in LAGS_Y:
        reason = (
            f"this model has neither Wy nor {lag_name(term)}: the spillover is zero by its form"
        )
        return not_applicable(SOURCE, evidence, reason, claim=claim.name)
    plain = ratios[[name for name in ratios.index if name not in fit.design.lagged]]
    if term not in plain.index:
        return not_applicable(SOURCE, evidence, "the fit has no impacts", claim=claim.name)
    spread = float(plain.max() - plain.min())
    return Line(
        SOURCE,
        "ratio of indirect to direct impact, one for all terms",
        "in doubt",
        f"Functional form: one rho spreads every regressor's effect in the same ratio, "
        f"{number(float(plain[term]))} for {term} and for all {len(plain)} terms without a lag of "
        f"their own (largest difference {spread:.1g}), so neighbours' {term} has no say in it.",
        float(plain[term]),
        claim=claim.name,
    )


def _reach(fit: RegressionResults, claims: tuple[Claim, ...]) -> Line:
    if fit.model in LAGS_Y:
        share = _beyond(fit, claims)
        told = "" if np.isnan(share) else f"; {share:.0%} of it lies beyond the first neighbours"
        return Line(
            SOURCE,
            "global spillover: share beyond the first neighbours",
            "in doubt",
            "Global: a change spreads over neighbours of neighbours and back, in proportions that "
            f"the powers of W set and the data do not{told}.",
            share,
        )
    if fit.model in LAGS_X:
        return Line(
            SOURCE,
            "local spillover",
            "holds",
            "Local: the spillover ends at the neighbours that W names, and each W(x) is estimated "
            "from its own data.",
        )
    return not_applicable(SOURCE, "local or global", "the model has no spillover")


def _beyond(fit: RegressionResults, claims: tuple[Claim, ...]) -> float:
    """Return the share of the first claimed term's indirect impact beyond order 1."""
    terms = [t for claim in claims for t in claim.terms if t in fit.design.impact_terms]
    if not isinstance(fit, SpatialEffects):
        return float("nan")
    try:
        steps = fit.impacts_by_order(1).tidy()["estimate"]
        indirect = steps.xs(terms[0], level="term").xs("indirect", level="effect")
    except (WorkbenchError, IndexError, KeyError):
        return float("nan")
    # Orders may have different signs: shares are of the sum of sizes.
    return float(abs(indirect.loc["beyond"]) / indirect.abs().sum())


def _reflection(fit: RegressionResults, frame: Frame | str, seed: int) -> Line:
    evidence = "reflection: I, W, W² linearly independent"
    if fit.model not in LAGS_Y:
        reason = "without Wy nobody's outcome reflects another's; W(x) beside x is all it needs"
        return not_applicable(SOURCE, evidence, reason)
    if isinstance(frame, str):
        return not_applicable(SOURCE, evidence, frame)
    shared = frame.effects in BY_TIME
    found = power_independence(frame.weights.sparse, 2 + shared, seed=stream(seed, "independence"))
    powers = "I, W, W², W³" if shared else "I, W, W²"
    evidence = f"reflection: smallest singular value of {powers}"
    if found.independent:
        return Line(SOURCE, evidence, "holds", _independent(found, powers), found.smallest)
    return Line(
        SOURCE,
        evidence,
        "fails",
        f"{powers} are linearly dependent (rank {found.rank}), as where all members of equal "
        "groups are each other's neighbours: lags of W are combinations of what the model has"
        + (", effects of periods among it" if shared else "")
        + ", and rho cannot be told from the effects of neighbours' x.",
        found.smallest,
    )


def _independent(found: Independence, powers: str) -> str:
    how = "" if found.exact else ", from products with random columns"
    return (
        f"{powers} are linearly independent (smallest singular value {number(found.smallest)} of "
        f"matrices of length 1{how}): neighbours of neighbours who are no neighbours can tell rho "
        "from the effects of neighbours' x; how well, the instruments of Wy say."
    )


def within_shares(frame: Frame, terms: list[str]) -> FloatArray:
    """Return the share of each term's variance that effects leave, shape (m,)."""
    values = frame.fit.design.values(tuple(terms))
    centred = values - values.mean(axis=0)
    cleared = frame.clear(values)
    cleared = cleared - cleared.mean(axis=0)
    return np.asarray(np.sum(cleared**2, axis=0) / np.sum(centred**2, axis=0))


def _variation(frame: Frame | str, claims: tuple[Claim, ...]) -> list[Line]:
    evidence = "variation within regions over time"
    if isinstance(frame, str):
        return [not_applicable(SOURCE, evidence, frame)]
    if frame.cells is None or frame.effects not in BY_ENTITY:
        sentence = (
            "One cross-section: regions are compared with other regions, whatever else they differ "
            "by; nothing comes from change over time."
            if frame.cells is None
            else "No effects of regions: differences between regions identify it along with change "
            "over time."
        )
        return [Line(SOURCE, evidence, "in doubt", sentence)]
    return [_within(frame, claim, evidence) for claim in claims]


def _within(frame: Frame, claim: Claim, evidence: str) -> Line:
    terms = [term for term in claim.terms if term in frame.fit.design.impact_terms]
    if not terms:
        return not_applicable(SOURCE, evidence, "the claim is about no term", claim=claim.name)
    share = float(within_shares(frame, terms).min())
    sentence = (
        f"{share:.1%} of the variance of {', '.join(terms)} is left once {frame.effects} effects "
        "are out, and that is what the estimate rests on."
    )
    reading: Reading = "holds" if share >= LITTLE else "in doubt"
    return Line(SOURCE, evidence, reading, sentence, share, claim=claim.name)
