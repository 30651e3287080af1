"""Questions about what a spillover is: impacts, endogeneity, common shocks, what moves in time."""

from __future__ import annotations

from functools import partial
from typing import cast

import numpy as np
import pandas as pd

from workbench.core.statistics import Answer, Statistic
from workbench.errors import WorkbenchError, listing
from workbench.hypotheses.review.case import Case, Trials, refit_text, trials
from workbench.hypotheses.review.claims import sign_of
from workbench.hypotheses.review.deciding import becomes, decide, stands_text
from workbench.hypotheses.review.findings import (
    FAILED,
    PASSED,
    Finding,
    failed_if,
    not_applicable,
    not_known,
)
from workbench.hypotheses.wording import counted, p_text
from workbench.panels.shocks.side_by_side import COUNTERPART
from workbench.panels.testing.dependence import weighted_cd_test
from workbench.regression.design import lag_name
from workbench.typing import Model

WEAK = 10.0
"""First-stage F below which instruments count as weak (Staiger and Stock 1997)."""


def impacts(case: Case) -> Finding:
    """Compare what coefficients and impacts say, term by term."""
    if not case.has_rho:
        return not_applicable(
            "The model has no lagged outcome: its coefficients are its effects on the region and "
            "on its neighbours."
        )
    table = _beside(case) if case.slopes else pd.DataFrame()
    if table.empty:
        return not_applicable("The model has no regressor whose impact could be wanted.")
    differ = table.index[table["says_coefficient"] != table["says"]].tolist()
    named = [f"{term} ({effect})" for term, effect in differ]
    told = (
        f"Of {len(table)} effects, coefficient and impact say different things in {len(differ)}"
        + (f" ({listing(named)})." if named else ".")
    )
    if case.claim.hypothesis is not None:
        about = f"The statement tested is {case.claim.text}: {case.first.text}. "
        answer = failed_if(not case.claim.of_impact)
        told = f"{about}{told}"
    else:
        answer = failed_if(bool(differ))
        told = f"{told} We state effects as impacts with their intervals, never as coefficients."
    return Finding(
        answer,
        told,
        table,
        number=float(len(differ)),
        call='fit.impacts(method="monte-carlo")',
        brief=f"{len(differ)} of {len(table)} differ",
    )


def _beside(case: Case) -> pd.DataFrame:
    """Return a row a term and effect: the coefficient that is mistaken for it, and the impact."""
    fit, level = case.fit, 1 - case.alpha
    own, made = fit.tidy(level), fit.impacts(level=level).tidy()
    rows = {}
    for term in case.slopes:
        for effect, name in (("direct", term), ("indirect", lag_name(term))):
            if name not in own.index or (term, effect) not in made.index:
                continue
            coefficient, impact = own.loc[name], made.loc[(term, effect)]
            rows[term, effect] = {
                "coefficient": coefficient["estimate"],
                "coefficient_p": coefficient["p_value"],
                "says_coefficient": sign_of(coefficient["conf_low"], coefficient["conf_high"]),
                **impact[["estimate", "std_error", "p_value", "conf_low", "conf_high"]],
                "says": sign_of(impact["conf_low"], impact["conf_high"]),
            }
    table = pd.DataFrame.from_dict(rows, orient="index")
    if len(table):
        table.index = pd.MultiIndex.from_tuples(table.index, names=["term", "effect"])
    return table


def endogeneity(case: Case) -> Finding:
    """Report instruments where there are any; without them nobody knows."""
    if case.chosen.endogenous:
        return _instrumented(case)
    told = (
        "No regressor is instrumented from outside, so that nothing in these data tells whether "
        "one is correlated with the disturbance. "
    )
    if case.dynamic and case.moments:
        return not_known(
            f"{told}Earlier outcomes instrument the outcome's own past alone.",
            evidence=_made(case.fit.diagnostics()),
            call="fit.diagnostics()",
        )
    if not (case.has_rho or case.has_lambda) or case.moments:
        return not_known(told.strip(), call="fit.diagnostics()")
    found, call = _by_moments(case)
    if found.made.empty:
        return not_known(told.strip(), evidence=found.table, call="fit.diagnostics()")
    beside = stands_text(case, found, under="estimators by moments")
    if becomes(case, found) == "changes":
        return Finding(
            FAILED,
            f"{told}{beside}",
            found.table,
            number=float(len(found.overturned)),
            p_value=float(found.made["p_value"].max()),
            call=call,
        )
    return not_known(f"{told}{beside}", evidence=found.table, number=0.0, call=call)


