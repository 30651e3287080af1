"""Questions about the disturbances: correlated in space, of unequal variance, not normal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.display import number
from workbench.core.statistics import Answer, Statistic
from workbench.errors import WorkbenchError
from workbench.explore import moran
from workbench.hypotheses.review.candidates import cutoffs, of_ids
from workbench.hypotheses.review.case import Case, Trials, refit_text, trials
from workbench.hypotheses.review.claims import COEFFICIENT, Reading
from workbench.hypotheses.review.deciding import becomes, decide, stands_text
from workbench.hypotheses.review.findings import (
    FAILED,
    PASSED,
    Finding,
    cell,
    not_applicable,
    not_known,
)
from workbench.hypotheses.statements.families import adjusted_p
from workbench.hypotheses.wording import counted, p_text
from workbench.models import bootstrap
from workbench.models.results import CrossSectionResults
from workbench.models.testing.residual_form import residuals
from workbench.regression.covariances import SCPC, Conley
from workbench.regression.impacts import FEW
from workbench.weights import Weights, distance_band, higher_order
from workbench.weights.places import natural_unit

DRAWS = 399
"""Draws of the bootstrap: the interval of level 0.95 rests on ten draws beyond each end."""

FEWER = 99
"""Draws where rho and lambda are both searched for, which takes long."""

REMAINING = ("LM remaining error", "Moran's I of residuals", "Moran by period", "Anselin-Kelejian")
KOENKER = "Breusch-Pagan (Koenker)"


def correlated_errors(case: Case) -> Finding:
    """Widen the errors by dependence up to several cut-offs, or test what dependence is left."""
    rows = _under_dependence(case)
    tests = _left(case)
    small = [p for p in tests["p_adjusted"] if np.isfinite(p)] if len(tests) else []
    p = float(min(small)) if small else None
    told = f"Tests of dependence that is left: {_listed(tests)}. " if small else ""
    if not rows:
        return _by_tests(case, tests, told, p)
    found = trials(case, rows)
    if found.made.empty:
        return _by_tests(case, tests, told, p)
    result = decide(case, found, under="covariances that allow for dependence", before=told)
    call = _conley_call(case) if case.regions is not None else ""
    if result.answer == PASSED and not _with_cutoffs(found) and p is not None and p < case.alpha:
        said = f"{result.sentence} Yet dependence is left, and no cut-offs of distance were tried."
        return Finding(
            FAILED, said, found.table, p_value=p, call="wb.referee(fit, regions=regions)"
        )
    call = call or "wb.referee(fit, regions=regions)"
    return Finding(
        result.answer, result.sentence, found.table, number=result.number,
        p_value=result.p_value, call=call,
    )  # fmt: skip


def _by_tests(case: Case, tests: pd.DataFrame, told: str, p: float | None) -> Finding:
    call = "fit.diagnostics()"
    if p is None:
        return not_known(
            "Neither places of the regions nor a test of the residuals are at hand.",
            evidence=tests if len(tests) else None,
            call="wb.referee(fit, regions=regions)" if case.least_squares else call,
        )
    if p < case.alpha:
        return Finding(
            FAILED, f"{told}Dependence between neighbours is left.", tests, p_value=p, call=call
        )
    if case.least_squares:
        return not_known(
            f"{told}Errors under several cut-offs of distance were not computed: the places of the "
            "regions are not given.",
            evidence=tests,
            p_value=p,
            call="wb.referee(fit, regions=regions)",
        )
    return Finding(
        PASSED,
        f"{told}The model leaves no dependence between neighbours that these would see.",
        tests,
        p_value=p,
        call=call,
    )


def _listed(tests: pd.DataFrame) -> str:
    made = tests[tests["p_value"].notna()]
    listed = ", ".join(f"{name} {p_text(float(row.p_value))}" for name, row in made.iterrows())
    return (
        listed
        if len(made) < 2
        else f"{listed} (smallest after Holm's adjustment: "
        + (f"{p_text(float(made['p_adjusted'].min()))})")
    )


def _left(case: Case) -> pd.DataFrame:
    """Return the tests of spatial dependence of the residuals that apply to this fit."""
    try:
        tests: Mapping[str, Answer] = case.fit.diagnostics()
    except WorkbenchError:
        tests = {}
    kept: dict[str, Answer] = {n: tests[n] for n in REMAINING if n in tests}
    if isinstance(case.fit, CrossSectionResults) and not case.least_squares:
        kept |= _by_reach(case)
    made = {n: a for n, a in kept.items() if isinstance(a, Statistic)}
    table = pd.DataFrame(
        {
            "statistic": [a.statistic for a in made.values()],
            "p_value": [a.p_value for a in made.values()],
        },
        index=pd.Index(list(made), name="test"),
        dtype=float,
    )
    return table.assign(p_adjusted=adjusted_p(table["p_value"].tolist(), "holm"))


def _by_reach(case: Case) -> dict[str, Answer]:
    """Return Moran's I of the residuals at several cut-offs of distance, or orders of W."""
    frame = pd.DataFrame({"residual": case.fit.fit.resids}, index=case.fit.design.index)
    answers: dict[str, Answer] = {}
    for name, W in _reaches(case).items():
        try:
            found = moran("residual", frame, W, permutations=0)
        except WorkbenchError:
            continue  # e.g. nobody has a neighbour of this order
        answers[f"Moran's I {name}"] = found.test
    return answers


