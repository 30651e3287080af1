"""Questions about the form: zeros and counts, nested models, curvature, collinear regressors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.display import number
from workbench.core.statistics import Statistic, chi2_test
from workbench.errors import InputError, WorkbenchError, listing
from workbench.hypotheses.review.case import Case, refit_text, trials
from workbench.hypotheses.review.claims import NEITHER
from workbench.hypotheses.review.deciding import decide
from workbench.hypotheses.review.findings import (
    FAILED,
    PASSED,
    Finding,
    cell,
    failed_if,
    not_applicable,
    not_known,
)
from workbench.hypotheses.review.offsets import alternatives, renamings
from workbench.hypotheses.statements.families import adjusted_p
from workbench.hypotheses.wording import counted, p_text
from workbench.models import nested_tests
from workbench.models.results import CrossSectionResults
from workbench.models.testing.diagnostics import condition_table, variance_inflation
from workbench.numerics.likelihoods.wald import wald
from workbench.panels import nested_tests as nested_panel_tests
from workbench.panels.effects import without_effects
from workbench.panels.spatial.results import SpatialPanelResults
from workbench.regression.design import lag_name
from workbench.regression.results import LAMBDA, RHO
from workbench.regression.specification import LAGS_X
from workbench.typing import Model

INFLATED = 10.0
"""Variance inflation from which a coefficient is hardly told apart (Belsley, Kuh, Welsch 1980)."""

LARGER: Mapping[str, tuple[Model, ...]] = MappingProxyType(
    {
        "ols": ("slx", "sar", "sem"),
        "slx": ("sdm", "sdem"),
        "sar": ("sdm", "sac"),
        "sem": ("sdm", "sdem"),
    }
)
"""Models one step up; beyond two spatial parameters the data hardly tell them apart."""

SMALLER: Mapping[str, tuple[Model, ...]] = MappingProxyType(
    {
        "slx": ("ols",),
        "sar": ("ols",),
        "sem": ("ols",),
        "sdm": ("slx", "sar", "sem"),
        "sdem": ("slx", "sem"),
        "sac": ("sar", "sem"),
        "gns": ("sdm", "sdem"),
    }
)
STEADY = frozenset({"none", "entity", "time", "two-way", "random"})
"""Effects under which a row of the design is a row of the data."""


def zeros(case: Case) -> Finding:
    """Read the statement under other constants before the logarithm, and as a model of counts."""
    formula = case.fit.formula
    table, outcome = _zeros(case)
    if case.counts:
        return not_applicable(
            "The mean of the counts is log-linear: zeros need no constant before a logarithm."
        )
    others = alternatives(formula)
    has_zeros = bool((table["zeros"] > 0).any()) if len(table) else False
    if not others and not (outcome in table.index and cell(table, outcome, "zeros") > 0):
        return not_applicable(
            "No constant is added before a logarithm, and the outcome has no zeros."
        )
    rows = {
        name: case.trial(
            partial(case.again, {"formula": text}), claim=_renamed(case, formula, text)
        )
        for name, text in others.items()
    }
    if case.panel and outcome:
        rows["Poisson counts"] = case.trial(lambda: _as_counts(case, outcome))
    found = trials(case, rows)
    shares = ", ".join(
        f"{row.zeros:.1%} of {name}" for name, row in table.iterrows() if row.zeros > 0
    )
    told = f"Zeros: {shares}. " if has_zeros else "No variable has zeros. "
    if outcome in table.index and table.loc[outcome, "whole"]:
        told += f"{outcome} is a count. "
    first = next(iter(others.values()), formula)
    call = refit_text({"formula": first}) if others else "fit.call.data.describe()"
    return decide(case, found, under="other treatments of zeros", call=call, before=told)


def _zeros(case: Case) -> tuple[pd.DataFrame, str]:
    """Return zeros among the variables that the formula reads, and the outcome's variable."""
    left, _, _ = case.fit.formula.partition("~")
    data = case.fit.call.data
    rows, outcome = {}, ""
    for column in data.columns:
        name = str(column)
        if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", case.fit.formula):
            continue
        if not pd.api.types.is_numeric_dtype(data[column]):
            continue
        values = data[column].dropna().to_numpy(dtype=float)
        on_left = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", left) is not None
        if set(np.unique(values)) <= {0.0, 1.0} and not on_left:
            continue  # a category in numbers
        outcome = outcome or (name if on_left else "")
        rows[name] = {
            "zeros": float((values == 0).mean()),
            "smallest": float(values.min()),
            "whole": bool((values == np.round(values)).all() and values.min() >= 0),
        }
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["zeros", "smallest", "whole"]
    ), outcome


def _renamed(case: Case, formula: str, text: str) -> Any:
    claim = case.claim
    for old, new in renamings(formula, text).items():
        claim = claim.renamed(old, new)
    return claim


def _as_counts(case: Case, outcome: str) -> Any:
    right = case.fit.formula.partition("~")[2]
    model: Model = "slx" if case.fit.weights is not None and case.fit.model != "ols" else "ols"
    changes = {"formula": f"{outcome} ~{right}", "family": "poisson", "covariance": None}
    return case.as_model(model, changes)


