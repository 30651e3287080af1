"""Questions about time: incidental parameters, unit roots."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.display import number
from workbench.errors import WorkbenchError, listing
from workbench.hypotheses.review.case import Case, refit_text, trials
from workbench.hypotheses.review.deciding import decide
from workbench.hypotheses.review.findings import (
    FAILED,
    PASSED,
    Finding,
    failed_if,
    not_applicable,
    not_known,
)
from workbench.hypotheses.wording import p_text
from workbench.panels import unit_root
from workbench.panels.dynamic.moment_results import DynamicMomentResults
from workbench.panels.effects import FIXED
from workbench.panels.spatial.results import SpatialPanelResults
from workbench.typing import Model

LONG = 10
"""Periods from which tests of unit roots have a say."""

DRAWS = 199
"""Draws of the reference of CIPS."""

SHRUNK = 0.05
"""Share by which standard errors may be off before it counts."""


def incidental(case: Case) -> Finding:
    """Look at what estimated effects do to an estimator whose periods are few."""
    if not case.panel or case.fit.effects not in FIXED:
        return not_applicable("No fixed effects are estimated along with the model.")
    T, N = int(case.fit.cells.T), int(case.fit.cells.N)
    size = pd.DataFrame(
        {"value": [float(N), float(T)]}, index=pd.Index(["regions", "periods"], name="property")
    )
    if isinstance(case.fit, DynamicMomentResults):
        return _instruments(case, size, N)
    if case.dynamic:
        told = (
            f"Effects of {N} regions are estimated from {T} periods beside the outcome's own past; "
            "their bias of order 1/T is taken out (Yu, de Jong and Lee 2008)"
        )
        if T < LONG:
            return not_known(
                f"{told}, yet with fewer than {LONG} periods terms of order 1/T² remain.",
                evidence=size,
                call="fit.diagnostics()",
            )
        return Finding(PASSED, f"{told}.", size, number=float(T), call="fit.diagnostics()")
    if case.counts:
        told = f"Effects of {N} regions over {T} periods drop out of Poisson's conditional mean."
        return Finding(PASSED, told, size, number=float(T), call="fit.diagnostics()")
    if not isinstance(case.fit, SpatialPanelResults):
        return not_applicable("Least squares within regions has no incidental parameters.")
    return _lee_yu(case, T)


def _lee_yu(case: Case, T: int) -> Finding:
    used = str(case.fit.extras.get("lee_yu") or case.chosen.lee_yu or "transformation")
    other = "none" if used != "none" else "transformation"
    rows = {
        f"lee_yu={other!r}": case.trial(lambda: case.again({"lee_yu": other})),
    }
    found = trials(case, rows)
    call = refit_text({"lee_yu": "transformation"})
    if used != "none":
        told = (
            f"Fixed effects of {case.fit.cells.N} regions over {T} periods are treated by Lee and "
            f"Yu's {used}"
        )
        if not found.made.empty:
            ratio = float(found.made["std_error"].iloc[0]) / case.first.std_error
            told += f"; without it the standard error would be {number(ratio)} times this one"
        return Finding(
            PASSED, f"{told}.", found.table, number=float(T), call=call, brief=f"T = {T}, corrected"
        )
    if found.made.empty:
        return not_known(
            f"Fixed effects are estimated without Lee and Yu's correction over {T} periods.",
            evidence=found.table,
            call="fit.notes",
        )
    ratio = case.first.std_error / float(found.made["std_error"].iloc[0])
    told = (
        f"Fixed effects are estimated without Lee and Yu's correction over {T} periods: standard "
        f"errors are {number(ratio)} times what they are with it. "
    )
    result = decide(case, found, under="other treatments of fixed effects", call=call, before=told)
    if abs(ratio - 1) <= SHRUNK or result.answer == FAILED:
        return result
    return Finding(
        FAILED,
        f"{told}{case.claim.text} says {case.first.says} either way, but with the wrong precision.",
        found.table,
        number=ratio,
        call=call,
    )


def _instruments(case: Case, size: pd.DataFrame, N: int) -> Finding:
    """Weigh the number of moment conditions of a dynamic panel, and their tests."""
    tests = case.fit.diagnostics().made
    made = {n: a for n, a in tests.items() if n.startswith(("Hansen", "Sargan", "Arellano"))}
    table = pd.DataFrame(
        {"value": [a.statistic for a in made.values()],
         "p_value": [a.p_value for a in made.values()]},
        index=pd.Index(list(made), name="property"),
    )  # fmt: skip
    count = len(case.fit.instruments)
    table = pd.concat([size, pd.DataFrame({"value": [float(count)]}, index=["instruments"]), table])
    answer = failed_if(count > N)
    told = f"{count} instruments for {N} regions"
    told += (
        ": so many fit the endogenous past and weaken Hansen's test."
        if count > N
        else ": fewer instruments than regions."
    )
    return Finding(answer, told, table, number=float(count), call="fit.diagnostics()")


def stationarity(case: Case) -> Finding:
    """Test outcome and regressors for unit roots; hold levels against changes."""
    if not case.panel:
        return not_applicable("A cross-section has no time.")
    T = int(case.fit.cells.T)
    if T < LONG:
        return not_applicable(
            f"{T} periods are too few for unit roots to matter or to be tested ({LONG} needed)."
        )
    if case.counts:
        return not_known("Unit roots of counts are not tested here.", call="fit.diagnostics()")
    table = _roots(case)
    made = table["p_value"].notna()
    if not made.any():
        return not_known(
            f"No variable could be tested: {table['reason'].iloc[0]}.",
            evidence=table,
            call="fit.diagnostics()",
        )
    kept = table.index[made & (table["p_value"] >= case.alpha)].tolist()
    outcome = str(table.index[0])
    listed = ", ".join(f"{n} {p_text(float(p))}" for n, p in table.loc[made, "p_value"].items())
    told = f"Pesaran's CIPS over {T} periods (null: unit roots everywhere): {listed}. "
    call = f"wb.panels.unit_root({outcome!r}, fit.call.data.loc[fit.design.index])"
    if not kept:
        said = f"{told}Every variable that could be tested rejects."
        return Finding(PASSED, said, table, p_value=float(table["p_value"].max()), call=call)
    told += f"No unit root is rejected for {listing(kept)}. "
    if outcome not in kept or len(kept) < 2:
        return not_known(
            f"{told}Outcome and regressors do not share one, which alone makes a regression "
            "spurious.",
            evidence=table,
            p_value=float(table.loc[kept, "p_value"].max()),
            call=call,
        )
    return _in_changes(case, table, told, call)


def _in_changes(case: Case, table: pd.DataFrame, told: str, call: str) -> Finding:
    """Hold the statement in levels against that in first differences."""
    model: Model = "ols" if case.fit.model in ("ols", "sem") else "slx"
    changes = case.changes_to(model, {"effects": "first-difference", "covariance": "clustered"})
    found = trials(case, {"first differences": case.trial(lambda: case.again(changes))})
    evidence = pd.concat([table, found.table])
    if found.made.empty:
        return Finding(
            FAILED,
            f"{told}Nothing here tells the regression in levels from a spurious one.",
            evidence,
            p_value=float(table["p_value"].max()),
            call=call,
        )
    result = decide(case, found, under="first differences", before=told)
    return Finding(
        result.answer,
        result.sentence,
        evidence,
        number=result.number,
        p_value=result.p_value,
        call=refit_text(changes),
    )


def _roots(case: Case) -> pd.DataFrame:
    """Return CIPS of the outcome and of every regressor, over the regions and periods used."""
    design, rows = case.fit.design, {}
    columns = {str(design.outcome): design.y}
    for term in case.slopes:
        columns[str(term)] = design.X[:, design.terms.index(term)]
    for name, values in columns.items():
        frame = pd.DataFrame({"value": np.asarray(values)}, index=design.index)
        try:
            found = unit_root("value", frame, draws=DRAWS, seed=case.seed)
        except (WorkbenchError, np.linalg.LinAlgError) as error:
            said = getattr(error, "found", str(error))
            rows[name] = {"statistic": np.nan, "p_value": np.nan, "reason": said}
            continue
        rows[name] = {"statistic": found.statistic, "p_value": found.p_value, "reason": ""}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("variable")