def _reaches(case: Case) -> dict[str, Weights]:
    made: dict[str, Weights] = {}
    if case.regions is not None:
        at, shown = cutoffs(case.regions, case.used, _mean_neighbors(case))
        unit = natural_unit(case.regions, "auto")
        places = of_ids(case.regions, case.used)
        for distance in at:
            made[f"within {number(distance)} {shown}"] = distance_band(
                places, distance, unit=unit, islands="keep"
            )
        return made
    W = case.fit.weights
    if W is None:
        return {}
    for order in (1, 2, 3):
        try:
            made[f"of order {order}"] = higher_order(W, order)
        except WorkbenchError:
            break  # some region reaches everyone in fewer steps
    return made


def _under_dependence(case: Case) -> dict[str, dict[str, object]]:
    """Return the statement under covariances that allow for dependence between regions."""
    rows: dict[str, dict[str, object]] = {}
    fit = case.fit
    if case.panel:
        for word in ("driscoll-kraay", "clustered-time", "clustered-two-way"):
            rows[word] = case.trial(partial(fit.with_covariance, word))
    if case.least_squares and case.regions is not None:
        for option in _conleys(case):
            name = option.label.partition(",")[0]
            rows[name] = case.trial(partial(fit.with_covariance, option))
        if not case.panel:
            rows["SCPC"] = case.trial(lambda: fit.with_covariance(SCPC(case.regions)))
    return rows


def _conleys(case: Case) -> list[Conley]:
    at, _ = cutoffs(case.regions, case.used, _mean_neighbors(case))
    unit = natural_unit(case.regions, "auto")
    return [Conley(case.regions, distance=distance, unit=unit) for distance in at]


def _conley_call(case: Case) -> str:
    if not case.least_squares:
        return "fit.diagnostics()"
    at, _ = cutoffs(case.regions, case.used, _mean_neighbors(case))
    unit = natural_unit(case.regions, "auto")
    return f"fit.with_covariance(wb.Conley(regions, distance={at[-1]!r}, unit={unit!r}))"


def _mean_neighbors(case: Case) -> float:
    W = case.fit.weights
    return 6.0 if W is None else max(1.0, W.sparse.nnz / W.n)


def _with_cutoffs(found: Trials) -> bool:
    return any(str(name).startswith("Conley") for name in found.made.index)


def heteroskedasticity(case: Case) -> Finding:
    """Read the statement under errors that allow for variances that differ."""
    tests = _variances(case)
    p = cell(tests, KOENKER, "p_value") if KOENKER in tests.index else None
    told = "" if p is None else f"Koenker's test of equal variances has {p_text(p)}. "
    rows, call = _robust(case)
    found = trials(case, rows) if rows else None
    if found is not None and not found.made.empty:
        under = "estimates that allow for variances that differ"
        blunt = becomes(case, found) == "cannot tell" and not _same_estimate(case, found)
        if blunt and p is not None and p >= case.alpha:
            said = f"{told}{stands_text(case, found, under=under)} It is too blunt to decide."
            return not_known(said, evidence=found.table, p_value=p, call=call)
        return decide(case, found, under=under, call=call, before=told)
    if p is None:
        return not_known(
            "No test of equal variances and no robust covariance is at hand for this estimator.",
            call="fit.diagnostics()",
        )
    if p >= case.alpha:
        return Finding(
            PASSED, f"{told}It does not reject.", tests, p_value=p, call="fit.diagnostics()"
        )
    return Finding(
        FAILED,
        f"{told}Maximum likelihood of the spatial parameters takes equal variances for granted, "
        "and no estimator without them could be made.",
        tests,
        p_value=p,
        call="fit.diagnostics()",
    )


def _same_estimate(case: Case, found: Trials) -> bool:
    return bool(np.allclose(found.made["estimate"], case.first.estimate, rtol=1e-10))


def _variances(case: Case) -> pd.DataFrame:
    if not isinstance(case.fit, CrossSectionResults) or case.moments:
        return pd.DataFrame(columns=["statistic", "p_value"])
    found = {n: a for n, a in residuals(case.fit).items() if isinstance(a, Statistic)}
    return pd.DataFrame(
        {"statistic": [a.statistic for a in found.values()],
         "p_value": [a.p_value for a in found.values()]},
        index=pd.Index(list(found), name="test"),
    )  # fmt: skip


