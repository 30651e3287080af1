"""From records of specifications to a curve: its table, and what a reader must know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.errors import listing
from workbench.hypotheses.curve.evaluation import FAILED, NOT_APPLICABLE, NUMBERS, Record
from workbench.hypotheses.curve.labels import weights_digest
from workbench.hypotheses.curve.plan import DIMENSIONS, Plan
from workbench.hypotheses.curve.result import SpecificationCurve
from workbench.hypotheses.work.store import digest_of

REASONS = 8
"""Reasons that a note spells out."""


def assembled(
    plan: Plan, records: Sequence[Record], place: int, *, notes: Sequence[str], engine: str
) -> SpecificationCurve:
    """Return the curve of the hypothesis at a place of the records.

    Parameters
    ----------
    plan : Plan
        With that hypothesis.
    records : sequence of Record, length S
        In the order of the choices.
    place : int
        Of the hypothesis among those that were asked.
    notes : sequence of str
        What is to be said of the run.
    engine : str
    """
    table = table_of(plan, records, place)
    told = (*plan.notes, *_absences(table, NOT_APPLICABLE), *_absences(table, FAILED), *notes)
    return SpecificationCurve(plan.hypothesis, plan, table, told, _provenance(plan, engine, told))


def table_of(plan: Plan, records: Sequence[Record], place: int) -> pd.DataFrame:
    """Return a row a specification: labels, numbers, verdict, status, reason, observations."""
    answers = [record["answers"][place] for record in records]
    columns: dict[str, Any] = {
        name: [choice.labels[name] for choice in plan.choices] for name in DIMENSIONS
    }
    for name in NUMBERS:
        columns[name] = np.array([answer.get(name, np.nan) for answer in answers], dtype=float)
    columns["verdict"] = [
        answer.get("verdict", NOT_APPLICABLE if answer["status"] == NOT_APPLICABLE else "")
        for answer in answers
    ]
    columns["status"] = [answer["status"] for answer in answers]
    columns["reason"] = [answer["reason"] for answer in answers]
    columns["nobs"] = pd.array([record["nobs"] for record in records], dtype="Int64")
    index = pd.Index([choice.number for choice in plan.choices], name="specification")
    return pd.DataFrame(columns, index=index)


def _absences(table: pd.DataFrame, status: str) -> list[str]:
    """Say which specifications have no estimate and why, the most frequent reason first."""
    rows = table[table["status"] == status]
    if rows.empty:
        return []
    what = "do not apply" if status == NOT_APPLICABLE else "failed"
    told = [f"{len(rows)} of {len(table)} specifications {what}:"]
    short = rows["reason"] if status == FAILED else rows["reason"].map(_fault)
    reasons = Counter(short).most_common()
    for reason, count in reasons[:REASONS]:
        told.append(f"{count} ({listing(rows.index[short == reason].tolist())}): {reason}")
    if len(reasons) > REASONS:
        left = sum(count for _, count in reasons[REASONS:])
        told.append(f"{left} for {len(reasons) - REASONS} other reasons: see reason in the table")
    return ["\n  ".join(told)]


def _fault(reason: str) -> str:
    """Return what an error says does not go together, without why it matters and the way out."""
    return re.split(r" Where \(\d+\): | Why it matters: | Way out: ", reason)[0]


def _provenance(plan: Plan, engine: str, notes: tuple[str, ...]) -> Provenance:
    first = plan.choices[0]
    weights = {
        choice.labels["weights"]: weights_digest(choice.arguments["W"]) for choice in plan.choices
    }
    regions: set[str] = set()
    for table in plan.samples.values():
        level = table.index.get_level_values(0)
        regions |= set(map(str, level.unique()))
    options: Mapping[str, str] = {
        "hypothesis": plan.hypothesis.restriction,
        "specifications": str(len(plan.choices)),
        "engine": engine,
        "interval": plan.method,
        "plan": plan_digest(plan),
        **{f"W {name}": digest for name, digest in weights.items() if digest},
    }
    drawn = plan.method != "delta"
    return Provenance(
        method="specification curve",
        formula=first.arguments["formula"] if "formula" not in plan.dimensions else "several",
        nobs=max(len(table) for table in plan.samples.values()),
        ids_digest=ids_digest(regions),
        seed=plan.seed if drawn else None,
        notes=notes,
        options=options,
    )


def plan_digest(plan: Plan) -> str:
    """Return a digest of the hypothesis and of what is chosen in every specification."""
    weights = {id(c.arguments["W"]): weights_digest(c.arguments["W"]) for c in plan.choices}
    chosen = [
        [dict(choice.labels), choice.arguments["formula"], weights[id(choice.arguments["W"])]]
        for choice in plan.choices
    ]
    return digest_of(plan.hypothesis.digest, chosen, plan.seed, plan.level)[:16]
