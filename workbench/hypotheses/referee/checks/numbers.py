"""Questions about the numbers themselves: where the maximum is, and whether they come again."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from workbench.core.display import number
from workbench.errors import WorkbenchError, listing
from workbench.hypotheses.referee.case import Case
from workbench.hypotheses.referee.findings import (
    FAILED,
    PASSED,
    Finding,
    failed_if,
    not_applicable,
    not_known,
)
from workbench.regression.results import LAMBDA, RHO

NEAR = 2.0
"""Standard errors from the end of the admissible interval that count as near."""

KEPT = ("source", "licence")
"""What must be known of data that a reader is to find again."""

_MAXIMA = re.compile(r"has (\d+) (?:local )?maxima")


def maxima(case: Case) -> Finding:
    """Look for several maxima, and for spatial parameters at the edge of their interval."""
    terms = [term for term in (RHO, LAMBDA) if term in case.fit.estimates.terms]
    if not terms:
        return not_applicable("The model has no spatial parameter to maximise over.")
    rows = {term: _edge(case, term) for term in terms}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("term")
    several = [int(m.group(1)) for note in case.fit.notes for m in _MAXIMA.finditer(note)]
    count = max(several, default=1)
    table["maxima"] = float(count) if not case.moments else np.nan
    distance = float(table["distance"].min())
    if not np.isfinite(distance):
        return not_known(
            f"The admissible interval of {listing(terms)} is not known.",
            evidence=table,
            call="fit.tidy()",
        )
    told = "; ".join(
        f"{term} is {number(float(row['estimate']))} in "
        f"({number(float(row['rho_low']))}, {number(float(row['rho_high']))}), "
        f"{number(float(row['distance']))} standard errors from the nearer end"
        for term, row in table.iterrows()
    )
    if count > 1:
        told += f". The likelihood has {count} maxima; the highest is reported."
    else:
        told += "." if case.moments else ". One maximum was found."
    bad = count > 1 or distance < NEAR
    call = "fit.notes" if count > 1 else "fit.weights.card()"
    said = f"{number(distance)} s.e. from the edge"
    answer = failed_if(bad)
    return Finding(answer, told, table, number=distance, call=call, brief=said)


def _edge(case: Case, term: str) -> dict[str, float]:
    W = case.fit.weights
    if term == LAMBDA and case.fit.weights_error is not None:
        W = case.fit.weights_error
    place = case.fit.estimates.terms.index(term)
    estimate = float(case.fit.estimates.values[place])
    error = float(np.sqrt(case.fit.estimates.cov[place, place]))
    low, high = np.nan, np.nan
    if W is not None:
        card = W.card()
        low = np.nan if card.rho_low is None else card.rho_low
        high = np.nan if card.rho_high is None else card.rho_high
    ends = [value for value in (estimate - low, high - estimate) if np.isfinite(value)]
    return {
        "estimate": estimate,
        "std_error": error,
        "rho_low": low,
        "rho_high": high,
        "distance": min(ends) / error if ends and error > 0 else np.nan,
    }


def reproducibility(case: Case) -> Finding:
    """Estimate the same call again, compare bit by bit, and look for source and licence."""
    made = case.fit.provenance
    try:
        again = case.again({})
    except WorkbenchError as error:
        return not_known(f"The call cannot be repeated: {error.found}.", call="fit.call")
    gap = float(np.abs(again.estimates.values - case.fit.estimates.values).max())
    spread = float(np.abs(again.estimates.cov - case.fit.estimates.cov).max())
    known = case.fit.call.data.attrs.get("provenance") or {}
    known = known.get("table", known)  # a join keeps both sources
    missing = [word for word in KEPT if not known.get(word)]
    table = pd.DataFrame(
        {
            "value": [gap, spread, float(made.nobs)],
            "text": ["", "", ""],
        },
        index=["largest difference of estimates", "largest difference of covariances", "nobs"],
    )
    facts = {
        "ids": made.ids_digest,
        "weights": case.fit.weights.digest if case.fit.weights is not None else "",
        "seed": "" if made.seed is None else str(made.seed),
        **{f"version of {name}": text for name, text in made.versions.items()},
        **{word: str(known.get(word, "")) for word in ("dataset", *KEPT)},
    }
    more = pd.DataFrame({"value": np.nan, "text": list(facts.values())}, index=list(facts))
    table = pd.concat([table, more]).rename_axis("property")
    if gap > 0 or spread > 0:
        told = f"The same call gives other numbers: estimates differ by {number(gap)}."
        return Finding(FAILED, told, table, number=gap, call="wb.refit(fit, {})")
    told = (
        f"The same call gives the same {len(again.estimates.values)} estimates to the last bit "
        f"(sample {made.ids_digest}, {made.nobs} observations)"
    )
    if missing:
        return not_known(
            f"{told}; {' and '.join(missing)} of the data are not recorded with them.",
            evidence=table,
            number=gap,
            call="fit.provenance.to_dict()",
            brief="the same to the last bit",
        )
    return Finding(
        PASSED,
        f"{told}; data: {known['source']} ({known['licence']}).",
        table,
        number=gap,
        call="fit.provenance.to_dict()",
        brief="the same to the last bit",
    )