def _robust(case: Case) -> tuple[dict[str, dict[str, object]], str]:
    """Return the statement under robust inference, and the call that has it."""
    fit = case.fit
    rows: dict[str, dict[str, object]] = {}
    if case.panel:
        words = ("clustered", "robust") if case.least_squares else ("clustered", "qml")
        for word in words:
            rows[word] = case.trial(partial(fit.with_covariance, word))
        return rows, 'fit.with_covariance("clustered")' if _there(rows, "clustered") else "fit"
    if case.fit.model in ("ols", "slx"):
        words = ("HC1", "HC3") if case.least_squares else ("HC0", "HC1")
        for word in words:
            rows[word] = case.trial(partial(fit.with_covariance, word))
        return rows, f"fit.with_covariance({words[-1]!r})"
    if case.moments:
        rows["HC1"] = case.trial(lambda: fit.with_covariance("HC1"))
        return rows, 'fit.with_covariance("HC1")' if _there(rows, "HC1") else "fit"
    changes = _moments_robust(case)
    rows["moments, robust"] = case.trial(lambda: case.again(changes))
    return rows, refit_text(changes) if _there(rows, "moments, robust") else "fit.diagnostics()"


def _moments_robust(case: Case) -> dict[str, object]:
    if case.has_lambda:  # moments of the disturbance that hold under any variances by default
        return case.changes_to(case.fit.model, {"method": "gmm"})
    return case.changes_to(case.fit.model, {"method": "gmm", "covariance": "HC1"})


def _there(rows: Mapping[str, Mapping[str, object]], name: str) -> bool:
    return rows[name].get("estimate") is not None


def small_sample(case: Case) -> Finding:
    """Hold intervals of the delta method against simulated ones."""
    if case.counts:
        return not_applicable("Counts are not taken for normal: their errors are clustered.")
    n, p = _units(case), _normality(case)
    told = f"The sample has {counted(n, 'region')}. "
    told += "" if p is None else f"Jarque and Bera's test of normal residuals has {p_text(p)}. "
    rows = _simulated(case)
    found = trials(case, rows)
    call = _simulated_call(case, rows)
    if found.made.empty:
        if n >= FEW:
            table = pd.DataFrame({"value": [float(n)]}, index=pd.Index(["regions"]))
            return Finding(PASSED, f"{told}That is {FEW} or more.", table, number=float(n))
        return not_known(
            f"{told}No simulated interval could be computed beside the delta method's.",
            evidence=found.table,
            call="fit.diagnostics()",
        )
    return decide(case, found, under="other ways to an interval", call=call, before=told)


def _units(case: Case) -> int:
    return len(case.used)


def _normality(case: Case) -> float | None:
    if not isinstance(case.fit, CrossSectionResults):
        return None
    answer = residuals(case.fit).get("Jarque-Bera") if not case.moments else None
    return answer.p_value if isinstance(answer, Statistic) else None


def _simulated(case: Case) -> dict[str, dict[str, object]]:
    rows: dict[str, dict[str, object]] = {}
    if case.claim.of_impact:
        rows["Monte Carlo"] = _by_draws(case)
    if isinstance(case.fit, CrossSectionResults) and not case.moments:
        rows["bootstrap"] = _by_bootstrap(case)
        if not case.least_squares:
            rows["quasi-likelihood"] = case.trial(lambda: case.fit.with_covariance("qml"))
    elif case.panel and case.fit.model not in ("ols", "slx") and not case.moments:
        rows["quasi-likelihood"] = case.trial(lambda: case.fit.with_covariance("qml"))
    return rows


def _by_draws(case: Case) -> dict[str, object]:
    try:
        return case.row(case.claim.read(case.fit, method="monte-carlo", seed=case.seed))
    except WorkbenchError as error:
        return {"stands": None, "reason": error.found}


def _by_bootstrap(case: Case) -> dict[str, object]:
    """Read the statement off draws of the outcome, estimated again (percentile intervals)."""
    claim = case.claim
    if claim.hypothesis is not None:
        return {"stands": None, "reason": "a restriction of several impacts"}
    of = None if claim.effect == COEFFICIENT else "impacts"
    try:
        drawn = bootstrap(
            case.fit,
            of,
            kind="residual",
            draws=FEWER if case.has_rho and case.has_lambda else DRAWS,
            seed=case.seed,
            level=1 - case.alpha,
            jobs=1,
        )
    except WorkbenchError as error:
        return {"stands": None, "reason": error.found}
    table: Any = drawn.tidy()
    key = (claim.term, claim.effect)
    if key not in table.index:
        return {"stands": None, "reason": "not among the quantities drawn"}
    return case.row(_of_row(case, table.loc[key]))


def _of_row(case: Case, row: Any) -> Reading:
    return case.claim.reading(
        float(row["estimate"]),
        float(row["std_error"]),
        p_value=float(row["p_value"]),
        low=float(row["conf_low"]),
        high=float(row["conf_high"]),
    )


def _simulated_call(case: Case, rows: Mapping[str, Mapping[str, object]]) -> str:
    if "bootstrap" in rows and _there(rows, "bootstrap"):
        kind = "" if case.claim.effect == COEFFICIENT else '"impacts", '
        return f"wb.models.bootstrap(fit, {kind}draws=999)"
    if "Monte Carlo" in rows and _there(rows, "Monte Carlo"):
        return 'fit.impacts(method="monte-carlo")'
    return "fit.diagnostics()"