def nested(case: Case) -> Finding:
    """Test the model against those that contain it and those that it contains."""
    if case.fit.call.W is None:
        return not_known(
            "Without spatial weights no spatial model can be held against this one.", call="fit"
        )
    rows = [
        *(_against(case, other, larger=True) for other in LARGER.get(case.fit.model, ())),
        *(_against(case, other, larger=False) for other in SMALLER.get(case.fit.model, ())),
        *_remaining(case),
    ]
    table = pd.DataFrame(rows).set_index("model")
    made = table["p_value"].notna()
    if not made.any():
        return not_known(
            f"No nested model could be tested against it: {table['reason'].iloc[0]}.",
            evidence=table,
            call="fit.diagnostics()",
        )
    table["p_holm"] = adjusted_p(table["p_value"].tolist(), "holm")
    up = table[made & (table["is"] == "larger")]
    down = table[made & (table["is"] == "smaller")]
    better = up.index[up["p_holm"] < case.alpha].tolist()
    enough = down[(down["p_holm"] >= case.alpha) & (down["says"] != case.first.says)]
    told = "; ".join(
        f"{row['is']} {name} {p_text(row['p_holm'])}" for name, row in table[made].iterrows()
    )
    told = f"Tests of {case.fit.model} (Holm's adjustment for {int(made.sum())}): {told}. "
    call = _nested_call(case, better, table[made])
    if better:
        return Finding(
            FAILED,
            f"{told}Better than {case.fit.model}: {listing(better)}.",
            table,
            p_value=float(up["p_holm"].min()),
            call=call,
        )
    if len(enough):
        return Finding(
            FAILED,
            f"{told}Not rejected, though they say {', '.join(sorted(set(enough['says'])))} where "
            f"{case.fit.model} says {case.first.says}: {listing(enough.index.tolist())}.",
            table,
            p_value=float(enough["p_holm"].max()),
            call=call,
        )
    said = f"{told}No larger model fits better, and none that fits as well says something else."
    return Finding(PASSED, said, table, p_value=float(table["p_holm"].min()), call=call)


def _nested_call(case: Case, better: list[Any], made: pd.DataFrame) -> str:
    names = [n for n in (*better, *made.index) if n in (*LARGER, *SMALLER)]
    if not names:
        return "fit.diagnostics()"
    return refit_text(case.changes_to(names[0]))


def _against(case: Case, model: Model, *, larger: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"model": model, "is": "larger" if larger else "smaller", "reason": ""}
    try:
        other = case.as_model(model, {"method": case.chosen.method})
        small, large = (case.fit, other) if larger else (other, case.fit)
        found = _restriction(small, large)
    except (WorkbenchError, ArithmeticError) as error:
        return {**row, "p_value": np.nan, "reason": getattr(error, "found", str(error))}
    row |= {"test": found.name, "statistic": found.statistic, "df": found.df[0]}
    row["p_value"] = found.p_value
    read = case.trial(lambda: other)
    absent = read.get("estimate") is None
    return {**row, "estimate": read.get("estimate"), "says": NEITHER if absent else read["says"]}


def _restriction(small: Any, large: Any) -> Statistic:
    """Return the likelihood ratio where there is one, else the Wald test, of small in large."""
    try:
        if isinstance(large, SpatialPanelResults):
            answers = list(nested_panel_tests(small, large).values())
        elif isinstance(large, CrossSectionResults):
            answers = list(nested_tests(small, large).values())
        else:
            answers = []
    except WorkbenchError:
        answers = []
    for answer in answers:
        if isinstance(answer, Statistic):
            return answer
    extra = [t for t in large.estimates.terms if t not in small.estimates.terms]
    missing = [t for t in small.estimates.terms if t not in large.estimates.terms]
    if missing == [LAMBDA] and RHO in extra:
        answer = large.diagnostics()["Wald common factor"]
        if isinstance(answer, Statistic):
            return answer
    if missing or not extra:
        raise InputError("model", expected="nested models", found=f"{missing or 'nothing'} alone")
    at = [large.estimates.terms.index(term) for term in extra]
    cov = large.estimates.cov[np.ix_(at, at)]
    if not np.isfinite(cov).all():
        raise InputError(
            "model", expected="terms with standard errors", found="lambda without one, by moments"
        )
    made = wald(large.estimates.values[at], cov)
    null = f"the coefficients of {', '.join(extra)} are zero"
    return chi2_test("Wald", made.statistic, made.df, null=null)


def _remaining(case: Case) -> list[dict[str, Any]]:
    if not isinstance(case.fit, CrossSectionResults) or case.fit.model not in ("sar", "sdm"):
        return []
    answer = case.fit.diagnostics().get("LM remaining error")
    if not isinstance(answer, Statistic):
        return []
    return [
        {"model": "lambda beside rho", "is": "larger", "reason": "", "test": answer.name,
         "statistic": answer.statistic, "df": answer.df[0], "p_value": answer.p_value}
    ]  # fmt: skip


