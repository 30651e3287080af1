"""Item 5: is W given from outside, and what another W would say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.errors import WorkbenchError
from workbench.hypotheses.identifying.added import AddedColumns, added_columns
from workbench.hypotheses.identifying.claims import Claim, claim_rows, rivals_of
from workbench.hypotheses.identifying.lines import (
    WEIGHTS,
    Line,
    Reading,
    Section,
    not_applicable,
    number,
    untested,
)
from workbench.hypotheses.identifying.outside import aligned
from workbench.hypotheses.identifying.system import Frame, System, system_of
from workbench.hypotheses.wording import p_text
from workbench.panels.effects import BY_ENTITY, group_means
from workbench.regression.results import RegressionResults
from workbench.typing import FloatArray
from workbench.weights import Weights

ECONOMIC = ("technological_proximity", "economic_proximity", "institutional_proximity", "flows")
"""Builders whose links are made of what regions do."""

UNKNOWN = ("adopted", "from_matrix", "read", "travel_cost", "block")
"""Builders that do not say what the numbers are made of."""

ALPHA = 0.05
VARIES = 1e-9
"""Spread over size from which a column is taken to vary."""


def weights_origin(
    fit: RegressionResults,
    claims: tuple[Claim, ...],
    frame: Frame | str,
    *,
    candidates: Mapping[str, Any],
    made_of: pd.DataFrame | None,
) -> Section:
    """Ask the recipe, the columns and other W whether the claim rests on this W."""
    W = fit.weights if isinstance(frame, str) else frame.weights
    if W is None:
        reason = "the fit has no W, or one a period"
        return Section((not_applicable(WEIGHTS, "recipe of W", reason),), _empty())
    origin, word = _recipe(W)
    lines, tables = [origin], _empty()
    if isinstance(frame, str):
        lines.append(not_applicable(WEIGHTS, "links against the model's variables", frame))
    else:
        tables["weights"] = link_correlations(frame)
        lines.append(_correlated(tables["weights"]))
        lines.append(_control(frame, word, made_of))
    moved, tables["candidates"], notes = _moved(fit, claims, candidates)
    return Section((*lines, *moved), tables, notes)


def _empty() -> dict[str, pd.DataFrame]:
    return {"weights": pd.DataFrame(), "candidates": pd.DataFrame()}


def _recipe(W: Weights) -> tuple[Line, str]:
    told, evidence = str(W.recipe), "recipe of W"
    economic = [name for name in ECONOMIC if f"{name}(" in told]
    if economic:
        sentence = (
            f"W is made of what regions do ({', '.join(economic)}): links may follow from the "
            "outcome or from what is left out of the model, and rho and W(x) with them. A W "
            "predicted from distances, among the candidates, would be Kelejian and Piras's remedy."
        )
        return Line(WEIGHTS, evidence, "in doubt", sentence), "economic"
    unknown = [name for name in UNKNOWN if f"{name}(" in told]
    if unknown:
        sentence = f"W was built elsewhere or of other numbers ({', '.join(unknown)}): the recipe "
        return Line(WEIGHTS, evidence, "untested", f"{sentence}does not say of what."), "unknown"
    sentence = (
        f"W is made of geography alone ({W.recipe.builder}): today's outcomes did not make the "
        "links, though where borders and capitals lie is not drawn by lot."
    )
    return Line(WEIGHTS, evidence, "holds", sentence), "geography"


def link_measures(W: Weights) -> pd.DataFrame:
    """Return, by region, how many links it has, their size as built, and how often it is named.

    Measures that do not vary are left out.
    """
    base = W.sparse_base
    table = pd.DataFrame(
        {
            "neighbors_count": np.diff(W.sparse.indptr).astype(float),
            "link_sum": np.asarray(base.sum(axis=1), dtype=float).ravel(),
            "in_weight": np.asarray(W.sparse.sum(axis=0), dtype=float).ravel(),
        },
        index=W.ids,
    )
    varies = table.std() > VARIES * table.abs().max()
    distinct = ~table.T.duplicated()
    return table.loc[:, varies & distinct]


def link_correlations(frame: Frame) -> pd.DataFrame:
    """Correlate what W makes of a region with outcome, regressors and residuals, by region.

    Returns
    -------
    pandas.DataFrame
        Index (variable, measure); columns ``estimate`` (Pearson's correlation of means over time)
        and ``p_value``.
    """
    fit, W = frame.fit, frame.weights
    design = fit.design
    columns = {
        design.outcome: design.y,
        **{term: design.values((term,))[:, 0] for term in design.slopes},
        "residual": fit.fit.resids,
    }
    values = _by_region(frame, np.column_stack(list(columns.values())))
    measures = link_measures(W)
    rows = {}
    for j, name in enumerate(columns):
        for measure in measures.columns:
            if np.ptp(values[:, j]) <= VARIES * np.abs(columns[name]).max():
                continue  # residuals of fixed effects have means of zero
            found = stats.pearsonr(values[:, j], measures[measure].to_numpy())
            rows[(name, measure)] = {"estimate": found.statistic, "p_value": found.pvalue}
    index = pd.MultiIndex.from_tuples(list(rows), names=["variable", "measure"])
    return pd.DataFrame(list(rows.values()), index=index, columns=["estimate", "p_value"])


def _by_region(frame: Frame, columns: FloatArray) -> FloatArray:
    if frame.cells is None:
        return columns
    return group_means(columns, frame.cells.region, frame.cells.N)


def _correlated(table: pd.DataFrame) -> Line:
    evidence = "links against the model's variables: largest correlation"
    if table.empty:
        reason = "every region has the same number of links and weight in W"
        return not_applicable(WEIGHTS, evidence, reason)
    at = int(np.argmax(np.abs(table["estimate"].to_numpy())))
    variable, measure = table.index.to_list()[at]
    value = float(table["estimate"].to_numpy()[at])
    # Holm's first step: the smallest of so many p-values against the level.
    p = min(1.0, float(table["p_value"].min()) * len(table))
    related = p < ALPHA
    told = (
        f"{variable} and {_WORDS[str(measure)]} correlate by {number(value)} "
        f"over regions (smallest p of {len(table)} pairs, times {len(table)}: {p_text(p)})"
    )
    reading: Reading = "in doubt" if related else "holds"
    end = (
        "size and position in W go together: what W names neighbourhood may be size"
        if related
        else "a region's place in W does not go with its variables"
    )
    return Line(WEIGHTS, evidence, reading, f"{told}: {end}.", value, p)


_WORDS: Mapping[str, str] = {
    "neighbors_count": "number of neighbours",
    "link_sum": "sum of links as built",
    "in_weight": "weight in others' averages",
}


def _control(frame: Frame, word: str, made_of: pd.DataFrame | None) -> Line:
    """Test by control functions whether what makes W is correlated with the disturbance."""
    evidence = "control function: what makes W in the outcome's equation"
    if made_of is not None:
        columns, names = (
            aligned(frame, made_of, argument="made_of"),
            list(map(str, made_of.columns)),
        )
    elif frame.cells is not None and frame.effects in BY_ENTITY:
        reason = "effects of regions contain a region's place in a W that does not change"
        return not_applicable(WEIGHTS, evidence, reason)
    else:
        measures = link_measures(frame.weights)
        if measures.empty:
            return untested(WEIGHTS, evidence, "every region has the same place in W")
        values, names = measures.to_numpy(), [_WORDS[str(name)] for name in measures]
        columns = values if frame.cells is None else values[frame.cells.region]
    try:
        found = control_function(system_of(frame), frame.clear(columns))
    except WorkbenchError as error:
        reason = f"it cannot be told from the regressors ({error.found})"
        return untested(WEIGHTS, evidence, reason)
    return _judged(found, names, evidence, known=made_of is not None or word == "geography")


def _judged(found: AddedColumns, names: list[str], evidence: str, *, known: bool) -> Line:
    low = found.p_value < ALPHA
    reading: Reading = "fails" if low else "holds" if known else "in doubt"
    end = (
        "the disturbance goes with it, so W is not exogenous here"
        if low
        else "the disturbance does not go with it"
    )
    caveat = "" if known or low else "; what W is made of itself was not given: made_of=table"
    sentence = (
        f"What the regressors do not explain of {', '.join(names)} enters the equation with "
        f"{p_text(found.p_value)}: {end}{caveat}."
    )
    return Line(WEIGHTS, evidence, reading, sentence, found.statistic, found.p_value)


def control_function(system: System, columns: FloatArray) -> AddedColumns:
    """Test whether residuals of columns on the regressors belong in the equation.

    The second step of Qu and Lee's (2015) two-stage estimator with instruments: y on X, Wy and
    v̂ = z − Xκ̂. Under exogeneity the coefficient of v̂ is zero, and that κ is estimated does not
    matter to the test.

    Parameters
    ----------
    system : System
    columns : ndarray of shape (n, m)
        z, cleared.
    """
    return added_columns(system, system.left(columns))


def _moved(
    fit: RegressionResults, claims: tuple[Claim, ...], candidates: Mapping[str, Any]
) -> tuple[list[Line], pd.DataFrame, tuple[str, ...]]:
    evidence = "other W: range of the estimate"
    if not candidates:
        reason = 'no other W was named: candidates={"knn": W2, ...}'
        return [untested(WEIGHTS, evidence, reason)], pd.DataFrame(), ()
    others = rivals_of(fit, {name: {"W": W} for name, W in candidates.items()})
    table = claim_rows(claims, {"of the fit": fit, **others.fits}, by="candidate")
    return [_range(claim, table, evidence) for claim in claims], table, others.notes


def _range(claim: Claim, table: pd.DataFrame, evidence: str) -> Line:
    rows = pd.DataFrame(table.xs(claim.name, level="claim")).dropna(subset=["estimate"])
    if len(rows) < 2:
        return untested(WEIGHTS, evidence, "no other W gives an estimate", claim=claim.name)
    own = rows.iloc[0]
    low, high = float(rows["estimate"].min()), float(rows["estimate"].max())
    flips = bool((np.sign(rows["estimate"]) != np.sign(own["estimate"])).any())
    seen = rows["p_value"] < ALPHA
    opposed = flips and bool(seen[np.sign(rows["estimate"]) != np.sign(own["estimate"])].any())
    changes = bool((seen != seen.iloc[0]).any())
    reading: Reading = "fails" if opposed else "in doubt" if flips or changes else "holds"
    end = {
        "fails": "another W turns the sign around",
        "in doubt": "sign or significance depends on W",
        "holds": "sign and significance are the same",
    }[reading]
    return Line(
        WEIGHTS,
        evidence,
        reading,
        f"Over {len(rows)} W the estimate of {claim.name} runs from {number(low)} to "
        f"{number(high)}, {int(seen.sum())} significant at 5 %: {end}.",
        high - low if math.isfinite(high - low) else math.nan,
        claim=claim.name,
    )
