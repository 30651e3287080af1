"""Questions about W: which one, who is alone in it, and what the sample left of it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import listing
from workbench.hypotheses.review.case import Case, trials
from workbench.hypotheses.review.deciding import decide
from workbench.hypotheses.review.findings import (
    FAILED,
    NOT_KNOWN,
    PASSED,
    Finding,
    not_applicable,
    not_known,
)
from workbench.hypotheses.wording import counted
from workbench.weights import Weights

LOST = 0.05
"""Share of the links of regions in the sample above which their loss counts as many."""

PLACEBO = '[wb.refit(fit, {"W": W}).params for W in wb.weights.perturbations(fit.call.W, draws=19)]'


def weights(case: Case) -> Finding:
    """Estimate the statement under every candidate W."""
    if case.fit.weights is None and case.asked_weights is None:
        if case.fit.call.W is None:
            return not_applicable("The model has no spatial weights.")
        return not_known(
            "Weights change over time; candidates must be given as one matrix a period.",
            call='wb.refit(fit, {"W": fit.call.W})',
        )
    rows = {
        name: case.trial(partial(case.again, _changes(case, W)))
        for name, W in case.candidates.items()
    }
    fragile = case.moments and case.has_lambda  # these moments often have no solution under noise
    call = "wb.weights.perturbations(fit.call.W)" if fragile else PLACEBO
    found = decide(case, trials(case, rows), under="other weights", call=call)
    if case.derived and found.answer == PASSED:
        said = (
            f"{found.sentence} These are changes of W itself; no other idea of neighbourhood "
            "was tried."
        )
        return Finding(
            NOT_KNOWN,
            said,
            found.evidence,
            number=found.number,
            p_value=found.p_value,
            call="wb.referee(fit, regions=regions)",
        )
    return found


def _changes(case: Case, W: Weights) -> dict[str, object]:
    """Return W as a change, with the regions of the sample where it is of these alone."""
    own = case.fit.weights
    if (
        own is None
        or not W.ids.equals(own.ids)
        or len(case.used) == len(_region_of(case.fit.call.data).unique())
    ):
        return {"W": W}
    return {"W": W, "data": case.data_used}


def islands(case: Case) -> Finding:
    """Leave out the regions whose place in W is a matter of policy."""
    W = case.fit.weights
    if W is None:
        return not_applicable("The model has no single matrix of spatial weights.")
    card = W.card()
    apart = _apart(W)
    linked = [i for i in _linked_by_policy(W) if i not in apart]
    evidence = pd.DataFrame(
        {
            "value": [
                float(card.n), float(card.links), card.cardinality_range[1],
                float(len(card.islands)), float(len(linked)), float(len(card.component_sizes)),
                np.nan if card.rho_low is None else card.rho_low,
                np.nan if card.rho_high is None else card.rho_high,
            ]
        },
        index=pd.Index(
            [
                "regions", "links", "mean_neighbors", "islands", "linked by policy", "components",
                "rho_low", "rho_high",
            ],
            name="property",
        ),
    )  # fmt: skip
    about = (
        f"W ({card.recipe}, digest {card.digest}) has {card.n} regions, "
        f"{card.cardinality_range[0]} to {card.cardinality_range[2]} neighbours each (mean "
        f"{card.cardinality_range[1]:.2f}), {counted(len(card.islands), 'island')} and "
        f"{counted(len(card.component_sizes), 'connected part')}. "
    )
    doubtful = [*apart, *linked]
    if not doubtful:
        return Finding(
            PASSED,
            f"{about}No region is without neighbours, apart from the others or linked by policy.",
            evidence,
            number=0.0,
            call="fit.weights.card()",
            brief="none",
        )
    kept = ~_region_of(case.fit.call.data).isin(doubtful)
    data = case.fit.call.data[np.asarray(kept)]
    named = f"without {counted(len(doubtful), 'region')}"
    rows = {
        named: case.trial(lambda: case.again({"data": data, "align": "intersection"})),
    }
    told = about
    if linked:
        told += f"Linked by policy, not by the rule of W: {listing(linked)}. "
    if apart:
        told += f"Apart from the largest connected part: {listing(apart)}. "
    call = (
        f'wb.refit(fit, {{"data": fit.call.data.drop({doubtful!r}, level=0), '
        '"align": "intersection"})'
        if case.panel
        else f'wb.refit(fit, {{"data": fit.call.data.drop({doubtful!r}), "align": "intersection"}})'
    )
    return decide(
        case, trials(case, rows), under="samples without these regions", call=call, before=told
    )


def sample(case: Case) -> Finding:
    """Count the regions and links that the sample lost."""
    data, W = case.fit.call.data, case.asked_weights
    asked = _region_of(data).unique()
    every = asked if W is None else asked.union(W.ids)
    gone = every.difference(case.used)
    rows_gone = len(data) - case.fit.design.nobs
    lost = _links_lost(W, case.used) if W is not None else pd.DataFrame()
    share = float(lost["lost"].sum() / lost["links"].sum()) if len(lost) else 0.0
    worst = float((lost["lost"] / lost["links"]).max()) if len(lost) else 0.0
    evidence = pd.DataFrame(
        {
            "value": [
                float(len(every)), float(len(case.used)), float(len(gone)), share, worst,
            ]
        },
        index=pd.Index(
            ["regions given", "regions used", "regions left out", "share of links lost",
             "largest share of one region's links lost"],
            name="property",
        ),
    )  # fmt: skip
    if not len(gone):
        # transformations such as first differences use rows up without leaving a region out
        told = f"All {len(case.used)} regions of the data and of W are in the sample."
        if case.panel and rows_gone > 0:
            told += f" {case.fit.design.nobs} of {len(data)} rows are used."
        return Finding(
            PASSED, told, evidence, number=0.0, call="fit.notes", brief="no region left out"
        )
    told = (
        f"{len(gone)} of {len(every)} regions are not in the sample ({listing(list(gone))}). "
        f"W was restricted to the others and normalised anew: the {len(case.used)} that remain "
        f"lost {share:.1%} of their links, one of them {worst:.0%}. "
    )
    if share > LOST or worst >= 0.5:
        return Finding(
            FAILED,
            f"{told}More than {LOST:.0%} of all links, or half of a region's, are missing: its "
            "spatial lags are means of other neighbours than W says.",
            evidence,
            number=share,
            call="fit.call.data.isna().sum()",
            brief=f"{share:.1%} of links lost",
        )
    return not_known(
        f"{told}Whether they differ in what is not observed cannot be told from those observed.",
        evidence=evidence,
        number=share,
        call="fit.call.data.isna().sum()",
        brief=f"{share:.1%} of links lost",
    )


def _region_of(data: pd.DataFrame) -> pd.Index[Any]:
    return data.index.get_level_values(0) if isinstance(data.index, pd.MultiIndex) else data.index


def _apart(W: Weights) -> list[object]:
    """Return regions outside the largest connected part."""
    sizes = np.bincount(W.components)
    return list(W.ids[W.components != int(sizes.argmax())])


def _linked_by_policy(W: Weights) -> list[object]:
    """Return regions that the policy for islands linked, as the notes of W name them."""
    named = {note.partition(" linked to ")[0] for note in W.recipe.notes if " linked to " in note}
    return [i for i in W.ids if str(i) in named]


def _links_lost(W: Weights, used: pd.Index[Any]) -> pd.DataFrame:
    """Return links of each region in the sample, and how many led out of it."""
    inside = W.ids.isin(used)
    pattern = W.sparse.copy()
    pattern.data = np.ones_like(pattern.data)
    links = np.asarray(pattern.sum(axis=1)).ravel()[inside]
    kept = np.asarray(pattern[inside][:, inside].sum(axis=1)).ravel()
    table = pd.DataFrame({"links": links, "lost": links - kept}, index=W.ids[inside])
    return table[table["links"] > 0]