def nonlinearity(case: Case) -> Finding:
    """Test squares: of the fitted values across regions, of the regressors in a panel."""
    if case.panel:
        return _squares(case)
    fit = case.fit
    if not case.least_squares:
        fit = case.as_model("slx" if case.fit.model in LAGS_X else "ols")
    tests = fit.diagnostics()
    kept = {n: tests[n] for n in ("RESET", "Link") if isinstance(tests[n], Statistic)}
    if "RESET" not in kept:
        return not_known(f"RESET does not apply here: {getattr(tests['RESET'], 'reason', '')}.")
    table = pd.DataFrame(
        {"statistic": [a.statistic for a in kept.values()],
         "p_value": [a.p_value for a in kept.values()]},
        index=pd.Index(list(kept), name="test"),
    )  # fmt: skip
    p = cell(table, "RESET", "p_value")
    told = f"RESET of the {fit.model} regression on the same regressors has {p_text(p)}"
    call = "fit.diagnostics()"
    if fit is not case.fit:
        call = f"{refit_text(case.changes_to(fit.model))}.diagnostics()"
    if p < case.alpha:
        said = f"{told}: the relation is not linear in these terms, or terms are missing."
        return Finding(FAILED, said, table, p_value=p, call=call)
    return Finding(PASSED, f"{told}: no curvature shows.", table, p_value=p, call=call)


def _squares(case: Case) -> Finding:
    if case.effects not in STEADY or case.counts:
        return not_known(
            f"Squares of regressors are not tested under effects={case.effects!r}"
            f"{' in a model of counts' if case.counts else ''}.",
            call="fit.diagnostics()",
        )
    model: Model = "slx" if case.fit.model in LAGS_X else "ols"
    twin = case.as_model(model, {"covariance": "clustered"})
    table, names = _with_squares(case, twin)
    if not names:
        return not_applicable("Every regressor has two values only: there is no curvature.")
    formula = f"{case.fit.formula} + {' + '.join(names)}"
    durbin = tuple(case.fit.design.lagged) if model == "slx" else None
    if "W(" in case.fit.formula.partition("~")[2]:
        durbin = None
    changes = {"data": table, "formula": formula, "durbin": durbin, "covariance": "clustered"}
    bent = case.as_model(model, changes)
    at = [bent.estimates.terms.index(name) for name in names]
    made = wald(bent.estimates.values[at], bent.estimates.cov[np.ix_(at, at)])
    found = chi2_test("squares", made.statistic, made.df, null="squares have no effect")
    p = found.p_value
    rows = bent.tidy().loc[list(names)]
    rows.index = pd.Index([f"square of {term}" for term in names.values()], name="term")
    evidence = pd.concat([rows, _joint(found.statistic, p)])
    told = f"Squares of {counted(len(names), 'regressor')} added to the {model} panel regression "
    told += f"(clustered by region) have jointly {p_text(p)}"
    answer = failed_if(p < case.alpha)
    said = ": the relation is curved." if answer == FAILED else ": no curvature shows."
    call = refit_text(case.changes_to(model, {"covariance": "clustered"}))
    return Finding(answer, told + said, evidence, p_value=p, call=call)


def _joint(statistic: float, p: float) -> pd.DataFrame:
    row = {"statistic": statistic, "p_value": p}
    return pd.DataFrame([row], index=pd.Index(["all squares (chi-square)"], name="term"))


def _with_squares(case: Case, twin: Any) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the table with centred squares of the regressors as columns, and their terms."""
    data, names = case.fit.call.data.copy(), {}
    for place, term in enumerate(case.slopes):
        column = twin.design.X[:, twin.design.terms.index(term)]
        if len(np.unique(column)) <= 2:
            continue
        # centred and scaled: the square is then hardly collinear with the term
        square = ((column - column.mean()) / column.std()) ** 2
        name = f"square_{place + 1}"
        data[name] = pd.Series(square, index=twin.design.index).reindex(data.index)
        names[name] = term
    return data, names


def collinearity(case: Case) -> Finding:
    """Weigh how much of a regressor the others leave, once effects are out."""
    design = case.fit.design
    if case.panel and case.effects in ("entity", "time", "two-way"):
        design = replace(design, X=without_effects(design.X, case.fit.cells, case.fit.effects))
    table = variance_inflation(design)
    if len(table) < 2:
        return not_applicable("The model has a single regressor.")
    condition = float(np.asarray(condition_table(design).index)[-1])
    own = [t for t in case.slopes if case.claim.concerns(t)]
    own = [name for term in own for name in (term, lag_name(term)) if name in table.index]
    concerned = own or list(table.index)
    worst = str(table.loc[concerned, "vif"].idxmax())
    value = cell(table, worst, "vif")
    told = (
        f"Variance inflation of {worst} is {number(value)} (largest of all: "
        f"{table['vif'].idxmax()} with {number(float(table['vif'].max()))}; condition number "
        f"{number(condition)}"
        + (", effects taken out)." if design is not case.fit.design else ").")
    )
    answer = failed_if(value > INFLATED)
    return Finding(answer, told, table, number=value, call="fit.cov", brief=f"VIF {number(value)}")
