"""What a report shows of results about hypotheses: their tables, and how numbers are verified."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from workbench.typing import ImpactMethod, Tolerance

if TYPE_CHECKING:
    from workbench.hypotheses.curve.plan import Plan

LEAST_SQUARES = ("ols", "slx")
"""Models without a parameter that is searched for."""


def tolerance_of_plan(plan: Plan) -> Tolerance:
    """Return the rule by which the numbers of a curve are verified."""
    fitted = [choice.arguments for choice in plan.choices]
    exact = all(
        one["model"] in LEAST_SQUARES
        and not str(one["effects"]).startswith("random")
        and one.get("family") is None
        for one in fitted
    )
    return tolerance_of_method(plan.method, "closed form" if exact else "maximum likelihood")


def tolerance_of_method(method: ImpactMethod, estimated: Tolerance) -> Tolerance:
    """Return the rule where standard errors may be drawn."""
    return "simulation" if method == "monte-carlo" else estimated


def telling(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return a table with columns of sentences that are shown, and not verified.

    The sentence of an estimate repeats its numbers, rounded: verified as a text it would have to be
    the same to the last digit, while the numbers themselves may differ in theirs.
    """
    made = table.copy()
    made.attrs["told"] = [column for column in columns if column in made]
    return made


def without_reasons(table: pd.DataFrame, answered: Iterable[bool]) -> pd.DataFrame:
    """Return a table whose reasons stand only where there are no numbers."""
    pairs = zip(table["reason"].tolist(), answered, strict=True)
    kept = ["" if done else str(text) for text, done in pairs]
    if not any(kept):
        return table.drop(columns="reason")
    return telling(table.assign(reason=kept), "reason")
