"""Item 6: shocks that regions share, in place of spillovers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from workbench.core.statistics import Answer
from workbench.errors import WorkbenchError
from workbench.hypotheses.identifying.claims import Claim, Rivals
from workbench.hypotheses.identifying.lines import (
    SHOCKS,
    Line,
    Reading,
    Section,
    not_applicable,
    number,
    untested,
)
from workbench.hypotheses.wording import p_text
from workbench.panels.results import PanelResults
from workbench.panels.shocks.side_by_side import CommonShocks, common_shocks
from workbench.panels.testing.dependence import exponent_of, pesaran_cd, weighted_cd_test
from workbench.regression.covariances import Conley
from workbench.regression.results import LAMBDA, RegressionResults

ALPHA = 0.05
STRONG = 0.75
"""Exponent of dependence between 1/2 (weak) and 1 (factors) from which factors are near."""

CONLEY = "the SLX under Conley's errors"

WORDS: dict[str, Reading] = {
    "remains": "holds",
    "none": "in doubt",
    "goes with the common shocks": "fails",
    "changes sign": "fails",
    "appears once the shocks are out": "in doubt",
    "cannot tell": "in doubt",
}


def shocks(
    fit: RegressionResults,
    claims: tuple[Claim, ...],
    others: Rivals,
    *,
    conley: Conley | None,
    seed: int,
) -> Section:
    """Ask whether shared shocks could be what looks like a spillover."""
    if isinstance(fit, PanelResults):
        return _panel(fit, claims, seed)
    return _cross_section(fit, claims, others, conley)


def _panel(fit: PanelResults, claims: tuple[Claim, ...], seed: int) -> Section:
    lines = list(_dependence(fit, seed))
    evidence = "common factors taken out beside: CCE and defactored instruments"
    try:
        found = common_shocks(fit, seed=seed)
    except WorkbenchError as error:
        reason = f"it needs {error.expected}; here: {error.found}".rstrip(".")
        lines += [untested(SHOCKS, evidence, reason, claim=claim.name) for claim in claims]
        return Section(tuple(lines), {"shocks": pd.DataFrame()})
    for claim in claims:
        lines += _verdicts(claim, found, evidence)
    return Section(tuple(lines), {"shocks": found.tidy()}, found.notes)


def _dependence(fit: PanelResults, seed: int) -> tuple[Line, Line]:
    cd: Answer = pesaran_cd(fit.fit.resids, fit.cells, fit.effects)
    name = "Pesaran CD of the residuals"
    if not cd.applicable:
        cd = weighted_cd_test(fit.fit.resids, fit.cells, seed=seed)
        name = "CDw+ of the residuals (Juodis and Reese)"
    second = "exponent of dependence between regions"
    if not cd.applicable:
        reason = str(getattr(cd, "reason", ""))
        return not_applicable(SHOCKS, name, reason), not_applicable(SHOCKS, second, reason)
    left = cd.p_value < ALPHA
    first = Line(
        SHOCKS,
        name,
        "in doubt" if left else "holds",
        f"{name.split(' of')[0]} {number(cd.statistic)}, {p_text(cd.p_value)}: "
        + (
            "residuals of different regions are correlated, so something is shared that the model "
            "does not have."
            if left
            else "residuals of different regions are not correlated on average."
        ),
        cd.statistic,
        cd.p_value,
    )
    exponent = exponent_of(fit.fit.resids, fit.cells)
    if math.isnan(exponent):
        return first, not_applicable(SHOCKS, second, "it cannot be found for these residuals")
    near = left and exponent >= STRONG
    end = (
        "factors are near"
        if near
        else "dependence dies out over space"
        if left
        else "little to go by, since no dependence was found"
    )
    return first, Line(
        SHOCKS,
        second,
        "in doubt" if near else "holds",
        f"The exponent is {number(exponent)}, between 0.5 (neighbours only) and 1 (shocks that "
        f"reach all): {end}.",
        exponent,
    )


def _verdicts(claim: Claim, found: CommonShocks, evidence: str) -> list[Line]:
    lines = []
    for term in claim.terms:
        if term not in found.verdicts.index:
            continue
        word = str(found.verdicts[term])
        rows = found.impacts.xs((term, "indirect"), level=("term", "effect"))["estimate"]
        values = ", ".join(f"{name} {number(value)}" for name, value in rows.items())
        sentence = {
            "none": "no spillover with or without common shocks",
            "cannot tell": "estimators do not agree, or are too blunt to speak against the fit",
        }.get(word, f"the spillover of {term} {word}")
        lines.append(
            Line(SHOCKS, evidence, WORDS[word], f"{values}: {sentence}.", claim=claim.name)
        )
    if not lines:
        lines.append(
            not_applicable(SHOCKS, evidence, "the claim is about no term", claim=claim.name)
        )
    return lines


def _cross_section(
    fit: RegressionResults, claims: tuple[Claim, ...], others: Rivals, conley: Conley | None
) -> Section:
    rows: list[dict[str, object]] = []
    lines = [_disturbance(others)]
    for claim in claims:
        lines.append(_sdem(fit, claim, others, rows))
        if conley is not None:
            lines.append(_conley(claim, others, conley, rows))
    if conley is None:
        reason = "places of the regions were not given: conley=wb.Conley(regions, distance=...)"
        lines.append(untested(SHOCKS, CONLEY, reason))
    lines.append(
        Line(
            SHOCKS,
            "what one cross-section cannot know",
            "untested",
            "Untested: in one cross-section a shock that neighbours share and a spillover between "
            "them leave the same map; only time, or a reason outside the data, tells them apart.",
        )
    )
    table = pd.DataFrame(rows)
    if len(table):
        table = table.set_index(["claim", "estimator"])
    return Section(tuple(lines), {"shocks": table})


def _disturbance(others: Rivals) -> Line:
    evidence = "spatially correlated disturbances: lambda in the SDEM"
    sdem = others.fits.get("sdem")
    if sdem is None:
        return not_applicable(SHOCKS, evidence, "the SDEM could not be estimated")
    value, p = float(sdem.params[LAMBDA]), float(sdem.pvalues[LAMBDA])
    low = not p >= ALPHA
    return Line(
        SHOCKS,
        evidence,
        "in doubt" if low else "holds",
        f"lambda is {number(value)} ({p_text(p)}): "
        + (
            "disturbances of neighbours go together, or against each other, beside their x."
            if low
            else "no sign of shocks that neighbours share."
        ),
        value,
        p,
    )


def _sdem(
    fit: RegressionResults, claim: Claim, others: Rivals, rows: list[dict[str, object]]
) -> Line:
    evidence = "the claim once disturbances are correlated: SDEM"
    sdem = others.fits.get("sdem")
    try:
        if sdem is None:
            raise LookupError
        own, found = claim.row(fit), claim.row(sdem)
    except (LookupError, WorkbenchError) as error:
        reason = getattr(error, "found", "the SDEM could not be estimated")
        return not_applicable(SHOCKS, evidence, str(reason).rstrip("."), claim=claim.name)
    rows.append({"claim": claim.name, "estimator": fit.model, **own})
    rows.append({"claim": claim.name, "estimator": "sdem", **found})
    value, p = found["estimate"], found["p_value"]
    same = np.sign(value) == np.sign(own["estimate"])
    reading: Reading = "holds" if same and p < ALPHA else "in doubt"
    return Line(
        SHOCKS,
        evidence,
        reading,
        f"With correlated disturbances {claim.name} is {number(value)} ({p_text(p)}), in the fit "
        f"{number(own['estimate'])}.",
        value,
        p,
        claim.name,
    )


def _conley(claim: Claim, others: Rivals, conley: Conley, rows: list[dict[str, object]]) -> Line:
    slx = others.fits.get("slx")
    if slx is None:
        return not_applicable(SHOCKS, CONLEY, "the SLX could not be estimated", claim=claim.name)
    try:
        found = claim.row(slx.with_covariance(conley))
    except WorkbenchError as error:
        return untested(SHOCKS, CONLEY, f"{error.argument}: {error.found}", claim=claim.name)
    rows.append({"claim": claim.name, "estimator": "slx, Conley", **found})
    value, p = found["estimate"], found["p_value"]
    return Line(
        SHOCKS,
        CONLEY,
        "holds" if p < ALPHA else "in doubt",
        f"{claim.name} is {number(value)} in the SLX, with a standard error of "
        f"{number(found['std_error'])} ({p_text(p)}) that allows for correlation up to "
        "the distance named.",
        value,
        p,
        claim.name,
    )