def _by_moments(case: Case) -> tuple[Trials, str]:
    """Return the statement by moments, under the effects that there are moments for."""
    asked: dict[str, object] = {"method": "gmm"}
    rows = {}
    for name, more in (("moments", {}), ("moments, entity effects", {"effects": "entity"})):
        changes = case.changes_to(case.fit.model, {**asked, **more})
        rows[name] = case.trial(partial(case.again, changes))
        if rows[name].get("estimate") is not None or not case.panel:
            break
    return trials(case, rows), refit_text(changes)


def _instrumented(case: Case) -> Finding:
    """Weigh the strength and the validity of the instruments that were given."""
    tests = case.fit.diagnostics()
    table = _made(tests)
    table = table[[_is_about_instruments(str(name)) for name in table.index]]
    first = getattr(tests, "first_stage", None)
    strength = float("nan")
    if first is not None and len(first):
        strength = float(first["first_stage_f"].min())
    else:
        stages = [n for n in table.index if str(n).startswith("First stage")]
        if stages:
            strength = float(table.loc[stages, "statistic"].min())
    valid = [n for n in table.index if str(n).startswith(("Sargan", "Hansen", "Basmann"))]
    p = float(table.loc[valid, "p_value"].min()) if valid else float("nan")
    named = listing(list(case.chosen.endogenous))
    told = f"{named} instrumented by {listing(list(case.chosen.instruments)) or 'its own past'}: "
    told += f"the weakest first stage has F = {strength:.2f}"
    told += f", over-identification {p_text(p)}." if valid else "; the model is just identified."
    if not np.isfinite(strength):
        return not_known(f"The strength of the instruments of {named} is not known.")
    sound = strength >= WEAK and not p < case.alpha
    if sound and not valid:
        return not_known(
            f"{told} Whether the instruments are valid cannot be tested.",
            evidence=table,
            number=strength,
            call="fit.diagnostics()",
        )
    return Finding(
        failed_if(not sound),
        told,
        table,
        number=strength,
        p_value=p if valid else None,
        call="fit.diagnostics()",
        brief=f"first-stage F = {strength:.1f}",
    )


def _is_about_instruments(name: str) -> bool:
    about = ("First stage", "Kleibergen", "Sargan", "Basmann", "Hansen", "Durbin", "Wu-Hausman")
    return name.startswith(about)


def _made(tests: object) -> pd.DataFrame:
    answers = {n: a for n, a in tests.items() if isinstance(a, Statistic)}  # type: ignore[attr-defined]
    return pd.DataFrame(
        {
            "statistic": [a.statistic for a in answers.values()],
            "p_value": [a.p_value for a in answers.values()],
            "null": [a.null for a in answers.values()],
        },
        index=pd.Index(list(answers), name="test"),
    )


def common_factors(case: Case) -> Finding:
    """Take common shocks out of a panel; test the common-factor restriction of a Durbin model."""
    if not case.panel:
        return _restriction(case)
    if case.counts:
        return not_known("Common factors are not taken out of counts here.", call="fit.notes")
    if case.chosen.factors != "none":
        cd = _dependence(case, case.fit)
        return _of_factors(case, cd)
    cd = _dependence(case, case.fit)
    rows = {word: case.trial(partial(_factored, case, word)) for word in ("cce", "defactored")}
    found = trials(case, rows)
    table = found.table
    table.loc["as estimated", "reason"] = (
        f"CDw+ {p_text(cd.p_value)}" if isinstance(cd, Statistic) else "no test of dependence"
    )
    p = cd.p_value if isinstance(cd, Statistic) else None
    told = f"Dependence left between regions (CDw+): {p_text(cd.p_value)}. "
    if found.made.empty:
        return not_known(
            f"{told}Common factors could not be taken out of this panel ({_reason(found)}).",
            evidence=table,
            p_value=p,
            call="fit.diagnostics()",
        )
    call = "wb.panels.common_shocks(fit)" if _can_compare(case) else "fit.diagnostics()"
    verdict = becomes(case, found)
    told += stands_text(case, found, under="estimators that take common factors out")
    if verdict == "cannot tell":
        said = f"{told} Intervals overlap so much that the difference decides nothing."
        return not_known(said, evidence=table, p_value=p, call=call)
    return Finding(
        failed_if(verdict == "changes"),
        told,
        table,
        number=float(len(found.overturned)),
        p_value=p,
        call=call,
    )


def _can_compare(case: Case) -> bool:
    levels = case.effects in ("none", "entity", "time", "two-way")
    return case.fit.weights is not None and levels and not (case.dynamic or case.moments)


def _factored(case: Case, word: str) -> object:
    changes = {"effects": "entity", "factors": word, "covariance": None}
    model: Model = cast("Model", COUNTERPART.get(case.fit.model, case.fit.model))
    return case.as_model(model, changes)


def _of_factors(case: Case, cd: Answer) -> Finding:
    table = _made({"CDw+": cd})
    if not isinstance(cd, Statistic):
        return not_known(f"Dependence that is left cannot be tested: {cd.reason}.")
    answer = failed_if(cd.p_value < case.alpha)
    told = (
        f"Common factors are taken out ({case.chosen.factors}); of the dependence between regions "
        f"that is left CDw+ has {p_text(cd.p_value)}."
    )
    return Finding(answer, told, table, p_value=cd.p_value, call="fit.diagnostics()")


def _dependence(case: Case, fit: object) -> Answer:
    return weighted_cd_test(fit.fit.resids, fit.cells, seed=case.seed)  # type: ignore[attr-defined]


def _restriction(case: Case) -> Finding:
    """Test that what looks like a spillover is only a correlated disturbance."""
    if case.fit.model != "sdm" or case.moments:
        return not_applicable(
            "Common shocks need several periods; the common-factor restriction, a Durbin model."
        )
    tests = case.fit.diagnostics()
    table = _made({n: tests[n] for n in ("Wald common factor", "LR common factor")})
    if table.empty:
        return not_known("The common-factor restriction cannot be tested in this model.")
    p = float(table["p_value"].max())
    told = (
        "The restriction that makes the Durbin model one of correlated disturbances without "
        f"spillovers (theta = -rho beta) has {p_text(p)}"
    )
    call = 'wb.models.nested_tests(wb.refit(fit, {"model": "sem"}), fit)'
    if p < case.alpha:
        return Finding(PASSED, f"{told}: it is rejected.", table, p_value=p, call=call)
    if case.first.says in ("positive", "negative", "supported"):
        return Finding(
            FAILED,
            f"{told}: a model without spillovers fits as well, though {case.claim.subject} is "
            f"{case.first.text}.",
            table,
            p_value=p,
            call=call,
        )
    return not_known(f"{told}: the data cannot tell the two.", evidence=table, p_value=p, call=call)


def _reason(found: Trials) -> str:
    reasons = [str(reason) for reason in found.table["reason"].iloc[1:] if reason]
    return reasons[0] if reasons else "no reason given"


def confounding(case: Case) -> Finding:
    """Compare the statement under the effects that hold constant what moves in time and place."""
    if not case.panel:
        return not_known(
            "One cross-section cannot hold constant what neighbours have in common and does not "
            "change; nor what changes in all at once.",
            call="fit.diagnostics()",
        )
    if case.chosen.factors != "none":
        return not_applicable("Common factors stand for what moves in time in each region's way.")
    others = [e for e in ("none", "entity", "time", "two-way") if e != case.effects]
    rows = {f"effects={e!r}": case.trial(partial(_with_effects, case, e)) for e in others}
    found = trials(case, rows)
    call = refit_text({"effects": "two-way", "lee_yu": None, "random": None, "covariance": None})
    more = (
        " Confounders that move in each region in their own way are beyond these effects: see "
        "common factors."
    )
    if case.effects == "two-way":
        told = (
            f"Effects of regions and periods are in the model: {case.claim.subject} is "
            f"{case.first.text}; without them "
            f"{counted(len(found.overturned), 'alternative')} of {len(found.made)} would say "
            "something else."
        )
        call = "fit.diagnostics()"
        if _can_compare(case) and not case.counts:
            call = "wb.panels.common_shocks(fit)"
        return Finding(
            PASSED, told + more, found.table, number=float(len(found.overturned)), call=call
        )
    both = "effects='two-way'"
    kept = Trials(found.table.loc[["as estimated", both]])
    if kept.made.empty:
        call = "fit.diagnostics()"
    result = decide(case, kept, under="other effects", call=call)
    return Finding(
        result.answer,
        result.sentence + more,
        found.table,
        number=result.number,
        p_value=result.p_value,
        call=call,
    )


def _with_effects(case: Case, effects: str) -> object:
    changes: dict[str, object] = {"effects": effects, "lee_yu": None, "random": None}
    try:
        return case.again(changes)
    except WorkbenchError:
        return case.again({**changes, "covariance": None})
